//! What a spreadsheet holds: its tabs, their cells, and the ranges that have names or protection.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::grid::{Area, GridRange};
use super::locale::Locale;
use crate::random;

/// Where a cell is on its tab: row and column.
pub(crate) type Place = (usize, usize);

/// The grid of a new tab.
pub(crate) const NEW_GRID: (usize, usize) = (1000, 26);

/// Google's limit of cells in a spreadsheet.
pub(crate) const MOST_CELLS: usize = 10_000_000;

/// A spreadsheet; its title is the name of its file.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Book {
    pub(crate) locale: String,
    pub(crate) time_zone: String,
    pub(crate) auto_recalc: String,
    pub(crate) tabs: Vec<Tab>,
    pub(crate) names: Vec<NamedRange>,
    /// How many ids were made up.
    counter: u64,
}

/// One tab.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Tab {
    pub(crate) id: i64,
    pub(crate) title: String,
    pub(crate) rows: usize,
    pub(crate) columns: usize,
    pub(crate) cells: BTreeMap<Place, Cell>,
    /// Google's properties that only show, such as `hidden`, `tabColor`.
    pub(crate) looks: Map<String, Value>,
    /// Those of the grid, such as `frozenRowCount`.
    pub(crate) grid_looks: Map<String, Value>,
    /// Sizes and the like of rows and of columns that have their own.
    pub(crate) row_looks: BTreeMap<usize, Value>,
    pub(crate) column_looks: BTreeMap<usize, Value>,
    pub(crate) merges: Vec<GridRange>,
    pub(crate) protected: Vec<Protected>,
    pub(crate) rules: Vec<Value>,
    pub(crate) filter: Option<Value>,
    pub(crate) tables: Vec<Value>,
}

/// A cell that has something.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Cell {
    pub(crate) entry: Entry,
    /// Google's `CellFormat`, as it was entered.
    pub(crate) format: Map<String, Value>,
    pub(crate) validation: Option<Value>,
    pub(crate) note: Option<String>,
}

/// What was entered into a cell.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) enum Entry {
    #[default]
    Empty,
    Number(f64),
    Text(String),
    Bool(bool),
    /// With its equals sign.
    Formula(String),
}

/// A range with a name.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct NamedRange {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) range: GridRange,
}

/// A range that not everybody may edit.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Protected {
    pub(crate) id: i64,
    pub(crate) range: GridRange,
    /// The id of the named range that it goes by.
    pub(crate) named: Option<String>,
    pub(crate) description: String,
    pub(crate) warning_only: bool,
    pub(crate) unprotected: Vec<GridRange>,
    pub(crate) users: Vec<String>,
    pub(crate) domain_can_edit: bool,
}

impl Default for Book {
    /// With one empty tab.
    fn default() -> Self {
        let mut book = Self::without_tabs();
        book.tabs.push(Tab::new(0, "Sheet1"));
        book
    }
}

impl Book {
    pub(crate) fn without_tabs() -> Self {
        Self {
            locale: "en_US".to_owned(),
            time_zone: "Etc/GMT".to_owned(),
            auto_recalc: "ON_CHANGE".to_owned(),
            tabs: Vec::new(),
            names: Vec::new(),
            counter: 0,
        }
    }

