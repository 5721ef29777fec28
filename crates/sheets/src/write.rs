//! `update_sheet`, `update_ranges` and `clear_range`: cells that are there get other content.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use toolgate_google_http::{Error, Seen, Words, repeated};
use toolgate_toolkit::{ToolContext, ToolError};

use crate::{
    book::{Book, Cells, Place, TabFacts},
    cell::{Entry, Show, visible},
    error::Named,
    fits::{Fits, fit_rows},
    grid::expected,
    read::Source,
    settlement::settled,
    setup::Setup,
    typed::{is_formula, values},
    wire::{BOOK, CLEAR, Input, READ, Sheets, UPDATE, UPDATES},
};

pub(crate) const METHODS: &[&str] = &[BOOK.id(), UPDATE.id(), READ.id()];
pub(crate) const ALL_METHODS: &[&str] = &[BOOK.id(), UPDATES.id(), READ.id()];
pub(crate) const CLEAR_METHODS: &[&str] = &[BOOK.id(), CLEAR.id(), READ.id()];

/// What a result takes beside the cells that it shows.
const ENVELOPE: usize = 1_800;

/// Writes rows into a range, from its first cell on.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UpdateSheet {
    /// Id or link.
    spreadsheet_id: Option<String>,
    /// A1 range, or its first cell.
    #[schemars(example = "Sheet1!A2")]
    range_name: String,
    /// Rows of cells; an empty text empties a cell.
    #[schemars(length(min = 1))]
    data: Vec<Vec<Entry>>,
    /// `user_entered` (default): formulas, dates and numbers in texts count, as typed; `raw`: texts stay texts, for those of others.
    value_input: Option<Input>,
    /// Show what the cells come to.
    show_values: Option<bool>,
    /// A `revision`: only if those cells are as they were read.
    expect: Option<String>,
}

/// Rows for one range.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Block {
    /// A1 range, or its first cell.
    range: String,
    /// Rows of cells.
    #[schemars(length(min = 1))]
    data: Vec<Vec<Entry>>,
}

/// Writes rows into several ranges, all or none.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UpdateRanges {
    /// Id or link.
    spreadsheet_id: Option<String>,
    /// What goes where.
    #[schemars(length(min = 1, max = 50))]
    updates: Vec<Block>,
    /// As in `update_sheet`.
    value_input: Option<Input>,
    /// A `revision`: only if those cells are as they were read.
    expect: Option<String>,
}

/// Empties the cells of a range; formats stay.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClearRange {
    /// Id or link.
    spreadsheet_id: Option<String>,
    /// A1 range or tab.
    range: String,
    /// A `revision`: only if those cells are as they were read.
    expect: Option<String>,
}

/// What was written.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Wrote {
    /// `written`, or `written (confirmed by look-up)`.
    pub(crate) status: String,
    pub(crate) spreadsheet_id: String,
    /// Where.
    pub(crate) ranges: Vec<String>,
    /// How many cells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cells: Option<u32>,
    /// How many of them are formulas now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) formulas: Option<usize>,
    /// Cells that stayed texts though they begin as formulas or numbers do; `value_input` tells otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) kept_as_text: Option<usize>,
    /// What the cells come to, as CSV.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) values: Option<String>,
    /// For `read_sheet`, where not all is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next: Option<String>,
    /// What of this was written by others.
    pub(crate) untrusted: String,
}

const WRITING: Words = Words {
    done: "written",
    look: "look with read_sheet",
};
const CLEARING: Words = Words {
    done: "emptied",
    look: "look with read_sheet",
};

type Entered = Option<Vec<Vec<Value>>>;

/// A block of cells for a place, as Google takes it.
#[derive(Debug)]
pub(crate) struct Ready<'a> {
    tab: &'a TabFacts,
    cells: Cells,
    rows: Vec<Vec<Value>>,
}

