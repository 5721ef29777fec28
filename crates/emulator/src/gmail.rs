//! Gmail: one account's mailbox, and Google's methods on it.

use crate::call::{ApiError, Call, Reply};
use crate::seed::SeedMailbox;

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
}

impl Mailbox {
    /// The mailbox that a seed describes, at the time `now_ms`.
    pub(crate) fn new(_seed: &SeedMailbox, address: &str, _name: &str, _now_ms: i64) -> Self {
        Self { address: address.to_owned() }
    }

    /// Answers one of [`METHODS`].
    ///
    /// # Errors
    /// As Google refuses the call.
    pub(crate) fn handle(&mut self, call: &Call, _now_ms: i64) -> Result<Reply, ApiError> {
        Err(ApiError::not_found(format!("{} has no {} yet", self.address, call.method)))
    }

    /// What was sent since the last time this was asked.
    pub(crate) fn take_outgoing(&mut self) -> Vec<Outgoing> {
        Vec::new()
    }

    /// Takes in a message as from another mail server.
    pub(crate) fn deliver(&mut self, _raw: &[u8], _now_ms: i64) {}
}
