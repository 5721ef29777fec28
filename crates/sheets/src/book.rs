//! A spreadsheet that was opened: its tabs, and where in it a range is.

mod names;

use google_sheets4::api::{GridRange, ProtectedRange, Sheet, Spreadsheet};
use toolgate_google_http::Error;
use toolgate_toolkit::{ToolError, sized::shortened};

use crate::{
    a1::{Area, Range, Tab},
    cell::visible,
    error::Named,
    wire::Sheets,
};

/// Characters of a name within an error.
const NAME: usize = 60;

/// A spreadsheet.
#[derive(Debug)]
pub(crate) struct Book {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) locale: Option<String>,
    pub(crate) time_zone: Option<String>,
    pub(crate) link: Option<String>,
    pub(crate) tabs: Vec<TabFacts>,
    pub(crate) named: Vec<(String, GridRange)>,
    gid: Option<i32>,
}

/// A tab with cells.
#[derive(Debug)]
pub(crate) struct TabFacts {
    pub(crate) id: i32,
    pub(crate) title: String,
    pub(crate) rows: u32,
    pub(crate) columns: u32,
    pub(crate) frozen: (u32, u32),
    pub(crate) hidden: bool,
    pub(crate) protected: Vec<ProtectedRange>,
    /// A chart or a data source has no cells of its own.
    pub(crate) is_grid: bool,
}

/// Cells of a grid: columns and rows from 1, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cells {
    pub(crate) left: u32,
    pub(crate) top: u32,
    pub(crate) right: u32,
    pub(crate) bottom: u32,
}

/// Where a range is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) tab: &'a TabFacts,
    pub(crate) area: Area,
}

impl Book {
    pub(crate) async fn open(sheets: &Sheets, named: Named<'_>) -> Result<Self, ToolError> {
        let facts = sheets.facts(named.id).await;
        let facts = facts.map_err(|error| named.explain(error))?;
        Ok(Self::of(facts, named))
    }

    /// The same for a look-up, whose failures say nothing of the call.
    pub(crate) async fn look(sheets: &Sheets, named: Named<'_>) -> Result<Self, Error> {
        Ok(Self::of(sheets.facts(named.id).await?, named))
    }

    fn of(facts: Spreadsheet, named: Named<'_>) -> Self {
        let about = facts.properties.unwrap_or_default();
        let ranges = facts.named_ranges.unwrap_or_default().into_iter();
        let ranges = ranges.filter_map(|it| Some((it.name?, it.range?)));
        let tabs = facts.sheets.unwrap_or_default();
        Self {
            id: facts.spreadsheet_id.unwrap_or_else(|| named.id.to_owned()),
            title: about.title.unwrap_or_default(),
            locale: about.locale,
            time_zone: about.time_zone,
            link: facts.spreadsheet_url,
            tabs: tabs.into_iter().map(TabFacts::of).collect(),
            named: ranges.collect(),
            gid: named.gid,
        }
    }

