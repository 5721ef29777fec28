//! The guard: a token that is cached, stored or refreshed, or the word that consent is needed.

mod accounts;
mod breaker;
mod idle;
mod memory;
pub(crate) mod pace;
mod refresh;
mod saving;
mod service;
mod single_flight;
mod thresholds;

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::FutureExt as _;
use tracing::{debug, warn};

use self::accounts::KnownAccounts;
pub(crate) use self::breaker::Breaker;
use self::memory::{Memory, Moment};
use self::saving::UnsavedGrants;
pub(crate) use self::service::{ServiceGuard, ServiceHeld};
pub(crate) use self::single_flight::Flights;
use self::thresholds::Thresholds;
use crate::audit::{Audit, Event};
use crate::clock::{Clock, Timestamp};
use crate::error::{Error, ErrorKind};
use crate::failure::{ConsentNeeded, ConsentReason};
use crate::grant::Grants;
use crate::identity::TokenKey;
use crate::scope::{Requirement, ScopeSet};
use crate::secret::AccessToken;
use crate::store::{Marker, RefreshFailure, RowStatus, TokenRow, TokenStore};
use crate::vault::Vault;

/// A refresh that an API's refusal forces comes at most so often for one row.
const FORCED: Duration = Duration::from_mins(1);

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
    breaker: Arc<Breaker>,
    audit: Audit,
    memory: Memory,
    accounts: KnownAccounts,
    unsaved: UnsavedGrants,
    flights: Flights<TokenKey, Result<Arc<Held>, Error>>,
}

/// What a guard is made of.
#[derive(Debug)]
pub(crate) struct GuardParts {
    pub(crate) store: Arc<dyn TokenStore>,
    pub(crate) vault: Vault,
    pub(crate) grants: Grants,
    pub(crate) clock: Arc<dyn Clock>,
    /// The OAuth client's, which may have several guards.
    pub(crate) breaker: Arc<Breaker>,
    /// It also knows this process's name in a lease.
    pub(crate) audit: Audit,
}

/// What a caller wants a token for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted<'a> {
    pub(crate) key: &'a TokenKey,
    pub(crate) toolkit: &'a str,
    pub(crate) requirement: &'a Requirement,
}

/// An access token in memory, with the moments at which it falls due on the monotonic clock.
#[derive(Debug, Clone)]
pub(crate) struct Held {
    pub(crate) key: TokenKey,
    pub(crate) access: AccessToken,
    pub(crate) marker: Marker,
    granted: ScopeSet,
    read_at: Instant,
    soft: Instant,
    hard: Instant,
    end: Instant,
}

impl Held {
    /// The same, as if it had come to its end.
    fn ended_at(self, now: Instant) -> Self {
        Self {
            soft: now,
            hard: now,
            end: now,
            ..self
        }
    }

    fn due(&self, now: Instant) -> Due {
        if now >= self.hard {
            Due::Now
        } else if now >= self.soft {
            Due::Soon
        } else {
            Due::Later
        }
    }
}

impl Guard {
    pub(crate) fn new(parts: GuardParts) -> Self {
        let GuardParts {
            store,
            vault,
            grants,
            clock,
            breaker,
            audit,
        } = parts;
        Self(Arc::new(Inner {
            store,
            vault,
            grants,
            clock,
            breaker,
            audit,
            unsaved: UnsavedGrants::default(),
            memory: Memory::new(),
            accounts: KnownAccounts::new(),
            flights: Flights::default(),
        }))
    }

    /// A token of `wanted.key` that covers what is wanted.
    pub(crate) async fn token(&self, wanted: Wanted<'_>) -> Result<Arc<Held>, Error> {
        if let Some(held) = self.cached(wanted).await {
            return Ok(held);
        }
        self.stored_token(wanted).await
    }

