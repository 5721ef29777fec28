//! A database in memory that is hard of hearing: it refuses each audit event, never answers, or
//! takes its time.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use toolgate_auth::store::{
    AuditEvent, AuditRecord, AuditStore, Database, StoreError, StoreErrorKind,
};
use toolgate_auth::{MemoryDatabase, Principal};
use toolgate_testkit::Wraps;

/// What it does with an event.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Ear {
    Refuses,
    NeverAnswers,
    Slow,
}

/// A database that is hard of hearing.
#[derive(Debug, Clone)]
pub(crate) struct Deaf {
    inner: MemoryDatabase,
    ear: Ear,
    heard: Arc<Mutex<Vec<String>>>,
    listening: Arc<AtomicUsize>,
}

/// One event that is being listened to, until whoever tells it gives up.
struct Listening(Arc<AtomicUsize>);

impl Drop for Listening {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Deaf {
    pub(crate) fn new(inner: &MemoryDatabase, ear: Ear) -> Self {
        Self {
            inner: inner.clone(),
            ear,
            heard: Arc::default(),
            listening: Arc::default(),
        }
    }

    /// The events that were told in vain.
    pub(crate) fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }

    /// How many are being told now.
    pub(crate) fn listening(&self) -> usize {
        self.listening.load(Ordering::SeqCst)
    }
}

impl Wraps for Deaf {
    fn inner(&self) -> Arc<dyn Database> {
        Arc::new(self.inner.clone())
    }

    fn describe(&self) -> String {
        "a deaf database".to_owned()
    }

    fn audit_store(&self) -> Option<Arc<dyn AuditStore>> {
        Some(Arc::new(self.clone()))
    }
}

toolgate_testkit::wraps_database!(Deaf);

#[async_trait]
impl AuditStore for Deaf {
    async fn append(&self, event: &AuditEvent) -> Result<(), StoreError> {
        self.listening.fetch_add(1, Ordering::SeqCst);
        let _listening = Listening(Arc::clone(&self.listening));
        self.heard.lock().unwrap().push(event.event.clone());
        match self.ear {
            Ear::Refuses => Err(StoreError::new(
                StoreErrorKind::Unavailable,
                "the database is down",
            )),
            Ear::NeverAnswers => std::future::pending().await,
            Ear::Slow => {
                for _ in 0..100 {
                    tokio::task::yield_now().await;
                }
                self.inner.audit_store().unwrap().append(event).await
            }
        }
    }

    async fn events(
        &self,
        _principal: Option<&Principal>,
        _after: Option<i64>,
        _limit: u32,
    ) -> Result<Vec<AuditRecord>, StoreError> {
        Ok(Vec::new())
    }
}
