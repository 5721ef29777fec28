//! What the token endpoint may answer to a refresh, and what becomes of the row and its caller.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::time::Duration;

use serde_json::{Value, json};
use toolgate_auth::Requirement;
use toolgate_auth::store::RowStatus;
use toolgate_emulator::{FaultAction, FaultPoint, FaultRule};

use crate::support::{READ, World};

const TWO_HOURS: Duration = Duration::from_hours(2);
/// How long a request to the token endpoint may take.
const REQUEST: Duration = Duration::from_secs(8);
/// Longer than any back-off.
const BACK_OFF: Duration = Duration::from_mins(5);

/// Alice is connected, and her access token has expired.
async fn expired() -> World {
    let world = World::start().await;
    world.connect(&[READ]).await;
    world.pass(TWO_HOURS);
    world
}

fn fail_once(world: &World, action: FaultAction) {
    let rule = FaultRule::new(action).on_path("/token").times(1);
    world.emulator.faults().add(rule);
}

/// The failure is noted in the row, which is not condemned, and all is well after the back-off.
async fn assert_passing(world: &World, case: &str, noted: &str) {
    let error = world.token_without_browser(&[READ]).await.unwrap_err();
    assert!(
        error.is_transient() && !error.is_reauthorization_required(),
        "{case}: {error}"
    );
    assert_noted(world, case, noted).await;
    world.pass(BACK_OFF);
    world.token_without_browser(&[READ]).await.unwrap();
    let after = world.row().await;
    assert_eq!((after.version, after.fail_count), (2, 0), "{case}");
    assert_eq!((after.last_error, after.next_attempt_at), (None, None));
    assert_eq!(world.token_requests("refresh_token"), 2, "{case}");
}

async fn assert_noted(world: &World, case: &str, noted: &str) {
    let row = world.row().await;
    assert_eq!(
        (row.status, row.version, row.fail_count),
        (RowStatus::Active, 1, 1),
        "{case}"
    );
    assert_eq!(row.last_error.as_deref(), Some(noted), "{case}");
    assert!(row.lease.is_none() && row.next_attempt_at.is_some());
}

#[tokio::test]
async fn an_answer_that_is_missing_torn_or_strange_is_tried_again_later() {
    let cut = |at| FaultAction::DropConnection { at };
    let json = |status, body| FaultAction::Json { status, body };
    let (incomplete, strange) = ("answered incompletely", "an answer that is not OAuth's");
    let (its_side, nonsense) = ("an error on its side", "an answer that is no token answer");
    let cases = [
        ("torn", FaultAction::TornBody, incomplete),
        ("cut before", cut(FaultPoint::Before), incomplete),
        ("cut after", cut(FaultPoint::After), incomplete),
        ("200 html", FaultAction::Html { status: 200 }, nonsense),
        ("400 html", FaultAction::Html { status: 400 }, strange),
        ("403 html", FaultAction::Html { status: 403 }, strange),
        ("502 html", FaultAction::Html { status: 502 }, its_side),
        ("500", FaultAction::status(500), its_side),
        ("503", FaultAction::status(503), its_side),
        (
            "200, no token",
            json(200, json!({"expires_in": 1})),
            nonsense,
        ),
        (
            "an unknown code",
            FaultAction::oauth_error("temporarily_unavailable"),
            "an error code that is not known",
        ),
    ];
    for (case, action, noted) in cases {
        let world = expired().await;
        fail_once(&world, action);
        assert_passing(&world, case, noted).await;
    }
}

#[tokio::test]
async fn an_endpoint_that_hangs_is_given_up_after_its_time_and_asked_again_later() {
    let world = expired().await;
    fail_once(&world, FaultAction::hold());
    let faults = world.emulator.faults().clone();
    let hanging = tokio::spawn(async move {
        faults.wait_for_held(1).await;
        tokio::time::pause();
        tokio::time::advance(REQUEST).await;
        tokio::time::resume();
    });
    let passing = assert_passing(&world, "it hangs", "did not answer in time");
    // Time that is skipped counts here too: nobody waits for longer than that.
    let bound = REQUEST + Duration::from_secs(6);
    tokio::time::timeout(bound, passing).await.unwrap();
    hanging.await.unwrap();
}

