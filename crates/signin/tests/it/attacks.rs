//! Attacks on sign-ins and on the page of connections, as one table: what each is answered with,
//! what the audit says of it, and that it stores nothing.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

mod scene;
mod table;

use std::collections::BTreeMap;
use std::sync::Arc;

use http::StatusCode;
use serde_json::Value;
use tokio::task::JoinSet;
use toolgate_auth::GoogleAuthBuilder;

use self::Audited::{Nothing, Row, Unknown};
use self::scene::{Counts, Scene, Sent};
use self::table::{FORGED, FORMS, ODD_ANSWERS, REFUSED, STALE_OR_ANOTHERS};
use crate::browser::Page;
use crate::databases::Kind;
use crate::sessions::{logged_in, verified, verified_on};
use crate::site::{Site, SiteBuilder};

/// One way to get in, or to do harm.
struct Attack {
    what: &'static str,
    status: u16,
    says: &'static str,
    audited: Audited,
    /// Whether the person's own sign-in, which the attack was aimed at, still comes to its end.
    goes_on: bool,
    send: fn(&mut Scene) -> Sent,
}

/// What the audit says.
#[derive(Clone, Copy)]
enum Audited {
    /// One event of this name with this outcome, of the person whom it concerns.
    Row(&'static str, &'static str),
    /// The same of nobody who is known.
    Unknown(&'static str, &'static str),
    /// Nothing, since it is no attack: it does nothing.
    Nothing,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_attack_is_refused_in_words_and_audited_and_what_stood_before_stands() {
    let failures = run(over(&Kind::Memory, all()), false).await;
    assert!(failures.is_empty(), "{failures:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whoever_asks_for_json_is_refused_and_audited_just_so() {
    let failures = run(over(&Kind::Memory, all()), true).await;
    assert!(failures.is_empty(), "{failures:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn over_sqlite_an_attack_that_asks_the_database_fares_no_better() {
    let some = STALE_OR_ANOTHERS.into_iter().chain(FORMS).collect();
    let failures = run(over(&Kind::Sqlite, some), false).await;
    assert!(failures.is_empty(), "{failures:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn over_postgres_an_attack_that_asks_the_database_fares_no_better() {
    let mut some = Vec::new();
    for attack in STALE_OR_ANOTHERS {
        let Some(kind) = Kind::postgres("attacks on sign-ins").await else {
            return;
        };
        some.push((kind, attack));
    }
    let failures = run(some, false).await;
    assert!(failures.is_empty(), "{failures:#?}");
}

fn all() -> Vec<Attack> {
    let states = FORGED.into_iter().chain(STALE_OR_ANOTHERS);
    states.chain(ODD_ANSWERS).chain(FORMS).collect()
}

/// Each over a database of this kind of its own.
fn over(kind: &Kind, attacks: Vec<Attack>) -> Vec<(Kind, Attack)> {
    let attacks = attacks.into_iter();
    attacks.map(|attack| (kind.clone(), attack)).collect()
}

/// What does not hold of these attacks.
async fn run(attacks: impl IntoIterator<Item = (Kind, Attack)>, in_json: bool) -> Vec<String> {
    let foreign = SiteBuilder::new().with_key(8);
    let foreign = foreign
        .start(GoogleAuthBuilder::allow_unverified_links)
        .await;
    let foreign = foreign.link("alice").await.url;
    let foreign = foreign.path().rsplit('/').next().unwrap().to_owned();
    let mut running = JoinSet::new();
    for (kind, attack) in attacks {
        let foreign = foreign.clone();
        running.spawn(async move {
            let scene = Scene::set(kind, foreign).await;
            attack.run(scene, in_json).await
        });
    }
    running.join_all().await.into_iter().flatten().collect()
}

impl Attack {
    /// Whether what is told in JSON is why it was refused.
    fn is_told_in(&self, page: &Page) -> bool {
        let told: Value = serde_json::from_str(&page.body).unwrap_or_default();
        let code = match self.audited {
            Row(_, outcome) | Unknown(_, outcome) => Some(outcome),
            Nothing => None,
        };
        page.header("content-type") == "application/json" && told["error"]["code"].as_str() == code
    }

    /// What does not hold of it.
    async fn run(self, mut scene: Scene, in_json: bool) -> Vec<String> {
        let mut failures = Vec::new();
        let mut check = |holds: bool, what: String| {
            if !holds {
                failures.push(format!("{}: {what}", self.what));
            }
        };
        let sent = (self.send)(&mut scene);
        let (grants, audit, exchanges) = scene.stands().await;
        let page = scene.answer_to(sent, in_json).await;
        check(
            page.status.as_u16() == self.status,
            format!("answered {}", page.status),
        );
        if in_json {
            check(self.is_told_in(&page), format!("tells {}", page.body));
        } else {
            let harmless = !["<script", "<img", "<h1>Connected"]
                .iter()
                .any(|it| page.body.contains(it));
            check(page.body.contains(self.says), format!("says {}", page.body));
            check(
                harmless && page.body.len() < 6000,
                format!("shows {}", page.body),
            );
        }
        let (after, audited, asked) = scene.stands().await;
        check(after == grants, "a grant was changed".to_owned());
        let new = difference(&audited, &audit);
        let one = |known, event: &str, outcome: &str| {
            BTreeMap::from([((known, event.to_owned(), outcome.to_owned()), 1)])
        };
        let expected = match self.audited {
            Row(event, outcome) => one(true, event, outcome),
            Unknown(event, outcome) => one(false, event, outcome),
            Nothing => BTreeMap::new(),
        };
        check(new == expected, format!("audited {new:?}"));
        let may_ask = usize::from(self.says == "Google did not accept");
        check(
            asked - exchanges == may_ask,
            "google was asked for a token".to_owned(),
        );
        let last = scene.finish_alice().await;
        let connected = last.body.contains("<h1>Connected");
        check(connected == self.goes_on, format!("and then {}", last.body));
        failures
    }
}

fn difference(after: &Counts, before: &Counts) -> Counts {
    let more = after.iter().map(|(key, count)| {
        let count = count - before.get(key).copied().unwrap_or_default();
        (key.clone(), count)
    });
    more.filter(|(_, count)| *count > 0).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_equal_callbacks_at_once_make_one_exchange_and_one_connection() {
    fifty_at_once(verified().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn over_sqlite_and_postgres_of_fifty_equal_callbacks_at_once_one_wins_as_well() {
    fifty_at_once(verified_on(Kind::Sqlite).await).await;
    if let Some(postgres) = Kind::postgres("fifty callbacks at once").await {
        fifty_at_once(verified_on(postgres).await).await;
    }
}

async fn fifty_at_once(site: Site) {
    let site = Arc::new(site);
    let link = site.link("alice").await;
    let mut browser = logged_in("alice");
    let good = browser
        .answer_of(&site, &link.url, "alice@example.com")
        .await;
    let start = Arc::new(tokio::sync::Barrier::new(50));
    let mut running = JoinSet::new();
    for _ in 0..50 {
        let (site, start) = (Arc::clone(&site), Arc::clone(&start));
        let (mut browser, good) = (browser.clone(), good.clone());
        running.spawn(async move {
            start.wait().await;
            browser.finish(&site, good.as_str()).await
        });
    }
    let pages = running.join_all().await;
    let (won, lost): (Vec<_>, Vec<_>) = pages.iter().partition(|it| it.status == StatusCode::OK);
    assert_eq!((won.len(), lost.len()), (1, 49));
    won[0].assert_says("<h1>Connected");
    for page in lost {
        assert_eq!(page.status, StatusCode::GONE);
        page.assert_says("used already");
    }
    assert_eq!(site.exchanges(), 1);
    assert_eq!(site.grant("alice").await.grant_epoch, 1);
    let audit = site.audit().await;
    let count =
        |event: &str, outcome: &str| audit.get(&(event.to_owned(), outcome.to_owned())).copied();
    assert_eq!(count("connected", "ok"), Some(1), "{audit:?}");
    assert_eq!(count(REFUSED, "already_used"), Some(49), "{audit:?}");
}

#[tokio::test]
async fn no_parameter_of_anybodys_sends_a_browser_to_another_site() {
    let site = verified().await;
    let evil = "https://evil.example";
    let names = [
        "return_path",
        "return_to",
        "redirect_uri",
        "redirect",
        "next",
        "continue",
    ];
    let pairs = names.map(|name| format!("{name}={evil}"));
    let query = pairs.join("&");
    let link = site.link("alice").await;
    let mut alice = logged_in("alice");
    let form = format!("{}?{}", link.url.path(), query);
    let to_google = alice.post(&site, &form).await;
    let authorize = url::Url::parse(to_google.location()).unwrap();
    assert_eq!(authorize.origin(), site.emulator.base_url().origin());
    assert!(!authorize.as_str().contains("evil"), "{authorize}");
    let answer = alice.allow(&authorize, "alice@example.com").await;
    let next = alice.get(&site, &format!("{answer}&{query}")).await;
    assert_eq!(next.location(), "/google/done");
    let list = format!("/google/connections/disconnect?{query}");
    let ended = alice
        .submit(&site, "/google/connections/disconnect", "")
        .await;
    assert_eq!(ended.location(), "/google/connections");
    assert_eq!(
        alice.post(&site, &list).await.location(),
        "/google/connections"
    );
}
