//! Sign-ins that Google itself refuses: its word is shown, and nothing is stored.

use crate::browser::{Browser, Page, callback, parameter};
use crate::site::{Site, unverified};

/// Delivers an answer; what the last page says, and whether it came by a clean address.
async fn deliver(site: &Site, browser: &mut Browser, callback: &str) -> Page {
    let page = browser.finish(site, callback).await;
    page.assert_silent_about("<h1>Connected");
    page
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
    ];
    for (error, says) in cases {
        let link = site.link("alice").await;
        let authorize = browser.continue_to_google(&site, &link.url).await;
        let state = parameter(&authorize, "state");
        let description = "Google's <own> words";
        let answer = [
            ("state", state.as_str()),
            ("error", error),
            ("error_description", description),
        ];
        let page = deliver(&site, &mut browser, &callback(&answer)).await;
        page.assert_says(says);
        page.assert_says("Google&#39;s &#60;own&#62; words");
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
