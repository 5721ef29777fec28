//! What a process remembers of people's accounts: which there are, for a minute.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use moka::future::Cache;
use moka::ops::compute::Op;

use super::Guard;
use super::memory::{ENTRIES, RECHECK};
use crate::google_auth::Connection;
use crate::identity::Principal;

/// Accounts by person. A list that was read before something of its person was forgotten is not put
/// in, and no list is that holds nothing: who has just connected their first account elsewhere is not
/// told for a minute that they have none.
#[derive(Debug)]
pub(super) struct KnownAccounts {
    cache: Cache<Principal, Known>,
    forgotten: AtomicU64,
}

#[derive(Debug, Clone)]
struct Known {
    accounts: Arc<[Connection]>,
    read_at: Instant,
}

/// A moment before rows are read, on the clock and in the order of what was forgotten.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reading {
    at: Instant,
    forgotten: u64,
}

impl KnownAccounts {
    pub(super) fn new() -> Self {
        let cache = Cache::builder()
            .max_capacity(ENTRIES)
            .time_to_live(RECHECK)
            .build();
        Self {
            cache,
            forgotten: AtomicU64::new(0),
        }
    }

    async fn get(&self, principal: &Principal, now: Instant) -> Option<Arc<[Connection]>> {
        let known = self.cache.get(principal).await?;
        (now < known.read_at + RECHECK).then_some(known.accounts)
    }

    async fn put(&self, principal: &Principal, accounts: &[Connection], reading: Reading) {
        if accounts.is_empty() {
            return;
        }
        let known = Known {
            accounts: accounts.into(),
            read_at: reading.at,
        };
        let current = || self.forgotten.load(Ordering::SeqCst) == reading.forgotten;
        // One person's computations run one after the other, and `forget` is one of them.
        let put = |_| std::future::ready(if current() { Op::Put(known) } else { Op::Nop });
        let entry = self.cache.entry_by_ref(principal);
        drop(entry.and_compute_with(put).await);
    }

    pub(super) async fn forget(&self, principal: &Principal) {
        self.forgotten.fetch_add(1, Ordering::SeqCst);
        let entry = self.cache.entry_by_ref(principal);
        let remove = |found: Option<moka::Entry<_, _>>| {
            std::future::ready(if found.is_some() { Op::Remove } else { Op::Nop })
        };
        drop(entry.and_compute_with(remove).await);
    }
}

impl Guard {
    /// Before a person's rows are read.
    pub(crate) fn reads_accounts(&self) -> Reading {
        Reading {
            at: self.0.clock.monotonic(),
            forgotten: self.0.accounts.forgotten.load(Ordering::SeqCst),
        }
    }

    /// Remembers what was read, unless something was connected or disconnected meanwhile.
    pub(crate) async fn knows_accounts(
        &self,
        principal: &Principal,
        accounts: &[Connection],
        reading: Reading,
    ) {
        self.0.accounts.put(principal, accounts, reading).await;
    }

    /// The person's accounts as of a minute ago at most, if they are known.
    pub(crate) async fn known_accounts(&self, principal: &Principal) -> Option<Arc<[Connection]>> {
        let now = self.0.clock.monotonic();
        self.0.accounts.get(principal, now).await
    }
}
