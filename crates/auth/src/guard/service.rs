//! A service account's tokens: in memory only, one for each person and set of scopes, asked for once.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::FutureExt as _;
use moka::future::Cache;
use tokio::sync::OnceCell;
use toolgate_http::{Endpoints, HttpClient};
use tracing::debug;

use super::{FORCED, Flights};
use crate::clock::Clock;
use crate::error::{Error, ErrorKind};
use crate::grant::{Google, ServiceAccount, ServiceToken, ServiceTokenRequest};
use crate::guard::thresholds::before_end;
use crate::secret::AccessToken;

/// More people than this at once cost a request each, nothing else.
const ENTRIES: u64 = 10_000;

/// Whom a token is for, and what for.
pub(crate) type ServiceKeyOf = (Option<String>, Arc<[String]>);

/// Hands out the tokens of one service account.
#[derive(Clone)]
pub(crate) struct ServiceGuard(Arc<Inner>);

struct Inner {
    account: ServiceAccount,
    http: HttpClient,
    endpoints: Endpoints,
    clock: Arc<dyn Clock>,
    google: OnceCell<Google>,
    memory: Cache<ServiceKeyOf, Arc<ServiceHeld>>,
    flights: Flights<ServiceKeyOf, Result<Arc<ServiceHeld>, Error>>,
}

/// A service account's token in memory.
#[derive(Debug)]
pub(crate) struct ServiceHeld {
    pub(crate) access: AccessToken,
    key: ServiceKeyOf,
    asked_at: Instant,
    soft: Instant,
    hard: Instant,
    end: Instant,
}

impl fmt::Debug for ServiceGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ServiceGuard")
            .field(&self.0.account)
            .finish()
    }
}

impl ServiceGuard {
    pub(crate) fn new(
        account: ServiceAccount,
        http: HttpClient,
        endpoints: Endpoints,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let google = Google {
            http,
            endpoints,
            clock,
        };
        Self::with(account, google, OnceCell::new())
    }

    /// The same for tokens that another account's are asked for with, by a way to Google that is known.
    pub(crate) fn at(account: ServiceAccount, google: &Google) -> Self {
        let known = OnceCell::new_with(Some(google.clone()));
        Self::with(account, google.clone(), known)
    }

    fn with(account: ServiceAccount, google: Google, known: OnceCell<Google>) -> Self {
        Self(Arc::new(Inner {
            account,
            http: google.http,
            endpoints: google.endpoints,
            clock: google.clock,
            google: known,
            memory: Cache::builder().max_capacity(ENTRIES).build(),
            flights: Flights::default(),
        }))
    }

    pub(crate) fn account(&self) -> &ServiceAccount {
        &self.0.account
    }

    /// A token that lives: from memory, or from Google, asked once for all who wait. One that still
    /// lives is served while another is being asked for, and where that fails.
    pub(crate) async fn token(&self, key: ServiceKeyOf) -> Result<Arc<ServiceHeld>, Error> {
        let held = self.0.memory.get(&key).await;
        let now = self.0.clock.monotonic();
        if let Some(held) = held.filter(|held| now < held.end) {
            debug!(target: "toolgate_auth", fresh = now < held.soft, "a service account's token in memory");
            if now < held.soft {
                return Ok(held);
            }
            let flight = self.flight(key);
            if now < held.hard {
                // Detached on purpose: whoever asked goes on with the token there is.
                drop(flight);
                return Ok(held);
            }
            return flight.await.or_else(|error| {
                let passing = error.is_transient();
                if passing { Ok(held) } else { Err(error) }
            });
        }
        debug!(target: "toolgate_auth", "a service account's token is asked for");
        self.flight(key).await
    }

    /// An API refused this token: it is forgotten, unless it was asked for less than a minute ago, so
    /// that a refusal that has other causes makes no request after request.
    pub(crate) async fn rejected(&self, held: &ServiceHeld) {
        if self.0.clock.monotonic() < held.asked_at + FORCED {
            return;
        }
        let current = self.0.memory.get(&held.key).await;
        if current.is_some_and(|current| std::ptr::eq(&raw const *current, held)) {
            self.0.memory.invalidate(&held.key).await;
        }
    }

    fn flight(
        &self,
        key: ServiceKeyOf,
    ) -> impl Future<Output = Result<Arc<ServiceHeld>, Error>> + Send + use<> {
        let inner = Arc::clone(&self.0);
        self.0.flights.join(
            key.clone(),
            || async move { inner.ask(key).await }.boxed(),
            || Err(ErrorKind::Internal("a token request stopped unexpectedly").into()),
        )
    }
}

impl Inner {
    async fn ask(&self, key: ServiceKeyOf) -> Result<Arc<ServiceHeld>, Error> {
        let google = self.google.get_or_init(|| async {
            Google {
                http: self.http.clone(),
                endpoints: self.endpoints.clone().discovered(&self.http).await,
                clock: Arc::clone(&self.clock),
            }
        });
        let wanted = ServiceTokenRequest {
            subject: key.0.as_deref(),
            scopes: &key.1,
            google: google.await,
        };
        let asked_at = self.clock.monotonic();
        let token = self.account.source().token(&wanted).await?;
        let held = Arc::new(hold(token, key.clone(), asked_at));
        self.memory.insert(key, Arc::clone(&held)).await;
        Ok(held)
    }
}

fn hold(token: ServiceToken, key: ServiceKeyOf, asked_at: Instant) -> ServiceHeld {
    let lifetime = token.lifetime.min(Duration::from_hours(24));
    let (soft, hard) = before_end(lifetime);
    ServiceHeld {
        access: token.access,
        key,
        asked_at,
        soft: asked_at + lifetime.saturating_sub(soft),
        hard: asked_at + lifetime.saturating_sub(hard),
        end: asked_at + lifetime,
    }
}
