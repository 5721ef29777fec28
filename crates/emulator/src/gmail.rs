//! Gmail: one account's mailbox, and Google's methods on it.
//!
//! Written from Gmail's discovery document and Google's documentation. Where both are silent:
//! a label list never shows the inbox beside the trash or spam; a draft that is sent or replaced
//! stays in its thread unless another is asked for; a sent message's foreign `From` is replaced by
//! the account's; `to:` finds `Cc` and `Bcc` too; dates in a search are days in UTC.

mod compose;
mod drafts;
mod history;
mod labels;
mod messages;
mod mime;
mod page;
mod palette;
mod query;
mod rfc822;
mod search;
mod settings;
mod store;
mod threading;
mod threads;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use self::compose::Author;
use self::labels::LabelChange;
use self::mime::Parsed;
use self::rfc822::with_crlf;
use self::store::{NewMessage, Store};
use crate::call::{ApiError, Call, Reply};
use crate::seed::{SeedMailbox, resolve_date};

/// The methods that a [`Mailbox`] answers.
pub(crate) const METHODS: &[&str] = &[
    "gmail.users.getProfile",
    "gmail.users.messages.list",
    "gmail.users.messages.get",
    "gmail.users.messages.send",
    "gmail.users.messages.insert",
    "gmail.users.messages.import",
    "gmail.users.messages.modify",
    "gmail.users.messages.trash",
    "gmail.users.messages.untrash",
    "gmail.users.messages.delete",
    "gmail.users.messages.batchModify",
    "gmail.users.messages.batchDelete",
    "gmail.users.messages.attachments.get",
    "gmail.users.threads.list",
    "gmail.users.threads.get",
    "gmail.users.threads.modify",
    "gmail.users.threads.trash",
    "gmail.users.threads.untrash",
    "gmail.users.threads.delete",
    "gmail.users.drafts.list",
    "gmail.users.drafts.get",
    "gmail.users.drafts.create",
    "gmail.users.drafts.update",
    "gmail.users.drafts.delete",
    "gmail.users.drafts.send",
    "gmail.users.labels.list",
    "gmail.users.labels.get",
    "gmail.users.labels.create",
    "gmail.users.labels.update",
    "gmail.users.labels.patch",
    "gmail.users.labels.delete",
    "gmail.users.history.list",
    "gmail.users.settings.sendAs.list",
    "gmail.users.settings.sendAs.get",
];

/// A message that leaves a mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Outgoing {
    /// The message as recipients see it (without `Bcc`).
    pub(crate) raw: Vec<u8>,
    /// The bare addresses of the recipients other than the sender, lower case.
    pub(crate) recipients: Vec<String>,
}

/// One account's mail.
#[derive(Debug)]
pub(crate) struct Mailbox {
    address: String,
    name: String,
    store: Store,
    outgoing: Vec<Outgoing>,
}

impl Mailbox {
    /// The mailbox that a seed describes, at the time `now_ms`.
    pub(crate) fn new(seed: &SeedMailbox, address: &str, name: &str, now_ms: i64) -> Self {
        let mut mailbox = Self {
            address: address.to_owned(),
            name: name.to_owned(),
            store: Store::new(&address.to_lowercase()),
            outgoing: Vec::new(),
        };
        mailbox.plant(seed, now_ms);
        mailbox
    }

    fn plant(&mut self, seed: &SeedMailbox, now_ms: i64) {
        for name in &seed.labels {
            labels::named(&mut self.store, name);
        }
        let mut threads: BTreeMap<&str, String> = BTreeMap::new();
        for message in &seed.messages {
            let internal_date = resolve_date(&message.date, now_ms).unwrap_or(now_ms);
            let id = message.id.clone().unwrap_or_else(|| self.store.fresh_id());
            let raw = compose::from_seed(message, self.author(), internal_date, &id);
            let labels = message
                .labels
                .iter()
                .map(|name| labels::named(&mut self.store, name));
            let labels: BTreeSet<String> = labels.collect();
            let thread_id = match &message.thread {
                Some(key) => threads.get(key.as_str()).cloned(),
                None => threading::arriving(&self.store, &Parsed::new(&raw)),
            };
            let is_draft = labels.contains("DRAFT");
            let new = NewMessage {
                id: Some(id),
                thread_id,
                labels,
                internal_date,
                raw,
            };
            let id = self.store.add(new);
            if is_draft {
                let draft_id = format!("r{}", self.store.fresh() >> 1);
                self.store.drafts.insert(draft_id, id.clone());
            }
            if let Some(key) = &message.thread {
                threads.entry(key).or_insert(id);
            }
        }
    }

