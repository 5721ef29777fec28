//! Spreadsheets as a seed or an upload describes them.

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::append;
use super::book::{Book, Protected, Tab};
use super::cells;
use super::datum::Datum;
use super::errors::Wrong;
use super::eval::Sums;
use super::input::Input;
use super::mask::Mask;
use super::ranges;
use crate::seed::{SeedFile, SeedProtected, SeedTab};

/// A cell's value, and the number format that it is shown by.
type Computed = (Datum, Option<Value>);

/// The rows of a tab, each as wide as the widest.
type Rows<T> = Vec<Vec<T>>;

/// Refuses a spreadsheet that could not be planted.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn check_seed(file: &SeedFile) -> Result<(), String> {
    plant(file).map(|_| ()).map_err(|wrong| wrong.message)
}

/// The spreadsheet that a file of a seed describes.
pub(crate) fn planted(file: &SeedFile) -> Book {
    plant(file).unwrap_or_default()
}

fn plant(file: &SeedFile) -> Result<Book, Wrong> {
    let mut book = Book::without_tabs();
    if let Some(locale) = &file.locale {
        super::tabs::describe(&mut book, &json!({ "locale": locale }), |it| it == "locale")?;
    }
    if let Some(zone) = &file.time_zone {
        super::tabs::describe(&mut book, &json!({ "timeZone": zone }), |it| {
            it == "timeZone"
        })?;
    }
    for seed in &file.tabs {
        let id = super::tabs::add(
            &mut book,
            &json!({
                "title": seed.name,
                "sheetId": seed.id,
                "hidden": seed.hidden,
                "gridProperties": {
                    "frozenRowCount": seed.frozen_rows,
                    "rowCount": seed.row_count,
                    "columnCount": seed.column_count,
                },
            }),
        )?;
        type_rows(&mut book, id, &seed.rows)?;
        format_ranges(&mut book, seed)?;
    }
    for (name, range) in &file.named_ranges {
        let (range, _) = book.range(range)?;
        let id = format!("seed-{name}");
        let named = json!({ "name": name, "namedRangeId": id, "range": range.json() });
        ranges::add_name(&mut book, &named)?;
    }
    for seed in &file.tabs {
        for protected in &seed.protected {
            protect(&mut book, seed, protected)?;
        }
    }
    Ok(book)
}

/// Enters rows as if they were typed.
fn type_rows(book: &mut Book, id: i64, rows: &[Vec<String>]) -> Result<(), Wrong> {
    let width = rows.iter().map(Vec::len).max().unwrap_or(0);
    append::grow(book, id, rows.len(), width)?;
    // A date without a year is of this one, whenever the emulator starts.
    let input = Input::new(
        true,
        book,
        NaiveDate::from_ymd_opt(2026, 1, 1).unwrap_or_default(),
    );
    let Some(tab) = book.tab_mut(id) else {
        return Ok(());
    };
    for (row, cells) in rows.iter().enumerate() {
        for (column, text) in cells
            .iter()
            .enumerate()
            .filter(|(_, text)| !text.is_empty())
        {
            tab.change((row, column), |cell| input.enter_text(cell, text));
        }
    }
    Ok(())
}

/// A range of a seed's tab: of this one, unless it says another.
fn own_range(seed: &SeedTab, range: &str) -> String {
    if range.contains('!') {
        range.to_owned()
    } else {
        format!("{}!{range}", super::a1::tab_name(&seed.name))
    }
}

fn format_ranges(book: &mut Book, seed: &SeedTab) -> Result<(), Wrong> {
    for (range, wanted) in &seed.formats {
        let (range, _) = book.range(&own_range(seed, range))?;
        let (tab, area) = book.area(&range)?;
        let (id, used) = (tab.id, tab.used());
        let wanted = if wanted.is_object() {
            wanted.clone()
        } else {
            return Err(Wrong::new("a format is not one of Google's CellFormat"));
        };
        let fields: Vec<&str> = wanted
            .as_object()
            .into_iter()
            .flatten()
            .map(|(it, _)| it.as_str())
            .collect();
        let mask = Mask::read(&Value::from(fields.join(",")))?;
        let Some(tab) = book.tab_mut(id) else {
            continue;
        };
        // An open range ends with what is there.
        let end = |open: Option<usize>, end: usize, used: usize| {
            if open.is_none() { end.min(used) } else { end }
        };
        let rows = area.rows.start..end(range.rows.end, area.rows.end, used.rows.end);
        let columns =
            area.columns.start..end(range.columns.end, area.columns.end, used.columns.end);
        for row in rows {
            for column in columns.clone() {
                let mut done = Ok(());
                tab.change((row, column), |cell| {
                    done = cells::format(&mut cell.format, &wanted, &mask);
                });
                done?;
            }
        }
    }
    Ok(())
}

fn protect(book: &mut Book, seed: &SeedTab, protected: &SeedProtected) -> Result<(), Wrong> {
    let (range, _) = match protected.range.as_str() {
        "" => book.range(&super::a1::tab_name(&seed.name))?,
        range => book.range(&own_range(seed, range))?,
    };
    let id = book.fresh_number();
    let planted = Protected {
        id,
        range,
        named: None,
        description: protected.description.clone(),
        warning_only: protected.warning_only,
        unprotected: Vec::new(),
        users: protected
            .editors
            .iter()
            .map(|it| it.to_lowercase())
            .collect(),
        domain_can_edit: false,
    };
    match book.tab_mut(range.tab) {
        Some(tab) => tab.protected.push(planted),
        None => return Err(Wrong::new("a protected range is on no tab")),
    }
    Ok(())
}

impl Book {
    /// A spreadsheet of one tab, of rows that are typed.
    pub(crate) fn typed(rows: &[Vec<String>]) -> Self {
        let mut book = Self::default();
        // What is too large is cut by nobody: it is refused before it comes here.
        let _ = type_rows(&mut book, 0, rows);
        book
    }

    /// What each tab shows: its name and its rows.
    pub(crate) fn shown(&self) -> Vec<(String, Rows<String>)> {
        self.tables(|sums, tab, place| {
            let format = sums.format(tab.id, place);
            sums.at(tab.id, place)
                .formatted(format.as_ref(), sums.locale)
        })
    }

    /// What each tab holds: values, and how dates among them are shown.
    pub(crate) fn computed(&self) -> Vec<(String, Rows<Computed>)> {
        self.tables(|sums, tab, place| (sums.at(tab.id, place), sums.format(tab.id, place)))
    }

    fn tables<T>(
        &self,
        cell: impl Fn(&Sums<'_>, &Tab, (usize, usize)) -> T,
    ) -> Vec<(String, Rows<T>)> {
        let sums = Sums::of(self);
        let tables = self.tabs.iter().map(|tab| {
            let used = tab.used();
            let rows = used.rows.clone().map(|row| {
                let columns = used.columns.clone();
                columns
                    .map(|column| cell(&sums, tab, (row, column)))
                    .collect()
            });
            (tab.title.clone(), rows.collect())
        });
        tables.collect()
    }
}
