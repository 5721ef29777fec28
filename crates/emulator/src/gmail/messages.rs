//! `users.messages`: lists, reads, sends, inserts and changes messages.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use serde_json::{Value, json};

use super::labels::{self, LabelChange};
use super::mime::{Parsed, addresses, headers_json};
use super::page::{self, Page};
use super::query::Query;
use super::rfc822::{Field, with_crlf, without_field};
use super::search::{Candidate, Scope};
use super::store::{Message, NewMessage};
use super::submission::{requested_thread, submitted};
use super::threading::Wanted;
use super::{Mailbox, Outgoing, compose, strings, threading, unknown_id};
use crate::call::{ApiError, Call, Reply};

/// How many messages one batch method changes.
const MAX_BATCH: usize = 1000;

/// Which messages a list holds.
#[derive(Debug)]
pub(crate) struct Filter {
    labels: Vec<String>,
    query: Query,
    trash: bool,
    spam: bool,
    label_keys: Vec<(String, String)>,
    me: String,
    now_ms: i64,
}

impl Filter {
    /// The filter that a call's parameters describe.
    ///
    /// # Errors
    /// When a label does not exist.
    pub(crate) fn new(mailbox: &Mailbox, call: &Call, now_ms: i64) -> Result<Self, ApiError> {
        let labels = call.query.get("labelIds").cloned().unwrap_or_default();
        for id in &labels {
            if !mailbox.store.labels.iter().any(|label| label.id == *id) {
                return Err(ApiError::invalid(format!("Invalid label: {id}")));
            }
        }
        let text = call.query_one("q").unwrap_or_default();
        let query = Query::parse(text);
        let asked = call.query_one("includeSpamTrash") == Some("true");
        let (trash, spam) = query.reaches();
        Ok(Self {
            trash: asked || trash || labels.iter().any(|id| id == "TRASH"),
            spam: asked || spam || labels.iter().any(|id| id == "SPAM"),
            labels,
            query,
            label_keys: mailbox.label_keys(),
            me: mailbox.address.to_lowercase(),
            now_ms,
        })
    }

    /// Whether a message is listed, but for `labelIds`.
    pub(crate) fn admits(&self, message: &Message) -> bool {
        let candidate = Candidate {
            index: &message.index,
            labels: &message.labels,
            date_ms: message.internal_date,
        };
        let scope = Scope {
            now_ms: self.now_ms,
            me: &self.me,
            labels: &self.label_keys,
        };
        (self.trash || !message.labels.contains("TRASH"))
            && (self.spam || !message.labels.contains("SPAM"))
            && self.query.matches(candidate, scope)
    }

    /// Whether all of `labelIds` are among these.
    pub(crate) fn has_labels(&self, worn: &BTreeSet<String>) -> bool {
        self.labels.iter().all(|id| worn.contains(id))
    }
}

/// `users.messages.list`.
pub(crate) fn list(mailbox: &Mailbox, call: &Call, now_ms: i64) -> Result<Reply, ApiError> {
    let filter = Filter::new(mailbox, call, now_ms)?;
    let found = mailbox
        .store
        .messages()
        .filter(|message| filter.has_labels(&message.labels) && filter.admits(message));
    let Page { items, next, total } = page::of(call, found, |message| {
        (message.internal_date, message.arrival)
    })?;
    let mut reply = json!({ "resultSizeEstimate": total });
    if !items.is_empty() {
        reply["messages"] = items
            .into_iter()
            .map(|message| json!({ "id": message.id, "threadId": message.thread_id }))
            .collect();
    }
    if let Some(next) = next {
        reply["nextPageToken"] = next.into();
    }
    Ok(Reply::Json(reply))
}

/// `users.messages.get`.
pub(crate) fn get(mailbox: &Mailbox, call: &Call) -> Result<Reply, ApiError> {
    let view = View::new(call);
    Ok(Reply::Json(view.of(known(mailbox, call)?)))
}

/// How a message is shown.
#[derive(Debug)]
pub(crate) struct View {
    format: String,
    headers: Vec<String>,
}

