//! `delete_presentation`: into the trash, unless asked for good.

use google_drive3::api::File;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toolgate_auth::{Failure as _, FailureKind};
use toolgate_google_http::{Error, Seen};
use toolgate_toolkit::{ToolContext, ToolError};

use crate::{
    error::Named,
    list::PRESENTATION,
    settlement::{REMOVING, settlement},
    setup::Setup,
    text::visible,
    wire::{DELETE, FILE, Slides, TRASH},
};

pub(crate) const METHODS: &[&str] = &[FILE.id(), TRASH.id(), DELETE.id()];

/// Characters of a title.
const TITLE: usize = 120;

/// Moves a presentation to the trash, from where the person can take it back for 30 days.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeletePresentation {
    /// Id or link.
    #[schemars(length(min = 1))]
    presentation_id: String,
    /// Destroys it, past the trash: only if the person said so.
    permanently: Option<bool>,
}

/// A presentation that is in the trash, or gone.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Removed {
    /// `in the trash`, `deleted for good`, or `deleted for good (confirmed by look-up)`.
    status: String,
    presentation_id: String,
    title: String,
    /// What of this was written by others.
    untrusted: String,
}

/// Removes a presentation, and no other file.
pub(crate) async fn delete_presentation(
    cx: ToolContext,
    args: DeletePresentation,
    setup: Setup,
) -> Result<Removed, ToolError> {
    let named = Named::deck(&args.presentation_id);
    let slides = Slides::new(&cx, METHODS);
    let file = presentation(&slides, named).await?;
    let id = file.id.clone().unwrap_or_default();
    let status = if args.permanently == Some(true) {
        destroyed((&cx, &setup), &slides, named, &id).await?
    } else {
        // A second time changes nothing, so that it may be repeated.
        let trashed = slides.file_trash(&id).await;
        trashed.map_err(|error| named.explain(error))?;
        "in the trash".to_owned()
    };
    Ok(Removed {
        status,
        title: visible(file.name.as_deref().unwrap_or_default(), TITLE),
        presentation_id: id,
        untrusted: cx.fence("slide").notice(),
    })
}

/// The file of a presentation.
pub(crate) async fn presentation(slides: &Slides, named: Named<'_>) -> Result<File, ToolError> {
    let file = slides.file(named.id).await;
    let file = file.map_err(|error| named.explain(error))?;
    if file.mime_type.as_deref() == Some(PRESENTATION) {
        return Ok(file);
    }
    Err(ToolError::invalid_argument(
        named.argument,
        "it is a file of another kind",
        "a presentation of Google Slides that list_presentations gave",
    ))
}

async fn destroyed(
    (cx, setup): (&ToolContext, &Setup),
    slides: &Slides,
    named: Named<'_>,
    id: &str,
) -> Result<String, ToolError> {
    let settlement = settlement(cx, setup.settlement, REMOVING);
    let look = || async {
        match slides.file(id).await {
            Ok(_) => Ok(Seen::NotDone),
            Err(error) if error.kind() == FailureKind::NotFound => Ok(Seen::Done(())),
            Err(error) => Err::<_, Error>(error),
        }
    };
    let settled = settlement.settle(slides.file_delete(id), look).await;
    let settled = settled.map_err(|refusal| refusal.explained(|error| named.explain(error)))?;
    Ok(settled.status)
}
