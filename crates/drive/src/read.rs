//! `read_file`: the text of a file, for a model, a piece at a time.

use std::time::Duration;

use google_drive3::api::File;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toolgate_text::{FileError, FileHint, FileLimits, file_to_text};
use toolgate_toolkit::{
    Fence, ToolContext, ToolError,
    sized::{json_size, piece, shortened},
};

use crate::{
    error::Named,
    formats::{self, hint, is_google, reading, without_pictures},
    look::followed,
    setup::Setup,
    view::{FOLDER, is_false, moment, visible},
    wire::{Drive, EXPORT, GET, MEDIA},
};

pub(crate) const METHODS: &[&str] = &[GET.id(), MEDIA.id(), EXPORT.id()];

/// The largest file that is read.
const MAX_FILE: i64 = 25 * 1024 * 1024;
/// How long reading a file may take.
const READING: Duration = Duration::from_secs(20);
/// What the members that come with the text take.
const MEMBERS: usize = 90;
/// Remarks on what is not in a text.
const NOTES: usize = 10;
/// Characters of a name and of a remark in a result.
const SHORT: usize = 300;

/// Reads a file's text: Docs as Markdown, a Sheet's first tab as CSV, Slides, office files, PDF, text.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReadFile {
    /// A file or folder.
    #[schemars(length(min = 1))]
    file_id: String,
    /// `next_offset` of an earlier reading, to read on.
    offset: Option<usize>,
    /// Characters at most.
    #[schemars(range(min = 1))]
    limit: Option<usize>,
}

/// The text of a file.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct FileRead {
    /// The file that was read; where the id was a shortcut's, what it points to.
    file_id: String,
    name: String,
    mime_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    modified: Option<String>,
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

/// Reads a file.
pub(crate) async fn read_file(
    cx: ToolContext,
    args: ReadFile,
    setup: Setup,
) -> Result<FileRead, ToolError> {
    let drive = Drive::new(&cx, METHODS);
    let named = Named::file(&args.file_id);
    let file = followed(&drive, named).await?;
    let whole = text_of(&cx, &drive, named, &file).await?;
    shown(&cx, &file, &whole, &args, setup.budget)
}

async fn text_of(
    cx: &ToolContext,
    drive: &Drive,
    named: Named<'_>,
    file: &File,
) -> Result<Whole, ToolError> {
    let kind = file.mime_type.as_deref().unwrap_or_default();
    let id = file.id.as_deref().unwrap_or_default();
    if is_google(kind) {
        let reading = reading(kind).ok_or_else(|| no_text(kind))?;
        let bytes = drive.files_export(id, reading.kind).await;
        let bytes = bytes.map_err(|error| named.explain(error))?;
        return exported(cx, bytes, &reading).await;
    }
    if file.size.unwrap_or_default() > MAX_FILE {
        let size = file.size.unwrap_or_default();
        return Err(ToolError::invalid_argument(
            named.argument,
            &format!("it has {size} bytes, and {MAX_FILE} are read"),
            "a smaller file; download_file saves this one as it is",
        ));
    }
    let bytes = drive.files_content(id).await;
    let bytes = bytes.map_err(|error| named.explain(error))?;
    let name = file.name.as_deref().unwrap_or_default();
    let hint = FileHint::default().with_mime(kind).with_name(name);
    as_text(cx, bytes, &hint).await
}

async fn exported(
    cx: &ToolContext,
    bytes: Vec<u8>,
    reading: &formats::Reading,
) -> Result<Whole, ToolError> {
    if bytes.is_empty() {
        return Ok(Whole {
            text: String::new(),
            incomplete: false,
            notes: vec!["The file is empty.".to_owned()],
        });
    }
    let (text, had_pictures) = without_pictures(&String::from_utf8_lossy(&bytes));
    let mut whole = as_text(cx, text.into_bytes(), &hint(reading.kind)).await?;
    whole.notes.extend(reading.note.map(str::to_owned));
    if had_pictures {
        whole.notes.push("Its pictures are left out.".to_owned());
    }
    Ok(whole)
}

async fn as_text(cx: &ToolContext, bytes: Vec<u8>, hint: &FileHint) -> Result<Whole, ToolError> {
    // It may wait for a worker as long again.
    let limits = FileLimits::default().with_time(READING.min(cx.remaining() / 3));
    let read = file_to_text(bytes, hint, &limits).await;
    let read = read.map_err(|error| unreadable(&error))?;
    Ok(Whole {
        text: read.text,
        incomplete: read.truncated,
        notes: read.notes,
    })
}

/// The piece from this place on, within the budget.
fn shown(
    cx: &ToolContext,
    file: &File,
    whole: &Whole,
    args: &ReadFile,
    budget: usize,
) -> Result<FileRead, ToolError> {
    let offset = args.offset.unwrap_or(0);
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
        file_id: file.id.clone().unwrap_or_default(),
        name: visible(file.name.as_deref().unwrap_or_default(), SHORT),
        mime_type: shortened(file.mime_type.as_deref().unwrap_or_default(), SHORT),
        modified: file.modified_time.map(moment),
        text: String::new(),
        truncated: false,
        next_offset: None,
        total_chars,
        notes: notes.map(|note| shortened(note, SHORT)).collect(),
        untrusted: fence.notice(),
    };
    let room = budget.saturating_sub(json_size(&read) + Fence::SIZE + MEMBERS);
    let (text, next) = limited(&whole.text, offset, room, args.limit);
    read.text = fence.around(text);
    read.truncated = next.is_some() || whole.incomplete;
    read.next_offset = next;
    Ok(read)
}

/// A piece that takes no more than the room, and has no more characters than asked for.
fn limited(text: &str, offset: usize, room: usize, limit: Option<usize>) -> (&str, Option<usize>) {
    let found = piece(text, offset, room);
    let cut = limit.and_then(|limit| found.text.char_indices().nth(limit.max(1)));
    match cut {
        Some((at, _)) => (&found.text[..at], Some(offset + limit.unwrap_or(1).max(1))),
        None => (found.text, found.next),
    }
}

fn no_text(kind: &str) -> ToolError {
    let good = match kind {
        FOLDER => "a file; list_files shows what a folder holds",
        _ => "another file; export_file saves this one, and get_file tells its formats",
    };
    ToolError::invalid_argument("file_id", &format!("`{kind}` has no text"), good)
}

fn unreadable(error: &FileError) -> ToolError {
    if error.is_transient() {
        return ToolError::unavailable(error.to_string());
    }
    ToolError::invalid_argument(
        "file_id",
        &error.to_string(),
        "another file; download_file saves this one as it is",
    )
}
