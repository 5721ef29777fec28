//! Ranges with names, ranges with protection, and what else goes with ranges.

use serde_json::{Value, json};

use super::batch::Work;
use super::book::{Book, NamedRange, Protected, Tab};
use super::errors::{self, Wrong};
use super::grid::GridRange;
use super::mask::Mask;

/// Answers one of the requests about ranges.
pub(super) fn request(work: &mut Work<'_>, kind: &str, body: &Value) -> Result<Value, Wrong> {
    match kind {
        "addNamedRange" => {
            let named = add_name(&mut work.book, &body["namedRange"])?;
            Ok(json!({ "addNamedRange": { "namedRange": named } }))
        }
        "updateNamedRange" => update_name(work, body).map(|()| json!({})),
        "deleteNamedRange" => {
            let id = body["namedRangeId"].as_str().unwrap_or_default();
            let at = named(&work.book, id)?;
            work.book.names.remove(at);
            Ok(json!({}))
        }
        "addProtectedRange" => protect(work, &body["protectedRange"]),
        "updateProtectedRange" => update_protected(work, body).map(|()| json!({})),
        "deleteProtectedRange" => {
            let id = body["protectedRangeId"].as_i64().unwrap_or(0);
            let (tab, at) = protected(work, id)?;
            work.book.tabs[tab].protected.remove(at);
            Ok(json!({}))
        }
        "addTable" => table(work, &body["table"]),
        _ => kept(work, kind, body),
    }
}

/// Gives a range a name.
///
/// # Errors
/// When the name is none, or taken.
pub(super) fn add_name(book: &mut Book, wanted: &Value) -> Result<Value, Wrong> {
    let name = wanted["name"].as_str().unwrap_or_default();
    check_name(book, name, None)?;
    let range = GridRange::read(&wanted["range"])?;
    book.area(&range)?;
    let id = match wanted["namedRangeId"].as_str().filter(|it| !it.is_empty()) {
        Some(id) => id.to_owned(),
        None => book.fresh_id(),
    };
    let named = NamedRange {
        id,
        name: name.to_owned(),
        range,
    };
    let shown = named.json();
    book.names.push(named);
    Ok(shown)
}

fn check_name(book: &Book, name: &str, own: Option<&str>) -> Result<(), Wrong> {
    let is_word = name
        .chars()
        .all(|it| it.is_alphanumeric() || matches!(it, '_' | '.'));
    let starts_well = name.starts_with(|it: char| it.is_alphabetic() || it == '_');
    if !is_word || !starts_well || super::a1::read(name).is_some() || name.len() > 250 {
        return Err(Wrong::new(format!(
            "The name '{name}' is not a valid named range name."
        )));
    }
    let mut names = book.names.iter();
    if names.any(|it| it.name.eq_ignore_ascii_case(name) && Some(it.id.as_str()) != own) {
        return Err(Wrong::new(format!(
            "A named range with the name '{name}' already exists."
        )));
    }
    Ok(())
}

fn named(book: &Book, id: &str) -> Result<usize, Wrong> {
    let found = book.names.iter().position(|it| it.id == id);
    found.ok_or_else(|| Wrong::new(format!("No named range with id: {id}")))
}

fn update_name(work: &mut Work<'_>, body: &Value) -> Result<(), Wrong> {
    let mask = Mask::read(&body["fields"])?;
    mask.check(&["name", "range", "namedRangeId"])?;
    let wanted = &body["namedRange"];
    let id = wanted["namedRangeId"].as_str().unwrap_or_default();
    let at = named(&work.book, id)?;
    if mask.has("name") {
        let name = wanted["name"].as_str().unwrap_or_default();
        check_name(&work.book, name, Some(id))?;
        name.clone_into(&mut work.book.names[at].name);
    }
    if mask.has("range") {
        let range = GridRange::read(&wanted["range"])?;
        work.book.area(&range)?;
        work.book.names[at].range = range;
    }
    Ok(())
}

fn protect(work: &mut Work<'_>, wanted: &Value) -> Result<Value, Wrong> {
    let id = match wanted["protectedRangeId"].as_i64() {
        Some(id) => id,
        None => work.book.fresh_number(),
    };
    let protected = Protected::read(wanted, id, &work.book, work.editor)?;
    let tab = protected.range.tab;
    if work.book.tab(tab).is_none() {
        return Err(errors::no_sheet(tab));
    }
    let mut others = work.book.tabs.iter().flat_map(|it| &it.protected);
    if others.any(|it| it.id == id) {
        return Err(Wrong::new(format!(
            "A protected range with id {id} already exists."
        )));
    }
    let shown = protected.json(&work.book, work.editor);
    if let Some(tab) = work.book.tab_mut(tab) {
        tab.protected.push(protected);
    }
    Ok(json!({ "addProtectedRange": { "protectedRange": shown } }))
}

