//! A disconnect of what cannot be read any more: the page and its JSON form say what is left to do.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use http::StatusCode;
use http::header::ACCEPT;
use serde_json::{Value, json};
use toolgate_auth::store::{Database as _, RowStatus, Sealed};

use crate::browser::Browser;
use crate::connections::{DISCONNECT, connected, shown_twice};
use crate::sessions::verified;
use crate::site::Site;

/// What is stored of alice is damaged, and opens nowhere.
async fn damaged() -> (Site, Browser) {
    let site = verified().await;
    let alice = connected(&site, "alice", None, "alice@example.com").await;
    let row = site.grant("alice").await;
    let sealed = Sealed {
        data: json!({"fmt": 1}),
        key_id: row.sealed.clone().unwrap().key_id,
    };
    let store = site.database.token_store().unwrap();
    let written = store.reseal(&row.key, &row.marker(), &sealed, None).await;
    assert!(written.unwrap());
    (site, alice)
}

#[tokio::test]
async fn a_disconnect_of_what_cannot_be_read_says_what_the_person_has_to_do() {
    let (site, mut alice) = damaged().await;
    let answer = alice.post(&site, DISCONNECT).await;
    let [page, again] = shown_twice(&site, &mut alice, &answer).await;
    page.assert_says("Disconnected here, and Google could not be told");
    page.assert_says("<strong><bdi>alice@example.com</bdi></strong>");
    page.assert_says("(myaccount.google.com/connections)");
    page.assert_silent_about("Google has ended its access");
    page.assert_silent_about("tried again by itself");
    again.assert_says("No Google account is connected.");
    assert_eq!(site.grant("alice").await.status, RowStatus::Revoked);
}

#[tokio::test]
async fn the_json_form_has_a_code_of_its_own_for_what_cannot_be_read() {
    let (site, mut alice) = damaged().await;
    let json = "application/json".parse().unwrap();
    alice.headers.insert(ACCEPT, json);
    let answer = alice.post(&site, DISCONNECT).await;
    assert_eq!(answer.status, StatusCode::OK);
    let told: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(
        told,
        json!({ "disconnected": "here_unreadable", "others": 0 })
    );
}
