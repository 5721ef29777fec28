//! The contract between toolkits and whoever runs them, through its public interface.

#![expect(clippy::unwrap_used, reason = "a test's helpers fail the test")]

mod accounts;
mod arguments;
mod binding;
mod consent;
mod dialects;
mod errors;
mod files;
mod hooks;
mod hubs;
mod people;
mod pipeline;
mod post;
mod registry;
mod sample;
mod schemas;
mod selection;
mod token_file;
