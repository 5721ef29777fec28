//! The database: one row, changed by the transitions of the store and by time.

use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

use super::super::transition;
use super::server::RefreshToken;
use super::variant::{Statement, Variant, View};
use crate::clock::Timestamp;
use crate::identity::{Principal, Service, TokenKey};
use crate::store::{
    Consent, DisconnectReach, Incarnation, Marker, RefreshFailure, RefreshedGrant, RowStatus,
    Sealed, TokenRow,
};

/// The clock stands; see the module's page.
pub(super) const NOW: Timestamp = Timestamp::from_millis(1_000_000_000);
pub(super) const LEASE: Duration = Duration::from_secs(20);
const LIFETIME: Duration = Duration::from_hours(1);

/// A [`Marker`] that can be copied and ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Mark {
    pub(super) incarnation: u8,
    pub(super) version: i64,
    pub(super) epoch: i64,
}

/// What a process keeps of a row that it read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Seen {
    pub(super) at: Mark,
    pub(super) token: Option<RefreshToken>,
}

/// A lease that was won.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Won {
    pub(super) seq: i64,
    pub(super) token: Option<RefreshToken>,
}

/// The real row. Two are the same where every field is.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Stored(Arc<TokenRow>);

impl Eq for Stored {}

impl Hash for Stored {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let row = &self.0;
        (row.version, row.grant_epoch, row.lease_seq, row.status).hash(state);
        (row.expires_at, row.next_attempt_at, row.fail_count).hash(state);
        (row.lease.as_ref().map(|lease| lease.until)).hash(state);
        self.seen().hash(state);
    }
}

impl Stored {
    pub(super) fn row(&self) -> &TokenRow {
        &self.0
    }

    pub(super) fn token(&self) -> Option<RefreshToken> {
        self.0.sealed.as_ref().map(open)
    }

    pub(super) fn seen(&self) -> Seen {
        Seen {
            at: mark(&self.0.marker()),
            token: self.token(),
        }
    }

    pub(super) fn is_fresh(&self) -> bool {
        self.0.expires_at > NOW
    }

    pub(super) fn is_leased(&self) -> bool {
        self.0.lease.as_ref().is_some_and(|lease| lease.until > NOW)
    }

    pub(super) fn is_backing_off(&self) -> bool {
        self.0.next_attempt_at.is_some_and(|next| next > NOW)
    }

    pub(super) fn is_disconnected(&self) -> bool {
        matches!(self.0.status, RowStatus::Disconnecting | RowStatus::Revoked)
    }
}

/// One row, or none.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Database {
    pub(super) row: Option<Stored>,
    variant: Variant,
}

impl Database {
    pub(super) fn new(variant: Variant) -> Self {
        Self { row: None, variant }
    }

    pub(super) fn try_lease(&mut self, seen: Seen) -> Option<Won> {
        let View { row, at, .. } = self.view(Statement::TryLease, seen.at, 0)?;
        let (next, leased) = transition::try_lease(&row, &at, "process", LEASE, NOW)?;
        self.put(next);
        let token = match self.variant {
            Variant::NoReadAfterLock => seen.token,
            _ => leased.sealed.as_ref().map(open),
        };
        Some(Won {
            seq: leased.lease_seq,
            token,
        })
    }

    pub(super) fn commit_refresh(&mut self, at: Mark, seq: i64, token: RefreshToken) -> bool {
        let refreshed = RefreshedGrant {
            sealed: seal(token, "first"),
            token_scopes: None,
            expires_in: LIFETIME,
            lifetime: LIFETIME,
            refresh_expires_in: None,
            rt_lookup: None,
            account: None,
        };
        self.change(Statement::CommitRefresh, at, seq, |view| {
            transition::commit_refresh(&view.row, &view.at, view.seq, &refreshed, NOW)
        })
    }

    pub(super) fn commit_failure(&mut self, at: Mark, seq: i64, failure: &RefreshFailure) -> bool {
        self.change(Statement::CommitFailure, at, seq, |view| {
            transition::commit_failure(&view.row, &view.at, view.seq, failure, NOW)
        })
    }

    /// A consent over the row that was read, or over none; as `upsert` has it.
    pub(super) fn upsert(&mut self, expected: Option<Mark>, token: RefreshToken) -> bool {
        let incarnation = expected.map_or(token.family, |at| at.incarnation);
        let consent = consent(incarnation, token);
        match (&self.row, expected) {
            (Some(row), _) if transition::blocks_consent(row.row(), &consent) => false,
            (None, None) => {
                self.put(transition::insert(&key(), &consent, NOW));
                true
            }
            (Some(_), Some(at)) => self.change(Statement::Consent, at, 0, |view| {
                transition::update(&view.row, &consent, &view.at, NOW)
            }),
            (Some(_), None) | (None, Some(_)) => false,
        }
    }

