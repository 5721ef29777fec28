//! Who has access to a file: listed, given, changed, taken away.

mod access;
mod left;
mod link;

use google_drive3::api::Permission;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toolgate_toolkit::{
    ToolContext, ToolError,
    sized::{json_size, shortened},
};

pub(crate) use self::{access::is_stronger, link::set_link_sharing};
use self::{
    access::{address, changed, given, is_inherited, is_same, removed, stronger},
    left::Left,
};
use crate::{
    error::Named,
    look,
    setup::Setup,
    view::{is_false, moment, short},
    wire::{Drive, GET, NewPermission, PERMISSIONS, PERMIT, REPERMIT, UNPERMIT},
};

pub(crate) const LIST_METHODS: &[&str] = &[GET.id(), PERMISSIONS.id()];
pub(crate) const SHARE_METHODS: &[&str] = &[GET.id(), PERMISSIONS.id(), PERMIT.id(), REPERMIT.id()];
pub(crate) const UNSHARE_METHODS: &[&str] = &[GET.id(), PERMISSIONS.id(), UNPERMIT.id()];
pub(crate) const LINK_METHODS: &[&str] = &[
    GET.id(),
    PERMISSIONS.id(),
    PERMIT.id(),
    REPERMIT.id(),
    UNPERMIT.id(),
];

/// What a result takes beside its people.
const ENVELOPE: usize = 500;
/// Characters of a name or an address.
const PERSON: usize = 120;

/// What somebody may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Role {
    Reader,
    Commenter,
    Writer,
}

impl Role {
    fn word(self) -> &'static str {
        match self {
            Self::Reader => "reader",
            Self::Commenter => "commenter",
            Self::Writer => "writer",
        }
    }
}

/// Lists who has access to a file or folder.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListPermissions {
    /// A file or folder.
    #[schemars(length(min = 1))]
    file_id: String,
    /// `next_skip` of the list before.
    skip: Option<usize>,
}

/// Shares a file or folder with a person, a group or a whole domain, or changes their role.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ShareFile {
    /// A file or folder.
    #[schemars(length(min = 1))]
    file_id: String,
    /// An e-mail address, or a domain such as `example.com`.
    #[schemars(length(min = 1), example = "ann@example.com")]
    with: String,
    /// What they may do.
    role: Role,
    /// Whether Google mails them; true if left out.
    notify: Option<bool>,
    /// For that mail.
    #[schemars(length(max = 4096))]
    message: Option<String>,
}

/// Takes a person's, a group's or a domain's access away.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UnshareFile {
    /// A file or folder.
    #[schemars(length(min = 1))]
    file_id: String,
    /// E-mail address, domain, or an id of `list_permissions`.
    #[schemars(length(min = 1))]
    with: String,
}

/// Somebody who has access.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Access {
    permission_id: String,
    /// `user`, `group`, `domain`, or `anyone` who has the link.
    #[serde(rename = "type")]
    kind: String,
    role: String,
    /// Address or domain.
    #[serde(skip_serializing_if = "Option::is_none")]
    with: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires: Option<String>,
    /// It comes from a folder or a shared drive, and is taken away there.
    #[serde(skip_serializing_if = "is_false")]
    inherited: bool,
    /// Whoever has access finds it by searching, without the link.
    #[serde(skip_serializing_if = "is_false")]
    findable: bool,
}

impl Access {
    fn of(permission: &Permission) -> Self {
        let text = |text: &Option<String>| short(text.as_deref(), PERSON);
        Self {
            permission_id: permission.id.clone().unwrap_or_default(),
            kind: text(&permission.type_).unwrap_or_default(),
            role: text(&permission.role).unwrap_or_default(),
            with: address(permission).map(|it| shortened(it, PERSON)),
            name: text(&permission.display_name),
            expires: permission.expiration_time.map(moment),
            inherited: is_inherited(permission),
            findable: permission.allow_file_discovery == Some(true),
        }
    }
}

/// Who has access.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct People {
    permissions: Vec<Access>,
    /// In the whole list.
    total: usize,
    /// The `skip` to read on with: more follow.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_skip: Option<usize>,
    /// What of this was written by others.
    untrusted: String,
}

/// What became of somebody's access.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Shared {
    /// `shared`, `changed`, `unchanged`, `removed`, or one of these with `(confirmed by look-up)`; `stays` where
    /// only what stood on the file itself was removed, and a folder or a shared drive above gives the rest.
    status: String,
    #[serde(flatten)]
    access: Access,
    /// Google was asked to mail them.
    #[serde(skip_serializing_if = "is_false")]
    mailed: bool,
    /// What may let them in all the same: the link, a domain, a group; five at most.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    still_open_by: Vec<Access>,
    /// Who else has access could not be listed: see `list_permissions`.
    #[serde(skip_serializing_if = "is_false")]
    not_checked: bool,
    /// What of this was written by others.
    untrusted: String,
}

