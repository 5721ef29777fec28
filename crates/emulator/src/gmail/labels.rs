//! `users.labels`: the labels that Gmail has and those that the user made.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::store::Store;
use super::{Mailbox, palette, strings};
use crate::call::{ApiError, Call, Reply};

/// What the ids of a user's labels begin with.
pub(crate) const USER_LABEL_PREFIX: &str = "Label_";

/// How many labels one request may put on or take off.
const MAX_CHANGES: usize = 100;

/// Longer names are refused.
const MAX_NAME: usize = 225;

/// Gmail's own labels, and whether its list hides them.
const SYSTEM: &[(&str, bool)] = &[
    ("CHAT", true),
    ("SENT", false),
    ("INBOX", false),
    ("IMPORTANT", true),
    ("TRASH", true),
    ("DRAFT", false),
    ("SPAM", true),
    ("CATEGORY_FORUMS", true),
    ("CATEGORY_UPDATES", true),
    ("CATEGORY_PERSONAL", true),
    ("CATEGORY_PROMOTIONS", true),
    ("CATEGORY_SOCIAL", true),
    ("STARRED", false),
    ("UNREAD", false),
];

/// Labels that Gmail alone puts on and takes off.
pub(crate) const AUTOMATIC: &[&str] = &["SENT", "DRAFT", "CHAT"];

/// A label of a mailbox.
#[derive(Debug, Clone, Default)]
pub(crate) struct Label {
    pub(crate) id: String,
    pub(crate) name: String,
    message_visibility: Option<String>,
    list_visibility: Option<String>,
    /// Background and text.
    color: Option<(String, String)>,
}

/// Whether an id belongs to a label that the user made.
pub(crate) fn is_user_label(id: &str) -> bool {
    id.starts_with(USER_LABEL_PREFIX)
}

impl Label {
    /// The labels that every mailbox has.
    pub(crate) fn system() -> Vec<Self> {
        SYSTEM
            .iter()
            .map(|&(name, hidden)| Self {
                id: name.to_owned(),
                name: name.to_owned(),
                message_visibility: hidden.then(|| "hide".to_owned()),
                list_visibility: hidden.then(|| "labelHide".to_owned()),
                color: None,
            })
            .collect()
    }

    fn to_json(&self) -> Value {
        let kind = if is_user_label(&self.id) {
            "user"
        } else {
            "system"
        };
        let mut label = json!({ "id": self.id, "name": self.name, "type": kind });
        if let Some(visibility) = &self.message_visibility {
            label["messageListVisibility"] = json!(visibility);
        }
        if let Some(visibility) = &self.list_visibility {
            label["labelListVisibility"] = json!(visibility);
        }
        if let Some((background, text)) = &self.color {
            label["color"] = json!({ "backgroundColor": background, "textColor": text });
        }
        label
    }

    /// The label as `labels.get` shows it, with its counts.
    fn to_json_counted(&self, store: &Store) -> Value {
        let mut messages = (0, 0);
        let mut threads = (BTreeSet::new(), BTreeSet::new());
        for message in store
            .messages()
            .filter(|message| message.labels.contains(&self.id))
        {
            messages.0 += 1;
            threads.0.insert(&message.thread_id);
            if message.labels.contains("UNREAD") {
                messages.1 += 1;
                threads.1.insert(&message.thread_id);
            }
        }
        let mut label = self.to_json();
        label["messagesTotal"] = json!(messages.0);
        label["messagesUnread"] = json!(messages.1);
        label["threadsTotal"] = json!(threads.0.len());
        label["threadsUnread"] = json!(threads.1.len());
        label
    }

