//! What hangs on a message besides its text: listed, never opened.

use std::collections::HashSet;

use google_gmail1::api::MessagePart;
use percent_encoding::percent_decode_str;

use super::headers::{decoded_header, disposition, header, visible_line};

/// Characters of a file name that are kept.
const MAX_NAME: usize = 200;

/// A file on a message.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
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
    /// What HTML calls it by, where it is one that HTML may show.
    pub(super) content_id: Option<String>,
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
        inline: false,
        content_id: content_id(part).filter(|_| related || mime_type.starts_with("image/")),
    }
}

/// The same of a part that somebody named.
pub(crate) fn describe_part(part: &MessagePart) -> Attachment {
    describe(part, &super::mime_type(part), false)
}

/// Marks the files that HTML shows. What a sender calls inline may be a document: some mark all files so.
pub(super) fn mark_inline(files: &mut [Attachment], shown: &HashSet<String>) {
    for file in files {
        file.inline = file
            .content_id
            .as_ref()
            .is_some_and(|id| shown.contains(id));
    }
}

fn content_id(part: &MessagePart) -> Option<String> {
    let id = header(part, "Content-ID")?.trim();
    Some(id.trim_matches(['<', '>']).to_owned())
}

/// The ids by which HTML shows files of its mail.
pub(super) fn shown_ids(html: &str) -> impl Iterator<Item = String> {
    let is_end = |c: char| c.is_whitespace() || "\"'<>)".contains(c);
    let starts = html.match_indices(':').filter_map(move |(at, _)| {
        let scheme = html.get(at.checked_sub(3)?..at)?;
        let id = html
            .get(at + 1..)
            .filter(|_| scheme.eq_ignore_ascii_case("cid"))?;
        id.split(is_end).next()
    });
    starts.map(|id| percent_decode_str(id).decode_utf8_lossy().into_owned())
}

fn name(part: &MessagePart, mime_type: &str) -> String {
    let given = part
        .filename
        .as_deref()
        .map(visible_line)
        .filter(|name| !name.is_empty());
    // Any mail has a subject that is nothing but a file; only a message in it is called by its own.
    let is_message = mime_type == "message/rfc822";
    let name = given
        .or_else(|| subject(part).filter(|_| is_message))
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