/// Lists who has access.
pub(crate) async fn list_permissions(
    cx: ToolContext,
    args: ListPermissions,
    setup: Setup,
) -> Result<People, ToolError> {
    let drive = Drive::new(&cx, LIST_METHODS);
    let id = look::target(&drive, Named::file(&args.file_id)).await?;
    let all = everybody(&drive, Named::file(&id)).await?;
    let (skip, total) = (args.skip.unwrap_or(0), all.len());
    if skip > 0 && skip >= total {
        let problem = format!("the list has {total} entries");
        let good = "the next_skip of the list before";
        return Err(ToolError::invalid_argument("skip", &problem, good));
    }
    let mut room = setup.budget.saturating_sub(ENVELOPE);
    let mut permissions: Vec<Access> = Vec::new();
    for access in all.iter().skip(skip).map(Access::of) {
        let size = json_size(&access) + 1;
        if size > room && !permissions.is_empty() {
            break;
        }
        room = room.saturating_sub(size);
        permissions.push(access);
    }
    Ok(People {
        next_skip: Some(skip + permissions.len()).filter(|next| *next < total),
        permissions,
        total,
        untrusted: cx.fence("file").notice(),
    })
}

async fn everybody(drive: &Drive, file: Named<'_>) -> Result<Vec<Permission>, ToolError> {
    let all = drive.permissions_all(file.id).await;
    all.map_err(|error| file.explain(error))
}

/// Gives access, once: whoever has it already gets the role.
pub(crate) async fn share_file(
    cx: ToolContext,
    args: ShareFile,
    setup: Setup,
) -> Result<Shared, ToolError> {
    let new = NewPermission::of(&args)?;
    let notify = args.notify != Some(false) && new.email_address.is_some();
    if args.message.is_some() && !notify {
        return Err(ToolError::invalid_argument(
            "message",
            "nobody is mailed, so nobody would read it",
            "none, or an e-mail address as `with` and no `notify`",
        ));
    }
    let drive = Drive::new(&cx, SHARE_METHODS);
    let id = look::target(&drive, Named::file(&args.file_id)).await?;
    let file = Named::file(&id);
    let all = everybody(&drive, file).await?;
    let told = |access, status, mailed| Shared {
        status,
        access,
        mailed,
        still_open_by: Vec::new(),
        not_checked: false,
        untrusted: cx.fence("file").notice(),
    };
    let there = all.iter().find(|it| is_same(it, &new));
    // What comes from above is not changed here; more than that can be given here.
    if let Some(there) = there.filter(|it| !is_inherited(it) || !stronger(new.role, it)) {
        let (access, status) = changed((&cx, &setup), (&drive, file), there, new.role).await?;
        return Ok(told(access, status, false));
    }
    let mail = (notify, args.message.as_deref());
    let given = given((&cx, &setup), (&drive, file), &new, mail).await?;
    Ok(told(Access::of(&given.made), given.status, notify))
}

const STAYS: &str = "stays";

/// Takes access away.
pub(crate) async fn unshare_file(
    cx: ToolContext,
    args: UnshareFile,
    setup: Setup,
) -> Result<Shared, ToolError> {
    let drive = Drive::new(&cx, UNSHARE_METHODS);
    let id = look::target(&drive, Named::file(&args.file_id)).await?;
    let file = Named::file(&id);
    let all = everybody(&drive, file).await?;
    let with = args.with.trim();
    let is_meant = |it: &&Permission| {
        it.id.as_deref() == Some(with)
            || address(it).is_some_and(|own| own.eq_ignore_ascii_case(with))
    };
    let Some(there) = all.iter().find(is_meant) else {
        return Err(ToolError::not_found(format!(
            "`{}` has no access of their own to this file; list_permissions tells who has",
            shortened(with, PERSON)
        )));
    };
    if there.role.as_deref() == Some("owner") {
        let good = "somebody who does not own the file";
        return Err(ToolError::invalid_argument(
            "with",
            "they own the file",
            good,
        ));
    }
    if is_inherited(there) {
        return Err(ToolError::invalid_argument(
            "with",
            "their access comes from a folder or a shared drive above, and is taken away there",
            "somebody who is not `inherited` in list_permissions; or the folder as file_id",
        ));
    }
    let removed = removed((&cx, &setup), (&drive, file), there).await?;
    let left = Left::to_them(&drive, file, there).await;
    let status = match left.own {
        Some(_) => STAYS.to_owned(),
        None => removed,
    };
    Ok(Shared {
        status,
        access: left.own.unwrap_or_else(|| Access::of(there)),
        mailed: false,
        still_open_by: left.still_open_by,
        not_checked: left.not_checked,
        untrusted: cx.fence("file").notice(),
    })
}
