//! What is the store's own: files, modes, pragmas, refusals, schemas.

use std::path::{Path, PathBuf};

use sea_orm::{ConnectionTrait as _, DbBackend, Statement};
use tempfile::TempDir;
use toolgate_auth::store::{Database as _, ListScope, StoreError, StoreErrorKind};
use toolgate_store_sqlite::{SqliteDatabase, SqliteDatabaseBuilder};
use toolgate_testkit::{LogCapture, sample};

#[cfg(unix)]
#[tokio::test]
async fn a_new_file_and_those_beside_it_are_their_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("toolgate.db");
    let database = SqliteDatabase::open(&path).await.unwrap();
    let tokens = database.token_store().unwrap();
    sample::stored(&*tokens, &sample::alice(), &sample::consent(1)).await;
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        files.push((entry.file_name().into_string().unwrap(), mode));
    }
    files.sort();
    let names = ["toolgate.db", "toolgate.db-shm", "toolgate.db-wal"];
    assert_eq!(files, names.map(|name| (name.to_owned(), 0o600)));
}

#[tokio::test]
async fn every_connection_is_opened_safely() {
    let folder = TempDir::new().unwrap();
    let database = SqliteDatabase::open(folder.path().join("t.db"))
        .await
        .unwrap();
    // synchronous 2 is FULL.
    for (pragma, expected) in [
        ("journal_mode", "wal"),
        ("synchronous", "2"),
        ("foreign_keys", "1"),
        ("busy_timeout", "10000"),
    ] {
        let column = if pragma == "busy_timeout" {
            "timeout"
        } else {
            pragma
        };
        let sql = format!("SELECT CAST({column} AS TEXT) AS value FROM pragma_{pragma}");
        let ask = Statement::from_string(DbBackend::Sqlite, sql);
        let row = database.connection().query_one_raw(ask).await.unwrap();
        let value: String = row.unwrap().try_get("", "value").unwrap();
        assert_eq!(value, expected, "{pragma}");
    }
}

#[tokio::test]
async fn a_database_says_what_and_where_it_is() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("ä b?#%.db");
    let database = SqliteDatabase::open(&path).await.unwrap();
    let described = format!("SQLite file {}", path.display());
    assert_eq!(database.describe(), described);
    let mut key_file = path.clone().into_os_string();
    key_file.push(".key");
    assert_eq!(database.default_key_file(), Some(PathBuf::from(key_file)));
    assert!(database.allows_plaintext() && !database.is_ephemeral());
    assert!(path.exists(), "odd characters are part of the name");

    let memory = SqliteDatabase::in_memory().await.unwrap();
    assert!(memory.describe().contains("in memory"));
    assert_eq!(memory.default_key_file(), None);
    assert!(memory.is_ephemeral());
    let given = SqliteDatabase::from_connection(memory.connection().clone());
    let given = given.open().await.unwrap();
    assert!(given.default_key_file().is_none() && !given.is_ephemeral());
    assert!(given.describe().contains("application's connection"));
}

#[tokio::test]
async fn rows_outlive_the_connection_and_keep_their_table_name() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("t.db");
    let open = async |migrate: bool| {
        let builder = SqliteDatabase::builder(&path).with_table_name("crm_tokens");
        builder.migrate(migrate).open().await
    };
    let first = open(true).await.unwrap();
    let tokens = first.token_store().unwrap();
    let row = sample::stored(&*tokens, &sample::alice(), &sample::consent(1)).await;
    first.close().await.unwrap();
    let lost = tokens.get(&sample::alice()).await.unwrap_err();
    assert!(lost.is_transient());

    let again = open(false).await.unwrap();
    let tokens = again.token_store().unwrap();
    assert_eq!(sample::row(&*tokens, &sample::alice()).await, row);
    let other = SqliteDatabase::open(&path).await.unwrap();
    let tokens = other.token_store().unwrap();
    assert!(tokens.get(&sample::alice()).await.unwrap().row.is_none());
}

#[tokio::test]
async fn a_path_that_cannot_be_used_says_what_to_do() {
    let folder = TempDir::new().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::write(
        at("text.db"),
        "a letter to my aunt, of some length\n".repeat(40),
    )
    .unwrap();
    std::fs::write(at("short.db"), "hello").unwrap();
    std::fs::write(at("read-only.db"), "").unwrap();
    let mut permissions = std::fs::metadata(at("read-only.db")).unwrap().permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(at("read-only.db"), permissions).unwrap();
    for (path, advice) in [
        (at("no/folder/t.db"), "does not exist; create it"),
        (
            folder.path().to_owned(),
            "it is a folder; name a file in it",
        ),
        (at("text.db/t.db"), "it cannot be reached"),
        (at("text.db"), "not an SQLite database"),
        (at("short.db"), "not an SQLite database"),
        (at("read-only.db"), "it is read-only; make the file"),
    ] {
        let before = std::fs::read(&path).ok();
        let error = SqliteDatabase::open(&path).await.unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Configuration, "{error}");
        assert!(!error.is_transient());
        let text = error.to_string();
        assert!(text.contains(advice), "{text}");
        assert!(text.contains(&path.display().to_string()), "{text}");
        assert_eq!(std::fs::read(&path).ok(), before, "nothing is overwritten");
    }
}

