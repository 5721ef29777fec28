//! One mail marked, moved or labelled: read, unread, starred, archived, by any labels.

use google_gmail1::api::{Message, Thread};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toolgate_toolkit::{ToolContext, ToolError};

use crate::{
    error::Named,
    labels::Change,
    wire::{Gmail, LABELS, MODIFY, MODIFY_THREAD, TRASH, TRASH_THREAD, UNTRASH, UNTRASH_THREAD},
};

pub(crate) const MARK_METHODS: &[&str] = &[MODIFY.id()];
pub(crate) const MODIFY_METHODS: &[&str] = &[MODIFY.id(), LABELS.id()];
pub(crate) const MODIFY_THREAD_METHODS: &[&str] = &[MODIFY_THREAD.id(), LABELS.id()];
pub(crate) const TRASH_METHODS: &[&str] = &[TRASH.id(), UNTRASH.id()];
pub(crate) const TRASH_THREAD_METHODS: &[&str] = &[TRASH_THREAD.id(), UNTRASH_THREAD.id()];

/// Marks a mail as read.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MarkAsRead {
    /// The mail's id.
    #[schemars(length(min = 1), example = "18c0a11ce0000003")]
    message_id: String,
}

/// Marks a mail as unread.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MarkAsUnread {
    /// The mail's id.
    #[schemars(length(min = 1), example = "18c0a11ce0000003")]
    message_id: String,
}

/// Puts a star on a mail.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Star {
    /// The mail's id.
    #[schemars(length(min = 1), example = "18c0a11ce0000003")]
    message_id: String,
}

/// Takes the star off a mail.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Unstar {
    /// The mail's id.
    #[schemars(length(min = 1), example = "18c0a11ce0000003")]
    message_id: String,
}

/// Takes a mail out of the inbox; nothing is deleted.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Archive {
    /// The mail's id.
    #[schemars(length(min = 1), example = "18c0a11ce0000003")]
    message_id: String,
}

/// Puts labels on a mail and takes others off.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ModifyMessage {
    /// The mail's id.
    #[schemars(length(min = 1), example = "18c0a11ce0000003")]
    message_id: String,
    /// Names or ids.
    #[schemars(example = &["STARRED", "Projects"])]
    add_labels: Option<Vec<String>>,
    /// Names or ids.
    #[schemars(example = &["INBOX"])]
    remove_labels: Option<Vec<String>>,
}

/// Puts labels on all mails of a thread and takes others off.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ModifyThread {
    /// The thread's id.
    #[schemars(length(min = 1), example = "18c0a11ce0000001")]
    thread_id: String,
    /// Names or ids.
    #[schemars(example = &["STARRED", "Projects"])]
    add_labels: Option<Vec<String>>,
    /// Names or ids.
    #[schemars(example = &["INBOX"])]
    remove_labels: Option<Vec<String>>,
}

/// Puts a mail into the bin, where Gmail deletes it after thirty days, or takes it out.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TrashMessage {
    /// The mail's id.
    #[schemars(length(min = 1), example = "18c0a11ce0000003")]
    message_id: String,
    /// Take it out of the bin.
    undo: Option<bool>,
}

/// Puts all mails of a thread into the bin, where Gmail deletes them after thirty days, or takes them out.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TrashThread {
    /// The thread's id.
    #[schemars(length(min = 1), example = "18c0a11ce0000001")]
    thread_id: String,
    /// Take them out of the bin.
    undo: Option<bool>,
}

/// A mail after the change.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Marked {
    id: String,
    thread_id: String,
    /// What was done.
    done: &'static str,
    /// The ids of all labels that it wears now.
    labels: Vec<String>,
}

/// A thread after the change.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct MarkedThread {
    thread_id: String,
    /// What was done.
    done: &'static str,
    /// Its mails.
    messages: usize,
    /// The ids of all labels that any of its mails wears now.
    labels: Vec<String>,
}

/// Takes `UNREAD` off.
pub(crate) async fn mark_as_read(cx: ToolContext, args: MarkAsRead) -> Result<Marked, ToolError> {
    mark(
        &cx,
        &args.message_id,
        &Change::removing("UNREAD"),
        "marked as read",
    )
    .await
}

/// Puts `UNREAD` on.
pub(crate) async fn mark_as_unread(
    cx: ToolContext,
    args: MarkAsUnread,
) -> Result<Marked, ToolError> {
    mark(
        &cx,
        &args.message_id,
        &Change::adding("UNREAD"),
        "marked as unread",
    )
    .await
}

