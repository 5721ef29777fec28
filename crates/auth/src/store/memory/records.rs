//! The in-memory audit events and named facts.

use async_trait::async_trait;

use super::MemoryStore;
use crate::{
    identity::Principal,
    store::{AuditEvent, AuditRecord, AuditStore, MetaStore, StoreError},
};

#[async_trait]
impl AuditStore for MemoryStore {
    async fn append(&self, event: &AuditEvent) -> Result<(), StoreError> {
        let at = self.now();
        let mut state = self.state();
        let id = state.events.last().map_or(1, |last| last.id + 1);
        state.events.push(AuditRecord {
            id,
            at,
            event: event.clone(),
        });
        Ok(())
    }

    async fn events(
        &self,
        principal: Option<&Principal>,
        after: Option<i64>,
        limit: u32,
    ) -> Result<Vec<AuditRecord>, StoreError> {
        let state = self.state();
        let records = state
            .events
            .iter()
            .filter(|record| after.is_none_or(|after| record.id > after))
            .filter(|record| principal.is_none_or(|whose| record.event.principal == *whose));
        Ok(records.take(limit as usize).cloned().collect())
    }
}

#[async_trait]
impl MetaStore for MemoryStore {
    async fn value(&self, name: &str) -> Result<Option<String>, StoreError> {
        Ok(self.state().meta.get(name).cloned())
    }

    async fn put_if_absent(&self, name: &str, value: &str) -> Result<String, StoreError> {
        let mut state = self.state();
        let stands = state
            .meta
            .entry(name.to_owned())
            .or_insert_with(|| value.to_owned());
        Ok(stands.clone())
    }
}
