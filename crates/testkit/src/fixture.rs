//! A database under test, and what a case does with it.

use std::{any::Any, sync::Arc};

use toolgate_auth::store::{AuditStore, Database, MetaStore, SignInStore, TokenStore};

use crate::clock::FakeClock;

/// A fresh database. Whatever it holds on to (a folder, a server's database) goes when it is
/// dropped.
#[derive(Debug)]
pub struct Fixture {
    database: Arc<dyn Database>,
    clock: FakeClock,
    _held: Option<Box<dyn Any + Send + Sync>>,
}

impl Fixture {
    /// A database on its own.
    pub fn new(database: impl Database + 'static) -> Self {
        Self {
            database: Arc::new(database),
            clock: FakeClock::new(),
            _held: None,
        }
    }

    /// Keeps something alive as long as the database.
    #[must_use]
    pub fn holding(self, held: impl Any + Send + Sync) -> Self {
        Self {
            _held: Some(Box::new(held)),
            ..self
        }
    }

    /// Says which clock the database runs on.
    #[must_use]
    pub fn with_clock(self, clock: FakeClock) -> Self {
        Self { clock, ..self }
    }

    /// The database.
    pub fn database(&self) -> &dyn Database {
        &*self.database
    }

    /// The clock that the database runs on.
    pub fn clock(&self) -> &FakeClock {
        &self.clock
    }

    /// Its storage of grants.
    pub fn tokens(&self) -> Arc<dyn TokenStore> {
        self.database.token_store().unwrap()
    }

    /// Its storage of pending sign-ins.
    pub fn sign_ins(&self) -> Arc<dyn SignInStore> {
        self.database.sign_in_store().unwrap()
    }

    /// Its storage of audit events.
    pub fn audit(&self) -> Arc<dyn AuditStore> {
        self.database.audit_store().unwrap()
    }

    /// Its storage of small named facts.
    pub fn meta(&self) -> Arc<dyn MetaStore> {
        self.database.meta_store().unwrap()
    }
}
