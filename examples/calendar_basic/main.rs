//! One person without a database: the consent is kept in `token.json`, the file of Python's
//! google-auth, and both programs can use it.
//!
//! ```text
//! cargo run --example calendar_basic
//! ```
//!
//! With `GOOGLE_CLIENT_ID` and `GOOGLE_CLIENT_SECRET` set (an OAuth client of type "Desktop app") it
//! opens your browser once and keeps `token.json` here; without, an emulated Google is started and the
//! file is gone at the end. The model is a script.

#![expect(clippy::print_stdout, reason = "an example speaks to a person")]

use std::path::PathBuf;

use anyhow::ensure;
use serde_json::json;
use toolgate_calendar::CalendarToolkit;
use toolgate_examples::Google;
use toolgate_framework::{Agent, ModelReply, RunContext, ScriptedModel};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let google = Google::here().await?;
    let folder = tempfile::tempdir()?;
    let file = match google.emulator() {
        Some(_) => folder.path().join("token.json"),
        None => PathBuf::from("token.json"),
    };
    let calendar = CalendarToolkit::new()
        .google_auth(google.in_browser("alice@example.com")?.build()?)
        .token_file(&file);
    let agent = Agent::builder().model(next()).toolkit(calendar);
    let agent = agent.build().await?;
    for report in agent.bindings() {
        println!("{report}");
    }
    println!(
        "{}",
        agent.run(RunContext::anonymous(), "What is next?").await?
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

/// Reads what comes next, and says when it is.
fn next() -> ScriptedModel {
    ScriptedModel::new("next", |conversation| match conversation.last_result() {
        None => ModelReply::call("list_events", json!({"limit": 1})),
        Some(found) => {
            let event = &found["events"][0];
            ModelReply::text(format!(
                "next: {} at {} ({})",
                event["title"], event["start"], event["time_zone"]
            ))
        }
    })
}
