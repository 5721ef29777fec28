//! `insert_youtube_video` and `insert_drive_video`.

use schemars::JsonSchema;
use serde::Deserialize;
use toolgate_toolkit::{ToolContext, ToolError};

use super::{Added, CreateVideoRequest, On, Place, add, video_in_link};
use crate::{
    error::{Named, said},
    ids::new_id,
    setup::Setup,
    wire::{BATCH, DRIVE_VIDEO, FILE, GET, Request, Slides, request},
};

pub(crate) const METHODS: &[&str] = &[GET.id(), BATCH.id()];
pub(crate) const DRIVE_METHODS: &[&str] = &[GET.id(), BATCH.id(), FILE.id(), DRIVE_VIDEO];

const GOOD: &str = "the id or the link of a video that can be played, such as 7U3axjORYZ0";

/// Puts a video of `YouTube` onto a slide.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct InsertYoutubeVideo {
    /// Id or link.
    #[schemars(length(min = 1))]
    presentation_id: String,
    /// Id or link.
    #[schemars(length(min = 1))]
    slide_id: String,
    /// Id or link.
    #[schemars(length(min = 1))]
    video_id: String,
    /// In inches; 1.6 if left out.
    x: Option<f64>,
    /// 1.6 if left out.
    y: Option<f64>,
    /// 5 if left out.
    #[schemars(range(min = 0.01, max = 100.0))]
    width: Option<f64>,
    /// 3 if left out.
    #[schemars(range(min = 0.01, max = 100.0))]
    height: Option<f64>,
}

/// Puts a video of the person's Drive onto a slide; who may see it stays as it is.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct InsertDriveVideo {
    /// Id or link.
    #[schemars(length(min = 1))]
    presentation_id: String,
    /// Id or link.
    #[schemars(length(min = 1))]
    slide_id: String,
    /// Id or link.
    #[schemars(length(min = 1))]
    file_id: String,
    /// In inches; 1.6 if left out.
    x: Option<f64>,
    /// 1.6 if left out.
    y: Option<f64>,
    /// 5 if left out.
    #[schemars(range(min = 0.01, max = 100.0))]
    width: Option<f64>,
    /// 3 if left out.
    #[schemars(range(min = 0.01, max = 100.0))]
    height: Option<f64>,
}

/// Inserts a video of `YouTube`.
pub(crate) async fn insert_youtube_video(
    cx: ToolContext,
    args: InsertYoutubeVideo,
    setup: Setup,
) -> Result<Added, ToolError> {
    let on = On::of(&args.presentation_id, &args.slide_id)?;
    let video = said("video_id", video_in_link(&args.video_id), GOOD)?;
    let is_of_id = |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '_');
    if !video.chars().all(is_of_id) {
        return Err(ToolError::invalid_argument(
            "video_id",
            "it is no id of YouTube's",
            GOOD,
        ));
    }
    let place = place([args.x, args.y, args.width, args.height]);
    let slides = Slides::new(&cx, METHODS);
    let id = new_id(&cx, "video");
    let requests = vec![video_of("YOUTUBE", &id, video, (place, on))];
    let blame = Some(("video_id", GOOD));
    add((&cx, &setup, &slides), on, id, (requests, blame)).await
}

/// Inserts a video of Drive's. What is no video is said before Google is asked for it.
pub(crate) async fn insert_drive_video(
    cx: ToolContext,
    args: InsertDriveVideo,
    setup: Setup,
) -> Result<Added, ToolError> {
    let on = On::of(&args.presentation_id, &args.slide_id)?;
    let named = Named::video(&args.file_id);
    let slides = Slides::new(&cx, DRIVE_METHODS);
    let file = slides
        .file(named.id)
        .await
        .map_err(|error| named.explain(error))?;
    let kind = file.mime_type.as_deref().unwrap_or_default();
    if !kind.starts_with("video/") {
        let good = "a file whose media type begins with video/";
        return Err(ToolError::invalid_argument(
            "file_id",
            "it is no video",
            good,
        ));
    }
    let place = place([args.x, args.y, args.width, args.height]);
    let id = new_id(&cx, "video");
    let requests = vec![video_of("DRIVE", &id, named.id, (place, on))];
    let blame = Some(("file_id", "a video in Drive that the person may read"));
    add((&cx, &setup, &slides), on, id, (requests, blame)).await
}

fn place([x, y, width, height]: [Option<f64>; 4]) -> Place {
    Place {
        x: x.unwrap_or(1.6),
        y: y.unwrap_or(1.6),
        width: width.unwrap_or(5.0),
        height: height.unwrap_or(3.0),
    }
}

fn video_of(source: &str, id: &str, video: &str, (place, on): (Place, On<'_>)) -> Request {
    request(|it| {
        it.create_video = Some(CreateVideoRequest {
            object_id: Some(id.to_owned()),
            source: Some(source.to_owned()),
            id: Some(video.to_owned()),
            element_properties: Some(place.on(on.slide.id)),
            ..CreateVideoRequest::default()
        });
    })
}
