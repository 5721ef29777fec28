//! Slides made, moved, copied, deleted; elements copied and deleted.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{count, groups, text, texts};
use crate::slides::batch::{Edit, Fault, no_object};
use crate::slides::deck::{Deck, Element, Kind, Page, PageKind};
use crate::slides::theme;

/// `createSlide`
pub(crate) fn create(edit: &mut Edit<'_>, body: &Value) -> Result<Value, Fault> {
    let id = edit.id_of(&body["objectId"])?;
    let number = edit.deck.slides.len();
    let at = match &body["insertionIndex"] {
        Value::Null => number,
        _ => count(body, "insertionIndex")
            .filter(|at| *at <= number)
            .ok_or_else(|| insertion(&body["insertionIndex"], number))?,
    };
    let layout = layout(edit, &body["slideLayoutReference"], at)?;
    let notes = edit.deck.fresh_id();
    let mut slide = Page::new(&id, theme::slide_kind(&layout, &notes));
    edit.deck.slides.insert(at, slide.clone());
    let mut mappings = mappings(body, &layout)?;
    for element in layout
        .elements
        .iter()
        .filter(|it| it.placeholder().is_some())
    {
        let wanted = mappings.remove(&element.id).unwrap_or_default();
        let Some(mut made) = theme::inheriting(element, "") else {
            continue;
        };
        made.id = edit.id_of(&wanted)?;
        slide.elements.push(made);
        edit.deck.slides[at] = slide.clone();
    }
    Ok(json!({ "objectId": id }))
}

fn insertion(wanted: &Value, number: usize) -> Fault {
    format!(
        "The insertion index ({wanted}) should be between 0 and the number of slides ({number})."
    )
}

/// The master of a slide that comes to this place: that of the slide before it, or of the first one.
fn master(deck: &Deck, at: usize) -> &str {
    match deck.slides.get(at.saturating_sub(1)).map(|it| &it.kind) {
        Some(PageKind::Slide { master, .. }) => master,
        _ => deck.masters.first().map_or("", |it| &it.id),
    }
}

/// The layout of the current master that a request names; the blank one when it names none.
fn layout(edit: &Edit<'_>, reference: &Value, at: usize) -> Result<Page, Fault> {
    let current = master(edit.deck, at);
    let is_current =
        |it: &&Page| matches!(&it.kind, PageKind::Layout { master, .. } if master == current);
    let mut layouts = edit.deck.layouts.iter().filter(is_current);
    if let Some(id) = reference["layoutId"].as_str() {
        let found = layouts.find(|page| page.id == id);
        return found
            .cloned()
            .ok_or_else(|| format!("The layout ({id}) could not be found in the current master."));
    }
    let wanted = reference["predefinedLayout"].as_str().unwrap_or("BLANK");
    let found =
        layouts.find(|page| matches!(page.kind, PageKind::Layout { name, .. } if name == wanted));
    found.cloned().ok_or_else(|| {
        format!("The predefined layout ({wanted}) is not present in the current master.")
    })
}

/// The ids that a request gives the placeholders of a layout.
fn mappings(body: &Value, layout: &Page) -> Result<BTreeMap<String, Value>, Fault> {
    let mut ids = BTreeMap::new();
    let given = body["placeholderIdMappings"].as_array();
    for mapping in given.into_iter().flatten() {
        if body["slideLayoutReference"].is_null() {
            return Err("The placeholder ID mappings can only be used with a layout.".to_owned());
        }
        let by_id = mapping["layoutPlaceholderObjectId"].as_str();
        let wanted = &mapping["layoutPlaceholder"];
        let index = wanted["index"].as_u64().unwrap_or(0);
        let kind = wanted["type"].as_str().unwrap_or("NONE");
        let fits = |element: &&Element| {
            by_id.is_some_and(|id| element.id == id)
                || element.placeholder().is_some_and(|it| {
                    // As documented: the first body of a layout is known as index 0 too.
                    it.kind == kind && (it.index == index || index == 0)
                })
        };
        let Some(element) = layout.elements.iter().find(fits) else {
            return Err(format!(
                "The layout placeholder ({kind}, index {index}) could not be found on the layout \
                 ({}).",
                layout.id
            ));
        };
        ids.insert(element.id.clone(), mapping["objectId"].clone());
    }
    Ok(ids)
}

/// `updateSlidesPosition`
pub(crate) fn move_slides(edit: &mut Edit<'_>, body: &Value) -> Result<Value, Fault> {
    let slides = &mut edit.deck.slides;
    let number = slides.len();
    let at = count(body, "insertionIndex").unwrap_or(0);
    if at > number {
        return Err(insertion(&body["insertionIndex"], number));
    }
    let mut places = Vec::new();
    for id in texts(body, "slideObjectIds") {
        let place = slides.iter().position(|slide| slide.id == id);
        places.push(place.ok_or_else(|| format!("The slide ({id}) could not be found."))?);
    }
    if places.is_empty() || !places.is_sorted_by(|one, other| one < other) {
        return Err(
            "The slides should be in existing presentation order, without duplicates.".to_owned(),
        );
    }
    let before = places.iter().filter(|place| **place < at).count();
    let mut moved = Vec::new();
    for place in places.iter().rev() {
        moved.insert(0, slides.remove(*place));
    }
    let at = at - before;
    slides.splice(at..at, moved);
    Ok(Value::Null)
}

