//! What a process remembers: positive answers, for a minute, and none that was overtaken.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use moka::future::Cache;
use moka::ops::compute::Op;

use super::Held;
use crate::identity::TokenKey;
use crate::store::Marker;

/// A positive answer is served from memory for this long, then the row is looked at again, so that
/// a disconnect in one process reaches the others.
pub(super) const RECHECK: Duration = Duration::from_mins(1);
/// More people than this at once cost a database read each, nothing else.
pub(super) const ENTRIES: u64 = 10_000;

/// Access tokens by key. An answer that was read before its key was forgotten is not put in.
#[derive(Debug)]
pub(super) struct Memory {
    cache: Cache<TokenKey, Arc<Held>>,
    forgotten: AtomicU64,
}

/// A moment in the order of what was forgotten; taken before a row is read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment(u64);

impl Memory {
    pub(super) fn new() -> Self {
        // The cache's own clock only bounds what is kept; what may be served is `get`'s decision.
        let cache = Cache::builder()
            .max_capacity(ENTRIES)
            .time_to_live(RECHECK)
            .build();
        Self {
            cache,
            forgotten: AtomicU64::new(0),
        }
    }

    /// The token, if its row was looked at less than [`RECHECK`] ago.
    pub(super) async fn get(&self, key: &TokenKey, now: Instant) -> Option<Arc<Held>> {
        let held = self.cache.get(key).await?;
        (now < held.read_at + RECHECK).then_some(held)
    }

    pub(super) fn moment(&self) -> Moment {
        Moment(self.forgotten.load(Ordering::SeqCst))
    }

    /// Remembers an answer whose row was read after `moment`, unless something was forgotten since:
    /// then the next caller reads again.
    pub(super) async fn put(&self, key: TokenKey, held: Arc<Held>, moment: Moment) {
        let current = || self.forgotten.load(Ordering::SeqCst) == moment.0;
        let entry = self.cache.entry(key);
        // One key's computations run one after the other, and `forget` is one of them.
        let put = |_| std::future::ready(if current() { Op::Put(held) } else { Op::Nop });
        drop(entry.and_compute_with(put).await);
    }

    pub(super) async fn forget(&self, key: &TokenKey) {
        self.remove(key, |_| true).await;
    }

    /// Forgets the token of this version, and no later one.
    pub(super) async fn forget_version(&self, key: &TokenKey, marker: &Marker) {
        self.remove(key, |held| held.marker == *marker).await;
    }

    /// Forgets a token that is of another row than the one that was read, or of a consent before it.
    pub(super) async fn forget_older(&self, key: &TokenKey, read: &Marker) {
        let older = |held: &Held| {
            let marker = &held.marker;
            marker.incarnation != read.incarnation || marker.epoch < read.epoch
        };
        // Forgetting counts for everybody's answers that are being read.
        if self.cache.get(key).await.is_some_and(|held| older(&held)) {
            self.remove(key, older).await;
        }
    }

    async fn remove(&self, key: &TokenKey, which: impl Fn(&Held) -> bool + Send + Sync) {
        self.forgotten.fetch_add(1, Ordering::SeqCst);
        let entry = self.cache.entry_by_ref(key);
        let remove = |found: Option<moka::Entry<_, Arc<Held>>>| {
            let ours = found.is_some_and(|entry| which(entry.value()));
            std::future::ready(if ours { Op::Remove } else { Op::Nop })
        };
        drop(entry.and_compute_with(remove).await);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::{Principal, Service};
    use crate::scope::ScopeSet;
    use crate::secret::AccessToken;
    use crate::store::Incarnation;

    fn key() -> TokenKey {
        TokenKey::new(Principal::for_user("alice").unwrap(), Service::google())
    }

    fn held(version: i64, now: Instant) -> Arc<Held> {
        Arc::new(Held {
            key: key(),
            access: AccessToken::parse("ya29.a").unwrap(),
            marker: Marker {
                incarnation: Incarnation::new("i"),
                version,
                epoch: 1,
            },
            granted: ScopeSet::default(),
            read_at: now,
            soft: now + Duration::from_hours(1),
            hard: now + Duration::from_hours(1),
            end: now + Duration::from_hours(1),
        })
    }

    #[tokio::test]
    async fn what_was_read_before_its_key_was_forgotten_is_not_remembered() {
        let (memory, now) = (Memory::new(), Instant::now());
        let before = memory.moment();
        memory.forget(&key()).await;
        memory.put(key(), held(1, now), before).await;
        assert!(memory.get(&key(), now).await.is_none());
        memory.put(key(), held(2, now), memory.moment()).await;
        assert!(memory.get(&key(), now).await.is_some());
    }

    #[tokio::test]
    async fn only_the_version_that_was_refused_is_forgotten() {
        let (memory, now) = (Memory::new(), Instant::now());
        memory.put(key(), held(2, now), memory.moment()).await;
        memory.forget_version(&key(), &held(1, now).marker).await;
        assert!(memory.get(&key(), now).await.is_some());
        memory.forget_version(&key(), &held(2, now).marker).await;
        assert!(memory.get(&key(), now).await.is_none());
    }

    #[tokio::test]
    async fn a_token_of_a_consent_before_the_one_that_was_read_is_forgotten() {
        let read = |incarnation, version, epoch| Marker {
            incarnation: Incarnation::new(incarnation),
            version,
            epoch,
        };
        for (marker, kept) in [
            (read("i", 2, 1), true),
            (read("i", 9, 1), true),
            (read("i", 3, 2), false),
            (read("j", 1, 1), false),
        ] {
            let (memory, now) = (Memory::new(), Instant::now());
            memory.put(key(), held(2, now), memory.moment()).await;
            let before = memory.moment();
            memory.forget_older(&key(), &marker).await;
            assert_eq!(memory.get(&key(), now).await.is_some(), kept, "{marker:?}");
            // What others read meanwhile is not thrown away for nothing.
            assert_eq!(memory.moment().0 == before.0, kept);
        }
    }

    #[tokio::test]
    async fn an_answer_is_served_for_a_minute() {
        let (memory, now) = (Memory::new(), Instant::now());
        memory.put(key(), held(1, now), memory.moment()).await;
        let served = async |after| memory.get(&key(), now + after).await.is_some();
        assert!(served(Duration::from_secs(59)).await);
        assert!(!served(RECHECK).await);
    }
}
