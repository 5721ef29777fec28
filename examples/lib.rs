//! Programs that show Toolgate at work: `cargo run --example quickstart`.
