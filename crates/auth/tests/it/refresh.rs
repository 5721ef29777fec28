//! The refresh protocol as one process and its neighbours see it: waiting, back-off, the breaker,
//! and what becomes of a token that the database would not take.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::time::Duration;

use futures_util::future::join_all;
use toolgate_auth::store::{Database as _, RowStatus, StoreErrorKind};
use toolgate_auth::{Access, Requirement, Token};
use toolgate_emulator::{FaultAction, FaultRule};

use crate::failing::Failing;
use crate::support::{READ, World};

const TWO_HOURS: Duration = Duration::from_hours(2);

fn reading() -> Requirement {
    Requirement::for_methods(&[READ])
}

/// Another process's way to Google, for alice.
async fn process(world: &World) -> Access {
    let bound = world.bind_without_browser(&[READ]).await;
    bound.access(&world.alice(), "gmail")
}

async fn token(access: &Access) -> Token {
    access.token(&reading()).await.unwrap()
}

/// A process that took the lease and was never heard of again.
async fn lease_by_a_dead_process(world: &World) {
    let (store, row) = (world.database.token_store().unwrap(), world.row().await);
    let ttl = Duration::from_secs(20);
    let leased = store.try_lease(&row.key, &row.marker(), "dead", ttl).await;
    assert!(leased.unwrap().is_some());
}

fn fail(world: &World, action: FaultAction) {
    let rule = FaultRule::new(action).on_path("/token");
    world.emulator.faults().add(rule);
}

#[tokio::test]
async fn of_four_processes_one_asks_google_and_all_get_its_answer() {
    let world = World::start().await;
    world.connect(&[READ]).await;
    world.pass(TWO_HOURS);
    fail(&world, FaultAction::hold());
    let mut processes = Vec::new();
    for _ in 0..4 {
        processes.push(process(&world).await);
    }
    let callers = tokio::spawn(async move {
        let tokens = processes.iter().map(token);
        join_all(tokens).await
    });
    let faults = world.emulator.faults();
    faults.wait_for_held(1).await;
    faults.clear();
    let tokens = callers.await.unwrap();
    let first = tokens[0].access().expose();
    assert!(tokens.iter().all(|token| token.access().expose() == first));
    assert_eq!(world.token_requests("refresh_token"), 1);
    assert_eq!(world.row().await.version, 2);
}

#[tokio::test]
async fn whoever_waits_for_a_dead_process_is_told_when_to_come_back() {
    let world = World::start().await;
    world.connect(&[READ]).await;
    world.pass(TWO_HOURS);
    lease_by_a_dead_process(&world).await;
    let access = process(&world).await;
    tokio::time::pause();
    let error = access.token(&reading()).await.unwrap_err();
    tokio::time::resume();
    assert!(error.is_transient() && !error.is_reauthorization_required());
    assert_eq!(error.retry_after(), Some(Duration::from_secs(20)));
    assert_eq!(world.token_requests("refresh_token"), 0);
    world.pass(Duration::from_secs(20));
    token(&access).await;
    assert_eq!(world.token_requests("refresh_token"), 1);
}

#[tokio::test]
async fn a_token_that_still_lives_is_served_to_whoever_waited_in_vain() {
    let world = World::start().await;
    world.connect(&[READ]).await;
    world.pass(Duration::from_secs(3570));
    lease_by_a_dead_process(&world).await;
    let access = process(&world).await;
    tokio::time::pause();
    token(&access).await;
    assert_eq!(world.token_requests("refresh_token"), 0);
}

