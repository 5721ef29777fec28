//! Files by their ids, shortcuts followed; `get_file`.

use google_drive3::api::File;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toolgate_toolkit::{ToolContext, ToolError};

use crate::{
    error::Named,
    setup::Setup,
    view::{FOLDER, Facts, SHORTCUT},
    wire::{Drive, GET},
};

pub(crate) const METHODS: &[&str] = &[GET.id()];

/// A shortcut points to no shortcut; if one did, this would end it.
const HOPS: usize = 3;

/// Tells all facts of a file or folder: size, folder, owner, link, what may be done, export formats.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GetFile {
    /// A file or folder.
    #[schemars(length(min = 1))]
    file_id: String,
}

/// All facts of a file.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Told {
    #[serde(flatten)]
    facts: Facts,
    /// What of this was written by others.
    untrusted: String,
}

/// Tells of a file, or of what a shortcut points to.
pub(crate) async fn get_file(
    cx: ToolContext,
    args: GetFile,
    _setup: Setup,
) -> Result<Told, ToolError> {
    let drive = Drive::new(&cx, METHODS);
    let named = Named::file(&args.file_id);
    let file = followed(&drive, named).await?;
    let mut facts = Facts::of(&file);
    let is_other = file.id.as_deref() != Some(named.id) && named.id != "root";
    facts.shortcut_id = is_other.then(|| named.id.to_owned());
    Ok(Told {
        facts,
        untrusted: cx.fence("file").notice(),
    })
}

/// What an id names.
pub(crate) async fn found(drive: &Drive, named: Named<'_>) -> Result<File, ToolError> {
    let file = drive.files_get(named.id).await;
    file.map_err(|error| named.explain(error))
}

/// The id of what an id names, or of what the shortcut points to that it names: a shortcut has people,
/// comments and revisions of its own, which nobody means.
pub(crate) async fn target(drive: &Drive, named: Named<'_>) -> Result<String, ToolError> {
    let file = drive.files_kind(named.id).await;
    let file = file.map_err(|error| named.explain(error))?;
    let target = file.shortcut_details.and_then(|it| it.target_id);
    Ok(target.or(file.id).unwrap_or_default())
}

/// What an id names, or what the shortcut points to that it names.
pub(crate) async fn followed(drive: &Drive, named: Named<'_>) -> Result<File, ToolError> {
    let mut file = found(drive, named).await?;
    for _ in 0..HOPS {
        if file.mime_type.as_deref() != Some(SHORTCUT) {
            return Ok(file);
        }
        let target = file.shortcut_details.and_then(|it| it.target_id);
        let target = target.unwrap_or_default();
        let named = named.instead(&target);
        file = match drive.files_get(&target).await {
            Ok(file) => file,
            Err(error) => {
                let error = named.explain(error);
                return Err(error.with_note("the shortcut points to it"));
            }
        };
    }
    Ok(file)
}

/// A folder that an argument names.
#[derive(Debug)]
pub(crate) struct Folder {
    pub(crate) id: String,
    /// Others have it, and so what is put into it.
    pub(crate) shared: bool,
    /// It is the person's own.
    pub(crate) mine: bool,
}

impl Folder {
    fn of(file: File) -> Self {
        // Google says of nothing in a shared drive that it is shared.
        let shared = file.shared == Some(true) || file.drive_id.is_some();
        let mut owners = file.owners.iter().flatten();
        Self {
            shared,
            mine: owners.any(|owner| owner.me == Some(true)),
            id: file.id.unwrap_or_default(),
        }
    }
}

/// The folder that an argument names; none is My Drive.
pub(crate) async fn folder(drive: &Drive, id: Option<&str>) -> Result<Option<Folder>, ToolError> {
    let Some(id) = id.map(str::trim).filter(|id| !id.is_empty()) else {
        return Ok(None);
    };
    let named = Named::folder(id);
    let file = followed(drive, named).await?;
    if file.mime_type.as_deref() != Some(FOLDER) {
        return Err(ToolError::invalid_argument(
            named.argument,
            "it is a file",
            "a folder's id; search_files with type `folder` finds one",
        ));
    }
    Ok(Some(Folder::of(file)))
}
