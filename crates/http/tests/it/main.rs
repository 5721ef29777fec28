//! The HTTP client, the endpoints and the loopback listener, through their public interface.

#![expect(clippy::unwrap_used, reason = "a test's helpers fail the test")]

mod client;
mod endpoints;
mod listener;
mod server;
mod stream;
mod tls;
