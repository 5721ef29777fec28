//! The methods of Slides, and the few of Drive, that the tools call: typed, masked, nothing else.

mod drive;
mod reading;
mod requests;
#[expect(
    clippy::doc_markdown,
    clippy::struct_field_names,
    reason = "the words are Google's"
)]
mod types;

use toolgate_auth::Requirement;
use toolgate_google_http::{Api, Call, Error, Method, Path, Query, Rest};
use toolgate_toolkit::ToolContext;

pub(crate) use self::{
    drive::Mark,
    reading::{
        LAYOUTS, METADATA, NOTES, ORDER, PAGE, PLACES, SAID, SLIDE_TEXT, TEXTS, WHOLE, deck_mask,
        placing_mask, text_mask,
    },
    requests::{Place, all_of, cell_at, emu, in_emu, inches, part_of, request},
    types::{
        AffineTransform, BatchUpdatePresentationRequest, BatchUpdatePresentationResponse,
        CreateImageRequest, CreateParagraphBulletsRequest, CreateShapeRequest, CreateSlideRequest,
        CreateTableRequest, CreateVideoRequest, DeleteObjectRequest, DeleteParagraphBulletsRequest,
        DeleteTextRequest, Dimension, DuplicateObjectRequest, InsertTextRequest,
        LayoutPlaceholderIdMapping, LayoutReference, Link, Page, PageBackgroundFill, PageElement,
        PageElementProperties, PageProperties, Placeholder, Presentation, Range,
        ReplaceAllTextRequest, Request, StretchedPictureFill, SubstringMatchCriteria, Table,
        TableCell, TextContent, TextStyle, Thumbnail, UpdatePageElementAltTextRequest,
        UpdatePageElementTransformRequest, UpdatePagePropertiesRequest,
        UpdateSlidesPositionRequest, UpdateTextStyleRequest, WriteControl,
    },
};

pub(crate) static GET: Method = Method::get(Api::Slides, "slides.presentations.get");
pub(crate) static PAGE_GET: Method = Method::get(Api::Slides, "slides.presentations.pages.get");
pub(crate) static THUMBNAIL: Method =
    Method::get(Api::Slides, "slides.presentations.pages.getThumbnail");
pub(crate) static CREATE: Method = Method::post(Api::Slides, "slides.presentations.create");
pub(crate) static BATCH: Method = Method::post(Api::Slides, "slides.presentations.batchUpdate");
/// Beside the right to change the presentation, Google wants one to read the person's Drive.
pub(crate) const DRIVE_VIDEO: &str = "slides.presentations.batchUpdate?createVideo";
pub(crate) static LIST: Method = Method::get(Api::Drive, "drive.files.list");
pub(crate) static FILE: Method = Method::get(Api::Drive, "drive.files.get");
pub(crate) static TRASH: Method = Method::patch(Api::Drive, "drive.files.update");
pub(crate) static DELETE: Method = Method::delete(Api::Drive, "drive.files.delete");
pub(crate) static COPY: Method = Method::post(Api::Drive, "drive.files.copy");
pub(crate) static EXPORT: Method = Method::get(Api::Drive, "drive.files.export");

/// One person's presentations, for the calls of one tool.
#[derive(Debug)]
pub(crate) struct Slides(Rest);

impl Slides {
    /// For calls of these methods, within the time of the tool call.
    pub(crate) fn new(cx: &ToolContext, methods: &[&'static str]) -> Self {
        let requirement = Requirement::for_methods(methods);
        Self(Rest::new(cx.access().clone(), requirement).until(cx.ends()))
    }

    pub(crate) async fn get(&self, id: &str, mask: &str) -> Result<Presentation, Error> {
        let query = Query::new().fields(mask);
        Ok(self.0.get(&GET, presentation(id)?, query).await?.body)
    }

    pub(crate) async fn page(&self, id: &str, page: &str, mask: &str) -> Result<Page, Error> {
        let path = presentation(id)?.then("pages").seg(page)?;
        Ok(self
            .0
            .get(&PAGE_GET, path, Query::new().fields(mask))
            .await?
            .body)
    }

    pub(crate) async fn thumbnail(
        &self,
        id: &str,
        page: &str,
        size: &str,
    ) -> Result<Thumbnail, Error> {
        let path = presentation(id)?.then("pages").seg(page)?.then("thumbnail");
        let query = Query::new()
            .with("thumbnailProperties.mimeType", "PNG")
            .with("thumbnailProperties.thumbnailSize", size)
            .fields("contentUrl,width,height");
        Ok(self.0.get(&THUMBNAIL, path, query).await?.body)
    }

    /// Makes a presentation that holds what Google puts into a new one.
    pub(crate) async fn create(&self, title: &str) -> Result<Presentation, Error> {
        let body = Presentation {
            title: Some(title.to_owned()),
            ..Presentation::default()
        };
        let mask = format!("presentationId,title,{LAYOUTS},slides(objectId)");
        let call = Call::new(&CREATE, Path::new("presentations"))
            .with_query(Query::new().fields(&mask))
            .with_json(&body)?;
        Ok(self.0.send(call).await?.body)
    }

    /// All of these changes, or none; only if the presentation is still at this revision, where one is
    /// given.
    pub(crate) async fn batch(
        &self,
        id: &str,
        requests: Vec<Request>,
        revision: Option<&str>,
    ) -> Result<BatchUpdatePresentationResponse, Error> {
        Ok(self.0.send(batch(id, requests, revision)?).await?.body)
    }

    /// Changes that change nothing more when they are done twice, so that they may be repeated.
    pub(crate) async fn batch_again(
        &self,
        id: &str,
        requests: Vec<Request>,
    ) -> Result<BatchUpdatePresentationResponse, Error> {
        let call = batch(id, requests, None)?.with_own_id();
        Ok(self.0.send(call).await?.body)
    }
}

fn batch(id: &str, requests: Vec<Request>, revision: Option<&str>) -> Result<Call, Error> {
    let body = BatchUpdatePresentationRequest {
        requests: Some(requests),
        write_control: revision.map(|revision| WriteControl {
            required_revision_id: Some(revision.to_owned()),
            ..WriteControl::default()
        }),
        ..BatchUpdatePresentationRequest::default()
    };
    Call::new(&BATCH, presentation(id)?.verb(":batchUpdate"))
        .with_query(Query::new().fields("presentationId,replies"))
        .with_json(&body)
}

fn presentation(id: &str) -> Result<Path, Error> {
    Path::new("presentations").seg(id)
}
