//! The pages on which nothing is connected.

use std::time::Duration;

use toolgate_auth::ExpectedEmail;
use toolgate_testkit::Browser;

use super::scene::Scene;

#[tokio::test(flavor = "multi_thread")]
async fn in_chromium_who_says_no_at_google_is_told_that_nothing_is_connected() {
    let Some(browser) = Browser::start("the error pages in Chromium").await else {
        return;
    };
    let scene = Scene::unverified().await;
    scene.follow_link(&browser, "alice").await;
    scene.go_on(&browser).await;
    browser.click("Deny").await;
    browser.sees("You did not allow access").await;
    assert!(browser.text().await.contains("Nothing was connected"));
    scene.site.assert_untouched("denied").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn in_chromium_a_link_that_is_old_or_altered_says_which() {
    let Some(browser) = Browser::start("the error pages in Chromium").await else {
        return;
    };
    let scene = Scene::unverified().await;
    let mut altered = scene.site.link("bob").await.url.to_string();
    let last = altered.pop();
    altered.push(if last == Some('A') { 'B' } else { 'A' });
    let old = scene.site.link("bob").await.url;
    scene.site.clock.advance(Duration::from_hours(1));
    for (link, heading) in [
        (altered.as_str(), "This link is not valid"),
        (old.as_str(), "This link is too old"),
    ] {
        scene.write(link);
        scene.open_chat(&browser).await;
        browser.sees(heading).await;
        assert_eq!(browser.count("button").await, 0, "{heading}: no way on");
    }
    scene.site.assert_untouched("links that are not good").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn in_chromium_a_link_is_used_once_and_a_late_answer_is_refused() {
    let Some(browser) = Browser::start("the error pages in Chromium").await else {
        return;
    };
    let scene = Scene::unverified().await;
    let used = scene.connect(&browser, "alice", "alice@example.com").await;
    scene.write(used.as_str());
    scene.open_chat(&browser).await;
    browser.sees("This link was used already").await;

    scene.follow_link(&browser, "bob").await;
    scene.go_on(&browser).await;
    scene.site.clock.advance(Duration::from_hours(1));
    scene.allow(&browser, "bob@example.com", &[]).await;
    browser.sees("This link is too old").await;
    assert_eq!(scene.site.grants().await.len(), 1, "alice's alone");
}

#[tokio::test(flavor = "multi_thread")]
async fn in_chromium_another_account_than_the_expected_is_refused_by_name() {
    let Some(browser) = Browser::start("the error pages in Chromium").await else {
        return;
    };
    let expected = ExpectedEmail::new(|person| Some(format!("{person}@example.com")));
    let scene = Scene::start(|builder| builder.with_expected_email(expected)).await;
    scene.follow_link(&browser, "alice").await;
    scene.go_on(&browser).await;
    scene.allow(&browser, "bob@example.com", &[]).await;
    browser.sees("This link is for alice@example.com").await;
    assert_eq!(scene.site.grants().await.len(), 0);
}
