//! The page of a person's own connections, and what its forms do.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use http::header::CONTENT_TYPE;
use http::{Request, StatusCode};
use toolgate_auth::store::{AuditRecord, RefreshFailure, RowStatus, TokenRow};
use toolgate_signin::PageOptions;

use crate::browser::{Browser, Page};
use crate::failing::watched_by;
use crate::sessions::{Session, logged_in, verified, verified_several};
use crate::site::{PUBLIC_URL, Site, SiteBuilder, person, unverified};

pub(crate) const LIST: &str = "/google/connections";
pub(crate) const CONNECT: &str = "/google/connections/connect";
pub(crate) const DISCONNECT: &str = "/google/connections/disconnect";

/// Somebody connects an account, as `label` or as their default one.
pub(crate) async fn connected(
    site: &Site,
    name: &str,
    label: Option<&str>,
    email: &str,
) -> Browser {
    let link = match label {
        Some(label) => site.link_as(name, label).await.unwrap(),
        None => site.link(name).await,
    };
    let mut browser = logged_in(name);
    let page = browser.connect(site, &link.url, email).await;
    page.assert_says("<h1>Connected");
    browser
}

/// Google refuses what is stored.
pub(crate) async fn condemn(site: &Site, row: &TokenRow) {
    let store = site.database.token_store().unwrap();
    let (marker, minute) = (row.marker(), Duration::from_mins(1));
    let lease = store.try_lease(&row.key, &marker, "a test", minute);
    let lease = lease.await.unwrap().unwrap().lease_seq;
    let refused = RefreshFailure::Condemned {
        status: RowStatus::NeedsConsent,
        reason: "revoked".to_owned(),
        error: "invalid_grant".to_owned(),
    };
    let noted = store.commit_failure(&row.key, &marker, lease, &refused);
    assert!(noted.await.unwrap());
}

pub(crate) fn revocations(site: &Site) -> usize {
    let requests = site.emulator.requests();
    requests.iter().filter(|it| it.path == "/revoke").count()
}

/// The page after a form that leads to one, shown for the first and for the second time.
pub(crate) async fn shown_twice(site: &Site, browser: &mut Browser, answer: &Page) -> [Page; 2] {
    assert_eq!(answer.location(), LIST);
    [browser.get(site, LIST).await, browser.get(site, LIST).await]
}

pub(crate) async fn events(site: &Site, name: &str) -> Vec<String> {
    let store = site.database.audit_store().unwrap();
    let events = store.events(Some(&person(name)), None, 1000).await.unwrap();
    let events = events.into_iter();
    events
        .map(|AuditRecord { event, .. }| event.event)
        .collect()
}

#[tokio::test]
async fn a_person_sees_what_they_connected_themselves_and_nothing_of_others() {
    let site = verified_several().await;
    connected(&site, "bob", Some("private"), "bob@example.com").await;
    connected(&site, "alice", Some("work & play"), "wanda@work.example").await;
    let mut alice = connected(&site, "alice", None, "alice@example.com").await;
    let page = alice.get(&site, LIST).await;
    assert_eq!(page.status, StatusCode::OK);
    for text in [
        "You are logged in as <strong><bdi>alice</bdi></strong>",
        "Example &#38; Co",
        "<bdi>alice@example.com</bdi>",
        "<bdi>wanda@work.example</bdi>",
        "<bdi>work &#38; play</bdi>",
        "/google/connections/disconnect?account=work+%26+play",
        "<dd>Works</dd>",
        "<bdi>Gmail</bdi>",
        "Read your mail",
        "Connect another Google account",
    ] {
        page.assert_says(text);
    }
    let since = site.grant("alice").await.created_at.as_millis();
    let day = chrono::DateTime::from_timestamp_millis(since).unwrap();
    let day = day.format("%-d %B %Y");
    page.assert_says(&format!("<dt>First connected</dt><dd>{day}</dd>"));
    for other in ["bob", "private", "<script", "style="] {
        page.assert_silent_about(other);
    }
    let mut carol = logged_in("carol");
    let page = carol.get(&site, LIST).await;
    page.assert_says("No Google account is connected");
    page.assert_silent_about("@");
}

#[tokio::test]
async fn nobody_sees_connections_without_a_login_and_nowhere_without_a_user_verifier() {
    let site = verified().await;
    let open = unverified().await;
    for (site, status, says) in [
        (&site, StatusCode::UNAUTHORIZED, "You are not logged in to"),
        (&open, StatusCode::NOT_FOUND, "with_user_verifier"),
    ] {
        let mut browser = Browser::new();
        for page in [
            browser.get(site, LIST).await,
            browser.get(site, DISCONNECT).await,
            browser.post(site, DISCONNECT).await,
            browser.post(site, CONNECT).await,
        ] {
            assert_eq!(page.status, status);
            page.assert_says(says);
            page.assert_silent_about("<a ");
        }
    }
    let mut down = logged_in("down");
    let page = down.get(&site, LIST).await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    page.assert_says("cannot tell who is logged in");
}

