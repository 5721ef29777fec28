//! The storage contract on the database in memory.

use std::sync::Arc;

use toolgate_auth::{
    MemoryDatabase,
    store::{Database, NowFn},
};
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

#[test]
fn it_is_gone_with_the_process_however_it_is_held() {
    assert!(MemoryDatabase::new().is_ephemeral());
    let held: Arc<dyn Database> = Arc::new(MemoryDatabase::new());
    assert!(Database::is_ephemeral(&held));
}
