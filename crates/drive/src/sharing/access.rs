//! One access to a file: given once, changed, taken away.

use google_drive3::api::Permission;
use toolgate_auth::{Failure as _, FailureKind};
use toolgate_google_http::{Error, Outcome, Seen};
use toolgate_toolkit::{ToolContext, ToolError};

use super::{Access, ShareFile};
use crate::{
    error::Named,
    settlement::{Words, settled},
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
    denied: "not shared",
    unknown: "unknown whether it was shared: look with list_permissions",
};

/// Gives access, once, and looks for it where Google's answer is not clear; whether only a look-up knows.
pub(super) async fn given(
    at: (&ToolContext, &Setup),
    of: (&Drive, Named<'_>),
    new: &NewPermission,
    mail: (bool, Option<&str>),
) -> Result<(Permission, bool), ToolError> {
    let ((cx, setup), (drive, file)) = (at, of);
    let giving = drive.permissions_create(file.id, new, mail);
    let look = || look_for(drive, file, new);
    let given = settled((cx, setup.settlement), SHARING, giving, look).await?;
    given.map_err(|error| refused(error, file, new))
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
    drive: &Drive,
    file: Named<'_>,
    there: &Permission,
    role: &'static str,
) -> Result<(Access, &'static str), ToolError> {
    let had = there.role.as_deref().unwrap_or_default();
    if had == role {
        return Ok((Access::of(there), "unchanged"));
    }
    if had == "owner" {
        let good = "somebody who does not own the file";
        return Err(ToolError::invalid_argument(
            "with",
            "they own the file",
            good,
        ));
    }
    if is_inherited(there) {
        return Err(ToolError::invalid_argument(
            "role",
            &format!(
                "a folder or a shared drive above makes them `{had}`, which is lessened there alone"
            ),
            "a stronger role; or the folder as file_id",
        ));
    }
    let id = there.id.as_deref().unwrap_or_default();
    let updated = drive.permissions_update(file.id, id, role).await;
    let updated = updated.map_err(|error| file.explain(error))?;
    Ok((Access::of(&updated), "changed"))
}

/// What is gone already is gone: an answer may have been lost.
pub(super) async fn removed(
    drive: &Drive,
    file: Named<'_>,
    there: &Permission,
) -> Result<(), ToolError> {
    let id = there.id.as_deref().unwrap_or_default();
    for again in [true, false] {
        match drive.permissions_delete(file.id, id).await {
            Err(error) if again && error.outcome() == Outcome::Unclear => {}
            Err(error) if !again && error.kind() == FailureKind::NotFound => return Ok(()),
            ended => return ended.map_err(|error| file.explain(error)),
        }
    }
    Ok(())
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

/// Whether a role lets somebody do more than they may; of a role that is not known nothing is.
pub(super) fn stronger(role: &str, than: &Permission) -> bool {
    let rank = |role: &str| ROLES.iter().position(|known| *known == role);
    let had = than.role.as_deref().and_then(rank);
    rank(role).zip(had).is_some_and(|(new, had)| new > had)
}
