//! Many changes at once, all or none of them.

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::book::Book;
use super::errors::Wrong;
use super::input::Input;
use super::methods::Changed;
use super::protect::Editor;
use super::{cells, find, looks, ranges, sort, tabs};
use crate::drive::Opened;

/// A spreadsheet that is being changed, and by whom.
#[derive(Debug)]
pub(super) struct Work<'a> {
    pub(super) book: Book,
    pub(super) title: Option<String>,
    pub(super) editor: &'a Editor,
    /// How texts are entered that count as typed.
    pub(super) input: Input,
}

/// Carries out the requests of a batch.
///
/// # Errors
/// What is wrong with the first that cannot be; then none is carried out.
pub(super) fn run(opened: &Opened, body: &Value, today: NaiveDate) -> Result<Changed, Wrong> {
    let requests = body["requests"].as_array().filter(|it| !it.is_empty());
    let requests = requests.ok_or_else(|| Wrong::new("Must specify at least one request."))?;
    let mut work = Work {
        book: opened.book.clone(),
        title: None,
        editor: &opened.editor,
        input: Input::new(true, &opened.book, today),
    };
    let mut replies = Vec::new();
    for (index, request) in requests.iter().enumerate() {
        let asked = request.as_object().into_iter().flatten();
        let asked: Vec<(&String, &Value)> = asked.filter(|(_, it)| !it.is_null()).collect();
        let [(kind, body)] = asked.as_slice() else {
            let message = if asked.is_empty() {
                format!("Invalid requests[{index}]: No request set.")
            } else {
                format!("Invalid requests[{index}]: oneof field 'kind' is already set.")
            };
            return Err(Wrong::new(message));
        };
        let reply = work.request(kind, body);
        replies.push(reply.map_err(|wrong| wrong.of_request(index, kind))?);
    }
    Ok(Changed {
        book: work.book,
        title: work.title,
        reply: json!({ "spreadsheetId": opened.id, "replies": replies }),
    })
}

impl Work<'_> {
    fn request(&mut self, kind: &str, body: &Value) -> Result<Value, Wrong> {
        let nothing = |()| json!({});
        match kind {
            "addSheet"
            | "deleteSheet"
            | "duplicateSheet"
            | "updateSheetProperties"
            | "updateSpreadsheetProperties" => tabs::request(self, kind, body),
            "repeatCell" => cells::repeat(self, body).map(nothing),
            "updateCells" => cells::update(self, body).map(nothing),
            "appendCells" => cells::append(self, body).map(nothing),
            "setDataValidation" => cells::validate(self, body).map(nothing),
            "updateBorders" => looks::borders(self, body).map(nothing),
            "mergeCells" => looks::merge(self, body).map(nothing),
            "unmergeCells" => looks::unmerge(self, body).map(nothing),
            "insertDimension"
            | "deleteDimension"
            | "appendDimension"
            | "updateDimensionProperties"
            | "autoResizeDimensions" => looks::dimension(self, kind, body).map(nothing),
            "findReplace" => find::replace(self, body),
            "sortRange" => sort::sort(self, body).map(nothing),
            "addNamedRange"
            | "updateNamedRange"
            | "deleteNamedRange"
            | "addProtectedRange"
            | "updateProtectedRange"
            | "deleteProtectedRange"
            | "addConditionalFormatRule"
            | "deleteConditionalFormatRule"
            | "setBasicFilter"
            | "clearBasicFilter"
            | "addTable" => ranges::request(self, kind, body),
            other => Err(Wrong::missing(&format!(
                "the request {other} of spreadsheets.batchUpdate"
            ))),
        }
    }
}
