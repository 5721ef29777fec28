//! A database in memory whose token storage fails when told to.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use toolgate_auth::store::{
    AccountCount, Consent, Database, DisconnectReach, Fetched, Incarnation, Leased, ListScope,
    Marker, RefreshFailure, RefreshedGrant, Sealed, SessionKind, SessionStatus, SignInInsert,
    StoreError, StoreErrorKind, TokenRow, TokenStore, UpsertOutcome,
};
use toolgate_auth::{MemoryDatabase, RowId, SessionId, SessionKey, Sessions, Timestamp, TokenKey};
use toolgate_testkit::Wraps;

/// Whether a consent that is written is also told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Acknowledges {
    #[default]
    Always,
    /// The next one is written, and not told.
    NotTheNext,
    /// The next one is written, and neither that nor anything behind it is told.
    NothingFromTheNext,
    /// The next one is neither written nor told.
    NotWritten,
    /// In the place of the next one another of the same account is written, and nothing is told.
    AnothersInstead,
}

/// A database whose token storage fails when told to.
#[derive(Debug, Clone)]
pub(crate) struct Failing {
    inner: MemoryDatabase,
    failure: Arc<Mutex<Option<StoreErrorKind>>>,
    commits_to_fail: Arc<AtomicU32>,
    commits_failed: Arc<AtomicU32>,
    frozen: Arc<AtomicBool>,
    stall: Arc<Mutex<Option<Duration>>>,
    lists_fail: Arc<AtomicBool>,
    counts_to_fail: Arc<AtomicU32>,
    acknowledges: Arc<Mutex<Acknowledges>>,
    lists: Arc<AtomicU32>,
    late: Arc<AtomicBool>,
    was_late: Arc<AtomicBool>,
}

impl Failing {
    pub(crate) fn new(inner: &MemoryDatabase) -> Self {
        Self {
            inner: inner.clone(),
            failure: Arc::default(),
            commits_to_fail: Arc::default(),
            commits_failed: Arc::default(),
            frozen: Arc::default(),
            stall: Arc::default(),
            lists_fail: Arc::default(),
            counts_to_fail: Arc::default(),
            acknowledges: Arc::default(),
            lists: Arc::default(),
            late: Arc::default(),
            was_late: Arc::default(),
        }
    }

    /// Whoever takes the next lease finds that so much time has gone by when it has it.
    pub(crate) fn stall_next_lease(&self, time: Duration) {
        *self.stall.lock().unwrap() = Some(time);
    }

    /// So many refreshed grants are not saved from here on. When one is not, sleeps begin to end
    /// at once, so that nobody waits for the next try; [`Self::thaw`] ends that.
    pub(crate) fn fail_commits(&self, count: u32) {
        self.commits_to_fail.store(count, Ordering::SeqCst);
    }

    pub(crate) fn thaw(&self) {
        if self.frozen.swap(false, Ordering::SeqCst) {
            tokio::time::resume();
        }
    }

    /// The same, and grants that are not saved from here on stop no clock.
    pub(crate) fn thaw_for_good(&self) {
        self.thaw();
        self.frozen.store(true, Ordering::SeqCst);
    }

    pub(crate) fn commits_failed(&self) -> u32 {
        self.commits_failed.load(Ordering::SeqCst)
    }

    fn check_commit(&self) -> Result<(), StoreError> {
        let left = self.commits_to_fail.load(Ordering::SeqCst);
        let Some(next) = left.checked_sub(1) else {
            return Ok(());
        };
        self.commits_to_fail.store(next, Ordering::SeqCst);
        self.commits_failed.fetch_add(1, Ordering::SeqCst);
        if !self.frozen.swap(true, Ordering::SeqCst) {
            tokio::time::pause();
        }
        Err(StoreError::new(
            StoreErrorKind::Unavailable,
            "the database is down",
        ))
    }

    pub(crate) fn fail_with(&self, kind: StoreErrorKind) {
        *self.failure.lock().unwrap() = Some(kind);
    }

