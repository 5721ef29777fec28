//! Disconnecting a grant whose secrets do not open: it ends here, and says so.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::time::Duration;

use serde_json::json;
use toolgate_auth::store::{Database as _, DisconnectReach, RowStatus, Sealed};
use toolgate_auth::{BoundGoogleAuth, Disconnected, KeyRing, KeySource, MissingKey, SealingKey};

use crate::disconnect::{ALICE, HERE, bob, connected, revocations, rows, works};
use crate::support::{READ, World};

/// As long as a process that may have the key is waited for.
const PATIENCE: Duration = Duration::from_hours(3);

/// A process that has lost the key of what is stored.
async fn keyless(world: &World) -> BoundGoogleAuth {
    keyless_with(world, MissingKey::Wait).await
}

async fn keyless_with(world: &World, missing: MissingKey) -> BoundGoogleAuth {
    let ring = KeyRing::new("k2", SealingKey::from_bytes([8; 32])).unwrap();
    let builder = world.installed_builder().with_keys(KeySource::Ring(ring));
    let google = builder.with_missing_key(missing).build().unwrap();
    world.bind_definition(&google, &[READ]).await
}

/// What finishing says: what is done, what is not, and of what Google could not be told.
async fn ended(bound: &BoundGoogleAuth) -> (u64, u64, u64) {
    let done = bound.finish_disconnects().await.unwrap();
    (done.finished, done.pending, done.unreadable)
}

/// Alice's disconnect has begun, by a process that is gone.
async fn begun(world: &World) {
    let (store, row) = (world.database.token_store().unwrap(), world.row().await);
    let begun = store.begin_disconnect(&row.key, &row.marker(), HERE).await;
    assert!(begun.unwrap().is_some());
}

/// How alice's disconnect was told to have ended.
async fn told(world: &World) -> String {
    let store = world.database.audit_store().unwrap();
    let records = store.events(Some(&world.alice()), None, 100).await.unwrap();
    let mut ended = records
        .into_iter()
        .filter(|it| it.event.event == "disconnected");
    let told = ended.next().unwrap().event.outcome;
    assert!(ended.next().is_none());
    told
}

#[tokio::test]
async fn a_key_that_is_missing_in_one_process_leaves_the_disconnect_to_another() {
    let world = World::start().await;
    connected(&world, &[&world.alice()]).await;
    let keyless = keyless(&world).await;
    let outcome = keyless.disconnect(&world.alice(), None, HERE).await;
    assert_eq!(outcome.unwrap(), Disconnected::Pending);
    let row = world.row().await;
    assert!(row.status == RowStatus::Disconnecting && row.sealed.is_some());
    let other = world.bind_without_browser(&[READ]).await;
    assert_eq!(ended(&other).await, (1, 0, 0));
    assert_eq!(world.row().await.status, RowStatus::Revoked);
    assert_eq!(world.emulator.live_refresh_tokens(ALICE), 0);
    assert_eq!(told(&world).await, "at_google");
}

#[tokio::test]
async fn a_key_that_stays_missing_ends_the_disconnect_here_after_a_while() {
    let world = World::start().await;
    connected(&world, &[&world.alice()]).await;
    begun(&world).await;
    let keyless = keyless(&world).await;
    // Google could not be told for long, which says nothing of the key.
    world.pass(PATIENCE);
    assert_eq!(ended(&keyless).await, (0, 1, 0));
    world.pass(PATIENCE.saturating_sub(Duration::from_secs(1)));
    // Asking again does not begin it again.
    let outcome = keyless.disconnect(&world.alice(), None, HERE).await;
    assert_eq!(outcome.unwrap(), Disconnected::Pending);
    world.pass(Duration::from_secs(1));
    assert_eq!(ended(&keyless).await, (1, 0, 1));
    let row = world.row().await;
    assert_eq!((row.status, row.sealed), (RowStatus::Revoked, None));
    assert_eq!(revocations(&world), 0);
    assert_eq!(told(&world).await, "here_unreadable");
    // Whoever wants the account connected is not kept from it any more.
    world.connect(&[READ]).await;
}

#[tokio::test]
async fn what_is_damaged_is_waited_for_by_nobody() {
    let world = World::start().await;
    let bound = connected(&world, &[&world.alice()]).await;
    let (store, row) = (world.database.token_store().unwrap(), world.row().await);
    let damaged = Sealed {
        data: json!({"fmt": 1}),
        key_id: "k1".to_owned(),
    };
    let written = store.reseal(&row.key, &row.marker(), &damaged, None).await;
    assert!(written.unwrap());
    let outcome = bound.disconnect(&world.alice(), None, HERE).await.unwrap();
    assert_eq!(outcome, Disconnected::HereUnreadable);
    assert_eq!(told(&world).await, "here_unreadable");
}

#[tokio::test]
async fn a_person_is_deleted_at_once_though_their_key_is_lost() {
    let world = World::start().await;
    connected(&world, &[&world.alice()]).await;
    let deleted = keyless(&world).await.delete_user(&world.alice()).await;
    let deleted = deleted.unwrap();
    assert_eq!((deleted.grants, deleted.unreadable), (1, 1));
    assert!(rows(&world).await.is_empty());
    assert_eq!(told(&world).await, "here_unreadable");
}

#[tokio::test]
async fn an_operators_program_leaves_what_it_cannot_read_unless_it_is_told_to_wipe_it() {
    let world = World::start().await;
    connected(&world, &[&world.alice()]).await;
    begun(&world).await;
    world.pass(PATIENCE * 2);
    let keep = keyless_with(&world, MissingKey::Keep).await;
    assert_eq!(ended(&keep).await, (0, 1, 0));
    world.pass(PATIENCE * 2);
    assert_eq!(ended(&keep).await, (0, 1, 0));
    let error = keep.delete_user(&world.alice()).await.unwrap_err();
    assert!(error.is_transient(), "{error}");
    assert!(world.row().await.sealed.is_some());
    let wipe = keyless_with(&world, MissingKey::Wipe).await;
    assert_eq!(ended(&wipe).await, (1, 0, 1));
}

#[tokio::test]
async fn where_google_is_not_to_be_told_no_key_is_needed() {
    let world = World::start().await;
    connected(&world, &[&world.alice(), &bob()]).await;
    let keyless = keyless(&world).await;
    let outcome = keyless.disconnect(&world.alice(), None, HERE).await;
    let here_only = Disconnected::HereOnly { others: 1 };
    assert_eq!(outcome.unwrap(), here_only);
    assert!(works(&world, &bob()).await);
}

#[tokio::test]
async fn asking_for_everywhere_again_begins_nothing_again() {
    let world = World::start().await;
    connected(&world, &[&world.alice(), &bob()]).await;
    let keyless = keyless(&world).await;
    let everywhere = DisconnectReach::Everywhere;
    let outcome = keyless.disconnect(&world.alice(), None, everywhere).await;
    assert_eq!(outcome.unwrap(), Disconnected::Pending);
    let begun = rows(&world).await;
    assert!(begun.iter().all(|it| it.status == RowStatus::Disconnecting));
    world.pass(Duration::from_hours(1));
    for person in [world.alice(), bob()] {
        let outcome = keyless.disconnect(&person, None, everywhere).await;
        assert_eq!(outcome.unwrap(), Disconnected::Pending);
    }
    assert_eq!(rows(&world).await, begun);
}
