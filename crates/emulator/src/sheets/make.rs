//! New spreadsheets, and tabs that are copied into others.

use super::book::{Book, Tab};
use super::errors;
use super::view::View;
use super::{cells, ranges, tabs};
use crate::call::{Call, Reply};
use crate::drive::{Drives, Opened};
use crate::refusal::Refusal;

/// `spreadsheets.create`
pub(super) fn create(drives: &mut Drives, call: &Call, now_ms: i64) -> Result<Reply, Refusal> {
    let body = call.json();
    let mut book = Book::without_tabs();
    tabs::describe(&mut book, &body["properties"], |field| {
        !body["properties"][field].is_null()
    })?;
    for sheet in body["sheets"].as_array().into_iter().flatten() {
        let id = tabs::add(&mut book, &sheet["properties"])?;
        for data in sheet["data"].as_array().into_iter().flatten() {
            cells::fill(&mut book, id, data)?;
        }
    }
    if book.tabs.is_empty() {
        book.tabs.push(Tab::new(0, "Sheet1"));
    }
    let title = body["properties"]["title"].as_str();
    let title = title.unwrap_or("Untitled spreadsheet");
    let id = drives.add_book(call, title, book, now_ms)?;
    let opened = drives.open_book(call, &id, now_ms)?;
    let mut made = opened.book.clone();
    for named in body["namedRanges"].as_array().into_iter().flatten() {
        ranges::add_name(&mut made, named)?;
    }
    let view = View {
        id: &id,
        title,
        book: &made,
        viewer: &opened.editor,
        ranges: Vec::new(),
        has_cells: false,
    };
    let reply = view.json();
    drives.save_book(&opened, made, None, now_ms);
    Ok(Reply::Json(reply))
}

/// `spreadsheets.sheets.copyTo`
pub(super) fn copy_to(
    drives: &mut Drives,
    call: &Call,
    from: &Opened,
    now_ms: i64,
) -> Result<Reply, Refusal> {
    let id = call.path_one("sheetId").parse().unwrap_or(-1);
    let source = from.book.tab(id).ok_or_else(|| errors::no_sheet(id))?;
    let to = call.json()["destinationSpreadsheetId"].as_str();
    let to = drives.open_book(call, to.unwrap_or_default(), now_ms)?;
    if !to.may_edit {
        return Err(errors::forbidden());
    }
    let mut book = to.book.clone();
    let place = book.tabs.len();
    let copied = tabs::copy(&mut book, source, (None, None, place))?;
    let reply = book.tab(copied).map(|tab| tab.properties(place));
    drives.save_book(&to, book, None, now_ms);
    Ok(Reply::Json(reply.unwrap_or_default()))
}
