//! The threads that parse: few, with a known stack, given up when they overrun.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use tokio::time::timeout;

use crate::files::{FileError, budget::Stop, error::Kind};

/// Enough for every parser here, none of which recurses deeper than a constant.
const STACK: usize = 4 * 1024 * 1024;

/// More would take the processors from the runtime.
const WORKERS: usize = 4;

/// So many threads may hang beside those at work before no more is begun.
const MAX_STUCK: usize = 4;

/// The workers of this process.
pub(super) fn shared() -> &'static Workers {
    static SHARED: LazyLock<Workers> = LazyLock::new(|| Workers::new(WORKERS, MAX_STUCK));
    &SHARED
}

/// A bounded number of threads, each of which lives for one file.
#[derive(Debug)]
pub(super) struct Workers {
    places: Arc<Semaphore>,
    stuck: Arc<AtomicUsize>,
    max_stuck: usize,
}

impl Workers {
    pub(super) fn new(places: usize, max_stuck: usize) -> Self {
        Self {
            places: Arc::new(Semaphore::new(places)),
            stuck: Arc::default(),
            max_stuck,
        }
    }

    /// Runs `work` on a thread of its own, and waits `time` for a place and `time` for the result.
    pub(super) async fn run<T, F>(&self, time: Duration, work: F) -> Result<T, FileError>
    where
        T: Send + 'static,
        F: FnOnce(Stop) -> Result<T, FileError> + Send + 'static,
    {
        let place = timeout(time, Arc::clone(&self.places).acquire_owned()).await;
        let Ok(Ok(place)) = place else {
            return Err(Kind::Busy.into());
        };
        if self.stuck.load(Ordering::SeqCst) >= self.max_stuck {
            return Err(Kind::Busy.into());
        }
        let waiting = Waiting(Arc::new(Job::new(place, Arc::clone(&self.stuck))));
        let result = waiting.0.start(time, work)?;
        match timeout(time, result).await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => Err(Kind::Panicked.into()),
            Err(_) => Err(Kind::OutOfTime.into()),
        }
    }
}

/// One file on its thread.
#[derive(Debug)]
struct Job {
    /// Held while somebody waits for the thread; taken by whichever of the two ends first.
    place: Mutex<Option<OwnedSemaphorePermit>>,
    given_up: Arc<AtomicBool>,
    stuck: Arc<AtomicUsize>,
}

impl Job {
    fn new(place: OwnedSemaphorePermit, stuck: Arc<AtomicUsize>) -> Self {
        Self {
            place: Mutex::new(Some(place)),
            given_up: Arc::default(),
            stuck,
        }
    }

    fn start<T, F>(
        self: &Arc<Self>,
        time: Duration,
        work: F,
    ) -> Result<oneshot::Receiver<Result<T, FileError>>, FileError>
    where
        T: Send + 'static,
        F: FnOnce(Stop) -> Result<T, FileError> + Send + 'static,
    {
        let (send, receive) = oneshot::channel();
        let now = Instant::now();
        let stop = Stop {
            at: now.checked_add(time).unwrap_or(now),
            given_up: Arc::clone(&self.given_up),
        };
        let job = Arc::clone(self);
        std::thread::Builder::new()
            .name("file-to-text".to_owned())
            .stack_size(STACK)
            .spawn(move || {
                let result = catch_unwind(AssertUnwindSafe(|| work(stop)));
                job.thread_ends();
                // Nobody listening is no failure of the thread.
                let _ = send.send(result.unwrap_or_else(|_| Err(Kind::Panicked.into())));
            })
            .map_err(|_| Kind::Busy)?;
        Ok(receive)
    }

    fn thread_ends(&self) {
        let mut place = self.place.lock().unwrap_or_else(PoisonError::into_inner);
        if place.take().is_none() {
            self.stuck.fetch_sub(1, Ordering::SeqCst);
        }
    }

    fn give_up(&self) {
        let mut place = self.place.lock().unwrap_or_else(PoisonError::into_inner);
        if place.is_some() {
            self.given_up.store(true, Ordering::Relaxed);
            // Counted before the place is free, so that the next to come sees it.
            self.stuck.fetch_add(1, Ordering::SeqCst);
            drop(place.take());
        }
    }
}

/// The caller, who gives up when the time is over or when it is dropped.
#[derive(Debug)]
struct Waiting(Arc<Job>);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.give_up();
    }
}

#[cfg(test)]
mod tests;
