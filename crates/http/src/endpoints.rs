//! Where Google is: every endpoint is configuration, and tokens go nowhere else.

mod api;
mod discovered;

use std::sync::Arc;

use url::Url;

pub use self::api::Api;
use self::api::ApiUrls;
use crate::client::{METADATA_HOST, is_loopback};
use crate::error::Error;

/// The addresses of Google's services.
///
/// ```
/// use toolgate_http::Endpoints;
///
/// let google = Endpoints::google();
/// assert_eq!(google.gmail().as_str(), "https://gmail.googleapis.com/gmail/v1/");
///
/// let emulator = Endpoints::at_base("http://127.0.0.1:4100")?;
/// assert_eq!(emulator.token().as_str(), "http://127.0.0.1:4100/token");
/// assert!(emulator.allows(emulator.gmail()));
/// assert!(!emulator.allows(google.gmail()));
/// # Ok::<(), toolgate_http::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoints(Arc<Inner>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Inner {
    authorize: Url,
    token: Url,
    revoke: Url,
    certs: Url,
    userinfo: Url,
    openid_configuration: Url,
    iam: Url,
    metadata: Url,
    apis: [ApiUrls; 5],
    issuers: Vec<String>,
    /// The base that replaces Google's hosts, where one does.
    base: Option<Url>,
}

impl Default for Endpoints {
    fn default() -> Self {
        Self::google()
    }
}

impl Endpoints {
    /// Google itself.
    ///
    /// # Panics
    /// Never: the addresses are constants, and a test reads each.
    #[expect(clippy::expect_used, reason = "constants that a test reads")]
    pub fn google() -> Self {
        Self::build(None).expect("google's addresses are well formed")
    }

    /// One base in the place of all of Google's hosts: an emulator, or a proxy. The paths under it
    /// are Google's.
    ///
    /// # Errors
    /// When `base` is not a URL, is neither https nor on this machine, or holds a user name, a
    /// query or a fragment.
    pub fn at_base(base: &str) -> Result<Self, Error> {
        let mut base = checked(base)?;
        if !base.path().ends_with('/') {
            let path = format!("{}/", base.path());
            base.set_path(&path);
        }
        Self::build(Some(base))
    }

    fn build(base: Option<Url>) -> Result<Self, Error> {
        let at = |host: &str, path: &str| match &base {
            Some(base) => join(base, path),
            None => join(&parse(host)?, path),
        };
        let accounts = "https://accounts.google.com/";
        let oauth = "https://oauth2.googleapis.com/";
        let www = "https://www.googleapis.com/";
        let api = |api: Api| match &base {
            Some(base) => ApiUrls::under(base, api),
            None => ApiUrls::under(&parse(api.host())?, api),
        };
        let [gmail, calendar, drive, sheets, slides] = Api::ALL;
        Ok(Self(Arc::new(Inner {
            authorize: at(accounts, "o/oauth2/v2/auth")?,
            token: at(oauth, "token")?,
            revoke: at(oauth, "revoke")?,
            certs: at(www, "oauth2/v3/certs")?,
            userinfo: at(www, "oauth2/v2/userinfo")?,
            openid_configuration: at(accounts, ".well-known/openid-configuration")?,
            iam: at("https://iamcredentials.googleapis.com/", "v1/")?,
            metadata: at(&format!("http://{METADATA_HOST}/"), "computeMetadata/v1/")?,
            apis: [
                api(gmail)?,
                api(calendar)?,
                api(drive)?,
                api(sheets)?,
                api(slides)?,
            ],
            issuers: vec![
                "https://accounts.google.com".to_owned(),
                "accounts.google.com".to_owned(),
            ],
            base,
        })))
    }

    /// Where a browser is sent for consent.
    pub fn authorize(&self) -> &Url {
        &self.0.authorize
    }

    /// Where codes and refresh tokens are exchanged.
    pub fn token(&self) -> &Url {
        &self.0.token
    }

    /// Where grants are revoked.
    pub fn revoke(&self) -> &Url {
        &self.0.revoke
    }

    /// The keys that sign id tokens.
    pub fn certs(&self) -> &Url {
        &self.0.certs
    }

    /// Who an access token belongs to.
    pub fn userinfo(&self) -> &Url {
        &self.0.userinfo
    }

    /// The document that names the OAuth endpoints.
    pub fn openid_configuration(&self) -> &Url {
        &self.0.openid_configuration
    }

    /// Where one acts as a service account; ends in `/v1/`.
    pub fn iam(&self) -> &Url {
        &self.0.iam
    }

    /// What a virtual machine of Google Cloud's knows of itself; ends in `/computeMetadata/v1/`. It is
    /// asked over plain HTTP, which does not leave the machine.
    pub fn metadata(&self) -> &Url {
        &self.0.metadata
    }

    /// Gmail; ends in `/gmail/v1/`.
    pub fn gmail(&self) -> &Url {
        self.api(Api::Gmail)
    }

    /// Calendar; ends in `/calendar/v3/`.
    pub fn calendar(&self) -> &Url {
        self.api(Api::Calendar)
    }

