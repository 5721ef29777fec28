//! The operations on an `SQLite` file.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::fs;
use std::path::{Path, PathBuf};

use sea_orm::{ConnectionTrait as _, DatabaseConnection};
use tempfile::TempDir;
use toolgate_ops::{DatabaseUrl, Schema};
use toolgate_store_sqlite::SqliteDatabase;

struct Place {
    _folder: TempDir,
    path: PathBuf,
    url: DatabaseUrl,
}

fn place() -> Place {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("toolgate.db");
    Place {
        url: DatabaseUrl::sqlite(&path),
        path,
        _folder: folder,
    }
}

async fn connection(path: &Path) -> DatabaseConnection {
    SqliteDatabase::builder(path)
        .connection_only()
        .await
        .unwrap()
}

async fn applied(schema: &Schema) -> Vec<bool> {
    let steps = schema.status().await.unwrap().steps;
    steps.into_iter().map(|step| step.applied).collect()
}

#[tokio::test]
async fn up_down_and_up_again_say_what_they_did() {
    let logs = toolgate_testkit::LogCapture::install();
    let place = place();
    let schema = Schema::open(&place.url).await.unwrap();
    assert!(applied(&schema).await.iter().all(|applied| !applied));

    let names = schema.up().await.unwrap();
    assert!(
        names.len() >= 3 && names[0].contains("auth_tokens"),
        "{names:?}"
    );
    assert_eq!(schema.up().await.unwrap(), [""; 0], "nothing is left to do");

    let taken_back = schema.down(1).await.unwrap();
    assert_eq!(taken_back, names[names.len() - 1..]);
    assert_eq!(schema.up().await.unwrap(), taken_back);
    assert!(applied(&schema).await.iter().all(|applied| *applied));
    assert!(logs.text().contains("toolgate_ops"));
}

#[tokio::test]
async fn looking_makes_neither_a_file_nor_a_table() {
    let place = place();
    let error = Schema::open_existing(&place.url).await.unwrap_err();
    assert!(error.is_missing_file());
    assert!(
        error.to_string().contains("cargo xtask migrate up"),
        "{error}"
    );
    assert!(!place.path.exists());

    let db = connection(&place.path).await;
    db.execute_unprepared("CREATE TABLE theirs (id integer)")
        .await
        .unwrap();
    db.close().await.unwrap();
    let before = fs::read(&place.path).unwrap();
    let schema = Schema::open_existing(&place.url).await.unwrap();
    let status = schema.status().await.unwrap();
    assert_eq!(status.schema, None);
    assert!(status.steps.iter().all(|step| !step.applied));
    drop(schema);
    assert_eq!(fs::read(&place.path).unwrap(), before);
}

#[tokio::test]
async fn making_anew_drops_our_rows_and_no_others() {
    let place = place();
    let schema = Schema::open(&place.url).await.unwrap();
    schema.up().await.unwrap();
    let db = connection(&place.path).await;
    for statement in [
        "CREATE TABLE theirs (id integer)",
        "INSERT INTO theirs VALUES (1)",
    ] {
        db.execute_unprepared(statement).await.unwrap();
    }
    for table in schema.tables() {
        let mark = format!("ALTER TABLE {table} ADD COLUMN mark integer");
        db.execute_unprepared(&mark).await.unwrap();
    }
    let names = schema.fresh().await.unwrap();
    assert!(names.len() >= 4);
    let removed = db.execute_unprepared("DELETE FROM theirs").await.unwrap();
    assert_eq!(removed.rows_affected(), 1);
    for table in schema.tables() {
        let rows = format!("DELETE FROM {table} WHERE false");
        db.execute_unprepared(&rows).await.unwrap();
        let marked = format!("DELETE FROM {table} WHERE mark = 1");
        let old = db.execute_unprepared(&marked).await;
        assert!(old.is_err(), "{table} was not made anew");
    }
}

#[tokio::test]
async fn a_newer_schema_is_neither_brought_up_nor_taken_back() {
    let place = place();
    let schema = Schema::open(&place.url).await.unwrap();
    schema.up().await.unwrap();
    let tables = schema.tables();
    let meta = tables.iter().find(|it| it.ends_with("_meta")).unwrap();
    connection(&place.path)
        .await
        .execute_unprepared(&format!("UPDATE {meta} SET value = '999'"))
        .await
        .unwrap();
    for error in [
        schema.up().await.unwrap_err(),
        schema.down(1).await.unwrap_err(),
    ] {
        assert!(
            error.is_schema_too_new() && !error.is_transient(),
            "{error}"
        );
    }
    assert_eq!(schema.status().await.unwrap().schema.unwrap().version, 999);
}

#[tokio::test]
async fn tables_of_another_name_stand_beside_ours() {
    let place = place();
    let ours = Schema::open(&place.url).await.unwrap();
    let theirs = Schema::open(&place.url).await.unwrap();
    let theirs = theirs.with_table_name("crm_tokens").unwrap();
    theirs.up().await.unwrap();
    assert!(applied(&ours).await.iter().all(|applied| !applied));
    let refused = ours.with_table_name("crm; drop").unwrap_err();
    assert!(refused.to_string().contains("crm; drop"));
}

#[tokio::test]
async fn a_file_that_is_no_database_is_left_as_it_is() {
    let place = place();
    let text = "these are no tables\n".repeat(100);
    fs::write(&place.path, &text).unwrap();
    let error = match Schema::open(&place.url).await {
        Ok(schema) => schema.up().await.unwrap_err(),
        Err(error) => error,
    };
    assert!(!error.is_transient() && !error.is_invalid_url(), "{error}");
    assert_eq!(fs::read_to_string(&place.path).unwrap(), text);
}
