//! The append-only record of what happened to grants: who, what, when, outcome, no secrets.

use std::fmt::Debug;

use async_trait::async_trait;

use super::StoreError;
use crate::clock::Timestamp;
use crate::identity::Principal;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditEvent {
    /// On whose behalf; the anonymous user, where the detail says that the `person` is `unknown`.
    pub principal: Principal,
    /// Who did it: `browser`, `application`, `operator`, or a process by the name that its leases bear.
    pub actor: String,
    /// What: `connected`, `scopes_changed`, `refreshed`, `refresh_failed`, `refresh_unsaved`,
    /// `needs_consent`, `blocked`, `disconnecting`, `disconnected`, `relabelled`, `connection_taken_back`,
    /// `user_deleted`, `sign_in_refused` or `form_refused`; of an operator `imported`, `exported`,
    /// `key_rotation_begun` and `key_rotation_ended`; and `key_refused`, where the sealing key is not the
    /// one that the database was used with, or the file that one was made in is gone. What is of keys is
    /// nobody's, and so the anonymous user's. A sign-in that is too old is read before it is refused, so
    /// that its event says whose it was.
    pub event: String,
    /// How it ended: `ok`, or a word that says how else, such as the class of a failure.
    pub outcome: String,
    /// The row concerned, where there is one.
    pub row_id: Option<String>,
    /// More, without secrets: of a grant, its `version` and `epoch`.
    pub detail: serde_json::Value,
}

/// A stored event.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditRecord {
    /// Grows with each event.
    pub id: i64,
    /// When, by the database's clock.
    pub at: Timestamp,
    /// What happened.
    pub event: AuditEvent,
}

/// Keeps the audit events. There is no way to change or remove one.
#[async_trait]
pub trait AuditStore: Send + Sync + Debug {
    /// Adds an event.
    ///
    /// # Errors
    /// When the database cannot be asked.
    async fn append(&self, event: &AuditEvent) -> Result<(), StoreError>;

    /// The events of one person (or of everybody), oldest first, at most `limit`, from behind the
    /// id `after` on.
    ///
    /// # Errors
    /// When the database cannot be asked, or a row cannot be read.
    async fn events(
        &self,
        principal: Option<&Principal>,
        after: Option<i64>,
        limit: u32,
    ) -> Result<Vec<AuditRecord>, StoreError>;
}
