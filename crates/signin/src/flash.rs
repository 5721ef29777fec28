//! The cookie that carries what the last page shows, so that no address does.

use axum::http::HeaderMap;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::header::COOKIE;

use crate::notice::Notice;

/// Browsers keep cookies of 4096 bytes, name and attributes included.
const MAX_VALUE: usize = 3800;

/// The cookie, by the name that fits how the application is reached. Not one of those that bind a
/// sign-in: they share another prefix.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Flash {
    https: bool,
}

impl Flash {
    pub(crate) fn new(https: bool) -> Self {
        Self { https }
    }

    /// A `Set-Cookie` value. It lives for two minutes, since the browser is on its way to the page;
    /// `Lax`, since it comes from Google, and `Strict` cookies would stay behind.
    pub(crate) fn set(self, notice: Notice) -> String {
        let value = match notice {
            Notice::Connected(connection) => encode(&Notice::Connected(connection.clone()))
                .or_else(|| encode(&Notice::Connected(connection.cut()))),
            Notice::Refused(_) | Notice::Ended(_) | Notice::Named(_) => encode(&notice),
        };
        self.cookie(&value.unwrap_or_default(), 120)
    }

    /// A `Set-Cookie` value that removes it.
    pub(crate) fn clear(self) -> String {
        self.cookie("", 0)
    }

    /// What the browser brought. Anything malformed counts as nothing.
    pub(crate) fn read(self, headers: &HeaderMap) -> Option<Notice> {
        let name = self.name();
        let value = headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find_map(|(key, value)| (key == name).then_some(value))?;
        if value.len() > MAX_VALUE {
            return None;
        }
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(value).ok()?).ok()
    }

    fn name(self) -> &'static str {
        if self.https {
            "__Host-tg-flash"
        } else {
            "tg-flash"
        }
    }

    fn cookie(self, value: &str, max_age: u32) -> String {
        let name = self.name();
        let secure = if self.https { "; Secure" } else { "" };
        format!("{name}={value}; Path=/; Max-Age={max_age}; HttpOnly; SameSite=Lax{secure}")
    }
}

fn encode(notice: &Notice) -> Option<String> {
    let value = URL_SAFE_NO_PAD.encode(serde_json::to_vec(notice).ok()?);
    (value.len() <= MAX_VALUE).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notice::{Connection, Reason};

    fn connection(scopes: usize) -> Connection {
        Connection {
            account: None,
            person: "alice".to_owned(),
            email: Some("alice@example.com".to_owned()),
            services: vec!["gmail".to_owned()],
            granted: (0..scopes)
                .map(|n| format!("https://example.com/auth/scope-{n}"))
                .collect(),
            declined: Vec::new(),
            cut: false,
        }
    }

    fn sent_back(flash: Flash, set_cookie: &str) -> Option<Notice> {
        let pair = set_cookie.split(';').next().unwrap();
        let headers = HeaderMap::from_iter([(COOKIE, format!("a=b; {pair}").parse().unwrap())]);
        flash.read(&headers)
    }

    #[test]
    fn what_is_set_is_read_under_either_name() {
        for flash in [Flash::new(true), Flash::new(false)] {
            let notice = Notice::Connected(connection(3));
            assert_eq!(sent_back(flash, &flash.set(notice.clone())), Some(notice));
        }
        assert!(
            Flash::new(true)
                .set(Notice::Connected(connection(0)))
                .starts_with("__Host-")
        );
        assert!(Flash::new(true).clear().ends_with("; Secure"));
    }

    #[test]
    fn a_cookie_never_outgrows_what_browsers_keep() {
        let flash = Flash::new(true);
        let cookie = flash.set(Notice::Connected(connection(500)));
        assert!(cookie.len() < 4096);
        let cut = Connection {
            services: Vec::new(),
            cut: true,
            ..connection(0)
        };
        assert_eq!(sent_back(flash, &cookie), Some(Notice::Connected(cut)));
        let wide = "\u{1F600}".repeat(400);
        let reason = Reason {
            code: "google".to_owned(),
            detail: Some(wide.clone()),
            description: Some(wide),
        };
        assert!(flash.set(Notice::Refused(reason)).len() < 4096);
    }

    #[test]
    fn a_malformed_cookie_counts_as_none() {
        let flash = Flash::new(false);
        for value in ["", "x", "bm90IGpzb24", &"A".repeat(5000)] {
            assert_eq!(
                sent_back(flash, &format!("tg-flash={value}")),
                None,
                "{value}"
            );
        }
    }
}
