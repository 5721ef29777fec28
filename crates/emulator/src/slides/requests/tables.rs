//! Tables: made, grown, shrunk, merged and styled.

use std::ops::Range;

use serde_json::{Value, json};

use super::elements::{Place, add};
use super::properties::{apply, fields};
use super::{count, text};
use crate::slides::batch::{Edit, Fault, no_object};
use crate::slides::deck::{Cell, Kind, POINT, Row, Table, Transform, length};
use crate::slides::text::Text;

/// The lowest row of Google's, in EMU.
const LOWEST: f64 = 396_200.0;
/// The narrowest column of Google's, in EMU.
const NARROWEST: f64 = 32.0 * POINT;
/// More rows or columns are not inserted at once.
const MOST: usize = 20;

fn empty_cell() -> Cell {
    Cell {
        text: Text::default(),
        properties: json!({
            "tableCellBackgroundFill": { "propertyState": "NOT_RENDERED" },
            "contentAlignment": "TOP",
        }),
        span: (1, 1),
    }
}

fn number(length: usize) -> f64 {
    f64::from(u32::try_from(length).unwrap_or(u32::MAX))
}

/// `createTable`
pub(crate) fn create(edit: &mut Edit<'_>, body: &Value) -> Result<Value, Fault> {
    let id = edit.id_of(&body["objectId"])?;
    let mut place = Place::of(edit, body)?;
    let (rows, columns) = (count(body, "rows"), count(body, "columns"));
    let (Some(rows @ 1..=500), Some(columns @ 1..=500)) = (rows, columns) else {
        return Err("The number of rows and columns should be between 1 and 500.".to_owned());
    };
    if place.transform.is_some_and(|given| !given.only_moves()) {
        return Err("The transform of a table should have a scale of 1 and no shear.".to_owned());
    }
    let (deck_width, deck_height) = (edit.deck.width, edit.deck.height);
    let usual = (deck_width * 0.8, LOWEST * number(rows));
    let (width, height) = place.size.unwrap_or(usual);
    let column = (width / number(columns)).max(NARROWEST);
    let row = (height / number(rows)).max(LOWEST);
    let size = (column * number(columns), row * number(rows));
    let middle = Transform::at((deck_width - size.0) / 2.0, (deck_height - size.1) / 2.0);
    place.transform.get_or_insert(middle);
    let cells = vec![empty_cell(); columns];
    let table = Table {
        columns: vec![column; columns],
        rows: vec![Row { height: row, cells }; rows],
        borders: Vec::new(),
    };
    Ok(add(edit, &id, &place, size, Kind::Table(table)))
}

/// The cell at a `TableCellLocation`.
pub(super) fn cell<'a>(table: &'a mut Table, location: &Value) -> Result<&'a mut Cell, Fault> {
    let (row, column) = place(table, location)?;
    Ok(&mut table.rows[row].cells[column])
}

fn place(table: &Table, location: &Value) -> Result<(usize, usize), Fault> {
    let row = count(location, "rowIndex").unwrap_or(0);
    let column = count(location, "columnIndex").unwrap_or(0);
    if row >= table.rows.len() || column >= table.columns.len() {
        return Err(format!(
            "The cell location (row {row}, column {column}) is outside the table of {} rows and \
             {} columns.",
            table.rows.len(),
            table.columns.len()
        ));
    }
    Ok((row, column))
}

/// Changes a table, and then its element's size.
fn change(
    edit: &mut Edit<'_>,
    id: &str,
    work: impl FnOnce(&mut Table) -> Result<(), Fault>,
) -> Result<Value, Fault> {
    let element = edit.deck.element_mut(id).ok_or_else(|| no_object(id))?;
    let Kind::Table(table) = &mut element.kind else {
        return Err(format!("The object ({id}) is not a table."));
    };
    work(table)?;
    let height = table.rows.iter().map(|row| row.height).sum();
    element.size = Some((table.columns.iter().sum(), height));
    let is_gone = table.rows.is_empty() || table.columns.is_empty();
    let page = edit.deck.page_of(id).map(|page| page.id.clone());
    if let Some(page) = page
        .and_then(|page| edit.deck.page_mut(&page))
        .filter(|_| is_gone)
    {
        page.elements.retain(|it| it.id != id);
    }
    Ok(Value::Null)
}

