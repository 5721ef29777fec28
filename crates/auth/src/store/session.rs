//! Sessions: conversations and paused runs, one sealed document for each.

use std::fmt::{self, Debug};
use std::time::Duration;

use async_trait::async_trait;

use super::{Incarnation, Lease, Sealed, StoreError};
use crate::clock::Timestamp;
use crate::identity::{Principal, RowId, SessionKey};

/// What a session is, which decides how long it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SessionKind {
    /// A conversation that the application named. It is the application's to remove.
    Conversation,
    /// A run without a name that waits. It is removed when it is complete, or too old.
    Run,
}

/// Where a session is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SessionStatus {
    /// The last run came to its answer.
    Idle,
    /// A run is under way; or it was when its process ended, where nobody holds the session.
    Running,
    /// A run waits to be resumed.
    Paused,
}

/// Declares the text of each value of a column.
macro_rules! texts {
    ($name:ident { $($value:ident => $text:literal),* $(,)? }) => {
        impl $name {
            /// Every value.
            pub const ALL: [Self; [$($text),*].len()] = [$(Self::$value),*];

            /// The text in the column.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$value => $text,)*
                }
            }

            /// The value that a column's text names.
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.into_iter().find(|value| value.as_str() == text)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

texts!(SessionKind { Conversation => "conversation", Run => "run" });
texts!(SessionStatus { Idle => "idle", Running => "running", Paused => "paused" });

/// Where a session stood when it was read: what writes compare.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SessionMarker {
    /// See [`Incarnation`].
    pub incarnation: Incarnation,
    /// Counts writes of the document.
    pub version: i64,
    /// The fencing number: counts claims.
    pub lease_seq: i64,
}

/// One session as it is stored.
#[derive(Debug, Clone, PartialEq)]
pub struct SessionRow {
    /// Whose, and what it is called.
    pub key: SessionKey,
    /// See [`Incarnation`].
    pub incarnation: Incarnation,
    /// What it is.
    pub kind: SessionKind,
    /// Where it is.
    pub status: SessionStatus,
    /// The document.
    pub sealed: Sealed,
    /// Counts writes of the document.
    pub version: i64,
    /// The fencing number: counts claims.
    pub lease_seq: i64,
    /// Who goes on with it, if anybody does.
    pub lease: Option<Lease>,
    /// When it was stored first.
    pub created_at: Timestamp,
    /// When its document was written last.
    pub updated_at: Timestamp,
}

impl SessionRow {
    /// What a write has to compare.
    pub fn marker(&self) -> SessionMarker {
        SessionMarker {
            incarnation: self.incarnation.clone(),
            version: self.version,
            lease_seq: self.lease_seq,
        }
    }

    /// Whether somebody holds it at this time.
    pub fn is_held(&self, now: Timestamp) -> bool {
        self.lease.as_ref().is_some_and(|lease| lease.until > now)
    }
}

/// A document that is to be stored.
#[derive(Debug, Clone, PartialEq)]
pub struct SessionWrite {
    /// The name of a new row; one that stands keeps its own.
    pub incarnation: Incarnation,
    /// What it is.
    pub kind: SessionKind,
    /// Where it is.
    pub status: SessionStatus,
    /// The document.
    pub sealed: Sealed,
    /// Who writes, by a name for itself that nobody else has.
    pub owner: String,
    /// For how long the writer goes on holding the session; none gives it back.
    pub hold: Option<Duration>,
}

/// Keeps sessions. Every statement compares tenant and user as well as the id, except where said;
/// times are the database's. A session is *held* while a lease on it has not ended.
#[async_trait]
pub trait SessionStore: Send + Sync + Debug {
    /// The session of `key`, and the database's time; none where there is no session.
    ///
    /// # Errors
    /// When the database cannot be asked, or the row cannot be read.
    async fn get(&self, key: &SessionKey) -> Result<Option<(SessionRow, Timestamp)>, StoreError>;

