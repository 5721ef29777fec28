//! The guard: a token that is cached, stored or refreshed, or the word that consent is needed.

mod memory;
mod refresh;
mod single_flight;
mod thresholds;

use std::sync::Arc;
use std::time::Instant;

use futures_util::FutureExt as _;
use tracing::debug;

use self::memory::{Memory, Moment};
pub(crate) use self::single_flight::Flights;
use self::thresholds::Thresholds;
use crate::clock::{Clock, Timestamp};
use crate::error::{Error, ErrorKind};
use crate::failure::{ConsentNeeded, ConsentReason};
use crate::grant::Grants;
use crate::identity::TokenKey;
use crate::scope::{Requirement, ScopeSet};
use crate::secret::AccessToken;
use crate::store::{Marker, RowStatus, TokenRow, TokenStore};
use crate::vault::Vault;

/// Hands out access tokens. It never serves one longer than a minute without looking
/// at its row.
#[derive(Debug, Clone)]
pub(crate) struct Guard(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    store: Arc<dyn TokenStore>,
    vault: Vault,
    grants: Grants,
    clock: Arc<dyn Clock>,
    owner: String,
    memory: Memory,
    flights: Flights<TokenKey, Result<Arc<Held>, Error>>,
}

/// What a guard is made of.
#[derive(Debug)]
pub(crate) struct GuardParts {
    pub(crate) store: Arc<dyn TokenStore>,
    pub(crate) vault: Vault,
    pub(crate) grants: Grants,
    pub(crate) clock: Arc<dyn Clock>,
    /// This process's name in a lease.
    pub(crate) owner: String,
}

/// What a caller wants a token for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted<'a> {
    pub(crate) key: &'a TokenKey,
    pub(crate) toolkit: &'a str,
    pub(crate) requirement: &'a Requirement,
}

/// An access token in memory, with the moments at which it falls due on the monotonic clock.
#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) access: AccessToken,
    pub(crate) marker: Marker,
    granted: ScopeSet,
    read_at: Instant,
    soft: Instant,
    end: Instant,
}

impl Guard {
    pub(crate) fn new(parts: GuardParts) -> Self {
        let GuardParts {
            store,
            vault,
            grants,
            clock,
            owner,
        } = parts;
        Self(Arc::new(Inner {
            store,
            vault,
            grants,
            clock,
            owner,
            memory: Memory::new(),
            flights: Flights::default(),
        }))
    }

    /// A token of `wanted.key` that covers what is wanted.
    pub(crate) async fn token(&self, wanted: Wanted<'_>) -> Result<Arc<Held>, Error> {
        if let Some(held) = self.cached(wanted).await {
            return Ok(held);
        }
        let (row, read) = self.0.read(wanted.key).await?;
        let row =
            row.ok_or_else(|| wanted.consent(ConsentReason::Missing, &ScopeSet::default()))?;
        self.0.check_usable(&row, wanted)?;
        let granted: ScopeSet = row.consented_scopes.iter().collect();
        if !wanted.requirement.is_satisfied_by(&granted) {
            return Err(wanted.consent(ConsentReason::ScopeMissing, &granted));
        }
        self.stored(row, read, wanted).await
    }

    /// Forgets what is in memory of a grant: it was written.
    pub(crate) async fn forget(&self, key: &TokenKey) {
        self.0.memory.forget(key).await;
    }

    /// An API refused the token of this version.
    pub(crate) async fn forget_version(&self, key: &TokenKey, marker: &Marker) {
        self.0.memory.forget_version(key, marker).await;
    }

    async fn cached(&self, wanted: Wanted<'_>) -> Option<Arc<Held>> {
        let now = self.0.clock.monotonic();
        let held = self.0.memory.get(wanted.key, now).await?;
        let fresh = now < held.soft;
        let covers = wanted.requirement.is_satisfied_by(&held.granted);
        debug!(target: "toolgate_auth", fresh, covers, "token in memory");
        (fresh && covers).then_some(held)
    }

    async fn stored(
        &self,
        row: TokenRow,
        read: Read,
        wanted: Wanted<'_>,
    ) -> Result<Arc<Held>, Error> {
        let due = due(&row, read);
        debug!(target: "toolgate_auth", row = %wanted.key.id(), ?due, "token in the store");
        if due == Due::Now {
            return self.refresh(row, wanted).await;
        }
        let held = self.0.hold_row(&row, read, wanted)?;
        if due == Due::Soon {
            // Detached on purpose: whoever asked goes on with the token there is.
            drop(self.flight(row));
        } else {
            let (key, held) = (wanted.key.clone(), Arc::clone(&held));
            self.0.memory.put(key, held, read.moment).await;
        }
        Ok(held)
    }

