//! `users.history`: what changed in a mailbox since a known moment.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::page::{self, Page};
use super::store::Store;
use crate::call::{ApiError, Call, Reply};

/// One change of one message.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    pub(crate) id: u64,
    pub(crate) message_id: String,
    pub(crate) thread_id: String,
    /// The message's labels after the change.
    pub(crate) labels: BTreeSet<String>,
    pub(crate) change: Change,
}

/// What happened to a message.
#[derive(Debug, Clone)]
pub(crate) enum Change {
    Added,
    Deleted,
    LabelsAdded(Vec<String>),
    LabelsRemoved(Vec<String>),
}

impl Change {
    /// The name in `historyTypes`.
    fn kind(&self) -> &'static str {
        match self {
            Self::Added => "messageAdded",
            Self::Deleted => "messageDeleted",
            Self::LabelsAdded(_) => "labelAdded",
            Self::LabelsRemoved(_) => "labelRemoved",
        }
    }

    fn labels(&self) -> &[String] {
        match self {
            Self::Added | Self::Deleted => &[],
            Self::LabelsAdded(labels) | Self::LabelsRemoved(labels) => labels,
        }
    }
}

impl Record {
    fn concerns(&self, label: &str) -> bool {
        self.labels.contains(label) || self.change.labels().iter().any(|changed| changed == label)
    }

    fn to_json(&self) -> Value {
        let mut message = json!({ "id": self.message_id, "threadId": self.thread_id });
        let brief = message.clone();
        if !self.labels.is_empty() {
            message["labelIds"] = json!(self.labels);
        }
        let (field, entry) = match &self.change {
            Change::Added => ("messagesAdded", json!({ "message": message })),
            Change::Deleted => ("messagesDeleted", json!({ "message": message })),
            Change::LabelsAdded(labels) => (
                "labelsAdded",
                json!({ "message": message, "labelIds": labels }),
            ),
            Change::LabelsRemoved(labels) => (
                "labelsRemoved",
                json!({ "message": message, "labelIds": labels }),
            ),
        };
        json!({ "id": self.id.to_string(), "messages": [brief], field: [entry] })
    }
}

/// `users.history.list`.
pub(crate) fn list(store: &Store, call: &Call) -> Result<Reply, ApiError> {
    let start: u64 = call
        .query_one("startHistoryId")
        .and_then(|id| id.parse().ok())
        .ok_or_else(|| ApiError::invalid("Missing/invalid parameter: startHistoryId"))?;
    let kinds = call
        .query
        .get("historyTypes")
        .map(Vec::as_slice)
        .unwrap_or_default();
    let label = call.query_one("labelId");
    let records = store
        .history_since(start)
        .ok_or_else(|| ApiError::not_found("Requested entity was not found."))?
        .filter(|record| kinds.is_empty() || kinds.iter().any(|kind| kind == record.change.kind()))
        .filter(|record| label.is_none_or(|label| record.concerns(label)));
    let Page { items, next, .. } = page::of(call, records, |record| {
        // Pages run from the oldest change to the newest, so the order is turned round.
        (i64::MAX - i64::try_from(record.id).unwrap_or(i64::MAX), 0)
    })?;
    let mut reply = json!({ "historyId": store.history_id().to_string() });
    if !items.is_empty() {
        reply["history"] = items.into_iter().map(Record::to_json).collect();
    }
    if let Some(next) = next {
        reply["nextPageToken"] = next.into();
    }
    Ok(Reply::Json(reply))
}
