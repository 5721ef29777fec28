//! One person, and their consent in an SQLite file: presentations made and found between two starts.
//!
//! ```text
//! cargo run --example slides_with_db
//! ```
//!
//! With `GOOGLE_CLIENT_ID` and `GOOGLE_CLIENT_SECRET` set (an OAuth client of type "Desktop app") it
//! works on your Drive and keeps `toolgate.db` here; without, an emulated Google is started and the
//! file is gone at the end. The model is a script.

#![expect(clippy::print_stdout, reason = "an example speaks to a person")]

use std::path::{Path, PathBuf};

use anyhow::ensure;
use serde_json::json;
use toolgate_examples::Google;
use toolgate_framework::{Agent, Conversation, ModelReply, RunContext, ScriptedModel};
use toolgate_slides::SlidesToolkit;
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
    for (start, found) in [("first", 1), ("second", 2)] {
        println!("\nthe {start} start:");
        let agent = agent(&google, &file).await?;
        for report in agent.bindings() {
            println!("  {report}");
        }
        let outcome = agent
            .run(RunContext::anonymous(), "Make one more, and count them.")
            .await?;
        println!("  {outcome}");
        let is_counted = outcome.to_string().contains(&format!("{found} of them"));
        ensure!(
            is_counted || google.emulator().is_none(),
            "they were not counted"
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
    let tools = Selection::only(["create_presentation", "list_presentations"]);
    let slides = SlidesToolkit::new()
        .with_tools(tools)?
        .google_auth(google.in_browser("alice@example.com")?.build()?)
        .store_tokens(true);
    let database = SqliteDatabase::open(file).await?;
    let model = ScriptedModel::new("counting", counting);
    let agent = Agent::builder().model(model).database(database);
    Ok(agent.toolkit(slides).build().await?)
}

/// Makes a presentation and counts those of its name.
fn counting(conversation: &Conversation<'_>) -> ModelReply {
    match conversation.turn() {
        0 => ModelReply::call("create_presentation", json!({"title": "Toolgate slides"})),
        // Calls of one turn may run at once: the list comes after the new one.
        1 => ModelReply::call("list_presentations", json!({"name": "Toolgate slides"})),
        _ => {
            let list = conversation.result_of("list_presentations");
            let all = list.and_then(|list| list["presentations"].as_array());
            ModelReply::text(format!("there are {} of them", all.map_or(0, Vec::len)))
        }
    }
}
