//! The database that an agent binds, and its builder.

use std::{sync::Arc, time::Duration};

use sea_orm::{DatabaseConnection, DbBackend, SqlxPostgresConnector, sqlx::PgPool};
use toolgate_auth::store::{
    AuditStore, Database, MetaStore, NowFn, SessionStore, SignInStore, StoreError, StoreErrorKind,
    TokenStore,
};
use toolgate_migrations::TableNames;
use toolgate_store_sql::{SqlStore, Tables};

use crate::{
    connect::{self, Address},
    error, lock,
    statements::Statements,
};

/// A PostgreSQL database with Toolgate's tables.
#[derive(Debug, Clone)]
pub struct PostgresDatabase {
    store: Arc<SqlStore<Statements>>,
    db: DatabaseConnection,
    description: String,
}

/// How to connect a [`PostgresDatabase`].
#[must_use]
pub struct PostgresDatabaseBuilder {
    source: Source,
    table_name: Option<String>,
    max_connections: u32,
    acquire_timeout: Duration,
    prepared: bool,
    migrate: bool,
    now: Option<NowFn>,
}

enum Source {
    Url(String),
    Given(DatabaseConnection),
}

/// Connections, and whether nobody else uses them.
struct Pool {
    connections: PgPool,
    description: String,
    ours: bool,
}

/// Without the URL, which holds a password.
impl std::fmt::Debug for PostgresDatabaseBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PostgresDatabaseBuilder")
            .field("table_name", &self.table_name)
            .field("max_connections", &self.max_connections)
            .field("acquire_timeout", &self.acquire_timeout)
            .field("prepared", &self.prepared)
            .field("migrate", &self.migrate)
            .finish_non_exhaustive()
    }
}

impl PostgresDatabase {
    /// Connects to the database of a URL, `postgres://user:password@host:5432/name`, and migrates
    /// it where needed.
    ///
    /// # Errors
    /// When the URL is malformed, the server cannot be reached or refuses, or the schema is too
    /// new. The text says what to do, and never shows the URL.
    pub async fn connect(url: impl Into<String>) -> Result<Self, StoreError> {
        Self::builder(url).connect().await
    }

    /// How to connect to the database of a URL.
    pub fn builder(url: impl Into<String>) -> PostgresDatabaseBuilder {
        PostgresDatabaseBuilder::new(Source::Url(url.into()))
    }

    /// Uses a pool of the application's own, with the application's options.
    pub fn from_connection(db: DatabaseConnection) -> PostgresDatabaseBuilder {
        PostgresDatabaseBuilder::new(Source::Given(db))
    }

    /// The connections, for migrations by hand.
    pub fn connection(&self) -> &DatabaseConnection {
        &self.db
    }

    /// Ends all connections. Later calls fail.
    pub async fn close(&self) {
        self.db.get_postgres_connection_pool().close().await;
    }
}

impl PostgresDatabaseBuilder {
    fn new(source: Source) -> Self {
        Self {
            source,
            table_name: None,
            max_connections: 10,
            acquire_timeout: Duration::from_secs(10),
            prepared: false,
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

    /// How many connections are open at most, 10 unless said.
    pub fn with_max_connections(self, max_connections: u32) -> Self {
        Self {
            max_connections: max_connections.max(1),
            ..self
        }
    }

    /// How long to wait for the server, or for one of the connections to become free; 10 seconds
    /// unless said.
    pub fn with_acquire_timeout(self, acquire_timeout: Duration) -> Self {
        Self {
            acquire_timeout,
            ..self
        }
    }

    /// Whether statements stay prepared in the server's sessions: one exchange each instead of
    /// four. Only without a pooler in transaction mode, or with one that keeps track of them
    /// (PgBouncer 1.21 and later with `max_prepared_statements`).
    pub fn with_prepared_statements(self, prepared: bool) -> Self {
        Self { prepared, ..self }
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

    /// Opens the connections alone, whatever the schema is: for migrations by hand.
    ///
    /// # Errors
    /// When the URL is malformed, or the server cannot be reached or refuses.
    pub async fn connection_only(self) -> Result<DatabaseConnection, StoreError> {
        let pool = self.pool().await?.connections;
        Ok(SqlxPostgresConnector::from_sqlx_postgres_pool(pool))
    }

    async fn pool(&self) -> Result<Pool, StoreError> {
        match &self.source {
            Source::Url(url) => {
                let address = Address::parse(url, self.prepared)?;
                let pool = address
                    .open(self.max_connections, self.acquire_timeout)
                    .await?;
                Ok(Pool {
                    connections: pool,
                    description: address.describe(),
                    ours: true,
                })
            }
            Source::Given(db) => Ok(Pool {
                connections: of_postgres(db)?.get_postgres_connection_pool().clone(),
                description: "PostgreSQL (the application's pool)".to_owned(),
                ours: false,
            }),
        }
    }

    /// Connects.
    ///
    /// # Errors
    /// As [`PostgresDatabase::connect`]; also when the table name is none, or the connection given
    /// is not of PostgreSQL.
    pub async fn connect(self) -> Result<PostgresDatabase, StoreError> {
        let names = match &self.table_name {
            Some(name) => TableNames::derived_from(name).map_err(error::schema)?,
            None => TableNames::default(),
        };
        let Pool {
            connections: pool,
            description,
            ours,
        } = self.pool().await?;
        let statements = Statements::new(pool.clone(), self.prepared);
        let db = SqlxPostgresConnector::from_sqlx_postgres_pool(pool);
        let may_tidy = ours && !self.prepared;
        connect::prepare(
            &statements,
            &db,
            &names,
            self.migrate.then_some(lock::Migrating { may_tidy }),
        )
        .await?;
        tracing::debug!(database = description, "connected");
        Ok(PostgresDatabase {
            store: Arc::new(SqlStore::new(statements, tables(&names)).with_now(self.now)),
            db,
            description,
        })
    }
}

fn of_postgres(db: &DatabaseConnection) -> Result<&DatabaseConnection, StoreError> {
    if db.get_database_backend() == DbBackend::Postgres {
        return Ok(db);
    }
    Err(StoreError::new(
        StoreErrorKind::Configuration,
        "the connection is not one of PostgreSQL; use the store of its own database",
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

impl Database for PostgresDatabase {
    fn describe(&self) -> String {
        self.description.clone()
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
}
