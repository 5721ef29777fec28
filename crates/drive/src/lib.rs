//! Google Drive tools for LLM agents, per user, on Toolgate.

mod account;
mod catalogue;
mod create;
mod download;
mod error;
mod formats;
mod hub;
mod look;
mod memory;
mod organise;
mod query;
mod read;
mod search;
mod settlement;
mod setup;
mod sharing;
mod talk;
mod toolkit;
mod tree;
mod upload;
mod view;
mod wire;

pub use google_drive3;
pub use hub::DriveHub;
pub use toolkit::{DriveToolkit, LEAST_RESULT_BUDGET};
