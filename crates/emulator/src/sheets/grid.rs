//! Ranges of cells by numbers: open ones as requests name them, and closed ones on a grid.

use std::ops::Range;

use serde_json::{Value, json};

use super::a1;
use super::book::{Book, Tab};
use super::errors::{self, Wrong};

/// Rows or columns from a start to an end, which may be open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Span {
    pub(crate) start: usize,
    pub(crate) end: Option<usize>,
}

/// A range on a tab, by the tab's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct GridRange {
    pub(crate) tab: i64,
    pub(crate) rows: Span,
    pub(crate) columns: Span,
}

/// Cells that are there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Area {
    pub(crate) rows: Range<usize>,
    pub(crate) columns: Range<usize>,
}

/// Which way rows or columns run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Axis {
    Rows,
    Columns,
}

impl Span {
    /// What is there of it, where so many are.
    pub(crate) fn within(self, count: usize) -> Range<usize> {
        let end = self.end.unwrap_or(count).min(count);
        self.start.min(end)..end
    }

    pub(crate) fn touches(self, other: Self) -> bool {
        self.end.is_none_or(|end| other.start < end) && other.end.is_none_or(|end| self.start < end)
    }

    /// Whether all of the other is in it.
    pub(crate) fn covers(self, other: Self) -> bool {
        self.start <= other.start
            && match (self.end, other.end) {
                (None, _) => true,
                (Some(_), None) => false,
                (Some(mine), Some(theirs)) => theirs <= mine,
            }
    }
}

impl GridRange {
    /// Reads a request's range, or a reply's.
    ///
    /// # Errors
    /// When an end stands before its start.
    pub(crate) fn read(value: &Value) -> Result<Self, Wrong> {
        let number = |name: &str| -> Result<Option<usize>, Wrong> {
            match value[name].as_i64() {
                None => Ok(None),
                Some(number) => usize::try_from(number)
                    .map(Some)
                    .map_err(|_| Wrong::new(format!("{name} must not be negative."))),
            }
        };
        let span = |start: &str, end: &str| -> Result<Span, Wrong> {
            let (from, end_at) = (number(start)?.unwrap_or(0), number(end)?);
            if end_at.is_some_and(|end| end < from) {
                return Err(Wrong::new(format!(
                    "{end} [{}] must not be before {start} [{from}]",
                    end_at.unwrap_or(0)
                )));
            }
            Ok(Span {
                start: from,
                end: end_at,
            })
        };
        Ok(Self {
            tab: value["sheetId"].as_i64().unwrap_or(0),
            rows: span("startRowIndex", "endRowIndex")?,
            columns: span("startColumnIndex", "endColumnIndex")?,
        })
    }

    pub(crate) fn json(&self) -> Value {
        let mut value = json!({ "sheetId": self.tab });
        for (span, start, end) in [
            (self.rows, "startRowIndex", "endRowIndex"),
            (self.columns, "startColumnIndex", "endColumnIndex"),
        ] {
            if span.start > 0 || span.end.is_some() {
                value[start] = span.start.into();
            }
            if let Some(index) = span.end {
                value[end] = index.into();
            }
        }
        value
    }

    pub(crate) fn touches(&self, other: &Self) -> bool {
        self.tab == other.tab
            && self.rows.touches(other.rows)
            && self.columns.touches(other.columns)
    }

    pub(crate) fn covers(&self, other: &Self) -> bool {
        self.tab == other.tab && self.rows.covers(other.rows) && self.columns.covers(other.columns)
    }

    pub(crate) fn span(&self, axis: Axis) -> Span {
        match axis {
            Axis::Rows => self.rows,
            Axis::Columns => self.columns,
        }
    }

    pub(crate) fn span_mut(&mut self, axis: Axis) -> &mut Span {
        match axis {
            Axis::Rows => &mut self.rows,
            Axis::Columns => &mut self.columns,
        }
    }
}

impl Area {
    /// The whole area as a range on a tab.
    pub(crate) fn on(&self, tab: i64) -> GridRange {
        let span = |range: &Range<usize>| Span {
            start: range.start,
            end: Some(range.end),
        };
        GridRange {
            tab,
            rows: span(&self.rows),
            columns: span(&self.columns),
        }
    }
}

impl Axis {
    /// Reads a request's dimension.
    ///
    /// # Errors
    /// When it is neither rows nor columns.
    pub(crate) fn read(value: &Value) -> Result<Self, Wrong> {
        match value.as_str() {
            Some("ROWS") => Ok(Self::Rows),
            Some("COLUMNS") => Ok(Self::Columns),
            _ => Err(Wrong::new("dimension is required but not specified")),
        }
    }
}

impl Book {
    /// The range that a text names: cells in A1 notation, a named range, or a tab.
    ///
    /// # Errors
    /// Google's word that it cannot be parsed.
    pub(crate) fn range(&self, text: &str) -> Result<(GridRange, bool), Wrong> {
        let unreadable = || errors::unparsable(text);
        if let Some(written) = a1::read(text) {
            let tab = match &written.tab {
                Some(name) => self.tab_named(name).ok_or_else(unreadable)?,
                None => self.tabs.first().ok_or_else(unreadable)?,
            };
            let range = GridRange {
                tab: tab.id,
                rows: written.rows,
                columns: written.columns,
            };
            return Ok((range, written.is_cell));
        }
        let mut names = self.names.iter();
        if let Some(named) = names.find(|it| it.name.eq_ignore_ascii_case(text)) {
            return Ok((named.range, false));
        }
        let name = match a1::quoted(text) {
            Some((name, "")) => name,
            _ => text.to_owned(),
        };
        let tab = self.tab_named(&name).ok_or_else(unreadable)?;
        Ok((tab.whole(), false))
    }

    /// The cells that are there of a range.
    ///
    /// # Errors
    /// When its tab is not there, or it begins beyond the tab's last row or column.
    pub(crate) fn area(&self, range: &GridRange) -> Result<(&Tab, Area), Wrong> {
        let tab = self
            .tab(range.tab)
            .ok_or_else(|| errors::no_grid(range.tab))?;
        if range.rows.start >= tab.rows || range.columns.start >= tab.columns {
            return Err(tab.exceeded(range));
        }
        let area = Area {
            rows: range.rows.within(tab.rows),
            columns: range.columns.within(tab.columns),
        };
        Ok((tab, area))
    }
}

impl Tab {
    /// All its cells, as an open range.
    pub(crate) fn whole(&self) -> GridRange {
        GridRange {
            tab: self.id,
            rows: Span::default(),
            columns: Span::default(),
        }
    }

    pub(crate) fn exceeded(&self, range: &GridRange) -> Wrong {
        Wrong::new(format!(
            "Range ({}!{}) exceeds grid limits. Max rows: {}, max columns: {}",
            a1::tab_name(&self.title),
            a1::cells(range),
            self.rows,
            self.columns
        ))
    }
}