    /// Where the range is that an argument names; none is the tab of the link, or the first one.
    pub(crate) fn place(
        &self,
        argument: &'static str,
        text: Option<&str>,
    ) -> Result<Place<'_>, ToolError> {
        let Some(text) = text else {
            return Ok(Place::whole(self.default_tab(argument)?));
        };
        let refused = |(problem, good)| ToolError::invalid_argument(argument, problem, good);
        let range = Range::parse(text).map_err(|fault| refused(fault.words()))?;
        match &range.tab {
            None => Ok(Place {
                tab: self.default_tab(argument)?,
                area: range.area,
            }),
            Some(Tab::Named(name)) => Ok(Place {
                tab: self.tab(argument, name)?,
                area: range.area,
            }),
            Some(Tab::Bare(name)) => match self.named_range(name) {
                Some(place) => Ok(place),
                None => Ok(Place::whole(self.tab(argument, name)?)),
            },
        }
    }

    fn default_tab(&self, argument: &'static str) -> Result<&TabFacts, ToolError> {
        if let Some(gid) = self.gid {
            // Another tab than the one that the link opens is nothing to read or write instead.
            let linked = self.tabs.iter().find(|it| it.id == gid && it.is_grid);
            return linked.ok_or_else(|| {
                let problem = "the link opens a tab that has no cells or is no longer there";
                ToolError::invalid_argument(argument, problem, &self.names())
            });
        }
        let mut grids = self.tabs.iter().filter(|it| it.is_grid);
        let first = grids.clone().find(|it| !it.hidden).or_else(|| grids.next());
        let none =
            || ToolError::invalid_argument(argument, "no tab has cells", "another spreadsheet");
        first.ok_or_else(none)
    }

    fn named_range(&self, name: &str) -> Option<Place<'_>> {
        let mut all = self.named.iter();
        let (_, range) = all.find(|(own, _)| own.eq_ignore_ascii_case(name))?;
        let id = range.sheet_id.unwrap_or(0);
        let tab = self.tabs.iter().find(|it| it.id == id)?;
        Some(Place {
            tab,
            area: area_of(range),
        })
    }
}

impl TabFacts {
    fn of(sheet: Sheet) -> Self {
        let about = sheet.properties.unwrap_or_default();
        let grid = about.grid_properties;
        let count = |number: Option<i32>| u32::try_from(number.unwrap_or(0)).unwrap_or(0);
        let kind = about.sheet_type.as_deref();
        let size = grid.unwrap_or_default();
        Self {
            id: about.sheet_id.unwrap_or(0),
            title: about.title.unwrap_or_default(),
            rows: count(size.row_count),
            columns: count(size.column_count),
            frozen: (
                count(size.frozen_row_count),
                count(size.frozen_column_count),
            ),
            hidden: about.hidden == Some(true),
            protected: sheet.protected_ranges.unwrap_or_default(),
            is_grid: kind.is_none_or(|it| it == "GRID") && count(size.row_count) > 0,
        }
    }

    /// As a range of its own is written.
    pub(crate) fn range(&self, cells: Cells) -> String {
        Range::on(&self.title, cells.area()).to_string()
    }

    /// Its name as Google reads it in a range.
    pub(crate) fn whole(&self) -> String {
        self.range(Cells {
            left: 1,
            top: 1,
            right: self.columns.max(1),
            bottom: self.rows.max(1),
        })
    }

    /// Refuses a tab that is protected in any part.
    pub(crate) fn check_whole(&self) -> Result<(), ToolError> {
        self.check_free(Cells::all_of(None))
    }

    /// Refuses what the person may not change.
    pub(crate) fn check_free(&self, cells: Cells) -> Result<(), ToolError> {
        let taken = self.protected.iter().find(|it| forbids(it, cells));
        taken.map_or(Ok(()), |it| Err(self.refused(it)))
    }

    /// Refuses a new row within a protected range, whichever of its cells are free.
    pub(crate) fn check_insert(&self, row: u32) -> Result<(), ToolError> {
        let parts = |it: &&ProtectedRange| {
            let all = Cells::all_of(it.range.as_ref());
            !is_open(it) && all.top < row && row <= all.bottom
        };
        let parted = self.protected.iter().find(parts);
        parted.map_or(Ok(()), |it| Err(self.refused(it)))
    }

    fn refused(&self, taken: &ProtectedRange) -> ToolError {
        let area = taken.range.as_ref().map_or(Area::WHOLE, area_of);
        let range = Range::on(&self.title, area).to_string();
        let about = taken.description.as_deref().unwrap_or_default();
        let about = match shortened(&visible(about), NAME) {
            about if about.is_empty() => String::new(),
            about => format!(" (`{about}`)"),
        };
        ToolError::permission_denied(format!(
            "`{}` is protected{about}, and this person may not change it; nothing was written; \
             an owner of the spreadsheet can change it or lift the protection",
            shortened(&visible(&range), NAME)
        ))
    }
}