/// Puts `STARRED` on.
pub(crate) async fn star(cx: ToolContext, args: Star) -> Result<Marked, ToolError> {
    mark(&cx, &args.message_id, &Change::adding("STARRED"), "starred").await
}

/// Takes `STARRED` off.
pub(crate) async fn unstar(cx: ToolContext, args: Unstar) -> Result<Marked, ToolError> {
    mark(
        &cx,
        &args.message_id,
        &Change::removing("STARRED"),
        "unstarred",
    )
    .await
}

/// Takes `INBOX` off.
pub(crate) async fn archive(cx: ToolContext, args: Archive) -> Result<Marked, ToolError> {
    mark(
        &cx,
        &args.message_id,
        &Change::removing("INBOX"),
        "archived",
    )
    .await
}

async fn mark(
    cx: &ToolContext,
    message_id: &str,
    change: &Change,
    done: &'static str,
) -> Result<Marked, ToolError> {
    let gmail = Gmail::new(cx, MARK_METHODS);
    modify(&gmail, Named::message(message_id), change, done).await
}

async fn modify(
    gmail: &Gmail,
    named: Named<'_>,
    change: &Change,
    done: &'static str,
) -> Result<Marked, ToolError> {
    let message = gmail.messages_modify(named.id, change).await;
    let message = message.map_err(|error| named.explain(error))?;
    Ok(marked(named, message, done))
}

fn marked(named: Named<'_>, message: Message, done: &'static str) -> Marked {
    Marked {
        id: message.id.unwrap_or_else(|| named.id.to_owned()),
        thread_id: message.thread_id.unwrap_or_default(),
        done,
        labels: message.label_ids.unwrap_or_default(),
    }
}

fn marked_thread(named: Named<'_>, thread: Thread, done: &'static str) -> MarkedThread {
    let messages = thread.messages.unwrap_or_default();
    let mut labels: Vec<String> = Vec::new();
    for label in messages
        .iter()
        .filter_map(|it| it.label_ids.as_ref())
        .flatten()
    {
        if !labels.contains(label) {
            labels.push(label.clone());
        }
    }
    MarkedThread {
        thread_id: thread.id.unwrap_or_else(|| named.id.to_owned()),
        done,
        messages: messages.len(),
        labels,
    }
}

/// Any labels on and off one mail.
pub(crate) async fn modify_message(
    cx: ToolContext,
    args: ModifyMessage,
) -> Result<Marked, ToolError> {
    let gmail = Gmail::new(&cx, MODIFY_METHODS);
    let (add, remove) = (args.add_labels.as_deref(), args.remove_labels.as_deref());
    let (change, _) = Change::asked(&gmail, add, remove).await?;
    modify(
        &gmail,
        Named::message(&args.message_id),
        &change,
        "labels changed",
    )
    .await
}

/// Any labels on and off a thread.
pub(crate) async fn modify_thread(
    cx: ToolContext,
    args: ModifyThread,
) -> Result<MarkedThread, ToolError> {
    let gmail = Gmail::new(&cx, MODIFY_THREAD_METHODS);
    let (add, remove) = (args.add_labels.as_deref(), args.remove_labels.as_deref());
    let (change, _) = Change::asked(&gmail, add, remove).await?;
    let named = Named::thread(&args.thread_id);
    let thread = gmail.threads_modify(named.id, &change).await;
    let thread = thread.map_err(|error| named.explain(error))?;
    Ok(marked_thread(named, thread, "labels changed"))
}

/// A mail into the bin, or out of it.
pub(crate) async fn trash_message(
    cx: ToolContext,
    args: TrashMessage,
) -> Result<Marked, ToolError> {
    let named = Named::message(&args.message_id);
    let undo = args.undo.unwrap_or(false);
    let message = Gmail::new(&cx, TRASH_METHODS)
        .messages_trash(named.id, undo)
        .await;
    let message = message.map_err(|error| named.explain(error))?;
    Ok(marked(named, message, trashed(undo)))
}

/// A thread into the bin, or out of it.
pub(crate) async fn trash_thread(
    cx: ToolContext,
    args: TrashThread,
) -> Result<MarkedThread, ToolError> {
    let named = Named::thread(&args.thread_id);
    let undo = args.undo.unwrap_or(false);
    let gmail = Gmail::new(&cx, TRASH_THREAD_METHODS);
    let thread = gmail.threads_trash(named.id, undo).await;
    let thread = thread.map_err(|error| named.explain(error))?;
    Ok(marked_thread(named, thread, trashed(undo)))
}

fn trashed(undo: bool) -> &'static str {
    if undo { "untrashed" } else { "trashed" }
}
