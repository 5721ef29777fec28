//! Schemas that are older, newer or damaged.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use sea_orm::ConnectionTrait as _;
use toolgate_migrations::{SCHEMA_VERSION, TableNames, check, down, fresh, status, up};

use crate::support::{Fresh, databases, schema, tables};

async fn record(database: &Fresh, name: &str, value: &str) {
    let sql = format!("UPDATE toolgate_meta SET value = '{value}' WHERE name = '{name}'");
    let done = database.db.execute_unprepared(&sql).await.unwrap();
    assert_eq!(done.rows_affected(), 1);
}

#[tokio::test]
async fn a_missing_schema_is_refused_with_the_command_that_mends_it() {
    for database in databases("a missing schema").await {
        let error = check(&database.db, &TableNames::default())
            .await
            .unwrap_err();
        assert!(error.is_schema_too_old());
        assert!(error.to_string().contains("cargo xtask migrate up"));
        let status = status(&database.db, &TableNames::default()).await.unwrap();
        assert_eq!(status.schema, None);
        assert!(status.steps.iter().all(|step| !step.applied));
        assert!(
            tables(&database.db).await.is_empty(),
            "asking makes nothing"
        );
    }
}

#[tokio::test]
async fn an_older_schema_is_refused_until_it_is_migrated() {
    for database in databases("an older schema").await {
        let (db, names) = (&database.db, TableNames::default());
        up(db, &names).await.unwrap();
        for _ in 1..SCHEMA_VERSION {
            down(db, &names, Some(1)).await.unwrap();
            let error = check(db, &names).await.unwrap_err();
            assert!(error.is_schema_too_old(), "{error}");
            assert!(error.to_string().contains("cargo xtask migrate up"));
        }
        up(db, &names).await.unwrap();
        assert_eq!(check(db, &names).await.unwrap().version, SCHEMA_VERSION);
    }
}

#[tokio::test]
async fn replicas_of_the_version_before_go_on_beside_this_one() {
    for database in databases("two versions").await {
        let (db, names) = (&database.db, TableNames::default());
        up(db, &names).await.unwrap();
        let found = check(db, &names).await.unwrap();
        assert_eq!(found.version, SCHEMA_VERSION);
        assert!(found.min_compatible < SCHEMA_VERSION, "{found:?}");
    }
}

#[tokio::test]
async fn a_newer_schema_is_taken_while_it_is_compatible_and_refused_after() {
    for database in databases("a newer schema").await {
        let (db, names) = (&database.db, TableNames::default());
        up(db, &names).await.unwrap();
        let newer = SCHEMA_VERSION + 1;
        let step = "INSERT INTO toolgate_migrations (version, applied_at)
            VALUES ('m20990101_000001_of_the_future', 1)";
        db.execute_unprepared(step).await.unwrap();
        record(&database, "schema_version", &newer.to_string()).await;
        let made = schema(db).await;

        up(db, &names).await.unwrap();
        assert_eq!(check(db, &names).await.unwrap().version, newer);
        let unknown = status(db, &names).await.unwrap().unknown;
        assert_eq!(unknown, ["m20990101_000001_of_the_future"]);

        record(&database, "min_compatible", &newer.to_string()).await;
        for refused in [up(db, &names).await, check(db, &names).await.map(drop)] {
            let error = refused.unwrap_err();
            assert!(error.is_schema_too_new(), "{error}");
            assert!(error.to_string().contains("update Toolgate"), "{error}");
        }
        let error = down(db, &names, None).await.unwrap_err();
        assert!(error.is_schema_too_new(), "{error}");
        assert_eq!(schema(db).await, made, "nothing was changed");

        fresh(db, &names).await.unwrap();
        assert_eq!(check(db, &names).await.unwrap().version, SCHEMA_VERSION);
    }
}

#[tokio::test]
async fn a_version_that_is_no_number_is_an_error() {
    for database in databases("a damaged version").await {
        let (db, names) = (&database.db, TableNames::default());
        up(db, &names).await.unwrap();
        record(&database, "schema_version", "seven").await;
        let error = check(db, &names).await.unwrap_err();
        assert!(error.to_string().contains("toolgate_meta"), "{error}");
        assert!(!error.is_schema_too_old() && !error.is_schema_too_new());
    }
}
