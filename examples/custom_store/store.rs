//! A table of grants behind a lock.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use toolgate_auth::store::{
    AccountCount, Consent, Database, DisconnectReach, Fetched, Incarnation, Leased, ListScope,
    Marker, NowFn, RefreshFailure, RefreshedGrant, RowStatus, Sealed, SignInStore, StoreError,
    TokenRow, TokenStore, UpsertOutcome, transition,
};
use toolgate_auth::{Clock as _, MemoryStore, RowId, SystemClock, Timestamp, TokenKey};

/// What an agent binds. Pending sign-ins live for minutes, and may as well be kept in memory.
#[derive(Debug, Clone)]
pub(crate) struct TableDatabase {
    table: Arc<Table>,
    sign_ins: MemoryStore,
}

/// Your database: here a map, and a lock for a transaction.
struct Table {
    rows: Mutex<BTreeMap<RowId, TokenRow>>,
    now: NowFn,
}

impl TableDatabase {
    pub(crate) fn new() -> Self {
        let now: NowFn = Arc::new(|| SystemClock.now());
        Self {
            table: Arc::new(Table {
                rows: Mutex::default(),
                now,
            }),
            sign_ins: MemoryStore::new(),
        }
    }

    /// On a time of a test's own. Otherwise it has to be the database's, never a replica's.
    #[cfg(test)]
    pub(crate) fn with_now(self, now: NowFn) -> Self {
        let rows = Mutex::default();
        let table = Arc::new(Table { rows, now });
        Self { table, ..self }
    }
}

impl Database for TableDatabase {
    fn describe(&self) -> String {
        "a table of the example's own".to_owned()
    }

    fn token_store(&self) -> Option<Arc<dyn TokenStore>> {
        Some(Arc::<Table>::clone(&self.table))
    }

    fn sign_in_store(&self) -> Option<Arc<dyn SignInStore>> {
        Some(Arc::new(self.sign_ins.clone()))
    }

    /// It is gone with the process, so that a key of the process seals it.
    fn is_ephemeral(&self) -> bool {
        true
    }
}

impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Table").finish_non_exhaustive()
    }
}

impl Table {
    fn rows(&self) -> MutexGuard<'_, BTreeMap<RowId, TokenRow>> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One transaction: reads the row, and writes what `transition` makes of it.
    fn change<T>(
        &self,
        key: &TokenKey,
        transition: impl FnOnce(&TokenRow, Timestamp) -> Option<(TokenRow, T)>,
    ) -> Option<T> {
        let now = (self.now)();
        let mut rows = self.rows();
        let row = rows.get_mut(&key.id()).filter(|row| row.key == *key)?;
        let (next, result) = transition(row, now)?;
        *row = next;
        Some(result)
    }

    /// The same where only winning matters.
    fn changed(
        &self,
        key: &TokenKey,
        transition: impl FnOnce(&TokenRow, Timestamp) -> Option<TokenRow>,
    ) -> bool {
        let won = self.change(key, |row, now| Some((transition(row, now)?, ())));
        won.is_some()
    }
}

#[async_trait]
impl TokenStore for Table {
    async fn get(&self, key: &TokenKey) -> Result<Fetched, StoreError> {
        let now = (self.now)();
        let rows = self.rows();
        let row = rows.get(&key.id()).filter(|row| row.key == *key).cloned();
        Ok(Fetched { row, now })
    }

    async fn upsert(
        &self,
        key: &TokenKey,
        consent: &Consent,
        expected: Option<&Marker>,
    ) -> Result<UpsertOutcome, StoreError> {
        let now = (self.now)();
        let mut rows = self.rows();
        if rows
            .values()
            .any(|row| transition::blocks_consent(row, consent))
        {
            return Ok(UpsertOutcome::Lost);
        }
        let next = match (rows.get(&key.id()), expected) {
            (None, None) => Some(transition::insert(key, consent, now)),
            (Some(row), Some(expected)) => transition::update(row, consent, expected, now),
            (Some(_), None) | (None, Some(_)) => None,
        };
        let Some(next) = next else {
            return Ok(UpsertOutcome::Lost);
        };
        let marker = next.marker();
        rows.insert(key.id(), next);
        Ok(UpsertOutcome::Written(marker))
    }

    async fn delete(&self, key: &TokenKey, incarnation: &Incarnation) -> Result<bool, StoreError> {
        let mut rows = self.rows();
        let row = rows.get(&key.id()).filter(|row| row.key == *key);
        let stands = row.is_some_and(|row| row.incarnation == *incarnation);
        if stands {
            rows.remove(&key.id());
        }
        Ok(stands)
    }

    async fn list(
        &self,
        scope: &ListScope,
        after: Option<&RowId>,
        limit: u32,
    ) -> Result<Vec<TokenRow>, StoreError> {
        let wanted = |row: &TokenRow| match scope {
            ListScope::All => Ok(true),
            ListScope::Tenant(tenant) => Ok(row.key.principal().tenant() == tenant.as_ref()),
            ListScope::Principal(principal) => Ok(row.key.principal() == principal),
            ListScope::Status(status) => Ok(row.status == *status),
            _ => Err(StoreError::new(
                toolgate_auth::store::StoreErrorKind::Rejected,
                "this store does not know this scope of a list",
            )),
        };
        let mut page = Vec::new();
        for (id, row) in &*self.rows() {
            if page.len() < limit as usize && after.is_none_or(|after| id > after) && wanted(row)? {
                page.push(row.clone());
            }
        }
        Ok(page)
    }

