//! Google Slides tools for LLM agents, per user, on Toolgate.

mod arrange;
mod catalogue;
mod create;
mod edit;
mod elements;
mod error;
mod export;
mod find;
mod ids;
mod layouts;
mod list;
mod notes;
mod outline;
mod pages;
mod read;
mod remove;
mod settlement;
mod setup;
mod slides;
mod template;
mod text;
mod thumbnail;
mod toolkit;
mod urls;
mod view;
mod wire;
mod write;

pub use toolkit::{LEAST_RESULT_BUDGET, SlidesToolkit};
