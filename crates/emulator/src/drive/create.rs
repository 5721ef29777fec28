//! New files: made, uploaded, copied; and ids for them.

use serde_json::{Value, json};

use super::methods::Asked;
use super::native::Native;
use super::node::{Body, File, Grantee, Permission, Role, SHORTCUT, SLIDES};
use super::refused::{forbidden, invalid, invalid_parameter, no_conversion, no_file};
use super::update::{self, Properties};
use super::world::{Drives, mark_modified};
use crate::call::{Call, Media, Reply};
use crate::refusal::Refusal;

const NATIVE: &str = "application/vnd.google-apps.";
const BYTES: &str = "application/octet-stream";

/// `files.create`
pub(super) fn create(drives: &mut Drives, asked: Asked<'_>) -> Result<Reply, Refusal> {
    let body = asked.call.json();
    let (mime_type, content) = content(asked.call)?;
    let place = place(drives, asked, None)?;
    let id = chosen_id(drives, body, &mime_type)?;
    let mut file = File {
        name: body["name"].as_str().unwrap_or("Untitled").to_owned(),
        shortcut: shortcut(drives, asked, &mime_type)?,
        mime_type,
        ..File::default()
    };
    file.original_filename = body["originalFilename"].as_str().map(ToOwned::to_owned);
    Properties::of(body).apply(&mut file, asked)?;
    add(drives, asked, file, id, &place, content)
}

/// `files.copy`
pub(super) fn copy(drives: &mut Drives, asked: Asked<'_>) -> Result<Reply, Refusal> {
    let body = asked.call.json();
    let (source, access) = drives.named(asked)?;
    if source.is_folder() || !drives.may(source, access).copy() {
        let message = "This file cannot be copied by the user.";
        return Err(forbidden("cannotCopyFile", message));
    }
    let mut content = source.head().map(|head| head.body.clone());
    let mut mime_type = source.mime_type.clone();
    if let Some(wanted) = body["mimeType"].as_str().filter(|it| *it != mime_type) {
        content = content
            .map(|body| converted(&body, &mime_type, wanted))
            .transpose()?;
        wanted.clone_into(&mut mime_type);
    }
    let name = match body["name"].as_str() {
        Some(name) => name.to_owned(),
        None => format!("Copy of {}", source.name),
    };
    let mut file = File {
        name,
        description: source.description.clone(),
        shortcut: source.shortcut.clone(),
        properties: source.properties.clone(),
        app_properties: source.app_properties.clone(),
        original_filename: source.original_filename.clone(),
        indexable_text: source.indexable_text.clone(),
        ..File::default()
    };
    let near = source.parent.clone();
    let place = place(drives, asked, near.as_deref())?;
    let id = chosen_id(drives, body, &mime_type)?;
    file.mime_type = mime_type;
    Properties::of(body).apply(&mut file, asked)?;
    add(drives, asked, file, id, &place, content)
}

/// `files.generateIds`
pub(super) fn generate_ids(drives: &mut Drives, asked: Asked<'_>) -> Result<Reply, Refusal> {
    let count = asked.call.query_one("count").unwrap_or("10");
    let count: usize = count.parse().map_err(|_| invalid_parameter("count"))?;
    let space = asked.call.query_one("space").unwrap_or("drive");
    let ids: Vec<String> = (0..count).map(|_| drives.fresh_id("1", 33)).collect();
    drives.reserved.extend(ids.clone());
    Ok(Reply::Json(json!({
        "kind": "drive#generatedIds",
        "space": space,
        "ids": ids,
    })))
}

/// Stores a new file and shows it.
pub(super) fn add(
    drives: &mut Drives,
    asked: Asked<'_>,
    mut file: File,
    id: Option<String>,
    place: &str,
    content: Option<Body>,
) -> Result<Reply, Refusal> {
    let (user, now_ms) = (asked.user, asked.now_ms);
    let drive = drives.files.get(place).and_then(|it| it.drive.clone());
    let (given_ms, created_ms) = (file.modified_ms, file.created_ms);
    file.id = id.unwrap_or_else(|| drives.fresh_id("1", 33));
    file.parent = Some(place.to_owned());
    file.is_of_app = true;
    file.created_ms = if created_ms == 0 { now_ms } else { created_ms };
    mark_modified(&mut file, user, now_ms);
    if drive.is_none() {
        file.owner = Some(user.to_owned());
        let owner = Grantee::User(user.to_owned());
        file.permissions = vec![Permission::new(owner, Role::Owner, true)];
    }
    file.drive = drive;
    let id = file.id.clone();
    drives.reserved.remove(&id);
    drives.files.insert(id.clone(), file);
    if let Some(content) = content {
        drives.add_revision(&id, content, user, now_ms);
    }
    if let Some(file) = drives.files.get_mut(&id).filter(|_| given_ms != 0) {
        file.modified_ms = given_ms;
    }
    drives.touch(&id, now_ms);
    update::show(drives, asked, &id)
}

