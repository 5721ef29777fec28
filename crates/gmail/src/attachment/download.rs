//! `download_attachment`: a file on a mail becomes one in the folder that the program allows.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toolgate_toolkit::{ToolContext, ToolError};

use super::{METHODS, content_of, look_up};
use crate::{error::Named, letter::OTHERS_WORDS, setup::Setup, wire::Gmail};

/// Saves an attachment as a new file in the allowed folder.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DownloadAttachment {
    /// The mail.
    #[schemars(length(min = 1))]
    message_id: String,
    /// As `get_message` lists it.
    attachment_id: String,
    /// A name in place of its own.
    filename: Option<String>,
}

/// The file that was saved.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Downloaded {
    /// Its name; where there was a file of that name, it has a number.
    name: String,
    /// Where it is within the allowed folder: what `attachments` of other tools takes, if the folder may be read.
    path: String,
    /// In bytes.
    size: usize,
    mime_type: String,
    /// What of this was written by others.
    #[serde(skip_serializing_if = "Option::is_none")]
    untrusted: Option<&'static str>,
}

/// Saves an attachment.
pub(crate) async fn download_attachment(
    cx: ToolContext,
    args: DownloadAttachment,
    setup: Setup,
) -> Result<Downloaded, ToolError> {
    if !setup.folders.can_write() {
        // Said before anything is fetched that could not be kept.
        return Err(ToolError::permission_denied(
            "this program allows no folder into which files may be written; its owner can allow one",
        ));
    }
    let gmail = Gmail::new(&cx, METHODS);
    let message = Named::message(&args.message_id);
    let most = setup.folders.max_file();
    let found = look_up(&gmail, message, &args.attachment_id, most).await?;
    let bytes = content_of(&gmail, message.id, &found.part).await?;
    let size = bytes.len();
    let given = args.filename.as_deref().map(str::trim);
    let given = given.filter(|name| !name.is_empty());
    let saved = setup
        .folders
        .save(given.unwrap_or(&found.about.filename), bytes)
        .await?;
    Ok(Downloaded {
        name: saved.name,
        path: saved.within,
        size,
        untrusted: given.is_none().then_some(OTHERS_WORDS),
        mime_type: found.about.mime_type,
    })
}
