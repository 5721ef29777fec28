//! Texts that are there already, changed: everywhere, in one element, in a table.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toolgate_toolkit::{ToolContext, ToolError};

use crate::{
    error::{Named, said},
    find::{find, read, units},
    ids::slide_in_link,
    settlement::{CHANGING, Seen},
    setup::Setup,
    text::sendable,
    wire::{
        BATCH, DeleteTextRequest, GET, InsertTextRequest, PageElement, Presentation, Range,
        ReplaceAllTextRequest, Request, Slides, SubstringMatchCriteria, TEXTS, all_of, cell_at,
        part_of, request,
    },
    write::{Batch, seen, write},
};

pub(crate) const METHODS: &[&str] = &[GET.id(), BATCH.id()];

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
    /// Only on these slides.
    slide_ids: Option<Vec<String>>,
}

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

/// Writes texts into the cells of a table, from one cell on to the right and down.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FillTable {
    /// Id or link.
    #[schemars(length(min = 1))]
    presentation_id: String,
    /// Of the table.
    #[schemars(length(min = 1))]
    table_id: String,
    /// Texts by row; an empty one empties its cell.
    #[schemars(length(min = 1))]
    content: Vec<Vec<String>>,
    /// From 0.
    #[schemars(range(min = 0, max = 1000))]
    start_row: Option<usize>,
    /// From 0.
    #[schemars(range(min = 0, max = 1000))]
    start_column: Option<usize>,
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
    let pages = args.slide_ids.unwrap_or_default();
    let pages: Vec<String> = pages
        .iter()
        .map(|it| slide_in_link(it).to_owned())
        .collect();
    let (match_case, with) = (
        args.match_case.unwrap_or(true),
        sendable(&args.replace_with),
    );
    let slides = Slides::new(&cx, METHODS);
    let things: Vec<Named<'_>> = pages.iter().map(|it| Named::slides(it)).collect();
    let batch = Batch::new(
        deck,
        CHANGING,
        vec![replacing(&args.find, &with, match_case, &pages)],
    );
    let is_done = |deck: &Presentation| {
        let fold = |text: &str| {
            if match_case {
                text.to_owned()
            } else {
                text.to_lowercase()
            }
        };
        let (find, with) = (fold(&args.find), fold(&with));
        if with.contains(&find) {
            return Seen::Doubtful("the new text holds the old one".to_owned());
        }
        let is_meant =
            |id: Option<&str>| pages.is_empty() || pages.iter().any(|it| Some(it.as_str()) == id);
        let slides = deck.slides.iter().flatten();
        let mut left = slides
            .filter(|it| is_meant(it.object_id.as_deref()))
            .flat_map(all_texts);
        seen(!left.any(|text| fold(&text).contains(&find)))
    };
    let batch = batch.about(things);
    let settled = write((&cx, &setup), &slides, batch, TEXTS, is_done).await?;
    let replies = settled.made.replies.unwrap_or_default();
    let replies: Vec<_> = replies
        .into_iter()
        .filter_map(|it| it.replace_all_text)
        .collect();
    Ok(Replaced {
        status: settled.status,
        // A zero does not travel.
        occurrences_changed: replies
            .first()
            .map(|it| it.occurrences_changed.unwrap_or(0)),
    })
}

/// All texts of a presentation's slides, exactly.
pub(crate) fn whole_text(deck: &Presentation) -> Vec<String> {
    deck.slides.iter().flatten().flat_map(all_texts).collect()
}

/// All texts of a page, exactly.
fn all_texts(page: &crate::wire::Page) -> Vec<String> {
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

/// Whether an element, or a cell of it, says exactly this.
fn says(deck: &Presentation, id: &str, at: Option<(usize, usize)>, text: &str) -> bool {
    find(deck, id).is_some_and(|it| units(it.element, at).text() == text)
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
    let text = sendable(&args.text);
    let slides = Slides::new(&cx, METHODS);
    let batch = Batch::new(deck, CHANGING, rewriting(element.id, at, &text))
        .about([element])
        .blaming("element_id", TEXT_ELEMENT);
    let is_done = |deck: &Presentation| seen(says(deck, element.id, at, &text));
    let settled = write((&cx, &setup), &slides, batch, TEXTS, is_done).await?;
    Ok(Changed {
        status: settled.status,
        element_id: element.id.to_owned(),
        count: None,
    })
}

const ELEMENT: &str = "one that get_presentation gave";
const TEXT_ELEMENT: &str = "an element that holds text; of a table, with row and column";

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
    let left = without(&whole.text(), &places);
    // From the last to the first: what stands before stays where it is.
    let parts = places.iter().rev();
    let requests = parts.map(|(start, end)| deleting(element.id, at, part_of(*start, *end)));
    let batch = Batch::new(deck, CHANGING, requests.collect())
        .about([element])
        .at(read.revision_id.clone());
    let is_done = |deck: &Presentation| seen(says(deck, element.id, at, &left));
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

/// Fills cells.
pub(crate) async fn fill_table(
    cx: ToolContext,
    args: FillTable,
    setup: Setup,
) -> Result<Changed, ToolError> {
    let deck = Named::deck(&args.presentation_id);
    let table = Named::table(said("table_id", &args.table_id, ELEMENT)?);
    let slides = Slides::new(&cx, METHODS);
    let read = read(&slides, deck, table, TEXTS).await?;
    let found = find(&read, table.id).and_then(|it| it.element.table.as_ref());
    let Some(size) = found.map(crate::view::table_size) else {
        let good = "an element of the kind `table`";
        return Err(ToolError::invalid_argument(
            "table_id",
            "it is no table",
            good,
        ));
    };
    let start = (args.start_row.unwrap_or(0), args.start_column.unwrap_or(0));
    let cells = cells(&args.content, start, size)?;
    let requests = cells
        .iter()
        .flat_map(|(at, text)| rewriting(table.id, Some(*at), text));
    let batch = Batch::new(deck, CHANGING, requests.collect())
        .about([table])
        .blaming("content", "texts for cells that are there");
    let is_done = |deck: &Presentation| {
        seen(
            cells
                .iter()
                .all(|(at, text)| says(deck, table.id, Some(*at), text)),
        )
    };
    let settled = write((&cx, &setup), &slides, batch, TEXTS, is_done).await?;
    Ok(Changed {
        status: settled.status,
        element_id: table.id.to_owned(),
        count: Some(cells.len()),
    })
}

type Cell = ((usize, usize), String);

/// The cells that are written, all of which the table has.
fn cells(
    content: &[Vec<String>],
    (top, left): (usize, usize),
    [rows, columns]: [usize; 2],
) -> Result<Vec<Cell>, ToolError> {
    let widest = content.iter().map(Vec::len).max().unwrap_or(0);
    if top + content.len() > rows || left + widest > columns {
        let problem = format!(
            "it would need {} rows and {} columns; the table has {rows} and {columns}",
            top + content.len(),
            left + widest
        );
        let good = "texts that fit into the table; add_table makes a larger one";
        return Err(ToolError::invalid_argument("content", &problem, good));
    }
    if widest == 0 {
        let good = "[[\"Item\", \"Price\"], [\"Tea\", \"4.50\"]]";
        return Err(ToolError::invalid_argument(
            "content",
            "it holds no text",
            good,
        ));
    }
    let cell =
        |row: usize, column: usize, text: &String| ((top + row, left + column), sendable(text));
    let rows = content.iter().enumerate();
    let cells = rows.flat_map(|(row, texts)| {
        let texts = texts.iter().enumerate();
        texts.map(move |(column, text)| cell(row, column, text))
    });
    Ok(cells.collect())
}
