//! Comments on a file, with their replies: listed here, read whole and added in the modules.

mod say;
mod thread;

use google_drive3::api::{Comment, Reply, User};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toolgate_google_http::Error;
use toolgate_toolkit::{Fence, ToolContext, ToolError, sized::shortened};

pub(crate) use self::{
    say::{ADD_METHODS, REPLY_METHODS, add_comment, reply_to_comment},
    thread::{METHODS as THREAD_METHODS, get_comment},
};
use crate::{
    error::{Named, refused},
    look,
    setup::Setup,
    view::{is_false, lines, moment, person, short},
    wire::{COMMENTS, CommentsAsked, Drive, GET},
};

pub(crate) const LIST_METHODS: &[&str] = &[GET.id(), COMMENTS.id()];

/// What a result takes beside its items.
const ENVELOPE: usize = 500;
/// What a comment takes at most, with its replies.
const COMMENT_SHARE: usize = 1_600;
/// Characters of a comment.
const TEXT: usize = 500;
/// Characters of a reply, and replies of a comment.
const REPLY_TEXT: usize = 120;
const REPLIES: usize = 3;
const PERSON: usize = 60;

/// Lists the comments on a file, with the latest replies; long ones are cut.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListComments {
    /// A file or folder.
    #[schemars(length(min = 1))]
    file_id: String,
    /// `next_page_token` of the page before.
    page_token: Option<String>,
}

/// A comment.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct CommentView {
    comment_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<String>,
    text: String,
    /// What of the file it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    quoted: Option<String>,
    #[serde(skip_serializing_if = "is_false")]
    resolved: bool,
    /// All of them; the latest are shown.
    #[serde(skip_serializing_if = "is_zero")]
    replies_total: usize,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    replies: Vec<ReplyView>,
    /// Something of it is missing here: `get_comment` has it whole.
    #[serde(skip_serializing_if = "is_false")]
    truncated: bool,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_zero(value: &usize) -> bool {
    *value == 0
}

/// A reply.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ReplyView {
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<String>,
    text: String,
    /// `resolve` or `reopen`.
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<String>,
}

/// Comments.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct CommentsPage {
    comments: Vec<CommentView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_page_token: Option<String>,
    /// What of this was written by others.
    untrusted: String,
}

/// Lists comments.
pub(crate) async fn list_comments(
    cx: ToolContext,
    args: ListComments,
    setup: Setup,
) -> Result<CommentsPage, ToolError> {
    let drive = Drive::new(&cx, LIST_METHODS);
    let id = look::target(&drive, Named::file(&args.file_id)).await?;
    let file = Named::file(&id);
    let token = args.page_token.as_deref().filter(|token| !token.is_empty());
    let asked = CommentsAsked {
        count: (setup.budget.saturating_sub(ENVELOPE) / COMMENT_SHARE).clamp(1, 100),
        page_token: token,
        since: None,
    };
    let page = drive.comments_list(file.id, asked).await;
    let page = page.map_err(|error| explained(error, file, token))?;
    let fence = cx.fence("file");
    let comments = page.comments.unwrap_or_default();
    Ok(CommentsPage {
        comments: comments
            .iter()
            .map(|it| CommentView::of(it, &fence))
            .collect(),
        next_page_token: page.next_page_token.filter(|token| !token.is_empty()),
        untrusted: fence.notice(),
    })
}

pub(crate) fn explained(error: Error, file: Named<'_>, token: Option<&str>) -> ToolError {
    match token {
        Some(_) => refused(error, token),
        None => file.explain(error),
    }
}

impl CommentView {
    fn of(comment: &Comment, fence: &Fence) -> Self {
        let replies = comment.replies.as_deref().unwrap_or_default();
        let latest = &replies[replies.len().saturating_sub(REPLIES)..];
        let quoted = comment.quoted_file_content.as_ref();
        let quoted = quoted.and_then(|it| it.value.as_deref());
        let is_cut = |text: Option<&str>, room: usize| {
            let text = lines(text.unwrap_or_default());
            shortened(&text, room) != text
        };
        let truncated = latest.len() < replies.len()
            || is_cut(comment.content.as_deref(), TEXT)
            || is_cut(quoted, REPLY_TEXT)
            || latest
                .iter()
                .any(|it| is_cut(it.content.as_deref(), REPLY_TEXT));
        let quoted = short(quoted, REPLY_TEXT);
        Self {
            truncated,
            comment_id: comment.id.clone().unwrap_or_default(),
            by: comment.author.as_ref().and_then(who),
            time: comment.created_time.map(moment),
            text: fenced(comment.content.as_deref(), TEXT, fence),
            quoted: quoted.map(|it| fence.around(&it)),
            resolved: comment.resolved == Some(true),
            replies_total: replies.len(),
            replies: latest.iter().map(|it| ReplyView::of(it, fence)).collect(),
        }
    }
}

impl ReplyView {
    fn of(reply: &Reply, fence: &Fence) -> Self {
        Self {
            by: reply.author.as_ref().and_then(who),
            time: reply.created_time.map(moment),
            text: fenced(reply.content.as_deref(), REPLY_TEXT, fence),
            action: short(reply.action.as_deref(), PERSON),
        }
    }
}

fn fenced(text: Option<&str>, room: usize, fence: &Fence) -> String {
    fence.around(&shortened(&lines(text.unwrap_or_default()), room))
}

fn who(user: &User) -> Option<String> {
    if user.me == Some(true) {
        return Some("me".to_owned());
    }
    person(user)
}
