//! One person's mailbox at a loopback Google, and our tools on it.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use serde_json::{Value, json};
use toolgate_emulator::{Emulator, Seed, SeedAccount, SeedMessage};
use toolgate_gmail::GmailToolkit;
use toolgate_toolkit::RunTools;

use crate::agno::SCOPES;
use crate::sides::{self, Agno};

const OWNER: &str = "alice@example.com";

/// A Google at which one person has these mails.
pub(crate) async fn google(mails: Vec<SeedMessage>) -> anyhow::Result<Emulator> {
    let account = SeedAccount::new(OWNER, "Alice Example");
    let account = mails.into_iter().fold(account, SeedAccount::with_message);
    let seed = Seed {
        accounts: vec![account],
    };
    Ok(Emulator::builder().with_seed(seed).start().await?)
}

/// A token of that person's.
pub(crate) fn token(google: &Emulator) -> String {
    google.issue_token(OWNER, &SCOPES)
}

/// Our tools.
pub(crate) fn tools(base: &str, token: &str) -> anyhow::Result<RunTools> {
    sides::tools(Arc::new(GmailToolkit::new()), base, token)
}

/// Agno's.
pub(crate) async fn agno(python: &Path, google: &Emulator) -> anyhow::Result<Agno> {
    // Its own limit is 20 mails a search.
    let options = json!({"max_results": 50});
    Agno::start(python, "gmail", (google, &token(google)), &options).await
}

/// How many mails a page of a search shows, ours or agno's.
pub(crate) fn count(page: &Value) -> anyhow::Result<usize> {
    let emails = page["emails"].as_array().context("no list of mails")?;
    Ok(emails.len())
}
