//! Upkeep: idle grants are refreshed, and by one process; what ended is removed; and it goes on by
//! itself.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use toolgate_auth::store::{Consent, Database as _, DisconnectReach, RowStatus, TokenRow};
use toolgate_auth::{
    BoundGoogleAuth, Principal, Random, Requirement, Service, SystemRandom, TokenKey, Upkept,
};
use toolgate_emulator::{FaultAction, FaultRule};

use crate::failing::Failing;
use crate::support::{READ, World};

const DAY: Duration = Duration::from_hours(24);
/// The longest pause between two rounds that a process makes by itself.
const OFTEN: Duration = Duration::from_hours(2);

fn reading() -> Requirement {
    Requirement::for_methods(&[READ])
}

fn key(user: &str) -> TokenKey {
    TokenKey::new(Principal::for_user(user).unwrap(), Service::google())
}

async fn row(world: &World, key: &TokenKey) -> TokenRow {
    let store = world.database.token_store().unwrap();
    store.get(key).await.unwrap().row.unwrap()
}

/// What a round did with grants.
fn grants(upkept: Upkept) -> (u64, u64) {
    (upkept.refreshed, upkept.failed)
}

async fn upkeep(bound: &BoundGoogleAuth) -> (u64, u64) {
    grants(bound.upkeep().await.unwrap())
}

/// A process whose own upkeep is far away: time is the test's.
async fn process(world: &World) -> BoundGoogleAuth {
    world.bind_without_browser(&[READ]).await
}

/// So many people connect; their keys.
async fn people(world: &World, count: usize) -> Vec<TokenKey> {
    let bound = world.bind(&[READ]).await;
    let mut keys = Vec::new();
    for number in 0..count {
        let key = key(&format!("person-{number}"));
        let access = bound.access(key.principal(), "gmail");
        access.token(&reading()).await.unwrap();
        keys.push(key);
    }
    keys
}

#[tokio::test]
async fn a_grant_that_nobody_uses_is_refreshed_within_thirty_days_and_not_long_before() {
    let world = World::start().await;
    world.connect(&[READ]).await;
    let bound = process(&world).await;
    world.pass(DAY * 28);
    assert_eq!(upkeep(&bound).await, (0, 0));
    assert_eq!(world.token_requests("refresh_token"), 0);
    // Tokens that live for a day at most, and the pause between two rounds, leave so much.
    world.pass(DAY.saturating_sub(OFTEN));
    assert_eq!(upkeep(&bound).await, (1, 0));
    assert_eq!(world.token_requests("refresh_token"), 1);
    assert_eq!(world.row().await.version, 2);
    assert_eq!(upkeep(&bound).await, (0, 0));
}

#[tokio::test]
async fn of_many_processes_one_refreshes_each_idle_grant() {
    let world = World::start().await;
    let keys = people(&world, 9).await;
    world.pass(DAY * 30);
    let mut processes = Vec::new();
    for _ in 0..4 {
        processes.push(process(&world).await);
    }
    join_all(processes.iter().map(upkeep)).await;
    for key in &keys {
        let row = row(&world, key).await;
        assert_eq!((row.version, row.lease), (2, None), "{key:?}");
    }
    assert_eq!(world.token_requests("refresh_token"), keys.len());
}

#[tokio::test]
async fn grants_of_another_client_are_left_alone_and_do_not_stand_in_the_way() {
    let world = World::start().await;
    world.connect(&[READ]).await;
    let (store, alice) = (world.database.token_store().unwrap(), world.row().await);
    // More than a page of them, and all fall due before hers.
    for number in 0..130 {
        let consent = Consent {
            incarnation: alice.incarnation.clone(),
            account_id: None,
            account_email: None,
            client_id: "another-client".to_owned(),
            sealed: alice.sealed.clone().unwrap(),
            consented_scopes: Vec::new(),
            token_scopes: Vec::new(),
            expires_in: Duration::from_secs(number / 50),
            lifetime: Duration::from_hours(1),
            refresh_expires_in: None,
            project: None,
            rt_hash: None,
            rt_prefix_mac: None,
        };
        let key = key(&format!("other-{number}"));
        store.upsert(&key, &consent, None).await.unwrap();
    }
    let before = row(&world, &key("other-7")).await;
    world.pass(DAY * 30);
    assert_eq!(upkeep(&process(&world).await).await, (1, 0));
    assert_eq!(world.row().await.version, 2);
    assert_eq!(row(&world, &key("other-7")).await, before);
}

#[tokio::test]
async fn grants_that_are_not_active_are_left_alone() {
    let world = World::start().await;
    let keys = people(&world, 2).await;
    let bound = process(&world).await;
    let reach = DisconnectReach::ThisRow;
    let alone = bound.disconnect(keys[0].principal(), None, reach).await;
    alone.unwrap();
    world.pass(DAY * 30);
    assert_eq!(upkeep(&bound).await, (1, 0));
    let left = row(&world, &keys[0]).await;
    assert_eq!((left.status, left.version), (RowStatus::Revoked, 1));
}

