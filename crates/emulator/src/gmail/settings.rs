//! `users.getProfile` and `users.settings.sendAs`: who the account is.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::Mailbox;
use crate::call::{ApiError, Call, Reply};

/// `users.getProfile`.
pub(crate) fn profile(mailbox: &Mailbox) -> Reply {
    let threads: BTreeSet<&str> = mailbox
        .store
        .messages()
        .map(|message| message.thread_id.as_str())
        .collect();
    Reply::Json(json!({
        "emailAddress": mailbox.address,
        "messagesTotal": mailbox.store.messages().count(),
        "threadsTotal": threads.len(),
        "historyId": mailbox.store.history_id().to_string(),
    }))
}

/// `users.settings.sendAs.list`.
pub(crate) fn send_as_list(mailbox: &Mailbox) -> Reply {
    Reply::Json(json!({ "sendAs": [send_as(mailbox)] }))
}

/// `users.settings.sendAs.get`.
pub(crate) fn send_as_get(mailbox: &Mailbox, call: &Call) -> Result<Reply, ApiError> {
    let asked = call
        .path
        .get("sendAsEmail")
        .map(String::as_str)
        .unwrap_or_default();
    if asked.eq_ignore_ascii_case(&mailbox.address) {
        Ok(Reply::Json(send_as(mailbox)))
    } else {
        Err(ApiError::not_found("Requested entity was not found."))
    }
}

fn send_as(mailbox: &Mailbox) -> Value {
    json!({
        "sendAsEmail": mailbox.address,
        "displayName": mailbox.name,
        "replyToAddress": "",
        "signature": "",
        "isPrimary": true,
        "isDefault": true,
    })
}
