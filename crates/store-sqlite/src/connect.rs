//! Opening the file and preparing its schema.

use std::{io, path::Path, time::Duration};

use sea_orm::{
    DatabaseConnection, SqlxSqliteConnector,
    sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
    sqlx::{self, ConnectOptions as _},
};
use tokio::fs::{self, OpenOptions};
use toolgate_auth::store::StoreError;
use toolgate_migrations::{TableNames, check, up};

use crate::error;

/// How long a statement waits for another connection's write.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// Opens the file, which is made first if need be.
pub(crate) async fn file(path: &Path, connections: u32) -> Result<DatabaseConnection, StoreError> {
    make(path).await?;
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(false)
        .journal_mode(SqliteJournalMode::Wal);
    let pool = SqlitePoolOptions::new()
        .max_connections(connections)
        .connect_with(common(options))
        .await
        .map_err(|error| error::opening(path, &error))?;
    Ok(SqlxSqliteConnector::from_sqlx_sqlite_pool(pool))
}

/// One connection that is never given up: the rows live as long as it does.
pub(crate) async fn memory() -> Result<DatabaseConnection, StoreError> {
    let place = Path::new("in memory");
    let options: SqliteConnectOptions = "sqlite::memory:"
        .parse()
        .map_err(|error: sqlx::Error| error::opening(place, &error))?;
    let pool = SqlitePoolOptions::new()
        .min_connections(1)
        .max_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .connect_with(common(options))
        .await
        .map_err(|error| error::opening(place, &error))?;
    Ok(SqlxSqliteConnector::from_sqlx_sqlite_pool(pool))
}

/// Statements are not logged: they hold what is stored.
fn common(options: SqliteConnectOptions) -> SqliteConnectOptions {
    options
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        .disable_statement_logging()
}

/// Checks the schema and brings it up to date where that is wanted.
pub(crate) async fn prepare(
    db: &DatabaseConnection,
    names: &TableNames,
    migrate: bool,
) -> Result<(), StoreError> {
    match check(db, names).await {
        Err(older) if older.is_schema_too_old() && migrate => {
            up(db, names).await.map_err(error::schema)?;
            check(db, names).await.map_err(error::schema)?;
            Ok(())
        }
        other => other.map(drop).map_err(error::schema),
    }
}

/// Makes an empty file that only its owner can read, unless one is there. `SQLite` gives the files
/// beside it the same mode.
async fn make(path: &Path) -> Result<(), StoreError> {
    match fs::metadata(path).await {
        Ok(found) if found.is_dir() => return Err(error::is_folder(path)),
        Ok(found) if found.permissions().readonly() => return Err(error::read_only(path)),
        Ok(_) => return Ok(()),
        Err(missing) if missing.kind() == io::ErrorKind::NotFound => {}
        Err(other) => return Err(error::unreachable(path, other)),
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    options.mode(0o600);
    match options.open(path).await {
        // Another process may have been quicker.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(error::no_folder(path)),
        Err(error) => Err(error::unreachable(path, error)),
        Ok(_) => Ok(()),
    }
}
