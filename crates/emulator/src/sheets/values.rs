//! Reading and writing the values of ranges.

use serde_json::{Value, json};

use super::a1;
use super::book::{Book, Entry, Place, Tab};
use super::datum::Datum;
use super::errors::{self, Wrong};
use super::eval::Sums;
use super::grid::{Area, Axis, GridRange};
use super::input::Input;
use super::pattern;
use super::protect::Editor;

/// How values are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Render {
    pub(crate) axis: Axis,
    how: How,
    has_dates_as_text: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum How {
    Formatted,
    Plain,
    Formula,
}

/// What a write changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Written {
    pub(crate) tab: i64,
    pub(crate) area: Area,
    pub(crate) rows: usize,
    pub(crate) columns: usize,
    pub(crate) cells: usize,
}

/// Values that are to be written somewhere.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Data<'a> {
    pub(crate) range: GridRange,
    /// Whether more than the range may be written, as where it is one cell.
    pub(crate) may_overflow: bool,
    pub(crate) axis: Axis,
    pub(crate) values: &'a [Value],
}

impl Render {
    /// Reads a request's options, each by its value.
    pub(crate) fn read(axis: Option<&str>, how: Option<&str>, dates: Option<&str>) -> Self {
        Self {
            axis: axis_of(axis),
            how: match how {
                Some("UNFORMATTED_VALUE") => How::Plain,
                Some("FORMULA") => How::Formula,
                _ => How::Formatted,
            },
            has_dates_as_text: dates == Some("FORMATTED_STRING"),
        }
    }

    fn cell(self, sums: &Sums<'_>, tab: &Tab, place: Place) -> Option<Value> {
        let cell = tab.cell(place)?;
        let datum = match (&cell.entry, self.how) {
            (Entry::Empty, _) => return None,
            (Entry::Formula(formula), How::Formula) => return Some(formula.as_str().into()),
            _ => sums.at(tab.id, place),
        };
        let format = sums.format(tab.id, place);
        let is_date =
            matches!(datum, Datum::Number(_)) && format.as_ref().is_some_and(pattern::is_temporal);
        Some(match self.how {
            How::Plain | How::Formula if !(is_date && self.has_dates_as_text) => datum.plain(),
            _ => datum.formatted(format.as_ref(), sums.locale).into(),
        })
    }

    /// An area as Google's `ValueRange`: what is empty at the ends is left out.
    pub(crate) fn area(self, sums: &Sums<'_>, tab: &Tab, area: &Area) -> Value {
        let (outer, inner) = match self.axis {
            Axis::Rows => (area.rows.clone(), area.columns.clone()),
            Axis::Columns => (area.columns.clone(), area.rows.clone()),
        };
        let place = |outer: usize, inner: usize| match self.axis {
            Axis::Rows => (outer, inner),
            Axis::Columns => (inner, outer),
        };
        let mut lines = Vec::new();
        for index in outer {
            let cells = inner
                .clone()
                .map(|at| self.cell(sums, tab, place(index, at)));
            let mut cells: Vec<Option<Value>> = cells.collect();
            trim(&mut cells, Option::is_none);
            let cells = cells
                .into_iter()
                .map(|cell| cell.unwrap_or_else(|| "".into()));
            lines.push(cells.collect::<Vec<Value>>());
        }
        trim(&mut lines, Vec::is_empty);
        let mut shown = json!({
            "range": a1::print(&tab.title, area),
            "majorDimension": match self.axis {
                Axis::Rows => "ROWS",
                Axis::Columns => "COLUMNS",
            },
        });
        if !lines.is_empty() {
            shown["values"] = lines.into();
        }
        shown
    }
}

fn trim<T>(list: &mut Vec<T>, is_empty: impl Fn(&T) -> bool) {
    while list.last().is_some_and(&is_empty) {
        list.pop();
    }
}

pub(crate) fn axis_of(name: Option<&str>) -> Axis {
    match name {
        Some("COLUMNS") => Axis::Columns,
        _ => Axis::Rows,
    }
}

impl<'a> Data<'a> {
    /// The values of a request's `ValueRange`, for a range.
    pub(crate) fn of(body: &'a Value, (range, is_cell): (GridRange, bool)) -> Self {
        Self {
            range,
            may_overflow: is_cell,
            axis: axis_of(body["majorDimension"].as_str()),
            values: body["values"].as_array().map_or(&[], Vec::as_slice),
        }
    }

