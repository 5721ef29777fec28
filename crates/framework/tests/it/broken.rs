//! A database whose sessions break when a test says so, or that keeps none.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use toolgate_auth::store::{
    Database, Sealed, SessionMarker, SessionRow, SessionStore, SessionWrite, StoreError,
    StoreErrorKind,
};
use toolgate_auth::{MemoryDatabase, Principal, RowId, SessionKey, Timestamp};
use toolgate_framework::async_trait;
use toolgate_testkit::Wraps;

/// A database in memory that takes no documents while it is broken.
#[derive(Debug, Clone)]
pub(crate) struct Broken {
    inner: Arc<dyn SessionStore>,
    database: MemoryDatabase,
    refuses: Arc<AtomicBool>,
    /// How many documents were put, and which of them nobody hears of.
    unheard: Arc<Mutex<(usize, Range<usize>)>>,
    keeps_sessions: bool,
}

impl Broken {
    pub(crate) fn new(database: &MemoryDatabase) -> Option<Self> {
        Some(Self {
            inner: database.session_store()?,
            database: database.clone(),
            refuses: Arc::default(),
            unheard: Arc::default(),
            keeps_sessions: true,
        })
    }

    /// A database that keeps no sessions at all.
    pub(crate) fn without_sessions(self) -> Self {
        Self {
            keeps_sessions: false,
            ..self
        }
    }

    pub(crate) fn set(&self, broken: bool) {
        self.refuses.store(broken, Ordering::SeqCst);
    }

    /// Takes documents from the `first` next one on, and nobody hears of it.
    pub(crate) fn set_mute_from(&self, first: usize) {
        self.set_mute(first..usize::MAX);
    }

    /// Takes the `number`th next document, and nobody hears of it.
    pub(crate) fn mute_only(&self, number: usize) {
        self.set_mute(number..number + 1);
    }

    pub(crate) fn hear(&self) {
        self.set_mute(0..0);
    }

    fn set_mute(&self, unheard: Range<usize>) {
        *self.unheard.lock().unwrap_or_else(PoisonError::into_inner) = (0, unheard);
    }

    fn is_mute(&self) -> bool {
        let mut unheard = self.unheard.lock().unwrap_or_else(PoisonError::into_inner);
        unheard.0 += 1;
        unheard.1.contains(&unheard.0)
    }
}

impl Wraps for Broken {
    fn inner(&self) -> Arc<dyn Database> {
        Arc::new(self.database.clone())
    }

    fn session_store(&self) -> Option<Arc<dyn SessionStore>> {
        self.keeps_sessions.then(|| Arc::new(self.clone()) as _)
    }
}

toolgate_testkit::wraps_database!(Broken);

#[async_trait]
impl SessionStore for Broken {
    async fn get(&self, key: &SessionKey) -> Result<Option<(SessionRow, Timestamp)>, StoreError> {
        self.inner.get(key).await
    }

    async fn put(
        &self,
        key: &SessionKey,
        write: &SessionWrite,
        expected: Option<&SessionMarker>,
    ) -> Result<Option<SessionMarker>, StoreError> {
        if self.refuses.load(Ordering::SeqCst) {
            return Err(StoreError::new(StoreErrorKind::Unavailable, "broken"));
        }
        let put = self.inner.put(key, write, expected).await;
        if self.is_mute() {
            return Err(StoreError::new(StoreErrorKind::Unavailable, "mute"));
        }
        put
    }

    async fn claim(
        &self,
        key: &SessionKey,
        at: &SessionMarker,
        owner: &str,
        ttl: Duration,
    ) -> Result<Option<SessionMarker>, StoreError> {
        self.inner.claim(key, at, owner, ttl).await
    }

    async fn renew(
        &self,
        key: &SessionKey,
        at: &SessionMarker,
        owner: &str,
        ttl: Duration,
    ) -> Result<bool, StoreError> {
        self.inner.renew(key, at, owner, ttl).await
    }

    async fn release(
        &self,
        key: &SessionKey,
        at: &SessionMarker,
        owner: &str,
    ) -> Result<bool, StoreError> {
        self.inner.release(key, at, owner).await
    }

    async fn list(
        &self,
        principal: &Principal,
        after: Option<&(Timestamp, RowId)>,
        limit: u32,
    ) -> Result<(Vec<SessionRow>, Timestamp), StoreError> {
        self.inner.list(principal, after, limit).await
    }

    async fn delete(
        &self,
        key: &SessionKey,
        at: Option<&SessionMarker>,
    ) -> Result<bool, StoreError> {
        self.inner.delete(key, at).await
    }

    async fn remove_all(&self, principal: &Principal) -> Result<u64, StoreError> {
        self.inner.remove_all(principal).await
    }

    async fn sweep(&self, older_than: Duration) -> Result<u64, StoreError> {
        self.inner.sweep(older_than).await
    }

    async fn due_for_reseal(
        &self,
        active: &str,
        after: Option<&RowId>,
        limit: u32,
    ) -> Result<Vec<SessionRow>, StoreError> {
        self.inner.due_for_reseal(active, after, limit).await
    }

    async fn reseal(
        &self,
        key: &SessionKey,
        at: &SessionMarker,
        sealed: &Sealed,
    ) -> Result<bool, StoreError> {
        self.inner.reseal(key, at, sealed).await
    }
}
