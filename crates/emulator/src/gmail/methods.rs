//! Which methods a mailbox answers, and what answers each.

use super::labels::LabelChange;
use super::settings::{filters, forwarding, send_as, vacation};
use super::{Mailbox, drafts, history, labels, messages, settings, threads, watch};
use crate::call::{ApiError, Call, Reply};

/// The methods that a [`Mailbox`] answers.
pub(crate) const METHODS: &[&str] = &[
    "gmail.users.getProfile",
    "gmail.users.watch",
    "gmail.users.stop",
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
    "gmail.users.settings.filters.list",
    "gmail.users.settings.filters.get",
    "gmail.users.settings.filters.create",
    "gmail.users.settings.filters.delete",
    "gmail.users.settings.forwardingAddresses.list",
    "gmail.users.settings.forwardingAddresses.get",
    "gmail.users.settings.getVacation",
    "gmail.users.settings.updateVacation",
    "gmail.users.settings.sendAs.list",
    "gmail.users.settings.sendAs.get",
    "gmail.users.settings.sendAs.create",
    "gmail.users.settings.sendAs.update",
    "gmail.users.settings.sendAs.patch",
    "gmail.users.settings.sendAs.delete",
    "gmail.users.settings.sendAs.verify",
];

impl Mailbox {
    /// Answers one of [`METHODS`], for a caller who may see this mailbox.
    ///
    /// # Errors
    /// As Google refuses the call.
    pub(crate) fn handle(&mut self, call: &Call, now_ms: i64) -> Result<Reply, ApiError> {
        let method = call.method.strip_prefix("gmail.users.").unwrap_or_default();
        match method.split_once('.') {
            None => self.handle_user(method, call, now_ms),
            Some(("messages", method)) => self.handle_messages(method, call, now_ms),
            Some(("threads", method)) => self.handle_threads(method, call, now_ms),
            Some(("drafts", method)) => self.handle_drafts(method, call, now_ms),
            Some(("labels", method)) => self.handle_labels(method, call),
            Some(("history", "list")) => history::list(&self.store, call),
            Some(("settings", method)) => self.handle_settings(method, call, now_ms),
            _ => Err(not_implemented(call)),
        }
    }

    fn handle_user(&mut self, method: &str, call: &Call, now_ms: i64) -> Result<Reply, ApiError> {
        match method {
            "getProfile" => Ok(settings::profile(self)),
            "watch" => watch::start(self, call, now_ms),
            "stop" => Ok(watch::stop(self)),
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

    fn handle_settings(
        &mut self,
        method: &str,
        call: &Call,
        now_ms: i64,
    ) -> Result<Reply, ApiError> {
        match method {
            "getVacation" => Ok(vacation::get(self)),
            "updateVacation" => vacation::update(self, call),
            "filters.list" => Ok(filters::list(self)),
            "filters.get" => filters::get(self, call),
            "filters.create" => filters::create(self, call),
            "filters.delete" => filters::delete(self, call),
            "forwardingAddresses.list" => Ok(forwarding::list(self)),
            "forwardingAddresses.get" => forwarding::get(self, call),
            "sendAs.list" => Ok(send_as::list(self)),
            "sendAs.get" => send_as::get(self, call),
            "sendAs.create" => send_as::create(self, call, now_ms),
            "sendAs.update" => send_as::update(self, call, false),
            "sendAs.patch" => send_as::update(self, call, true),
            "sendAs.delete" => send_as::delete(self, call),
            "sendAs.verify" => send_as::verify(self, call, now_ms),
            _ => Err(not_implemented(call)),
        }
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
