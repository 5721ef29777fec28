//! Google Sheets tools for LLM agents, per user, on Toolgate.

mod a1;
mod book;
mod cell;
mod error;
mod grid;
mod settlement;
mod setup;
mod toolkit;
mod window;
mod wire;

pub use toolkit::{LEAST_RESULT_BUDGET, SheetsToolkit};
