//! The cells of one sheet that hold something, and the table that they make.

use std::collections::BTreeSet;

use crate::files::{
    FileError,
    budget::Budget,
    error::Kind,
    office::{
        xlsx::cell::{Raw, Values},
        xml::{Element, Node, Walk},
    },
    sink::Sink,
    table,
};

/// More columns make no table that anybody reads; of those with something in them the first are kept.
const MAX_COLUMNS: usize = 256;
/// More with something in them are no sheet that a person made.
const MAX_CELLS: usize = 1_000_000;
/// What Excel has.
const LAST_COLUMN: u32 = 16_384;

/// A sheet: nothing is kept of cells without text, so that no dimension costs anything.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    rows: Vec<Vec<(u32, String)>>,
    columns: BTreeSet<u32>,
    pub(super) hidden_rows: usize,
    pub(super) is_cut: bool,
}

impl Sheet {
    /// Reads cells until so many characters are there.
    pub(super) fn read(
        text: &str,
        values: &Values,
        room: usize,
        budget: &Budget,
    ) -> Result<Self, FileError> {
        let (mut sheet, mut walk) = (Self::default(), Walk::new(text, budget));
        let (mut chars, mut cells, mut column) = (0, 0, 0);
        while let Some(node) = walk.next()? {
            let Node::Open(element) = node else { continue };
            match element.name() {
                "row" => {
                    sheet.new_row(&element);
                    column = 0;
                }
                "c" => {
                    column = column_of(&element).unwrap_or(column + 1);
                    let shown = values.text(&raw(&element, &mut walk)?);
                    if !shown.trim().is_empty() && column <= LAST_COLUMN {
                        // Every cell has its bar and spaces.
                        chars += shown.chars().count() + 3;
                        cells += 1;
                        sheet.add(column, shown);
                    }
                }
                _ => {}
            }
            if cells > MAX_CELLS {
                return Err(Kind::TooLarge("a sheet has too many cells").into());
            }
            if chars > room.saturating_mul(2).saturating_add(1000) {
                sheet.is_cut = true;
                break;
            }
        }
        sheet.rows.retain(|row| !row.is_empty());
        Ok(sheet)
    }

    fn new_row(&mut self, element: &Element<'_>) {
        self.hidden_rows += usize::from(element.is_true("hidden"));
        if self.rows.last().is_none_or(|row| !row.is_empty()) {
            self.rows.push(Vec::new());
        }
    }

    fn add(&mut self, column: u32, shown: String) {
        if self.rows.is_empty() {
            self.rows.push(Vec::new());
        }
        self.columns.insert(column);
        if let Some(row) = self.rows.last_mut() {
            row.push((column, shown));
        }
    }

    /// Writes the rows and columns that hold something.
    pub(super) fn write(&self, sink: &mut Sink, budget: &Budget) -> Result<(), FileError> {
        let columns: Vec<_> = self.columns.iter().copied().take(MAX_COLUMNS).collect();
        if columns.is_empty() {
            sink.push("(no cells with content)");
        } else if self.columns.len() > columns.len() {
            let left_out = self.columns.len() - columns.len();
            sink.push(&format!("(the last {left_out} columns are left out)"));
            sink.paragraph();
        }
        for (index, row) in self.rows.iter().enumerate() {
            if sink.is_full() {
                break;
            }
            table::line(
                columns.iter().map(|column| shown(row, *column)),
                sink,
                budget,
            )?;
            if index == 0 {
                table::line(columns.iter().map(|_| "---"), sink, budget)?;
            }
        }
        Ok(())
    }
}

/// Cells of a row come from left to right, but need not.
fn shown(row: &[(u32, String)], column: u32) -> &str {
    let found = row.iter().rfind(|(at, _)| *at == column);
    found.map_or("", |(_, text)| text.as_str())
}

/// `AB12` is in column 28.
fn column_of(element: &Element<'_>) -> Option<u32> {
    let reference = element.attr("r")?;
    let letters = reference
        .bytes()
        .take_while(u8::is_ascii_alphabetic)
        .take(8);
    let column = letters.fold(0_u32, |column, letter| {
        column
            .saturating_mul(26)
            .saturating_add(u32::from(letter.to_ascii_uppercase() - b'A') + 1)
    });
    (column > 0).then_some(column)
}

fn raw(element: &Element<'_>, walk: &mut Walk<'_>) -> Result<Raw, FileError> {
    let mut raw = Raw {
        kind: element.attr("t").unwrap_or_default(),
        style: element.number("s").unwrap_or(0),
        ..Raw::default()
    };
    while let Some(node) = walk.next()? {
        match node {
            Node::Open(inner) => match inner.name() {
                "v" => raw.value = walk.text()?,
                "f" => raw.formula = walk.text()?,
                "t" => raw.inline.push_str(&walk.text()?),
                "rPh" => walk.skip()?,
                _ => {}
            },
            Node::Close(name) if name == "c" => break,
            _ => {}
        }
    }
    Ok(raw)
}
