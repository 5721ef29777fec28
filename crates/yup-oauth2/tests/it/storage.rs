//! The storage itself: what it refuses, and what it never clears or brings back.

use std::time::Duration;

use toolgate_auth::store::{DisconnectReach, RowStatus};
use toolgate_auth::{Clock as _, Principal, SystemClock};
use toolgate_yup_oauth2::GrantStorage;
use yup_oauth2::storage::{TokenInfo, TokenStorage as _};

use crate::world::{EMAIL, SCOPE, World};

const IDENTITY: &str = "https://www.googleapis.com/auth/userinfo.email";

fn info(access: Option<&str>, refresh: Option<&str>) -> TokenInfo {
    TokenInfo {
        access_token: access.map(str::to_owned),
        refresh_token: refresh.map(str::to_owned),
        expires_at: None,
        id_token: None,
    }
}

#[tokio::test]
async fn a_set_without_an_access_token_is_refused() {
    let world = World::start().await;
    let storage = world.storage();
    let refused = storage.set(&[SCOPE], info(None, Some("1//r"))).await;
    let error = refused.unwrap_err().to_string();
    assert!(error.contains("without an access token"), "{error}");
    assert!(world.store.get(&world.key()).await.unwrap().row.is_none());
    world.token().await;
    let before = world.row().await;
    storage.get(&[SCOPE]).await.unwrap();
    assert!(storage.set(&[SCOPE], info(None, None)).await.is_err());
    assert!(
        storage
            .set(&[SCOPE], info(Some("two words"), None))
            .await
            .is_err()
    );
    assert_eq!(world.row().await, before);
}

#[tokio::test]
async fn a_refresh_token_is_never_cleared() {
    let world = World::start().await;
    world.token().await;
    let storage = world.storage();
    let kept = storage.get(&[SCOPE]).await.unwrap().refresh_token;
    assert!(kept.is_some());
    let set = storage.set(&[SCOPE], info(Some("ya29.new"), None)).await;
    set.unwrap();
    let found = storage.get(&[SCOPE]).await.unwrap();
    assert!(found.access_token.as_deref() == Some("ya29.new"));
    assert!(found.refresh_token == kept, "another refresh token");
    // A token without an end has one.
    let left = found.expires_at.unwrap().unix_timestamp() - SystemClock.now().as_millis() / 1000;
    assert!((3500..=3600).contains(&left), "{left}");
}

#[tokio::test]
async fn without_a_grant_a_set_is_a_consent_of_the_account_that_google_names() {
    let world = World::start().await;
    let storage = world.storage();
    assert!(storage.get(&[SCOPE]).await.is_none());
    let emulator = &world.emulator;
    // Whose it is cannot be seen: it is nobody's.
    let nameless = emulator.issue_token(EMAIL, &[SCOPE]);
    let set = storage.set(&[SCOPE], info(Some(&nameless), Some("1//r")));
    let error = set.await.unwrap_err().to_string();
    assert!(error.contains("sign in through Toolgate"), "{error}");
    assert!(world.store.get(&world.key()).await.unwrap().row.is_none());
    let access = emulator.issue_token(EMAIL, &[SCOPE, IDENTITY]);
    let set = storage.set(&[SCOPE], info(Some(&access), Some("1//r")));
    set.await.unwrap();
    let row = world.row().await;
    assert_eq!(row.consented_scopes, [SCOPE]);
    assert_eq!(row.account_id, emulator.subject(EMAIL));
    assert_eq!(world.token().await, access, "nobody is asked again");
    // The row is of alice alone.
    let bob = Principal::for_user("bob").unwrap();
    let bob = GrantStorage::new(&world.google, &bob).unwrap();
    assert!(bob.get(&[SCOPE]).await.is_none());
}

#[tokio::test]
async fn tokens_of_another_account_do_not_take_the_place_of_the_connected_one() {
    let world = World::start().await;
    world.token().await;
    let storage = world.storage();
    storage.get(&[SCOPE]).await.unwrap();
    let standing = world.row().await;
    let emulator = &world.emulator;
    for access in [
        emulator.issue_token("bob@example.com", &[SCOPE, IDENTITY]),
        emulator.issue_token(EMAIL, &[SCOPE]),
    ] {
        let refresh = emulator.issue_refresh_token("bob@example.com", &[SCOPE]);
        let set = storage.set(&[SCOPE], info(Some(&access), Some(&refresh)));
        let error = set.await.unwrap_err().to_string();
        assert!(error.contains("account that is connected"), "{error}");
    }
    assert_eq!(world.row().await, standing);
}

#[tokio::test]
async fn what_follows_from_a_consent_that_was_replaced_is_not_written() {
    let world = World::start().await;
    world.token().await;
    let storage = world.storage();
    let old = storage.get(&[SCOPE]).await.unwrap();
    // She disconnects and signs in again, while the tokens are under way.
    let reach = DisconnectReach::ThisRow;
    let ended = world.google.disconnect(&world.alice(), None, reach).await;
    ended.unwrap();
    let late = info(Some("ya29.late"), old.refresh_token.as_deref());
    let error = storage.set(&[SCOPE], late.clone()).await.unwrap_err();
    assert!(error.to_string().contains("sign in again"), "{error}");
    assert_eq!(world.row().await.status, RowStatus::Revoked);
    assert!(storage.get(&[SCOPE]).await.is_none());

    let fresh = World::start().await;
    fresh.token().await;
    let storage = fresh.storage();
    let seen = storage.get(&[SCOPE]).await.unwrap();
    fresh.expire().await;
    fresh.emulator.revoke(EMAIL);
    assert!(fresh.storage().get(&[SCOPE]).await.is_none());
    fresh.token().await;
    let standing = fresh.row().await;
    assert_eq!(standing.grant_epoch, 2);
    for refresh in [seen.refresh_token.as_deref(), Some("1//another"), None] {
        let error = storage
            .set(&[SCOPE], info(Some("ya29.late"), refresh))
            .await;
        let error = error.unwrap_err().to_string();
        assert!(error.contains("was replaced"), "{error}");
    }
    assert_eq!(fresh.row().await, standing);
}

#[tokio::test]
async fn a_row_that_was_read_and_deleted_is_not_made_again() {
    let world = World::start().await;
    world.token().await;
    let storage = world.storage();
    let old = storage.get(&[SCOPE]).await.unwrap();
    world.google.delete_user(&world.alice()).await.unwrap();
    let late = info(Some("ya29.late"), old.refresh_token.as_deref());
    assert!(storage.set(&[SCOPE], late).await.is_err());
    assert!(world.store.get(&world.key()).await.unwrap().row.is_none());
}

#[tokio::test]
async fn a_set_frees_nobodys_lease() {
    let world = World::start().await;
    world.token().await;
    let storage = world.storage();
    storage.get(&[SCOPE]).await.unwrap();
    let row = world.row().await;
    let (marker, ttl) = (row.marker(), Duration::from_secs(20));
    let leased = world.store.try_lease(&row.key, &marker, "other", ttl).await;
    assert!(leased.unwrap().is_some());
    let set = storage.set(&[SCOPE], info(Some("ya29.new"), None)).await;
    set.unwrap();
    assert!(world.row().await.lease.is_some());
}
