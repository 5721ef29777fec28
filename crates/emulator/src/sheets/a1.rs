//! A1 notation: places and ranges of cells, read and written.

use super::grid::{Area, GridRange, Span};

/// Google's last column, `ZZZ`.
const MOST_COLUMNS: usize = 18_278;

/// A range as it is written: which tab, and what of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Written {
    /// The tab's name; the first tab where it is not said.
    pub(crate) tab: Option<String>,
    pub(crate) rows: Span,
    pub(crate) columns: Span,
    /// Whether it is one cell, written without a colon.
    pub(crate) is_cell: bool,
}

/// One corner of a range; either part may be missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Corner {
    pub(super) column: Option<usize>,
    pub(super) row: Option<usize>,
    /// Whether a `$` stands before the column, and before the row.
    pub(super) is_fixed: (bool, bool),
}

/// Reads a range of cells, with a tab's name or without; names alone are not read here.
pub(crate) fn read(text: &str) -> Option<Written> {
    let (tab, cells) = split(text);
    if tab.is_none() && text.starts_with('\'') {
        return None;
    }
    let mut written = cells_of(cells)?;
    written.tab = tab;
    Some(written)
}

/// The tab's name before the `!`, and what stands behind it.
fn split(text: &str) -> (Option<String>, &str) {
    if text.starts_with('\'') {
        return match quoted(text) {
            Some((name, rest)) if rest.starts_with('!') => (Some(name), &rest[1..]),
            _ => (None, text),
        };
    }
    match text.rsplit_once('!') {
        Some((name, cells)) if !name.is_empty() => (Some(name.to_owned()), cells),
        _ => (None, text),
    }
}

/// A quoted name at the start of a text, and what stands behind it.
pub(super) fn quoted(text: &str) -> Option<(String, &str)> {
    let inner = text.strip_prefix('\'')?;
    let mut name = String::new();
    let mut letters = inner.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        if letter != '\'' {
            name.push(letter);
        } else if letters.peek().is_some_and(|(_, next)| *next == '\'') {
            name.push('\'');
            letters.next();
        } else {
            return Some((name, &inner[at + 1..]));
        }
    }
    None
}

fn cells_of(text: &str) -> Option<Written> {
    if let Some(written) = numbered(text) {
        return Some(written);
    }
    let (first, last) = match text.split_once(':') {
        Some((first, last)) => (first, Some(last)),
        None => (text, None),
    };
    let first = corner(first)?;
    let last = match last {
        Some(last) => corner(last)?,
        None if first.column.is_some() && first.row.is_some() => first,
        None => return None,
    };
    Some(Written {
        tab: None,
        rows: between(first.row, last.row),
        columns: between(first.column, last.column),
        is_cell: !text.contains(':'),
    })
}

/// A range in R1C1 notation, which Google reads as well.
fn numbered(text: &str) -> Option<Written> {
    let place = |text: &str| -> Option<(usize, usize)> {
        let (row, column) = text.strip_prefix('R')?.split_once('C')?;
        let number = |text: &str| text.parse::<usize>().ok()?.checked_sub(1);
        Some((number(row)?, number(column)?))
    };
    let (first, last) = text.split_once(':').unwrap_or((text, text));
    let (first, last) = (place(first)?, place(last)?);
    Some(Written {
        tab: None,
        rows: between(Some(first.0), Some(last.0)),
        columns: between(Some(first.1), Some(last.1)),
        is_cell: !text.contains(':'),
    })
}

/// The span from one end to the other, whichever comes first; without one it is open.
pub(super) fn between(first: Option<usize>, last: Option<usize>) -> Span {
    match (first, last) {
        (Some(first), Some(last)) => Span {
            start: first.min(last),
            end: Some(first.max(last) + 1),
        },
        (start, end) => Span {
            start: start.or(end).unwrap_or(0),
            end: None,
        },
    }
}

/// Reads a corner such as `B7`, `$B$7`, `B` or `7`.
pub(super) fn corner(text: &str) -> Option<Corner> {
    let (is_column_fixed, rest) = fixed(text);
    let letters = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (letters, rest) = rest.split_at(letters);
    // A dollar before a row that has no column is that row's.
    let (is_row_fixed, digits) = match (letters.is_empty(), is_column_fixed) {
        (true, true) => (true, rest),
        _ => fixed(rest),
    };
    let column = match letters {
        "" => None,
        letters => Some(column_of(letters)?),
    };
    let row = match digits {
        "" if is_row_fixed => return None,
        "" => None,
        digits if digits.bytes().all(|byte| byte.is_ascii_digit()) && digits.len() < 9 => {
            Some(digits.parse::<usize>().ok()?.checked_sub(1)?)
        }
        _ => return None,
    };
    if column.is_none() && row.is_none() {
        return None;
    }
    Some(Corner {
        column,
        row,
        is_fixed: (is_column_fixed && column.is_some(), is_row_fixed),
    })
}

fn fixed(text: &str) -> (bool, &str) {
    text.strip_prefix('$')
        .map_or((false, text), |rest| (true, rest))
}

