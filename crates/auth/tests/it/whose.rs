//! Disconnecting a grant of which nobody has said whose it is: Google is asked before it is told.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::time::Duration;

use serde_json::{Map, Value};
use toolgate_auth::sign_in::Refusal;
use toolgate_auth::store::{Database as _, DisconnectReach, RowStatus, TokenRow};
use toolgate_auth::{
    BoundGoogleAuth, Disconnected, HowToImport, Imported, ImportedGrant, KeyRing, KeySource,
    Operator, SealingKey,
};
use toolgate_emulator::{FaultAction, FaultRule};

use crate::accounts::{ACCOUNTS, Desk};
use crate::disconnect::{ALICE, HERE, bob, connected, revocations, rows, works};
use crate::support::World;

/// Bob has consented as alice@example.com, and alice's grant of the same account was imported.
async fn imported() -> (World, BoundGoogleAuth) {
    let world = World::start().await;
    let bound = connected(&world, &[&world.alice(), &bob()]).await;
    imported_anew(&world, &world.row().await, |_| ()).await;
    (world, bound)
}

/// In the place of a row stands what an import made of it, which does not say whose it is.
pub(crate) async fn imported_anew(
    world: &World,
    row: &TokenRow,
    change: impl FnOnce(&mut Map<String, Value>),
) {
    let ring = KeyRing::new("k1", SealingKey::from_bytes([7; 32])).unwrap();
    let operator = Operator::open(&world.database, &KeySource::Ring(ring)).await;
    let operator = operator.unwrap();
    let exported = operator.export(&row.key).await.unwrap().unwrap();
    let store = world.database.token_store().unwrap();
    assert!(store.delete(&row.key, &row.incarnation).await.unwrap());
    let document = exported.to_authorized_user(None).unwrap();
    let mut document: Map<String, Value> = serde_json::from_slice(document.expose()).unwrap();
    change(&mut document);
    let document = Value::Object(document).to_string();
    let grant = ImportedGrant::from_authorized_user(document.as_bytes()).unwrap();
    let how = HowToImport {
        overwrite: false,
        dry_run: false,
    };
    let taken = operator.import(&row.key, &grant, how).await.unwrap();
    assert_eq!(taken, Imported::New);
    let row = store.get(&row.key).await.unwrap().row.unwrap();
    assert_eq!(row.account_id, None);
}

fn asked(world: &World) -> usize {
    let requests = world.emulator.requests();
    let asked = requests.iter().filter(|it| it.path.contains("userinfo"));
    asked.count()
}

fn answer(world: &World, status: u16) {
    let rule = FaultRule::new(FaultAction::status(status));
    world.emulator.faults().add(rule.on_method("userinfo"));
}

#[tokio::test]
async fn an_imported_grant_of_somebody_elses_account_ends_here_alone() {
    let (world, bound) = imported().await;
    let outcome = bound.disconnect(&world.alice(), None, HERE).await.unwrap();
    assert_eq!(outcome, Disconnected::HereOnly { others: 1 });
    assert_eq!((asked(&world), revocations(&world)), (1, 0));
    let row = world.row().await;
    assert_eq!((row.status, row.sealed), (RowStatus::Revoked, None));
    world.pass(Duration::from_hours(2));
    assert!(works(&world, &bob()).await, "bob's refresh token lives");
    let outcome = bound.disconnect(&bob(), None, HERE).await.unwrap();
    assert_eq!(outcome, Disconnected::AtGoogle);
    assert_eq!(asked(&world), 1, "what a consent said is known");
}

#[tokio::test]
async fn where_nobody_can_say_whose_a_grant_is_it_is_revoked() {
    let (world, bound) = imported().await;
    world.pass(Duration::from_hours(2));
    let outcome = bound.disconnect(&world.alice(), None, HERE).await.unwrap();
    assert_eq!(outcome, Disconnected::AtGoogle);
    assert_eq!(asked(&world), 0, "its access token has ended");
    assert_eq!(world.emulator.live_refresh_tokens(ALICE), 0);
    for status in [401, 403] {
        let (world, bound) = imported().await;
        answer(&world, status);
        let outcome = bound.disconnect(&world.alice(), None, HERE).await.unwrap();
        assert_eq!(outcome, Disconnected::AtGoogle, "{status}");
    }
}

