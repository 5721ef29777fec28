//! The cookies of an application that is reached over TLS, as a browser keeps them.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use serde_json::Value;
use toolgate_testkit::Browser;

use super::scene::Scene;

/// The one cookie that the browser has of the page's host, by its attributes.
async fn cookie(browser: &Browser) -> Value {
    let mut cookies = browser.cookies().await;
    assert_eq!(cookies.len(), 1, "{cookies:?}");
    cookies.pop().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn in_chromium_over_tls_the_cookies_are_the_hosts_own_and_leave_it_over_tls_only() {
    let what = "the walk over TLS in Chromium";
    let Some(browser) = Browser::start_trusting_anybody(what).await else {
        return;
    };
    let scene = Scene::over_tls().await;
    let link = scene.follow_link(&browser, "alice").await;
    assert_eq!(link.scheme(), "https");
    browser.sees("Connect Google to Example & Co").await;
    let kept = cookie(&browser).await;
    let name = kept["name"].as_str().unwrap();
    assert!(name.starts_with("__Host-toolgate-"), "{name}");
    for (attribute, value) in [
        ("secure", Value::from(true)),
        ("httpOnly", Value::from(true)),
        ("sameSite", Value::from("Lax")),
        ("path", Value::from("/")),
        ("domain", Value::from("localhost")),
    ] {
        assert_eq!(kept[attribute], value, "{attribute}: {kept}");
    }
    scene.go_on(&browser).await;
    scene.allow(&browser, "alice@example.com", &[]).await;
    // Only the cookie that came back says so.
    browser.sees("Connected").await;
    assert!(browser.address().await.starts_with(&scene.site.public_url));
    let left = browser.cookies().await;
    assert!(left.is_empty(), "left: {left:?}");
    assert_eq!(browser.complaints().await, [""; 0]);
}
