//! The store: a connection, the tables' names, and how a statement is run.

use std::{
    fmt,
    sync::{Arc, OnceLock},
};

use sea_orm::{
    ConnectionTrait, QueryResult, Statement, StatementBuilder,
    sea_query::{Alias, DynIden, IntoIden},
};
use toolgate_auth::store::{NowFn, StoreError};

use crate::{fault::Fault, moment::Moment};

/// A connection of sea-orm, or a pool of them.
pub trait Connection: ConnectionTrait + Send + Sync + 'static {}

impl<C: ConnectionTrait + Send + Sync + 'static> Connection for C {}

/// What the tables are called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tables {
    /// The table of grants.
    pub auth_tokens: String,
    /// The table of pending sign-ins.
    pub sign_ins: String,
    /// The table of audit events.
    pub auth_events: String,
    /// The table of sessions.
    pub sessions: String,
    /// The table of small named facts.
    pub meta: String,
}

/// All stores over one connection.
#[derive(Clone)]
pub struct SqlStore<C> {
    db: C,
    tables: Tables,
    now: Option<NowFn>,
    reads: Arc<Reads>,
}

/// The texts of the read of one row, by whether its key has a tenant and a user.
#[derive(Default)]
pub(crate) struct Reads([OnceLock<String>; 4]);

impl Reads {
    pub(crate) fn text(&self, tenant: bool, user: bool, build: impl FnOnce() -> String) -> &str {
        let [neither, of_user, of_tenant, of_both] = &self.0;
        let text = match (tenant, user) {
            (false, false) => neither,
            (false, true) => of_user,
            (true, false) => of_tenant,
            (true, true) => of_both,
        };
        text.get_or_init(build)
    }
}

impl<C> fmt::Debug for SqlStore<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqlStore")
            .field("tables", &self.tables)
            .finish_non_exhaustive()
    }
}

/// How often a statement is sent that the database rolled back for another's sake.
const ATTEMPTS: u32 = 4;

impl<C: Connection> SqlStore<C> {
    /// The stores over these tables.
    pub fn new(db: C, tables: Tables) -> Self {
        tracing::trace!(table = tables.auth_tokens, "stores over a connection");
        Self {
            db,
            tables,
            now: None,
            reads: Arc::default(),
        }
    }

    /// The same with a time of one's own in place of the database's, for tests.
    #[must_use]
    pub fn with_now(self, now: Option<NowFn>) -> Self {
        let reads = Arc::default();
        Self { now, reads, ..self }
    }

    /// The connection.
    pub fn connection(&self) -> &C {
        &self.db
    }

    pub(crate) fn reads(&self) -> &Reads {
        &self.reads
    }

    pub(crate) fn auth_tokens(&self) -> DynIden {
        name(&self.tables.auth_tokens)
    }

    pub(crate) fn sign_ins(&self) -> DynIden {
        name(&self.tables.sign_ins)
    }

    pub(crate) fn auth_events(&self) -> DynIden {
        name(&self.tables.auth_events)
    }

    pub(crate) fn sessions(&self) -> DynIden {
        name(&self.tables.sessions)
    }

    pub(crate) fn meta(&self) -> DynIden {
        name(&self.tables.meta)
    }

    pub(crate) fn moment(&self) -> Moment {
        match &self.now {
            Some(now) => Moment::Fixed(now()),
            None => Moment::Database(self.db.get_database_backend()),
        }
    }

    /// Runs a statement and reads all that it returns.
    ///
    /// All, even where one row is expected: `SQLite` commits when a statement is run to its end,
    /// and a commit that fails after the first row was read would go unnoticed.
    pub(crate) async fn rows<S>(
        &self,
        doing: &'static str,
        statement: &S,
    ) -> Result<Vec<QueryResult>, StoreError>
    where
        S: StatementBuilder,
    {
        let statement = statement.build(&self.db.get_database_backend());
        for _ in 1..ATTEMPTS {
            match self.db.query_all_raw(statement.clone()).await {
                Err(error) if Fault::of(&error).is_conflict() => {}
                result => return result.map_err(|error| Fault::of(&error).while_doing(doing)),
            }
        }
        let last = self.db.query_all_raw(statement).await;
        last.map_err(|error| Fault::of(&error).while_doing(doing))
    }

    /// Runs a statement that writes nothing, and reads its first row.
    pub(crate) async fn first(
        &self,
        doing: &'static str,
        statement: Statement,
    ) -> Result<Option<QueryResult>, StoreError> {
        for _ in 1..ATTEMPTS {
            match self.db.query_one_raw(statement.clone()).await {
                Err(error) if Fault::of(&error).is_conflict() => {}
                result => return result.map_err(|error| Fault::of(&error).while_doing(doing)),
            }
        }
        let last = self.db.query_one_raw(statement).await;
        last.map_err(|error| Fault::of(&error).while_doing(doing))
    }

    /// Runs a statement and says how many rows it changed.
    pub(crate) async fn changed<S>(
        &self,
        doing: &'static str,
        statement: &S,
    ) -> Result<u64, StoreError>
    where
        S: StatementBuilder,
    {
        let statement = statement.build(&self.db.get_database_backend());
        for _ in 1..ATTEMPTS {
            match self.db.execute_raw(statement.clone()).await {
                Err(error) if Fault::of(&error).is_conflict() => {}
                Err(error) => return Err(Fault::of(&error).while_doing(doing)),
                Ok(done) => return Ok(done.rows_affected()),
            }
        }
        let last = self.db.execute_raw(statement).await;
        last.map(|done| done.rows_affected())
            .map_err(|error| Fault::of(&error).while_doing(doing))
    }
}

/// A name that is a run-time value.
pub(crate) fn name(text: &str) -> DynIden {
    Alias::new(text).into_iden()
}
