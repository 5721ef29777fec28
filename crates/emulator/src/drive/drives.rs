//! Shared drives.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::matching::Eyes;
use super::methods::Asked;
use super::node::{FOLDER, File, Grantee, Permission, Role, SharedDrive};
use super::refused::{forbidden, invalid, invalid_parameter, not_found};
use super::resource::time;
use super::world::Drives;
use super::{page, query};
use crate::call::Reply;
use crate::refusal::Refusal;

/// Google's page of a list, unless another is asked for.
const USUAL_PAGE: usize = 10;

const RESTRICTIONS: [&str; 5] = [
    "adminManagedRestrictions",
    "copyRequiresWriterPermission",
    "domainUsersOnly",
    "driveMembersOnly",
    "sharingFoldersRequiresOrganizerPermission",
];

/// `drives.list`
pub(super) fn list(drives: &Drives, asked: Asked<'_>) -> Result<Reply, Refusal> {
    let query = match asked.call.query_one("q").filter(|q| !q.trim().is_empty()) {
        Some(q) => Some(query::of_drives(q).ok_or_else(|| invalid_parameter("q"))?),
        None => None,
    };
    let eyes = Eyes {
        drives,
        user: asked.user,
    };
    let mut mine: Vec<&SharedDrive> = drives.shared.values().collect();
    mine.retain(|drive| drives.membership(drive, asked.user).is_some());
    mine.retain(|drive| query.as_ref().is_none_or(|it| eyes.finds_drive(it, drive)));
    mine.sort_by_key(|drive| (drive.name.to_lowercase(), drive.id.clone()));
    let page = page::of(asked.call, mine, USUAL_PAGE)?;
    let shown = page.items.into_iter();
    let shown = shown.map(|drive| drives.drive_json(asked, drive));
    let mut list = json!({
        "kind": "drive#driveList",
        "drives": shown.collect::<Vec<Value>>(),
    });
    if let Some(token) = page.next {
        list["nextPageToken"] = token.into();
    }
    Ok(Reply::Json(list))
}

/// `drives.get`
pub(super) fn get(drives: &Drives, asked: Asked<'_>) -> Result<Reply, Refusal> {
    let (drive, _) = member(drives, asked)?;
    Ok(Reply::Json(drives.drive_json(asked, drive)))
}

/// `drives.create`: the same request id makes one drive only.
pub(super) fn create(drives: &mut Drives, asked: Asked<'_>) -> Result<Reply, Refusal> {
    let body = asked.call.json();
    let request_id = asked.call.query_one("requestId").unwrap_or_default();
    let is_worker = drives
        .account(asked.user)
        .is_some_and(|it| it.hosted_domain.is_some());
    if !is_worker {
        let message = "The user is not allowed to create shared drives.";
        return Err(forbidden("userCannotCreateTeamDrives", message));
    }
    let name = body["name"].as_str().filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| invalid("The name is required.").at("other", "name"))?;
    let known = drives.shared.values();
    let mut known = known.filter(|it| it.request_id.as_deref() == Some(request_id));
    if known.any(|it| drives.membership(it, asked.user).is_some()) {
        let message = "A shared drive with that request ID exists already.";
        return Err(Refusal::new(
            409,
            "ALREADY_EXISTS",
            "teamDriveAlreadyExists",
            message,
        ));
    }
    let id = drives.fresh_id("0A", 19);
    let organizer = Grantee::User(asked.user.to_owned());
    let mut drive = SharedDrive {
        id: id.clone(),
        name: name.to_owned(),
        created_ms: asked.now_ms,
        color: None,
        members: vec![Permission::new(organizer, Role::Organizer, true)],
        request_id: Some(request_id.to_owned()),
        restrictions: BTreeMap::new(),
        hidden_for: BTreeSet::new(),
    };
    apply(&mut drive, body);
    let shown = drives.drive_json(asked, &drive);
    drives.add_drive(drive, asked.user, asked.now_ms, true);
    Ok(Reply::Json(shown))
}

/// `drives.update`
pub(super) fn update(drives: &mut Drives, asked: Asked<'_>) -> Result<Reply, Refusal> {
    let (drive, role) = member(drives, asked)?;
    if role < Role::Organizer {
        return Err(not_allowed());
    }
    let mut drive = drive.clone();
    apply(&mut drive, asked.call.json());
    let shown = drives.drive_json(asked, &drive);
    drives.touch_drive(&drive, asked.now_ms);
    drives.shared.insert(drive.id.clone(), drive);
    Ok(Reply::Json(shown))
}

