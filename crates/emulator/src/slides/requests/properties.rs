//! Properties changed field by field, as a mask of fields says.

use serde_json::{Map, Value, json};

use super::text;
use crate::discovery::Directory;
use crate::discovery::fields::Mask;
use crate::slides::batch::{Edit, Fault, no_object, no_page};
use crate::slides::deck::{Image, Kind, PageKind};
use crate::slides::requests::pictures;

/// What counts as shown once it is given a look.
const FILLS: [&str; 4] = [
    "shapeBackgroundFill",
    "outline",
    "pageBackgroundFill",
    "tableCellBackgroundFill",
];

/// The fields of a mask, each as a path.
pub(super) fn fields(body: &Value, schema: &str) -> Result<Vec<Vec<String>>, Fault> {
    let mask = text(body, "fields");
    if mask.trim().is_empty() {
        return Err(
            "At least one field must be listed in 'fields'. (Use '*' to indicate all \
                    fields.)"
                .to_owned(),
        );
    }
    let camel = camel(mask);
    let read = Mask::read(&camel.replace('.', "/"));
    let directory = Directory::shared().map_err(|error| error.to_string())?;
    let document = directory.documents.iter().find(|it| it.name == "slides");
    let known = document.and_then(|it| Some((it, it.schemas.get(schema)?)));
    if let Some((document, schema)) = known {
        read.and_then(|read| read.check(document, schema))
            .map_err(|_| format!("Invalid field: {mask}"))?;
    }
    let paths = camel.split(',');
    let path = |it: &str| it.trim().split('.').map(str::to_owned).collect();
    Ok(paths.map(path).collect())
}

/// Google takes `font_size` for `fontSize`.
fn camel(mask: &str) -> String {
    let mut text = String::new();
    let mut is_upper = false;
    for letter in mask.chars() {
        if letter == '_' {
            is_upper = true;
        } else {
            text.push(if is_upper {
                letter.to_ascii_uppercase()
            } else {
                letter
            });
            is_upper = false;
        }
    }
    text
}

/// Sets the fields of `target` to those of `source`; what `source` has not is taken away.
pub(super) fn apply(target: &mut Value, source: &Value, paths: &[Vec<String>]) {
    for path in paths {
        if path.first().is_some_and(|it| it == "*") {
            *target = if source.is_null() {
                json!({})
            } else {
                source.clone()
            };
        } else {
            set(target, source, path);
        }
    }
    for name in FILLS {
        let says_state = |path: &Vec<String>| {
            path.last().is_some_and(|it| it == "propertyState")
                || source[name]["propertyState"].is_string()
        };
        let of_it = |path: &&Vec<String>| path[0] == name || path[0] == "*";
        let is_given = source[name].is_object() && paths.iter().any(|it| of_it(&it));
        if is_given && !paths.iter().filter(of_it).any(says_state) {
            target[name]["propertyState"] = "RENDERED".into();
        }
        if target[name]["solidFill"].is_object() && target[name]["solidFill"]["alpha"].is_null() {
            target[name]["solidFill"]["alpha"] = 1.into();
        }
    }
}

fn set(target: &mut Value, source: &Value, path: &[String]) {
    let Some((first, rest)) = path.split_first() else {
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Some(map) = target.as_object_mut() else {
        return;
    };
    if rest.is_empty() {
        match source.get(first) {
            Some(value) => drop(map.insert(first.clone(), value.clone())),
            None => drop(map.remove(first)),
        }
        return;
    }
    let inner = map.entry(first.clone()).or_insert_with(|| json!({}));
    set(inner, &source[first], rest);
}

/// `updateShapeProperties`, `updateImageProperties`, `updateLineProperties`, `updateVideoProperties`
pub(crate) fn element(edit: &mut Edit<'_>, body: &Value, member: &str) -> Result<Value, Fault> {
    let mut schema = member.to_owned();
    schema[..1].make_ascii_uppercase();
    let paths = fields(body, &schema)?;
    let id = text(body, "objectId");
    let element = edit.deck.element_mut(id).ok_or_else(|| no_object(id))?;
    let target = match (&mut element.kind, member) {
        (Kind::Shape(shape), "shapeProperties") => &mut shape.properties,
        (Kind::Image(image), "imageProperties") => &mut image.properties,
        (Kind::Line(line), "lineProperties") => &mut line[member],
        (Kind::Video(video), "videoProperties") => &mut video[member],
        _ => {
            let wanted = member.trim_end_matches("Properties");
            return Err(format!("The object ({id}) is not of the type {wanted}."));
        }
    };
    apply(target, &body[member], &paths);
    Ok(Value::Null)
}

/// `updatePageProperties`
pub(crate) fn page(edit: &mut Edit<'_>, body: &Value) -> Result<Value, Fault> {
    let paths = fields(body, "PageProperties")?;
    let id = text(body, "objectId");
    let given = &body["pageProperties"];
    let fill = &given["pageBackgroundFill"];
    let says_fill = paths.iter().any(|path| {
        path[0] == "*"
            || (path[0] == "pageBackgroundFill"
                && path.get(1).is_none_or(|it| it != "propertyState"))
    });
    let picture = match fill["stretchedPictureFill"]["contentUrl"].as_str() {
        Some(url) if says_fill => Some(Image {
            picture: pictures::fetched(edit, url)?,
            source_url: url.to_owned(),
            properties: json!({}),
        }),
        _ => None,
    };
    let page = edit.deck.page_mut(id).ok_or_else(|| no_page(id))?;
    apply(&mut page.properties, given, &paths);
    if says_fill {
        page.background = picture;
        // A fill is of one kind: a colour takes a picture's place, and a picture a colour's.
        let kept = &mut page.properties["pageBackgroundFill"];
        if let Some(map) = kept.as_object_mut() {
            map.remove(if page.background.is_some() {
                "solidFill"
            } else {
                "stretchedPictureFill"
            });
        }
    }
    Ok(Value::Null)
}

/// `updateSlideProperties`
pub(crate) fn slide(edit: &mut Edit<'_>, body: &Value) -> Result<Value, Fault> {
    let paths = fields(body, "SlideProperties")?;
    let id = text(body, "objectId");
    let page = edit.deck.page_mut(id).ok_or_else(|| no_page(id))?;
    let PageKind::Slide { skipped, .. } = &mut page.kind else {
        return Err(format!("The page ({id}) is not a slide."));
    };
    if let Some(path) = paths
        .iter()
        .find(|path| path[0] != "isSkipped" && path[0] != "*")
    {
        return Err(format!("The field {} is read-only.", path.join(".")));
    }
    *skipped = body["slideProperties"]["isSkipped"]
        .as_bool()
        .unwrap_or(false);
    Ok(Value::Null)
}
