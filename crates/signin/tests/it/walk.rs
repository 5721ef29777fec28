//! The way that people go: link, connect page, Google, callback, done.

use http::StatusCode;
use toolgate_auth::sign_in::SignInRequest;
use toolgate_auth::{GoogleAuthBuilder, ScopeSet};
use toolgate_signin::PageOptions;

use crate::browser::Browser;
use crate::site::{COMPOSE, READ, SiteBuilder, person, several, unverified};

#[tokio::test]
async fn a_person_connects_from_the_link_to_the_done_page() {
    let site = unverified().await;
    let link = site.link("alice").await;
    let mut browser = Browser::new();

    let page = browser.get(&site, link.url.as_str()).await;
    assert_eq!(page.status, StatusCode::OK);
    for text in [
        "alice",
        "Example &#38; Co",
        "Gmail",
        "Read your mail",
        "Write drafts",
        "Continue",
    ] {
        page.assert_says(text);
    }
    let authorize = browser.continue_to_google(&site, &link.url).await;
    assert_eq!(authorize.path(), "/o/oauth2/v2/auth");
    site.assert_untouched("the person has not consented").await;
    let callback = browser.allow(&authorize, "alice@example.com").await;
    site.assert_untouched("the answer is not delivered").await;

    let next = browser.get(&site, callback.as_str()).await;
    assert_eq!(next.location(), "/google/done");
    assert_eq!(
        site.grant("alice").await.account_email.as_deref(),
        Some("alice@example.com")
    );
    assert_eq!(site.exchanges(), 1);
    let done = browser.get(&site, next.location()).await;
    assert_eq!(done.status, StatusCode::OK);
    for text in [
        "Connected",
        "alice@example.com",
        "Read your mail",
        "Write drafts",
    ] {
        done.assert_says(text);
    }
    done.assert_silent_about("left out");
    assert!(
        browser.cookies.is_empty(),
        "cookies are left: {:?}",
        browser.cookies.keys()
    );

    let again = browser.get(&site, "/google/done").await;
    again.assert_silent_about("<h1>Connected");
    assert_eq!(site.exchanges(), 1);
}

#[tokio::test]
async fn over_https_below_a_path_the_cookies_are_host_cookies_and_the_addresses_fit() {
    let site = SiteBuilder::new()
        .at("https://app.example/tools")
        .with_pages(PageOptions::new())
        .start(GoogleAuthBuilder::allow_unverified_links)
        .await;
    let link = site.link("alice").await;
    assert!(
        link.url
            .as_str()
            .starts_with("https://app.example/tools/google/connect/")
    );
    let mut browser = Browser::new();
    let page = browser.get(&site, link.url.as_str()).await;
    page.assert_says("href=\"/tools/google/style.css\"");
    let next = browser.post(&site, link.url.as_str()).await;
    let cookie = next.header("set-cookie");
    assert!(cookie.starts_with("__Host-"), "{cookie}");
    for attribute in ["; Path=/;", "; HttpOnly", "; SameSite=Lax", "; Secure"] {
        assert!(cookie.contains(attribute), "{attribute}: {cookie}");
    }
    let authorize = next.location().parse().unwrap();
    let callback = browser.allow(&authorize, "alice@example.com").await;
    let next = browser.get(&site, callback.as_str()).await;
    assert_eq!(next.location(), "/tools/google/done");
    assert!(
        browser
            .cookies
            .keys()
            .all(|name| name.starts_with("__Host-"))
    );
    browser
        .get(&site, next.location())
        .await
        .assert_says("<h1>Connected");
}

#[tokio::test]
async fn behind_a_proxy_that_takes_the_path_off_the_routes_have_none() {
    let site = SiteBuilder::new()
        .at("https://app.example/tools")
        .with_pages(PageOptions::new().with_route_prefix(""))
        .start(GoogleAuthBuilder::allow_unverified_links)
        .await;
    let link = site.link("alice").await;
    let inner = link.url.path().strip_prefix("/tools").unwrap().to_owned();
    let mut browser = Browser::new();
    let page = browser.get(&site, &inner).await;
    page.assert_says("href=\"/tools/google/style.css\"");
    let authorize = browser
        .post(&site, &inner)
        .await
        .location()
        .parse()
        .unwrap();
    let callback = browser.allow(&authorize, "alice@example.com").await;
    assert_eq!(callback.path(), "/tools/google/callback");
    let inner = format!("/google/callback?{}", callback.query().unwrap());
    assert_eq!(
        browser.get(&site, &inner).await.location(),
        "/tools/google/done"
    );
    browser
        .get(&site, "/google/done")
        .await
        .assert_says("<h1>Connected");
}

