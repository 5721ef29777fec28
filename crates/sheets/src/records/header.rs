//! The header row of a table: which column a name stands for.

use toolgate_toolkit::{ToolError, sized::shortened};

use crate::{
    book::{Cells, TabFacts},
    cell::{Show, csv, visible},
    grid::Cell,
    read::Source,
};

/// Characters of a column's name within an error.
const NAME: usize = 40;
/// Columns that an error names.
const SHOWN: usize = 20;
/// Rows in which the header row is looked for.
const FIRST: u32 = 100;

/// The first row of a table that is not empty.
#[derive(Debug)]
pub(crate) struct Header {
    /// Its number.
    pub(crate) row: u32,
    /// The first column of the table.
    pub(crate) left: u32,
    names: Vec<String>,
}

impl Header {
    pub(crate) async fn read(
        source: &Source<'_>,
        (tab, cells): (&TabFacts, Cells),
    ) -> Result<Self, ToolError> {
        let first = Cells {
            bottom: cells.bottom.min(cells.top.saturating_add(FIRST - 1)),
            ..cells
        };
        let (rows, _) = source.filled(tab, first, usize::MAX).await?;
        let place = rows.iter().position(|row| !row.is_empty());
        let Some((place, row)) = place.and_then(|it| Some((it, rows.get(it)?))) else {
            let good = "a table whose first row names its columns";
            return Err(ToolError::invalid_argument(
                "table",
                "it has no header row",
                good,
            ));
        };
        Ok(Self {
            row: cells.top + u32::try_from(place).unwrap_or(0),
            left: cells.left,
            names: row.iter().map(name).collect(),
        })
    }

    /// One of these names.
    #[cfg(test)]
    pub(crate) fn named(names: &[&str]) -> Self {
        Self {
            row: 1,
            left: 1,
            names: names.iter().map(|it| (*it).to_owned()).collect(),
        }
    }

    /// The names of all columns that have one, or that lie between such.
    pub(crate) fn all(&self) -> Vec<usize> {
        (0..self.names.len()).collect()
    }

    /// The column of the tab that a place is.
    pub(crate) fn column(&self, place: usize) -> u32 {
        self.left + u32::try_from(place).unwrap_or(0)
    }

    /// A name as a field of CSV.
    pub(crate) fn field(&self, place: usize) -> String {
        csv(self.names.get(place).map_or("", String::as_str), false)
    }

    /// The column that a name stands for.
    pub(crate) fn place(&self, argument: &str, name: &str) -> Result<usize, ToolError> {
        let folded = |text: &str| visible(text).trim().to_lowercase();
        let wanted = folded(name);
        let mut alike = (0..self.names.len()).filter(|it| folded(&self.names[*it]) == wanted);
        let shown = shortened(&visible(name), NAME);
        let problem = match (alike.next(), alike.next()) {
            (Some(place), None) if !wanted.is_empty() => return Ok(place),
            (Some(_), Some(_)) => format!("two columns are called `{shown}`"),
            _ => format!("no column is called `{shown}`"),
        };
        let names = self.names.iter().filter(|it| !it.is_empty()).take(SHOWN);
        let names = names.map(|it| format!("`{}`", shortened(it, NAME)));
        let good = format!("one of {}", names.collect::<Vec<_>>().join(", "));
        Err(ToolError::invalid_argument(argument, &problem, &good))
    }

    pub(crate) fn places(&self, argument: &str, names: &[String]) -> Result<Vec<usize>, ToolError> {
        names
            .iter()
            .map(|name| self.place(argument, name))
            .collect()
    }
}

fn name(cell: &Cell) -> String {
    let shown = match cell.value.value() {
        crate::cell::CellValue::Text(text) => visible(text),
        _ => cell.field(Show::Formatted),
    };
    shown.replace('\n', " ")
}
