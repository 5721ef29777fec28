//! Changing a file: its properties, its content, its place.

use std::collections::BTreeMap;

use serde_json::Value;

use super::access::{check_app, require};
use super::create::body_of;
use super::methods::Asked;
use super::moving;
use super::node::File;
use super::refused::{forbidden, invalid};
use super::world::{Drives, mark_modified};
use crate::call::Reply;
use crate::refusal::Refusal;

/// What a request's body says of a file; a field with null is cleared.
#[derive(Debug, Clone, Copy)]
pub(super) struct Properties<'a>(&'a Value);

/// What anybody may set who sees a file.
const PERSONAL: [&str; 2] = ["starred", "viewedByMeTime"];

/// `files.update`
pub(super) fn update(drives: &mut Drives, asked: Asked<'_>) -> Result<Reply, Refusal> {
    let body = asked.call.json();
    let (file, _) = drives.named(asked)?;
    let id = file.id.clone();
    let is_edited = check(drives, asked)?;
    let mut changed = file.clone();
    let content = new_content(&mut changed, asked)?;
    Properties(body).apply(&mut changed, asked)?;
    match body["trashed"].as_bool() {
        Some(true) if changed.trashed.is_none() => {
            changed.trashed = Some((asked.now_ms, asked.user.to_owned()));
        }
        Some(false) => changed.trashed = None,
        _ => {}
    }
    let given_ms = changed.modified_ms;
    let is_given = given_ms != file.modified_ms;
    if is_edited {
        mark_modified(&mut changed, asked.user, asked.now_ms);
    }
    // The place last: it refuses before anything is stored.
    moving::place(drives, asked, &mut changed)?;
    drives.files.insert(id.clone(), changed);
    if let Some(content) = content {
        drives.add_revision(&id, content, asked.user, asked.now_ms);
    }
    if let Some(file) = drives.files.get_mut(&id) {
        if is_given {
            file.modified_ms = given_ms;
        }
        if asked.flag("keepRevisionForever")
            && let Some(newest) = file.revisions.last_mut()
        {
            newest.keep_forever = true;
        }
    }
    // What is below a folder goes to the trash, and to another folder, with it.
    let moves = ["addParents", "removeParents"].iter();
    let moves = moves
        .into_iter()
        .any(|it| asked.call.query.contains_key(*it));
    let all = drives.subtree(&id).into_iter();
    for id in all.take(if moves || body["trashed"].is_boolean() {
        usize::MAX
    } else {
        1
    }) {
        drives.touch(&id, asked.now_ms);
    }
    show(drives, asked, &id)
}

/// Refuses what the caller may not change; tells whether it changes what others see.
fn check(drives: &Drives, asked: Asked<'_>) -> Result<bool, Refusal> {
    let body = asked.call.json();
    let (file, access) = drives.named(asked)?;
    check_app(file, asked)?;
    let may = drives.may(file, access);
    if !body["parents"].is_null() {
        let message = "The parents field is not directly writable in update requests. Use the \
                       addParents and removeParents parameters instead.";
        return Err(forbidden("fieldNotWritable", message));
    }
    if !body["id"].is_null() && body["id"] != file.id.as_str() {
        let message = "The resource body includes fields which are not directly writable.";
        return Err(forbidden("fieldNotWritable", message));
    }
    if body["trashed"].is_boolean() {
        require(may.trash() && !drives.is_root(&file.id), file)?;
    }
    let fields = body.as_object().into_iter().flatten();
    let mut fields = fields.filter(|(name, _)| !PERSONAL.contains(&name.as_str()));
    let is_edited = fields.any(|(name, _)| name != "trashed") || asked.call.media.is_some();
    require(may.edit() || !is_edited, file)?;
    Ok(is_edited)
}

