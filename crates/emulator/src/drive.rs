//! Drive: the files of all accounts, and Google's methods on them.
//!
//! Written from Drive's discovery document and Google's documentation. Where both are silent: all
//! applications count as one, and `drive.file` shows what any of them made; `drive.file` may put
//! files into the root; a search finds words in native files, text files and Word files; a list
//! without an order shows what was modified last first, and one with `fullText` what says it most
//! often; a group has no members that the emulator knows; what is removed from its only folder goes
//! to its owner's root; the data folder of an application is empty.

mod about;
mod access;
mod changes;
mod comments;
mod create;
mod drives;
mod editing;
mod export;
mod files;
mod matching;
mod methods;
mod moving;
mod native;
mod node;
mod notice;
pub(crate) mod ooxml;
mod order;
mod page;
pub(crate) mod pdf;
mod permissions;
mod plant;
mod query;
mod refused;
mod remove;
mod resource;
mod revisions;
mod sharing;
mod update;
mod world;

pub(crate) use self::methods::{METHODS, default_fields, needs_fields, takes_media};
pub(crate) use self::native::Native;
pub(crate) use self::node::{Role, SLIDES};
pub(crate) use self::plant::check_seed;
pub(crate) use self::world::Drives;

#[cfg(test)]
mod tests;
