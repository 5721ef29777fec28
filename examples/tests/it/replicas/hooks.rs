//! A database whose token storage does as a test says at the points of the protocol.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use toolgate_auth::RowId;
use toolgate_auth::Timestamp;
use toolgate_auth::TokenKey;
use toolgate_auth::store::{
    AccountCount, AuditStore, Consent, Database, DisconnectReach, Fetched, Incarnation, Leased,
    ListScope, Marker, MetaStore, RefreshFailure, RefreshedGrant, Sealed, SignInStore, StoreError,
    TokenRow, TokenStore, UpsertOutcome,
};
use toolgate_testkit::{hear, say};

/// Where a process says so and waits for a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Halt {
    /// It has the lease and has not asked Google.
    Leased,
    /// Google has answered, and the answer is not saved.
    Answered,
    /// The answer is saved, and the caller does not have it.
    Saved,
}

/// What differs from the database itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Hooks {
    pub(super) halt: Option<Halt>,
    /// Leases end after so many milliseconds, whatever their holder believes.
    pub(super) lease_millis: Option<u64>,
    /// Everybody gets the lease, and sees none.
    pub(super) without_lease: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Hooked {
    inner: Arc<dyn Database>,
    hooks: Hooks,
    /// How many saves of an answer were begun.
    saves: watch::Sender<u32>,
}

impl Hooked {
    pub(super) fn new(inner: Arc<dyn Database>, hooks: Hooks) -> Self {
        Self {
            inner,
            hooks,
            saves: watch::Sender::new(0),
        }
    }

    /// Waits until an answer of Google's is about to be saved.
    pub(super) async fn wait_for_save(&self) {
        let mut saves = self.saves.subscribe();
        saves.wait_for(|saves| *saves > 0).await.unwrap();
    }

    fn tokens(&self) -> Arc<dyn TokenStore> {
        self.inner.token_store().unwrap()
    }

    async fn halt(&self, at: Halt) {
        if self.hooks.halt == Some(at) {
            say(&format!("halted {at:?}"));
            tokio::task::spawn_blocking(hear).await.unwrap();
        }
    }
}

impl Database for Hooked {
    fn describe(&self) -> String {
        self.inner.describe()
    }

    fn token_store(&self) -> Option<Arc<dyn TokenStore>> {
        Some(Arc::new(self.clone()))
    }

    fn sign_in_store(&self) -> Option<Arc<dyn SignInStore>> {
        self.inner.sign_in_store()
    }

    fn audit_store(&self) -> Option<Arc<dyn AuditStore>> {
        self.inner.audit_store()
    }

    fn meta_store(&self) -> Option<Arc<dyn MetaStore>> {
        self.inner.meta_store()
    }
}

#[async_trait]
impl TokenStore for Hooked {
    async fn get(&self, key: &TokenKey) -> Result<Fetched, StoreError> {
        let mut fetched = self.tokens().get(key).await?;
        if let Some(row) = fetched.row.as_mut().filter(|_| self.hooks.without_lease) {
            row.lease = None;
        }
        Ok(fetched)
    }

    async fn try_lease(
        &self,
        key: &TokenKey,
        at: &Marker,
        owner: &str,
        ttl: Duration,
    ) -> Result<Option<Leased>, StoreError> {
        let ttl = self.hooks.lease_millis.map_or(ttl, Duration::from_millis);
        let mut leased = self.tokens().try_lease(key, at, owner, ttl).await?;
        if self.hooks.without_lease {
            let fetched = self.tokens().get(key).await?;
            leased = fetched
                .row
                .filter(|row| row.marker() == *at)
                .map(|row| Leased {
                    lease_seq: row.lease_seq,
                    sealed: row.sealed,
                    now: fetched.now,
                });
        }
        if leased.is_some() {
            self.halt(Halt::Leased).await;
        }
        Ok(leased)
    }

    async fn commit_refresh(
        &self,
        key: &TokenKey,
        at: &Marker,
        lease_seq: i64,
        refreshed: &RefreshedGrant,
    ) -> Result<Option<Marker>, StoreError> {
        self.saves.send_modify(|saves| *saves += 1);
        self.halt(Halt::Answered).await;
        let store = self.tokens();
        let saved = store.commit_refresh(key, at, lease_seq, refreshed).await;
        self.halt(Halt::Saved).await;
        saved
    }

    async fn commit_failure(
        &self,
        key: &TokenKey,
        at: &Marker,
        lease_seq: i64,
        failure: &RefreshFailure,
    ) -> Result<bool, StoreError> {
        let store = self.tokens();
        store.commit_failure(key, at, lease_seq, failure).await
    }

    async fn upsert(
        &self,
        key: &TokenKey,
        consent: &Consent,
        expected: Option<&Marker>,
    ) -> Result<UpsertOutcome, StoreError> {
        self.tokens().upsert(key, consent, expected).await
    }

    async fn delete(&self, key: &TokenKey, incarnation: &Incarnation) -> Result<bool, StoreError> {
        self.tokens().delete(key, incarnation).await
    }

    async fn list(
        &self,
        scope: &ListScope,
        after: Option<&RowId>,
        limit: u32,
    ) -> Result<Vec<TokenRow>, StoreError> {
        self.tokens().list(scope, after, limit).await
    }

    async fn begin_disconnect(
        &self,
        key: &TokenKey,
        at: &Marker,
        reach: DisconnectReach,
    ) -> Result<Option<TokenRow>, StoreError> {
        self.tokens().begin_disconnect(key, at, reach).await
    }

    async fn finish_disconnect(&self, key: &TokenKey, at: &Marker) -> Result<bool, StoreError> {
        self.tokens().finish_disconnect(key, at).await
    }

    async fn invalidate(
        &self,
        key: &TokenKey,
        at: &Marker,
        min_age: Duration,
    ) -> Result<bool, StoreError> {
        self.tokens().invalidate(key, at, min_age).await
    }

    async fn touch(&self, key: &TokenKey, incarnation: &Incarnation) -> Result<bool, StoreError> {
        self.tokens().touch(key, incarnation).await
    }

    async fn reseal(
        &self,
        key: &TokenKey,
        at: &Marker,
        sealed: &Sealed,
        rt_prefix_mac: Option<&str>,
    ) -> Result<bool, StoreError> {
        self.tokens().reseal(key, at, sealed, rt_prefix_mac).await
    }

    async fn rename(
        &self,
        key: &TokenKey,
        at: &Marker,
        new: &TokenKey,
        sealed: &Sealed,
    ) -> Result<Option<Marker>, StoreError> {
        self.tokens().rename(key, at, new, sealed).await
    }

    async fn due_for_refresh(
        &self,
        within: Duration,
        after: Option<&(Timestamp, RowId)>,
        limit: u32,
    ) -> Result<Vec<TokenRow>, StoreError> {
        self.tokens().due_for_refresh(within, after, limit).await
    }

    async fn count_account(
        &self,
        project: Option<&str>,
        account_id: &str,
    ) -> Result<AccountCount, StoreError> {
        self.tokens().count_account(project, account_id).await
    }
}
