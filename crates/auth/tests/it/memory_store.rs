//! The storage contract on the database in memory.

use toolgate_auth::{MemoryDatabase, store::NowFn};
use toolgate_testkit::Fixture;

#[expect(clippy::unused_async, reason = "the suite's factories are async")]
async fn fresh(now: Option<NowFn>) -> Option<Fixture> {
    let database = match now {
        Some(now) => MemoryDatabase::new().with_now(now),
        None => MemoryDatabase::new(),
    };
    Some(Fixture::new(database))
}

toolgate_testkit::database_suite!(fresh);
