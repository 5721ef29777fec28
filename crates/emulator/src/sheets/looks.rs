//! Borders, merged cells, and the rows and columns themselves.

use std::ops::Range;

use serde_json::{Value, json};

use super::append;
use super::batch::Work;
use super::book::{Book, Cell, Entry, MOST_CELLS};
use super::dimensions;
use super::errors::{self, Wrong};
use super::eval::Sums;
use super::grid::{Area, Axis, GridRange, Span};
use super::mask::Mask;

/// How wide a letter is, about, and a column at least.
const LETTER: usize = 7;
const NARROWEST: usize = 21;

/// `updateBorders`
pub(super) fn borders(work: &mut Work<'_>, body: &Value) -> Result<(), Wrong> {
    let (id, area) = work.area(&body["range"])?;
    let tab = work.book.tab_mut(id).ok_or_else(|| errors::no_grid(id))?;
    let (rows, columns) = (area.rows.clone(), area.columns.clone());
    for row in rows.clone() {
        for column in columns.clone() {
            let side = |is_edge: bool, edge: &str, inner: &str| {
                body[if is_edge { edge } else { inner }].clone()
            };
            let sides = [
                ("top", side(row == rows.start, "top", "innerHorizontal")),
                (
                    "bottom",
                    side(row + 1 == rows.end, "bottom", "innerHorizontal"),
                ),
                (
                    "left",
                    side(column == columns.start, "left", "innerVertical"),
                ),
                (
                    "right",
                    side(column + 1 == columns.end, "right", "innerVertical"),
                ),
            ];
            tab.change((row, column), |cell| {
                for (name, border) in sides {
                    set_border(cell, name, &border);
                }
            });
        }
    }
    Ok(())
}

fn set_border(cell: &mut Cell, side: &str, border: &Value) {
    if border.is_null() {
        return;
    }
    let borders = cell.format.entry("borders").or_insert_with(|| json!({}));
    if let Some(borders) = borders.as_object_mut() {
        if border["style"] == "NONE" {
            borders.remove(side);
        } else {
            borders.insert(side.to_owned(), border.clone());
        }
    }
    if cell.format["borders"] == json!({}) {
        cell.format.remove("borders");
    }
}

/// `mergeCells`: the first cell keeps its value, the others lose theirs.
pub(super) fn merge(work: &mut Work<'_>, body: &Value) -> Result<(), Wrong> {
    let (id, area) = work.area(&body["range"])?;
    let (rows, columns) = (area.rows.clone(), area.columns.clone());
    let merged: Vec<Area> = match body["mergeType"].as_str() {
        Some("MERGE_COLUMNS") => columns
            .map(|column| Area {
                rows: rows.clone(),
                columns: column..column + 1,
            })
            .collect(),
        Some("MERGE_ROWS") => rows
            .map(|row| Area {
                rows: row..row + 1,
                columns: columns.clone(),
            })
            .collect(),
        _ => vec![area.clone()],
    };
    let tab = work.book.tab_mut(id).ok_or_else(|| errors::no_grid(id))?;
    let whole = area.on(id);
    if tab
        .merges
        .iter()
        .any(|it| it.touches(&whole) && !whole.covers(it))
    {
        let message = "You must select all cells in a merged range to merge or unmerge them.";
        return Err(Wrong::new(message));
    }
    tab.merges.retain(|it| !whole.covers(it));
    for area in merged {
        let first = (area.rows.start, area.columns.start);
        let others: Vec<_> = tab.cells_in(&area).map(|(place, _)| place).collect();
        for place in others.into_iter().filter(|place| *place != first) {
            tab.change(place, |cell| cell.entry = Entry::Empty);
        }
        if area.rows.len() * area.columns.len() > 1 {
            tab.merges.push(area.on(id));
        }
    }
    Ok(())
}

/// `unmergeCells`
pub(super) fn unmerge(work: &mut Work<'_>, body: &Value) -> Result<(), Wrong> {
    let (id, area) = work.area(&body["range"])?;
    let whole = area.on(id);
    let tab = work.book.tab_mut(id).ok_or_else(|| errors::no_grid(id))?;
    if tab
        .merges
        .iter()
        .any(|it| it.touches(&whole) && !whole.covers(it))
    {
        let message = "You must select all cells in a merged range to merge or unmerge them.";
        return Err(Wrong::new(message));
    }
    tab.merges.retain(|it| !whole.covers(it));
    Ok(())
}

