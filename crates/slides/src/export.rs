//! `export_presentation`: a presentation as a file in the allowed folder.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toolgate_toolkit::{ToolContext, ToolError};

use crate::{
    error::Named,
    remove::presentation,
    setup::Setup,
    wire::{EXPORT, FILE, Slides},
};

pub(crate) const METHODS: &[&str] = &[FILE.id(), EXPORT.id()];

/// In what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Format {
    #[default]
    Pdf,
    Pptx,
    Odp,
    Txt,
}

impl Format {
    const fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Pptx => {
                "application/vnd.openxmlformats-officedocument.presentationml.presentation"
            }
            Self::Odp => "application/vnd.oasis.opendocument.presentation",
            Self::Txt => "text/plain",
        }
    }

    const fn extension(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Pptx => "pptx",
            Self::Odp => "odp",
            Self::Txt => "txt",
        }
    }
}

/// Saves a presentation as a new file in the allowed folder; Google exports at most 10 MB.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExportPresentation {
    /// Id or link.
    #[schemars(length(min = 1))]
    presentation_id: String,
    /// PDF if left out.
    format: Option<Format>,
    /// A name in place of its title.
    filename: Option<String>,
}

/// The file that was saved.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Exported {
    presentation_id: String,
    /// Its name; where there was a file of that name, it has a number.
    name: String,
    /// Where it is within the allowed folder.
    path: String,
    /// In bytes.
    size: u64,
    mime_type: &'static str,
    /// What of this was written by others.
    untrusted: String,
}

/// Saves a presentation.
pub(crate) async fn export_presentation(
    cx: ToolContext,
    args: ExportPresentation,
    setup: Setup,
) -> Result<Exported, ToolError> {
    if !setup.folders.can_write() {
        // Said before anything is fetched that could not be kept.
        return Err(ToolError::permission_denied(
            "this program allows no folder into which files may be written; its owner can allow one",
        ));
    }
    let named = Named::deck(&args.presentation_id);
    let slides = Slides::new(&cx, METHODS);
    let file = presentation(&slides, named).await?;
    let format = args.format.unwrap_or_default();
    let name = name(file.name.as_deref(), args.filename.as_deref(), format);
    let new = setup.folders.create(&name).await?;
    let id = file.id.unwrap_or_default();
    let most = setup.folders.max_file();
    let size = slides
        .file_export(&id, format.media_type(), new.file()?, most)
        .await;
    let size = size.map_err(|error| {
        if error.has_reason("exportSizeLimitExceeded") {
            let good = "a smaller one; the person can open this one and save it";
            let problem = "Google exports no more than 10 MB, and this has more";
            return ToolError::invalid_argument("presentation_id", problem, good);
        }
        named.explain(error)
    })?;
    let kept = new.keep().await?;
    Ok(Exported {
        presentation_id: id,
        name: kept.name,
        path: kept.within,
        size,
        mime_type: format.media_type(),
        untrusted: cx.fence("slide").notice(),
    })
}

/// In Drive a slash is a letter of a name, as in `Results 5/2027`, and no folder.
fn name(title: Option<&str>, given: Option<&str>, format: Format) -> String {
    let given = given.map(str::trim).filter(|it| !it.is_empty());
    let own = || title.unwrap_or("presentation").replace(['/', '\\'], "_");
    let name = given.map_or_else(own, str::to_owned);
    let end = format!(".{}", format.extension());
    if name.to_ascii_lowercase().ends_with(&end) {
        return name;
    }
    format!("{name}{end}")
}
