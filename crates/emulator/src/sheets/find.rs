//! Finding texts in cells and putting others in their place.

use std::collections::BTreeSet;

use regex::{Regex, RegexBuilder};
use serde_json::{Value, json};

use super::batch::Work;
use super::book::{Entry, Place};
use super::errors::{self, Wrong};
use super::eval::Sums;
use super::grid::{Area, GridRange};

/// What was found and changed.
#[derive(Debug, Default)]
struct Count {
    values: usize,
    formulas: usize,
    rows: BTreeSet<(i64, usize)>,
    tabs: BTreeSet<i64>,
    occurrences: usize,
}

/// `findReplace`
pub(super) fn replace(work: &mut Work<'_>, body: &Value) -> Result<Value, Wrong> {
    let sought = sought(body)?;
    let replacement = body["replacement"].as_str().unwrap_or_default();
    let replacement = if body["searchByRegex"] == true {
        groups(replacement)
    } else {
        replacement.replace('$', "$$")
    };
    let mut count = Count::default();
    for (id, area) in scope(work, body)? {
        for (place, text) in texts(work, id, &area, body["includeFormulas"] == true) {
            let found = sought.find_iter(&text).count();
            if found == 0 {
                continue;
            }
            let new = sought.replace_all(&text, replacement.as_str()).into_owned();
            let cell = Area {
                rows: place.0..place.0 + 1,
                columns: place.1..place.1 + 1,
            };
            work.editor.check_area(&work.book, id, &cell)?;
            let input = work.input;
            let tab = work.book.tab_mut(id).ok_or_else(|| errors::no_grid(id))?;
            let is_formula = matches!(tab.cell(place).map(|it| &it.entry), Some(Entry::Formula(_)));
            tab.change(place, |cell| input.enter_text(cell, &new));
            count.occurrences += found;
            count.values += usize::from(!is_formula);
            count.formulas += usize::from(is_formula);
            count.rows.insert((id, place.0));
            count.tabs.insert(id);
        }
    }
    Ok(json!({ "findReplace": count.json() }))
}

impl Count {
    fn json(&self) -> Value {
        let mut value = json!({});
        for (name, count) in [
            ("valuesChanged", self.values),
            ("formulasChanged", self.formulas),
            ("rowsChanged", self.rows.len()),
            ("sheetsChanged", self.tabs.len()),
            ("occurrencesChanged", self.occurrences),
        ] {
            if count > 0 {
                value[name] = count.into();
            }
        }
        value
    }
}

fn sought(body: &Value) -> Result<Regex, Wrong> {
    let find = body["find"].as_str().filter(|it| !it.is_empty());
    let find = find.ok_or_else(|| Wrong::new("find must not be empty."))?;
    let mut pattern = if body["searchByRegex"] == true {
        find.to_owned()
    } else {
        regex::escape(find)
    };
    if body["matchEntireCell"] == true {
        pattern = format!("^(?:{pattern})$");
    }
    let mut builder = RegexBuilder::new(&pattern);
    builder.case_insensitive(body["matchCase"] != true);
    let regex = builder.build();
    regex.map_err(|_| Wrong::new(format!("Invalid regular expression: {find}")))
}

/// A replacement whose groups are set apart from letters behind them, as Java reads it.
fn groups(replacement: &str) -> String {
    let mut text = String::new();
    let mut letters = replacement.chars().peekable();
    while let Some(letter) = letters.next() {
        match (letter, letters.peek().copied()) {
            ('\\', Some('$')) => {
                text.push_str("$$");
                letters.next();
            }
            ('\\', Some(next)) => {
                text.push(next);
                letters.next();
            }
            ('$', Some(digit)) if digit.is_ascii_digit() => {
                text.extend(['$', '{', digit, '}']);
                letters.next();
            }
            (letter, _) => text.push(letter),
        }
    }
    text
}

/// Where is searched: a range, a tab or all of them.
fn scope(work: &Work<'_>, body: &Value) -> Result<Vec<(i64, Area)>, Wrong> {
    let book = &work.book;
    let ranges: Vec<GridRange> = if body["range"].is_object() {
        vec![GridRange::read(&body["range"])?]
    } else if body["allSheets"] == true {
        book.tabs.iter().map(super::book::Tab::whole).collect()
    } else {
        let id = body["sheetId"].as_i64();
        let id =
            id.ok_or_else(|| Wrong::new("Must specify a scope: range, sheetId or allSheets."))?;
        let tab = book.tab(id).ok_or_else(|| errors::no_sheet(id))?;
        vec![tab.whole()]
    };
    let areas = ranges.iter().map(|range| {
        let (tab, area) = book.area(range)?;
        Ok((tab.id, area))
    });
    areas.collect()
}

/// The texts that are searched: what cells show, and of formulas their own where they are asked for.
fn texts(work: &Work<'_>, id: i64, area: &Area, has_formulas: bool) -> Vec<(Place, String)> {
    let Some(tab) = work.book.tab(id) else {
        return Vec::new();
    };
    let sums = Sums::of(&work.book);
    let text = |(place, cell): (Place, &super::book::Cell)| match &cell.entry {
        Entry::Empty => None,
        Entry::Formula(formula) => has_formulas.then(|| (place, formula.clone())),
        _ => {
            let format = sums.format(id, place);
            let shown = sums.at(id, place).formatted(format.as_ref(), sums.locale);
            Some((place, shown))
        }
    };
    tab.cells_in(area).filter_map(text).collect()
}