#[tokio::test]
async fn a_back_off_is_everybodys() {
    let world = World::start().await;
    world.connect(&[READ]).await;
    world.pass(TWO_HOURS);
    let answer = FaultAction::Status {
        code: 429,
        status: None,
        reason: None,
        message: None,
        retry_after: Some("120".to_owned()),
    };
    fail(&world, answer);
    let error = process(&world).await.token(&reading()).await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_mins(2)));
    world.emulator.faults().clear();
    world.pass(Duration::from_secs(30));
    for _ in 0..3 {
        let error = process(&world).await.token(&reading()).await.unwrap_err();
        assert!(error.is_transient() && !error.is_reauthorization_required());
        assert_eq!(error.retry_after(), Some(Duration::from_secs(90)));
    }
    assert_eq!(world.token_requests("refresh_token"), 1);
    world.pass(Duration::from_secs(90));
    token(&process(&world).await).await;
    assert_eq!(world.row().await.fail_count, 0);
}

#[tokio::test]
async fn a_refused_client_is_asked_for_once_and_no_row_shows_it() {
    let world = World::start().await;
    world.connect(&[READ]).await;
    let bound = world.bind(&[READ]).await;
    let bob = toolgate_auth::Principal::for_user("bob").unwrap();
    token(&bound.access(&bob, "gmail")).await;
    world.pass(TWO_HOURS);
    let before = world.row().await;
    fail(&world, FaultAction::oauth_error("invalid_client"));
    for _ in 0..2 {
        for person in [world.alice(), bob.clone()] {
            let access = bound.access(&person, "gmail");
            let error = access.token(&reading()).await.unwrap_err();
            assert!(error.is_configuration(), "{error}");
        }
    }
    assert_eq!(world.token_requests("refresh_token"), 1);
    let after = world.row().await;
    assert_eq!(
        (after.lease_seq, after.lease.as_ref()),
        (before.lease_seq + 1, None)
    );
    assert_eq!((after.status, after.fail_count), (RowStatus::Active, 0));
    assert_eq!(after.updated_at, before.updated_at);
    // The client is mended; somebody finds out, and then all go on.
    world.emulator.faults().clear();
    world.pass(Duration::from_secs(30));
    for person in [bob, world.alice()] {
        token(&bound.access(&person, "gmail")).await;
    }
    assert_eq!(world.token_requests("refresh_token"), 3);
}

#[tokio::test]
async fn a_refusal_by_an_api_forces_one_refresh_a_minute() {
    let world = World::start().await;
    world.connect(&[READ]).await;
    let access = process(&world).await;
    let first = token(&access).await;
    access.rejected(&first).await;
    let young = token(&access).await;
    assert_eq!(young.access().expose(), first.access().expose());
    assert_eq!(world.token_requests("refresh_token"), 0);
    world.pass(Duration::from_mins(1));
    let refused = token(&access).await;
    let others = [access.clone(), process(&world).await, process(&world).await];
    for access in &others {
        access.rejected(&refused).await;
    }
    for access in &others {
        let forced = token(access).await;
        assert_ne!(forced.access().expose(), first.access().expose());
        access.rejected(&forced).await;
        token(access).await;
    }
    assert_eq!(world.token_requests("refresh_token"), 1);
}

#[tokio::test]
async fn a_commit_that_the_database_refuses_for_a_while_is_tried_again() {
    let world = World::rotating().await;
    world.connect(&[READ]).await;
    world.pass(TWO_HOURS);
    let failing = Failing::new(&world.database);
    let bound = world.bind_without_browser_to(&failing, &[READ]).await;
    failing.fail_commits(3);
    token(&bound.access(&world.alice(), "gmail")).await;
    assert_eq!(world.token_requests("refresh_token"), 1);
    assert_eq!(world.row().await.version, 2);
    assert_eq!(failing.commits_failed(), 3);
}

