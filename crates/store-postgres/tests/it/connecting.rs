//! What is the store's own: addresses, refusals, schemas, pools.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::time::Duration;

use toolgate_auth::store::{Database as _, StoreErrorKind};
use toolgate_store_postgres::PostgresDatabase;
use toolgate_testkit::{LogCapture, fresh_postgres_database, postgres_url, sample};

const CANARY: &str = "canary7f3a";

#[tokio::test]
async fn a_malformed_url_is_refused_without_being_shown() {
    for url in [
        "mysql://app:canary7f3a@host/db",
        "postgres://app:canary7f3a@host:five/db",
        "postgres://app:canary7f3a@host:99999/db",
        "postgres://app:1/canary7f3a@host/db",
        "canary7f3a",
        "",
    ] {
        let error = PostgresDatabase::connect(url).await.unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Configuration, "{url}");
        assert!(error.to_string().contains("postgres://user:password@host"));
        assert!(!format!("{error} {error:?}").contains(CANARY), "{error:?}");
    }
}

#[tokio::test]
async fn a_server_that_does_not_run_is_named() {
    // Bound and closed again: nobody listens there.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let url = format!("postgres://app:{CANARY}@127.0.0.1:{port}/db");
    let error = PostgresDatabase::connect(url).await.unwrap_err();
    assert!(error.is_transient());
    let text = error.to_string();
    let expected = format!("PostgreSQL database db at 127.0.0.1:{port} refused the connection");
    assert!(text.starts_with(&expected), "{text}");
    assert!(!format!("{error} {error:?}").contains(CANARY));
}

#[tokio::test]
async fn a_server_that_says_nothing_is_not_waited_for_longer_than_allowed() {
    // Accepts by its backlog and never answers.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("postgres://app@{}/db", listener.local_addr().unwrap());
    let error = PostgresDatabase::builder(url)
        .with_acquire_timeout(Duration::from_millis(50))
        .connect()
        .await
        .unwrap_err();
    assert!(error.is_transient());
    assert!(error.to_string().contains("did not answer within 50ms"));
}

#[tokio::test]
async fn a_database_or_user_that_is_not_there_is_named_as_such() {
    let Some(server) = postgres_url("refused logins") else {
        return;
    };
    let path = server.rfind('/').unwrap();
    let missing = format!("{}/no_such_database", &server[..path]);
    let error = PostgresDatabase::connect(missing).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Configuration);
    let text = error.to_string();
    assert!(text.contains("no_such_database"), "{text}");
    assert!(text.contains("create it, or correct the URL"), "{text}");

    let host = server.rsplit('@').next().unwrap();
    let stranger = format!("postgres://no_such_user:{CANARY}@{host}");
    let error = PostgresDatabase::connect(stranger).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Configuration);
    assert!(error.to_string().contains("pg_hba.conf"), "{error}");
    assert!(!format!("{error} {error:?}").contains(CANARY));
}

#[tokio::test]
async fn rows_outlive_the_pool_and_keep_their_table_name() {
    let Some(server) = fresh_postgres_database("opening again").await else {
        return;
    };
    let open = async |migrate| {
        let builder = PostgresDatabase::builder(server.url()).with_table_name("crm_tokens");
        builder.migrate(migrate).connect().await
    };
    let refused = open(false).await.unwrap_err();
    assert_eq!(refused.kind(), StoreErrorKind::Schema);
    assert!(refused.to_string().contains("cargo xtask migrate up"));

    let first = open(true).await.unwrap();
    let tokens = first.token_store().unwrap();
    let row = sample::stored(&*tokens, &sample::alice(), &sample::consent(1)).await;
    first.close().await;
    let lost = tokens.get(&sample::alice()).await.unwrap_err();
    assert!(lost.is_transient());

    let again = open(false).await.unwrap();
    let tokens = again.token_store().unwrap();
    assert_eq!(sample::row(&*tokens, &sample::alice()).await, row);
    let other = PostgresDatabase::connect(server.url()).await.unwrap();
    let tokens = other.token_store().unwrap();
    assert!(tokens.get(&sample::alice()).await.unwrap().row.is_none());
}

#[tokio::test]
async fn a_pool_of_the_applications_own_is_used_as_it_is() {
    let Some(server) = fresh_postgres_database("a pool of one's own").await else {
        return;
    };
    let ours = PostgresDatabase::connect(server.url()).await.unwrap();
    let pool = ours.connection().clone();
    let theirs = PostgresDatabase::from_connection(pool);
    let theirs = theirs.connect().await.unwrap();
    assert_eq!(theirs.describe(), "PostgreSQL (the application's pool)");
    let tokens = theirs.token_store().unwrap();
    let row = sample::stored(&*tokens, &sample::alice(), &sample::consent(1)).await;
    let tokens = ours.token_store().unwrap();
    assert_eq!(sample::row(&*tokens, &sample::alice()).await, row);
    assert!(!ours.allows_plaintext());
    assert_eq!(ours.default_key_file(), None);
}

#[tokio::test]
async fn nothing_stays_prepared_in_a_session_unless_it_is_asked_for() {
    let Some(server) = fresh_postgres_database("prepared statements").await else {
        return;
    };
    for (prepared, expected) in [(false, false), (true, true)] {
        let database = PostgresDatabase::builder(server.url())
            .with_prepared_statements(prepared)
            .with_max_connections(1)
            .connect()
            .await
            .unwrap();
        let tokens = database.token_store().unwrap();
        tokens.get(&sample::alice()).await.unwrap();
        assert_eq!(stays_prepared(&database).await, expected);
    }
}

/// Asked without preparing anything.
async fn stays_prepared(database: &PostgresDatabase) -> bool {
    use sea_orm::sqlx::{Executor as _, Row as _};
    let pool = database.connection().get_postgres_connection_pool();
    let count = pool.fetch_one("SELECT count(*)::text FROM pg_prepared_statements");
    let count: String = count.await.unwrap().get(0);
    count != "0"
}

#[tokio::test]
async fn neither_the_url_nor_a_row_is_logged_at_any_level() {
    let Some(server) = fresh_postgres_database("what is logged").await else {
        return;
    };
    let logs = LogCapture::install();
    // The server trusts whoever comes, or checks a password that is in the URL already.
    let url = match server.url().split_once("://postgres@") {
        Some((scheme, rest)) => format!("{scheme}://postgres:{CANARY}@{rest}"),
        None => server.url().to_owned(),
    };
    let database = PostgresDatabase::connect(url).await.unwrap();
    let tokens = database.token_store().unwrap();
    let mut consent = sample::consent(1);
    consent.sealed.data = serde_json::json!({ "ct": CANARY });
    let key = sample::key(Some("logged tenant"), Some("alice"));
    sample::stored(&*tokens, &key, &consent).await;
    tokens.upsert(&key, &consent, None).await.unwrap();
    let text = logs.text();
    assert!(text.contains("sea_orm"), "the capture sees the database");
    assert!(!text.contains(CANARY));
    assert!(!text.contains("logged tenant"));
}