    async fn try_lease(
        &self,
        key: &TokenKey,
        at: &Marker,
        owner: &str,
        ttl: Duration,
    ) -> Result<Option<Leased>, StoreError> {
        Ok(self.change(key, |row, now| {
            transition::try_lease(row, at, owner, ttl, now)
        }))
    }

    async fn commit_refresh(
        &self,
        key: &TokenKey,
        at: &Marker,
        lease_seq: i64,
        refreshed: &RefreshedGrant,
    ) -> Result<Option<Marker>, StoreError> {
        Ok(self.change(key, |row, now| {
            let next = transition::commit_refresh(row, at, lease_seq, refreshed, now)?;
            let marker = next.marker();
            Some((next, marker))
        }))
    }

    async fn commit_failure(
        &self,
        key: &TokenKey,
        at: &Marker,
        lease_seq: i64,
        failure: &RefreshFailure,
    ) -> Result<bool, StoreError> {
        Ok(self.changed(key, |row, now| {
            transition::commit_failure(row, at, lease_seq, failure, now)
        }))
    }

    async fn begin_disconnect(
        &self,
        key: &TokenKey,
        at: &Marker,
        reach: DisconnectReach,
    ) -> Result<Option<TokenRow>, StoreError> {
        let now = (self.now)();
        let mut rows = self.rows();
        let row = rows.get(&key.id()).filter(|row| row.key == *key);
        let Some(first) = row.and_then(|row| transition::begin_disconnect(row, at, reach, now))
        else {
            return Ok(None);
        };
        if reach == DisconnectReach::Everywhere {
            for row in rows.values_mut().filter(|row| row.key != *key) {
                if let Some(next) = transition::begin_disconnect_along(row, &first, now) {
                    *row = next;
                }
            }
        }
        rows.insert(key.id(), first.clone());
        Ok(Some(first))
    }

    async fn finish_disconnect(&self, key: &TokenKey, at: &Marker) -> Result<bool, StoreError> {
        Ok(self.changed(key, |row, now| transition::finish_disconnect(row, at, now)))
    }

    async fn invalidate(
        &self,
        key: &TokenKey,
        at: &Marker,
        min_age: Duration,
    ) -> Result<bool, StoreError> {
        Ok(self.changed(key, |row, now| {
            transition::invalidate(row, at, min_age, now)
        }))
    }

    async fn touch(&self, key: &TokenKey, incarnation: &Incarnation) -> Result<bool, StoreError> {
        Ok(self.changed(key, |row, now| transition::touch(row, incarnation, now)))
    }

    async fn reseal(
        &self,
        key: &TokenKey,
        at: &Marker,
        sealed: &Sealed,
        rt_prefix_mac: Option<&str>,
    ) -> Result<bool, StoreError> {
        Ok(self.changed(key, |row, now| {
            transition::reseal(row, at, sealed, rt_prefix_mac, now)
        }))
    }

    async fn rename(
        &self,
        key: &TokenKey,
        at: &Marker,
        new: &TokenKey,
        sealed: &Sealed,
    ) -> Result<Option<Marker>, StoreError> {
        let now = (self.now)();
        let mut rows = self.rows();
        let stands = rows.contains_key(&new.id());
        let row = rows.get(&key.id()).filter(|row| row.key == *key && !stands);
        let renamed = row.and_then(|row| transition::rename(row, at, new, sealed, now));
        Ok(renamed.map(|row| {
            let marker = row.marker();
            rows.remove(&key.id());
            rows.insert(new.id(), row);
            marker
        }))
    }

    async fn due_for_refresh(
        &self,
        within: Duration,
        after: Option<&(Timestamp, RowId)>,
        limit: u32,
    ) -> Result<Vec<TokenRow>, StoreError> {
        let now = (self.now)();
        let place = |row: &TokenRow| (row.expires_at, row.key.id());
        let wanted = |row: &&TokenRow| {
            transition::is_due(row, within, now) && after.is_none_or(|after| place(row) > *after)
        };
        let mut due: Vec<_> = self.rows().values().filter(wanted).cloned().collect();
        due.sort_by_key(place);
        due.truncate(limit as usize);
        Ok(due)
    }

    async fn count_account(
        &self,
        project: Option<&str>,
        account_id: &str,
    ) -> Result<AccountCount, StoreError> {
        let now = (self.now)();
        let mut count = AccountCount::default();
        for row in self.rows().values() {
            let account = (row.project.as_deref(), row.account_id.as_deref());
            if account != (project, Some(account_id)) {
                continue;
            }
            match row.status {
                RowStatus::Active => count.live += 1,
                RowStatus::Disconnecting => count.disconnecting += 1,
                RowStatus::Revoked => {
                    let ago = now.since(row.updated_at);
                    count.revoked_ago = Some(count.revoked_ago.map_or(ago, |last| last.min(ago)));
                }
                _ => {}
            }
        }
        Ok(count)
    }
}
