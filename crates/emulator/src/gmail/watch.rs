//! `users.watch` and `users.stop`: whether changes of a mailbox are told to a topic.

use serde_json::json;

use super::{Mailbox, strings};
use crate::call::{ApiError, Call, Reply};

/// A watch ends by itself after a week.
const LIFETIME_MS: i64 = 7 * 86_400_000;

/// A standing order to tell of changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Watch {
    topic: String,
    expires_at_ms: i64,
}

impl Mailbox {
    /// The topic that changes are told to at that time.
    pub(crate) fn watched_by(&self, now_ms: i64) -> Option<&str> {
        let watch = self.watch.as_ref()?;
        (now_ms < watch.expires_at_ms).then_some(watch.topic.as_str())
    }
}

/// `users.watch`: begins, or goes on for another week.
pub(crate) fn start(mailbox: &mut Mailbox, call: &Call, now_ms: i64) -> Result<Reply, ApiError> {
    let body = call.json();
    let topic = body["topicName"].as_str().unwrap_or_default();
    if topic.is_empty() {
        return Err(ApiError::invalid("topicName required"));
    }
    if !is_topic(topic) {
        return Err(ApiError::invalid(
            "Invalid topic name format. Should follow 'projects/my-project-id/topics/my-topic-id'",
        ));
    }
    for id in strings(&body["labelIds"]) {
        if !mailbox.store.labels.iter().any(|label| label.id == id) {
            return Err(ApiError::invalid(format!("Invalid label: {id}")));
        }
    }
    if mailbox
        .watched_by(now_ms)
        .is_some_and(|other| other != topic)
    {
        return Err(ApiError::failed_precondition(
            "Only one user push notification client allowed per developer (call /stop then try again)",
        ));
    }
    let expires_at_ms = now_ms + LIFETIME_MS;
    mailbox.watch = Some(Watch {
        topic: topic.to_owned(),
        expires_at_ms,
    });
    Ok(Reply::Json(json!({
        "historyId": mailbox.store.history_id().to_string(),
        "expiration": expires_at_ms.to_string(),
    })))
}

/// `users.stop`: ends it; nothing to end is no error.
pub(crate) fn stop(mailbox: &mut Mailbox) -> Reply {
    mailbox.watch = None;
    Reply::Empty
}

fn is_topic(name: &str) -> bool {
    let parts: Vec<&str> = name.split('/').collect();
    matches!(parts[..], ["projects", project, "topics", topic]
        if !project.is_empty() && !topic.is_empty())
}
