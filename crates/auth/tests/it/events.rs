//! What is told of each transition of a grant, by whom, and that no telling costs anybody a token.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::time::Duration;

use serde_json::{Value, json};
use toolgate_auth::store::{AuditEvent, Database as _, DisconnectReach};
use toolgate_auth::{Access, BoundGoogleAuth, Principal, Requirement, Service, TokenKey};
use toolgate_emulator::{FaultAction, FaultRule};

use crate::deaf::{Deaf, Ear};
use crate::failing::Failing;
use crate::support::{READ, World};

const DRAFT: &str = "gmail.users.drafts.create";
const COMPOSE: &str = "https://www.googleapis.com/auth/gmail.compose";
const TWO_HOURS: Duration = Duration::from_hours(2);
const HERE: DisconnectReach = DisconnectReach::ThisRow;

fn reading() -> Requirement {
    Requirement::for_methods(&[READ])
}

/// A process in which no browser is opened.
async fn process(world: &World) -> (BoundGoogleAuth, Access) {
    let bound = world.bind_without_browser(&[READ]).await;
    let access = bound.access(&world.alice(), "gmail");
    (bound, access)
}

/// Alice is connected, and her access token has expired.
async fn expired() -> World {
    let world = World::start().await;
    world.connect(&[READ]).await;
    world.pass(TWO_HOURS);
    world
}

fn answer_with(world: &World, action: FaultAction) {
    let faults = world.emulator.faults();
    faults.clear();
    faults.add(FaultRule::new(action).on_path("/token"));
}

async fn events_of(world: &World, person: Option<&Principal>) -> Vec<AuditEvent> {
    let store = world.database.audit_store().unwrap();
    let records = store.events(person, None, 1000).await.unwrap();
    records.into_iter().map(|record| record.event).collect()
}

/// What was told of alice, in its order, by this process and others before it.
async fn told(world: &World, bound: &BoundGoogleAuth) -> Vec<AuditEvent> {
    bound.flush_events().await;
    events_of(world, Some(&world.alice())).await
}

fn names(events: &[AuditEvent]) -> Vec<(&str, &str)> {
    events
        .iter()
        .map(|it| (it.event.as_str(), it.outcome.as_str()))
        .collect()
}

fn version(event: &AuditEvent) -> (i64, i64) {
    let number = |name: &str| event.detail[name].as_i64().unwrap();
    (number("version"), number("epoch"))
}

#[tokio::test]
async fn a_connection_and_a_refresh_are_told_and_reading_a_token_is_not() {
    let world = World::start().await;
    world.connect(&[READ]).await;
    let (bound, access) = process(&world).await;
    let token = async || access.token(&reading()).await.unwrap();
    token().await;
    token().await;
    assert_eq!(names(&told(&world, &bound).await), [("connected", "ok")]);
    world.pass(TWO_HOURS);
    token().await;
    token().await;
    let events = told(&world, &bound).await;
    assert_eq!(names(&events), [("connected", "ok"), ("refreshed", "ok")]);
    let id = TokenKey::new(world.alice(), Service::google()).id();
    for event in &events {
        assert_eq!(event.row_id.as_deref(), Some(id.as_str()));
    }
    assert_eq!(events[0].actor, "browser");
    assert_eq!(events[1].actor.len(), 16, "a process has a name");
    assert_eq!((version(&events[0]), version(&events[1])), ((1, 1), (2, 1)));
    assert_eq!(events[1].detail["rotated"], json!(false));
}

#[tokio::test]
async fn a_failure_that_may_pass_is_told_once_with_its_class() {
    let strange = FaultAction::Json {
        status: 200,
        body: json!({"access_token": 7}),
    };
    for (action, class) in [
        (FaultAction::status(503), "transient"),
        (strange, "malformed"),
        (FaultAction::oauth_error("invalid_client"), "client"),
    ] {
        let world = expired().await;
        let (bound, access) = process(&world).await;
        answer_with(&world, action);
        for _ in 0..3 {
            access.token(&reading()).await.unwrap_err();
        }
        let events = told(&world, &bound).await;
        assert_eq!(names(&events[1..]), [("refresh_failed", class)]);
        assert_eq!(version(&events[1]), (1, 1));
        assert!(events[1].detail["error"].is_string());
        let postponed = events[1].detail.get("retry_in_ms").is_some();
        assert_eq!(postponed, class != "client");
    }
}

