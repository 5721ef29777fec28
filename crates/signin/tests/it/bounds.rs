//! How many events refusals make: whoever sends junk, or has a link, cannot fill the table.

use std::time::Duration;

use http::StatusCode;
use toolgate_auth::Principal;
use toolgate_auth::store::AuditEvent;

use crate::browser::{Browser, callback, parameter};
use crate::sessions::{logged_in, verified};
use crate::site::{Site, person};

/// The refusals of this outcome that the audit holds.
async fn refusals(site: &Site, outcome: &str) -> Vec<AuditEvent> {
    let events = site.events().await.into_iter();
    events.filter(|it| it.outcome == outcome).collect()
}

async fn times(site: &Site, outcome: &str) -> Vec<u64> {
    let events = refusals(site, outcome).await;
    let times = events.iter().map(|it| it.detail["times"].as_u64());
    times.map(Option::unwrap).collect()
}

async fn send_junk(site: &Site, times: usize) {
    for number in 0..times {
        let state = format!("junk {number}");
        let answer = callback(&[("state", &state)]);
        let page = Browser::new().finish(site, &answer).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST);
    }
}

#[tokio::test]
async fn of_junk_one_event_a_minute_is_told_which_counts_the_rest() {
    let site = verified().await;
    send_junk(&site, 30).await;
    assert_eq!(times(&site, "forged").await, [1]);
    site.clock.advance(Duration::from_mins(1));
    send_junk(&site, 2).await;
    assert_eq!(times(&site, "forged").await, [1, 30]);
    // What is left is told before a program ends, and by upkeep.
    site.google.flush_events().await;
    assert_eq!(times(&site, "forged").await, [1, 30, 1]);
    send_junk(&site, 1).await;
    site.google.upkeep().await.unwrap();
    site.google.flush_events().await;
    assert_eq!(times(&site, "forged").await, [1, 30, 1, 1]);
    let told = refusals(&site, "forged").await;
    assert!(told.iter().all(|it| it.principal == Principal::anonymous()));
    assert!(told.iter().all(|it| it.detail["person"] == "unknown"));
}

#[tokio::test]
async fn a_sign_in_that_is_too_old_is_told_once_of_its_person_and_a_day_later_of_nobody() {
    let site = verified().await;
    let link = site.link("alice").await;
    let mut alice = logged_in("alice");
    let answer = alice.answer_of(&site, &link.url, "alice@example.com").await;
    site.clock.advance(Duration::from_mins(11));
    for _ in 0..3 {
        alice
            .finish(&site, answer.as_str())
            .await
            .assert_says("too old");
        alice
            .post(&site, link.url.as_str())
            .await
            .assert_says("too old");
    }
    let told = refusals(&site, "expired").await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].principal, person("alice"));
    site.clock.advance(Duration::from_hours(25));
    site.google.upkeep().await.unwrap();
    let replica = site.replica().await;
    for _ in 0..3 {
        let page = alice.finish(&replica, answer.as_str()).await;
        assert_eq!(page.status, StatusCode::GONE);
    }
    assert_eq!(refusals(&site, "expired").await.len(), 2);
    assert_eq!(refusals(&site, "expired").await[1].detail["times"], 1);
}

#[tokio::test]
async fn whoever_has_a_link_makes_so_many_events_of_it_and_no_more() {
    let site = verified().await;
    let link = site.link("alice").await;
    let mut alice = logged_in("alice");
    let authorize = alice.continue_to_google(&site, &link.url).await;
    let answer = callback(&[("state", &parameter(&authorize, "state")), ("code", "x")]);
    for _ in 0..100 {
        let page = Browser::new().finish(&site, &answer).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN);
    }
    assert_eq!(refusals(&site, "not_this_browser").await.len(), 64);
}