    /// The same, whatever is in memory.
    pub(crate) async fn stored_token(&self, wanted: Wanted<'_>) -> Result<Arc<Held>, Error> {
        let (row, read) = self.0.read(wanted.key).await?;
        let row =
            row.ok_or_else(|| wanted.skipped(ConsentReason::Missing, &ScopeSet::default()))?;
        if let Some(reason) = self.0.usable(&row)? {
            return Err(wanted.skipped(reason, &ScopeSet::default()));
        }
        let granted: ScopeSet = row.consented_scopes.iter().collect();
        if !wanted.requirement.is_satisfied_by(&granted) {
            return Err(wanted.skipped(ConsentReason::ScopeMissing, &granted));
        }
        self.stored(row, read, wanted).await
    }

    /// Whether this process has a newer token of the row than the database.
    pub(crate) fn has_unsaved(&self, row: &TokenRow) -> bool {
        self.0.unsaved.get(&row.key, &row.marker()).is_some()
    }

    /// How many grants this process could not save, and how many of them were rotated.
    pub(crate) fn unsaved(&self) -> (usize, usize) {
        self.0.unsaved.count()
    }

    /// Forgets what is in memory of a grant: it was written.
    pub(crate) async fn forget(&self, key: &TokenKey) {
        self.0.memory.forget(key).await;
        self.0.accounts.forget(key.principal()).await;
    }

    /// A row as it was just read: a token of a consent before it is not served any more, whatever the
    /// minute that memory has.
    pub(crate) async fn has_seen(&self, row: &TokenRow) {
        self.0.memory.forget_older(&row.key, &row.marker()).await;
    }

    /// An API refused the token of this version: it is forgotten, and the row counts as expired
    /// unless it was written less than a minute ago, so that a refusal that has other causes forces
    /// no refresh after refresh.
    pub(crate) async fn rejected(&self, key: &TokenKey, marker: &Marker) {
        self.0.memory.forget_version(key, marker).await;
        let now = self.0.clock.monotonic();
        self.0.unsaved.refuse(key, marker, now, FORCED);
        let invalidated = self.0.store.invalidate(key, marker, FORCED).await;
        match invalidated {
            Ok(expired) => {
                debug!(target: "toolgate_auth", row = %key.id(), expired, "token refused");
            }
            Err(error) => {
                warn!(target: "toolgate_auth", %error, "a refused token still stands");
            }
        }
    }

    /// Marks a grant that Google has shown to be dead, unless it was written since.
    pub(crate) async fn condemn(
        &self,
        key: &TokenKey,
        at: &Marker,
        reason: &'static str,
    ) -> Result<(), Error> {
        self.forget(key).await;
        let (store, audit) = (&self.0.store, &self.0.audit);
        if let Some(leased) = store
            .try_lease(key, at, audit.process(), refresh::LEASE)
            .await?
        {
            let status = RowStatus::NeedsConsent;
            let failure = RefreshFailure::Condemned {
                status,
                reason: reason.to_owned(),
                error: reason.to_owned(),
            };
            let marked = store.commit_failure(key, at, leased.lease_seq, &failure);
            if marked.await? {
                audit.note(Event::of_grant(key, at, status.as_str()).ended(reason));
            }
        }
        Ok(())
    }

    async fn cached(&self, wanted: Wanted<'_>) -> Option<Arc<Held>> {
        let now = self.0.clock.monotonic();
        let Some(held) = self.0.memory.get(wanted.key, now).await else {
            debug!(target: "toolgate_auth", "memory skipped: it has no token");
            return None;
        };
        let fresh = now < held.soft;
        let covers = wanted.requirement.is_satisfied_by(&held.granted);
        if fresh && covers {
            debug!(target: "toolgate_auth", "token in memory");
            return Some(held);
        }
        debug!(target: "toolgate_auth", fresh, covers, "memory skipped: its token does not do");
        None
    }

