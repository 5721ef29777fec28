//! The in-memory table of grants.

use std::time::Duration;

use async_trait::async_trait;

use super::{MemoryStore, State, transition};
use crate::{
    clock::Timestamp,
    identity::{RowId, TokenKey},
    store::{
        AccountCount, Consent, DisconnectReach, Fetched, Incarnation, Leased, ListScope, Marker,
        RefreshFailure, RefreshedGrant, RowStatus, Sealed, StoreError, TokenRow, TokenStore,
        UpsertOutcome,
    },
};

#[async_trait]
impl TokenStore for MemoryStore {
    async fn get(&self, key: &TokenKey) -> Result<Fetched, StoreError> {
        let now = self.now();
        let row = self.state().row(key).cloned();
        Ok(Fetched { row, now })
    }

    async fn upsert(
        &self,
        key: &TokenKey,
        consent: &Consent,
        expected: Option<&Marker>,
    ) -> Result<UpsertOutcome, StoreError> {
        let now = self.now();
        let mut state = self.state();
        if state
            .tokens
            .values()
            .any(|row| transition::blocks_consent(row, consent))
        {
            return Ok(UpsertOutcome::Lost);
        }
        let next = match (state.row(key), expected) {
            (None, None) => Some(transition::insert(key, consent, now)),
            (Some(row), Some(expected)) => transition::update(row, consent, expected, now),
            (Some(_), None) | (None, Some(_)) => None,
        };
        Ok(match next {
            Some(next) => UpsertOutcome::Written(state.put(next)),
            None => UpsertOutcome::Lost,
        })
    }

    async fn delete(&self, key: &TokenKey, incarnation: &Incarnation) -> Result<bool, StoreError> {
        let mut state = self.state();
        let stands = state
            .row(key)
            .is_some_and(|row| row.incarnation == *incarnation);
        if stands {
            state.tokens.remove(&key.id());
        }
        Ok(stands)
    }

    async fn list(
        &self,
        scope: &ListScope,
        after: Option<&RowId>,
        limit: u32,
    ) -> Result<Vec<TokenRow>, StoreError> {
        let state = self.state();
        let rows = state
            .tokens
            .iter()
            .filter(|(id, row)| after.is_none_or(|after| *id > after) && in_scope(row, scope))
            .map(|(_, row)| row.clone());
        Ok(rows.take(limit as usize).collect())
    }

    async fn try_lease(
        &self,
        key: &TokenKey,
        at: &Marker,
        owner: &str,
        ttl: Duration,
    ) -> Result<Option<Leased>, StoreError> {
        let now = self.now();
        let mut state = self.state();
        let won = state
            .row(key)
            .and_then(|row| transition::try_lease(row, at, owner, ttl, now));
        Ok(won.map(|(next, leased)| {
            state.put(next);
            leased
        }))
    }

    async fn commit_refresh(
        &self,
        key: &TokenKey,
        at: &Marker,
        lease_seq: i64,
        refreshed: &RefreshedGrant,
    ) -> Result<Option<Marker>, StoreError> {
        let now = self.now();
        Ok(self.change(key, |row| {
            transition::commit_refresh(row, at, lease_seq, refreshed, now)
        }))
    }

    async fn commit_failure(
        &self,
        key: &TokenKey,
        at: &Marker,
        lease_seq: i64,
        failure: &RefreshFailure,
    ) -> Result<bool, StoreError> {
        let now = self.now();
        let marker = self.change(key, |row| {
            transition::commit_failure(row, at, lease_seq, failure, now)
        });
        Ok(marker.is_some())
    }

    async fn begin_disconnect(
        &self,
        key: &TokenKey,
        at: &Marker,
        reach: DisconnectReach,
    ) -> Result<Option<TokenRow>, StoreError> {
        let now = self.now();
        let mut state = self.state();
        let Some(first) = state
            .row(key)
            .and_then(|row| transition::begin_disconnect(row, at, reach, now))
        else {
            return Ok(None);
        };
        if reach == DisconnectReach::Everywhere {
            for (id, row) in &mut state.tokens {
                let others = *id != key.id();
                if let Some(next) = transition::begin_disconnect_along(row, &first, now)
                    && others
                {
                    *row = next;
                }
            }
        }
        state.put(first.clone());
        Ok(Some(first))
    }

