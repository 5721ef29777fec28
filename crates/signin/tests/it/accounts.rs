//! Which Google account may be connected, and for which person.

use std::sync::Arc;

use http::{HeaderValue, StatusCode};
use serde_json::{Value, json};
use toolgate_auth::sign_in::ExpectedEmail;
use url::Url;

use crate::browser::{Browser, Page};
use crate::sessions::{Session, logged_in, verified};
use crate::site::{Site, SiteBuilder, unverified};

/// From a link to the last page, with an id token that says this of the account.
async fn connect_with_claims(site: &Site, email: &str, claims: &Value) -> Page {
    let link = site.link("alice").await;
    let mut browser = Browser::new();
    let authorize = browser.continue_to_google(site, &link.url).await;
    let callback = browser.allow(&authorize, email).await;
    site.answer_with_claims(&authorize, email, claims);
    browser.finish(site, callback.as_str()).await
}

#[tokio::test]
async fn only_the_person_a_link_was_made_for_gets_anywhere_with_it() {
    let site = verified().await;
    let link = site.link("alice").await;
    for mut other in [Browser::new(), logged_in("bob")] {
        let page = other.get(&site, link.url.as_str()).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN);
        page.assert_says("made for somebody else");
        page.assert_silent_about("Read your mail");
        let page = other.post(&site, link.url.as_str()).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN);
        assert!(other.cookies.is_empty());
    }
    let mut alice = logged_in("alice");
    let callback = alice.answer_of(&site, &link.url, "alice@example.com").await;
    // The same browser, in which somebody else has logged in meanwhile.
    for name in ["bob", ""] {
        let mut other = alice.clone();
        other
            .headers
            .insert("x-session", HeaderValue::from_static(name));
        if name.is_empty() {
            other.headers.clear();
        }
        let page = other.finish(&site, callback.as_str()).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN);
        page.assert_says("made for somebody else");
        site.assert_untouched("somebody else is logged in").await;
    }
    alice
        .finish(&site, callback.as_str())
        .await
        .assert_says("<h1>Connected");
    assert_eq!(site.grants().await.len(), 1);
}

#[tokio::test]
async fn an_application_that_cannot_tell_who_is_logged_in_says_so_and_uses_nothing_up() {
    let site = verified().await;
    let link = site.link("alice").await;
    let mut alice = logged_in("alice");
    let callback = alice.answer_of(&site, &link.url, "alice@example.com").await;
    let mut down = alice.clone();
    down.headers
        .insert("x-session", HeaderValue::from_static("down"));
    for page in [
        down.get(&site, link.url.as_str()).await,
        down.get(&site, callback.as_str()).await,
    ] {
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
        page.assert_says("cannot tell who is logged in");
        page.assert_silent_about("made for somebody else");
    }
    site.assert_untouched("nobody can tell who is logged in")
        .await;
    alice
        .finish(&site, callback.as_str())
        .await
        .assert_says("<h1>Connected");
}

#[tokio::test]
async fn another_google_account_does_not_take_the_place_of_the_connected_one() {
    let site = unverified().await;
    let mut browser = Browser::new();
    let first = site.link("alice").await;
    browser
        .connect(&site, &first.url, "alice@example.com")
        .await
        .assert_says("<h1>Connected");
    let before = site.grant("alice").await;
    let second = site.link("alice").await;
    let page = browser.connect(&site, &second.url, "bob@example.com").await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    page.assert_says("Another Google account is connected already");
    assert_eq!(site.grants().await, [before]);
    let third = site.link("alice").await;
    browser
        .connect(&site, &third.url, "alice@example.com")
        .await
        .assert_says("<h1>Connected");
}

#[tokio::test]
async fn where_it_is_allowed_another_account_takes_the_place() {
    let site = SiteBuilder::new()
        .start(|builder| builder.allow_unverified_links().allow_account_change())
        .await;
    for email in ["alice@example.com", "bob@example.com"] {
        let link = site.link("alice").await;
        let mut browser = Browser::new();
        browser
            .connect(&site, &link.url, email)
            .await
            .assert_says("<h1>Connected");
        assert_eq!(
            site.grant("alice").await.account_email.as_deref(),
            Some(email)
        );
    }
    assert_eq!(site.grants().await.len(), 1);
}