    pub(crate) fn rules_of_place(&self) -> &'static Locale {
        Locale::of(&self.locale)
    }

    pub(crate) fn tab(&self, id: i64) -> Option<&Tab> {
        self.tabs.iter().find(|tab| tab.id == id)
    }

    pub(crate) fn tab_mut(&mut self, id: i64) -> Option<&mut Tab> {
        self.tabs.iter_mut().find(|tab| tab.id == id)
    }

    /// The tab with this name, in this case if there is one, else in another.
    pub(crate) fn tab_named(&self, name: &str) -> Option<&Tab> {
        let mut tabs = self.tabs.iter();
        let exact = tabs.find(|tab| tab.title == name);
        let folded = name.to_lowercase();
        let mut tabs = self.tabs.iter();
        exact.or_else(|| tabs.find(|tab| tab.title.to_lowercase() == folded))
    }

    /// The named range with this id.
    pub(crate) fn named(&self, id: &str) -> Option<&NamedRange> {
        self.names.iter().find(|it| it.id == id)
    }

    /// A name that no tab has.
    pub(crate) fn free_title(&self) -> String {
        let mut number = self.tabs.len() + 1;
        loop {
            let title = format!("Sheet{number}");
            if self.tab_named(&title).is_none() {
                return title;
            }
            number += 1;
        }
    }

    /// A number that no tab and no protected range has as its id: the same ones in the same order.
    pub(crate) fn fresh_number(&mut self) -> i64 {
        loop {
            self.counter += 1;
            let digest = random::sha256(&format!("sheets {}", self.counter));
            let number = digest.bytes().fold(0_i64, |all, byte| {
                (all * 31 + i64::from(byte)) % i64::from(i32::MAX)
            });
            let is_taken = self.tab(number).is_some()
                || (self.tabs.iter().flat_map(|tab| &tab.protected)).any(|it| it.id == number);
            if !is_taken {
                return number;
            }
        }
    }

    /// An id for a named range or a table.
    pub(crate) fn fresh_id(&mut self) -> String {
        self.counter += 1;
        let digest = random::sha256(&format!("sheets id {}", self.counter));
        let letters = digest.bytes().filter(u8::is_ascii_alphanumeric);
        letters.map(char::from).take(12).collect()
    }

    /// How large what was entered is, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        let cells = self.tabs.iter().flat_map(|tab| tab.cells.values());
        let bytes = cells.map(|cell| match &cell.entry {
            Entry::Text(text) | Entry::Formula(text) => text.len(),
            Entry::Empty => 0,
            Entry::Number(_) | Entry::Bool(_) => 8,
        });
        bytes.sum()
    }

    /// How many cells there are, empty ones too.
    pub(crate) fn size(&self) -> usize {
        self.tabs.iter().map(|tab| tab.rows * tab.columns).sum()
    }
}

impl Tab {
    pub(crate) fn new(id: i64, title: &str) -> Self {
        Self {
            id,
            title: title.to_owned(),
            rows: NEW_GRID.0,
            columns: NEW_GRID.1,
            ..Self::default()
        }
    }

    pub(crate) fn cell(&self, place: Place) -> Option<&Cell> {
        self.cells.get(&place)
    }

    /// Changes a cell; one that has nothing then is none.
    pub(crate) fn change(&mut self, place: Place, change: impl FnOnce(&mut Cell)) {
        let mut cell = self.cells.remove(&place).unwrap_or_default();
        change(&mut cell);
        if cell != Cell::default() {
            self.cells.insert(place, cell);
        }
    }

    /// The cells of an area that have something.
    pub(crate) fn cells_in<'a>(
        &'a self,
        area: &'a Area,
    ) -> impl Iterator<Item = (Place, &'a Cell)> + 'a {
        let rows = (area.rows.start, 0)..(area.rows.end, 0);
        let cells = self.cells.range(rows);
        cells
            .filter(|(place, _)| area.columns.contains(&place.1))
            .map(|(place, cell)| (*place, cell))
    }

    /// The cells from the first to the last that has a value.
    pub(crate) fn used(&self) -> Area {
        let valued = self.cells.iter();
        let valued = valued.filter(|(_, cell)| cell.entry != Entry::Empty);
        let (rows, columns) = valued.fold((0, 0), |(rows, columns), ((row, column), _)| {
            (rows.max(row + 1), columns.max(column + 1))
        });
        Area {
            rows: 0..rows,
            columns: 0..columns,
        }
    }
}

impl Cell {
    /// The number format that it was given.
    pub(crate) fn number_format(&self) -> Option<&Value> {
        self.format.get("numberFormat")
    }
}
