//! Google Sheets tools for LLM agents, per user, on Toolgate.

mod a1;
mod cell;
