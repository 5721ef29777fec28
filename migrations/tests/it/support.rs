//! Fresh databases, and what stands in them.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use sea_orm::{
    ConnectionTrait as _, DatabaseConnection, DbBackend, SqlxPostgresConnector,
    SqlxSqliteConnector, Statement,
    sqlx::{PgPool, sqlite::SqlitePoolOptions},
};
use tempfile::TempDir;
use toolgate_testkit::{FreshPostgres, fresh_postgres_database};

/// A fresh database and its URL; it goes when this is dropped.
pub(crate) struct Fresh {
    pub(crate) db: DatabaseConnection,
    pub(crate) url: String,
    _folder: Option<TempDir>,
    _server: Option<FreshPostgres>,
}

/// A database of each kind; SQLite alone where there is no PostgreSQL, which is said.
pub(crate) async fn databases(what: &str) -> Vec<Fresh> {
    let folder = TempDir::new().unwrap();
    let url = format!("sqlite://{}/t.db?mode=rwc", folder.path().display());
    let mut databases = vec![Fresh {
        db: connect(&url).await,
        url,
        _folder: Some(folder),
        _server: None,
    }];
    if let Some(server) = fresh_postgres_database(what).await {
        databases.push(Fresh {
            db: connect(server.url()).await,
            url: server.url().to_owned(),
            _folder: None,
            _server: Some(server),
        });
    }
    databases
}

/// By the driver's own pool, as the stores do: sea-orm's `connect` writes the URL, password and
/// all, into a trace span.
pub(crate) async fn connect(url: &str) -> DatabaseConnection {
    if url.starts_with("sqlite:") {
        let options = SqlitePoolOptions::new().max_connections(1);
        SqlxSqliteConnector::from_sqlx_sqlite_pool(options.connect(url).await.unwrap())
    } else {
        SqlxPostgresConnector::from_sqlx_postgres_pool(PgPool::connect(url).await.unwrap())
    }
}

/// Tables and indexes as the database itself describes them, in order.
pub(crate) async fn schema(db: &DatabaseConnection) -> Vec<String> {
    let sql = match db.get_database_backend() {
        DbBackend::Sqlite => {
            "SELECT sql AS line FROM sqlite_master
             WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY 1"
        }
        _ => {
            "SELECT concat_ws(' ', table_name, column_name, data_type, is_nullable,
                collation_name, column_default, is_identity) AS line
             FROM information_schema.columns WHERE table_schema = 'public'
             UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1"
        }
    };
    lines(db, sql).await
}

/// The tables' names, in order.
pub(crate) async fn tables(db: &DatabaseConnection) -> Vec<String> {
    let sql = match db.get_database_backend() {
        DbBackend::Sqlite => {
            "SELECT name AS line FROM sqlite_master
             WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY 1"
        }
        _ => {
            "SELECT table_name::text COLLATE \"C\" AS line FROM information_schema.tables
             WHERE table_schema = 'public' ORDER BY 1"
        }
    };
    lines(db, sql).await
}

/// The columns of a table, in their order.
pub(crate) async fn columns(db: &DatabaseConnection, table: &str) -> Vec<String> {
    let sql = match db.get_database_backend() {
        DbBackend::Sqlite => format!("SELECT name AS line FROM pragma_table_info('{table}')"),
        _ => format!(
            "SELECT column_name::text AS line FROM information_schema.columns
             WHERE table_name = '{table}' ORDER BY ordinal_position"
        ),
    };
    lines(db, &sql).await
}

async fn lines(db: &DatabaseConnection, sql: &str) -> Vec<String> {
    let ask = Statement::from_string(db.get_database_backend(), sql);
    let rows = db.query_all_raw(ask).await.unwrap();
    let line = |row: &sea_orm::QueryResult| row.try_get("", "line").unwrap();
    rows.iter().map(line).collect()
}
