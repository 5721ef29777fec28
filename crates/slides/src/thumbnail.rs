//! `get_slide_thumbnail`: a picture of a slide, as a file and by its address.

use std::time::Duration;

use http::Request;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toolgate_toolkit::{ToolContext, ToolError};
use url::Url;

use crate::{
    elements::On,
    setup::Setup,
    text::visible,
    wire::{Slides, THUMBNAIL, Thumbnail},
};

pub(crate) const METHODS: &[&str] = &[THUMBNAIL.id()];

/// How long the picture may take.
const TIME: Duration = Duration::from_mins(1);
/// Characters of an address.
const ADDRESS: usize = 2_000;

/// How large.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Width {
    Small,
    #[default]
    Medium,
    Large,
}

impl Width {
    const fn google(self) -> &'static str {
        match self {
            Self::Small => "SMALL",
            Self::Medium => "MEDIUM",
            Self::Large => "LARGE",
        }
    }
}

/// Makes a PNG picture of a slide: its address for 30 minutes, and a file where the program allows a folder.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GetSlideThumbnail {
    /// Id or link.
    #[schemars(length(min = 1))]
    presentation_id: String,
    /// Id or link.
    #[schemars(length(min = 1))]
    slide_id: String,
    /// 200, 800 (medium, if left out) or 1600 pixels wide.
    size: Option<Width>,
    /// The file's name.
    filename: Option<String>,
}

/// A picture of a slide.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Picture {
    slide_id: String,
    /// Whoever has it sees the slide, for 30 minutes.
    thumbnail_url: String,
    /// In pixels.
    width: i32,
    height: i32,
    /// The file, where the program allows a folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<Saved>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Saved {
    name: String,
    /// Where it is within the allowed folder.
    path: String,
    /// In bytes.
    size: usize,
}

/// Makes a picture of a slide.
pub(crate) async fn get_slide_thumbnail(
    cx: ToolContext,
    args: GetSlideThumbnail,
    setup: Setup,
) -> Result<Picture, ToolError> {
    let on = On::of(&args.presentation_id, &args.slide_id)?;
    let size = args.size.unwrap_or_default().google();
    let slides = Slides::new(&cx, METHODS);
    let made = slides.thumbnail(on.deck.id, on.slide.id, size).await;
    let made = made.map_err(|error| crate::read::page_error(on.deck, on.slide, error))?;
    let file = if setup.folders.can_write() {
        let name = args
            .filename
            .as_deref()
            .map(str::trim)
            .filter(|it| !it.is_empty());
        let name = name.map_or_else(|| format!("slide {}", on.slide.id), str::to_owned);
        Some(saved((&cx, &setup), &made, &with_png(&name)).await?)
    } else {
        None
    };
    Ok(Picture {
        slide_id: on.slide.id.to_owned(),
        thumbnail_url: visible(made.content_url.as_deref().unwrap_or_default(), ADDRESS),
        width: made.width.unwrap_or(0),
        height: made.height.unwrap_or(0),
        file,
    })
}

fn with_png(name: &str) -> String {
    if name.to_ascii_lowercase().ends_with(".png") {
        return name.to_owned();
    }
    format!("{name}.png")
}

/// Fetches the picture, without the person's token: its address is enough, and belongs to another host.
async fn saved(
    (cx, setup): (&ToolContext, &Setup),
    made: &Thumbnail,
    name: &str,
) -> Result<Saved, ToolError> {
    let address = made.content_url.as_deref().unwrap_or_default();
    let url = Url::parse(address).ok();
    let is_fine = |url: &Url| url.scheme() == "https" || cx.access().endpoints().allows(url);
    let Some(url) = url.filter(is_fine) else {
        return Err(ToolError::internal(
            "google's address of the picture is not usable",
        ));
    };
    let request = Request::get(url.as_str()).body(Vec::new());
    let request = request
        .map_err(|_| ToolError::internal("google's address of the picture is not usable"))?;
    let time = cx.remaining().min(TIME);
    let answer = cx.access().http().send(request, time).await;
    let answer = answer.map_err(|error| {
        ToolError::unavailable(format!("the picture could not be fetched: {error}"))
    })?;
    let bytes = answer.body();
    if !answer.status().is_success() || !bytes.starts_with(b"\x89PNG") {
        let status = answer.status().as_u16();
        return Err(ToolError::unavailable(format!(
            "the picture could not be fetched: google's answer ({status}) is no picture"
        )));
    }
    let size = bytes.len();
    let kept = setup.folders.save(name, answer.into_body()).await?;
    Ok(Saved {
        name: kept.name,
        path: kept.within,
        size,
    })
}
