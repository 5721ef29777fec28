//! The storage contract on PostgreSQL, with and without prepared statements.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use toolgate_auth::store::NowFn;
use toolgate_store_postgres::PostgresDatabase;
use toolgate_testkit::{Fixture, fresh_postgres_database};

async fn open(now: Option<NowFn>, prepared: bool) -> Option<Fixture> {
    let server = fresh_postgres_database("the storage contract").await?;
    let builder = PostgresDatabase::builder(server.url()).with_prepared_statements(prepared);
    let builder = match now {
        Some(now) => builder.with_now(now),
        None => builder,
    };
    Some(Fixture::new(builder.connect().await.unwrap()).holding(server))
}

async fn fresh(now: Option<NowFn>) -> Option<Fixture> {
    open(now, false).await
}

async fn fresh_prepared(now: Option<NowFn>) -> Option<Fixture> {
    open(now, true).await
}

mod unnamed {
    toolgate_testkit::database_suite!(super::fresh);
}

/// The statements are the same ones, so the smaller suites show that they run.
mod prepared {
    toolgate_testkit::sign_in_store_suite!(super::fresh_prepared);
    toolgate_testkit::audit_store_suite!(super::fresh_prepared);
    toolgate_testkit::meta_store_suite!(super::fresh_prepared);
}
