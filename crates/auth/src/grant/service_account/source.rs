//! What gives tokens without consent, and what it is asked.

use std::fmt::{self, Debug};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use http::{Request, Response};
use toolgate_http::{Endpoints, HttpClient};

use super::refusal;
use crate::clock::Clock;
use crate::error::{Error, ErrorKind};
use crate::grant::DEADLINE;
use crate::secret::AccessToken;

/// Gives access tokens that nobody consented to: a service account's key, or another library's way to
/// one. It is asked once for each token, however many callers wait, and need not remember any.
#[async_trait]
pub trait ServiceTokens: Send + Sync + Debug {
    /// What it is, for a person: never a secret.
    fn describe(&self) -> String;

    /// Why there is no mailbox where it acts for nobody, and what to do: what whoever wants one is told.
    fn no_mailbox(&self) -> &'static str {
        "a service account has no mailbox of its own: say whose it is to use by GOOGLE_DELEGATED_USER, \
         ServiceAccount::acting_for or acting_for_each_user, and have an administrator allow it \
         (domain-wide delegation)"
    }

    /// A fresh token.
    ///
    /// # Errors
    /// What [`ServiceTokenRequest::refused`] and [`ServiceTokenRequest::unavailable`] say.
    async fn token(&self, wanted: &ServiceTokenRequest<'_>) -> Result<ServiceToken, Error>;
}

/// A token that is wanted.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct ServiceTokenRequest<'a> {
    /// The address of the person to act for; none is the account itself.
    pub subject: Option<&'a str>,
    /// The scopes, as full URLs.
    pub scopes: &'a [String],
    pub(crate) google: &'a Google,
}

/// The way to Google.
#[derive(Debug, Clone)]
pub(crate) struct Google {
    pub(crate) http: HttpClient,
    pub(crate) endpoints: Endpoints,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Google {
    /// Whether the two are one: what was asked of one is served at the other.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.endpoints == other.endpoints && Arc::ptr_eq(&self.clock, &other.clock)
    }
}

impl Debug for ServiceTokenRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceTokenRequest")
            .field("subject", &self.subject)
            .field("scopes", &self.scopes)
            .finish_non_exhaustive()
    }
}

impl ServiceTokenRequest<'_> {
    /// The error of a request that Google refused with this code, such as `unauthorized_client`: it
    /// says what an administrator has to do.
    pub fn refused(&self, code: &str) -> Error {
        refusal::of(code, self.scopes, false)
    }

    /// The error of a request that was not answered, or not to any purpose.
    pub fn unavailable(&self, retry_after: Option<Duration>) -> Error {
        let what = "no token for the service account";
        ErrorKind::Transient { what, retry_after }.into()
    }

    /// Sends one request; follows and repeats nothing.
    pub(super) async fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, Error> {
        let answer = self.google.http.send(request, DEADLINE).await;
        answer.map_err(|_| self.unavailable(None))
    }
}

/// A token, and how long it lives from the moment at which it was asked for.
#[derive(Debug, Clone)]
pub struct ServiceToken {
    pub(crate) access: AccessToken,
    pub(crate) lifetime: Duration,
}

impl ServiceToken {
    /// A token that lives so long.
    pub fn new(access: AccessToken, lifetime: Duration) -> Self {
        Self { access, lifetime }
    }
}
