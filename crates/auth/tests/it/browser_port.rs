//! The browser step at a port that the program names.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use toolgate_auth::store::Database as _;
use toolgate_auth::{Browser, Error, MemoryDatabase, Principal, Requirement};
use toolgate_emulator::Person;

use crate::support::{READ, World, bind};

/// A browser in which alice allows everything, and how often it was opened.
fn counted() -> (Browser, Arc<AtomicUsize>) {
    let opened = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&opened);
    let browser = Browser::opened_by(move |link| {
        count.fetch_add(1, Ordering::SeqCst);
        let link = link.clone();
        tokio::spawn(async move { Person::new("alice@example.com").follow(&link).await });
        true
    });
    (browser, opened)
}

async fn token_with(
    world: &World,
    browser: Browser,
    database: &MemoryDatabase,
) -> Result<(), Error> {
    let bound = bind(&world.google(Some(browser)), database, &[READ]).await;
    let access = bound.access(&Principal::anonymous(), "gmail");
    let token = access.token(&Requirement::for_methods(&[READ])).await;
    token.map(drop)
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

#[tokio::test]
async fn a_person_signs_in_through_the_port_that_is_named() {
    let world = World::start().await;
    // Another program may have been faster with the free one.
    for _ in 0..10 {
        let (port, (browser, opened)) = (free_port(), counted());
        let token = token_with(&world, browser.with_port(port), &world.database).await;
        if opened.load(Ordering::SeqCst) == 0 {
            continue;
        }
        token.unwrap();
        let asked = world.emulator.requests();
        let consent = asked
            .iter()
            .find(|it| it.api_method.as_deref() == Some("authorize"))
            .unwrap();
        let back = format!("redirect_uri=http%3A%2F%2F127.0.0.1%3A{port}%2Fgoogle%2Fcallback");
        assert!(consent.query.contains(&back), "{}", consent.query);
        // Only while the flow lasts.
        TcpListener::bind(("127.0.0.1", port)).unwrap();
        return;
    }
    unreachable!("ten free ports were taken at once");
}

#[tokio::test]
async fn a_port_that_is_taken_is_named_with_what_names_it_and_nothing_is_begun() {
    let world = World::start().await;
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let (browser, opened) = counted();
    let database = MemoryDatabase::new();
    let error = token_with(&world, browser.with_port(port), &database).await;
    let error = error.unwrap_err();
    assert!(error.is_configuration() && !error.is_transient(), "{error}");
    for part in [format!("port {port} "), "Browser::with_port".to_owned()] {
        assert!(error.to_string().contains(&part), "{error}");
    }
    assert_eq!(opened.load(Ordering::SeqCst), 0);
    assert_eq!(world.token_requests("authorization_code"), 0);
    let all = toolgate_auth::store::ListScope::All;
    let tokens = database.token_store().unwrap();
    assert!(tokens.list(&all, None, 10).await.unwrap().is_empty());
}
