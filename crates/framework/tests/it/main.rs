//! Tests of this crate through its public API.

mod accounts;
mod binding;
mod events;
mod limits;
mod people;
mod run;
mod support;
mod token_file;
mod turns;
