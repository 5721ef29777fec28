//! The storage contract: what a database keeps of a grant, and the operations on it.
//!
//! A store sees ciphertext and metadata, never a token. Each operation is one statement that says
//! whether it won; a lost race is an outcome, not an error; "not found" is `Ok(None)` or its own
//! outcome. Whoever writes a store runs the contract suite of `toolgate-testkit` over it.

mod audit;
mod database;
mod error;
mod memory;
mod row;
mod session;
mod sign_in;
mod token_file;

use std::fmt::Debug;
use std::time::Duration;

use async_trait::async_trait;

pub use self::audit::{AuditEvent, AuditRecord, AuditStore};
pub use self::database::{Database, ForeignFormat, MetaStore};
pub use self::error::{StoreError, StoreErrorKind};
pub use self::memory::{MemoryDatabase, MemoryStore, transition};
pub use self::row::{
    AccountCount, Consent, DisconnectReach, Fetched, GrantAccount, Incarnation, Lease, Leased,
    ListScope, Marker, RefreshFailure, RefreshedGrant, RowStatus, Sealed, TokenRow, UpsertOutcome,
};
pub use self::session::{
    SessionKind, SessionMarker, SessionRow, SessionStatus, SessionStore, SessionWrite,
};
pub use self::sign_in::{NewSignIn, SignInInsert, SignInRow, SignInStore};
pub use self::token_file::TokenFile;
pub(crate) use self::token_file::{AuthorizedUser, Others};
use crate::clock::Timestamp;
use crate::identity::{RowId, TokenKey};

/// Keeps sealed grants, one row for each [`TokenKey`].
///
/// Every statement compares tenant and user as well as the id, except where said. Times are the
/// database's: durations go in, and a store adds them to its own `now`.
#[async_trait]
pub trait TokenStore: Send + Sync + Debug {
    /// The row of `key`, and the database's time.
    ///
    /// # Errors
    /// When the database cannot be asked, or the row cannot be read.
    async fn get(&self, key: &TokenKey) -> Result<Fetched, StoreError>;

    /// Writes a consent.
    ///
    /// With nothing `expected` it inserts, unless a row stands: the new row has the consent's
    /// incarnation, version 1, epoch 1 and `lease_seq` 1. With a row expected it updates where
    /// incarnation, version and epoch are those: version, epoch and `lease_seq` each grow by one,
    /// the lease and the failure fields are cleared, the status becomes active, the incarnation and
    /// `created_at` stay. Nothing is written while a row of the same (project, account) is
    /// `disconnecting`.
    ///
    /// # Errors
    /// When the database cannot be asked.
    async fn upsert(
        &self,
        key: &TokenKey,
        consent: &Consent,
        expected: Option<&Marker>,
    ) -> Result<UpsertOutcome, StoreError>;

    /// Removes the row of `key` where its incarnation is this one; says whether one went.
    ///
    /// # Errors
    /// When the database cannot be asked.
    async fn delete(&self, key: &TokenKey, incarnation: &Incarnation) -> Result<bool, StoreError>;

    /// Rows in the order of their ids, at most `limit`, from behind `after` on; fewer are the end.
    ///
    /// A row that cannot be read hides no other: it is left out, and told in the log by its id. One
    /// person's rows come whole or not at all, so that nobody who deletes or hands out what is stored
    /// of them misses one.
    ///
    /// # Errors
    /// When the database cannot be asked, or a row of [`ListScope::Principal`] cannot be read.
    async fn list(
        &self,
        scope: &ListScope,
        after: Option<&RowId>,
        limit: u32,
    ) -> Result<Vec<TokenRow>, StoreError>;

    /// Takes the refresh lease for `ttl`: where incarnation, version and epoch are `at`, the status
    /// is active, no live lease stands and no back-off runs. `lease_seq` grows by one and is the
    /// fencing number. `None`: not won.
    ///
    /// A lease that ends later than now plus twice `ttl` counts as dead: the clock was set back.
    ///
    /// # Errors
    /// When the database cannot be asked.
    async fn try_lease(
        &self,
        key: &TokenKey,
        at: &Marker,
        owner: &str,
        ttl: Duration,
    ) -> Result<Option<Leased>, StoreError>;

