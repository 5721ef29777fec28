//! One person without a database: makes a presentation, adds a slide, and reads all of it back.
//!
//! ```text
//! cargo run --example slides_basic
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
use toolgate_slides::SlidesToolkit;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let google = Google::here().await?;
    let folder = tempfile::tempdir()?;
    let file = match google.emulator() {
        Some(_) => folder.path().join("token.json"),
        None => PathBuf::from("token.json"),
    };
    let slides = SlidesToolkit::new()
        .google_auth(google.in_browser("alice@example.com")?.build()?)
        .token_file(&file);
    let agent = Agent::builder()
        .model(ScriptedModel::new("speaker", speaker))
        .toolkit(slides)
        .build()
        .await?;
    let outcome = agent
        .run(RunContext::anonymous(), "Prepare three slides for me.")
        .await?;
    println!("{outcome}");
    ensure!(
        outcome.to_string().contains("Questions?"),
        "the slides were not read back"
    );
    Ok(())
}

/// Makes, adds, reads, and tells.
fn speaker(conversation: &Conversation<'_>) -> ModelReply {
    let deck = || {
        let made = conversation.result_of("create_from_outline");
        json!(made.map(|made| made["presentation_id"].clone()))
    };
    match conversation.turn() {
        0 => ModelReply::call(
            "create_from_outline",
            json!({"outline": "# Toolgate slides\n\nA try\n\n## Why\n\n- It works\n"}),
        ),
        1 => ModelReply::call(
            "add_slide",
            json!({"presentation_id": deck(), "layout": "SECTION_HEADER", "title": "Questions?"}),
        ),
        2 => ModelReply::call("read_all_text", json!({"presentation_id": deck()})),
        _ => {
            let read = conversation.result_of("read_all_text");
            let slides = read.and_then(|read| read["slides"].as_array());
            let texts = slides.into_iter().flatten();
            let texts: Vec<_> = texts.filter_map(|it| it["text"].as_str()).collect();
            ModelReply::text(format!("the slides say:\n{}", texts.join("\n")))
        }
    }
}
