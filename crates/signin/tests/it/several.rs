//! Several Google accounts of one person: links for further ones, and what the pages say of them.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;
use tokio::sync::Barrier;
use toolgate_auth::AccountLabel;
use toolgate_auth::sign_in::{ExpectedEmail, Refusal};
use toolgate_auth::store::{DisconnectReach, RowStatus};
use url::Url;

use crate::browser::{Browser, Page, parameter};
use crate::failing::{Race, watched_several};
use crate::site::{Site, SiteBuilder, person, several};

/// Alice connects a Google account under a label, or as her default one.
async fn connect(site: &Site, label: Option<&str>, email: &str) -> Page {
    let link = link(site, label).await;
    Browser::new().connect(site, &link, email).await
}

async fn link(site: &Site, label: Option<&str>) -> Url {
    match label {
        None => site.link("alice").await.url,
        Some(label) => site.link_as("alice", label).await.unwrap().url,
    }
}

async fn end(site: &Site, label: Option<&str>) {
    let (alice, label) = (
        person("alice"),
        label.map(|it| AccountLabel::parse(it).unwrap()),
    );
    let reach = DisconnectReach::ThisRow;
    let ended = site.google.disconnect(&alice, label.as_ref(), reach);
    ended.await.unwrap();
}

/// What Alice has connected.
async fn connected(site: &Site) -> Vec<String> {
    let connections = site.google.connections(&person("alice")).await.unwrap();
    connections.iter().map(ToString::to_string).collect()
}

const BOTH: [&str; 2] = ["default (alice@example.com)", "work (wanda@work.example)"];

#[tokio::test]
async fn a_further_account_is_connected_beside_the_others_under_its_name() {
    let site = several().await;
    connect(&site, None, "alice@example.com").await;
    let first = site.grant("alice").await;
    let link = link(&site, Some("work")).await;
    let mut browser = Browser::new();
    let page = browser.get(&site, link.as_str()).await;
    page.assert_says("will be called <strong><bdi>work</bdi></strong>");
    let page = browser.connect(&site, &link, "wanda@work.example").await;
    page.assert_says("<h1>Connected");
    page.assert_says("called <strong><bdi>work</bdi></strong>");
    assert_eq!(connected(&site).await, BOTH);
    assert_eq!(site.grant("alice").await, first);
}

#[tokio::test]
async fn the_pages_of_the_default_account_name_no_other() {
    let site = several().await;
    let link = link(&site, None).await;
    let mut browser = Browser::new();
    let page = browser.get(&site, link.as_str()).await;
    page.assert_silent_about("will be called");
    let page = browser.connect(&site, &link, "alice@example.com").await;
    page.assert_silent_about(", called");
}

#[tokio::test]
async fn google_is_to_ask_which_account_where_a_further_one_is_connected() {
    let site = several().await;
    connect(&site, None, "alice@example.com").await;
    let prompt = async |label| {
        let link = link(&site, label).await;
        let told = Browser::new().continue_to_google(&site, &link).await;
        let mut pairs = told.query_pairs();
        let prompt = pairs.find(|(name, _)| name == "prompt");
        prompt.map(|(_, value)| value.into_owned())
    };
    assert_eq!(prompt(None).await, None);
    let asked = prompt(Some("work")).await;
    assert_eq!(asked.as_deref(), Some("select_account consent"));
    connect(&site, Some("work"), "wanda@work.example").await;
    assert_eq!(prompt(Some("work")).await, None);
}

#[tokio::test]
async fn one_google_account_is_not_connected_under_two_names() {
    let site = several().await;
    connect(&site, None, "alice@example.com").await;
    connect(&site, Some("work"), "wanda@work.example").await;
    let before = site.grants().await;
    for (label, email, name) in [
        (Some("home"), "alice@example.com", "the default account"),
        (Some("home"), "wanda@work.example", "work"),
        (Some("work"), "alice@example.com", "the default account"),
        (None, "wanda@work.example", "work"),
    ] {
        let page = connect(&site, label, email).await;
        assert_eq!(page.status, StatusCode::CONFLICT, "{label:?} {email}");
        page.assert_says(&format!("This Google account is connected already: {name}"));
        assert_eq!(site.grants().await, before);
    }
    // Where it was disconnected, it may come under another name.
    end(&site, Some("work")).await;
    site.clock.advance(Duration::from_mins(2));
    let page = connect(&site, Some("office"), "wanda@work.example").await;
    page.assert_says("<h1>Connected");
    let now = ["default (alice@example.com)", "office (wanda@work.example)"];
    assert_eq!(connected(&site).await, now);
}

