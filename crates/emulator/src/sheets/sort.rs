//! Sorting the rows of a range.

use std::cmp::Ordering;

use serde_json::Value;

use super::batch::Work;
use super::book::{Cell, Entry};
use super::datum::Datum;
use super::errors::{self, Wrong};
use super::eval::{Sums, compare};
use super::formula::shifted;

/// `sortRange`: what is empty goes last, whichever way.
pub(super) fn sort(work: &mut Work<'_>, body: &Value) -> Result<(), Wrong> {
    let (id, area) = work.area(&body["range"])?;
    let specs = body["sortSpecs"].as_array().into_iter().flatten();
    let specs: Vec<(usize, bool)> = specs
        .map(|spec| {
            let column = spec["dimensionIndex"].as_u64().unwrap_or(0);
            let column = usize::try_from(column).unwrap_or(usize::MAX);
            (column, spec["sortOrder"] == "DESCENDING")
        })
        .collect();
    if specs.is_empty() {
        return Err(Wrong::new("Must specify at least one sort spec."));
    }
    if specs
        .iter()
        .any(|(column, _)| !area.columns.contains(column))
    {
        return Err(Wrong::new("The sort column must be within the range."));
    }
    let keys: Vec<Vec<Datum>> = {
        let sums = Sums::of(&work.book);
        let rows = area.rows.clone();
        rows.map(|row| {
            specs
                .iter()
                .map(|(column, _)| sums.at(id, (row, *column)))
                .collect()
        })
        .collect()
    };
    let mut order: Vec<usize> = (0..keys.len()).collect();
    order.sort_by(|one, other| {
        let pairs = specs.iter().zip(keys[*one].iter().zip(&keys[*other]));
        let mut pairs = pairs.map(|((_, is_down), (one, other))| by(one, other, *is_down));
        pairs.find(|it| it.is_ne()).unwrap_or(Ordering::Equal)
    });
    let locale = work.book.rules_of_place();
    let tab = work.book.tab_mut(id).ok_or_else(|| errors::no_grid(id))?;
    let mut moved: Vec<((usize, usize), Cell)> = Vec::new();
    for (to, from) in order.iter().enumerate() {
        for column in area.columns.clone() {
            let Some(mut cell) = tab.cells.remove(&(area.rows.start + from, column)) else {
                continue;
            };
            if let Entry::Formula(formula) = &mut cell.entry {
                let by = to.cast_signed() - from.cast_signed();
                *formula = shifted(formula, locale, by, 0);
            }
            moved.push(((area.rows.start + to, column), cell));
        }
    }
    tab.cells.extend(moved);
    Ok(())
}

fn by(one: &Datum, other: &Datum, is_down: bool) -> Ordering {
    match (one, other) {
        (Datum::Empty, Datum::Empty) => Ordering::Equal,
        (Datum::Empty, _) => Ordering::Greater,
        (_, Datum::Empty) => Ordering::Less,
        (one, other) if is_down => compare(other, one),
        (one, other) => compare(one, other),
    }
}
