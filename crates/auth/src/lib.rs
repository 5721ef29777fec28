//! Identities, sealed OAuth grants and the guard that hands out Google access tokens per user.

mod clock;
mod error;
mod failure;
mod identity;
mod scope;
mod secret;
pub mod sign_in;
pub mod store;

pub use clock::{Clock, Random, SystemClock, SystemRandom, Timestamp, millis, random_256};
pub use error::Error;
pub use failure::{ConsentNeeded, ConsentReason, Failure, FailureKind};
pub use identity::{AccountLabel, PROVIDER, Principal, RowId, Service, TenantId, TokenKey, UserId};
pub use scope::{Requirement, ScopeSet, describe_scope};
pub use secret::{
    AccessToken, AuthorizationCode, BrowserSecret, ClientSecret, Nonce, PkceVerifier, RefreshToken,
    SealingKey,
};
pub use store::{MemoryDatabase, MemoryStore};
