//! One person, and their consent in an SQLite file: a row appended at each start.
//!
//! ```text
//! cargo run --example sheets_with_db
//! ```
//!
//! With `GOOGLE_CLIENT_ID` and `GOOGLE_CLIENT_SECRET` set (an OAuth client of type "Desktop app") it
//! makes spreadsheets in your Drive and keeps `toolgate.db` here; without, an emulated Google is started and the
//! file is gone at the end. The model is a script.

#![expect(clippy::print_stdout, reason = "an example speaks to a person")]

use std::path::{Path, PathBuf};

use anyhow::ensure;
use serde_json::json;
use toolgate_examples::Google;
use toolgate_framework::{Agent, Conversation, ModelReply, RunContext, ScriptedModel};
use toolgate_sheets::SheetsToolkit;
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
            .run(RunContext::anonymous(), "Note that we started.")
            .await?;
        println!("  {outcome}");
        ensure!(outcome.to_string().contains("A1:B1"), "no row was appended");
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
    let sheets = SheetsToolkit::new()
        .with_tools(Selection::only(["create_sheet", "append_rows"]))?
        .google_auth(google.in_browser("alice@example.com")?.build()?)
        .store_tokens(true);
    let database = SqliteDatabase::open(file).await?;
    let model = ScriptedModel::new("log", log);
    let agent = Agent::builder().model(model).database(database);
    Ok(agent.toolkit(sheets).build().await?)
}

/// Makes a spreadsheet, appends a row to it, and tells where.
fn log(conversation: &Conversation<'_>) -> ModelReply {
    match conversation.turn() {
        0 => ModelReply::call("create_sheet", json!({"title": "Toolgate log"})),
        1 => {
            let made = conversation.result_of("create_sheet");
            let id = made.map(|made| made["spreadsheet_id"].clone());
            let append = json!({"spreadsheet_id": id, "rows": [["Started", true]]});
            ModelReply::call("append_rows", append)
        }
        _ => {
            let told = conversation.result_of("append_rows");
            let range = told.and_then(|told| told["range"].as_str());
            ModelReply::text(format!("appended at {}", range.unwrap_or("no place")))
        }
    }
}
