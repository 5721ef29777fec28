//! Tabs that come, go, are copied and named; and what a spreadsheet says of itself.

use serde_json::{Map, Value, json};

use super::batch::Work;
use super::book::{Book, Entry, MOST_CELLS, Tab};
use super::errors::{self, Wrong};
use super::formula::rewrite;
use super::mask::Mask;

/// Google's limit of a tab's name.
const LONGEST: usize = 100;

/// The fields of `SheetProperties` that can be changed.
const FIELDS: [&str; 8] = [
    "title",
    "index",
    "hidden",
    "tabColor",
    "tabColorStyle",
    "rightToLeft",
    "gridProperties",
    "sheetId",
];

/// Answers one of the requests about tabs.
pub(super) fn request(work: &mut Work<'_>, kind: &str, body: &Value) -> Result<Value, Wrong> {
    match kind {
        "addSheet" => {
            let id = add(&mut work.book, &body["properties"])?;
            Ok(json!({ "addSheet": { "properties": properties(&work.book, id) } }))
        }
        "deleteSheet" => delete(work, body["sheetId"].as_i64().unwrap_or(0)).map(|()| json!({})),
        "duplicateSheet" => {
            let id = body["sourceSheetId"].as_i64().unwrap_or(0);
            let source = work
                .book
                .tab(id)
                .ok_or_else(|| errors::no_sheet(id))?
                .clone();
            let place = body["insertSheetIndex"].as_u64().unwrap_or(0);
            let place = usize::try_from(place).unwrap_or(usize::MAX);
            let name = body["newSheetName"].as_str().filter(|it| !it.is_empty());
            let wanted = (body["newSheetId"].as_i64(), name, place);
            let copied = copy(&mut work.book, &source, wanted)?;
            Ok(json!({ "duplicateSheet": { "properties": properties(&work.book, copied) } }))
        }
        "updateSheetProperties" => update(work, body).map(|()| json!({})),
        _ => {
            let mask = Mask::read(&body["fields"])?;
            let described = &body["properties"];
            mask.check(&["title", "locale", "timeZone", "autoRecalc"])?;
            describe(&mut work.book, described, |field| mask.has(field))?;
            if mask.has("title") {
                let title = described["title"].as_str().filter(|it| !it.is_empty());
                let title = title.ok_or_else(|| Wrong::new("The title must not be empty."))?;
                work.title = Some(title.to_owned());
            }
            Ok(json!({}))
        }
    }
}

fn properties(book: &Book, id: i64) -> Value {
    let place = book.tabs.iter().position(|tab| tab.id == id).unwrap_or(0);
    book.tabs[place].properties(place)
}

/// Changes what a spreadsheet says of itself; its title is elsewhere.
///
/// # Errors
/// For a zone or a locale that is none.
pub(super) fn describe(
    book: &mut Book,
    described: &Value,
    wants: impl Fn(&str) -> bool,
) -> Result<(), Wrong> {
    let text = |field: &str| described[field].as_str().unwrap_or_default();
    if wants("locale") {
        let locale = text("locale");
        let parts: Vec<&str> = locale.split('_').collect();
        let is_one = matches!(parts.as_slice(), [language] | [language, _]
            if (2..=3).contains(&language.len()) && language.bytes().all(|it| it.is_ascii_lowercase()));
        if !is_one {
            return Err(Wrong::new(format!("Unsupported locale: {locale}")));
        }
        locale.clone_into(&mut book.locale);
    }
    if wants("timeZone") {
        let zone = text("timeZone");
        if zone.parse::<chrono_tz::Tz>().is_err() && !zone.starts_with("GMT") {
            return Err(Wrong::new(format!("Invalid time zone: {zone}")));
        }
        zone.clone_into(&mut book.time_zone);
    }
    if wants("autoRecalc") {
        text("autoRecalc").clone_into(&mut book.auto_recalc);
    }
    Ok(())
}

/// Adds a tab; its id.
///
/// # Errors
/// When its name or id is taken, or there would be too many cells.
pub(super) fn add(book: &mut Book, wanted: &Value) -> Result<i64, Wrong> {
    let title = match wanted["title"].as_str().filter(|it| !it.is_empty()) {
        Some(title) => title.to_owned(),
        None => book.free_title(),
    };
    check_title(book, &title, None)?;
    let id = match wanted["sheetId"].as_i64() {
        Some(id) => free_id(book, id)?,
        None if book.tabs.is_empty() => 0,
        None => book.fresh_number(),
    };
    let mut tab = Tab::new(id, &title);
    let size = |name: &str, usual: usize| {
        let asked = wanted["gridProperties"][name].as_u64();
        let asked = asked.and_then(|it| usize::try_from(it).ok());
        asked.filter(|it| *it > 0).unwrap_or(usual)
    };
    tab.rows = size("rowCount", tab.rows);
    tab.columns = size("columnCount", tab.columns);
    if book.size() + tab.rows * tab.columns > MOST_CELLS {
        return Err(errors::too_many_cells());
    }
    let mask = Mask::All;
    look(&mut tab, wanted, &mask);
    let place = wanted["index"].as_u64().map_or(book.tabs.len(), |index| {
        usize::try_from(index).unwrap_or(usize::MAX)
    });
    book.tabs.insert(place.min(book.tabs.len()), tab);
    Ok(id)
}