impl View {
    /// The view that a call asks for.
    pub(crate) fn new(call: &Call) -> Self {
        let format = call
            .query_one("format")
            .unwrap_or("full")
            .to_ascii_lowercase();
        let headers = call
            .query
            .get("metadataHeaders")
            .cloned()
            .unwrap_or_default();
        Self { format, headers }
    }

    /// The message in this view.
    pub(crate) fn of(&self, message: &Message) -> Value {
        let mut shown = brief(message);
        shown["snippet"] = message.parsed.snippet().into();
        shown["historyId"] = message.history_id.to_string().into();
        shown["internalDate"] = message.internal_date.to_string().into();
        shown["sizeEstimate"] = message.raw.len().into();
        let root = &message.parsed.root;
        match self.format.as_str() {
            "minimal" => {}
            "raw" => shown["raw"] = URL_SAFE.encode(&message.raw).into(),
            "metadata" => {
                shown["payload"] = json!({
                    "mimeType": root.mime_type,
                    "headers": headers_json(&root.headers, &self.headers),
                });
            }
            _ => shown["payload"] = root.to_json(&message.id),
        }
        shown
    }
}

/// A message as methods show it that change it: its ids and labels.
pub(crate) fn brief(message: &Message) -> Value {
    let mut shown = json!({ "id": message.id, "threadId": message.thread_id });
    if !message.labels.is_empty() {
        shown["labelIds"] = json!(message.labels);
    }
    shown
}

/// `users.messages.attachments.get`.
pub(crate) fn attachment(mailbox: &Mailbox, call: &Call) -> Result<Reply, ApiError> {
    let id = call
        .path
        .get("messageId")
        .map(String::as_str)
        .unwrap_or_default();
    let message = mailbox
        .store
        .message(id)
        .ok_or_else(|| unknown_id(id, "Invalid id value"))?;
    let token = call.path.get("id").map(String::as_str).unwrap_or_default();
    let parts = message.parsed.root.walk();
    let found = parts
        .into_iter()
        .find(|part| part.is_attachment && part.attachment_id(&message.id) == token)
        .ok_or_else(|| ApiError::invalid("Invalid attachment token"))?;
    Ok(Reply::Json(found.content_json()))
}

/// `users.messages.send`.
pub(crate) fn send(mailbox: &mut Mailbox, call: &Call, now_ms: i64) -> Result<Reply, ApiError> {
    let body = call.body.as_ref().unwrap_or(&Value::Null);
    let raw = submitted(call, body)?;
    let wanted = Wanted::new(requested_thread(body));
    let id = send_raw(mailbox, &raw, wanted, now_ms)?;
    brief_reply(mailbox, &id)
}

/// Sends a message and keeps it with the label `SENT`; returns its id.
///
/// # Errors
/// When it has no recipient, an ill-formed one, or an unknown thread.
pub(crate) fn send_raw(
    mailbox: &mut Mailbox,
    raw: &[u8],
    wanted: Wanted<'_>,
    now_ms: i64,
) -> Result<String, ApiError> {
    let id = mailbox.store.fresh_id();
    let raw = compose::complete(raw, mailbox.author(), now_ms, &id);
    let raw = mailbox.message_ids.accepted(&raw, &id);
    let parsed = Parsed::new(&raw);
    let recipients = compose::recipients(&parsed)?;
    if recipients.is_empty() {
        return Err(ApiError::invalid("Recipient address required"));
    }
    let thread_id = threading::requested(&mailbox.store, wanted, &parsed)?;
    let mut labels = BTreeSet::from(["SENT".to_owned()]);
    let me = mailbox.address.to_lowercase();
    let (own, others): (Vec<_>, Vec<_>) = recipients
        .into_iter()
        .partition(|recipient| *recipient == me);
    if !own.is_empty() {
        labels.extend(["INBOX".to_owned(), "UNREAD".to_owned()]);
        let sorted = mailbox.sorted(&parsed, raw.len(), labels, now_ms);
        labels = sorted.labels;
        mailbox.forward(&without_field(&raw, "Bcc"), &parsed, &sorted.forward);
    }
    if !others.is_empty() {
        let raw = without_field(&raw, "Bcc");
        mailbox.outgoing.push(Outgoing {
            raw,
            recipients: others,
        });
    }
    let new = NewMessage {
        id: Some(id),
        thread_id,
        labels,
        internal_date: now_ms,
        raw,
    };
    Ok(mailbox.store.add(new))
}

