//! Removing files for good.

use super::access::require;
use super::methods::Asked;
use super::node::Role;
use super::refused::not_found;
use super::world::Drives;
use crate::call::Reply;
use crate::refusal::Refusal;

/// `files.delete`
pub(super) fn delete(drives: &mut Drives, asked: Asked<'_>) -> Result<Reply, Refusal> {
    let (file, access) = drives.named(asked)?;
    let may = drives.may(file, access);
    require(may.delete() && !drives.is_root(&file.id), file)?;
    let id = file.id.clone();
    drives.remove(&id, asked.now_ms);
    Ok(Reply::Empty)
}

/// `files.emptyTrash`
pub(super) fn empty_trash(drives: &mut Drives, asked: Asked<'_>) -> Result<Reply, Refusal> {
    let drive = asked.call.query_one("driveId");
    if let Some(id) = drive {
        let known = drives.shared.get(id);
        let role = known.and_then(|drive| drives.membership(drive, asked.user));
        if role.is_none_or(|role| role < Role::Organizer) {
            return Err(not_found("Shared drive", id, "driveId"));
        }
    }
    let is_emptied = |file: &&super::node::File| match drive {
        Some(id) => file.drive.as_deref() == Some(id),
        None => file.owner.as_deref() == Some(asked.user),
    };
    let trashed = drives.files.values().filter(is_emptied);
    let trashed = trashed.filter(|file| file.trashed.is_some());
    let trashed: Vec<String> = trashed.map(|file| file.id.clone()).collect();
    for id in trashed {
        drives.remove(&id, asked.now_ms);
    }
    Ok(Reply::Empty)
}