    fn set_name(&mut self, store: &Store, name: &str) -> Result<(), ApiError> {
        let name = name.trim();
        let taken = |label: &Label| label.id != self.id && same_name(&label.name, name);
        if name.is_empty()
            || name.chars().count() > MAX_NAME
            || SYSTEM.iter().any(|(system, _)| same_name(system, name))
        {
            return Err(ApiError::invalid("Invalid label name"));
        }
        if store.labels.iter().any(taken) {
            return Err(ApiError {
                code: 409,
                status: "ABORTED",
                reason: "aborted",
                message: "Label name exists or conflicts".to_owned(),
            });
        }
        name.clone_into(&mut self.name);
        Ok(())
    }

    fn set_looks(&mut self, body: &Value) -> Result<(), ApiError> {
        let text = |field: &str| body[field].as_str().map(ToOwned::to_owned);
        if let Some(visibility) = text("messageListVisibility") {
            self.message_visibility = Some(visibility);
        }
        if let Some(visibility) = text("labelListVisibility") {
            self.list_visibility = Some(visibility);
        }
        match &body["color"] {
            Value::Null => {}
            color => {
                let background = palette::checked(color["backgroundColor"].as_str())?;
                let text = palette::checked(color["textColor"].as_str())?;
                self.color = Some((background, text));
            }
        }
        Ok(())
    }
}

/// Adds a label for a seed, or finds the one with that name; returns its id.
pub(crate) fn named(store: &mut Store, name: &str) -> String {
    let known = store
        .labels
        .iter()
        .find(|label| same_name(&label.name, name));
    if let Some(label) = known {
        return label.id.clone();
    }
    let id = store.fresh_label_id();
    store.labels.push(Label {
        id: id.clone(),
        name: name.to_owned(),
        message_visibility: Some("show".to_owned()),
        list_visibility: Some("labelShow".to_owned()),
        color: None,
    });
    id
}

