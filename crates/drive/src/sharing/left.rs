//! Who can still open a file after access to it was taken away or changed.

use google_drive3::api::Permission;

use super::{Access, access::address};
use crate::{error::Named, wire::Drive};

/// How many are shown; `list_permissions` tells all.
const SHOWN: usize = 5;

/// What a list after the write shows.
#[derive(Debug, Default)]
pub(super) struct Left {
    /// The access itself, where it stands still.
    pub(super) own: Option<Access>,
    pub(super) still_open_by: Vec<Access>,
    /// It could not be listed; the write was done all the same.
    pub(super) not_checked: bool,
}

impl Left {
    /// What may let somebody in whose own access was taken away.
    pub(super) async fn to_them(drive: &Drive, file: Named<'_>, gone: &Permission) -> Self {
        let Some(all) = listed(drive, file).await else {
            return Self::unknown();
        };
        let own = all.iter().find(|it| it.id == gone.id).map(Access::of);
        let is_other = |it: &&Permission| {
            let kind = it.type_.as_deref();
            let may_hold_them = matches!(kind, Some("anyone" | "domain" | "group"));
            let is_them = address(gone)
                .zip(address(it))
                .is_some_and(|(gone, it)| gone.eq_ignore_ascii_case(it));
            it.id != gone.id && (may_hold_them || is_them)
        };
        Self {
            own,
            still_open_by: shown(all.iter().filter(is_other)),
            not_checked: false,
        }
    }

    pub(super) fn unknown() -> Self {
        Self {
            not_checked: true,
            ..Self::default()
        }
    }
}

/// As Google lists it after a write, which is not undone where that fails.
pub(super) async fn listed(drive: &Drive, file: Named<'_>) -> Option<Vec<Permission>> {
    let all = drive.permissions_all(file.id).await;
    all.inspect_err(|error| tracing::info!(%error, "no list after a write"))
        .ok()
}

pub(super) fn shown<'a>(all: impl Iterator<Item = &'a Permission>) -> Vec<Access> {
    all.take(SHOWN).map(Access::of).collect()
}
