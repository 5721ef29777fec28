//! The operations on a PostgreSQL server.

use toolgate_ops::{DatabaseUrl, Schema};
use toolgate_testkit::fresh_postgres_database;

#[tokio::test(flavor = "multi_thread")]
async fn the_schema_goes_up_down_and_up_and_is_made_anew() {
    let Some(database) = fresh_postgres_database("migrations by an operator").await else {
        return;
    };
    let url = DatabaseUrl::parse(database.url()).unwrap();
    let schema = Schema::open(&url).await.unwrap();
    let names = schema.up().await.unwrap();
    assert!(names.len() >= 3, "{names:?}");
    let last = schema.down(1).await.unwrap();
    assert_eq!(last, names[names.len() - 1..]);
    assert_eq!(schema.fresh().await.unwrap(), names);
    let status = schema.status().await.unwrap();
    assert!(status.steps.iter().all(|step| step.applied));
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_told_without_the_password() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let url = format!("postgres://app:hunter2@127.0.0.1:{port}/app");
    let error = Schema::open(&DatabaseUrl::parse(&url).unwrap())
        .await
        .unwrap_err();
    assert!(error.is_transient(), "{error}");
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains("hunter2"), "{shown}");
}
