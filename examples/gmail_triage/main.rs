//! A real task: goes through the unread mail, files newsletters, stars what asks for something, drafts
//! an answer to it, and says what it did. Nothing is sent.
//!
//! ```text
//! cargo run --example gmail_triage
//! ```
//!
//! With `GOOGLE_CLIENT_ID` and `GOOGLE_CLIENT_SECRET` set it works on your mail; without, an emulated
//! Google is started. The model is a script with a few rules; give the agent a language model
//! (`toolgate-model-rig`) and the same tools for judgement.

#![expect(clippy::print_stdout, reason = "an example speaks to a person")]

use anyhow::ensure;
use serde_json::{Value, json};
use toolgate_auth::MemoryDatabase;
use toolgate_examples::Google;
use toolgate_framework::{Agent, Conversation, ModelReply, RunContext, RunOutcome, ScriptedModel};
use toolgate_gmail::GmailToolkit;
use toolgate_toolkit::Selection;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let google = Google::here().await?;
    // What it may do is what it is given: consent asks for no more, and no tool here sends.
    let tools = Selection::only([
        "search_emails",
        "apply_label",
        "star_email",
        "create_draft_email",
    ]);
    let gmail = GmailToolkit::new()
        .with_tools(tools)?
        .google_auth(google.in_browser("alice@example.com")?.build()?)
        .store_tokens(true);
    let agent = Agent::builder()
        .model(ScriptedModel::new("triage", triage))
        .database(MemoryDatabase::new())
        .toolkit(gmail)
        .build()
        .await?;
    let outcome = agent
        .run(RunContext::anonymous(), "Go through my unread mail.")
        .await?;
    println!("{outcome}");
    if let (RunOutcome::Completed(answer), Some(_)) = (&outcome, google.emulator()) {
        ensure!(
            answer.text.contains("answer drafted"),
            "nothing was drafted"
        );
        ensure!(answer.text.contains("filed"), "nothing was filed");
        ensure!(!answer.text.contains("failed"), "a step failed");
    }
    Ok(())
}

/// Looks first, does everything in one turn, and reports in the next.
fn triage(conversation: &Conversation<'_>) -> ModelReply {
    match conversation.turn() {
        0 => ModelReply::call(
            "search_emails",
            json!({"query": "is:unread in:inbox", "count": 20}),
        ),
        1 => mails(conversation)
            .iter()
            .fold(ModelReply::default(), |reply, mail| match kind(mail) {
                Kind::Newsletter => {
                    let query = format!("from:{}", sender(mail));
                    reply.and_call(
                        "apply_label",
                        json!({"query": query, "label": "Newsletters"}),
                    )
                }
                Kind::Question => reply
                    .and_call("star_email", json!({"message_id": mail["id"]}))
                    .and_call(
                        "create_draft_email",
                        json!({"message_id": mail["id"], "body": ANSWER}),
                    ),
                Kind::Other => reply,
            }),
        _ => report(conversation),
    }
}

const ANSWER: &str = "Thank you for asking. I have seen this and will come back to you today.";

enum Kind {
    Newsletter,
    Question,
    Other,
}

/// What a language model would judge.
fn kind(mail: &Value) -> Kind {
    let excerpt = mail["excerpt"].as_str().unwrap_or_default();
    let from = mail["from"].as_str().unwrap_or_default().to_lowercase();
    if from.contains("weekly") || from.contains("news") {
        Kind::Newsletter
    } else if excerpt.contains('?') {
        Kind::Question
    } else {
        Kind::Other
    }
}

fn mails<'a>(conversation: &'a Conversation<'_>) -> &'a [Value] {
    let found = conversation.result_of("search_emails");
    let mails = found.and_then(|found| found["emails"].as_array());
    mails.map_or(&[], Vec::as_slice)
}

/// The bare address.
fn sender(mail: &Value) -> &str {
    let from = mail["from"].as_str().unwrap_or_default();
    let bare = from.rsplit_once('<').map_or(from, |(_, address)| address);
    bare.trim_end_matches('>')
}

fn report(conversation: &Conversation<'_>) -> ModelReply {
    let lines = mails(conversation).iter().map(|mail| {
        let done = match kind(mail) {
            Kind::Newsletter => "filed under Newsletters",
            Kind::Question => "starred, answer drafted",
            Kind::Other => "left as it is",
        };
        format!("- {}: {done}", mail["subject"].as_str().unwrap_or_default())
    });
    let failed = conversation.request().messages.iter().filter(|message| {
        matches!(message, toolgate_framework::Message::ToolResult { content, .. } if content.get("error").is_some())
    });
    let failed = match failed.count() {
        0 => String::new(),
        count => format!("\n{count} steps failed"),
    };
    ModelReply::text(format!("{}{failed}", lines.collect::<Vec<_>>().join("\n")))
}
