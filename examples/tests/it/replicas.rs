//! Several processes that share one database: exactly one refresh, whatever befalls its holder, and an
//! end that holds in all of them.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

mod crash;
mod endings;
mod hooks;
mod outage;
mod pool;
mod process;
mod sessions;
mod stampede;
mod teams;
