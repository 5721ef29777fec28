//! Running statements so that nothing of them stays in a session.
//!
//! sea-orm prepares every statement under a name. Behind a pooler in transaction mode the server
//! that prepared it is not the one that is asked to run it, and another client's statement bears
//! the same name. Here a statement is unnamed, and prepared and run within one transaction; that is
//! four exchanges with the server. What every call waits for, the read of one row, carries its
//! values in its text and takes one exchange.

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use sea_orm::{
    ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr, Statement,
    sea_query::Values,
    sqlx::{self, AssertSqlSafe, Executor as _, PgPool, Postgres, query::Query},
};
use sea_query_sqlx::SqlxValues;

use crate::inline;

/// A pool on which statements run alone.
#[derive(Clone)]
pub(crate) struct Statements {
    pool: PgPool,
    prepared: bool,
}

impl Statements {
    pub(crate) fn new(pool: PgPool, prepared: bool) -> Self {
        Self { pool, prepared }
    }
}

impl Statements {
    /// Runs a text that holds its values. Not for what writes secrets: a server logs the text of a
    /// statement that fails, and not the values beside it.
    async fn query_whole(&self, sql: String) -> Result<Vec<QueryResult>, DbErr> {
        let rows = sqlx::raw_sql(AssertSqlSafe(sql)).fetch_all(&self.pool);
        let rows = rows.await.map_err(failed)?;
        Ok(rows.into_iter().map(Into::into).collect())
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
        DbBackend::Postgres
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        if self.prepared {
            let done = self.pool.execute(query(&statement, true)).await;
            return done.map(Into::into).map_err(failed);
        }
        let mut alone = self.pool.begin().await.map_err(failed)?;
        let done = alone.execute(query(&statement, false)).await;
        let done = done.map_err(failed)?;
        alone.commit().await.map_err(failed)?;
        Ok(done.into())
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        let sql = AssertSqlSafe(sql.to_owned());
        let done = self.pool.execute(sql).await;
        done.map(Into::into).map_err(failed)
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        let whole = (!self.prepared).then(|| inline::whole(&statement));
        let rows = match whole.flatten() {
            Some(sql) => self.query_whole(sql).await?,
            None => self.query_all_raw(statement).await?,
        };
        Ok(rows.into_iter().next())
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let rows = if self.prepared {
            let rows = self.pool.fetch_all(query(&statement, true)).await;
            rows.map_err(failed)?
        } else {
            let mut alone = self.pool.begin().await.map_err(failed)?;
            let rows = alone.fetch_all(query(&statement, false)).await;
            let rows = rows.map_err(failed)?;
            alone.commit().await.map_err(failed)?;
            rows
        };
        Ok(rows.into_iter().map(Into::into).collect())
    }
}

fn query(statement: &Statement, prepared: bool) -> Query<'_, Postgres, SqlxValues> {
    let values = statement.values.clone().unwrap_or(Values(Vec::new()));
    sqlx::query_with(AssertSqlSafe(statement.sql.as_str()), SqlxValues(values)).persistent(prepared)
}

fn failed(error: sqlx::Error) -> DbErr {
    DbErr::Query(RuntimeErr::SqlxError(Arc::new(error)))
}