    /// Drive; ends in `/drive/v3/`.
    pub fn drive(&self) -> &Url {
        self.api(Api::Drive)
    }

    /// Sheets; ends in `/v4/`.
    pub fn sheets(&self) -> &Url {
        self.api(Api::Sheets)
    }

    /// Slides; ends in `/v1/`.
    pub fn slides(&self) -> &Url {
        self.api(Api::Slides)
    }

    /// The base of an API; ends in a slash.
    pub fn api(&self, api: Api) -> &Url {
        &self.0.apis[api.index()].base
    }

    /// Where an API takes batches.
    pub fn batch(&self, api: Api) -> &Url {
        &self.0.apis[api.index()].batch
    }

    /// The base of an API's uploads; ends in a slash.
    pub fn upload(&self, api: Api) -> &Url {
        &self.0.apis[api.index()].upload
    }

    /// The base that replaces Google's hosts, where one does.
    pub fn base(&self) -> Option<&Url> {
        self.0.base.as_ref()
    }

    /// The issuers that an id token may name.
    pub fn issuers(&self) -> &[String] {
        &self.0.issuers
    }

    /// Whether a token may go to this address: its scheme, host and port are those of an API or of
    /// userinfo or revoke, and it carries no credentials of its own.
    pub fn allows(&self, url: &Url) -> bool {
        let plain = url.username().is_empty() && url.password().is_none();
        plain && self.bearer_urls().any(|ours| same_origin(ours, url))
    }

    fn bearer_urls(&self) -> impl Iterator<Item = &Url> {
        self.0
            .apis
            .iter()
            .flat_map(|api| [&api.base, &api.batch, &api.upload])
            .chain([&self.0.userinfo, &self.0.revoke])
    }

    fn inner_mut(&mut self) -> &mut Inner {
        Arc::make_mut(&mut self.0)
    }

    /// Another consent page.
    ///
    /// # Errors
    /// As for [`Endpoints::at_base`].
    pub fn with_authorize(mut self, url: &str) -> Result<Self, Error> {
        self.inner_mut().authorize = checked(url)?;
        Ok(self)
    }

    /// Another token endpoint.
    ///
    /// # Errors
    /// As for [`Endpoints::at_base`].
    pub fn with_token(mut self, url: &str) -> Result<Self, Error> {
        self.inner_mut().token = checked(url)?;
        Ok(self)
    }

    /// Another revocation endpoint.
    ///
    /// # Errors
    /// As for [`Endpoints::at_base`].
    pub fn with_revoke(mut self, url: &str) -> Result<Self, Error> {
        self.inner_mut().revoke = checked(url)?;
        Ok(self)
    }

    /// Other signing keys.
    ///
    /// # Errors
    /// As for [`Endpoints::at_base`].
    pub fn with_certs(mut self, url: &str) -> Result<Self, Error> {
        self.inner_mut().certs = checked(url)?;
        Ok(self)
    }

    /// Another userinfo endpoint.
    ///
    /// # Errors
    /// As for [`Endpoints::at_base`].
    pub fn with_userinfo(mut self, url: &str) -> Result<Self, Error> {
        self.inner_mut().userinfo = checked(url)?;
        Ok(self)
    }

    /// Another host for one API: base, batches and uploads, with Google's paths under `root`.
    ///
    /// # Errors
    /// As for [`Endpoints::at_base`].
    pub fn with_api(mut self, api: Api, root: &str) -> Result<Self, Error> {
        let root = Self::at_base(root)?;
        self.inner_mut().apis[api.index()] = root.0.apis[api.index()].clone();
        Ok(self)
    }

    /// One more issuer that an id token may name.
    #[must_use]
    pub fn with_issuer(mut self, issuer: impl Into<String>) -> Self {
        let issuer = issuer.into();
        if !issuer.is_empty() && !self.0.issuers.contains(&issuer) {
            self.inner_mut().issuers.push(issuer);
        }
        self
    }
}

fn same_origin(a: &Url, b: &Url) -> bool {
    a.scheme() == b.scheme()
        && a.host() == b.host()
        && a.port_or_known_default() == b.port_or_known_default()
}

fn parse(text: &str) -> Result<Url, Error> {
    Url::parse(text).map_err(|_| refuse("it is not a URL such as https://example.com"))
}

fn join(root: &Url, path: &str) -> Result<Url, Error> {
    root.join(path)
        .map_err(|_| refuse("nothing can be put under it"))
}

/// An override: https, or http on this machine; no credentials, query or fragment.
fn checked(text: &str) -> Result<Url, Error> {
    let url = parse(text)?;
    let host = url.host_str().ok_or_else(|| refuse("it names no host"))?;
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(host) => {}
        "http" => return Err(refuse("plain http is for this machine only; use https")),
        _ => return Err(refuse("its scheme is neither https nor http")),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refuse("it holds a user name or a password"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(refuse("it holds a query or a fragment"));
    }
    Ok(url)
}

fn refuse(problem: &'static str) -> Error {
    Error::configuration("endpoint", problem)
}
