//! The storage over the databases that people have.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use toolgate_auth::store::{Database, RowStatus};
use toolgate_store_postgres::PostgresDatabase;
use toolgate_store_sqlite::SqliteDatabase;
use toolgate_testkit::fresh_postgres_database;
use yup_oauth2::storage::{TokenInfo, TokenStorage as _};

use crate::world::{SCOPE, World};

fn info(access: Option<&str>) -> TokenInfo {
    TokenInfo {
        access_token: access.map(str::to_owned),
        refresh_token: None,
        expires_at: None,
        id_token: None,
    }
}

/// What is Toolgate's is served, an expired token is refreshed once, yup-oauth2's own refresh is
/// written as one, and nothing is cleared.
async fn serves_and_keeps_a_grant(database: &dyn Database) {
    let world = World::on(database, true).await;
    let first = world.token().await;
    let authenticator = world.authenticator().await;
    let served = authenticator.token(&[SCOPE]).await.unwrap();
    assert!(served.token() == Some(&first), "another token");
    world.expire().await;
    let refreshed = authenticator.token(&[SCOPE]).await.unwrap();
    assert!(refreshed.token().is_some_and(|it| it != first));
    assert_eq!(world.refreshes(), 1);
    let before = world.row().await;
    let forced = authenticator.force_refreshed_token(&[SCOPE]).await.unwrap();
    let after = world.row().await;
    assert_eq!(after.version, before.version + 1);
    assert_eq!(after.grant_epoch, before.grant_epoch, "it is no consent");
    let storage = world.storage();
    let kept = storage.get(&[SCOPE]).await.unwrap().refresh_token;
    assert!(storage.set(&[SCOPE], info(None)).await.is_err());
    assert_eq!(world.row().await, after, "it is refused");
    storage.set(&[SCOPE], info(forced.token())).await.unwrap();
    let found = storage.get(&[SCOPE]).await.unwrap();
    assert!(kept.is_some() && found.refresh_token == kept);
    assert_eq!(world.row().await.status, RowStatus::Active);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_grant_in_sqlite_is_served_refreshed_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let database = SqliteDatabase::open(folder.path().join("app.db")).await;
    serves_and_keeps_a_grant(&database.unwrap()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_grant_in_postgresql_is_served_refreshed_and_kept() {
    let Some(server) = fresh_postgres_database("yup-oauth2 over PostgreSQL").await else {
        return;
    };
    let database = PostgresDatabase::connect(server.url()).await;
    serves_and_keeps_a_grant(&database.unwrap()).await;
}