/// The content that an update brings; a native file stays one of its kind.
fn new_content(file: &mut File, asked: Asked<'_>) -> Result<Option<super::node::Body>, Refusal> {
    let wanted = asked.call.json()["mimeType"].as_str();
    let is_native = file.native().is_some();
    let Some(media) = &asked.call.media else {
        if let Some(wanted) = wanted.filter(|it| *it != file.mime_type) {
            if is_native
                || wanted.starts_with("application/vnd.google-apps.")
                || file.revisions.is_empty()
            {
                return Err(invalid(
                    "Invalid MIME type provided for the uploaded content.",
                ));
            }
            wanted.clone_into(&mut file.mime_type);
        }
        return Ok(None);
    };
    if file.revisions.is_empty() {
        return Err(invalid("Folders and shortcuts have no content."));
    }
    if !is_native {
        wanted
            .unwrap_or(&media.content_type)
            .clone_into(&mut file.mime_type);
    }
    body_of(media, &file.mime_type).map(Some)
}

/// What a file looks like now.
pub(super) fn show(drives: &Drives, asked: Asked<'_>, id: &str) -> Result<Reply, Refusal> {
    let file = drives
        .files
        .get(id)
        .ok_or_else(|| super::refused::no_file(id))?;
    let access = drives.access(file, asked.user);
    let access = access.ok_or_else(|| super::refused::no_file(id))?;
    Ok(Reply::Json(drives.file_json(asked, file, access)))
}

impl<'a> Properties<'a> {
    pub(super) fn of(body: &'a Value) -> Self {
        Self(body)
    }

    /// Writes what the body says into a file.
    pub(super) fn apply(self, file: &mut File, asked: Asked<'_>) -> Result<(), Refusal> {
        let body = self.0;
        if let Some(name) = body["name"].as_str() {
            name.clone_into(&mut file.name);
        }
        self.text("description", &mut file.description);
        self.text("folderColorRgb", &mut file.folder_color);
        if let Some(name) = body["originalFilename"].as_str() {
            file.original_filename = Some(name.to_owned());
        }
        if let Some(starred) = body["starred"].as_bool() {
            if starred {
                file.starred_by.insert(asked.user.to_owned());
            } else {
                file.starred_by.remove(asked.user);
            }
        }
        if let Some(needs) = body["copyRequiresWriterPermission"].as_bool() {
            file.copy_requires_writer = needs;
        }
        if let Some(share) = body["writersCanShare"].as_bool() {
            file.writers_cannot_share = !share;
        }
        if let Some(text) = body["contentHints"]["indexableText"].as_str() {
            text.clone_into(&mut file.indexable_text);
        }
        for (name, ms) in [
            ("createdTime", &mut file.created_ms),
            ("modifiedTime", &mut file.modified_ms),
        ] {
            if let Some(time) = self.time(name)? {
                *ms = time;
            }
        }
        if let Some(ms) = self.time("viewedByMeTime")? {
            file.viewed.insert(asked.user.to_owned(), ms);
        }
        self.pairs("properties", &mut file.properties);
        self.pairs("appProperties", &mut file.app_properties);
        Ok(())
    }

    fn text(self, name: &str, place: &mut Option<String>) {
        match self.0.get(name) {
            Some(Value::String(text)) => *place = Some(text.clone()).filter(|it| !it.is_empty()),
            Some(Value::Null) => *place = None,
            _ => {}
        }
    }

    fn time(self, name: &str) -> Result<Option<i64>, Refusal> {
        let Some(text) = self.0[name].as_str() else {
            return Ok(None);
        };
        let time = chrono::DateTime::parse_from_rfc3339(text);
        let time = time.map_err(|_| invalid(format!("Invalid value for {name}.")))?;
        Ok(Some(time.timestamp_millis()))
    }

    fn pairs(self, name: &str, pairs: &mut BTreeMap<String, String>) {
        for (key, value) in self.0[name].as_object().into_iter().flatten() {
            match value.as_str() {
                Some(value) => drop(pairs.insert(key.clone(), value.to_owned())),
                None => drop(pairs.remove(key)),
            }
        }
    }
}
