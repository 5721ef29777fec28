//! A yup-oauth2 authenticator as the source of a service account's tokens.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use time::OffsetDateTime;
use toolgate_auth::{AccessToken, Error, ServiceToken, ServiceTokenRequest, ServiceTokens};
use yup_oauth2::error::AuthError;

use crate::storage::LIFETIME;

/// The tokens of yup-oauth2 authenticators as [`ServiceTokens`]: for what yup-oauth2 knows and Toolgate
/// does not, such as workload identity federation (`external_account`). A key file, default credentials and
/// impersonation are Toolgate's own ([`ServiceAccount`](toolgate_auth::ServiceAccount)), and do not print
/// tokens.
///
/// ```
/// use std::sync::Arc;
/// use toolgate_auth::{GoogleAuth, ServiceAccount};
/// use toolgate_yup_oauth2::AuthenticatorTokens;
/// use yup_oauth2::ExternalAccountAuthenticator;
///
/// # async fn sample() -> Result<(), Box<dyn std::error::Error>> {
/// let secret = yup_oauth2::read_external_account_secret("federation.json").await?;
/// let authenticator = ExternalAccountAuthenticator::builder(secret).build().await?;
/// let tokens = AuthenticatorTokens::new("workload identity", move |_subject, scopes| {
///     let authenticator = authenticator.clone();
///     async move { authenticator.force_refreshed_token(&scopes).await }
/// });
/// let google = GoogleAuth::service_account(ServiceAccount::from_source(Arc::new(tokens))).build()?;
/// # Ok(())
/// # }
/// ```
///
/// It is asked for each token once, however many callers wait, and Toolgate keeps what it gives: so it
/// should be asked for fresh ones (`force_refreshed_token`). An authenticator is of one subject; one
/// for each has to be made where people are to be acted for.
pub struct AuthenticatorTokens<F> {
    what: String,
    token: F,
}

impl<F> AuthenticatorTokens<F> {
    /// Tokens by this function of the subject, if any, and the scopes. `what` is said to people.
    pub fn new<R>(what: impl Into<String>, token: F) -> Self
    where
        F: Fn(Option<String>, Vec<String>) -> R + Send + Sync,
        R: Future<Output = Result<yup_oauth2::AccessToken, yup_oauth2::Error>> + Send,
    {
        let what = what.into();
        Self { what, token }
    }
}

impl<F> fmt::Debug for AuthenticatorTokens<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("AuthenticatorTokens")
            .field(&self.what)
            .finish()
    }
}

#[async_trait]
impl<F, R> ServiceTokens for AuthenticatorTokens<F>
where
    F: Fn(Option<String>, Vec<String>) -> R + Send + Sync,
    R: Future<Output = Result<yup_oauth2::AccessToken, yup_oauth2::Error>> + Send,
{
    fn describe(&self) -> String {
        self.what.clone()
    }

    async fn token(&self, wanted: &ServiceTokenRequest<'_>) -> Result<ServiceToken, Error> {
        let subject = wanted.subject.map(str::to_owned);
        let token = match (self.token)(subject, wanted.scopes.to_vec()).await {
            Ok(token) => token,
            // Its words may hold what was answered; its code is Google's.
            Err(yup_oauth2::Error::AuthError(AuthError { error, .. })) => {
                return Err(wanted.refused(error.as_str()));
            }
            Err(_) => return Err(wanted.unavailable(None)),
        };
        // An answer without a token is a success to it.
        let access = token.token().map(AccessToken::parse);
        let Some(Ok(access)) = access else {
            return Err(wanted.unavailable(None));
        };
        let lifetime = token.expiration_time().map_or(LIFETIME, left);
        Ok(ServiceToken::new(access, lifetime))
    }
}

/// By the wall clock, as yup-oauth2 counts.
fn left(end: OffsetDateTime) -> Duration {
    (end - OffsetDateTime::now_utc())
        .try_into()
        .unwrap_or_default()
}