/// The type of a new file, and its content; folders and shortcuts have none.
fn content(call: &Call) -> Result<(String, Option<Body>), Refusal> {
    let wanted = call.json()["mimeType"].as_str().filter(|it| !it.is_empty());
    if let Some(media) = &call.media {
        let name = call.json()["name"].as_str().unwrap_or_default();
        let uploaded = Some(media.content_type.as_str());
        let uploaded = uploaded.filter(|it| !it.is_empty() && *it != BYTES);
        let mime_type = wanted
            .or(uploaded)
            .unwrap_or_else(|| type_of(name))
            .to_owned();
        let body = body_of(media, &mime_type)?;
        return Ok((mime_type, Some(body)));
    }
    let mime_type = wanted.unwrap_or(BYTES);
    let body = match mime_type.strip_prefix(NATIVE) {
        Some("folder" | "shortcut") => None,
        Some(_) => Native::empty(mime_type).map(Body::Native),
        None => Some(Body::blob(Vec::new().into())),
    };
    Ok((mime_type.to_owned(), body))
}

/// The type of an upload that says none, by its name.
fn type_of(name: &str) -> &'static str {
    let extension = name.rsplit_once('.').map(|(_, it)| it.to_lowercase());
    match extension.as_deref() {
        Some("txt") => "text/plain",
        Some("md") => "text/markdown",
        Some("csv") => "text/csv",
        Some("html" | "htm") => "text/html",
        Some("json") => "application/json",
        Some("pdf") => "application/pdf",
        Some("png") => "image/png",
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("zip") => "application/zip",
        Some("docx") => super::ooxml::DOCX,
        Some("xlsx") => super::ooxml::XLSX,
        _ => BYTES,
    }
}

/// What an upload becomes as a file of this type.
pub(super) fn body_of(media: &Media, mime_type: &str) -> Result<Body, Refusal> {
    if !mime_type.starts_with(NATIVE) {
        return Ok(Body::blob(media.content.clone()));
    }
    let bytes = media.content.bytes();
    let bytes = bytes.map_err(|_| invalid("The upload cannot be read."))?;
    let native = Native::import(&media.content_type, mime_type, &bytes);
    native.map(Body::Native).ok_or_else(no_conversion)
}

/// A copy's content in another type.
fn converted(body: &Body, from: &str, to: &str) -> Result<Body, Refusal> {
    let Body::Blob { content, .. } = body else {
        return Err(no_conversion());
    };
    let media = Media {
        content_type: from.to_owned(),
        content: content.clone(),
    };
    if !to.starts_with(NATIVE) || to == SLIDES {
        return Err(no_conversion());
    }
    body_of(&media, to)
}

/// The one folder that a new file goes to: what the call says, else one beside the source where
/// that can be written to, else the root.
fn place(drives: &Drives, asked: Asked<'_>, near: Option<&str>) -> Result<String, Refusal> {
    let parents = asked.call.json()["parents"].as_array();
    let mut parents = parents.into_iter().flatten().filter_map(Value::as_str);
    match (parents.next(), parents.next()) {
        (Some(_), Some(_)) => {
            let message = "A file cannot be created in more than one folder.";
            Err(invalid(message).at("other", "file.parents"))
        }
        (Some(id), None) => drives.folder(asked, id).map(|folder| folder.id.clone()),
        _ => {
            let beside = near.and_then(|id| drives.folder(asked, id).ok());
            Ok(beside.map_or_else(|| Drives::root_of(asked.user), |it| it.id.clone()))
        }
    }
}

/// The id that the call brings: one that was given out before, and that nothing has.
fn chosen_id(drives: &Drives, body: &Value, mime_type: &str) -> Result<Option<String>, Refusal> {
    let Some(id) = body["id"].as_str().filter(|id| !id.is_empty()) else {
        return Ok(None);
    };
    if drives.files.contains_key(id) {
        let message = "A file already exists with the provided ID.";
        return Err(Refusal::new(409, "ALREADY_EXISTS", "fileIdInUse", message));
    }
    let has_ids = matches!(
        mime_type.strip_prefix(NATIVE),
        None | Some("folder" | "shortcut")
    );
    if !has_ids {
        return Err(invalid(
            "Generated IDs are not supported for Docs Editors formats.",
        ));
    }
    if !drives.reserved.contains(id) {
        return Err(invalid("The provided file ID is not usable.").at("other", "file.id"));
    }
    Ok(Some(id.to_owned()))
}

/// The target of a new shortcut with its type.
fn shortcut(
    drives: &Drives,
    asked: Asked<'_>,
    mime_type: &str,
) -> Result<Option<(String, String)>, Refusal> {
    if mime_type != SHORTCUT {
        return Ok(None);
    }
    let target = asked.call.json()["shortcutDetails"]["targetId"].as_str();
    let Some(target) = target else {
        let message = "A shortcut needs shortcutDetails.targetId.";
        return Err(invalid(message).at("other", "file.shortcutDetails.targetId"));
    };
    let (file, _) = drives.found(asked, target).map_err(|_| no_file(target))?;
    if file.shortcut.is_some() {
        let message = "The shortcut target is invalid.";
        return Err(forbidden("shortcutTargetInvalid", message));
    }
    Ok(Some((file.id.clone(), file.mime_type.clone())))
}
