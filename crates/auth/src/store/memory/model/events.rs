//! What happens to a grant besides its refreshes.

use super::database::{Mark, Seen, Stored};
use super::server::RefreshToken;
use super::world::World;
use crate::store::RowStatus;

/// A consent under way: the person has agreed, then the row is read, then written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Consent {
    Idle,
    /// `had_row`: a row was read before, and the write over it lost.
    Agreed {
        token: RefreshToken,
        had_row: bool,
    },
    Read {
        token: RefreshToken,
        at: Option<Mark>,
        /// It was disconnected, or wiped, when it was read.
        ended: bool,
    },
}

/// A disconnect under way. Without one, a row that is half disconnected is taken up by a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Disconnect {
    Idle,
    Wanted,
    Read(Mark),
    Begun(Mark),
    Revoked(Mark),
}

/// Something smaller that goes by a row it has read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Job {
    Idle,
    Reseal(Seen),
    Invalidate(Mark),
}

/// One of these, or time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Event {
    /// The lease runs out.
    Lapse,
    /// The access token runs out.
    Expire,
    /// The back-off runs out.
    BackOffEnds,
    ConsentAgreed,
    ConsentReads,
    ConsentWrites,
    DisconnectWanted,
    DisconnectReads,
    DisconnectBegins,
    /// The grant is revoked at the server, by us.
    DisconnectRevokes,
    DisconnectFinishes,
    DisconnectDies,
    DisconnectIsTakenUp,
    /// The grant is revoked at the server, by the person.
    Revoked,
    Deleted,
    Wiped,
    ResealReads,
    /// A caller has the token that stands, and an API refuses it.
    TokenRefused,
    JobWrites,
}

impl World {
    /// What can happen next.
    pub(super) fn events(&self) -> Vec<Event> {
        let mut events = self.time();
        events.extend(self.flows());
        let (left, row) = (&self.left, self.database.row.as_ref());
        let holds_secrets = row.is_some_and(|row| row.token().is_some());
        let is_active = row.is_some_and(|row| row.row().status == RowStatus::Active);
        let is_idle = self.job == Job::Idle;
        let possible = [
            (left.revocations > 0, Event::Revoked),
            (left.deletes > 0 && row.is_some(), Event::Deleted),
            (left.wipes > 0 && is_active, Event::Wiped),
            (
                left.reseals > 0 && holds_secrets && is_idle,
                Event::ResealReads,
            ),
            (
                left.invalidations > 0 && is_active && is_idle,
                Event::TokenRefused,
            ),
            (!is_idle, Event::JobWrites),
        ];
        events.extend(possible.iter().filter(|(can, _)| *can).map(|(_, it)| *it));
        events
    }

    /// A lease of the dead runs out when it will; that of a living holder is a stall.
    fn time(&self) -> Vec<Event> {
        let mut events = Vec::new();
        let Some(row) = &self.database.row else {
            return events;
        };
        if row.is_leased() && (self.left.stalls > 0 || self.holder().is_none()) {
            events.push(Event::Lapse);
        }
        if row.is_fresh() && self.left.expiries > 0 {
            events.push(Event::Expire);
        }
        if row.is_backing_off() {
            events.push(Event::BackOffEnds);
        }
        events
    }

    /// The living process that has the lease that stands.
    fn holder(&self) -> Option<usize> {
        let row = self.database.row.as_ref().filter(|row| row.is_leased())?;
        let (at, seq) = (row.seen().at, row.row().lease_seq);
        self.callers.iter().position(|caller| {
            let hold = caller.hold();
            hold.is_some_and(|hold| hold.seq == seq && hold.at.incarnation == at.incarnation)
        })
    }

    fn flows(&self) -> Vec<Event> {
        let mut events = match self.consent {
            Consent::Idle if self.left.consents > 0 => vec![Event::ConsentAgreed],
            Consent::Idle => vec![],
            Consent::Agreed { .. } => vec![Event::ConsentReads],
            Consent::Read { .. } => vec![Event::ConsentWrites],
        };
        let row = self.database.row.as_ref();
        let half = row.is_some_and(|row| row.row().status == RowStatus::Disconnecting);
        events.extend(match self.disconnect {
            Disconnect::Idle if half => Some(Event::DisconnectIsTakenUp),
            Disconnect::Idle => (self.left.disconnects > 0).then_some(Event::DisconnectWanted),
            Disconnect::Wanted => Some(Event::DisconnectReads),
            Disconnect::Read(_) => Some(Event::DisconnectBegins),
            Disconnect::Begun(_) => Some(Event::DisconnectRevokes),
            Disconnect::Revoked(_) => Some(Event::DisconnectFinishes),
        });
        if self.disconnect != Disconnect::Idle && self.left.crashes > 0 {
            events.push(Event::DisconnectDies);
        }
        events
    }

