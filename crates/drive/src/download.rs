//! `download_file` and `export_file`: a file in Drive becomes one in the allowed folder.

use google_drive3::api::File;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toolgate_toolkit::{ToolContext, ToolError};

use crate::{
    error::Named,
    formats::{export_default, is_google, media_type, with_extension},
    look::followed,
    setup::Setup,
    view::{FOLDER, offered},
    wire::{Drive, EXPORT, GET, MEDIA},
};

pub(crate) const METHODS: &[&str] = &[GET.id(), MEDIA.id(), EXPORT.id()];
pub(crate) const EXPORT_METHODS: &[&str] = &[GET.id(), EXPORT.id()];

/// Saves a file as a new one in the allowed folder; Docs, Sheets and Slides as office files.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DownloadFile {
    /// A file or folder.
    #[schemars(length(min = 1))]
    file_id: String,
    /// For Google's own kinds only: media type or extension.
    #[schemars(example = &"pdf")]
    export_format: Option<String>,
    /// A name in place of its own.
    filename: Option<String>,
}

/// Saves a Google document, spreadsheet, presentation or drawing in a format that `get_file` lists.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExportFile {
    /// A file or folder.
    #[schemars(length(min = 1))]
    file_id: String,
    /// Media type or extension.
    #[schemars(length(min = 1), example = &"pdf")]
    format: String,
    /// A name in place of its own.
    filename: Option<String>,
}

/// The file that was saved.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Downloaded {
    file_id: String,
    /// Its name; where there was a file of that name, it has a number.
    name: String,
    /// Where it is within the allowed folder: what `file_path` takes, if the folder may be read.
    path: String,
    /// In bytes.
    size: u64,
    mime_type: String,
    /// `downloaded` or `exported`.
    status: &'static str,
    /// What it is in Drive, where it was exported.
    #[serde(skip_serializing_if = "Option::is_none")]
    original_mime_type: Option<String>,
    /// What of this was written by others.
    untrusted: String,
}

/// Saves a file.
pub(crate) async fn download_file(
    cx: ToolContext,
    args: DownloadFile,
    setup: Setup,
) -> Result<Downloaded, ToolError> {
    let drive = Drive::new(&cx, METHODS);
    let wanted = ("export_format", args.export_format.as_deref());
    saved(
        (&cx, &drive),
        &args.file_id,
        wanted,
        args.filename.as_deref(),
        &setup,
    )
    .await
}

/// Saves what a file is exported as.
pub(crate) async fn export_file(
    cx: ToolContext,
    args: ExportFile,
    setup: Setup,
) -> Result<Downloaded, ToolError> {
    let drive = Drive::new(&cx, EXPORT_METHODS);
    let wanted = ("format", Some(args.format.as_str()));
    saved(
        (&cx, &drive),
        &args.file_id,
        wanted,
        args.filename.as_deref(),
        &setup,
    )
    .await
}

async fn saved(
    (cx, drive): (&ToolContext, &Drive),
    id: &str,
    wanted: (&'static str, Option<&str>),
    filename: Option<&str>,
    setup: &Setup,
) -> Result<Downloaded, ToolError> {
    if !setup.folders.can_write() {
        // Said before anything is fetched that could not be kept.
        return Err(ToolError::permission_denied(
            "this program allows no folder into which files may be written; its owner can allow one",
        ));
    }
    let named = Named::file(id);
    let file = followed(drive, named).await?;
    let export = exported_as(&file, wanted)?;
    let name = name_for(&file, filename, export.as_deref());
    let new = setup.folders.create(&name).await?;
    let bounds = (setup.folders.max_file(), setup.progress.clone());
    let kind = export.as_deref();
    let size = drive.files_download(&file, kind, new.file()?, bounds).await;
    let size = size.map_err(|error| named.explain(error))?;
    let kept = new.keep().await?;
    let original = file.mime_type.unwrap_or_default();
    Ok(Downloaded {
        file_id: file.id.unwrap_or_default(),
        name: kept.name,
        path: kept.within,
        size,
        status: if export.is_some() {
            "exported"
        } else {
            "downloaded"
        },
        original_mime_type: export.is_some().then(|| original.clone()),
        mime_type: export.unwrap_or(original),
        untrusted: cx.fence("file").notice(),
    })
}

/// The format that a file of Google's own kind is saved in; none for a file with bytes of its own.
fn exported_as(
    file: &File,
    (argument, wanted): (&'static str, Option<&str>),
) -> Result<Option<String>, ToolError> {
    let kind = file.mime_type.as_deref().unwrap_or_default();
    let wanted = wanted.map(str::trim).filter(|wanted| !wanted.is_empty());
    if kind == FOLDER {
        let good = "a file; list_files shows what a folder holds";
        return Err(ToolError::invalid_argument(
            "file_id",
            "it is a folder",
            good,
        ));
    }
    if !is_google(kind) {
        return match wanted {
            None => Ok(None),
            Some(_) => Err(ToolError::invalid_argument(
                argument,
                &format!("`{kind}` is no kind of Google's own: it is saved as it is"),
                "none: download_file without export_format",
            )),
        };
    }
    let offered = offered(file);
    let chosen = match wanted {
        Some(wanted) => media_type(wanted),
        None => export_default(kind).map(str::to_owned),
    };
    // What Google does not tell it does not check either.
    match chosen {
        Some(chosen) if offered.is_empty() || offered.contains(&chosen) => Ok(Some(chosen)),
        _ if offered.is_empty() => {
            let problem = format!("Google exports `{kind}` as nothing");
            Err(ToolError::invalid_argument(
                "file_id",
                &problem,
                "another file",
            ))
        }
        _ => Err(ToolError::invalid_argument(
            argument,
            "Google does not export the file as that",
            &format!("one of {}", offered.join(", ")),
        )),
    }
}

fn name_for(file: &File, given: Option<&str>, export: Option<&str>) -> String {
    let given = given.map(str::trim).filter(|name| !name.is_empty());
    // In Drive these are letters of a name, as in `Invoices 5/2027`, and no folders.
    let own = || {
        file.name
            .as_deref()
            .unwrap_or_default()
            .replace(['/', '\\'], "_")
    };
    let name = given.map_or_else(own, str::to_owned);
    match export {
        Some(kind) => with_extension(&name, kind),
        None => name,
    }
}
