//! A mail that is attached to a mail, as text.

use google_gmail1::api::MessagePart;

use crate::mime::{decoded_header, header, parse_addresses, read_body_here, read_raw};

/// The headers that are shown above it.
const SHOWN: [&str; 5] = ["From", "To", "Cc", "Date", "Subject"];

/// Headers of which a mail has one, and a table or a note hardly any.
const USUAL: [&str; 3] = ["From", "Date", "Message-ID"];

/// Whether these bytes begin as a mail does.
pub(super) fn begins_as_mail(bytes: &[u8]) -> bool {
    read_raw(bytes).is_some_and(|payload| {
        let mut usual = USUAL.into_iter();
        usual.any(|name| header(&payload, name).is_some())
    })
}

/// Its headers, its text and the names of its attachments, and whether something is missing; none where it is no mail.
/// Blocks for as long as it takes.
pub(super) fn mail_text(bytes: &[u8]) -> Option<(String, bool)> {
    let payload = read_raw(bytes)?;
    let headers = payload.headers.as_deref().unwrap_or_default();
    if headers.is_empty() {
        return None;
    }
    let body = read_body_here(&payload);
    let head = SHOWN
        .into_iter()
        .filter_map(|name| Some(format!("{name}: {}", shown(&payload, name)?)));
    let mut lines: Vec<String> = head.collect();
    let files = body.attachments.iter();
    lines.extend(files.map(|file| format!("Attachment: {} ({} bytes)", file.filename, file.size)));
    lines.push(String::new());
    lines.push(body.text);
    Some((lines.join("\n").trim().to_owned(), body.incomplete))
}

fn shown(payload: &MessagePart, name: &str) -> Option<String> {
    let people = header(payload, name)
        .map(parse_addresses)
        .unwrap_or_default();
    let people: Vec<String> = people.iter().map(ToString::to_string).collect();
    let is_list = matches!(name, "From" | "To" | "Cc") && !people.is_empty();
    let value = if is_list {
        people.join(", ")
    } else {
        decoded_header(payload, name)?
    };
    Some(value).filter(|value| !value.is_empty())
}
