//! New elements of a slide: text boxes, tables, images, videos, and a picture behind all.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toolgate_google_http::Outcome;
use toolgate_toolkit::{ToolContext, ToolError};

use crate::{
    error::{Named, refused, said},
    ids::{new_id, video_in_link},
    settlement::ADDING,
    setup::Setup,
    slides::insert,
    text::sendable,
    urls,
    wire::{
        BATCH, CreateImageRequest, CreateShapeRequest, CreateTableRequest, CreateVideoRequest, GET,
        InsertTextRequest, PageBackgroundFill, PageElementProperties, PageProperties, Place,
        Presentation, Request, Slides, StretchedPictureFill, UpdatePageElementAltTextRequest,
        UpdatePagePropertiesRequest, cell_at, request,
    },
    write::{Batch, IDS, has_object, seen, write},
};

pub(crate) mod videos;

pub(crate) const METHODS: &[&str] = &[GET.id(), BATCH.id()];
pub(crate) const BACKGROUND_METHODS: &[&str] = &[BATCH.id()];

/// Google's own bound.
const CELLS: usize = 25;

/// Adds a text box; sizes in inches on a page that is 10 wide, unless `get_presentation` says otherwise.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AddTextBox {
    /// Id or link.
    #[schemars(length(min = 1))]
    presentation_id: String,
    /// Id or link.
    #[schemars(length(min = 1))]
    slide_id: String,
    /// What it says.
    #[schemars(length(min = 1))]
    text: String,
    /// From the left; 1 if left out.
    x: Option<f64>,
    /// From the top; 1 if left out.
    y: Option<f64>,
    /// 8 if left out.
    #[schemars(range(min = 0.01, max = 100.0))]
    width: Option<f64>,
    /// 1 if left out.
    #[schemars(range(min = 0.01, max = 100.0))]
    height: Option<f64>,
}

/// Adds a table, filled if content is given.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AddTable {
    /// Id or link.
    #[schemars(length(min = 1))]
    presentation_id: String,
    /// Id or link.
    #[schemars(length(min = 1))]
    slide_id: String,
    /// How many.
    #[schemars(range(min = 1, max = 25))]
    rows: usize,
    /// How many.
    #[schemars(range(min = 1, max = 25))]
    columns: usize,
    /// Texts by row.
    content: Option<Vec<Vec<String>>>,
}

/// Adds an image from a public address. A file in Drive only if it is public already: nothing is shared.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AddImage {
    /// Id or link.
    #[schemars(length(min = 1))]
    presentation_id: String,
    /// Id or link.
    #[schemars(length(min = 1))]
    slide_id: String,
    /// PNG, JPEG or GIF.
    #[schemars(length(min = 1))]
    image_url: String,
    /// What it shows, for those who cannot see it.
    alt_text: Option<String>,
    /// From the left in inches; 1 if left out.
    x: Option<f64>,
    /// From the top; 1 if left out.
    y: Option<f64>,
    /// At most; its own size if both are left out.
    #[schemars(range(min = 0.01, max = 100.0))]
    width: Option<f64>,
    /// How high.
    #[schemars(range(min = 0.01, max = 100.0))]
    height: Option<f64>,
}

/// Puts a picture from a public address behind all of a slide.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetBackgroundImage {
    /// Id or link.
    #[schemars(length(min = 1))]
    presentation_id: String,
    /// Id or link.
    #[schemars(length(min = 1))]
    slide_id: String,
    /// PNG, JPEG or GIF.
    #[schemars(length(min = 1))]
    image_url: String,
}

/// An element that was added.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Added {
    /// `added`, or `added (confirmed by look-up)`.
    status: String,
    slide_id: String,
    element_id: String,
    /// From where Google took it: its address can be seen by whoever may read the presentation.
    #[serde(skip_serializing_if = "Option::is_none")]
    source_url: Option<String>,
}

/// A slide that has another background.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Behind {
    /// `changed`.
    status: String,
    slide_id: String,
}

/// A slide of a presentation, on which something is put.
#[derive(Debug, Clone, Copy)]
pub(crate) struct On<'a> {
    pub(crate) deck: Named<'a>,
    pub(crate) slide: Named<'a>,
}

