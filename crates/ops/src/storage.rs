//! A database with Toolgate's tables, as an operator opens it.

use std::sync::Arc;

use toolgate_auth::store::Database;
use toolgate_auth::{KeySource, Operator};
use toolgate_store_postgres::PostgresDatabase;
use toolgate_store_sqlite::SqliteDatabase;

use crate::database_url::Location;
use crate::error::ErrorKind;
use crate::{DatabaseUrl, Error};

/// An open database. Its schema has to be there: nothing is made and nothing migrated.
#[derive(Debug, Clone)]
pub struct Storage {
    database: Arc<dyn Database>,
}

impl Storage {
    /// Opens a database that is there.
    ///
    /// # Errors
    /// When there is none, its schema is another version's, or it cannot be reached.
    pub async fn open(url: &DatabaseUrl) -> Result<Self, Error> {
        Self::open_with(url, None).await
    }

    /// The same with tables of another name than `auth_tokens`.
    ///
    /// # Errors
    /// As [`Storage::open`], and when it cannot be a table's name.
    pub async fn open_with(url: &DatabaseUrl, table: Option<&str>) -> Result<Self, Error> {
        let database: Arc<dyn Database> = match url.location() {
            Location::Sqlite(path) if !path.exists() => {
                let path = std::path::absolute(path).unwrap_or_else(|_| path.clone());
                return Err(ErrorKind::NoFile(path).into());
            }
            Location::Sqlite(path) => {
                let mut builder = SqliteDatabase::builder(path).migrate(false);
                if let Some(table) = table {
                    builder = builder.with_table_name(table);
                }
                Arc::new(builder.open().await?)
            }
            Location::Postgres(url) => {
                let mut builder = PostgresDatabase::builder(url.expose()).migrate(false);
                if let Some(table) = table {
                    builder = builder.with_table_name(table);
                }
                Arc::new(builder.connect().await?)
            }
        };
        Ok(Self { database })
    }

    /// What a program binds.
    pub fn database(&self) -> &dyn Database {
        &*self.database
    }

    /// The same for what holds on to it.
    pub fn shared_database(&self) -> Arc<dyn Database> {
        Arc::clone(&self.database)
    }

    /// The operator's door to its grants.
    ///
    /// # Errors
    /// When a key is missing or does not fit.
    pub async fn operator(&self, keys: &KeySource) -> Result<Operator, Error> {
        Ok(Operator::open(&*self.database, keys).await?)
    }
}
