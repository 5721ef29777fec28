//! Appending rows: finding the table that they go to, and making room.

use std::collections::BTreeSet;

use super::book::{Book, Entry, MOST_CELLS, Place, Tab};
use super::dimensions;
use super::errors::{self, Wrong};
use super::grid::{Area, Axis, GridRange, Span};
use super::input::Input;
use super::protect::Editor;
use super::values::{Data, Written};

/// Appends values behind the table that is found in a range; the table, where there is one.
///
/// # Errors
/// As a write is refused, or when there would be too many cells.
pub(crate) fn append(
    book: &mut Book,
    editor: &Editor,
    mut data: Data<'_>,
    (input, inserts): (Input, bool),
) -> Result<(Option<Area>, Written), Wrong> {
    let (tab, area) = book.area(&data.range)?;
    let id = tab.id;
    let table = table(tab, &area);
    let (rows, columns) = data.extent();
    let (row, column) = match &table {
        Some(table) => (table.rows.end, table.columns.start),
        None => (area.rows.start, area.columns.start),
    };
    let tab_rows = tab.rows;
    if inserts && table.is_some() && rows > 0 && row < tab_rows {
        editor.check_insert(book, id, row)?;
        dimensions::insert(book, id, Axis::Rows, row..row + rows);
    }
    grow(book, id, row + rows, column + columns)?;
    let span = |start: usize| Span { start, end: None };
    data.range = GridRange {
        tab: id,
        rows: span(row),
        columns: span(column),
    };
    data.may_overflow = true;
    if rows == 0 {
        let written = Written {
            tab: id,
            area: Area {
                rows: row..row,
                columns: column..column,
            },
            rows: 0,
            columns: 0,
            cells: 0,
        };
        return Ok((table, written));
    }
    let written = data.write(book, editor, input)?;
    Ok((table, written))
}

/// Makes the grid so large at least.
///
/// # Errors
/// When there would be too many cells.
pub(crate) fn grow(book: &mut Book, id: i64, rows: usize, columns: usize) -> Result<(), Wrong> {
    let size = book.size();
    let tab = book.tab_mut(id).ok_or_else(|| errors::no_grid(id))?;
    let (rows, columns) = (rows.max(tab.rows), columns.max(tab.columns));
    if size - tab.rows * tab.columns + rows * columns > MOST_CELLS {
        return Err(errors::too_many_cells());
    }
    tab.rows = rows;
    tab.columns = columns;
    Ok(())
}

/// The last table that an area meets: cells with values that hang together.
fn table(tab: &Tab, area: &Area) -> Option<Area> {
    let met = |table: &Area| {
        let meets = |mine: &std::ops::Range<usize>, theirs: &std::ops::Range<usize>| {
            mine.start < theirs.end && theirs.start < mine.end
        };
        meets(&table.rows, &area.rows) && meets(&table.columns, &area.columns)
    };
    let tables = tables(tab).into_iter().filter(met);
    tables.max_by_key(|table| (table.rows.end, table.columns.end))
}

/// All tables of a tab.
fn tables(tab: &Tab) -> Vec<Area> {
    let valued = tab.cells.iter();
    let valued = valued.filter(|(_, cell)| cell.entry != Entry::Empty);
    let mut left: BTreeSet<Place> = valued.map(|(place, _)| *place).collect();
    let mut tables: Vec<Area> = Vec::new();
    while let Some(first) = left.pop_first() {
        let mut table = around(first);
        let mut reached = vec![first];
        while let Some((row, column)) = reached.pop() {
            for beside in neighbours(row, column) {
                if left.remove(&beside) {
                    table = joined(&table, &around(beside));
                    reached.push(beside);
                }
            }
        }
        tables.push(table);
    }
    // What lies within a table's rectangle, or at its edge, is of it.
    loop {
        let pair = (0..tables.len())
            .flat_map(|one| (0..one).map(move |other| (one, other)))
            .find(|(one, other)| touches(&tables[*one], &tables[*other]));
        let Some((one, other)) = pair else {
            return tables;
        };
        let taken = tables.swap_remove(one);
        tables[other] = joined(&tables[other], &taken);
    }
}

fn neighbours(row: usize, column: usize) -> impl Iterator<Item = Place> {
    let rows = row.saturating_sub(1)..=row + 1;
    rows.flat_map(move |row| (column.saturating_sub(1)..=column + 1).map(move |it| (row, it)))
}

fn around((row, column): Place) -> Area {
    Area {
        rows: row..row + 1,
        columns: column..column + 1,
    }
}

fn joined(one: &Area, other: &Area) -> Area {
    let join = |one: &std::ops::Range<usize>, other: &std::ops::Range<usize>| {
        one.start.min(other.start)..one.end.max(other.end)
    };
    Area {
        rows: join(&one.rows, &other.rows),
        columns: join(&one.columns, &other.columns),
    }
}

fn touches(one: &Area, other: &Area) -> bool {
    let touch = |one: &std::ops::Range<usize>, other: &std::ops::Range<usize>| {
        one.start <= other.end && other.start <= one.end
    };
    touch(&one.rows, &other.rows) && touch(&one.columns, &other.columns)
}
