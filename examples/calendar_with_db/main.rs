//! One person, and their consent in an SQLite file: the first start opens a browser, every later one
//! loads from the file.
//!
//! ```text
//! cargo run --example calendar_with_db
//! ```
//!
//! With `GOOGLE_CLIENT_ID` and `GOOGLE_CLIENT_SECRET` set (an OAuth client of type "Desktop app") it
//! reads your calendar and keeps `toolgate.db` here; without, an emulated Google is started and the file
//! is gone at the end. The model is a script.

#![expect(clippy::print_stdout, reason = "an example speaks to a person")]

use std::path::{Path, PathBuf};

use anyhow::ensure;
use serde_json::json;
use toolgate_calendar::CalendarToolkit;
use toolgate_examples::Google;
use toolgate_framework::{Agent, ModelReply, RunContext, ScriptedModel};
use toolgate_store_sqlite::SqliteDatabase;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let google = Google::here().await?;
    let folder = tempfile::tempdir()?;
    let file = match google.emulator() {
        Some(_) => folder.path().join("toolgate.db"),
        None => PathBuf::from("toolgate.db"),
    };
    for start in ["first", "second"] {
        println!("\nthe {start} start:");
        let agent = agent(&google, &file).await?;
        for report in agent.bindings() {
            println!("  {report}");
        }
        println!(
            "  {}",
            agent
                .run(RunContext::anonymous(), "What is planned?")
                .await?
        );
    }
    if let Some(emulator) = google.emulator() {
        let requests = emulator.requests();
        let consents = requests.iter().filter(|it| it.path == "/o/oauth2/v2/auth");
        ensure!(
            consents.count() == 1,
            "one start of the two asked for consent"
        );
        println!("\nthe emulator's log: consent was asked for once");
    }
    Ok(())
}

async fn agent(google: &Google, file: &Path) -> anyhow::Result<Agent> {
    let calendar = CalendarToolkit::new()
        .google_auth(google.in_browser("alice@example.com")?.build()?)
        .store_tokens(true);
    let database = SqliteDatabase::open(file).await?;
    let agent = Agent::builder().model(week()).database(database);
    Ok(agent.toolkit(calendar).build().await?)
}

/// Lists, and says what it found.
fn week() -> ScriptedModel {
    ScriptedModel::new("week", |conversation| match conversation.last_result() {
        None => ModelReply::call("list_events", json!({"limit": 5})),
        Some(found) => {
            let titles = found["events"].as_array().into_iter().flatten();
            let titles: Vec<_> = titles.filter_map(|it| it["title"].as_str()).collect();
            ModelReply::text(format!("planned: {}", titles.join("; ")))
        }
    })
}