    async fn stored(
        &self,
        row: TokenRow,
        read: Read,
        wanted: Wanted<'_>,
    ) -> Result<Arc<Held>, Error> {
        let held = self.0.standing(&row, read)?.ok_or_else(|| {
            let reason = ConsentReason::Disconnected;
            wanted.consent(reason, &ScopeSet::default())
        })?;
        let due = held.due(self.0.clock.monotonic());
        debug!(target: "toolgate_auth", row = %wanted.key.id(), ?due, "token in the store");
        match due {
            Due::Now => return self.refresh(row, read, wanted).await,
            // Detached on purpose: whoever asked goes on with the token there is.
            Due::Soon => drop(self.flight(row, read)),
            Due::Later => {
                let (key, held) = (wanted.key.clone(), Arc::clone(&held));
                self.0.memory.put(key, held, read.moment).await;
            }
        }
        Ok(held)
    }

    async fn refresh(
        &self,
        row: TokenRow,
        read: Read,
        wanted: Wanted<'_>,
    ) -> Result<Arc<Held>, Error> {
        let held = self.flight(row, read).await;
        let held = held.map_err(|error| wanted.widen(error))?;
        if wanted.requirement.is_satisfied_by(&held.granted) {
            return Ok(held);
        }
        Err(wanted.consent(ConsentReason::ScopeMissing, &held.granted))
    }

    fn flight(
        &self,
        row: TokenRow,
        read: Read,
    ) -> impl Future<Output = Result<Arc<Held>, Error>> + Send + use<> {
        let inner = Arc::clone(&self.0);
        self.0.flights.join(
            row.key.clone(),
            || async move { inner.renew(row, read).await }.boxed(),
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

    /// Why the grant cannot be used without a new consent; `None`: it can.
    fn usable(&self, row: &TokenRow) -> Result<Option<ConsentReason>, Error> {
        Ok(match row.status {
            RowStatus::Active if row.client_id == self.grants.client_id() => None,
            RowStatus::Active => Some(ConsentReason::ClientChanged),
            RowStatus::Disconnecting | RowStatus::Revoked => Some(ConsentReason::Disconnected),
            RowStatus::NeedsConsent => Some(ConsentReason::Ended),
            RowStatus::Blocked | RowStatus::Suspended => {
                let reason = row.status_reason.clone();
                let reason = reason.unwrap_or_else(|| row.status.to_string());
                return Err(ErrorKind::Blocked { reason }.into());
            }
        })
    }

    /// The token of a usable row, however old: what this process could not save yet, or what is
    /// stored. None where it was wiped.
    fn standing(&self, row: &TokenRow, read: Read) -> Result<Option<Arc<Held>>, Error> {
        if let Some(unsaved) = self.unsaved.get(&row.key, &row.marker()) {
            return Ok(Some(Arc::new(unsaved.held_at(read.at))));
        }
        let secrets = self.vault.open(row)?;
        Ok(secrets.map(|secrets| Arc::new(hold(row, secrets.access, read))))
    }
}

/// Counts a row's expiry on the monotonic clock, from the moment before it was read.
fn hold(row: &TokenRow, access: AccessToken, read: Read) -> Held {
    let left = row.expires_at.since(read.now);
    let end = read.at + left;
    let Thresholds { soft, hard } = Thresholds::of(row.lifetime, &row.key.id());
    Held {
        key: row.key.clone(),
        access,
        marker: row.marker(),
        granted: row.consented_scopes.iter().collect(),
        read_at: read.at,
        soft: read.at + left.saturating_sub(soft),
        hard: read.at + left.saturating_sub(hard),
        end,
    }
}

impl Wanted<'_> {
    /// The same for a stored consent that is passed over.
    fn skipped(&self, reason: ConsentReason, granted: &ScopeSet) -> Error {
        debug!(target: "toolgate_auth", row = %self.key.id(), ?reason, "stored consent skipped");
        self.consent(reason, granted)
    }

    /// The error that asks for consent to what is wanted.
    fn consent(&self, reason: ConsentReason, granted: &ScopeSet) -> Error {
        let needed = ConsentNeeded {
            services: vec![self.toolkit.to_owned()],
            scopes: self.requirement.least_additional(granted).to_vec(),
            reason,
            account: self.key.account_label().cloned(),
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
