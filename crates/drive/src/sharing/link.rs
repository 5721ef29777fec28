//! `set_link_sharing`: what anybody may do who has the link, and what stays open beside it.

use google_drive3::api::Permission;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toolgate_toolkit::{ToolContext, ToolError};

use super::{
    Access, LINK_METHODS,
    access::{above, changed, is_inherited, is_stronger, opened, removed, stronger},
    everybody,
    left::{listed, shown},
};
use crate::{error::Named, look, setup::Setup, view::is_false, wire::Drive};

/// What whoever has the link may do.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LinkAccess {
    Off,
    Reader,
    Commenter,
    Writer,
}

impl LinkAccess {
    fn role(self) -> Option<&'static str> {
        match self {
            Self::Off => None,
            Self::Reader => Some("reader"),
            Self::Commenter => Some("commenter"),
            Self::Writer => Some("writer"),
        }
    }
}

/// Says what anybody may do who has the link.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetLinkSharing {
    /// A file or folder.
    #[schemars(length(min = 1))]
    file_id: String,
    /// What they may do.
    access: LinkAccess,
}

/// What became of the link.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Link {
    /// As Google lists it now.
    access: String,
    /// As it was.
    before: String,
    /// Strangers find it by searching, without the link.
    #[serde(skip_serializing_if = "is_false")]
    findable: bool,
    /// Who may open it without being named, by more than that: a domain; five at most.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    still_open_by: Vec<Access>,
    /// What is open now could not be listed: see `list_permissions`.
    #[serde(skip_serializing_if = "is_false")]
    not_checked: bool,
    /// What of this was written by others.
    #[serde(skip_serializing_if = "Option::is_none")]
    untrusted: Option<String>,
}

/// Opens a file to whoever has its link, or closes it.
pub(crate) async fn set_link_sharing(
    cx: ToolContext,
    args: SetLinkSharing,
    setup: Setup,
) -> Result<Link, ToolError> {
    let drive = Drive::new(&cx, LINK_METHODS);
    let id = look::target(&drive, Named::file(&args.file_id)).await?;
    let file = Named::file(&id);
    let all = everybody(&drive, file).await?;
    // There may be two: for whoever has the link, and for whoever searches.
    let there: Vec<&Permission> = all.iter().filter(|it| is_anyone(it)).collect();
    let role = args.access.role();
    let gives_more = |above: &str| role.is_none_or(|role| is_stronger(above, role));
    if there.iter().filter_map(|it| above(it)).any(gives_more) {
        return Err(ToolError::invalid_argument(
            "access",
            "the link is open by a folder or a shared drive above, which gives as much",
            "what is given there or more; or that folder as file_id",
        ));
    }
    written((&cx, &setup), (&drive, file), &there, role).await?;
    let before = strongest(&there).unwrap_or("off").to_owned();
    let Some(now) = listed(&drive, file).await else {
        return Ok(Link {
            access: role.unwrap_or("off").to_owned(),
            before,
            findable: false,
            still_open_by: Vec::new(),
            not_checked: true,
            untrusted: None,
        });
    };
    let mut link = told(&now, role);
    link.before = before;
    link.untrusted = (!link.still_open_by.is_empty()).then(|| cx.fence("file").notice());
    Ok(link)
}

/// Changes what stands on the file itself.
async fn written(
    at: (&ToolContext, &Setup),
    of: (&Drive, Named<'_>),
    there: &[&Permission],
    role: Option<&'static str>,
) -> Result<(), ToolError> {
    let own: Vec<&Permission> = there
        .iter()
        .copied()
        .filter(|it| !is_inherited(it))
        .collect();
    match role {
        // What comes from above may be it already.
        Some(role) if own.is_empty() && strongest(there) != Some(role) => {
            opened(at, of, role).await?;
        }
        Some(role) => {
            for (done, there) in own.iter().enumerate() {
                let changed = changed(at, of, there, role).await;
                changed.map_err(|error| partly(error, done))?;
            }
        }
        None => {
            for (done, there) in own.iter().enumerate() {
                let removed = removed(at, of, there).await;
                removed.map_err(|error| partly(error, done))?;
            }
        }
    }
    Ok(())
}

/// One of two may be written, and the other not.
fn partly(error: ToolError, done: usize) -> ToolError {
    if done == 0 {
        return error;
    }
    let note = "a part of it was done: look with list_permissions";
    error.with_note(note).with_may_have_happened()
}

fn told(now: &[Permission], role: Option<&str>) -> Link {
    let anyone: Vec<&Permission> = now.iter().filter(|it| is_anyone(it)).collect();
    let finds = |it: &&Permission| it.allow_file_discovery == Some(true);
    let gives_more = |it: &&Permission| {
        let is_domain = it.type_.as_deref() == Some("domain");
        let had = it.role.as_deref().unwrap_or_default();
        is_domain && role.is_none_or(|role| finds(it) || is_stronger(had, role))
    };
    Link {
        access: strongest(&anyone).unwrap_or("off").to_owned(),
        before: String::new(),
        findable: anyone.iter().any(finds),
        still_open_by: shown(now.iter().filter(gives_more)),
        not_checked: false,
        untrusted: None,
    }
}

fn strongest<'a>(all: &[&'a Permission]) -> Option<&'a str> {
    let most = all.iter().copied().reduce(|most, it| {
        let is_more = stronger(it.role.as_deref().unwrap_or_default(), most);
        if is_more { it } else { most }
    });
    most.and_then(|it| it.role.as_deref())
}

fn is_anyone(permission: &Permission) -> bool {
    permission.type_.as_deref() == Some("anyone")
}
