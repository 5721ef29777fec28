//! What others try with somebody's link.

use toolgate_testkit::Browser;
use url::Url;

use super::scene::Scene;
use crate::browser::{Browser as Plain, parameter};

const REFUSED: &str = "This is not the browser that continued";

#[tokio::test(flavor = "multi_thread")]
async fn in_chromium_a_second_browser_that_takes_over_after_continue_is_refused() {
    let what = "two browsers on one link in Chromium";
    let (Some(first), Some(second)) = (Browser::start(what).await, Browser::start(what).await)
    else {
        return;
    };
    let scene = Scene::unverified().await;
    let link = scene.follow_link(&first, "alice").await;
    let authorize = scene.go_on(&first).await;

    // The other one consents at Google's address, with an account of its own.
    second.open(authorize.as_str()).await;
    scene.allow(&second, "bob@example.com", &[]).await;
    second.sees(REFUSED).await;
    // It comes by Google's answer to the first one.
    let answer = Plain::new().allow(&authorize, "alice@example.com").await;
    second.open(answer.as_str()).await;
    second.sees(REFUSED).await;
    // And by the link itself.
    second.open(link.as_str()).await;
    second.click("Continue").await;
    second.sees("This link was opened in another browser").await;
    scene.site.assert_untouched("another browser").await;

    first.open(answer.as_str()).await;
    first.sees("Connected").await;
    let email = scene.site.grant("alice").await.account_email;
    assert_eq!(email.as_deref(), Some("alice@example.com"));
}

#[tokio::test(flavor = "multi_thread")]
async fn in_chromium_what_google_says_in_html_stays_a_text() {
    let Some(browser) = Browser::start("hostile errors in Chromium").await else {
        return;
    };
    let scene = Scene::unverified().await;
    scene.follow_link(&browser, "alice").await;
    let authorize = scene.go_on(&browser).await;
    let hostile = "<script>document.title='owned'</script><img src=/x onerror=alert(1)><b>bold</b>";
    let mut answer = Url::parse(&scene.site.public_url).unwrap();
    answer.set_path("/google/callback");
    answer
        .query_pairs_mut()
        .append_pair("state", &parameter(&authorize, "state"))
        .append_pair("error", hostile)
        .append_pair("error_description", hostile);
    browser.complaints().await;
    browser.open(answer.as_str()).await;
    browser.sees("Google did not go on").await;
    assert!(browser.text().await.contains(hostile), "shown as it is");
    assert_eq!(browser.count("script, img, b").await, 0);
    assert_eq!(browser.complaints().await, [""; 0]);
    scene.site.assert_untouched("an error").await;
}
