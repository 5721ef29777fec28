//! Events that concern nobody who is known: one a minute of each kind, which counts the others, so
//! that whoever sends junk cannot fill the table.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::{Actor, Audit, Event};
use crate::clock::Timestamp;
use crate::identity::Principal;

const PAUSE: Duration = Duration::from_mins(1);

/// The name and the outcome of an event: words of ours, so that there are few.
type Kind = (&'static str, &'static str);

/// When each kind was told of last, and how many are still to be told.
#[derive(Debug, Default)]
pub(super) struct Tallies(Mutex<BTreeMap<Kind, (Timestamp, u64)>>);

impl Audit {
    /// Records what a browser did and nobody knows whom it concerns, or counts it for the next event.
    pub(crate) async fn record_of_nobody(
        &self,
        name: &'static str,
        outcome: &'static str,
        now: Timestamp,
    ) {
        if let Some(times) = self.0.nobody.count((name, outcome), now) {
            self.record(Event::of_nobody((name, outcome), times)).await;
        }
    }

    /// Tells what was counted and not told yet.
    pub(crate) fn tell_of_nobody(&self) {
        for (kind, times) in self.0.nobody.rest() {
            self.note(Event::of_nobody(kind, times));
        }
    }
}

impl Event {
    fn of_nobody((name, outcome): Kind, times: u64) -> Self {
        let event = Self::of(&Principal::anonymous(), name).by(Actor::Browser);
        let event = event.ended(outcome).with("person", "unknown");
        event.with("times", times)
    }
}

impl Tallies {
    /// How many are to be told now; none where this one is told later.
    fn count(&self, kind: Kind, now: Timestamp) -> Option<u64> {
        let mut tallies = self.lock();
        match tallies.get_mut(&kind) {
            Some((told_at, untold)) if now.since(*told_at) < PAUSE => {
                *untold += 1;
                None
            }
            found => {
                let untold = found.map_or(0, |(_, untold)| *untold);
                tallies.insert(kind, (now, 0));
                Some(untold + 1)
            }
        }
    }

    fn rest(&self) -> Vec<(Kind, u64)> {
        let mut tallies = self.lock();
        let untold = tallies.iter_mut().filter(|(_, (_, untold))| *untold > 0);
        untold
            .map(|(kind, (_, untold))| (*kind, std::mem::take(untold)))
            .collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Kind, (Timestamp, u64)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
