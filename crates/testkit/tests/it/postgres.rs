//! Databases of one test.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use sea_orm::sqlx::{Connection as _, Executor as _, PgConnection};
use toolgate_testkit::{fresh_postgres_database, postgres_url};

#[tokio::test]
async fn a_database_goes_with_its_test_even_when_that_fails() {
    let Some(server) = postgres_url("databases of one test") else {
        return;
    };
    let fresh = fresh_postgres_database("databases of one test")
        .await
        .unwrap();
    let name = fresh.url().rsplit('/').next().unwrap().to_owned();
    // Still connected, as a failing test's pool would be.
    let open = PgConnection::connect(fresh.url()).await.unwrap();
    assert!(exists(&server, &name).await);
    let failed = tokio::spawn(async move {
        let _held = (fresh, open);
        panic!("the test failed");
    });
    assert!(failed.await.unwrap_err().is_panic());
    assert!(!exists(&server, &name).await);
}

async fn exists(server: &str, name: &str) -> bool {
    let mut connection = PgConnection::connect(server).await.unwrap();
    let ask = format!("SELECT 1 FROM pg_database WHERE datname = '{name}'");
    let ask = sea_orm::sqlx::AssertSqlSafe(ask);
    connection.fetch_optional(ask).await.unwrap().is_some()
}
