//! Acting as another service account, without its key.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use chrono::DateTime;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use http::{Request, Response, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::ServiceAccount;
use super::key::{Claims, exchange};
use super::source::{Google, ServiceToken, ServiceTokenRequest, ServiceTokens};
use crate::config::is_address;
use crate::error::{Error, ErrorKind};
use crate::grant::{GrantError, GrantFailure, Hidden};
use crate::guard::{ServiceGuard, ServiceHeld};
use crate::secret::AccessToken;

const CLOUD: &str = "https://www.googleapis.com/auth/cloud-platform";
const HOUR: Duration = Duration::from_hours(1);

/// A service account to act as.
///
/// ```
/// use std::time::Duration;
/// use toolgate_auth::Impersonation;
///
/// let target = Impersonation::of("robot@my-project.iam.gserviceaccount.com")?
///     .with_lifetime(Duration::from_mins(10))?;
/// # let _ = target;
/// # Ok::<(), toolgate_auth::Error>(())
/// ```
///
/// Whoever does so needs the role `roles/iam.serviceAccountTokenCreator` on it. For a person of a
/// domain Google has no token of this kind: there, Google signs the account's word
/// (`signJwt`), which is exchanged as if its key had signed it.
#[derive(Debug, Clone)]
pub struct Impersonation {
    target: String,
    delegates: Vec<String>,
    lifetime: Duration,
}

impl Impersonation {
    /// This service account, with tokens of an hour.
    ///
    /// # Errors
    /// When it cannot be a service account's address.
    pub fn of(target: impl Into<String>) -> Result<Self, Error> {
        Ok(Self {
            target: checked(target.into())?,
            delegates: Vec::new(),
            lifetime: HOUR,
        })
    }

    /// With tokens that live so long: an hour at the most, or twelve where the organisation allows it
    /// (`constraints/iam.allowServiceAccountCredentialLifetimeExtension`). The tokens for people live
    /// an hour in any case.
    ///
    /// # Errors
    /// When it is less than a second or more than twelve hours.
    pub fn with_lifetime(self, lifetime: Duration) -> Result<Self, Error> {
        if !(Duration::from_secs(1)..=12 * HOUR).contains(&lifetime) {
            return Err(Error::configuration(
                "an impersonated token lives from a second to twelve hours",
            ));
        }
        Ok(Self { lifetime, ..self })
    }

    /// By way of this service account, which may act as the next one named, or as the target.
    ///
    /// # Errors
    /// When it cannot be a service account's address.
    pub fn by_way_of(mut self, delegate: impl Into<String>) -> Result<Self, Error> {
        self.delegates.push(checked(delegate.into())?);
        Ok(self)
    }

    pub(super) fn by(self, base: Arc<dyn ServiceTokens>) -> Impersonated {
        Impersonated {
            base,
            target: self,
            guard: Mutex::new(None),
        }
    }
}

/// The address stands in a path.
fn checked(address: String) -> Result<String, Error> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'@' | b'.' | b'-' | b'_');
    if is_address(&address) && address.bytes().all(plain) {
        return Ok(address);
    }
    Err(Error::configuration(
        "a service account is named by its address, such as \
         robot@my-project.iam.gserviceaccount.com",
    ))
}

