//! Rows as records, by the names in a table's header row: `read_records`, `append_records`, `update_record`.

mod filter;
mod header;
mod put;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toolgate_toolkit::{
    Fence, ToolContext, ToolError,
    sized::{json_chars, shortened},
};

use self::{filter::Filters, header::Header};
use crate::{
    book::{Book, Cells},
    cell::Show,
    error::Named,
    grid::Cell,
    read::Source,
    setup::Setup,
    wire::{BOOK, Sheets},
};

pub(crate) use put::{APPEND_METHODS, METHODS as UPDATE_METHODS, append_records, update_record};

pub(crate) const METHODS: &[&str] = &[BOOK.id()];

/// What a result takes beside its records.
const ENVELOPE: usize = 900;
/// Said where rows are wider than their header.
const UNNAMED: &str = "rows have cells right of the last column with a name, which are not shown; \
    read_sheet shows them";
/// Characters of rows that are read ahead of what is shown, where a filter may drop most.
const AHEAD: usize = 400_000;

/// Finds rows of a table by its header row. CSV; the first column is the row's number.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReadRecords {
    /// Id or link.
    spreadsheet_id: Option<String>,
    /// Tab or range with the header row; the first tab if left out.
    table: Option<String>,
    /// All have to hold: `Status = open`, `Name ~ ann` (contains), `Due < 2027-03-01`.
    filter: Option<Vec<String>>,
    /// Only these.
    columns: Option<Vec<String>>,
    /// `next_row` of the result before.
    #[schemars(range(min = 1))]
    from_row: Option<u32>,
}

/// Rows of a table.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Records {
    /// CSV with a header; the first column is the row's number.
    rows: String,
    /// How many.
    count: usize,
    /// Goes on with `from_row`; without it nothing is left.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_row: Option<u32>,
    /// Rows whose long cells were shortened; `read_sheet` reads them whole.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    shortened_rows: Vec<u32>,
    /// What is not shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'static str>,
    /// Of the dates.
    #[serde(skip_serializing_if = "Option::is_none")]
    time_zone: Option<String>,
    /// What of this was written by others.
    untrusted: String,
}

/// Finds rows.
pub(crate) async fn read_records(
    cx: ToolContext,
    args: ReadRecords,
    setup: Setup,
) -> Result<Records, ToolError> {
    let sheets = Sheets::new(&cx, METHODS);
    let named = Named::meant(args.spreadsheet_id.as_deref(), &setup)?;
    let book = Book::open(&sheets, named).await?;
    let place = book.place("table", args.table.as_deref())?;
    let fence = cx.fence("cells");
    let source = Source {
        sheets: &sheets,
        book: &book,
        named,
        show: Show::Values,
        fence: &fence,
    };
    let cells = place.cells("table")?;
    let header = Header::read(&source, (place.tab, cells)).await?;
    let filters = Filters::of(&args.filter.unwrap_or_default(), &header)?;
    let columns = match &args.columns {
        Some(wanted) => header.places("columns", wanted)?,
        None => header.all(),
    };
    let mut found = Found::new(&header, columns, setup.budget - ENVELOPE);
    let mut top = args.from_row.unwrap_or(0).max(header.row + 1);
    while top <= cells.bottom && found.next.is_none() {
        let rest = Cells { top, ..cells };
        let (rows, unread) = source.filled(place.tab, rest, AHEAD).await?;
        found.take(&rows, top, &filters);
        match unread {
            Some(row) => top = row,
            None => break,
        }
    }
    Ok(found.told(&fence, book.time_zone.clone()))
}

/// The records so far.
struct Found {
    columns: Vec<usize>,
    /// Columns up to the last one with a name.
    named: usize,
    has_unnamed: bool,
    text: String,
    count: usize,
    room: usize,
    next: Option<u32>,
    shortened: Vec<u32>,
    has_dates: bool,
}

impl Found {
    fn new(header: &Header, columns: Vec<usize>, room: usize) -> Self {
        let names = columns.iter().map(|it| header.field(*it));
        let names: Vec<String> = std::iter::once("row".to_owned()).chain(names).collect();
        let text = names.join(",");
        Self {
            room: room.saturating_sub(json_chars(&text) + Fence::SIZE),
            text,
            columns,
            named: header.all().len(),
            has_unnamed: false,
            count: 0,
            next: None,
            shortened: Vec::new(),
            has_dates: false,
        }
    }

    fn take(&mut self, rows: &[Vec<Cell>], top: u32, filters: &Filters) {
        for (row, number) in rows.iter().zip(top..) {
            if row.is_empty() || !filters.hold(row) {
                continue;
            }
            if !self.add(row, number) {
                self.next = Some(number);
                return;
            }
        }
    }

    /// Adds a row where it fits; the first one is made to.
    fn add(&mut self, row: &[Cell], number: u32) -> bool {
        let cells: Vec<Option<&Cell>> = self.columns.iter().map(|it| row.get(*it)).collect();
        let mut fields: Vec<String> = vec![number.to_string()];
        fields.extend(
            cells
                .iter()
                .map(|it| it.map_or(String::new(), |it| it.field(Show::Values))),
        );
        while fields.last().is_some_and(String::is_empty) {
            fields.pop();
        }
        let mut line = fields.join(",");
        if json_chars(&line) + 2 > self.room {
            if self.count > 0 {
                return false;
            }
            let each = (self.room / fields.len()).saturating_sub(4);
            let short = fields.iter().map(|it| short(it, each));
            line = short.collect::<Vec<_>>().join(",");
            self.shortened.push(number);
        }
        self.room = self.room.saturating_sub(json_chars(&line) + 2);
        self.text.push('\n');
        self.text.push_str(&line);
        self.count += 1;
        let mut unnamed = row.iter().skip(self.named);
        self.has_unnamed |= unnamed.any(|it| !it.field(Show::Values).is_empty());
        let mut values = cells.iter().flatten().map(|it| it.value.value());
        self.has_dates |= values.any(|it| matches!(it, crate::cell::CellValue::Date(_)));
        true
    }

    fn told(self, fence: &Fence, time_zone: Option<String>) -> Records {
        Records {
            rows: fence.around(&self.text),
            count: self.count,
            next_row: self.next,
            shortened_rows: self.shortened,
            note: self.has_unnamed.then_some(UNNAMED),
            time_zone: time_zone.filter(|_| self.has_dates),
            untrusted: fence.notice(),
        }
    }
}

/// A field that is still one when it is cut.
fn short(field: &str, room: usize) -> String {
    if json_chars(field) <= room {
        return field.to_owned();
    }
    let inner = field.trim_matches('"').replace("\"\"", "'");
    format!("\"{}\"", shortened(&inner, room))
}
