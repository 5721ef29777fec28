//! As much of a table as a result takes, and where it goes on.

use toolgate_toolkit::sized::{json_chars, piece};

use crate::a1::{Area, Range, letters};

/// A place in a table: a cell, and a character of what is shown of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct At {
    pub(crate) row: u32,
    pub(crate) column: u32,
    pub(crate) offset: usize,
}

/// What is shown of a table.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Window {
    pub(crate) text: String,
    /// From the first to the last cell of it.
    pub(crate) from: At,
    pub(crate) to: (u32, u32),
    pub(crate) next: Option<At>,
}

/// Whole rows, as many as fit; of a row that does not fit alone, whole cells; of such a cell, a piece. `rows`
/// are the fields of the rows from `from.row` on, each from column `left` to `right`.
pub(crate) fn window(
    rows: &[Vec<String>],
    (left, right): (u32, u32),
    from: At,
    room: usize,
) -> Window {
    if from.column > left || from.offset > 0 {
        return within_row(rows, (left, right), from, room);
    }
    let mut text = String::new();
    let mut used = 0;
    let mut shown = 0;
    for (place, row) in rows.iter().enumerate() {
        let line = row.join(",");
        used += json_chars(&line) + 2;
        if used > room {
            break;
        }
        // Empty rows are shown where something follows.
        if !row.is_empty() {
            let empty = place - shown;
            text.push_str(&"\n".repeat(empty));
            text.push_str(&line);
            text.push('\n');
            shown = place + 1;
        }
    }
    if shown == 0 && rows.iter().any(|row| !row.is_empty()) {
        let empty = rows.iter().take_while(|row| row.is_empty()).count();
        let from = At {
            row: below(from.row, empty),
            ..from
        };
        return within_row(
            rows.get(empty..).unwrap_or_default(),
            (left, right),
            from,
            room,
        );
    }
    text.pop();
    let is_more = rows.iter().skip(shown).any(|row| !row.is_empty());
    let next = is_more.then(|| At {
        row: below(from.row, shown),
        column: left,
        offset: 0,
    });
    Window {
        text,
        from,
        to: (right, below(from.row, shown.max(1) - 1)),
        next,
    }
}

/// Cells of the first row, or a piece of the first of them.
fn within_row(rows: &[Vec<String>], (left, right): (u32, u32), from: At, room: usize) -> Window {
    let skipped = (from.column - left) as usize;
    let row = rows.first().map_or(&[][..], Vec::as_slice);
    let fields = row.get(skipped..).unwrap_or_default();
    let mut used = 0;
    let fitting = fields.iter().take_while(|field| {
        used += json_chars(field) + 1;
        used <= room
    });
    let fitting = if from.offset > 0 { 0 } else { fitting.count() };
    let follows = |column: u32| {
        let is_row_over = (column - left) as usize >= row.len();
        let is_all_over = rows.iter().skip(1).all(Vec::is_empty);
        match (is_row_over, is_all_over) {
            (false, _) => Some(At {
                row: from.row,
                column,
                offset: 0,
            }),
            (true, false) => Some(At {
                row: from.row + 1,
                column: left,
                offset: 0,
            }),
            (true, true) => None,
        }
    };
    if fitting > 0 {
        let column = from.column + u32::try_from(fitting).unwrap_or(0);
        let shown = fields.get(..fitting).unwrap_or_default();
        // The last cells of a row end with it, so that what is empty behind them counts as shown.
        let last = if fitting == fields.len() {
            right
        } else {
            column - 1
        };
        return Window {
            text: shown.join(","),
            from,
            to: (last, from.row),
            next: follows(column),
        };
    }
    let field = fields.first().map_or("", String::as_str);
    let piece = piece(field, from.offset, room);
    let next = match piece.next {
        Some(offset) => Some(At { offset, ..from }),
        None => follows(from.column + 1),
    };
    Window {
        text: piece.text.to_owned(),
        from,
        to: (from.column, from.row),
        next,
    }
}

fn below(row: u32, by: usize) -> u32 {
    row.saturating_add(u32::try_from(by).unwrap_or(u32::MAX))
}

/// How a result names where it goes on: the whole range, and the place in it.
pub(crate) fn handle(range: &str, at: At) -> String {
    let At {
        row,
        column,
        offset,
    } = at;
    let letters = letters(column);
    match offset {
        0 => format!("{range}@{letters}{row}"),
        offset => format!("{range}@{letters}{row}+{offset}"),
    }
}

/// The range and the place that such a handle names.
pub(crate) fn place_of(handle: &str) -> Option<(&str, At)> {
    let (range, at) = handle.rsplit_once('@')?;
    let (cell, offset) = match at.split_once('+') {
        Some((cell, offset)) => (cell, offset.parse().ok()?),
        None => (at, 0),
    };
    let Range { tab: None, area } = Range::parse(cell).ok()? else {
        return None;
    };
    let Area {
        columns: Some((column, last)),
        rows: Some((row, Some(bottom))),
    } = area
    else {
        return None;
    };
    (column == last && row == bottom).then_some((
        range,
        At {
            row,
            column,
            offset,
        },
    ))
}

#[cfg(test)]
mod tests;
