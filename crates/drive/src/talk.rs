//! Comments on a file and replies to them, and the file's revisions.

use google_drive3::api::{Comment, Reply, User};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toolgate_toolkit::{Fence, ToolContext, ToolError, sized::shortened};

use crate::{
    error::{Named, refused},
    settlement::settled,
    setup::Setup,
    view::{is_false, moment, person, short},
    wire::{COMMENT, COMMENTS, Drive, REPLY, REVISIONS},
};

pub(crate) const LIST_METHODS: &[&str] = &[COMMENTS.id()];
pub(crate) const ADD_METHODS: &[&str] = &[COMMENT.id()];
pub(crate) const REPLY_METHODS: &[&str] = &[REPLY.id()];
pub(crate) const REVISION_METHODS: &[&str] = &[REVISIONS.id()];

/// What a result takes beside its items.
const ENVELOPE: usize = 500;
/// What a comment takes at most, with its replies.
const COMMENT_SHARE: usize = 1_600;
/// Characters of a comment.
const TEXT: usize = 500;
/// Characters of a reply, and replies of a comment.
const REPLY_TEXT: usize = 120;
const REPLIES: usize = 3;
/// What a revision takes at most.
const REVISION_SHARE: usize = 260;
const PERSON: usize = 60;

/// Lists the comments on a file, with the latest replies.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListComments {
    /// A file or folder.
    #[schemars(length(min = 1))]
    file_id: String,
    /// `next_page_token` of the page before.
    page_token: Option<String>,
}

/// Comments on a file.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AddComment {
    /// A file or folder.
    #[schemars(length(min = 1))]
    file_id: String,
    /// What is said.
    #[schemars(length(min = 1, max = 4096))]
    text: String,
}

/// Answers a comment, resolves it, or both.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReplyToComment {
    /// A file or folder.
    #[schemars(length(min = 1))]
    file_id: String,
    /// As `list_comments` gives it.
    #[schemars(length(min = 1))]
    comment_id: String,
    /// What is said.
    #[schemars(length(min = 1, max = 4096))]
    text: Option<String>,
    /// True resolves it, false opens it again.
    resolve: Option<bool>,
}

/// Lists a file's revisions, the oldest first.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListRevisions {
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

/// What was said.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Said {
    #[serde(skip_serializing_if = "Option::is_none")]
    comment_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<String>,
}

/// A revision.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct RevisionView {
    revision_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<String>,
    /// In bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<i64>,
    /// Google keeps it for ever.
    #[serde(skip_serializing_if = "is_false")]
    kept: bool,
}

/// Revisions.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct RevisionsPage {
    revisions: Vec<RevisionView>,
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
    let file = Named::file(&args.file_id);
    let token = args.page_token.as_deref().filter(|token| !token.is_empty());
    let count = (setup.budget.saturating_sub(ENVELOPE) / COMMENT_SHARE).clamp(1, 100);
    let page = drive.comments_list(file.id, count, token).await;
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

fn explained(
    error: toolgate_google_http::Error,
    file: Named<'_>,
    token: Option<&str>,
) -> ToolError {
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
        let quoted = quoted.and_then(|it| short(it.value.as_deref(), REPLY_TEXT));
        Self {
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
    let text: String = text
        .unwrap_or_default()
        .chars()
        .filter(|c| !toolgate_text::is_invisible(*c))
        .collect();
    fence.around(&shortened(&text, room))
}

fn who(user: &User) -> Option<String> {
    if user.me == Some(true) {
        return Some("me".to_owned());
    }
    person(user)
}

/// Comments.
pub(crate) async fn add_comment(
    cx: ToolContext,
    args: AddComment,
    _setup: Setup,
) -> Result<Said, ToolError> {
    let drive = Drive::new(&cx, ADD_METHODS);
    let file = Named::file(&args.file_id);
    let saying = drive.comments_create(file.id, args.text.trim());
    let said = settled(&cx, saying, "list_comments tells").await?;
    let said = said.map_err(|error| file.explain(error))?;
    Ok(Said {
        comment_id: said.id,
        reply_id: None,
        time: said.created_time.map(moment),
    })
}

/// Answers.
pub(crate) async fn reply_to_comment(
    cx: ToolContext,
    args: ReplyToComment,
    _setup: Setup,
) -> Result<Said, ToolError> {
    let text = args
        .text
        .as_deref()
        .map(str::trim)
        .filter(|it| !it.is_empty());
    let action = args.resolve.map(|it| if it { "resolve" } else { "reopen" });
    if text.is_none() && action.is_none() {
        let good = "a text, or `resolve`";
        return Err(ToolError::invalid_argument(
            "text",
            "there is nothing to say",
            good,
        ));
    }
    let drive = Drive::new(&cx, REPLY_METHODS);
    let comment = Named::comment(&args.comment_id);
    let file = Named::file(&args.file_id);
    let saying = drive.replies_create(file.id, comment.id, (text, action));
    let said = settled(&cx, saying, "list_comments tells").await?;
    let said = said.map_err(|error| comment.explain(error))?;
    Ok(Said {
        comment_id: Some(comment.id.to_owned()),
        reply_id: said.id,
        time: said.created_time.map(moment),
    })
}

/// Lists revisions.
pub(crate) async fn list_revisions(
    cx: ToolContext,
    args: ListRevisions,
    setup: Setup,
) -> Result<RevisionsPage, ToolError> {
    let drive = Drive::new(&cx, REVISION_METHODS);
    let file = Named::file(&args.file_id);
    let token = args.page_token.as_deref().filter(|token| !token.is_empty());
    let count = (setup.budget.saturating_sub(ENVELOPE) / REVISION_SHARE).clamp(1, 200);
    let page = drive.revisions_list(file.id, count, token).await;
    let page = page.map_err(|error| explained(error, file, token))?;
    let revisions = page.revisions.unwrap_or_default().into_iter();
    let revisions = revisions.map(|it| RevisionView {
        revision_id: it.id.unwrap_or_default(),
        time: it.modified_time.map(moment),
        by: it.last_modifying_user.as_ref().and_then(person),
        size: it.size,
        kept: it.keep_forever == Some(true),
    });
    Ok(RevisionsPage {
        revisions: revisions.collect(),
        next_page_token: page.next_page_token.filter(|token| !token.is_empty()),
        untrusted: cx.fence("file").notice(),
    })
}
