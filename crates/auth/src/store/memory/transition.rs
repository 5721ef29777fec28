//! What each operation does to the row of a grant: pure functions, state in and state out.
//!
//! They are the storage contract as code. The in-memory store is a table and a lock around them, and
//! so may a store of your own be: read the row, ask the function, write what it says, all within one
//! transaction. A `None` says that the operation did not win and the row stays as it is. The example
//! `custom_store` is such a store, with the contract suite run over it.

use std::time::Duration;

use crate::{
    clock::{Timestamp, millis},
    identity::TokenKey,
    store::{
        Consent, DisconnectReach, Incarnation, Lease, Leased, Marker, RefreshFailure,
        RefreshedGrant, RowStatus, Sealed, TokenRow,
    },
};

/// The row that a consent makes where there was none.
pub fn insert(key: &TokenKey, consent: &Consent, now: Timestamp) -> TokenRow {
    TokenRow {
        key: key.clone(),
        incarnation: consent.incarnation.clone(),
        account_id: consent.account_id.clone(),
        account_email: consent.account_email.clone(),
        client_id: consent.client_id.clone(),
        sealed: Some(consent.sealed.clone()),
        consented_scopes: consent.consented_scopes.clone(),
        token_scopes: consent.token_scopes.clone(),
        status: RowStatus::Active,
        status_reason: None,
        expires_at: now.after(consent.expires_in),
        lifetime: whole_millis(consent.lifetime),
        refresh_expires_at: consent.refresh_expires_in.map(|left| now.after(left)),
        project: consent.project.clone(),
        rt_hash: consent.rt_hash.clone(),
        rt_prefix_mac: consent.rt_prefix_mac.clone(),
        version: 1,
        grant_epoch: 1,
        lease_seq: 1,
        lease: None,
        fail_count: 0,
        last_error: None,
        next_attempt_at: None,
        created_at: now,
        updated_at: now,
        last_used_at: None,
    }
}

/// A consent over a row that was read.
pub fn update(
    row: &TokenRow,
    consent: &Consent,
    expected: &Marker,
    now: Timestamp,
) -> Option<TokenRow> {
    if row.marker() != *expected {
        return None;
    }
    Some(TokenRow {
        incarnation: row.incarnation.clone(),
        version: row.version + 1,
        grant_epoch: row.grant_epoch + 1,
        lease_seq: row.lease_seq + 1,
        created_at: row.created_at,
        last_used_at: row.last_used_at,
        ..insert(&row.key, consent, now)
    })
}

/// Whether a row keeps consents of this (project, account) out.
pub fn blocks_consent(row: &TokenRow, consent: &Consent) -> bool {
    row.status == RowStatus::Disconnecting
        && consent.account_id.is_some()
        && row.account_id == consent.account_id
        && row.project == consent.project
}

/// Takes the refresh lease.
pub fn try_lease(
    row: &TokenRow,
    at: &Marker,
    owner: &str,
    ttl: Duration,
    now: Timestamp,
) -> Option<(TokenRow, Leased)> {
    let set_back = now.after(ttl.saturating_mul(2));
    let held = row
        .lease
        .as_ref()
        .is_some_and(|lease| lease.until > now && lease.until <= set_back);
    if row.marker() != *at || row.status != RowStatus::Active || held || backs_off(row, now) {
        return None;
    }
    let next = TokenRow {
        lease_seq: row.lease_seq + 1,
        lease: Some(Lease {
            owner: owner.to_owned(),
            until: now.after(ttl),
        }),
        ..row.clone()
    };
    let leased = Leased {
        lease_seq: next.lease_seq,
        sealed: next.sealed.clone(),
        now,
    };
    Some((next, leased))
}

/// Saves a refreshed grant; the lease is not compared.
pub fn commit_refresh(
    row: &TokenRow,
    at: &Marker,
    lease_seq: i64,
    refreshed: &RefreshedGrant,
    now: Timestamp,
) -> Option<TokenRow> {
    let open = matches!(row.status, RowStatus::Active | RowStatus::NeedsConsent);
    if row.marker() != *at || !open {
        return None;
    }
    let (rt_hash, rt_prefix_mac) = match &refreshed.rt_lookup {
        Some((hash, prefix)) => (Some(hash.clone()), Some(prefix.clone())),
        None => (row.rt_hash.clone(), row.rt_prefix_mac.clone()),
    };
    let token_scopes = refreshed.token_scopes.as_ref();
    let learned = refreshed.account.as_ref();
    let (account_id, account_email) = match learned.filter(|_| row.account_id.is_none()) {
        Some(account) => (Some(account.id.clone()), account.email.clone()),
        None => (row.account_id.clone(), row.account_email.clone()),
    };
    Some(TokenRow {
        account_id,
        account_email,
        sealed: Some(refreshed.sealed.clone()),
        token_scopes: token_scopes.unwrap_or(&row.token_scopes).clone(),
        status: RowStatus::Active,
        status_reason: None,
        expires_at: now.after(refreshed.expires_in),
        lifetime: whole_millis(refreshed.lifetime),
        refresh_expires_at: refreshed
            .refresh_expires_in
            .map(|left| now.after(left))
            .or(row.refresh_expires_at),
        rt_hash,
        rt_prefix_mac,
        version: row.version + 1,
        lease: row.lease.clone().filter(|_| row.lease_seq != lease_seq),
        fail_count: 0,
        last_error: None,
        next_attempt_at: None,
        updated_at: now,
        ..row.clone()
    })
}

