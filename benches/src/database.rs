//! The databases, and the pools beneath them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::Context as _;
use sea_orm::sqlx::{
    AssertSqlSafe, Connection as _, Executor as _, PgConnection, PgPool, SqlitePool,
};
use tempfile::TempDir;
use toolgate_auth::store::{Database, TokenStore};
use toolgate_store_postgres::PostgresDatabase;
use toolgate_store_sqlite::SqliteDatabase;
use url::Url;

/// How many databases this process has made.
static MADE: AtomicU32 = AtomicU32::new(0);

/// A PostgreSQL server on which databases may be made.
pub(crate) struct Server(Url);

impl Server {
    #[expect(
        clippy::disallowed_methods,
        reason = "a program of our own is told by its environment where PostgreSQL is"
    )]
    pub(crate) fn of_the_environment() -> anyhow::Result<Self> {
        let url = std::env::var("DATABASE_URL").context("DATABASE_URL names no PostgreSQL")?;
        let url = url.parse().ok();
        url.map(Self).context("DATABASE_URL is malformed")
    }

    async fn run(&self, statement: String) -> anyhow::Result<()> {
        let mut connection = PgConnection::connect(self.0.as_str()).await?;
        connection.execute(AssertSqlSafe(statement)).await?;
        Ok(connection.close().await?)
    }
}

/// A database for one benchmark, with Toolgate's tables.
pub(crate) struct Place<'a> {
    pub(crate) database: Box<dyn Database>,
    pub(crate) pool: Pool,
    held: Held<'a>,
}

/// The pool that Toolgate uses, for the bare statements.
#[derive(Clone)]
pub(crate) enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

enum Held<'a> {
    Folder(TempDir),
    Database(&'a Server, String),
}

impl<'a> Place<'a> {
    /// An `SQLite` file with the options that Toolgate gives it.
    pub(crate) async fn sqlite() -> anyhow::Result<Self> {
        // Beside what is built, since a folder for temporary files may be in memory.
        let beside = std::env::current_exe()?;
        let beside = beside.parent().context("this program is in no folder")?;
        let folder = TempDir::new_in(beside)?;
        let database = SqliteDatabase::open(folder.path().join("bench.db")).await?;
        let pool = database.connection().get_sqlite_connection_pool().clone();
        Ok(Self {
            database: Box::new(database),
            pool: Pool::Sqlite(pool),
            held: Held::Folder(folder),
        })
    }

    /// A PostgreSQL database. Prepared statements are kept, or not: as behind a pooler, where
    /// nothing may be left in a session.
    pub(crate) async fn postgres(server: &'a Server, prepared: bool) -> anyhow::Result<Self> {
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let name = format!("toolgate_bench_{}_{number}", std::process::id());
        server.run(format!("CREATE DATABASE {name}")).await?;
        let mut url = server.0.clone();
        url.set_path(&name);
        let database = PostgresDatabase::builder(url)
            .with_prepared_statements(prepared)
            .connect()
            .await?;
        let pool = database.connection().get_postgres_connection_pool().clone();
        Ok(Self {
            database: Box::new(database),
            pool: Pool::Postgres(pool),
            held: Held::Database(server, name),
        })
    }

    pub(crate) fn tokens(&self) -> anyhow::Result<Arc<dyn TokenStore>> {
        self.database.token_store().context("no token storage")
    }

    /// Ends the connections and removes everything.
    pub(crate) async fn remove(self) -> anyhow::Result<()> {
        match self.pool {
            Pool::Sqlite(pool) => pool.close().await,
            Pool::Postgres(pool) => pool.close().await,
        }
        match self.held {
            Held::Folder(folder) => Ok(folder.close()?),
            Held::Database(server, name) => {
                server
                    .run(format!("DROP DATABASE {name} WITH (FORCE)"))
                    .await
            }
        }
    }
}
