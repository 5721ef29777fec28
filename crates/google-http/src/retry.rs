//! When to repeat a call, and after how long.

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use toolgate_auth::Random;

use crate::error::{Error, ErrorKind, Outcome};
use crate::google_error::Advice;

/// What waits between tries; a test's own does not.
#[async_trait]
pub trait Sleeper: Send + Sync + Debug {
    /// Waits.
    async fn sleep(&self, duration: Duration);
}

/// Waits for real.
#[derive(Debug, Clone, Copy, Default)]
pub struct TokioSleeper;

#[async_trait]
impl Sleeper for TokioSleeper {
    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}

/// How failed calls are repeated: exponential back-off with full jitter, never shorter than Google
/// asks for, and only where a repeat is safe.
#[derive(Clone, Debug)]
pub struct RetryPolicy {
    tries: u32,
    base: Duration,
    cap: Duration,
    sleeper: Arc<dyn Sleeper>,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            tries: 5,
            base: Duration::from_millis(500),
            cap: Duration::from_secs(64),
            sleeper: Arc::new(TokioSleeper),
        }
    }
}

impl RetryPolicy {
    /// Sends at most this many times.
    #[must_use]
    pub fn with_tries(self, tries: u32) -> Self {
        Self {
            tries: tries.max(1),
            ..self
        }
    }

    /// Waits by this.
    #[must_use]
    pub fn with_sleeper(self, sleeper: Arc<dyn Sleeper>) -> Self {
        Self { sleeper, ..self }
    }

    pub(crate) async fn sleep(&self, duration: Duration) {
        self.sleeper.sleep(duration).await;
    }

    /// How long to wait before the next try, if there is to be one. `tried` counts those that were.
    pub(crate) fn delay(
        &self,
        error: &Error,
        may_be_repeated: bool,
        tried: u32,
        random: &dyn Random,
    ) -> Option<Duration> {
        if tried >= self.tries || !is_safe(error, may_be_repeated) {
            return None;
        }
        let slowness = match advice(error) {
            Advice::Stop => return None,
            Advice::Retry => 1,
            Advice::RetrySlowly => 16,
        };
        let asked = error
            .google()
            .and_then(|it| it.retry_after)
            .unwrap_or_default();
        Some(self.jittered(tried, slowness, random).max(asked))
    }

    /// Anything from zero to the back-off, so that clients that failed together do not return so.
    fn jittered(&self, tried: u32, slowness: u32, random: &dyn Random) -> Duration {
        let doubled = 1_u32
            .checked_shl(tried.saturating_sub(1))
            .unwrap_or(u32::MAX);
        let most = self
            .base
            .saturating_mul(doubled)
            .saturating_mul(slowness)
            .min(self.cap);
        let mut bytes = [0; 4];
        random.fill(&mut bytes);
        let share = f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX);
        most.mul_f64(share)
    }
}

/// Reads, writes that carry an id of their own, and whatever was certainly not done.
fn is_safe(error: &Error, may_be_repeated: bool) -> bool {
    may_be_repeated || error.outcome() != Outcome::Unclear
}

fn advice(error: &Error) -> Advice {
    match error.kind_ref() {
        ErrorKind::Google(error) => error.advice,
        ErrorKind::Http(error) if error.is_too_large() || error.is_configuration() => Advice::Stop,
        ErrorKind::Http(_) | ErrorKind::PartMissing => Advice::Retry,
        _ => Advice::Stop,
    }
}