/// `deleteObject`
pub(crate) fn delete(edit: &mut Edit<'_>, body: &Value) -> Result<Value, Fault> {
    let id = text(body, "objectId");
    let deck = &mut *edit.deck;
    if let Some(at) = deck.slides.iter().position(|slide| slide.id == id) {
        deck.slides.remove(at);
        return Ok(Value::Null);
    }
    if deck.page(id).is_some() {
        return Err(format!("The page ({id}) cannot be deleted."));
    }
    let page = deck.page_of(id).map(|page| page.id.clone());
    let page = page.ok_or_else(|| no_object(id))?;
    if let Some(page) = deck.page_mut(&page) {
        groups::remove(&mut page.elements, id);
    }
    Ok(Value::Null)
}

/// `duplicateObject`
pub(crate) fn duplicate(edit: &mut Edit<'_>, body: &Value) -> Result<Value, Fault> {
    let id = text(body, "objectId");
    let given: BTreeMap<String, Value> = body["objectIds"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(old, new)| (old.clone(), new.clone()))
        .collect();
    if let Some(old) = given.keys().find(|old| !edit.deck.has(old)) {
        return Err(no_object(old));
    }
    if let Some(at) = edit.deck.slides.iter().position(|slide| slide.id == id) {
        let mut copy = edit.deck.slides[at].clone();
        let new = renamed_page(edit, &mut copy, &given)?;
        edit.deck.slides.insert(at + 1, copy);
        return Ok(json!({ "objectId": new }));
    }
    let page = edit.deck.page_of(id).map(|page| page.id.clone());
    let (Some(page), Some(element)) = (page, edit.deck.element(id).cloned()) else {
        return Err(no_object(id));
    };
    let mut copy = element;
    renamed(edit, &mut copy, &given, &mut Vec::new())?;
    let new = copy.id.clone();
    if let Some(page) = edit.deck.page_mut(&page) {
        page.elements.push(copy);
    }
    Ok(json!({ "objectId": new }))
}

/// Gives a copied slide and all on it new ids; returns the slide's.
fn renamed_page(
    edit: &mut Edit<'_>,
    page: &mut Page,
    given: &BTreeMap<String, Value>,
) -> Result<String, Fault> {
    let mut taken = Vec::new();
    page.id = new_id(edit, &page.id, given, &mut taken)?;
    for element in &mut page.elements {
        renamed(edit, element, given, &mut taken)?;
    }
    if let PageKind::Slide { notes, .. } = &mut page.kind {
        notes.id = new_id(edit, &notes.id, given, &mut taken)?;
        let old = match &notes.kind {
            PageKind::Notes(id) => id.clone(),
            _ => String::new(),
        };
        let mut speaker = new_id(edit, &old, given, &mut taken)?;
        for element in &mut notes.elements {
            if element.id == old {
                element.id.clone_from(&speaker);
            } else {
                renamed(edit, element, given, &mut taken)?;
            }
        }
        notes.kind = PageKind::Notes(std::mem::take(&mut speaker));
    }
    Ok(page.id.clone())
}

fn renamed(
    edit: &mut Edit<'_>,
    element: &mut Element,
    given: &BTreeMap<String, Value>,
    taken: &mut Vec<String>,
) -> Result<(), Fault> {
    element.id = new_id(edit, &element.id, given, taken)?;
    if let Kind::Group(children) = &mut element.kind {
        for child in children {
            renamed(edit, child, given, taken)?;
        }
    }
    Ok(())
}

fn new_id(
    edit: &mut Edit<'_>,
    old: &str,
    given: &BTreeMap<String, Value>,
    taken: &mut Vec<String>,
) -> Result<String, Fault> {
    let id = edit.id_of(given.get(old).unwrap_or(&Value::Null))?;
    if taken.contains(&id) {
        return Err(format!(
            "The object ID ({id}) should be unique among all pages and page elements in the \
             presentation."
        ));
    }
    taken.push(id.clone());
    Ok(id)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::{Value, json};

    use super::create;
    use crate::slides::batch::Edit;
    use crate::slides::deck::{Deck, Page, PageKind};
    use crate::slides::theme;

    /// A deck of two slides, the second of another master with one layout, `OTHER`.
    fn of_two_masters() -> Deck {
        let mut deck = Deck::new();
        deck.masters.push(Page::new("other", PageKind::Master));
        let layout = PageKind::Layout {
            master: "other".to_owned(),
            name: "OTHER",
            shown: "Other",
        };
        let layout = Page::new("other-layout", layout);
        let slide = Page::new("last1", theme::slide_kind(&layout, "last1:notes"));
        deck.layouts.push(layout);
        deck.slides.push(slide);
        deck
    }

    #[test]
    fn a_layout_is_looked_for_in_the_master_of_the_place() {
        let by_id = json!({ "layoutId": "other-layout" });
        let by_name = json!({ "predefinedLayout": "OTHER" });
        let title = json!({ "predefinedLayout": "TITLE" });
        let check = |mut deck: Deck, at: Value, layout: &Value, is_there: bool| {
            let mut edit = Edit {
                deck: &mut deck,
                fetched: &BTreeMap::new(),
                sees_file: &|_| false,
            };
            let body = json!({ "insertionIndex": at, "slideLayoutReference": layout });
            let made = create(&mut edit, &body);
            assert_eq!(made.is_ok(), is_there, "{body}: {made:?}");
            if let Err(fault) = made {
                assert!(fault.contains("in the current master"), "{fault}");
            }
        };
        for (layout, is_there) in [(&by_id, false), (&by_name, false), (&title, true)] {
            check(of_two_masters(), json!(0), layout, is_there);
            check(of_two_masters(), json!(1), layout, is_there);
            check(of_two_masters(), json!(2), layout, !is_there);
            check(of_two_masters(), Value::Null, layout, !is_there);
            check(Deck::without_slides(), Value::Null, layout, is_there);
        }
    }
}
