//! A consent that is stored is connected, whatever the database does once it is.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::time::Duration;

use toolgate_auth::store::{Database as _, DisconnectReach, ListScope, RowStatus};
use toolgate_auth::{BoundGoogleAuth, Error, Requirement, Token};

use toolgate_emulator::{FaultAction, FaultRule};

use crate::failing::{Acknowledges, Failing};
use crate::support::{READ, World};

async fn sign_in(world: &World, bound: &BoundGoogleAuth) -> Result<Token, Error> {
    let access = bound.access(&world.alice(), "gmail");
    access.token(&Requirement::for_methods(&[READ])).await
}

/// How often each of these events was told of alice.
async fn told(world: &World, bound: &BoundGoogleAuth) -> Vec<(String, String)> {
    bound.flush_events().await;
    let audit = world.database.audit_store().unwrap();
    let events = audit.events(Some(&world.alice()), None, 50).await.unwrap();
    let told = events
        .into_iter()
        .map(|it| (it.event.event, it.event.outcome));
    told.filter(|(name, _)| name.starts_with("connect") || name == "sign_in_refused")
        .collect()
}

fn event(name: &str, outcome: &str) -> (String, String) {
    (name.to_owned(), outcome.to_owned())
}

#[tokio::test]
async fn a_database_that_fails_behind_the_write_of_a_consent_leaves_it_connected() {
    let world = World::start().await;
    let database = Failing::new(&world.database);
    let bound = world.bind_to(&database, &[READ]).await;
    database.fail_counts(1);
    sign_in(&world, &bound).await.unwrap();
    assert_eq!(told(&world, &bound).await, [event("connected", "ok")]);
    assert!(world.row().await.account_id.is_some());
}

#[tokio::test]
async fn a_consent_whose_write_was_not_acknowledged_is_connected_where_it_stands() {
    let world = World::start().await;
    let database = Failing::new(&world.database);
    let bound = world.bind_to(&database, &[READ]).await;
    database.acknowledge(Acknowledges::NotTheNext);
    sign_in(&world, &bound).await.unwrap();
    assert_eq!(told(&world, &bound).await, [event("connected", "ok")]);
    assert_eq!(world.row().await.version, 1);
}

#[tokio::test]
async fn a_consent_of_which_the_database_says_nothing_may_be_stored() {
    for how in [Acknowledges::NothingFromTheNext, Acknowledges::NotWritten] {
        let world = World::start().await;
        let database = Failing::new(&world.database);
        let bound = world.bind_to(&database, &[READ]).await;
        database.acknowledge(how);
        let error = sign_in(&world, &bound).await.unwrap_err();
        assert!(error.is_saved_or_not(), "{how:?}: {error}");
        assert!(error.is_storage() && error.is_transient());
        let refused = event("sign_in_refused", "saved_or_not");
        assert_eq!(told(&world, &bound).await, [refused], "{how:?}");
        let store = world.database.token_store().unwrap();
        let rows = store.list(&ListScope::All, None, 10).await.unwrap();
        let is_stored = how == Acknowledges::NothingFromTheNext;
        assert_eq!(rows.len(), usize::from(is_stored), "{how:?}");
    }
}

/// Waits until so many of these events were told.
async fn told_at_last(
    world: &World,
    bound: &BoundGoogleAuth,
    count: usize,
) -> Vec<(String, String)> {
    let told = async {
        loop {
            let seen = told(world, bound).await;
            if seen.len() == count {
                return seen;
            }
            tokio::task::yield_now().await;
        }
    };
    let mut seen = tokio::time::timeout(Duration::from_mins(1), told)
        .await
        .unwrap();
    seen.sort();
    seen
}

#[tokio::test]
async fn a_consent_that_turns_out_to_be_stored_is_told_and_looked_at_like_any_other() {
    let world = World::start().await;
    let database = Failing::new(&world.database);
    let bound = world.bind_to(&database, &[READ]).await;
    sign_in(&world, &bound).await.unwrap();
    let alice = world.alice();
    let ended = bound.disconnect(&alice, None, DisconnectReach::ThisRow);
    ended.await.unwrap();
    // The revocation reaches the new consent too.
    let refused = FaultRule::new(FaultAction::status(401));
    world.emulator.faults().add(refused.on_method("userinfo"));
    database.acknowledge(Acknowledges::NothingFromTheNext);
    let error = sign_in(&world, &bound).await.unwrap_err();
    assert!(error.is_saved_or_not(), "{error}");
    database.answer_again();
    let seen = told_at_last(&world, &bound, 4).await;
    let connected = || event("connected", "ok");
    let taken = event("connection_taken_back", "disconnect_in_progress");
    let unclear = event("sign_in_refused", "saved_or_not");
    assert_eq!(seen, [connected(), connected(), taken, unclear]);
    assert_eq!(world.row().await.status, RowStatus::NeedsConsent);
}

#[tokio::test]
async fn what_another_process_stored_meanwhile_is_not_told_as_ones_own() {
    let world = World::start().await;
    let database = Failing::new(&world.database);
    let bound = world.bind_to(&database, &[READ]).await;
    database.acknowledge(Acknowledges::AnothersInstead);
    let error = sign_in(&world, &bound).await.unwrap_err();
    assert!(error.is_saved_or_not(), "{error}");
    let refused = event("sign_in_refused", "saved_or_not");
    assert_eq!(told(&world, &bound).await, [refused]);
}

#[tokio::test]
async fn what_was_not_looked_at_is_looked_at_behind_once_the_database_answers() {
    let world = World::start().await;
    let database = Failing::new(&world.database);
    let bound = world.bind_to(&database, &[READ]).await;
    sign_in(&world, &bound).await.unwrap();
    let alice = world.alice();
    let ended = bound.disconnect(&alice, None, DisconnectReach::ThisRow);
    ended.await.unwrap();
    // The revocation reaches the new consent, which nobody could find out at once.
    let refused = FaultRule::new(FaultAction::status(401));
    let refused = refused.on_method("userinfo");
    world.emulator.faults().add(refused);
    database.fail_counts(2);
    sign_in(&world, &bound).await.unwrap();
    let seen = told_at_last(&world, &bound, 3).await;
    assert_eq!(world.row().await.status, RowStatus::NeedsConsent);
    let connected = || event("connected", "ok");
    let taken = event("connection_taken_back", "disconnect_in_progress");
    assert_eq!(seen, [connected(), connected(), taken]);
}
