//! Contract suite for Toolgate's stores, what every tool is held to, parity with agno's tools, results
//! held against their schemas, fake clock, log capture and a real browser. A dev-dependency only.
//!
//! Whoever writes a store runs the suite over it: one named test for each sentence of the contract,
//! each on a fresh database.
//!
//! ```
//! use toolgate_auth::{MemoryDatabase, store::NowFn};
//! use toolgate_testkit::Fixture;
//!
//! /// A fresh database that runs on the given time, or on its own.
//! async fn fresh(now: Option<NowFn>) -> Option<Fixture> {
//!     let database = match now {
//!         Some(now) => MemoryDatabase::new().with_now(now),
//!         None => MemoryDatabase::new(),
//!     };
//!     Some(Fixture::new(database))
//! }
//!
//! toolgate_testkit::database_suite!(fresh);
//! # fn main() {}
//! ```
//!
//! A factory that returns `None` skips its tests, which it has to say: see `postgres_url`. The
//! cases are public functions too ([`cases`]), for a store that keeps only some of the contracts.

#![expect(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "test helpers fail the test"
)]

#[cfg(feature = "browser")]
mod browser;
pub mod cases;
mod clock;
mod conforms;
mod environment;
mod fixture;
mod logs;
#[cfg(feature = "postgres")]
mod own_postgres;
pub mod parity;
#[cfg(feature = "postgres")]
mod postgres;
mod processes;
pub mod sample;
pub mod sequence;
mod suite;
#[cfg(feature = "tools")]
pub mod tools;
mod wraps;

#[cfg(feature = "browser")]
pub use browser::{Browser, View};
pub use clock::FakeClock;
pub use conforms::violations;
pub use environment::{agno_python, postgres_url, python};
pub use fixture::Fixture;
pub use logs::LogCapture;
#[cfg(feature = "postgres")]
pub use own_postgres::{OwnPostgres, own_postgres_server};
#[cfg(feature = "postgres")]
pub use postgres::{FreshPostgres, fresh_postgres_database};
pub use processes::{Worker, hear, process_argument, run_at_once, say};
#[doc(hidden)]
pub use suite::assert_complete;
pub use wraps::Wraps;
