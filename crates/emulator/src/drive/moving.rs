//! Moving a file to another folder, or in and out of a shared drive.

use super::access::require;
use super::methods::Asked;
use super::node::{File, Grantee, Permission, Role};
use super::refused::{forbidden, invalid_parameter, not_found};
use super::world::Drives;
use crate::refusal::Refusal;

/// Puts a file where `addParents` and `removeParents` say.
pub(super) fn place(drives: &mut Drives, asked: Asked<'_>, file: &mut File) -> Result<(), Refusal> {
    let ids = |name: &str| -> Vec<String> {
        let list = asked.call.query_one(name).unwrap_or_default().split(',');
        let list = list.map(str::trim).filter(|id| !id.is_empty());
        list.map(|id| Drives::folder_id(id, asked.user)).collect()
    };
    let (added, removed) = (ids("addParents"), ids("removeParents"));
    if added.is_empty() && removed.is_empty() {
        return Ok(());
    }
    let is_there = |id: &String| file.parent.as_ref() == Some(id);
    if let Some(id) = removed.iter().find(|id| !is_there(id)) {
        return Err(not_found("Parent", id, "removeParents"));
    }
    let target = match added.as_slice() {
        [] => match &file.owner {
            Some(owner) => Drives::root_of(owner),
            None => file.drive.clone().unwrap_or_default(),
        },
        [id] if is_there(id) => return Ok(()),
        [id] if !removed.is_empty() || file.parent.is_none() => id.clone(),
        _ => {
            let message = "Increasing the number of parents is not allowed";
            return Err(forbidden("cannotAddParent", message));
        }
    };
    check(drives, asked, file, &target)?;
    let from = file.drive.clone();
    let to = drives.files.get(&target).and_then(|it| it.drive.clone());
    file.parent = Some(target);
    if from != to {
        change_drive(drives, asked, file, to.as_ref());
    }
    Ok(())
}

fn check(drives: &Drives, asked: Asked<'_>, file: &File, target: &str) -> Result<(), Refusal> {
    let stored = drives.files.get(&file.id);
    let access = stored.and_then(|it| drives.access(it, asked.user));
    let Some(may) = access.map(|access| drives.may(file, access)) else {
        return Err(super::refused::no_file(&file.id));
    };
    require(may.shift() && !drives.is_root(&file.id), file)?;
    let folder = drives.folder(asked, target)?;
    let is_below = folder.id == file.id || drives.ancestors(folder).any(|it| it.id == file.id);
    if is_below {
        return Err(invalid_parameter("addParents"));
    }
    if folder.drive != file.drive {
        require(may.take_out(), file)?;
        if file.is_folder() && folder.drive.is_some() && file.drive.is_none() {
            let message = "Moving folders into shared drives is not supported.";
            return Err(forbidden("teamDrivesFolderMoveInNotSupported", message));
        }
    }
    Ok(())
}

/// In a shared drive a file has no owner; out of one it is whose who took it out.
fn change_drive(drives: &mut Drives, asked: Asked<'_>, file: &mut File, to: Option<&String>) {
    let settle = |file: &mut File| {
        file.drive = to.cloned();
        file.permissions.retain(|it| it.role != Role::Owner);
        file.owner = None;
        if to.is_none() {
            let owner = Grantee::User(asked.user.to_owned());
            file.permissions.retain(|it| it.grantee != owner);
            file.permissions
                .push(Permission::new(owner, Role::Owner, true));
            file.owner = Some(asked.user.to_owned());
        }
    };
    for id in drives.subtree(&file.id).into_iter().skip(1) {
        if let Some(below) = drives.files.get_mut(&id) {
            settle(below);
        }
    }
    settle(file);
}
