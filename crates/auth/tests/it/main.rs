//! Tests of this crate through its public API, against the emulator.

mod answers;
mod browser;
mod channels;
mod deaf;
mod disconnect;
mod events;
mod failing;
mod guard;
mod memory_store;
mod redaction;
mod refresh;
mod sessions;
mod states;
mod support;
mod token_file;
mod token_file_adoption;
mod token_file_contract;
mod token_file_format;
mod token_file_links;
mod token_file_processes;
mod token_file_python;
mod unsaved;
mod upkeep;
mod watches;
