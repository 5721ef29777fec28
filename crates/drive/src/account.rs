//! The account: its room, its shared drives, and what changed since a token.

use google_drive3::api::Change;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toolgate_toolkit::{ToolContext, ToolError};

use crate::{
    error::refused,
    search::MOST_FOR_FILE,
    setup::Setup,
    view::{FileView, is_false, moment, person, visible},
    wire::{ABOUT, CHANGES, DRIVES, Drive, START},
};

pub(crate) const QUOTA_METHODS: &[&str] = &[ABOUT.id()];
pub(crate) const DRIVES_METHODS: &[&str] = &[DRIVES.id()];
pub(crate) const CHANGES_METHODS: &[&str] = &[START.id(), CHANGES.id()];

/// What a result takes beside its items.
const ENVELOPE: usize = 500;
/// What a shared drive takes at most.
const DRIVE_SHARE: usize = 260;
/// What a change takes beside its file.
const CHANGE_SHARE: usize = 160;
const NAME: usize = 120;

/// Tells how much room the account has, in bytes, and whose it is.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GetDriveQuota {}

/// Lists the shared drives that the person can see.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListSharedDrives {
    /// `next_page_token` of the page before.
    page_token: Option<String>,
}

/// Tells what changed since a token; without one, gives the token of now.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GetDriveChanges {
    /// `next_since` of the call before.
    since: Option<String>,
}

/// Room, in bytes.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Quota {
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<String>,
    /// Missing where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<i64>,
    used: i64,
    used_in_drive: i64,
    used_in_trash: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    free: Option<i64>,
}

/// A shared drive.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct DriveView {
    /// Also the id of its topmost folder.
    shared_drive_id: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    created: Option<String>,
    #[serde(skip_serializing_if = "is_false")]
    hidden: bool,
}

/// Shared drives.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct DrivesPage {
    shared_drives: Vec<DriveView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_page_token: Option<String>,
    /// What of this was written by others.
    untrusted: String,
}

/// What changed of a file or a shared drive.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Changed {
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<String>,
    /// It was deleted, or is no longer shared with the person.
    #[serde(skip_serializing_if = "is_false")]
    removed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    file_id: Option<String>,
    /// As it is now.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<FileView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    shared_drive_id: Option<String>,
}

/// What changed.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ChangesPage {
    changes: Vec<Changed>,
    /// The `since` of the next call.
    next_since: String,
    /// More have happened already: call again.
    #[serde(skip_serializing_if = "is_false")]
    more: bool,
    /// What of this was written by others.
    untrusted: String,
}

/// Tells of the room.
pub(crate) async fn get_drive_quota(
    cx: ToolContext,
    _args: GetDriveQuota,
    _setup: Setup,
) -> Result<Quota, ToolError> {
    let about = Drive::new(&cx, QUOTA_METHODS).about().await?;
    let quota = about.storage_quota.unwrap_or_default();
    let used = quota.usage.unwrap_or_default();
    Ok(Quota {
        account: about.user.as_ref().and_then(person),
        limit: quota.limit,
        used,
        used_in_drive: quota.usage_in_drive.unwrap_or_default(),
        used_in_trash: quota.usage_in_drive_trash.unwrap_or_default(),
        free: quota.limit.map(|limit| (limit - used).max(0)),
    })
}

/// Lists shared drives.
pub(crate) async fn list_shared_drives(
    cx: ToolContext,
    args: ListSharedDrives,
    setup: Setup,
) -> Result<DrivesPage, ToolError> {
    let drive = Drive::new(&cx, DRIVES_METHODS);
    let token = args.page_token.as_deref().filter(|token| !token.is_empty());
    let count = (setup.budget.saturating_sub(ENVELOPE) / DRIVE_SHARE).clamp(1, 100);
    let page = drive.drives_list(count, token).await;
    let page = page.map_err(|error| refused(error, token))?;
    let drives = page.drives.unwrap_or_default().into_iter();
    let drives = drives.map(|it| DriveView {
        shared_drive_id: it.id.unwrap_or_default(),
        name: visible(it.name.as_deref().unwrap_or_default(), NAME),
        created: it.created_time.map(moment),
        hidden: it.hidden == Some(true),
    });
    Ok(DrivesPage {
        shared_drives: drives.collect(),
        next_page_token: page.next_page_token.filter(|token| !token.is_empty()),
        untrusted: cx.fence("file").notice(),
    })
}

/// Tells what changed.
pub(crate) async fn get_drive_changes(
    cx: ToolContext,
    args: GetDriveChanges,
    setup: Setup,
) -> Result<ChangesPage, ToolError> {
    let drive = Drive::new(&cx, CHANGES_METHODS);
    let since = args
        .since
        .as_deref()
        .map(str::trim)
        .filter(|it| !it.is_empty());
    let Some(since) = since else {
        let start = drive.start_page_token().await?.filter(|it| !it.is_empty());
        return Ok(ChangesPage {
            changes: Vec::new(),
            next_since: start.ok_or_else(no_token)?,
            more: false,
            untrusted: cx.fence("file").notice(),
        });
    };
    let share = MOST_FOR_FILE + CHANGE_SHARE;
    let count = (setup.budget.saturating_sub(ENVELOPE) / share).clamp(1, 100);
    let page = drive.changes_list(since, count).await;
    let page = page.map_err(not_known)?;
    let next = page.next_page_token.filter(|token| !token.is_empty());
    let changes = page.changes.unwrap_or_default();
    Ok(ChangesPage {
        changes: changes.into_iter().map(changed).collect(),
        more: next.is_some(),
        next_since: next.or(page.new_start_page_token).ok_or_else(no_token)?,
        untrusted: cx.fence("file").notice(),
    })
}

/// Without a token the next call would begin at its own time, and what came between would be lost.
fn no_token() -> ToolError {
    ToolError::unavailable("Google gave no token to go on with; call again with the same `since`")
}

fn changed(change: Change) -> Changed {
    let file = change.file.as_ref().map(FileView::of);
    Changed {
        time: change.time.map(moment),
        removed: change.removed == Some(true),
        // It stands in the file, where there is one.
        file_id: change.file_id.filter(|_| file.is_none()),
        file,
        shared_drive_id: change.drive_id.or(change.drive.and_then(|it| it.id)),
    }
}

fn not_known(error: toolgate_google_http::Error) -> ToolError {
    use toolgate_auth::{Failure as _, FailureKind};

    if matches!(
        error.kind(),
        FailureKind::InvalidArgument | FailureKind::NotFound
    ) || error.is_gone()
    {
        return ToolError::invalid_argument(
            "since",
            "Drive does not know it",
            "the next_since of the call before; without `since`, one of now is given",
        );
    }
    ToolError::from(error)
}
