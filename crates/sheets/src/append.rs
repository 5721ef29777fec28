//! Rows at the end of a table, once: `append_rows`, and how they are found where Google's answer is not clear.

use std::time::Duration;

use google_sheets4::api::AppendValuesResponse;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use toolgate_google_http::{Error, Seen, Words};
use toolgate_toolkit::{ToolContext, ToolError};

use crate::{
    a1::{Range, letters},
    book::{Book, Cells, TabFacts},
    cell::{Entry, visible},
    error::Named,
    fits::{Fits, fit_rows},
    settlement::settled,
    setup::Setup,
    typed::{Typed, values},
    wire::{APPEND, BOOK, Input, READ, Room, Sheets},
};

pub(crate) const METHODS: &[&str] = &[BOOK.id(), APPEND.id(), READ.id()];

/// Cells of a tab that is read before rows are appended, so that new ones can be told from those that were there.
const KNOWN: u64 = 500_000;

/// Appends rows behind the last one of a table; what is below moves down.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AppendRows {
    /// Id or link.
    spreadsheet_id: Option<String>,
    /// Rows of cells.
    #[schemars(length(min = 1))]
    rows: Vec<Vec<Entry>>,
    /// A cell of the table, or its tab; the first tab if left out.
    range: Option<String>,
    /// As in `update_sheet`; left out, `=..`, 007, +49 stay texts.
    value_input: Option<Input>,
}

/// Rows that were appended.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Appended {
    /// `appended`, or `appended (confirmed by look-up)`.
    status: String,
    spreadsheet_id: String,
    /// Where they are.
    range: String,
    /// How many.
    rows: usize,
    /// Cells that stayed texts though they begin as formulas or numbers do; `value_input` tells otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    kept_as_text: Option<usize>,
    /// What is to be seen to.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    /// What of this was written by others.
    untrusted: String,
}

const APPENDING: Words = Words {
    done: "appended",
    look: "look with read_sheet",
};

/// Appends rows.
pub(crate) async fn append_rows(
    cx: ToolContext,
    args: AppendRows,
    setup: Setup,
) -> Result<Appended, ToolError> {
    let sheets = Sheets::new(&cx, METHODS);
    let named = Named::meant(args.spreadsheet_id.as_deref(), &setup)?;
    if args.rows.iter().all(Vec::is_empty) {
        let good = "rows of cells, such as [[\"Name\", 3]]";
        return Err(ToolError::invalid_argument(
            "rows",
            "they have no cells",
            good,
        ));
    }
    let rows = values("rows", &args.rows)?;
    let book = Book::open(&sheets, named).await?;
    let place = book.place("range", args.range.as_deref())?;
    let cells = place.cells("range")?;
    let before = Before::of(&sheets, (&book, named), place.tab).await?;
    let table = Table {
        tab: place.tab,
        cells,
        left: None,
        before,
    };
    let typed = Typed::guarded(rows, args.value_input);
    let at = (&cx, setup.settlement);
    table.append(at, (&sheets, &book, named), &typed).await
}

/// Where rows are appended.
#[derive(Debug)]
pub(crate) struct Table<'a> {
    pub(crate) tab: &'a TabFacts,
    /// Within them Google looks for the table.
    pub(crate) cells: Cells,
    /// The column that the rows begin in, where that is not for Google to say.
    pub(crate) left: Option<u32>,
    pub(crate) before: Before,
}

/// What was in a tab; nothing is known of a large one.
#[derive(Debug)]
pub(crate) struct Before(Option<Vec<Vec<Value>>>);