    pub(super) fn begin_disconnect(&mut self, at: Mark) -> Option<Mark> {
        self.change(Statement::Other, at, 0, |view| {
            transition::begin_disconnect(&view.row, &view.at, DisconnectReach::ThisRow, NOW)
        })
        .then(|| self.row.as_ref().map(|row| row.seen().at))?
    }

    pub(super) fn finish_disconnect(&mut self, at: Mark) -> bool {
        self.change(Statement::Other, at, 0, |view| {
            transition::finish_disconnect(&view.row, &view.at, NOW)
        })
    }

    pub(super) fn invalidate(&mut self, at: Mark) -> bool {
        self.change(Statement::Other, at, 0, |view| {
            transition::invalidate(&view.row, &view.at, Duration::ZERO, NOW)
        })
    }

    pub(super) fn reseal(&mut self, at: Mark, token: RefreshToken) -> bool {
        let sealed = seal(token, "second");
        self.change(Statement::Other, at, 0, |view| {
            transition::reseal(&view.row, &view.at, &sealed, None, NOW)
        })
    }

    pub(super) fn delete(&mut self) {
        self.row = None;
    }

    /// What the protocol demands of a security event that ends a grant.
    pub(super) fn wipe(&mut self) {
        self.alter(|row| {
            row.sealed = None;
            row.status = RowStatus::NeedsConsent;
            row.status_reason = Some("security_event".to_owned());
            row.grant_epoch += 1;
            row.lease_seq += 1;
            row.lease = None;
        });
    }

    /// Time runs beyond the lease.
    pub(super) fn lapse(&mut self) {
        self.alter(|row| {
            if let Some(lease) = &mut row.lease {
                lease.until = NOW;
            }
        });
    }

    /// Time runs beyond the access token.
    pub(super) fn expire(&mut self) {
        self.alter(|row| row.expires_at = NOW);
    }

    /// Time runs beyond the back-off.
    pub(super) fn end_back_off(&mut self) {
        self.alter(|row| row.next_attempt_at = row.next_attempt_at.and(Some(NOW)));
    }

    fn view(&self, statement: Statement, at: Mark, seq: i64) -> Option<View> {
        let row = self.row.as_ref()?.row().clone();
        let at = marker(at);
        Some(self.variant.bend(statement, View { row, at, seq }))
    }

    fn change(
        &mut self,
        statement: Statement,
        at: Mark,
        seq: i64,
        transition: impl FnOnce(&View) -> Option<TokenRow>,
    ) -> bool {
        let view = self.view(statement, at, seq);
        let next = view.and_then(|view| transition(&view));
        let Some(next) = next else {
            return false;
        };
        self.put(next);
        true
    }

    fn alter(&mut self, change: impl FnOnce(&mut TokenRow)) {
        if let Some(Stored(row)) = &mut self.row {
            change(Arc::make_mut(row));
        }
    }

    fn put(&mut self, row: TokenRow) {
        self.row = Some(Stored(Arc::new(row)));
    }
}

/// The secrets name the refresh token; a real store could not tell them from sealed ones.
fn seal(token: RefreshToken, key_id: &str) -> Sealed {
    Sealed {
        data: serde_json::json!([token.family, token.generation]),
        key_id: key_id.to_owned(),
    }
}

fn open(sealed: &Sealed) -> RefreshToken {
    let number = |index: usize| {
        let number = sealed.data[index].as_u64();
        u8::try_from(number.expect("sealed here")).expect("sealed here")
    };
    RefreshToken {
        family: number(0),
        generation: number(1),
    }
}

fn marker(mark: Mark) -> Marker {
    Marker {
        incarnation: Incarnation::new(mark.incarnation.to_string()),
        version: mark.version,
        epoch: mark.epoch,
    }
}

fn mark(marker: &Marker) -> Mark {
    let incarnation = marker.incarnation.as_str().parse();
    Mark {
        incarnation: incarnation.expect("named by a consent of the model"),
        version: marker.version,
        epoch: marker.epoch,
    }
}

fn key() -> TokenKey {
    TokenKey::new(Principal::anonymous(), Service::google())
}

fn consent(incarnation: u8, token: RefreshToken) -> Consent {
    Consent {
        incarnation: Incarnation::new(incarnation.to_string()),
        account_id: Some("sub".to_owned()),
        account_email: None,
        client_id: "client".to_owned(),
        sealed: seal(token, "first"),
        consented_scopes: Vec::new(),
        token_scopes: Vec::new(),
        expires_in: LIFETIME,
        lifetime: LIFETIME,
        refresh_expires_in: None,
        project: None,
        rt_hash: None,
        rt_prefix_mac: None,
    }
}
