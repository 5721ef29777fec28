//! `get_folder_tree`: folders within folders, with their files.

use std::collections::VecDeque;

use google_drive3::api::File;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toolgate_auth::{Failure as _, FailureKind};
use toolgate_google_http::Error;
use toolgate_toolkit::{
    ToolContext, ToolError,
    sized::{json_size, shortened},
};

use crate::{
    error::Named,
    look::followed,
    query::quoted,
    setup::Setup,
    view::{FOLDER, is_false, visible},
    wire::{Drive, GET, LIST, Place, Which},
};

pub(crate) const METHODS: &[&str] = &[GET.id(), LIST.id()];

/// Levels, unless asked otherwise.
const DEPTH: usize = 3;
/// Folders that one call opens.
const FOLDERS: usize = 50;
/// Files and folders on one page of Drive's.
const PAGE: usize = 100;
/// What a result takes beside its entries.
const ENVELOPE: usize = 500;
/// What a folder that was not opened takes beside its id.
const AGAIN: usize = 15;
/// Characters of the reason why one was not.
const WHY: usize = 160;
const TOO_MUCH: &str = "more is in it than fits: list_files shows all, page by page";
/// Characters of a name.
const NAME: usize = 120;

/// Shows what is in a folder and in the folders within it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GetFolderTree {
    /// My Drive if left out.
    folder_id: Option<String>,
    /// Levels of folders; 3 if left out.
    #[schemars(range(min = 1, max = 10))]
    depth: Option<usize>,
    /// Leave files out.
    folders_only: Option<bool>,
}

/// A folder, and what is in it.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Tree {
    folder_id: String,
    name: String,
    /// Level by level, each below the folder that `parent_id` names.
    entries: Vec<Entry>,
    /// Folders that were not opened, or not to their end: ask for them by `folder_id`, unless `why` says otherwise.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    not_opened: Vec<Unopened>,
    /// Something is missing: see `not_opened`, or `list_files`.
    #[serde(skip_serializing_if = "is_false")]
    truncated: bool,
    /// What of this was written by others.
    untrusted: String,
}

/// A folder that was not opened, or not to its end.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Unopened {
    folder_id: String,
    /// What Google says, or what to do instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

/// A file or folder in a tree.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Entry {
    id: String,
    parent_id: String,
    name: String,
    /// Missing for folders.
    #[serde(skip_serializing_if = "Option::is_none")]
    mime_type: Option<String>,
    #[serde(skip_serializing_if = "is_false")]
    folder: bool,
    /// What a shortcut points to.
    #[serde(skip_serializing_if = "Option::is_none")]
    target_id: Option<String>,
}

impl Entry {
    fn of(file: &File, parent: &str) -> Self {
        let kind = file.mime_type.as_deref().unwrap_or_default();
        let folder = kind == FOLDER;
        let target = file.shortcut_details.as_ref();
        Self {
            id: file.id.clone().unwrap_or_default(),
            parent_id: parent.to_owned(),
            name: visible(file.name.as_deref().unwrap_or_default(), NAME),
            mime_type: (!folder).then(|| shortened(kind, NAME)),
            folder,
            target_id: target.and_then(|it| it.target_id.clone()),
        }
    }
}

/// A walk, as far as it came.
struct Walk<'a> {
    drive: &'a Drive,
    only_folders: bool,
    /// The shared drive that the folders are in.
    shared_drive: Option<String>,
    /// Drive did not look everywhere.
    incomplete: bool,
    room: usize,
    entries: Vec<Entry>,
    /// Folders to open, with their level.
    open: VecDeque<(String, usize)>,
}

