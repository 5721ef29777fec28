//! A real task over three services, on one consent: reads the mail about the offsite and the agenda in
//! Drive, books a call with who wrote, and drafts the answer.
//!
//! ```text
//! cargo run --example workspace_agent
//! ```
//!
//! The toolkits of Gmail, Calendar and Drive are given one `GoogleAuth`: the person is asked once, for
//! what the chosen tools of all three need, and one row in the database holds the consent. With
//! `GOOGLE_CLIENT_ID` and `GOOGLE_CLIENT_SECRET` set (a client of type "Desktop app") it works in your
//! account, books in your calendar, and mails nobody; without, an emulated Google is started. The model
//! is a script; give the agent a language model (`toolgate-model-rig`) and the same tools.

#![expect(clippy::print_stdout, reason = "an example speaks to a person")]

use std::path::{Path, PathBuf};

use anyhow::ensure;
use serde_json::{Value, json};
use toolgate_calendar::CalendarToolkit;
use toolgate_drive::DriveToolkit;
use toolgate_examples::{Google, in_days};
use toolgate_framework::{Agent, Conversation, ModelReply, RunContext, ScriptedModel};
use toolgate_gmail::GmailToolkit;
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
    let agent = agent(&google, &file).await?;
    for report in agent.bindings() {
        println!("  {report}");
    }
    let wish = "Carol wrote about the offsite: book a call with her and answer.";
    let outcome = agent.run(RunContext::anonymous(), wish).await?;
    println!("{outcome}");
    if let Some(emulator) = google.emulator() {
        let said = outcome.to_string();
        ensure!(said.contains("ask carol@"), "Carol was taken for free");
        ensure!(said.contains("drafted"), "no answer was drafted");
        let requests = emulator.requests();
        let consents = requests.iter().filter(|it| it.path == "/o/oauth2/v2/auth");
        ensure!(consents.count() == 1, "consent was not asked for once");
        println!("\nthe emulator's log: consent was asked for once, for all three services");
    }
    Ok(())
}

async fn agent(google: &Google, file: &Path) -> anyhow::Result<Agent> {
    let auth = google.in_browser("alice@example.com")?.build()?;
    let gmail = Selection::only(["search_emails", "create_draft_email"]);
    let calendar = Selection::only(["book_meeting"]);
    let drive = Selection::only(["search_files", "read_file"]);
    let agent = Agent::builder()
        .model(ScriptedModel::new("assistant", assist))
        .database(SqliteDatabase::open(file).await?)
        .google_auth(auth)
        .toolkit(GmailToolkit::new().with_tools(gmail)?)
        .toolkit(CalendarToolkit::new().with_tools(calendar)?)
        .toolkit(DriveToolkit::new().with_tools(drive)?);
    Ok(agent.build().await?)
}

/// One step a turn, each from what the ones before it gave.
fn assist(conversation: &Conversation<'_>) -> ModelReply {
    let mail = || {
        conversation
            .result_of("search_emails")
            .map(|it| &it["emails"][0])
    };
    match conversation.turn() {
        0 => ModelReply::call(
            "search_emails",
            json!({"query": "subject:offsite", "count": 1}),
        )
        .and_call("search_files", json!({"name": "agenda", "max_results": 1})),
        1 => {
            let files = conversation.result_of("search_files");
            let id = files.map(|found| &found["files"][0]["id"]);
            ModelReply::call("read_file", json!({"file_id": id}))
        }
        2 => ModelReply::call(
            "book_meeting",
            json!({"title": "Offsite: rooms and dates", "attendees": [mail().map(address)],
                "start_date": in_days(1), "end_date": in_days(5), "duration_minutes": 30,
                "description": conversation.result_of("read_file").map(points),
                "notify_attendees": false}),
        ),
        3 => {
            let start = conversation
                .last_result()
                .map(|booked| &booked["event"]["start"]);
            let body = format!(
                "Shall we talk at {}? The agenda stands in the invitation.",
                json!(start)
            );
            let arguments = json!({"message_id": mail().map(|it| &it["id"]), "body": body});
            ModelReply::call("create_draft_email", arguments)
        }
        _ => ModelReply::text(report(conversation)),
    }
}

/// The address in `Name <address>`.
fn address(mail: &Value) -> &str {
    let from = mail["from"].as_str().unwrap_or_default();
    let address = from.rsplit_once('<').map_or(from, |(_, rest)| rest);
    address.trim_end_matches('>')
}

/// What stands within the marks that say who wrote it.
fn points(read: &Value) -> String {
    let lines = read["text"].as_str().unwrap_or_default().lines();
    let lines: Vec<_> = lines.filter(|line| !line.starts_with('<')).collect();
    lines.join("\n")
}

fn report(conversation: &Conversation<'_>) -> String {
    let booked = conversation
        .result_of("book_meeting")
        .cloned()
        .unwrap_or_default();
    let draft = conversation
        .result_of("create_draft_email")
        .cloned()
        .unwrap_or_default();
    let unknown = booked["unknown"].as_array().into_iter().flatten();
    let unknown: Vec<_> = unknown.filter_map(|it| it["who"].as_str()).collect();
    format!(
        "booked {} at {}; whether it suits, ask {}; drafted {} to {}",
        booked["event"]["title"],
        booked["event"]["start"],
        unknown.join(", "),
        draft["subject"],
        draft["to"],
    )
}
