//! The same random operations in memory and on SQLite have the same outcomes and rows.

use proptest::test_runner::{Config, TestCaseError, TestRunner};
use toolgate_auth::MemoryDatabase;
use toolgate_store_sqlite::SqliteDatabaseBuilder;
use toolgate_testkit::{
    FakeClock, Fixture,
    sequence::{run_alike, steps},
};

#[test]
fn sqlite_agrees_with_memory_on_every_outcome_and_row() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut runner = TestRunner::new(Config {
        cases: 48,
        max_shrink_iters: 500,
        failure_persistence: None,
        ..Config::default()
    });
    let result = runner.run(&steps(80), |steps| {
        let clock = FakeClock::new();
        let agreed = runtime.block_on(async {
            let memory = MemoryDatabase::new().with_now(clock.now_fn());
            let sqlite = SqliteDatabaseBuilder::in_memory().with_now(clock.now_fn());
            let sqlite = sqlite.open().await.unwrap();
            let fixtures = [Fixture::new(memory), Fixture::new(sqlite)];
            run_alike(&fixtures, &clock, &steps).await
        });
        agreed.map_err(TestCaseError::fail)
    });
    result.unwrap();
}
