//! One person without a database: writes a document into Drive, finds it, and reads it back.
//!
//! ```text
//! cargo run --example drive_basic
//! ```
//!
//! With `GOOGLE_CLIENT_ID` and `GOOGLE_CLIENT_SECRET` set (an OAuth client of type "Desktop app") it
//! opens your browser once and keeps `token.json` here; without, an emulated Google is started and the
//! file is gone at the end. The model is a script.

#![expect(clippy::print_stdout, reason = "an example speaks to a person")]

use std::path::PathBuf;

use anyhow::ensure;
use serde_json::json;
use toolgate_drive::DriveToolkit;
use toolgate_examples::Google;
use toolgate_framework::{Agent, Conversation, ModelReply, RunContext, ScriptedModel};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let google = Google::here().await?;
    let folder = tempfile::tempdir()?;
    let file = match google.emulator() {
        Some(_) => folder.path().join("token.json"),
        None => PathBuf::from("token.json"),
    };
    let drive = DriveToolkit::new()
        .google_auth(google.in_browser("alice@example.com")?.build()?)
        .token_file(&file);
    let agent = Agent::builder()
        .model(ScriptedModel::new("notes", notes))
        .toolkit(drive)
        .build()
        .await?;
    let outcome = agent
        .run(RunContext::anonymous(), "Keep a note for me.")
        .await?;
    println!("{outcome}");
    ensure!(
        outcome.to_string().contains("Buy tickets"),
        "the note was not read back"
    );
    Ok(())
}

/// Writes, finds, reads, and tells.
fn notes(conversation: &Conversation<'_>) -> ModelReply {
    match conversation.turn() {
        0 => ModelReply::call(
            "create_document",
            json!({"title": "Toolgate note", "content": "# To do\n\n- Buy tickets\n"}),
        ),
        1 => ModelReply::call(
            "search_files",
            json!({"name": "Toolgate note", "type": "document", "max_results": 1}),
        ),
        2 => {
            let found = conversation.result_of("search_files");
            let id = found.map(|found| found["files"][0]["id"].clone());
            ModelReply::call("read_file", json!({"file_id": id}))
        }
        _ => {
            let read = conversation.result_of("read_file");
            let text = read.and_then(|read| read["text"].as_str());
            ModelReply::text(format!("the note says:\n{}", text.unwrap_or("nothing")))
        }
    }
}
