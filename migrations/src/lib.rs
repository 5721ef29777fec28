//! The schema of Toolgate's tables, as sea-orm migrations.
//!
//! The tables live in the application's own database, so nothing here touches any other table: the
//! history has a table of its own, all names are chosen at run time ([`TableNames`]), and [`fresh`]
//! drops what is Toolgate's and nothing else. Every change to the schema runs under a lock of the
//! database, since many replicas start at once.
//!
//! ```no_run
//! # async fn sample(db: &sea_orm_migration::sea_orm::DatabaseConnection) -> Result<(), toolgate_migrations::Error> {
//! use toolgate_migrations::{TableNames, status, up};
//!
//! let names = TableNames::default();
//! up(db, &names).await?;
//! assert!(status(db, &names).await?.steps.iter().all(|step| step.applied));
//! # Ok(())
//! # }
//! ```
//!
//! A table name of one's own keeps two installations in one database apart:
//!
//! ```
//! use toolgate_migrations::TableNames;
//!
//! let names = TableNames::derived_from("crm_tokens")?;
//! assert_eq!(names.auth_tokens(), "crm_tokens");
//! assert_eq!(names.sign_ins(), "crm_tokens_sign_ins");
//! assert!(TableNames::derived_from("crm; drop table users").is_err());
//! # Ok::<(), toolgate_migrations::Error>(())
//! ```
//!
//! What it does not do: connect. This crate has no database driver; whoever has a connection of
//! sea-orm passes it in.

mod column;
mod error;
mod m20261123_000001_auth_tokens;
mod m20261123_000002_sign_ins;
mod m20261123_000003_auth_events;
mod m20261129_000004_sessions;
mod migrator;
mod names;
mod run;
mod version;

pub use error::Error;
pub use migrator::Migrator;
pub use names::TableNames;
pub use run::{ADVISORY_LOCK, Status, Step, down, fresh, status, up, up_within};
pub use version::{SCHEMA_VERSION, SchemaVersion, check, read_version};
