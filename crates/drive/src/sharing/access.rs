//! One access to a file: given once, changed, taken away.

use google_drive3::api::Permission;
use toolgate_auth::{Failure as _, FailureKind};
use toolgate_google_http::{Error, Outcome, Seen, Verdict, look_up};
use toolgate_toolkit::{ToolContext, ToolError};

use super::{Access, ShareFile, Shared};
use crate::{
    error::Named,
    setup::Setup,
    wire::{Drive, NewPermission},
};

/// Gives access to somebody who has none, once, and looks for it where Google's answer is not clear.
pub(super) async fn given(
    (cx, setup): (&ToolContext, &Setup),
    (drive, file): (&Drive, Named<'_>),
    new: &NewPermission,
    mail: (bool, Option<&str>),
) -> Result<(Permission, &'static str), ToolError> {
    cx.mark_sent();
    let error = match drive.permissions_create(file.id, new, mail).await {
        Ok(permission) => {
            cx.mark_settled();
            return Ok((permission, "shared"));
        }
        Err(error) => error,
    };
    if error.outcome() != Outcome::Unclear {
        cx.mark_settled();
        return Err(refused(error, file));
    }
    let look = || look_for(drive, file, new);
    match look_up(setup.settlement, || cx.remaining(), look).await {
        Verdict::Done(permission) => {
            cx.mark_settled();
            Ok((permission, "shared (confirmed by look-up)"))
        }
        Verdict::NotDone => {
            cx.mark_settled();
            let text = format!("not shared: {error}; look-ups find no such access");
            Err(ToolError::unavailable(text))
        }
        _ => {
            let note = "unknown whether it was shared: look with list_permissions";
            let error = ToolError::from(error).with_note(note);
            Err(error.with_may_have_happened())
        }
    }
}

/// The access that may have been given.
async fn look_for(
    drive: &Drive,
    file: Named<'_>,
    new: &NewPermission,
) -> Result<Seen<Permission>, Error> {
    let all = drive.permissions_all(file.id).await?;
    let found = all.into_iter().find(|it| is_same(it, new));
    Ok(found.map_or(Seen::NotDone, Seen::Done))
}

/// Gives another role to somebody who has access.
pub(super) async fn changed(
    drive: &Drive,
    file: Named<'_>,
    there: &Permission,
    role: &'static str,
) -> Result<Shared, ToolError> {
    let had = there.role.as_deref().unwrap_or_default();
    if had == role {
        let access = Access::of(there);
        return Ok(Shared {
            status: "unchanged",
            access,
        });
    }
    if had == "owner" {
        let good = "somebody who does not own the file";
        return Err(ToolError::invalid_argument(
            "with",
            "they own the file",
            good,
        ));
    }
    let id = there.id.as_deref().unwrap_or_default();
    let updated = drive.permissions_update(file.id, id, role).await;
    let updated = updated.map_err(|error| file.explain(error))?;
    Ok(Shared {
        status: "changed",
        access: Access::of(&updated),
    })
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

/// A file has one link: opening it again changes nothing.
pub(super) async fn opened(
    drive: &Drive,
    file: Named<'_>,
    new: &NewPermission,
) -> Result<(), ToolError> {
    match drive.permissions_create(file.id, new, (false, None)).await {
        Err(error) if error.outcome() == Outcome::Unclear => {
            match look_for(drive, file, new).await {
                Ok(Seen::Done(_)) => Ok(()),
                _ => Err(refused(error, file)),
            }
        }
        Err(error) => Err(refused(error, file)),
        Ok(_) => Ok(()),
    }
}

fn refused(error: Error, file: Named<'_>) -> ToolError {
    if error.kind() == FailureKind::InvalidArgument && error.status().is_some() {
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
