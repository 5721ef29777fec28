//! Tests of this crate through its public API.

mod binding;
mod broken;
mod events;
mod limits;
mod people;
mod resuming;
mod run;
mod sessions;
mod support;
mod token_file;
mod turns;
mod waiting;
