//! The database that an agent binds, and its builder.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    sync::Arc,
};

use sea_orm::{DatabaseConnection, DbBackend};
use toolgate_auth::store::{
    AuditStore, Database, MetaStore, NowFn, SessionStore, SignInStore, StoreError, StoreErrorKind,
    TokenStore,
};
use toolgate_migrations::TableNames;
use toolgate_store_sql::{SqlStore, Tables};

use crate::{connect, error, statements::Statements};

/// An `SQLite` file (or memory) with Toolgate's tables.
#[derive(Debug, Clone)]
pub struct SqliteDatabase {
    store: Arc<SqlStore<Statements>>,
    db: DatabaseConnection,
    place: Place,
}

/// Where the rows are.
#[derive(Debug, Clone)]
enum Place {
    File(PathBuf),
    Memory,
    Given,
}

/// How to open a [`SqliteDatabase`].
#[must_use]
pub struct SqliteDatabaseBuilder {
    source: Source,
    table_name: Option<String>,
    max_connections: u32,
    migrate: bool,
    now: Option<NowFn>,
}

enum Source {
    File(PathBuf),
    Memory,
    Given(DatabaseConnection),
}

impl std::fmt::Debug for SqliteDatabaseBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SqliteDatabaseBuilder")
            .field("table_name", &self.table_name)
            .field("max_connections", &self.max_connections)
            .field("migrate", &self.migrate)
            .finish_non_exhaustive()
    }
}

impl SqliteDatabase {
    /// Opens a file, making and migrating it where needed.
    ///
    /// # Errors
    /// When the folder is not there, the file cannot be made, read or written or is no database, or
    /// its schema is too new. The text says what to do.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        Self::builder(path).open().await
    }

    /// A database in memory, gone when it is dropped.
    ///
    /// # Errors
    /// When `SQLite` cannot be started.
    pub async fn in_memory() -> Result<Self, StoreError> {
        SqliteDatabaseBuilder::in_memory().open().await
    }

    /// How to open a file.
    pub fn builder(path: impl AsRef<Path>) -> SqliteDatabaseBuilder {
        SqliteDatabaseBuilder::new(Source::File(path.as_ref().to_owned()))
    }

    /// Uses a connection of the application's own. Its options (WAL, busy time-out, how many
    /// connections) are the application's too.
    pub fn from_connection(db: DatabaseConnection) -> SqliteDatabaseBuilder {
        SqliteDatabaseBuilder::new(Source::Given(db))
    }

    /// The connection, for migrations by hand.
    pub fn connection(&self) -> &DatabaseConnection {
        &self.db
    }

    /// Ends all connections, and with them the write-ahead log. Later calls fail.
    ///
    /// # Errors
    /// When the database cannot be closed.
    pub async fn close(&self) -> Result<(), StoreError> {
        let closed = self.connection().close_by_ref().await;
        closed.map_err(|error| {
            toolgate_store_sql::Fault::of(&error).while_doing("closing the database")
        })
    }
}

impl SqliteDatabaseBuilder {
    /// How to open a database in memory.
    pub fn in_memory() -> Self {
        Self::new(Source::Memory)
    }

    fn new(source: Source) -> Self {
        Self {
            source,
            table_name: None,
            max_connections: 8,
            migrate: true,
            now: None,
        }
    }

    /// What the table of grants is called, `auth_tokens` unless said; the other tables' names
    /// follow from it, see [`TableNames`].
    pub fn with_table_name(self, name: impl Into<String>) -> Self {
        Self {
            table_name: Some(name.into()),
            ..self
        }
    }

    /// How many connections are open at most, 8 unless said. Memory has one, whatever is said.
    pub fn with_max_connections(self, max_connections: u32) -> Self {
        Self {
            max_connections: max_connections.max(1),
            ..self
        }
    }

    /// Whether an older schema (or none) is migrated, as it is unless said. Otherwise it is
    /// refused.
    pub fn migrate(self, migrate: bool) -> Self {
        Self { migrate, ..self }
    }

