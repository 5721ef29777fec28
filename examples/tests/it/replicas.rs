//! Several processes that share one database: exactly one refresh, whatever befalls its holder.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

mod crash;
mod hooks;
mod outage;
mod pool;
mod process;
mod sessions;
mod stampede;
mod teams;
