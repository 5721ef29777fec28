//! `read_sheet` and `read_ranges`: cells as CSV, in windows.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toolgate_toolkit::{
    Fence, ToolContext, ToolError,
    sized::{json_size, shortened},
};

use crate::{
    book::{Book, Cells, Place, TabFacts},
    cell::{CellValue, Show, visible},
    error::Named,
    grid::{self, Cell, Rows, revision},
    setup::Setup,
    window::{At, Window, handle, place_of, window},
    wire::{BOOK, Sheets},
};

pub(crate) const METHODS: &[&str] = &[BOOK.id()];

/// What a result takes beside its cells: ranges and handles with long names of tabs, the notice.
const ENVELOPE: usize = 1_400;
/// Requests for the cells of one window, of which most are empty.
const REQUESTS: usize = 20;

/// Reads cells as CSV. Numbers, TRUE, #ERRORS and dates (2027-03-01 09:30:00) are plain; a text that
/// looks like one is quoted.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReadSheet {
    /// Id or link.
    spreadsheet_id: Option<String>,
    /// A1 range, tab or named range; the first tab if left out.
    #[schemars(example = "'Plan 2027'!A1:F50")]
    spreadsheet_range: Option<String>,
    /// `formatted` as people see it; `formulas` with their values.
    show: Option<Show>,
    /// `next` of the result before.
    next: Option<String>,
}

/// Reads several ranges at once.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReadRanges {
    /// Id or link.
    spreadsheet_id: Option<String>,
    /// A1 ranges, tabs or named ranges.
    #[schemars(length(min = 1, max = 10))]
    ranges: Vec<String>,
}

/// Cells of a range.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Shown {
    /// What is shown.
    pub(crate) range: String,
    /// CSV.
    pub(crate) cells: String,
    /// The first character that is shown of a long cell.
    #[serde(skip_serializing_if = "Option::is_none")]
    from_character: Option<usize>,
    /// Goes on there; without it nothing is left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next: Option<String>,
    /// What these cells are now, for `expect`.
    pub(crate) revision: String,
}

/// Cells, and whose they are.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Read {
    #[serde(flatten)]
    shown: Shown,
    /// Of the dates.
    #[serde(skip_serializing_if = "Option::is_none")]
    time_zone: Option<String>,
    /// What of this was written by others.
    untrusted: String,
}

/// A range that was read, or why it was not.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct OneOf {
    #[serde(flatten)]
    shown: Option<Shown>,
    /// The range as it was asked for, where it was not read.
    #[serde(skip_serializing_if = "Option::is_none")]
    asked: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// Ranges in their order.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ReadMany {
    ranges: Vec<OneOf>,
    /// Of the dates.
    #[serde(skip_serializing_if = "Option::is_none")]
    time_zone: Option<String>,
    /// What of this was written by others.
    untrusted: String,
}

/// Reads a range.
pub(crate) async fn read_sheet(
    cx: ToolContext,
    args: ReadSheet,
    setup: Setup,
) -> Result<Read, ToolError> {
    let sheets = Sheets::new(&cx, METHODS);
    let named = Named::meant(args.spreadsheet_id.as_deref(), &setup)?;
    let asked = args.spreadsheet_range.as_deref().or(setup.range.as_deref());
    let (argument, asked, at) = match &args.next {
        Some(next) => {
            let (range, at) = place_of(next).ok_or_else(no_handle)?;
            ("next", Some(range), Some(at))
        }
        None => ("spreadsheet_range", asked, None),
    };
    let book = Book::open(&sheets, named).await?;
    let place = book.place(argument, asked)?;
    let source = Source {
        sheets: &sheets,
        book: &book,
        named,
        show: args.show.unwrap_or_default(),
        fence: &cx.fence("cells"),
    };
    let room = setup.budget - ENVELOPE;
    let (shown, has_dates) = source.shown((argument, place, at), room).await?;
    Ok(Read {
        shown,
        time_zone: book.time_zone.clone().filter(|_| has_dates),
        untrusted: source.fence.notice(),
    })
}

fn no_handle() -> ToolError {
    let good = "the `next` of a result of read_sheet";
    ToolError::invalid_argument("next", "it is no place in a range", good)
}

/// Reads ranges; one that cannot be read loses no other.
pub(crate) async fn read_ranges(
    cx: ToolContext,
    args: ReadRanges,
    setup: Setup,
) -> Result<ReadMany, ToolError> {
    let sheets = Sheets::new(&cx, METHODS);
    let named = Named::meant(args.spreadsheet_id.as_deref(), &setup)?;
    let book = Book::open(&sheets, named).await?;
    let fence = cx.fence("cells");
    let source = Source {
        sheets: &sheets,
        book: &book,
        named,
        show: Show::Values,
        fence: &fence,
    };
    let mut ranges = Vec::new();
    let mut has_dates = false;
    let mut left = setup.budget - ENVELOPE / 2;
    for (place, asked) in args.ranges.iter().enumerate() {
        // What one does not need is there for those after it.
        let share = left / (args.ranges.len() - place);
        let one = match source.one(asked, share).await {
            Ok((shown, dates)) => {
                has_dates |= dates;
                OneOf::read(shown)
            }
            Err(error) if error.argument() == Some("ranges") => OneOf::failed(asked, &error),
            Err(error) => return Err(error),
        };
        left = left.saturating_sub(json_size(&one) + 1);
        ranges.push(one);
    }
    Ok(ReadMany {
        ranges,
        time_zone: book.time_zone.clone().filter(|_| has_dates),
        untrusted: fence.notice(),
    })
}

