//! `append_records` and `update_record`: writing by the names of columns.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;
use toolgate_toolkit::{ToolContext, ToolError, sized::shortened};

use super::{filter::is, header::Header};
use crate::{
    a1::Area,
    append::{Appended, Before, Table, table},
    book::{Book, Cells, Place},
    cell::{CellValue, Entry, Show, visible},
    error::Named,
    grid::expected,
    read::Source,
    setup::Setup,
    typed::{Typed, value},
    wire::{APPEND, BOOK, Input, READ, Sheets, UPDATES},
    write::{Ready, Wrote, written},
};

pub(crate) const METHODS: &[&str] = &[BOOK.id(), UPDATES.id(), READ.id()];
pub(crate) const APPEND_METHODS: &[&str] = &[BOOK.id(), APPEND.id(), READ.id()];

/// Appends rows to a table, each cell to the column of its name.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AppendRecords {
    /// Id or link.
    spreadsheet_id: Option<String>,
    /// Tab or range with the header row; the first tab if left out.
    table: Option<String>,
    /// Names in the header.
    #[schemars(length(min = 1))]
    columns: Vec<String>,
    /// Rows of cells, in the order of `columns`.
    #[schemars(length(min = 1))]
    rows: Vec<Vec<Entry>>,
    /// As in `append_rows`.
    value_input: Option<Input>,
}

/// Changes cells of the one row of a table whose key column holds the key.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UpdateRecord {
    /// Id or link.
    spreadsheet_id: Option<String>,
    /// Tab or range with the header row; the first tab if left out.
    table: Option<String>,
    /// A name in the header.
    key_column: String,
    /// What the row has there.
    #[schemars(length(min = 1))]
    key: String,
    /// Columns that change.
    #[schemars(length(min = 1))]
    columns: Vec<String>,
    /// What they get, in their order.
    #[schemars(length(min = 1))]
    values: Vec<Entry>,
    /// As in `append_rows`.
    value_input: Option<Input>,
    /// As in `update_sheet`.
    expect: Option<String>,
}

/// Appends records.
pub(crate) async fn append_records(
    cx: ToolContext,
    args: AppendRecords,
    setup: Setup,
) -> Result<Appended, ToolError> {
    let sheets = Sheets::new(&cx, APPEND_METHODS);
    let named = Named::meant(args.spreadsheet_id.as_deref(), &setup)?;
    let width = args.columns.len();
    if let Some(row) = args
        .rows
        .iter()
        .find(|row| row.is_empty() || row.len() > width)
    {
        let problem = format!("a row has {} cells for {width} columns", row.len());
        let good = "rows with a cell for each of `columns`";
        return Err(ToolError::invalid_argument("rows", &problem, good));
    }
    let book = Book::open(&sheets, named).await?;
    let place = book.place("table", args.table.as_deref())?;
    let cells = place.cells("table")?;
    let fence = cx.fence("cells");
    let source = source((&sheets, &book, named), &fence);
    let header = Header::read(&source, (place.tab, cells)).await?;
    let places = header.places("columns", &args.columns)?;
    let before = Before::of(&sheets, (&book, named), place.tab).await?;
    // By one cell Google finds the one table, of several side by side, and begins rows in its first column, which
    // may have no name.
    let first = places
        .iter()
        .min()
        .map_or(header.left, |it| header.column(*it));
    let cells = Cells {
        left: first,
        top: header.row,
        right: first,
        bottom: header.row,
    };
    let all = before.rows().map_or(cells, |rows| table(rows, cells));
    let rows = args.rows.iter().map(|row| {
        let columns = places.iter().map(|it| header.column(*it) - all.left);
        placed(row, columns)
    });
    let typed = Typed::guarded(rows.collect::<Result<_, _>>()?, args.value_input);
    let table = Table {
        tab: place.tab,
        cells,
        left: Some(all.left),
        before,
    };
    let at = (&cx, setup.settlement);
    table.append(at, (&sheets, &book, named), &typed).await
}

/// Cells in their columns, counted from 0; the others are left empty.
fn placed(row: &[Entry], columns: impl Iterator<Item = u32>) -> Result<Vec<Value>, ToolError> {
    let mut cells = Vec::new();
    for (cell, column) in row.iter().zip(columns) {
        let place = column as usize;
        if cells.len() <= place {
            cells.resize(place + 1, Value::String(String::new()));
        }
        if let Some(at) = cells.get_mut(place) {
            *at = value("rows", cell)?;
        }
    }
    Ok(cells)
}

