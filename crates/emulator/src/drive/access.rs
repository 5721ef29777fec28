//! Finding what a call names, and what its caller may do with it.

use serde_json::{Value, json};

use super::methods::Asked;
use super::node::{File, Role};
use super::refused::{forbidden, insufficient, no_file};
use super::world::{Access, Drives};
use crate::call::Call;
use crate::refusal::Refusal;

const SCOPES: &str = "https://www.googleapis.com/auth/";
/// These show every file's properties, and the first two its content as well.
const WHOLE: [&str; 4] = [
    "drive",
    "drive.readonly",
    "drive.metadata",
    "drive.metadata.readonly",
];

/// What a caller may do with a file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct May {
    pub(crate) role: Role,
    is_in_drive: bool,
    copies: bool,
    shares: bool,
}

/// Whether the token shows only what applications made or opened.
pub(crate) fn sees_app_files_only(call: &Call) -> bool {
    !WHOLE.iter().any(|name| has_scope(call, name))
}

/// Whether the token lets file contents be read.
pub(crate) fn reads_content(call: &Call) -> bool {
    [
        "drive",
        "drive.readonly",
        "drive.file",
        "drive.meet.readonly",
    ]
    .iter()
    .any(|name| has_scope(call, name))
}

/// Whether the token lets files be changed that no application made.
fn changes(call: &Call) -> bool {
    has_scope(call, "drive")
        || (call.method == "drive.files.update" && has_scope(call, "drive.metadata"))
}

fn has_scope(call: &Call, name: &str) -> bool {
    let mut scopes = call.scopes.iter();
    scopes.any(|scope| scope.strip_prefix(SCOPES) == Some(name))
}

impl Drives {
    /// An id as files bear it: `root` is the caller's own root.
    pub(crate) fn folder_id(id: &str, user: &str) -> String {
        if id == "root" {
            Self::root_of(user)
        } else {
            id.to_owned()
        }
    }

    /// The file of the call's path.
    pub(crate) fn named(&self, asked: Asked<'_>) -> Result<(&File, Access), Refusal> {
        self.found(asked, asked.call.path_one("fileId"))
    }

    /// A file that the caller may know of.
    pub(crate) fn found(&self, asked: Asked<'_>, id: &str) -> Result<(&File, Access), Refusal> {
        let known = Self::folder_id(id, asked.user);
        let file = self.files.get(&known).ok_or_else(|| no_file(id))?;
        let access = self.shown(asked, file).ok_or_else(|| no_file(id))?;
        // Comments, revisions and exports have no parameter to say it with.
        let says_it = asked.call.method.starts_with("drive.files.")
            || asked.call.method.starts_with("drive.permissions.");
        let is_export = asked.call.method == "drive.files.export";
        if file.drive.is_some() && says_it && !is_export && !asked.all_drives() {
            return Err(no_file(id));
        }
        Ok((file, access))
    }

    /// The caller's way to a file, as far as the token's scopes show it.
    pub(crate) fn shown(&self, asked: Asked<'_>, file: &File) -> Option<Access> {
        let is_shown = file.is_of_app || self.is_root(&file.id) || !sees_app_files_only(asked.call);
        self.access(file, asked.user).filter(|_| is_shown)
    }

    /// A folder that something can be put into.
    pub(crate) fn folder(&self, asked: Asked<'_>, id: &str) -> Result<&File, Refusal> {
        let (folder, access) = self.found(asked, id)?;
        if !folder.is_folder() {
            let message = "The specified parent is not a folder.";
            return Err(forbidden("parentNotAFolder", message));
        }
        if !self.is_root(&folder.id) {
            check_app(folder, asked)?;
        }
        if access.role < Role::Writer {
            let message = "Insufficient permissions for the specified parent.";
            return Err(forbidden("insufficientParentPermissions", message));
        }
        Ok(folder)
    }

    /// What somebody with this access may do with a file.
    pub(crate) fn may(&self, file: &File, access: Access) -> May {
        let drive = file.drive.as_ref().and_then(|id| self.shared.get(id));
        let says =
            |name: &str| drive.is_some_and(|drive| drive.restrictions.get(name) == Some(&true));
        let needs_writer = file.copy_requires_writer || says("copyRequiresWriterPermission");
        let is_writer = access.role >= Role::Writer;
        let sharer = if file.is_folder() && drive.is_some() {
            Role::Organizer
        } else if file.writers_cannot_share {
            Role::Owner
        } else {
            Role::Writer
        };
        May {
            role: access.role,
            is_in_drive: drive.is_some(),
            copies: is_writer || !needs_writer,
            shares: access.role >= sharer,
        }
    }
}

/// Refuses a token that may change only what applications made, however much more it may see.
pub(crate) fn check_app(file: &File, asked: Asked<'_>) -> Result<(), Refusal> {
    if file.is_of_app || changes(asked.call) {
        return Ok(());
    }
    let message = format!(
        "The user has not granted the app write access to the file {}.",
        file.id
    );
    Err(forbidden("appNotAuthorizedToFile", message))
}

/// Refuses what is not allowed.
pub(crate) fn require(allowed: bool, file: &File) -> Result<(), Refusal> {
    if allowed {
        Ok(())
    } else {
        Err(insufficient(&file.id))
    }
}

impl May {
    pub(crate) fn edit(self) -> bool {
        self.role >= Role::Writer
    }

    pub(crate) fn comment(self) -> bool {
        self.role >= Role::Commenter
    }

    /// To copy, download, print and export.
    pub(crate) fn copy(self) -> bool {
        self.copies
    }

    pub(crate) fn share(self) -> bool {
        self.shares
    }

    pub(crate) fn trash(self) -> bool {
        self.role >= self.or_in_drive(Role::Owner, Role::FileOrganizer)
    }

    pub(crate) fn delete(self) -> bool {
        self.role >= self.or_in_drive(Role::Owner, Role::Organizer)
    }

    pub(crate) fn shift(self) -> bool {
        self.role >= self.or_in_drive(Role::Writer, Role::FileOrganizer)
    }

    pub(crate) fn take_out(self) -> bool {
        self.role >= self.or_in_drive(Role::Owner, Role::Organizer)
    }

    fn or_in_drive(self, mine: Role, shared: Role) -> Role {
        if self.is_in_drive { shared } else { mine }
    }

    /// Google's `capabilities` of a file.
    pub(crate) fn capabilities(self, file: &File) -> Value {
        let (folder, edit) = (file.is_folder(), self.edit());
        let organizes = self.shift() && edit;
        json!({
            "canAddChildren": folder && edit,
            "canChangeCopyRequiresWriterPermission": edit && !folder,
            "canChangeViewersCanCopyContent": edit && !folder,
            "canComment": self.comment(),
            "canCopy": self.copy() && !folder,
            "canDelete": self.delete(),
            "canDeleteChildren": folder && self.is_in_drive && self.delete(),
            "canDownload": self.copy() && !folder,
            "canEdit": edit,
            "canListChildren": folder,
            "canModifyContent": edit,
            "canModifyContentRestriction": edit && !folder,
            "canMoveChildrenOutOfDrive": folder && self.take_out(),
            "canMoveChildrenWithinDrive": folder && organizes,
            "canMoveItemOutOfDrive": self.take_out(),
            "canMoveItemWithinDrive": organizes,
            "canReadDrive": self.is_in_drive,
            "canReadRevisions": edit && !folder,
            "canRemoveChildren": folder && organizes,
            "canRename": edit,
            "canShare": self.share(),
            "canTrash": self.trash(),
            "canTrashChildren": folder && self.is_in_drive && self.trash(),
            "canUntrash": self.trash(),
        })
    }
}
