//! `list_revisions`: how a file came to be what it is.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toolgate_toolkit::{ToolContext, ToolError};

use crate::{
    error::Named,
    look,
    setup::Setup,
    talk::explained,
    view::{is_false, moment, person},
    wire::{Drive, GET, REVISIONS},
};

pub(crate) const METHODS: &[&str] = &[GET.id(), REVISIONS.id()];

/// What a result takes beside its items.
const ENVELOPE: usize = 500;
/// What a revision takes at most.
const REVISION_SHARE: usize = 260;

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

/// Lists revisions.
pub(crate) async fn list_revisions(
    cx: ToolContext,
    args: ListRevisions,
    setup: Setup,
) -> Result<RevisionsPage, ToolError> {
    let drive = Drive::new(&cx, METHODS);
    let id = look::target(&drive, Named::file(&args.file_id)).await?;
    let file = Named::file(&id);
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
