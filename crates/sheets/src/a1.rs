//! A1 ranges: read from what a model writes, and written as Google reads them.

use std::fmt;

/// Beyond them there is no cell in any spreadsheet.
const MOST_ROWS: u32 = 10_000_000;
const MOST_COLUMNS: u32 = 18_278;

/// A range, of a tab that it names or of the first one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Range {
    pub(crate) tab: Option<Tab>,
    pub(crate) area: Area,
}

/// How a range names its tab.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Tab {
    /// Before a `!`, or in quotes.
    Named(String),
    /// Alone and without quotes, so that it may be the name of a range instead.
    Bare(String),
}

/// Which cells of a tab. Columns and rows count from 1, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Area {
    /// From which column to which; none is all.
    pub(crate) columns: Option<(u32, u32)>,
    /// From which row to which; without the second to the end; none is all.
    pub(crate) rows: Option<(u32, Option<u32>)>,
}

/// Why a text is no range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    Empty,
    R1C1,
    Quotes,
    Cells,
    TooFar,
}

impl Fault {
    /// The problem, and a good value.
    pub(crate) fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Empty => ("it is empty", "`Sheet1!A1:C10`"),
            Self::R1C1 => (
                "it is in R1C1 notation",
                "A1 notation: columns are letters, rows numbers, so R2C3 is `C2`",
            ),
            Self::Quotes => (
                "the quotes of the tab's name do not close before the `!`",
                "`'Bob''s plan'!A1:C10`, a quote within the name doubled",
            ),
            Self::Cells => (
                "what follows the `!` are no cells",
                "`Sheet1!A1:C10`, `Sheet1!A:C`, `Sheet1!2:5` or `Sheet1!A2:C`; a name with `!` in it stands in quotes",
            ),
            Self::TooFar => ("no spreadsheet has cells there", "`Sheet1!A1:C10`"),
        }
    }
}

impl Area {
    pub(crate) const WHOLE: Self = Self {
        columns: None,
        rows: None,
    };

    /// A single cell.
    pub(crate) fn cell(column: u32, row: u32) -> Self {
        Self {
            columns: Some((column, column)),
            rows: Some((row, Some(row))),
        }
    }
}

impl Range {
    /// Reads a range.
    pub(crate) fn parse(text: &str) -> Result<Self, Fault> {
        let text = text.trim();
        if text.is_empty() {
            return Err(Fault::Empty);
        }
        if let Some(rest) = text.strip_prefix('\'') {
            return quoted(rest);
        }
        if let Some((tab, cells)) = text.rsplit_once('!') {
            let area = area(cells)?.ok_or(Fault::Cells)?;
            let tab = tab.trim();
            if tab.is_empty() {
                return Err(Fault::Empty);
            }
            let tab = Some(Tab::Named(tab.to_owned()));
            return Ok(Self { tab, area });
        }
        Ok(match area(text)? {
            Some(area) => Self { tab: None, area },
            None => Self {
                tab: Some(Tab::Bare(text.to_owned())),
                area: Area::WHOLE,
            },
        })
    }

    pub(crate) fn on(tab: &str, area: Area) -> Self {
        Self {
            tab: Some(Tab::Named(tab.to_owned())),
            area,
        }
    }
}

/// What follows an opening quote.
fn quoted(rest: &str) -> Result<Range, Fault> {
    let mut name = String::new();
    let mut letters = rest.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        if letter != '\'' {
            name.push(letter);
        } else if letters.next_if(|(_, next)| *next == '\'').is_some() {
            name.push('\'');
        } else {
            let cells = rest.get(at + 1..).unwrap_or_default().trim();
            let area = match cells.strip_prefix('!') {
                Some(cells) => area(cells)?.ok_or(Fault::Cells)?,
                None if cells.is_empty() => Area::WHOLE,
                None => return Err(Fault::Quotes),
            };
            if name.is_empty() {
                return Err(Fault::Empty);
            }
            let tab = Some(Tab::Named(name));
            return Ok(Range { tab, area });
        }
    }
    Err(Fault::Quotes)
}