/// Walks through folders, level by level.
pub(crate) async fn get_folder_tree(
    cx: ToolContext,
    args: GetFolderTree,
    setup: Setup,
) -> Result<Tree, ToolError> {
    let drive = Drive::new(&cx, METHODS);
    let id = args
        .folder_id
        .as_deref()
        .map(str::trim)
        .filter(|id| !id.is_empty());
    let root = followed(&drive, Named::folder(id.unwrap_or("root"))).await?;
    if root.mime_type.as_deref() != Some(FOLDER) {
        let good = "a folder's id; search_files with type `folder` finds one";
        return Err(ToolError::invalid_argument(
            "folder_id",
            "it is a file",
            good,
        ));
    }
    let id = root.id.unwrap_or_default();
    let mut walk = Walk {
        drive: &drive,
        only_folders: args.folders_only == Some(true),
        shared_drive: root.drive_id,
        incomplete: false,
        // The ids of folders that are not opened have to fit too.
        room: setup.budget.saturating_sub(ENVELOPE),
        entries: Vec::new(),
        open: VecDeque::from([(id.clone(), 0)]),
    };
    let not_opened = walk.run(args.depth.unwrap_or(DEPTH)).await?;
    Ok(Tree {
        folder_id: id,
        name: visible(root.name.as_deref().unwrap_or_default(), NAME),
        entries: walk.entries,
        truncated: walk.incomplete || !not_opened.is_empty(),
        not_opened,
        untrusted: cx.fence("file").notice(),
    })
}

impl Walk<'_> {
    async fn run(&mut self, depth: usize) -> Result<Vec<Unopened>, ToolError> {
        let mut left = FOLDERS;
        let mut not_opened = Vec::new();
        while let Some((folder_id, level)) = self.open.pop_front() {
            let mut why = None;
            if level < depth && left > 0 {
                left -= 1;
                match self.list(&folder_id, level + 1).await {
                    Ok(true) => continue,
                    Ok(false) => {
                        left = 0;
                        // A tree of it would be cut at the same place.
                        why = (level == 0).then(|| TOO_MUCH.to_owned());
                    }
                    Err(error) if level == 0 => return Err(error.into()),
                    Err(error) => {
                        let is_its_own = matches!(
                            error.kind(),
                            FailureKind::NotFound | FailureKind::PermissionDenied
                        );
                        // What else goes wrong goes wrong with the others too.
                        left = if is_its_own { left } else { 0 };
                        why = self.reason(error);
                    }
                }
            }
            not_opened.push(Unopened { folder_id, why });
        }
        Ok(not_opened)
    }

    /// Why a folder was not opened, as far as there is room for it.
    fn reason(&mut self, error: Error) -> Option<String> {
        let why = visible(ToolError::from(error).message(), WHY);
        let size = json_size(&why) + ",\"why\":".len();
        self.room = self.room.checked_sub(size)?;
        Some(why)
    }

    /// Whether all that is in the folder had room.
    async fn list(&mut self, folder: &str, level: usize) -> Result<bool, Error> {
        let kind = if self.only_folders {
            format!(" and mimeType = '{FOLDER}'")
        } else {
            String::new()
        };
        let q = format!("{} in parents and trashed = false{kind}", quoted(folder));
        let mut next: Option<String> = None;
        loop {
            let which = Which {
                q: &q,
                order: Some("folder,name"),
                count: PAGE,
                page_token: next.as_deref(),
                place: self
                    .shared_drive
                    .as_deref()
                    .map_or(Place::Person, Place::Shared),
            };
            let page = self.drive.files_list(which).await?;
            self.incomplete |= page.incomplete_search == Some(true);
            for file in page.files.unwrap_or_default() {
                if !self.add(&file, folder, level) {
                    return Ok(false);
                }
            }
            let token = page.next_page_token.filter(|token| !token.is_empty());
            if token.is_none() || token == next {
                return Ok(true);
            }
            next = token;
        }
    }

    fn add(&mut self, file: &File, folder: &str, level: usize) -> bool {
        let entry = Entry::of(file, folder);
        // A folder may have to be named a second time.
        let again = if entry.folder {
            json_size(&entry.id) + AGAIN
        } else {
            0
        };
        let size = json_size(&entry) + 1 + again;
        if size > self.room {
            return false;
        }
        self.room -= size;
        if entry.folder {
            self.open.push_back((entry.id.clone(), level));
        }
        self.entries.push(entry);
        true
    }
}
