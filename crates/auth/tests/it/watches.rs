//! What Google pushes of a mailbox ends with the connection, and never holds up a disconnect.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::time::Duration;

use http::Request;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use serde_json::json;
use toolgate_auth::store::{Database as _, DisconnectReach, RowStatus};
use toolgate_auth::{BoundGoogleAuth, Disconnected, Principal, Requirement};
use toolgate_emulator::{FaultAction, FaultRule};
use toolgate_http::HttpClient;

use crate::support::{READ, World};

const ALICE: &str = "alice@example.com";
const WATCH: &str = "gmail.users.watch";
const STOP: &str = "gmail.users.stop";
const CALENDAR: &str = "calendar.events.list";
const TOPIC: &str = "projects/p/topics/mail";
/// How long a disconnect waits for the end of a watch.
const PATIENCE: Duration = Duration::from_secs(5);
const HERE: DisconnectReach = DisconnectReach::ThisRow;

fn bob() -> Principal {
    Principal::for_user("bob").unwrap()
}

/// A program of the person's asks for notifications, as it may by the client of a toolkit.
async fn watch(world: &World, bound: &BoundGoogleAuth, person: &Principal) {
    let access = bound.access(person, "gmail");
    let token = access.token(&Requirement::for_methods(&[WATCH])).await;
    let address = world.endpoints().gmail().join("users/me/watch").unwrap();
    let request = Request::post(address.as_str())
        .header(CONTENT_TYPE, "application/json")
        .header(
            AUTHORIZATION,
            format!("Bearer {}", token.unwrap().access().expose()),
        )
        .body(json!({"topicName": TOPIC}).to_string().into_bytes())
        .unwrap();
    let answer = HttpClient::new().unwrap();
    let answer = answer.send(request, Duration::from_secs(10)).await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(world.emulator.watched_topic(ALICE).as_deref(), Some(TOPIC));
}

/// Alice's agent and others' are connected with her mailbox, which is watched.
async fn watched(world: &World, others: &[&Principal]) -> BoundGoogleAuth {
    let bound = world.bind(&[READ, WATCH]).await;
    for person in others {
        let access = bound.access(person, "gmail");
        access
            .token(&Requirement::for_methods(&[READ]))
            .await
            .unwrap();
    }
    watch(world, &bound, &world.alice()).await;
    bound
}

/// What the event of the disconnect says of the watch.
async fn told(world: &World) -> serde_json::Value {
    let store = world.database.audit_store().unwrap();
    let events = store.events(Some(&world.alice()), None, 100).await.unwrap();
    let ends = events.into_iter().map(|record| record.event);
    let mut ends = ends.filter(|event| event.event == "disconnected");
    let end = ends.next().unwrap();
    assert!(ends.next().is_none(), "it is told once");
    end.detail["gmail_watch"].clone()
}

/// The paths of what Google was asked in a disconnect, in their order.
fn asked(world: &World) -> Vec<String> {
    let requests = world.emulator.requests();
    requests.into_iter().map(|it| it.path).collect()
}

async fn disconnect(world: &World, bound: &BoundGoogleAuth) -> Disconnected {
    world.emulator.clear_requests();
    bound.disconnect(&world.alice(), None, HERE).await.unwrap()
}

#[tokio::test]
async fn a_disconnect_ends_the_watch_on_the_mailbox_and_then_the_grant() {
    let world = World::start().await;
    let bound = watched(&world, &[]).await;
    assert_eq!(disconnect(&world, &bound).await, Disconnected::AtGoogle);
    assert_eq!(world.emulator.watched_topic(ALICE), None);
    assert_eq!(asked(&world), ["/gmail/v1/users/me/stop", "/revoke"]);
    assert_eq!(told(&world).await, "ended");
}

#[tokio::test]
async fn where_the_access_token_has_ended_another_one_ends_the_watch() {
    for rotating in [false, true] {
        let world = if rotating {
            World::rotating().await
        } else {
            World::start().await
        };
        let bound = watched(&world, &[]).await;
        world.pass(Duration::from_hours(2));
        assert_eq!(disconnect(&world, &bound).await, Disconnected::AtGoogle);
        assert_eq!(world.emulator.watched_topic(ALICE), None);
        let stop = "/gmail/v1/users/me/stop";
        assert_eq!(asked(&world), [stop, "/token", stop, "/revoke"]);
        assert_eq!(world.emulator.live_refresh_tokens(ALICE), 0, "{rotating}");
        assert_eq!(world.row().await.sealed, None);
    }
}

