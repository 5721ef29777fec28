//! `create_presentation`.
//!
//! Google's reference for Slides says that a new presentation takes an id that the request carries; its
//! reference for Drive says that files of Google's own kinds take no id of the caller's, and neither says
//! which ids would do. So none is sent, no look-up can tell one new presentation from another of the same
//! title, and an unclear end is told as unknown.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toolgate_google_http::{Error, Seen};
use toolgate_toolkit::{ToolContext, ToolError};

use crate::{
    error::said,
    settlement::{CREATING, settlement},
    setup::Setup,
    text::visible,
    wire::{CREATE, Presentation, Slides},
};

pub(crate) const METHODS: &[&str] = &[CREATE.id()];

/// Characters of a title.
const TITLE: usize = 120;

/// Makes a presentation with one empty title slide.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreatePresentation {
    /// Its title.
    #[schemars(length(min = 1, max = 500))]
    title: String,
}

/// A presentation that was made.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Created {
    /// `created`.
    status: String,
    presentation_id: String,
    title: String,
    /// For people to open it.
    url: String,
    /// The slides that it has.
    slide_ids: Vec<String>,
}

/// Makes a presentation.
pub(crate) async fn create_presentation(
    cx: ToolContext,
    args: CreatePresentation,
    setup: Setup,
) -> Result<Created, ToolError> {
    let title = said("title", &args.title, "Plans for the offsite")?;
    let slides = Slides::new(&cx, METHODS);
    let (made, status) = created((&cx, &setup), &slides, title).await?;
    let id = made.presentation_id.clone().unwrap_or_default();
    let ids = made.slides.iter().flatten();
    Ok(Created {
        status,
        title: visible(made.title.as_deref().unwrap_or(title), TITLE),
        url: link(&id),
        slide_ids: ids.filter_map(|it| it.object_id.clone()).collect(),
        presentation_id: id,
    })
}

/// A new presentation, and whether it was made.
pub(crate) async fn created(
    (cx, setup): (&ToolContext, &Setup),
    slides: &Slides,
    title: &str,
) -> Result<(Presentation, String), ToolError> {
    let settlement = settlement(cx, setup.settlement, CREATING);
    let look = async || {
        let why = "Google takes no mark for it by which a look-up would know it".to_owned();
        Ok::<_, Error>(Seen::Doubtful(why))
    };
    let settled = settlement.settle(slides.create(title), look).await;
    let settled = settled.map_err(ToolError::from)?;
    Ok((settled.made, settled.status))
}

/// For people to open a presentation.
pub(crate) fn link(id: &str) -> String {
    format!("https://docs.google.com/presentation/d/{id}/edit")
}
