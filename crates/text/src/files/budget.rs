//! What a worker may still use up: time, unpacked bytes, items kept.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use crate::files::error::{FileError, Kind};
use crate::files::limits::FileLimits;

/// How many things of some hundred bytes are kept in memory for one file: cells, relations, objects, glyphs. A file has a few
/// bytes for each, so that the bytes that it unpacks to do not bound them. More is no document that a person made.
pub(super) const MAX_KEPT: usize = 500_000;

/// How often the clock is looked at: every so many ticks, since a look costs more than most steps of a parser.
const TICKS_PER_LOOK: u32 = 256;

/// When a worker has to stop.
#[derive(Debug, Clone)]
pub(super) struct Stop {
    pub(super) at: Instant,
    /// Set where nobody waits for the result any more.
    pub(super) given_up: Arc<AtomicBool>,
}

/// Checked in every loop whose length a file decides.
#[derive(Debug)]
pub(super) struct Budget {
    stop: Stop,
    ticks: Cell<u32>,
    unpacked: Cell<usize>,
    kept: Cell<usize>,
}

impl Budget {
    pub(super) fn new(stop: Stop, limits: &FileLimits) -> Self {
        Self {
            stop,
            ticks: Cell::new(0),
            unpacked: Cell::new(limits.max_unpacked_bytes),
            kept: Cell::new(MAX_KEPT),
        }
    }

    /// One step of work.
    pub(super) fn tick(&self) -> Result<(), FileError> {
        let ticks = self.ticks.get().wrapping_add(1);
        self.ticks.set(ticks);
        if ticks.is_multiple_of(TICKS_PER_LOOK) {
            self.check()?;
        }
        Ok(())
    }

    /// For steps that are long by themselves.
    pub(super) fn check(&self) -> Result<(), FileError> {
        if self.stop.given_up.load(Ordering::Relaxed) || Instant::now() >= self.stop.at {
            return Err(Kind::OutOfTime.into());
        }
        Ok(())
    }

    /// So many bytes more were unpacked.
    pub(super) fn unpack(&self, bytes: usize) -> Result<(), FileError> {
        self.check()?;
        let left = self.unpacked.get().checked_sub(bytes);
        let left = left.ok_or(Kind::TooLarge("it unpacks to more than is read"))?;
        self.unpacked.set(left);
        Ok(())
    }

    /// So many things more are kept in memory.
    pub(super) fn keep(&self, things: usize) -> Result<(), FileError> {
        let left = self.kept.get().checked_sub(things);
        let left = left.ok_or(Kind::TooLarge("it has too many parts"))?;
        self.kept.set(left);
        Ok(())
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::time::Duration;

    use super::*;

    /// A budget without an end in sight.
    pub(in crate::files) fn plenty() -> Budget {
        let stop = Stop {
            at: Instant::now() + Duration::from_hours(1),
            given_up: Arc::default(),
        };
        Budget::new(stop, &FileLimits::default())
    }

    #[test]
    fn nobody_waiting_ends_the_work_at_the_next_look() {
        let budget = plenty();
        budget.stop.given_up.store(true, Ordering::Relaxed);
        let steps = (0..10_000).take_while(|_| budget.tick().is_ok()).count();
        assert_eq!(steps, TICKS_PER_LOOK as usize - 1);
        assert!(budget.check().unwrap_err().is_out_of_time());
    }

    #[test]
    fn what_is_unpacked_adds_up() {
        let limits = FileLimits::default().with_max_unpacked_bytes(10);
        let budget = Budget::new(plenty().stop, &limits);
        budget.unpack(6).unwrap();
        budget.unpack(4).unwrap();
        assert!(budget.unpack(1).unwrap_err().is_too_large());
        budget.keep(MAX_KEPT).unwrap();
        assert!(budget.keep(1).unwrap_err().is_too_large());
    }
}
