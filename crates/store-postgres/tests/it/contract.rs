//! The storage contract on PostgreSQL, with and without prepared statements, and through PgBouncer.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use sea_orm::ConnectionTrait as _;
use toolgate_auth::store::NowFn;
use toolgate_store_postgres::{PostgresDatabase, PostgresDatabaseBuilder};
use toolgate_testkit::{Fixture, fresh_postgres_database};

const WHAT: &str = "the storage contract";

async fn open(builder: PostgresDatabaseBuilder, now: Option<NowFn>) -> Fixture {
    let builder = match now {
        Some(now) => builder.with_now(now),
        None => builder,
    };
    let database = builder.connect().await.unwrap();
    let connection = database.connection().clone();
    Fixture::new(database).with_sql("auth_tokens", move |sql| {
        let connection = connection.clone();
        async move {
            connection.execute_unprepared(&sql).await.unwrap();
        }
    })
}

async fn fresh(now: Option<NowFn>) -> Option<Fixture> {
    let server = fresh_postgres_database(WHAT).await?;
    let builder = PostgresDatabase::builder(server.url());
    Some(open(builder, now).await.holding(server))
}

async fn fresh_prepared(now: Option<NowFn>) -> Option<Fixture> {
    let server = fresh_postgres_database(WHAT).await?;
    let builder = PostgresDatabase::builder(server.url()).with_prepared_statements(true);
    Some(open(builder, now).await.holding(server))
}

async fn fresh_pooled(now: Option<NowFn>) -> Option<Fixture> {
    let server = fresh_postgres_database(WHAT).await?;
    let builder = PostgresDatabase::builder(server.pooled_url(WHAT)?);
    Some(open(builder, now).await.holding(server))
}

mod unnamed {
    toolgate_testkit::database_suite!(super::fresh);
    toolgate_testkit::damaged_rows_suite!(super::fresh);
}

mod pooled {
    toolgate_testkit::database_suite!(super::fresh_pooled);
}

/// The statements are the same ones, so the smaller suites show that they run.
mod prepared {
    toolgate_testkit::sign_in_store_suite!(super::fresh_prepared);
    toolgate_testkit::audit_store_suite!(super::fresh_prepared);
    toolgate_testkit::meta_store_suite!(super::fresh_prepared);
    toolgate_testkit::damaged_rows_suite!(super::fresh_prepared);
}
