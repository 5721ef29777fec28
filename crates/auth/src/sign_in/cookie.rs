//! The cookie that ties a sign-in to one browser.

use http::header::COOKIE;
use http::{HeaderMap, HeaderValue};
use url::Url;

use super::state;
use crate::error::{Error, ErrorKind};
use crate::secret::BrowserSecret;

/// How many sign-ins one browser may have under way.
const MAX_LIVE: usize = 10;

/// The name of a flow's cookie: its own for each flow, so that two sign-ins do not disturb each
/// other. `__Host-` wherever the application is reached over HTTPS.
pub(crate) fn name(public_url: &Url, id_hash: &str) -> String {
    format!(
        "{}{}",
        prefix(public_url),
        id_hash.get(..12).unwrap_or(id_hash)
    )
}

fn prefix(public_url: &Url) -> &'static str {
    if public_url.scheme() == "https" {
        "__Host-toolgate-"
    } else {
        "toolgate-"
    }
}

/// The secret that the browser sent for this flow.
pub(crate) fn read(headers: &HeaderMap, name: &str) -> Option<BrowserSecret> {
    let (_, value) = pairs(headers).find(|(key, _)| *key == name)?;
    BrowserSecret::parse(value).ok()
}

/// A `Set-Cookie` value for this flow.
pub(crate) fn set(public_url: &Url, name: &str, secret: &BrowserSecret, max_age: u64) -> String {
    let secret = secret.expose();
    format!(
        "{name}={secret}; Path=/; Max-Age={max_age}; HttpOnly; SameSite=Lax{}",
        secure(public_url)
    )
}

/// A `Set-Cookie` value that removes a cookie.
pub(crate) fn clear(public_url: &Url, name: &str) -> String {
    format!(
        "{name}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax{}",
        secure(public_url)
    )
}

/// `Set-Cookie` values that remove what is too much: a browser keeps at most ten flows.
pub(crate) fn clear_surplus(public_url: &Url, headers: &HeaderMap, keep: &str) -> Vec<String> {
    let ours: Vec<&str> = pairs(headers)
        .map(|(name, _)| name)
        .filter(|name| name.starts_with(prefix(public_url)) && *name != keep)
        .collect();
    let surplus = (ours.len() + 1).saturating_sub(MAX_LIVE);
    ours.iter()
        .take(surplus)
        .map(|name| clear(public_url, name))
        .collect()
}

/// A `Set-Cookie` value as a header that no log prints.
pub(crate) fn header(cookie: String) -> Result<HeaderValue, Error> {
    let mut value = HeaderValue::try_from(cookie)
        .map_err(|_| ErrorKind::Internal("a cookie does not fit into a header"))?;
    value.set_sensitive(true);
    Ok(value)
}

/// What is stored of a browser's secret.
pub(crate) fn binding(secret: &BrowserSecret) -> String {
    state::hash(secret.expose().as_bytes())
}

fn secure(public_url: &Url) -> &'static str {
    if public_url.scheme() == "https" {
        "; Secure"
    } else {
        ""
    }
}

fn pairs(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn cookies(value: &str) -> HeaderMap {
        HeaderMap::from_iter([(COOKIE, value.parse().unwrap())])
    }

    #[test]
    fn https_gets_a_host_cookie_and_loopback_a_plain_one() {
        let secret = BrowserSecret::parse("abc").unwrap();
        let https = url("https://app.example/");
        let name_https = name(&https, "0123456789abcdef");
        assert_eq!(
            set(&https, &name_https, &secret, 600),
            "__Host-toolgate-0123456789ab=abc; Path=/; Max-Age=600; HttpOnly; SameSite=Lax; Secure"
        );
        let http = url("http://127.0.0.1:4000/");
        assert_eq!(
            clear(&http, &name(&http, "0123456789abcdef")),
            "toolgate-0123456789ab=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"
        );
    }

    #[test]
    fn the_cookie_of_the_flow_is_found_among_others() {
        let headers = cookies("a=1; toolgate-xyz=secret; b=2");
        assert_eq!(read(&headers, "toolgate-xyz").unwrap().expose(), "secret");
        assert!(read(&headers, "toolgate-x").is_none());
        assert!(read(&HeaderMap::new(), "toolgate-xyz").is_none());
    }

    #[test]
    fn an_eleventh_flow_removes_one() {
        let http = url("http://127.0.0.1/");
        let ten: Vec<String> = (0..10).map(|n| format!("toolgate-{n}=x")).collect();
        assert!(clear_surplus(&http, &cookies(&ten[..9].join("; ")), "toolgate-new").is_empty());
        assert_eq!(
            clear_surplus(&http, &cookies(&ten.join("; ")), "toolgate-new").len(),
            1
        );
        assert!(clear_surplus(&http, &cookies(&ten.join("; ")), "toolgate-3").is_empty());
    }
}
