//! The one HTTP client of Toolgate: deadlines, Google's endpoints and the loopback listener.
//!
//! Everything that leaves the process goes through [`HttpClient`], and everything it may talk to is
//! named by [`Endpoints`]. [`LoopbackListener`] receives the browser of an installed application.
//!
//! ```
//! use std::time::Duration;
//! use toolgate_http::{HttpClient, LoopbackListener, Served};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let listener = LoopbackListener::bind(None).await?;
//! let url = listener.base_url().join("hello")?;
//! let serving = listener.serve(Duration::from_secs(10), async |_request| {
//!     Served::Done(http::Response::new("good day".to_owned()))
//! });
//!
//! let client = HttpClient::new()?;
//! let request = http::Request::get(url.as_str()).body(Vec::new())?;
//! let asking = client.send(request, Duration::from_secs(10));
//!
//! let (served, answer) = tokio::join!(serving, asking);
//! served?;
//! assert_eq!(answer?.into_body(), b"good day");
//! # Ok(())
//! # }
//! ```
//!
//! What it does not do: it follows no redirect, retries nothing, keeps no cookies, knows no proxy,
//! and sends a request's body whole. Tokens are its callers' business; it marks the headers that
//! carry them as sensitive.

mod body;
mod client;
mod connector;
mod endpoints;
mod error;
mod hub;
mod loopback;
mod stream;

pub use client::{HttpClient, HttpClientBuilder};
pub use endpoints::{Api, Endpoints};
pub use error::Error;
pub use hub::{HubCalls, HubClient, HubConnector, HubStream, HubWatch};
pub use loopback::{LoopbackListener, Served};
pub use stream::{BodyStream, StreamDeadlines};
