//! The page of a person's own connections: further accounts, and one that is being disconnected.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::sync::Arc;

use http::StatusCode;
use toolgate_auth::store::RowStatus;
use toolgate_emulator::{FaultAction, FaultRule};
use url::{Url, form_urlencoded};

use crate::browser::{Browser, Page};
use crate::connections::{CONNECT, DISCONNECT, LIST, condemn, connected, shown_twice};
use crate::sessions::{Session, logged_in, verified, verified_several};
use crate::site::{READ, Site, person};

const FURTHER: &str = "Connect another Google account";

/// Somebody types a name for a further account.
async fn asks_for(site: &Site, browser: &mut Browser, word: &str) -> Page {
    let form = {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("account", word).finish()
    };
    browser.submit(site, CONNECT, &form).await
}

/// What the page of the link that they get says.
async fn connect_page(site: &Site, browser: &mut Browser, answer: &Page) -> Page {
    let link = Url::parse(answer.location()).unwrap();
    browser.get(site, link.as_str()).await
}

#[tokio::test]
async fn what_was_left_out_is_named_and_offered_until_it_is_allowed() {
    let site = verified().await;
    let mut alice = logged_in("alice");
    let link = site.link("alice").await;
    let authorize = alice.continue_to_google(&site, &link.url).await;
    let ticked = [
        ("decision", "allow"),
        ("account", "alice@example.com"),
        ("scope", READ),
    ];
    let answer = alice.decide(&authorize, &ticked).await;
    alice.finish(&site, answer.as_str()).await;
    let page = alice.get(&site, LIST).await;
    page.assert_says("<dd>Works</dd>");
    page.assert_says("<dt>Left out</dt><dd><bdi>Write drafts, and send mail as you</bdi>.");
    page.assert_says("Allow more</button>");

    let link = alice.post(&site, CONNECT).await.location().parse().unwrap();
    let done = alice.connect(&site, &link, "alice@example.com").await;
    done.assert_says("<h1>Connected");
    let page = alice.get(&site, LIST).await;
    page.assert_says("<dd>Works</dd>");
    page.assert_silent_about("Left out");
    page.assert_silent_about("Allow more");
}

#[tokio::test]
async fn where_a_person_has_one_account_no_further_one_is_offered_or_taken() {
    let site = verified().await;
    let mut alice = connected(&site, "alice", None, "alice@example.com").await;
    alice.get(&site, LIST).await.assert_silent_about(FURTHER);
    let page = asks_for(&site, &mut alice, "work").await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    page.assert_says("Example &#38; Co keeps one Google account of each person");
    page.assert_says("Nothing was changed");
}

#[tokio::test]
async fn an_account_of_a_time_when_there_were_several_is_listed_and_not_offered_again() {
    let before = verified_several().await;
    connected(&before, "alice", Some("work"), "wanda@work.example").await;
    condemn(&before, &before.grants().await[0]).await;
    let mut alice = logged_in("alice");
    let now = before.rebuilt(|it| it.with_user_verifier(Arc::new(Session)));
    let page = alice.get(&now.await, LIST).await;
    page.assert_says("wanda@work.example");
    page.assert_says("Needs a new sign-in");
    page.assert_silent_about("Connect again");
    alice.get(&before, LIST).await.assert_says("Connect again");
}

#[tokio::test]
async fn the_word_for_a_further_account_means_one_that_is_connected_or_a_new_one() {
    let site = verified_several().await;
    connected(&site, "alice", Some("work"), "wanda@work.example").await;
    let mut alice = connected(&site, "alice", None, "alice@example.com").await;
    alice.get(&site, LIST).await.assert_says(FURTHER);
    let work = Some("called <strong><bdi>work</bdi></strong>");
    let home = Some("called <strong><bdi>Home</bdi></strong>");
    for (word, says) in [
        ("WORK", work),
        (" work ", work),
        ("Wanda@Work.Example", work),
        ("Home", home),
        ("Default", None),
        ("alice@example.com", None),
    ] {
        let answer = asks_for(&site, &mut alice, word).await;
        let page = connect_page(&site, &mut alice, &answer).await;
        match says {
            Some(says) => page.assert_says(says),
            None => page.assert_silent_about("will be called"),
        }
    }
    for word in ["bob@example.com", &"x".repeat(41)] {
        let page = asks_for(&site, &mut alice, word).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{word}");
        page.assert_says("An account cannot have this name");
    }
}

#[tokio::test]
async fn whose_further_account_is_refused_connects_it_by_way_of_the_page_that_is_offered() {
    let site = verified_several().await;
    let mut alice = connected(&site, "alice", None, "alice@example.com").await;
    let link = site.link("alice").await;
    let refused = alice.connect(&site, &link.url, "wanda@work.example").await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    refused.assert_says(&format!(
        "<a href=\"{LIST}\">Connect it as a further account"
    ));
    alice.get(&site, LIST).await.assert_says(FURTHER);
    let answer = asks_for(&site, &mut alice, "work").await;
    let link = Url::parse(answer.location()).unwrap();
    let done = alice.connect(&site, &link, "wanda@work.example").await;
    done.assert_says("<h1>Connected");
    let own = site.google.connections(&person("alice")).await.unwrap();
    assert_eq!(own.len(), 2);
}

#[tokio::test]
async fn a_disconnect_that_google_could_not_be_told_of_is_listed_until_it_is_finished() {
    let site = verified().await;
    let mut alice = connected(&site, "alice", None, "alice@example.com").await;
    let rule = FaultRule::new(FaultAction::status(503)).on_method("revoke");
    site.emulator.faults().add(rule);
    let answer = alice.post(&site, DISCONNECT).await;
    let [page, again] = shown_twice(&site, &mut alice, &answer).await;
    page.assert_says("Google is still to be told");
    page.assert_says("will be tried again by itself");
    assert_eq!(site.grant("alice").await.status, RowStatus::Disconnecting);

    again.assert_says("<h2><bdi>alice@example.com</bdi></h2>");
    again.assert_says("<strong>Is being disconnected</strong>");
    again.assert_says("Tell Google now</button>");
    again.assert_says("Connect Google</button>");
    for other in ["<dd>Works", "Connect again", "Allow more", ">Disconnect<"] {
        again.assert_silent_about(other);
    }
    let answer = alice.post(&site, DISCONNECT).await;
    let [page, _] = shown_twice(&site, &mut alice, &answer).await;
    page.assert_says("Google is still to be told");

    // It is no account that a call could be for.
    let (alices, google) = (person("alice"), &site.google);
    let usable = google.connections(&alices).await.unwrap();
    let known = google.known_connections(&alices).await.unwrap();
    assert!(usable.is_empty() && known.is_empty());
    let all = google.connections_with_ending(&alices).await.unwrap();
    let states: Vec<RowStatus> = all.iter().map(|it| it.status).collect();
    assert_eq!(states, [RowStatus::Disconnecting]);
}
