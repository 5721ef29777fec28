//! Elements made, moved, put before others and described.

use serde_json::{Value, json};

use super::{text, texts};
use crate::slides::batch::{Edit, Fault, no_object, no_page};
use crate::slides::deck::{Element, Kind, Shape, Transform, length};

/// Google's size of what says none.
const USUAL: f64 = 3_000_000.0;

/// Where something new goes, and how it lies there.
pub(super) struct Place {
    pub(super) page: String,
    pub(super) size: Option<(f64, f64)>,
    pub(super) transform: Option<Transform>,
}

impl Place {
    /// Reads `elementProperties`.
    pub(super) fn of(edit: &Edit<'_>, body: &Value) -> Result<Self, Fault> {
        let given = &body["elementProperties"];
        let page = text(given, "pageObjectId");
        if edit.deck.page(page).is_none() {
            return Err(no_page(page));
        }
        let size = if given["size"].is_object() {
            let side = |name: &str| length(&given["size"][name]).unwrap_or(0.0);
            Some((side("width"), side("height")))
        } else {
            None
        };
        let transform = match &given["transform"] {
            Value::Null => None,
            value => Some(invertible(Transform::read(value))?),
        };
        Ok(Self {
            page: page.to_owned(),
            size,
            transform,
        })
    }

    /// The size of something that has an area.
    fn area(&self) -> Result<(f64, f64), Fault> {
        match self.size {
            Some((width, height)) if width > 0.0 && height > 0.0 => Ok((width, height)),
            Some(_) => Err("The page element size should be positive.".to_owned()),
            None => Ok((USUAL, USUAL)),
        }
    }
}

/// A transform that leaves something to be seen: one without scales does not.
fn invertible(transform: Transform) -> Result<Transform, Fault> {
    let area = transform.scale_x * transform.scale_y - transform.shear_x * transform.shear_y;
    if area == 0.0 {
        return Err("The affine transform matrix should be invertible.".to_owned());
    }
    Ok(transform)
}

/// Puts something new in front of a page.
pub(super) fn add(
    edit: &mut Edit<'_>,
    id: &str,
    place: &Place,
    size: (f64, f64),
    kind: Kind,
) -> Value {
    let element = Element {
        id: id.to_owned(),
        size: Some(size),
        transform: place.transform.unwrap_or_default(),
        title: String::new(),
        description: String::new(),
        kind,
    };
    if let Some(page) = edit.deck.page_mut(&place.page) {
        page.elements.push(element);
    }
    json!({ "objectId": id })
}

/// `createShape`
pub(crate) fn create_shape(edit: &mut Edit<'_>, body: &Value) -> Result<Value, Fault> {
    let id = edit.id_of(&body["objectId"])?;
    let place = Place::of(edit, body)?;
    let size = place.area()?;
    let shape_type = text(body, "shapeType");
    if matches!(shape_type, "" | "TYPE_UNSPECIFIED" | "CUSTOM") {
        return Err("The shape type should be specified.".to_owned());
    }
    let mut shape = Shape::new(shape_type);
    shape.properties = if shape_type == "TEXT_BOX" {
        json!({
            "shapeBackgroundFill": { "propertyState": "NOT_RENDERED" },
            "outline": { "propertyState": "NOT_RENDERED" },
            "contentAlignment": "TOP",
            "autofit": { "autofitType": "NONE", "fontScale": 1 },
        })
    } else {
        let solid = |theme| json!({ "color": { "themeColor": theme }, "alpha": 1 });
        json!({
            "shapeBackgroundFill": { "propertyState": "RENDERED", "solidFill": solid("LIGHT2") },
            "outline": {
                "propertyState": "RENDERED",
                "outlineFill": { "solidFill": solid("DARK2") },
                "weight": { "magnitude": 9525, "unit": "EMU" },
                "dashStyle": "SOLID",
            },
            "contentAlignment": "MIDDLE",
            "autofit": { "autofitType": "NONE", "fontScale": 1 },
        })
    };
    Ok(add(edit, &id, &place, size, Kind::Shape(shape)))
}

/// `createLine`
pub(crate) fn create_line(edit: &mut Edit<'_>, body: &Value) -> Result<Value, Fault> {
    let id = edit.id_of(&body["objectId"])?;
    let place = Place::of(edit, body)?;
    let category = match (text(body, "category"), text(body, "lineCategory")) {
        ("" | "LINE_CATEGORY_UNSPECIFIED", "") => "STRAIGHT",
        ("" | "LINE_CATEGORY_UNSPECIFIED", given) | (given, _) => given,
    };
    let solid = json!({ "color": { "themeColor": "DARK2" }, "alpha": 1 });
    let line = json!({
        "lineType": line_type(category),
        "lineCategory": category,
        "lineProperties": {
            "lineFill": { "solidFill": solid },
            "weight": { "magnitude": 9525, "unit": "EMU" },
            "dashStyle": "SOLID",
            "startArrow": "NONE",
            "endArrow": "NONE",
        },
    });
    let size = place.size.unwrap_or((USUAL, USUAL));
    Ok(add(edit, &id, &place, size, Kind::Line(line)))
}