    pub(super) fn happen(&mut self, event: Event) {
        match event {
            Event::Lapse => self.lapse(),
            Event::Expire => {
                self.left.expiries -= 1;
                self.database.expire();
            }
            Event::BackOffEnds => self.database.end_back_off(),
            Event::ConsentAgreed | Event::ConsentReads | Event::ConsentWrites => {
                self.consent(event);
            }
            Event::Revoked => {
                self.left.revocations -= 1;
                self.server.revoke_all();
            }
            Event::Deleted => {
                self.left.deletes -= 1;
                self.database.delete();
            }
            Event::Wiped => {
                self.left.wipes -= 1;
                self.database.wipe();
            }
            Event::ResealReads | Event::TokenRefused | Event::JobWrites => self.work(event),
            _ => self.disconnect(event),
        }
    }

    fn lapse(&mut self) {
        if let Some(holder) = self.holder() {
            self.left.stalls -= 1;
            self.account.excuses += 1;
            if let Some(hold) = self.callers[holder].hold_mut() {
                hold.overran = true;
            }
        }
        self.database.lapse();
    }

    fn consent(&mut self, event: Event) {
        let row = self.database.row.as_ref();
        self.consent = match (event, self.consent) {
            (Event::ConsentAgreed, _) => {
                self.left.consents -= 1;
                Consent::Agreed {
                    token: self.server.consent(),
                    had_row: false,
                }
            }
            // A row that was read and then gone ends the sign-in.
            (Event::ConsentReads, Consent::Agreed { had_row: true, .. }) if row.is_none() => {
                Consent::Idle
            }
            (Event::ConsentReads, Consent::Agreed { token, .. }) => Consent::Read {
                token,
                at: row.map(|row| row.seen().at),
                ended: row.is_some_and(|row| row.is_disconnected() || row.token().is_none()),
            },
            (_, Consent::Read { token, at, .. }) => self.write_consent(token, at),
            (event, state) => unreachable!("{event:?} is no step of {state:?}"),
        };
    }

    /// A consent that loses tries again, unless a disconnect is under way.
    fn write_consent(&mut self, token: RefreshToken, at: Option<Mark>) -> Consent {
        if self.database.upsert(at, token) {
            self.account.consented = token.family;
            return Consent::Idle;
        }
        let row = self.database.row.as_ref();
        if row.is_some_and(|row| row.row().status == RowStatus::Disconnecting) {
            return Consent::Idle;
        }
        Consent::Agreed {
            token,
            had_row: at.is_some(),
        }
    }

    fn disconnect(&mut self, event: Event) {
        let at = self.database.row.as_ref().map(|row| row.seen().at);
        self.disconnect = match (event, self.disconnect) {
            (Event::DisconnectWanted, _) => {
                self.left.disconnects -= 1;
                Disconnect::Wanted
            }
            (Event::DisconnectReads, _) => at.map_or(Disconnect::Idle, Disconnect::Read),
            (Event::DisconnectBegins, Disconnect::Read(read)) => self.begin_disconnect(read),
            (Event::DisconnectRevokes, Disconnect::Begun(at)) => {
                self.server.revoke_all();
                Disconnect::Revoked(at)
            }
            (Event::DisconnectFinishes, Disconnect::Revoked(at)) => {
                self.database.finish_disconnect(at);
                Disconnect::Idle
            }
            (Event::DisconnectDies, _) => {
                self.left.crashes -= 1;
                Disconnect::Idle
            }
            (Event::DisconnectIsTakenUp, _) => at.map_or(Disconnect::Idle, Disconnect::Begun),
            (event, state) => unreachable!("{event:?} is no step of {state:?}"),
        };
    }

    /// Where the row is not as it was read, it is read again.
    fn begin_disconnect(&mut self, read: Mark) -> Disconnect {
        if let Some(begun) = self.database.begin_disconnect(read) {
            return Disconnect::Begun(begun);
        }
        let row = self.database.row.as_ref();
        if row.is_none_or(|row| row.row().status == RowStatus::Revoked) {
            return Disconnect::Idle;
        }
        Disconnect::Wanted
    }

    fn work(&mut self, event: Event) {
        let seen = self.database.row.as_ref().map(Stored::seen);
        self.job = match (event, self.job, seen) {
            (Event::ResealReads, _, Some(seen)) => {
                self.left.reseals -= 1;
                Job::Reseal(seen)
            }
            (Event::TokenRefused, _, Some(seen)) => {
                self.left.invalidations -= 1;
                Job::Invalidate(seen.at)
            }
            (_, Job::Reseal(read), _) => {
                let token = read.token.expect("only a row with secrets is sealed again");
                self.database.reseal(read.at, token);
                Job::Idle
            }
            (_, Job::Invalidate(at), _) => {
                self.database.invalidate(at);
                Job::Idle
            }
            (event, state, _) => unreachable!("{event:?} is no step of {state:?}"),
        };
    }
}