#[tokio::test]
async fn an_idle_grant_that_fails_is_recorded_and_nobody_is_asked_for_consent() {
    let world = World::start().await;
    world.connect(&[READ]).await;
    let browsers = world.browsers();
    world.pass(DAY * 30);
    let faults = world.emulator.faults();
    faults.add(FaultRule::new(FaultAction::status(503)).on_path("/token"));
    let bound = world.bind(&[READ]).await;
    assert_eq!(upkeep(&bound).await, (0, 1));
    let failed = world.row().await;
    assert_eq!((failed.status, failed.fail_count), (RowStatus::Active, 1));
    assert!(failed.next_attempt_at.is_some());
    faults.clear();
    let refusal = FaultAction::oauth_error("invalid_grant");
    faults.add(FaultRule::new(refusal).on_path("/token"));
    world.pass(DAY);
    assert_eq!(upkeep(&bound).await, (0, 1));
    assert_eq!(world.row().await.status, RowStatus::NeedsConsent);
    world.pass(DAY);
    assert_eq!(upkeep(&bound).await, (0, 0));
    assert_eq!(world.browsers(), browsers);
}

#[tokio::test]
async fn sign_ins_that_ended_a_day_ago_are_removed() {
    let world = World::start().await;
    world.connect(&[READ]).await;
    let bound = process(&world).await;
    let removed = async || bound.upkeep().await.unwrap().sign_ins_removed;
    world.pass(DAY);
    assert_eq!(removed().await, 0, "it could be used for a while");
    world.pass(Duration::from_hours(1));
    assert_eq!(removed().await, 1);
    assert_eq!(removed().await, 0);
}

#[tokio::test]
async fn disconnects_that_somebody_left_half_done_are_finished() {
    let world = World::start().await;
    world.connect(&[READ]).await;
    let bound = process(&world).await;
    let (store, row) = (world.database.token_store().unwrap(), world.row().await);
    let reach = DisconnectReach::ThisRow;
    let begun = store.begin_disconnect(&row.key, &row.marker(), reach).await;
    assert!(begun.unwrap().is_some());
    let finished = async || {
        let upkept = bound.upkeep().await.unwrap();
        (upkept.disconnects_finished, upkept.disconnects_pending)
    };
    assert_eq!(finished().await, (0, 0), "somebody may be at it");
    world.pass(Duration::from_mins(1));
    let faults = world.emulator.faults();
    faults.add(FaultRule::new(FaultAction::status(503)).on_path("/revoke"));
    assert_eq!(finished().await, (0, 1));
    faults.clear();
    assert_eq!(finished().await, (1, 0));
    assert_eq!(world.row().await.status, RowStatus::Revoked);
}

/// Random bytes, but for dice: they show the lowest number.
#[derive(Debug)]
struct Lucky;

impl Random for Lucky {
    fn fill(&self, bytes: &mut [u8]) {
        match bytes {
            [die] => *die = 0,
            bytes => SystemRandom.fill(bytes),
        }
    }
}

#[tokio::test]
async fn whoever_makes_links_removes_old_ones() {
    let world = World::start().await;
    let google = world.links_by(Arc::new(Lucky));
    let bound = world.bind_definition(&google, &[READ]).await;
    let link = async |user: &str| {
        let person = Principal::for_user(user).unwrap();
        let services = ["gmail".to_owned()];
        bound.connect_link(&person, None, &services).await.unwrap()
    };
    link("alice").await;
    world.pass(DAY + Duration::from_hours(1));
    link("bob").await;
    let store = world.database.sign_in_store().unwrap();
    assert_eq!(store.sweep(DAY).await.unwrap(), 0, "none was left");
}

/// Time goes by for timers alone, and for what they wake.
async fn wake_after(pause: Duration) {
    tokio::task::yield_now().await;
    tokio::time::pause();
    tokio::time::advance(pause).await;
    tokio::time::resume();
}

#[tokio::test]
async fn a_process_that_lives_does_upkeep_by_itself() {
    let world = World::start().await;
    world.connect(&[READ]).await;
    world.pass(DAY * 30);
    let bound = process(&world).await;
    wake_after(OFTEN).await;
    while world.row().await.version == 1 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(world.token_requests("refresh_token"), 1);
    drop(bound);
}

#[tokio::test]
async fn upkeep_ends_with_what_it_was_started_by() {
    let world = World::start().await;
    world.connect(&[READ]).await;
    world.pass(DAY * 30);
    let bound = process(&world).await;
    let minute = Duration::from_mins(1);
    drop(bound.upkeep_every(minute));
    wake_after(minute).await;
    let other = process(&world).await;
    drop(other);
    drop(bound);
    wake_after(OFTEN).await;
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert_eq!(world.row().await.lease_seq, 1, "nobody took a lease");
    let bound = process(&world).await;
    let task = bound.upkeep_every(minute);
    wake_after(minute).await;
    while world.row().await.version == 1 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    drop(task);
}

#[tokio::test]
async fn a_part_of_upkeep_that_fails_keeps_no_other_from_being_done() {
    let world = World::start().await;
    world.connect(&[READ]).await;
    let failing = Failing::new(&world.database);
    let bound = world.bind_without_browser_to(&failing, &[READ]).await;
    world.pass(DAY * 29);
    // Half-done disconnects cannot be looked for.
    failing.fail_lists();
    bound.upkeep().await.unwrap_err();
    assert_eq!(world.token_requests("refresh_token"), 1);
    assert_eq!(world.row().await.version, 2);
}