#[tokio::test]
async fn a_consent_that_finds_its_account_under_another_name_when_it_is_written_is_taken_back() {
    let (site, watch) = watched_several().await;
    watch.race(Race::Beside("work"), 1);
    let page = connect(&site, None, "alice@example.com").await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    page.assert_says("This Google account is connected already: work");
    assert_eq!(connected(&site).await, ["work (alice@example.com)"]);
    assert_eq!(site.grant("alice").await.status, RowStatus::Revoked);
    // Google would have ended both.
    assert_eq!(site.emulator.live_refresh_tokens("alice@example.com"), 1);
    let refused = ("sign_in_refused".to_owned(), "account_twice".to_owned());
    assert_eq!(site.audit().await[&refused], 1);
}

#[tokio::test]
async fn of_two_consents_of_one_account_at_once_under_two_names_at_most_one_stands() {
    let (site, watch) = watched_several().await;
    watch.race(Race::Meet(Arc::new(Barrier::new(2))), 2);
    let (one, other) = tokio::join!(
        connect(&site, None, "alice@example.com"),
        connect(&site, Some("work"), "alice@example.com"),
    );
    assert_eq!(watch.races_left(), 0, "they did not meet");
    let pages = [one, other];
    let good = pages.iter().filter(|page| page.status == StatusCode::OK);
    let good = good.count();
    assert!(good <= 1);
    assert_eq!(connected(&site).await.len(), good);
}

#[tokio::test]
async fn where_another_account_would_take_the_place_connecting_it_as_a_further_one_is_offered() {
    let site = several().await;
    connect(&site, None, "alice@example.com").await;
    let before = site.grant("alice").await;
    let page = connect(&site, None, "wanda@work.example").await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    page.assert_says("Another Google account is connected already");
    page.assert_says("connect a further Google account");
    assert_eq!(site.grants().await, [before]);
    let error = Refusal::FurtherAccount.to_string();
    assert!(error.contains("as a further account"), "{error}");
    // What is offered works.
    connect(&site, Some("work"), "wanda@work.example")
        .await
        .assert_says("<h1>Connected");
    assert_eq!(connected(&site).await, BOTH);
    // An account under a name is replaced as little.
    let page = connect(&site, Some("work"), "bob@example.com").await;
    page.assert_says("Another Google account is connected already");
    assert_eq!(connected(&site).await, BOTH);
    let refused = (
        "sign_in_refused".to_owned(),
        Refusal::FurtherAccount.code().to_owned(),
    );
    assert_eq!(site.audit().await[&refused], 2);
}

#[tokio::test]
async fn disconnecting_one_account_leaves_the_others() {
    let site = several().await;
    connect(&site, None, "alice@example.com").await;
    connect(&site, Some("work"), "wanda@work.example").await;
    end(&site, Some("work")).await;
    assert_eq!(connected(&site).await, BOTH[..1]);
    assert_eq!(site.emulator.live_refresh_tokens("wanda@work.example"), 0);
    assert_eq!(site.emulator.live_refresh_tokens("alice@example.com"), 1);
    site.token("alice").await;
    site.clock.advance(Duration::from_mins(2));
    connect(&site, Some("work"), "wanda@work.example").await;
    end(&site, None).await;
    assert_eq!(connected(&site).await, BOTH[1..]);
    assert_eq!(site.grant("alice").await.status, RowStatus::Revoked);
    assert_eq!(site.emulator.live_refresh_tokens("wanda@work.example"), 1);
}

#[tokio::test]
async fn each_account_has_an_expected_address_of_its_own() {
    let expected = ExpectedEmail::by_account(|_, label| {
        Some(match label {
            None => "alice@example.com".to_owned(),
            Some(label) => format!("wanda@{label}.example"),
        })
    });
    let site = SiteBuilder::new()
        .start(|builder| {
            builder
                .with_expected_email(expected)
                .with_several_accounts()
        })
        .await;
    let work = link(&site, Some("work")).await;
    let told = Browser::new().continue_to_google(&site, &work).await;
    assert_eq!(parameter(&told, "login_hint"), "wanda@work.example");
    let page = Browser::new()
        .connect(&site, &link(&site, None).await, "wanda@work.example")
        .await;
    page.assert_says("This link is for alice@example.com");
    connect(&site, None, "alice@example.com").await;
    let page = connect(&site, Some("work"), "bob@example.com").await;
    page.assert_says("This link is for wanda@work.example");
    connect(&site, Some("work"), "wanda@work.example").await;
    assert_eq!(connected(&site).await, BOTH);
}
