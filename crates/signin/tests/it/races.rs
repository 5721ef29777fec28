//! Consents that meet a disconnect, or another writer of the same grant.

use std::slice;

use toolgate_auth::store::{DisconnectReach, RowStatus};

use crate::browser::{Browser, Page};
use crate::connections::{DISCONNECT, LIST};
use crate::failing::{Race, watched};
use crate::sessions::{logged_in, verified};
use crate::site::{Site, unverified};

async fn connect(site: &Site, name: &str, email: &str) -> Page {
    let link = site.link(name).await;
    Browser::new().connect(site, &link.url, email).await
}

#[tokio::test]
async fn while_a_google_account_is_disconnected_no_consent_of_it_is_taken_from_anybody() {
    let site = unverified().await;
    connect(&site, "alice", "alice@example.com")
        .await
        .assert_says("<h1>Connected");
    let store = site.database.token_store().unwrap();
    let row = site.grant("alice").await;
    let begun = store
        .begin_disconnect(&row.key, &row.marker(), DisconnectReach::ThisRow)
        .await
        .unwrap()
        .unwrap();

    for person in ["alice", "bob"] {
        let page = connect(&site, person, "alice@example.com").await;
        page.assert_says("This Google account is being disconnected");
        page.assert_silent_about("<h1>Connected");
        assert_eq!(site.grants().await, slice::from_ref(&begun), "{person}");
    }
    // Another account has nothing to do with it.
    connect(&site, "bob", "bob@example.com")
        .await
        .assert_says("<h1>Connected");

    let ended = store.finish_disconnect(&begun.key, &begun.marker()).await;
    assert!(ended.unwrap());
    connect(&site, "alice", "alice@example.com")
        .await
        .assert_says("<h1>Connected");
}

#[tokio::test]
async fn two_clicks_at_once_are_one_browser_that_continues_and_one_disconnect() {
    let site = verified().await;
    let link = site.link("alice").await;
    let mut alice = logged_in("alice");
    alice.get(&site, link.url.as_str()).await;
    let [mut one, mut other] = [alice.clone(), alice];
    let (first, second) = tokio::join!(
        one.post(&site, link.url.as_str()),
        other.post(&site, link.url.as_str()),
    );
    assert_eq!(first.location(), second.location());
    let authorize = first.location().parse().unwrap();
    let answer = one.allow(&authorize, "alice@example.com").await;
    one.finish(&site, answer.as_str())
        .await
        .assert_says("<h1>Connected");

    let mut other = one.clone();
    let (first, second) = tokio::join!(one.post(&site, DISCONNECT), other.post(&site, DISCONNECT));
    assert_eq!((first.location(), second.location()), (LIST, LIST));
    assert_eq!(site.grant("alice").await.status, RowStatus::Revoked);
    let ended = ("disconnected".to_owned(), "at_google".to_owned());
    assert_eq!(site.audit().await[&ended], 1);
}

#[tokio::test]
async fn a_grant_that_is_removed_while_a_consent_is_written_does_not_come_back() {
    let (site, watch) = watched().await;
    connect(&site, "alice", "alice@example.com")
        .await
        .assert_says("<h1>Connected");
    watch.race(Race::Remove, 1);
    connect(&site, "alice", "alice@example.com")
        .await
        .assert_says("The connection changed while you signed in");
    assert!(site.grants().await.is_empty());
}

#[tokio::test]
async fn a_consent_that_loses_against_a_refresh_is_written_over_it() {
    let (site, watch) = watched().await;
    connect(&site, "alice", "alice@example.com")
        .await
        .assert_says("<h1>Connected");
    watch.race(Race::Refresh, 3);
    connect(&site, "alice", "alice@example.com")
        .await
        .assert_says("<h1>Connected");
    assert_eq!(watch.races_left(), 0);
    assert_eq!(site.grant("alice").await.grant_epoch, 2);
}

#[tokio::test]
async fn a_consent_that_loses_time_and_again_is_given_up_and_the_winner_stays() {
    let (site, watch) = watched().await;
    connect(&site, "alice", "alice@example.com")
        .await
        .assert_says("<h1>Connected");
    watch.race(Race::Refresh, 100);
    connect(&site, "alice", "alice@example.com")
        .await
        .assert_says("The connection changed while you signed in");
    let row = site.grant("alice").await;
    assert_eq!(row.grant_epoch, 1, "a consent was written");
    let races = i64::try_from(100 - watch.races_left()).unwrap();
    assert_eq!(row.version, 1 + races);
}

#[tokio::test]
async fn of_two_first_consents_to_one_account_the_later_one_stands() {
    let (site, watch) = watched().await;
    let alices = site.emulator.subject("alice@example.com").unwrap();
    watch.race(Race::Consent(alices), 1);
    connect(&site, "alice", "alice@example.com")
        .await
        .assert_says("<h1>Connected");
    assert_eq!(
        site.grant("alice").await.client_id,
        site.emulator.client_id()
    );
}

#[tokio::test]
async fn an_account_that_was_connected_meanwhile_is_not_replaced_by_another() {
    let (site, watch) = watched().await;
    let bobs = site.emulator.subject("bob@example.com").unwrap();
    watch.race(Race::Consent(bobs.clone()), 1);
    connect(&site, "alice", "alice@example.com")
        .await
        .assert_says("Another Google account is connected already");
    let row = site.grant("alice").await;
    assert_eq!(row.account_id, Some(bobs));
    assert_eq!(row.grant_epoch, 1);
}
