//! Links in wrong hands: other browsers, other sites, other people, too many.

use std::time::Duration;

use http::header::COOKIE;
use http::{Request, StatusCode};
use toolgate_auth::sign_in::Refusal;

use crate::browser::Browser;
use crate::site::{PUBLIC_URL, unverified};

#[tokio::test]
async fn links_that_are_no_good_say_so_with_a_status_that_fits() {
    let site = unverified().await;
    let mut browser = Browser::new();
    let used = site.link("alice").await;
    browser
        .connect(&site, &used.url, "alice@example.com")
        .await
        .assert_says("<h1>Connected");
    let old = site.link("bob").await;
    let state = old.url.path().rsplit('/').next().unwrap().to_owned();
    let cut = format!("/google/connect/{}", &state[1..]);
    let cases = [
        (
            "/google/connect/junk",
            StatusCode::BAD_REQUEST,
            "This link is not valid",
        ),
        (
            "/google/connect/%ff%fe",
            StatusCode::BAD_REQUEST,
            "This link is not valid",
        ),
        (
            cut.as_str(),
            StatusCode::BAD_REQUEST,
            "This link is not valid",
        ),
        (used.url.as_str(), StatusCode::GONE, "used already"),
    ];
    for (address, status, says) in cases {
        for page in [
            browser.get(&site, address).await,
            browser.post(&site, address).await,
        ] {
            assert_eq!(page.status, status, "{address}");
            page.assert_says(says);
            page.assert_says("a new ");
        }
    }
    site.clock.advance(Duration::from_secs(601));
    for page in [
        browser.get(&site, old.url.as_str()).await,
        browser.post(&site, old.url.as_str()).await,
    ] {
        assert_eq!(page.status, StatusCode::GONE);
        page.assert_says("too old");
    }
    assert_eq!(site.grants().await.len(), 1);
}

#[tokio::test]
async fn a_browser_that_hides_where_pages_come_from_can_continue() {
    let site = unverified().await;
    let link = site.link("alice").await;
    let mut browser = Browser::new();
    // A browser that hides where pages come from, and one that says nothing but the origin.
    for headers in [
        [("sec-fetch-site", "same-origin"), ("origin", "null")],
        [("origin", PUBLIC_URL), ("x", "y")],
    ] {
        let mut request = Request::post(link.url.path());
        for (name, value) in headers {
            request = request.header(name, value);
        }
        assert_eq!(
            browser.send(&site, request).await.status,
            StatusCode::SEE_OTHER
        );
    }
}

#[tokio::test]
async fn a_cookie_from_elsewhere_is_not_one_of_ours() {
    let site = unverified().await;
    let link = site.link("alice").await;
    let mut browser = Browser::new();
    browser
        .headers
        .insert(COOKIE, "a=b; =; ;toolgate-; toolgate-x".parse().unwrap());
    let page = browser.post(&site, link.url.as_str()).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn the_eleventh_open_link_of_a_person_is_refused_and_other_people_are_not() {
    let site = unverified().await;
    for number in 0..10 {
        site.link_as("alice", &number.to_string()).await.unwrap();
    }
    let refused = site.link_as("alice", "eleventh").await.unwrap_err();
    assert_eq!(refused.refusal(), Some(&Refusal::TooMany));
    site.link("bob").await;
    site.clock.advance(Duration::from_secs(601));
    site.link_as("alice", "eleventh").await.unwrap();
}

#[tokio::test]
async fn a_browser_keeps_at_most_ten_sign_ins() {
    let site = unverified().await;
    let mut browser = Browser::new();
    for number in 0..12 {
        let link = site
            .link_as(
                if number < 6 { "alice" } else { "bob" },
                &number.to_string(),
            )
            .await;
        browser.continue_to_google(&site, &link.unwrap().url).await;
        assert!(browser.cookies.len() <= 10, "{number}");
    }
}
