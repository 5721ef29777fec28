//! Changing cells by Google's `CellData`.

use serde_json::{Map, Value, json};

use super::append;
use super::batch::Work;
use super::book::{Book, Cell, Entry};
use super::errors::{self, Wrong};
use super::formula::shifted;
use super::grid::{Area, GridRange};
use super::locale::Locale;
use super::mask::Mask;

/// The fields of `CellData` that can be written here.
const FIELDS: [&str; 6] = [
    "userEnteredValue",
    "userEnteredFormat",
    "dataValidation",
    "note",
    "textFormatRuns",
    "hyperlink",
];

/// The cell that a change is for, and how far it is from the first one.
struct Spot<'a> {
    locale: &'a Locale,
    shift: (isize, isize),
}

/// `repeatCell`
pub(super) fn repeat(work: &mut Work<'_>, body: &Value) -> Result<(), Wrong> {
    let mask = Mask::read(&body["fields"])?;
    mask.check(&FIELDS)?;
    let (id, area) = work.area(&body["range"])?;
    let locale = work.book.rules_of_place();
    let tab = work.book.tab_mut(id).ok_or_else(|| errors::no_grid(id))?;
    for row in area.rows.clone() {
        for column in area.columns.clone() {
            let by = |at: usize, start: usize| isize::try_from(at - start).unwrap_or(0);
            let spot = Spot {
                locale,
                shift: (by(row, area.rows.start), by(column, area.columns.start)),
            };
            let mut done = Ok(());
            tab.change((row, column), |cell| {
                done = spot.write(cell, &body["cell"], &mask);
            });
            done?;
        }
    }
    Ok(())
}

/// `updateCells`
pub(super) fn update(work: &mut Work<'_>, body: &Value) -> Result<(), Wrong> {
    let mask = Mask::read(&body["fields"])?;
    mask.check(&FIELDS)?;
    let rows = body["rows"].as_array().map_or(&[][..], Vec::as_slice);
    let (id, area, clears) = if body["start"].is_object() {
        let start = &body["start"];
        let index = |name: &str| {
            let index = start[name].as_u64().unwrap_or(0);
            usize::try_from(index).unwrap_or(usize::MAX)
        };
        let id = start["sheetId"].as_i64().unwrap_or(0);
        let area = area_of(rows, (index("rowIndex"), index("columnIndex")));
        (id, area, false)
    } else {
        let (id, area) = work.area(&body["range"])?;
        (id, area, true)
    };
    let written = area_of(rows, (area.rows.start, area.columns.start));
    let tab = work.book.tab(id).ok_or_else(|| errors::no_grid(id))?;
    if written.rows.end > tab.rows || written.columns.end > tab.columns {
        let (rows, columns) = (tab.rows, tab.columns);
        return Err(Wrong::new(format!(
            "Attempting to write column: {}, row: {} beyond the grid. Max rows: {rows}, max \
             columns: {columns}",
            written.columns.end.saturating_sub(1),
            written.rows.end.saturating_sub(1),
        )));
    }
    let is_outside =
        clears && (written.rows.end > area.rows.end || written.columns.end > area.columns.end);
    if is_outside {
        return Err(Wrong::new(
            "Attempting to write outside of the requested range.",
        ));
    }
    work.editor.check_area(&work.book, id, &area)?;
    if clears {
        for row in area.rows.clone() {
            for column in area.columns.clone() {
                work.write(id, (row, column), &json!({}), &mask)?;
            }
        }
    }
    write_rows(work, id, (&written, rows), &mask)
}