/// Writes one block.
pub(crate) async fn update_sheet(
    cx: ToolContext,
    args: UpdateSheet,
    setup: Setup,
) -> Result<Wrote, ToolError> {
    let sheets = Sheets::new(&cx, METHODS);
    let named = Named::meant(args.spreadsheet_id.as_deref(), &setup)?;
    let book = Book::open(&sheets, named).await?;
    let place = book.place("range_name", Some(&args.range_name))?;
    let ready = Ready::of(place, &args.data, ("range_name", "data"))?;
    ready.tab.check_free(ready.cells)?;
    expected(&sheets, (&book, named), args.expect.as_deref()).await?;
    let input = args.value_input.unwrap_or_default();
    let range = ready.range();
    let write = || async {
        sheets
            .update(&book.id, &range, (&ready.rows, input))
            .await
            .map(drop)
    };
    let writing = repeated(write);
    let all = std::slice::from_ref(&ready);
    let look = || is_there(&sheets, &book.id, all, input);
    let at = (&cx, setup.settlement);
    let done = settled(at, (named, WRITING), writing, look).await?;
    let mut told = Wrote::of(&cx, &book, (all, input), done.status);
    if args.show_values == Some(true) {
        let fence = cx.fence("cells");
        let source = Source {
            sheets: &sheets,
            book: &book,
            named,
            show: Show::Values,
            fence: &fence,
        };
        told.show(&source, &ready, setup.budget - ENVELOPE).await;
    }
    Ok(told)
}

/// Writes several blocks.
pub(crate) async fn update_ranges(
    cx: ToolContext,
    args: UpdateRanges,
    setup: Setup,
) -> Result<Wrote, ToolError> {
    let sheets = Sheets::new(&cx, ALL_METHODS);
    let named = Named::meant(args.spreadsheet_id.as_deref(), &setup)?;
    let book = Book::open(&sheets, named).await?;
    let mut all = Vec::new();
    for block in &args.updates {
        let place = book.place("updates", Some(&block.range))?;
        let ready = Ready::of(place, &block.data, ("updates", "updates"))?;
        ready.tab.check_free(ready.cells)?;
        all.push(ready);
    }
    expected(&sheets, (&book, named), args.expect.as_deref()).await?;
    let input = args.value_input.unwrap_or_default();
    let of = (&sheets, &book, named);
    let status = written((&cx, &setup), of, (&all, input)).await?;
    Ok(Wrote::of(&cx, &book, (&all, input), status))
}

