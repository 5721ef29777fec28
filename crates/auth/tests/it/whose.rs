//! Disconnecting a grant of which nobody has said whose it is: Google is asked before it is told.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::time::Duration;

use toolgate_auth::store::{Database as _, DisconnectReach, RowStatus};
use toolgate_auth::{
    BoundGoogleAuth, Disconnected, HowToImport, Imported, ImportedGrant, KeyRing, KeySource,
    Operator, SealingKey,
};
use toolgate_emulator::{FaultAction, FaultRule};

use crate::disconnect::{ALICE, HERE, bob, connected, revocations, works};
use crate::support::World;

/// Bob has consented as alice@example.com, and alice's grant of the same account was imported.
async fn imported() -> (World, BoundGoogleAuth) {
    let world = World::start().await;
    let bound = connected(&world, &[&world.alice(), &bob()]).await;
    let ring = KeyRing::new("k1", SealingKey::from_bytes([7; 32])).unwrap();
    let operator = Operator::open(&world.database, &KeySource::Ring(ring)).await;
    let (operator, row) = (operator.unwrap(), world.row().await);
    let exported = operator.export(&row.key).await.unwrap().unwrap();
    let store = world.database.token_store().unwrap();
    assert!(store.delete(&row.key, &row.incarnation).await.unwrap());
    let document = exported.to_authorized_user(None).unwrap();
    let grant = ImportedGrant::from_authorized_user(document.expose()).unwrap();
    let how = HowToImport {
        overwrite: false,
        dry_run: false,
    };
    let taken = operator.import(&row.key, &grant, how).await.unwrap();
    assert_eq!(taken, Imported::New);
    assert_eq!(world.row().await.account_id, None);
    (world, bound)
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
async fn whoever_wants_it_ended_everywhere_is_not_asked_whose_it_is() {
    let (world, bound) = imported().await;
    let reach = DisconnectReach::Everywhere;
    let outcome = bound.disconnect(&world.alice(), None, reach).await.unwrap();
    assert_eq!(outcome, Disconnected::AtGoogle);
    assert_eq!((asked(&world), revocations(&world)), (0, 1));
}
