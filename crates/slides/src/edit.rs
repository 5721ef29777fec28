//! Texts that are there already, changed: everywhere, in one element, in a table.

mod replace;
mod table;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toolgate_google_http::Seen;
use toolgate_toolkit::{ToolContext, ToolError};

use crate::{
    error::{Named, said},
    find::{find, read, units},
    settlement::CHANGING,
    setup::Setup,
    text::sendable,
    wire::{
        BATCH, DeleteTextRequest, GET, InsertTextRequest, Presentation, Range, Request, Slides,
        TEXTS, all_of, cell_at, part_of, request,
    },
    write::{Batch, seen, write},
};

pub(crate) use self::{
    replace::{replace_all_text, replacing, whole_text},
    table::fill_table,
};

pub(crate) const METHODS: &[&str] = &[GET.id(), BATCH.id()];

const ELEMENT: &str = "one that get_presentation gave";
const TEXT_ELEMENT: &str = "an element that holds text; of a table, with row and column";

/// Gives an element, or a cell of a table, another text; an empty one takes it away.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetElementText {
    /// Id or link.
    #[schemars(length(min = 1))]
    presentation_id: String,
    /// Of the element.
    #[schemars(length(min = 1))]
    element_id: String,
    /// What it says.
    text: String,
    /// Of a table: the row, from 0.
    #[schemars(range(min = 0, max = 1000))]
    row: Option<usize>,
    /// The column, from 0.
    #[schemars(range(min = 0, max = 1000))]
    column: Option<usize>,
}

/// Deletes a passage from the text of an element, or of a cell.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeleteText {
    /// Id or link.
    #[schemars(length(min = 1))]
    presentation_id: String,
    /// Of the element.
    #[schemars(length(min = 1))]
    element_id: String,
    /// The passage, letter by letter.
    #[schemars(length(min = 1))]
    text: String,
    /// Each time that it occurs.
    every: Option<bool>,
    /// Of a table: the row, from 0.
    #[schemars(range(min = 0, max = 1000))]
    row: Option<usize>,
    /// The column, from 0.
    #[schemars(range(min = 0, max = 1000))]
    column: Option<usize>,
}

/// An element that has another text.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Changed {
    /// `changed`, or `changed (confirmed by look-up)`.
    status: String,
    element_id: String,
    /// How many passages or cells.
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<usize>,
}

/// A cell of a table, where an argument means one.
fn cell_of(row: Option<usize>, column: Option<usize>) -> Result<Option<(usize, usize)>, ToolError> {
    match (row, column) {
        (None, None) => Ok(None),
        (Some(row), Some(column)) => Ok(Some((row, column))),
        (None, _) => Err(ToolError::invalid_argument(
            "row",
            "column is given without it",
            "0",
        )),
        (_, None) => Err(ToolError::invalid_argument(
            "column",
            "row is given without it",
            "0",
        )),
    }
}

/// What gives an element or a cell this text, whatever it holds: Google refuses to take a text from
/// where there is none, so that a letter is put there first.
pub(crate) fn rewriting(id: &str, at: Option<(usize, usize)>, text: &str) -> Vec<Request> {
    let mut requests = vec![inserting(id, at, "-"), deleting(id, at, all_of())];
    if !text.is_empty() {
        requests.push(inserting(id, at, text));
    }
    requests
}

pub(crate) fn inserting(id: &str, at: Option<(usize, usize)>, text: &str) -> Request {
    request(|it| {
        it.insert_text = Some(InsertTextRequest {
            object_id: Some(id.to_owned()),
            cell_location: at.map(|(row, column)| cell_at(row, column)),
            insertion_index: Some(0),
            text: Some(text.to_owned()),
            ..InsertTextRequest::default()
        });
    })
}

pub(crate) fn deleting(id: &str, at: Option<(usize, usize)>, range: Range) -> Request {
    request(|it| {
        it.delete_text = Some(DeleteTextRequest {
            object_id: Some(id.to_owned()),
            cell_location: at.map(|(row, column)| cell_at(row, column)),
            text_range: Some(range),
            ..DeleteTextRequest::default()
        });
    })
}

