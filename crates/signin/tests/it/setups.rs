//! Sign-ins that meet another set-up than the one that made them, over the same database and keys.

use http::StatusCode;

use crate::browser::Browser;
use crate::site::unverified;

#[tokio::test]
async fn an_answer_to_a_sign_in_of_another_client_or_redirect_is_refused_with_nothing_stored() {
    let site = unverified().await;
    let others = [
        ("client", site.with_other_client().await, "/google/callback"),
        (
            "redirect",
            site.with_other_redirect().await,
            "/google/elsewhere",
        ),
    ];
    for (what, other, path) in others {
        let link = site.link("alice").await;
        let mut browser = Browser::new();
        let answer = browser
            .answer_of(&site, &link.url, "alice@example.com")
            .await;
        let answer = format!("{path}?{}", answer.query().unwrap());
        let page = browser.finish(&other, &answer).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{what}");
        page.assert_says("This link is not valid");
        site.assert_untouched(what).await;
    }
    let audit = site.audit().await;
    let refused = ("sign_in_refused".to_owned(), "forged".to_owned());
    assert_eq!(audit.get(&refused), Some(&2), "{audit:?}");
}

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
