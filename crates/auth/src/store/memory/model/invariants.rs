//! What must hold; see the table on the module's page.

use super::caller::{Caller, CallerStep};
use super::database::Stored;
use super::events::{Consent, Event};
use super::world::{Step, World};
use crate::store::RowStatus;

/// Their names are the protocol's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Invariant {
    Inv1,
    Inv2,
    Inv3,
    Inv4,
    Inv5,
    Inv6,
    Inv7,
    Inv9,
}

impl Invariant {
    pub(super) const ALL: [Self; 8] = [
        Self::Inv1,
        Self::Inv2,
        Self::Inv3,
        Self::Inv4,
        Self::Inv5,
        Self::Inv6,
        Self::Inv7,
        Self::Inv9,
    ];

    /// Whether it holds in this state. Those of steps do.
    pub(super) fn holds_in(self, world: &World) -> bool {
        match self {
            Self::Inv1 => no_stranded_grant(world),
            Self::Inv2 => no_false_consent(world),
            Self::Inv4 => bounded_posts(world),
            Self::Inv5 => epoch_order(world),
            Self::Inv6 => mutual_exclusion(world),
            Self::Inv7 => progress(world),
            Self::Inv3 | Self::Inv9 => true,
        }
    }

    /// Whether it holds of this step. Those of states do.
    pub(super) fn holds_of(self, before: &World, step: Step, after: &World) -> bool {
        match self {
            Self::Inv3 => no_resurrection(before, step, after),
            Self::Inv9 => monotonic(before, after),
            _ => true,
        }
    }
}

fn no_stranded_grant(world: &World) -> bool {
    let at_rest = world.callers.iter().all(Caller::is_at_rest);
    let Some(row) = world.database.row.as_ref().filter(|_| at_rest) else {
        return true;
    };
    let promised = matches!(
        row.row().status,
        RowStatus::Active | RowStatus::NeedsConsent
    );
    row.token()
        .filter(|_| promised)
        .is_none_or(|token| world.server.accepts(token) || world.server.excuses(token))
}

fn no_false_consent(world: &World) -> bool {
    world
        .database
        .row
        .as_ref()
        .filter(|row| row.row().status == RowStatus::NeedsConsent)
        .and_then(Stored::token)
        .is_none_or(|token| !world.server.accepts(token))
}

fn no_resurrection(before: &World, step: Step, after: &World) -> bool {
    let (was, is) = (&before.database.row, &after.database.row);
    let by_consent = step == Step::Event(Event::ConsentWrites);
    let (Some(was), Some(is)) = (was, is) else {
        return is.is_none() || was.is_some() || by_consent;
    };
    let ended = was.is_disconnected() || was.token().is_none();
    if !ended || was == is {
        return true;
    }
    if by_consent {
        let knew = matches!(before.consent, Consent::Read { ended: true, .. });
        return knew && was.row().status != RowStatus::Disconnecting;
    }
    let stays_ended = is.is_disconnected() || is.token().is_none();
    stays_ended && (is.token().is_none() || is.token() == was.token())
}

fn bounded_posts(world: &World) -> bool {
    let account = &world.account;
    let bound = 1 + account.excuses;
    account.posts.iter().all(|(_, posts)| *posts <= bound)
}

fn epoch_order(world: &World) -> bool {
    let token = world.database.row.as_ref().and_then(Stored::token);
    token.is_none_or(|token| token.family == world.account.consented)
}

fn mutual_exclusion(world: &World) -> bool {
    let in_flight = world.callers.iter().filter(|caller| caller.is_in_flight());
    let mut grants: Vec<(u8, i64)> = in_flight
        .filter_map(|caller| caller.hold())
        .filter(|hold| !hold.overran)
        .map(|hold| (hold.at.incarnation, hold.at.epoch))
        .collect();
    let all = grants.len();
    grants.sort_unstable();
    grants.dedup();
    grants.len() == all
}

/// Everybody stops where they are; the lease, the back-off and the access token run out; somebody
/// new comes. A half-done disconnect is ended by whoever takes it up.
fn progress(world: &World) -> bool {
    let Some(row) = &world.database.row else {
        return true;
    };
    match row.row().status {
        RowStatus::Active if row.token().is_some_and(|token| world.server.accepts(token)) => {
            newcomer_gets_token(world)
        }
        RowStatus::Disconnecting => {
            let mut database = world.database.clone();
            database.finish_disconnect(row.seen().at)
                && database.row.is_some_and(|row| row.token().is_none())
        }
        _ => true,
    }
}

fn newcomer_gets_token(world: &World) -> bool {
    let mut world = world.clone();
    world.database.lapse();
    world.database.end_back_off();
    world.database.expire();
    let newcomer = world.callers.len();
    world.callers.push(Caller::Idle);
    for step in [
        CallerStep::Read,
        CallerStep::TryLease,
        CallerStep::Post,
        CallerStep::Served,
        CallerStep::Commit,
    ] {
        if !world.caller_steps(newcomer).contains(&step) {
            return false;
        }
        world.call(newcomer, step);
    }
    let row = world.database.row.as_ref();
    row.is_some_and(|row| row.row().status == RowStatus::Active && row.is_fresh())
}

fn monotonic(before: &World, after: &World) -> bool {
    let (Some(was), Some(is)) = (&before.database.row, &after.database.row) else {
        return true;
    };
    let (was, is) = (was.row(), is.row());
    was.incarnation != is.incarnation
        || (was.version <= is.version
            && was.grant_epoch <= is.grant_epoch
            && was.lease_seq <= is.lease_seq)
}
