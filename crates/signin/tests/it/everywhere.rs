//! A disconnect that ends the other connections of the same Google account along.

use http::StatusCode;
use http::header::ACCEPT;
use serde_json::{Value, json};
use toolgate_auth::store::RowStatus;

use crate::browser::Browser;
use crate::connections::{DISCONNECT, condemn, connected, events, revocations, shown_twice};
use crate::sessions::verified;
use crate::site::Site;

const CHOICE: &str = "name=\"everywhere\" type=\"checkbox\"";

/// Alice, whose Google account Bob has connected too.
async fn shared() -> (Site, Browser) {
    let site = verified().await;
    connected(&site, "bob", None, "alice@example.com").await;
    let alice = connected(&site, "alice", None, "alice@example.com").await;
    (site, alice)
}

async fn status(site: &Site, name: &str) -> RowStatus {
    site.grant(name).await.status
}

#[tokio::test]
async fn who_shares_an_account_may_end_it_everywhere_and_is_not_told_with_whom() {
    let (site, mut alice) = shared().await;
    let page = alice.get(&site, DISCONNECT).await;
    page.assert_says(CHOICE);
    page.assert_says("connected to <bdi>Example &#38; Co</bdi> once more");
    page.assert_says("Also end it wherever else this Google account is connected");
    page.assert_silent_about("bob");
    assert_eq!(status(&site, "alice").await, RowStatus::Active);
    let answer = alice.submit(&site, DISCONNECT, "everywhere=true").await;
    let [page, _] = shown_twice(&site, &mut alice, &answer).await;
    page.assert_says("Google has ended its access");
    for name in ["alice", "bob"] {
        assert_eq!(status(&site, name).await, RowStatus::Revoked);
        assert!(events(&site, name).await.contains(&"disconnected".into()));
    }
    assert_eq!(revocations(&site), 1);
}

#[tokio::test]
async fn who_needs_a_new_consent_is_still_told_of_those_whose_connection_works() {
    let (site, mut alice) = shared().await;
    condemn(&site, &site.grant("alice").await).await;
    let page = alice.get(&site, DISCONNECT).await;
    page.assert_says(CHOICE);
    page.assert_says("connected to <bdi>Example &#38; Co</bdi> once more");
    page.assert_silent_about("Google is told to end the access as well.");
    let answer = alice.submit(&site, DISCONNECT, "").await;
    let [page, _] = shown_twice(&site, &mut alice, &answer).await;
    page.assert_says("Disconnected here");
    assert_eq!(status(&site, "bob").await, RowStatus::Active);
    assert_eq!(revocations(&site), 0);
}

#[tokio::test]
async fn where_an_account_is_connected_once_there_is_nothing_to_choose() {
    let site = verified().await;
    connected(&site, "bob", None, "bob@example.com").await;
    let mut alice = connected(&site, "alice", None, "alice@example.com").await;
    let page = alice.get(&site, DISCONNECT).await;
    page.assert_silent_about(CHOICE);
    page.assert_says("Google is told to end the access as well.");
    alice.submit(&site, DISCONNECT, "everywhere=true").await;
    assert_eq!(status(&site, "alice").await, RowStatus::Revoked);
    assert_eq!(status(&site, "bob").await, RowStatus::Active);
}

#[tokio::test]
async fn a_choice_that_is_not_clear_ends_nothing() {
    let (site, mut alice) = shared().await;
    for form in [
        "everywhere=",
        "everywhere=yes",
        "everywhere=true&everywhere=true",
    ] {
        let page = alice.submit(&site, DISCONNECT, form).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{form}");
        page.assert_says("Nothing was changed");
    }
    for name in ["alice", "bob"] {
        assert_eq!(status(&site, name).await, RowStatus::Active);
    }
}

#[tokio::test]
async fn in_json_the_others_are_counted_before_and_ended_by_the_same_form() {
    let (site, mut alice) = shared().await;
    let json = "application/json".parse().unwrap();
    alice.headers.insert(ACCEPT, json);
    let asked = alice.get(&site, DISCONNECT).await;
    let asked: Value = serde_json::from_str(&asked.body).unwrap();
    assert_eq!(asked["others"], 1);
    let ended = alice.submit(&site, DISCONNECT, "everywhere=true").await;
    let ended: Value = serde_json::from_str(&ended.body).unwrap();
    assert_eq!(ended, json!({ "disconnected": "at_google", "others": 0 }));
    assert_eq!(status(&site, "bob").await, RowStatus::Revoked);
}
