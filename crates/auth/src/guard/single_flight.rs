//! One flight per key in a process: whoever comes while it is under way gets its result.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared};

type Flight<V> = Shared<BoxFuture<'static, V>>;

/// The flights under way.
#[derive(Debug)]
pub(crate) struct Flights<K, V> {
    map: Arc<Mutex<HashMap<K, Flight<V>>>>,
}

impl<K, V> Default for Flights<K, V> {
    fn default() -> Self {
        Self {
            map: Arc::default(),
        }
    }
}

impl<K, V> Flights<K, V>
where
    K: Clone + Eq + Hash + Send + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// Joins the flight of `key`, or starts one as a task of its own, so that it goes on when the
    /// caller that started it is dropped. `lost` is the result if the task dies.
    pub(crate) fn join(
        &self,
        key: K,
        start: impl FnOnce() -> BoxFuture<'static, V>,
        lost: impl FnOnce() -> V + Send + 'static,
    ) -> Flight<V> {
        let mut map = self.map.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(flight) = map.get(&key) {
            return flight.clone();
        }
        let landing = Landing {
            map: Arc::clone(&self.map),
            key: key.clone(),
        };
        let work = start();
        let task = tokio::spawn(async move {
            let _landing = landing;
            work.await
        });
        let flight = async move { task.await.unwrap_or_else(|_| lost()) }
            .boxed()
            .shared();
        map.insert(key, flight.clone());
        flight
    }
}

/// Takes a flight off the list when its task ends, however it ends.
struct Landing<K: Eq + Hash, V> {
    map: Arc<Mutex<HashMap<K, Flight<V>>>>,
    key: K,
}

impl<K: Eq + Hash, V> Drop for Landing<K, V> {
    fn drop(&mut self) {
        self.map
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&self.key);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::sync::Semaphore;

    use super::*;

    struct Counted {
        flights: Flights<&'static str, usize>,
        started: Arc<AtomicUsize>,
        gate: Arc<Semaphore>,
        ended: Arc<Semaphore>,
    }

    impl Counted {
        fn new() -> Self {
            let gate = Arc::new(Semaphore::new(0));
            Self {
                flights: Flights::default(),
                started: Arc::default(),
                gate,
                ended: Arc::new(Semaphore::new(0)),
            }
        }

        fn join(&self, key: &'static str) -> Flight<usize> {
            let (started, gate) = (Arc::clone(&self.started), Arc::clone(&self.gate));
            let ended = Arc::clone(&self.ended);
            self.flights.join(
                key,
                || {
                    async move {
                        let number = started.fetch_add(1, Ordering::SeqCst);
                        let _permit = gate.acquire().await;
                        ended.add_permits(1);
                        number
                    }
                    .boxed()
                },
                || usize::MAX,
            )
        }
    }

    #[tokio::test]
    async fn a_hundred_callers_share_one_flight_and_other_keys_have_their_own() {
        let counted = Counted::new();
        let callers: Vec<_> = (0..100).map(|_| counted.join("a")).collect();
        let other = counted.join("b");
        counted.gate.add_permits(1000);
        let results = futures_util::future::join_all(callers).await;
        assert!(results.iter().all(|result| *result == results[0]));
        assert_ne!(other.await, results[0]);
        assert_eq!(counted.started.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn a_flight_goes_on_when_the_caller_that_started_it_is_dropped() {
        let counted = Counted::new();
        drop(counted.join("a"));
        let second = counted.join("a");
        counted.gate.add_permits(1);
        assert_eq!(second.await, 0);
        assert_eq!(counted.started.load(Ordering::SeqCst), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_flight_goes_on_though_nobody_waits_for_it() {
        let counted = Counted::new();
        drop(counted.join("a"));
        counted.gate.add_permits(1);
        let ended = counted.ended.acquire();
        let ended = tokio::time::timeout(std::time::Duration::from_mins(1), ended).await;
        assert!(ended.is_ok(), "it went away with its caller");
    }

    #[tokio::test]
    async fn a_flight_whose_task_dies_tells_its_callers_and_leaves_room_for_the_next() {
        let flights: Flights<&str, usize> = Flights::default();
        let dead = flights.join("a", || async { panic!("planned") }.boxed(), || 7);
        assert_eq!(dead.await, 7);
        let next = flights.join("a", || async { 1 }.boxed(), || 7);
        assert_eq!(next.await, 1);
    }
}