#[tokio::test]
async fn a_watch_that_google_does_not_end_holds_up_no_disconnect() {
    for action in [
        FaultAction::status(500),
        FaultAction::status(429),
        FaultAction::status_with_reason(403, "forbidden"),
        FaultAction::drop_answer(),
    ] {
        let world = World::start().await;
        let bound = watched(&world, &[]).await;
        let faults = world.emulator.faults();
        faults.add(FaultRule::new(action.clone()).on_method(STOP));
        let outcome = disconnect(&world, &bound).await;
        assert_eq!(outcome, Disconnected::AtGoogle, "{action:?}");
        assert_eq!(world.row().await.status, RowStatus::Revoked);
        assert_eq!(told(&world).await, "not_ended", "{action:?}");
    }
}

#[tokio::test]
async fn a_watch_of_which_google_says_nothing_holds_up_a_disconnect_for_five_seconds() {
    let world = World::start().await;
    let bound = watched(&world, &[]).await;
    let faults = world.emulator.faults();
    faults.add(FaultRule::new(FaultAction::hold()).on_method(STOP));
    let alice = world.alice();
    // Time that is skipped counts here too: nobody waits for longer than that.
    let limit = PATIENCE + Duration::from_secs(6);
    let disconnect = async move { bound.disconnect(&alice, None, HERE).await };
    let disconnect = tokio::spawn(tokio::time::timeout(limit, disconnect));
    faults.wait_for_held(1).await;
    tokio::time::pause();
    tokio::time::advance(PATIENCE).await;
    tokio::time::resume();
    let outcome = disconnect.await.unwrap().unwrap();
    assert_eq!(outcome.unwrap(), Disconnected::AtGoogle);
    assert_eq!(world.row().await.status, RowStatus::Revoked);
    assert_eq!(told(&world).await, "not_ended");
    faults.release();
}

#[tokio::test]
async fn the_watch_of_a_mailbox_that_stays_connected_goes_on() {
    let world = World::start().await;
    let bound = watched(&world, &[&bob()]).await;
    let outcome = disconnect(&world, &bound).await;
    assert_eq!(outcome, Disconnected::HereOnly { others: 1 });
    assert_eq!(world.emulator.watched_topic(ALICE).as_deref(), Some(TOPIC));
    assert!(asked(&world).is_empty(), "{:?}", asked(&world));
    // Bob's agent never asked for it; the last connection of the account takes it along.
    bound.disconnect(&bob(), None, HERE).await.unwrap();
    assert_eq!(world.emulator.watched_topic(ALICE), None);
}

#[tokio::test]
async fn a_grant_that_ends_along_ends_the_watch_where_the_first_does_not_reach_mail() {
    let world = World::start().await;
    let calendar = world.bind(&[CALENDAR]).await;
    let access = calendar.access(&bob(), "gmail");
    let token = access.token(&Requirement::for_methods(&[CALENDAR])).await;
    token.unwrap();
    let bound = watched(&world, &[]).await;
    world.emulator.clear_requests();
    let everywhere = DisconnectReach::Everywhere;
    let outcome = bound.disconnect(&bob(), None, everywhere).await.unwrap();
    assert_eq!(outcome, Disconnected::AtGoogle);
    assert_eq!(world.emulator.watched_topic(ALICE), None);
    assert_eq!(asked(&world), ["/gmail/v1/users/me/stop", "/revoke"]);
    assert_eq!(told(&world).await, "ended");
}

#[tokio::test]
async fn a_grant_that_does_not_reach_mail_asks_for_no_end_of_a_watch() {
    let world = World::start().await;
    world.connect(&[CALENDAR]).await;
    let bound = world.bind_without_browser(&[CALENDAR]).await;
    assert_eq!(disconnect(&world, &bound).await, Disconnected::AtGoogle);
    assert_eq!(asked(&world), ["/revoke"]);
    assert!(told(&world).await.is_null());
}
