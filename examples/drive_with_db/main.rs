//! One person, and their consent in an SQLite file: what changed in Drive between two starts.
//!
//! ```text
//! cargo run --example drive_with_db
//! ```
//!
//! With `GOOGLE_CLIENT_ID` and `GOOGLE_CLIENT_SECRET` set (an OAuth client of type "Desktop app") it
//! works on your Drive and keeps `toolgate.db` here; without, an emulated Google is started and the
//! file is gone at the end. The model is a script.

#![expect(clippy::print_stdout, reason = "an example speaks to a person")]

use std::path::{Path, PathBuf};

use anyhow::ensure;
use serde_json::json;
use toolgate_drive::DriveToolkit;
use toolgate_examples::Google;
use toolgate_framework::{Agent, Conversation, ModelReply, RunContext, ScriptedModel};
use toolgate_store_sqlite::SqliteDatabase;
use toolgate_toolkit::Selection;

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
        let outcome = agent
            .run(
                RunContext::anonymous(),
                "Make a folder, and tell what changed.",
            )
            .await?;
        println!("  {outcome}");
        ensure!(
            outcome.to_string().contains("Toolgate"),
            "no change was told"
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
    let drive = DriveToolkit::new()
        .with_tools(Selection::only(["create_folder", "get_drive_changes"]))?
        .google_auth(google.in_browser("alice@example.com")?.build()?)
        .store_tokens(true);
    let database = SqliteDatabase::open(file).await?;
    let model = ScriptedModel::new("changes", changes);
    let agent = Agent::builder().model(model).database(database);
    Ok(agent.toolkit(drive).build().await?)
}

/// Notes where it begins, makes a folder, and tells what changed since.
fn changes(conversation: &Conversation<'_>) -> ModelReply {
    match conversation.turn() {
        0 => ModelReply::call("get_drive_changes", json!({})),
        // Calls of one turn may run at once: the look comes after the folder.
        1 => ModelReply::call("create_folder", json!({"name": "Toolgate"})),
        2 => {
            let since = conversation.result_of("get_drive_changes");
            let since = since.map(|it| it["next_since"].clone());
            ModelReply::call("get_drive_changes", json!({"since": since}))
        }
        _ => {
            let told = conversation.result_of("get_drive_changes");
            let changes = told.and_then(|told| told["changes"].as_array());
            let names = changes.into_iter().flatten();
            let names: Vec<_> = names.filter_map(|it| it["file"]["name"].as_str()).collect();
            ModelReply::text(format!("changed: {}", names.join("; ")))
        }
    }
}