#[tokio::test]
async fn a_grant_that_google_refuses_is_told_once_with_the_reason() {
    let rapt = FaultAction::OAuthError {
        error: "invalid_grant".to_owned(),
        subtype: Some("invalid_rapt".to_owned()),
        status: None,
    };
    let policy = "admin_policy_enforced";
    for (action, name, reason) in [
        (
            FaultAction::oauth_error("invalid_grant"),
            "needs_consent",
            "revoked",
        ),
        (rapt, "needs_consent", "session_policy"),
        (FaultAction::oauth_error(policy), "blocked", policy),
    ] {
        let world = expired().await;
        let (bound, access) = process(&world).await;
        answer_with(&world, action);
        for _ in 0..3 {
            access.token(&reading()).await.unwrap_err();
        }
        let events = told(&world, &bound).await;
        assert_eq!(names(&events[1..]), [(name, reason)]);
        assert_eq!(version(&events[1]), (1, 1));
    }
}

#[tokio::test]
async fn a_late_refusal_that_condemns_nothing_is_not_told() {
    let world = expired().await;
    answer_with(&world, FaultAction::hold());
    let refusal = FaultAction::oauth_error("invalid_grant");
    let faults = world.emulator.faults();
    faults.add(FaultRule::new(refusal).on_path("/token").times(1));
    let (bound, access) = process(&world).await;
    let loser = tokio::spawn(async move { access.token(&reading()).await });
    faults.wait_for_held(1).await;
    bound.disconnect(&world.alice(), None, HERE).await.unwrap();
    faults.release();
    loser.await.unwrap().unwrap_err();
    let events = told(&world, &bound).await;
    let expected = [("disconnecting", "ok"), ("disconnected", "at_google")];
    assert_eq!(names(&events[1..]), expected);
}

#[tokio::test]
async fn a_consent_to_other_scopes_is_told_and_one_to_the_same_is_not() {
    let world = World::start().await;
    world.connect(&[READ]).await;
    let methods = [READ, DRAFT];
    let drafting = Requirement::for_methods(&[DRAFT]);
    let bound = world.bind(&methods).await;
    let access = bound.access(&world.alice(), "gmail");
    access.token(&drafting).await.unwrap();
    let events = told(&world, &bound).await;
    let expected = [("scopes_changed", "ok"), ("connected", "ok")];
    assert_eq!(names(&events[1..]), expected);
    assert_eq!(events[1].detail["added"], json!([COMPOSE]));
    assert_eq!(events[1].detail["removed"], json!([]));
    assert_eq!(version(&events[1]), (2, 2));
    // What was lost comes back as it was; and what was disconnected is begun anew.
    world.emulator.revoke("alice@example.com");
    world.pass(TWO_HOURS);
    access.token(&reading()).await.unwrap_err();
    access.token(&reading()).await.unwrap();
    bound.disconnect(&world.alice(), None, HERE).await.unwrap();
    world.connect(&[READ]).await;
    let events = told(&world, &bound).await;
    let expected = [
        ("needs_consent", "revoked"),
        ("connected", "ok"),
        ("disconnecting", "ok"),
        ("disconnected", "at_google"),
        ("connected", "ok"),
    ];
    assert_eq!(names(&events[3..]), expected);
}

#[tokio::test]
async fn a_disconnect_is_told_of_every_row_that_it_reaches() {
    let world = World::start().await;
    let bound = world.bind(&[READ]).await;
    let bob = Principal::for_user("bob").unwrap();
    for person in [&world.alice(), &bob] {
        let access = bound.access(person, "gmail");
        access.token(&reading()).await.unwrap();
    }
    let reach = DisconnectReach::Everywhere;
    bound.disconnect(&world.alice(), None, reach).await.unwrap();
    for person in [&world.alice(), &bob] {
        let events = events_of(&world, Some(person)).await;
        let expected = [("disconnecting", "ok"), ("disconnected", "at_google")];
        assert_eq!(names(&events[1..]), expected, "{person}");
        assert_eq!((version(&events[1]), version(&events[2])), ((1, 2), (1, 2)));
        assert_eq!(events[1].actor, "application");
    }
}