    /// A time of one's own in place of the database's, for tests.
    pub fn with_now(self, now: NowFn) -> Self {
        Self {
            now: Some(now),
            ..self
        }
    }

    /// Opens the connection alone, whatever the schema is: for migrations by hand.
    ///
    /// # Errors
    /// When the folder is not there, or the file cannot be made, read or written.
    pub async fn connection_only(self) -> Result<DatabaseConnection, StoreError> {
        let (db, _) = self.source.connect(self.max_connections).await?;
        Ok(db)
    }

    /// Opens the database.
    ///
    /// # Errors
    /// As [`SqliteDatabase::open`]; also when the table name is none, or the connection given is
    /// not of `SQLite`.
    pub async fn open(self) -> Result<SqliteDatabase, StoreError> {
        let names = match &self.table_name {
            Some(name) => TableNames::derived_from(name).map_err(error::schema)?,
            None => TableNames::default(),
        };
        let (db, place) = self.source.connect(self.max_connections).await?;
        connect::prepare(&db, &names, self.migrate).await?;
        let statements = Statements::new(db.get_sqlite_connection_pool().clone());
        let store = SqlStore::new(statements, tables(&names)).with_now(self.now);
        let database = SqliteDatabase {
            store: Arc::new(store),
            db,
            place,
        };
        tracing::debug!(database = database.describe(), "open");
        Ok(database)
    }
}

impl Source {
    async fn connect(self, connections: u32) -> Result<(DatabaseConnection, Place), StoreError> {
        Ok(match self {
            Self::File(path) => {
                let path = std::path::absolute(&path).unwrap_or(path);
                let db = connect::file(&path, connections).await?;
                (db, Place::File(path))
            }
            Self::Memory => (connect::memory().await?, Place::Memory),
            Self::Given(db) => (of_sqlite(db)?, Place::Given),
        })
    }
}

fn of_sqlite(db: DatabaseConnection) -> Result<DatabaseConnection, StoreError> {
    if db.get_database_backend() == DbBackend::Sqlite {
        return Ok(db);
    }
    Err(StoreError::new(
        StoreErrorKind::Configuration,
        "the connection is not one of SQLite; use the store of its own database",
    ))
}

fn tables(names: &TableNames) -> Tables {
    Tables {
        auth_tokens: names.auth_tokens().to_owned(),
        sign_ins: names.sign_ins().to_owned(),
        auth_events: names.auth_events().to_owned(),
        sessions: names.sessions().to_owned(),
        meta: names.meta().to_owned(),
    }
}

impl Database for SqliteDatabase {
    fn describe(&self) -> String {
        match &self.place {
            Place::File(path) => format!("SQLite file {}", path.display()),
            Place::Memory => "SQLite in memory (lost when the program ends)".to_owned(),
            Place::Given => "SQLite (the application's connection)".to_owned(),
        }
    }

    fn token_store(&self) -> Option<Arc<dyn TokenStore>> {
        Some(Arc::<SqlStore<Statements>>::clone(&self.store))
    }

    fn sign_in_store(&self) -> Option<Arc<dyn SignInStore>> {
        Some(Arc::<SqlStore<Statements>>::clone(&self.store))
    }

    fn session_store(&self) -> Option<Arc<dyn SessionStore>> {
        Some(Arc::<SqlStore<Statements>>::clone(&self.store))
    }

    fn audit_store(&self) -> Option<Arc<dyn AuditStore>> {
        Some(Arc::<SqlStore<Statements>>::clone(&self.store))
    }

    fn meta_store(&self) -> Option<Arc<dyn MetaStore>> {
        Some(Arc::<SqlStore<Statements>>::clone(&self.store))
    }

    /// `<path>.key`, beside the file.
    fn default_key_file(&self) -> Option<PathBuf> {
        let Place::File(path) = &self.place else {
            return None;
        };
        let mut name = OsString::from(path);
        name.push(".key");
        Some(PathBuf::from(name))
    }

    fn is_ephemeral(&self) -> bool {
        matches!(self.place, Place::Memory)
    }

    fn allows_plaintext(&self) -> bool {
        true
    }
}
