//! `presentations.batchUpdate`: requests one after the other, all of them or none.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::deck::{Deck, Picture};
use super::requests::{elements, groups, pages, pictures, properties, tables, words};

/// The pictures that a call's links lead to, fetched before it is carried out.
pub(crate) type Fetched = BTreeMap<String, Arc<Picture>>;

/// What a request is not possible for.
pub(super) type Fault = String;

/// A presentation that is being changed, with what the changes may need.
pub(super) struct Edit<'a> {
    pub(super) deck: &'a mut Deck,
    pub(super) fetched: &'a Fetched,
    /// Whether the caller can open a file of Drive.
    pub(super) sees_file: &'a dyn Fn(&str) -> bool,
}

/// Carries out a request; what it answers stands under the request's name.
type Handler = fn(&mut Edit<'_>, &Value) -> Result<Value, Fault>;

const HANDLERS: [(&str, Handler); 36] = [
    ("createSlide", pages::create),
    ("updateSlidesPosition", pages::move_slides),
    ("duplicateObject", pages::duplicate),
    ("deleteObject", pages::delete),
    ("createShape", elements::create_shape),
    ("createLine", elements::create_line),
    ("createVideo", elements::create_video),
    ("updatePageElementTransform", elements::transform),
    ("updatePageElementsZOrder", elements::order),
    ("updatePageElementAltText", elements::describe),
    ("updateLineCategory", elements::line_category),
    ("groupObjects", groups::group),
    ("ungroupObjects", groups::ungroup),
    ("createImage", pictures::create),
    ("replaceImage", pictures::replace),
    ("replaceAllShapesWithImage", pictures::replace_shapes),
    ("insertText", words::insert),
    ("deleteText", words::delete),
    ("replaceAllText", words::replace_all),
    ("createParagraphBullets", words::add_bullets),
    ("deleteParagraphBullets", words::remove_bullets),
    ("updateTextStyle", words::style),
    ("updateParagraphStyle", words::paragraph_style),
    ("createTable", tables::create),
    ("insertTableRows", tables::insert_rows),
    ("insertTableColumns", tables::insert_columns),
    ("deleteTableRow", tables::delete_row),
    ("deleteTableColumn", tables::delete_column),
    ("mergeTableCells", tables::merge),
    ("unmergeTableCells", tables::unmerge),
    ("updateTableCellProperties", tables::cell_properties),
    ("updateTableBorderProperties", tables::borders),
    ("updateTableColumnProperties", tables::column_properties),
    ("updateTableRowProperties", tables::row_properties),
    ("updatePageProperties", properties::page),
    ("updateSlideProperties", properties::slide),
];

/// What else changes properties by a mask, with the member of the element that holds them.
const KEPT: [(&str, &str); 4] = [
    ("updateShapeProperties", "shapeProperties"),
    ("updateImageProperties", "imageProperties"),
    ("updateLineProperties", "lineProperties"),
    ("updateVideoProperties", "videoProperties"),
];

/// Why a batch was not carried out.
pub(super) enum Stop {
    /// The request at fault, in Google's words.
    Invalid(String),
    /// What the emulator has not.
    Unknown(String),
}

/// Carries out all requests; returns their replies. At a fault the presentation is half changed.
pub(super) fn run(edit: &mut Edit<'_>, requests: &[Value]) -> Result<Vec<Value>, Stop> {
    if requests.is_empty() {
        return Err(Stop::Invalid(
            "Must specify at least one request.".to_owned(),
        ));
    }
    let mut replies = Vec::new();
    for (at, request) in requests.iter().enumerate() {
        let mut members = request.as_object().into_iter().flatten();
        let (Some((name, body)), None) = (members.next(), members.next()) else {
            let message = format!("Invalid requests[{at}]: No request set.");
            return Err(Stop::Invalid(message));
        };
        let invalid = |fault| Stop::Invalid(format!("Invalid requests[{at}].{name}: {fault}"));
        let reply = if let Some((_, handler)) = HANDLERS.iter().find(|(known, _)| known == name) {
            handler(edit, body).map_err(invalid)?
        } else if let Some((_, member)) = KEPT.iter().find(|(known, _)| known == name) {
            properties::element(edit, body, member).map_err(invalid)?
        } else {
            return Err(Stop::Unknown(name.clone()));
        };
        replies.push(if reply.is_null() {
            json!({})
        } else {
            json!({ name.as_str(): reply })
        });
    }
    Ok(replies)
}

/// The object of a request is not there.
pub(super) fn no_object(id: &str) -> Fault {
    format!("The object ({id}) could not be found.")
}

/// The page of a request is not there.
pub(super) fn no_page(id: &str) -> Fault {
    format!("The page ({id}) could not be found.")
}

impl Edit<'_> {
    /// The id that a request gives something new, or one that was made up.
    pub(super) fn id_of(&mut self, wanted: &Value) -> Result<String, Fault> {
        match wanted.as_str().filter(|id| !id.is_empty()) {
            Some(id) => self.checked(id),
            None => Ok(self.deck.fresh_id()),
        }
    }

    /// An id that something new may have.
    pub(super) fn checked(&self, id: &str) -> Result<String, Fault> {
        let length = id.len();
        if !(5..=50).contains(&length) {
            return Err(format!(
                "The object ID ({id}) should have between 5 and 50 characters, inclusive."
            ));
        }
        let is_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        let is_good =
            id.starts_with(is_word) && id.chars().all(|it| is_word(it) || it == '-' || it == ':');
        if !is_good {
            return Err(format!(
                "The object ID ({id}) should start with [a-zA-Z0-9_] and go on with \
                 [a-zA-Z0-9_-:]."
            ));
        }
        if self.deck.has(id) {
            return Err(format!(
                "The object ID ({id}) should be unique among all pages and page elements in the \
                 presentation."
            ));
        }
        Ok(id.to_owned())
    }
}