#[tokio::test]
async fn an_account_with_another_address_than_the_expected_one_is_refused() {
    let expected = ExpectedEmail::new(|who| Some(format!("{}@example.com", who.user()?)));
    let site = SiteBuilder::new()
        .start(|builder| builder.with_expected_email(expected))
        .await;
    let link = site.link("alice").await;
    let mut browser = Browser::new();
    browser
        .get(&site, link.url.as_str())
        .await
        .assert_says("choose the account");
    let authorize = browser.continue_to_google(&site, &link.url).await;
    let hint = authorize
        .query_pairs()
        .find(|(name, _)| name == "login_hint")
        .unwrap()
        .1;
    assert_eq!(hint, "alice@example.com");
    let callback = browser.allow(&authorize, "bob@example.com").await;
    let page = browser.finish(&site, callback.as_str()).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    page.assert_says("This link is for alice@example.com");
    page.assert_silent_about("bob@example.com");
    assert!(site.grants().await.is_empty());
    let link = site.link("alice").await;
    browser
        .connect(&site, &link.url, "alice@example.com")
        .await
        .assert_says("<h1>Connected");
}

#[tokio::test]
async fn an_account_of_another_domain_is_refused_even_when_google_is_not_told_the_domain() {
    let site = SiteBuilder::new()
        .start(|builder| builder.with_hosted_domain("work.example"))
        .await;
    let link = site.link("alice").await;
    let mut browser = Browser::new();
    let told = browser.continue_to_google(&site, &link.url).await;
    let pairs: Vec<(String, String)> = told
        .query_pairs()
        .into_owned()
        .filter(|(name, _)| name != "hd")
        .collect();
    let mut untold: Url = told.clone();
    untold.query_pairs_mut().clear().extend_pairs(pairs);
    assert_ne!(told, untold);
    let callback = browser.allow(&untold, "bob@example.com").await;
    let page = browser.finish(&site, callback.as_str()).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    page.assert_says("takes accounts of work.example only");
    assert!(site.grants().await.is_empty());
    let link = site.link("alice").await;
    browser
        .connect(&site, &link.url, "wanda@work.example")
        .await
        .assert_says("<h1>Connected");
}

/// What an id token may say of an address that Google has not verified.
fn unverified_claims() -> [Value; 4] {
    [
        json!({}),
        json!({ "email_verified": false }),
        json!({ "email_verified": "false" }),
        json!({ "email_verified": null }),
    ]
}

fn with(mut claims: Value, more: &[(&str, Value)]) -> Value {
    for (name, value) in more {
        claims[*name] = value.clone();
    }
    claims
}

#[tokio::test]
async fn an_address_that_google_has_not_verified_is_not_the_expected_one() {
    let expected = ExpectedEmail::new(|who| Some(format!("{}@example.com", who.user()?)));
    let site = SiteBuilder::new()
        .start(|builder| builder.with_expected_email(expected))
        .await;
    let mine = [("email", json!("Alice@Example.com"))];
    for claims in unverified_claims() {
        let claims = with(claims, &mine);
        let page = connect_with_claims(&site, "alice@example.com", &claims).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{claims}");
        page.assert_says("This link is for alice@example.com");
        assert!(site.grants().await.is_empty(), "{claims}");
    }
    // No address at all is not the expected one either.
    let none = json!({ "email_verified": true });
    connect_with_claims(&site, "alice@example.com", &none)
        .await
        .assert_says("This link is for alice@example.com");
    assert!(site.grants().await.is_empty());
    let claims = with(none, &mine);
    connect_with_claims(&site, "alice@example.com", &claims)
        .await
        .assert_says("<h1>Connected");
}

#[tokio::test]
async fn an_address_that_google_has_not_verified_is_not_of_the_domain() {
    let site = SiteBuilder::new()
        .start(|builder| builder.with_hosted_domain("work.example"))
        .await;
    let of_work = [
        ("email", json!("wanda@work.example")),
        ("hd", json!("work.example")),
    ];
    for claims in unverified_claims() {
        let claims = with(claims, &of_work);
        let page = connect_with_claims(&site, "wanda@work.example", &claims).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{claims}");
        page.assert_says("takes accounts of work.example only");
        assert!(site.grants().await.is_empty(), "{claims}");
    }
    let claims = with(json!({ "email_verified": true }), &of_work);
    connect_with_claims(&site, "wanda@work.example", &claims)
        .await
        .assert_says("<h1>Connected");
}

#[tokio::test]
async fn only_a_link_that_nothing_ties_to_a_person_is_warned_of() {
    let warning = "cannot tell who opened this link";
    let site = unverified().await;
    let link = site.link("alice").await;
    let page = Browser::new().get(&site, link.url.as_str()).await;
    page.assert_says(warning);

    let site = SiteBuilder::new()
        .start(|builder| {
            builder
                .with_user_verifier(Arc::new(Session))
                .allow_unverified_links()
        })
        .await;
    let link = site.link("alice").await;
    let page = logged_in("alice").get(&site, link.url.as_str()).await;
    assert_eq!(page.status, StatusCode::OK);
    page.assert_silent_about(warning);
    // Nor does the permission to give such links let anybody else in.
    let page = logged_in("bob").get(&site, link.url.as_str()).await;
    page.assert_says("made for somebody else");
}