fn line_type(category: &str) -> &'static str {
    match category {
        "BENT" => "BENT_CONNECTOR_3",
        "CURVED" => "CURVED_CONNECTOR_3",
        _ => "STRAIGHT_CONNECTOR_1",
    }
}

/// `updateLineCategory`
pub(crate) fn line_category(edit: &mut Edit<'_>, body: &Value) -> Result<Value, Fault> {
    let id = text(body, "objectId");
    let element = edit.deck.element_mut(id).ok_or_else(|| no_object(id))?;
    let Kind::Line(line) = &mut element.kind else {
        return Err(format!("The object ({id}) is not a line."));
    };
    let category = text(body, "lineCategory");
    line["lineCategory"] = category.into();
    line["lineType"] = line_type(category).into();
    Ok(Value::Null)
}

/// `createVideo`
pub(crate) fn create_video(edit: &mut Edit<'_>, body: &Value) -> Result<Value, Fault> {
    let id = edit.id_of(&body["objectId"])?;
    let place = Place::of(edit, body)?;
    let size = place.area()?;
    let video = text(body, "id");
    let url = match text(body, "source") {
        "YOUTUBE" if !video.is_empty() => format!("https://www.youtube.com/watch?v={video}"),
        "DRIVE" if (edit.sees_file)(video) => format!("https://drive.google.com/file/d/{video}"),
        "YOUTUBE" | "DRIVE" => return Err(format!("The video ({video}) could not be found.")),
        _ => return Err("The video source should be specified.".to_owned()),
    };
    let kind = Kind::Video(json!({
        "url": url,
        "source": body["source"],
        "id": video,
        "videoProperties": { "outline": { "propertyState": "NOT_RENDERED" } },
    }));
    Ok(add(edit, &id, &place, size, kind))
}

/// `updatePageElementTransform`
pub(crate) fn transform(edit: &mut Edit<'_>, body: &Value) -> Result<Value, Fault> {
    let id = text(body, "objectId");
    let element = edit.deck.element_mut(id).ok_or_else(|| no_object(id))?;
    let new = Transform::read(&body["transform"]);
    let new = match text(body, "applyMode") {
        "RELATIVE" => new.after(element.transform),
        "ABSOLUTE" => new,
        _ => return Err("The apply mode should be specified.".to_owned()),
    };
    if matches!(element.kind, Kind::Table(_)) && !new.only_moves() {
        return Err("The transform of a table should have a scale of 1 and no shear.".to_owned());
    }
    element.transform = invertible(new)?;
    Ok(Value::Null)
}

/// `updatePageElementsZOrder`
pub(crate) fn order(edit: &mut Edit<'_>, body: &Value) -> Result<Value, Fault> {
    let ids: Vec<&str> = texts(body, "pageElementObjectIds").collect();
    let first = ids.first().ok_or("At least one page element is needed.")?;
    let page = edit.deck.page_of(first).map(|page| page.id.clone());
    let page = page.ok_or_else(|| no_object(first))?;
    let page = edit.deck.page_mut(&page).ok_or_else(|| no_page(&page))?;
    let is_named = |element: &Element| ids.contains(&element.id.as_str());
    for id in &ids {
        if !page.elements.iter().any(|it| it.id == *id) {
            return Err(format!(
                "The object ({id}) should be on the same page and not be grouped."
            ));
        }
    }
    let back = page.elements.iter().position(is_named).unwrap_or(0);
    let front = page.elements.iter().rposition(is_named).unwrap_or(0);
    let (named, mut rest): (Vec<_>, Vec<_>) = page.elements.drain(..).partition(is_named);
    let at = match text(body, "operation") {
        "BRING_TO_FRONT" => rest.len(),
        "BRING_FORWARD" => (front + 2).saturating_sub(named.len()).min(rest.len()),
        "SEND_BACKWARD" => back.saturating_sub(1),
        "SEND_TO_BACK" => 0,
        _ => return Err("The operation should be specified.".to_owned()),
    };
    rest.splice(at..at, named);
    page.elements = rest;
    Ok(Value::Null)
}

/// `updatePageElementAltText`
pub(crate) fn describe(edit: &mut Edit<'_>, body: &Value) -> Result<Value, Fault> {
    let id = text(body, "objectId");
    let element = edit.deck.element_mut(id).ok_or_else(|| no_object(id))?;
    if let Some(title) = body["title"].as_str() {
        title.clone_into(&mut element.title);
    }
    if let Some(description) = body["description"].as_str() {
        description.clone_into(&mut element.description);
    }
    Ok(Value::Null)
}
