//! Several processes that migrate one database at once.

use toolgate_migrations::{SCHEMA_VERSION, TableNames, check, status, up};
use toolgate_testkit::{process_argument, run_at_once};

use crate::support::{connect, databases};

const TEST: &str = "processes::four_processes_migrate_at_once";

#[tokio::test]
async fn four_processes_migrate_at_once() {
    let names = TableNames::default();
    if let Some(url) = process_argument() {
        return up(&connect(&url).await, &names).await.unwrap();
    }
    for fresh in databases("four processes").await {
        run_at_once(TEST, 4, &fresh.url);
        let version = check(&fresh.db, &names).await.unwrap().version;
        assert_eq!(version, SCHEMA_VERSION);
        let status = status(&fresh.db, &names).await.unwrap();
        assert!(status.steps.iter().all(|step| step.applied));
    }
}