fn column_of(letters: &str) -> Option<usize> {
    let number = letters.bytes().try_fold(0_usize, |all, letter| {
        let digit = usize::from(letter.to_ascii_uppercase() - b'A' + 1);
        all.checked_mul(26)?.checked_add(digit)
    })?;
    (number <= MOST_COLUMNS).then(|| number - 1)
}

/// The letters of a column.
pub(crate) fn column_name(mut index: usize) -> String {
    let mut name = Vec::new();
    loop {
        name.push(char::from(b'A' + u8::try_from(index % 26).unwrap_or(0)));
        if index < 26 {
            return name.into_iter().rev().collect();
        }
        index = index / 26 - 1;
    }
}

/// A tab's name as it stands before a `!`.
pub(crate) fn tab_name(name: &str) -> String {
    let is_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let is_plain = name.chars().all(is_word)
        && !name.starts_with(|letter: char| letter.is_ascii_digit())
        && cells_of(name).is_none();
    if is_plain && !name.is_empty() {
        name.to_owned()
    } else {
        format!("'{}'", name.replace('\'', "''"))
    }
}

/// A range with its tab, as Google's replies write it.
pub(crate) fn print(tab: &str, area: &Area) -> String {
    let span = |range: &std::ops::Range<usize>| Span {
        start: range.start,
        end: Some(range.end.max(range.start + 1)),
    };
    let range = GridRange {
        tab: 0,
        rows: span(&area.rows),
        columns: span(&area.columns),
    };
    format!("{}!{}", tab_name(tab), cells(&range))
}

/// A range that may be open, without its tab; nothing where all of it is open.
pub(crate) fn cells(range: &GridRange) -> String {
    let (rows, columns) = (range.rows, range.columns);
    let first = |span: Span| (span.start > 0 || span.end.is_some()).then_some(span.start);
    let corner = |column: Option<usize>, row: Option<usize>| {
        let row = row.map(|row| (row + 1).to_string());
        column.map(column_name).unwrap_or_default() + &row.unwrap_or_default()
    };
    let is_whole = |span: Span| span == Span::default();
    let from = match (is_whole(columns), is_whole(rows)) {
        (true, true) => return String::new(),
        (true, false) => corner(None, first(rows)),
        (false, true) => corner(first(columns), None),
        (false, false) => corner(Some(columns.start), Some(rows.start)),
    };
    let last = |span: Span| span.end.map(|end| end.saturating_sub(1));
    let to = corner(last(columns), last(rows));
    if from == to && rows.end.is_some() && columns.end.is_some() {
        from
    } else {
        format!("{from}:{to}")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Written, column_name, print, read, tab_name};
    use crate::sheets::grid::{Area, Span};

    fn span(start: usize, end: Option<usize>) -> Span {
        Span { start, end }
    }

    #[test]
    fn ranges_are_read_in_every_form() {
        let check = |text: &str, rows: Span, columns: Span| {
            let read = read(text).unwrap();
            assert_eq!((read.rows, read.columns), (rows, columns), "{text}");
        };
        check("B2", span(1, Some(2)), span(1, Some(2)));
        check("$B$2:c4", span(1, Some(4)), span(1, Some(3)));
        check("C4:B2", span(1, Some(4)), span(1, Some(3)));
        check("A:B", span(0, None), span(0, Some(2)));
        check("3:4", span(2, Some(4)), span(0, None));
        check("A5:A", span(4, None), span(0, Some(1)));
        check("R2C3:R4C3", span(1, Some(4)), span(2, Some(3)));
        check("ZZZ1", span(0, Some(1)), span(18_277, Some(18_278)));
        for text in [
            "", "A", "7", "A0", "AAAA1", "A1:", ":A1", "A1:B2:C3", "Sheet1", "'x", "A 1", "$",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn tabs_are_quoted_where_they_need_it() {
        for (name, written) in [
            ("Sheet1", "Sheet1"),
            ("My tab", "'My tab'"),
            ("it's", "'it''s'"),
            ("2026", "'2026'"),
            ("A1", "'A1'"),
            ("R1C1", "'R1C1'"),
            ("a!b#c", "'a!b#c'"),
        ] {
            assert_eq!(tab_name(name), written);
        }
        let open = read("'it''s'!A2:B").unwrap();
        assert_eq!(open.tab.as_deref(), Some("it's"));
    }

    proptest! {
        #[test]
        fn a_printed_range_is_read_back(
            tab in ".{1,12}", row in 0_usize..2_000, column in 0_usize..18_000,
            height in 1_usize..50, width in 1_usize..200,
        ) {
            let area = Area { rows: row..row + height, columns: column..column + width };
            let read = read(&print(&tab, &area)).unwrap();
            let expected = Written {
                tab: Some(tab),
                rows: span(row, Some(row + height)),
                columns: span(column, Some(column + width)),
                is_cell: height == 1 && width == 1,
            };
            prop_assert_eq!(read, expected);
        }

        #[test]
        fn any_text_is_read_or_refused(text in ".{0,20}") {
            let _ = read(&text);
        }
    }

    #[test]
    fn columns_have_letters() {
        let names = [
            (0, "A"),
            (25, "Z"),
            (26, "AA"),
            (701, "ZZ"),
            (702, "AAA"),
            (18_277, "ZZZ"),
        ];
        for (index, name) in names {
            assert_eq!(column_name(index), name);
        }
    }
}
