//! What a row has beside the tokens and that format has no room for: counters, lease, status. It
//! stands in a file of its own, and names by a digest the token file that it belongs to.
//!
//! The rename of the token file is the one moment at which a write happens. Meanwhile the state
//! names both the old file and the new one, each with its row; so whoever comes after a crash finds
//! the row that the file has, and settles on it.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::clock::{Timestamp, millis};
use crate::identity::{Service, TokenKey};
use crate::store::{Incarnation, Lease, RowStatus, Sealed, TokenRow};

/// The state file.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct State {
    /// Two where a write is under way.
    entries: Vec<Entry>,
}

/// A row, and the file that it goes with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Entry {
    /// The digest of the token file; none where there is to be none.
    pub(super) file: Option<String>,
    /// The hash of the row's last refresh token; it outlives the token, to tell it when it comes
    /// back.
    pub(super) refresh: Option<String>,
    row: Record,
}

/// A row without its key and its secrets. Times are milliseconds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Record {
    service: String,
    incarnation: String,
    account_id: Option<String>,
    account_email: Option<String>,
    client_id: String,
    consented_scopes: Vec<String>,
    token_scopes: Vec<String>,
    status: String,
    status_reason: Option<String>,
    expires_at: i64,
    lifetime: i64,
    refresh_expires_at: Option<i64>,
    project: Option<String>,
    rt_hash: Option<String>,
    rt_prefix_mac: Option<String>,
    version: i64,
    grant_epoch: i64,
    lease_seq: i64,
    lease: Option<(String, i64)>,
    fail_count: i64,
    last_error: Option<String>,
    next_attempt_at: Option<i64>,
    created_at: i64,
    updated_at: i64,
    last_used_at: Option<i64>,
}

/// Tells one content of a file from another.
pub(super) fn digest(bytes: &[u8]) -> String {
    BASE64.encode(Sha256::digest(bytes))
}

impl State {
    pub(super) fn of(entries: Vec<Entry>) -> Self {
        Self { entries }
    }

    /// None where it is damaged: it is then as if there was none.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        // Text and numbers cannot fail to become JSON.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// The entry of a file with this digest; none is the entry of no file.
    pub(super) fn entry_of(&self, file: Option<&str>) -> Option<&Entry> {
        let mut entries = self.entries.iter();
        entries.find(|entry| entry.file.as_deref() == file)
    }

    /// The last entry that was written.
    pub(super) fn last(&self) -> Option<&Entry> {
        self.entries.last()
    }

    /// Whether a write was under way when a process died.
    pub(super) fn is_open(&self) -> bool {
        self.entries.len() > 1
    }
}

impl Entry {
    pub(super) fn new(row: &TokenRow, file: Option<String>, refresh: Option<String>) -> Self {
        Self {
            file,
            refresh,
            row: Record::of(row),
        }
    }

    /// The row under this key, or under the service that it was last used for.
    pub(super) fn row(&self, key: Option<&TokenKey>, sealed: Option<Sealed>) -> Option<TokenRow> {
        let key = match key {
            Some(key) => key.clone(),
            None => super::key_of(Service::parse(self.row.service.clone()).ok()?),
        };
        self.row.to_row(key, sealed)
    }
}

impl Record {
    fn of(row: &TokenRow) -> Self {
        let row = row.clone();
        let lease = row.lease.map(|it| (it.owner, it.until.as_millis()));
        Self {
            service: row.key.service().as_str().to_owned(),
            incarnation: row.incarnation.as_str().to_owned(),
            account_id: row.account_id,
            account_email: row.account_email,
            client_id: row.client_id,
            consented_scopes: row.consented_scopes,
            token_scopes: row.token_scopes,
            status: row.status.as_str().to_owned(),
            status_reason: row.status_reason,
            expires_at: row.expires_at.as_millis(),
            lifetime: millis(row.lifetime),
            refresh_expires_at: row.refresh_expires_at.map(Timestamp::as_millis),
            project: row.project,
            rt_hash: row.rt_hash,
            rt_prefix_mac: row.rt_prefix_mac,
            version: row.version,
            grant_epoch: row.grant_epoch,
            lease_seq: row.lease_seq,
            lease,
            fail_count: row.fail_count,
            last_error: row.last_error,
            next_attempt_at: row.next_attempt_at.map(Timestamp::as_millis),
            created_at: row.created_at.as_millis(),
            updated_at: row.updated_at.as_millis(),
            last_used_at: row.last_used_at.map(Timestamp::as_millis),
        }
    }

    fn to_row(&self, key: TokenKey, sealed: Option<Sealed>) -> Option<TokenRow> {
        let row = self.clone();
        let time = Timestamp::from_millis;
        Some(TokenRow {
            key,
            incarnation: Incarnation::new(row.incarnation),
            account_id: row.account_id,
            account_email: row.account_email,
            client_id: row.client_id,
            sealed,
            consented_scopes: row.consented_scopes,
            token_scopes: row.token_scopes,
            status: RowStatus::parse(&row.status)?,
            status_reason: row.status_reason,
            expires_at: time(row.expires_at),
            lifetime: Duration::from_millis(row.lifetime.unsigned_abs()),
            refresh_expires_at: row.refresh_expires_at.map(time),
            project: row.project,
            rt_hash: row.rt_hash,
            rt_prefix_mac: row.rt_prefix_mac,
            version: row.version,
            grant_epoch: row.grant_epoch,
            lease_seq: row.lease_seq,
            lease: row.lease.map(|(owner, until)| Lease {
                owner,
                until: time(until),
            }),
            fail_count: row.fail_count,
            last_error: row.last_error,
            next_attempt_at: row.next_attempt_at.map(time),
            created_at: time(row.created_at),
            updated_at: time(row.updated_at),
            last_used_at: row.last_used_at.map(time),
        })
    }
}