#[tokio::test]
async fn an_older_or_missing_schema_is_refused_where_migrating_is_off() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("t.db");
    let refused = open_only(&path).await.unwrap_err();
    assert_eq!(refused.kind(), StoreErrorKind::Schema);
    assert!(refused.to_string().contains("cargo xtask migrate up"));

    let database = SqliteDatabase::open(&path).await.unwrap();
    let names = toolgate_migrations::TableNames::default();
    toolgate_migrations::down(database.connection(), &names, Some(1))
        .await
        .unwrap();
    let refused = open_only(&path).await.unwrap_err();
    assert_eq!(refused.kind(), StoreErrorKind::Schema);
    assert!(refused.to_string().contains("cargo xtask migrate up"));
    SqliteDatabase::open(&path).await.unwrap();
    open_only(&path).await.unwrap();
}

#[tokio::test]
async fn a_newer_schema_is_taken_as_long_as_it_says_so() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("t.db");
    let database = SqliteDatabase::open(&path).await.unwrap();
    let record = async |name: &str, value: i64| {
        let sql = format!("UPDATE toolgate_meta SET value = '{value}' WHERE name = '{name}'");
        let done = database.connection().execute_unprepared(&sql).await;
        assert_eq!(done.unwrap().rows_affected(), 1);
    };
    let newer = toolgate_migrations::SCHEMA_VERSION + 1;
    record("schema_version", newer).await;
    SqliteDatabase::open(&path).await.unwrap();
    open_only(&path).await.unwrap();
    record("min_compatible", newer).await;
    for opened in [SqliteDatabase::open(&path).await, open_only(&path).await] {
        let refused = opened.unwrap_err();
        assert_eq!(refused.kind(), StoreErrorKind::Schema);
        assert!(refused.to_string().contains("update Toolgate"), "{refused}");
    }
}

async fn open_only(path: &Path) -> Result<SqliteDatabase, StoreError> {
    SqliteDatabase::builder(path).migrate(false).open().await
}

#[tokio::test]
async fn a_table_name_that_is_none_is_refused() {
    for name in ["Tokens; --", "", "sqlite_x", "sign_ins"] {
        let builder = SqliteDatabaseBuilder::in_memory().with_table_name(name);
        let error = builder.open().await.unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Configuration, "{name}");
        assert!(error.to_string().contains("table name"));
    }
}

#[tokio::test]
async fn rows_in_memory_stay_as_long_as_the_database() {
    let database = SqliteDatabase::in_memory().await.unwrap();
    let tokens = database.token_store().unwrap();
    sample::stored(&*tokens, &sample::alice(), &sample::consent(1)).await;
    let other = SqliteDatabase::in_memory().await.unwrap();
    let others = other.token_store().unwrap();
    assert!(others.get(&sample::alice()).await.unwrap().row.is_none());
    sample::row(&*tokens, &sample::alice()).await;
}

#[tokio::test]
async fn a_row_that_was_tampered_with_is_an_error_that_quotes_nothing() {
    let database = SqliteDatabase::in_memory().await.unwrap();
    let tokens = database.token_store().unwrap();
    for change in [
        "status = 'canary7f3a'",
        "consented_scopes = '\"canary7f3a\"'",
        "token_data = 'canary7f3a'",
        "key_id = NULL",
        "lifetime = -1",
        "service = 'canary7f3a'",
        "provider = 'canary7f3a'",
        "lease_owner = 'canary7f3a'",
        "expires_at = 'canary7f3a'",
    ] {
        let key = sample::key(None, Some(change));
        sample::stored(&*tokens, &key, &sample::consent(1)).await;
        let sql = format!("UPDATE auth_tokens SET {change} WHERE id = '{}'", key.id());
        database
            .connection()
            .execute_unprepared(&sql)
            .await
            .unwrap();
        let error = tokens.get(&key).await.unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Corrupt, "{change}");
        assert!(
            !format!("{error} {error:?}").contains("canary"),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn a_row_copied_to_another_user_is_nobodys() {
    let database = SqliteDatabase::in_memory().await.unwrap();
    let tokens = database.token_store().unwrap();
    sample::stored(&*tokens, &sample::alice(), &sample::consent(1)).await;
    let steal = "UPDATE auth_tokens SET user_id = 'bob'";
    database
        .connection()
        .execute_unprepared(steal)
        .await
        .unwrap();
    assert!(tokens.get(&sample::alice()).await.unwrap().row.is_none());
    let bob = sample::key(None, Some("bob"));
    assert!(tokens.get(&bob).await.unwrap().row.is_none());
    let scope = ListScope::Principal(bob.principal().clone());
    let error = tokens.list(&scope, None, 10).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Corrupt);
    let all = tokens.list(&ListScope::All, None, 10).await.unwrap();
    assert_eq!(all, [], "it is passed over");
}

#[tokio::test]
async fn no_row_is_logged_at_any_level() {
    let logs = LogCapture::install();
    let database = SqliteDatabase::in_memory().await.unwrap();
    let tokens = database.token_store().unwrap();
    let mut consent = sample::consent(1);
    consent.sealed.data = serde_json::json!({ "ct": "canary7f3a" });
    let key = sample::key(Some("logged tenant"), Some("alice"));
    sample::stored(&*tokens, &key, &consent).await;
    tokens.upsert(&key, &consent, None).await.unwrap();
    let text = logs.text();
    assert!(text.contains("sea_orm"), "the capture sees the database");
    assert!(!text.contains("canary7f3a"));
    assert!(!text.contains("logged tenant"));
}
