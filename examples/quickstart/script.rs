//! The model of the quickstart: a script, no language model.

use serde_json::{Value, json};
use toolgate_framework::{Conversation, ModelReply, ScriptedModel};

/// The prompt at which it searches fifty times at once.
pub(crate) const FIFTY: &str = "Search my mail fifty times.";

/// Searches unread mail, reads the newest message, drafts a reply in its thread, and reports.
pub(crate) fn assistant() -> ScriptedModel {
    ScriptedModel::new("a script, no language model", |conversation| {
        if let Some(error) = conversation.last_result().and_then(|it| it.get("error")) {
            return ModelReply::text(format!("I could not do it: {}", text(&error["message"])));
        }
        match conversation.turn() {
            0 if conversation.prompt() == FIFTY => fifty_searches(),
            _ if conversation.prompt() == FIFTY => ModelReply::text("50 searches, all answered."),
            0 => ModelReply::call("search_emails", json!({"query": "is:unread", "count": 5})),
            1 => read_newest(conversation),
            2 => draft_reply(conversation),
            _ => report(conversation),
        }
    })
}

/// Fifty tool calls in one turn; an error in the last ends the run with it.
fn fifty_searches() -> ModelReply {
    let search = |from| json!({"query": format!("is:unread -subject:{from}"), "count": 1});
    (0..50).fold(ModelReply::default(), |reply, number| {
        reply.and_call("search_emails", search(number))
    })
}

fn read_newest(conversation: &Conversation<'_>) -> ModelReply {
    let found = conversation
        .result_of("search_emails")
        .unwrap_or(&Value::Null);
    match found["emails"][0]["id"].as_str() {
        Some(id) => ModelReply::call("get_message", json!({"message_id": id})),
        None => ModelReply::text("There is no unread mail."),
    }
}

fn draft_reply(conversation: &Conversation<'_>) -> ModelReply {
    let message = conversation
        .result_of("get_message")
        .unwrap_or(&Value::Null);
    let subject = text(&message["subject"]);
    ModelReply::call(
        "create_draft_email",
        json!({
            "message_id": message["id"],
            "thread_id": message["thread_id"],
            "body": format!("Thank you for your mail about \"{subject}\". I will answer soon."),
        }),
    )
}

fn report(conversation: &Conversation<'_>) -> ModelReply {
    let found = conversation
        .result_of("search_emails")
        .unwrap_or(&Value::Null);
    let message = conversation
        .result_of("get_message")
        .unwrap_or(&Value::Null);
    let draft = conversation
        .result_of("create_draft_email")
        .unwrap_or(&Value::Null);
    ModelReply::text(format!(
        "{} unread mails; the newest is \"{}\" from {}. A reply waits in your drafts (draft {}, \
         thread {}).",
        found["count"],
        text(&message["subject"]),
        text(&message["from"]),
        text(&draft["draft_id"]),
        text(&draft["thread_id"]),
    ))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("(unknown)")
}