fn source<'a>(
    (sheets, book, named): (&'a Sheets, &'a Book, Named<'a>),
    fence: &'a toolgate_toolkit::Fence,
) -> Source<'a> {
    Source {
        sheets,
        book,
        named,
        show: Show::Values,
        fence,
    }
}

/// Changes a record.
pub(crate) async fn update_record(
    cx: ToolContext,
    args: UpdateRecord,
    setup: Setup,
) -> Result<Wrote, ToolError> {
    let sheets = Sheets::new(&cx, METHODS);
    let named = Named::meant(args.spreadsheet_id.as_deref(), &setup)?;
    if args.columns.len() != args.values.len() {
        let problem = format!(
            "there are {} for {} columns",
            args.values.len(),
            args.columns.len()
        );
        let good = "a value for each of `columns`";
        return Err(ToolError::invalid_argument("values", &problem, good));
    }
    if visible(&args.key).trim().is_empty() {
        let good = "what one row has in `key_column`";
        return Err(ToolError::invalid_argument("key", "it is empty", good));
    }
    let values = args.values.iter().map(|it| value("values", it));
    let typed = Typed::guarded(vec![values.collect::<Result<_, _>>()?], args.value_input);
    let book = Book::open(&sheets, named).await?;
    let place = book.place("table", args.table.as_deref())?;
    let cells = place.cells("table")?;
    let fence = cx.fence("cells");
    let source = source((&sheets, &book, named), &fence);
    let header = Header::read(&source, (place.tab, cells)).await?;
    let row = keyed(
        &source,
        (place, cells),
        &header,
        (&args.key_column, &args.key),
    )
    .await?;
    let mut all = Vec::new();
    for (name, value) in args.columns.iter().zip(typed.rows.into_iter().flatten()) {
        let column = header.column(header.place("columns", name)?);
        let cell = Place {
            tab: place.tab,
            area: Area::cell(column, row),
        };
        let ready = Ready::cell(cell, value)?;
        place.tab.check_free(cell.cells("columns")?)?;
        all.push(ready);
    }
    let of = (&sheets, &book, named);
    expected(of.0, (&book, named), args.expect.as_deref()).await?;
    let status = written((&cx, &setup), of, (&all, typed.input)).await?;
    let mut told = Wrote::of(&cx, &book, (&all, typed.input), status);
    told.kept_as_text = Some(typed.kept).filter(|it| *it > 0);
    Ok(told)
}

/// The one row that has the key.
async fn keyed(
    source: &Source<'_>,
    (place, cells): (Place<'_>, Cells),
    header: &Header,
    (column, key): (&str, &str),
) -> Result<u32, ToolError> {
    let column = header.column(header.place("key_column", column)?);
    let mut rows = Vec::new();
    let mut top = header.row + 1;
    while top <= cells.bottom {
        let rest = Cells {
            left: column,
            right: column,
            top,
            ..cells
        };
        let (read, unread) = source.filled(place.tab, rest, usize::MAX).await?;
        let cell = |row: &Vec<crate::grid::Cell>| {
            let first = row.first();
            first.map_or(CellValue::Empty, |it| it.value.value().clone())
        };
        let with = read
            .iter()
            .zip(top..)
            .filter(|(row, _)| is(&cell(row), key));
        rows.extend(with.map(|(_, row)| row));
        match unread {
            Some(row) => top = row,
            None => break,
        }
    }
    let shown = shortened(&visible(key), 60);
    match rows[..] {
        [row] => Ok(row),
        [] => Err(ToolError::not_found(format!(
            "no row has `{shown}` in that column; read_records tells what is there"
        ))),
        _ => {
            let count = rows.len();
            let rows: Vec<String> = rows.iter().take(5).map(u32::to_string).collect();
            let problem = format!("{count} rows have `{shown}`: {} ..", rows.join(", "));
            let good = "a key that one row has, or update_sheet with the row's cells";
            Err(ToolError::invalid_argument("key", &problem, good))
        }
    }
}