fn same_name(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

/// The labels that a new message is to wear.
///
/// # Errors
/// When one of them does not exist, or is never put on by hand.
pub(crate) fn checked(store: &Store, ids: &[String]) -> Result<BTreeSet<String>, ApiError> {
    for id in ids {
        if id == "DRAFT" || !store.labels.iter().any(|label| label.id == *id) {
            return Err(ApiError::invalid(format!("Invalid label: {id}")));
        }
    }
    Ok(ids.iter().cloned().collect())
}

/// Labels to put on and to take off.
#[derive(Debug, Clone, Default)]
pub(crate) struct LabelChange {
    pub(crate) add: Vec<String>,
    pub(crate) remove: Vec<String>,
}

impl LabelChange {
    /// The change that a request to modify messages or threads asks for.
    ///
    /// # Errors
    /// When it names no label, too many, one that does not exist, or one that is Gmail's to set.
    pub(crate) fn from_request(store: &Store, call: &Call) -> Result<Self, ApiError> {
        let body = call.body.as_ref().unwrap_or(&Value::Null);
        let add = strings(&body["addLabelIds"]);
        let remove = strings(&body["removeLabelIds"]);
        if add.is_empty() && remove.is_empty() {
            return Err(ApiError::invalid("No label add or removes specified"));
        }
        if add.len() > MAX_CHANGES || remove.len() > MAX_CHANGES {
            return Err(ApiError::invalid(
                "Too many label adds or removes specified",
            ));
        }
        for id in add.iter().chain(&remove) {
            let is_known = store.labels.iter().any(|label| label.id == *id);
            if !is_known || AUTOMATIC.contains(&id.as_str()) {
                return Err(ApiError::invalid(format!("Invalid label: {id}")));
            }
        }
        if add.iter().any(|id| remove.contains(id)) {
            return Err(ApiError::invalid(
                "Cannot both add and remove the same label",
            ));
        }
        Ok(Self { add, remove }.with_moves())
    }

    /// The change that moves a message to the trash.
    pub(crate) fn trash() -> Self {
        Self {
            add: vec!["TRASH".to_owned()],
            remove: Vec::new(),
        }
        .with_moves()
    }

    /// The change that takes a message out of the trash.
    pub(crate) fn untrash() -> Self {
        Self {
            add: Vec::new(),
            remove: vec!["TRASH".to_owned()],
        }
    }

    /// A message is in one of the inbox, the trash and spam, or in none of them.
    pub(crate) fn with_moves(mut self) -> Self {
        const PLACES: &[&str] = &["INBOX", "TRASH", "SPAM"];
        if let Some(place) = PLACES
            .iter()
            .find(|place| self.add.iter().any(|id| id == *place))
        {
            for other in PLACES.iter().filter(|other| *other != place) {
                if !self.add.iter().chain(&self.remove).any(|id| id == other) {
                    self.remove.push((*other).to_owned());
                }
            }
        }
        self
    }
}

/// `users.labels.list`.
pub(crate) fn list(mailbox: &Mailbox) -> Reply {
    let labels: Vec<Value> = mailbox.store.labels.iter().map(Label::to_json).collect();
    Reply::Json(json!({ "labels": labels }))
}

/// `users.labels.get`.
pub(crate) fn get(mailbox: &Mailbox, call: &Call) -> Result<Reply, ApiError> {
    let at = position(&mailbox.store, call)?;
    Ok(Reply::Json(
        mailbox.store.labels[at].to_json_counted(&mailbox.store),
    ))
}

/// `users.labels.create`.
pub(crate) fn create(mailbox: &mut Mailbox, call: &Call) -> Result<Reply, ApiError> {
    let body = call.body.as_ref().unwrap_or(&Value::Null);
    let mut label = Label::default();
    label.set_name(&mailbox.store, body["name"].as_str().unwrap_or_default())?;
    label.set_looks(body)?;
    label.id = mailbox.store.fresh_label_id();
    let reply = label.to_json();
    mailbox.store.labels.push(label);
    Ok(Reply::Json(reply))
}

/// `users.labels.update`, and `users.labels.patch` when `keep` says to keep what is not named.
pub(crate) fn update(mailbox: &mut Mailbox, call: &Call, keep: bool) -> Result<Reply, ApiError> {
    let at = user_position(&mailbox.store, call)?;
    let body = call.body.as_ref().unwrap_or(&Value::Null);
    let old = mailbox.store.labels[at].clone();
    if body["id"].as_str().is_some_and(|id| id != old.id) {
        return Err(ApiError::invalid("Label ID mismatch"));
    }
    let mut label = if keep {
        old
    } else {
        Label {
            id: old.id,
            ..Label::default()
        }
    };
    match body["name"].as_str() {
        None if keep => {}
        name => label.set_name(&mailbox.store, name.unwrap_or_default())?,
    }
    label.set_looks(body)?;
    let reply = label.to_json();
    mailbox.store.labels[at] = label;
    Ok(Reply::Json(reply))
}

/// `users.labels.delete`.
pub(crate) fn delete(mailbox: &mut Mailbox, call: &Call) -> Result<Reply, ApiError> {
    let at = user_position(&mailbox.store, call)?;
    let label = mailbox.store.labels.remove(at);
    let worn: Vec<String> = mailbox
        .store
        .messages()
        .filter(|message| message.labels.contains(&label.id))
        .map(|message| message.id.clone())
        .collect();
    for id in worn {
        mailbox
            .store
            .relabel(&id, &[], std::slice::from_ref(&label.id));
    }
    Ok(Reply::Empty)
}

fn position(store: &Store, call: &Call) -> Result<usize, ApiError> {
    let id = call.path.get("id").map(String::as_str).unwrap_or_default();
    store
        .labels
        .iter()
        .position(|label| label.id == id)
        .ok_or_else(|| ApiError::not_found("Requested entity was not found."))
}

fn user_position(store: &Store, call: &Call) -> Result<usize, ApiError> {
    let at = position(store, call)?;
    if is_user_label(&store.labels[at].id) {
        Ok(at)
    } else {
        Err(ApiError::invalid("Cannot change or delete a system label"))
    }
}

#[cfg(test)]
mod tests;
