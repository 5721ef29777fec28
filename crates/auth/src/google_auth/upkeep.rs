//! What keeps grants in good order, and how a program sees that they are.

use std::time::Duration;

use super::BoundGoogleAuth;
use crate::error::Error;
use crate::upkeep::{UpkeepTask, Upkept};

/// What a program that watches itself may want to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Health {
    /// Grants that were refreshed and that the database has not taken yet. They serve this process,
    /// which goes on saving them.
    pub unsaved: usize,
    /// How many of these hold a refresh token that took another's place: until it is saved, this
    /// process alone can refresh the grant, and when it ends before, the person has to sign in
    /// again. Do not stop the process while this is not zero, if it can be helped.
    pub unsaved_rotated: usize,
}

impl BoundGoogleAuth {
    /// One round of upkeep: refreshes the grants that nobody has used for four weeks, whosever they
    /// are, since Google ends those that are not used for six months; removes sign-ins that ended
    /// more than a day ago and runs that have waited for too long; finishes disconnects that were begun more than a minute ago. Nobody is
    /// asked for consent, and grants of another OAuth client are left alone.
    ///
    /// A bound `GoogleAuth` does this by itself every one to two hours as long as it lives, the
    /// first time after as long a pause. Any number of processes may: the lease lets one of them
    /// refresh a grant. A program whose processes end sooner calls this from a job of its own.
    ///
    /// # Errors
    /// When the database cannot be asked. A grant that could not be refreshed is no error; it is
    /// counted.
    pub async fn upkeep(&self) -> Result<Upkept, Error> {
        self.0.upkeep.round().await
    }

    /// Does upkeep every so often until the task is dropped, for a program that wants more of it
    /// than a bound `GoogleAuth` does by itself. Each pause, the first one included, is up to half
    /// shorter by chance.
    pub fn upkeep_every(&self, often: Duration) -> UpkeepTask {
        self.0.upkeep.start(often)
    }

    /// How this process is doing. Nothing is asked of the database, so that it can be called as
    /// often as a metric is read.
    pub fn health(&self) -> Health {
        let (unsaved, unsaved_rotated) = self.0.guard.unsaved();
        Health {
            unsaved,
            unsaved_rotated,
        }
    }
}