#[tokio::test]
async fn an_allowed_return_path_is_where_the_browser_ends() {
    let site = SiteBuilder::new()
        .start(|builder| {
            builder
                .allow_unverified_links()
                .with_return_path("/settings")
        })
        .await;
    let request = |path: &str| SignInRequest {
        principal: person("alice"),
        account_label: None,
        services: vec!["gmail".to_owned()],
        scopes: ScopeSet::parse(READ),
        return_path: Some(path.to_owned()),
    };
    let sign_in = site.google.sign_in().unwrap();
    for path in [
        "/other",
        "//evil.example/settings",
        "https://evil.example/settings",
    ] {
        assert!(sign_in.begin(request(path)).await.is_err(), "{path}");
    }
    let link = sign_in.begin(request("/settings")).await.unwrap();
    let mut browser = Browser::new();
    let callback = browser
        .answer_of(&site, &link.url, "alice@example.com")
        .await;
    assert_eq!(
        browser.get(&site, callback.as_str()).await.location(),
        "/settings"
    );
    assert_eq!(site.grants().await.len(), 1);
}

#[tokio::test]
async fn an_unticked_box_is_shown_and_the_rest_is_stored() {
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
    let done = browser.finish(&site, callback.as_str()).await;
    done.assert_says("What you left out");
    let (allowed, left_out) = done.body.split_once("What you left out").unwrap();
    assert!(allowed.contains("Read your mail") && !allowed.contains("Write drafts"));
    assert!(left_out.contains("Write drafts") && !left_out.contains("Read your mail"));
    let scopes = site.grant("alice").await.consented_scopes;
    assert!(scopes.iter().any(|scope| scope == READ), "{scopes:?}");
    assert!(scopes.iter().all(|scope| scope != COMPOSE), "{scopes:?}");
}

#[tokio::test]
async fn where_every_box_is_unticked_nothing_is_connected() {
    let site = unverified().await;
    let link = site.link("alice").await;
    let mut browser = Browser::new();
    let authorize = browser.continue_to_google(&site, &link.url).await;
    let fields = [("decision", "allow"), ("account", "alice@example.com")];
    let callback = browser.decide(&authorize, &fields).await;
    let page = browser.finish(&site, callback.as_str()).await;
    page.assert_says("Nothing was allowed");
    page.assert_silent_about("<h1>Connected");
    assert!(site.grants().await.is_empty());
}

#[tokio::test]
async fn two_links_in_one_browser_go_side_by_side() {
    let site = several().await;
    let first = site.link("alice").await;
    let second = site.link_as("alice", "work").await.unwrap();
    let mut browser = Browser::new();
    let to_first = browser.continue_to_google(&site, &first.url).await;
    let to_second = browser.continue_to_google(&site, &second.url).await;
    let first = browser.allow(&to_first, "alice@example.com").await;
    let second = browser.allow(&to_second, "wanda@work.example").await;
    browser
        .finish(&site, second.as_str())
        .await
        .assert_says("wanda@work.example");
    browser
        .finish(&site, first.as_str())
        .await
        .assert_says("alice@example.com");
    assert_eq!(site.grants().await.len(), 2);
    assert_eq!(
        site.grant("alice").await.account_email.as_deref(),
        Some("alice@example.com")
    );
}

#[tokio::test]
async fn a_form_that_is_sent_twice_before_an_answer_goes_on_both_times() {
    let site = unverified().await;
    let link = site.link("alice").await;
    let mut browser = Browser::new();
    browser.get(&site, link.url.as_str()).await;
    // A second click: the browser has not read the first answer, nor its cookies.
    let mut impatient = browser.clone();
    let first = browser.post(&site, link.url.as_str()).await;
    let second = impatient.post(&site, link.url.as_str()).await;
    assert_eq!(first.location(), second.location());
    let authorize = second.location().parse().unwrap();
    let callback = impatient.allow(&authorize, "alice@example.com").await;
    impatient
        .finish(&site, callback.as_str())
        .await
        .assert_says("<h1>Connected");
}
