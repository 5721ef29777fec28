//! A message from its bytes, as Gmail would hand it out in parts: for drafts, and for messages that are attached.

use google_gmail1::api::{MessagePart, MessagePartBody, MessagePartHeader};
use mail_parser::{Message, MessageParser, MimeHeaders as _, PartType};

use super::MAX_DEPTH;

/// The payload of a message; none where the bytes are none.
pub(crate) fn read_raw(raw: &[u8]) -> Option<MessagePart> {
    let message = MessageParser::default().parse(raw)?;
    Some(part(&message, 0, 0))
}

fn part(message: &Message<'_>, index: usize, depth: usize) -> MessagePart {
    let Some(own) = message.parts.get(index) else {
        return MessagePart::default();
    };
    let kind = own.content_type().map_or_else(
        || "text/plain".to_owned(),
        |kind| format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or("plain")),
    );
    let mut made = MessagePart {
        filename: own.attachment_name().map(str::to_owned),
        headers: Some(headers(message, index)),
        mime_type: Some(kind),
        part_id: Some(index.to_string()),
        ..MessagePart::default()
    };
    match &own.body {
        PartType::Text(text) | PartType::Html(text) => made.body = Some(body(text.as_bytes())),
        PartType::Binary(bytes) | PartType::InlineBinary(bytes) => made.body = Some(body(bytes)),
        PartType::Message(inner) => {
            made.body = Some(body(inner.raw_message()));
            made.parts = Some(vec![titled(inner.subject().unwrap_or_default())]);
        }
        PartType::Multipart(children) if depth < MAX_DEPTH => {
            let children = children.iter().filter_map(|id| usize::try_from(*id).ok());
            made.parts = Some(children.map(|id| part(message, id, depth + 1)).collect());
        }
        PartType::Multipart(_) => {}
    }
    made
}

/// The headers of a part as they stand in the message, unfolded.
pub(crate) fn headers(message: &Message<'_>, index: usize) -> Vec<MessagePartHeader> {
    let own = message
        .parts
        .get(index)
        .map_or(&[][..], |part| &part.headers);
    own.iter()
        .map(|header| {
            let (start, end) = (header.offset_start as usize, header.offset_end as usize);
            let value = message.raw_message.get(start..end).unwrap_or_default();
            MessagePartHeader {
                name: Some(header.name.as_str().to_owned()),
                value: Some(unfolded(&String::from_utf8_lossy(value))),
            }
        })
        .collect()
}

fn unfolded(value: &str) -> String {
    let line = value.replace(['\r', '\n'], "").replace('\t', " ");
    line.trim().to_owned()
}

fn body(bytes: &[u8]) -> MessagePartBody {
    MessagePartBody {
        data: Some(bytes.to_vec()),
        size: i32::try_from(bytes.len()).ok(),
        ..MessagePartBody::default()
    }
}

/// What stands in the place of a message in the message: it is named by its subject, and not read here.
fn titled(subject: &str) -> MessagePart {
    MessagePart {
        headers: Some(vec![MessagePartHeader {
            name: Some("Subject".to_owned()),
            value: Some(subject.to_owned()),
        }]),
        ..MessagePart::default()
    }
}
