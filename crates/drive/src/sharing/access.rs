//! One access to a file: given once, changed, taken away.

use std::sync::atomic::{AtomicBool, Ordering};

use google_drive3::api::Permission;
use toolgate_auth::{Failure as _, FailureKind};
use toolgate_google_http::{Error, Seen, Settled, Words, repeated};
use toolgate_toolkit::{ToolContext, ToolError};

use super::{Access, ShareFile};
use crate::{
    error::Named,
    settlement::settlement,
    setup::Setup,
    wire::{Drive, NewPermission},
};

/// Google's roles, the weakest first.
const ROLES: [&str; 6] = [
    "reader",
    "commenter",
    "writer",
    "fileOrganizer",
    "organizer",
    "owner",
];

const SHARING: Words = Words {
    done: "shared",
    look: "look with list_permissions",
};
const CHANGING: Words = Words {
    done: "changed",
    look: "look with list_permissions",
};
const REMOVING: Words = Words {
    done: "removed",
    look: "look with list_permissions",
};

/// Gives access, once, and looks for it where Google's answer is not clear.
pub(super) async fn given(
    at: (&ToolContext, &Setup),
    of: (&Drive, Named<'_>),
    new: &NewPermission,
    mail: (bool, Option<&str>),
) -> Result<Settled<Permission>, ToolError> {
    let ((cx, setup), (drive, file)) = (at, of);
    let giving = drive.permissions_create(file.id, new, mail);
    let look = || look_for(drive, file, new);
    let settlement = settlement(cx, setup.settlement, SHARING);
    let given = settlement.settle(giving, look).await;
    given.map_err(|refusal| refusal.explained(|error| refused(error, file, new)))
}

/// The access that may have been given.
async fn look_for(
    drive: &Drive,
    file: Named<'_>,
    new: &NewPermission,
) -> Result<Seen<Permission>, Error> {
    let all = drive.permissions_all(file.id).await?;
    let is_it = |it: &Permission| is_same(it, new) && it.role.as_deref() == Some(new.role);
    let found = all.into_iter().find(is_it);
    Ok(found.map_or(Seen::NotDone, Seen::Done))
}

/// Gives another role to somebody who has access.
pub(super) async fn changed(
    at: (&ToolContext, &Setup),
    of: (&Drive, Named<'_>),
    there: &Permission,
    role: &'static str,
) -> Result<(Access, String), ToolError> {
    let ((cx, setup), (drive, file)) = (at, of);
    let had = there.role.as_deref().unwrap_or_default();
    if had == role {
        return Ok((Access::of(there), "unchanged".to_owned()));
    }
    if had == "owner" {
        let good = "somebody who does not own the file";
        return Err(ToolError::invalid_argument(
            "with",
            "they own the file",
            good,
        ));
    }
    if let Some(above) = above(there).filter(|above| is_stronger(above, role)) {
        return Err(ToolError::invalid_argument(
            "role",
            &format!(
                "a folder or a shared drive above makes them `{above}`, which is lessened there alone"
            ),
            "a stronger role; or the folder as file_id",
        ));
    }
    let id = there.id.as_deref().unwrap_or_default();
    let changing = repeated(|| drive.permissions_update(file.id, id, role));
    let look = || look_at(drive, file, (id, role));
    let settlement = settlement(cx, setup.settlement, CHANGING);
    let updated = settlement.settle(changing, look).await;
    let updated = updated.map_err(|refusal| refusal.explained(|error| file.explain(error)))?;
    Ok((Access::of(&updated.made), updated.status))
}

/// The access that may have got the role.
async fn look_at(
    drive: &Drive,
    file: Named<'_>,
    (id, role): (&str, &str),
) -> Result<Seen<Permission>, Error> {
    let all = drive.permissions_all(file.id).await?;
    let found = all
        .into_iter()
        .find(|it| it.id.as_deref() == Some(id) && it.role.as_deref() == Some(role));
    Ok(found.map_or(Seen::NotDone, Seen::Done))
}

/// Takes away what stands on the file itself, and says that it is removed.
pub(super) async fn removed(
    at: (&ToolContext, &Setup),
    of: (&Drive, Named<'_>),
    there: &Permission,
) -> Result<String, ToolError> {
    let ((cx, setup), (drive, file)) = (at, of);
    let id = there.id.as_deref().unwrap_or_default();
    let look = || look_for_none(drive, file, id);
    let removing = deleted(drive, file, id);
    let settlement = settlement(cx, setup.settlement, REMOVING);
    let removed = settlement.settle(removing, look).await;
    let removed = removed.map_err(|refusal| refusal.explained(|error| file.explain(error)))?;
    Ok(removed.status)
}

/// What is gone at the second try is gone by the first, whose answer was lost.
async fn deleted(drive: &Drive, file: Named<'_>, id: &str) -> Result<(), Error> {
    let tried = AtomicBool::new(false);
    repeated(|| async {
        let again = tried.swap(true, Ordering::Relaxed);
        match drive.permissions_delete(file.id, id).await {
            Err(error) if again && error.kind() == FailureKind::NotFound => Ok(()),
            ended => ended,
        }
    })
    .await
}

async fn look_for_none(drive: &Drive, file: Named<'_>, id: &str) -> Result<Seen<()>, Error> {
    let all = drive.permissions_all(file.id).await?;
    let is_there = |it: &Permission| it.id.as_deref() == Some(id) && !is_inherited(it);
    Ok(if all.iter().any(is_there) {
        Seen::NotDone
    } else {
        Seen::Done(())
    })
}

/// Opens a file to whoever has its link.
pub(super) async fn opened(
    at: (&ToolContext, &Setup),
    of: (&Drive, Named<'_>),
    role: &'static str,
) -> Result<(), ToolError> {
    let new = NewPermission {
        kind: "anyone",
        role,
        email_address: None,
        domain: None,
        allow_file_discovery: Some(false),
    };
    given(at, of, &new, (false, None)).await?;
    Ok(())
}

fn refused(error: Error, file: Named<'_>, new: &NewPermission) -> ToolError {
    let is_of_somebody = new.email_address.is_some() || new.domain.is_some();
    if is_of_somebody && error.kind() == FailureKind::InvalidArgument && error.status().is_some() {
        return ToolError::invalid_argument(
            "with",
            &error.to_string(),
            "an address that has a Google account, or one whom Google may mail (`notify`)",
        );
    }
    file.explain(error)
}

impl NewPermission {
    pub(super) fn of(args: &ShareFile) -> Result<Self, ToolError> {
        let with = args.with.trim();
        let is_plain = |text: &str| {
            !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || "<>,;\"".contains(c))
        };
        let role = args.role.word();
        let (kind, email, domain) = match with.split_once('@') {
            Some((name, host)) if is_plain(name) && is_plain(host) && host.contains('.') => {
                ("user", Some(with.to_owned()), None)
            }
            None if is_plain(with) && with.contains('.') => ("domain", None, Some(with.to_owned())),
            _ => {
                return Err(ToolError::invalid_argument(
                    "with",
                    "it is neither an e-mail address nor a domain",
                    "ann@example.com",
                ));
            }
        };
        Ok(Self {
            kind,
            role,
            email_address: email,
            domain,
            allow_file_discovery: None,
        })
    }
}

pub(super) fn address(permission: &Permission) -> Option<&str> {
    let address = permission.email_address.as_deref();
    address.or(permission.domain.as_deref())
}

pub(super) fn is_same(permission: &Permission, new: &NewPermission) -> bool {
    if new.kind == "anyone" {
        return permission.type_.as_deref() == Some("anyone");
    }
    let wanted = new.email_address.as_deref().or(new.domain.as_deref());
    let own = address(permission);
    own.zip(wanted)
        .is_some_and(|(own, wanted)| own.eq_ignore_ascii_case(wanted))
}

/// Whether all of it comes from above, so that nothing of it can be changed at the file.
pub(super) fn is_inherited(permission: &Permission) -> bool {
    let details = permission.permission_details.as_deref();
    details.is_some_and(|all| !all.is_empty() && all.iter().all(|it| it.inherited == Some(true)))
}

/// The strongest role that comes from above, where one does: it stays, whatever becomes of the file's own.
pub(super) fn above(permission: &Permission) -> Option<&str> {
    let details = permission.permission_details.iter().flatten();
    let inherited = details.filter(|it| it.inherited == Some(true));
    let roles = inherited.filter_map(|it| it.role.as_deref().or(permission.role.as_deref()));
    roles.reduce(|most, role| if is_stronger(role, most) { role } else { most })
}

/// Whether a role lets somebody do more than they may; of a role that is not known nothing is.
pub(super) fn stronger(role: &str, than: &Permission) -> bool {
    is_stronger(role, than.role.as_deref().unwrap_or_default())
}

pub(crate) fn is_stronger(role: &str, than: &str) -> bool {
    let rank = |role: &str| ROLES.iter().position(|known| *known == role);
    rank(role)
        .zip(rank(than))
        .is_some_and(|(new, had)| new > had)
}
