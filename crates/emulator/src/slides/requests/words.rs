//! Text put in, taken away, replaced and styled.

use std::ops::Range;

use regex::RegexBuilder;
use serde_json::{Value, json};

use super::properties::{apply, fields};
use super::{count, tables, text, texts};
use crate::slides::batch::{Edit, Fault, no_object, no_page};
use crate::slides::deck::{Deck, Kind, Page, PageKind};
use crate::slides::text::{Paragraph, Text};
use crate::slides::theme;

/// The text that a request names: a shape's, or a cell's.
fn named<'a>(edit: &'a mut Edit<'_>, body: &Value) -> Result<&'a mut Text, Fault> {
    of_element(edit, text(body, "objectId"), &body["cellLocation"])
}

fn of_element<'a>(edit: &'a mut Edit<'_>, id: &str, cell: &Value) -> Result<&'a mut Text, Fault> {
    let element = edit.deck.element_mut(id).ok_or_else(|| no_object(id))?;
    match &mut element.kind {
        Kind::Shape(_) if !cell.is_null() => Err(format!("The object ({id}) is not a table.")),
        Kind::Shape(shape) => Ok(&mut shape.text),
        Kind::Table(table) => {
            if cell.is_null() {
                return Err(format!("The cell location is needed for the table ({id})."));
            }
            Ok(&mut tables::cell(table, cell)?.text)
        }
        _ => Err(format!("The object ({id}) does not allow text editing.")),
    }
}

/// A text that has something, with the range that a request names in it.
fn ranged<'a>(edit: &'a mut Edit<'_>, body: &Value) -> Result<(&'a mut Text, Range<usize>), Fault> {
    let id = text(body, "objectId");
    let text = named(edit, body)?;
    if text.is_empty() {
        return Err(format!("The object ({id}) has no text."));
    }
    let range = &body["textRange"];
    let start = count(range, "startIndex");
    let end = count(range, "endIndex");
    let whole = text.len();
    let bounds = match range["type"].as_str().unwrap_or_default() {
        "ALL" if start.is_none() && end.is_none() => 0..whole,
        "ALL" => return Err("A range of type ALL has no indices.".to_owned()),
        "FROM_START_INDEX" if end.is_none() => {
            start.ok_or("The start index is needed for this range type.")?..whole
        }
        "FIXED_RANGE" => {
            let start = start.ok_or("The start index is needed for this range type.")?;
            start..end.ok_or("The end index is needed for this range type.")?
        }
        "FROM_START_INDEX" => {
            return Err("A range of type FROM_START_INDEX has no end index.".to_owned());
        }
        _ => return Err("The range type should be specified.".to_owned()),
    };
    let had = whole - 1;
    if bounds.end > whole {
        return Err(format!(
            "The end index ({}) should not be greater than the existing text length ({had}).",
            bounds.end
        ));
    }
    if bounds.start >= bounds.end {
        return Err(format!(
            "The startIndex {} must be less than the endIndex {}.",
            bounds.start, bounds.end
        ));
    }
    Ok((text, bounds))
}

/// `insertText`
pub(crate) fn insert(edit: &mut Edit<'_>, body: &Value) -> Result<Value, Fault> {
    let new = super::text(body, "text");
    if new.is_empty() {
        return Err("The text to insert must not be empty.".to_owned());
    }
    let id = text(body, "objectId");
    let made = match edit.deck.element(id) {
        Some(_) => None,
        None => add_notes(edit.deck, id),
    };
    let id = made.as_deref().unwrap_or(id);
    let usual = usual(edit.deck, id);
    let at = count(body, "insertionIndex");
    if at.is_none() && !body["insertionIndex"].is_null() {
        return Err("The insertion index should not be negative.".to_owned());
    }
    let text = of_element(edit, id, &body["cellLocation"])?;
    text.insert(at.unwrap_or(0), new, &usual)?;
    Ok(Value::Null)
}

/// Makes the shape for the notes of a slide, when its id is the one that they have. The shape gets
/// another id, as Google documents that it may.
fn add_notes(deck: &mut Deck, id: &str) -> Option<String> {
    let is_here = |page: &Page| matches!(&page.kind, PageKind::Notes(speaker) if speaker == id);
    let slide = deck
        .slides
        .iter()
        .position(|it| it.notes().is_some_and(is_here))?;
    let new = deck.fresh_id();
    if let PageKind::Slide { notes, .. } = &mut deck.slides[slide].kind {
        notes.elements.extend(theme::notes_shape(&new));
        notes.kind = PageKind::Notes(new.clone());
    }
    Some(new)
}

/// How the first paragraph of an empty text is set: an item where the layout has items there.
fn usual(deck: &Deck, id: &str) -> Paragraph {
    let mut paragraph = Paragraph {
        style: json!({}),
        bullet: None,
    };
    let placeholder = deck.element(id).and_then(|it| it.placeholder());
    let parent = placeholder.and_then(|it| it.parent.as_deref());
    let parent = parent.and_then(|id| deck.element(id)?.shape());
    let first = parent.and_then(|shape| shape.text.paragraphs.first());
    paragraph.bullet = first.and_then(|it| it.bullet.clone());
    paragraph
}

