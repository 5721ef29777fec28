//! The row of a grant, and what goes into and comes out of the operations on it.

use std::fmt;
use std::time::Duration;

use crate::clock::Timestamp;
use crate::identity::{Principal, TenantId, TokenKey};

/// A random name given to a row at its creation. Whatever was meant for a deleted row never lands
/// on its successor, since every write compares it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Incarnation(String);

impl Incarnation {
    /// Takes the text of one, random or read from a store.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Where a row stood when it was read: what writes compare.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Marker {
    /// See [`Incarnation`].
    pub incarnation: Incarnation,
    /// Counts writes of the secrets.
    pub version: i64,
    /// Counts consents and disconnects.
    pub epoch: i64,
}

/// Sealed secrets as a store keeps them. They do not print: a store in a format of another program
/// has them in clear.
#[derive(Clone, PartialEq)]
pub struct Sealed {
    /// The envelope, an opaque JSON document.
    pub data: serde_json::Value,
    /// The key that sealed it.
    pub key_id: String,
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sealed")
            .field("key_id", &self.key_id)
            .finish_non_exhaustive()
    }
}

/// The state of a grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RowStatus {
    /// Works, as far as is known.
    Active,
    /// Google refused the refresh token; the person has to consent again.
    NeedsConsent,
    /// An administrator's policy stands in the way.
    Blocked,
    /// A disconnect has begun.
    Disconnecting,
    /// Disconnected; nothing secret is left.
    Revoked,
    /// Google suspended the account.
    Suspended,
}

impl RowStatus {
    /// Every status.
    pub const ALL: [Self; 6] = [
        Self::Active,
        Self::NeedsConsent,
        Self::Blocked,
        Self::Disconnecting,
        Self::Revoked,
        Self::Suspended,
    ];

    /// The text in the `status` column.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::NeedsConsent => "needs_consent",
            Self::Blocked => "blocked",
            Self::Disconnecting => "disconnecting",
            Self::Revoked => "revoked",
            Self::Suspended => "suspended",
        }
    }

    /// The status that a column's text names.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

impl fmt::Display for RowStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Who holds the refresh lease, and until when on the database's clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// The holder's name for itself.
    pub owner: String,
    /// When it ends.
    pub until: Timestamp,
}

/// One grant as it is stored.
#[derive(Debug, Clone, PartialEq)]
pub struct TokenRow {
    /// Whose, for what, which account.
    pub key: TokenKey,
    /// See [`Incarnation`].
    pub incarnation: Incarnation,
    /// Google's `sub` of who consented: the identity of the account.
    pub account_id: Option<String>,
    /// The e-mail address of who consented, for display only.
    pub account_email: Option<String>,
    /// The OAuth client that the grant belongs to.
    pub client_id: String,
    /// The secrets; none once wiped.
    pub sealed: Option<Sealed>,
    /// The scopes that consent gave.
    pub consented_scopes: Vec<String>,
    /// The scopes that the last token answer listed.
    pub token_scopes: Vec<String>,
    /// The state of the grant.
    pub status: RowStatus,
    /// Why it is not active.
    pub status_reason: Option<String>,
    /// When the access token expires.
    pub expires_at: Timestamp,
    /// How long the access token lived when it was issued.
    pub lifetime: Duration,
    /// When the refresh token expires, where Google says so.
    pub refresh_expires_at: Option<Timestamp>,
    /// The Google Cloud project of the client.
    pub project: Option<String>,
    /// base64(SHA-512(SHA-512(refresh token))), by which Google's security events name a token.
    pub rt_hash: Option<String>,
    /// A keyed hash of the refresh token's first 16 characters, likewise.
    pub rt_prefix_mac: Option<String>,
    /// Counts writes of the secrets.
    pub version: i64,
    /// Counts consents and disconnects.
    pub grant_epoch: i64,
    /// Counts leases; the fencing number.
    pub lease_seq: i64,
    /// The refresh lease, live or dead.
    pub lease: Option<Lease>,
    /// Transient failures in a row.
    pub fail_count: i64,
    /// The class of the last failure.
    pub last_error: Option<String>,
    /// No refresh before this.
    pub next_attempt_at: Option<Timestamp>,
    /// When the row was created; never changes.
    pub created_at: Timestamp,
    /// When the grant was last written (leases, touches and re-sealing do not count).
    pub updated_at: Timestamp,
    /// When the grant was last used.
    pub last_used_at: Option<Timestamp>,
}

impl TokenRow {
    /// Where the row stands.
    pub fn marker(&self) -> Marker {
        Marker {
            incarnation: self.incarnation.clone(),
            version: self.version,
            epoch: self.grant_epoch,
        }
    }
}

/// A read: the row, and the database's time when it was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Fetched {
    /// The row, if there is one.
    pub row: Option<TokenRow>,
    /// The database's time.
    pub now: Timestamp,
}