    async fn refresh(&self, row: TokenRow, wanted: Wanted<'_>) -> Result<Arc<Held>, Error> {
        let held = self
            .flight(row)
            .await
            .map_err(|error| wanted.widen(error))?;
        if wanted.requirement.is_satisfied_by(&held.granted) {
            return Ok(held);
        }
        Err(wanted.consent(ConsentReason::ScopeMissing, &held.granted))
    }

    fn flight(
        &self,
        row: TokenRow,
    ) -> impl Future<Output = Result<Arc<Held>, Error>> + Send + use<> {
        let inner = Arc::clone(&self.0);
        self.0.flights.join(
            row.key.clone(),
            || async move { inner.refresh_row(row).await }.boxed(),
            || Err(ErrorKind::Internal("a token refresh stopped unexpectedly").into()),
        )
    }
}

/// When a row was read, on both clocks and in the order of what was forgotten.
#[derive(Debug, Clone, Copy)]
struct Read {
    at: Instant,
    now: Timestamp,
    moment: Moment,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Due {
    Later,
    Soon,
    Now,
}

impl Inner {
    async fn read(&self, key: &TokenKey) -> Result<(Option<TokenRow>, Read), Error> {
        let (at, moment) = (self.clock.monotonic(), self.memory.moment());
        let fetched = self.store.get(key).await?;
        Ok((
            fetched.row,
            Read {
                at,
                now: fetched.now,
                moment,
            },
        ))
    }

    /// Whether the grant can be used at all.
    fn check_usable(&self, row: &TokenRow, wanted: Wanted<'_>) -> Result<(), Error> {
        let granted = ScopeSet::default();
        let reason = match row.status {
            RowStatus::Active if row.client_id == self.grants.client_id() => return Ok(()),
            RowStatus::Active => ConsentReason::ClientChanged,
            RowStatus::Disconnecting | RowStatus::Revoked => ConsentReason::Disconnected,
            RowStatus::Blocked | RowStatus::Suspended => {
                let reason = row
                    .status_reason
                    .clone()
                    .unwrap_or_else(|| row.status.to_string());
                return Err(ErrorKind::Blocked { reason }.into());
            }
            RowStatus::NeedsConsent => ConsentReason::Ended,
        };
        Err(wanted.consent(reason, &granted))
    }

    /// The row's token as held in memory; the row must have been checked.
    fn hold_row(&self, row: &TokenRow, read: Read, wanted: Wanted<'_>) -> Result<Arc<Held>, Error> {
        let secrets = self
            .vault
            .open(row)?
            .ok_or_else(|| wanted.consent(ConsentReason::Disconnected, &ScopeSet::default()))?;
        Ok(Arc::new(hold(row, secrets.access, read)))
    }
}

/// When the row's token is due, as it was read.
fn due(row: &TokenRow, read: Read) -> Due {
    let left = row.expires_at.since(read.now);
    let thresholds = Thresholds::of(row.lifetime, &row.key.id());
    if left <= thresholds.hard {
        Due::Now
    } else if left <= thresholds.soft {
        Due::Soon
    } else {
        Due::Later
    }
}

/// Counts a row's expiry on the monotonic clock, from the moment before it was read.
fn hold(row: &TokenRow, access: AccessToken, read: Read) -> Held {
    let left = row.expires_at.since(read.now);
    let end = read.at + left;
    let Thresholds { soft, .. } = Thresholds::of(row.lifetime, &row.key.id());
    Held {
        access,
        marker: row.marker(),
        granted: row.consented_scopes.iter().collect(),
        read_at: read.at,
        soft: read.at + left.saturating_sub(soft),
        end,
    }
}

impl Wanted<'_> {
    /// The error that asks for consent to what is wanted.
    fn consent(&self, reason: ConsentReason, granted: &ScopeSet) -> Error {
        let needed = ConsentNeeded {
            services: vec![self.toolkit.to_owned()],
            scopes: self.requirement.least_additional(granted).to_vec(),
            reason,
        };
        match reason {
            ConsentReason::ScopeMissing => ErrorKind::ScopeMissing(needed).into(),
            _ => ErrorKind::ConsentRequired(needed).into(),
        }
    }

    /// A flight does not know for whom it refreshes; what it says of consent is completed here.
    fn widen(&self, error: Error) -> Error {
        match error.consent_needed() {
            Some(needed) => self.consent(needed.reason, &ScopeSet::default()),
            None => error,
        }
    }
}
