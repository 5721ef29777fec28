//! The browser step of installed applications: loopback, one answer, a time limit.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use toolgate_auth::store::Database as _;
use toolgate_auth::{Browser, Requirement, Service, ToolkitScopes};
use toolgate_emulator::Person;
use url::Url;

use crate::support::{READ, World};

async fn token_with(world: &World, browser: Browser) -> Result<(), toolgate_auth::Error> {
    let toolkit = ToolkitScopes::new("gmail", Requirement::for_methods(&[READ]));
    let google = world.google(Some(browser));
    let bound = google
        .bind(&world.database, Service::google(), vec![toolkit])
        .await?;
    let access = bound.access(&world.alice(), "gmail");
    access
        .token(&Requirement::for_methods(&[READ]))
        .await
        .map(drop)
}

/// Opens `first` before the person goes on as told.
fn disturbed_by(first: impl Fn(&Url) -> Url + Send + Sync + Clone + 'static) -> Browser {
    Browser::opened_by(move |link| {
        let (link, first) = (link.clone(), first.clone());
        tokio::spawn(async move {
            let rogue = Person::new("mallory@example.com")
                .open(&first(&link))
                .await
                .unwrap();
            assert!(!rogue.status.is_success(), "{}", rogue.body);
            Person::new("alice@example.com")
                .follow(&link)
                .await
                .unwrap();
        });
        true
    })
}

#[tokio::test]
async fn a_rogue_request_that_comes_first_does_not_end_the_wait() {
    for path in [
        "/google/callback?state=forged&code=stolen",
        "/google/callback?error=access_denied",
        "/google/callback",
        "/google/start/forged",
        "/favicon.ico",
        "/",
    ] {
        let world = World::start().await;
        let browser = disturbed_by(move |link| link.join(path).unwrap());
        token_with(&world, browser).await.unwrap();
    }
}

#[tokio::test]
async fn a_person_who_denies_is_told_and_nothing_is_stored() {
    let world = World::start().await;
    let browser = Browser::opened_by(|link| {
        let link = link.clone();
        tokio::spawn(async move {
            let page = Person::new("alice@example.com")
                .denying()
                .follow(&link)
                .await
                .unwrap();
            assert!(page.body.contains("access_denied"), "{}", page.body);
        });
        true
    });
    let error = token_with(&world, browser).await.unwrap_err();
    assert_eq!(error.refusal().unwrap().code(), "google");
    let store = world.database.token_store().unwrap();
    let scope = toolgate_auth::store::ListScope::All;
    assert!(store.list(&scope, None, 10).await.unwrap().is_empty());
}

#[tokio::test]
async fn nobody_at_the_browser_ends_at_the_time_limit_as_something_that_may_pass() {
    let world = World::start().await;
    let browser = Browser::opened_by(|_| true).with_time_limit(Duration::from_millis(50));
    let error = token_with(&world, browser).await.unwrap_err();
    assert!(
        error.is_transient() && !error.is_reauthorization_required(),
        "{error}"
    );
}

#[tokio::test]
async fn calls_that_need_the_same_consent_open_one_browser() {
    let world = World::start().await;
    let opened = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&opened);
    let browser = Browser::opened_by(move |link| {
        count.fetch_add(1, Ordering::SeqCst);
        let link = link.clone();
        tokio::spawn(async move { Person::new("alice@example.com").follow(&link).await });
        true
    });
    let toolkit = ToolkitScopes::new("gmail", Requirement::for_methods(&[READ]));
    let google = world.google(Some(browser));
    let bound = google
        .bind(&world.database, Service::google(), vec![toolkit])
        .await
        .unwrap();
    let access = bound.access(&world.alice(), "gmail");
    let requirement = Requirement::for_methods(&[READ]);
    let calls = (0..20).map(|_| access.token(&requirement));
    for token in futures_util::future::join_all(calls).await {
        token.unwrap();
    }
    assert_eq!(opened.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_no_is_the_answer_for_all_who_waited_and_opens_no_further_browser() {
    let world = World::start().await;
    let opened = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&opened);
    let browser = Browser::opened_by(move |link| {
        count.fetch_add(1, Ordering::SeqCst);
        let link = link.clone();
        tokio::spawn(async move {
            Person::new("alice@example.com")
                .denying()
                .follow(&link)
                .await
        });
        true
    });
    let toolkit = ToolkitScopes::new("gmail", Requirement::for_methods(&[READ]));
    let google = world.google(Some(browser));
    let bound = google
        .bind(&world.database, Service::google(), vec![toolkit])
        .await
        .unwrap();
    let access = bound.access(&world.alice(), "gmail");
    let requirement = Requirement::for_methods(&[READ]);
    let calls = (0..20).map(|_| access.token(&requirement));
    for token in futures_util::future::join_all(calls).await {
        assert_eq!(token.unwrap_err().refusal().unwrap().code(), "google");
    }
    assert_eq!(opened.load(Ordering::SeqCst), 1);
}
