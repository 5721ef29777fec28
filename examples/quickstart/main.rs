//! Two people, one agent: each signs in once, and the agent reads their mail and drafts a reply.
//!
//! ```text
//! cargo run --example quickstart                                  # an SQLite file, made for the run
//! cargo run --example quickstart -- --db ./my.db
//! TOOLGATE_KEY=.. cargo run --example quickstart -- --db postgres://user@localhost/app
//! ```
//!
//! It needs no Google account: Google is played by an emulator in this process. With
//! `GOOGLE_CLIENT_ID` and `GOOGLE_CLIENT_SECRET` set (an OAuth client of type "Desktop app") it uses
//! Google, opens your browser, and reads your mail. The model is a script either way.

#![expect(clippy::print_stdout, reason = "an example speaks to a person")]

mod checks;
mod emulated;
mod google;
mod place;
mod script;
mod site;

use anyhow::Context as _;

use self::place::Place;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .with_writer(std::io::stderr)
        .init();
    let place = Place::from_arguments()?;
    if google::is_configured() {
        google::run(&place)
            .await
            .context("the quickstart with Google stopped")
    } else {
        emulated::run(&place)
            .await
            .context("the quickstart stopped")
    }
}

/// Prints one step.
fn step(number: u32, text: &str) {
    println!("\n{number}. {text}");
}

/// Prints one thing that happens in a step.
fn say(text: &str) {
    println!("   {text}");
}
