//! Toolgate's stored grants as the token storage of a [`yup_oauth2`] authenticator, for a program that
//! uses the generated Google crates, whose hubs take one.
//!
//! [`GrantStorage`] is one person's grant. It serves what the person consented to through Toolgate, and
//! refreshes it as everything of Toolgate's does: once, however many processes share it. [`NoFlow`]
//! stands in the place of yup-oauth2's own sign-in.
//!
//! ```
//! use toolgate_auth::{GoogleAuth, MemoryDatabase, OAuthClient, Principal, Service};
//! use toolgate_yup_oauth2::{GrantStorage, NoFlow};
//! use yup_oauth2::{ApplicationSecret, InstalledFlowAuthenticator, InstalledFlowReturnMethod};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! const SCOPE: &str = "https://www.googleapis.com/auth/gmail.readonly";
//! let google = GoogleAuth::builder(OAuthClient::new("id.apps.googleusercontent.com")).build()?;
//! let google = google.bind(&MemoryDatabase::new(), Service::google(), Vec::new()).await?;
//! let alice = Principal::for_user("alice")?;
//!
//! // The same OAuth client as Toolgate's.
//! let secret = ApplicationSecret {
//!     client_id: "id.apps.googleusercontent.com".to_owned(),
//!     auth_uri: "https://accounts.google.com/o/oauth2/v2/auth".to_owned(),
//!     token_uri: "https://oauth2.googleapis.com/token".to_owned(),
//!     ..ApplicationSecret::default()
//! };
//! let authenticator =
//!     InstalledFlowAuthenticator::builder(secret, InstalledFlowReturnMethod::Interactive)
//!         .with_storage(Box::new(GrantStorage::new(&google, &alice)?))
//!         .flow_delegate(Box::new(NoFlow))
//!         .build()
//!         .await?;
//! // Alice has not signed in through Toolgate yet, and nothing else signs her in.
//! assert!(authenticator.token(&[SCOPE]).await.is_err());
//! # Ok(())
//! # }
//! ```
//!
//! # What yup-oauth2 does not promise
//!
//! What is true of Toolgate's own sign-in and refresh is not true of what yup-oauth2 (12.1) does by
//! itself. Each of these was seen; the tests of this crate show those that a storage has to do with.
//!
//! - **Its sign-in has neither PKCE nor a state**: whoever can make a browser call its listener can give
//!   it an authorization code of another account. Let people sign in through Toolgate, and give it
//!   [`NoFlow`]. What such a sign-in gives is stored only where Google says that it is of the account
//!   that is connected.
//! - **Any failure of a refresh starts its sign-in**, also a time-out or a 5xx, and waits for the person
//!   without an end. A storage cannot tell it of a failure either: a database that does not answer looks
//!   to it like nobody having signed in. With [`NoFlow`] all of this is an error, if the method is
//!   `Interactive`: by `HTTPRedirect` it does not look at what its delegate says, and waits.
//! - **One refresh for each caller**: fifty calls that find an expired token refresh it fifty times. This
//!   storage refreshes before it hands out, so that only `force_refreshed_token` does that.
//! - **An answer without a token is a success to it**, and is stored as a token that never ends. This
//!   storage refuses it, and keeps what it has.
//! - **What was granted is dropped**, as is how long a refresh token lives: a sign-in of its own is
//!   stored here with the scopes that were asked for, where the person may have allowed fewer.
//! - **It prints tokens**: refresh tokens, codes and answers, at debug level by the `log` crate. Never
//!   turn `yup_oauth2=debug` on where logs are kept.
//!
//! The other way round, [`AuthenticatorTokens`] gives Toolgate the tokens of an authenticator, in the place of
//! people's consent: for credentials that Toolgate does not know itself.
//!
//! What this crate does not do: it opens no connection.

mod no_flow;
mod service;
mod storage;

pub use no_flow::NoFlow;
pub use service::AuthenticatorTokens;
pub use storage::GrantStorage;
