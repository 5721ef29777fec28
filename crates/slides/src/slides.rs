//! Slides: added, copied, moved, deleted.

mod moving;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toolgate_toolkit::{ToolContext, ToolError};

use crate::{
    error::{Named, said},
    ids::new_id,
    layouts::{Layout, Layouts, Slot},
    settlement::{ADDING, DELETING},
    setup::Setup,
    text::sendable,
    wire::{
        BATCH, CreateSlideRequest, DeleteObjectRequest, DuplicateObjectRequest, GET,
        InsertTextRequest, LayoutReference, ORDER, Presentation, Request, Slides, placing_mask,
        request,
    },
    write::{Batch, IDS, Order, has_object, seen, write},
};

pub(crate) use self::moving::move_slides;

pub(crate) const METHODS: &[&str] = &[GET.id(), BATCH.id()];

const LAYOUT: &str = "TITLE_AND_BODY";

/// Adds a slide with its texts in the layout's placeholders.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AddSlide {
    /// Id or link.
    #[schemars(length(min = 1))]
    presentation_id: String,
    #[schemars(
        description = "TITLE_AND_BODY if left out; TITLE, SECTION_HEADER, TITLE_AND_TWO_COLUMNS, TITLE_ONLY, BLANK, or another of the presentation's."
    )]
    layout: Option<String>,
    /// Its title.
    title: Option<String>,
    /// Below the title.
    subtitle: Option<String>,
    /// Its text.
    body: Option<String>,
    /// The second column.
    body_2: Option<String>,
    /// Its place, from 0; the end if left out.
    #[schemars(range(min = 0, max = 10_000))]
    insertion_index: Option<usize>,
}

/// Copies a slide; the copy follows it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DuplicateSlide {
    /// Id or link.
    #[schemars(length(min = 1))]
    presentation_id: String,
    /// Id or link.
    #[schemars(length(min = 1))]
    slide_id: String,
}

/// Deletes a slide for good.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeleteSlide {
    /// Id or link.
    #[schemars(length(min = 1))]
    presentation_id: String,
    /// Id or link.
    #[schemars(length(min = 1))]
    slide_id: String,
}

/// A slide that was added.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct AddedSlide {
    /// `added`, or `added (confirmed by look-up)`.
    status: String,
    slide_id: String,
    layout: String,
    /// The element of each text that was placed.
    placed: Vec<Placed>,
    /// The texts for which the layout has no placeholder; `add_text_box` takes them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    not_placed: Vec<&'static str>,
}

/// A text in its placeholder.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Placed {
    text: &'static str,
    element_id: String,
}

/// A copy of a slide.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct DuplicatedSlide {
    /// `added`, or `added (confirmed by look-up)`.
    status: String,
    /// The copy.
    slide_id: String,
    /// What it is a copy of.
    copy_of: String,
}

/// A slide that was deleted.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct GoneSlide {
    /// `deleted`, or `deleted (confirmed by look-up)`.
    status: String,
    deleted_slide: String,
    /// How many slides are left.
    slides_left: usize,
}

/// Adds a slide: one batch, so that its texts are on it or it is not there.
pub(crate) async fn add_slide(
    cx: ToolContext,
    args: AddSlide,
    setup: Setup,
) -> Result<AddedSlide, ToolError> {
    let deck = Named::deck(&args.presentation_id);
    let slides = Slides::new(&cx, METHODS);
    let read = slides.get(deck.id, &placing_mask()).await;
    let read = read.map_err(|error| deck.explain(error))?;
    let index = checked_index(&read, args.insertion_index)?;
    let layouts = Layouts::at(&read, index);
    let layout = layouts.named(args.layout.as_deref().unwrap_or(LAYOUT))?;
    let id = new_id(&cx, "slide");
    let texts = texts(&args);
    let made = new_slide(&cx, (&id, index), layout, &texts);
    let batch = Batch::new(deck, ADDING, made.requests);
    let is_there = |deck: &Presentation| seen(has_object(deck, &id));
    let settled = write((&cx, &setup), &slides, batch, IDS, is_there).await?;
    let not_placed = texts.iter().map(|(slot, _)| slot.name());
    let is_placed = |name: &str| made.placed.iter().any(|it| it.text == name);
    Ok(AddedSlide {
        status: settled.status,
        layout: layout.name.clone(),
        not_placed: not_placed.filter(|it| !is_placed(it)).collect(),
        placed: made.placed,
        slide_id: id,
    })
}

fn checked_index(deck: &Presentation, index: Option<usize>) -> Result<Option<usize>, ToolError> {
    let count = deck.slides.as_ref().map_or(0, Vec::len);
    match index {
        Some(index) if index > count => Err(beyond(count)),
        index => Ok(index),
    }
}

fn beyond(count: usize) -> ToolError {
    ToolError::invalid_argument(
        "insertion_index",
        &format!("there are {count} slides"),
        &format!("a whole number from 0 to {count}"),
    )
}

