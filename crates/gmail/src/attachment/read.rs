//! `read_attachment`: the text of a file on a mail, for a model.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toolgate_text::{FileError, FileHint, FileLimits, file_to_text};
use toolgate_toolkit::{
    Fence, ToolContext, ToolError,
    sized::{json_size, piece, shortened},
};

use super::{
    Found, METHODS, content_of, look_up,
    mail::{begins_as_mail, mail_text},
};
use crate::{
    error::Named,
    mime::{Attachment, aside, header},
    setup::Setup,
    view::is_false,
    wire::Gmail,
};

/// The largest file that is read.
const MAX_FILE: u64 = 25 * 1024 * 1024;
/// How long reading a file may take.
const READING: Duration = Duration::from_secs(20);
/// What the members that come with the text take.
const MEMBERS: usize = 90;
/// Remarks on what is not in a text.
const NOTES: usize = 10;
/// Characters of a name and of a remark in a result.
const SHORT: usize = 300;

/// Reads the text of an attachment: documents, tables, presentations, PDF, text files, attached mails.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReadAttachment {
    /// The mail.
    #[schemars(length(min = 1))]
    message_id: String,
    /// As `get_message` lists it.
    attachment_id: String,
    /// `next_offset` of an earlier reading, to read on.
    offset: Option<usize>,
}

/// The text of a file.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct FileRead {
    filename: String,
    mime_type: String,
    /// In bytes.
    size: u64,
    text: String,
    /// Something of the text is missing here.
    #[serde(skip_serializing_if = "is_false")]
    truncated: bool,
    /// The `offset` to read on from; missing at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_offset: Option<usize>,
    /// Characters of the whole text.
    total_chars: usize,
    /// What is not in the text.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
    /// What of this was written by others.
    untrusted: String,
}

/// The text of a file, and what is missing of it.
struct Whole {
    text: String,
    incomplete: bool,
    notes: Vec<String>,
}

/// Reads an attachment.
pub(crate) async fn read_attachment(
    cx: ToolContext,
    args: ReadAttachment,
    setup: Setup,
) -> Result<FileRead, ToolError> {
    let gmail = Gmail::new(&cx, METHODS);
    let message = Named::message(&args.message_id);
    let found = look_up(&gmail, message, &args.attachment_id, MAX_FILE).await?;
    let bytes = content_of(&gmail, message.id, &found.part).await?;
    let (bytes, mail) = if is_mail(&found, &bytes) {
        let read = aside(bytes.len(), move || {
            let text = mail_text(&bytes);
            (bytes, text)
        });
        read.await.unwrap_or_default()
    } else {
        (bytes, None)
    };
    let about = found.about;
    let whole = match mail {
        Some((text, incomplete)) => Whole {
            text,
            incomplete,
            notes: Vec::new(),
        },
        None => file_text(&cx, bytes, &about.mime_type, &about.filename).await?,
    };
    shown(&cx, &about, &whole, args.offset.unwrap_or(0), setup.budget)
}

/// Whether a file is a mail: by its type, or by its name and bytes where it has no type. What is read as a mail and is
/// none loses all up to its first blank line.
fn is_mail(found: &Found, bytes: &[u8]) -> bool {
    let Found { part, about } = found;
    let extension = about.filename.rsplit('.').next().unwrap_or_default();
    let is_typed = about.mime_type != "application/octet-stream"
        && header(part, "Content-Type").is_some_and(|kind| !kind.trim().is_empty());
    about.mime_type == "message/rfc822"
        || (!is_typed && extension.eq_ignore_ascii_case("eml") && begins_as_mail(bytes))
}

/// The piece from this place on, within the budget.
fn shown(
    cx: &ToolContext,
    about: &Attachment,
    whole: &Whole,
    offset: usize,
    budget: usize,
) -> Result<FileRead, ToolError> {
    let total_chars = whole.text.chars().count();
    if offset > 0 && offset >= total_chars {
        return Err(ToolError::invalid_argument(
            "offset",
            &format!("the text has {total_chars} characters"),
            "the next_offset of an earlier reading",
        ));
    }
    let fence = cx.fence("file");
    let notes = whole.notes.iter().take(NOTES);
    let mut read = FileRead {
        filename: shortened(&about.filename, SHORT),
        mime_type: shortened(&about.mime_type, SHORT),
        size: about.size,
        text: String::new(),
        truncated: false,
        next_offset: None,
        total_chars,
        notes: notes.map(|note| shortened(note, SHORT)).collect(),
        untrusted: fence.notice(),
    };
    let room = budget.saturating_sub(json_size(&read) + Fence::SIZE + MEMBERS);
    let piece = piece(&whole.text, offset, room);
    read.text = fence.around(piece.text);
    read.truncated = piece.next.is_some() || whole.incomplete;
    read.next_offset = piece.next;
    Ok(read)
}

async fn file_text(
    cx: &ToolContext,
    bytes: Vec<u8>,
    mime_type: &str,
    name: &str,
) -> Result<Whole, ToolError> {
    let hint = FileHint::default().with_mime(mime_type).with_name(name);
    // It may wait for a worker as long again.
    let limits = FileLimits::default().with_time(READING.min(cx.remaining() / 3));
    let read = file_to_text(bytes, &hint, &limits).await;
    let read = read.map_err(|error| unreadable(&error))?;
    Ok(Whole {
        text: read.text,
        incomplete: read.truncated,
        notes: read.notes,
    })
}

fn unreadable(error: &FileError) -> ToolError {
    if error.is_transient() {
        return ToolError::unavailable(error.to_string());
    }
    ToolError::invalid_argument(
        "attachment_id",
        &error.to_string(),
        "another attachment; download_attachment saves this one as it is",
    )
}
