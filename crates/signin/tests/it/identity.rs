//! Id tokens that do not hold: nothing is stored, and the page says why.

use serde_json::{Value, json};
use toolgate_emulator::{FaultAction, FaultRule};

use crate::browser::{Browser, Page};
use crate::site::{READ, Site, unverified};

/// What an id token says, and the words of the page.
fn cases(now: i64) -> [(Value, &'static str); 9] {
    [
        (json!({ "nonce": "another" }), "of another sign-in"),
        (json!({ "nonce": null }), "of another sign-in"),
        (json!({ "aud": "another" }), "for another application"),
        (json!({ "azp": "another" }), "for another application"),
        (json!({ "iss": "https://evil.example" }), "another issuer"),
        (json!({ "exp": now - 61 }), "it has expired"),
        (json!({ "iat": now + 120 }), "from the future"),
        (json!({ "iat": now - 3600 }), "too old"),
        (json!({ "sub": "" }), "names no account"),
    ]
}

/// Bob, whose link is answered with an id token that says `claims`.
async fn connect(site: &Site, claims: &Value) -> Page {
    let link = site.link("bob").await;
    let mut browser = Browser::new();
    let authorize = browser.continue_to_google(site, &link.url).await;
    let callback = browser.allow(&authorize, "bob@example.com").await;
    site.answer_with_claims(&authorize, "bob@example.com", claims);
    browser.finish(site, callback.as_str()).await
}

fn refused(page: &Page, why: &str) {
    page.assert_silent_about("<h1>Connected");
    page.assert_says("Nothing was connected");
    page.assert_says(why);
}

#[tokio::test]
async fn a_callback_with_a_wrong_id_token_stores_nothing_and_says_so() {
    let site = unverified().await;
    let now = toolgate_auth::Clock::now(&*site.clock).as_millis() / 1000;
    let cases = cases(now);
    for (claims, why) in &cases {
        refused(&connect(&site, claims).await, why);
        assert!(site.grants().await.is_empty(), "{claims}");
    }
    let audit = site.audit().await;
    let counted = audit.get(&("sign_in_refused".to_owned(), "id_token".to_owned()));
    assert_eq!(counted, Some(&cases.len()), "{audit:?}");
    // What was wrong is what the claims said: without a word of theirs all is well.
    connect(&site, &json!({}))
        .await
        .assert_says("<h1>Connected");
}

#[tokio::test]
async fn an_existing_connection_stays_where_the_id_token_is_wrong() {
    let site = unverified().await;
    connect(&site, &json!({}))
        .await
        .assert_says("<h1>Connected");
    let before = site.grants().await;
    refused(
        &connect(&site, &json!({ "aud": "another" })).await,
        "for another application",
    );
    assert_eq!(site.grants().await, before);
}

#[tokio::test]
async fn an_answer_whose_id_token_is_missing_or_unreadable_stores_nothing() {
    let site = unverified().await;
    for (id_token, why) in [
        (json!(null), "google sent none"),
        (json!("a.b.c"), "it cannot be read"),
    ] {
        let link = site.link("bob").await;
        let mut browser = Browser::new();
        let callback = browser.answer_of(&site, &link.url, "bob@example.com").await;
        let body = json!({
            "access_token": site.emulator.issue_token("bob@example.com", &[READ]),
            "refresh_token": site.emulator.issue_refresh_token("bob@example.com", &[READ]),
            "expires_in": 3600,
            "scope": format!("openid email {READ}"),
            "token_type": "Bearer",
            "id_token": id_token,
        });
        let action = FaultAction::Json { status: 200, body };
        let rule = FaultRule::new(action).on_method("token").times(1);
        site.emulator.faults().add(rule);
        refused(&browser.finish(&site, callback.as_str()).await, why);
        assert!(site.grants().await.is_empty(), "{why}");
    }
}
