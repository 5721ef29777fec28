//! The typed transport to Google's APIs that Toolgate's toolkits share (internal plumbing).
//!
//! [`Rest`] sends one person's calls: authorized by the guard, with every path segment encoded
//! ([`Path`]), within a deadline, repeated only where that is safe ([`RetryPolicy`]), and with
//! Google's error body read and its status and headers kept ([`Error`]).
//!
//! ```
//! use serde::Deserialize;
//! use toolgate_auth::{Access, AccessToken, Requirement};
//! use toolgate_google_http::{Method, Path, Query, Rest};
//! use toolgate_http::{Api, Endpoints, HttpClient, LoopbackListener, Served};
//!
//! static GET: Method = Method::get(Api::Gmail, "gmail.users.messages.get");
//!
//! #[derive(Deserialize)]
//! struct Message {
//!     id: String,
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let google = LoopbackListener::bind(None).await?;
//! # let endpoints = Endpoints::at_base(google.base_url().as_str())?;
//! # let serving = google.serve(std::time::Duration::from_secs(10), async |request| {
//! #     assert_eq!(request.uri(), "/gmail/v1/users/me/messages/a%2Fb?fields=id");
//! #     Served::Done(http::Response::new(r#"{"id":"a/b"}"#.to_owned()))
//! # });
//! let access = Access::from_token(AccessToken::parse("ya29.a0Af")?, HttpClient::new()?, endpoints);
//! let rest = Rest::new(access, Requirement::for_methods(&[GET.id()]));
//! let path = Path::new("users/me/messages").seg("a/b")?;
//! let asking = rest.get::<Message>(&GET, path, Query::new().fields("id"));
//! # let (served, answer) = tokio::join!(serving, asking);
//! # served?;
//! # let answer = answer?;
//! # #[cfg(any())]
//! let answer = asking.await?;
//! assert_eq!(answer.body.id, "a/b");
//! # Ok(())
//! # }
//! ```
//!
//! Large files go in pieces and never stand in memory whole: an [`Upload`] of a [`Source`] is resumed
//! where Google says that it broke, a [`Download`] where it broke here, and what arrived is checked by
//! the digest that Google tells.
//!
//! A write that must not be done twice leaves by a [`Settlement`], which tells the tool's caller what
//! became of it where Google's answer does not.
//!
//! What it does not do: it knows no product, keeps no token, and follows no redirect.

mod batch;
mod call;
mod download;
mod error;
mod google_error;
mod hint;
mod hub;
mod link;
mod look_up;
mod multipart;
mod page;
mod patch;
mod path;
mod rest;
mod retry;
mod settlement;
mod sink;
mod transfer;
mod upload;

pub use batch::{BATCH_SIZE, BATCHES_AT_ONCE};
pub use call::{Answer, Call, Method, Query};
pub use download::Download;
pub use error::{Error, Outcome};
pub use hub::HubAccess;
pub use link::id_in_link;
pub use look_up::{Seen, Verdict, look_up};
pub use page::{PageRequest, Paged, collect_pages};
pub use patch::Patch;
pub use path::{Path, seg};
pub use rest::Rest;
pub use retry::{RetryPolicy, Sleeper, TokioSleeper};
pub use settlement::{Refusal, Settled, Settlement, Words, repeated};
pub use toolgate_http::{Api, HubConnector};
pub use transfer::{FileSource, Progress, Source};
pub use upload::{CHUNK, GRAIN, Upload};
