//! Sign-ins that meet another set-up than the one that made them, over the same database and keys.

use http::StatusCode;

use crate::browser::Browser;
use crate::site::unverified;

#[tokio::test]
async fn a_link_of_another_client_or_redirect_has_no_page() {
    let site = unverified().await;
    let link = site.link("alice").await;
    for other in [
        site.with_other_client().await,
        site.with_other_redirect().await,
    ] {
        let mut browser = Browser::new();
        for page in [
            browser.get(&other, link.url.as_str()).await,
            browser.post(&other, link.url.as_str()).await,
        ] {
            assert_eq!(page.status, StatusCode::BAD_REQUEST);
            page.assert_says("This link is not valid");
        }
        assert!(browser.cookies.is_empty());
    }
    // Its own set-up still takes it.
    Browser::new()
        .connect(&site, &link.url, "alice@example.com")
        .await
        .assert_says("<h1>Connected");
}