/// The tokens of a service account, for whoever may act as it.
#[derive(Debug)]
pub(super) struct Impersonated {
    base: Arc<dyn ServiceTokens>,
    target: Impersonation,
    /// Keeps the base's token, which is one for all people, and the Google that it is of.
    guard: Mutex<Option<(Google, ServiceGuard)>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Generated {
    access_token: Hidden,
    expire_time: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Signed {
    signed_jwt: Hidden,
}

#[async_trait]
impl ServiceTokens for Impersonated {
    fn describe(&self) -> String {
        format!(
            "the service account {}, by {}",
            self.target.target,
            self.base.describe()
        )
    }

    async fn token(&self, wanted: &ServiceTokenRequest<'_>) -> Result<ServiceToken, Error> {
        if wanted.subject.is_none() {
            return self.generate(wanted).await;
        }
        let claims = Claims::of(&self.target.target, wanted);
        let payload = serde_json::to_string(&claims).map_err(|_| wanted.unavailable(None))?;
        let body = json!({ "payload": payload });
        let answer = self.ask(wanted, "signJwt", body).await?;
        let signed: Signed = read(wanted, &answer)?;
        exchange(wanted, &signed.signed_jwt.0).await
    }
}

impl Impersonated {
    async fn generate(&self, wanted: &ServiceTokenRequest<'_>) -> Result<ServiceToken, Error> {
        let lifetime = format!("{}s", self.target.lifetime.as_secs());
        let body = json!({ "scope": wanted.scopes, "lifetime": lifetime });
        let answer = self.ask(wanted, "generateAccessToken", body).await?;
        let generated: Generated = read(wanted, &answer)?;
        let access = AccessToken::parse(generated.access_token.0.as_str());
        let ends = DateTime::parse_from_rfc3339(&generated.expire_time);
        let (Ok(access), Ok(ends)) = (access, ends) else {
            return Err(wanted.unavailable(None));
        };
        let now = wanted.google.clock.now().as_millis();
        let left = u64::try_from(ends.timestamp_millis() - now).unwrap_or(0);
        // A wall clock that is behind must not make it live longer than was asked for.
        let left = Duration::from_millis(left).min(self.target.lifetime);
        Ok(ServiceToken::new(access, left))
    }

    async fn ask(
        &self,
        wanted: &ServiceTokenRequest<'_>,
        verb: &str,
        mut body: Value,
    ) -> Result<Response<Vec<u8>>, Error> {
        let name = |email: &String| format!("projects/-/serviceAccounts/{email}");
        if !self.target.delegates.is_empty() {
            body["delegates"] = self.target.delegates.iter().map(name).collect();
        }
        let path = format!("{}:{verb}", name(&self.target.target));
        let url = wanted.google.endpoints.iam().join(&path);
        let url = url.map_err(|_| wanted.unavailable(None))?;
        let body = body.to_string();
        let guard = self.guard(wanted.google);
        let base = guard.token(of_itself()).await?;
        let mut answer = post(wanted, url.as_str(), &base, &body).await?;
        // One that was kept may have been revoked since: what is refused so was not done.
        if answer.status() == StatusCode::UNAUTHORIZED {
            guard.rejected(&base).await;
            let fresh = guard.token(of_itself()).await?;
            if !Arc::ptr_eq(&fresh, &base) {
                answer = post(wanted, url.as_str(), &fresh, &body).await?;
            }
        }
        if answer.status() == StatusCode::OK {
            return Ok(answer);
        }
        Err(self.refused(wanted, &answer))
    }

    /// Who keeps the base's token. One that came of another Google is not sent to this one.
    fn guard(&self, google: &Google) -> ServiceGuard {
        let mut kept = self.guard.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, guard)) = &*kept
            && known.is_same(google)
        {
            return guard.clone();
        }
        let base = ServiceAccount::from_source(Arc::clone(&self.base));
        let guard = ServiceGuard::at(base, google);
        *kept = Some((google.clone(), guard.clone()));
        guard
    }

    fn refused(&self, wanted: &ServiceTokenRequest<'_>, answer: &Response<Vec<u8>>) -> Error {
        let target = &self.target.target;
        let (code, advice) = match answer.status() {
            StatusCode::FORBIDDEN | StatusCode::NOT_FOUND => (
                "PERMISSION_DENIED",
                format!(
                    "{} needs the role roles/iam.serviceAccountTokenCreator on {target}, which has to \
                     exist, and its project the IAM Service Account Credentials API",
                    self.base.describe()
                ),
            ),
            StatusCode::BAD_REQUEST => (
                "INVALID_ARGUMENT",
                format!("see the scopes and the lifetime that are asked for {target}"),
            ),
            _ => {
                let error = GrantError::from_response(answer);
                return match error.failure() {
                    GrantFailure::Transient { .. } => error.into(),
                    _ => wanted.unavailable(None),
                };
            }
        };
        ErrorKind::ServiceAccount { code, advice }.into()
    }
}

/// The base's own token, for Google's IAM.
fn of_itself() -> (Option<String>, Arc<[String]>) {
    (None, Arc::new([CLOUD.to_owned()]))
}

async fn post(
    wanted: &ServiceTokenRequest<'_>,
    url: &str,
    base: &ServiceHeld,
    body: &str,
) -> Result<Response<Vec<u8>>, Error> {
    let bearer = HeaderValue::try_from(format!("Bearer {}", base.access.expose()));
    let mut bearer = bearer.map_err(|_| wanted.unavailable(None))?;
    bearer.set_sensitive(true);
    let request = Request::post(url)
        .header(AUTHORIZATION, bearer)
        .header(CONTENT_TYPE, "application/json")
        .body(body.as_bytes().to_vec());
    let request = request.map_err(|_| wanted.unavailable(None))?;
    wanted.send(request).await
}

fn read<'a, T: Deserialize<'a>>(
    wanted: &ServiceTokenRequest<'_>,
    answer: &'a Response<Vec<u8>>,
) -> Result<T, Error> {
    serde_json::from_slice(answer.body()).map_err(|_| wanted.unavailable(None))
}
