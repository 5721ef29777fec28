//! Toolgate's stores on `SQLite`: grants, pending sign-ins and audit events in one file.
//!
//! ```
//! use toolgate_auth::{Principal, Service, TokenKey, store::Database};
//! use toolgate_store_sqlite::SqliteDatabase;
//!
//! # async fn sample() -> Result<(), Box<dyn std::error::Error>> {
//! let folder = tempfile::tempdir()?;
//! let database = SqliteDatabase::open(folder.path().join("toolgate.db")).await?;
//!
//! let tokens = database.token_store().ok_or("SQLite stores tokens")?;
//! let key = TokenKey::new(Principal::for_user("alice")?, Service::google());
//! assert!(tokens.get(&key).await?.row.is_none());
//! # Ok(())
//! # }
//! # tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(sample()).unwrap();
//! ```
//!
//! The file is made with mode 0600 and migrated under a lock, so that several programs may start at
//! once. It is opened with WAL, `synchronous=FULL`, foreign keys and a busy time-out, on several
//! connections. A table name of one's own, the number of connections and leaving migrations to an
//! operator are choices of the builder:
//!
//! ```
//! use toolgate_store_sqlite::SqliteDatabase;
//!
//! # async fn sample() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("app.db");
//! let refused = SqliteDatabase::builder(&path)
//!     .with_table_name("crm_tokens")
//!     .with_max_connections(4)
//!     .migrate(false)
//!     .open()
//!     .await
//!     .unwrap_err();
//! assert!(refused.to_string().contains("cargo xtask migrate up"));
//! # Ok(())
//! # }
//! # tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(sample()).unwrap();
//! ```
//!
//! What it does not do: seal. A store sees ciphertext; the guard of `toolgate-auth` makes it.

mod connect;
mod database;
mod error;
mod statements;

pub use database::{SqliteDatabase, SqliteDatabaseBuilder};
