//! Tests of this crate through its public API.

mod binding;
mod limits;
mod people;
mod run;
mod support;
mod token_file;