/// `users.messages.insert`, and `users.messages.import` when `arrives`.
pub(crate) fn insert(
    mailbox: &mut Mailbox,
    call: &Call,
    now_ms: i64,
    arrives: bool,
) -> Result<Reply, ApiError> {
    let body = call.body.as_ref().unwrap_or(&Value::Null);
    let raw = with_crlf(&submitted(call, body)?);
    let parsed = Parsed::new(&raw);
    let mut labels = labels::checked(&mailbox.store, &strings(&body["labelIds"]))?;
    let from = addresses(parsed.root.header("From").unwrap_or_default());
    if !arrives && from.contains(&mailbox.address.to_lowercase()) {
        labels.insert("SENT".to_owned());
    }
    let thread_id = match requested_thread(body) {
        None if arrives => threading::arriving(&mailbox.store, &parsed),
        asked => threading::requested(&mailbox.store, Wanted::new(asked), &parsed)?,
    };
    let default = if arrives {
        "dateHeader"
    } else {
        "receivedTime"
    };
    let by_header = call.query_one("internalDateSource").unwrap_or(default) == "dateHeader";
    let header_date = parsed.root.header("Date").filter(|_| by_header);
    let header_date = header_date.and_then(|value| Field::new("Date", value).date_ms());
    let internal_date = header_date.unwrap_or(now_ms);
    if arrives {
        labels = mailbox.sorted(&parsed, raw.len(), labels, now_ms).labels;
    }
    let id = mailbox.store.add(NewMessage {
        id: None,
        thread_id,
        labels,
        internal_date,
        raw,
    });
    brief_reply(mailbox, &id)
}

/// Changes the labels of the one message that a call names.
pub(crate) fn change(
    mailbox: &mut Mailbox,
    call: &Call,
    change: &LabelChange,
) -> Result<Reply, ApiError> {
    let id = known(mailbox, call)?.id.clone();
    mailbox.store.relabel(&id, &change.add, &change.remove);
    brief_reply(mailbox, &id)
}

/// `users.messages.delete`.
pub(crate) fn delete(mailbox: &mut Mailbox, call: &Call) -> Result<Reply, ApiError> {
    let id = known(mailbox, call)?.id.clone();
    mailbox.store.remove(&id);
    Ok(Reply::Empty)
}

/// `users.messages.batchModify`.
pub(crate) fn batch_modify(mailbox: &mut Mailbox, call: &Call) -> Result<Reply, ApiError> {
    let ids = batch_ids(call)?;
    let change = LabelChange::from_request(&mailbox.store, call)?;
    for id in ids {
        mailbox.store.relabel(&id, &change.add, &change.remove);
    }
    Ok(Reply::Empty)
}

/// `users.messages.batchDelete`.
pub(crate) fn batch_delete(mailbox: &mut Mailbox, call: &Call) -> Result<Reply, ApiError> {
    for id in batch_ids(call)? {
        mailbox.store.remove(&id);
    }
    Ok(Reply::Empty)
}

fn batch_ids(call: &Call) -> Result<Vec<String>, ApiError> {
    let ids = strings(call.body.as_ref().map_or(&Value::Null, |body| &body["ids"]));
    match ids.len() {
        0 => Err(ApiError::invalid("No message ids specified")),
        1..=MAX_BATCH => Ok(ids),
        _ => Err(ApiError::invalid(format!(
            "No more than {MAX_BATCH} message ids are allowed"
        ))),
    }
}

fn known<'a>(mailbox: &'a Mailbox, call: &Call) -> Result<&'a Message, ApiError> {
    let id = call.path.get("id").map(String::as_str).unwrap_or_default();
    mailbox
        .store
        .message(id)
        .ok_or_else(|| unknown_id(id, "Invalid id value"))
}

fn brief_reply(mailbox: &Mailbox, id: &str) -> Result<Reply, ApiError> {
    let message = mailbox
        .store
        .message(id)
        .ok_or_else(|| unknown_id(id, "Invalid id value"))?;
    Ok(Reply::Json(brief(message)))
}
