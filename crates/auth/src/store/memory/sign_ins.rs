//! The in-memory table of pending sign-ins.

use std::time::Duration;

use async_trait::async_trait;

use super::MemoryStore;
use crate::{
    clock::Timestamp,
    identity::Principal,
    store::{NewSignIn, SignInInsert, SignInRow, SignInStore, StoreError, StoreErrorKind},
};

#[async_trait]
impl SignInStore for MemoryStore {
    async fn insert(
        &self,
        sign_in: &NewSignIn,
        ttl: Duration,
        max_open: u32,
    ) -> Result<SignInInsert, StoreError> {
        let now = self.now();
        let mut state = self.state();
        let open = state
            .sign_ins
            .values()
            .filter(|row| row.request.principal == sign_in.principal && is_open(row, now))
            .count();
        if open >= max_open as usize {
            return Ok(SignInInsert::TooMany);
        }
        if state.sign_ins.contains_key(&sign_in.id_hash) {
            return Err(StoreError::new(
                StoreErrorKind::Rejected,
                "a sign-in with this id hash is stored already",
            ));
        }
        let row = SignInRow {
            request: sign_in.clone(),
            browser_binding: None,
            created_at: now,
            expires_at: now.after(ttl),
            consumed_at: None,
        };
        state.sign_ins.insert(sign_in.id_hash.clone(), row);
        Ok(SignInInsert::Inserted)
    }

    async fn get(&self, id_hash: &str) -> Result<Option<(SignInRow, Timestamp)>, StoreError> {
        let now = self.now();
        let row = self.state().sign_ins.get(id_hash).cloned();
        Ok(row.map(|row| (row, now)))
    }

    async fn bind_browser(&self, id_hash: &str, binding: &str) -> Result<bool, StoreError> {
        let now = self.now();
        let mut state = self.state();
        let Some(row) = state.sign_ins.get_mut(id_hash) else {
            return Ok(false);
        };
        let free = row
            .browser_binding
            .as_deref()
            .is_none_or(|bound| bound == binding);
        if !free || !is_open(row, now) {
            return Ok(false);
        }
        row.browser_binding = Some(binding.to_owned());
        Ok(true)
    }

    async fn consume(&self, id_hash: &str, binding: &str) -> Result<Option<SignInRow>, StoreError> {
        let now = self.now();
        let mut state = self.state();
        let Some(row) = state.sign_ins.get_mut(id_hash) else {
            return Ok(None);
        };
        if row.browser_binding.as_deref() != Some(binding) || !is_open(row, now) {
            return Ok(None);
        }
        row.consumed_at = Some(now);
        Ok(Some(row.clone()))
    }

    async fn remove_all(&self, principal: &Principal) -> Result<u64, StoreError> {
        let mut state = self.state();
        let before = state.sign_ins.len();
        state
            .sign_ins
            .retain(|_, row| row.request.principal != *principal);
        Ok((before - state.sign_ins.len()) as u64)
    }

    async fn sweep(&self, older_than: Duration) -> Result<u64, StoreError> {
        let limit = self.now().before(older_than);
        let mut state = self.state();
        let before = state.sign_ins.len();
        state.sign_ins.retain(|_, row| row.expires_at > limit);
        Ok((before - state.sign_ins.len()) as u64)
    }
}

fn is_open(row: &SignInRow, now: Timestamp) -> bool {
    row.consumed_at.is_none() && row.expires_at > now
}
