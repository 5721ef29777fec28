//! A spreadsheet as Google's replies show it.

use serde_json::{Map, Value, json};

use super::book::{Book, Cell, Entry, NamedRange, Place, Tab};
use super::eval::Sums;
use super::grid::{Area, Axis, GridRange};
use super::protect::Editor;

/// What is shown of a spreadsheet.
#[derive(Debug)]
pub(crate) struct View<'a> {
    pub(crate) id: &'a str,
    pub(crate) title: &'a str,
    pub(crate) book: &'a Book,
    pub(crate) viewer: &'a Editor,
    /// The ranges that are asked for; all of it where there are none.
    pub(crate) ranges: Vec<GridRange>,
    pub(crate) has_cells: bool,
}

impl View<'_> {
    /// All of it.
    pub(crate) fn json(&self) -> Value {
        let sums = Sums::of(self.book);
        let shown = |tab: &&Tab| {
            self.ranges.is_empty() || self.ranges.iter().any(|range| range.tab == tab.id)
        };
        let sheets = self.book.tabs.iter().enumerate();
        let sheets = sheets.filter(|(_, tab)| shown(tab));
        let sheets: Vec<Value> = sheets
            .map(|(index, tab)| self.sheet(&sums, index, tab))
            .collect();
        let mut value = json!({
            "spreadsheetId": self.id,
            "spreadsheetUrl": format!("https://docs.google.com/spreadsheets/d/{}/edit", self.id),
            "properties": {
                "title": self.title,
                "locale": self.book.locale,
                "autoRecalc": self.book.auto_recalc,
                "timeZone": self.book.time_zone,
                "defaultFormat": usual_format(),
            },
            "sheets": sheets,
        });
        if !self.book.names.is_empty() {
            value["namedRanges"] = self.book.names.iter().map(NamedRange::json).collect();
        }
        value
    }

    fn sheet(&self, sums: &Sums<'_>, index: usize, tab: &Tab) -> Value {
        let mut value = json!({ "properties": tab.properties(index) });
        let list = |ranges: &[GridRange]| ranges.iter().map(GridRange::json).collect::<Value>();
        if !tab.merges.is_empty() {
            value["merges"] = list(&tab.merges);
        }
        if !tab.protected.is_empty() {
            let protected = tab.protected.iter();
            value["protectedRanges"] = protected
                .map(|it| it.json(self.book, self.viewer))
                .collect();
        }
        if !tab.rules.is_empty() {
            value["conditionalFormats"] = tab.rules.clone().into();
        }
        if let Some(filter) = &tab.filter {
            value["basicFilter"] = filter.clone();
        }
        if !tab.tables.is_empty() {
            value["tables"] = tab.tables.clone().into();
        }
        if self.has_cells {
            let ranges = self.ranges.iter().filter(|range| range.tab == tab.id);
            let mut areas: Vec<Area> = ranges
                .filter_map(|range| Some(self.book.area(range).ok()?.1))
                .collect();
            if self.ranges.is_empty() {
                areas.push(Area {
                    rows: 0..tab.rows,
                    columns: 0..tab.columns,
                });
            }
            value["data"] = areas.iter().map(|area| grid(sums, tab, area)).collect();
        }
        value
    }
}

impl NamedRange {
    pub(crate) fn json(&self) -> Value {
        json!({ "namedRangeId": self.id, "name": self.name, "range": self.range.json() })
    }
}

impl Tab {
    /// Google's `SheetProperties`.
    pub(crate) fn properties(&self, index: usize) -> Value {
        let mut grid = self.grid_looks.clone();
        grid.insert("rowCount".to_owned(), self.rows.into());
        grid.insert("columnCount".to_owned(), self.columns.into());
        let mut properties = self.looks.clone();
        for (name, value) in [
            ("sheetId", self.id.into()),
            ("title", self.title.as_str().into()),
            ("index", index.into()),
            ("sheetType", "GRID".into()),
            ("gridProperties", Value::Object(grid)),
        ] {
            properties.insert(name.to_owned(), value);
        }
        properties.into()
    }
}

