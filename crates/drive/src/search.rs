//! `search_files` and `list_files`: pages of files, by arguments or by Drive's own language.

use google_drive3::api::FileList;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toolgate_auth::{Failure as _, FailureKind};
use toolgate_google_http::{Error, id_in_link};
use toolgate_toolkit::{ToolContext, ToolError, sized::shortened};

use crate::{
    error::{is_refused_as_invalid, refused},
    look,
    query::{Terms, moment, searches_text},
    setup::Setup,
    view::{FOLDER, FileView, is_false},
    wire::{Drive, GET, LIST, Place, Which},
};

pub(crate) const METHODS: &[&str] = &[LIST.id(), GET.id()];

/// Files on a page, unless asked otherwise.
const DEFAULT_COUNT: usize = 10;
/// What a result takes beside its files.
const ENVELOPE: usize = 900;
/// What a file takes at most: a page has no more files than that allows.
pub(crate) const MOST_FOR_FILE: usize = 640;
/// Characters of the query that is shown.
const QUERY: usize = 400;

/// Kinds of files by a word.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Folder,
    Document,
    Spreadsheet,
    Presentation,
    Pdf,
    Image,
    Video,
    Audio,
}

impl Kind {
    fn term(self) -> String {
        match self {
            Self::Folder => format!("mimeType = '{FOLDER}'"),
            Self::Document => any(&[
                "application/vnd.google-apps.document",
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            ]),
            Self::Spreadsheet => any(&[
                "application/vnd.google-apps.spreadsheet",
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            ]),
            Self::Presentation => any(&[
                "application/vnd.google-apps.presentation",
                "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            ]),
            Self::Pdf => "mimeType = 'application/pdf'".to_owned(),
            Self::Image => "mimeType contains 'image/'".to_owned(),
            Self::Video => "mimeType contains 'video/'".to_owned(),
            Self::Audio => "mimeType contains 'audio/'".to_owned(),
        }
    }
}

fn any(kinds: &[&str]) -> String {
    let terms = kinds.iter().map(|kind| format!("mimeType = '{kind}'"));
    format!("({})", terms.collect::<Vec<_>>().join(" or "))
}

/// Finds files: all that is given has to fit. By relevance with `text`, else the latest first.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SearchFiles {
    /// Words in content, name or description; "in quotes" exactly.
    text: Option<String>,
    /// How a word of the name begins.
    name: Option<String>,
    /// What it is.
    #[serde(rename = "type")]
    kind: Option<Kind>,
    /// Directly in this folder; `root` is My Drive.
    folder_id: Option<String>,
    /// E-mail address, or `me`.
    owner: Option<String>,
    /// Date or RFC 3339.
    #[schemars(example = "2027-03-01")]
    modified_after: Option<String>,
    /// As `modified_after`.
    modified_before: Option<String>,
    /// Only what is in the trash.
    trashed: Option<bool>,
    /// Only in this shared drive.
    shared_drive_id: Option<String>,
    /// Also this, in Drive's language.
    #[schemars(example = "starred = true")]
    query: Option<String>,
    /// 10 if left out.
    #[schemars(range(min = 1, max = 100))]
    max_results: Option<usize>,
    /// `next_page_token` of the page before.
    page_token: Option<String>,
}

/// Lists files, the latest first: in a folder, or everywhere.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListFiles {
    /// Directly in this one; `root` is My Drive.
    folder_id: Option<String>,
    /// In Drive's language.
    #[schemars(example = "starred = true")]
    query: Option<String>,
    /// 10 if left out.
    #[schemars(range(min = 1, max = 100))]
    page_size: Option<usize>,
    /// `next_page_token` of the page before.
    page_token: Option<String>,
}

/// A page of files.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Page {
    files: Vec<FileView>,
    /// Files on this page.
    count: usize,
    /// As Drive was asked.
    query: String,
    /// To get the next page; missing on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_page_token: Option<String>,
    /// Drive did not look everywhere: there may be more. A search with `shared_drive_id` is complete.
    #[serde(skip_serializing_if = "is_false")]
    incomplete_search: bool,
    /// What of this was written by others.
    untrusted: String,
}

/// Lists, as a search for nothing but the folder.
pub(crate) async fn list_files(
    cx: ToolContext,
    args: ListFiles,
    setup: Setup,
) -> Result<Page, ToolError> {
    let search = SearchFiles {
        folder_id: args.folder_id,
        query: args.query,
        max_results: args.page_size,
        page_token: args.page_token,
        ..SearchFiles::default()
    };
    search_files(cx, search, setup).await
}

