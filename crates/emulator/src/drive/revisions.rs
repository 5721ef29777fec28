//! The versions of a file's content.

use serde_json::{Value, json};

use super::access::require;
use super::methods::Asked;
use super::node::{Body, File, Revision};
use super::refused::{forbidden, not_found};
use super::world::Drives;
use super::{files, page};
use crate::call::Reply;
use crate::refusal::Refusal;

/// Google's page of a list, unless another is asked for.
const USUAL_PAGE: usize = 200;

/// `revisions.list`
pub(super) fn list(drives: &Drives, asked: Asked<'_>) -> Result<Reply, Refusal> {
    let file = readable(drives, asked)?;
    let page = page::of(asked.call, file.revisions.iter().collect(), USUAL_PAGE)?;
    let shown = page.items.into_iter();
    let shown = shown.map(|it: &Revision| drives.revision_json(it, asked.user));
    let mut list = json!({
        "kind": "drive#revisionList",
        "revisions": shown.collect::<Vec<Value>>(),
    });
    if let Some(token) = page.next {
        list["nextPageToken"] = token.into();
    }
    Ok(Reply::Json(list))
}

/// `revisions.get`
pub(super) fn get(drives: &Drives, asked: Asked<'_>) -> Result<Reply, Refusal> {
    let file = readable(drives, asked)?;
    let revision = &file.revisions[place(file, asked)?];
    if !asked.media() {
        return Ok(Reply::Json(drives.revision_json(revision, asked.user)));
    }
    let (_, access) = drives.named(asked)?;
    files::check_download(drives, asked, file, access)?;
    let Body::Blob { content, .. } = &revision.body else {
        let message = "Only files with binary content can be downloaded. Use Export with Docs \
                       Editors files.";
        return Err(forbidden("fileNotDownloadable", message).at("parameter", "alt"));
    };
    Ok(Reply::Media {
        content_type: revision.mime_type.clone(),
        content: content.clone(),
    })
}

/// `revisions.update`: whether it is kept for ever.
pub(super) fn update(drives: &mut Drives, asked: Asked<'_>) -> Result<Reply, Refusal> {
    let file = readable(drives, asked)?;
    let (id, at) = (file.id.clone(), place(file, asked)?);
    if let Some(keep) = asked.call.json()["keepForever"].as_bool()
        && let Some(file) = drives.files.get_mut(&id)
    {
        file.revisions[at].keep_forever = keep;
    }
    drives.touch(&id, asked.now_ms);
    let file = readable(drives, asked)?;
    Ok(Reply::Json(
        drives.revision_json(&file.revisions[at], asked.user),
    ))
}

/// `revisions.delete`: of binary files, and not the last one.
pub(super) fn delete(drives: &mut Drives, asked: Asked<'_>) -> Result<Reply, Refusal> {
    let file = readable(drives, asked)?;
    let at = place(file, asked)?;
    if file.native().is_some() {
        let message = "Revision deletion is only supported for files with binary content.";
        return Err(forbidden("revisionDeletionNotSupported", message));
    }
    if file.revisions.len() == 1 {
        let message = "The last remaining revision of a file cannot be deleted.";
        return Err(forbidden("cannotDeleteOnlyRevision", message));
    }
    let id = file.id.clone();
    if let Some(file) = drives.files.get_mut(&id) {
        file.revisions.remove(at);
    }
    drives.touch(&id, asked.now_ms);
    Ok(Reply::Empty)
}

/// A file with versions, for a caller who may see them.
fn readable<'a>(drives: &'a Drives, asked: Asked<'_>) -> Result<&'a File, Refusal> {
    let (file, access) = drives.named(asked)?;
    let may = drives.may(file, access);
    require(may.edit(), file)?;
    if file.revisions.is_empty() {
        let message = "The file does not support revisions.";
        return Err(forbidden("revisionsNotSupported", message));
    }
    Ok(file)
}

/// Where the revision of the call's path stands; `head` is the newest.
fn place(file: &File, asked: Asked<'_>) -> Result<usize, Refusal> {
    let wanted = asked.call.path_one("revisionId");
    let mut all = file.revisions.iter();
    let found = if wanted == "head" {
        file.revisions.len().checked_sub(1)
    } else {
        all.position(|it| it.id == wanted)
    };
    found.ok_or_else(|| not_found("Revision", wanted, "revisionId"))
}
