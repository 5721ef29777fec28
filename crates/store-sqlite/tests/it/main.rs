//! Tests of the SQLite stores.

mod agreement;
mod contract;
mod opening;
mod processes;