fn free_id(book: &Book, id: i64) -> Result<i64, Wrong> {
    if id < 0 {
        return Err(Wrong::new("Sheet ID must be non-negative."));
    }
    if book.tab(id).is_some() {
        let message = format!("A sheet with the id {id} already exists. Please enter another ID.");
        return Err(Wrong::new(message));
    }
    Ok(id)
}

fn check_title(book: &Book, title: &str, own: Option<i64>) -> Result<(), Wrong> {
    if title.chars().count() > LONGEST {
        return Err(Wrong::new(
            "A sheet name may not be longer than 100 characters.",
        ));
    }
    let folded = title.to_lowercase();
    let mut tabs = book.tabs.iter();
    let other = tabs.find(|tab| tab.title.to_lowercase() == folded && Some(tab.id) != own);
    if other.is_some() {
        let message =
            format!("A sheet with the name \"{title}\" already exists. Please enter another name.");
        return Err(Wrong::new(message));
    }
    Ok(())
}

/// Puts a copy of a tab into a spreadsheet, with an id, a name and a place; its id.
///
/// # Errors
/// As for a new tab.
pub(super) fn copy(
    book: &mut Book,
    source: &Tab,
    (id, name, place): (Option<i64>, Option<&str>, usize),
) -> Result<i64, Wrong> {
    let title = name.map_or_else(|| free_copy(book, &source.title), str::to_owned);
    check_title(book, &title, None)?;
    let id = match id {
        Some(id) => free_id(book, id)?,
        None => book.fresh_number(),
    };
    if book.size() + source.rows * source.columns > MOST_CELLS {
        return Err(errors::too_many_cells());
    }
    let mut tab = source.clone();
    tab.id = id;
    tab.title = title;
    for range in &mut tab.merges {
        range.tab = id;
    }
    for protected in &mut tab.protected {
        protected.id = book.fresh_number();
        protected.named = None;
        protected.range.tab = id;
        for range in &mut protected.unprotected {
            range.tab = id;
        }
    }
    tab.tables.clear();
    tab.filter = None;
    book.tabs.insert(place.min(book.tabs.len()), tab);
    Ok(id)
}

fn free_copy(book: &Book, title: &str) -> String {
    let first = format!("Copy of {title}");
    let numbered = (1..).map(|number| format!("{first} {number}"));
    let mut names = std::iter::once(first.clone()).chain(numbered);
    let free = names.find(|name| book.tab_named(name).is_none());
    free.unwrap_or(first)
}

fn delete(work: &mut Work<'_>, id: i64) -> Result<(), Wrong> {
    let book = &mut work.book;
    let tab = book.tab(id).ok_or_else(|| errors::no_sheet(id))?;
    if tab.protected.iter().any(|it| !work.editor.may(it)) {
        return Err(errors::is_protected());
    }
    if book.tabs.len() == 1 {
        return Err(Wrong::new("You can't remove all the sheets in a document."));
    }
    let (title, locale) = (tab.title.clone(), book.rules_of_place());
    book.tabs.retain(|tab| tab.id != id);
    book.names.retain(|named| named.range.tab != id);
    // What named its cells names nothing any more.
    for cell in book.tabs.iter_mut().flat_map(|tab| tab.cells.values_mut()) {
        if let Entry::Formula(formula) = &mut cell.entry {
            *formula = rewrite(formula, locale, |reference| {
                let tab = reference.tab.as_ref();
                !tab.is_some_and(|it| it.eq_ignore_ascii_case(&title))
            });
        }
    }
    Ok(())
}

