//! Pictures put on pages, in the place of others, and in the place of shapes.

use std::sync::Arc;

use serde_json::{Value, json};

use super::elements::{Place, add};
use super::words::{finder, for_pages};
use super::{text, texts};
use crate::slides::batch::{Edit, Fault, no_object, no_page};
use crate::slides::deck::{Element, Image, Kind, PageKind, Picture, Transform};

/// Google shows 96 pixels on an inch.
const PIXEL: f64 = 9_525.0;

/// The picture that a link leads to.
pub(super) fn fetched(edit: &Edit<'_>, url: &str) -> Result<Arc<Picture>, Fault> {
    edit.fetched.get(url).cloned().ok_or_else(|| {
        "There was a problem retrieving the image. The provided image should be publicly \
         accessible, within size limit, and in supported formats."
            .to_owned()
    })
}

fn image(edit: &Edit<'_>, url: &str) -> Result<Image, Fault> {
    Ok(Image {
        picture: fetched(edit, url)?,
        source_url: url.to_owned(),
        properties: json!({
            "cropProperties": {},
            "outline": { "propertyState": "NOT_RENDERED" },
            "shadow": { "propertyState": "NOT_RENDERED" },
        }),
    })
}

/// `createImage`
pub(crate) fn create(edit: &mut Edit<'_>, body: &Value) -> Result<Value, Fault> {
    let id = edit.id_of(&body["objectId"])?;
    let mut place = Place::of(edit, body)?;
    let image = image(edit, text(body, "url"))?;
    let natural = natural(&image.picture);
    let (size, (x, y)) = match place.size {
        // Scaled and centred in the size that was asked for; the transform comes after.
        Some((width, height)) if width > 0.0 && height > 0.0 => {
            let scale = (width / natural.0).min(height / natural.1);
            let size = (natural.0 * scale, natural.1 * scale);
            (size, ((width - size.0) / 2.0, (height - size.1) / 2.0))
        }
        Some(_) => return Err("The page element size should be positive.".to_owned()),
        None => (natural, (0.0, 0.0)),
    };
    let transform = place.transform.unwrap_or_default();
    place.transform = Some(transform.after(Transform::at(x, y)));
    Ok(add(edit, &id, &place, size, Kind::Image(image)))
}

fn natural(picture: &Picture) -> (f64, f64) {
    (
        f64::from(picture.width.max(1)) * PIXEL,
        f64::from(picture.height.max(1)) * PIXEL,
    )
}

/// Whether a picture fills the place that it is given, and is cropped for it.
fn crops(body: &Value) -> bool {
    let method = match text(body, "imageReplaceMethod") {
        "" | "IMAGE_REPLACE_METHOD_UNSPECIFIED" => text(body, "replaceMethod"),
        method => method,
    };
    method == "CENTER_CROP"
}

/// Puts a picture where an element is.
fn put(element: &mut Element, mut image: Image, crops: bool) {
    let (width, height) = element.size.unwrap_or((1.0, 1.0));
    let seen = (
        width * element.transform.scale_x.abs().max(f64::MIN_POSITIVE),
        height * element.transform.scale_y.abs().max(f64::MIN_POSITIVE),
    );
    let natural = natural(&image.picture);
    if crops {
        let scale = (seen.0 / natural.0).max(seen.1 / natural.1);
        let side = |seen: f64, natural: f64| (1.0 - seen / (natural * scale)) / 2.0;
        let (x, y) = (side(seen.0, natural.0), side(seen.1, natural.1));
        image.properties["cropProperties"] =
            json!({ "leftOffset": x, "rightOffset": x, "topOffset": y, "bottomOffset": y });
    } else {
        // The size in the element's own measure, so that the transform's scales stay.
        let scale = (seen.0 / natural.0).min(seen.1 / natural.1);
        let new = (
            width * natural.0 * scale / seen.0,
            height * natural.1 * scale / seen.1,
        );
        let shift = Transform::at((width - new.0) / 2.0, (height - new.1) / 2.0);
        element.transform = element.transform.after(shift);
        element.size = Some(new);
    }
    element.kind = Kind::Image(image);
}

/// `replaceImage`
pub(crate) fn replace(edit: &mut Edit<'_>, body: &Value) -> Result<Value, Fault> {
    let id = text(body, "imageObjectId");
    let image = image(edit, text(body, "url"))?;
    let element = edit.deck.element_mut(id).ok_or_else(|| no_object(id))?;
    if !matches!(element.kind, Kind::Image(_)) {
        return Err(format!("The object ({id}) is not an image."));
    }
    put(element, image, crops(body));
    Ok(Value::Null)
}

/// `replaceAllShapesWithImage`
pub(crate) fn replace_shapes(edit: &mut Edit<'_>, body: &Value) -> Result<Value, Fault> {
    let find = finder(&body["containsText"])?;
    let image = image(edit, text(body, "imageUrl"))?;
    let ids: Vec<&str> = texts(body, "pageObjectIds").collect();
    for id in &ids {
        let page = edit.deck.page(id).ok_or_else(|| no_page(id))?;
        if matches!(page.kind, PageKind::Notes(_) | PageKind::NotesMaster) {
            return Err(format!(
                "The page ({id}) is a notes page or a notes master."
            ));
        }
    }
    let mut changed = 0;
    for_pages(edit.deck, &ids, &mut |page| {
        if matches!(page.kind, PageKind::Notes(_)) {
            return;
        }
        for element in &mut page.elements {
            element.walk_mut(&mut |it| {
                let fits = it
                    .shape()
                    .is_some_and(|shape| !find(&shape.text.plain()).is_empty());
                if fits {
                    put(it, image.clone(), crops(body));
                    changed += 1;
                }
            });
        }
    });
    Ok(json!({ "occurrencesChanged": changed }))
}
