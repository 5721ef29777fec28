//! The databases that a site may be over.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::sync::Arc;

use toolgate_auth::MemoryDatabase;
use toolgate_auth::store::{Database, NowFn};
use toolgate_store_postgres::PostgresDatabase;
use toolgate_store_sqlite::SqliteDatabaseBuilder;
use toolgate_testkit::{FreshPostgres, fresh_postgres_database};

/// A database that people have.
#[derive(Debug, Clone)]
pub(crate) enum Kind {
    Memory,
    Sqlite,
    /// It is dropped with this value.
    Postgres(Arc<FreshPostgres>),
}

impl Kind {
    /// A fresh database on PostgreSQL; none where there is no server.
    pub(crate) async fn postgres(what: &str) -> Option<Self> {
        let fresh = fresh_postgres_database(what).await?;
        Some(Self::Postgres(Arc::new(fresh)))
    }

    /// Opens it, with this for its time.
    pub(crate) async fn open(&self, now: NowFn) -> Arc<dyn Database> {
        match self {
            Self::Memory => Arc::new(MemoryDatabase::new().with_now(now)),
            Self::Sqlite => {
                let database = SqliteDatabaseBuilder::in_memory()
                    .with_now(now)
                    .open()
                    .await;
                Arc::new(database.unwrap())
            }
            Self::Postgres(fresh) => {
                let builder = PostgresDatabase::builder(fresh.url());
                let database = builder.with_now(now).with_max_connections(4).connect();
                Arc::new(database.await.unwrap())
            }
        }
    }
}