#[tokio::test]
async fn a_token_that_cannot_be_saved_serves_its_process_until_it_is() {
    let world = World::rotating().await;
    world.connect(&[READ]).await;
    world.pass(TWO_HOURS);
    let failing = Failing::new(&world.database);
    let bound = world.bind_without_browser_to(&failing, &[READ]).await;
    let access = bound.access(&world.alice(), "gmail");
    failing.fail_commits(u32::MAX);
    let kept = token(&access).await;
    failing.thaw();
    assert_eq!(world.row().await.version, 1);
    // It is served on when memory looks at the row again, which still shows the old one.
    world.pass(Duration::from_mins(2));
    assert_eq!(
        token(&access).await.access().expose(),
        kept.access().expose()
    );
    assert_eq!(world.token_requests("refresh_token"), 1);
    // It falls due before it is saved: the refresh token that goes with it is used.
    world.pass(TWO_HOURS);
    let next = token(&access).await;
    failing.thaw();
    assert_ne!(next.access().expose(), kept.access().expose());
    assert_eq!(world.row().await.status, RowStatus::Active);
    failing.fail_commits(0);
    tokio::time::pause();
    while world.row().await.version == 1 {
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    tokio::time::resume();
    world.pass(TWO_HOURS);
    token(&process(&world).await).await;
}

#[tokio::test]
async fn a_token_that_cannot_be_saved_serves_nobody_after_a_disconnect() {
    let world = World::start().await;
    world.connect(&[READ]).await;
    world.pass(TWO_HOURS);
    let failing = Failing::new(&world.database);
    let bound = world.bind_without_browser_to(&failing, &[READ]).await;
    let access = bound.access(&world.alice(), "gmail");
    failing.fail_commits(u32::MAX);
    token(&access).await;
    failing.thaw();
    let (store, row) = (world.database.token_store().unwrap(), world.row().await);
    let reach = toolgate_auth::store::DisconnectReach::ThisRow;
    let begun = store.begin_disconnect(&row.key, &row.marker(), reach).await;
    let begun = begun.unwrap().unwrap();
    failing.fail_commits(0);
    world.pass(Duration::from_mins(1));
    tokio::time::pause();
    tokio::time::sleep(Duration::from_mins(1)).await;
    tokio::time::resume();
    let error = access.token(&reading()).await.unwrap_err();
    assert!(error.is_reauthorization_required(), "{error}");
    let after = world.row().await;
    assert_eq!(
        (after.status, after.marker()),
        (RowStatus::Disconnecting, begun.marker())
    );
}

#[tokio::test]
async fn a_wrong_wall_clock_changes_nothing() {
    let world = World::start().await;
    world.connect(&[READ]).await;
    for minutes in [-120, -10, 10, 120] {
        let off = minutes * 60;
        let bound = world.bind_with_wall_clock_off_by(off, &[READ]).await;
        token(&bound.access(&world.alice(), "gmail")).await;
    }
    assert_eq!(world.token_requests("refresh_token"), 0);
    world.pass(Duration::from_secs(3570));
    for minutes in [-120, 120, -10, 10] {
        let off = minutes * 60;
        let bound = world.bind_with_wall_clock_off_by(off, &[READ]).await;
        token(&bound.access(&world.alice(), "gmail")).await;
        assert_eq!(world.token_requests("refresh_token"), 1, "{minutes}");
    }
}

#[tokio::test]
async fn a_database_that_is_down_when_a_refusal_is_recorded_condemns_nothing() {
    let world = World::start().await;
    world.connect(&[READ]).await;
    world.pass(TWO_HOURS);
    let failing = Failing::new(&world.database);
    let bound = world.bind_without_browser_to(&failing, &[READ]).await;
    fail(&world, FaultAction::hold());
    fail(&world, FaultAction::oauth_error("invalid_grant"));
    let access = bound.access(&world.alice(), "gmail");
    let caller = tokio::spawn(async move { access.token(&reading()).await });
    let faults = world.emulator.faults();
    faults.wait_for_held(1).await;
    failing.fail_with(StoreErrorKind::Unavailable);
    faults.release();
    let error = caller.await.unwrap().unwrap_err();
    assert!(error.is_transient() && !error.is_reauthorization_required());
    assert_eq!(world.row().await.status, RowStatus::Active);
}
