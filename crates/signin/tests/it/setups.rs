//! Sign-ins that meet another process than the one that made them, over the same database and keys:
//! a replica, which is as good, or another set-up, which is not.

use std::sync::Arc;

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

#[tokio::test]
async fn a_link_of_one_replica_is_shown_continued_and_answered_by_others() {
    let made = unverified().await;
    let (shows, continues, answers) = (
        made.replica().await,
        made.replica().await,
        made.replica().await,
    );
    let link = made.link("alice").await;
    let mut browser = Browser::new();
    let page = browser.get(&shows, link.url.as_str()).await;
    assert_eq!(page.status, StatusCode::OK);
    let next = browser.post(&continues, link.url.as_str()).await;
    let authorize = next.location().parse().unwrap();
    // A second click reaches yet another one.
    let again = browser.post(&shows, link.url.as_str()).await;
    assert_eq!(again.location(), next.location());
    let answer = browser.allow(&authorize, "alice@example.com").await;
    let done = browser.get(&answers, answer.as_str()).await;
    assert_eq!(done.location(), "/google/done");
    browser
        .get(&shows, "/google/done")
        .await
        .assert_says("<h1>Connected");
    // Whoever made the link hands out what came of it, without being told.
    assert!(!made.token("alice").await.is_empty());
    assert_eq!(made.exchanges(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_replicas_that_get_one_answer_at_once_one_takes_it() {
    let one = unverified().await;
    let other = one.replica().await;
    let link = one.link("alice").await;
    let mut browser = Browser::new();
    let answer = browser
        .answer_of(&one, &link.url, "alice@example.com")
        .await;
    let start = Arc::new(tokio::sync::Barrier::new(2));
    let deliver = |site| {
        let (mut browser, answer) = (browser.clone(), answer.clone());
        let start = Arc::clone(&start);
        async move {
            start.wait().await;
            browser.finish(site, answer.as_str()).await
        }
    };
    let (first, second) = tokio::join!(deliver(&one), deliver(&other));
    let connected = [&first, &second].map(|page| page.body.contains("<h1>Connected"));
    assert!(connected[0] != connected[1], "{first:?} {second:?}");
    assert_eq!(one.exchanges(), 1);
    assert_eq!(one.grants().await.len(), 1);
}
