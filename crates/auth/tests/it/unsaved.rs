//! What becomes of refreshed tokens that the database would not take, when more happens meanwhile.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::time::Duration;

use serde_json::json;
use toolgate_auth::store::{DisconnectReach, RowStatus, StoreErrorKind};
use toolgate_auth::{Access, BoundGoogleAuth, Principal, Requirement, Token};
use toolgate_emulator::{FaultAction, FaultPoint, FaultRule};

use crate::failing::Failing;
use crate::support::{READ, World};

const TWO_HOURS: Duration = Duration::from_hours(2);

fn reading() -> Requirement {
    Requirement::for_methods(&[READ])
}

async fn token(access: &Access) -> Token {
    access.token(&reading()).await.unwrap()
}

/// Refreshes wait when they have been processed, and before they are answered.
fn hold_answers(world: &World) {
    let action = FaultAction::Hold {
        at: FaultPoint::After,
    };
    let rule = FaultRule::new(action).on_path("/token");
    world.emulator.faults().add(rule);
}

#[tokio::test]
async fn of_two_tokens_that_cannot_be_saved_only_the_later_is_tried_again() {
    let world = World::rotating().await;
    world.connect(&[READ]).await;
    let failing = Failing::new(&world.database);
    let bound = world.bind_without_browser_to(&failing, &[READ]).await;
    let access = bound.access(&world.alice(), "gmail");
    failing.fail_commits(u32::MAX);
    for _ in 0..2 {
        failing.thaw();
        world.pass(TWO_HOURS);
        token(&access).await;
    }
    let before = failing.commits_failed();
    // Sleeps end at once now. One token is tried every 15 to 30 seconds, and more often at first.
    tokio::time::sleep(Duration::from_mins(10)).await;
    let tries = failing.commits_failed() - before;
    assert!((20..=46).contains(&tries), "{tries} tries");
}

#[tokio::test]
async fn what_google_is_asked_with_is_not_saved_meanwhile() {
    let world = World::rotating().await;
    world.connect(&[READ]).await;
    world.pass(TWO_HOURS);
    let failing = Failing::new(&world.database);
    let bound = world.bind_without_browser_to(&failing, &[READ]).await;
    let access = bound.access(&world.alice(), "gmail");
    failing.fail_commits(u32::MAX);
    token(&access).await;
    failing.thaw_for_good();
    world.pass(TWO_HOURS);
    hold_answers(&world);
    let asking = tokio::spawn(async move { token(&access).await });
    let faults = world.emulator.faults();
    faults.wait_for_held(1).await;
    // The database is back, and the first token's turn to be saved comes.
    failing.fail_commits(0);
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(6)).await;
    tokio::time::resume();
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert_eq!(world.row().await.version, 1);
    faults.clear();
    asking.await.unwrap();
    assert_eq!(world.row().await.version, 2);
    world.pass(TWO_HOURS);
    world.token_without_browser(&[READ]).await.unwrap();
}

#[tokio::test]
async fn a_kept_refresh_token_that_is_used_again_is_the_one_that_the_row_names() {
    let world = World::start().await;
    world.connect(&[READ]).await;
    let before = world.row().await;
    let failing = Failing::new(&world.database);
    let bound = world.bind_without_browser_to(&failing, &[READ]).await;
    let access = bound.access(&world.alice(), "gmail");
    let answer = json!({"access_token": "ya29.CANARYsecret-next", "expires_in": 3600});
    let mut rotating = answer.clone();
    rotating["refresh_token"] = json!("1//CANARYsecret-next");
    for (body, failures) in [(rotating, u32::MAX), (answer, 0)] {
        failing.fail_commits(failures);
        world.pass(TWO_HOURS);
        world.emulator.faults().clear();
        world.answer_token_requests_with(body);
        token(&access).await;
        failing.thaw();
    }
    let after = world.row().await;
    assert_eq!(after.version, 2);
    assert_ne!(after.rt_hash, before.rt_hash);
}

#[tokio::test]
async fn a_token_that_cannot_be_saved_is_served_while_the_database_is_down() {
    let world = World::start().await;
    world.connect(&[READ]).await;
    world.pass(TWO_HOURS);
    let failing = Failing::new(&world.database);
    let bound = world.bind_without_browser_to(&failing, &[READ]).await;
    let access = bound.access(&world.alice(), "gmail");
    failing.fail_commits(u32::MAX);
    let kept = token(&access).await;
    failing.thaw();
    failing.fail_with(StoreErrorKind::Unavailable);
    let served = token(&access).await;
    assert_eq!(served.access().expose(), kept.access().expose());
}

