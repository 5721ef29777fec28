//! Google Sheets tools for LLM agents, per user, on Toolgate.

mod a1;
mod append;
mod book;
mod catalogue;
mod cell;
mod duplicate;
mod error;
mod find;
mod fits;
mod format;
mod grid;
mod hub;
mod read;
mod records;
mod settlement;
mod setup;
mod spreadsheet;
mod tabs;
mod toolkit;
mod window;
mod wire;
mod write;

pub use google_sheets4;
pub use hub::SheetsHub;
pub use toolkit::{LEAST_RESULT_BUDGET, SheetsToolkit};