#[tokio::test]
async fn where_google_may_say_later_whose_a_grant_is_it_is_asked_again() {
    let (world, bound) = imported().await;
    answer(&world, 503);
    let outcome = bound.disconnect(&world.alice(), None, HERE).await.unwrap();
    assert_eq!(outcome, Disconnected::Pending);
    assert!(!works(&world, &world.alice()).await);
    assert_eq!(revocations(&world), 0);
    world.emulator.faults().clear();
    while world.row().await.status != RowStatus::Revoked {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(revocations(&world), 0);
    assert!(works(&world, &bob()).await);
}

#[tokio::test]
async fn whoever_wants_it_ended_everywhere_ends_those_along_that_the_row_does_not_name() {
    let (world, bound) = imported().await;
    let reach = DisconnectReach::Everywhere;
    let outcome = bound.disconnect(&world.alice(), None, reach).await.unwrap();
    assert_eq!(outcome, Disconnected::AtGoogle);
    assert_eq!((asked(&world), revocations(&world)), (1, 1));
    assert_all_ended(&world).await;
}

#[tokio::test]
async fn whoever_finishes_a_disconnect_knows_that_everywhere_was_asked_for() {
    let (world, bound) = imported().await;
    let (store, row) = (world.database.token_store().unwrap(), world.row().await);
    let reach = DisconnectReach::Everywhere;
    let begun = store.begin_disconnect(&row.key, &row.marker(), reach).await;
    assert!(begun.unwrap().is_some());
    bound.finish_disconnects().await.unwrap();
    assert_eq!(revocations(&world), 1);
    assert_all_ended(&world).await;
}

async fn assert_all_ended(world: &World) {
    let all = rows(world).await;
    assert_eq!(all.len(), 2);
    for row in all {
        assert_eq!((row.status, row.sealed), (RowStatus::Revoked, None));
    }
}

#[tokio::test]
async fn a_grant_without_a_token_that_google_would_take_is_not_told_as_ended_there() {
    for (age, outcome, live) in [
        (Duration::ZERO, Disconnected::AtGoogle, 0),
        (Duration::from_hours(2), Disconnected::HereUnreadable, 1),
    ] {
        let world = World::start().await;
        let bound = connected(&world, &[&world.alice()]).await;
        let without = |grant: &mut Map<String, Value>| {
            drop(grant.insert("refresh_token".into(), Value::Null));
        };
        imported_anew(&world, &world.row().await, without).await;
        world.pass(age);
        let told = bound.disconnect(&world.alice(), None, HERE).await.unwrap();
        assert_eq!(told, outcome);
        assert_eq!(world.emulator.live_refresh_tokens(ALICE), live);
    }
}

#[tokio::test]
async fn a_consent_that_is_taken_back_for_a_twin_leaves_the_twins_grant_alone_at_google() {
    let desk = Desk::new().await;
    let (world, twin) = (&desk.world, desk.row(1).await);
    imported_anew(world, &twin, |_| ()).await;
    let (store, default) = (world.database.token_store().unwrap(), desk.row(0).await);
    assert!(
        store
            .delete(&default.key, &default.incarnation)
            .await
            .unwrap()
    );
    // What is remembered of the row is looked at again by now.
    world.pass(Duration::from_mins(2));
    // Whose the twin is cannot be said before the consent is written, and can be said afterwards.
    let unknown = FaultRule::new(FaultAction::status(403)).on_method("userinfo");
    world.emulator.faults().add(unknown.times(1));
    let refused = desk.consents_as(0, ACCOUNTS[1].1).await.unwrap_err();
    let refusal = refused.refusal();
    assert!(
        matches!(refusal, Some(Refusal::AccountTwice { .. })),
        "{refused}"
    );
    assert_eq!(desk.row(0).await.status, RowStatus::Revoked);
    assert_eq!(revocations(world), 0);
    assert_eq!(desk.row(1).await.status, RowStatus::Active);
    assert!(world.emulator.live_refresh_tokens(ACCOUNTS[1].1) > 0);
}