/// `deleteText`
pub(crate) fn delete(edit: &mut Edit<'_>, body: &Value) -> Result<Value, Fault> {
    let (text, range) = ranged(edit, body)?;
    // The last end of a paragraph cannot go, and is not counted.
    let had = text.len() - 1;
    if range.end > had && body["textRange"]["type"] == "FIXED_RANGE" {
        return Err(format!(
            "The end index ({}) should not be greater than the existing text length ({had}).",
            range.end
        ));
    }
    if range.start >= had {
        return Err(format!(
            "The startIndex {} must be less than the endIndex {had}.",
            range.start
        ));
    }
    text.delete(range);
    Ok(Value::Null)
}

/// `createParagraphBullets`
pub(crate) fn add_bullets(edit: &mut Edit<'_>, body: &Value) -> Result<Value, Fault> {
    edit.deck.counter += 1;
    let list = format!("kix.list{}", edit.deck.counter);
    let preset = body["bulletPreset"]
        .as_str()
        .unwrap_or("BULLET_DISC_CIRCLE_SQUARE");
    let (text, range) = ranged(edit, body)?;
    text.add_bullets(&range, preset, &list);
    Ok(Value::Null)
}

/// `deleteParagraphBullets`
pub(crate) fn remove_bullets(edit: &mut Edit<'_>, body: &Value) -> Result<Value, Fault> {
    let (text, range) = ranged(edit, body)?;
    text.remove_bullets(&range);
    Ok(Value::Null)
}

/// `updateTextStyle`
pub(crate) fn style(edit: &mut Edit<'_>, body: &Value) -> Result<Value, Fault> {
    let paths = fields(body, "TextStyle")?;
    let given = &body["style"];
    let has = |name: &str| paths.iter().any(|path| path[0] == name || path[0] == "*");
    let is_linked = has("link") && given["link"].is_object();
    let (text, range) = ranged(edit, body)?;
    text.restyle(range, &|style| {
        apply(style, given, &paths);
        // The two ways to name a font go together.
        if has("fontFamily") && given["fontFamily"].is_string() {
            let weight = style["weightedFontFamily"]["weight"]
                .as_u64()
                .unwrap_or(400);
            style["weightedFontFamily"] =
                json!({ "fontFamily": given["fontFamily"], "weight": weight });
        } else if has("weightedFontFamily") && given["weightedFontFamily"].is_object() {
            style["fontFamily"] = given["weightedFontFamily"]["fontFamily"].clone();
        }
        // A link looks like one unless the request says otherwise.
        if is_linked && !has("underline") {
            style["underline"] = true.into();
        }
        if is_linked && !has("foregroundColor") {
            style["foregroundColor"] = json!({ "opaqueColor": { "themeColor": "HYPERLINK" } });
        }
    });
    Ok(Value::Null)
}

/// `updateParagraphStyle`
pub(crate) fn paragraph_style(edit: &mut Edit<'_>, body: &Value) -> Result<Value, Fault> {
    let paths = fields(body, "ParagraphStyle")?;
    let (text, range) = ranged(edit, body)?;
    for at in text.paragraphs_in(&range) {
        apply(&mut text.paragraphs[at].style, &body["style"], &paths);
    }
    Ok(Value::Null)
}

/// `replaceAllText`
pub(crate) fn replace_all(edit: &mut Edit<'_>, body: &Value) -> Result<Value, Fault> {
    let find = finder(&body["containsText"])?;
    let with = text(body, "replaceText");
    let ids: Vec<&str> = texts(body, "pageObjectIds").collect();
    for id in &ids {
        let page = edit.deck.page(id).ok_or_else(|| no_page(id))?;
        if matches!(page.kind, PageKind::NotesMaster) {
            return Err(format!("The page ({id}) is a notes master."));
        }
    }
    let mut changed = 0;
    for_pages(edit.deck, &ids, &mut |page| {
        for element in &mut page.elements {
            element.walk_mut(&mut |it| {
                for text in it.texts_mut() {
                    changed += text.replace(&find, with);
                }
            });
        }
    });
    Ok(json!({ "occurrencesChanged": changed }))
}

/// Visits these pages; when none is named, all slides with their notes.
pub(super) fn for_pages(deck: &mut Deck, ids: &[&str], visit: &mut dyn FnMut(&mut Page)) {
    for page in deck.pages_mut() {
        let is_meant = |page: &Page| {
            let is_slide = !matches!(
                page.kind,
                PageKind::NotesMaster | PageKind::Layout { .. } | PageKind::Master
            );
            if ids.is_empty() {
                is_slide
            } else {
                ids.contains(&page.id.as_str())
            }
        };
        if is_meant(page) {
            visit(page);
        }
        if let PageKind::Slide { notes, .. } = &mut page.kind
            && is_meant(notes)
        {
            visit(notes);
        }
    }
}

/// Finds what a `SubstringMatchCriteria` names, as ranges of bytes.
pub(super) fn finder(criteria: &Value) -> Result<impl Fn(&str) -> Vec<Range<usize>>, Fault> {
    let wanted = text(criteria, "text");
    if wanted.is_empty() {
        return Err("The text to search for should not be empty.".to_owned());
    }
    let pattern = if criteria["searchByRegex"] == true {
        wanted.to_owned()
    } else {
        regex::escape(wanted)
    };
    let pattern = RegexBuilder::new(&pattern)
        .case_insensitive(criteria["matchCase"] != true)
        .build()
        .map_err(|_| format!("The regular expression ({wanted}) is invalid."))?;
    Ok(move |text: &str| {
        let found = pattern.find_iter(text).map(|it| it.range());
        found.filter(|it| !it.is_empty()).collect()
    })
}