/// What a consent gave, sealed for the row it will be.
#[derive(Debug, Clone, PartialEq)]
pub struct Consent {
    /// The incarnation of the row if it is to be created; with a row expected, that row's.
    pub incarnation: Incarnation,
    /// Google's `sub`.
    pub account_id: Option<String>,
    /// For display only.
    pub account_email: Option<String>,
    /// The OAuth client.
    pub client_id: String,
    /// The secrets.
    pub sealed: Sealed,
    /// What Google granted.
    pub consented_scopes: Vec<String>,
    /// What the token answer listed.
    pub token_scopes: Vec<String>,
    /// What is left of the access token's life, counted from the writing of the row.
    pub expires_in: Duration,
    /// The access token's whole life.
    pub lifetime: Duration,
    /// What is left of the refresh token's life, where Google says so.
    pub refresh_expires_in: Option<Duration>,
    /// The Google Cloud project of the client.
    pub project: Option<String>,
    /// See [`TokenRow::rt_hash`].
    pub rt_hash: Option<String>,
    /// See [`TokenRow::rt_prefix_mac`].
    pub rt_prefix_mac: Option<String>,
}

/// What became of an [`upsert`](super::TokenStore::upsert).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum UpsertOutcome {
    /// The row stands as written, here.
    Written(Marker),
    /// The row was not as expected (or stood though none was), or a row of the same account is
    /// being disconnected; read again.
    Lost,
}

/// What a won lease gives.
#[derive(Debug, Clone, PartialEq)]
pub struct Leased {
    /// The fencing number.
    pub lease_seq: i64,
    /// The secrets as they are under the lease.
    pub sealed: Option<Sealed>,
    /// The database's time when the lease was taken.
    pub now: Timestamp,
}

/// What a refresh gave, sealed for the row it was read from.
#[derive(Debug, Clone, PartialEq)]
pub struct RefreshedGrant {
    /// The secrets.
    pub sealed: Sealed,
    /// What the token answer listed; none keeps what is stored.
    pub token_scopes: Option<Vec<String>>,
    /// What is left of the access token's life, counted from the writing of the row.
    pub expires_in: Duration,
    /// The access token's whole life.
    pub lifetime: Duration,
    /// What is left of the refresh token's life; none keeps what is stored.
    pub refresh_expires_in: Option<Duration>,
    /// The look-up hashes of a rotated refresh token, as (hash, prefix); none keeps what is stored.
    pub rt_lookup: Option<(String, String)>,
    /// Whose grant it is, by the answer's id token: written where the row names no account, and
    /// nowhere else.
    pub account: Option<GrantAccount>,
}

/// The Google account of a grant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantAccount {
    /// Google's `sub`.
    pub id: String,
    /// The e-mail address, for display only.
    pub email: Option<String>,
}

/// Why a refresh failed, and what that does to the row.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RefreshFailure {
    /// The grant is dead until a new consent: status and reason are set, version unchanged, the
    /// failure count unchanged.
    Condemned {
        /// [`RowStatus::NeedsConsent`] or [`RowStatus::Blocked`].
        status: RowStatus,
        /// Such as `revoked` or `session_policy`.
        reason: String,
        /// The class of the failure.
        error: String,
    },
    /// It may work later: the failure count grows by one, and no attempt is made before the delay.
    Transient {
        /// The class of the failure.
        error: String,
        /// From the writing of the row.
        retry_in: Duration,
    },
    /// It says nothing of the grant: the lease is given back, and nothing else changes.
    Released,
}

/// Which rows [`list`](super::TokenStore::list) shows.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ListScope {
    /// All rows, for operators.
    All,
    /// The rows of one tenant; none is the rows without a tenant.
    Tenant(Option<TenantId>),
    /// The rows of one person.
    Principal(Principal),
    /// The rows in one state, over all tenants.
    Status(RowStatus),
}

/// How far a disconnect reaches. Google revokes per project and account, not per grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum DisconnectReach {
    /// This row.
    ThisRow,
    /// Every row of the same Google account in the same project, whoever's it is.
    Everywhere,
}

impl DisconnectReach {
    /// What the beginning of a disconnect writes as the row's `status_reason`, so that whoever finishes
    /// it knows what was asked for. None: the reason stays what it was.
    pub fn status_reason(self) -> Option<&'static str> {
        match self {
            Self::ThisRow => None,
            Self::Everywhere => Some("everywhere"),
        }
    }
}

/// How many rows one Google account has in one project, and when it last lost one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AccountCount {
    /// Active rows, whoever's: a token can be had of them. What needs a new consent, or is blocked or
    /// suspended, may hold a refresh token as well, and loses nothing that works when Google ends it.
    pub live: u64,
    /// Rows that are being disconnected.
    pub disconnecting: u64,
    /// How long ago, on the database's clock, the last of them was disconnected for good; none
    /// where none was.
    pub revoked_ago: Option<Duration>,
}
