//! The queries that Toolgate's SQL stores share. Internal plumbing: use `toolgate-store-sqlite` or
//! `toolgate-store-postgres`.
//!
//! [`SqlStore`] implements every storage trait of `toolgate-auth` once, over any connection of
//! sea-orm and over table names that are run-time values. Each operation is one statement, so a
//! lost race is a statement that changed nothing. It has no driver, reads no URL and takes no lock;
//! that is what the two stores add.
//!
//! ```
//! use toolgate_store_sql::{SqlStore, Tables};
//!
//! /// What a store of another database would do with a connection of its own.
//! fn over(db: sea_orm::DatabaseConnection) -> SqlStore<sea_orm::DatabaseConnection> {
//!     SqlStore::new(db, Tables {
//!         auth_tokens: "auth_tokens".to_owned(),
//!         sign_ins: "sign_ins".to_owned(),
//!         auth_events: "auth_events".to_owned(),
//!         sessions: "agent_sessions".to_owned(),
//!         meta: "toolgate_meta".to_owned(),
//!     })
//! }
//! let store = over(sea_orm::DatabaseConnection::default());
//! assert!(format!("{store:?}").starts_with("SqlStore"));
//! ```

mod audit;
mod condition;
mod convert;
mod fault;
mod meta;
mod moment;
mod sessions;
mod sign_ins;
mod store;
mod tokens;

pub use fault::Fault;
pub use store::{Connection, SqlStore, Tables};
