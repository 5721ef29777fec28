//! Tests of this crate through its public API.

mod binding;
mod run;
mod support;
