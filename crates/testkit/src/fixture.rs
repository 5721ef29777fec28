//! A database under test, and what a case does with it.

use std::{any::Any, fmt, pin::Pin, sync::Arc};

use toolgate_auth::{
    RowId,
    store::{AuditStore, Database, MetaStore, SessionStore, SignInStore, TokenStore},
};

use crate::clock::FakeClock;

/// A fresh database. Whatever it holds on to (a folder, a server's database) goes when it is
/// dropped.
#[derive(Debug)]
pub struct Fixture {
    database: Arc<dyn Database>,
    clock: FakeClock,
    damage: Option<Damage>,
    _held: Option<Box<dyn Any + Send + Sync>>,
}

/// How SQL reaches the database past its store.
struct Damage {
    table: String,
    run: Box<RunSql>,
}

type RunSql = dyn Fn(String) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync;

impl fmt::Debug for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Damage").field(&self.table).finish()
    }
}

impl Fixture {
    /// A database on its own.
    pub fn new(database: impl Database + 'static) -> Self {
        Self {
            database: Arc::new(database),
            clock: FakeClock::new(),
            damage: None,
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

    /// Says how SQL reaches the database past its store, and the name of its table of grants.
    #[must_use]
    pub fn with_sql<F>(self, table: &str, run: impl Fn(String) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let damage = Damage {
            table: table.to_owned(),
            run: Box::new(move |sql| Box::pin(run(sql))),
        };
        Self {
            damage: Some(damage),
            ..self
        }
    }

    /// Sets a column of a grant to an SQL literal, as nothing of ours would.
    pub async fn damage(&self, row: &RowId, column: &str, literal: &str) {
        let damage = self.damage.as_ref().unwrap();
        let (table, id) = (&damage.table, row.as_str());
        (damage.run)(format!(
            "UPDATE {table} SET {column} = {literal} WHERE id = '{id}'"
        ))
        .await;
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

    /// Its storage of sessions.
    pub fn sessions(&self) -> Arc<dyn SessionStore> {
        self.database.session_store().unwrap()
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
