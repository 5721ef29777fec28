//! Where the quickstart keeps its data: a temporary SQLite file, or the database of `--db`.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use toolgate_auth::store::Database;
use toolgate_store_postgres::PostgresDatabase;
use toolgate_store_sqlite::SqliteDatabase;

/// The database's place. It stays the same when the database is closed and opened again.
pub(crate) enum Place {
    Sqlite(PathBuf),
    Postgres(String),
}

impl Place {
    /// What `--db` says; without it a file in a new folder for temporary data, which is kept so
    /// that it can be looked at.
    pub(crate) fn from_arguments() -> anyhow::Result<Self> {
        let mut arguments = lexopt::Parser::from_env();
        let mut db = None;
        while let Some(argument) = arguments.next()? {
            match argument {
                lexopt::Arg::Long("db") => db = Some(arguments.value()?.into_string().ok()),
                other => return Err(other.unexpected().into()),
            }
        }
        match db {
            None => {
                let folder = tempfile::Builder::new()
                    .prefix("toolgate-quickstart-")
                    .tempdir()?;
                Ok(Self::Sqlite(folder.keep().join("toolgate.db")))
            }
            Some(None) => anyhow::bail!("the value of --db is not text"),
            Some(Some(url)) if url.starts_with("postgres") => Ok(Self::Postgres(url)),
            Some(Some(path)) => Ok(Self::Sqlite(path.into())),
        }
    }

    /// Opens the database; its tables are made if they are not there.
    pub(crate) async fn open(&self) -> anyhow::Result<Arc<dyn Database>> {
        match self {
            Self::Sqlite(path) => {
                let database = SqliteDatabase::open(path).await;
                Ok(Arc::new(
                    database.context("the SQLite file could not be opened")?,
                ))
            }
            Self::Postgres(url) => {
                let database = PostgresDatabase::connect(url).await;
                Ok(Arc::new(database.context("PostgreSQL could not be used")?))
            }
        }
    }
}
