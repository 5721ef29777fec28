//! The breaker of one OAuth client: while Google refuses the client itself, nobody is asked for a
//! refresh that would be refused too, and no grant is condemned for it.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long nobody tries after a refusal; then one does.
const PAUSE: Duration = Duration::from_secs(30);

/// Closed while all is well.
#[derive(Debug, Default)]
pub(crate) struct Breaker(Mutex<Option<Open>>);

#[derive(Debug, Clone, Copy)]
struct Open {
    code: &'static str,
    next: Instant,
}

impl Breaker {
    /// Whether to ask Google; if not, what it said last. After the pause one caller is let through
    /// and the others wait for what comes of it.
    pub(super) fn check(&self, now: Instant) -> Result<(), &'static str> {
        match &mut *self.lock() {
            Some(open) if now < open.next => Err(open.code),
            Some(open) => {
                open.next = now + PAUSE;
                Ok(())
            }
            None => Ok(()),
        }
    }

    pub(super) fn open(&self, code: &'static str, now: Instant) {
        let next = now + PAUSE;
        *self.lock() = Some(Open { code, next });
    }

    pub(super) fn close(&self) {
        *self.lock() = None;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Open>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_a_pause_one_caller_tries_and_its_success_lets_all_through() {
        let (breaker, now) = (Breaker::default(), Instant::now());
        assert_eq!(breaker.check(now), Ok(()));
        breaker.open("invalid_client", now);
        let before = now + PAUSE.checked_sub(Duration::from_millis(1)).unwrap();
        assert_eq!(breaker.check(before), Err("invalid_client"));
        assert_eq!(breaker.check(now + PAUSE), Ok(()));
        assert_eq!(breaker.check(now + PAUSE), Err("invalid_client"));
        breaker.close();
        assert_eq!(breaker.check(now + PAUSE), Ok(()));
        assert_eq!(breaker.check(now + PAUSE), Ok(()));
    }
}
