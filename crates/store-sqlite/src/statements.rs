//! Running statements on the pool itself.
//!
//! sea-orm's connection is of any database, and so is each call's future: it holds room for all of
//! them, and moving it costs more than `SQLite` takes to find a row.

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use sea_orm::{
    ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr, Statement,
    sea_query::Values,
    sqlx::{self, AssertSqlSafe, Executor as _, Sqlite, SqlitePool, query::Query},
};
use sea_query_sqlx::SqlxValues;

/// A pool on which statements run, prepared and kept.
#[derive(Clone)]
pub(crate) struct Statements(SqlitePool);

impl Statements {
    pub(crate) fn new(pool: SqlitePool) -> Self {
        Self(pool)
    }
}

impl fmt::Debug for Statements {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Statements").finish_non_exhaustive()
    }
}

#[async_trait]
impl ConnectionTrait for Statements {
    fn get_database_backend(&self) -> DbBackend {
        DbBackend::Sqlite
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        let done = self.0.execute(query(&statement)).await;
        done.map(Into::into).map_err(failed)
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        let done = self.0.execute(AssertSqlSafe(sql.to_owned())).await;
        done.map(Into::into).map_err(failed)
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        let row = self.0.fetch_optional(query(&statement)).await;
        row.map(|row| row.map(Into::into)).map_err(failed)
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let rows = self.0.fetch_all(query(&statement)).await.map_err(failed)?;
        Ok(rows.into_iter().map(Into::into).collect())
    }
}

fn query(statement: &Statement) -> Query<'_, Sqlite, SqlxValues> {
    let values = statement.values.clone().unwrap_or(Values(Vec::new()));
    sqlx::query_with(AssertSqlSafe(statement.sql.as_str()), SqlxValues(values))
}

fn failed(error: sqlx::Error) -> DbErr {
    DbErr::Query(RuntimeErr::SqlxError(Arc::new(error)))
}
