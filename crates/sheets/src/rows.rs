//! `insert_rows` and `delete_rows`: whole rows come between others, or go.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toolgate_google_http::{Error, Seen, Words};
use toolgate_toolkit::{ToolContext, ToolError};

use crate::{
    a1::{Area, Range},
    book::{Book, Cells, Place, TabFacts},
    cell::visible,
    error::Named,
    grid::expected,
    settlement::settled,
    setup::Setup,
    wire::{BOOK, CHANGE, Change, Dimension, GoneRows, NewRows, Sheets},
};

pub(crate) const METHODS: &[&str] = &[BOOK.id(), CHANGE.id()];

/// Rows that one call inserts.
const MOST: u32 = 10_000;

/// Inserts empty rows; what is there moves down.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct InsertRows {
    /// Id or link.
    spreadsheet_id: Option<String>,
    /// The rows as they will be, such as `Plan!5:7`.
    rows: String,
}

/// Deletes whole rows; what is below moves up.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeleteRows {
    /// Id or link.
    spreadsheet_id: Option<String>,
    /// Such as `Plan!5:7`.
    rows: String,
    /// A `revision`: only if those cells are as they were read.
    expect: Option<String>,
}

/// Rows that came or went.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Moved {
    /// `inserted` or `deleted`, perhaps with `(confirmed by look-up)`.
    status: String,
    spreadsheet_id: String,
    rows: String,
    count: u32,
    /// What of this was written by others.
    untrusted: String,
}

const INSERTING: Words = Words {
    done: "inserted",
    look: "look with read_sheet",
};
const DELETING: Words = Words {
    done: "deleted",
    look: "look with read_sheet",
};

/// Inserts rows.
pub(crate) async fn insert_rows(
    cx: ToolContext,
    args: InsertRows,
    setup: Setup,
) -> Result<Moved, ToolError> {
    let sheets = Sheets::new(&cx, METHODS);
    let named = Named::meant(args.spreadsheet_id.as_deref(), &setup)?;
    let book = Book::open(&sheets, named).await?;
    let rows = Rows::of(book.place("rows", Some(&args.rows))?)?;
    if rows.count() > MOST || rows.top > rows.tab.rows + 1 {
        let problem = format!(
            "the tab has {} rows, and no more than {MOST} come at once, at its end at the most",
            rows.tab.rows
        );
        let good = "rows within the tab, such as `Plan!5:7`";
        return Err(ToolError::invalid_argument("rows", &problem, good));
    }
    rows.tab.check_insert(rows.top)?;
    let change = Change::InsertDimension(NewRows {
        range: rows.dimension(),
        // Rows look as the one above them does; the first one has none.
        inherit_from_before: rows.top > 1,
    });
    let status = rows.change(&cx, &setup, (&sheets, named), INSERTING, change);
    Ok(rows.told(&cx, &book, status.await?))
}

/// Deletes rows.
pub(crate) async fn delete_rows(
    cx: ToolContext,
    args: DeleteRows,
    setup: Setup,
) -> Result<Moved, ToolError> {
    let sheets = Sheets::new(&cx, METHODS);
    let named = Named::meant(args.spreadsheet_id.as_deref(), &setup)?;
    let book = Book::open(&sheets, named).await?;
    let rows = Rows::of(book.place("rows", Some(&args.rows))?)?;
    if rows.bottom > rows.tab.rows || rows.count() >= rows.tab.rows {
        let problem = format!(
            "the tab has {} rows, of which one has to stay",
            rows.tab.rows
        );
        let good = "rows within the tab, such as `Plan!5:7`";
        return Err(ToolError::invalid_argument("rows", &problem, good));
    }
    rows.tab.check_free(Cells {
        left: 1,
        top: rows.top,
        right: rows.tab.columns.max(1),
        bottom: rows.bottom,
    })?;
    expected(&sheets, (&book, named), args.expect.as_deref()).await?;
    let change = Change::DeleteDimension(GoneRows {
        range: rows.dimension(),
    });
    let status = rows.change(&cx, &setup, (&sheets, named), DELETING, change);
    Ok(rows.told(&cx, &book, status.await?))
}

/// Whole rows of a tab, both ends included.
#[derive(Debug, Clone, Copy)]
struct Rows<'a> {
    tab: &'a TabFacts,
    top: u32,
    bottom: u32,
}

impl<'a> Rows<'a> {
    /// Cells are no rows: whoever names some of a row does not say that the rest of it goes as well.
    fn of(place: Place<'a>) -> Result<Self, ToolError> {
        let Area {
            columns: None,
            rows: Some((top, Some(bottom))),
        } = place.area
        else {
            let problem = "it does not name whole rows, from the first to the last";
            return Err(ToolError::invalid_argument("rows", problem, "`Plan!5:7`"));
        };
        let tab = place.tab;
        Ok(Self { tab, top, bottom })
    }

    fn count(self) -> u32 {
        self.bottom - self.top + 1
    }

    fn dimension(self) -> Dimension {
        Dimension {
            sheet_id: self.tab.id,
            along: "ROWS",
            start_index: self.top - 1,
            end_index: self.bottom,
        }
    }

    /// Changes the tab once: a second time would be for other rows. How many rows it has tells what became of it.
    async fn change(
        self,
        cx: &ToolContext,
        setup: &Setup,
        (sheets, named): (&Sheets, Named<'_>),
        words: Words,
        change: Change,
    ) -> Result<String, ToolError> {
        let before = self.tab.rows;
        let after = match change {
            Change::InsertDimension(_) => before + self.count(),
            _ => before - self.count(),
        };
        let changes = [change];
        let write = async { sheets.change(named.id, &changes).await.map(drop) };
        let look = || async {
            let now = Book::look(sheets, named).await?;
            let mut tabs = now.tabs.iter();
            let rows = tabs.find(|it| it.id == self.tab.id).map(|it| it.rows);
            Ok::<_, Error>(match rows {
                Some(rows) if rows == after => Seen::Done(()),
                Some(rows) if rows == before => Seen::NotDone,
                _ => Seen::Doubtful("others changed the tab meanwhile".to_owned()),
            })
        };
        let done = settled((cx, setup.settlement), (named, words), write, look);
        Ok(done.await?.status)
    }

    fn told(self, cx: &ToolContext, book: &Book, status: String) -> Moved {
        let area = Area {
            columns: None,
            rows: Some((self.top, Some(self.bottom))),
        };
        Moved {
            status,
            spreadsheet_id: book.id.clone(),
            rows: visible(&Range::on(&self.tab.title, area).to_string()),
            count: self.count(),
            untrusted: cx.fence("cells").notice(),
        }
    }
}
