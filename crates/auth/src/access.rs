//! One person's way to Google for one toolkit.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use toolgate_http::{Endpoints, HttpClient};
use tracing::debug;

use crate::clock::{Clock, Random, SystemClock, SystemRandom};
use crate::config::is_project;
use crate::error::Error;
use crate::google_auth::{BoundGoogleAuth, BoundServiceAccount, Definition};
use crate::guard::{Held, ServiceHeld};
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
    calls: Calls,
}

/// How API calls are made, whoever's token they carry.
#[derive(Debug, Clone, Default)]
pub(crate) struct Calls {
    pub(crate) timeout: Option<Duration>,
    pub(crate) quota_project: Option<Arc<str>>,
}

impl Calls {
    pub(crate) fn check(&self) -> Result<(), Error> {
        if self.timeout.is_some_and(|timeout| timeout.is_zero()) {
            return Err(Error::configuration(
                "no request can be answered in no time: give with_api_timeout more than zero",
            ));
        }
        let project = self.quota_project.as_deref();
        if project.is_some_and(|project| !is_project(project)) {
            return Err(Error::configuration(
                "the quota project has to be the id of a Google Cloud project, such as my-project-123",
            ));
        }
        Ok(())
    }
}

#[derive(Clone)]
enum Way {
    Explicit(AccessToken),
    Stored {
        bound: BoundGoogleAuth,
        key: TokenKey,
        toolkit: Arc<str>,
    },
    Service {
        bound: BoundServiceAccount,
        principal: Principal,
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
    Service(Arc<ServiceHeld>),
}

impl Token {
    /// What goes into the `Authorization` header.
    pub fn access(&self) -> &AccessToken {
        match &self.0 {
            Origin::Explicit(access) => access,
            Origin::Stored(held) => &held.access,
            Origin::Service(held) => &held.access,
        }
    }

    pub(crate) fn stored(held: Arc<Held>) -> Self {
        Self(Origin::Stored(held))
    }

    pub(crate) fn of_service(held: Arc<ServiceHeld>) -> Self {
        Self(Origin::Service(held))
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
            calls: Calls::default(),
        }
    }

    /// With a clock of its own: what tools take for now, where they look for what is to come.
    #[must_use]
    pub fn with_clock(self, clock: Arc<dyn Clock>) -> Self {
        Self { clock, ..self }
    }

    /// With so much time for one request to an API, see
    /// [`GoogleAuthBuilder::with_api_timeout`](crate::GoogleAuthBuilder::with_api_timeout).
    #[must_use]
    pub fn with_api_timeout(mut self, timeout: Duration) -> Self {
        self.calls.timeout = Some(timeout);
        self
    }

    /// With API calls counted for this project.
    ///
    /// # Errors
    /// When it cannot be the id of a Google Cloud project.
    pub fn with_quota_project(mut self, project: impl Into<String>) -> Result<Self, Error> {
        self.calls.quota_project = Some(project.into().into());
        self.calls.check()?;
        Ok(self)
    }

    pub(crate) fn stored(bound: &BoundGoogleAuth, key: TokenKey, toolkit: &str) -> Self {
        let way = Way::Stored {
            bound: bound.clone(),
            key,
            toolkit: toolkit.into(),
        };
        Self::by(way, bound.definition())
    }

    pub(crate) fn of_service(bound: &BoundServiceAccount, principal: Principal) -> Self {
        let way = Way::Service {
            bound: bound.clone(),
            principal,
        };
        Self::by(way, bound.definition())
    }

    fn by(way: Way, definition: &Definition) -> Self {
        Self {
            way,
            http: definition.http.clone(),
            endpoints: definition.endpoints.clone(),
            clock: Arc::clone(&definition.clock),
            random: Arc::clone(&definition.random),
            calls: definition.calls.clone(),
        }
    }

    /// A token for calls that need `requirement`.
    ///
    /// The order: an explicit credential; a service account, which is in memory or asked for and never
    /// stored; memory; the store, refreshed if due; in place of the store, where no database is active,
    /// the token file of a program of one person; consent, by a browser or a link. What is skipped says
    /// why at debug level.
    ///
    /// # Errors
    /// When consent is needed (see [`Error::is_reauthorization_required`]), an administrator blocks
    /// it or has to allow it to a service account, or the database or Google cannot be used for now.
    pub async fn token(&self, requirement: &Requirement) -> Result<Token, Error> {
        match &self.way {
            Way::Explicit(token) => {
                debug!(target: "toolgate_auth", "explicit credential");
                Ok(Token(Origin::Explicit(token.clone())))
            }
            Way::Service { bound, principal } => {
                debug!(target: "toolgate_auth", "explicit credential skipped: none was given");
                bound.token(principal, requirement).await
            }
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
        match (&self.way, &token.0) {
            (Way::Stored { bound, .. }, Origin::Stored(held)) => {
                bound.rejected(&held.key, &held.marker).await;
            }
            (Way::Service { bound, .. }, Origin::Service(held)) => bound.rejected(held).await,
            _ => {}
        }
    }

    /// The same person's way with another of their accounts; none is the default one. An explicit
    /// credential and a service account are of one account and stay as they are.
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
            Way::Explicit(_) => None,
            Way::Stored { key, .. } => Some(key.principal()),
            Way::Service { principal, .. } => Some(principal),
        }
    }

    /// The bound `GoogleAuth` behind it; none for an explicit credential or a service account.
    pub fn auth(&self) -> Option<&BoundGoogleAuth> {
        match &self.way {
            Way::Explicit(_) | Way::Service { .. } => None,
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

    /// How long one request to an API may take, where it was said.
    pub fn api_timeout(&self) -> Option<Duration> {
        self.calls.timeout
    }

    /// The Google Cloud project that API calls are counted for, where it was said.
    pub fn quota_project(&self) -> Option<&str> {
        self.calls.quota_project.as_deref()
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
            Way::Stored { key, toolkit, .. } => out.field("key", key).field("toolkit", toolkit),
            Way::Service { bound, principal } => out
                .field("way", &bound.describe())
                .field("principal", principal)
                .field("toolkit", &bound.toolkit()),
        };
        out.finish_non_exhaustive()
    }
}
