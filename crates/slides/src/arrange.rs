//! Elements moved, resized and deleted.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toolgate_toolkit::{ToolContext, ToolError};

use crate::{
    error::{Named, said},
    find::{find, read},
    settlement::{CHANGING, DELETING},
    setup::Setup,
    slides::delete_object,
    view,
    wire::{
        AffineTransform, BATCH, GET, PLACES, PageElement, Presentation, Slides,
        UpdatePageElementTransformRequest, emu, in_emu, request,
    },
    write::{Batch, IDS, seen, write},
};

pub(crate) const METHODS: &[&str] = &[GET.id(), BATCH.id()];

const ELEMENT: &str = "one that get_presentation gave";
/// How near two places are that are the same, in inches.
const NEAR: f64 = 0.02;

/// Moves or resizes an element, in inches; what is left out stays.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UpdateElement {
    /// Id or link.
    #[schemars(length(min = 1))]
    presentation_id: String,
    /// Of the element.
    #[schemars(length(min = 1))]
    element_id: String,
    /// From the left.
    x: Option<f64>,
    /// From the top.
    y: Option<f64>,
    /// How wide.
    #[schemars(range(min = 0.01, max = 100.0))]
    width: Option<f64>,
    /// How high.
    #[schemars(range(min = 0.01, max = 100.0))]
    height: Option<f64>,
}

/// Deletes an element of a slide for good.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeleteElement {
    /// Id or link.
    #[schemars(length(min = 1))]
    presentation_id: String,
    /// Of the element.
    #[schemars(length(min = 1))]
    element_id: String,
}

/// An element where it is now.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Placed {
    /// `changed`, or `changed (confirmed by look-up)`.
    status: String,
    element_id: String,
    /// Left, top, width, height in inches.
    #[serde(rename = "box")]
    #[schemars(with = "Vec<f64>")]
    place: [f64; 4],
}

/// An element that was deleted.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Gone {
    /// `deleted`, or `deleted (confirmed by look-up)`.
    status: String,
    deleted_element: String,
    slide_id: String,
}

/// Moves or resizes an element, as it was read.
pub(crate) async fn update_element(
    cx: ToolContext,
    args: UpdateElement,
    setup: Setup,
) -> Result<Placed, ToolError> {
    let deck = Named::deck(&args.presentation_id);
    let named = Named::element(said("element_id", &args.element_id, ELEMENT)?);
    let wanted = [args.x, args.y, args.width, args.height];
    if wanted.iter().all(Option::is_none) {
        let problem = "neither a place nor a size is given";
        return Err(ToolError::invalid_argument("x", problem, "1.5"));
    }
    let slides = Slides::new(&cx, METHODS);
    let read = read(&slides, deck, named, PLACES).await?;
    let found = find(&read, named.id).ok_or_else(|| named.not_found())?;
    if found.in_group {
        let good = "the group's id, or an element outside of groups";
        return Err(ToolError::invalid_argument(
            "element_id",
            "it is a part of a group",
            good,
        ));
    }
    let (transform, place) = laid(found.element, wanted)?;
    let change = request(|it| {
        it.update_page_element_transform = Some(UpdatePageElementTransformRequest {
            object_id: Some(named.id.to_owned()),
            apply_mode: Some("ABSOLUTE".to_owned()),
            transform: Some(transform),
            ..UpdatePageElementTransformRequest::default()
        });
    });
    let batch = Batch::new(deck, CHANGING, vec![change])
        .about([named])
        .at(read.revision_id.clone());
    let is_there = |deck: &Presentation| {
        let now = find(deck, named.id).and_then(|it| box_of(it.element));
        seen(now.is_some_and(|now| {
            now.iter()
                .zip(place)
                .all(|(is, was)| (is - was).abs() < NEAR)
        }))
    };
    let settled = write((&cx, &setup), &slides, batch, PLACES, is_there).await?;
    Ok(Placed {
        status: settled.status,
        element_id: named.id.to_owned(),
        place,
    })
}

/// How an element is laid onto the page so that it is as wanted, and where it is then.
fn laid(
    element: &PageElement,
    [x, y, width, height]: [Option<f64>; 4],
) -> Result<(AffineTransform, [f64; 4]), ToolError> {
    let resizes = width.is_some() || height.is_some();
    if resizes && element.table.is_some() {
        let problem = "Google resizes no table";
        return Err(ToolError::invalid_argument(
            "width",
            problem,
            "none, for a table",
        ));
    }
    let has_size = element.size.is_some();
    let is_fit = |it: &[f64; 4]| !resizes || (has_size && it[2] > 0.0 && it[3] > 0.0);
    let Some(now) = box_of(element).filter(is_fit) else {
        let problem = "the element has no size of its own";
        return Err(ToolError::invalid_argument(
            "width",
            problem,
            "none, for this element",
        ));
    };
    let old = element.transform.clone().unwrap_or_default();
    let unit = old.unit.as_deref();
    let (across, down) = (
        width.map_or(1.0, |it| it / now[2]),
        height.map_or(1.0, |it| it / now[3]),
    );
    let times = |it: Option<f64>, factor: f64| it.map(|it| it * factor);
    // What is not asked to move stays exactly where it is.
    let moved = |was: Option<f64>, wanted: Option<f64>, now: f64| {
        let by = wanted.map_or(0.0, |it| emu(it - now));
        Some(in_emu(was.unwrap_or(0.0), unit) + by)
    };
    let new = AffineTransform {
        scale_x: times(old.scale_x, across),
        shear_y: times(old.shear_y, across),
        scale_y: times(old.scale_y, down),
        shear_x: times(old.shear_x, down),
        translate_x: moved(old.translate_x, x, now[0]),
        translate_y: moved(old.translate_y, y, now[1]),
        unit: Some("EMU".to_owned()),
        ..old.clone()
    };
    let place = [
        x.unwrap_or(now[0]),
        y.unwrap_or(now[1]),
        width.unwrap_or(now[2]),
        height.unwrap_or(now[3]),
    ];
    Ok((new, place))
}

/// Where an element is; a group is where all that it holds is.
fn box_of(element: &PageElement) -> Option<[f64; 4]> {
    let all = view::elements(Some(std::slice::from_ref(element)));
    let mut places = all.iter().filter_map(|(it, _)| it.place);
    let first = places.next()?;
    if element.element_group.is_none() {
        return Some(first);
    }
    let [left, top, width, height] = first;
    let (mut from, mut to) = ([left, top], [left + width, top + height]);
    for [left, top, width, height] in places {
        from = [from[0].min(left), from[1].min(top)];
        to = [to[0].max(left + width), to[1].max(top + height)];
    }
    Some([from[0], from[1], to[0] - from[0], to[1] - from[1]])
}

/// Deletes an element, and nothing that is a slide.
pub(crate) async fn delete_element(
    cx: ToolContext,
    args: DeleteElement,
    setup: Setup,
) -> Result<Gone, ToolError> {
    let deck = Named::deck(&args.presentation_id);
    let named = Named::element(said("element_id", &args.element_id, ELEMENT)?);
    let slides = Slides::new(&cx, METHODS);
    let read = read(&slides, deck, named, IDS).await?;
    let slide = find(&read, named.id).map_or("", |it| it.slide).to_owned();
    let batch = Batch::new(deck, DELETING, vec![delete_object(named.id)]).about([named]);
    let is_gone = |deck: &Presentation| seen(find(deck, named.id).is_none());
    let settled = write((&cx, &setup), &slides, batch, IDS, is_gone).await?;
    Ok(Gone {
        status: settled.status,
        deleted_element: named.id.to_owned(),
        slide_id: slide,
    })
}
