//! Google's endpoints, or what stands in for them, and the application's own callback.

use std::time::{Duration, UNIX_EPOCH};

use http::{Method, Request, Response, StatusCode, header};
use toolgate_auth::{EnvConfig, Timestamp};
use toolgate_http::HttpClient;
use url::Url;

use super::Finding;
use super::database::skew;

const DEADLINE: Duration = Duration::from_secs(10);

pub(super) async fn examine(config: &EnvConfig) -> Vec<Finding> {
    let Ok(http) = HttpClient::new() else {
        return vec![Finding::problem("google", "TLS cannot be set up")];
    };
    let mut found = Vec::new();
    let endpoints = config.endpoints.clone().discovered(&http).await;
    let configuration = endpoints.openid_configuration();
    match ask(&http, Method::GET, configuration).await {
        Ok(answer) if answer.status() == StatusCode::OK => {
            found.push(Finding::ok("google", "the OpenID configuration answers"));
            found.extend(clock(&answer));
        }
        Ok(answer) => found.push(Finding::problem(
            "google",
            format!(
                "{} answers {}; check GOOGLE_BASE_URL and proxies",
                host(configuration),
                answer.status()
            ),
        )),
        Err(why) => found.push(Finding::problem("google", unreachable(configuration, &why))),
    }
    // Without parameters it refuses, and so shows that it is there.
    let token = match ask(&http, Method::POST, endpoints.token()).await {
        Ok(answer)
            if answer.status().is_client_error() && answer.status() != StatusCode::NOT_FOUND =>
        {
            Finding::ok("token endpoint", "answers")
        }
        Ok(answer) => {
            let (host, status) = (host(endpoints.token()), answer.status());
            let says = format!("{host} answers {status}, as no token endpoint does");
            Finding::problem("token endpoint", says)
        }
        Err(why) => Finding::problem("token endpoint", unreachable(endpoints.token(), &why)),
    };
    found.push(token);
    if let Some(uri) = &config.redirect_uri {
        found.push(callback(&http, uri).await);
    }
    found
}

fn clock(answer: &Response<Vec<u8>>) -> Option<Finding> {
    let date = answer.headers().get(header::DATE)?.to_str().ok()?;
    let date = httpdate::parse_http_date(date).ok()?;
    let millis = date.duration_since(UNIX_EPOCH).ok()?.as_millis();
    let theirs = Timestamp::from_millis(i64::try_from(millis).ok()?);
    Some(skew("google's clock", "google's", theirs))
}

/// A look at the callback uses nothing up.
async fn callback(http: &HttpClient, uri: &Url) -> Finding {
    const CHECK: &str = "callback";
    match ask(http, Method::HEAD, uri).await {
        Ok(answer) if answer.status() == StatusCode::NOT_FOUND => Finding::problem(
            CHECK,
            "the path of GOOGLE_REDIRECT_URI is not served there; merge the sign-in router into the \
             application, below the same path",
        ),
        Ok(_) => Finding::ok(CHECK, "GOOGLE_REDIRECT_URI is served"),
        Err(why) => Finding::warning(
            CHECK,
            format!(
                "{}; from browsers it has to be reachable while people sign in",
                unreachable(uri, &why)
            ),
        ),
    }
}

async fn ask(http: &HttpClient, method: Method, url: &Url) -> Result<Response<Vec<u8>>, String> {
    let request = Request::builder().method(method).uri(url.as_str());
    let request = request.header(header::CONTENT_LENGTH, 0).body(Vec::new());
    let request = request.map_err(|_| "its address is not usable".to_owned())?;
    let answer = http.send(request, DEADLINE).await;
    answer.map_err(|error| error.to_string())
}

fn unreachable(url: &Url, why: &str) -> String {
    format!("{} cannot be reached from here ({why})", host(url))
}

/// The host alone: a path or query may hold what is nobody's business.
fn host(url: &Url) -> &str {
    url.host_str().unwrap_or("the host")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Level;

    #[test]
    fn the_date_of_an_answer_is_held_against_this_machines() {
        let dated = |date: &str| {
            let answer = Response::builder().header(header::DATE, date);
            clock(&answer.body(Vec::new()).unwrap())
        };
        let old = dated("Thu, 01 Jan 2015 00:00:00 GMT").unwrap();
        assert_eq!(old.level, Level::Warning, "{old}");
        assert!(dated("yesterday").is_none());
        assert!(clock(&Response::new(Vec::new())).is_none());
    }
}