/// Where a protected range is that the editor may edit: its tab, and its place there.
fn protected(work: &Work<'_>, id: i64) -> Result<(usize, usize), Wrong> {
    let tabs = work.book.tabs.iter().enumerate();
    let mut found = tabs.flat_map(|(tab, it)| {
        let all = it.protected.iter().enumerate();
        all.map(move |(at, protected)| (tab, at, protected))
    });
    match found.find(|(_, _, it)| it.id == id) {
        None => Err(Wrong::new(format!("No protected range with id: {id}"))),
        Some((_, _, it)) if !work.editor.may(it) => Err(errors::is_protected()),
        Some((tab, at, _)) => Ok((tab, at)),
    }
}

fn update_protected(work: &mut Work<'_>, body: &Value) -> Result<(), Wrong> {
    let mask = Mask::read(&body["fields"])?;
    mask.check(&[
        "range",
        "namedRangeId",
        "description",
        "warningOnly",
        "unprotectedRanges",
        "editors",
    ])?;
    let wanted = &body["protectedRange"];
    let (tab, at) = protected(work, wanted["protectedRangeId"].as_i64().unwrap_or(0))?;
    let mut changed = work.book.tabs[tab].protected[at].clone();
    let is_all = mask == Mask::All;
    let wants = |field: &str| mask.has(field) && !(is_all && wanted[field].is_null());
    changed.update(wanted, &work.book, wants)?;
    work.book.tabs[tab].protected[at] = changed;
    Ok(())
}

/// A table is kept as it is sent, with an id.
fn table(work: &mut Work<'_>, wanted: &Value) -> Result<Value, Wrong> {
    let (id, area) = work.area(&wanted["range"])?;
    let mut table = wanted.clone();
    if table["tableId"].as_str().is_none_or(str::is_empty) {
        table["tableId"] = work.book.fresh_id().into();
    }
    table["range"] = area.on(id).json();
    let name = table["name"].as_str().unwrap_or_default();
    let mut others = work.book.tabs.iter().flat_map(|it| &it.tables);
    if others.any(|it| it["name"] == name) {
        return Err(Wrong::new(format!(
            "A table with the name '{name}' already exists."
        )));
    }
    if let Some(tab) = work.book.tab_mut(id) {
        tab.tables.push(table.clone());
    }
    Ok(json!({ "addTable": { "table": table } }))
}

/// What is kept and shown, and does nothing: conditional formats and filters.
fn kept(work: &mut Work<'_>, kind: &str, body: &Value) -> Result<Value, Wrong> {
    let index = body["index"]
        .as_u64()
        .and_then(|it| usize::try_from(it).ok());
    let index = index.unwrap_or(0);
    match kind {
        "addConditionalFormatRule" => {
            let ranges = body["rule"]["ranges"].as_array();
            let first = ranges.and_then(|it| it.first());
            let first = first.ok_or_else(|| Wrong::new("A rule must have a range."))?;
            let tab = tab(work, first["sheetId"].as_i64())?;
            let index = index.min(tab.rules.len());
            tab.rules.insert(index, body["rule"].clone());
            Ok(json!({}))
        }
        "deleteConditionalFormatRule" => {
            let tab = tab(work, body["sheetId"].as_i64())?;
            if index >= tab.rules.len() {
                let message = format!("No conditional format on sheet at index: {index}");
                return Err(Wrong::new(message));
            }
            let rule = tab.rules.remove(index);
            Ok(json!({ "deleteConditionalFormatRule": { "rule": rule } }))
        }
        "setBasicFilter" => {
            let filter = body["filter"].clone();
            let id = filter["range"]["sheetId"].as_i64();
            tab(work, id)?.filter = Some(filter);
            Ok(json!({}))
        }
        _ => {
            tab(work, body["sheetId"].as_i64())?.filter = None;
            Ok(json!({}))
        }
    }
}

fn tab<'a>(work: &'a mut Work<'_>, id: Option<i64>) -> Result<&'a mut Tab, Wrong> {
    let id = id.unwrap_or(0);
    work.editor.check_tab(&work.book, id)?;
    work.book.tab_mut(id).ok_or_else(|| errors::no_sheet(id))
}
