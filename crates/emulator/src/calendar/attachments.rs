//! Files attached to an event, for callers who say that they know of attachments.

use serde_json::{Map, Value};

use crate::call::Call;

/// Whether the caller knows of attachments; what others say of them is not heard.
pub(super) fn is_known(call: &Call) -> bool {
    call.query_one("supportsAttachments") == Some("true")
}

/// Takes out what a caller who knows of no attachments says of them.
pub(super) fn hear(call: &Call, fields: &mut Map<String, Value>) {
    if !is_known(call) {
        fields.remove("attachments");
    }
}
