//! Tests of the SQLite stores.

mod contract;
mod opening;
mod processes;