#[tokio::test]
async fn a_disconnect_is_asked_once_more_and_says_once_what_came_of_it() {
    let site = verified().await;
    let mut alice = connected(&site, "alice", None, "alice@example.com").await;
    let before = site.grants().await;
    let page = alice.get(&site, DISCONNECT).await;
    assert_eq!(page.status, StatusCode::OK);
    page.assert_says("Disconnect <bdi>alice@example.com</bdi>?");
    page.assert_says("Google is told to end the access");
    assert_eq!(site.grants().await, before, "a look ended the connection");
    assert_eq!(revocations(&site), 0);

    let answer = alice.post(&site, DISCONNECT).await;
    let [first, second] = shown_twice(&site, &mut alice, &answer).await;
    first.assert_says(
        "can no longer use <strong><bdi>alice@example.com</bdi></strong>, and Google has ended",
    );
    first.assert_says("No Google account is connected");
    second.assert_silent_about("Google has ended");
    assert_eq!(site.grant("alice").await.status, RowStatus::Revoked);
    assert_eq!(revocations(&site), 1);
    assert!(
        events(&site, "alice")
            .await
            .contains(&"disconnected".to_owned())
    );

    // A second click, and a look at what is gone.
    let answer = alice.post(&site, DISCONNECT).await;
    let [again, _] = shown_twice(&site, &mut alice, &answer).await;
    again.assert_says("Nothing to disconnect");
    let page = alice.get(&site, DISCONNECT).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    page.assert_says("This account is not connected");
    page.assert_says("<a href=\"/google/connections\">See your connections</a>");
    assert_eq!(revocations(&site), 1);
}

#[tokio::test]
async fn one_ends_ones_own_connections_only_and_of_them_the_one_that_was_named() {
    let site = verified_several().await;
    connected(&site, "bob", Some("work"), "alice@example.com").await;
    connected(&site, "bob", None, "bob@example.com").await;
    connected(&site, "alice", Some("work"), "wanda@work.example").await;
    let mut alice = connected(&site, "alice", None, "alice@example.com").await;
    let page = alice
        .get(&site, "/google/connections/disconnect?account=work")
        .await;
    page.assert_says("Disconnect <bdi>wanda@work.example</bdi>?");
    page.assert_says("name=\"account\" value=\"work\"");
    alice.submit(&site, DISCONNECT, "account=work").await;
    let live: Vec<_> = site
        .grants()
        .await
        .into_iter()
        .filter(|it| it.status == RowStatus::Active)
        .collect();
    let mut whose: Vec<_> = live
        .iter()
        .map(|row| {
            let label = row.key.account_label().map(|it| it.as_str().to_owned());
            (row.key.principal().to_string(), label)
        })
        .collect();
    whose.sort();
    let work = Some("work".to_owned());
    assert_eq!(
        whose,
        [
            ("alice".to_owned(), None),
            ("bob".to_owned(), None),
            ("bob".to_owned(), work)
        ]
    );
    // A name that is another person's is none of one's own.
    connected(&site, "bob", Some("of bob"), "wanda@work.example").await;
    let before = site.grants().await;
    let answer = alice.submit(&site, DISCONNECT, "account=of+bob").await;
    let [page, _] = shown_twice(&site, &mut alice, &answer).await;
    page.assert_says("Nothing to disconnect");
    assert_eq!(site.grants().await, before);
}

#[tokio::test]
async fn where_others_are_connected_to_the_same_account_google_keeps_its_grant_and_the_page_says_so()
 {
    let site = verified().await;
    connected(&site, "bob", None, "alice@example.com").await;
    let mut alice = connected(&site, "alice", None, "alice@example.com").await;
    let answer = alice.post(&site, DISCONNECT).await;
    let [page, _] = shown_twice(&site, &mut alice, &answer).await;
    page.assert_says("Disconnected here");
    page.assert_says("connected once more");
    page.assert_says("that goes on");
    assert_eq!(revocations(&site), 0);
    assert_eq!(site.grant("bob").await.status, RowStatus::Active);
    page.assert_silent_about("bob");
}