impl<'a> On<'a> {
    pub(crate) fn of(deck: &'a str, slide: &'a str) -> Result<Self, ToolError> {
        let slide = said("slide_id", slide, "one that get_presentation gave")?;
        Ok(Self {
            deck: Named::deck(deck),
            slide: Named::slide(slide),
        })
    }
}

/// Adds a new element with an id of our own.
pub(crate) async fn add(
    (cx, setup, slides): (&ToolContext, &Setup, &Slides),
    on: On<'_>,
    id: String,
    (requests, blame): (Vec<Request>, Option<(&'static str, &'static str)>),
) -> Result<Added, ToolError> {
    let mut batch = Batch::new(on.deck, ADDING, requests).about([on.slide]);
    batch.blame = blame;
    let is_there = |deck: &Presentation| seen(has_object(deck, &id));
    let settled = write((cx, setup), slides, batch, IDS, is_there).await?;
    Ok(Added {
        status: settled.status,
        slide_id: on.slide.id.to_owned(),
        element_id: id.clone(),
        source_url: None,
    })
}

/// Adds a text box with its text.
pub(crate) async fn add_text_box(
    cx: ToolContext,
    args: AddTextBox,
    setup: Setup,
) -> Result<Added, ToolError> {
    let on = On::of(&args.presentation_id, &args.slide_id)?;
    said("text", &args.text, "Questions?")?;
    let place = Place {
        x: args.x.unwrap_or(1.0),
        y: args.y.unwrap_or(1.0),
        width: args.width.unwrap_or(8.0),
        height: args.height.unwrap_or(1.0),
    };
    let id = new_id(&cx, "text");
    let slides = Slides::new(&cx, METHODS);
    let requests = vec![
        request(|it| {
            it.create_shape = Some(CreateShapeRequest {
                object_id: Some(id.clone()),
                shape_type: Some("TEXT_BOX".to_owned()),
                element_properties: Some(place.on(on.slide.id)),
                ..CreateShapeRequest::default()
            });
        }),
        insert(&id, &sendable(&args.text)),
    ];
    add((&cx, &setup, &slides), on, id, (requests, None)).await
}

/// Adds a table, and fills it in the same batch.
pub(crate) async fn add_table(
    cx: ToolContext,
    args: AddTable,
    setup: Setup,
) -> Result<Added, ToolError> {
    let on = On::of(&args.presentation_id, &args.slide_id)?;
    let content = args.content.as_deref().unwrap_or_default();
    let widest = content.iter().map(Vec::len).max().unwrap_or(0);
    if content.len() > args.rows || widest > args.columns {
        let problem = format!(
            "it has {} rows of up to {widest} cells, which the table has not",
            content.len()
        );
        let good = format!("{} rows of {} texts at most", args.rows, args.columns);
        return Err(ToolError::invalid_argument("content", &problem, &good));
    }
    let id = new_id(&cx, "table");
    let slides = Slides::new(&cx, METHODS);
    let on_page = PageElementProperties {
        page_object_id: Some(on.slide.id.to_owned()),
        ..PageElementProperties::default()
    };
    let requests = table(
        &id,
        on_page,
        (args.rows.min(CELLS), args.columns.min(CELLS)),
        content,
    );
    add((&cx, &setup, &slides), on, id, (requests, None)).await
}

/// What makes a table and fills its cells; empty ones stay so.
pub(crate) fn table(
    id: &str,
    on: PageElementProperties,
    (rows, columns): (usize, usize),
    content: &[Vec<String>],
) -> Vec<Request> {
    let mut requests = vec![request(|it| {
        it.create_table = Some(CreateTableRequest {
            object_id: Some(id.to_owned()),
            rows: i32::try_from(rows).ok(),
            columns: i32::try_from(columns).ok(),
            element_properties: Some(on),
            ..CreateTableRequest::default()
        });
    })];
    for (row, cells) in content.iter().enumerate() {
        for (column, text) in cells.iter().enumerate() {
            let text = sendable(text);
            if !text.is_empty() {
                requests.push(insert_cell(id, (row, column), text));
            }
        }
    }
    requests
}

