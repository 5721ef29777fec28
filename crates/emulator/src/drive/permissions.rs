//! Who a file is shared with: listed, given, changed, taken back.

use serde_json::{Value, json};

use super::access::require;
use super::methods::Asked;
use super::node::{File, Grantee, Permission, Role};
use super::refused::{forbidden, insufficient, invalid, no_file, not_found};
use super::sharing::Source;
use super::world::Drives;
use super::{notice, page};
use crate::call::Reply;
use crate::refusal::Refusal;

/// Google's page of a list in a shared drive, and here of others too.
const USUAL_PAGE: usize = 100;

/// `permissions.list`
pub(super) fn list(drives: &Drives, asked: Asked<'_>) -> Result<Reply, Refusal> {
    let file = shared_file(drives, asked)?;
    let page = page::of(asked.call, drives.effective(file), USUAL_PAGE)?;
    let shown = page.items.iter();
    let shown = shown.map(|(it, _)| drives.permission_json(file, it));
    let mut list = json!({
        "kind": "drive#permissionList",
        "permissions": shown.collect::<Vec<Value>>(),
    });
    if let Some(token) = page.next {
        list["nextPageToken"] = token.into();
    }
    Ok(Reply::Json(list))
}

/// `permissions.get`
pub(super) fn get(drives: &Drives, asked: Asked<'_>) -> Result<Reply, Refusal> {
    let file = shared_file(drives, asked)?;
    show(drives, file, asked.call.path_one("permissionId"))
}

/// `permissions.create`
pub(super) fn create(drives: &mut Drives, asked: Asked<'_>) -> Result<Reply, Refusal> {
    let file = changeable(drives, asked)?;
    let id = file.id.clone();
    let permission = requested(asked)?;
    check_role(file, asked, &permission)?;
    let is_transfer = permission.role == Role::Owner;
    check_transfer(file, asked, is_transfer)?;
    let notifies = is_transfer || asked.call.query_one("sendNotificationEmail") != Some("false");
    if let Grantee::User(email) = &permission.grantee
        && drives.account(email).is_none()
        && !notifies
    {
        let message = format!(
            "Bad Request. User message: \"You are trying to invite {email}. Since there is no \
             Google account associated with this email address, you must check the \"Notify \
             people\" box to invite this recipient.\""
        );
        let reason = "invalidSharingRequest";
        return Err(Refusal::new(400, "INVALID_ARGUMENT", reason, message));
    }
    let given = permission.id.clone();
    if is_transfer {
        transfer(drives, asked, &id, &permission.grantee);
    } else {
        give(drives, asked, &id, permission.clone());
    }
    if notifies {
        notice::send(drives, asked, &id, &permission);
    }
    finish(drives, asked, &id, &given)
}

/// `permissions.update`
pub(super) fn update(drives: &mut Drives, asked: Asked<'_>) -> Result<Reply, Refusal> {
    let file = changeable(drives, asked)?;
    let (id, wanted) = (file.id.clone(), asked.call.path_one("permissionId"));
    let mut permission = own(drives, file, wanted)?;
    let body = asked.call.json();
    if let Some(role) = body["role"].as_str() {
        permission.role = Role::named(role).ok_or_else(|| bad("role"))?;
    }
    if asked.flag("removeExpiration") {
        permission.expires_ms = None;
    } else if body["expirationTime"].is_string() {
        permission.expires_ms = end(asked, body, &permission.grantee)?;
    }
    let was_owner =
        matches!(&permission.grantee, Grantee::User(email) if file.owner.as_ref() == Some(email));
    if was_owner && permission.role != Role::Owner {
        return Err(insufficient(&id));
    }
    check_role(file, asked, &permission)?;
    let is_transfer = permission.role == Role::Owner && !was_owner;
    check_transfer(file, asked, is_transfer)?;
    if is_transfer {
        transfer(drives, asked, &id, &permission.grantee);
    } else if let Some(all) = drives.own_permissions(&id)
        && let Some(known) = all.iter_mut().find(|it| it.id == wanted)
    {
        *known = permission;
    }
    finish(drives, asked, &id, wanted)
}

