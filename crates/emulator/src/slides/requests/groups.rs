//! Groups: made, dissolved, and what a deletion leaves of them.

use serde_json::{Value, json};

use super::texts;
use crate::slides::batch::{Edit, Fault, no_object};
use crate::slides::deck::{Element, Kind, Transform};

/// `groupObjects`
pub(crate) fn group(edit: &mut Edit<'_>, body: &Value) -> Result<Value, Fault> {
    let id = edit.id_of(&body["groupObjectId"])?;
    let children: Vec<&str> = texts(body, "childrenObjectIds").collect();
    if children.len() < 2 {
        return Err("There should be at least two page elements to group.".to_owned());
    }
    let page = edit.deck.page_of(children[0]).map(|page| page.id.clone());
    let page = page.ok_or_else(|| no_object(children[0]))?;
    let Some(page) = edit.deck.page_mut(&page) else {
        return Err(no_object(children[0]));
    };
    for child in &children {
        let element = page.elements.iter().find(|it| it.id == *child);
        let element = element.ok_or_else(|| {
            format!("The object ({child}) should be on the same page and not in another group.")
        })?;
        let is_fixed = matches!(element.kind, Kind::Table(_) | Kind::Video(_));
        if is_fixed || element.placeholder().is_some() {
            return Err(format!("The object ({child}) cannot be grouped."));
        }
    }
    let is_child = |element: &Element| children.contains(&element.id.as_str());
    // The group stands where the foremost of them stood.
    let last = page.elements.iter().rposition(is_child).unwrap_or(0);
    let place = last + 1 - children.len();
    let (inside, outside) = page.elements.drain(..).partition(is_child);
    page.elements = outside;
    page.elements.insert(
        place,
        Element {
            id: id.clone(),
            size: None,
            transform: Transform::default(),
            title: String::new(),
            description: String::new(),
            kind: Kind::Group(inside),
        },
    );
    Ok(json!({ "objectId": id }))
}

/// `ungroupObjects`
pub(crate) fn ungroup(edit: &mut Edit<'_>, body: &Value) -> Result<Value, Fault> {
    for id in texts(body, "objectIds") {
        let page = edit.deck.page_of(id).map(|page| page.id.clone());
        let page = page.ok_or_else(|| no_object(id))?;
        let page = edit.deck.page_mut(&page).ok_or_else(|| no_object(id))?;
        let at = page.elements.iter().position(|it| it.id == id);
        let at = at.filter(|at| matches!(page.elements[*at].kind, Kind::Group(_)));
        let Some(at) = at else {
            return Err(format!(
                "The object ({id}) is not a group outside other groups."
            ));
        };
        let group = page.elements.remove(at);
        page.elements.splice(at..at, dissolved(group));
    }
    Ok(Value::Null)
}

/// The children of a group, where they stand without it.
fn dissolved(group: Element) -> Vec<Element> {
    let outer = group.transform;
    let Kind::Group(mut children) = group.kind else {
        return Vec::new();
    };
    for child in &mut children {
        child.transform = outer.after(child.transform);
    }
    children
}

/// Takes an element away; a group of fewer than two is none any more.
pub(super) fn remove(elements: &mut Vec<Element>, id: &str) -> bool {
    if let Some(at) = elements.iter().position(|it| it.id == id) {
        elements.remove(at);
        return true;
    }
    for at in 0..elements.len() {
        let Kind::Group(children) = &mut elements[at].kind else {
            continue;
        };
        if remove(children, id) {
            if children.len() < 2 {
                let group = elements.remove(at);
                elements.splice(at..at, dissolved(group));
            }
            return true;
        }
    }
    false
}
