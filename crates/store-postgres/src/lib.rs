//! Toolgate's stores on PostgreSQL: grants, pending sign-ins and audit events in the application's
//! own database, shared by any number of processes.
//!
//! ```no_run
//! use toolgate_auth::{Principal, Service, TokenKey, store::Database};
//! use toolgate_store_postgres::PostgresDatabase;
//!
//! # async fn sample() -> Result<(), Box<dyn std::error::Error>> {
//! let database = PostgresDatabase::connect("postgres://app:secret@db.internal/app").await?;
//! assert_eq!(database.describe(), "PostgreSQL database app at db.internal:5432");
//!
//! let tokens = database.token_store().ok_or("PostgreSQL stores tokens")?;
//! let key = TokenKey::new(Principal::for_user("alice")?, Service::google());
//! assert!(tokens.get(&key).await?.row.is_none());
//! # Ok(())
//! # }
//! ```
//!
//! A URL that cannot be used says so without showing itself:
//!
//! ```
//! use toolgate_store_postgres::PostgresDatabase;
//!
//! # async fn sample() {
//! let malformed = PostgresDatabase::builder("postgres://app:hunter/2@db.internal/app");
//! let error = malformed.with_max_connections(4).connect().await.unwrap_err();
//! assert!(error.to_string().contains("percent-encode"));
//! assert!(!error.to_string().contains("hunter"));
//! # }
//! # tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(sample());
//! ```
//!
//! Migrations run under an advisory lock. It works through PgBouncer in transaction mode: no
//! statement needs anything of a session, and unless
//! [`with_prepared_statements`](PostgresDatabaseBuilder::with_prepared_statements) is said, nothing
//! is left in one. TLS is rustls with ring; the URL's `sslmode` says whether it is demanded.
//!
//! What it does not do: seal. A store sees ciphertext; the guard of `toolgate-auth` makes it.

mod connect;
mod database;
mod error;
mod inline;
mod lock;
mod statements;

pub use database::{PostgresDatabase, PostgresDatabaseBuilder};