    /// Writes a document.
    ///
    /// With nothing `expected` it inserts, unless a row stands: the new row has the write's
    /// incarnation, version 1 and `lease_seq` 1. With a row expected it updates where incarnation,
    /// version and `lease_seq` are those and nobody else holds the session: the version grows by
    /// one; incarnation, `lease_seq` and `created_at` stay. `None`: it was not as read.
    ///
    /// # Errors
    /// When the database cannot be asked.
    async fn put(
        &self,
        key: &SessionKey,
        write: &SessionWrite,
        expected: Option<&SessionMarker>,
    ) -> Result<Option<SessionMarker>, StoreError>;

    /// Takes the session for `ttl`, where incarnation, version and `lease_seq` are `at` and nobody
    /// holds it. `lease_seq` grows by one and is the fencing number: what a holder before this one
    /// writes is lost. `None`: not won.
    ///
    /// A lease that ends later than now plus twice `ttl` counts as dead: the clock was set back.
    ///
    /// # Errors
    /// When the database cannot be asked.
    async fn claim(
        &self,
        key: &SessionKey,
        at: &SessionMarker,
        owner: &str,
        ttl: Duration,
    ) -> Result<Option<SessionMarker>, StoreError>;

    /// Holds the session for `ttl` from now on, where incarnation and `lease_seq` are `at` (the
    /// version may have moved on) and the lease is this owner's, ended or not. Says whether it did.
    ///
    /// # Errors
    /// When the database cannot be asked.
    async fn renew(
        &self,
        key: &SessionKey,
        at: &SessionMarker,
        owner: &str,
        ttl: Duration,
    ) -> Result<bool, StoreError>;

    /// Gives the session back, where incarnation and `lease_seq` are `at` and the lease is this
    /// owner's. Says whether it did.
    ///
    /// # Errors
    /// When the database cannot be asked.
    async fn release(
        &self,
        key: &SessionKey,
        at: &SessionMarker,
        owner: &str,
    ) -> Result<bool, StoreError>;

    /// One person's sessions, those written last first and then in the falling order of their ids,
    /// at most `limit`, from behind `after` on; fewer are the end. With the database's time.
    ///
    /// # Errors
    /// When the database cannot be asked, or a row cannot be read.
    async fn list(
        &self,
        principal: &Principal,
        after: Option<&(Timestamp, RowId)>,
        limit: u32,
    ) -> Result<(Vec<SessionRow>, Timestamp), StoreError>;

    /// Removes the session where incarnation, version and `lease_seq` are `at`; with nothing
    /// expected, as it is, whoever holds it. Says whether one went.
    ///
    /// # Errors
    /// When the database cannot be asked.
    async fn delete(
        &self,
        key: &SessionKey,
        at: Option<&SessionMarker>,
    ) -> Result<bool, StoreError>;

    /// Removes every session of one person, held ones included; says how many.
    ///
    /// # Errors
    /// When the database cannot be asked.
    async fn remove_all(&self, principal: &Principal) -> Result<u64, StoreError>;

    /// Removes runs without a name, over all tenants, that were written at least `older_than` ago and
    /// that nobody holds; says how many. Conversations stay.
    ///
    /// # Errors
    /// When the database cannot be asked.
    async fn sweep(&self, older_than: Duration) -> Result<u64, StoreError>;

    /// Sessions that another key than `active` seals, over all tenants, in the order of their ids, at
    /// most `limit`, from behind `after` on; fewer are the end.
    ///
    /// # Errors
    /// When the database cannot be asked, or a row cannot be read.
    async fn due_for_reseal(
        &self,
        active: &str,
        after: Option<&RowId>,
        limit: u32,
    ) -> Result<Vec<SessionRow>, StoreError>;

    /// Replaces the document by the same one under another key, where incarnation, version and
    /// `lease_seq` are `at` and nobody holds the session. Changes neither counters nor `updated_at`.
    ///
    /// # Errors
    /// When the database cannot be asked.
    async fn reseal(
        &self,
        key: &SessionKey,
        at: &SessionMarker,
        sealed: &Sealed,
    ) -> Result<bool, StoreError>;
}
