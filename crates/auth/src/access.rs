//! One person's way to Google for one toolkit.

use std::fmt;
use std::sync::Arc;

use toolgate_http::{Endpoints, HttpClient};
use tracing::debug;

use crate::clock::{Clock, Random, SystemClock, SystemRandom};
use crate::error::Error;
use crate::google_auth::BoundGoogleAuth;
use crate::guard::Held;
use crate::identity::{AccountLabel, Principal, TokenKey};
use crate::scope::Requirement;
use crate::secret::AccessToken;

/// One person's way to Google for one toolkit. It is made for a run and holds no token: each call
/// asks the guard.
///
/// ```
/// use toolgate_auth::{Access, AccessToken, Requirement};
/// use toolgate_http::{Endpoints, HttpClient};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// // An explicit credential, for a script that has an access token already.
/// let token = AccessToken::parse("ya29.a0Af")?;
/// let access = Access::from_token(token, HttpClient::new()?, Endpoints::google());
/// let token = access.token(&Requirement::for_methods(&["gmail.users.messages.list"])).await?;
/// assert_eq!(token.access().expose(), "ya29.a0Af");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Access {
    way: Way,
    http: HttpClient,
    endpoints: Endpoints,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
}

#[derive(Clone)]
enum Way {
    Explicit(AccessToken),
    Nowhere,
    Stored {
        bound: BoundGoogleAuth,
        key: TokenKey,
        toolkit: Arc<str>,
    },
}

/// An access token, and the stored grant that it came from.
#[derive(Debug, Clone)]
pub struct Token(Origin);

/// A stored grant's token is shared with the guard's memory: a call from memory copies nothing.
#[derive(Debug, Clone)]
enum Origin {
    Explicit(AccessToken),
    Stored(Arc<Held>),
}

impl Token {
    /// What goes into the `Authorization` header.
    pub fn access(&self) -> &AccessToken {
        match &self.0 {
            Origin::Explicit(access) => access,
            Origin::Stored(held) => &held.access,
        }
    }

    pub(crate) fn stored(held: Arc<Held>) -> Self {
        Self(Origin::Stored(held))
    }
}

impl Access {
    /// An explicit credential: this token for every call, no storage, no refresh.
    pub fn from_token(token: AccessToken, http: HttpClient, endpoints: Endpoints) -> Self {
        Self {
            way: Way::Explicit(token),
            http,
            endpoints,
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
        }
    }

    /// No way to Google at all, for tools that call none of it.
    ///
    /// # Errors
    /// When no HTTP client can be made.
    pub fn nowhere() -> Result<Self, Error> {
        let http = HttpClient::new()
            .map_err(|_| Error::configuration("the HTTP client could not be built"))?;
        Ok(Self {
            way: Way::Nowhere,
            http,
            endpoints: Endpoints::google(),
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
        })
    }

    /// With a clock of its own: what tools take for now, where they look for what is to come.
    #[must_use]
    pub fn with_clock(self, clock: Arc<dyn Clock>) -> Self {
        Self { clock, ..self }
    }

    pub(crate) fn stored(bound: BoundGoogleAuth, key: TokenKey, toolkit: &str) -> Self {
        let definition = bound.definition();
        Self {
            http: definition.http.clone(),
            endpoints: definition.endpoints.clone(),
            clock: Arc::clone(&definition.clock),
            random: Arc::clone(&definition.random),
            way: Way::Stored {
                bound,
                key,
                toolkit: toolkit.into(),
            },
        }
    }

    /// A token for calls that need `requirement`.
    ///
    /// The order: an explicit credential; a service account (not in this version); memory; the
    /// store, refreshed if due; in place of the store, where no database is active, the token file
    /// of a program of one person; consent, by a browser or a link. What is skipped says why at
    /// debug level.
    ///
    /// # Errors
    /// When consent is needed (see [`Error::is_reauthorization_required`]), an administrator blocks
    /// it, or the database or Google cannot be used for now.
    pub async fn token(&self, requirement: &Requirement) -> Result<Token, Error> {
        match &self.way {
            Way::Explicit(token) => {
                debug!(target: "toolgate_auth", "explicit credential");
                Ok(Token(Origin::Explicit(token.clone())))
            }
            Way::Nowhere => Err(Error::configuration(
                "this tool was given no way to Google, since it calls none of it",
            )),
            Way::Stored {
                bound,
                key,
                toolkit,
            } => {
                debug!(target: "toolgate_auth", "explicit credential skipped: none was given");
                debug!(target: "toolgate_auth", "service account skipped: none is configured");
                if bound.is_file() {
                    debug!(target: "toolgate_auth", "store skipped: no database is active");
                }
                bound.token(key, toolkit, requirement).await
            }
        }
    }

    /// An API refused this token with status 401: memory forgets it.
    pub async fn rejected(&self, token: &Token) {
        if let (Way::Stored { bound, .. }, Origin::Stored(held)) = (&self.way, &token.0) {
            bound.rejected(&held.key, &held.marker).await;
        }
    }

    /// The same person's way with another of their accounts; none is the default one. An explicit
    /// credential is of one account and stays as it is.
    #[must_use]
    pub fn with_account(mut self, label: Option<AccountLabel>) -> Self {
        if let Way::Stored { key, .. } = &mut self.way {
            *key = key.clone().with_account_label(label);
        }
        self
    }

    /// Whose way it is; none for an explicit credential, which does not say.
    pub fn principal(&self) -> Option<&Principal> {
        match &self.way {
            Way::Explicit(_) | Way::Nowhere => None,
            Way::Stored { key, .. } => Some(key.principal()),
        }
    }

    /// The bound `GoogleAuth` behind it; none for an explicit credential.
    pub fn auth(&self) -> Option<&BoundGoogleAuth> {
        match &self.way {
            Way::Explicit(_) | Way::Nowhere => None,
            Way::Stored { bound, .. } => Some(bound),
        }
    }

    /// The HTTP client.
    pub fn http(&self) -> &HttpClient {
        &self.http
    }

    /// Google's endpoints, or those that stand in for them.
    pub fn endpoints(&self) -> &Endpoints {
        &self.endpoints
    }

    /// The clock.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// The source of random bytes.
    pub fn random(&self) -> &Arc<dyn Random> {
        &self.random
    }
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Access");
        match &self.way {
            Way::Explicit(_) => out.field("way", &"explicit credential"),
            Way::Nowhere => out.field("way", &"none"),
            Way::Stored { key, toolkit, .. } => out.field("key", key).field("toolkit", toolkit),
        };
        out.finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_way_nowhere_gives_no_token_and_names_nobody() {
        let access = Access::nowhere().unwrap();
        let error = access.token(&Requirement::none()).await.unwrap_err();
        assert!(error.is_configuration(), "{error}");
        assert!(access.principal().is_none() && access.auth().is_none());
    }
}
