//! `find_replace`: words are replaced in a range, a tab or everywhere.

use google_sheets4::api::FindReplaceResponse;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toolgate_google_http::{Error, Seen, Settled, Words};
use toolgate_toolkit::{ToolContext, ToolError};

use crate::{
    book::{Book, TabFacts},
    error::Named,
    settlement::settled,
    setup::Setup,
    wire::{BOOK, CHANGE, Change, FindReplace, READ, Sheets},
};

pub(crate) const METHODS: &[&str] = &[BOOK.id(), CHANGE.id(), READ.id()];

/// Cells that are read before, so that a look-up can tell what became of them.
const KNOWN: u64 = 500_000;

/// Replaces words in cells.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FindReplaceArgs {
    /// Id or link.
    spreadsheet_id: Option<String>,
    /// What is looked for.
    #[schemars(length(min = 1))]
    find: String,
    /// What it becomes.
    replacement: String,
    /// A1 range or tab; all tabs if left out.
    range: Option<String>,
    /// Tell `Open` from `open`.
    match_case: Option<bool>,
    /// Only cells that hold nothing else.
    whole_cell: Option<bool>,
    /// In formulas as well.
    in_formulas: Option<bool>,
}

/// What was replaced.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(crate) struct Replaced {
    /// `replaced`, or `replaced (confirmed by look-up)`, which does not know how often.
    status: String,
    spreadsheet_id: String,
    /// How often.
    #[serde(skip_serializing_if = "Option::is_none")]
    occurrences: Option<i32>,
    /// Cells with values that changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    values: Option<i32>,
    /// Formulas that changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    formulas: Option<i32>,
    /// Tabs that changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    tabs: Option<i32>,
}

const REPLACING: Words = Words {
    done: "replaced",
    look: "look with read_sheet",
};

/// Replaces words. It is not repeated: a second time may replace what the first one put there.
pub(crate) async fn find_replace(
    cx: ToolContext,
    args: FindReplaceArgs,
    setup: Setup,
) -> Result<Replaced, ToolError> {
    let sheets = Sheets::new(&cx, METHODS);
    let named = Named::meant(args.spreadsheet_id.as_deref(), &setup)?;
    let book = Book::open(&sheets, named).await?;
    let mut ranges = Vec::new();
    let mut range = None;
    if let Some(text) = args.range.as_deref() {
        let place = book.place("range", Some(text))?;
        let cells = place.cells("range")?;
        place.tab.check_free(cells)?;
        ranges.push(place.tab.range(cells));
        range = Some(cells.grid(place.tab.id));
    } else {
        let grids = book.tabs.iter().filter(|it| it.is_grid);
        ranges.extend(grids.map(TabFacts::whole));
    }
    let before = before(&sheets, &book, &ranges).await;
    let before = before.map_err(|error| named.explain(error))?;
    let change = [Change::FindReplace(FindReplace {
        find: args.find.clone(),
        replacement: args.replacement,
        match_case: args.match_case == Some(true),
        match_entire_cell: args.whole_cell == Some(true),
        include_formulas: args.in_formulas == Some(true),
        all_sheets: range.is_none().then_some(true),
        range,
    })];
    let replacing = async {
        let replies = sheets.change(&book.id, &change).await?;
        let reply = replies.into_iter().next().unwrap_or_default();
        Ok(Some(reply.find_replace.unwrap_or_default()))
    };
    let look = || look((&sheets, &book), (&ranges, before.as_deref()), &args.find);
    let at = (&cx, setup.settlement);
    let replaced = settled(at, (named, REPLACING), replacing, look).await?;
    Ok(Replaced::of(&book, replaced))
}

/// All cells as they were entered, of what is not too large.
async fn before(
    sheets: &Sheets,
    book: &Book,
    ranges: &[String],
) -> Result<Option<Vec<String>>, Error> {
    let size = |tab: &TabFacts| u64::from(tab.rows) * u64::from(tab.columns);
    if ranges.is_empty() || book.tabs.iter().map(size).sum::<u64>() > KNOWN {
        return Ok(None);
    }
    entered(sheets, &book.id, ranges).await.map(Some)
}

async fn entered(sheets: &Sheets, id: &str, ranges: &[String]) -> Result<Vec<String>, Error> {
    let read = sheets.values(id, ranges).await?;
    let rows = read.into_iter().map(|it| it.values.unwrap_or_default());
    Ok(rows
        .flatten()
        .map(|row| serde_json::Value::from(row).to_string())
        .collect())
}

/// What is as it was shows that nothing was done; what is not, and holds the words no more, that all was.
async fn look(
    (sheets, book): (&Sheets, &Book),
    (ranges, before): (&[String], Option<&[String]>),
    find: &str,
) -> Result<Seen<Option<FindReplaceResponse>>, Error> {
    let Some(before) = before else {
        return Ok(Seen::Doubtful("the cells are too many to tell".to_owned()));
    };
    let now = entered(sheets, &book.id, ranges).await?;
    if now == before {
        return Ok(Seen::NotDone);
    }
    let words = find.to_lowercase();
    if now.iter().any(|row| row.to_lowercase().contains(&words)) {
        let why = "the cells changed, and hold the words still";
        return Ok(Seen::Doubtful(why.to_owned()));
    }
    Ok(Seen::Done(None))
}

impl Replaced {
    fn of(book: &Book, replaced: Settled<Option<FindReplaceResponse>>) -> Self {
        let status = replaced.status;
        let spreadsheet_id = book.id.clone();
        let Some(counts) = replaced.made else {
            return Self {
                status,
                spreadsheet_id,
                ..Self::default()
            };
        };
        Self {
            status,
            spreadsheet_id,
            // Google leaves out what is none.
            occurrences: Some(counts.occurrences_changed.unwrap_or(0)),
            values: counts.values_changed,
            formulas: counts.formulas_changed,
            tabs: counts.sheets_changed,
        }
    }
}
