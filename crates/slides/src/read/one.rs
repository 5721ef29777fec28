//! `get_page` and `get_slide_text`: one page of a presentation.

use schemars::JsonSchema;
use serde::Deserialize;
use toolgate_google_http::{Error, seg};
use toolgate_toolkit::{ToolContext, ToolError};

use crate::{
    error::Named,
    pages::{Part, SlideView, Whole, page},
    setup::Setup,
    text::visible,
    view,
    wire::{self, PAGE, SLIDE_TEXT, Slides},
};

use super::{Deck, PAGE_METHODS, TITLE, element, fill, notes, room, texts};

/// Reads one page whole: a slide, a layout, a master or a notes page.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GetPage {
    /// Id or link.
    #[schemars(length(min = 1))]
    presentation_id: String,
    /// The page.
    #[schemars(length(min = 1))]
    page_object_id: String,
    /// Reads on: `next_page_token`.
    page_token: Option<String>,
}

/// Reads what one slide and its speaker notes say.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GetSlideText {
    /// Id or link.
    #[schemars(length(min = 1))]
    presentation_id: String,
    /// The slide.
    #[schemars(length(min = 1))]
    page_object_id: String,
    /// Reads on: `next_page_token`.
    page_token: Option<String>,
}

/// Reads one page.
pub(crate) async fn get_page(
    cx: ToolContext,
    args: GetPage,
    setup: Setup,
) -> Result<Deck, ToolError> {
    let deck = Named::deck(&args.presentation_id);
    let named = Named::page(&args.page_object_id);
    let page = one_page(&cx, deck, named, PAGE).await?;
    let seen = view::elements(page.page_elements.as_deref());
    let mut parts: Vec<Part> = seen.into_iter().map(element).collect();
    parts.extend(notes(&page));
    one(
        (&cx, &setup),
        deck,
        &page,
        parts,
        args.page_token.as_deref(),
    )
}

/// Reads what one slide says.
pub(crate) async fn get_slide_text(
    cx: ToolContext,
    args: GetSlideText,
    setup: Setup,
) -> Result<Deck, ToolError> {
    let deck = Named::deck(&args.presentation_id);
    let named = Named::page(&args.page_object_id);
    let page = one_page(&cx, deck, named, SLIDE_TEXT).await?;
    let parts = texts(&page);
    one(
        (&cx, &setup),
        deck,
        &page,
        parts,
        args.page_token.as_deref(),
    )
}

/// One page of a presentation, both by what the arguments name.
async fn one_page(
    cx: &ToolContext,
    deck: Named<'_>,
    page: Named<'_>,
    mask: &str,
) -> Result<wire::Page, ToolError> {
    let slides = Slides::new(cx, PAGE_METHODS);
    found_page(&slides, deck, page, mask).await
}

/// The same, within a tool that calls more methods.
pub(crate) async fn found_page(
    slides: &Slides,
    deck: Named<'_>,
    page: Named<'_>,
    mask: &str,
) -> Result<wire::Page, ToolError> {
    let read = slides.page(deck.id, page.id, mask).await;
    read.map_err(|error| page_error(deck, page, error))
}

/// Google names the page that is not there; where the presentation is not there, it names none.
pub(crate) fn page_error(deck: Named<'_>, page: Named<'_>, error: Error) -> ToolError {
    let is_page = match error.status() {
        None => seg(deck.id).is_ok(),
        Some(_) => error.to_string().contains(page.id),
    };
    if is_page {
        page.explain(error)
    } else {
        deck.explain(error)
    }
}

/// One page as a result that fits.
fn one(
    (cx, setup): (&ToolContext, &Setup),
    deck: Named<'_>,
    page_: &wire::Page,
    parts: Vec<Part>,
    page_token: Option<&str>,
) -> Result<Deck, ToolError> {
    let fence = cx.fence("slide");
    let kind = page_.page_type.as_deref().filter(|it| *it != "SLIDE");
    let whole = Whole {
        view: SlideView {
            slide_id: page_.object_id.clone().unwrap_or_default(),
            page_type: kind.map(|it| visible(it, TITLE)),
            skipped: page_
                .slide_properties
                .as_ref()
                .is_some_and(|it| it.is_skipped == Some(true)),
            ..SlideView::default()
        },
        parts,
    };
    let mut told = Deck {
        presentation_id: deck.id.to_owned(),
        title: None,
        slide_count: None,
        page_size: None,
        slides: Vec::new(),
        next_page_token: None,
        untrusted: fence.notice(),
    };
    let shown = page(&[whole], page_token, room(&told, setup), &fence)?;
    fill(&mut told, shown);
    Ok(told)
}