    pub(crate) fn answer_again(&self) {
        *self.failure.lock().unwrap() = None;
    }

    /// So many counts of an account's grants fail from here on.
    pub(crate) fn fail_counts(&self, count: u32) {
        self.counts_to_fail.store(count, Ordering::SeqCst);
    }

    /// What becomes of the next consent.
    pub(crate) fn acknowledge(&self, how: Acknowledges) {
        *self.acknowledges.lock().unwrap() = how;
    }

    /// Rows are not listed from here on; everything else works.
    pub(crate) fn fail_lists(&self) {
        self.lists_fail.store(true, Ordering::SeqCst);
    }

    /// How often one person's rows were listed.
    pub(crate) fn lists(&self) -> u32 {
        self.lists.load(Ordering::SeqCst)
    }

    /// Whoever finds no row of a person finds, once, that a session and a sign-in of alice's were
    /// written meanwhile.
    pub(crate) fn write_beside_at_the_last_look(&self) {
        self.late.store(true, Ordering::SeqCst);
    }

    pub(crate) fn has_written_beside(&self) -> bool {
        self.was_late.load(Ordering::SeqCst)
    }

    async fn write_beside(&self) {
        let sign_in = toolgate_testkit::sample::sign_in("late");
        let sign_ins = self.inner.sign_in_store().unwrap();
        let inserted = sign_ins.insert(&sign_in, Duration::from_mins(10), 5).await;
        assert_eq!(inserted.unwrap(), SignInInsert::Inserted);
        let key = SessionKey::new(sign_in.principal, SessionId::parse("late").unwrap());
        let sessions = Sessions::of(Arc::new(self.inner.clone()), None).unwrap();
        let (kind, status) = (SessionKind::Run, SessionStatus::Paused);
        let stored = sessions.store(&key, kind, status, b"mail").await;
        assert!(stored.unwrap().is_some());
        self.was_late.store(true, Ordering::SeqCst);
    }

    fn store(&self) -> Result<Arc<dyn TokenStore>, StoreError> {
        match *self.failure.lock().unwrap() {
            Some(kind) => Err(StoreError::new(kind, "the database is down")),
            None => Ok(self.inner.token_store().unwrap()),
        }
    }
}

impl Wraps for Failing {
    fn inner(&self) -> Arc<dyn Database> {
        Arc::new(self.inner.clone())
    }

    fn describe(&self) -> String {
        "a failing database".to_owned()
    }

    fn token_store(&self) -> Option<Arc<dyn TokenStore>> {
        Some(Arc::new(self.clone()))
    }
}

toolgate_testkit::wraps_database!(Failing);

#[async_trait]
impl TokenStore for Failing {
    async fn get(&self, key: &TokenKey) -> Result<Fetched, StoreError> {
        self.store()?.get(key).await
    }

    async fn upsert(
        &self,
        key: &TokenKey,
        consent: &Consent,
        expected: Option<&Marker>,
    ) -> Result<UpsertOutcome, StoreError> {
        let how = std::mem::take(&mut *self.acknowledges.lock().unwrap());
        let down = || StoreError::new(StoreErrorKind::Unavailable, "the connection was lost");
        if how == Acknowledges::NotWritten {
            return Err(down());
        }
        let mut consent = consent.clone();
        if how == Acknowledges::AnothersInstead {
            consent.sealed.data = serde_json::json!({"sealed": "by another process"});
        }
        let written = self.store()?.upsert(key, &consent, expected).await;
        match how {
            Acknowledges::Always | Acknowledges::NotWritten => return written,
            Acknowledges::NotTheNext | Acknowledges::AnothersInstead => {}
            Acknowledges::NothingFromTheNext => self.fail_with(StoreErrorKind::Unavailable),
        }
        Err(down())
    }

    async fn delete(&self, key: &TokenKey, incarnation: &Incarnation) -> Result<bool, StoreError> {
        self.store()?.delete(key, incarnation).await
    }

