//! Files on mails that are there: where they are, and their bytes.

mod download;
mod mail;
mod read;

use google_gmail1::api::MessagePart;
use toolgate_toolkit::ToolError;

pub(crate) use self::{download::download_attachment, read::read_attachment};
use crate::{
    error::Named,
    mime::{Attachment, describe_part},
    wire::{GET, Gmail, TEXT},
};

pub(crate) const METHODS: &[&str] = &[GET.id(), TEXT.id()];

/// Parts whose ids an error names.
const SHOWN: usize = 20;

/// A part of a mail, found.
struct Found {
    part: MessagePart,
    about: Attachment,
}

/// The part that an argument names, if it is no larger than this.
async fn look_up(
    gmail: &Gmail,
    message: Named<'_>,
    attachment_id: &str,
    most: u64,
) -> Result<Found, ToolError> {
    let found = gmail.messages_get(message.id).await;
    let found = found.map_err(|error| message.explain(error))?;
    let payload = found.payload.unwrap_or_default();
    let id = attachment_id.trim();
    let is_container = |part: &MessagePart| {
        let kind = part.mime_type.as_deref().unwrap_or_default();
        kind.starts_with("multipart/")
    };
    let part = find(&payload, id).filter(|part| !is_container(part));
    let part = part.ok_or_else(|| not_there(&payload))?;
    let about = describe_part(part);
    if about.size > most {
        return Err(ToolError::invalid_argument(
            "attachment_id",
            &format!("it has {} bytes, and {most} are taken", about.size),
            "a smaller attachment",
        ));
    }
    Ok(Found {
        part: part.clone(),
        about,
    })
}

/// The part with this id, anywhere in a message.
pub(crate) fn find<'a>(payload: &'a MessagePart, id: &str) -> Option<&'a MessagePart> {
    let mut open = vec![payload];
    while let Some(part) = open.pop() {
        if part.part_id.as_deref().unwrap_or_default() == id {
            return Some(part);
        }
        open.extend(part.parts.iter().flatten());
    }
    None
}

/// The bytes of a part: those that came with the message, or those kept apart from it.
///
/// # Errors
///
/// What Google refuses, and where Gmail says of a part that it has bytes and hands out none: no empty file stands in for it.
pub(crate) async fn content_of(
    gmail: &Gmail,
    message_id: &str,
    part: &MessagePart,
) -> Result<Vec<u8>, ToolError> {
    let body = part.body.as_ref();
    let data = body.and_then(|body| body.data.clone());
    let id = body.and_then(|body| body.attachment_id.as_ref());
    let bytes = match (data, id) {
        (Some(data), _) => data,
        (None, Some(id)) => gmail.attachments_get(message_id, id).await?,
        (None, None) => Vec::new(),
    };
    let size = body.and_then(|body| body.size).unwrap_or_default();
    let has_content = size > 0 || part.parts.as_ref().is_some_and(|parts| !parts.is_empty());
    if !bytes.is_empty() || !has_content {
        return Ok(bytes);
    }
    // Without its name, which is another's word.
    let id = part.part_id.as_deref().unwrap_or_default();
    Err(ToolError::not_found(format!(
        "Gmail lists the attachment `{id}` with {size} bytes and hands out none of them to programs; ask the person to open it in Gmail itself",
    )))
}

fn not_there(payload: &MessagePart) -> ToolError {
    let known = crate::mime::attachments(payload);
    let ids: Vec<String> = known
        .into_iter()
        .take(SHOWN)
        .map(|file| format!("`{}`", file.part_id))
        .collect();
    let good = if ids.is_empty() {
        "none: this mail has no attachments".to_owned()
    } else {
        format!("one that get_message lists: {}", ids.join(", "))
    };
    ToolError::invalid_argument("attachment_id", "the mail has no such attachment", &good)
}