/// Rows or columns that a request names.
#[derive(Debug, Clone)]
struct Lines {
    tab: i64,
    axis: Axis,
    range: Range<usize>,
    /// How many there are on the tab.
    count: usize,
}

impl Lines {
    fn read(book: &Book, value: &Value) -> Result<Self, Wrong> {
        let tab = value["sheetId"].as_i64().unwrap_or(0);
        let found = book.tab(tab).ok_or_else(|| errors::no_sheet(tab))?;
        let axis = Axis::read(&value["dimension"])?;
        let count = match axis {
            Axis::Rows => found.rows,
            Axis::Columns => found.columns,
        };
        let index = |name: &str| {
            let index = value[name].as_u64();
            index.and_then(|it| usize::try_from(it).ok())
        };
        let (start, end) = (index("startIndex").unwrap_or(0), index("endIndex"));
        let end = end.unwrap_or(count);
        if end <= start {
            return Err(Wrong::new(format!(
                "endIndex [{end}] must be greater than startIndex [{start}]"
            )));
        }
        Ok(Self {
            tab,
            axis,
            range: start..end,
            count,
        })
    }

    fn names(&self) -> (&'static str, &'static str) {
        match self.axis {
            Axis::Rows => ("row", "rows"),
            Axis::Columns => ("column", "columns"),
        }
    }

    /// All the cells in them.
    fn cells(&self) -> GridRange {
        let span = Span {
            start: self.range.start,
            end: Some(self.range.end),
        };
        let mut range = GridRange {
            tab: self.tab,
            rows: Span::default(),
            columns: Span::default(),
        };
        *range.span_mut(self.axis) = span;
        range
    }
}

/// Answers one of the requests about rows and columns.
pub(super) fn dimension(work: &mut Work<'_>, kind: &str, body: &Value) -> Result<(), Wrong> {
    match kind {
        "insertDimension" => insert(work, body),
        "deleteDimension" => delete(work, body),
        "appendDimension" => extend(work, body),
        "updateDimensionProperties" => {
            let lines = Lines::read(&work.book, &body["range"])?;
            let mask = Mask::read(&body["fields"])?;
            mask.check(&["pixelSize", "hiddenByUser", "developerMetadata"])?;
            work.editor.check_tab(&work.book, lines.tab)?;
            set_looks(&mut work.book, &lines, |_, look| {
                mask.copy(look, &body["properties"]);
            });
            Ok(())
        }
        _ => {
            let lines = Lines::read(&work.book, &body["dimensions"])?;
            let sizes = sizes(&work.book, &lines);
            set_looks(&mut work.book, &lines, |index, look| {
                look["pixelSize"] = sizes[index - lines.range.start].into();
            });
            Ok(())
        }
    }
}

fn insert(work: &mut Work<'_>, body: &Value) -> Result<(), Wrong> {
    let lines = Lines::read(&work.book, &body["range"])?;
    let inherits_before = body["inheritFromBefore"] == true;
    if inherits_before && lines.range.start == 0 {
        return Err(Wrong::new(
            "inheritFromBefore cannot be true if inserting at index 0.",
        ));
    }
    if lines.range.start > lines.count {
        let (one, many) = lines.names();
        return Err(Wrong::new(format!(
            "Cannot insert a {one} at index {} as there are only {} {many}.",
            lines.range.start, lines.count
        )));
    }
    work.editor.check_tab(&work.book, lines.tab)?;
    if matches!(lines.axis, Axis::Rows) {
        let (tab, at) = (lines.tab, lines.range.start);
        work.editor.check_insert(&work.book, tab, at)?;
    }
    let size = |book: &Book| match (book.tab(lines.tab), lines.axis) {
        (Some(tab), Axis::Rows) => tab.columns,
        (Some(tab), Axis::Columns) => tab.rows,
        (None, _) => 0,
    };
    if work.book.size() + size(&work.book) * lines.range.len() > MOST_CELLS {
        return Err(errors::too_many_cells());
    }
    let book = &mut work.book;
    dimensions::insert(book, lines.tab, lines.axis, lines.range.clone());
    let like = if inherits_before {
        lines.range.start - 1
    } else {
        lines.range.end
    };
    inherit(book, &lines, like);
    Ok(())
}