#[tokio::test]
async fn a_form_that_names_no_account_clearly_ends_none() {
    let site = verified().await;
    let mut alice = connected(&site, "alice", None, "alice@example.com").await;
    let before = site.grants().await;
    let form = "application/x-www-form-urlencoded";
    let cases = [
        ("application/json", r#"{"account":"work"}"#),
        ("text/plain", "account=work"),
        (form, "account=work&account=home"),
        (form, "acount=work"),
        (form, "account="),
        (form, "account=+"),
        (form, "account=a%0Ab"),
        (form, &*format!("account={}", "x".repeat(300))),
        (form, &*format!("account={}", "x".repeat(5000))),
    ];
    for (media_type, body) in cases {
        for address in [DISCONNECT, CONNECT] {
            let request = Request::post(address)
                .header("origin", PUBLIC_URL)
                .header(CONTENT_TYPE, media_type);
            let page = alice.send_with(&site, request, body.to_owned()).await;
            assert_eq!(page.status, StatusCode::BAD_REQUEST, "{address} {body:.40}");
            page.assert_says("Nothing was changed");
        }
    }
    assert_eq!(site.grants().await, before);
    let page = alice
        .get(&site, "/google/connections/disconnect?account=a%0Ab")
        .await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn whoever_wants_to_connect_gets_a_link_of_their_own_and_its_page() {
    let site = verified_several().await;
    let mut alice = logged_in("alice");
    alice
        .get(&site, LIST)
        .await
        .assert_says("Connect Google</button>");
    let answer = alice.post(&site, CONNECT).await;
    let link = url::Url::parse(answer.location()).unwrap();
    let page = alice.get(&site, link.as_str()).await;
    page.assert_says("This link was made for <strong><bdi>alice</bdi></strong>");
    let mut bob = logged_in("bob");
    assert_eq!(
        bob.get(&site, link.as_str()).await.status,
        StatusCode::FORBIDDEN
    );
    let done = alice.connect(&site, &link, "alice@example.com").await;
    done.assert_says("<a href=\"/google/connections\">");

    let answer = alice.submit(&site, CONNECT, "account=+work+").await;
    let link = url::Url::parse(answer.location()).unwrap();
    alice
        .connect(&site, &link, "wanda@work.example")
        .await
        .assert_says("<h1>Connected");
    let page = alice.get(&site, LIST).await;
    page.assert_says("<dt>Your name for it</dt><dd><bdi>work</bdi></dd>");
}

#[tokio::test]
async fn a_connection_that_google_ended_says_so_and_is_connected_again_by_its_button() {
    let site = verified().await;
    let mut alice = connected(&site, "alice", None, "alice@example.com").await;
    alice
        .get(&site, LIST)
        .await
        .assert_silent_about("Connect again");
    condemn(&site, &site.grant("alice").await).await;
    let page = alice.get(&site, LIST).await;
    page.assert_says("<strong>Needs a new sign-in</strong>");
    page.assert_says("Connect again</button>");
    let answer = alice.post(&site, CONNECT).await;
    let link = url::Url::parse(answer.location()).unwrap();
    alice
        .connect(&site, &link, "alice@example.com")
        .await
        .assert_says("<h1>Connected");
    alice.get(&site, LIST).await.assert_says("<dd>Works</dd>");
}

#[tokio::test]
async fn without_the_database_the_page_says_that_all_is_as_it_was_or_that_it_may_have_begun() {
    let (site, watch) = watched_by(Session).await;
    let mut alice = connected(&site, "alice", None, "alice@example.com").await;
    let before = site.grants().await;
    watch.tokens_down.store(true, Ordering::SeqCst);
    for (page, says) in [
        (
            alice.get(&site, LIST).await,
            "Your connections are as they were",
        ),
        (
            alice.get(&site, DISCONNECT).await,
            "Your connections are as they were",
        ),
        (
            alice.post(&site, DISCONNECT).await,
            "The disconnect is not finished",
        ),
    ] {
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
        page.assert_says(says);
        page.assert_silent_about("SECRETdetail");
    }
    watch.tokens_down.store(false, Ordering::SeqCst);
    assert_eq!(site.grants().await, before);
}

#[tokio::test]
async fn below_a_path_the_forms_and_links_of_the_page_lead_there() {
    let site = SiteBuilder::new()
        .at("https://app.example/tools")
        .with_pages(PageOptions::new().with_route_prefix(""))
        .start(|builder| builder.with_user_verifier(Arc::new(Session)))
        .await;
    let mut alice = logged_in("alice");
    let page = alice.get(&site, LIST).await;
    page.assert_says("action=\"/tools/google/connections/connect\"");
    let link = alice.post(&site, CONNECT).await;
    let inner = link.location().strip_prefix("https://app.example/tools");
    let inner = inner.unwrap().to_owned();
    let authorize = alice.post(&site, &inner).await.location().parse().unwrap();
    let answer = alice.allow(&authorize, "alice@example.com").await;
    let inner = format!("/google/callback?{}", answer.query().unwrap());
    alice.get(&site, &inner).await;
    let done = alice.get(&site, "/google/done").await;
    done.assert_says("<a href=\"/tools/google/connections\">");
    let page = alice.get(&site, LIST).await;
    page.assert_says("href=\"/tools/google/connections/disconnect\"");
    let page = alice.get(&site, DISCONNECT).await;
    page.assert_says("action=\"/tools/google/connections/disconnect\"");
    let ended = alice.post(&site, DISCONNECT).await;
    assert_eq!(ended.location(), "/tools/google/connections");
}
