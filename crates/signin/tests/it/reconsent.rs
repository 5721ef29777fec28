//! Consents of people who have consented before: what Google is asked, and what is kept.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::time::Duration;

use http::StatusCode;
use toolgate_auth::ScopeSet;
use toolgate_auth::sign_in::SignInRequest;
use toolgate_auth::store::{Database as _, RefreshFailure, RowStatus, Sealed, TokenRow};
use url::Url;

use crate::browser::{Browser, Page, parameter};
use crate::site::{COMPOSE, READ, Site, SiteBuilder, person, unverified};

const NO_LASTING_ACCESS: &str = "Google gave no lasting access";

async fn connected(site: &Site) -> TokenRow {
    let link = site.link("alice").await;
    let page = Browser::new()
        .connect(site, &link.url, "alice@example.com")
        .await;
    page.assert_says("<h1>Connected");
    site.grant("alice").await
}

/// Where a fresh browser is sent with this link.
async fn asked(site: &Site, link: &Url) -> Url {
    Browser::new().continue_to_google(site, link).await
}

fn has(authorize: &Url, name: &str) -> bool {
    authorize.query_pairs().any(|(key, _)| key == name)
}

/// Goes through with a link, and yet Google gives no refresh token, since it is not told that it
/// has to.
async fn connect_without_refresh_token(site: &Site, link: &Url, email: &str) -> Page {
    let mut browser = Browser::new();
    let authorize = browser.continue_to_google(site, link).await;
    assert_eq!(parameter(&authorize, "prompt"), "consent");
    let pairs: Vec<(String, String)> = authorize
        .query_pairs()
        .into_owned()
        .filter(|(name, _)| name != "prompt")
        .collect();
    let mut silent = authorize.clone();
    silent.query_pairs_mut().clear().extend_pairs(pairs);
    let callback = browser.allow(&silent, email).await;
    browser.finish(site, callback.as_str()).await
}

#[tokio::test]
async fn the_first_consent_asks_for_lasting_access_and_for_what_was_granted_before() {
    let site = unverified().await;
    let link = site.link("alice").await;
    let authorize = asked(&site, &link.url).await;
    for (name, value) in [
        ("prompt", "consent"),
        ("access_type", "offline"),
        ("include_granted_scopes", "true"),
        ("response_type", "code"),
        ("code_challenge_method", "S256"),
        ("client_id", site.emulator.client_id()),
        ("redirect_uri", "http://127.0.0.1:4000/google/callback"),
    ] {
        assert_eq!(parameter(&authorize, name), value, "{name}");
    }
    assert_eq!(parameter(&authorize, "code_challenge").len(), 43);
    let scopes = ScopeSet::parse(&parameter(&authorize, "scope"));
    assert_eq!(
        scopes,
        ScopeSet::parse(&format!("openid email {READ} {COMPOSE}"))
    );
    for name in ["login_hint", "hd"] {
        assert!(!has(&authorize, name), "{name}");
    }
}

#[tokio::test]
async fn consent_is_forced_again_only_where_more_is_asked_than_was_granted() {
    let site = unverified().await;
    let link = site.link("alice").await;
    let mut browser = Browser::new();
    let authorize = browser.continue_to_google(&site, &link.url).await;
    let ticked = [
        ("decision", "allow"),
        ("account", "alice@example.com"),
        ("scope", READ),
    ];
    let callback = browser.decide(&authorize, &ticked).await;
    browser
        .finish(&site, callback.as_str())
        .await
        .assert_says("What you left out");

    let more = site.link("alice").await;
    let authorize = asked(&site, &more.url).await;
    assert_eq!(parameter(&authorize, "prompt"), "consent");
    let request = |scopes: &str| SignInRequest {
        principal: person("alice"),
        account_label: None,
        services: vec!["gmail".to_owned()],
        scopes: ScopeSet::parse(scopes),
        return_path: None,
    };
    let sign_in = site.google.sign_in().unwrap();
    let same = sign_in.begin(request(READ)).await.unwrap();
    let authorize = asked(&site, &same.url).await;
    assert!(!has(&authorize, "prompt"), "{authorize}");
    assert_eq!(parameter(&authorize, "access_type"), "offline");
    // Bob has granted nothing yet.
    let bobs = site.link("bob").await;
    let authorize = asked(&site, &bobs.url).await;
    assert_eq!(parameter(&authorize, "prompt"), "consent");
}

#[tokio::test]
async fn where_another_account_may_come_consent_is_always_forced() {
    let site = SiteBuilder::new()
        .start(|builder| builder.allow_unverified_links().allow_account_change())
        .await;
    connected(&site).await;
    let link = site.link("alice").await;
    let authorize = asked(&site, &link.url).await;
    assert_eq!(parameter(&authorize, "prompt"), "consent");
}

#[tokio::test]
async fn an_answer_without_a_refresh_token_keeps_the_one_that_works() {
    let site = unverified().await;
    let before = connected(&site).await;
    let link = site.link("alice").await;
    let mut browser = Browser::new();
    let authorize = browser.continue_to_google(&site, &link.url).await;
    assert!(!has(&authorize, "prompt"), "{authorize}");
    let callback = browser.allow(&authorize, "alice@example.com").await;
    browser
        .finish(&site, callback.as_str())
        .await
        .assert_says("<h1>Connected");
    assert_eq!(site.emulator.live_refresh_tokens("alice@example.com"), 1);
    let after = site.grant("alice").await;
    assert_eq!(after.rt_hash, before.rt_hash);
    assert_eq!(after.rt_prefix_mac, before.rt_prefix_mac);
    assert_eq!(after.grant_epoch, 2);
    // It is sealed for the row as it is now, and Google takes it.
    site.clock.advance(Duration::from_hours(2));
    site.token("alice").await;
    assert_eq!(site.grant("alice").await.version, after.version + 1);
}

