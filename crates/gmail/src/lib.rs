//! Gmail tools for LLM agents, per user, on Toolgate.

mod compose;
mod draft;
mod error;
mod message;
mod mime;
mod page;
mod search;
mod thread;
mod toolkit;
mod view;
mod wire;

pub use toolkit::{GmailToolkit, LEAST_RESULT_BUDGET};
