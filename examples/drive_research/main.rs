//! A real task: uploads a few files into a folder of Drive, reads all that is in it, and writes one
//! summary document of it.
//!
//! ```text
//! cargo run --example drive_research
//! ```
//!
//! With `GOOGLE_CLIENT_ID` and `GOOGLE_CLIENT_SECRET` set it works on your Drive; without, an emulated
//! Google is started. The model is a script that takes each file's first line; give the agent a
//! language model (`toolgate-model-rig`) and the same tools for a summary worth reading.

#![expect(clippy::print_stdout, reason = "an example speaks to a person")]

use std::fs;

use anyhow::ensure;
use serde_json::{Value, json};
use toolgate_auth::MemoryDatabase;
use toolgate_drive::DriveToolkit;
use toolgate_examples::Google;
use toolgate_framework::{Agent, Conversation, Message, ModelReply, RunContext, ScriptedModel};
use toolgate_toolkit::{Folders, Selection};

/// The files that are uploaded.
const FILES: [(&str, &str); 3] = [
    ("hotels.csv", "hotel,price\nCasa Azul,90\nPorto Mar,120\n"),
    ("notes.md", "# Trains\n\nTwo each day, three hours.\n"),
    ("places.txt", "The tower, the market, the river.\n"),
];

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let google = Google::here().await?;
    // The one folder of this machine that the tools may read.
    let folder = tempfile::tempdir()?;
    for (name, text) in FILES {
        fs::write(folder.path().join(name), text)?;
    }
    let tools = Selection::only([
        "create_folder",
        "upload_file",
        "get_folder_tree",
        "read_file",
        "create_document",
    ]);
    let drive = DriveToolkit::new()
        .with_tools(tools)?
        .with_folders(Folders::new().with_read(folder.path())?)
        .google_auth(google.in_browser("alice@example.com")?.build()?)
        .store_tokens(true);
    let agent = Agent::builder()
        .model(ScriptedModel::new("research", research))
        .database(MemoryDatabase::new())
        .toolkit(drive)
        .build()
        .await?;
    let outcome = agent
        .run(RunContext::anonymous(), "Collect what we know of Porto.")
        .await?;
    println!("{outcome}");
    ensure!(
        outcome.to_string().contains("3 files"),
        "the files were not collected"
    );
    Ok(())
}

/// One step a turn, each from what the ones before it gave.
fn research(conversation: &Conversation<'_>) -> ModelReply {
    let folder = || {
        json!(
            conversation
                .result_of("create_folder")
                .map(|made| made["id"].clone())
        )
    };
    match conversation.turn() {
        0 => ModelReply::call("create_folder", json!({"name": "Porto"})),
        1 => FILES
            .iter()
            .fold(ModelReply::default(), |reply, (name, _)| {
                let arguments = json!({"file_path": name, "folder_id": folder()});
                reply.and_call("upload_file", arguments)
            }),
        2 => ModelReply::call("get_folder_tree", json!({"folder_id": folder()})),
        3 => {
            let tree = conversation.result_of("get_folder_tree");
            let entries = tree.and_then(|tree| tree["entries"].as_array());
            let files = entries.into_iter().flatten();
            files.fold(ModelReply::default(), |reply, file| {
                reply.and_call("read_file", json!({"file_id": file["id"]}))
            })
        }
        4 => {
            let content = summary(conversation);
            let arguments = json!({"title": "Porto", "content": content, "folder_id": folder()});
            ModelReply::call("create_document", arguments)
        }
        _ => {
            let made = conversation.result_of("create_document");
            let name = made.map(|made| made["name"].clone());
            let count = read(conversation).count();
            ModelReply::text(format!("{count} files became the document {}", json!(name)))
        }
    }
}

/// What was read, one file after the other.
fn read<'a>(conversation: &'a Conversation<'_>) -> impl Iterator<Item = &'a Value> {
    let messages = conversation.request().messages.iter();
    messages.filter_map(|message| match message {
        Message::ToolResult {
            name,
            content,
            is_error: false,
            ..
        } if name == "read_file" => Some(content),
        _ => None,
    })
}

/// The first line of each file, behind the mark that fences it.
fn summary(conversation: &Conversation<'_>) -> String {
    let lines = read(conversation).map(|file| {
        let text = file["text"].as_str().unwrap_or_default();
        let first = text.lines().nth(1).unwrap_or_default();
        let name = file["name"].as_str().unwrap_or_default();
        format!("- **{name}**: {}", first.trim_start_matches('#').trim())
    });
    let lines: Vec<String> = lines.collect();
    format!("# Porto\n\n{}\n", lines.join("\n"))
}
