//! The storage contract on an SQLite file, and on SQLite in memory.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use sea_orm::ConnectionTrait as _;
use tempfile::TempDir;
use toolgate_auth::store::NowFn;
use toolgate_store_sqlite::{SqliteDatabase, SqliteDatabaseBuilder};
use toolgate_testkit::Fixture;

async fn open(builder: SqliteDatabaseBuilder, now: Option<NowFn>) -> SqliteDatabase {
    let builder = match now {
        Some(now) => builder.with_now(now),
        None => builder,
    };
    builder.open().await.unwrap()
}

fn fixture(database: SqliteDatabase, table: &str) -> Fixture {
    let connection = database.connection().clone();
    Fixture::new(database).with_sql(table, move |sql| {
        let connection = connection.clone();
        async move {
            connection.execute_unprepared(&sql).await.unwrap();
        }
    })
}

/// Eight connections on one file, so that races are races.
async fn fresh_file(now: Option<NowFn>) -> Option<Fixture> {
    let folder = TempDir::new().unwrap();
    let builder = SqliteDatabase::builder(folder.path().join("toolgate.db"));
    Some(fixture(open(builder, now).await, "auth_tokens").holding(folder))
}

async fn fresh_memory(now: Option<NowFn>) -> Option<Fixture> {
    let builder = SqliteDatabaseBuilder::in_memory().with_table_name("crm_tokens");
    Some(fixture(open(builder, now).await, "crm_tokens"))
}

mod file {
    toolgate_testkit::database_suite!(super::fresh_file);
    toolgate_testkit::damaged_rows_suite!(super::fresh_file);
}

mod memory {
    toolgate_testkit::database_suite!(super::fresh_memory);
    toolgate_testkit::damaged_rows_suite!(super::fresh_memory);
}
