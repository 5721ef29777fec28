//! The cookie that carries what the last page shows, so that no address does.

use axum::http::HeaderMap;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::header::COOKIE;
use sha2::{Digest as _, Sha256};

use crate::notice::{Connection, Late, Notice};

/// Browsers keep cookies of 4096 bytes, name and attributes included.
const MAX_VALUE: usize = 3800;
/// Two minutes, since the browser is on its way to the page.
const LIVES: u32 = 120;

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

    /// `Set-Cookie` values: this one, and none of an earlier answer. `Lax`, since the browser comes
    /// from Google, and `Strict` cookies would stay behind.
    pub(crate) fn set(self, notice: Notice) -> [String; 2] {
        let value = match notice {
            Notice::Connected(connection) => encode(&Notice::Connected(connection.clone()))
                .or_else(|| encode(&Notice::Connected(connection.cut()))),
            notice => encode(&notice),
        };
        [
            self.cookie(self.name(), &value.unwrap_or_default(), LIVES),
            self.cookie(self.late_name(), "", 0),
        ]
    }

    /// The same of an answer that came a second time: beside what the first one may have led to, and
    /// which the browser may not have by now.
    pub(crate) fn set_late(self, late: Late) -> String {
        let value = encode(&Notice::Late(late)).unwrap_or_default();
        self.cookie(self.late_name(), &value, LIVES)
    }

    /// `Set-Cookie` values that remove what there may be.
    pub(crate) fn clear(self) -> [String; 2] {
        [self.name(), self.late_name()].map(|name| self.cookie(name, "", 0))
    }

    /// What the browser brought. Anything malformed counts as nothing.
    pub(crate) fn read(self, headers: &HeaderMap) -> Option<Notice> {
        find(headers, self.name())
    }

    /// The end of a sign-in that the browser brought: of an answer that came twice the connection
    /// that it led to, where there is one.
    pub(crate) fn read_end(self, headers: &HeaderMap) -> Option<Notice> {
        let told = self.read(headers);
        match find(headers, self.late_name()) {
            Some(Notice::Late(late)) if !is_of(told.as_ref(), &late.answer) => {
                Some(Notice::Refused(late.reason))
            }
            _ => told,
        }
    }

    /// The connection that this answer led to, where the browser has it.
    pub(crate) fn tells_of(self, headers: &HeaderMap, answer: &str) -> Option<Connection> {
        match self.read(headers) {
            Some(Notice::Connected(connection)) if connection.answer == answer => Some(connection),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        if self.https {
            "__Host-tg-flash"
        } else {
            "tg-flash"
        }
    }

    fn late_name(self) -> &'static str {
        if self.https {
            "__Host-tg-flash-late"
        } else {
            "tg-flash-late"
        }
    }

    fn cookie(self, name: &str, value: &str, max_age: u32) -> String {
        let secure = if self.https { "; Secure" } else { "" };
        format!("{name}={value}; Path=/; Max-Age={max_age}; HttpOnly; SameSite=Lax{secure}")
    }
}

/// What tells one answer of Google's from another.
pub(crate) fn digest(query: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(query))
}

fn find(headers: &HeaderMap, name: &str) -> Option<Notice> {
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

fn is_of(notice: Option<&Notice>, answer: &str) -> bool {
    matches!(notice, Some(Notice::Connected(connection)) if connection.answer == answer)
}

fn encode(notice: &Notice) -> Option<String> {
    let value = URL_SAFE_NO_PAD.encode(serde_json::to_vec(notice).ok()?);
    (value.len() <= MAX_VALUE).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notice::Reason;

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
            answer: digest("state=s&code=c"),
            path: None,
        }
    }

    fn sent_back(flash: Flash, set_cookies: &[String; 2]) -> Option<Notice> {
        let pair = set_cookies[0].split(';').next().unwrap();
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
                .iter()
                .all(|it| it.starts_with("__Host-"))
        );
        assert!(
            Flash::new(true)
                .clear()
                .iter()
                .all(|it| it.ends_with("; Secure"))
        );
    }

    #[test]
    fn a_cookie_never_outgrows_what_browsers_keep() {
        let flash = Flash::new(true);
        let cookie = flash.set(Notice::Connected(connection(500)));
        assert!(cookie[0].len() < 4096);
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
        assert!(flash.set(Notice::Refused(reason))[0].len() < 4096);
    }

    #[test]
    fn a_malformed_cookie_counts_as_none() {
        let flash = Flash::new(false);
        for value in ["", "x", "bm90IGpzb24", &"A".repeat(5000)] {
            assert_eq!(
                sent_back(flash, &[format!("tg-flash={value}"), String::new()]),
                None,
                "{value}"
            );
        }
    }
}
