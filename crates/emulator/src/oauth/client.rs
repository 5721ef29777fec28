//! OAuth clients, and which redirect each may use.

use url::{Host, Url};

use crate::error::{Error, ErrorKind};

/// An OAuth client of the emulated project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientSeed {
    /// Such as `1234-abc.apps.googleusercontent.com`.
    pub client_id: String,
    /// The client's secret.
    pub client_secret: String,
    /// The exact redirects of a web client; an installed one may use any loopback address besides.
    pub redirect_uris: Vec<String>,
    /// What kind of application it is.
    pub kind: ClientKind,
}

/// What kind of application a client is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClientKind {
    /// A web server with registered redirects.
    Web,
    /// An application on somebody's own machine: any loopback redirect, always a refresh token.
    Installed,
}

impl ClientSeed {
    pub(crate) fn default_web(marker: &str) -> Self {
        Self {
            client_id: "toolgate-web.apps.googleusercontent.com".to_owned(),
            client_secret: format!("GOCSPX-{marker}-web"),
            redirect_uris: Vec::new(),
            kind: ClientKind::Web,
        }
    }

    pub(crate) fn default_installed(marker: &str) -> Self {
        Self {
            client_id: "toolgate-installed.apps.googleusercontent.com".to_owned(),
            client_secret: format!("GOCSPX-{marker}-installed"),
            redirect_uris: Vec::new(),
            kind: ClientKind::Installed,
        }
    }

    pub(crate) fn allows(&self, redirect_uri: &str) -> bool {
        self.redirect_uris.iter().any(|known| known == redirect_uri)
            || (self.kind == ClientKind::Installed && is_loopback_http(redirect_uri))
    }

    /// Refuses what Google's console would.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let problem = |problem: String| {
            Error::from(ErrorKind::Client {
                client_id: self.client_id.clone(),
                problem,
            })
        };
        if self.client_id.is_empty() || self.client_secret.is_empty() {
            return Err(problem(
                "the id and the secret must not be empty".to_owned(),
            ));
        }
        match self.redirect_uris.iter().find(|uri| !is_lawful(uri)) {
            Some(uri) => Err(problem(format!(
                "redirect {uri:?} is neither https nor http on loopback, or has a fragment"
            ))),
            None => Ok(()),
        }
    }
}

/// Whether Google's console would register this redirect.
pub(crate) fn is_lawful(redirect_uri: &str) -> bool {
    let https = Url::parse(redirect_uri)
        .is_ok_and(|url| url.scheme() == "https" && url.fragment().is_none());
    https || is_loopback_http(redirect_uri)
}

fn is_loopback_http(redirect_uri: &str) -> bool {
    let Ok(url) = Url::parse(redirect_uri) else {
        return false;
    };
    let loopback = match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    };
    url.scheme() == "http"
        && loopback
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none()
}

#[cfg(test)]
mod tests {
    use super::{ClientKind, ClientSeed};

    #[test]
    fn redirects_are_exact_or_loopback() {
        let web = ClientSeed {
            redirect_uris: vec!["https://app.example/callback".to_owned()],
            ..ClientSeed::default_web("m")
        };
        let installed = ClientSeed::default_installed("m");
        let check = |uri: &str, by_web: bool, by_installed: bool| {
            assert_eq!(web.allows(uri), by_web, "web {uri}");
            assert_eq!(installed.allows(uri), by_installed, "installed {uri}");
        };
        check("https://app.example/callback", true, false);
        check("https://app.example/callback/", false, false);
        check("https://app.example/callback?x=1", false, false);
        check("http://127.0.0.1:4711/callback", false, true);
        check("http://[::1]:4711/", false, true);
        check("http://localhost:1/x", false, true);
        check("http://127.0.0.1.evil.example/", false, false);
        check("http://user@127.0.0.1/", false, false);
        check("http://127.0.0.1/#fragment", false, false);
        check("https://127.0.0.1/", false, false);
    }

    #[test]
    fn a_client_that_the_console_would_refuse_is_refused() {
        let check = |id: &str, uri: &str| {
            ClientSeed {
                client_id: id.to_owned(),
                client_secret: "s".to_owned(),
                redirect_uris: vec![uri.to_owned()],
                kind: ClientKind::Web,
            }
            .check()
            .is_ok()
        };
        assert!(check("c", "https://app.example/callback"));
        assert!(check("c", "http://127.0.0.1:80/callback"));
        assert!(!check("", "https://app.example/callback"));
        assert!(!check("c", "http://app.example/callback"));
        assert!(!check("c", "https://app.example/#x"));
        assert!(!check("c", "callback"));
    }
}