/// `appendCells`
pub(super) fn append(work: &mut Work<'_>, body: &Value) -> Result<(), Wrong> {
    let mask = Mask::read(&body["fields"])?;
    mask.check(&FIELDS)?;
    if !body["tableId"].is_null() {
        return Err(Wrong::missing("appending cells to a table"));
    }
    let id = body["sheetId"].as_i64().unwrap_or(0);
    let tab = work.book.tab(id).ok_or_else(|| errors::no_grid(id))?;
    let rows = body["rows"].as_array().map_or(&[][..], Vec::as_slice);
    let area = area_of(rows, (tab.used().rows.end, 0));
    append::grow(&mut work.book, id, area.rows.end, area.columns.end)?;
    work.editor.check_area(&work.book, id, &area)?;
    write_rows(work, id, (&area, rows), &mask)
}

fn write_rows(
    work: &mut Work<'_>,
    id: i64,
    (area, rows): (&Area, &[Value]),
    mask: &Mask,
) -> Result<(), Wrong> {
    for (row, data) in rows.iter().enumerate() {
        for (column, cell) in data["values"].as_array().into_iter().flatten().enumerate() {
            let place = (area.rows.start + row, area.columns.start + column);
            work.write(id, place, cell, mask)?;
        }
    }
    Ok(())
}

/// The cells that rows of data go to.
fn area_of(rows: &[Value], (row, column): (usize, usize)) -> Area {
    let widths = rows
        .iter()
        .map(|it| it["values"].as_array().map_or(0, Vec::len));
    Area {
        rows: row..row.saturating_add(rows.len()),
        columns: column..column.saturating_add(widths.max().unwrap_or(0)),
    }
}

/// `setDataValidation`
pub(super) fn validate(work: &mut Work<'_>, body: &Value) -> Result<(), Wrong> {
    let (id, area) = work.area(&body["range"])?;
    let rule = Some(body["rule"].clone()).filter(Value::is_object);
    let tab = work.book.tab_mut(id).ok_or_else(|| errors::no_grid(id))?;
    for row in area.rows {
        for column in area.columns.clone() {
            tab.change((row, column), |cell| cell.validation.clone_from(&rule));
        }
    }
    Ok(())
}

/// Writes the `GridData` of a new tab.
///
/// # Errors
/// When a value is none.
pub(super) fn fill(book: &mut Book, id: i64, data: &Value) -> Result<(), Wrong> {
    let index = |name: &str| {
        let index = data[name].as_u64().unwrap_or(0);
        usize::try_from(index).unwrap_or(0)
    };
    let rows = data["rowData"].as_array().map_or(&[][..], Vec::as_slice);
    let area = area_of(rows, (index("startRow"), index("startColumn")));
    append::grow(book, id, area.rows.end, area.columns.end)?;
    let locale = book.rules_of_place();
    let tab = book.tab_mut(id).ok_or_else(|| errors::no_grid(id))?;
    let spot = Spot {
        locale,
        shift: (0, 0),
    };
    for (row, data) in rows.iter().enumerate() {
        for (column, sent) in data["values"].as_array().into_iter().flatten().enumerate() {
            let mut done = Ok(());
            let place = (area.rows.start + row, area.columns.start + column);
            tab.change(place, |cell| done = spot.write(cell, sent, &Mask::All));
            done?;
        }
    }
    Ok(())
}

impl Work<'_> {
    /// The cells of a request's range, for an editor who may change them.
    ///
    /// # Errors
    /// As the range is refused.
    pub(super) fn area(&self, range: &Value) -> Result<(i64, Area), Wrong> {
        if !range.is_object() {
            return Err(Wrong::new("range is required but not specified"));
        }
        let range = GridRange::read(range)?;
        let (tab, area) = self.book.area(&range)?;
        self.editor.check_area(&self.book, tab.id, &area)?;
        Ok((tab.id, area))
    }

    fn write(
        &mut self,
        id: i64,
        place: (usize, usize),
        data: &Value,
        mask: &Mask,
    ) -> Result<(), Wrong> {
        let spot = Spot {
            locale: self.book.rules_of_place(),
            shift: (0, 0),
        };
        let tab = self.book.tab_mut(id).ok_or_else(|| errors::no_grid(id))?;
        let mut done = Ok(());
        tab.change(place, |cell| done = spot.write(cell, data, mask));
        done
    }
}