/// Puts a text at the beginning of a cell.
pub(crate) fn insert_cell(id: &str, (row, column): (usize, usize), text: String) -> Request {
    request(|it| {
        it.insert_text = Some(InsertTextRequest {
            object_id: Some(id.to_owned()),
            cell_location: Some(cell_at(row, column)),
            insertion_index: Some(0),
            text: Some(text),
            ..InsertTextRequest::default()
        });
    })
}

/// Adds an image that Google fetches.
pub(crate) async fn add_image(
    cx: ToolContext,
    args: AddImage,
    setup: Setup,
) -> Result<Added, ToolError> {
    let on = On::of(&args.presentation_id, &args.slide_id)?;
    let url = urls::public("image_url", &args.image_url)?;
    let place = Place {
        x: args.x.unwrap_or(1.0),
        y: args.y.unwrap_or(1.0),
        width: args.width.or(args.height).unwrap_or(0.0),
        height: args.height.or(args.width).unwrap_or(0.0),
    };
    let id = new_id(&cx, "image");
    let slides = Slides::new(&cx, METHODS);
    let requests = image(&id, &url, place.on(on.slide.id), args.alt_text.as_deref());
    let blame = Some(("image_url", urls::GOOD));
    let added = add((&cx, &setup, &slides), on, id, (requests, blame)).await?;
    Ok(Added {
        source_url: Some(url),
        ..added
    })
}

/// What makes an image; one of no size has its own.
pub(crate) fn image(
    id: &str,
    url: &str,
    on: PageElementProperties,
    alt_text: Option<&str>,
) -> Vec<Request> {
    let is_sized = on.size.as_ref().is_some_and(|it| {
        it.width
            .as_ref()
            .and_then(|it| it.magnitude)
            .is_some_and(|it| it > 0.0)
    });
    let on = PageElementProperties {
        size: on.size.filter(|_| is_sized),
        ..on
    };
    let made = request(|it| {
        it.create_image = Some(CreateImageRequest {
            object_id: Some(id.to_owned()),
            url: Some(url.to_owned()),
            element_properties: Some(on),
            ..CreateImageRequest::default()
        });
    });
    let alt_text = alt_text.filter(|it| !it.trim().is_empty()).map(|text| {
        request(|it| {
            it.update_page_element_alt_text = Some(UpdatePageElementAltTextRequest {
                object_id: Some(id.to_owned()),
                description: Some(sendable(text)),
                ..UpdatePageElementAltTextRequest::default()
            });
        })
    });
    std::iter::once(made).chain(alt_text).collect()
}

/// Changes what is behind a slide. Doing it twice changes nothing more.
pub(crate) async fn set_background_image(
    cx: ToolContext,
    args: SetBackgroundImage,
    _setup: Setup,
) -> Result<Behind, ToolError> {
    let on = On::of(&args.presentation_id, &args.slide_id)?;
    let url = urls::public("image_url", &args.image_url)?;
    let fill = PageBackgroundFill {
        stretched_picture_fill: Some(StretchedPictureFill {
            content_url: Some(url),
            ..StretchedPictureFill::default()
        }),
        ..PageBackgroundFill::default()
    };
    let change = request(|it| {
        it.update_page_properties = Some(UpdatePagePropertiesRequest {
            object_id: Some(on.slide.id.to_owned()),
            fields: Some("pageBackgroundFill.stretchedPictureFill.contentUrl".to_owned()),
            page_properties: Some(PageProperties {
                page_background_fill: Some(fill),
                ..PageProperties::default()
            }),
            ..UpdatePagePropertiesRequest::default()
        });
    });
    let slides = Slides::new(&cx, BACKGROUND_METHODS);
    // Google gives every picture an address of its own, so that no look-up can tell which one it is.
    let written = slides.batch_again(on.deck.id, vec![change]).await;
    written.map_err(|error| {
        let is_unclear = error.outcome() == Outcome::Unclear;
        let error = refused(error, on.deck, &[on.slide], Some(("image_url", urls::GOOD)));
        if is_unclear {
            return error.with_note("it may have been changed; repeating it does no harm");
        }
        error
    })?;
    Ok(Behind {
        status: "changed".to_owned(),
        slide_id: on.slide.id.to_owned(),
    })
}
