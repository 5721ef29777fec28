//! Identities, sealed OAuth grants and the guard that hands out Google access tokens per user.

mod access;
mod accounts;
mod audit;
mod browser;
mod clock;
mod config;
mod disconnect;
mod error;
mod failure;
mod google_auth;
mod grant;
mod guard;
mod id_token;
mod identity;
mod keys;
mod operator;
mod push;
mod scope;
mod seal;
mod secret;
mod sessions;
pub mod sign_in;
pub mod store;
mod upkeep;
mod vault;

pub use access::{Access, Token};
pub use browser::Browser;
pub use clock::{Clock, Random, SystemClock, SystemRandom, Timestamp, millis, random_256};
pub use config::{EnvConfig, Environment, Variable};
pub use disconnect::{DeletedUser, Disconnected, FinishedDisconnects, MissingKey};
pub use error::Error;
pub use failure::{ConsentNeeded, ConsentReason, Failure, FailureKind};
pub use google_auth::{
    AwaitedConsent, BoundGoogleAuth, BoundServiceAccount, Connection, ConsentMark, GoogleAuth,
    GoogleAuthBuilder, GrantTokens, Health, KeptGrant, ToolkitScopes, Waited,
};
pub use grant::{
    Impersonation, OAuthClient, ServiceAccount, ServiceToken, ServiceTokenRequest, ServiceTokens,
};
pub use identity::{
    AccountLabel, PROVIDER, Principal, RowId, Service, SessionId, SessionKey, TenantId, TokenKey,
    UserId,
};
pub use keys::{KeyRing, KeySource};
pub use operator::{
    ExportedGrant, HowToImport, Imported, ImportedGrant, KeptBecause, KeyUse, KeysInUse, Operator,
    Resealed, RotationRecord, TokenDocument,
};
pub use push::{PushChannel, PushChannels};
pub use scope::{Requirement, ScopeSet, describe_scope};
pub use secret::{
    AccessToken, ApiKey, AuthorizationCode, BrowserSecret, ClientSecret, IdToken, Nonce,
    PkceVerifier, RefreshToken, SealingKey,
};
pub use sessions::{HeldSession, ResealedSessions, Session, SessionList, SessionPlace, Sessions};
pub use sign_in::{ExpectedEmail, SignIn, SignInLink, UserVerifier};
pub use store::{MemoryDatabase, MemoryStore, TokenFile};
pub use upkeep::{UpkeepTask, Upkept};
