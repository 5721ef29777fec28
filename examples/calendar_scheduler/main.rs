//! A real task: finds a time for a meeting with two others, books it with a Meet link, and says of whom it
//! does not know whether they are free.
//!
//! ```text
//! cargo run --example calendar_scheduler
//! ```
//!
//! With `GOOGLE_CLIENT_ID` and `GOOGLE_CLIENT_SECRET` set it books in your calendar, and mails nobody;
//! without, an emulated Google is started. The model is a script; give the agent a language model
//! (`toolgate-model-rig`) and the same tools for judgement.

#![expect(clippy::print_stdout, reason = "an example speaks to a person")]

use anyhow::ensure;
use serde_json::{Value, json};
use toolgate_auth::MemoryDatabase;
use toolgate_calendar::{CalendarToolkit, WorkingHours};
use toolgate_examples::{Google, in_days};
use toolgate_framework::{Agent, Conversation, ModelReply, RunContext, RunOutcome, ScriptedModel};
use toolgate_toolkit::Selection;

/// Bob shows when he is busy; Carol works elsewhere.
const OTHERS: [&str; 2] = ["bob@example.com", "carol@partner.example"];

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let google = Google::here().await?;
    let days = ["mon", "tue", "wed", "thu", "fri"];
    let calendar = CalendarToolkit::new()
        .with_tools(Selection::only(["find_available_slots", "book_meeting"]))?
        .with_working_hours(WorkingHours::new("10:00", "18:00", days)?)
        .google_auth(google.in_browser("alice@example.com")?.build()?)
        .store_tokens(true);
    let agent = Agent::builder()
        .model(ScriptedModel::new("scheduler", schedule))
        .database(MemoryDatabase::new())
        .toolkit(calendar)
        .build()
        .await?;
    let wish = "Find an hour with Bob and Carol this week.";
    let outcome = agent.run(RunContext::anonymous(), wish).await?;
    println!("{outcome}");
    if let (RunOutcome::Completed(answer), Some(_)) = (&outcome, google.emulator()) {
        ensure!(answer.text.contains("booked"), "nothing was booked");
        ensure!(
            answer.text.contains("ask carol@"),
            "Carol was taken for free"
        );
    }
    Ok(())
}

/// Looks for free time, books the second offer, and reports.
fn schedule(conversation: &Conversation<'_>) -> ModelReply {
    match conversation.turn() {
        0 => ModelReply::call(
            "find_available_slots",
            json!({"start_date": in_days(1), "end_date": in_days(5), "duration_minutes": 60,
                "buffer_minutes": 15, "attendee_emails": OTHERS, "max_slots": 5}),
        ),
        1 => {
            let found = conversation.last_result().cloned().unwrap_or_default();
            let slot = &found["available_slots"][1];
            ModelReply::call(
                "book_meeting",
                json!({"title": "Planning", "attendees": OTHERS, "start_date": slot["start"],
                    "duration_minutes": 60, "add_google_meet_link": true, "notify_attendees": false}),
            )
        }
        _ => ModelReply::text(report(conversation.last_result())),
    }
}

fn report(booked: Option<&Value>) -> String {
    let booked = booked.cloned().unwrap_or_default();
    let event = &booked["event"];
    let unknown = booked["unknown"].as_array().into_iter().flatten();
    let unknown: Vec<_> = unknown.filter_map(|it| it["who"].as_str()).collect();
    format!(
        "booked {} at {} ({}); whether it suits, ask {}",
        event["title"],
        event["start"],
        event["start_utc"],
        unknown.join(", ")
    )
}
