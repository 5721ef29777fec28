//! The same random operations on memory, SQLite and PostgreSQL have the same outcomes and rows.

use std::cell::Cell;

use proptest::test_runner::{Config, TestCaseError, TestRunner};
use toolgate_auth::MemoryDatabase;
use toolgate_store_postgres::PostgresDatabase;
use toolgate_store_sqlite::SqliteDatabaseBuilder;
use toolgate_testkit::{
    FakeClock, Fixture, fresh_postgres_database,
    sequence::{run_alike, steps},
};

#[test]
fn the_three_stores_agree_on_every_outcome_and_row() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let server = runtime.block_on(fresh_postgres_database("agreement with PostgreSQL"));
    let table = Cell::new(0);
    let mut runner = TestRunner::new(Config {
        cases: 20,
        max_shrink_iters: 200,
        failure_persistence: None,
        ..Config::default()
    });
    let result = runner.run(&steps(80), |steps| {
        table.set(table.get() + 1);
        let clock = FakeClock::new();
        let agreed = runtime.block_on(async {
            let now = || clock.now_fn();
            let memory = MemoryDatabase::new().with_now(now());
            let sqlite = SqliteDatabaseBuilder::in_memory().with_now(now());
            let mut fixtures = vec![
                Fixture::new(memory),
                Fixture::new(sqlite.open().await.unwrap()),
            ];
            if let Some(server) = &server {
                let postgres = PostgresDatabase::builder(server.url())
                    .with_table_name(format!("tokens_{}", table.get()))
                    .with_max_connections(2)
                    .with_now(now());
                fixtures.push(Fixture::new(postgres.connect().await.unwrap()));
            }
            run_alike(&fixtures, &clock, &steps).await
        });
        agreed.map_err(TestCaseError::fail)
    });
    result.unwrap();
}
