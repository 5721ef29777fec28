//! Which methods a Drive answers, what answers each, and what each shows when not told.

use super::world::Drives;
use super::{about, changes, comments, create, drives, export, files, permissions, remove};
use super::{revisions, update};
use crate::call::{Call, Reply};
use crate::refusal::Refusal;

/// The methods that [`Drives`] answers, with the fields that each shows by default.
const TABLE: &[(&str, &str)] = &[
    ("about.get", ""),
    (
        "changes.list",
        "kind,nextPageToken,newStartPageToken,changes(kind,removed,type,changeType,time,fileId,\
         driveId,file(kind,id,name,mimeType),drive(kind,id,name))",
    ),
    ("changes.getStartPageToken", ""),
    ("comments.create", ""),
    ("comments.delete", ""),
    ("comments.get", ""),
    ("comments.list", ""),
    ("comments.update", ""),
    ("drives.create", "kind,id,name"),
    ("drives.delete", ""),
    ("drives.get", "kind,id,name"),
    ("drives.list", "kind,nextPageToken,drives(kind,id,name)"),
    ("drives.update", "kind,id,name"),
    ("files.copy", FILE),
    ("files.create", FILE),
    ("files.delete", ""),
    ("files.emptyTrash", ""),
    ("files.export", ""),
    ("files.generateIds", ""),
    ("files.get", FILE),
    (
        "files.list",
        "kind,incompleteSearch,nextPageToken,files(kind,id,name,mimeType)",
    ),
    ("files.update", FILE),
    ("permissions.create", PERMISSION),
    ("permissions.delete", ""),
    ("permissions.get", PERMISSION),
    (
        "permissions.list",
        "kind,nextPageToken,permissions(kind,id,type,role)",
    ),
    ("permissions.update", PERMISSION),
    ("replies.create", ""),
    ("replies.delete", ""),
    ("replies.get", ""),
    ("replies.list", ""),
    ("replies.update", ""),
    ("revisions.delete", ""),
    ("revisions.get", REVISION),
    (
        "revisions.list",
        "kind,nextPageToken,revisions(kind,id,mimeType,modifiedTime)",
    ),
    ("revisions.update", REVISION),
];

const FILE: &str = "kind,id,name,mimeType";
const PERMISSION: &str = "kind,id,type,role";
const REVISION: &str = "kind,id,mimeType,modifiedTime";

/// The methods that [`Drives`] answers.
pub(crate) static METHODS: std::sync::LazyLock<Vec<String>> = std::sync::LazyLock::new(|| {
    let names = TABLE.iter().map(|(name, _)| format!("drive.{name}"));
    names.collect()
});

/// What a method shows when the call has no `fields`; `None` for all.
pub(crate) fn default_fields(method: &str) -> Option<&'static str> {
    let name = method.strip_prefix("drive.")?;
    let (_, fields) = TABLE.iter().find(|(known, _)| *known == name)?;
    Some(*fields).filter(|fields| !fields.is_empty())
}

/// Whether a call without `fields` is refused.
pub(crate) fn needs_fields(method: &str) -> bool {
    let name = method.strip_prefix("drive.").unwrap_or_default();
    let is_remark = name.starts_with("comments.") || name.starts_with("replies.");
    let (_, verb) = name.split_once('.').unwrap_or_default();
    name == "about.get" || (is_remark && verb != "delete")
}

/// Whether a method answers with a file's bytes when asked with `alt=media`.
pub(crate) fn takes_media(method: &str) -> bool {
    matches!(
        method,
        "drive.files.get" | "drive.files.export" | "drive.revisions.get"
    )
}

/// A call with what every answer depends on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) call: &'a Call,
    /// The caller's address in lower case.
    pub(crate) user: &'a str,
    pub(crate) now_ms: i64,
}

impl Asked<'_> {
    /// Whether a parameter says true.
    pub(crate) fn flag(&self, name: &str) -> bool {
        self.call.query_one(name) == Some("true")
    }

    pub(crate) fn all_drives(&self) -> bool {
        self.flag("supportsAllDrives") || self.flag("supportsTeamDrives")
    }

    pub(crate) fn media(&self) -> bool {
        self.call.query_one("alt") == Some("media")
    }
}

impl Drives {
    /// Answers one of [`METHODS`].
    ///
    /// # Errors
    /// As Google refuses the call.
    pub(crate) fn handle(&mut self, call: &Call, now_ms: i64) -> Result<Reply, Refusal> {
        self.now_ms = now_ms;
        let user = call.account.to_lowercase();
        let asked = Asked {
            call,
            user: &user,
            now_ms,
        };
        let method = call.method.strip_prefix("drive.").unwrap_or_default();
        match method.split_once('.').unwrap_or_default() {
            ("about", "get") => Ok(about::get(self, asked)),
            ("files", method) => self.handle_files(method, asked),
            ("permissions", method) => self.handle_permissions(method, asked),
            ("comments" | "replies", _) => comments::handle(self, asked),
            ("revisions", "list") => revisions::list(self, asked),
            ("revisions", "get") => revisions::get(self, asked),
            ("revisions", "update") => revisions::update(self, asked),
            ("revisions", "delete") => revisions::delete(self, asked),
            ("changes", "getStartPageToken") => changes::start(self, asked),
            ("changes", "list") => changes::list(self, asked),
            ("drives", method) => self.handle_drives(method, asked),
            _ => Err(Refusal::not_implemented(&call.method)),
        }
    }

    fn handle_files(&mut self, method: &str, asked: Asked<'_>) -> Result<Reply, Refusal> {
        match method {
            "list" => files::list(self, asked),
            "get" => files::get(self, asked),
            "export" => export::answer(self, asked),
            "create" => create::create(self, asked),
            "copy" => create::copy(self, asked),
            "update" => update::update(self, asked),
            "delete" => remove::delete(self, asked),
            "emptyTrash" => remove::empty_trash(self, asked),
            "generateIds" => create::generate_ids(self, asked),
            _ => Err(Refusal::not_implemented(&asked.call.method)),
        }
    }

    fn handle_permissions(&mut self, method: &str, asked: Asked<'_>) -> Result<Reply, Refusal> {
        match method {
            "list" => permissions::list(self, asked),
            "get" => permissions::get(self, asked),
            "create" => permissions::create(self, asked),
            "update" => permissions::update(self, asked),
            "delete" => permissions::delete(self, asked),
            _ => Err(Refusal::not_implemented(&asked.call.method)),
        }
    }

    fn handle_drives(&mut self, method: &str, asked: Asked<'_>) -> Result<Reply, Refusal> {
        match method {
            "list" => drives::list(self, asked),
            "get" => drives::get(self, asked),
            "create" => drives::create(self, asked),
            "update" => drives::update(self, asked),
            "delete" => drives::delete(self, asked),
            _ => Err(Refusal::not_implemented(&asked.call.method)),
        }
    }
}
