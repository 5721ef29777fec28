//! The emulator as its clients see it.

mod batches;
mod channels;
mod checks;
mod client;
mod consent;
mod drive;
mod faults;
mod flow;
mod identity;
mod leaks;
mod lost;
mod pages;
mod program;
mod resumable;
mod service_accounts;
mod settings;
mod sheets;
mod slides;
mod tokens;
mod wire;
