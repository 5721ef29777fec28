//! Deleting a person: nobody is served from its beginning on, and nothing stays.

use std::sync::Arc;
use std::time::Duration;

use toolgate_auth::Sessions;
use toolgate_auth::store::{Database as _, RowStatus, SessionStatus};
use toolgate_emulator::{FaultAction, FaultRule};
use toolgate_testkit::sample::sign_in;

use crate::accounts::{ACCOUNTS, Desk, label};
use crate::disconnect::{ALICE, bob, connected, reading, revocations, rows, works};
use crate::failing::Failing;
use crate::support::{READ, World};

#[tokio::test]
async fn deleting_a_user_leaves_nothing_of_theirs() {
    let world = World::start().await;
    let tenant = world.alice().with_tenant("acme").unwrap();
    let bound = connected(&world, &[&world.alice(), &tenant]).await;
    assert_eq!(bound.delete_user(&world.alice()).await.unwrap().grants, 1);
    let left = rows(&world).await;
    assert_eq!(left.len(), 1);
    assert_eq!(*left[0].key.principal(), tenant);
    assert!(works(&world, &tenant).await);
    assert_eq!(bound.delete_user(&world.alice()).await.unwrap().grants, 0);
}

#[tokio::test]
async fn a_user_of_whom_google_cannot_be_told_is_deleted_later() {
    let world = World::start().await;
    let bound = connected(&world, &[&world.alice()]).await;
    let faults = world.emulator.faults();
    faults.add(FaultRule::new(FaultAction::status(503)).on_path("/revoke"));
    let error = bound.delete_user(&world.alice()).await.unwrap_err();
    assert!(error.is_transient(), "{error}");
    assert!(!works(&world, &world.alice()).await);
    faults.clear();
    assert_eq!(bound.delete_user(&world.alice()).await.unwrap().grants, 1);
    assert!(rows(&world).await.is_empty());
    assert_eq!(world.emulator.live_refresh_tokens(ALICE), 0);
}

#[tokio::test]
async fn none_of_a_deleted_persons_accounts_is_served_while_google_cannot_be_told() {
    let desk = Desk::new().await;
    let (world, alice) = (&desk.world, desk.world.alice());
    let faults = world.emulator.faults();
    faults.add(FaultRule::new(FaultAction::status(503)).on_path("/revoke"));
    let error = desk.bound.delete_user(&alice).await.unwrap_err();
    assert!(error.is_transient(), "{error}");
    let other = world
        .bind_definition(&world.several_by_links(), &[READ])
        .await;
    for (account, (name, email)) in ACCOUNTS.into_iter().enumerate() {
        assert_eq!(desk.row(account).await.status, RowStatus::Disconnecting);
        let access = other.access(&alice, "gmail").with_account(label(name));
        let error = access.token(&reading()).await.unwrap_err();
        assert!(error.is_reauthorization_required(), "{email}: {error}");
    }
    faults.clear();
    assert_eq!(other.delete_user(&alice).await.unwrap().grants, 2);
    assert!(rows(world).await.is_empty());
    for (_, email) in ACCOUNTS {
        assert_eq!(world.emulator.live_refresh_tokens(email), 0, "{email}");
    }
}

#[tokio::test]
async fn a_deletion_goes_on_when_its_caller_goes_away() {
    let world = World::start().await;
    let bound = connected(&world, &[&world.alice()]).await;
    let faults = world.emulator.faults();
    faults.add(FaultRule::new(FaultAction::hold_answer()).on_path("/revoke"));
    let (caller, alice) = (bound.clone(), world.alice());
    let call = tokio::spawn(async move { caller.delete_user(&alice).await });
    faults.wait_for_held(1).await;
    call.abort();
    faults.clear();
    faults.release();
    while !rows(&world).await.is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(revocations(&world), 1);
}

#[tokio::test]
async fn what_is_written_of_a_deleted_person_up_to_the_last_look_is_removed_too() {
    let world = World::start().await;
    connected(&world, &[&world.alice(), &bob()]).await;
    let late = Failing::new(&world.database);
    late.write_beside_at_the_last_look();
    let bound = world.bind_without_browser_to(&late, &[READ]).await;
    assert_eq!(bound.delete_user(&world.alice()).await.unwrap().grants, 1);
    assert!(late.has_written_beside());
    let sessions = Sessions::of(Arc::new(world.database.clone()), None).unwrap();
    let left = sessions
        .list(&world.alice(), &[SessionStatus::Paused])
        .await;
    assert!(left.unwrap().sessions.is_empty());
    let sign_ins = world.database.sign_in_store().unwrap();
    let left = sign_ins.get(&sign_in("late").id_hash).await.unwrap();
    assert_eq!(left, None);
    assert!(works(&world, &bob()).await);
}