impl Before {
    pub(crate) async fn of(
        sheets: &Sheets,
        (book, named): (&Book, Named<'_>),
        tab: &TabFacts,
    ) -> Result<Self, ToolError> {
        if u64::from(tab.rows) * u64::from(tab.columns) > KNOWN {
            return Ok(Self(None));
        }
        let rows = all_of(sheets, &book.id, tab).await;
        let rows = rows.map_err(|error| named.explain(error))?;
        Ok(Self(Some(rows)))
    }

    pub(crate) fn rows(&self) -> Option<&[Vec<Value>]> {
        self.0.as_deref()
    }
}

/// The table that a cell of a header row is part of, as Google finds it: all that hangs together with it.
pub(crate) fn table(rows: &[Vec<Value>], cell: Cells) -> Cells {
    let is_full = |row: u32, column: u32| {
        let row = rows.get((row as usize).wrapping_sub(1));
        let cell = row.and_then(|it| it.get((column as usize).wrapping_sub(1)));
        cell.is_some_and(|it| !it.is_null() && it != "")
    };
    let mut all = cell;
    loop {
        let [above, below] = [all.top.saturating_sub(1), all.bottom + 1];
        let [before, behind] = [all.left.saturating_sub(1), all.right + 1];
        let across = |row: u32| (before..=behind).any(|column| is_full(row, column));
        let along = |column: u32| (above..=below).any(|row| is_full(row, column));
        if across(below) {
            all.bottom = below;
        } else if along(before) {
            all.left = before;
        } else if along(behind) {
            all.right = behind;
        } else if across(above) {
            all.top = above;
        } else {
            return all;
        }
    }
}

async fn all_of(sheets: &Sheets, id: &str, tab: &TabFacts) -> Result<Vec<Vec<Value>>, Error> {
    let read = sheets.values(id, &[tab.whole()]).await?;
    let first = read.into_iter().next();
    Ok(first.and_then(|it| it.values).unwrap_or_default())
}

impl Table<'_> {
    pub(crate) async fn append(
        &self,
        (cx, time): (&ToolContext, Duration),
        (sheets, book, named): (&Sheets, &Book, Named<'_>),
        typed: &Typed,
    ) -> Result<Appended, ToolError> {
        let (rows, input) = (typed.rows.as_slice(), typed.input);
        self.check_free(rows)?;
        let room = self.room()?;
        let range = self.tab.range(self.cells);
        let appending = async {
            let done = sheets.append(&book.id, &range, (rows, input), room).await?;
            Ok(place_of(done))
        };
        let look = || self.look(sheets, &book.id, (rows, input));
        let appended = settled((cx, time), (named, APPENDING), appending, look).await?;
        Ok(Appended {
            status: appended.status,
            spreadsheet_id: book.id.clone(),
            range: visible(&appended.made),
            rows: rows.len(),
            kept_as_text: Some(typed.kept).filter(|it| *it > 0),
            note: self.misplaced(&appended.made),
            untrusted: cx.fence("cells").notice(),
        })
    }

    /// Refuses rows that would come to stand in a protected range.
    fn check_free(&self, rows: &[Vec<Value>]) -> Result<(), ToolError> {
        let Some(before) = self.before.rows() else {
            return Ok(());
        };
        let top = number(before.len()).saturating_add(1);
        let left = self.left.unwrap_or(self.cells.left);
        self.tab.check_free(Cells {
            top,
            bottom: top.saturating_add(number(rows.len()) - 1),
            left,
            right: self.cells.right.max(left + width(rows) - 1),
        })
    }

    /// No row is inserted through a protected range, even where the cells of the row are free. Where nothing
    /// stands below the table, none needs to be.
    fn room(&self) -> Result<Room, ToolError> {
        let Some(before) = self.before.rows() else {
            return Ok(Room::New);
        };
        let inserted = self
            .tab
            .check_insert(number(before.len()).saturating_add(1));
        if inserted.is_err() && is_last(before, self.cells) {
            return Ok(Room::Empty);
        }
        inserted.map(|()| Room::New)
    }

    /// What is to be said where the rows do not begin in the column that they were made for.
    fn misplaced(&self, range: &str) -> Option<String> {
        let wanted = self.left?;
        let (left, _) = Range::parse(range).ok()?.area.columns?;
        (left != wanted).then(|| {
            format!(
                "the rows do not stand under their names: they begin in column {} and not in {}; \
                 look with read_sheet and write them anew",
                letters(left),
                letters(wanted)
            )
        })
    }

    /// Whether the rows are there and were not before.
    async fn look(
        &self,
        sheets: &Sheets,
        id: &str,
        (rows, input): (&[Vec<Value>], Input),
    ) -> Result<Seen<String>, Error> {
        let Some(before) = self.before.rows() else {
            return Ok(Seen::Doubtful("the tab is too large to tell".to_owned()));
        };
        let now = all_of(sheets, id, self.tab).await?;
        Ok(match found(before, &now, (rows, input)) {
            Found::At { row, column } => Seen::Done(self.tab.range(Cells {
                left: column,
                top: row,
                right: column + width(rows) - 1,
                bottom: row + u32::try_from(rows.len()).unwrap_or(1) - 1,
            })),
            Found::Nothing => Seen::NotDone,
            Found::Other => Seen::Doubtful("others changed the tab meanwhile".to_owned()),
        })
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Whether the table that Google finds for these cells is known, and nothing stands below it: it is the only
/// one of the tab, or the cells lie within it.
fn is_last(rows: &[Vec<Value>], cells: Cells) -> bool {
    let is_full = |it: &Value| !it.is_null() && it != "";
    let full = (1..).zip(rows).flat_map(|(row, cells)| {
        let columns = (1..).zip(cells).filter(|(_, it)| is_full(it));
        columns.map(move |(column, _)| Cells {
            left: column,
            top: row,
            right: column,
            bottom: row,
        })
    });
    let full: Vec<Cells> = full.collect();
    let Some(last) = full.last() else {
        return true;
    };
    let table = table(rows, *last);
    let holds = |it: Cells| table.shared(it) == Some(it);
    holds(cells) || full.into_iter().all(holds)
}

fn width(rows: &[Vec<Value>]) -> u32 {
    let most = rows.iter().map(Vec::len).max().unwrap_or(1);
    u32::try_from(most).unwrap_or(1).max(1)
}

/// Where Google appended rows.
fn place_of(done: AppendValuesResponse) -> String {
    let updates = done.updates.unwrap_or_default();
    updates.updated_range.unwrap_or_default()
}

/// What became of a tab.
#[derive(Debug, PartialEq, Eq)]
enum Found {
    At { row: u32, column: u32 },
    Nothing,
    Other,
}

/// Looks for rows in what a tab is now that are not among what it was.
fn found(
    before: &[Vec<Value>],
    now: &[Vec<Value>],
    (rows, input): (&[Vec<Value>], Input),
) -> Found {
    if before == now {
        return Found::Nothing;
    }
    let widest = now.iter().map(Vec::len).max().unwrap_or(0);
    let places = (0..now.len()).flat_map(|row| (0..widest).map(move |column| (row, column)));
    let fits = |tab: &[Vec<Value>], row: usize, column: usize| {
        let seen = tab.iter().skip(row).take(rows.len());
        let seen = seen.map(|it| it.get(column..).unwrap_or_default().to_vec());
        let seen: Vec<Vec<Value>> = seen.collect();
        fit_rows(rows, &seen, input) != Fits::No
    };
    let count = |tab: &[Vec<Value>]| {
        let places = places
            .clone()
            .filter(|(row, column)| fits(tab, *row, *column));
        places.collect::<Vec<_>>()
    };
    let (then, there) = (count(before), count(now));
    // One more than there were, and the last of them stands where none did.
    let last = there
        .last()
        .filter(|it| there.len() > then.len() && !then.contains(it));
    match last {
        Some((row, column)) => {
            let number = |it: &usize| u32::try_from(*it).unwrap_or(0) + 1;
            Found::At {
                row: number(row),
                column: number(column),
            }
        }
        None => Found::Other,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rows(json: &Value) -> Vec<Vec<Value>> {
        serde_json::from_value(json.clone()).unwrap()
    }

    #[test]
    fn rows_are_found_where_they_are_new_and_nowhere_else_as_a_table() {
        let new = json!([["Ann", 3]]);
        for (before, now, expected) in [
            (
                json!([["Name", "N"]]),
                json!([["Name", "N"]]),
                Found::Nothing,
            ),
            (
                json!([["Name", "N"]]),
                json!([["Name", "N"], ["Ann", 3]]),
                Found::At { row: 2, column: 1 },
            ),
            (
                json!([["Name", "N"], ["Ann", 3]]),
                json!([["Name", "N"], ["Ann", 3], ["Ann", 3]]),
                Found::At { row: 3, column: 1 },
            ),
            (
                json!([["Name", "N"], ["Ann", 3]]),
                json!([["Name", "N"], ["Ann", 3], ["Bob", 4]]),
                Found::Other,
            ),
            (
                json!([[], ["", "Name", "N"]]),
                json!([[], ["", "Name", "N"], ["", "Ann", 3]]),
                Found::At { row: 3, column: 2 },
            ),
            (
                json!([["Name", "N"], [], ["Total", 0]]),
                json!([["Name", "N"], ["Ann", 3], [], ["Total", 3]]),
                Found::At { row: 2, column: 1 },
            ),
        ] {
            let found = found(
                &rows(&before),
                &rows(&now),
                (&rows(&new), Input::UserEntered),
            );
            assert_eq!(found, expected, "{before} {now}");
        }
    }
}
