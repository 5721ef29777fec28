//! Tests of this crate through its public API, against the emulator.

mod answers;
mod browser;
mod deaf;
mod disconnect;
mod events;
mod failing;
mod guard;
mod memory_store;
mod redaction;
mod refresh;
mod states;
mod support;
mod unsaved;
mod upkeep;
