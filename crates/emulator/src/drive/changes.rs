//! What changed since a token.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::methods::Asked;
use super::page;
use super::refused::{forbidden, invalid_parameter, not_found};
use super::resource::time;
use super::world::{Change, Drives, Subject};
use crate::call::Reply;
use crate::refusal::Refusal;

/// Google's page of a list, unless another is asked for.
const USUAL_PAGE: usize = 100;

/// `changes.getStartPageToken`
pub(super) fn start(drives: &Drives, asked: Asked<'_>) -> Result<Reply, Refusal> {
    check_drive(drives, asked)?;
    Ok(Reply::Json(json!({
        "kind": "drive#startPageToken",
        "startPageToken": token(drives.changes.len()),
    })))
}

/// `changes.list`: each file once, at its latest change.
pub(super) fn list(drives: &Drives, asked: Asked<'_>) -> Result<Reply, Refusal> {
    check_drive(drives, asked)?;
    let asked_token = asked.call.query_one("pageToken").unwrap_or_default();
    let start = asked_token
        .parse::<usize>()
        .ok()
        .and_then(|it| it.checked_sub(1));
    let start = start.filter(|start| *start <= drives.changes.len());
    let start = start.ok_or_else(|| invalid_parameter("pageToken"))?;
    let mut seen = BTreeSet::new();
    let mut found: Vec<(usize, Value)> = Vec::new();
    for (at, change) in drives.changes.iter().enumerate().skip(start).rev() {
        let id = match &change.subject {
            Subject::File(id) | Subject::Drive(id) => {
                (matches!(change.subject, Subject::File(_)), id)
            }
        };
        if is_for(change, asked) && seen.insert(id) {
            found.extend(shown(drives, asked, change).map(|value| (at, value)));
        }
    }
    found.reverse();
    let size = page::size(asked.call, USUAL_PAGE);
    let next = found.get(size).map(|(at, _)| token(*at));
    found.truncate(size);
    let changes: Vec<Value> = found.into_iter().map(|(_, value)| value).collect();
    let mut list = json!({ "kind": "drive#changeList", "changes": changes });
    match next {
        Some(next) => list["nextPageToken"] = next.into(),
        None => list["newStartPageToken"] = token(drives.changes.len()).into(),
    }
    Ok(Reply::Json(list))
}

fn token(at: usize) -> String {
    (at + 1).to_string()
}

/// Whether the caller's list has a change.
fn is_for(change: &Change, asked: Asked<'_>) -> bool {
    if !change.viewers.contains(asked.user) {
        return false;
    }
    let shared = asked.flag("includeItemsFromAllDrives") || asked.flag("includeTeamDriveItems");
    match asked.call.query_one("driveId") {
        Some(id) => change.drive.as_deref() == Some(id),
        None => change.drive.is_none() || (shared && !asked.flag("restrictToMyDrive")),
    }
}

fn shown(drives: &Drives, asked: Asked<'_>, change: &Change) -> Option<Value> {
    let mut value = json!({ "kind": "drive#change", "time": time(change.time_ms) });
    match &change.subject {
        Subject::File(id) => {
            let file = drives.files.get(id);
            let visible = file.and_then(|file| Some((file, drives.shown(asked, file)?)));
            value["changeType"] = "file".into();
            value["type"] = "file".into();
            value["fileId"] = id.as_str().into();
            value["removed"] = visible.is_none().into();
            match visible {
                Some((file, access)) => value["file"] = drives.file_json(asked, file, access),
                None if asked.call.query_one("includeRemoved") == Some("false") => return None,
                None if file.is_some_and(|file| drives.access(file, asked.user).is_some()) => {
                    // There, but nothing that this token shows.
                    return None;
                }
                None => {}
            }
        }
        Subject::Drive(id) => {
            let drive = drives.shared.get(id);
            let drive = drive.filter(|it| drives.membership(it, asked.user).is_some());
            value["changeType"] = "drive".into();
            value["type"] = "teamDrive".into();
            value["driveId"] = id.as_str().into();
            value["removed"] = drive.is_none().into();
            if let Some(drive) = drive {
                value["drive"] = drives.drive_json(asked, drive);
            }
        }
    }
    Some(value)
}

fn check_drive(drives: &Drives, asked: Asked<'_>) -> Result<(), Refusal> {
    let shared = asked.flag("includeItemsFromAllDrives") || asked.flag("includeTeamDriveItems");
    let id = asked.call.query_one("driveId");
    if (shared || id.is_some()) && !asked.all_drives() {
        let message = "The supportsAllDrives parameter must be set to true here.";
        return Err(
            forbidden("teamDrivesNotSupported", message).at("parameter", "supportsAllDrives")
        );
    }
    let Some(id) = id else { return Ok(()) };
    let drive = drives.shared.get(id);
    let is_member = drive.is_some_and(|it| drives.membership(it, asked.user).is_some());
    if is_member {
        Ok(())
    } else {
        Err(not_found("Shared drive", id, "driveId"))
    }
}
