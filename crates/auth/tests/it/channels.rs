//! The notification channels of Calendar and Drive that the application opened end with the connection,
//! and never hold up a disconnect.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use http::Request;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use serde_json::{Value, json};
use toolgate_auth::store::{Database as _, DisconnectReach, RowStatus};
use toolgate_auth::{
    AccountLabel, BoundGoogleAuth, Disconnected, Principal, PushChannel, PushChannels, Requirement,
};
use toolgate_emulator::{FaultAction, FaultRule};
use toolgate_http::HttpClient;

use crate::support::World;

const ALICE: &str = "alice@example.com";
const METHODS: [&str; 2] = ["calendar.events.watch", "drive.files.watch"];
const CALENDAR: &str = "/calendar/v3/channels/stop";
const DRIVE: &str = "/drive/v3/channels/stop";

/// What the application knows of its channels.
#[derive(Debug, Default)]
struct Ours {
    open: Mutex<Vec<PushChannel>>,
    is_down: bool,
}

#[async_trait]
impl PushChannels for Ours {
    async fn open(
        &self,
        principal: &Principal,
        account: Option<&AccountLabel>,
    ) -> Result<Vec<PushChannel>, Box<dyn std::error::Error + Send + Sync>> {
        if self.is_down {
            return Err("the application's table is locked".into());
        }
        let is_alice = principal.user().is_some_and(|it| it.as_str() == "alice");
        assert!(
            is_alice && account.is_none(),
            "somebody else's were asked for"
        );
        Ok(self.open.lock().unwrap().clone())
    }
}

/// Alice's agent is connected, and has a channel on her calendar and one on a file of hers.
async fn connected(world: &World, ours: Ours) -> (BoundGoogleAuth, Arc<Ours>) {
    let ours = Arc::new(ours);
    let google = world.google_with_channels(Arc::clone(&ours) as _);
    let bound = world.bind_definition(&google, &METHODS).await;
    let endpoints = world.endpoints();
    let calendar = endpoints.calendar().join("calendars/primary/events/watch");
    let (id, resource) = watch(world, &bound, calendar.unwrap().as_str(), "events").await;
    let mut open = vec![PushChannel::calendar(id, resource)];
    let file = endpoints.drive().join("files/root/watch").unwrap();
    let (id, resource) = watch(world, &bound, file.as_str(), "file").await;
    open.push(PushChannel::drive(id, resource));
    *ours.open.lock().unwrap() = open;
    assert_eq!(world.emulator.open_channels(ALICE), ["events", "file"]);
    (bound, ours)
}

/// Opens a channel, as a program may by the client of a toolkit; its two names.
async fn watch(world: &World, bound: &BoundGoogleAuth, to: &str, id: &str) -> (String, String) {
    let access = bound.access(&world.alice(), "gmail");
    let token = access.token(&Requirement::for_methods(&METHODS)).await;
    let bearer = format!("Bearer {}", token.unwrap().access().expose());
    let ask = json!({"id": id, "type": "web_hook", "address": "https://app.example.com/told"});
    let request = Request::post(to)
        .header(CONTENT_TYPE, "application/json")
        .header(AUTHORIZATION, bearer)
        .body(ask.to_string().into_bytes())
        .unwrap();
    let answer = HttpClient::new().unwrap();
    let answer = answer.send(request, Duration::from_secs(10)).await.unwrap();
    assert_eq!(answer.status(), 200);
    let channel: Value = serde_json::from_slice(answer.body()).unwrap();
    let name = |field: &str| channel[field].as_str().unwrap().to_owned();
    (name("id"), name("resourceId"))
}

async fn disconnect(world: &World, bound: &BoundGoogleAuth) -> Disconnected {
    world.emulator.clear_requests();
    let here = DisconnectReach::ThisRow;
    bound.disconnect(&world.alice(), None, here).await.unwrap()
}

/// The paths of what Google was asked, in their order.
fn asked(world: &World) -> Vec<String> {
    let requests = world.emulator.requests();
    requests.into_iter().map(|it| it.path).collect()
}

/// What the event of the disconnect says of the channels.
async fn told(world: &World) -> Value {
    let store = world.database.audit_store().unwrap();
    let events = store.events(Some(&world.alice()), None, 100).await.unwrap();
    let mut ends = events.into_iter().map(|record| record.event);
    let end = ends.find(|event| event.event == "disconnected").unwrap();
    assert!(end.detail["gmail_watch"].is_null(), "there is no mail");
    end.detail["channels"].clone()
}

#[tokio::test]
async fn a_disconnect_ends_the_channels_of_calendar_and_drive_and_then_the_grant() {
    let world = World::start().await;
    let (bound, _ours) = connected(&world, Ours::default()).await;
    assert_eq!(disconnect(&world, &bound).await, Disconnected::AtGoogle);
    assert!(world.emulator.open_channels(ALICE).is_empty());
    assert_eq!(asked(&world), [CALENDAR, DRIVE, "/revoke"]);
    assert_eq!(told(&world).await, "ended");
}

#[tokio::test]
async fn where_the_access_token_has_ended_another_one_ends_all_channels() {
    let world = World::rotating().await;
    let (bound, ours) = connected(&world, Ours::default()).await;
    world.pass(Duration::from_hours(2));
    // The one on the file is over by now, which Google calls not found.
    assert_eq!(world.emulator.open_channels(ALICE), ["events"]);
    assert_eq!(ours.open.lock().unwrap().len(), 2);
    assert_eq!(disconnect(&world, &bound).await, Disconnected::AtGoogle);
    assert!(world.emulator.open_channels(ALICE).is_empty());
    assert_eq!(
        asked(&world),
        [CALENDAR, "/token", CALENDAR, DRIVE, "/revoke"]
    );
    assert_eq!(told(&world).await, "ended");
    assert_eq!(world.emulator.live_refresh_tokens(ALICE), 0);
}

#[tokio::test]
async fn one_channel_that_google_does_not_end_is_told_and_the_others_end() {
    let world = World::start().await;
    let (bound, _ours) = connected(&world, Ours::default()).await;
    let fault = FaultRule::new(FaultAction::status(500)).on_method("calendar.channels.stop");
    world.emulator.faults().add(fault);
    assert_eq!(disconnect(&world, &bound).await, Disconnected::AtGoogle);
    assert_eq!(world.emulator.open_channels(ALICE), ["events"]);
    assert_eq!(told(&world).await, "not_ended");
    assert_eq!(world.row().await.status, RowStatus::Revoked);
}

#[tokio::test]
async fn an_application_that_cannot_tell_its_channels_holds_up_no_disconnect() {
    let world = World::start().await;
    let ours = Ours {
        is_down: true,
        ..Ours::default()
    };
    let (bound, _ours) = connected(&world, ours).await;
    assert_eq!(disconnect(&world, &bound).await, Disconnected::AtGoogle);
    assert_eq!(asked(&world), ["/revoke"]);
    assert_eq!(told(&world).await, "not_ended");
}
