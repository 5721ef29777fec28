//! What hangs on a message besides its text: listed, never opened.

use google_gmail1::api::MessagePart;

use super::headers::{decoded_header, disposition, header, visible_line};

/// Characters of a file name that are kept.
const MAX_NAME: usize = 200;

/// A file on a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Attachment {
    /// Its name; for a message, its subject. Never empty.
    pub(crate) filename: String,
    pub(crate) mime_type: String,
    /// In bytes.
    pub(crate) size: u64,
    /// Its place in the message. Gmail's own id of an attachment takes hundreds of characters and is another at each reading.
    pub(crate) part_id: String,
    /// Shown within the text, such as a picture of a newsletter.
    pub(crate) inline: bool,
}

/// Whether a leaf is an attachment and not text to read.
pub(super) fn is_attachment(part: &MessagePart, mime_type: &str) -> bool {
    let readable = matches!(
        mime_type,
        "text/plain" | "text/html" | "text/markdown" | "text/enriched" | "text" | ""
    );
    // Gmail keeps long texts like attachments, to be fetched by their id.
    let body = part.body.as_ref();
    let elsewhere = body.is_some_and(|body| body.data.is_none() && body.attachment_id.is_some());
    !readable || is_named_or_marked(part) || elsewhere
}

/// Whether it has a file name, or is marked as an attachment.
pub(super) fn is_named_or_marked(part: &MessagePart) -> bool {
    let name = part.filename.as_deref();
    name.is_some_and(|name| !name.is_empty())
        || disposition(part).is_some_and(|d| d.ctype().eq_ignore_ascii_case("attachment"))
}

/// What is listed of an attachment.
pub(super) fn describe(part: &MessagePart, mime_type: &str, related: bool) -> Attachment {
    let body = part.body.as_ref();
    let data = body
        .and_then(|body| body.data.as_ref())
        .map_or(0, |data| data.len() as u64);
    let size = body
        .and_then(|body| body.size)
        .and_then(|size| u64::try_from(size).ok());
    Attachment {
        filename: name(part, mime_type),
        mime_type: mime_type.to_owned(),
        size: size.unwrap_or(data),
        part_id: part.part_id.clone().unwrap_or_default(),
        inline: is_inline(part, related),
    }
}

/// The same of a part that somebody named.
pub(crate) fn describe_part(part: &MessagePart) -> Attachment {
    describe(part, &super::mime_type(part), false)
}

fn is_inline(part: &MessagePart, related: bool) -> bool {
    match disposition(part) {
        Some(disposition) => disposition.ctype().eq_ignore_ascii_case("inline"),
        None => related && header(part, "Content-ID").is_some(),
    }
}

fn name(part: &MessagePart, mime_type: &str) -> String {
    let given = part
        .filename
        .as_deref()
        .map(visible_line)
        .filter(|name| !name.is_empty());
    let name = given
        .or_else(|| subject(part))
        .unwrap_or_else(|| match mime_type {
            "text/plain" => "message.txt".to_owned(),
            "text/html" => "message.html".to_owned(),
            "text/calendar" => "invitation.ics".to_owned(),
            "message/delivery-status" => "delivery-status.txt".to_owned(),
            "text/rfc822-headers" => "headers.txt".to_owned(),
            _ => "unnamed".to_owned(),
        });
    name.chars().take(MAX_NAME).collect()
}

/// The subject of a message in the message: Gmail puts its payload below the part, or its headers on it.
fn subject(part: &MessagePart) -> Option<String> {
    let inner = part.parts.as_deref().unwrap_or_default().iter();
    std::iter::once(part)
        .chain(inner)
        .find_map(|part| decoded_header(part, "Subject"))
        .filter(|subject| !subject.is_empty())
        .map(|subject| subject + ".eml")
}
