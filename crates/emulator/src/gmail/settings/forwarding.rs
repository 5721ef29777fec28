//! `users.settings.forwardingAddresses`: where mail may be sent on to; read only.

use serde_json::{Value, json};

use crate::call::{ApiError, Call, Reply};
use crate::gmail::Mailbox;

/// `users.settings.forwardingAddresses.list`.
pub(crate) fn list(mailbox: &Mailbox) -> Reply {
    let known = &mailbox.settings.forwarding;
    if known.is_empty() {
        return Reply::Json(json!({}));
    }
    let shown: Vec<Value> = known.iter().map(|address| to_json(address)).collect();
    Reply::Json(json!({ "forwardingAddresses": shown }))
}

/// `users.settings.forwardingAddresses.get`.
pub(crate) fn get(mailbox: &Mailbox, call: &Call) -> Result<Reply, ApiError> {
    let asked = call.path_one("forwardingEmail");
    let mut known = mailbox.settings.forwarding.iter();
    known
        .find(|address| address.eq_ignore_ascii_case(asked))
        .map(|address| Reply::Json(to_json(address)))
        .ok_or_else(|| ApiError::not_found("Requested entity was not found."))
}

fn to_json(address: &str) -> Value {
    json!({ "forwardingEmail": address, "verificationStatus": "accepted" })
}