    /// Saves a refreshed grant where incarnation, version and epoch are `at` and the status is
    /// active or `needs_consent`: version grows by one, the status becomes active, failure fields
    /// are cleared, and the lease too where it is still `lease_seq`. The lease itself is *not*
    /// compared: a late winner must be able to save a rotated token. An account is written where the
    /// row names none; one that it names stays. `None`: somebody else won.
    ///
    /// # Errors
    /// When the database cannot be asked.
    async fn commit_refresh(
        &self,
        key: &TokenKey,
        at: &Marker,
        lease_seq: i64,
        refreshed: &RefreshedGrant,
    ) -> Result<Option<Marker>, StoreError>;

    /// Records a failed refresh where incarnation, version, epoch *and* `lease_seq` are those given
    /// and the status is active: a late loser must not condemn the row. Clears the lease. Says
    /// whether it was recorded.
    ///
    /// # Errors
    /// When the database cannot be asked.
    async fn commit_failure(
        &self,
        key: &TokenKey,
        at: &Marker,
        lease_seq: i64,
        failure: &RefreshFailure,
    ) -> Result<bool, StoreError>;

    /// Begins a disconnect where incarnation and epoch are `at` (the version may have moved on)
    /// and the status is not `revoked`: epoch and `lease_seq` grow by one, the lease is cleared,
    /// the status becomes `disconnecting`, so that no late refresh can write. With
    /// [`DisconnectReach::Everywhere`], its [`status_reason`](DisconnectReach::status_reason) is written,
    /// and all rows of the same (project, account) that still hold secrets and are not `disconnecting`
    /// yet change likewise, in whatever tenant they are. Returns the row as it is now, secrets included;
    /// `None`: it was not as read.
    ///
    /// # Errors
    /// When the database cannot be asked.
    async fn begin_disconnect(
        &self,
        key: &TokenKey,
        at: &Marker,
        reach: DisconnectReach,
    ) -> Result<Option<TokenRow>, StoreError>;

    /// Ends a disconnect where incarnation and epoch are `at` and the status is `disconnecting`:
    /// the secrets, their key id and the look-up hashes are wiped, the status becomes `revoked`.
    ///
    /// # Errors
    /// When the database cannot be asked.
    async fn finish_disconnect(&self, key: &TokenKey, at: &Marker) -> Result<bool, StoreError>;

    /// Makes the access token count as expired where incarnation and version are `at`, the status
    /// is active, and the row's last write lies at least `min_age` back. Says whether it did.
    ///
    /// # Errors
    /// When the database cannot be asked.
    async fn invalidate(
        &self,
        key: &TokenKey,
        at: &Marker,
        min_age: Duration,
    ) -> Result<bool, StoreError>;

    /// Notes that the grant was used, where the incarnation is this one. Changes `last_used_at`
    /// only.
    ///
    /// # Errors
    /// When the database cannot be asked.
    async fn touch(&self, key: &TokenKey, incarnation: &Incarnation) -> Result<bool, StoreError>;

    /// Replaces the sealed secrets by the same ones under another key, where incarnation, version
    /// and epoch are `at`, secrets stand (a wiped row must not get them back) and no live lease
    /// does; and [`TokenRow::rt_prefix_mac`] by the same token's under that key. Changes neither
    /// counters nor `updated_at`.
    ///
    /// # Errors
    /// When the database cannot be asked.
    async fn reseal(
        &self,
        key: &TokenKey,
        at: &Marker,
        sealed: &Sealed,
        rt_prefix_mac: Option<&str>,
    ) -> Result<bool, StoreError>;

    /// Gives a row another account label: `new` is `key` with another one. Where incarnation, version
    /// and epoch are `at`, secrets stand, the status is neither `disconnecting` nor `revoked`, no live
    /// lease does, and no row of `new` stands, whatever its state. The id, the label and the envelope
    /// change; version, epoch and `lease_seq` grow by one, so that nothing that was read under the old
    /// name is written or served under the new one; the incarnation, and all else, stays. `None`: not
    /// won.
    ///
    /// # Errors
    /// When the database cannot be asked.
    async fn rename(
        &self,
        key: &TokenKey,
        at: &Marker,
        new: &TokenKey,
        sealed: &Sealed,
    ) -> Result<Option<Marker>, StoreError>;

    /// Active rows whose access token expires within `within`, without a live lease or a running
    /// back-off, soonest first and then in the order of their ids, at most `limit`, from behind
    /// `after` on: the expiry and id of a row that need not stand any more. Over all tenants. Fewer
    /// than `limit` are the end, and a row that cannot be read is left out as in [`list`](Self::list).
    ///
    /// # Errors
    /// When the database cannot be asked.
    async fn due_for_refresh(
        &self,
        within: Duration,
        after: Option<&(Timestamp, RowId)>,
        limit: u32,
    ) -> Result<Vec<TokenRow>, StoreError>;

