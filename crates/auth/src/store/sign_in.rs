//! Pending sign-ins: one row for each link that was handed out.

use std::fmt::Debug;
use std::time::Duration;

use async_trait::async_trait;

use super::{Sealed, StoreError};
use crate::clock::Timestamp;
use crate::identity::{AccountLabel, Principal};

/// A sign-in that is to be stored. The id itself is never stored, only its hash.
#[derive(Debug, Clone, PartialEq)]
pub struct NewSignIn {
    /// SHA-256 of the id, base64url.
    pub id_hash: String,
    /// For whom.
    pub principal: Principal,
    /// For which of their accounts.
    pub account_label: Option<AccountLabel>,
    /// The OAuth client.
    pub client_id: String,
    /// Where Google sends the browser back to.
    pub redirect_uri: String,
    /// The e-mail address that has to consent.
    pub expected_email: Option<String>,
    /// The Google Workspace domain that has to consent.
    pub expected_domain: Option<String>,
    /// The key's service, `google` or one toolkit's name.
    pub service: String,
    /// The services asked for, for the page.
    pub services: Vec<String>,
    /// The scopes asked for.
    pub scopes: Vec<String>,
    /// The PKCE verifier and the nonce, sealed.
    pub sealed: Sealed,
    /// Where the browser goes when all is done: a path of the application's own.
    pub return_path: Option<String>,
}

/// A stored sign-in.
#[derive(Debug, Clone, PartialEq)]
pub struct SignInRow {
    /// What was asked for.
    pub request: NewSignIn,
    /// SHA-256 of the browser's cookie, once a browser continued.
    pub browser_binding: Option<String>,
    /// When the link was made.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When it was used.
    pub consumed_at: Option<Timestamp>,
}

/// What became of an [`insert`](SignInStore::insert).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignInInsert {
    /// Stored.
    Inserted,
    /// The person has as many open sign-ins as is allowed.
    TooMany,
}

/// Keeps pending sign-ins. Times are the database's.
#[async_trait]
pub trait SignInStore: Send + Sync + Debug {
    /// Stores a sign-in that ends after `ttl`, unless the person (tenant and user) has `max_open`
    /// sign-ins that are neither consumed nor ended. The bound keeps tables small and is not exact:
    /// of calls that meet at the very bound, more than one may be let in.
    ///
    /// # Errors
    /// When the database cannot be asked, or the id hash stands already.
    async fn insert(
        &self,
        sign_in: &NewSignIn,
        ttl: Duration,
        max_open: u32,
    ) -> Result<SignInInsert, StoreError>;

    /// The sign-in with this id hash, used and ended ones included, and the database's time.
    ///
    /// # Errors
    /// When the database cannot be asked, or the row cannot be read.
    async fn get(&self, id_hash: &str) -> Result<Option<(SignInRow, Timestamp)>, StoreError>;

    /// Binds the sign-in to a browser, once: where no binding stands, or this very one, and it is
    /// neither consumed nor ended. Says whether the binding is now this one.
    ///
    /// # Errors
    /// When the database cannot be asked.
    async fn bind_browser(&self, id_hash: &str, binding: &str) -> Result<bool, StoreError>;

    /// Uses the sign-in up, in one statement: where it is bound to this browser and neither
    /// consumed nor ended. `None`: it was not.
    ///
    /// # Errors
    /// When the database cannot be asked, or the row cannot be read.
    async fn consume(&self, id_hash: &str, binding: &str) -> Result<Option<SignInRow>, StoreError>;

    /// Removes every sign-in of one person (tenant and user), open ones included; says how many.
    ///
    /// # Errors
    /// When the database cannot be asked.
    async fn remove_all(&self, principal: &Principal) -> Result<u64, StoreError>;

    /// Removes sign-ins that ended at least `older_than` ago; says how many.
    ///
    /// # Errors
    /// When the database cannot be asked.
    async fn sweep(&self, older_than: Duration) -> Result<u64, StoreError>;
}