impl Spot<'_> {
    fn write(&self, cell: &mut Cell, data: &Value, mask: &Mask) -> Result<(), Wrong> {
        if mask.has("userEnteredValue") {
            cell.entry = self.entry(&data["userEnteredValue"])?;
        }
        if let Some(mask) = mask.of("userEnteredFormat") {
            format(&mut cell.format, &data["userEnteredFormat"], mask)?;
        }
        if mask.has("note") {
            let note = data["note"].as_str().filter(|it| !it.is_empty());
            cell.note = note.map(str::to_owned);
        }
        if mask.has("dataValidation") {
            let rule = Some(data["dataValidation"].clone());
            cell.validation = rule.filter(Value::is_object);
        }
        Ok(())
    }

    fn entry(&self, value: &Value) -> Result<Entry, Wrong> {
        if let Some(number) = value["numberValue"].as_f64() {
            return Ok(Entry::Number(number));
        }
        if let Some(truth) = value["boolValue"].as_bool() {
            return Ok(Entry::Bool(truth));
        }
        if let Some(text) = value["stringValue"].as_str() {
            return Ok(match text {
                "" => Entry::Empty,
                text => Entry::Text(text.to_owned()),
            });
        }
        if !value["errorValue"].is_null() {
            return Err(Wrong::new("errorValue is read-only and cannot be set."));
        }
        match value["formulaValue"].as_str() {
            Some(formula) if formula.starts_with('=') => {
                let (rows, columns) = self.shift;
                Ok(Entry::Formula(shifted(formula, self.locale, rows, columns)))
            }
            Some(_) => Err(Wrong::new("formulaValue must begin with '='.")),
            None => Ok(Entry::Empty),
        }
    }
}

/// Changes a cell's format; colours stand in it twice, as a colour and as a style.
pub(super) fn format(
    format: &mut Map<String, Value>,
    wanted: &Value,
    mask: &Mask,
) -> Result<(), Wrong> {
    let mut changed = Value::Object(std::mem::take(format));
    mask.copy(&mut changed, wanted);
    if mask.has("numberFormat") {
        let number = &changed["numberFormat"];
        let kind = number["type"]
            .as_str()
            .unwrap_or("NUMBER_FORMAT_TYPE_UNSPECIFIED");
        if !number.is_null() && kind == "NUMBER_FORMAT_TYPE_UNSPECIFIED" {
            return Err(Wrong::new(
                "Must specify a type when setting a number format.",
            ));
        }
    }
    twin(
        &mut changed,
        mask,
        ["backgroundColor", "backgroundColorStyle"],
    );
    if let Some(mask) = mask.of("textFormat") {
        let text = &mut changed["textFormat"];
        twin(text, mask, ["foregroundColor", "foregroundColorStyle"]);
        if text.is_null()
            && let Some(fields) = changed.as_object_mut()
        {
            fields.remove("textFormat");
        }
    }
    if let Value::Object(changed) = changed {
        *format = changed;
    }
    Ok(())
}

fn twin(format: &mut Value, mask: &Mask, [color, style]: [&str; 2]) {
    let Some(fields) = format.as_object_mut() else {
        return;
    };
    let styled = fields.get(style).map(|it| it["rgbColor"].clone());
    if mask.has(style) && (styled.is_some() || *mask != Mask::All) {
        match styled.filter(|it| !it.is_null()) {
            Some(rgb) => drop(fields.insert(color.to_owned(), rgb)),
            None => drop(fields.remove(color)),
        }
    } else if mask.has(color) {
        match fields.get(color).cloned() {
            Some(rgb) => drop(fields.insert(style.to_owned(), json!({ "rgbColor": rgb }))),
            None => drop(fields.remove(style)),
        }
    }
}
