//! A process that wants a token, as the guard goes about it.

use std::time::Duration;

use super::database::{Mark, Seen};
use super::server::RefreshToken;
use super::world::World;
use crate::store::{RefreshFailure, RowStatus};

/// Where a process stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Caller {
    /// Before a call and after it; it has read nothing that it still goes by.
    Idle,
    /// It has read a row whose access token is over.
    Due(Seen),
    /// It holds the lease.
    Leased(Hold),
    /// The request is on its way.
    Asked(Hold),
    /// The server has worked on it; the answer is on its way, or here.
    Answered(Hold, Outcome),
    /// The database refused the commit; the caller has its token, and saving goes on.
    Saving(Hold, RefreshToken),
    Dead,
}

/// A refresh under its lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Hold {
    pub(super) at: Mark,
    pub(super) seq: i64,
    pub(super) token: RefreshToken,
    /// The lease has run out since.
    pub(super) overran: bool,
}

/// What a request came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Outcome {
    Granted(RefreshToken),
    InvalidGrant,
    Transient,
    /// The client was refused, which says nothing of the grant.
    Unfit,
}

/// What a process does, or what befalls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CallerStep {
    Read,
    TryLease,
    Post,
    /// The server works on the request.
    Served,
    /// The server never gets the request.
    Unheard,
    /// The server works on the request, and the answer is lost.
    AnswerLost,
    /// The server refuses the client.
    ClientRefused,
    Commit,
    /// The database refuses the commit.
    CommitRefused,
    Crash,
}

impl Caller {
    /// The refresh at which it works.
    pub(super) fn hold(&self) -> Option<&Hold> {
        match self {
            Self::Idle | Self::Due(_) | Self::Dead => None,
            Self::Leased(hold)
            | Self::Asked(hold)
            | Self::Answered(hold, _)
            | Self::Saving(hold, _) => Some(hold),
        }
    }

    pub(super) fn hold_mut(&mut self) -> Option<&mut Hold> {
        match self {
            Self::Idle | Self::Due(_) | Self::Dead => None,
            Self::Leased(hold)
            | Self::Asked(hold)
            | Self::Answered(hold, _)
            | Self::Saving(hold, _) => Some(hold),
        }
    }

    pub(super) fn is_in_flight(&self) -> bool {
        matches!(self, Self::Asked(_) | Self::Answered(..))
    }

    pub(super) fn is_at_rest(&self) -> bool {
        matches!(self, Self::Idle | Self::Dead)
    }

    /// A refresh token that it alone knows.
    fn unsaved(&self) -> Option<RefreshToken> {
        match self {
            Self::Answered(_, Outcome::Granted(token)) | Self::Saving(_, token) => Some(*token),
            _ => None,
        }
    }
}

impl World {
    /// What one process can do next.
    pub(super) fn caller_steps(&self, caller: usize) -> Vec<CallerStep> {
        let state = &self.callers[caller];
        let mut steps = match state {
            Caller::Idle if self.is_due() => vec![CallerStep::Read],
            Caller::Idle | Caller::Dead => vec![],
            Caller::Due(_) => vec![CallerStep::TryLease],
            Caller::Leased(_) => vec![CallerStep::Post],
            Caller::Asked(_) => vec![CallerStep::Served],
            Caller::Answered(..) | Caller::Saving(..) => vec![CallerStep::Commit],
        };
        if matches!(state, Caller::Asked(_)) && self.left.mishaps > 0 {
            steps.extend([
                CallerStep::Unheard,
                CallerStep::AnswerLost,
                CallerStep::ClientRefused,
            ]);
        }
        if matches!(state, Caller::Answered(..)) && self.left.outages > 0 {
            steps.push(CallerStep::CommitRefused);
        }
        if !matches!(state, Caller::Dead) && self.left.crashes > 0 {
            steps.push(CallerStep::Crash);
        }
        steps
    }