    /// How many rows and columns the values are.
    pub(crate) fn extent(&self) -> (usize, usize) {
        let lines = self.values.iter();
        let widest = lines.map(|line| line.as_array().map_or(0, Vec::len)).max();
        match self.axis {
            Axis::Rows => (self.values.len(), widest.unwrap_or(0)),
            Axis::Columns => (widest.unwrap_or(0), self.values.len()),
        }
    }

    /// The cells that the values go to.
    fn area(&self) -> Area {
        let (rows, columns) = self.extent();
        let (row, column) = (self.range.rows.start, self.range.columns.start);
        Area {
            rows: row..row + rows,
            columns: column..column + columns,
        }
    }

    /// Writes them.
    ///
    /// # Errors
    /// Where they go beyond the range, the grid, or what the editor may edit.
    pub(crate) fn write(
        self,
        book: &mut Book,
        editor: &Editor,
        input: Input,
    ) -> Result<Written, Wrong> {
        let area = self.area();
        let (tab, _) = book.area(&self.range)?;
        self.check(tab, &area)?;
        editor.check_area(book, self.range.tab, &area)?;
        let tab = book.tab_mut(self.range.tab);
        let tab = tab.ok_or_else(|| errors::no_grid(self.range.tab))?;
        let (mut rows, mut columns) = (Vec::new(), Vec::new());
        let mut cells = 0;
        for (outer, line) in self.values.iter().enumerate() {
            for (inner, value) in line.as_array().into_iter().flatten().enumerate() {
                if value.is_null() {
                    continue;
                }
                let (row, column) = match self.axis {
                    Axis::Rows => (outer, inner),
                    Axis::Columns => (inner, outer),
                };
                let place = (area.rows.start + row, area.columns.start + column);
                let mut entered = Ok(());
                tab.change(place, |cell| {
                    entered = input.enter(cell, value, &format!("values[{outer}][{inner}]"));
                });
                entered?;
                rows.push(row);
                columns.push(column);
                cells += 1;
            }
        }
        let distinct = |mut all: Vec<usize>| {
            all.sort_unstable();
            all.dedup();
            all.len()
        };
        Ok(Written {
            tab: self.range.tab,
            area,
            rows: distinct(rows),
            columns: distinct(columns),
            cells,
        })
    }

    fn check(&self, tab: &Tab, area: &Area) -> Result<(), Wrong> {
        let beyond = |what: String| {
            let (name, cells) = (a1::tab_name(&tab.title), a1::cells(&self.range));
            let within = if cells.is_empty() {
                name
            } else {
                format!("{name}!{cells}")
            };
            Err(Wrong::new(format!(
                "Requested writing within range [{within}], but tried writing to {what}"
            )))
        };
        if !self.may_overflow {
            let (rows, columns) = (self.range.rows.end, self.range.columns.end);
            if let Some(end) = rows.filter(|end| area.rows.end > *end) {
                return beyond(format!("row [{}]", end + 1));
            }
            if let Some(end) = columns.filter(|end| area.columns.end > *end) {
                return beyond(format!("column [{}]", a1::column_name(end)));
            }
        }
        if area.rows.end > tab.rows || area.columns.end > tab.columns {
            return Err(tab.exceeded(&area.on(tab.id)));
        }
        Ok(())
    }
}

impl Written {
    /// Google's `UpdateValuesResponse`.
    pub(crate) fn json(&self, id: &str, book: &Book, shown: Option<Render>) -> Value {
        let Some(tab) = book.tab(self.tab) else {
            return json!({ "spreadsheetId": id });
        };
        let mut value = json!({
            "spreadsheetId": id,
            "updatedRange": a1::print(&tab.title, &self.area),
        });
        for (name, count) in [
            ("updatedRows", self.rows),
            ("updatedColumns", self.columns),
            ("updatedCells", self.cells),
        ] {
            if count > 0 {
                value[name] = count.into();
            }
        }
        if let Some(render) = shown {
            value["updatedData"] = render.area(&Sums::of(book), tab, &self.area);
        }
        value
    }
}

/// Clears the values of a range, and leaves how its cells look.
///
/// # Errors
/// Where the range is not there, or the editor may not edit it.
pub(crate) fn clear(book: &mut Book, editor: &Editor, range: &GridRange) -> Result<String, Wrong> {
    let (tab, area) = book.area(range)?;
    let printed = a1::print(&tab.title, &area);
    let places: Vec<Place> = tab.cells_in(&area).map(|(place, _)| place).collect();
    editor.check_area(book, range.tab, &area)?;
    if let Some(tab) = book.tab_mut(range.tab) {
        for place in places {
            tab.change(place, |cell| cell.entry = Entry::Empty);
        }
    }
    Ok(printed)
}
