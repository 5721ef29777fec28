//! A grant as a document of another program's.

use std::fmt;

use toolgate_http::{Endpoints, HttpClient};
use tracing::debug;
use zeroize::Zeroizing;

use crate::clock::Timestamp;
use crate::error::Error;
use crate::grant::{Grants, OAuthClient, UserInfo};
use crate::scope::ScopeSet;
use crate::secret::{AccessToken, RefreshToken};
use crate::store::AuthorizedUser;

/// A grant that comes from elsewhere. Whose it is, nothing in it says.
#[derive(Debug, Clone)]
pub struct ImportedGrant {
    pub(super) access: Option<AccessToken>,
    pub(super) refresh: Option<RefreshToken>,
    pub(super) client_id: String,
    pub(super) scopes: Option<Vec<String>>,
    pub(super) expires_at: Option<Timestamp>,
    pub(super) account: Option<UserInfo>,
}

impl ImportedGrant {
    /// Reads a document in the authorized-user format of Python's google-auth, by its rules: what
    /// `Credentials.to_json` writes, what `gcloud` writes, and what agno keeps of it. The client's
    /// secret in it is not taken.
    ///
    /// # Errors
    /// When it is none, or holds no token; the text says what is wrong and nothing of what it holds.
    pub fn from_authorized_user(document: &[u8]) -> Result<Self, Error> {
        let unusable = |problem: &str| {
            Error::configuration(format!("this is not google-auth's format: {problem}"))
        };
        let read = AuthorizedUser::parse(document).map_err(unusable)?;
        if read.access.is_none() && read.refresh.is_none() {
            return Err(Error::configuration("it holds no token"));
        }
        OAuthClient::new(read.client_id.as_str()).check()?;
        Ok(Self {
            access: read.access,
            refresh: read.refresh,
            client_id: read.client_id,
            scopes: read.scopes,
            expires_at: read.expiry,
            account: None,
        })
    }

    /// The same with the scopes that were granted, whatever the document says of them.
    #[must_use]
    pub fn with_scopes(self, scopes: impl IntoIterator<Item = String>) -> Self {
        Self {
            scopes: Some(scopes.into_iter().collect()),
            ..self
        }
    }

    /// The same with the account that Google says its access token is of.
    ///
    /// # Errors
    /// When there is no access token, or Google does not say: it may have expired. Where it cannot be
    /// asked at present, that is [`Error::is_transient`].
    pub async fn verified(self, endpoints: &Endpoints, http: &HttpClient) -> Result<Self, Error> {
        let unknown = || {
            Error::configuration(
                "google does not say whose it is; its access token may have expired",
            )
        };
        let access = self.access.as_ref().ok_or_else(unknown)?;
        let client = OAuthClient::new(self.client_id.as_str());
        let grants = Grants::new(http.clone(), endpoints.clone(), client);
        let account = grants.userinfo(access).await.map_err(|error| {
            debug!(target: "toolgate_auth", %error, "whose grant it is is not known");
            let error = Error::from(error);
            if error.is_transient() {
                return error;
            }
            unknown()
        })?;
        Ok(Self {
            account: Some(account),
            ..self
        })
    }

    /// Whether Google said whose it is.
    pub fn is_verified(&self) -> bool {
        self.account.is_some()
    }

    /// The OAuth client that it belongs to: no other can refresh it.
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// The scopes that were granted, as far as they are known.
    pub fn scopes(&self) -> ScopeSet {
        self.scopes.iter().flatten().collect()
    }

    /// Whether it can be refreshed; otherwise it is good until its access token expires.
    pub fn has_refresh_token(&self) -> bool {
        self.refresh.is_some()
    }
}

/// A document that holds tokens. It does not print, and is wiped when it is dropped.
#[derive(Clone)]
pub struct TokenDocument(pub(super) Zeroizing<Vec<u8>>);

impl TokenDocument {
    /// The one way out. Each call is a place to audit.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for TokenDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenDocument([redacted])")
    }
}
