//! `upload_file`: a file of the allowed folder becomes one in Drive.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toolgate_toolkit::{ToolContext, ToolError};

use crate::{
    create::{named, parents},
    formats::{convertible, media_type},
    look,
    settlement::{Identity, made},
    setup::Setup,
    view::{FileView, is_false, link},
    wire::{CREATE, Drive, GET, IDS, LIST, NewFileBody, source_of},
};

pub(crate) const METHODS: &[&str] = &[CREATE.id(), IDS.id(), GET.id(), LIST.id()];

/// Uploads a file from the allowed folder, of any size.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UploadFile {
    /// Within the allowed folder.
    #[schemars(length(min = 1), example = "reports/2027.pdf")]
    file_path: String,
    /// A name in place of its own.
    #[schemars(length(min = 1, max = 500))]
    name: Option<String>,
    /// Where; My Drive if left out.
    folder_id: Option<String>,
    /// Make a Google document, spreadsheet or presentation of it.
    convert: Option<bool>,
    /// If its name does not tell.
    #[schemars(example = "text/csv")]
    mime_type: Option<String>,
}

/// A file that was uploaded.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Uploaded {
    /// `created`, or `created (confirmed by look-up)`.
    status: String,
    #[serde(flatten)]
    file: FileView,
    /// For people to open it.
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<String>,
    /// Others have the folder, and so the file.
    #[serde(skip_serializing_if = "is_false")]
    folder_shared: bool,
    /// Bytes that were sent.
    sent: u64,
}

/// Uploads a file.
pub(crate) async fn upload_file(
    cx: ToolContext,
    args: UploadFile,
    setup: Setup,
) -> Result<Uploaded, ToolError> {
    let opened = setup.folders.open("file_path", &args.file_path).await?;
    let kind = kind_of(&args, &opened.name)?;
    let target = target(&args, &kind)?;
    let name = match args.name.as_deref() {
        Some(name) => named("name", name)?.to_owned(),
        // A document of Google's has no extension.
        None if target.is_some() => stem(&opened.name).to_owned(),
        None => opened.name,
    };
    let drive = Drive::new(&cx, METHODS);
    let parent = look::folder(&drive, args.folder_id.as_deref()).await?;
    let identity = match target {
        Some(_) => Identity::marked(&cx),
        None => Identity::own(&drive).await?,
    };
    let body = identity.on(NewFileBody {
        name: Some(name),
        mime_type: Some(target.unwrap_or(&kind).to_owned()),
        parents: parents(parent.as_ref()),
        ..NewFileBody::default()
    });
    let source = source_of(opened.file)?;
    let making = drive.files_upload(&body, &kind, &source, setup.progress.clone());
    let made = made((&cx, &drive), &identity, setup.settlement, making).await?;
    Ok(Uploaded {
        status: made.status,
        file: FileView::of(&made.made),
        link: link(&made.made),
        folder_shared: parent.is_some_and(|it| it.shared),
        sent: opened.size,
    })
}

fn kind_of(args: &UploadFile, name: &str) -> Result<String, ToolError> {
    let Some(given) = args.mime_type.as_deref() else {
        let guess = mime_guess::from_path(name).first_raw();
        return Ok(guess.unwrap_or("application/octet-stream").to_owned());
    };
    media_type(given)
        .ok_or_else(|| ToolError::invalid_argument("mime_type", "it is no media type", "text/csv"))
}

/// What of Google's it is to become.
fn target(args: &UploadFile, kind: &str) -> Result<Option<&'static str>, ToolError> {
    if args.convert != Some(true) {
        return Ok(None);
    }
    match convertible(kind) {
        Some(target) => Ok(Some(target)),
        None => Err(ToolError::invalid_argument(
            "convert",
            &format!("Google makes nothing of `{kind}`"),
            "true for office files, text, Markdown, HTML, CSV and PDF; otherwise leave it out",
        )),
    }
}

fn stem(name: &str) -> &str {
    match name.rsplit_once('.') {
        Some((stem, _)) if !stem.is_empty() => stem,
        _ => name,
    }
}
