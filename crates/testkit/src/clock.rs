//! A clock that stands still until told.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use toolgate_auth::{Clock, Timestamp, millis, store::NowFn};

/// A clock that a test sets. Clones show the same time.
///
/// ```
/// use std::time::Duration;
/// use toolgate_auth::Clock;
/// use toolgate_testkit::FakeClock;
///
/// let clock = FakeClock::new();
/// let before = clock.now();
/// clock.advance(Duration::from_secs(60));
/// assert_eq!(clock.now().since(before), Duration::from_secs(60));
/// ```
#[derive(Debug, Clone)]
pub struct FakeClock {
    wall: Arc<AtomicI64>,
    passed: Arc<AtomicU64>,
    start: Instant,
}

/// Some day in 2027.
const START: i64 = 1_800_000_000_000;

impl FakeClock {
    /// A clock that shows some day in 2027.
    pub fn new() -> Self {
        Self {
            wall: Arc::new(AtomicI64::new(START)),
            passed: Arc::default(),
            start: Instant::now(),
        }
    }

    /// Lets time pass, on the wall and monotonically.
    pub fn advance(&self, duration: Duration) {
        let later = self.now().after(duration);
        self.set(later);
        let passed = millis(duration).unsigned_abs();
        self.passed.fetch_add(passed, Ordering::SeqCst);
    }

    /// Sets the wall clock, forwards or back; the monotonic one goes on as it was.
    pub fn set(&self, now: Timestamp) {
        self.wall.store(now.as_millis(), Ordering::SeqCst);
    }

    /// The wall clock as a store's time.
    pub fn now_fn(&self) -> NowFn {
        let clock = self.clone();
        Arc::new(move || clock.now())
    }
}

impl Default for FakeClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for FakeClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.wall.load(Ordering::SeqCst))
    }

    fn monotonic(&self) -> Instant {
        self.start + Duration::from_millis(self.passed.load(Ordering::SeqCst))
    }
}