    /// Whether a caller who reads now would refresh. Otherwise it has a token, or needs a consent,
    /// and its call is over without a trace.
    fn is_due(&self) -> bool {
        self.database
            .row
            .as_ref()
            .is_some_and(|row| row.row().status == RowStatus::Active && !row.is_fresh())
    }

    pub(super) fn call(&mut self, caller: usize, step: CallerStep) {
        let next = match (self.callers[caller], step) {
            (Caller::Idle, CallerStep::Read) => self.read(),
            (Caller::Due(seen), CallerStep::TryLease) => self.try_lease(seen),
            (Caller::Leased(hold), CallerStep::Post) => {
                self.account.post((hold.at.incarnation, hold.at.version));
                Caller::Asked(hold)
            }
            (Caller::Asked(hold), step) if step != CallerStep::Crash => {
                Caller::Answered(hold, self.serve(hold, step))
            }
            (Caller::Answered(hold, outcome), CallerStep::Commit) => self.commit(hold, outcome),
            (Caller::Saving(hold, token), CallerStep::Commit) => {
                self.commit(hold, Outcome::Granted(token))
            }
            (Caller::Answered(hold, outcome), CallerStep::CommitRefused) => {
                self.left.outages -= 1;
                self.account.excuses += 1;
                match outcome {
                    Outcome::Granted(token) => Caller::Saving(hold, token),
                    _ => Caller::Idle,
                }
            }
            (state, CallerStep::Crash) => {
                self.left.crashes -= 1;
                self.account.excuses += 1;
                if let Some(token) = state.unsaved() {
                    self.server.orphan(token);
                }
                Caller::Dead
            }
            (state, step) => unreachable!("{step:?} is no step of {state:?}"),
        };
        self.callers[caller] = next;
    }

    fn read(&self) -> Caller {
        let row = self.database.row.as_ref();
        row.map_or(Caller::Idle, |row| Caller::Due(row.seen()))
    }

    /// Whoever does not get the lease reads again.
    fn try_lease(&mut self, seen: Seen) -> Caller {
        let Some(won) = self.database.try_lease(seen) else {
            return Caller::Idle;
        };
        let token = won.token.expect("an active row holds secrets");
        Caller::Leased(Hold {
            at: seen.at,
            seq: won.seq,
            token,
            overran: false,
        })
    }

    fn serve(&mut self, hold: Hold, step: CallerStep) -> Outcome {
        if step != CallerStep::Served {
            self.left.mishaps -= 1;
            self.account.excuses += 1;
        }
        match step {
            CallerStep::Unheard => return Outcome::Transient,
            CallerStep::ClientRefused => return Outcome::Unfit,
            _ => {}
        }
        let answer = self.server.refresh(hold.token);
        match answer {
            Some(token) if step == CallerStep::AnswerLost => {
                self.server.orphan(token);
                Outcome::Transient
            }
            None if step == CallerStep::AnswerLost => Outcome::Transient,
            Some(token) => Outcome::Granted(token),
            None => Outcome::InvalidGrant,
        }
    }

    /// Whether it was won or lost, the caller goes by what stands then.
    fn commit(&mut self, hold: Hold, outcome: Outcome) -> Caller {
        let failure = match outcome {
            Outcome::Granted(token) => {
                self.database.commit_refresh(hold.at, hold.seq, token);
                return Caller::Idle;
            }
            Outcome::InvalidGrant => RefreshFailure::Condemned {
                status: RowStatus::NeedsConsent,
                reason: "revoked".to_owned(),
                error: "revoked".to_owned(),
            },
            Outcome::Transient => RefreshFailure::Transient {
                error: "transient".to_owned(),
                retry_in: Duration::from_secs(1),
            },
            Outcome::Unfit => RefreshFailure::Released,
        };
        self.database.commit_failure(hold.at, hold.seq, &failure);
        Caller::Idle
    }
}
