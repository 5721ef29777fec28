//! A loopback Google for tests: OAuth with a consent page and Gmail, driven by Google's discovery
//! documents.
mod api;
mod batch;
mod builder;
mod call;
mod control;
mod discovery;
mod dispatch;
mod emulator;
mod error;
mod exchange;
mod faults;
mod gmail;
mod multipart;
mod oauth;
mod person;
mod random;
mod record;
mod refusal;
mod seed;
mod server;
mod state;
mod tls;

pub use builder::EmulatorBuilder;
pub use emulator::Emulator;
pub use error::Error;
pub use faults::{FaultAction, FaultMatch, FaultPoint, FaultRule, FaultStatus, Faults};
pub use oauth::{ClientKind, ClientSeed};
pub use person::{Page, Person};
pub use record::RecordedRequest;
pub use seed::{Seed, SeedAccount, SeedAttachment, SeedMailbox, SeedMessage};
