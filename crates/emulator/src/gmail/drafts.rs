//! `users.drafts`: messages that are not sent yet.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::messages::{Filter, View, brief, send_raw};
use super::mime::Parsed;
use super::page::{self, Page};
use super::store::{Message, NewMessage};
use super::submission::{requested_thread, submitted};
use super::threading::Wanted;
use super::{Mailbox, compose, threading};
use crate::call::{ApiError, Call, Reply};

/// `users.drafts.list`.
pub(crate) fn list(mailbox: &Mailbox, call: &Call, now_ms: i64) -> Result<Reply, ApiError> {
    let filter = Filter::new(mailbox, call, now_ms)?;
    let found = mailbox.store.drafts.iter().filter_map(|(id, message_id)| {
        let message = mailbox.store.message(message_id)?;
        filter.admits(message).then_some((id, message))
    });
    let Page { items, next, total } = page::of(call, found, |(_, message)| {
        (message.internal_date, message.arrival)
    })?;
    let mut reply = json!({ "resultSizeEstimate": total });
    if !items.is_empty() {
        reply["drafts"] = items
            .into_iter()
            .map(|(id, message)| {
                json!({
                    "id": id,
                    "message": { "id": message.id, "threadId": message.thread_id },
                })
            })
            .collect();
    }
    if let Some(next) = next {
        reply["nextPageToken"] = next.into();
    }
    Ok(Reply::Json(reply))
}

/// `users.drafts.get`.
pub(crate) fn get(mailbox: &Mailbox, call: &Call) -> Result<Reply, ApiError> {
    let view = View::new(call);
    let id = path_id(call);
    let message = known(mailbox, id)?;
    Ok(Reply::Json(
        json!({ "id": id, "message": view.of(message) }),
    ))
}

/// `users.drafts.create`.
pub(crate) fn create(mailbox: &mut Mailbox, call: &Call, now_ms: i64) -> Result<Reply, ApiError> {
    let message = &call.body.as_ref().unwrap_or(&Value::Null)["message"];
    let raw = submitted(call, message)?;
    let wanted = Wanted::new(requested_thread(message));
    let message_id = store_draft(mailbox, &raw, wanted, now_ms)?;
    let id = format!("r{}", mailbox.store.fresh() >> 1);
    mailbox.store.drafts.insert(id.clone(), message_id);
    reply(mailbox, &id)
}

/// `users.drafts.update`: the draft keeps its id and gets a new message.
pub(crate) fn update(mailbox: &mut Mailbox, call: &Call, now_ms: i64) -> Result<Reply, ApiError> {
    let id = path_id(call).to_owned();
    let old = known(mailbox, &id)?;
    let (old_id, old_thread) = (old.id.clone(), old.thread_id.clone());
    let message = &call.body.as_ref().unwrap_or(&Value::Null)["message"];
    let raw = submitted(call, message)?;
    let wanted = Wanted::instead_of(&old_thread, requested_thread(message));
    let new_id = store_draft(mailbox, &raw, wanted, now_ms)?;
    mailbox.store.drafts.insert(id.clone(), new_id);
    mailbox.store.remove(&old_id);
    reply(mailbox, &id)
}

/// `users.drafts.send`: the draft goes, and its message is sent under a new id.
pub(crate) fn send(mailbox: &mut Mailbox, call: &Call, now_ms: i64) -> Result<Reply, ApiError> {
    let body = call.body.as_ref().unwrap_or(&Value::Null);
    let message = &body["message"];
    let id = body["id"].as_str().filter(|id| !id.is_empty());
    let draft = id.map(|id| known(mailbox, id)).transpose()?.cloned();
    let is_new = call.media.is_some() || message["raw"].as_str().is_some();
    let raw = match &draft {
        Some(draft) if !is_new => draft.raw.clone(),
        _ => submitted(call, message)?,
    };
    let asked = requested_thread(message);
    let wanted = match &draft {
        Some(draft) => Wanted::instead_of(&draft.thread_id, asked),
        None => Wanted::new(asked),
    };
    let sent = send_raw(mailbox, &raw, wanted, now_ms)?;
    if let Some(draft) = draft {
        mailbox.store.remove(&draft.id);
    }
    let sent = mailbox.store.message(&sent).ok_or_else(missing)?;
    Ok(Reply::Json(brief(sent)))
}

/// `users.drafts.delete`.
pub(crate) fn delete(mailbox: &mut Mailbox, call: &Call) -> Result<Reply, ApiError> {
    let message_id = known(mailbox, path_id(call))?.id.clone();
    mailbox.store.remove(&message_id);
    Ok(Reply::Empty)
}

fn store_draft(
    mailbox: &mut Mailbox,
    raw: &[u8],
    wanted: Wanted<'_>,
    now_ms: i64,
) -> Result<String, ApiError> {
    let id = mailbox.store.fresh_id();
    let raw = compose::complete(raw, mailbox.author(), now_ms, &id);
    let parsed = Parsed::new(&raw);
    compose::recipients(&parsed)?;
    let thread_id = threading::requested(&mailbox.store, wanted, &parsed)?;
    let labels = BTreeSet::from(["DRAFT".to_owned()]);
    let new = NewMessage {
        id: Some(id),
        thread_id,
        labels,
        internal_date: now_ms,
        raw,
    };
    Ok(mailbox.store.add(new))
}

fn path_id(call: &Call) -> &str {
    call.path.get("id").map(String::as_str).unwrap_or_default()
}

fn known<'a>(mailbox: &'a Mailbox, id: &str) -> Result<&'a Message, ApiError> {
    let message_id = mailbox.store.drafts.get(id).ok_or_else(missing)?;
    mailbox.store.message(message_id).ok_or_else(missing)
}

fn missing() -> ApiError {
    ApiError::not_found("Requested entity was not found.")
}

fn reply(mailbox: &Mailbox, id: &str) -> Result<Reply, ApiError> {
    let message = known(mailbox, id)?;
    Ok(Reply::Json(json!({ "id": id, "message": brief(message) })))
}
