//! Cells of a range as they are read: in pieces of a bounded size, with what tells whether they changed since.

use google_sheets4::api::{CellData, GridData};
use sha2::{Digest as _, Sha256};
use toolgate_google_http::Error;
use toolgate_toolkit::ToolError;

use crate::{
    a1::Range,
    book::{Book, Cells, TabFacts},
    cell::{CellValue, Show, csv, visible},
    error::Named,
    wire::Sheets,
};

/// Cells that one request asks for, at the most and at the least.
const AT_ONCE: (u32, u32) = (500, 40_000);

/// One cell.
#[derive(Debug, Clone)]
pub(crate) struct Cell {
    pub(crate) value: CellValue,
    formatted: Option<String>,
    /// What was entered, with its kind; recalculations do not change it.
    entered: String,
}

impl Cell {
    /// About as many characters as it takes.
    pub(crate) fn size(&self) -> usize {
        self.entered.len() + 1
    }

    fn of(data: &CellData) -> Self {
        let value = CellValue::of(data);
        let entered = match &value {
            CellValue::Empty => String::new(),
            CellValue::Formula { formula, .. } => format!("f{formula}"),
            CellValue::Text(text) => format!("t{text}"),
            other => format!("v{other}"),
        };
        Self {
            value,
            formatted: data.formatted_value.clone(),
            entered,
        }
    }

    /// As a field of CSV.
    pub(crate) fn field(&self, show: Show) -> String {
        match (show, &self.formatted) {
            (Show::Formatted, Some(text)) => csv(&visible(text), false),
            _ => self.value.field(show),
        }
    }
}

/// Rows of cells, without the empty ones at the end of each and of all.
pub(crate) type Rows = Vec<Vec<Cell>>;

/// All cells of a range, which is of a bounded size.
pub(crate) async fn rows(
    sheets: &Sheets,
    id: &str,
    (tab, cells): (&TabFacts, Cells),
) -> Result<Rows, Error> {
    let range = tab.range(cells);
    let read = sheets.cells(id, &range).await?;
    let sheets = read.sheets.unwrap_or_default().into_iter();
    let grids = sheets.flat_map(|it| it.data.unwrap_or_default());
    let mut rows = Vec::new();
    for grid in grids {
        rows = placed(&grid, cells);
    }
    Ok(rows)
}

/// The rows of Google's grid from the first row and column of `cells` on.
fn placed(grid: &GridData, cells: Cells) -> Rows {
    let index = |it: Option<i32>| usize::try_from(it.unwrap_or(0)).unwrap_or(0);
    let above = index(grid.start_row).saturating_sub(cells.top as usize - 1);
    let before = index(grid.start_column).saturating_sub(cells.left as usize - 1);
    let mut rows: Rows = vec![Vec::new(); above];
    for row in grid.row_data.iter().flatten() {
        let mut line = vec![Cell::of(&CellData::default()); before];
        line.extend(row.values.iter().flatten().map(Cell::of));
        line.truncate(cells.width() as usize);
        while line.last().is_some_and(|it| it.value == CellValue::Empty) {
            line.pop();
        }
        rows.push(line);
    }
    rows.truncate(cells.height() as usize);
    while rows.last().is_some_and(Vec::is_empty) {
        rows.pop();
    }
    rows
}

/// The part of a range, of so many cells, that one request asks for, and the row that follows it.
pub(crate) fn part(cells: Cells, count: usize) -> (Cells, Option<u32>) {
    let (least, most) = AT_ONCE;
    let count = u32::try_from(count).unwrap_or(most).clamp(least, most);
    let height = (count / cells.width()).max(1);
    let bottom = cells.bottom.min(cells.top.saturating_add(height - 1));
    let next = (bottom < cells.bottom).then_some(bottom + 1);
    (Cells { bottom, ..cells }, next)
}

/// A range as it was read, to be told from what it becomes later: `Plan!A1:C9#0123456789ab`.
pub(crate) fn revision(range: &str, rows: &[Vec<Cell>]) -> String {
    let mut digest = Sha256::new();
    let is_full = |row: &Vec<Cell>| row.iter().any(|it| !it.entered.is_empty());
    let last = rows.iter().rposition(is_full);
    for row in rows.iter().take(last.map_or(0, |it| it + 1)) {
        // Empty cells at a row's end count for nothing, wherever it was cut.
        let end = row.iter().rposition(|it| !it.entered.is_empty());
        for cell in row.iter().take(end.map_or(0, |it| it + 1)) {
            digest.update(u64::try_from(cell.entered.len()).unwrap_or(0).to_be_bytes());
            digest.update(cell.entered.as_bytes());
        }
        digest.update([0xff; 9]);
    }
    let digest = digest.finalize();
    let number = digest
        .iter()
        .take(6)
        .fold(0_u64, |all, it| all << 8 | u64::from(*it));
    format!("{range}#{number:012x}")
}

/// Refuses a write where what it is based on is no longer there. Google has no condition for a write, so that
/// what others do between this look and the write is not noticed.
pub(crate) async fn expected(
    sheets: &Sheets,
    (book, named): (&Book, Named<'_>),
    expect: Option<&str>,
) -> Result<(), ToolError> {
    let Some(expect) = expect else { return Ok(()) };
    let good = "a `revision` that read_sheet gave";
    let no_revision = || ToolError::invalid_argument("expect", "it is no revision", good);
    let (range, _) = expect.rsplit_once('#').ok_or_else(no_revision)?;
    Range::parse(range).map_err(|_| no_revision())?;
    let place = book.place("expect", Some(range))?;
    let changed = || {
        ToolError::invalid_argument(
            "expect",
            "the cells are not what they were when they were read, and nothing was written",
            "the `revision` of what read_sheet tells now",
        )
    };
    let cells = place.cells("expect").map_err(|_| changed())?;
    let now = rows(sheets, &book.id, (place.tab, cells)).await;
    let now = now.map_err(|error| named.explain(error))?;
    if revision(range, &now) == expect {
        return Ok(());
    }
    Err(changed())
}
