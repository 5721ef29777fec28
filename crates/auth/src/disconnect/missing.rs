//! Since when this process finds the key of a disconnect missing.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::Ending;
use crate::clock::Timestamp;
use crate::identity::RowId;

/// How many are remembered; those beyond begin anew each time, and so wait on.
const MOST: usize = 10_000;

/// For each row whose key is missing here, its epoch and the database's time when that was found. A
/// disconnect may be old by then, since Google could not be told: that says nothing of the key.
#[derive(Debug, Default)]
pub(crate) struct Missing(Mutex<HashMap<RowId, (i64, Timestamp)>>);

impl Missing {
    /// For how long it is missing by now.
    pub(super) fn lasts(&self, ending: &Ending) -> Duration {
        let (id, epoch, now) = (ending.row.key.id(), ending.row.grant_epoch, ending.now);
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST && !all.contains_key(&id) {
            return Duration::ZERO;
        }
        let found = all.entry(id).or_insert((epoch, now));
        if found.0 != epoch {
            *found = (epoch, now);
        }
        now.since(found.1)
    }

    /// It is done, by whomever.
    pub(super) fn forget(&self, id: &RowId) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.remove(id);
    }

    /// What is not under way any more is done.
    pub(super) fn keep(&self, under_way: impl Fn(&RowId) -> bool) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|id, _| under_way(id));
    }
}
