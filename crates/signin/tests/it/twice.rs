//! Google's answer that comes twice: one exchange, and one end that the browser is told.

use http::StatusCode;

use crate::browser::Browser;
use crate::sessions::{logged_in, verified};
use crate::site::Site;

const DONE: &str = "/google/done";
const ERROR: &str = "/google/error";
const CONNECTED: &str = "<h1>Connected";

/// Alice's browser with Google's answer.
async fn answered(site: &Site) -> (Browser, String) {
    let link = site.link("alice").await;
    let mut alice = logged_in("alice");
    let answer = alice.answer_of(site, &link.url, "alice@example.com").await;
    (alice, answer.into())
}

#[tokio::test]
async fn a_browser_that_delivers_its_answer_again_is_told_the_connection_that_it_led_to() {
    let site = verified().await;
    let (mut alice, answer) = answered(&site).await;
    for _ in 0..3 {
        assert_eq!(alice.get(&site, &answer).await.location(), DONE);
    }
    alice.get(&site, DONE).await.assert_says(CONNECTED);
    assert_eq!(site.exchanges(), 1);
    let refused = ("sign_in_refused".to_owned(), "already_used".to_owned());
    assert!(!site.audit().await.contains_key(&refused));
}

#[tokio::test]
async fn of_two_answers_at_once_either_may_come_back_first_and_the_connection_is_told() {
    let site = verified().await;
    for first_comes_last in [false, true] {
        let (alice, answer) = answered(&site).await;
        // Both leave with the cookies that the browser has before either comes back.
        let (mut first, mut second) = (alice.clone(), alice);
        let won = first.get(&site, &answer).await;
        let lost = second.get(&site, &answer).await;
        assert_eq!((won.location(), lost.location()), (DONE, ERROR));
        let (mut browser, later) = if first_comes_last {
            (second, won)
        } else {
            (first, lost)
        };
        browser.keep_all(&later);
        browser.get(&site, ERROR).await.assert_says(CONNECTED);
        let again = browser.get(&site, ERROR).await;
        again.assert_says("Nothing to show");
    }
}

#[tokio::test]
async fn an_answer_that_somebody_took_before_is_told_as_used_and_hides_no_other_end() {
    let site = verified().await;
    let (mut alice, answer) = answered(&site).await;
    let mut thief = alice.clone();
    alice.finish(&site, &answer).await.assert_says(CONNECTED);
    // The thief has a connection of another answer's, which says nothing of this one.
    let (mut other, theirs) = answered(&site).await;
    other.get(&site, &theirs).await;
    thief.cookies.extend(other.cookies.clone());
    let page = thief.finish(&site, &answer).await;
    assert_eq!(page.status, StatusCode::GONE);
    page.assert_says("used already");
    // What is left of it does not stand before the next end.
    thief.get(&site, &answer).await;
    let link = site.link("alice").await;
    let done = thief.connect(&site, &link.url, "alice@example.com").await;
    done.assert_says(CONNECTED);
}
