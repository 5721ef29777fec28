//! The store: a connection, the tables' names, and how a statement is run.

use std::fmt;

use sea_orm::{
    ConnectionTrait, DbErr, QueryResult, Statement, StatementBuilder, TransactionSession as _,
    TransactionTrait,
    sea_query::{Alias, DynIden, IntoIden},
};
use toolgate_auth::store::{NowFn, StoreError};

use crate::{fault::Fault, moment::Moment};

/// A connection of sea-orm, or a pool of them.
pub trait Connection: ConnectionTrait + TransactionTrait + Send + Sync + 'static {}

impl<C: ConnectionTrait + TransactionTrait + Send + Sync + 'static> Connection for C {}

/// What the tables are called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tables {
    /// The table of grants.
    pub auth_tokens: String,
    /// The table of pending sign-ins.
    pub sign_ins: String,
    /// The table of audit events.
    pub auth_events: String,
    /// The table of small named facts.
    pub meta: String,
}

/// All stores over one connection.
#[derive(Clone)]
pub struct SqlStore<C> {
    db: C,
    tables: Tables,
    now: Option<NowFn>,
    one_by_one: bool,
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
        Self {
            db,
            tables,
            now: None,
            one_by_one: false,
        }
    }

    /// The same with a time of one's own in place of the database's, for tests.
    #[must_use]
    pub fn with_now(self, now: Option<NowFn>) -> Self {
        Self { now, ..self }
    }

    /// Whether each statement runs in a transaction of its own: what a pooler that hands out a
    /// server per transaction needs, since preparing and running are two exchanges.
    #[must_use]
    pub fn with_transactions(self, one_by_one: bool) -> Self {
        Self { one_by_one, ..self }
    }

    /// The connection.
    pub fn connection(&self) -> &C {
        &self.db
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
            match self.try_rows(&statement).await {
                Err(error) if Fault::of(&error).is_conflict() => {}
                result => return result.map_err(|error| Fault::of(&error).while_doing(doing)),
            }
        }
        let last = self.try_rows(&statement).await;
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
            match self.try_changed(&statement).await {
                Err(error) if Fault::of(&error).is_conflict() => {}
                result => return result.map_err(|error| Fault::of(&error).while_doing(doing)),
            }
        }
        let last = self.try_changed(&statement).await;
        last.map_err(|error| Fault::of(&error).while_doing(doing))
    }

    async fn try_rows(&self, statement: &Statement) -> Result<Vec<QueryResult>, DbErr> {
        if !self.one_by_one {
            return self.db.query_all_raw(statement.clone()).await;
        }
        let alone = self.db.begin().await?;
        let rows = alone.query_all_raw(statement.clone()).await?;
        alone.commit().await?;
        Ok(rows)
    }

    async fn try_changed(&self, statement: &Statement) -> Result<u64, DbErr> {
        if !self.one_by_one {
            let done = self.db.execute_raw(statement.clone()).await?;
            return Ok(done.rows_affected());
        }
        let alone = self.db.begin().await?;
        let done = alone.execute_raw(statement.clone()).await?;
        alone.commit().await?;
        Ok(done.rows_affected())
    }
}

/// A name that is a run-time value.
pub(crate) fn name(text: &str) -> DynIden {
    Alias::new(text).into_iden()
}