fn inserted(body: &Value) -> Result<usize, Fault> {
    match count(body, "number") {
        Some(number @ 1..=MOST) => Ok(number),
        _ => Err(format!(
            "The number to insert should be between 1 and {MOST}."
        )),
    }
}

/// `insertTableRows`
pub(crate) fn insert_rows(edit: &mut Edit<'_>, body: &Value) -> Result<Value, Fault> {
    let number = inserted(body)?;
    change(edit, text(body, "tableObjectId"), |table| {
        let (row, _) = place(table, &body["cellLocation"])?;
        let at = row + usize::from(body["insertBelow"] == true);
        let mut new = table.rows[row].clone();
        for cell in &mut new.cells {
            // As the row beside it, without its text.
            cell.text = Text::default();
            cell.span = (1, 1);
        }
        table.rows.splice(at..at, std::iter::repeat_n(new, number));
        Ok(())
    })
}

/// `insertTableColumns`
pub(crate) fn insert_columns(edit: &mut Edit<'_>, body: &Value) -> Result<Value, Fault> {
    let added = inserted(body)?;
    change(edit, text(body, "tableObjectId"), |table| {
        let (_, column) = place(table, &body["cellLocation"])?;
        let at = column + usize::from(body["insertRight"] == true);
        let whole: f64 = table.columns.iter().sum();
        let width = table.columns[column];
        table
            .columns
            .splice(at..at, std::iter::repeat_n(width, added));
        // The others are resized to fit.
        let grown: f64 = table.columns.iter().sum();
        for width in &mut table.columns {
            *width *= whole / grown;
        }
        for row in &mut table.rows {
            row.cells
                .splice(at..at, std::iter::repeat_n(empty_cell(), added));
        }
        Ok(())
    })
}

/// `deleteTableRow`
pub(crate) fn delete_row(edit: &mut Edit<'_>, body: &Value) -> Result<Value, Fault> {
    change(edit, text(body, "tableObjectId"), |table| {
        let (row, column) = place(table, &body["cellLocation"])?;
        let span = table.rows[row].cells[column].span.0.max(1);
        table.rows.drain(row..row + span);
        Ok(())
    })
}

/// `deleteTableColumn`
pub(crate) fn delete_column(edit: &mut Edit<'_>, body: &Value) -> Result<Value, Fault> {
    change(edit, text(body, "tableObjectId"), |table| {
        let (row, column) = place(table, &body["cellLocation"])?;
        let span = table.rows[row].cells[column].span.1.max(1);
        table.columns.drain(column..column + span);
        for row in &mut table.rows {
            row.cells.drain(column..column + span);
        }
        Ok(())
    })
}

/// The rows and columns of a `TableRange`; the whole table when there is none.
fn block(table: &Table, range: &Value) -> Result<(Range<usize>, Range<usize>), Fault> {
    if range.is_null() {
        return Ok((0..table.rows.len(), 0..table.columns.len()));
    }
    let (row, column) = place(table, &range["location"])?;
    let rows = row..row + count(range, "rowSpan").unwrap_or(0);
    let columns = column..column + count(range, "columnSpan").unwrap_or(0);
    if rows.is_empty() || columns.is_empty() {
        return Err("The row span and the column span should be at least 1.".to_owned());
    }
    if rows.end > table.rows.len() || columns.end > table.columns.len() {
        return Err("The table range is outside the table.".to_owned());
    }
    Ok((rows, columns))
}