#[tokio::test]
async fn what_a_refresh_leaves_out_stays_as_it_was() {
    let whole = json!({
        "access_token": "ya29.CANARYsecret-next", "token_type": "Bearer", "expires_in": 3599,
        "scope": "openid", "refresh_token": "1//CANARYsecret-next",
    });
    let nothing = [None, Some(json!(null)), Some(json!(""))];
    let left_out = |field| nothing.iter().map(move |value| (field, value.as_ref()));
    let cases = ["refresh_token", "scope", "expires_in"].into_iter();
    for (field, value) in cases.flat_map(left_out).chain([("token_type", None)]) {
        let case = format!("{field}: {value:?}");
        let world = expired().await;
        let before = world.row().await;
        let mut body = whole.clone();
        match value {
            Some(value) => body[field] = value.clone(),
            None => drop(body.as_object_mut().unwrap().remove(field)),
        }
        world.answer_token_requests_with(body);
        let token = world.token_without_browser(&[READ]).await.unwrap();
        assert_eq!(token.access().expose(), "ya29.CANARYsecret-next", "{case}");
        let after = world.row().await;
        assert_eq!((after.status, after.version), (RowStatus::Active, 2));
        assert_eq!(after.consented_scopes, before.consented_scopes);
        let kept = [
            ("scope", after.token_scopes == before.token_scopes),
            ("refresh_token", after.rt_hash == before.rt_hash),
            ("expires_in", after.lifetime == Duration::from_hours(1)),
        ];
        for (name, kept) in kept {
            assert_eq!(kept, name == field, "{case}: {name}");
        }
    }
}

#[tokio::test]
async fn a_token_expires_from_when_its_request_left_however_late_the_answer() {
    let world = expired().await;
    fail_once(&world, FaultAction::hold());
    let faults = world.emulator.faults().clone();
    let bound = world.bind_without_browser(&[READ]).await;
    let access = bound.access(&world.alice(), "gmail");
    let reading = Requirement::for_methods(&[READ]);
    let caller = tokio::spawn(async move { access.token(&reading).await });
    faults.wait_for_held(1).await;
    let late = Duration::from_secs(7);
    world.pass(late);
    faults.release();
    caller.await.unwrap().unwrap();
    let left = world.row().await.expires_at.since(world.now());
    assert_eq!(left + late, Duration::from_hours(1));
}

#[tokio::test]
async fn however_long_a_token_is_said_to_live_it_is_counted_within_bounds() {
    let (hour, shortest) = (Duration::from_hours(1), Duration::from_secs(30));
    let cases: [(Value, Duration); 9] = [
        (json!(0), shortest),
        (json!(-3600), shortest),
        (json!(29), shortest),
        (json!(3600), hour),
        (json!("3600"), hour),
        (json!(90.5), Duration::from_millis(90_500)),
        (json!(1_000_000_000_000_i64), Duration::from_hours(24)),
        (json!("soon"), hour),
        (json!([3600]), hour),
    ];
    for (said, lifetime) in cases {
        let world = expired().await;
        world.answer_token_requests_with(json!({
            "access_token": "ya29.CANARYsecret-next", "token_type": "Bearer", "expires_in": said,
        }));
        // Callers in many processes, one after the other: no storm, however short it lives.
        for _ in 0..3 {
            world.token_without_browser(&[READ]).await.unwrap();
        }
        assert_eq!(world.token_requests("refresh_token"), 1, "{said}");
        let (row, now) = (world.row().await, world.now());
        assert_eq!((row.version, row.lifetime), (2, lifetime), "{said}");
        assert_eq!(row.expires_at.since(now), lifetime, "{said}");
    }
}