/// The cells that a text names; none where it names no cells at all.
fn area(text: &str) -> Result<Option<Area>, Fault> {
    let text = text.trim();
    if text.split(':').all(is_r1c1) {
        return Err(Fault::R1C1);
    }
    let (first, last) = match text.split_once(':') {
        Some((first, last)) => (corner(first), corner(last)),
        None => (corner(text), corner(text)),
    };
    let (Some(first), Some(last)) = (first, last) else {
        return Ok(None);
    };
    let is_one = !text.contains(':');
    let columns = match (first.column, last.column) {
        (Some(one), Some(other)) => Some((one.min(other), one.max(other))),
        (None, None) => None,
        _ => return Ok(None),
    };
    let rows = match (first.row, last.row) {
        (Some(one), Some(other)) => Some((one.min(other), Some(one.max(other)))),
        (Some(one), None) => Some((one, None)),
        (None, None) => None,
        (None, Some(_)) => return Ok(None),
    };
    // `Q` and `2027` are names, `Q:Q` and `2027:2027` cells.
    if is_one && (columns.is_none() || rows.is_none()) {
        return Ok(None);
    }
    let most_row = rows.map_or(0, |(one, other)| other.unwrap_or(one));
    let least_row = rows.map_or(1, |(one, _)| one);
    let most_column = columns.map_or(0, |(_, last)| last);
    if most_row > MOST_ROWS || least_row == 0 || most_column > MOST_COLUMNS {
        return Err(Fault::TooFar);
    }
    Ok(Some(Area { columns, rows }))
}

struct Corner {
    column: Option<u32>,
    row: Option<u32>,
}

/// `C2`, `C` or `2`; dollar signs say nothing here.
fn corner(text: &str) -> Option<Corner> {
    let text: String = text.trim().chars().filter(|c| *c != '$').collect();
    let digits = text.find(|c: char| !c.is_ascii_alphabetic());
    let (letters, digits) = text.split_at(digits.unwrap_or(text.len()));
    if letters.len() > 3 || digits.len() > 8 || !digits.bytes().all(|it| it.is_ascii_digit()) {
        return None;
    }
    if letters.is_empty() && digits.is_empty() {
        return None;
    }
    Some(Corner {
        column: (!letters.is_empty()).then(|| number(letters)),
        row: digits.parse().ok(),
    })
}

/// `R2C3`, `R[-1]C[2]`: what A1 notation has no words for.
fn is_r1c1(text: &str) -> bool {
    let text = text.trim().to_ascii_uppercase();
    let Some((row, column)) = text.strip_prefix('R').and_then(|it| it.split_once('C')) else {
        return false;
    };
    let is_place = |text: &str| {
        let inner = text.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
        let inner = inner.map_or(text, |it| it.strip_prefix('-').unwrap_or(it));
        !inner.is_empty() && inner.bytes().all(|it| it.is_ascii_digit())
    };
    is_place(row) && is_place(column)
}

/// The number of a column: `A` is 1, `AA` 27.
fn number(letters: &str) -> u32 {
    let letters = letters.bytes().map(|it| it.to_ascii_uppercase() - b'A');
    letters.fold(0, |all, letter| all * 26 + u32::from(letter) + 1)
}

/// The letters of a column.
pub(crate) fn letters(column: u32) -> String {
    let mut left = column;
    let mut letters = Vec::new();
    while left > 0 {
        left -= 1;
        letters.push(char::from(b'A' + u8::try_from(left % 26).unwrap_or(0)));
        left /= 26;
    }
    letters.iter().rev().collect()
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(Tab::Named(tab) | Tab::Bare(tab)) = &self.tab else {
            return self.area.fmt(f);
        };
        if is_plain(tab) {
            f.write_str(tab)?;
        } else {
            write!(f, "'{}'", tab.replace('\'', "''"))?;
        }
        if self.area == Area::WHOLE {
            return Ok(());
        }
        write!(f, "!{}", self.area)
    }
}

impl fmt::Display for Area {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.columns, self.rows) {
            (None, None) => Ok(()),
            (Some((first, last)), None) => write!(f, "{}:{}", letters(first), letters(last)),
            (None, Some((first, last))) => write!(f, "{first}:{}", last.unwrap_or(MOST_ROWS)),
            (Some((first, last)), Some((top, None))) => {
                write!(f, "{}{top}:{}", letters(first), letters(last))
            }
            (Some((first, last)), Some((top, Some(bottom)))) => {
                write!(f, "{}{top}", letters(first))?;
                if (first, top) == (last, bottom) {
                    return Ok(());
                }
                write!(f, ":{}{bottom}", letters(last))
            }
        }
    }
}

/// A name that stands without quotes and is read as one, whoever reads it.
fn is_plain(name: &str) -> bool {
    let begins = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let goes_on = name
        .bytes()
        .all(|it| it.is_ascii_alphanumeric() || it == b'_');
    begins && goes_on && corner(name).is_none() && !is_r1c1(name)
}

#[cfg(test)]
mod tests;