/// `mergeTableCells`
pub(crate) fn merge(edit: &mut Edit<'_>, body: &Value) -> Result<Value, Fault> {
    change(edit, text(body, "objectId"), |table| {
        let (rows, columns) = block(table, &body["tableRange"])?;
        let mut texts = Vec::new();
        for row in rows.clone() {
            for cell in &mut table.rows[row].cells[columns.clone()] {
                if cell.span != (1, 1) {
                    return Err("The table range has merged cells already.".to_owned());
                }
                texts.push(std::mem::take(&mut cell.text).plain());
                cell.span = (0, 0);
            }
        }
        // All text goes to the first cell, as Google documents.
        texts.retain(|it| !it.is_empty());
        let head = &mut table.rows[rows.start].cells[columns.start];
        head.span = (rows.len(), columns.len());
        if !texts.is_empty() {
            head.text = Text::of(&texts.join("\n"), json!({}), &super::plain_paragraph());
        }
        Ok(())
    })
}

/// `unmergeTableCells`
pub(crate) fn unmerge(edit: &mut Edit<'_>, body: &Value) -> Result<Value, Fault> {
    change(edit, text(body, "objectId"), |table| {
        let (rows, columns) = block(table, &body["tableRange"])?;
        for row in rows {
            for cell in &mut table.rows[row].cells[columns.clone()] {
                cell.span = (1, 1);
            }
        }
        Ok(())
    })
}

/// `updateTableCellProperties`
pub(crate) fn cell_properties(edit: &mut Edit<'_>, body: &Value) -> Result<Value, Fault> {
    let paths = fields(body, "TableCellProperties")?;
    change(edit, text(body, "objectId"), |table| {
        let (rows, columns) = block(table, &body["tableRange"])?;
        for row in rows {
            for cell in &mut table.rows[row].cells[columns.clone()] {
                apply(&mut cell.properties, &body["tableCellProperties"], &paths);
            }
        }
        Ok(())
    })
}

/// `updateTableBorderProperties`: kept, and drawn where they are for the whole table.
pub(crate) fn borders(edit: &mut Edit<'_>, body: &Value) -> Result<Value, Fault> {
    fields(body, "TableBorderProperties")?;
    change(edit, text(body, "objectId"), |table| {
        block(table, &body["tableRange"])?;
        table.borders.push(body["tableBorderProperties"].clone());
        Ok(())
    })
}

/// `updateTableColumnProperties`
pub(crate) fn column_properties(edit: &mut Edit<'_>, body: &Value) -> Result<Value, Fault> {
    fields(body, "TableColumnProperties")?;
    let width = length(&body["tableColumnProperties"]["columnWidth"]).unwrap_or(0.0);
    if width < NARROWEST {
        return Err("The column width should be at least 406400 EMU (32 points).".to_owned());
    }
    change(edit, text(body, "objectId"), |table| {
        resize(
            &mut table.columns.iter_mut().collect::<Vec<_>>(),
            &body["columnIndices"],
            width,
        )
    })
}

/// `updateTableRowProperties`
pub(crate) fn row_properties(edit: &mut Edit<'_>, body: &Value) -> Result<Value, Fault> {
    fields(body, "TableRowProperties")?;
    let height = length(&body["tableRowProperties"]["minRowHeight"]).unwrap_or(0.0);
    change(edit, text(body, "objectId"), |table| {
        let mut heights: Vec<&mut f64> = table.rows.iter_mut().map(|row| &mut row.height).collect();
        resize(&mut heights, &body["rowIndices"], height.max(POINT))
    })
}

/// Gives those of the named indices a new length, or all when none is named.
fn resize(lengths: &mut [&mut f64], indices: &Value, new: f64) -> Result<(), Fault> {
    let named: Vec<u64> = indices
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_u64)
        .collect();
    let number = lengths.len();
    if let Some(wrong) = named
        .iter()
        .find(|it| usize::try_from(**it).is_ok_and(|it| it >= number))
    {
        return Err(format!("The index ({wrong}) is outside the table."));
    }
    for (at, length) in lengths.iter_mut().enumerate() {
        if named.is_empty() || named.contains(&(at as u64)) {
            **length = new;
        }
    }
    Ok(())
}