#[tokio::test]
async fn a_deleted_person_leaves_the_events_of_it() {
    let world = World::start().await;
    world.connect(&[READ]).await;
    let (bound, _) = process(&world).await;
    bound.delete_user(&world.alice()).await.unwrap();
    let events = events_of(&world, Some(&world.alice())).await;
    let expected = [
        ("connected", "ok"),
        ("disconnecting", "ok"),
        ("disconnected", "at_google"),
        ("user_deleted", "ok"),
    ];
    assert_eq!(names(&events), expected);
    assert_eq!(events[3].detail, json!({"rows": 1}));
    assert_eq!(
        (events[3].actor.as_str(), &events[3].row_id),
        ("application", &None)
    );
}

#[tokio::test]
async fn a_token_that_is_kept_unsaved_is_told_and_that_it_was_saved_late() {
    let world = World::rotating().await;
    world.connect(&[READ]).await;
    world.pass(TWO_HOURS);
    let failing = Failing::new(&world.database);
    let bound = world.bind_without_browser_to(&failing, &[READ]).await;
    failing.fail_commits(u32::MAX);
    let access = bound.access(&world.alice(), "gmail");
    access.token(&reading()).await.unwrap();
    failing.fail_commits(0);
    while world.row().await.version == 1 {
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    failing.thaw();
    let events = told(&world, &bound).await;
    let expected = [("refresh_unsaved", "kept"), ("refreshed", "saved_late")];
    assert_eq!(names(&events[1..]), expected);
    assert_eq!((version(&events[1]), version(&events[2])), ((1, 1), (2, 1)));
    for event in &events[1..] {
        assert_eq!(event.detail["rotated"], json!(true));
    }
}

#[tokio::test]
async fn a_database_that_refuses_events_costs_nobody_anything() {
    let world = World::start().await;
    let deaf = Deaf::new(&world.database, Ear::Refuses);
    let bound = world.bind_to(&deaf, &[READ]).await;
    let access = bound.access(&world.alice(), "gmail");
    access.token(&reading()).await.unwrap();
    world.pass(TWO_HOURS);
    access.token(&reading()).await.unwrap();
    bound.disconnect(&world.alice(), None, HERE).await.unwrap();
    bound.flush_events().await;
    let refused = ["connected", "refreshed", "disconnecting", "disconnected"];
    assert_eq!(deaf.heard(), refused);
    assert_eq!(events_of(&world, None).await, []);
}

#[tokio::test]
async fn a_token_is_served_while_the_database_is_busy_with_its_event() {
    let world = expired().await;
    let deaf = Deaf::new(&world.database, Ear::NeverAnswers);
    let bound = world.bind_without_browser_to(&deaf, &[READ]).await;
    let access = bound.access(&world.alice(), "gmail");
    access.token(&reading()).await.unwrap();
    while deaf.heard().is_empty() {
        tokio::task::yield_now().await;
    }
    assert_eq!(deaf.listening(), 1, "nobody waited for it to be given up");
    assert_eq!(world.row().await.version, 2);
}

#[tokio::test]
async fn whoever_disconnects_finds_the_events_stored() {
    let world = World::start().await;
    world.connect(&[READ]).await;
    let slow = Deaf::new(&world.database, Ear::Slow);
    let bound = world.bind_without_browser_to(&slow, &[READ]).await;
    bound.disconnect(&world.alice(), None, HERE).await.unwrap();
    let events = events_of(&world, None).await;
    let expected = [("disconnecting", "ok"), ("disconnected", "at_google")];
    assert_eq!(names(&events[1..]), expected);
}

#[tokio::test]
async fn no_event_holds_a_secret() {
    let world = World::rotating().await;
    world.connect(&[READ]).await;
    let (bound, access) = process(&world).await;
    world.pass(TWO_HOURS);
    access.token(&reading()).await.unwrap();
    world.pass(TWO_HOURS);
    answer_with(&world, FaultAction::status(503));
    access.token(&reading()).await.unwrap_err();
    world.pass(TWO_HOURS);
    answer_with(&world, FaultAction::oauth_error("invalid_grant"));
    access.token(&reading()).await.unwrap_err();
    bound.delete_user(&world.alice()).await.unwrap();
    let events = events_of(&world, None).await;
    assert_eq!(events.len(), 7, "{:?}", names(&events));
    let row_of: Vec<Value> = events.iter().map(|it| it.detail.clone()).collect();
    let text = format!("{events:?} {}", Value::from(row_of));
    // The emulator puts this into every token, code and secret, the client's too.
    assert!(!text.contains("CANARYsecret"), "{text}");
}
