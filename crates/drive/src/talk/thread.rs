//! `get_comment`: a comment with all its replies, whole, a piece at a time.

use google_drive3::api::Comment;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toolgate_toolkit::{
    Fence, ToolContext, ToolError,
    sized::{json_size, piece},
};

use super::who;
use crate::{
    error::Named,
    look,
    setup::Setup,
    view::{is_false, lines, moment},
    wire::{COMMENT_GET, Drive, GET},
};

pub(crate) const METHODS: &[&str] = &[GET.id(), COMMENT_GET.id()];

/// What the members that come with the text take.
const MEMBERS: usize = 90;

/// Reads a comment with all its replies, whole.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GetComment {
    /// A file or folder.
    #[schemars(length(min = 1))]
    file_id: String,
    /// As `list_comments` gives it.
    #[schemars(length(min = 1))]
    comment_id: String,
    /// `next_offset` of an earlier reading, to read on.
    offset: Option<usize>,
}

/// A comment and its replies.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Thread {
    comment_id: String,
    #[serde(skip_serializing_if = "is_false")]
    resolved: bool,
    /// Each with who wrote it and when; what they wrote stands behind `> `.
    text: String,
    /// Something of the text is missing here.
    #[serde(skip_serializing_if = "is_false")]
    truncated: bool,
    /// The `offset` to read on from; missing at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_offset: Option<usize>,
    /// Characters of the whole text.
    total_chars: usize,
    /// What of this was written by others.
    untrusted: String,
}

/// Reads a comment.
pub(crate) async fn get_comment(
    cx: ToolContext,
    args: GetComment,
    setup: Setup,
) -> Result<Thread, ToolError> {
    let drive = Drive::new(&cx, METHODS);
    let named = Named::comment(&args.comment_id);
    let id = look::target(&drive, Named::file(&args.file_id)).await?;
    let comment = drive.comments_get(&id, named.id).await;
    let comment = comment.map_err(|error| named.explain(error))?;
    let whole = told(&comment);
    let (offset, total_chars) = (args.offset.unwrap_or(0), whole.chars().count());
    if offset > 0 && offset >= total_chars {
        return Err(ToolError::invalid_argument(
            "offset",
            &format!("the text has {total_chars} characters"),
            "the next_offset of an earlier reading",
        ));
    }
    let fence = cx.fence("file");
    let mut thread = Thread {
        comment_id: named.id.to_owned(),
        resolved: comment.resolved == Some(true),
        text: String::new(),
        truncated: false,
        next_offset: None,
        total_chars,
        untrusted: fence.notice(),
    };
    let room = setup
        .budget
        .saturating_sub(json_size(&thread) + Fence::SIZE + MEMBERS);
    let found = piece(&whole, offset, room);
    thread.text = fence.around(found.text);
    thread.truncated = found.next.is_some();
    thread.next_offset = found.next;
    Ok(thread)
}

/// A comment and its replies as one text. No line of what somebody wrote can pass for a line of ours.
fn told(comment: &Comment) -> String {
    let quoted = comment.quoted_file_content.as_ref();
    let quoted = quoted.and_then(|it| it.value.as_deref());
    let about = quoted.map(|text| format!("About this:\n{}", behind(text)));
    let first = (
        comment.author.as_ref(),
        comment.created_time,
        None,
        comment.content.as_deref(),
    );
    let replies = comment.replies.iter().flatten().map(|it| {
        (
            it.author.as_ref(),
            it.created_time,
            it.action.as_deref(),
            it.content.as_deref(),
        )
    });
    let said = std::iter::once(first).chain(replies);
    let said = said.map(|(author, time, action, text)| {
        let facts = [
            Some(
                author
                    .and_then(who)
                    .unwrap_or_else(|| "somebody".to_owned()),
            ),
            time.map(moment),
            action.map(lines),
        ];
        let facts: Vec<String> = facts.into_iter().flatten().collect();
        format!(
            "{}:\n{}",
            facts.join(", "),
            behind(text.unwrap_or_default())
        )
    });
    let all: Vec<String> = about.into_iter().chain(said).collect();
    all.join("\n\n")
}

fn behind(text: &str) -> String {
    let text = lines(text);
    let text = text.split('\n').map(|line| format!("> {line}"));
    text.collect::<Vec<_>>().join("\n")
}
