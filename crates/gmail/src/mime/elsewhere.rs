//! Texts that Gmail keeps apart from their message, to be fetched like attachments.

use google_gmail1::api::MessagePart;

use super::{attachment::is_named_or_marked, mime_type};

/// Texts that are fetched for one message.
const MOST: usize = 4;
/// Bytes of one: a longer text is listed, not read.
const LONGEST: i32 = 1_000_000;
/// Parts in each other.
const MAX_DEPTH: usize = 32;

/// Gmail's ids of what belongs to the text of a message and is not in its payload, as far as it is fetched.
pub(crate) fn texts_elsewhere(payload: &MessagePart) -> Vec<String> {
    let mut found = Vec::new();
    collect(payload, 0, &mut found);
    let fitting = found.into_iter().filter(|(_, size)| *size <= LONGEST);
    fitting.map(|(id, _)| id.to_owned()).take(MOST).collect()
}

/// Whether something that belongs to the text of a message is not in its payload.
pub(super) fn lacks_text(payload: &MessagePart) -> bool {
    let mut found = Vec::new();
    collect(payload, 0, &mut found);
    !found.is_empty()
}

/// The ids and sizes of all of them.
fn collect<'a>(part: &'a MessagePart, depth: usize, found: &mut Vec<(&'a str, i32)>) {
    let mime_type = mime_type(part);
    if mime_type.starts_with("multipart/") && depth <= MAX_DEPTH {
        for child in part.parts.as_deref().unwrap_or_default() {
            collect(child, depth + 1, found);
        }
        return;
    }
    let wanted = match mime_type.as_str() {
        "text/plain" | "text/html" => !is_named_or_marked(part),
        "text/calendar" | "message/delivery-status" | "message/disposition-notification" => true,
        _ => false,
    };
    let Some(body) = part.body.as_ref().filter(|_| wanted) else {
        return;
    };
    let id = body.attachment_id.as_deref();
    if let Some(id) = id.filter(|_| body.data.is_none()) {
        found.push((id, body.size.unwrap_or_default()));
    }
}

/// Puts a text that was fetched where it belongs.
pub(crate) fn put_text(payload: &mut MessagePart, id: &str, data: Vec<u8>) {
    if let Some(part) = part_of(payload, id, 0)
        && let Some(body) = part.body.as_mut()
    {
        body.data = Some(data);
    }
}

fn part_of<'a>(part: &'a mut MessagePart, id: &str, depth: usize) -> Option<&'a mut MessagePart> {
    let own = part
        .body
        .as_ref()
        .and_then(|body| body.attachment_id.as_deref());
    if own == Some(id) {
        return Some(part);
    }
    if depth > MAX_DEPTH {
        return None;
    }
    let parts = part.parts.as_deref_mut().unwrap_or_default();
    parts
        .iter_mut()
        .find_map(|child| part_of(child, id, depth + 1))
}