#[tokio::test]
async fn a_refresh_token_that_google_refused_is_not_kept() {
    let site = unverified().await;
    let row = connected(&site).await;
    let store = site.database.token_store().unwrap();
    let lease = store
        .try_lease(&row.key, &row.marker(), "test", Duration::from_mins(1))
        .await
        .unwrap()
        .unwrap();
    let refused = RefreshFailure::Condemned {
        status: RowStatus::NeedsConsent,
        reason: "revoked".to_owned(),
        error: "invalid_grant".to_owned(),
    };
    let ended = store
        .commit_failure(&row.key, &row.marker(), lease.lease_seq, &refused)
        .await;
    assert!(ended.unwrap());
    let before = site.grant("alice").await;

    let link = site.link("alice").await;
    connect_without_refresh_token(&site, &link.url, "alice@example.com")
        .await
        .assert_says(NO_LASTING_ACCESS);
    assert_eq!(site.grants().await, std::slice::from_ref(&before));

    let after = connected(&site).await;
    assert_eq!(after.status, RowStatus::Active);
    assert_ne!(after.rt_hash, before.rt_hash);
}

#[tokio::test]
async fn a_refresh_token_of_another_client_is_not_kept() {
    let site = unverified().await;
    // Google has given this client its one refresh token for the account already.
    let link = site.link("alice's other self").await;
    Browser::new()
        .connect(&site, &link.url, "alice@example.com")
        .await
        .assert_says("<h1>Connected");
    let other = site.with_other_client().await;
    let before = connected(&other).await;

    let link = site.link("alice").await;
    connect_without_refresh_token(&site, &link.url, "alice@example.com")
        .await
        .assert_says(NO_LASTING_ACCESS);
    assert_eq!(site.grant("alice").await, before);

    let after = connected(&site).await;
    assert_eq!(after.client_id, site.emulator.client_id());
    assert_ne!(after.rt_hash, before.rt_hash);
}

#[tokio::test]
async fn a_refresh_token_of_another_account_is_not_kept() {
    let site = SiteBuilder::new()
        .start(|builder| builder.allow_unverified_links().allow_account_change())
        .await;
    let link = site.link("bob").await;
    Browser::new()
        .connect(&site, &link.url, "bob@example.com")
        .await
        .assert_says("<h1>Connected");
    let before = connected(&site).await;

    let link = site.link("alice").await;
    connect_without_refresh_token(&site, &link.url, "bob@example.com")
        .await
        .assert_says(NO_LASTING_ACCESS);
    assert_eq!(site.grant("alice").await, before);
}

#[tokio::test]
async fn a_stored_token_that_does_not_open_is_replaced_by_a_new_consent() {
    let site = unverified().await;
    let row = connected(&site).await;
    let store = site.database.token_store().unwrap();
    let junk = Sealed {
        data: serde_json::json!({}),
        key_id: "lost".to_owned(),
    };
    let changed = store
        .reseal(&row.key, &row.marker(), &junk, None)
        .await
        .unwrap();
    assert!(changed);
    let link = site.link("alice").await;
    let authorize = asked(&site, &link.url).await;
    assert_eq!(parameter(&authorize, "prompt"), "consent");
    connected(&site).await;
    site.token("alice").await;
}

#[tokio::test]
async fn after_a_consent_no_token_of_the_one_before_is_handed_out() {
    let site = unverified().await;
    connected(&site).await;
    let before = site.token("alice").await;
    assert_eq!(site.token("alice").await, before, "memory holds it");
    connected(&site).await;
    let after = site.token("alice").await;
    assert_ne!(after, before);
    assert_eq!(site.token("alice").await, after);
}

#[tokio::test]
async fn a_refresh_token_that_a_new_consent_replaced_is_not_revoked() {
    // Where another account may come, each consent gives a refresh token.
    let site = SiteBuilder::new()
        .start(|builder| builder.allow_unverified_links().allow_account_change())
        .await;
    let before = connected(&site).await;
    let earlier = refreshed(&site).await;
    let after = connected(&site).await;
    assert_ne!(after.rt_hash, before.rt_hash);
    let requests = site.emulator.requests();
    let told = requests
        .iter()
        .any(|it| it.api_method.as_deref() == Some("revoke"));
    assert!(!told, "google was told to revoke");
    assert_eq!(site.emulator.live_refresh_tokens("alice@example.com"), 2);
    // Both go on working; a revocation of either would have ended both.
    let answer = Browser::new().ask_for_tokens(&site, earlier.clone()).await;
    assert_eq!(answer, StatusCode::OK);
    assert_ne!(refreshed(&site).await, earlier);
}

/// Lets alice's access token expire and be replaced; the form that Google was sent for it.
async fn refreshed(site: &Site) -> String {
    let (store, row) = (
        site.database.token_store().unwrap(),
        site.grant("alice").await,
    );
    let marker = row.marker();
    let expired = store.invalidate(&row.key, &marker, Duration::ZERO).await;
    assert!(expired.unwrap());
    site.token("alice").await;
    let request = site.emulator.requests().pop().unwrap();
    assert!(request.body.contains("grant_type=refresh_token"));
    request.body
}
