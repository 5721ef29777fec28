//! What a worker may still use up: time, unpacked bytes, items kept.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use crate::files::error::{FileError, Kind};
use crate::files::limits::FileLimits;

/// What a thing that is kept in memory counts as: a cell, a relation, an object. A file may have five bytes for one, so that
/// the bytes that it unpacks to do not bound them.
const BYTES_KEPT: usize = 256;

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
            kept: Cell::new(limits.max_unpacked_bytes / BYTES_KEPT),
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

    /// A budget for so many unpacked bytes.
    pub(in crate::files) fn of_bytes(bytes: usize) -> Budget {
        let limits = FileLimits::default().with_max_unpacked_bytes(bytes);
        Budget::new(plenty().stop, &limits)
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
        let budget = of_bytes(10);
        budget.unpack(6).unwrap();
        budget.unpack(4).unwrap();
        assert!(budget.unpack(1).unwrap_err().is_too_large());
        let budget = of_bytes(3 * BYTES_KEPT);
        budget.keep(3).unwrap();
        assert!(budget.keep(1).unwrap_err().is_too_large());
    }
}
