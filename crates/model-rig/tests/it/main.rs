//! Models of providers that are scripted on the loopback, through the public interface.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test's helpers fail the test"
)]

mod agents;
mod anthropic;
mod chat;
mod failures;
mod gemini;
mod ollama;
mod openai;
mod providers;
mod refusals;
mod script;
mod secrets;
mod server;
mod transport;
mod wire;