    async fn finish_disconnect(&self, key: &TokenKey, at: &Marker) -> Result<bool, StoreError> {
        let now = self.now();
        let marker = self.change(key, |row| transition::finish_disconnect(row, at, now));
        Ok(marker.is_some())
    }

    async fn invalidate(
        &self,
        key: &TokenKey,
        at: &Marker,
        min_age: Duration,
    ) -> Result<bool, StoreError> {
        let now = self.now();
        let marker = self.change(key, |row| transition::invalidate(row, at, min_age, now));
        Ok(marker.is_some())
    }

    async fn touch(&self, key: &TokenKey, incarnation: &Incarnation) -> Result<bool, StoreError> {
        let now = self.now();
        let marker = self.change(key, |row| transition::touch(row, incarnation, now));
        Ok(marker.is_some())
    }

    async fn reseal(
        &self,
        key: &TokenKey,
        at: &Marker,
        sealed: &Sealed,
        rt_prefix_mac: Option<&str>,
    ) -> Result<bool, StoreError> {
        let now = self.now();
        let marker = self.change(key, |row| {
            transition::reseal(row, at, sealed, rt_prefix_mac, now)
        });
        Ok(marker.is_some())
    }

    async fn rename(
        &self,
        key: &TokenKey,
        at: &Marker,
        new: &TokenKey,
        sealed: &Sealed,
    ) -> Result<Option<Marker>, StoreError> {
        let now = self.now();
        let mut state = self.state();
        if state.tokens.contains_key(&new.id()) {
            return Ok(None);
        }
        let renamed = state
            .row(key)
            .and_then(|row| transition::rename(row, at, new, sealed, now));
        Ok(renamed.map(|row| {
            state.tokens.remove(&key.id());
            state.put(row)
        }))
    }

    async fn due_for_refresh(
        &self,
        within: Duration,
        after: Option<&(Timestamp, RowId)>,
        limit: u32,
    ) -> Result<Vec<TokenRow>, StoreError> {
        let now = self.now();
        let state = self.state();
        let mut due: Vec<(&RowId, &TokenRow)> = state
            .tokens
            .iter()
            .filter(|(_, row)| transition::is_due(row, within, now))
            .collect();
        due.sort_by_key(|(id, row)| (row.expires_at, *id));
        let behind = |(id, row): &(&RowId, &TokenRow)| {
            after.is_none_or(|(expiry, last)| (row.expires_at, *id) > (*expiry, last))
        };
        let rows = due.into_iter().filter(behind).map(|(_, row)| row.clone());
        Ok(rows.take(limit as usize).collect())
    }

    async fn count_account(
        &self,
        project: Option<&str>,
        account_id: &str,
    ) -> Result<AccountCount, StoreError> {
        let (now, state) = (self.now(), self.state());
        let mut count = AccountCount::default();
        for row in state.tokens.values() {
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

impl MemoryStore {
    /// Applies a transition to one row; the marker of the row it led to.
    fn change(
        &self,
        key: &TokenKey,
        transition: impl FnOnce(&TokenRow) -> Option<TokenRow>,
    ) -> Option<Marker> {
        let mut state = self.state();
        let next = state.row(key).and_then(transition)?;
        Some(state.put(next))
    }
}

impl State {
    fn row(&self, key: &TokenKey) -> Option<&TokenRow> {
        self.tokens.get(&key.id()).filter(|row| row.key == *key)
    }

    fn put(&mut self, row: TokenRow) -> Marker {
        let marker = row.marker();
        self.tokens.insert(row.key.id(), row);
        marker
    }
}

fn in_scope(row: &TokenRow, scope: &ListScope) -> bool {
    match scope {
        ListScope::All => true,
        ListScope::Tenant(tenant) => row.key.principal().tenant() == tenant.as_ref(),
        ListScope::Principal(principal) => row.key.principal() == principal,
        ListScope::Status(status) => row.status == *status,
    }
}