/// Writes blocks, all or none; how it ended.
pub(crate) async fn written(
    (cx, setup): (&ToolContext, &Setup),
    (sheets, book, named): (&Sheets, &Book, Named<'_>),
    (all, input): (&[Ready<'_>], Input),
) -> Result<String, ToolError> {
    let blocks = all.iter().map(|it| (it.range(), it.rows.clone()));
    let blocks: Vec<_> = blocks.collect();
    let write = || async { sheets.update_all(&book.id, &blocks, input).await.map(drop) };
    let look = || is_there(sheets, &book.id, all, input);
    let at = (cx, setup.settlement);
    let done = settled(at, (named, WRITING), repeated(write), look).await?;
    Ok(done.status)
}

/// Empties a range.
pub(crate) async fn clear_range(
    cx: ToolContext,
    args: ClearRange,
    setup: Setup,
) -> Result<Wrote, ToolError> {
    let sheets = Sheets::new(&cx, CLEAR_METHODS);
    let named = Named::meant(args.spreadsheet_id.as_deref(), &setup)?;
    let book = Book::open(&sheets, named).await?;
    let place = book.place("range", Some(&args.range))?;
    let cells = place.cells("range")?;
    place.tab.check_free(cells)?;
    expected(&sheets, (&book, named), args.expect.as_deref()).await?;
    let range = place.tab.range(cells);
    // Where it cannot be read, nothing that is there later denies that it was emptied.
    let before = entered(&sheets, &book.id, &range).await.ok();
    let clear = || async { sheets.clear(&book.id, &range).await.map(drop) };
    let look = || async {
        let now = entered(&sheets, &book.id, &range).await?;
        Ok::<_, Error>(emptied(before.as_ref(), &now))
    };
    let at = (&cx, setup.settlement);
    let cleared = settled(at, (named, CLEARING), repeated(clear), look).await?;
    Ok(Wrote {
        status: cleared.status,
        spreadsheet_id: book.id.clone(),
        ranges: vec![visible(&range)],
        cells: None,
        formulas: None,
        kept_as_text: None,
        values: None,
        next: None,
        untrusted: cx.fence("cells").notice(),
    })
}

/// What was entered into a range; nothing where it is empty.
async fn entered(sheets: &Sheets, id: &str, range: &String) -> Result<Entered, Error> {
    let read = sheets.values(id, std::slice::from_ref(range)).await?;
    Ok(read.into_iter().next().and_then(|it| it.values))
}

/// Whether a range was emptied, by what was in it before and what is now: others may have written
/// there meanwhile.
fn emptied(before: Option<&Entered>, now: &Entered) -> Seen<()> {
    match now {
        None => Seen::Done(()),
        Some(_) if before == Some(now) => Seen::NotDone,
        Some(_) => Seen::Doubtful("others changed the range meanwhile".to_owned()),
    }
}

/// Whether the blocks are there, as far as cells can show it.
async fn is_there(
    sheets: &Sheets,
    id: &str,
    all: &[Ready<'_>],
    input: Input,
) -> Result<Seen<()>, Error> {
    let ranges: Vec<String> = all.iter().map(Ready::range).collect();
    let now = sheets.values(id, &ranges).await?;
    let fits = all.iter().enumerate().map(|(place, ready)| {
        let seen = now.get(place).and_then(|it| it.values.as_deref());
        fit_rows(&ready.rows, seen.unwrap_or_default(), input)
    });
    Ok(match fits.min() {
        Some(Fits::Yes) | None => Seen::Done(()),
        Some(Fits::No) => Seen::NotDone,
        Some(Fits::Maybe) => Seen::Doubtful("what was typed shows as something else".to_owned()),
    })
}

impl<'a> Ready<'a> {
    /// Rows for a place: from its first cell on, and within it where it is more than a cell.
    pub(crate) fn of(
        place: Place<'a>,
        rows: &[Vec<Entry>],
        (argument, data): (&'static str, &'static str),
    ) -> Result<Self, ToolError> {
        let cells = place.cells(argument)?;
        let width = rows.iter().map(Vec::len).max().unwrap_or(0);
        let [height, width] = [rows.len(), width].map(|it| u32::try_from(it).unwrap_or(u32::MAX));
        if width == 0 {
            let good = "rows of cells, such as [[\"Name\", 3]]";
            return Err(ToolError::invalid_argument(
                data,
                "its rows have no cells",
                good,
            ));
        }
        let is_anchor = cells.width() == 1 && cells.height() == 1;
        let (most_wide, most_high) = if is_anchor {
            let tab = place.tab;
            (tab.columns - cells.left + 1, tab.rows - cells.top + 1)
        } else {
            (cells.width(), cells.height())
        };
        if width > most_wide || height > most_high {
            let problem = format!(
                "it has {height} rows of up to {width} cells, and there is room for {most_high} of {most_wide}"
            );
            let good = "rows that fit; append_rows makes room for more";
            return Err(ToolError::invalid_argument(data, &problem, good));
        }
        Ok(Self {
            tab: place.tab,
            cells: Cells {
                right: cells.left + width - 1,
                bottom: cells.top + height - 1,
                ..cells
            },
            rows: values(data, rows)?,
        })
    }

    /// What is written into one cell.
    pub(crate) fn cell(place: Place<'a>, value: Value) -> Result<Self, ToolError> {
        Ok(Self {
            tab: place.tab,
            cells: place.cells("columns")?,
            rows: vec![vec![value]],
        })
    }

    fn range(&self) -> String {
        self.tab.range(self.cells)
    }
}

impl Wrote {
    pub(crate) fn of(
        cx: &ToolContext,
        book: &Book,
        (all, input): (&[Ready<'_>], Input),
        status: String,
    ) -> Self {
        let rows = all.iter().flat_map(|it| &it.rows);
        let cells = rows.clone().map(Vec::len).sum::<usize>();
        let formulas = rows.flatten().filter_map(Value::as_str);
        let formulas = formulas.filter(|it| input == Input::UserEntered && is_formula(it));
        Self {
            status,
            spreadsheet_id: book.id.clone(),
            ranges: all.iter().map(|it| visible(&it.range())).collect(),
            cells: u32::try_from(cells).ok(),
            formulas: Some(formulas.count()).filter(|it| *it > 0),
            kept_as_text: None,
            values: None,
            next: None,
            untrusted: cx.fence("cells").notice(),
        }
    }

    /// Adds what the cells come to.
    async fn show(&mut self, source: &Source<'_>, ready: &Ready<'_>, room: usize) {
        let place = Place {
            tab: ready.tab,
            area: ready.cells.area(),
        };
        let shown = source.shown(("range_name", place, None), room).await;
        // What was written stays so, whatever reading it comes to.
        let Ok((shown, _)) = shown else { return };
        self.values = Some(shown.cells);
        self.next = shown.next;
        self.untrusted = source.fence.notice();
    }
}
