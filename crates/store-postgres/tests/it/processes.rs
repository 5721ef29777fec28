//! Several processes that open one database at once.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use toolgate_auth::store::{Database as _, ListScope};
use toolgate_store_postgres::PostgresDatabase;
use toolgate_testkit::{fresh_postgres_database, process_argument, run_at_once, sample};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn four_processes_migrate_and_use_one_database_at_once() {
    if let Some(url) = process_argument() {
        return use_database(&url).await;
    }
    let Some(server) = fresh_postgres_database("four processes").await else {
        return;
    };
    let test = "processes::four_processes_migrate_and_use_one_database_at_once";
    four_at_once(test, server.url()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn four_processes_migrate_and_use_one_database_at_once_through_pgbouncer() {
    if let Some(url) = process_argument() {
        return use_database(&url).await;
    }
    let what = "four processes through PgBouncer";
    let Some(server) = fresh_postgres_database(what).await else {
        return;
    };
    let Some(pooled) = server.pooled_url(what) else {
        return;
    };
    let test = "processes::four_processes_migrate_and_use_one_database_at_once_through_pgbouncer";
    four_at_once(test, &pooled).await;
}

async fn four_at_once(test: &str, url: &str) {
    run_at_once(test, 4, url);
    let database = PostgresDatabase::connect(url).await.unwrap();
    let tokens = database.token_store().unwrap();
    let rows = tokens.list(&ListScope::All, None, 1000).await.unwrap();
    assert_eq!(rows.len(), 4 * 25);
}

/// Each process has users of its own.
async fn use_database(url: &str) {
    let database = PostgresDatabase::connect(url).await.unwrap();
    let tokens = database.token_store().unwrap();
    let process = std::process::id().to_string();
    for number in 0..25 {
        let user = format!("user-{number}");
        let key = sample::key(Some(&process), Some(&user));
        sample::stored(&*tokens, &key, &sample::consent(number)).await;
    }
}