#[tokio::test]
async fn a_token_that_cannot_be_saved_is_not_remembered_over_a_disconnect() {
    let world = World::start().await;
    world.connect(&[READ]).await;
    world.pass(TWO_HOURS);
    let failing = Failing::new(&world.database);
    let bound = world.bind_without_browser_to(&failing, &[READ]).await;
    let access = bound.access(&world.alice(), "gmail");
    hold_answers(&world);
    let under_way = access.clone();
    let late = tokio::spawn(async move { under_way.token(&reading()).await });
    let faults = world.emulator.faults();
    faults.wait_for_held(1).await;
    failing.fail_commits(u32::MAX);
    let reach = DisconnectReach::ThisRow;
    let disconnected = bound.disconnect(&world.alice(), None, reach).await;
    disconnected.unwrap();
    faults.clear();
    late.await.unwrap().unwrap();
    failing.thaw();
    let error = access.token(&reading()).await.unwrap_err();
    assert!(error.is_reauthorization_required(), "{error}");
}

/// How many grants are unsaved, and how many of them rotated.
fn unsaved(bound: &BoundGoogleAuth) -> (usize, usize) {
    let health = bound.health();
    (health.unsaved, health.unsaved_rotated)
}

#[tokio::test]
async fn what_is_not_saved_is_counted_and_what_is_rotated_apart() {
    let world = World::start().await;
    let failing = Failing::new(&world.database);
    let bound = world.bind_to(&failing, &[READ]).await;
    let bob = Principal::for_user("bob").unwrap();
    let accesses = [&world.alice(), &bob].map(|person| bound.access(person, "gmail"));
    for access in &accesses {
        token(access).await;
    }
    world.pass(TWO_HOURS);
    failing.fail_commits(u32::MAX);
    token(&accesses[0]).await;
    failing.thaw();
    assert_eq!(unsaved(&bound), (1, 0));
    world.answer_token_requests_with(json!({
        "access_token": "ya29.CANARYsecret-next", "refresh_token": "1//CANARYsecret-next",
        "expires_in": 3600,
    }));
    token(&accesses[1]).await;
    failing.thaw();
    assert_eq!(unsaved(&bound), (2, 1));
    let other = world.bind_without_browser(&[READ]).await;
    assert_eq!(
        unsaved(&other),
        (0, 0),
        "it is this process that holds them"
    );
    failing.fail_commits(0);
    tokio::time::pause();
    while unsaved(&bound) != (0, 0) {
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    assert_eq!(world.row().await.version, 2);
}

#[tokio::test]
async fn a_kept_token_that_google_refuses_is_not_saved_later() {
    let world = World::start().await;
    world.connect(&[READ]).await;
    world.pass(TWO_HOURS);
    let failing = Failing::new(&world.database);
    let bound = world.bind_without_browser_to(&failing, &[READ]).await;
    let access = bound.access(&world.alice(), "gmail");
    failing.fail_commits(u32::MAX);
    token(&access).await;
    failing.thaw_for_good();
    // The kept token falls due, and the person has taken the consent back meanwhile.
    world.pass(TWO_HOURS);
    world.emulator.revoke("alice@example.com");
    let refused = access.token(&reading()).await.unwrap_err();
    assert!(refused.is_reauthorization_required(), "{refused}");
    assert_eq!(world.row().await.status, RowStatus::NeedsConsent);
    failing.fail_commits(0);
    tokio::time::pause();
    tokio::time::advance(Duration::from_mins(2)).await;
    tokio::time::resume();
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert_eq!(world.row().await.status, RowStatus::NeedsConsent);
    assert_eq!(bound.health().unsaved, 0);
}

#[tokio::test]
async fn a_kept_token_that_an_api_refuses_is_refreshed_and_once_a_minute_only() {
    let world = World::start().await;
    world.connect(&[READ]).await;
    world.pass(TWO_HOURS);
    let failing = Failing::new(&world.database);
    let bound = world.bind_without_browser_to(&failing, &[READ]).await;
    let access = bound.access(&world.alice(), "gmail");
    failing.fail_commits(u32::MAX);
    let kept = token(&access).await;
    failing.thaw();
    let served = async |refused: &Token| {
        access.rejected(refused).await;
        token(&access).await
    };
    let too_soon = served(&kept).await;
    assert_eq!(too_soon.access().expose(), kept.access().expose());
    world.pass(Duration::from_mins(2));
    let next = served(&kept).await;
    assert_ne!(next.access().expose(), kept.access().expose());
}