    async fn list(
        &self,
        scope: &ListScope,
        after: Option<&RowId>,
        limit: u32,
    ) -> Result<Vec<TokenRow>, StoreError> {
        if matches!(scope, ListScope::Principal(_)) {
            self.lists.fetch_add(1, Ordering::SeqCst);
        }
        if self.lists_fail.load(Ordering::SeqCst) {
            let kind = StoreErrorKind::Corrupt;
            return Err(StoreError::new(kind, "a row does not hold what it should"));
        }
        let rows = self.store()?.list(scope, after, limit).await?;
        if rows.is_empty()
            && matches!(scope, ListScope::Principal(_))
            && self.late.swap(false, Ordering::SeqCst)
        {
            self.write_beside().await;
        }
        Ok(rows)
    }

    async fn try_lease(
        &self,
        key: &TokenKey,
        at: &Marker,
        owner: &str,
        ttl: Duration,
    ) -> Result<Option<Leased>, StoreError> {
        let leased = self.store()?.try_lease(key, at, owner, ttl).await;
        let stall = self.stall.lock().unwrap().take();
        if let Some(time) = stall {
            tokio::time::pause();
            tokio::time::advance(time).await;
            tokio::time::resume();
        }
        leased
    }

    async fn commit_refresh(
        &self,
        key: &TokenKey,
        at: &Marker,
        lease_seq: i64,
        refreshed: &RefreshedGrant,
    ) -> Result<Option<Marker>, StoreError> {
        self.check_commit()?;
        self.store()?
            .commit_refresh(key, at, lease_seq, refreshed)
            .await
    }

    async fn commit_failure(
        &self,
        key: &TokenKey,
        at: &Marker,
        lease_seq: i64,
        failure: &RefreshFailure,
    ) -> Result<bool, StoreError> {
        self.store()?
            .commit_failure(key, at, lease_seq, failure)
            .await
    }

    async fn begin_disconnect(
        &self,
        key: &TokenKey,
        at: &Marker,
        reach: DisconnectReach,
    ) -> Result<Option<TokenRow>, StoreError> {
        self.store()?.begin_disconnect(key, at, reach).await
    }

    async fn finish_disconnect(&self, key: &TokenKey, at: &Marker) -> Result<bool, StoreError> {
        self.store()?.finish_disconnect(key, at).await
    }

    async fn invalidate(
        &self,
        key: &TokenKey,
        at: &Marker,
        min_age: Duration,
    ) -> Result<bool, StoreError> {
        self.store()?.invalidate(key, at, min_age).await
    }

    async fn touch(&self, key: &TokenKey, incarnation: &Incarnation) -> Result<bool, StoreError> {
        self.store()?.touch(key, incarnation).await
    }

    async fn reseal(
        &self,
        key: &TokenKey,
        at: &Marker,
        sealed: &Sealed,
        rt_prefix_mac: Option<&str>,
    ) -> Result<bool, StoreError> {
        self.store()?.reseal(key, at, sealed, rt_prefix_mac).await
    }

    async fn rename(
        &self,
        key: &TokenKey,
        at: &Marker,
        new: &TokenKey,
        sealed: &Sealed,
    ) -> Result<Option<Marker>, StoreError> {
        self.store()?.rename(key, at, new, sealed).await
    }

    async fn due_for_refresh(
        &self,
        within: Duration,
        after: Option<&(Timestamp, RowId)>,
        limit: u32,
    ) -> Result<Vec<TokenRow>, StoreError> {
        self.store()?.due_for_refresh(within, after, limit).await
    }

    async fn count_account(
        &self,
        project: Option<&str>,
        account_id: &str,
    ) -> Result<AccountCount, StoreError> {
        let left = self.counts_to_fail.load(Ordering::SeqCst);
        if let Some(next) = left.checked_sub(1) {
            self.counts_to_fail.store(next, Ordering::SeqCst);
            let message = "the connection was lost";
            return Err(StoreError::new(StoreErrorKind::Unavailable, message));
        }
        self.store()?.count_account(project, account_id).await
    }
}