/// Whether the person may change a protected range; Google says nothing of what is not so.
pub(crate) fn is_open(protected: &ProtectedRange) -> bool {
    protected.requesting_user_can_edit == Some(true) || protected.warning_only == Some(true)
}

/// Whether these cells touch a protected range that the person may not change.
fn forbids(protected: &ProtectedRange, cells: Cells) -> bool {
    if is_open(protected) {
        return false;
    }
    let Some(shared) = Cells::all_of(protected.range.as_ref()).shared(cells) else {
        return false;
    };
    let free = protected.unprotected_ranges.iter().flatten();
    !free
        .map(|it| Cells::all_of(Some(it)))
        .any(|it| it.shared(shared) == Some(shared))
}

/// What a grid's range covers.
pub(crate) fn area_of(range: &GridRange) -> Area {
    let number = |it: i32| u32::try_from(it).unwrap_or(0);
    let columns = match (range.start_column_index, range.end_column_index) {
        (None, None) => None,
        (first, last) => Some((
            first.map_or(1, |it| number(it) + 1),
            last.map_or(18_278, number),
        )),
    };
    let rows = match (range.start_row_index, range.end_row_index) {
        (None, None) => None,
        (first, last) => Some((first.map_or(1, |it| number(it) + 1), last.map(number))),
    };
    Area { columns, rows }
}

impl Cells {
    /// Of a range of Google's; what has no end has none.
    fn all_of(range: Option<&GridRange>) -> Self {
        let area = range.map_or(Area::WHOLE, area_of);
        let (left, right) = area.columns.unwrap_or((1, u32::MAX));
        let (top, bottom) = area.rows.unwrap_or((1, None));
        Self {
            left,
            top,
            right,
            bottom: bottom.unwrap_or(u32::MAX),
        }
    }

    /// What both have.
    pub(crate) fn shared(self, other: Self) -> Option<Self> {
        let shared = Self {
            left: self.left.max(other.left),
            top: self.top.max(other.top),
            right: self.right.min(other.right),
            bottom: self.bottom.min(other.bottom),
        };
        (shared.left <= shared.right && shared.top <= shared.bottom).then_some(shared)
    }

    pub(crate) fn area(self) -> Area {
        Area {
            columns: Some((self.left, self.right)),
            rows: Some((self.top, Some(self.bottom))),
        }
    }

    pub(crate) fn width(self) -> u32 {
        self.right - self.left + 1
    }

    pub(crate) fn height(self) -> u32 {
        self.bottom - self.top + 1
    }

    /// As Google counts: from 0, the end not included.
    pub(crate) fn grid(self, tab: i32) -> GridRange {
        let index = |it: u32| i32::try_from(it).ok();
        GridRange {
            sheet_id: Some(tab),
            start_row_index: index(self.top - 1),
            end_row_index: index(self.bottom),
            start_column_index: index(self.left - 1),
            end_column_index: index(self.right),
        }
    }
}

impl<'a> Place<'a> {
    fn whole(tab: &'a TabFacts) -> Self {
        Self {
            tab,
            area: Area::WHOLE,
        }
    }

    /// The cells of the range that the tab has.
    pub(crate) fn cells(self, argument: &'static str) -> Result<Cells, ToolError> {
        let (left, right) = self.area.columns.unwrap_or((1, self.tab.columns));
        let (top, bottom) = self.area.rows.unwrap_or((1, None));
        let grid = Cells {
            left: 1,
            top: 1,
            right: self.tab.columns,
            bottom: self.tab.rows,
        };
        let asked = Cells {
            left,
            top,
            right,
            bottom: bottom.unwrap_or(self.tab.rows).max(top),
        };
        let beyond = || {
            let problem = format!(
                "the tab has {} rows and {} columns, and this is beyond them",
                self.tab.rows, self.tab.columns
            );
            let good = format!(
                "a range within `{}`",
                shortened(&visible(&self.tab.whole()), NAME)
            );
            ToolError::invalid_argument(argument, &problem, &good)
        };
        grid.shared(asked).ok_or_else(beyond)
    }
}
