//! `users.threads`: whole conversations.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::labels::LabelChange;
use super::messages::{Filter, View, brief};
use super::page::{self, Page};
use super::store::Message;
use super::{Mailbox, unknown_id};
use crate::call::{ApiError, Call, Reply};

/// `users.threads.list`.
pub(crate) fn list(mailbox: &Mailbox, call: &Call, now_ms: i64) -> Result<Reply, ApiError> {
    let filter = Filter::new(mailbox, call, now_ms)?;
    let mut threads: BTreeMap<&str, Vec<&Message>> = BTreeMap::new();
    for message in mailbox.store.messages() {
        threads.entry(&message.thread_id).or_default().push(message);
    }
    let found = threads.into_values().filter_map(|messages| {
        let worn: BTreeSet<String> = messages
            .iter()
            .flat_map(|message| message.labels.iter().cloned())
            .collect();
        let newest = messages
            .iter()
            .filter(|message| filter.admits(message))
            .max_by_key(|message| message.position())?;
        let history_id = messages.iter().map(|message| message.history_id).max()?;
        filter.has_labels(&worn).then_some((*newest, history_id))
    });
    let Page { items, next, total } = page::of(call, found, |(newest, _)| {
        (newest.internal_date, newest.arrival)
    })?;
    let mut reply = json!({ "resultSizeEstimate": total });
    if !items.is_empty() {
        reply["threads"] = items
            .into_iter()
            .map(|(newest, history_id)| {
                json!({
                    "id": newest.thread_id,
                    "snippet": newest.parsed.snippet(),
                    "historyId": history_id.to_string(),
                })
            })
            .collect();
    }
    if let Some(next) = next {
        reply["nextPageToken"] = next.into();
    }
    Ok(Reply::Json(reply))
}

/// `users.threads.get`.
pub(crate) fn get(mailbox: &Mailbox, call: &Call) -> Result<Reply, ApiError> {
    let view = View::new(call);
    let messages = known(mailbox, call)?;
    let history_id = messages
        .iter()
        .map(|message| message.history_id)
        .max()
        .unwrap_or_default();
    let shown: Vec<Value> = messages.iter().map(|message| view.of(message)).collect();
    Ok(Reply::Json(json!({
        "id": thread_id(call),
        "historyId": history_id.to_string(),
        "messages": shown,
    })))
}

/// Changes the labels of all messages of the thread that a call names.
pub(crate) fn change(
    mailbox: &mut Mailbox,
    call: &Call,
    change: &LabelChange,
) -> Result<Reply, ApiError> {
    for id in ids(mailbox, call)? {
        mailbox.store.relabel(&id, &change.add, &change.remove);
    }
    let shown: Vec<Value> = known(mailbox, call)?.into_iter().map(brief).collect();
    Ok(Reply::Json(
        json!({ "id": thread_id(call), "messages": shown }),
    ))
}

/// `users.threads.delete`.
pub(crate) fn delete(mailbox: &mut Mailbox, call: &Call) -> Result<Reply, ApiError> {
    for id in ids(mailbox, call)? {
        mailbox.store.remove(&id);
    }
    Ok(Reply::Empty)
}

fn thread_id(call: &Call) -> &str {
    call.path.get("id").map(String::as_str).unwrap_or_default()
}

fn known<'a>(mailbox: &'a Mailbox, call: &Call) -> Result<Vec<&'a Message>, ApiError> {
    let id = thread_id(call);
    let messages = mailbox.store.thread(id);
    if messages.is_empty() {
        Err(unknown_id(id, "Invalid id value"))
    } else {
        Ok(messages)
    }
}

fn ids(mailbox: &Mailbox, call: &Call) -> Result<Vec<String>, ApiError> {
    Ok(known(mailbox, call)?
        .into_iter()
        .map(|message| message.id.clone())
        .collect())
}