    /// Answers one of [`METHODS`], for a caller who may see this mailbox.
    ///
    /// # Errors
    /// As Google refuses the call.
    pub(crate) fn handle(&mut self, call: &Call, now_ms: i64) -> Result<Reply, ApiError> {
        let method = call.method.strip_prefix("gmail.users.").unwrap_or_default();
        match method.split_once('.') {
            None if method == "getProfile" => Ok(settings::profile(self)),
            Some(("messages", method)) => self.handle_messages(method, call, now_ms),
            Some(("threads", method)) => self.handle_threads(method, call, now_ms),
            Some(("drafts", method)) => self.handle_drafts(method, call, now_ms),
            Some(("labels", method)) => self.handle_labels(method, call),
            Some(("history", "list")) => history::list(&self.store, call),
            Some(("settings", "sendAs.list")) => Ok(settings::send_as_list(self)),
            Some(("settings", "sendAs.get")) => settings::send_as_get(self, call),
            _ => Err(not_implemented(call)),
        }
    }

    fn handle_messages(
        &mut self,
        method: &str,
        call: &Call,
        now_ms: i64,
    ) -> Result<Reply, ApiError> {
        match method {
            "list" => messages::list(self, call, now_ms),
            "get" => messages::get(self, call),
            "attachments.get" => messages::attachment(self, call),
            "send" => messages::send(self, call, now_ms),
            "insert" => messages::insert(self, call, now_ms, false),
            "import" => messages::insert(self, call, now_ms, true),
            "modify" => {
                let change = LabelChange::from_request(&self.store, call)?;
                messages::change(self, call, &change)
            }
            "trash" => messages::change(self, call, &LabelChange::trash()),
            "untrash" => messages::change(self, call, &LabelChange::untrash()),
            "delete" => messages::delete(self, call),
            "batchModify" => messages::batch_modify(self, call),
            "batchDelete" => messages::batch_delete(self, call),
            _ => Err(not_implemented(call)),
        }
    }

    fn handle_threads(
        &mut self,
        method: &str,
        call: &Call,
        now_ms: i64,
    ) -> Result<Reply, ApiError> {
        match method {
            "list" => threads::list(self, call, now_ms),
            "get" => threads::get(self, call),
            "modify" => {
                let change = LabelChange::from_request(&self.store, call)?;
                threads::change(self, call, &change)
            }
            "trash" => threads::change(self, call, &LabelChange::trash()),
            "untrash" => threads::change(self, call, &LabelChange::untrash()),
            "delete" => threads::delete(self, call),
            _ => Err(not_implemented(call)),
        }
    }

    fn handle_drafts(&mut self, method: &str, call: &Call, now_ms: i64) -> Result<Reply, ApiError> {
        match method {
            "list" => drafts::list(self, call, now_ms),
            "get" => drafts::get(self, call),
            "create" => drafts::create(self, call, now_ms),
            "update" => drafts::update(self, call, now_ms),
            "send" => drafts::send(self, call, now_ms),
            "delete" => drafts::delete(self, call),
            _ => Err(not_implemented(call)),
        }
    }

    fn handle_labels(&mut self, method: &str, call: &Call) -> Result<Reply, ApiError> {
        match method {
            "list" => Ok(labels::list(self)),
            "get" => labels::get(self, call),
            "create" => labels::create(self, call),
            "update" => labels::update(self, call, false),
            "patch" => labels::update(self, call, true),
            "delete" => labels::delete(self, call),
            _ => Err(not_implemented(call)),
        }
    }

    /// What was sent since the last time this was asked.
    pub(crate) fn take_outgoing(&mut self) -> Vec<Outgoing> {
        std::mem::take(&mut self.outgoing)
    }

    /// Takes in a message as from another mail server.
    pub(crate) fn deliver(&mut self, raw: &[u8], now_ms: i64) {
        let mut received = format!("Delivered-To: {}\r\n", self.address).into_bytes();
        received.extend_from_slice(&with_crlf(raw));
        let thread_id = threading::arriving(&self.store, &Parsed::new(&received));
        let labels = BTreeSet::from(["INBOX".to_owned(), "UNREAD".to_owned()]);
        let new = NewMessage {
            id: None,
            thread_id,
            labels,
            internal_date: now_ms,
            raw: received,
        };
        self.store.add(new);
    }

    fn author(&self) -> Author<'_> {
        Author {
            address: &self.address,
            name: &self.name,
        }
    }

    /// The labels: name in search form, and id.
    fn label_keys(&self) -> Vec<(String, String)> {
        let keys = self.store.labels.iter();
        keys.map(|label| (words::label_key(&label.name), label.id.clone()))
            .collect()
    }
}

/// The texts of a JSON list.
fn strings(list: &Value) -> Vec<String> {
    let texts = list
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str);
    texts.map(ToOwned::to_owned).collect()
}

/// The error for an id that nothing has: Google tells ill-formed ones apart.
fn unknown_id(id: &str, ill_formed: &str) -> ApiError {
    if (1..=16).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        ApiError::not_found("Requested entity was not found.")
    } else {
        ApiError::invalid(ill_formed)
    }
}

fn not_implemented(call: &Call) -> ApiError {
    ApiError {
        code: 501,
        status: "UNIMPLEMENTED",
        reason: "notImplemented",
        message: format!("the emulator does not implement {}", call.method),
    }
}

#[cfg(test)]
mod tests;
