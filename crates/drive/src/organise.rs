//! The tools that move files, rename them, and put them into the trash and out of it.

use google_drive3::api::File;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toolgate_google_http::{Error, Patch, Seen, Words, repeated};
use toolgate_toolkit::{ToolContext, ToolError};

use crate::{
    create::named,
    error::Named,
    look::{self, found},
    settlement::settlement,
    setup::Setup,
    view::FileView,
    wider,
    wire::{Drive, FileChange, GET, PERMISSIONS, UPDATE},
};

pub(crate) const METHODS: &[&str] = &[GET.id(), UPDATE.id()];
pub(crate) const MOVE_METHODS: &[&str] = &[GET.id(), UPDATE.id(), PERMISSIONS.id()];

/// Moves a file or folder into another folder.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MoveFile {
    /// A file or folder.
    #[schemars(length(min = 1))]
    file_id: String,
    /// `root` is My Drive.
    #[schemars(length(min = 1))]
    folder_id: String,
    /// Needed where others have the folder and would get the file.
    allow_wider_access: Option<bool>,
}

/// Renames a file or folder.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RenameFile {
    /// A file or folder.
    #[schemars(length(min = 1))]
    file_id: String,
    /// Its name.
    #[schemars(length(min = 1, max = 500))]
    name: String,
}

/// Puts a file or folder, with all that is in it, into the trash, from which it can be restored.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TrashFile {
    /// A file or folder.
    #[schemars(length(min = 1))]
    file_id: String,
}

/// Takes a file or folder out of the trash.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RestoreFile {
    /// A file or folder.
    #[schemars(length(min = 1))]
    file_id: String,
}

/// A file as it is now, and what it was.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Changed {
    #[serde(flatten)]
    file: FileView,
    #[serde(skip_serializing_if = "Option::is_none")]
    old_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    old_folder_id: Option<String>,
    /// Who got access by the folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    opened_to: Option<String>,
    /// What of this was written by others.
    untrusted: String,
}

/// Moves a file. A shortcut is moved itself, not what it points to.
pub(crate) async fn move_file(
    cx: ToolContext,
    args: MoveFile,
    setup: Setup,
) -> Result<Changed, ToolError> {
    let drive = Drive::new(&cx, MOVE_METHODS);
    let file = Named::file(&args.file_id);
    let old = FileView::of(&found(&drive, file).await?);
    let Some(folder) = look::folder(&drive, Some(&args.folder_id)).await? else {
        let good = "a folder's id, or `root`";
        return Err(ToolError::invalid_argument(
            "folder_id",
            "it is empty",
            good,
        ));
    };
    let is_allowed = args.allow_wider_access == Some(true);
    let opened_to = wider::access(&drive, &old.id, &folder, is_allowed).await?;
    let target = folder.id;
    let from = old.folder_id.as_deref().filter(|from| *from != target);
    let moving = drive.files_move(&old.id, from, &target);
    let look = || is_in(&drive, &old.id, &target);
    let settlement = settlement(&cx, setup.settlement, MOVE);
    let moved = settlement.settle(moving, look).await;
    let moved = moved.map_err(|refusal| refusal.explained(|error| file.explain(error)))?;
    Ok(Changed {
        file: FileView::of(&moved.made),
        old_name: None,
        old_folder_id: old.folder_id,
        opened_to,
        untrusted: cx.fence("file").notice(),
    })
}

const MOVE: Words = Words {
    done: "moved",
    look: "look with get_file",
};

/// The file, where it has come to the folder.
async fn is_in(drive: &Drive, id: &str, folder: &str) -> Result<Seen<File>, Error> {
    let now = drive.files_get(id).await?;
    let is_there = now.parents.iter().flatten().any(|parent| parent == folder);
    Ok(if is_there {
        Seen::Done(now)
    } else {
        Seen::NotDone
    })
}

/// Renames a file.
pub(crate) async fn rename_file(
    cx: ToolContext,
    args: RenameFile,
    setup: Setup,
) -> Result<Changed, ToolError> {
    let name = named("name", &args.name)?.to_owned();
    let drive = Drive::new(&cx, METHODS);
    let file = Named::file(&args.file_id);
    let old = FileView::of(&found(&drive, file).await?);
    let change = FileChange {
        name: Patch::Set(name),
        ..FileChange::default()
    };
    let mut changed = change_of((&cx, &setup), (&drive, file), RENAME, change).await?;
    changed.old_name = Some(old.name);
    Ok(changed)
}

/// Puts a file into the trash.
pub(crate) async fn trash_file(
    cx: ToolContext,
    args: TrashFile,
    setup: Setup,
) -> Result<Changed, ToolError> {
    trashed((&cx, &setup), &args.file_id, true).await
}

/// Takes a file out of the trash.
pub(crate) async fn restore_file(
    cx: ToolContext,
    args: RestoreFile,
    setup: Setup,
) -> Result<Changed, ToolError> {
    let restored = trashed((&cx, &setup), &args.file_id, false).await?;
    if !restored.file.trashed {
        return Ok(restored);
    }
    // What is in a folder of the trash is in the trash with it.
    let folder = restored.file.folder_id.as_deref().unwrap_or_default();
    Err(ToolError::invalid_argument(
        "file_id",
        "it is in the trash with a folder above it, and comes out with that",
        &format!("the id of that folder, which is `{folder}` or above it"),
    ))
}

const RENAME: Words = Words {
    done: "renamed",
    look: "look with get_file",
};
const TRASH: Words = Words {
    done: "put into the trash",
    look: "look with get_file",
};
const RESTORE: Words = Words {
    done: "taken out of the trash",
    look: "look with get_file",
};

async fn trashed(
    at: (&ToolContext, &Setup),
    id: &str,
    trashed: bool,
) -> Result<Changed, ToolError> {
    let drive = Drive::new(at.0, METHODS);
    let change = FileChange {
        trashed: Patch::Set(trashed),
        ..FileChange::default()
    };
    let words = if trashed { TRASH } else { RESTORE };
    change_of(at, (&drive, Named::file(id)), words, change).await
}

async fn change_of(
    (cx, setup): (&ToolContext, &Setup),
    (drive, file): (&Drive, Named<'_>),
    words: Words,
    change: FileChange,
) -> Result<Changed, ToolError> {
    let changing = repeated(|| drive.files_update(file.id, &change));
    let look = || is_so(drive, file.id, &change);
    let settlement = settlement(cx, setup.settlement, words);
    let changed = settlement.settle(changing, look).await;
    let changed = changed.map_err(|refusal| refusal.explained(|error| file.explain(error)))?;
    Ok(Changed {
        file: FileView::of(&changed.made),
        old_name: None,
        old_folder_id: None,
        opened_to: None,
        untrusted: cx.fence("file").notice(),
    })
}

/// The file, where it is as the change would have it.
async fn is_so(drive: &Drive, id: &str, change: &FileChange) -> Result<Seen<File>, Error> {
    let now = drive.files_get(id).await?;
    let has_name = match &change.name {
        Patch::Set(name) => now.name.as_ref() == Some(name),
        _ => true,
    };
    let is_placed = match &change.trashed {
        // With a folder above it a file is in the trash whatever is said of itself.
        Patch::Set(trashed) => (now.explicitly_trashed == Some(true)) == *trashed,
        _ => true,
    };
    Ok(if has_name && is_placed {
        Seen::Done(now)
    } else {
        Seen::NotDone
    })
}
