//! Bad input: a typed error that says what to do, no panic, nothing overwritten.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;

use toolgate_auth::store::{Database, ListScope, StoreErrorKind};
use toolgate_auth::{
    AccessToken, Error, GoogleAuth, KeyRing, KeySource, OAuthClient, Principal, Requirement,
    SealingKey, Service, ToolkitScopes,
};
use toolgate_store_postgres::PostgresDatabase;
use toolgate_store_sqlite::SqliteDatabase;

use crate::world::{Databases, World, busy_model, emulator, users};

async fn bind(database: &dyn Database, keys: KeySource) -> Result<(), Error> {
    let google = GoogleAuth::builder(OAuthClient::new("client"))
        .with_keys(keys)
        .build()?;
    let gmail = Requirement::for_methods(&["gmail.users.messages.list"]);
    let toolkits = vec![ToolkitScopes::new("gmail", gmail)];
    google
        .bind(database, Service::google(), toolkits)
        .await
        .map(drop)
}

fn ring(id: &str, byte: u8) -> KeySource {
    KeySource::Ring(KeyRing::new(id, SealingKey::from_bytes([byte; 32])).unwrap())
}

async fn sqlite(folder: &Path) -> SqliteDatabase {
    SqliteDatabase::open(folder.join("app.db")).await.unwrap()
}

#[tokio::test]
async fn a_key_file_that_cannot_be_read_is_named_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let database = sqlite(folder.path()).await;
    let path = folder.path().join("keys");
    let contents = "this is no key\n";
    fs::write(&path, contents).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    let error = bind(&database, KeySource::File(path.clone()))
        .await
        .unwrap_err();
    assert!(
        error.is_key_unavailable() || error.is_configuration(),
        "{error}"
    );
    assert!(error.to_string().contains("keys"), "{error}");
    assert_eq!(fs::read_to_string(&path).unwrap(), contents);

    let missing = folder.path().join("missing");
    let error = bind(&database, KeySource::File(missing.clone()))
        .await
        .unwrap_err();
    assert!(error.to_string().contains("missing"), "{error}");
    assert!(!missing.exists());

    let error = bind(&database, KeySource::File(folder.path().to_owned()))
        .await
        .unwrap_err();
    assert!(
        error.is_key_unavailable() || error.is_configuration(),
        "{error}"
    );
}

#[tokio::test]
async fn a_wrong_key_is_refused_before_anything_is_read_or_written() {
    let databases = Databases::fresh("a wrong key on PostgreSQL").await;
    for database in databases.all().await {
        bind(&*database, ring("k1", 1)).await.unwrap();
        let error = bind(&*database, ring("k1", 2)).await.unwrap_err();
        assert!(error.is_key_unavailable(), "{error}");
        assert!(error.to_string().contains("k1"), "{error}");
        bind(&*database, ring("k1", 1)).await.unwrap();
    }
}

#[tokio::test]
async fn a_lost_key_is_no_missing_consent_and_the_row_stays() {
    let folder = tempfile::tempdir().unwrap();
    let database: Arc<dyn Database> = Arc::new(sqlite(folder.path()).await);
    let users = users(1);
    let emulator = Arc::new(emulator(&users).await);
    let world = World::open(&emulator, Arc::clone(&database), busy_model()).await;
    world.connect("u0").await;
    let before = rows(&*database).await;

    let google = GoogleAuth::builder(OAuthClient::new(emulator.client_id()))
        .with_keys(ring("k2", 2))
        .build()
        .unwrap();
    let gmail = Requirement::for_methods(&["gmail.users.messages.list"]);
    let toolkits = vec![ToolkitScopes::new("gmail", gmail.clone())];
    let bound = google
        .bind(&*database, Service::google(), toolkits)
        .await
        .unwrap();
    let access = bound.access(&Principal::for_user("u0").unwrap(), "gmail");
    let error = access.token(&gmail).await.unwrap_err();
    assert!(
        error.is_key_unavailable() && !error.is_reauthorization_required(),
        "{error}"
    );
    assert!(error.to_string().contains("k1"), "{error}");
    assert_eq!(rows(&*database).await, before);
}

async fn rows(database: &dyn Database) -> Vec<toolgate_auth::store::TokenRow> {
    database
        .token_store()
        .unwrap()
        .list(&ListScope::All, None, 100)
        .await
        .unwrap()
}

#[tokio::test]
async fn postgresql_without_a_key_says_how_to_give_one() {
    let databases = Databases::fresh("PostgreSQL without a key").await;
    let Some(postgres) = &databases.postgres else {
        return;
    };
    let database = PostgresDatabase::connect(postgres.url()).await.unwrap();
    let error = bind(&database, KeySource::InsecurePlaintext)
        .await
        .unwrap_err();
    assert!(error.is_configuration(), "{error}");
    let error = bind(&database, KeySource::Database).await.unwrap_err();
    assert!(error.to_string().contains("TOOLGATE_KEY"), "{error}");
}

#[tokio::test]
async fn a_database_that_cannot_be_used_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("letter.db");
    fs::write(
        &text,
        "Dear database, I am a letter and not a database at all.".repeat(20),
    )
    .unwrap();
    let before = fs::read(&text).unwrap();
    let error = SqliteDatabase::open(&text).await.unwrap_err();
    assert!(error.to_string().contains("letter.db"), "{error}");
    assert_eq!(fs::read(&text).unwrap(), before);

    for url in [
        "",
        "postgres",
        "mysql://root@localhost/x",
        "postgres://user:hunter2@[::/db",
    ] {
        let error = PostgresDatabase::connect(url).await.unwrap_err();
        assert_eq!(
            error.kind(),
            StoreErrorKind::Configuration,
            "{url}: {error}"
        );
        assert!(error.to_string().contains("postgres://"), "{url}: {error}");
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }
    let error = PostgresDatabase::connect("postgres://user:hunter2@127.0.0.1:9/db").await;
    let error = error.unwrap_err();
    assert!(error.is_transient(), "{error}");
    assert!(error.to_string().contains("127.0.0.1:9"), "{error}");
    assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
}

#[test]
fn a_token_with_a_line_break_is_refused_by_name() {
    let error = AccessToken::parse("ya29.CANARYsecret\n").unwrap_err();
    assert!(error.is_configuration());
    assert!(error.to_string().contains("access token") && error.to_string().contains("line break"));
    assert!(!format!("{error} {error:?}").contains("CANARY"));
}