    /// How many rows of one Google account in one project are active, how many are being disconnected,
    /// and how long ago the last was. Over all tenants; numbers only.
    ///
    /// # Errors
    /// When the database cannot be asked.
    async fn count_account(
        &self,
        project: Option<&str>,
        account_id: &str,
    ) -> Result<AccountCount, StoreError>;
}

/// Forwards a store trait through a pointer.
macro_rules! forward_token_store {
    ($($pointer:tt)*) => {
        #[async_trait]
        impl<T: TokenStore + ?Sized> TokenStore for $($pointer)* {
            async fn get(&self, key: &TokenKey) -> Result<Fetched, StoreError> {
                (**self).get(key).await
            }
            async fn upsert(
                &self,
                key: &TokenKey,
                consent: &Consent,
                expected: Option<&Marker>,
            ) -> Result<UpsertOutcome, StoreError> {
                (**self).upsert(key, consent, expected).await
            }
            async fn delete(
                &self,
                key: &TokenKey,
                incarnation: &Incarnation,
            ) -> Result<bool, StoreError> {
                (**self).delete(key, incarnation).await
            }
            async fn list(
                &self,
                scope: &ListScope,
                after: Option<&RowId>,
                limit: u32,
            ) -> Result<Vec<TokenRow>, StoreError> {
                (**self).list(scope, after, limit).await
            }
            async fn try_lease(
                &self,
                key: &TokenKey,
                at: &Marker,
                owner: &str,
                ttl: Duration,
            ) -> Result<Option<Leased>, StoreError> {
                (**self).try_lease(key, at, owner, ttl).await
            }
            async fn commit_refresh(
                &self,
                key: &TokenKey,
                at: &Marker,
                lease_seq: i64,
                refreshed: &RefreshedGrant,
            ) -> Result<Option<Marker>, StoreError> {
                (**self).commit_refresh(key, at, lease_seq, refreshed).await
            }
            async fn commit_failure(
                &self,
                key: &TokenKey,
                at: &Marker,
                lease_seq: i64,
                failure: &RefreshFailure,
            ) -> Result<bool, StoreError> {
                (**self).commit_failure(key, at, lease_seq, failure).await
            }
            async fn begin_disconnect(
                &self,
                key: &TokenKey,
                at: &Marker,
                reach: DisconnectReach,
            ) -> Result<Option<TokenRow>, StoreError> {
                (**self).begin_disconnect(key, at, reach).await
            }
            async fn finish_disconnect(
                &self,
                key: &TokenKey,
                at: &Marker,
            ) -> Result<bool, StoreError> {
                (**self).finish_disconnect(key, at).await
            }
            async fn invalidate(
                &self,
                key: &TokenKey,
                at: &Marker,
                min_age: Duration,
            ) -> Result<bool, StoreError> {
                (**self).invalidate(key, at, min_age).await
            }
            async fn touch(
                &self,
                key: &TokenKey,
                incarnation: &Incarnation,
            ) -> Result<bool, StoreError> {
                (**self).touch(key, incarnation).await
            }
            async fn reseal(
                &self,
                key: &TokenKey,
                at: &Marker,
                sealed: &Sealed,
                rt_prefix_mac: Option<&str>,
            ) -> Result<bool, StoreError> {
                (**self).reseal(key, at, sealed, rt_prefix_mac).await
            }
            async fn rename(
                &self,
                key: &TokenKey,
                at: &Marker,
                new: &TokenKey,
                sealed: &Sealed,
            ) -> Result<Option<Marker>, StoreError> {
                (**self).rename(key, at, new, sealed).await
            }
            async fn due_for_refresh(
                &self,
                within: Duration,
                after: Option<&(Timestamp, RowId)>,
                limit: u32,
            ) -> Result<Vec<TokenRow>, StoreError> {
                (**self).due_for_refresh(within, after, limit).await
            }
            async fn count_account(
                &self,
                project: Option<&str>,
                account_id: &str,
            ) -> Result<AccountCount, StoreError> {
                (**self).count_account(project, account_id).await
            }
        }
    };
}

forward_token_store!(std::sync::Arc<T>);
forward_token_store!(Box<T>);

/// A store's time, for tests that replace it: stores built by `with_now` ask this instead of the
/// database.
pub type NowFn = std::sync::Arc<dyn Fn() -> Timestamp + Send + Sync>;
