//! Who would get a file by the folder that it is moved into.

use std::collections::BTreeMap;

use google_drive3::api::Permission;
use toolgate_toolkit::{ToolError, sized::shortened};

use crate::{look::Folder, sharing::is_stronger, view::visible, wire::Drive};

/// Characters of all of them together.
const SHOWN: usize = 300;
/// Characters of a domain.
const DOMAIN: usize = 80;

/// Those who get access or more of it, in words; an error unless that is allowed.
pub(crate) async fn access(
    drive: &Drive,
    file: &str,
    folder: &Folder,
    is_allowed: bool,
) -> Result<Option<String>, ToolError> {
    if !folder.shared {
        return Ok(None);
    }
    let newcomers = match (
        drive.permissions_all(&folder.id).await,
        drive.permissions_all(file).await,
    ) {
        (Ok(has_folder), Ok(has_file)) => newcomers(&has_folder, &has_file, folder.mine),
        _ => "others, who could not be listed".to_owned(),
    };
    if newcomers.is_empty() {
        return Ok(None);
    }
    if is_allowed {
        return Ok(Some(newcomers));
    }
    Err(ToolError::invalid_argument(
        "allow_wider_access",
        &format!("the folder is shared, and would give the file to {newcomers}"),
        "true, once the person agrees; or a folder that nobody else has",
    ))
}

fn newcomers(has_folder: &[Permission], has_file: &[Permission], is_mine: bool) -> String {
    let role = |it: &Permission| it.role.clone().unwrap_or_default();
    let mut counts: BTreeMap<(String, String), usize> = BTreeMap::new();
    for new in has_folder {
        let is_self = is_mine && new.role.as_deref() == Some("owner");
        let had = has_file.iter().find(|it| it.id == new.id);
        let gets_more = had.is_none_or(|had| is_stronger(&given(&role(new)), &role(had)));
        if gets_more && !is_self {
            *counts.entry((who(new), given(&role(new)))).or_default() += 1;
        }
    }
    let all = counts.iter().map(|((who, role), count)| match *count {
        1 => format!("{who} as {role}"),
        count => format!("{count} of kind {who} as {role}"),
    });
    shortened(&all.collect::<Vec<_>>().join(", "), SHOWN)
}

/// What a role in a folder is for a file in it.
fn given(role: &str) -> String {
    // Whoever owns the folder may change what is in it, and does not own that.
    let role = if role == "owner" { "writer" } else { role };
    visible(role, DOMAIN)
}

fn who(permission: &Permission) -> String {
    let kind = permission.type_.as_deref().unwrap_or_default();
    match (kind, permission.domain.as_deref()) {
        ("anyone", _) => "anyone who has the link".to_owned(),
        ("domain", Some(domain)) => format!("all of {}", visible(domain, DOMAIN)),
        _ => format!("a {}", visible(kind, DOMAIN)),
    }
}