/// Google's `GridData` of an area.
fn grid(sums: &Sums<'_>, tab: &Tab, area: &Area) -> Value {
    let mut rows: Vec<Value> = Vec::new();
    for row in area.rows.clone() {
        let cells = area.columns.clone();
        let cells = cells.map(|column| cell(sums, tab, (row, column)));
        let mut cells: Vec<Option<Value>> = cells.collect();
        while cells.last().is_some_and(Option::is_none) {
            cells.pop();
        }
        let cells = cells
            .into_iter()
            .map(|cell| cell.unwrap_or_else(|| json!({})));
        let cells: Vec<Value> = cells.collect();
        rows.push(if cells.is_empty() {
            json!({})
        } else {
            json!({ "values": cells })
        });
    }
    while rows.last().is_some_and(|row| row["values"].is_null()) {
        rows.pop();
    }
    let looks = |axis: Axis, index: usize| {
        let own = match axis {
            Axis::Rows => tab.row_looks.get(&index),
            Axis::Columns => tab.column_looks.get(&index),
        };
        let mut value = json!({ "pixelSize": if axis == Axis::Rows { 21 } else { 100 } });
        for (name, own) in own.and_then(Value::as_object).into_iter().flatten() {
            value[name] = own.clone();
        }
        value
    };
    let mut data = json!({
        "rowMetadata": area.rows.clone().map(|it| looks(Axis::Rows, it)).collect::<Value>(),
        "columnMetadata": area.columns.clone().map(|it| looks(Axis::Columns, it)).collect::<Value>(),
    });
    if !rows.is_empty() {
        data["rowData"] = rows.into();
    }
    if area.rows.start > 0 {
        data["startRow"] = area.rows.start.into();
    }
    if area.columns.start > 0 {
        data["startColumn"] = area.columns.start.into();
    }
    data
}

/// Google's `CellData`.
fn cell(sums: &Sums<'_>, tab: &Tab, place: Place) -> Option<Value> {
    let cell = tab.cell(place)?;
    let mut value = Map::new();
    let mut set = |name: &str, field: Value| drop(value.insert(name.to_owned(), field));
    let format = sums.format(tab.id, place);
    let datum = sums.at(tab.id, place);
    if let Some(entered) = cell.entered() {
        set("userEnteredValue", entered);
        if let Some(effective) = datum.extended() {
            set("effectiveValue", effective);
        }
        set(
            "formattedValue",
            datum.formatted(format.as_ref(), sums.locale).into(),
        );
    }
    if let Entry::Formula(formula) = &cell.entry
        && let Some(link) = link(formula)
    {
        set("hyperlink", link.into());
    }
    if !cell.format.is_empty() {
        set("userEnteredFormat", cell.format.clone().into());
    }
    if !cell.format.is_empty() || format.is_some() {
        let mut effective = usual_format();
        for (name, own) in &cell.format {
            effective[name] = own.clone();
        }
        if let Some(format) = format {
            effective["numberFormat"] = format;
        }
        set("effectiveFormat", effective);
    }
    if let Some(rule) = &cell.validation {
        set("dataValidation", rule.clone());
    }
    if let Some(note) = &cell.note {
        set("note", note.as_str().into());
    }
    Some(value.into())
}

impl Cell {
    /// Google's `userEnteredValue`.
    pub(crate) fn entered(&self) -> Option<Value> {
        Some(match &self.entry {
            Entry::Empty => return None,
            Entry::Number(number) => json!({ "numberValue": super::numbers::json(*number) }),
            Entry::Text(text) => json!({ "stringValue": text }),
            Entry::Bool(truth) => json!({ "boolValue": truth }),
            Entry::Formula(formula) => json!({ "formulaValue": formula }),
        })
    }
}

/// The address in a formula such as `=HYPERLINK("https://example.com", "here")`.
fn link(formula: &str) -> Option<&str> {
    let (name, rest) = formula.strip_prefix('=')?.split_once("(\"")?;
    let is_link = name.trim().eq_ignore_ascii_case("HYPERLINK");
    is_link.then(|| rest.split('"').next()).flatten()
}

/// How cells look that nobody gave a format.
fn usual_format() -> Value {
    let (white, black) = (json!({ "red": 1, "green": 1, "blue": 1 }), json!({}));
    json!({
        "backgroundColor": white,
        "backgroundColorStyle": { "rgbColor": white },
        "padding": { "top": 2, "right": 3, "bottom": 2, "left": 3 },
        "verticalAlignment": "BOTTOM",
        "wrapStrategy": "OVERFLOW_CELL",
        "textFormat": {
            "foregroundColor": black,
            "foregroundColorStyle": { "rgbColor": black },
            "fontFamily": "Arial",
            "fontSize": 10,
            "bold": false,
            "italic": false,
            "strikethrough": false,
            "underline": false,
        },
    })
}
