//! A real task: turns an outline and a table of numbers into a presentation with speaker notes, looks
//! at a picture of a slide, and exports all of it as PDF.
//!
//! ```text
//! cargo run --example slides_from_outline
//! ```
//!
//! With `GOOGLE_CLIENT_ID` and `GOOGLE_CLIENT_SECRET` set it works on your Drive; without, an emulated
//! Google is started. The model is a script; give the agent a language model (`toolgate-model-rig`)
//! and the same tools for an outline of its own. A folder named on the command line keeps the files.

#![expect(clippy::print_stdout, reason = "an example speaks to a person")]

use std::{fs, path::PathBuf};

use anyhow::ensure;
use serde_json::{Value, json};
use toolgate_auth::MemoryDatabase;
use toolgate_examples::Google;
use toolgate_framework::{Agent, Conversation, ModelReply, RunContext, ScriptedModel};
use toolgate_slides::SlidesToolkit;
use toolgate_toolkit::{Folders, Selection};

/// What was spent, by month.
const NUMBERS: [(&str, u32); 3] = [("March", 1_250), ("April", 980), ("May", 2_400)];

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let google = Google::here().await?;
    let temporary = tempfile::tempdir()?;
    let folder = std::env::args().nth(1).map(PathBuf::from);
    let folder = folder.unwrap_or_else(|| temporary.path().to_owned());
    let tools = Selection::only([
        "create_from_outline",
        "get_presentation",
        "set_element_text",
        "get_slide_thumbnail",
        "export_presentation",
    ]);
    let slides = SlidesToolkit::new()
        .with_tools(tools)?
        .with_folders(Folders::new().with_write(&folder)?)
        .google_auth(google.in_browser("alice@example.com")?.build()?)
        .store_tokens(true);
    let agent = Agent::builder()
        .model(ScriptedModel::new("report", report))
        .database(MemoryDatabase::new())
        .toolkit(slides)
        .build()
        .await?;
    let outcome = agent
        .run(RunContext::anonymous(), "Report what the offsite cost.")
        .await?;
    println!("{outcome}");
    let mut files = Vec::new();
    for file in fs::read_dir(&folder)? {
        files.push(file?.file_name());
    }
    println!("saved: {files:?}");
    ensure!(
        outcome.to_string().contains("Offsite.pdf"),
        "the presentation was not exported"
    );
    Ok(())
}

/// The outline, with the numbers as a table.
fn outline() -> String {
    let total: u32 = NUMBERS.iter().map(|(_, spent)| spent).sum();
    let rows = NUMBERS
        .iter()
        .map(|(month, spent)| format!("| {month} | {spent} |\n"));
    format!(
        "# Offsite\n\nWhat it cost\n\n\
         ## In short\n\n- {total} euros in {} months\n  - most of it in **May**\n- the hotel was worth it\n\n\
         > Notes: begin with the hotel, people remember it\n\n\
         ## By month\n\n| Month | Euros |\n| --- | --- |\n{}\n\
         > Notes: the numbers come from the tracker\n",
        NUMBERS.len(),
        rows.collect::<String>()
    )
}

/// One step a turn, each from what the ones before it gave.
fn report(conversation: &Conversation<'_>) -> ModelReply {
    let made = conversation.result_of("create_from_outline");
    let made = made.cloned().unwrap_or_default();
    let deck = &made["presentation_id"];
    match conversation.turn() {
        0 => ModelReply::call("create_from_outline", json!({"outline": outline()})),
        1 => ModelReply::call("get_presentation", json!({"presentation_id": deck})),
        2 => {
            let subtitle = subtitle(conversation);
            let text = "What it cost, and why that was well spent";
            ModelReply::call(
                "set_element_text",
                json!({"presentation_id": deck, "element_id": subtitle, "text": text}),
            )
        }
        3 => {
            let slide = &made["slides"][2]["slide_id"];
            let picture =
                json!({"presentation_id": deck, "slide_id": slide, "filename": "numbers"});
            let export = json!({"presentation_id": deck, "format": "pdf"});
            ModelReply::call("get_slide_thumbnail", picture).and_call("export_presentation", export)
        }
        _ => {
            let saved = conversation.result_of("export_presentation");
            let name = saved.map(|saved| saved["name"].clone());
            ModelReply::text(format!("{} is ready: {}", made["title"], json!(name)))
        }
    }
}

/// The element below the title of the first slide.
fn subtitle(conversation: &Conversation<'_>) -> Value {
    let read = conversation.result_of("get_presentation");
    let elements = read.and_then(|read| read["slides"][0]["elements"].as_array());
    let mut elements = elements.into_iter().flatten();
    let found = elements.find(|it| it["placeholder"] == "SUBTITLE");
    found.map(|it| it["id"].clone()).unwrap_or_default()
}
