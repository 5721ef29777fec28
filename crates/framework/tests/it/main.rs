//! Tests of this crate through its public API.

mod binding;
mod events;
mod limits;
mod people;
mod run;
mod service_account;
mod support;
mod token_file;
mod turns;
