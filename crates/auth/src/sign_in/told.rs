//! How many refusals of one sign-in become events: whoever has its link, or had it, cannot fill the
//! table.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use moka::future::Cache;

use super::{KEPT, Refusal, state};

/// Of each kind, as long as the sign-in can be used. One that is too old is told once.
const MOST: u32 = 64;
/// So many sign-ins are counted at once.
const COUNTED: u64 = 10_000;

/// Counts the events of this process.
#[derive(Debug, Clone)]
pub(crate) struct Told(Cache<(String, &'static str), Arc<AtomicU32>>);

impl Default for Told {
    fn default() -> Self {
        let cache = Cache::builder()
            .max_capacity(COUNTED)
            .time_to_live(KEPT)
            .build();
        Self(cache)
    }
}

impl Told {
    /// Whether one more refusal of this sign-in is told.
    pub(super) async fn one_more(&self, state: &state::State, refusal: &Refusal) -> bool {
        let most = if *refusal == Refusal::Expired {
            1
        } else {
            MOST
        };
        let kind = (state.id_hash.clone(), refusal.code());
        let count = self.0.get_with(kind, async { Arc::default() }).await;
        count.fetch_add(1, Ordering::Relaxed) < most
    }
}