/// `permissions.delete`: whoever may share, and everybody for themselves.
pub(super) fn delete(drives: &mut Drives, asked: Asked<'_>) -> Result<Reply, Refusal> {
    let wanted = asked.call.path_one("permissionId");
    let (file, access) = drives.named(asked)?;
    let is_mine = wanted == super::sharing::permission_id(asked.user);
    let permission = own(drives, file, wanted)?;
    let may = drives.may(file, access);
    require(may.share() || is_mine, file)?;
    if permission.role == Role::Owner {
        return Err(insufficient(&file.id));
    }
    let id = file.id.clone();
    // Before: those who lose it learn of the change.
    drives.touch(&id, asked.now_ms);
    if let Some(all) = drives.own_permissions(&id) {
        all.retain(|it| it.id != wanted);
    }
    if let Grantee::User(email) = &permission.grantee
        && let Some(file) = drives.files.get_mut(&id)
    {
        file.shared_with.remove(email);
        file.viewed.remove(email);
    }
    touch_all(drives, asked, &id);
    Ok(Reply::Empty)
}

fn shared_file<'a>(drives: &'a Drives, asked: Asked<'_>) -> Result<&'a File, Refusal> {
    let (file, access) = drives.named(asked)?;
    if file.drive.is_none() && !drives.may(file, access).edit() {
        let message = "The user does not have sufficient permissions for this file.";
        return Err(forbidden("insufficientFilePermissions", message));
    }
    Ok(file)
}

fn changeable<'a>(drives: &'a Drives, asked: Asked<'_>) -> Result<&'a File, Refusal> {
    let (file, access) = drives.named(asked)?;
    let may = drives.may(file, access);
    require(may.share(), file)?;
    Ok(file)
}

/// A permission that stands on the file itself.
fn own(drives: &Drives, file: &File, id: &str) -> Result<Permission, Refusal> {
    let all = drives.effective(file);
    let found = all.into_iter().find(|(it, _)| it.id == id);
    match found {
        Some((permission, Source::Direct)) => Ok(permission),
        Some(_) => {
            let message = "The permission is inherited and cannot be changed here.";
            Err(forbidden(
                "cannotModifyInheritedTeamDrivePermission",
                message,
            ))
        }
        None => Err(not_found("Permission", id, "permissionId")),
    }
}

/// The permission that a body describes.
fn requested(asked: Asked<'_>) -> Result<Permission, Refusal> {
    let body = asked.call.json();
    let text = |name: &str| body[name].as_str().filter(|it| !it.is_empty());
    let kind = text("type").ok_or_else(|| bad("type"))?;
    let role = text("role")
        .and_then(Role::named)
        .ok_or_else(|| bad("role"))?;
    let address = || {
        let email = text("emailAddress").filter(|it| it.contains('@') && !it.contains(' '));
        email
            .map(str::to_lowercase)
            .ok_or_else(|| bad("emailAddress"))
    };
    let stray = |name: &'static str| match text(name) {
        Some(_) => Err(bad(name)),
        None => Ok(()),
    };
    let grantee = match kind {
        "user" => Grantee::User(address()?),
        "group" => Grantee::Group(address()?),
        "domain" => Grantee::Domain(text("domain").ok_or_else(|| bad("domain"))?.to_lowercase()),
        "anyone" => {
            stray("emailAddress")?;
            stray("domain")?;
            Grantee::Anyone
        }
        _ => return Err(bad("type")),
    };
    let is_named = matches!(grantee, Grantee::User(_) | Grantee::Group(_));
    let discoverable = is_named || body["allowFileDiscovery"] == true;
    let mut permission = Permission::new(grantee, role, discoverable);
    permission.expires_ms = end(asked, body, &permission.grantee)?;
    Ok(permission)
}

/// When a permission ends that a body describes: somebody's by name, and later than now.
fn end(asked: Asked<'_>, body: &Value, grantee: &Grantee) -> Result<Option<i64>, Refusal> {
    let Some(text) = body["expirationTime"].as_str() else {
        return Ok(None);
    };
    let time = chrono::DateTime::parse_from_rfc3339(text).map(|it| it.timestamp_millis());
    let is_named = matches!(grantee, Grantee::User(_) | Grantee::Group(_));
    match time {
        Ok(ms) if is_named && ms > asked.now_ms => Ok(Some(ms)),
        _ => {
            let message = "The expiration time cannot be set.";
            Err(forbidden("cannotSetExpiration", message).at("other", "permission.expirationTime"))
        }
    }
}

/// 400 for a field that is missing, or not of its type.
fn bad(name: &'static str) -> Refusal {
    let location = match name {
        "type" => "permission.type",
        "role" => "permission.role",
        "domain" => "permission.domain",
        _ => "permission.emailAddress",
    };
    let message = if matches!(name, "type" | "role") {
        format!("The permission {name} field is required.")
    } else {
        format!("The specified {name} is invalid or not applicable for the given permission type.")
    };
    invalid(message).at("other", location)
}

