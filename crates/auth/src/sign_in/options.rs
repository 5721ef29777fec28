//! How an application is reached, and whom it lets in.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use http::HeaderMap;
use url::Url;

use crate::error::Error;
use crate::identity::Principal;

/// The application's own word on who is logged in to it. With one, a sign-in link works only for
/// the person it was made for.
#[async_trait]
pub trait UserVerifier: Send + Sync + fmt::Debug {
    /// Who sent this request, by the application's own session; none when nobody is logged in.
    ///
    /// # Errors
    /// When it cannot be told for now: that is neither a no nor somebody else.
    async fn logged_in(
        &self,
        headers: &HeaderMap,
    ) -> Result<Option<Principal>, Box<dyn std::error::Error + Send + Sync>>;
}

type EmailOf = dyn Fn(&Principal) -> Option<String> + Send + Sync;

/// Tells which Google account a person is expected to choose.
#[derive(Clone)]
pub struct ExpectedEmail(Arc<EmailOf>);

impl ExpectedEmail {
    /// From a function. Where it gives none, the link of that person is refused at its making.
    pub fn new(of: impl Fn(&Principal) -> Option<String> + Send + Sync + 'static) -> Self {
        Self(Arc::new(of))
    }
}

impl fmt::Debug for ExpectedEmail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ExpectedEmail(..)")
    }
}

/// How the sign-in pages are reached, and whom they let in.
#[derive(Debug, Clone)]
pub struct SignInOptions {
    /// Where browsers reach the application: what stands before `/google/connect/..`.
    pub(crate) public_url: Url,
    /// Where Google sends browsers back to.
    pub(crate) redirect_uri: Url,
    pub(crate) app_name: String,
    pub(crate) verifier: Option<Arc<dyn UserVerifier>>,
    pub(crate) expected_email: Option<ExpectedEmail>,
    pub(crate) hosted_domain: Option<String>,
    pub(crate) allow_unverified_links: bool,
    pub(crate) allow_account_change: bool,
    pub(crate) return_paths: Vec<String>,
    pub(crate) link_lifetime: Duration,
    pub(crate) max_open: u32,
    /// What stands before the state in a link.
    pub(crate) link_path: &'static str,
    /// Whether Google adds what was granted before; it does not for installed applications.
    pub(crate) include_granted_scopes: bool,
}

impl SignInOptions {
    /// Options for an application that browsers reach at `public_url`.
    ///
    /// # Errors
    /// When the URL is neither HTTPS nor HTTP on a loopback address.
    pub(crate) fn at(public_url: &str) -> Result<Self, Error> {
        let public_url = parse_public_url(public_url)?;
        let redirect_uri = under(&public_url, "google/callback");
        Ok(Self {
            public_url,
            redirect_uri,
            app_name: "This application".to_owned(),
            verifier: None,
            expected_email: None,
            hosted_domain: None,
            allow_unverified_links: false,
            allow_account_change: false,
            return_paths: Vec::new(),
            link_lifetime: Duration::from_mins(10),
            max_open: 10,
            link_path: "google/connect",
            include_granted_scopes: true,
        })
    }

    /// The same for one sign-in of an installed application, at its own listener.
    pub(crate) fn on_this_machine(self, base: &Url, time_limit: Duration) -> Self {
        Self {
            redirect_uri: under(base, "google/callback"),
            public_url: base.clone(),
            verifier: None,
            link_lifetime: time_limit,
            link_path: "google/start",
            include_granted_scopes: false,
            ..self
        }
    }

    /// Where browsers reach the application.
    pub fn public_url(&self) -> &Url {
        &self.public_url
    }

    /// Where Google sends browsers back to; register this at Google.
    pub fn redirect_uri(&self) -> &Url {
        &self.redirect_uri
    }

    /// Whether the application says who is logged in to it.
    pub fn has_user_verifier(&self) -> bool {
        self.verifier.is_some()
    }

    /// The application's name, as the pages show it.
    pub fn app_name(&self) -> &str {
        &self.app_name
    }

    /// Whether anything ties a link to a person.
    pub(crate) fn links_are_verified(&self) -> bool {
        self.verifier.is_some() || self.expected_email.is_some() || self.hosted_domain.is_some()
    }

    /// What a build looks at: no link ends on another site, and something ties each to a person,
    /// unless it was asked for out loud that nothing does.
    pub(crate) fn check_links_are_verified(&self) -> Result<(), Error> {
        if let Some(path) = self
            .return_paths
            .iter()
            .find(|path| !is_path_of_this_site(path))
        {
            return Err(Error::configuration(format!(
                "the return path {path:?} is not a path of this site: it has to begin with one \
                 slash, and to hold no backslash or control character"
            )));
        }
        if self.links_are_verified() || self.allow_unverified_links {
            return Ok(());
        }
        Err(Error::configuration(
            "nothing ties a sign-in link to a person: set a user verifier, expected e-mail \
             addresses or a hosted domain, or say allow_unverified_links() and read SECURITY.md",
        ))
    }