/// Searches.
pub(crate) async fn search_files(
    cx: ToolContext,
    mut args: SearchFiles,
    setup: Setup,
) -> Result<Page, ToolError> {
    let drive = Drive::new(&cx, METHODS);
    for id in [&mut args.folder_id, &mut args.shared_drive_id] {
        *id = given(id.as_deref()).map(|id| id_in_link(id).to_owned());
    }
    let mut q = query_of(&args)?;
    let mut page = found(&drive, &args, &q, &setup).await;
    if let Some(other) = other_folder(&drive, &args, &page).await? {
        args.folder_id = Some(other);
        q = query_of(&args)?;
        page = found(&drive, &args, &q, &setup).await;
    }
    let page_token = given(args.page_token.as_deref());
    let page = page.map_err(|error| match args.query.as_deref() {
        Some(_) if page_token.is_none() && is_refused_as_invalid(&error) => not_understood(&error),
        _ => refused(error, page_token),
    })?;
    Ok(shown(&cx, page, &q))
}

async fn found(
    drive: &Drive,
    args: &SearchFiles,
    q: &str,
    setup: &Setup,
) -> Result<FileList, Error> {
    let fits = setup.budget.saturating_sub(ENVELOPE) / MOST_FOR_FILE;
    let shared_drive = given(args.shared_drive_id.as_deref());
    let place = match (shared_drive, given(args.folder_id.as_deref())) {
        (Some(id), _) => Place::Shared(id),
        (None, Some(_)) => Place::Person,
        // Otherwise Drive leaves out what is in a shared drive and was never opened by the person.
        (None, None) => Place::Everywhere,
    };
    let which = Which {
        q,
        // Drive refuses to sort what is found by its content, and gives it by relevance.
        order: (!searches_text(q)).then_some("modifiedTime desc"),
        place,
        count: args.max_results.unwrap_or(DEFAULT_COUNT).min(fits),
        page_token: given(args.page_token.as_deref()),
    };
    drive.files_list(which).await
}

/// All else that is in the query is ours.
fn not_understood(error: &Error) -> ToolError {
    ToolError::invalid_argument(
        "query",
        &format!("Drive does not understand it ({error})"),
        "name contains 'plan' and mimeType != 'application/vnd.google-apps.folder'",
    )
}

/// Where a folder shows nothing it may be a shortcut to another, or no folder at all.
async fn other_folder(
    drive: &Drive,
    args: &SearchFiles,
    page: &Result<FileList, Error>,
) -> Result<Option<String>, ToolError> {
    let folder = given(args.folder_id.as_deref()).filter(|id| *id != "root");
    let Some(folder) = folder.filter(|_| given(args.page_token.as_deref()).is_none()) else {
        return Ok(None);
    };
    let shows_nothing = match page {
        Ok(page) => page.files.iter().flatten().next().is_none(),
        Err(error) => error.kind() == FailureKind::NotFound,
    };
    if !shows_nothing {
        return Ok(None);
    }
    let other = look::folder(drive, Some(folder)).await?;
    Ok(other.map(|it| it.id).filter(|other| other != folder))
}

fn query_of(args: &SearchFiles) -> Result<String, ToolError> {
    let mut terms = Terms::default();
    terms.compare("fullText", "contains", args.text.as_deref());
    terms.compare("name", "contains", args.name.as_deref());
    if let Some(kind) = args.kind {
        terms.and(kind.term());
    }
    terms.within(args.folder_id.as_deref(), "parents");
    terms.within(args.owner.as_deref(), "owners");
    let after = moment("modified_after", args.modified_after.as_deref())?;
    let before = moment("modified_before", args.modified_before.as_deref())?;
    terms.compare("modifiedTime", ">=", after.as_deref());
    terms.compare("modifiedTime", "<", before.as_deref());
    terms.raw(args.query.as_deref())?;
    terms.and(format!("trashed = {}", args.trashed == Some(true)));
    Ok(terms.joined())
}

fn given(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

fn shown(cx: &ToolContext, page: FileList, q: &str) -> Page {
    let files = page.files.unwrap_or_default();
    let files: Vec<FileView> = files.iter().map(FileView::of).collect();
    Page {
        count: files.len(),
        files,
        query: shortened(q, QUERY),
        next_page_token: page.next_page_token.filter(|token| !token.is_empty()),
        incomplete_search: page.incomplete_search == Some(true),
        untrusted: cx.fence("file").notice(),
    }
}
