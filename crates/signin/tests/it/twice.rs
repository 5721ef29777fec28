//! Google's answer that comes twice: one exchange, and one end that the browser is told.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use http::StatusCode;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use toolgate_auth::sign_in::SignInRequest;
use toolgate_auth::{Principal, ScopeSet};

use crate::browser::Browser;
use crate::sessions::{logged_in, verified};
use crate::site::{READ, Site, SiteBuilder};

const DONE: &str = "/google/done";
const ERROR: &str = "/google/error";
const CONNECTED: &str = "<h1>Connected";

/// Alice's browser with Google's answer.
async fn answered(site: &Site) -> (Browser, String) {
    let link = site.link("alice").await;
    let mut alice = logged_in("alice");
    let answer = alice.answer_of(site, &link.url, "alice@example.com").await;
    (alice, answer.into())
}

#[tokio::test]
async fn a_browser_that_delivers_its_answer_again_is_told_the_connection_that_it_led_to() {
    let site = verified().await;
    let (mut alice, answer) = answered(&site).await;
    for _ in 0..3 {
        assert_eq!(alice.get(&site, &answer).await.location(), DONE);
    }
    alice.get(&site, DONE).await.assert_says(CONNECTED);
    assert_eq!(site.exchanges(), 1);
    // It is told what it knows, and that it was used again is told among the events.
    let refused = ("sign_in_refused".to_owned(), "already_used".to_owned());
    assert_eq!(site.audit().await.get(&refused), Some(&2));
}

/// A site whose sign-ins end at a page of the application's own, and a browser with Google's answer.
async fn answered_for_the_settings() -> (Site, Browser, String) {
    let builder = SiteBuilder::new();
    let site = builder.start(|it| it.allow_unverified_links().with_return_path("/settings"));
    let site = site.await;
    let request = SignInRequest {
        principal: Principal::for_user("alice").unwrap(),
        account_label: None,
        services: vec!["gmail".to_owned()],
        scopes: ScopeSet::parse(READ),
        return_path: Some("/settings".to_owned()),
    };
    let link = site.google.sign_in().unwrap().begin(request).await.unwrap();
    let mut alice = Browser::new();
    let answer = alice.answer_of(&site, &link.url, "alice@example.com").await;
    (site, alice, answer.into())
}

#[tokio::test]
async fn an_answer_that_comes_again_leads_to_the_applications_own_page_too() {
    let (site, mut alice, answer) = answered_for_the_settings().await;
    let mut second = alice.clone();
    for _ in 0..2 {
        assert_eq!(alice.get(&site, &answer).await.location(), "/settings");
    }
    // Of two at once the one that lost finds where the other one led.
    let lost = second.get(&site, &answer).await;
    assert_eq!(lost.location(), ERROR);
    alice.keep_all(&lost);
    assert_eq!(alice.get(&site, ERROR).await.location(), "/settings");
}

#[tokio::test]
async fn a_forged_cookie_leads_to_no_other_site_and_makes_no_event() {
    let (site, mut mallory, answer) = answered_for_the_settings().await;
    let (_, query) = answer.split_once('?').unwrap();
    let digest = BASE64.encode(Sha256::digest(query));
    for path in ["//evil.example", "https://evil.example", "/\\evil.example"] {
        let forged = json!({"connected": {"person": "", "account": null, "email": null,
            "services": [], "granted": [], "declined": [], "cut": false,
            "answer": digest, "path": path}});
        let forged = BASE64.encode(forged.to_string());
        mallory.cookies.insert("tg-flash".to_owned(), forged);
        assert_eq!(mallory.get(&site, &answer).await.location(), DONE, "{path}");
        mallory.get(&site, DONE).await.assert_says(CONNECTED);
    }
    assert_eq!(site.exchanges(), 0);
    assert!(site.audit().await.is_empty(), "{:?}", site.audit().await);
}

#[tokio::test]
async fn of_two_answers_at_once_either_may_come_back_first_and_the_connection_is_told() {
    let site = verified().await;
    for first_comes_last in [false, true] {
        let (alice, answer) = answered(&site).await;
        // Both leave with the cookies that the browser has before either comes back.
        let (mut first, mut second) = (alice.clone(), alice);
        let won = first.get(&site, &answer).await;
        let lost = second.get(&site, &answer).await;
        assert_eq!((won.location(), lost.location()), (DONE, ERROR));
        let (mut browser, later) = if first_comes_last {
            (second, won)
        } else {
            (first, lost)
        };
        browser.keep_all(&later);
        browser.get(&site, ERROR).await.assert_says(CONNECTED);
        let again = browser.get(&site, ERROR).await;
        again.assert_says("Nothing to show");
    }
}

#[tokio::test]
async fn an_answer_that_somebody_took_before_is_told_as_used_and_hides_no_other_end() {
    let site = verified().await;
    let (mut alice, answer) = answered(&site).await;
    let mut thief = alice.clone();
    alice.finish(&site, &answer).await.assert_says(CONNECTED);
    // The thief has a connection of another answer's, which says nothing of this one.
    let (mut other, theirs) = answered(&site).await;
    other.get(&site, &theirs).await;
    thief.cookies.extend(other.cookies.clone());
    let page = thief.finish(&site, &answer).await;
    assert_eq!(page.status, StatusCode::GONE);
    page.assert_says("used already");
    // What is left of it does not stand before the next end.
    thief.get(&site, &answer).await;
    let link = site.link("alice").await;
    let done = thief.connect(&site, &link.url, "alice@example.com").await;
    done.assert_says(CONNECTED);
}
