//! Disconnecting: what is told to Google, what is wiped, what is finished later.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::time::Duration;

use toolgate_auth::store::{
    Database as _, DisconnectReach, ListScope, RefreshFailure, RowStatus, TokenRow,
};
use toolgate_auth::{BoundGoogleAuth, Disconnected, FinishedDisconnects, Principal, Requirement};
use toolgate_emulator::{FaultAction, FaultPoint, FaultRule};

use crate::support::{READ, World};

pub(crate) const ALICE: &str = "alice@example.com";
pub(crate) const HERE: DisconnectReach = DisconnectReach::ThisRow;

pub(crate) fn reading() -> Requirement {
    Requirement::for_methods(&[READ])
}

/// Everybody consents as alice@example.com: several connections of one account.
pub(crate) async fn connected(world: &World, people: &[&Principal]) -> BoundGoogleAuth {
    let bound = world.bind(&[READ]).await;
    for person in people {
        let access = bound.access(person, "gmail");
        access.token(&reading()).await.unwrap();
    }
    bound
}

pub(crate) fn bob() -> Principal {
    Principal::for_user("bob").unwrap()
}

pub(crate) fn revocations(world: &World) -> usize {
    let requests = world.emulator.requests();
    requests.iter().filter(|it| it.path == "/revoke").count()
}

pub(crate) async fn rows(world: &World) -> Vec<TokenRow> {
    let store = world.database.token_store().unwrap();
    store.list(&ListScope::All, None, 100).await.unwrap()
}

pub(crate) async fn works(world: &World, person: &Principal) -> bool {
    let bound = world.bind_without_browser(&[READ]).await;
    let token = bound.access(person, "gmail").token(&reading()).await;
    token.as_ref().err().is_none_or(|error| {
        assert!(error.is_reauthorization_required(), "{error}");
        false
    })
}

/// A person's grant is marked as one that gives no token any more.
async fn condemn(world: &World, person: &Principal, status: RowStatus) {
    let store = world.database.token_store().unwrap();
    let rows = rows(world).await;
    let row = rows
        .iter()
        .find(|row| row.key.principal() == person)
        .unwrap();
    let failure = RefreshFailure::Condemned {
        status,
        reason: "revoked".to_owned(),
        error: "revoked".to_owned(),
    };
    let at = row.marker();
    let condemned = store.commit_failure(&row.key, &at, row.lease_seq, &failure);
    assert!(condemned.await.unwrap());
}

#[tokio::test]
async fn google_is_told_and_the_secrets_are_wiped() {
    let world = World::start().await;
    let bound = connected(&world, &[&world.alice()]).await;
    let outcome = bound.disconnect(&world.alice(), None, HERE).await.unwrap();
    assert_eq!(outcome, Disconnected::AtGoogle);
    assert_eq!(world.emulator.live_refresh_tokens(ALICE), 0);
    let row = world.row().await;
    assert_eq!((row.status, row.sealed), (RowStatus::Revoked, None));
    assert_eq!((row.rt_hash, row.rt_prefix_mac), (None, None));
    let access = bound.access(&world.alice(), "gmail");
    let browsers = world.browsers();
    access.token(&reading()).await.unwrap();
    assert_eq!(
        world.browsers(),
        browsers + 1,
        "memory must not serve what was disconnected"
    );
    let again = bound.disconnect(&bob(), None, HERE).await.unwrap();
    assert_eq!(again, Disconnected::NotConnected);
}

#[tokio::test]
async fn another_connection_of_the_account_lives_on() {
    let world = World::start().await;
    let bound = connected(&world, &[&world.alice(), &bob()]).await;
    let outcome = bound.disconnect(&world.alice(), None, HERE).await.unwrap();
    assert_eq!(outcome, Disconnected::HereOnly { others: 1 });
    assert_eq!(revocations(&world), 0);
    assert_eq!(world.row().await.sealed, None);
    assert!(works(&world, &bob()).await && !works(&world, &world.alice()).await);
    let outcome = bound.disconnect(&bob(), None, HERE).await.unwrap();
    assert_eq!(outcome, Disconnected::AtGoogle);
}

#[tokio::test]
async fn a_connection_that_gives_no_token_keeps_google_from_hearing_of_nothing() {
    for status in [
        RowStatus::NeedsConsent,
        RowStatus::Blocked,
        RowStatus::Suspended,
    ] {
        let world = World::start().await;
        let bound = connected(&world, &[&world.alice(), &bob()]).await;
        condemn(&world, &bob(), status).await;
        let outcome = bound.disconnect(&world.alice(), None, HERE).await.unwrap();
        assert_eq!(outcome, Disconnected::AtGoogle, "{status}");
        assert_eq!(world.emulator.live_refresh_tokens(ALICE), 0, "{status}");
    }
}

#[tokio::test]
async fn everywhere_ends_every_connection_of_the_account() {
    let world = World::start().await;
    let acme = bob().with_tenant("acme").unwrap();
    let bound = connected(&world, &[&world.alice(), &bob(), &acme]).await;
    let reach = DisconnectReach::Everywhere;
    let outcome = bound.disconnect(&world.alice(), None, reach).await.unwrap();
    assert_eq!(outcome, Disconnected::AtGoogle);
    assert_eq!(revocations(&world), 1);
    for row in rows(&world).await {
        assert_eq!(
            (row.status, row.sealed),
            (RowStatus::Revoked, None),
            "{}",
            row.key.id()
        );
    }
}

