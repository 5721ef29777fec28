//! Several processes that open one file at once.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use tempfile::TempDir;
use toolgate_auth::store::{Database as _, ListScope};
use toolgate_store_sqlite::SqliteDatabase;
use toolgate_testkit::{process_argument, run_at_once, sample};

const TEST: &str = "processes::four_processes_make_migrate_and_use_one_file_at_once";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn four_processes_make_migrate_and_use_one_file_at_once() {
    if let Some(path) = process_argument() {
        return use_file(&path).await;
    }
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("toolgate.db");
    run_at_once(TEST, 4, path.to_str().unwrap());
    let database = SqliteDatabase::open(&path).await.unwrap();
    let tokens = database.token_store().unwrap();
    let rows = tokens.list(&ListScope::All, None, 1000).await.unwrap();
    assert_eq!(rows.len(), 4 * 25);
}

/// Each process has users of its own.
async fn use_file(path: &str) {
    let database = SqliteDatabase::open(path).await.unwrap();
    let tokens = database.token_store().unwrap();
    let process = std::process::id().to_string();
    for number in 0..25 {
        let user = format!("user-{number}");
        let key = sample::key(Some(&process), Some(&user));
        sample::stored(&*tokens, &key, &sample::consent(number)).await;
    }
}