/// Gives new rows or columns the formats of one beside them.
fn inherit(book: &mut Book, lines: &Lines, like: usize) {
    let Some(tab) = book.tab_mut(lines.tab) else {
        return;
    };
    let along = |place: &(usize, usize)| match lines.axis {
        Axis::Rows => (place.0, place.1),
        Axis::Columns => (place.1, place.0),
    };
    let cells = tab.cells.iter().filter(|(place, _)| along(place).0 == like);
    let formats = cells.map(|(place, cell)| (along(place).1, cell.format.clone()));
    let formats: Vec<_> = formats.collect();
    for index in lines.range.clone() {
        for (across, format) in &formats {
            let place = match lines.axis {
                Axis::Rows => (index, *across),
                Axis::Columns => (*across, index),
            };
            tab.change(place, |cell| cell.format.clone_from(format));
        }
    }
}

fn delete(work: &mut Work<'_>, body: &Value) -> Result<(), Wrong> {
    let lines = Lines::read(&work.book, &body["range"])?;
    let (one, many) = lines.names();
    if lines.range.end > lines.count {
        return Err(Wrong::new(format!(
            "Cannot delete a {one} that doesn't exist. Tried to delete {one} index {} but there \
             are only {} {many}.",
            lines.range.end - 1,
            lines.count
        )));
    }
    if lines.range.len() == lines.count {
        return Err(Wrong::new(format!(
            "You can't delete all the {many} on the sheet."
        )));
    }
    work.editor.check(&work.book, &lines.cells())?;
    dimensions::delete(&mut work.book, lines.tab, lines.axis, lines.range);
    Ok(())
}

fn extend(work: &mut Work<'_>, body: &Value) -> Result<(), Wrong> {
    let id = body["sheetId"].as_i64().unwrap_or(0);
    let tab = work.book.tab(id).ok_or_else(|| errors::no_sheet(id))?;
    let length = body["length"]
        .as_u64()
        .and_then(|it| usize::try_from(it).ok());
    let length = length.filter(|it| *it > 0);
    let length = length.ok_or_else(|| Wrong::new("length must be greater than zero."))?;
    let (rows, columns) = match Axis::read(&body["dimension"])? {
        Axis::Rows => (tab.rows + length, tab.columns),
        Axis::Columns => (tab.rows, tab.columns + length),
    };
    work.editor.check_tab(&work.book, id)?;
    append::grow(&mut work.book, id, rows, columns)
}

fn set_looks(book: &mut Book, lines: &Lines, mut change: impl FnMut(usize, &mut Value)) {
    let Some(tab) = book.tab_mut(lines.tab) else {
        return;
    };
    let looks = match lines.axis {
        Axis::Rows => &mut tab.row_looks,
        Axis::Columns => &mut tab.column_looks,
    };
    for index in lines.range.start..lines.range.end.min(lines.count) {
        change(index, looks.entry(index).or_insert_with(|| json!({})));
    }
}

/// How large rows or columns are that fit what they show.
fn sizes(book: &Book, lines: &Lines) -> Vec<usize> {
    let (start, end) = (lines.range.start, lines.range.end.min(lines.count));
    let mut sizes = vec![NARROWEST; end.saturating_sub(start)];
    let (Some(tab), Axis::Columns) = (book.tab(lines.tab), lines.axis) else {
        return sizes;
    };
    let sums = Sums::of(book);
    for place in tab.cells.keys() {
        let Some(size) = place
            .1
            .checked_sub(lines.range.start)
            .and_then(|it| sizes.get_mut(it))
        else {
            continue;
        };
        let format = sums.format(tab.id, *place);
        let text = sums
            .at(tab.id, *place)
            .formatted(format.as_ref(), sums.locale);
        *size = (*size).max(text.chars().count() * LETTER + 2 * LETTER);
    }
    sizes
}