/// Records a failed refresh; the fencing number is compared.
pub fn commit_failure(
    row: &TokenRow,
    at: &Marker,
    lease_seq: i64,
    failure: &RefreshFailure,
    now: Timestamp,
) -> Option<TokenRow> {
    if row.marker() != *at || row.lease_seq != lease_seq || row.status != RowStatus::Active {
        return None;
    }
    let free = TokenRow {
        lease: None,
        updated_at: now,
        ..row.clone()
    };
    Some(match failure {
        RefreshFailure::Condemned {
            status,
            reason,
            error,
        } => TokenRow {
            status: *status,
            status_reason: Some(reason.clone()),
            last_error: Some(error.clone()),
            ..free
        },
        RefreshFailure::Transient { error, retry_in } => TokenRow {
            fail_count: row.fail_count + 1,
            last_error: Some(error.clone()),
            next_attempt_at: Some(now.after(*retry_in)),
            ..free
        },
        RefreshFailure::Released => TokenRow {
            updated_at: row.updated_at,
            ..free
        },
    })
}

/// Begins the disconnect of the row that a caller read.
pub fn begin_disconnect(
    row: &TokenRow,
    at: &Marker,
    reach: DisconnectReach,
    now: Timestamp,
) -> Option<TokenRow> {
    let same = row.incarnation == at.incarnation && row.grant_epoch == at.epoch;
    if !same || row.status == RowStatus::Revoked {
        return None;
    }
    Some(disconnecting(row, reach, now))
}

/// What a disconnect everywhere does to the other rows: those of the same account that still hold
/// secrets change as the first one did, but for those whose own disconnect goes on already.
pub fn begin_disconnect_along(
    row: &TokenRow,
    first: &TokenRow,
    now: Timestamp,
) -> Option<TokenRow> {
    let same_account = first.account_id.is_some()
        && row.account_id == first.account_id
        && row.project == first.project;
    if !same_account || row.sealed.is_none() || row.status == RowStatus::Disconnecting {
        return None;
    }
    Some(disconnecting(row, DisconnectReach::Everywhere, now))
}

fn disconnecting(row: &TokenRow, reach: DisconnectReach, now: Timestamp) -> TokenRow {
    let reason = reach.status_reason().map(str::to_owned);
    TokenRow {
        status: RowStatus::Disconnecting,
        status_reason: reason.or_else(|| row.status_reason.clone()),
        grant_epoch: row.grant_epoch + 1,
        lease_seq: row.lease_seq + 1,
        lease: None,
        updated_at: now,
        ..row.clone()
    }
}

/// Ends a disconnect.
pub fn finish_disconnect(row: &TokenRow, at: &Marker, now: Timestamp) -> Option<TokenRow> {
    let same = row.incarnation == at.incarnation && row.grant_epoch == at.epoch;
    if !same || row.status != RowStatus::Disconnecting {
        return None;
    }
    Some(TokenRow {
        sealed: None,
        rt_hash: None,
        rt_prefix_mac: None,
        status: RowStatus::Revoked,
        updated_at: now,
        ..row.clone()
    })
}

/// Makes the access token count as expired.
pub fn invalidate(
    row: &TokenRow,
    at: &Marker,
    min_age: Duration,
    now: Timestamp,
) -> Option<TokenRow> {
    let same = row.incarnation == at.incarnation && row.version == at.version;
    let old = row.updated_at <= now.before(min_age);
    if !same || row.status != RowStatus::Active || !old {
        return None;
    }
    Some(TokenRow {
        expires_at: row.expires_at.min(now),
        updated_at: now,
        ..row.clone()
    })
}

/// Notes a use.
pub fn touch(row: &TokenRow, incarnation: &Incarnation, now: Timestamp) -> Option<TokenRow> {
    (row.incarnation == *incarnation).then(|| TokenRow {
        last_used_at: Some(now),
        ..row.clone()
    })
}

/// The same secrets under another key. A row without secrets stays without.
pub fn reseal(
    row: &TokenRow,
    at: &Marker,
    sealed: &Sealed,
    rt_prefix_mac: Option<&str>,
    now: Timestamp,
) -> Option<TokenRow> {
    if row.marker() != *at || row.sealed.is_none() || is_leased(row, now) {
        return None;
    }
    Some(TokenRow {
        sealed: Some(sealed.clone()),
        rt_prefix_mac: rt_prefix_mac.map(str::to_owned),
        ..row.clone()
    })
}

/// Gives the row another account label. That no row of the new key stands is for the table to say.
pub fn rename(
    row: &TokenRow,
    at: &Marker,
    new: &TokenKey,
    sealed: &Sealed,
    now: Timestamp,
) -> Option<TokenRow> {
    let another_label = row.key != *new && row.key.is_of_same_grants(new);
    let ended = matches!(row.status, RowStatus::Disconnecting | RowStatus::Revoked);
    if row.marker() != *at || !another_label || ended {
        return None;
    }
    if row.sealed.is_none() || is_leased(row, now) {
        return None;
    }
    Some(TokenRow {
        key: new.clone(),
        sealed: Some(sealed.clone()),
        version: row.version + 1,
        grant_epoch: row.grant_epoch + 1,
        lease_seq: row.lease_seq + 1,
        lease: None,
        updated_at: now,
        ..row.clone()
    })
}

/// Whether a background refresh should take the row up.
pub fn is_due(row: &TokenRow, within: Duration, now: Timestamp) -> bool {
    row.status == RowStatus::Active
        && row.expires_at <= now.after(within)
        && !is_leased(row, now)
        && !backs_off(row, now)
}

fn is_leased(row: &TokenRow, now: Timestamp) -> bool {
    row.lease.as_ref().is_some_and(|lease| lease.until > now)
}

fn backs_off(row: &TokenRow, now: Timestamp) -> bool {
    row.next_attempt_at.is_some_and(|next| next > now)
}

/// A duration as every store keeps it.
fn whole_millis(duration: Duration) -> Duration {
    Duration::from_millis(millis(duration).unsigned_abs())
}
