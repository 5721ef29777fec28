//! What operators of Toolgate do, as a library: a database's schema is brought up, taken back,
//! looked at or made anew ([`Schema`]); grants come from `token.json` and from agno's database and go
//! back there ([`AgnoImport`], [`AgnoExport`], [`import_token_json`], [`export_token_json`]); rows are
//! sealed under a new key ([`Rotation`]); people are disconnected and deleted ([`Users`]); a whole set-up
//! is looked through ([`Doctor`]).
//!
//! ```
//! use toolgate_ops::{DatabaseUrl, Schema};
//!
//! # async fn sample() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("toolgate.db").display().to_string();
//! let url = DatabaseUrl::parse(&format!("sqlite://{path}"))?;
//! let schema = Schema::open(&url).await?;
//! let applied = schema.up().await?;
//! assert!(!applied.is_empty());
//! assert!(schema.status().await?.steps.iter().all(|step| step.applied));
//! # Ok(())
//! # }
//! # tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(sample())?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! An address that is none is refused with words on what a good one looks like, and without the
//! password it may hold:
//!
//! ```
//! use toolgate_ops::DatabaseUrl;
//!
//! let error = DatabaseUrl::parse("mysql://root:hunter2@localhost/app").unwrap_err();
//! assert!(error.is_invalid_url());
//! assert!(error.to_string().contains("postgres://USER:PASSWORD@HOST/DATABASE"));
//! assert!(!error.to_string().contains("hunter2"));
//! ```
//!
//! What it does not do: print, or read arguments. `cargo xtask migrate`, `import`, `export`, `keys`,
//! `users` and `doctor` do, and are thin over this.

mod agno;
mod database_url;
mod doctor;
mod error;
mod keys;
mod private_file;
mod report;
mod schema;
mod storage;
mod token_json;
mod users;

pub use agno::{AgnoExport, AgnoImport, AgnoTable, FernetKeys};
pub use database_url::DatabaseUrl;
pub use doctor::{Doctor, Finding, Level};
pub use error::Error;
pub use keys::{Rotated, Rotation};
pub use report::{RowOutcome, RowReport};
pub use schema::Schema;
pub use storage::Storage;
pub use token_json::{export_token_json, import_token_json, read_token_json};
pub use toolgate_migrations::{SchemaVersion, Status, Step};
pub use users::Users;
