//! `replace_all_text`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toolgate_google_http::Seen;
use toolgate_toolkit::{ToolContext, ToolError};

use crate::{
    error::Named,
    find::units,
    ids::slide_in_link,
    settlement::CHANGING,
    setup::Setup,
    text::sendable,
    wire::{
        Page, PageElement, Presentation, ReplaceAllTextRequest, Request, SAID, Slides,
        SubstringMatchCriteria, request,
    },
    write::{Batch, seen, write},
};

use super::METHODS;

/// Replaces a text everywhere in a presentation, or on some slides.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReplaceAllText {
    /// Id or link.
    #[schemars(length(min = 1))]
    presentation_id: String,
    /// As it stands there.
    #[schemars(length(min = 1))]
    find: String,
    /// May be empty.
    replace_with: String,
    /// True if left out.
    match_case: Option<bool>,
    /// Only on these slides, and not in their notes.
    #[schemars(length(min = 1))]
    slide_ids: Option<Vec<String>>,
}

/// How often a text was replaced.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Replaced {
    /// `changed`, or `changed (confirmed by look-up)`.
    status: String,
    /// How often; not known where a look-up had to confirm it.
    #[serde(skip_serializing_if = "Option::is_none")]
    occurrences_changed: Option<i32>,
}

/// What replaces a text everywhere.
pub(crate) fn replacing(find: &str, with: &str, match_case: bool, pages: &[String]) -> Request {
    request(|it| {
        it.replace_all_text = Some(ReplaceAllTextRequest {
            contains_text: Some(SubstringMatchCriteria {
                text: Some(find.to_owned()),
                match_case: Some(match_case),
                ..SubstringMatchCriteria::default()
            }),
            replace_text: Some(with.to_owned()),
            page_object_ids: Some(pages.to_vec()).filter(|it| !it.is_empty()),
            ..ReplaceAllTextRequest::default()
        });
    })
}

/// Replaces a text.
pub(crate) async fn replace_all_text(
    cx: ToolContext,
    args: ReplaceAllText,
    setup: Setup,
) -> Result<Replaced, ToolError> {
    let deck = Named::deck(&args.presentation_id);
    let pages = pages(args.slide_ids.as_deref())?;
    let (match_case, with) = (
        args.match_case.unwrap_or(true),
        sendable(&args.replace_with),
    );
    let slides = Slides::new(&cx, METHODS);
    let things: Vec<Named<'_>> = pages.iter().map(|it| Named::slides(it)).collect();
    let request = replacing(&args.find, &with, match_case, &pages);
    let batch = Batch::new(deck, CHANGING, vec![request]).about(things);
    let is_done = |deck: &Presentation| is_replaced(deck, (&args.find, &with), match_case, &pages);
    let settled = write((&cx, &setup), &slides, batch, SAID, is_done).await?;
    let replies = settled.made.replies.unwrap_or_default();
    let mut replies = replies.into_iter().filter_map(|it| it.replace_all_text);
    Ok(Replaced {
        status: settled.status,
        // A zero does not travel.
        occurrences_changed: replies.next().map(|it| it.occurrences_changed.unwrap_or(0)),
    })
}

/// The slides that are named; none where all are meant. Google takes none for all, so that a name that
/// says nothing would change what nobody meant.
fn pages(slides: Option<&[String]>) -> Result<Vec<String>, ToolError> {
    let Some(slides) = slides else {
        return Ok(Vec::new());
    };
    let pages = slides.iter().map(|it| slide_in_link(it).to_owned());
    let pages: Vec<String> = pages.collect();
    if pages.is_empty() || pages.iter().any(String::is_empty) {
        let good = "ids that get_presentation gave; left out for all slides";
        let problem = "it names no slide";
        return Err(ToolError::invalid_argument("slide_ids", problem, good));
    }
    Ok(pages)
}

/// Whether none of these pages says the old text any more.
fn is_replaced(
    deck: &Presentation,
    (find, with): (&str, &str),
    match_case: bool,
    pages: &[String],
) -> Seen<()> {
    let fold = |text: &str| {
        if match_case {
            text.to_owned()
        } else {
            text.to_lowercase()
        }
    };
    let (find, with) = (fold(find), fold(with));
    if with.contains(&find) {
        return Seen::Doubtful("the new text holds the old one".to_owned());
    }
    let is_meant = |page: &&Page| {
        let id = page.object_id.as_deref();
        pages.is_empty() || pages.iter().any(|it| Some(it.as_str()) == id)
    };
    let mut left = saying(deck).filter(is_meant).flat_map(all_texts);
    seen(!left.any(|text| fold(&text).contains(&find)))
}

/// The slides of a presentation, and the pages of their notes.
fn saying(deck: &Presentation) -> impl Iterator<Item = &Page> {
    let slides = deck.slides.iter().flatten();
    slides.flat_map(|slide| {
        let properties = slide.slide_properties.as_ref();
        let notes = properties.and_then(|it| it.notes_page.as_deref());
        std::iter::once(slide).chain(notes)
    })
}

/// All texts of a presentation's slides and notes, exactly.
pub(crate) fn whole_text(deck: &Presentation) -> Vec<String> {
    saying(deck).flat_map(all_texts).collect()
}

/// All texts of a page, exactly.
fn all_texts(page: &Page) -> Vec<String> {
    let mut texts = Vec::new();
    let mut open: Vec<&PageElement> = page.page_elements.iter().flatten().collect();
    while let Some(element) = open.pop() {
        texts.push(units(element, None).text());
        if let Some(table) = &element.table {
            let [rows, columns] = crate::view::table_size(table);
            let cells = (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)));
            texts.extend(cells.map(|at| units(element, Some(at)).text()));
        }
        let group = element.element_group.as_ref();
        open.extend(
            group
                .and_then(|it| it.children.as_deref())
                .unwrap_or_default(),
        );
    }
    texts
}