impl OneOf {
    fn read(shown: Shown) -> Self {
        Self {
            shown: Some(shown),
            asked: None,
            error: None,
        }
    }

    fn failed(asked: &str, error: &ToolError) -> Self {
        Self {
            shown: None,
            asked: Some(shortened(&visible(asked), 100)),
            error: Some(shortened(error.message(), 300)),
        }
    }
}

/// What is read, and how it is shown.
pub(crate) struct Source<'a> {
    pub(crate) sheets: &'a Sheets,
    pub(crate) book: &'a Book,
    pub(crate) named: Named<'a>,
    pub(crate) show: Show,
    pub(crate) fence: &'a Fence,
}

impl Source<'_> {
    /// What of it fits, and whether dates are among it.
    async fn one(&self, asked: &str, share: usize) -> Result<(Shown, bool), ToolError> {
        /// What a range takes beside its cells.
        const BESIDE: usize = 300;
        let place = self.book.place("ranges", Some(asked))?;
        let names = 3 * place.tab.title.chars().count();
        let room = share.saturating_sub(BESIDE + names).max(1);
        self.shown(("ranges", place, None), room).await
    }

    /// As much of a place as fits into `room`, from `at` on, and whether dates are among it.
    pub(crate) async fn shown(
        &self,
        (argument, place, at): (&'static str, Place<'_>, Option<At>),
        room: usize,
    ) -> Result<(Shown, bool), ToolError> {
        let cells = place.cells(argument)?;
        let from = at.unwrap_or(At {
            row: cells.top,
            column: cells.left,
            offset: 0,
        });
        let is_within = (cells.left..=cells.right).contains(&from.column)
            && (cells.top..=cells.bottom).contains(&from.row);
        if !is_within {
            return Err(no_handle());
        }
        let rest = Cells {
            top: from.row,
            ..cells
        };
        let room = room.saturating_sub(Fence::SIZE).max(1);
        let (rows, unread) = self.filled(place.tab, rest, room).await?;
        let fields = |row: &Vec<Cell>| row.iter().map(|it| it.field(self.show)).collect();
        let fields: Vec<Vec<String>> = rows.iter().map(fields).collect();
        let mut shown = window(&fields, (cells.left, cells.right), from, room);
        if shown.next.is_none() {
            shown.next = unread.map(|row| At {
                row,
                column: cells.left,
                offset: 0,
            });
        }
        Ok(self.told((place.tab, cells), &rows, from, &shown))
    }

    fn told(
        &self,
        (tab, cells): (&TabFacts, Cells),
        rows: &[Vec<Cell>],
        asked: At,
        shown: &Window,
    ) -> (Shown, bool) {
        let (right, bottom) = shown.to;
        let covered = Cells {
            left: shown.from.column,
            top: asked.row,
            right,
            bottom,
        };
        let rows = rows.iter().take(covered.height() as usize);
        let before = (covered.left - cells.left) as usize;
        let width = covered.width() as usize;
        let within = rows.map(|row| row.iter().skip(before).take(width).cloned().collect());
        let within: Vec<Vec<Cell>> = within.collect();
        let mut all = within.iter().flatten();
        let has_dates = all.any(|it| matches!(it.value.value(), CellValue::Date(_)));
        let range = visible(&tab.range(covered));
        let told = Shown {
            cells: self.fence.around(&shown.text),
            from_character: Some(shown.from.offset).filter(|it| *it > 0),
            next: shown.next.map(|at| handle(&visible(&tab.range(cells)), at)),
            revision: revision(&range, &within),
            range,
        };
        (told, has_dates)
    }

    /// Rows of cells until they fill the room, and the first row that was not read.
    pub(crate) async fn filled(
        &self,
        tab: &TabFacts,
        cells: Cells,
        room: usize,
    ) -> Result<(Rows, Option<u32>), ToolError> {
        let mut all = Rows::new();
        let mut rest = cells;
        // Most cells take a few characters; where they take fewer, or none, the requests grow.
        let mut count = room / 4;
        for _ in 0..REQUESTS {
            let (now, next) = grid::part(rest, count);
            let read = grid::rows(self.sheets, &self.book.id, (tab, now)).await;
            let read = read.map_err(|error| self.named.explain(error))?;
            if !read.is_empty() {
                all.resize((now.top - cells.top) as usize, Vec::new());
                all.extend(read);
            }
            let Some(top) = next else {
                return Ok((all, None));
            };
            let sizes = all.iter().flatten().map(Cell::size);
            let is_full = sizes.sum::<usize>() > room;
            rest.top = top;
            count = count.saturating_mul(4);
            if is_full {
                break;
            }
        }
        Ok((all, Some(rest.top)))
    }
}