    /// The account that this person is expected to choose. Where nothing else ties a link to a
    /// person, one has to be known.
    pub(crate) fn expected_email(&self, principal: &Principal) -> Result<Option<String>, Error> {
        let Some(expected) = &self.expected_email else {
            return Ok(None);
        };
        let email = (expected.0)(principal);
        if email.is_none() && self.verifier.is_none() && self.hosted_domain.is_none() {
            return Err(Error::configuration(format!(
                "no expected e-mail address is known for {principal}, and nothing else ties the \
                 link to them"
            )));
        }
        Ok(email)
    }

    pub(crate) fn connect_url(&self, state: &str) -> Url {
        under(&self.public_url, &format!("{}/{state}", self.link_path))
    }

    pub(crate) fn check_return_path(&self, path: Option<&str>) -> Result<(), Error> {
        let Some(path) = path else { return Ok(()) };
        if self.return_paths.iter().any(|allowed| allowed == path) {
            return Ok(());
        }
        Err(Error::configuration(format!(
            "the return path {path} is not one of the allowed ones; name it with with_return_path"
        )))
    }
}

/// An address below a base, whether or not the base ends in a slash.
fn under(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    let prefix = url.path().trim_end_matches('/').to_owned();
    url.set_path(&format!("{prefix}/{path}"));
    url
}

/// Whether a browser that is sent to this path stays on the site. Browsers take `//host` for
/// another site, a backslash for a slash, and leave out tabs and line breaks before they look.
pub fn is_path_of_this_site(path: &str) -> bool {
    path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains(|c: char| c == '\\' || c.is_control())
}

/// The errors do not quote the URL: a password may be in it.
fn parse_public_url(text: &str) -> Result<Url, Error> {
    let wrong = |problem: &str| {
        Error::configuration(format!(
            "the public URL or the redirect URI {problem}; a good one is https://app.example.com"
        ))
    };
    let url = Url::parse(text).map_err(|_| wrong("is not a URL"))?;
    let loopback = matches!(url.host_str(), Some("127.0.0.1" | "[::1]" | "localhost"));
    if url.scheme() != "https" && !(url.scheme() == "http" && loopback) {
        return Err(wrong("is neither https nor on this machine"));
    }
    let has_user = !url.username().is_empty() || url.password().is_some();
    if url.query().is_some() || url.fragment().is_some() || has_user {
        return Err(wrong("has a query, a fragment, a user name or a password"));
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(expected: Option<&'static str>) -> SignInOptions {
        SignInOptions {
            expected_email: Some(ExpectedEmail::new(move |_| expected.map(str::to_owned))),
            ..SignInOptions::at("https://app.example.com/x/").unwrap()
        }
    }

    #[test]
    fn a_person_without_an_expected_address_gets_no_link_that_nothing_else_ties_to_them() {
        let alice = Principal::for_user("alice").unwrap();
        let known = options(Some("alice@example.com"));
        assert_eq!(
            known.expected_email(&alice).unwrap().as_deref(),
            Some("alice@example.com")
        );
        let error = options(None).expected_email(&alice).unwrap_err();
        assert!(
            error.is_configuration() && error.to_string().contains("alice"),
            "{error}"
        );
        let domain = SignInOptions {
            hosted_domain: Some("example.com".to_owned()),
            ..options(None)
        };
        assert_eq!(domain.expected_email(&alice).unwrap(), None);
    }

    #[test]
    fn an_error_about_a_url_does_not_quote_it() {
        for url in [
            "not a url://me:CANARYword@",
            "http://me:CANARYword@app.example.com",
            "https://me:CANARYword@app.example.com",
            "https://app.example.com/?key=CANARYword",
            "https://app.example.com/#CANARYword",
        ] {
            let error = SignInOptions::at(url).unwrap_err();
            assert!(error.is_configuration(), "{error}");
            assert!(
                !format!("{error} {error:?}").contains("CANARYword"),
                "{error}"
            );
        }
    }

    #[test]
    fn a_return_path_that_leads_to_another_site_is_refused_at_the_build() {
        let with = |path: &str| SignInOptions {
            return_paths: vec!["/settings".to_owned(), path.to_owned()],
            ..options(Some("alice@example.com"))
        };
        for path in ["/", "/a//b", "/done?tab=google#mail", "/gr\u{fc}n"] {
            assert!(with(path).check_links_are_verified().is_ok(), "{path}");
        }
        for path in [
            "",
            "settings",
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/a\\b",
            "/\t/evil.example",
            "/\n/evil.example",
            "/a\u{7f}",
        ] {
            let error = with(path).check_links_are_verified().unwrap_err();
            assert!(
                error.is_configuration() && error.to_string().contains("return path"),
                "{path:?}: {error}"
            );
        }
    }

    #[test]
    fn a_public_url_is_https_or_on_this_machine() {
        let check =
            |url: &str, good: bool| assert_eq!(SignInOptions::at(url).is_ok(), good, "{url}");
        check("https://app.example.com", true);
        check("http://127.0.0.1:8080", true);
        check("http://localhost/app", true);
        check("http://app.example.com", false);
        check("https://app.example.com/?a=b", false);
        check("https://me@app.example.com", false);
        check("https://:word@app.example.com", false);
        check("app.example.com", false);
        let at = options(None);
        assert_eq!(
            at.redirect_uri().as_str(),
            "https://app.example.com/x/google/callback"
        );
        assert_eq!(
            at.connect_url("s").as_str(),
            "https://app.example.com/x/google/connect/s"
        );
    }
}
