//! `get_spreadsheet` and `create_sheet`: what a spreadsheet has, and new ones.

use google_sheets4::api::{GridRange, ProtectedRange, Spreadsheet, ValueRange};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toolgate_google_http::{Error, Seen, Settlement, Words};
use toolgate_toolkit::{
    ToolContext, ToolError,
    sized::{json_size, shortened},
};

use crate::{
    a1::Range,
    book::{Book, Cells, TabFacts, area_of, is_open},
    cell::visible,
    error::Named,
    setup::Setup,
    wire::{BOOK, CREATE, NewBook, READ, Sheets},
};

pub(crate) const METHODS: &[&str] = &[BOOK.id(), READ.id()];
pub(crate) const CREATE_METHODS: &[&str] = &[CREATE.id()];

/// What a result takes beside its tabs.
const ENVELOPE: usize = 1_200;
/// Cells of the tabs of which is looked how far they are used.
const KNOWN: u64 = 500_000;
/// Named and protected ranges that are told.
const SOME: usize = 20;
/// Characters of a name.
const NAME: usize = 120;

/// Tells the tabs of a spreadsheet, their used cells, named and protected ranges.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GetSpreadsheet {
    /// Id or link.
    spreadsheet_id: Option<String>,
    /// `next_tab` of the result before.
    from_tab: Option<usize>,
}

/// Makes a spreadsheet.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateSheet {
    /// Its name.
    #[schemars(length(min = 1, max = 500))]
    title: String,
    /// Names of its tabs.
    #[schemars(length(max = 50))]
    tabs: Option<Vec<String>>,
}

/// A tab.
#[derive(Debug, Serialize, JsonSchema)]
struct TabView {
    title: String,
    tab_id: i32,
    #[serde(skip_serializing_if = "Option::is_none")]
    rows: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    columns: Option<u32>,
    /// The cells that hold something; left out where none does, or in a tab too large to look.
    #[serde(skip_serializing_if = "Option::is_none")]
    used: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    frozen_rows: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    frozen_columns: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hidden: Option<bool>,
    /// Ranges that the person may not change.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    protected: Vec<String>,
    /// Ranges of which somebody asks people to think before they change them; tools are not asked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warned: Vec<String>,
    /// How many more ranges are protected.
    #[serde(skip_serializing_if = "Option::is_none")]
    protected_left_out: Option<usize>,
}

/// A range with a name.
#[derive(Debug, Serialize, JsonSchema)]
struct NamedView {
    name: String,
    range: String,
}

/// A spreadsheet.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct BookView {
    spreadsheet_id: String,
    title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    locale: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time_zone: Option<String>,
    /// For people to open it.
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<String>,
    tabs: Vec<TabView>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    named_ranges: Vec<NamedView>,
    /// How many more named ranges there are.
    #[serde(skip_serializing_if = "Option::is_none")]
    named_ranges_left_out: Option<usize>,
    /// Goes on with `from_tab`.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_tab: Option<usize>,
    /// What of this was written by others.
    untrusted: String,
}

/// A spreadsheet that was made.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Created {
    /// `created`.
    status: &'static str,
    spreadsheet_id: String,
    title: String,
    /// For people to open it.
    link: String,
    tabs: Vec<String>,
}

/// Tells of a spreadsheet.
pub(crate) async fn get_spreadsheet(
    cx: ToolContext,
    args: GetSpreadsheet,
    setup: Setup,
) -> Result<BookView, ToolError> {
    let sheets = Sheets::new(&cx, METHODS);
    let named = Named::meant(args.spreadsheet_id.as_deref(), &setup)?;
    let book = Book::open(&sheets, named).await?;
    let from = args.from_tab.unwrap_or(0);
    if from > 0 && from >= book.tabs.len() {
        let problem = format!("there are {} tabs", book.tabs.len());
        return Err(ToolError::invalid_argument(
            "from_tab",
            &problem,
            "a `next_tab`",
        ));
    }
    let used = used_of(&sheets, &book).await;
    let used = used.map_err(|error| named.explain(error))?;
    let mut told = BookView {
        spreadsheet_id: book.id.clone(),
        title: shortened(&visible(&book.title), NAME),
        locale: book.locale.clone(),
        time_zone: book.time_zone.clone(),
        link: book.link.clone(),
        tabs: Vec::new(),
        named_ranges: book
            .named
            .iter()
            .take(SOME)
            .map(|it| book.named_view(it))
            .collect(),
        named_ranges_left_out: Some(book.named.len().saturating_sub(SOME)).filter(|it| *it > 0),
        next_tab: None,
        untrusted: cx.fence("cells").notice(),
    };
    let mut room = setup
        .budget
        .saturating_sub(ENVELOPE + json_size(&told.named_ranges));
    for (place, tab) in book.tabs.iter().enumerate().skip(from) {
        let used = used.iter().find(|(id, _)| *id == tab.id);
        let view = TabView::of(tab, used.and_then(|(_, cells)| *cells));
        let size = json_size(&view) + 1;
        if size > room && !told.tabs.is_empty() {
            told.next_tab = Some(place);
            break;
        }
        room = room.saturating_sub(size);
        told.tabs.push(view);
    }
    Ok(told)
}

