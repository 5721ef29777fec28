//! One person without a database: the consent is kept in `token.json`, the file of Python's
//! google-auth, and both programs can use it.
//!
//! ```text
//! cargo run --example gmail_basic
//! ```
//!
//! With `GOOGLE_CLIENT_ID` and `GOOGLE_CLIENT_SECRET` set (an OAuth client of type "Desktop app") it
//! opens your browser once and keeps `token.json` here; without, an emulated Google is started and the
//! file is gone at the end. The model is a script.

#![expect(clippy::print_stdout, reason = "an example speaks to a person")]

use std::path::PathBuf;

use anyhow::ensure;
use serde_json::json;
use toolgate_examples::Google;
use toolgate_framework::{Agent, ModelReply, RunContext, ScriptedModel};
use toolgate_gmail::GmailToolkit;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let google = Google::here().await?;
    let folder = tempfile::tempdir()?;
    let file = match google.emulator() {
        Some(_) => folder.path().join("token.json"),
        None => PathBuf::from("token.json"),
    };
    let gmail = GmailToolkit::new()
        .google_auth(google.in_browser("alice@example.com")?.build()?)
        .token_file(&file);
    let agent = Agent::builder().model(latest()).toolkit(gmail);
    let agent = agent.build().await?;
    for report in agent.bindings() {
        println!("{report}");
    }
    println!(
        "{}",
        agent
            .run(RunContext::anonymous(), "What came last?")
            .await?
    );
    let kept: serde_json::Value = serde_json::from_slice(&std::fs::read(&file)?)?;
    ensure!(
        kept["refresh_token"].is_string(),
        "the consent was not kept"
    );
    println!(
        "the consent is in {}, with {}",
        file.display(),
        kept["scopes"]
    );
    Ok(())
}

/// Reads the newest mail, and says what it is about.
fn latest() -> ScriptedModel {
    ScriptedModel::new("latest", |conversation| match conversation.last_result() {
        None => ModelReply::call("search_emails", json!({"query": "in:inbox", "count": 1})),
        Some(found) => {
            let mail = &found["emails"][0];
            ModelReply::text(format!(
                "the newest mail: {} from {}",
                mail["subject"], mail["from"]
            ))
        }
    })
}
