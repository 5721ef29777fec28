//! Which permissions count for a file, and how replies show them.

use serde_json::{Value, json};

use super::node::{File, Grantee, Permission, Role};
use super::resource::time;
use super::world::Drives;

/// Where a permission comes from that counts for a file.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Source<'a> {
    /// The file itself.
    Direct,
    /// A folder above it, or the shared drive.
    Above(&'a str),
}

/// The id of an account's permissions.
pub(crate) fn permission_id(email: &str) -> String {
    let grantee = Grantee::User(email.to_lowercase());
    Permission::new(grantee, Role::Reader, true).id
}

impl Drives {
    /// The permissions that count for a file, its own and those from above, one for each grantee.
    pub(crate) fn effective<'a>(&'a self, file: &'a File) -> Vec<(Permission, Source<'a>)> {
        let mut all: Vec<(Permission, Source<'a>)> = Vec::new();
        for (permission, source) in self.sources(file) {
            match all.iter_mut().find(|(known, _)| known.id == permission.id) {
                Some((known, _)) => known.role = known.role.max(permission.role),
                None => all.push((permission, source)),
            }
        }
        all
    }

    /// Every permission that counts for a file, its own first, each by itself.
    fn sources<'a>(&'a self, file: &'a File) -> impl Iterator<Item = (Permission, Source<'a>)> {
        let own = file
            .permissions
            .iter()
            .map(|it| (it.clone(), Source::Direct));
        let folders = self.ancestors(file).filter(|it| it.parent.is_some());
        let above = folders.flat_map(|folder| {
            folder.permissions.iter().map(|permission| {
                let mut permission = permission.clone();
                if permission.role == Role::Owner {
                    permission.role = Role::Writer;
                }
                (permission, Source::Above(folder.id.as_str()))
            })
        });
        let is_drive_itself = file.drive.as_ref() == Some(&file.id);
        let members = self.members(file).iter().map(move |it| {
            let from = file.drive.as_deref().unwrap_or_default();
            let source = if is_drive_itself {
                Source::Direct
            } else {
                Source::Above(from)
            };
            (it.clone(), source)
        });
        let all_of_them = own.chain(above).chain(members);
        all_of_them.filter(|(it, _)| self.is_alive(it))
    }

    /// A permission as replies show it.
    pub(crate) fn permission_json(&self, file: &File, permission: &Permission) -> Value {
        let role = permission.role.name();
        let mut value = json!({
            "kind": "drive#permission",
            "id": permission.id,
            "type": permission.grantee.kind(),
            "role": role,
        });
        match &permission.grantee {
            Grantee::User(email) | Grantee::Group(email) => {
                let account = self.account(email);
                let name = account.map_or(email.as_str(), |account| &account.name);
                value["emailAddress"] = email.as_str().into();
                value["displayName"] = name.into();
                value["deleted"] = false.into();
                value["pendingOwner"] = false.into();
            }
            Grantee::Domain(domain) => {
                value["domain"] = domain.as_str().into();
                value["displayName"] = domain.as_str().into();
                value["allowFileDiscovery"] = permission.discoverable.into();
            }
            Grantee::Anyone => value["allowFileDiscovery"] = permission.discoverable.into(),
        }
        if let Some(ms) = permission.expires_ms {
            value["expirationTime"] = time(ms).into();
        }
        let drive = file.drive.as_deref();
        // What somebody has both here and from above is one permission with an entry for each.
        let details = self.sources(file).filter(|(it, _)| it.id == permission.id);
        let details = details.map(|(it, source)| {
            let is_member = match source {
                Source::Direct => drive == Some(file.id.as_str()),
                Source::Above(from) => drive == Some(from),
            };
            let mut entry = json!({
                "permissionType": if is_member { "member" } else { "file" },
                "role": it.role.name(),
                "inherited": matches!(source, Source::Above(_)),
            });
            if let (Source::Above(from), Some(_)) = (source, drive) {
                entry["inheritedFrom"] = from.into();
            }
            entry
        });
        value["permissionDetails"] = details.collect();
        value
    }

    /// The permissions that stand on a file itself; those of a shared drive are its members.
    pub(crate) fn own_permissions(&mut self, id: &str) -> Option<&mut Vec<Permission>> {
        if let Some(drive) = self.shared.get_mut(id) {
            return Some(&mut drive.members);
        }
        self.files.get_mut(id).map(|file| &mut file.permissions)
    }
}