/// Which cells of the tabs hold something, for those that are not too large to look.
async fn used_of(sheets: &Sheets, book: &Book) -> Result<Vec<(i32, Option<Cells>)>, Error> {
    let mut left = KNOWN;
    let grids = book.tabs.iter().filter(|tab| {
        let size = u64::from(tab.rows) * u64::from(tab.columns);
        let is_taken = tab.is_grid && size <= left;
        left -= if is_taken { size } else { 0 };
        is_taken
    });
    let grids: Vec<&TabFacts> = grids.collect();
    if grids.is_empty() {
        return Ok(Vec::new());
    }
    let ranges: Vec<String> = grids.iter().map(|tab| tab.whole()).collect();
    let read = sheets.values(&book.id, &ranges).await?;
    let used = grids.iter().zip(read).map(|(tab, it)| (tab.id, used(&it)));
    Ok(used.collect())
}

/// From the first to the last cell that holds something.
fn used(read: &ValueRange) -> Option<Cells> {
    let is_full = |it: &serde_json::Value| !it.is_null() && it != "";
    let number = |it: usize| u32::try_from(it).unwrap_or(u32::MAX);
    let mut used: Option<Cells> = None;
    for (row, cells) in (1..).zip(read.values.iter().flatten()) {
        let Some(first) = cells.iter().position(is_full) else {
            continue;
        };
        let last = cells.iter().rposition(is_full).unwrap_or(first);
        let before = used.unwrap_or(Cells {
            left: number(first) + 1,
            top: row,
            right: 1,
            bottom: row,
        });
        used = Some(Cells {
            left: before.left.min(number(first) + 1),
            right: before.right.max(number(last) + 1),
            bottom: row,
            ..before
        });
    }
    used
}

impl TabView {
    fn of(tab: &TabFacts, used: Option<Cells>) -> Self {
        let warned = tab.protected.iter();
        let warned = warned.filter(|it| it.warning_only == Some(true));
        let closed = tab.protected.iter().filter(|it| !is_open(it));
        let left_out = closed.clone().count().saturating_sub(SOME);
        let range = |it: &GridRange| match area_of(it) {
            crate::a1::Area::WHOLE => "all".to_owned(),
            area => area.to_string(),
        };
        let ranges = |all: &mut dyn Iterator<Item = &ProtectedRange>| {
            let ranges = all.filter_map(|it| it.range.as_ref());
            ranges.take(SOME).map(range).collect()
        };
        Self {
            title: shortened(&visible(&tab.title), NAME),
            tab_id: tab.id,
            rows: tab.is_grid.then_some(tab.rows),
            columns: tab.is_grid.then_some(tab.columns),
            used: used.map(|it| it.area().to_string()),
            frozen_rows: Some(tab.frozen.0).filter(|it| *it > 0),
            frozen_columns: Some(tab.frozen.1).filter(|it| *it > 0),
            hidden: tab.hidden.then_some(true),
            protected: ranges(&mut closed.into_iter()),
            warned: ranges(&mut warned.into_iter()),
            protected_left_out: Some(left_out).filter(|it| *it > 0),
        }
    }
}

impl Book {
    fn named_view(&self, (name, range): &(String, GridRange)) -> NamedView {
        let id = range.sheet_id.unwrap_or(0);
        let tab = self.tabs.iter().find(|it| it.id == id);
        let title = tab.map_or("", |it| it.title.as_str());
        let range = Range::on(title, area_of(range)).to_string();
        NamedView {
            name: shortened(&visible(name), NAME),
            range: shortened(&visible(&range), NAME),
        }
    }
}

const CREATING: Words = Words {
    done: "created",
    look: "look in Drive for its title",
};

/// Makes a spreadsheet, once.
pub(crate) async fn create_sheet(
    cx: ToolContext,
    args: CreateSheet,
    setup: Setup,
) -> Result<Created, ToolError> {
    let title = titled("title", &args.title)?;
    let tabs = args.tabs.unwrap_or_default();
    for tab in &tabs {
        titled("tabs", tab)?;
    }
    let sheets = Sheets::new(&cx, CREATE_METHODS);
    let new = NewBook::new(title, &tabs);
    let creating = sheets.create(&new);
    // Google takes no id of ours and no mark for a new spreadsheet, so that nothing can be looked for.
    let look = || async {
        let why = "a new spreadsheet carries nothing by which it could be known".to_owned();
        Ok(Seen::Doubtful(why))
    };
    let settlement = Settlement::new(&cx, setup.settlement, CREATING);
    Ok(Created::of(settlement.settle(creating, look).await?.made))
}

impl Created {
    fn of(made: Spreadsheet) -> Self {
        let id = made.spreadsheet_id.unwrap_or_default();
        let tabs = made.sheets.unwrap_or_default().into_iter();
        let tabs = tabs.filter_map(|it| it.properties?.title);
        let link = format!("https://docs.google.com/spreadsheets/d/{id}");
        Self {
            status: "created",
            title: made.properties.and_then(|it| it.title).unwrap_or_default(),
            link: made.spreadsheet_url.unwrap_or(link),
            tabs: tabs.collect(),
            spreadsheet_id: id,
        }
    }
}

/// A name that says something.
pub(crate) fn titled<'a>(argument: &'static str, title: &'a str) -> Result<&'a str, ToolError> {
    let title = title.trim();
    if title.is_empty() {
        return Err(ToolError::invalid_argument(
            argument,
            "it is empty",
            "Budget 2027",
        ));
    }
    Ok(title)
}
