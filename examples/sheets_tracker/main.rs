//! A real task: keeps a tracker. Finds a row by the header, changes it, appends another one, and totals all.
//!
//! ```text
//! cargo run --example sheets_tracker
//! ```
//!
//! With `GOOGLE_CLIENT_ID` and `GOOGLE_CLIENT_SECRET` set it makes the tracker in your Drive; without, an
//! emulated Google is started. The model is a script; give the agent a language model
//! (`toolgate-model-rig`) and the same tools, and ask it in your own words.

#![expect(clippy::print_stdout, reason = "an example speaks to a person")]

use anyhow::ensure;
use serde_json::{Value, json};
use toolgate_auth::MemoryDatabase;
use toolgate_examples::Google;
use toolgate_framework::{Agent, Conversation, ModelReply, RunContext, ScriptedModel};
use toolgate_sheets::SheetsToolkit;
use toolgate_toolkit::Selection;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let google = Google::here().await?;
    let tools = Selection::only([
        "create_sheet",
        "update_sheet",
        "read_records",
        "update_record",
        "append_records",
        "format_range",
    ]);
    let sheets = SheetsToolkit::new()
        .with_tools(tools)?
        .google_auth(google.in_browser("alice@example.com")?.build()?)
        .store_tokens(true);
    let agent = Agent::builder()
        .model(ScriptedModel::new("tracker", tracker))
        .database(MemoryDatabase::new())
        .toolkit(sheets)
        .build()
        .await?;
    let task = "The venue is booked at 1100. Add the music for 80, and tell me the total.";
    let outcome = agent.run(RunContext::anonymous(), task).await?;
    println!("{outcome}");
    ensure!(outcome.to_string().contains("1480"), "the total is wrong");
    Ok(())
}

/// One step a turn, each from what the ones before it gave.
fn tracker(conversation: &Conversation<'_>) -> ModelReply {
    let made = conversation.result_of("create_sheet");
    let id = made.map_or(Value::Null, |made| made["spreadsheet_id"].clone());
    let of = |mut arguments: Value| {
        arguments["spreadsheet_id"] = id.clone();
        arguments
    };
    match conversation.turn() {
        0 => ModelReply::call(
            "create_sheet",
            json!({"title": "Offsite", "tabs": ["Tracker"]}),
        ),
        1 => {
            let rows = json!([
                ["Item", "Status", "Amount"],
                ["Venue", "open", 1200],
                ["Bus", "done", 300]
            ]);
            ModelReply::call(
                "update_sheet",
                of(json!({"range_name": "Tracker!A1", "data": rows})),
            )
        }
        2 => ModelReply::call("read_records", of(json!({"filter": ["Status = open"]}))),
        3 => {
            let booked = json!({"key_column": "Item", "key": "Venue",
                "columns": ["Status", "Amount"], "values": ["done", 1100]});
            ModelReply::call("update_record", of(booked))
        }
        4 => {
            let music =
                json!({"columns": ["Item", "Status", "Amount"], "rows": [["Music", "open", 80]]});
            ModelReply::call("append_records", of(music))
        }
        5 => {
            let total = json!({"range_name": "Tracker!B6", "data": [["Total", "=SUM(C2:C5)"]],
                "show_values": true});
            ModelReply::call("update_sheet", of(total))
        }
        6 => {
            let format = json!({"range": "Tracker!A1:C1", "bold": true, "freeze_rows": 1});
            ModelReply::call("format_range", of(format))
        }
        _ => {
            let told = conversation.result_of("update_sheet");
            let values = told.and_then(|told| told["values"].as_str());
            ModelReply::text(format!(
                "the tracker is up to date:\n{}",
                values.unwrap_or_default()
            ))
        }
    }
}
