//! A loopback Google for tests: OAuth with a consent page and Gmail, driven by Google's discovery documents
mod call;
mod error;
mod gmail;
mod seed;

pub use error::Error;
pub use seed::{Seed, SeedAccount, SeedAttachment, SeedMailbox, SeedMessage};
