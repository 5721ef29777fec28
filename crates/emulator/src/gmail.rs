//! Gmail: one account's mailbox, and Google's methods on it.
//!
//! Written from Gmail's discovery document and Google's documentation. Where both are silent:
//! a label list never shows the inbox beside the trash or spam; a draft that is sent or replaced
//! stays in its thread unless another is asked for; a sent message's foreign `From` is replaced by
//! the account's; `to:` finds `Cc` and `Bcc` too; dates in a search are days in UTC; a filter with
//! `excludeChats` alone has no criteria; all filters see a message as it arrived, labels that they
//! take off win over those that they put on, and mail that the account sends to itself arrives too;
//! an imported message is filtered but not forwarded and not answered, since importing sends
//! nothing; the responder's contacts are those whom the account has written to.

mod arrival;
mod compose;
mod drafts;
mod history;
mod labels;
mod message_ids;
mod messages;
mod methods;
mod mime;
mod page;
mod palette;
mod query;
mod rfc822;
mod sanitize;
mod search;
mod settings;
mod store;
mod submission;
mod threading;
mod threads;
mod watch;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use self::compose::Author;
pub use self::message_ids::MessageIds;
pub(crate) use self::methods::METHODS;

use self::mime::Parsed;
use self::settings::Settings;
use self::store::{NewMessage, Store};
use self::watch::Watch;
use crate::call::ApiError;
use crate::seed::{SeedMailbox, resolve_date};

/// Whose a mailbox is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Owner<'a> {
    pub(crate) address: &'a str,
    pub(crate) name: &'a str,
    /// The Workspace domain, for accounts that belong to one.
    pub(crate) hosted_domain: Option<&'a str>,
}

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
    is_workspace: bool,
    store: Store,
    settings: Settings,
    watch: Option<Watch>,
    outgoing: Vec<Outgoing>,
    pub(crate) message_ids: MessageIds,
}

impl Mailbox {
    /// The mailbox that a seed describes, at the time `now_ms`.
    pub(crate) fn new(seed: &SeedMailbox, owner: Owner<'_>, now_ms: i64) -> Self {
        let mut mailbox = Self {
            address: owner.address.to_owned(),
            is_workspace: owner.hosted_domain.is_some(),
            store: Store::new(&owner.address.to_lowercase()),
            settings: Settings::new(seed, owner),
            watch: None,
            outgoing: Vec::new(),
            message_ids: MessageIds::default(),
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

    /// What was sent since the last time this was asked.
    pub(crate) fn take_outgoing(&mut self) -> Vec<Outgoing> {
        std::mem::take(&mut self.outgoing)
    }

    fn author(&self) -> Author<'_> {
        Author {
            address: &self.address,
            name: self.settings.name(),
            send_as: &self.settings.send_as,
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

#[cfg(test)]
mod tests;
