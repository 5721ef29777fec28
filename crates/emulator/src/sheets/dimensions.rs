//! Rows and columns that come, go and move, and what moves with them.

use std::collections::BTreeMap;
use std::ops::Range;

use super::a1::Corner;
use super::book::{Book, Entry};
use super::formula::{Reference, rewrite};
use super::grid::{Axis, GridRange, Span};

/// How places along an axis change.
#[derive(Debug, Clone)]
enum Shift {
    Insert(Range<usize>),
    Delete(Range<usize>),
}

impl Shift {
    /// Where a place is afterwards; `None` when it is gone.
    fn place(&self, at: usize) -> Option<usize> {
        match self {
            Self::Insert(new) if at >= new.start => Some(at + new.len()),
            Self::Delete(gone) if gone.contains(&at) => None,
            Self::Delete(gone) if at >= gone.end => Some(at - gone.len()),
            _ => Some(at),
        }
    }

    /// What is left of a span; `None` when all of it is gone.
    fn span(&self, span: Span) -> Option<Span> {
        let (start, end) = (span.start, span.end);
        let moved = match self {
            Self::Insert(new) => Span {
                start: if start >= new.start && (start > 0 || end.is_some()) {
                    start + new.len()
                } else {
                    start
                },
                end: end.map(|end| {
                    if end > new.start {
                        end + new.len()
                    } else {
                        end
                    }
                }),
            },
            Self::Delete(gone) => {
                let moved = |at: usize| {
                    if at <= gone.start {
                        at
                    } else {
                        at.saturating_sub(gone.len()).max(gone.start)
                    }
                };
                Span {
                    start: moved(start),
                    end: end.map(moved),
                }
            }
        };
        (moved.end.is_none_or(|end| end > moved.start)).then_some(moved)
    }
}

/// Inserts empty rows or columns there.
pub(crate) fn insert(book: &mut Book, tab: i64, axis: Axis, new: Range<usize>) {
    if let Some(tab) = book.tab_mut(tab) {
        match axis {
            Axis::Rows => tab.rows += new.len(),
            Axis::Columns => tab.columns += new.len(),
        }
    }
    shift(book, tab, axis, &Shift::Insert(new));
}

/// Takes rows or columns out.
pub(crate) fn delete(book: &mut Book, tab: i64, axis: Axis, gone: Range<usize>) {
    shift(book, tab, axis, &Shift::Delete(gone.clone()));
    if let Some(tab) = book.tab_mut(tab) {
        match axis {
            Axis::Rows => tab.rows -= gone.len(),
            Axis::Columns => tab.columns -= gone.len(),
        }
    }
}

fn shift(book: &mut Book, id: i64, axis: Axis, shift: &Shift) {
    let Some(tab) = book.tab_mut(id) else {
        return;
    };
    let title = tab.title.clone();
    let cells = std::mem::take(&mut tab.cells);
    let moved = cells.into_iter().filter_map(|((row, column), cell)| {
        let place = match axis {
            Axis::Rows => (shift.place(row)?, column),
            Axis::Columns => (row, shift.place(column)?),
        };
        Some((place, cell))
    });
    tab.cells = moved.collect();
    let looks = match axis {
        Axis::Rows => &mut tab.row_looks,
        Axis::Columns => &mut tab.column_looks,
    };
    let kept: BTreeMap<_, _> = std::mem::take(looks)
        .into_iter()
        .filter_map(|(at, look)| Some((shift.place(at)?, look)))
        .collect();
    *looks = kept;
    shift_ranges(book, id, axis, shift);
    shift_formulas(book, &title, axis, shift);
}

fn shift_ranges(book: &mut Book, id: i64, axis: Axis, shift: &Shift) {
    let keep = |range: &mut GridRange| {
        if range.tab != id {
            return true;
        }
        let moved = shift.span(range.span(axis));
        if let Some(span) = moved {
            *range.span_mut(axis) = span;
        }
        moved.is_some()
    };
    book.names.retain_mut(|named| keep(&mut named.range));
    if let Some(tab) = book.tab_mut(id) {
        tab.merges.retain_mut(keep);
        tab.protected.retain_mut(|it| {
            it.unprotected.retain_mut(keep);
            keep(&mut it.range)
        });
    }
}

fn shift_formulas(book: &mut Book, title: &str, axis: Axis, shift: &Shift) {
    let locale = book.rules_of_place();
    for tab in &mut book.tabs {
        let is_home = tab.title == title;
        for cell in tab.cells.values_mut() {
            let Entry::Formula(formula) = &mut cell.entry else {
                continue;
            };
            *formula = rewrite(formula, locale, |reference| {
                let is_there = match &reference.tab {
                    Some(name) => name.eq_ignore_ascii_case(title),
                    None => is_home,
                };
                !is_there || shift_reference(reference, axis, shift)
            });
        }
    }
}

/// Moves a reference; whether something of it is left.
fn shift_reference(reference: &mut Reference, axis: Axis, shift: &Shift) -> bool {
    let Some(span) = shift.span(reference.on(0).span(axis)) else {
        return false;
    };
    let set = |corner: &mut Corner, at: usize| {
        let part = match axis {
            Axis::Rows => &mut corner.row,
            Axis::Columns => &mut corner.column,
        };
        if part.is_some() {
            *part = Some(at);
        }
    };
    let Some(end) = span.end else {
        // Open: only the corner that has a number moves.
        set(&mut reference.first, span.start);
        return true;
    };
    set(&mut reference.first, span.start);
    if let Some(last) = &mut reference.last {
        set(last, end - 1);
    }
    true
}
