//! A database in memory: for tests, and for programs that keep grants no longer than they run.

#[cfg(test)]
mod model;
mod records;
mod sessions;
mod sign_ins;
mod tokens;
pub mod transition;

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::{
    AuditRecord, AuditStore, Database, MetaStore, NowFn, SessionRow, SessionStore, SignInRow,
    SignInStore, TokenRow, TokenStore,
};
use crate::{
    clock::{Clock as _, SystemClock, Timestamp},
    identity::RowId,
};

/// All stores in one, held in memory. Clones share what they hold.
#[derive(Clone)]
pub struct MemoryStore {
    state: Arc<Mutex<State>>,
    now: NowFn,
}

#[derive(Default)]
struct State {
    tokens: BTreeMap<RowId, TokenRow>,
    sign_ins: BTreeMap<String, SignInRow>,
    sessions: BTreeMap<RowId, SessionRow>,
    events: Vec<AuditRecord>,
    meta: BTreeMap<String, String>,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self {
            state: Arc::default(),
            now: Arc::new(|| SystemClock.now()),
        }
    }

    /// The same with a time of one's own, for tests.
    #[must_use]
    pub fn with_now(self, now: NowFn) -> Self {
        Self { now, ..self }
    }

    /// A table of this row alone, for a store that keeps its one row elsewhere.
    pub(in crate::store) fn of_one(row: Option<TokenRow>, now: NowFn) -> Self {
        let rows = row.into_iter().map(|row| (row.key.id(), row));
        let state = State {
            tokens: rows.collect(),
            ..State::default()
        };
        Self {
            state: Arc::new(Mutex::new(state)),
            now,
        }
    }

    /// What has become of it.
    pub(in crate::store) fn the_one(&self) -> Option<TokenRow> {
        self.state().tokens.values().next().cloned()
    }

    fn now(&self) -> Timestamp {
        (self.now)()
    }

    /// No operation leaves the state half changed, so what a panicking thread held is still good.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").finish_non_exhaustive()
    }
}

/// A [`MemoryStore`] as an agent's database.
///
/// ```
/// use toolgate_auth::{MemoryDatabase, Principal, Service, TokenKey, store::Database};
///
/// # async fn sample() -> Result<(), Box<dyn std::error::Error>> {
/// let database = MemoryDatabase::new();
/// let tokens = database.token_store().ok_or("a database in memory stores tokens")?;
/// let key = TokenKey::new(Principal::for_user("alice")?, Service::google());
/// assert!(tokens.get(&key).await?.row.is_none());
/// # Ok(())
/// # }
/// # futures_util::FutureExt::now_or_never(sample()).expect("nothing waits").unwrap();
/// ```
#[derive(Debug, Clone, Default)]
pub struct MemoryDatabase {
    store: MemoryStore,
}

impl MemoryDatabase {
    /// An empty database.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same with a time of one's own, for tests.
    #[must_use]
    pub fn with_now(self, now: NowFn) -> Self {
        Self {
            store: self.store.with_now(now),
        }
    }
}

impl Database for MemoryDatabase {
    fn describe(&self) -> String {
        "memory (lost when the program ends)".to_owned()
    }

    fn token_store(&self) -> Option<Arc<dyn TokenStore>> {
        Some(Arc::new(self.store.clone()))
    }

    fn sign_in_store(&self) -> Option<Arc<dyn SignInStore>> {
        Some(Arc::new(self.store.clone()))
    }

    fn session_store(&self) -> Option<Arc<dyn SessionStore>> {
        Some(Arc::new(self.store.clone()))
    }

    fn audit_store(&self) -> Option<Arc<dyn AuditStore>> {
        Some(Arc::new(self.store.clone()))
    }

    fn meta_store(&self) -> Option<Arc<dyn MetaStore>> {
        Some(Arc::new(self.store.clone()))
    }

    fn is_ephemeral(&self) -> bool {
        true
    }

    fn allows_plaintext(&self) -> bool {
        true
    }
}