/// Whether an element, or cells of it, say exactly this. What is on a layout, a master or a page of notes
/// can be changed as well, and a look-up does not see it.
fn says(deck: &Presentation, id: &str, texts: &[(Option<(usize, usize)>, String)]) -> Seen<()> {
    let Some(found) = find(deck, id) else {
        return Seen::Doubtful("no slide has this element, so that no look-up sees it".to_owned());
    };
    let is_said = |(at, text): &(_, String)| units(found.element, *at).text() == *text;
    seen(texts.iter().all(is_said))
}

/// Changes a text.
pub(crate) async fn set_element_text(
    cx: ToolContext,
    args: SetElementText,
    setup: Setup,
) -> Result<Changed, ToolError> {
    let deck = Named::deck(&args.presentation_id);
    let element = Named::element(said("element_id", &args.element_id, ELEMENT)?);
    let at = cell_of(args.row, args.column)?;
    let texts = [(at, sendable(&args.text))];
    let slides = Slides::new(&cx, METHODS);
    let batch = Batch::new(deck, CHANGING, rewriting(element.id, at, &texts[0].1))
        .about([element])
        .blaming("element_id", TEXT_ELEMENT);
    let is_done = |deck: &Presentation| says(deck, element.id, &texts);
    let settled = write((&cx, &setup), &slides, batch, TEXTS, is_done).await?;
    Ok(Changed {
        status: settled.status,
        element_id: element.id.to_owned(),
        count: None,
    })
}

/// Deletes a passage. Where it stands was read, so that the presentation has to be as it was read.
pub(crate) async fn delete_text(
    cx: ToolContext,
    args: DeleteText,
    setup: Setup,
) -> Result<Changed, ToolError> {
    let deck = Named::deck(&args.presentation_id);
    let element = Named::element(said("element_id", &args.element_id, ELEMENT)?);
    let at = cell_of(args.row, args.column)?;
    let slides = Slides::new(&cx, METHODS);
    let read = read(&slides, deck, element, TEXTS).await?;
    let whole = find(&read, element.id).map(|it| units(it.element, at));
    let whole = whole.ok_or_else(|| element.not_found())?;
    let places = places(&whole.find(&args.text), args.every == Some(true))?;
    let left = [(at, without(&whole.text(), &places))];
    // From the last to the first: what stands before stays where it is.
    let parts = places.iter().rev();
    let requests = parts.map(|(start, end)| deleting(element.id, at, part_of(*start, *end)));
    let batch = Batch::new(deck, CHANGING, requests.collect())
        .about([element])
        .at(read.revision_id.clone());
    let is_done = |deck: &Presentation| says(deck, element.id, &left);
    let settled = write((&cx, &setup), &slides, batch, TEXTS, is_done).await?;
    Ok(Changed {
        status: settled.status,
        element_id: element.id.to_owned(),
        count: Some(places.len()),
    })
}

/// Those that are meant.
fn places(found: &[(usize, usize)], every: bool) -> Result<Vec<(usize, usize)>, ToolError> {
    match found {
        [] => Err(ToolError::invalid_argument(
            "text",
            "the element does not say that",
            "a passage as get_presentation shows it, without marks of lists and links",
        )),
        [_, _, ..] if !every => Err(ToolError::invalid_argument(
            "text",
            &format!("it occurs {} times", found.len()),
            "a longer passage that occurs once; or every: true",
        )),
        found => Ok(found.to_vec()),
    }
}

/// A text without these parts, in UTF-16 units.
fn without(text: &str, parts: &[(usize, usize)]) -> String {
    let units = text.encode_utf16().enumerate();
    let is_left = |at: usize| {
        !parts
            .iter()
            .any(|(start, end)| (*start..*end).contains(&at))
    };
    let left = units.filter(|(at, _)| is_left(*at)).map(|(_, unit)| unit);
    String::from_utf16_lossy(&left.collect::<Vec<_>>())
}
