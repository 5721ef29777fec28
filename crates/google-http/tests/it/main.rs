//! The typed transport, against a scripted server and the emulator.

#![expect(clippy::unwrap_used, reason = "a test's helpers fail the test")]

mod batch;
mod downloads;
mod files;
mod google;
mod hub;
mod pages;
mod retry;
mod send;
mod types;
mod uploads;