fn update(work: &mut Work<'_>, body: &Value) -> Result<(), Wrong> {
    let mask = Mask::read(&body["fields"])?;
    mask.check(&FIELDS)?;
    let wanted = &body["properties"];
    let id = wanted["sheetId"].as_i64().unwrap_or(0);
    let book = &mut work.book;
    if book.tab(id).is_none() {
        return Err(errors::no_sheet(id));
    }
    work.editor.check_tab(book, id)?;
    if mask.has("title") {
        let title = wanted["title"].as_str().filter(|it| !it.is_empty());
        let title = title.ok_or_else(|| Wrong::new("The title must not be empty."))?;
        check_title(book, title, Some(id))?;
        rename(book, id, title);
    }
    if let Some(grid) = mask.of("gridProperties") {
        resize(book, id, &wanted["gridProperties"], grid)?;
    }
    if let Some(tab) = book.tab_mut(id) {
        look(tab, wanted, &mask);
    }
    if book
        .tabs
        .iter()
        .all(|tab| tab.looks.get("hidden") == Some(&true.into()))
    {
        return Err(Wrong::new("You can't hide all the sheets in a document."));
    }
    let index = wanted["index"].as_u64().filter(|_| mask.has("index"));
    if let Some(to) = index.and_then(|it| usize::try_from(it).ok()) {
        let from = book.tabs.iter().position(|tab| tab.id == id).unwrap_or(0);
        if to > book.tabs.len() {
            return Err(Wrong::new(format!("Sheet index {to} is out of bounds.")));
        }
        let tab = book.tabs.remove(from);
        // Places count as they were before the move.
        book.tabs.insert(if to > from { to - 1 } else { to }, tab);
    }
    Ok(())
}

/// Names a tab, in the formulas as well.
fn rename(book: &mut Book, id: i64, title: &str) {
    let locale = book.rules_of_place();
    let Some(tab) = book.tab_mut(id) else { return };
    let before = std::mem::replace(&mut tab.title, title.to_owned());
    for cell in book.tabs.iter_mut().flat_map(|tab| tab.cells.values_mut()) {
        if let Entry::Formula(formula) = &mut cell.entry {
            *formula = rewrite(formula, locale, |reference| {
                if let Some(tab) = &mut reference.tab
                    && tab.eq_ignore_ascii_case(&before)
                {
                    title.clone_into(tab);
                }
                true
            });
        }
    }
}

fn resize(book: &mut Book, id: i64, wanted: &Value, mask: &Mask) -> Result<(), Wrong> {
    let size = book.size();
    let Some(tab) = book.tab_mut(id) else {
        return Ok(());
    };
    let before = tab.rows * tab.columns;
    for (name, count) in [
        ("rowCount", &mut tab.rows),
        ("columnCount", &mut tab.columns),
    ] {
        let asked = wanted[name].as_i64();
        if !mask.has(name) || (asked.is_none() && *mask == Mask::All) {
            continue;
        }
        let asked = asked
            .and_then(|it| usize::try_from(it).ok())
            .filter(|it| *it > 0);
        *count = asked.ok_or_else(|| {
            Wrong::new(format!("gridProperties.{name} must be greater than zero."))
        })?;
    }
    let (rows, columns) = (tab.rows, tab.columns);
    let frozen = |name: &str| {
        let asked = wanted[name].as_u64().filter(|_| mask.has(name));
        asked.and_then(|it| usize::try_from(it).ok()).unwrap_or(0)
    };
    if frozen("frozenRowCount") >= rows {
        return Err(Wrong::new(
            "You can't freeze all visible rows on the sheet.",
        ));
    }
    if frozen("frozenColumnCount") >= columns {
        return Err(Wrong::new(
            "You can't freeze all visible columns on the sheet.",
        ));
    }
    tab.cells
        .retain(|(row, column), _| *row < rows && *column < columns);
    if size - before + rows * columns > MOST_CELLS {
        return Err(errors::too_many_cells());
    }
    Ok(())
}

/// Changes what only shows.
fn look(tab: &mut Tab, wanted: &Value, mask: &Mask) {
    let keep = |looks: &mut Map<String, Value>, name: &str, value: &Value| {
        let is_nothing = value.is_null() || *value == false || *value == 0;
        if is_nothing {
            looks.remove(name);
        } else {
            looks.insert(name.to_owned(), value.clone());
        }
    };
    for name in ["hidden", "rightToLeft"] {
        if mask.has(name) {
            keep(&mut tab.looks, name, &wanted[name]);
        }
    }
    if mask.has("tabColor") || mask.has("tabColorStyle") {
        let style = &wanted["tabColorStyle"]["rgbColor"];
        let color = if style.is_null() {
            &wanted["tabColor"]
        } else {
            style
        };
        keep(&mut tab.looks, "tabColor", color);
        let style = match color {
            Value::Null => Value::Null,
            color => json!({ "rgbColor": color }),
        };
        keep(&mut tab.looks, "tabColorStyle", &style);
    }
    let Some(grid) = mask.of("gridProperties") else {
        return;
    };
    for name in [
        "frozenRowCount",
        "frozenColumnCount",
        "hideGridlines",
        "rowGroupControlAfter",
        "columnGroupControlAfter",
    ] {
        if grid.has(name) {
            keep(&mut tab.grid_looks, name, &wanted["gridProperties"][name]);
        }
    }
}