#[tokio::test]
async fn a_refresh_under_way_brings_nothing_back() {
    let world = World::start().await;
    let bound = connected(&world, &[&world.alice()]).await;
    world.pass(Duration::from_hours(2));
    let hold = FaultRule::new(FaultAction::Hold {
        at: FaultPoint::After,
    });
    let faults = world.emulator.faults();
    faults.add(hold.on_path("/token"));
    let access = world
        .bind_without_browser(&[READ])
        .await
        .access(&world.alice(), "gmail");
    let late = tokio::spawn(async move { access.token(&reading()).await });
    faults.wait_for_held(1).await;
    bound.disconnect(&world.alice(), None, HERE).await.unwrap();
    faults.release();
    let error = late.await.unwrap().unwrap_err();
    assert!(error.is_reauthorization_required(), "{error}");
    let row = world.row().await;
    assert_eq!((row.status, row.sealed), (RowStatus::Revoked, None));
}

#[tokio::test]
async fn what_google_was_not_told_is_told_later() {
    let world = World::start().await;
    let bound = connected(&world, &[&world.alice()]).await;
    let faults = world.emulator.faults();
    faults.add(
        FaultRule::new(FaultAction::status(503))
            .on_path("/revoke")
            .times(1),
    );
    let outcome = bound.disconnect(&world.alice(), None, HERE).await.unwrap();
    assert_eq!(outcome, Disconnected::Pending);
    assert!(!works(&world, &world.alice()).await);
    while world.row().await.status != RowStatus::Revoked {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(world.emulator.live_refresh_tokens(ALICE), 0);
}

#[tokio::test]
async fn a_disconnect_whose_process_died_is_finished_by_the_next() {
    let world = World::start().await;
    connected(&world, &[&world.alice()]).await;
    let (store, row) = (world.database.token_store().unwrap(), world.row().await);
    let begun = store.begin_disconnect(&row.key, &row.marker(), HERE).await;
    assert!(begun.unwrap().is_some());
    let young = world.bind_without_browser(&[READ]).await;
    tokio::task::yield_now().await;
    assert_eq!(revocations(&world), 0, "somebody may be at it");
    world.pass(Duration::from_mins(1));
    let next = world.bind_without_browser(&[READ]).await;
    while world.row().await.status != RowStatus::Revoked {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(revocations(&world), 1);
    let rest = next.finish_disconnects().await.unwrap();
    assert_eq!(rest, FinishedDisconnects::default());
    drop(young);
}

#[tokio::test]
async fn a_grant_that_google_knows_no_more_is_disconnected_too() {
    let world = World::start().await;
    let bound = connected(&world, &[&world.alice()]).await;
    world.emulator.revoke(ALICE);
    let outcome = bound.disconnect(&world.alice(), None, HERE).await.unwrap();
    assert_eq!(outcome, Disconnected::AtGoogle);
}

#[tokio::test]
async fn a_consent_soon_after_a_revocation_is_tried_before_it_counts() {
    let world = World::start().await;
    let bound = connected(&world, &[&world.alice(), &bob()]).await;
    let asked = || {
        let requests = world.emulator.requests();
        requests
            .iter()
            .filter(|it| it.path.contains("userinfo"))
            .count()
    };
    assert_eq!(asked(), 0, "without a revocation nobody asks");
    let reach = DisconnectReach::Everywhere;
    bound.disconnect(&world.alice(), None, reach).await.unwrap();
    let faults = world.emulator.faults();
    let dead = FaultRule::new(FaultAction::status(401)).on_method("userinfo");
    faults.add(dead.times(1));
    let access = bound.access(&world.alice(), "gmail");
    let error = access.token(&reading()).await.unwrap_err();
    assert!(error.refusal().is_some(), "{error}");
    assert_eq!(world.row().await.status, RowStatus::NeedsConsent);
    // Another row's revocation counts as well, and a grant that works is kept.
    access.token(&reading()).await.unwrap();
    assert_eq!(asked(), 2);
    world.pass(Duration::from_mins(1));
    bound
        .access(&bob(), "gmail")
        .token(&reading())
        .await
        .unwrap();
    assert_eq!(asked(), 2);
}

#[tokio::test]
async fn a_persons_connections_are_listed_and_nobody_elses() {
    let world = World::start().await;
    let bound = connected(&world, &[&world.alice(), &bob()]).await;
    let listed = bound.connections(&world.alice()).await.unwrap();
    let [connection] = &listed[..] else {
        panic!("{listed:?}")
    };
    assert_eq!(connection.email.as_deref(), Some(ALICE));
    assert_eq!(connection.services, ["gmail"]);
    assert_eq!(connection.account, None);
    assert_eq!(connection.since, world.now());
    let stranger = Principal::for_user("carol").unwrap();
    assert!(bound.connections(&stranger).await.unwrap().is_empty());
    bound.disconnect(&world.alice(), None, HERE).await.unwrap();
    assert!(bound.connections(&world.alice()).await.unwrap().is_empty());
    assert_eq!(bound.connections(&bob()).await.unwrap().len(), 1);
}
