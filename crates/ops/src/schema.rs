//! A database's schema, and what is done to it.

use sea_orm::DatabaseConnection;
use toolgate_migrations::{Status, TableNames};
use toolgate_store_postgres::PostgresDatabase;
use toolgate_store_sqlite::SqliteDatabase;

use crate::database_url::Location;
use crate::error::ErrorKind;
use crate::{DatabaseUrl, Error};

/// An open database, looked at by its schema alone.
///
/// Each change runs under the database's lock, so that it may be made while replicas start.
#[derive(Debug)]
pub struct Schema {
    url: DatabaseUrl,
    db: DatabaseConnection,
    names: TableNames,
}

impl Schema {
    /// Connects. An `SQLite` file that is not there is made, empty.
    ///
    /// # Errors
    /// When the database cannot be reached, or refuses.
    pub async fn open(url: &DatabaseUrl) -> Result<Self, Error> {
        tracing::debug!(database = %url, "connecting");
        let db = match url.location() {
            Location::Sqlite(path) => SqliteDatabase::builder(path).connection_only().await?,
            Location::Postgres(url) => {
                PostgresDatabase::builder(url.expose())
                    .connection_only()
                    .await?
            }
        };
        Ok(Self {
            url: url.clone(),
            db,
            names: TableNames::default(),
        })
    }

    /// Connects to a database that is there: nothing is made.
    ///
    /// # Errors
    /// As [`Schema::open`]; also when there is no such `SQLite` file.
    pub async fn open_existing(url: &DatabaseUrl) -> Result<Self, Error> {
        match url.location() {
            Location::Sqlite(path) if !path.exists() => {
                let path = std::path::absolute(path).unwrap_or_else(|_| path.clone());
                Err(ErrorKind::NoFile(path).into())
            }
            _ => Self::open(url).await,
        }
    }

    /// Looks at tables of another name than `auth_tokens`; the others' names follow from it.
    ///
    /// # Errors
    /// When it cannot be a table's name.
    pub fn with_table_name(self, auth_tokens: &str) -> Result<Self, Error> {
        Ok(Self {
            names: TableNames::derived_from(auth_tokens)?,
            ..self
        })
    }

    /// Applies what is pending, and returns the names of what was applied.
    ///
    /// # Errors
    /// When a newer Toolgate made the schema, or the database cannot be asked or refuses.
    pub async fn up(&self) -> Result<Vec<String>, Error> {
        let before = self.applied().await?;
        self.bring_up().await?;
        let after = self.applied().await?;
        let applied = without(after, &before);
        tracing::info!(?applied, "migrated");
        Ok(applied)
    }

    /// Takes back the last migrations, and returns their names, the last first. What the tables
    /// held is gone.
    ///
    /// # Errors
    /// When a newer Toolgate made the schema, or the database cannot be asked or refuses.
    pub async fn down(&self, steps: u32) -> Result<Vec<String>, Error> {
        let before = self.applied().await?;
        toolgate_migrations::down(&self.db, &self.names, Some(steps)).await?;
        let after = self.applied().await?;
        let mut taken_back = without(before, &after);
        taken_back.reverse();
        tracing::info!(?taken_back, "migrations taken back");
        Ok(taken_back)
    }

    /// Drops Toolgate's tables with **all consents in them**, applies every migration, and returns
    /// their names. No other table is touched.
    ///
    /// # Errors
    /// When the database cannot be asked or refuses.
    pub async fn fresh(&self) -> Result<Vec<String>, Error> {
        toolgate_migrations::fresh(&self.db, &self.names).await?;
        tracing::info!("tables made anew");
        self.applied().await
    }

    /// How the database stands. Changes nothing.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn status(&self) -> Result<Status, Error> {
        Ok(toolgate_migrations::status(&self.db, &self.names).await?)
    }

    /// The tables' names, as in "these are dropped".
    pub fn tables(&self) -> [&str; 6] {
        self.names.all()
    }

    /// PostgreSQL's store knows how to migrate through a pooler.
    async fn bring_up(&self) -> Result<(), Error> {
        match self.url.location() {
            Location::Sqlite(_) => toolgate_migrations::up(&self.db, &self.names).await?,
            Location::Postgres(url) => {
                let checked = toolgate_migrations::check(&self.db, &self.names).await;
                checked.map(drop).or_else(unless_too_new)?;
                PostgresDatabase::builder(url.expose())
                    .with_table_name(self.names.auth_tokens())
                    .connect()
                    .await?
                    .close()
                    .await;
            }
        }
        Ok(())
    }

    async fn applied(&self) -> Result<Vec<String>, Error> {
        let steps = self.status().await?.steps.into_iter();
        Ok(steps
            .filter_map(|step| step.applied.then_some(step.name))
            .collect())
    }
}

fn unless_too_new(error: toolgate_migrations::Error) -> Result<(), Error> {
    if error.is_schema_too_new() {
        return Err(error.into());
    }
    Ok(())
}

fn without(names: Vec<String>, others: &[String]) -> Vec<String> {
    names
        .into_iter()
        .filter(|name| !others.contains(name))
        .collect()
}
