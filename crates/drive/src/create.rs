//! `create_folder`, `create_document` and `copy_file`: new files, each made once.

use google_drive3::api::File;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toolgate_google_http::Settled;
use toolgate_toolkit::{ToolContext, ToolError};

use crate::{
    error::Named,
    formats::{DOCUMENT_KIND, is_google},
    look::{self, Folder, followed},
    memory::InMemory,
    settlement::{Identity, made},
    setup::Setup,
    view::{FOLDER, FileView, is_false, link},
    wire::{COPY, CREATE, Drive, GET, IDS, LIST, NewFileBody},
};

pub(crate) const FOLDER_METHODS: &[&str] = &[CREATE.id(), IDS.id(), GET.id()];
pub(crate) const DOCUMENT_METHODS: &[&str] = &[CREATE.id(), GET.id(), LIST.id()];
pub(crate) const COPY_METHODS: &[&str] = &[COPY.id(), IDS.id(), GET.id(), LIST.id()];

/// Makes a folder.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateFolder {
    /// Its name.
    #[schemars(length(min = 1, max = 500))]
    name: String,
    /// Where; My Drive if left out.
    folder_id: Option<String>,
}

/// Makes a Google document of Markdown: headings, lists, tables, links.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateDocument {
    /// Its name.
    #[schemars(length(min = 1, max = 500))]
    title: String,
    /// Markdown.
    content: String,
    /// Where; My Drive if left out.
    folder_id: Option<String>,
}

/// Copies a file; folders are not copied.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CopyFile {
    /// A file or folder.
    #[schemars(length(min = 1))]
    file_id: String,
    /// The name of the copy.
    #[schemars(length(min = 1, max = 500))]
    name: Option<String>,
    /// Where; beside the file if left out.
    folder_id: Option<String>,
}

/// A file that was made.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Made {
    /// `created`, or `created (confirmed by look-up)`.
    pub(crate) status: String,
    #[serde(flatten)]
    pub(crate) file: FileView,
    /// For people to open it.
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<String>,
    /// Others have the folder, and so the file.
    #[serde(skip_serializing_if = "is_false")]
    folder_shared: bool,
    /// What of this was written by others.
    #[serde(skip_serializing_if = "Option::is_none")]
    untrusted: Option<String>,
}

impl Made {
    fn of(settled: Settled<File>, parent: Option<&Folder>, untrusted: Option<String>) -> Self {
        Self {
            status: settled.status,
            file: FileView::of(&settled.made),
            link: link(&settled.made),
            folder_shared: parent.is_some_and(|it| it.shared),
            untrusted,
        }
    }
}

/// Where a new file is to be.
pub(crate) fn parents(parent: Option<&Folder>) -> Option<Vec<String>> {
    parent.map(|it| vec![it.id.clone()])
}

/// Makes a folder.
pub(crate) async fn create_folder(
    cx: ToolContext,
    args: CreateFolder,
    setup: Setup,
) -> Result<Made, ToolError> {
    let drive = Drive::new(&cx, FOLDER_METHODS);
    let name = named("name", &args.name)?;
    let parent = look::folder(&drive, args.folder_id.as_deref()).await?;
    let identity = Identity::own(&drive).await?;
    let body = identity.on(NewFileBody {
        name: Some(name.to_owned()),
        mime_type: Some(FOLDER.to_owned()),
        parents: parents(parent.as_ref()),
        ..NewFileBody::default()
    });
    let making = drive.files_create(&body);
    let made = made((&cx, &drive), &identity, setup.settlement, making).await?;
    Ok(Made::of(made, parent.as_ref(), None))
}

/// Makes a document. Drive takes no id for what it converts, so a mark makes it known.
pub(crate) async fn create_document(
    cx: ToolContext,
    args: CreateDocument,
    setup: Setup,
) -> Result<Made, ToolError> {
    let drive = Drive::new(&cx, DOCUMENT_METHODS);
    let title = named("title", &args.title)?;
    let parent = look::folder(&drive, args.folder_id.as_deref()).await?;
    let identity = Identity::marked(&cx);
    let body = identity.on(NewFileBody {
        name: Some(title.to_owned()),
        mime_type: Some(DOCUMENT_KIND.to_owned()),
        parents: parents(parent.as_ref()),
        ..NewFileBody::default()
    });
    let content = InMemory::new(args.content.into_bytes());
    let making = drive.files_upload(&body, "text/markdown", &content, None);
    let made = made((&cx, &drive), &identity, setup.settlement, making).await?;
    Ok(Made::of(made, parent.as_ref(), None))
}

/// Copies a file.
pub(crate) async fn copy_file(
    cx: ToolContext,
    args: CopyFile,
    setup: Setup,
) -> Result<Made, ToolError> {
    let drive = Drive::new(&cx, COPY_METHODS);
    let source = followed(&drive, Named::file(&args.file_id)).await?;
    let kind = source.mime_type.as_deref().unwrap_or_default();
    if kind == FOLDER {
        let good = "a file; create_folder makes a folder, into which files can be copied";
        return Err(ToolError::invalid_argument(
            "file_id",
            "it is a folder",
            good,
        ));
    }
    let parent = look::folder(&drive, args.folder_id.as_deref()).await?;
    let identity = if is_google(kind) {
        Identity::marked(&cx)
    } else {
        Identity::own(&drive).await?
    };
    let body = identity.on(NewFileBody {
        name: args
            .name
            .as_deref()
            .map(|name| named("name", name))
            .transpose()?
            .map(str::to_owned),
        parents: parents(parent.as_ref()),
        ..NewFileBody::default()
    });
    let id = source.id.as_deref().unwrap_or_default();
    let making = drive.files_copy(id, &body);
    let made = made((&cx, &drive), &identity, setup.settlement, making).await?;
    let untrusted = Some(cx.fence("file").notice());
    Ok(Made::of(made, parent.as_ref(), untrusted))
}

/// A name that says something.
pub(crate) fn named<'a>(argument: &'static str, name: &'a str) -> Result<&'a str, ToolError> {
    let name = name.trim();
    if name.is_empty() {
        return Err(ToolError::invalid_argument(
            argument,
            "it is empty",
            "Plans for 2027",
        ));
    }
    Ok(name)
}