/// `drives.delete`: of an empty drive.
pub(super) fn delete(drives: &mut Drives, asked: Asked<'_>) -> Result<Reply, Refusal> {
    let (drive, role) = member(drives, asked)?;
    if role < Role::Organizer || asked.flag("allowItemDeletion") {
        // Only an administrator may remove a drive with its files.
        return Err(not_allowed());
    }
    let drive = drive.clone();
    let mut files = drives.files.values();
    if files.any(|file| {
        file.drive.as_ref() == Some(&drive.id) && file.id != drive.id && file.trashed.is_none()
    }) {
        let message = "A shared drive with files in it cannot be deleted.";
        return Err(forbidden("cannotDeleteResourceWithChildren", message));
    }
    drives.touch_drive(&drive, asked.now_ms);
    drives.remove(&drive.id, asked.now_ms);
    drives.shared.remove(&drive.id);
    Ok(Reply::Empty)
}

fn apply(drive: &mut SharedDrive, body: &Value) {
    if let Some(name) = body["name"].as_str() {
        name.clone_into(&mut drive.name);
    }
    if let Some(color) = body["colorRgb"].as_str() {
        drive.color = Some(color.to_owned());
    }
    for (name, value) in body["restrictions"].as_object().into_iter().flatten() {
        if let Some(value) = value.as_bool() {
            drive.restrictions.insert(name.clone(), value);
        }
    }
}

fn member<'a>(drives: &'a Drives, asked: Asked<'_>) -> Result<(&'a SharedDrive, Role), Refusal> {
    let id = asked.call.path_one("driveId");
    let drive = drives.shared.get(id);
    let found = drive.and_then(|it| Some((it, drives.membership(it, asked.user)?)));
    found.ok_or_else(|| not_found("Shared drive", id, "driveId"))
}

fn not_allowed() -> Refusal {
    let message = "The user does not have sufficient permissions for this shared drive.";
    forbidden("insufficientFilePermissions", message)
}

impl Drives {
    /// Stores a shared drive with its top folder, which bears the drive's id.
    pub(crate) fn add_drive(
        &mut self,
        drive: SharedDrive,
        author: &str,
        now_ms: i64,
        is_of_app: bool,
    ) {
        let root = File {
            id: drive.id.clone(),
            name: "Drive".to_owned(),
            mime_type: FOLDER.to_owned(),
            drive: Some(drive.id.clone()),
            created_ms: drive.created_ms,
            modified_ms: drive.created_ms,
            modified_by: author.to_owned(),
            version: 1,
            is_of_app,
            ..File::default()
        };
        self.files.insert(root.id.clone(), root);
        self.touch_drive(&drive, now_ms);
        self.shared.insert(drive.id.clone(), drive);
    }

    /// A shared drive as replies show it.
    pub(crate) fn drive_json(&self, asked: Asked<'_>, drive: &SharedDrive) -> Value {
        let role = self
            .membership(drive, asked.user)
            .unwrap_or(Role::Organizer);
        let restrictions = RESTRICTIONS.iter().map(|name| {
            let is = drive.restrictions.get(*name).copied().unwrap_or_default();
            ((*name).to_owned(), Value::Bool(is))
        });
        let (organizes, writes) = (role >= Role::Organizer, role >= Role::Writer);
        json!({
            "kind": "drive#drive",
            "id": drive.id,
            "name": drive.name,
            "createdTime": time(drive.created_ms),
            "colorRgb": drive.color.as_deref().unwrap_or("#4285f4"),
            "hidden": drive.hidden_for.contains(asked.user),
            "restrictions": restrictions.collect::<serde_json::Map<_, _>>(),
            "capabilities": {
                "canAddChildren": writes,
                "canComment": role >= Role::Commenter,
                "canCopy": true,
                "canDeleteDrive": organizes,
                "canDownload": true,
                "canEdit": writes,
                "canListChildren": true,
                "canManageMembers": organizes,
                "canReadRevisions": writes,
                "canRename": writes,
                "canRenameDrive": organizes,
                "canShare": writes,
                "canTrashChildren": role >= Role::FileOrganizer,
                "canDeleteChildren": organizes,
            },
        })
    }
}
