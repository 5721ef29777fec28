//! Callbacks that are refused: nothing is stored, and Google is asked nothing.

use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;
use toolgate_auth::GoogleAuthBuilder;

use crate::browser::{Browser, Page, callback, parameter};
use crate::site::{Site, SiteBuilder, unverified};

/// Delivers an answer; what the last page says, and whether it came by a clean address.
async fn deliver(site: &Site, browser: &mut Browser, callback: &str) -> Page {
    let page = browser.finish(site, callback).await;
    page.assert_silent_about("<h1>Connected");
    page
}

/// A link that a person continued with and answered at Google: the browser, state and code.
async fn answered(site: &Site) -> (Browser, String, String) {
    let link = site.link("alice").await;
    let mut browser = Browser::new();
    let good = browser
        .answer_of(site, &link.url, "alice@example.com")
        .await;
    (browser, parameter(&good, "state"), parameter(&good, "code"))
}

#[tokio::test]
async fn forged_and_malformed_answers_are_refused_with_nothing_stored() {
    let other_key = SiteBuilder::new().with_key(8);
    let other_key = other_key
        .start(GoogleAuthBuilder::allow_unverified_links)
        .await;
    let foreign = other_key.link("alice").await;
    let foreign = foreign.url.path().rsplit('/').next().unwrap().to_owned();
    let site = unverified().await;
    let (mut browser, state, code) = answered(&site).await;
    let good = ("state", state.as_str());
    let code = ("code", code.as_str());
    let cut = &state[..state.len() - 2];
    let long = "A".repeat(9000);
    let cases: [(&str, &[(&str, &str)]); 9] = [
        ("no state", &[code]),
        ("empty state", &[("state", ""), code]),
        ("junk", &[("state", "junk"), code]),
        ("cut", &[("state", cut), code]),
        ("of another key", &[("state", &foreign), code]),
        ("two states", &[good, good, code]),
        ("two codes", &[good, code, ("code", "x")]),
        ("too long", &[good, ("code", &long)]),
        (
            "of another issuer",
            &[good, code, ("iss", "https://evil.example")],
        ),
    ];
    for (what, pairs) in cases {
        let page = deliver(&site, &mut browser, &callback(pairs)).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{what}");
        site.assert_untouched(what).await;
    }
    // None of that used the sign-in up.
    let answer = callback(&[good, code, ("iss", "https://accounts.google.com")]);
    browser
        .finish(&site, &answer)
        .await
        .assert_says("<h1>Connected");
}

#[tokio::test]
async fn an_answer_with_an_altered_state_is_refused_wherever_it_was_altered() {
    let site = unverified().await;
    let (mut browser, state, code) = answered(&site).await;
    for at in (0..state.len() - 1).step_by(7) {
        let new = if state.as_bytes()[at] == b'A' {
            "B"
        } else {
            "A"
        };
        let altered = format!("{}{new}{}", &state[..at], &state[at + 1..]);
        let answer = callback(&[("state", &altered), ("code", &code)]);
        deliver(&site, &mut browser, &answer)
            .await
            .assert_says("This link is not valid");
        site.assert_untouched("altered").await;
    }
}

#[tokio::test]
async fn an_answer_without_code_or_error_is_refused() {
    let site = unverified().await;
    let link = site.link("alice").await;
    let mut browser = Browser::new();
    let good = browser
        .answer_of(&site, &link.url, "alice@example.com")
        .await;
    let page = deliver(
        &site,
        &mut browser,
        &callback(&[("state", &parameter(&good, "state"))]),
    )
    .await;
    page.assert_says("answer is incomplete");
    site.assert_untouched("neither code nor error").await;
}

#[tokio::test]
async fn an_answer_that_comes_too_late_is_refused() {
    let site = unverified().await;
    let link = site.link("alice").await;
    let mut browser = Browser::new();
    let good = browser
        .answer_of(&site, &link.url, "alice@example.com")
        .await;
    site.clock.advance(Duration::from_secs(601));
    let page = deliver(&site, &mut browser, good.as_str()).await;
    assert_eq!(page.status, StatusCode::GONE);
    page.assert_says("too old");
    site.assert_untouched("too late").await;
}

#[tokio::test]
async fn a_replayed_answer_is_refused_and_audited_and_the_connection_stays() {
    let site = unverified().await;
    let link = site.link("alice").await;
    let mut browser = Browser::new();
    let good = browser
        .answer_of(&site, &link.url, "alice@example.com")
        .await;
    let mut thief = browser.clone();
    browser
        .finish(&site, good.as_str())
        .await
        .assert_says("<h1>Connected");
    let before = site.grant("alice").await;
    let page = deliver(&site, &mut thief, good.as_str()).await;
    assert_eq!(page.status, StatusCode::GONE);
    page.assert_says("used already");
    assert_eq!(site.grant("alice").await, before);
    assert_eq!(site.exchanges(), 1);
    let audit = site.audit().await;
    let count = |event: &str, outcome: &str| {
        audit
            .get(&(event.to_owned(), outcome.to_owned()))
            .copied()
            .unwrap_or_default()
    };
    assert_eq!(count("connected", "ok"), 1, "{audit:?}");
    assert_eq!(count("sign_in_refused", "already_used"), 1, "{audit:?}");
}

