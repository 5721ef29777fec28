//! Time and chance as the tests steer them.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use toolgate_auth::{Clock, Random, SystemClock, SystemRandom, Timestamp};

/// What the leak check looks for.
pub(crate) const CANARY: &[u8; 12] = b"CANARYsecret";

/// The wall clock, and what a test adds to it.
#[derive(Debug, Default)]
pub(crate) struct TestClock {
    ahead: AtomicI64,
}

impl TestClock {
    pub(crate) fn advance(&self, by: Duration) {
        self.ahead
            .fetch_add(i64::try_from(by.as_millis()).unwrap(), Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        let ahead = u64::try_from(self.ahead.load(Ordering::SeqCst)).unwrap();
        SystemClock.now().after(Duration::from_millis(ahead))
    }
}

/// Random values that begin with the canary: the leak check finds a state or a code verifier in
/// the logs.
#[derive(Debug)]
pub(crate) struct CanaryRandom;

impl Random for CanaryRandom {
    fn fill(&self, bytes: &mut [u8]) {
        SystemRandom.fill(bytes);
        if bytes.len() >= 32 {
            bytes[..CANARY.len()].copy_from_slice(CANARY);
        }
    }
}
