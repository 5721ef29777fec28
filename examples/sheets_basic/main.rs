//! One person without a database: writes costs into a spreadsheet, and reads their total back.
//!
//! ```text
//! cargo run --example sheets_basic
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
use toolgate_framework::{Agent, Conversation, ModelReply, RunContext, ScriptedModel};
use toolgate_sheets::SheetsToolkit;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let google = Google::here().await?;
    let folder = tempfile::tempdir()?;
    let file = match google.emulator() {
        Some(_) => folder.path().join("token.json"),
        None => PathBuf::from("token.json"),
    };
    let sheets = SheetsToolkit::new()
        .google_auth(google.in_browser("alice@example.com")?.build()?)
        .token_file(&file);
    let agent = Agent::builder()
        .model(ScriptedModel::new("costs", costs))
        .toolkit(sheets)
        .build()
        .await?;
    let outcome = agent
        .run(RunContext::anonymous(), "Note what the trip costs.")
        .await?;
    println!("{outcome}");
    ensure!(
        outcome.to_string().contains("Total,1650"),
        "the total was not read back"
    );
    Ok(())
}

/// Makes a spreadsheet, writes, reads, and tells.
fn costs(conversation: &Conversation<'_>) -> ModelReply {
    let made = conversation.result_of("create_sheet");
    let id = made.map(|made| made["spreadsheet_id"].clone());
    match conversation.turn() {
        0 => ModelReply::call("create_sheet", json!({"title": "Toolgate costs"})),
        1 => {
            let rows = json!([
                ["Item", "Price"],
                ["Train", 450],
                ["Bed", 1200],
                ["Total", "=SUM(B2:B3)"]
            ]);
            let write = json!({"spreadsheet_id": id, "range_name": "A1", "data": rows});
            ModelReply::call("update_sheet", write)
        }
        2 => ModelReply::call("read_sheet", json!({"spreadsheet_id": id})),
        _ => {
            let read = conversation.result_of("read_sheet");
            let cells = read.and_then(|read| read["cells"].as_str());
            ModelReply::text(format!("the costs are:\n{}", cells.unwrap_or("unknown")))
        }
    }
}