#[tokio::test]
async fn a_browser_that_did_not_continue_cannot_deliver_the_answer() {
    let site = unverified().await;
    let (alice, bob) = (site.link("alice").await, site.link("bob").await);
    let mut alices = Browser::new();
    let good = alices
        .answer_of(&site, &alice.url, "alice@example.com")
        .await;

    let page = deliver(&site, &mut Browser::new(), good.as_str()).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    page.assert_says("not the browser that continued");
    site.assert_untouched("no cookie").await;

    // Bob has a sign-in of his own under way, and Alice's answer is slipped to him; even his cookie
    // under the name of hers does not help.
    let mut bobs = Browser::new();
    bobs.continue_to_google(&site, &bob.url).await;
    deliver(&site, &mut bobs, good.as_str())
        .await
        .assert_says("not the browser that continued");
    site.assert_untouched("another's cookie").await;
    let secret = bobs.cookies.values().next().unwrap().clone();
    let name = alices.cookies.keys().next().unwrap().clone();
    bobs.cookies.insert(name, secret);
    deliver(&site, &mut bobs, good.as_str())
        .await
        .assert_says("not the browser that continued");
    site.assert_untouched("another's secret").await;

    alices
        .finish(&site, good.as_str())
        .await
        .assert_says("<h1>Connected");
    assert_eq!(site.grants().await.len(), 1);
    assert_eq!(
        site.grant("alice").await.account_email.as_deref(),
        Some("alice@example.com")
    );
}

#[tokio::test]
async fn a_code_of_one_sign_in_does_not_complete_another() {
    let site = unverified().await;
    let (alice, bob) = (site.link("alice").await, site.link("bob").await);
    let mut browser = Browser::new();
    let of_alice = browser
        .answer_of(&site, &alice.url, "alice@example.com")
        .await;
    let of_bob = browser.answer_of(&site, &bob.url, "bob@example.com").await;
    let (state, code) = (parameter(&of_bob, "state"), parameter(&of_alice, "code"));
    let mixed = callback(&[("state", &state), ("code", &code)]);
    deliver(&site, &mut browser, &mixed)
        .await
        .assert_says("Google did not accept");
    assert!(site.grants().await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_equal_callbacks_at_once_make_one_exchange_and_one_connection() {
    let site = Arc::new(unverified().await);
    let link = site.link("alice").await;
    let mut browser = Browser::new();
    let good = browser
        .answer_of(&site, &link.url, "alice@example.com")
        .await;
    let start = Arc::new(tokio::sync::Barrier::new(50));
    let tasks: Vec<_> = (0..50)
        .map(|_| {
            let (site, start) = (Arc::clone(&site), Arc::clone(&start));
            let (mut browser, good) = (browser.clone(), good.clone());
            tokio::spawn(async move {
                start.wait().await;
                browser
                    .finish(&site, good.as_str())
                    .await
                    .body
                    .contains("<h1>Connected")
            })
        })
        .collect();
    let mut connected = 0;
    for task in tasks {
        connected += usize::from(task.await.unwrap());
    }
    assert_eq!(connected, 1);
    assert_eq!(site.exchanges(), 1);
    assert_eq!(site.grant("alice").await.grant_epoch, 1);
}

#[tokio::test]
async fn googles_refusal_is_shown_escaped_and_an_existing_connection_stays() {
    let site = unverified().await;
    let first = site.link("alice").await;
    let mut browser = Browser::new();
    browser
        .connect(&site, &first.url, "alice@example.com")
        .await
        .assert_says("<h1>Connected");
    let before = site.grant("alice").await;
    let cases = [
        ("access_denied", "You did not allow access"),
        (
            "admin_policy_enforced",
            "Your organisation does not allow this",
        ),
        (
            "org_internal",
            "This Google account is of another organisation",
        ),
        (
            "disallowed_useragent",
            "Google does not allow sign-in in this window",
        ),
        ("redirect_uri_mismatch", "Google did not go on"),
        ("<script>alert(1)</script>", "Google did not go on"),
    ];
    for (error, says) in cases {
        let link = site.link("alice").await;
        let authorize = browser.continue_to_google(&site, &link.url).await;
        let state = parameter(&authorize, "state");
        let script = "<script>alert(document.cookie)</script>\"'&\u{7}";
        let answer = [
            ("state", state.as_str()),
            ("error", error),
            ("error_description", script),
        ];
        let page = deliver(&site, &mut browser, &callback(&answer)).await;
        page.assert_says(says);
        page.assert_says("&#60;script&#62;alert(document.cookie)&#60;/script&#62;&#34;&#39;&#38;");
        page.assert_silent_about("<script");
    }
    assert_eq!(site.grants().await, [before]);
    assert_eq!(site.exchanges(), 1);
}

#[tokio::test]
async fn a_person_who_says_no_at_google_is_told_so() {
    let site = unverified().await;
    let link = site.link("alice").await;
    let mut browser = Browser::new();
    let authorize = browser.continue_to_google(&site, &link.url).await;
    let answer = browser.decide(&authorize, &[("decision", "deny")]).await;
    deliver(&site, &mut browser, answer.as_str())
        .await
        .assert_says("You did not allow access");
    site.assert_untouched("denied").await;
}