fn check_role(file: &File, asked: Asked<'_>, permission: &Permission) -> Result<(), Refusal> {
    let (is_drive, shared) = (file.drive.as_ref() == Some(&file.id), file.drive.is_some());
    let is_broad = matches!(permission.grantee, Grantee::Anyone | Grantee::Domain(_));
    let fits = match permission.role {
        Role::Owner => !shared && matches!(permission.grantee, Grantee::User(_)),
        Role::Organizer => is_drive && !is_broad,
        Role::FileOrganizer => shared && file.is_folder() && !is_broad,
        _ => true,
    };
    if !fits {
        let message = "The specified role is invalid or not applicable for this file.";
        return Err(forbidden("invalidPermissionRole", message).at("other", "permission.role"));
    }
    if is_drive && is_broad {
        let message = "A shared drive cannot be shared with everyone or a domain.";
        return Err(forbidden(
            "cannotShareTeamDriveTopFolderWithAnyoneOrDomains",
            message,
        ));
    }
    if asked.flag("useDomainAdminAccess") {
        let message = "The user is not an administrator of the domain.";
        return Err(forbidden("insufficientFilePermissions", message));
    }
    Ok(())
}

fn check_transfer(file: &File, asked: Asked<'_>, is_transfer: bool) -> Result<(), Refusal> {
    if !is_transfer {
        return Ok(());
    }
    if !asked.flag("transferOwnership") {
        let message = "The transferOwnership parameter must be enabled when the permission role \
                       is 'owner'.";
        return Err(forbidden("forbidden", message).at("parameter", "transferOwnership"));
    }
    if asked.call.query_one("sendNotificationEmail") == Some("false") {
        let message = "Notification emails cannot be turned off for ownership transfers.";
        return Err(invalid(message).at("parameter", "sendNotificationEmail"));
    }
    if file.owner.as_deref() != Some(asked.user) {
        return Err(insufficient(&file.id));
    }
    Ok(())
}

/// Adds a permission; whoever has one already keeps the better role.
fn give(drives: &mut Drives, asked: Asked<'_>, id: &str, permission: Permission) {
    if let (Grantee::User(email), Some(file)) = (&permission.grantee, drives.files.get_mut(id)) {
        let shared = (asked.now_ms, asked.user.to_owned());
        file.shared_with.entry(email.clone()).or_insert(shared);
    }
    let Some(all) = drives.own_permissions(id) else {
        return;
    };
    match all.iter_mut().find(|it| it.id == permission.id) {
        Some(known) => {
            known.role = known.role.max(permission.role);
            known.expires_ms = permission.expires_ms;
        }
        None => all.push(permission),
    }
}

/// Makes somebody the owner; who was it stays as a writer.
fn transfer(drives: &mut Drives, asked: Asked<'_>, id: &str, to: &Grantee) {
    let Grantee::User(email) = to else { return };
    let Some(file) = drives.files.get_mut(id) else {
        return;
    };
    for permission in &mut file.permissions {
        if permission.role == Role::Owner {
            permission.role = Role::Writer;
        }
    }
    let owner = Permission::new(to.clone(), Role::Owner, true);
    file.permissions.retain(|it| it.id != owner.id);
    file.permissions.insert(0, owner);
    file.owner = Some(email.clone());
    if asked.flag("moveToNewOwnersRoot") {
        file.parent = Some(Drives::root_of(email));
    }
}

fn finish(
    drives: &mut Drives,
    asked: Asked<'_>,
    id: &str,
    permission: &str,
) -> Result<Reply, Refusal> {
    touch_all(drives, asked, id);
    let file = drives.files.get(id).ok_or_else(|| no_file(id))?;
    show(drives, file, permission)
}

/// Notes the change for the file and all below it, and for a shared drive's members.
fn touch_all(drives: &mut Drives, asked: Asked<'_>, id: &str) {
    if let Some(drive) = drives.shared.get(id).cloned() {
        drives.touch_drive(&drive, asked.now_ms);
    }
    for id in drives.subtree(id) {
        drives.touch(&id, asked.now_ms);
    }
}

fn show(drives: &Drives, file: &File, id: &str) -> Result<Reply, Refusal> {
    let all = drives.effective(file);
    let found = all.iter().find(|(it, _)| it.id == id);
    let (permission, _) = found.ok_or_else(|| not_found("Permission", id, "permissionId"))?;
    Ok(Reply::Json(drives.permission_json(file, permission)))
}
