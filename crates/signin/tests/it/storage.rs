//! What the pages say when the database is down.

use std::sync::atomic::Ordering;

use http::StatusCode;
use toolgate_emulator::{FaultAction, FaultRule};

use crate::browser::Browser;
use crate::databases::Kind;
use crate::failing::watched_on;
use crate::site::several;

#[tokio::test]
async fn without_the_state_store_nothing_is_stored_and_the_same_answer_works_later() {
    the_same_answer_works_later(Kind::Memory).await;
}

#[tokio::test]
async fn over_sqlite_and_postgres_nothing_is_half_done_without_the_database() {
    the_same_answer_works_later(Kind::Sqlite).await;
    a_grant_that_is_not_saved_is_not_connected(Kind::Sqlite).await;
    let what = "callbacks without their database";
    if let Some(postgres) = Kind::postgres(what).await {
        the_same_answer_works_later(postgres).await;
    }
    if let Some(postgres) = Kind::postgres(what).await {
        a_grant_that_is_not_saved_is_not_connected(postgres).await;
    }
}

async fn the_same_answer_works_later(kind: Kind) {
    let logs = toolgate_testkit::LogCapture::install();
    let (site, watch) = watched_on(kind).await;
    let link = site.link("alice").await;
    let mut browser = Browser::new();
    let callback = browser
        .answer_of(&site, &link.url, "alice@example.com")
        .await;

    watch.sign_ins_down.store(true, Ordering::SeqCst);
    let tries = [
        browser.get(&site, link.url.as_str()).await,
        browser.post(&site, link.url.as_str()).await,
        browser.get(&site, callback.as_str()).await,
    ];
    for page in tries {
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
        page.assert_says("Not connected");
        page.assert_says("Nothing was stored");
        page.assert_says("try again");
        page.assert_silent_about("SECRETdetail");
    }
    site.assert_untouched("the state store is down").await;
    assert!(logs.text().contains("a sign-in page could not be served"));
    assert!(
        !logs.text().contains(link.url.as_str()),
        "the log holds a sign-in link"
    );

    watch.sign_ins_down.store(false, Ordering::SeqCst);
    browser
        .finish(&site, callback.as_str())
        .await
        .assert_says("<h1>Connected");
    assert_eq!(site.exchanges(), 1);
}

#[tokio::test]
async fn connected_is_not_said_where_the_grant_cannot_be_saved() {
    a_grant_that_is_not_saved_is_not_connected(Kind::Memory).await;
}

async fn a_grant_that_is_not_saved_is_not_connected(kind: Kind) {
    let (site, watch) = watched_on(kind).await;
    let link = site.link("alice").await;
    let mut browser = Browser::new();
    let callback = browser
        .answer_of(&site, &link.url, "alice@example.com")
        .await;
    watch.tokens_down.store(true, Ordering::SeqCst);
    let page = browser.finish(&site, callback.as_str()).await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    page.assert_says("Not connected: the connection could not be saved");
    page.assert_says("nothing was stored");
    page.assert_silent_about("<h1>Connected");
    page.assert_silent_about("SECRETdetail");
    assert!(site.grants().await.is_empty());
}

#[tokio::test]
async fn where_google_fails_the_exchange_nothing_is_connected_and_nothing_is_repeated() {
    let site = several().await;
    let faults = [
        (FaultAction::status(503), "Google could not be reached"),
        (
            FaultAction::oauth_error("invalid_grant"),
            "Google did not accept the sign-in",
        ),
        (
            FaultAction::oauth_error("invalid_client"),
            "is not set up for this",
        ),
    ];
    for (number, (fault, says)) in faults.into_iter().enumerate() {
        site.emulator.faults().clear();
        site.emulator
            .faults()
            .add(FaultRule::new(fault).on_method("token"));
        let link = site.link_as("alice", &number.to_string()).await.unwrap();
        let page = Browser::new()
            .connect(&site, &link.url, "alice@example.com")
            .await;
        page.assert_says(says);
        page.assert_says("Nothing was connected");
        assert_eq!(site.exchanges(), number + 1);
    }
    assert!(site.grants().await.is_empty());
}
