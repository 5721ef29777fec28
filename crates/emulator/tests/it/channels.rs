//! Notification channels open for who may read, end by both their names, and end by themselves.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use serde_json::json;
use toolgate_emulator::Emulator;

use crate::client::{ALICE, BOB, Client, start};

const SCOPES: &[&str] = &[
    "https://www.googleapis.com/auth/calendar",
    "https://www.googleapis.com/auth/drive",
];
const EVENTS: &str = "/calendar/v3/calendars/primary/events/watch";
const STOP: &str = "/calendar/v3/channels/stop";

#[tokio::test]
async fn a_channel_opens_and_ends_by_both_its_names_for_who_opened_it() {
    let (emulator, client) = start().await;
    let alice = emulator.issue_token(ALICE, SCOPES);
    let bob = emulator.issue_token(BOB, SCOPES);
    let ask = json!({"id": "c1", "type": "web_hook", "address": "https://app.example.com/told"});
    let made = client.post(&alice, EVENTS, &ask).await;
    assert_eq!(made.status, 200);
    let made = made.json();
    assert_eq!(
        (&made["kind"], &made["id"]),
        (&json!("api#channel"), &json!("c1"))
    );
    assert_eq!(
        client.post(&bob, EVENTS, &ask).await.status,
        400,
        "the id is taken"
    );
    assert_eq!(emulator.open_channels(ALICE), ["c1"]);
    let names = json!({"id": "c1", "resourceId": made["resourceId"]});
    let other = json!({"id": "c1", "resourceId": "another"});
    assert_eq!(client.post(&alice, STOP, &other).await.status, 404);
    assert_eq!(client.post(&bob, STOP, &names).await.status, 404);
    assert_eq!(
        client
            .post(&alice, "/drive/v3/channels/stop", &names)
            .await
            .status,
        404
    );
    assert_eq!(client.post(&alice, STOP, &names).await.status, 204);
    assert!(emulator.open_channels(ALICE).is_empty());
    assert_eq!(client.post(&alice, STOP, &names).await.status, 404);
}

#[tokio::test]
async fn what_one_may_not_read_one_may_not_watch() {
    let (emulator, client) = start().await;
    let alice = emulator.issue_token(ALICE, SCOPES);
    let ask = json!({"id": "c1", "type": "web_hook", "address": "https://app.example.com/told"});
    for path in [
        "/calendar/v3/calendars/nobody@example.org/events/watch",
        "/drive/v3/files/1NoSuchFile/watch",
    ] {
        assert_eq!(client.post(&alice, path, &ask).await.status, 404, "{path}");
    }
    for (field, value, reason) in [
        (
            "address",
            "http://app.example.com/told",
            "push.webhookUrlNotHttps",
        ),
        ("address", "", "required"),
        ("type", "carrier pigeon", "invalid"),
        ("id", "", "required"),
    ] {
        let mut wrong = ask.clone();
        wrong[field] = value.into();
        let refused = client.post(&alice, EVENTS, &wrong).await;
        assert_eq!(refused.status, 400, "{field}");
        assert_eq!(refused.json()["error"]["errors"][0]["reason"], reason);
    }
    assert!(emulator.open_channels(ALICE).is_empty());
}

#[tokio::test]
async fn a_channel_ends_by_itself() {
    let now = Arc::new(AtomicI64::new(1_800_000_000_000));
    let clock = Arc::clone(&now);
    let emulator = Emulator::builder()
        .with_clock(Arc::new(move || clock.load(Ordering::SeqCst)))
        .start()
        .await
        .unwrap();
    let client = Client::of(&emulator);
    let alice = emulator.issue_token(ALICE, SCOPES);
    let ask = |id| json!({"id": id, "type": "web_hook", "address": "https://app.example.com/told"});
    let token = client.get(&alice, "/drive/v3/changes/startPageToken").await;
    let token = token.json()["startPageToken"].as_str().unwrap().to_owned();
    let changes = format!("/drive/v3/changes/watch?pageToken={token}");
    for (path, id) in [(EVENTS, "events"), (changes.as_str(), "changes")] {
        assert_eq!(
            client.post(&alice, path, &ask(id)).await.status,
            200,
            "{id}"
        );
    }
    assert_eq!(emulator.open_channels(ALICE), ["changes", "events"]);
    now.fetch_add(3_600_000, Ordering::SeqCst);
    assert_eq!(emulator.open_channels(ALICE), ["events"]);
    now.fetch_add(7 * 86_400_000, Ordering::SeqCst);
    assert!(emulator.open_channels(ALICE).is_empty());
}
