//! The storage contract on an SQLite file, and on SQLite in memory.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

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

/// Eight connections on one file, so that races are races.
async fn fresh_file(now: Option<NowFn>) -> Option<Fixture> {
    let folder = TempDir::new().unwrap();
    let builder = SqliteDatabase::builder(folder.path().join("toolgate.db"));
    Some(Fixture::new(open(builder, now).await).holding(folder))
}

async fn fresh_memory(now: Option<NowFn>) -> Option<Fixture> {
    let builder = SqliteDatabaseBuilder::in_memory().with_table_name("crm_tokens");
    Some(Fixture::new(open(builder, now).await))
}

mod file {
    toolgate_testkit::database_suite!(super::fresh_file);
}

mod memory {
    toolgate_testkit::database_suite!(super::fresh_memory);
}
