//! The in-memory table of sessions.

use std::time::Duration;

use async_trait::async_trait;

use super::{MemoryStore, State};
use crate::{
    clock::Timestamp,
    identity::{Principal, RowId, SessionKey},
    store::{
        Lease, Sealed, SessionKind, SessionMarker, SessionRow, SessionStore, SessionWrite,
        StoreError,
    },
};

#[async_trait]
impl SessionStore for MemoryStore {
    async fn get(&self, key: &SessionKey) -> Result<Option<(SessionRow, Timestamp)>, StoreError> {
        let now = self.now();
        let row = self.state().sessions.get(&key.id()).cloned();
        Ok(row.map(|row| (row, now)))
    }

    async fn put(
        &self,
        key: &SessionKey,
        write: &SessionWrite,
        expected: Option<&SessionMarker>,
    ) -> Result<Option<SessionMarker>, StoreError> {
        let now = self.now();
        let mut state = self.state();
        let row = match expected {
            None if state.sessions.contains_key(&key.id()) => return Ok(None),
            None => new_row(key, write, now),
            Some(expected) => {
                let Some(row) = state.session(key, expected) else {
                    return Ok(None);
                };
                if row.is_held(now) && !is_held_by(row, &write.owner) {
                    return Ok(None);
                }
                SessionRow {
                    version: row.version + 1,
                    lease_seq: row.lease_seq,
                    incarnation: row.incarnation.clone(),
                    created_at: row.created_at,
                    ..new_row(key, write, now)
                }
            }
        };
        let marker = row.marker();
        state.sessions.insert(key.id(), row);
        Ok(Some(marker))
    }

    async fn claim(
        &self,
        key: &SessionKey,
        at: &SessionMarker,
        owner: &str,
        ttl: Duration,
    ) -> Result<Option<SessionMarker>, StoreError> {
        let now = self.now();
        let mut state = self.state();
        let Some(row) = state.session(key, at) else {
            return Ok(None);
        };
        let set_back = now.after(ttl.saturating_mul(2));
        if row.is_held(now) && row.lease.as_ref().is_some_and(|it| it.until <= set_back) {
            return Ok(None);
        }
        row.lease = Some(lease(owner, now.after(ttl)));
        row.lease_seq += 1;
        Ok(Some(row.marker()))
    }

    async fn renew(
        &self,
        key: &SessionKey,
        at: &SessionMarker,
        owner: &str,
        ttl: Duration,
    ) -> Result<bool, StoreError> {
        let until = self.now().after(ttl);
        let mut state = self.state();
        let row = state.claimed_session(key, at, owner);
        Ok(row
            .map(|row| row.lease = Some(lease(owner, until)))
            .is_some())
    }

    async fn release(
        &self,
        key: &SessionKey,
        at: &SessionMarker,
        owner: &str,
    ) -> Result<bool, StoreError> {
        let mut state = self.state();
        let row = state.claimed_session(key, at, owner);
        Ok(row.map(|row| row.lease = None).is_some())
    }

    async fn list(
        &self,
        principal: &Principal,
        after: Option<&(Timestamp, RowId)>,
        limit: u32,
    ) -> Result<(Vec<SessionRow>, Timestamp), StoreError> {
        let now = self.now();
        let place = |row: &SessionRow| (row.updated_at, row.key.id());
        let state = self.state();
        let rows = state.sessions.values();
        let mut rows: Vec<_> = rows
            .filter(|row| row.key.principal() == principal)
            .filter(|row| after.is_none_or(|after| place(row) < *after))
            .cloned()
            .collect();
        rows.sort_by_key(|row| std::cmp::Reverse(place(row)));
        rows.truncate(limit as usize);
        Ok((rows, now))
    }

    async fn delete(
        &self,
        key: &SessionKey,
        at: Option<&SessionMarker>,
    ) -> Result<bool, StoreError> {
        let mut state = self.state();
        if at.is_some_and(|at| state.session(key, at).is_none()) {
            return Ok(false);
        }
        Ok(state.sessions.remove(&key.id()).is_some())
    }

    async fn remove_all(&self, principal: &Principal) -> Result<u64, StoreError> {
        Ok(self.remove_where(|row| row.key.principal() == principal))
    }

    async fn sweep(&self, older_than: Duration) -> Result<u64, StoreError> {
        let now = self.now();
        let limit = now.before(older_than);
        Ok(self.remove_where(|row| {
            row.kind == SessionKind::Run && row.updated_at <= limit && !row.is_held(now)
        }))
    }

    async fn due_for_reseal(
        &self,
        active: &str,
        after: Option<&RowId>,
        limit: u32,
    ) -> Result<Vec<SessionRow>, StoreError> {
        let state = self.state();
        let rows = state.sessions.iter();
        let due = rows
            .filter(|(id, row)| {
                row.sealed.key_id != active && after.is_none_or(|after| *id > after)
            })
            .map(|(_, row)| row.clone());
        Ok(due.take(limit as usize).collect())
    }

    async fn reseal(
        &self,
        key: &SessionKey,
        at: &SessionMarker,
        sealed: &Sealed,
    ) -> Result<bool, StoreError> {
        let now = self.now();
        let mut state = self.state();
        let row = state.session(key, at).filter(|row| !row.is_held(now));
        Ok(row.map(|row| row.sealed = sealed.clone()).is_some())
    }
}

impl MemoryStore {
    fn remove_where(&self, goes: impl Fn(&SessionRow) -> bool) -> u64 {
        let mut state = self.state();
        let before = state.sessions.len();
        state.sessions.retain(|_, row| !goes(row));
        (before - state.sessions.len()) as u64
    }
}

impl State {
    fn session(&mut self, key: &SessionKey, at: &SessionMarker) -> Option<&mut SessionRow> {
        let row = self.sessions.get_mut(&key.id());
        row.filter(|row| row.marker() == *at)
    }

    fn claimed_session(
        &mut self,
        key: &SessionKey,
        at: &SessionMarker,
        owner: &str,
    ) -> Option<&mut SessionRow> {
        let row = self.sessions.get_mut(&key.id())?;
        let same = row.incarnation == at.incarnation && row.lease_seq == at.lease_seq;
        (same && is_held_by(row, owner)).then_some(row)
    }
}

fn is_held_by(row: &SessionRow, owner: &str) -> bool {
    row.lease.as_ref().is_some_and(|lease| lease.owner == owner)
}

fn lease(owner: &str, until: Timestamp) -> Lease {
    Lease {
        owner: owner.to_owned(),
        until,
    }
}

fn new_row(key: &SessionKey, write: &SessionWrite, now: Timestamp) -> SessionRow {
    SessionRow {
        key: key.clone(),
        incarnation: write.incarnation.clone(),
        kind: write.kind,
        status: write.status,
        sealed: write.sealed.clone(),
        version: 1,
        lease_seq: 1,
        lease: write.hold.map(|ttl| lease(&write.owner, now.after(ttl))),
        created_at: now,
        updated_at: now,
    }
}