/// The texts that say something, as Google keeps them.
fn texts(args: &AddSlide) -> Vec<(Slot, String)> {
    let given = [
        (Slot::Title, args.title.as_deref()),
        (Slot::Subtitle, args.subtitle.as_deref()),
        (Slot::Body, args.body.as_deref()),
        (Slot::Body2, args.body_2.as_deref()),
    ];
    let said = given
        .into_iter()
        .filter_map(|(slot, text)| Some((slot, sendable(text?))));
    said.filter(|(_, text)| !text.trim().is_empty()).collect()
}

/// What makes a slide.
#[derive(Debug)]
struct NewSlide {
    requests: Vec<Request>,
    placed: Vec<Placed>,
}

fn new_slide(
    cx: &ToolContext,
    (id, index): (&str, Option<usize>),
    layout: &Layout,
    texts: &[(Slot, String)],
) -> NewSlide {
    let mut mappings = Vec::new();
    let mut inserts = Vec::new();
    let mut placed = Vec::new();
    for (slot, text) in texts {
        let element = new_id(cx, slot.name());
        let Some(mapping) = layout.mapped(*slot, &element) else {
            continue;
        };
        mappings.push(mapping);
        inserts.push(insert(&element, text));
        placed.push(Placed {
            text: slot.name(),
            element_id: element,
        });
    }
    let mut requests = vec![create_slide(id, index, layout, mappings)];
    requests.extend(inserts);
    NewSlide { requests, placed }
}

pub(crate) fn create_slide(
    id: &str,
    index: Option<usize>,
    layout: &Layout,
    mappings: Vec<crate::wire::LayoutPlaceholderIdMapping>,
) -> Request {
    request(|it| {
        it.create_slide = Some(CreateSlideRequest {
            object_id: Some(id.to_owned()),
            insertion_index: index.and_then(|it| i32::try_from(it).ok()),
            slide_layout_reference: Some(LayoutReference {
                layout_id: Some(layout.id.clone()),
                ..LayoutReference::default()
            }),
            placeholder_id_mappings: Some(mappings).filter(|it| !it.is_empty()),
            ..CreateSlideRequest::default()
        });
    })
}

/// Puts a text into an element that has none.
pub(crate) fn insert(element: &str, text: &str) -> Request {
    request(|it| {
        it.insert_text = Some(InsertTextRequest {
            object_id: Some(element.to_owned()),
            insertion_index: Some(0),
            text: Some(text.to_owned()),
            ..InsertTextRequest::default()
        });
    })
}

pub(crate) fn delete_object(id: &str) -> Request {
    request(|it| {
        it.delete_object = Some(DeleteObjectRequest {
            object_id: Some(id.to_owned()),
            ..DeleteObjectRequest::default()
        });
    })
}

/// Copies a slide, to an id of our own.
pub(crate) async fn duplicate_slide(
    cx: ToolContext,
    args: DuplicateSlide,
    setup: Setup,
) -> Result<DuplicatedSlide, ToolError> {
    let (deck, slide) = (
        Named::deck(&args.presentation_id),
        Named::slide(&args.slide_id),
    );
    let slides = Slides::new(&cx, METHODS);
    // Google would copy an element as well.
    Order::read(&slides, deck).await?.place(slide)?;
    let id = new_id(&cx, "slide");
    let copy = request(|it| {
        it.duplicate_object = Some(DuplicateObjectRequest {
            object_id: Some(slide.id.to_owned()),
            object_ids: Some([(slide.id.to_owned(), id.clone())].into()),
            ..DuplicateObjectRequest::default()
        });
    });
    let batch = Batch::new(deck, ADDING, vec![copy]).about([slide]);
    let is_there = |deck: &Presentation| seen(has_object(deck, &id));
    let settled = write((&cx, &setup), &slides, batch, IDS, is_there).await?;
    Ok(DuplicatedSlide {
        status: settled.status,
        copy_of: slide.id.to_owned(),
        slide_id: id,
    })
}

/// Deletes a slide, and nothing that is none.
pub(crate) async fn delete_slide(
    cx: ToolContext,
    args: DeleteSlide,
    setup: Setup,
) -> Result<GoneSlide, ToolError> {
    let deck = Named::deck(&args.presentation_id);
    let slide = Named::slide(said(
        "slide_id",
        &args.slide_id,
        "one that get_presentation gave",
    )?);
    let slides = Slides::new(&cx, METHODS);
    let order = Order::read(&slides, deck).await?;
    order.place(slide)?;
    let batch = Batch::new(deck, DELETING, vec![delete_object(slide.id)]).about([slide]);
    let is_gone = |deck: &Presentation| seen(!Order::of(deck).ids.iter().any(|it| it == slide.id));
    let settled = write((&cx, &setup), &slides, batch, ORDER, is_gone).await?;
    Ok(GoneSlide {
        status: settled.status,
        deleted_slide: slide.id.to_owned(),
        slides_left: order.ids.len().saturating_sub(1),
    })
}
