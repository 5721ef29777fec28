//! Changes since a token, and deleted events.

use serde_json::{Value, json};

use super::harness::{ALICE, BOB, Google, all, event};

const EVENTS: &str = "/calendars/primary/events";

fn timed(id: &str) -> Value {
    let mut body = event(id, "2026-06-01T09:00:00Z", "2026-06-01T10:00:00Z", "UTC");
    body["id"] = id.into();
    body
}

async fn changes(google: &Google, token: &Value) -> (Vec<Value>, Value) {
    let token = token.as_str().unwrap();
    let listed = google
        .get(ALICE, &format!("{EVENTS}?syncToken={token}"))
        .await;
    let items = listed["items"].as_array().unwrap().clone();
    (items, listed["nextSyncToken"].clone())
}

#[tokio::test]
async fn a_token_gives_what_changed_and_what_was_deleted_since() {
    let google = Google::empty().await;
    for id in ["event1", "event2", "event3"] {
        google.add(ALICE, timed(id)).await;
    }
    let token = google.get(ALICE, EVENTS).await["nextSyncToken"].clone();
    let (none, token) = changes(&google, &token).await;
    assert!(none.is_empty());
    google
        .ok(
            ALICE,
            &format!("PATCH {EVENTS}/event1"),
            json!({ "summary": "x" }),
        )
        .await;
    google
        .ok(ALICE, &format!("DELETE {EVENTS}/event2"), Value::Null)
        .await;
    google.add(ALICE, timed("event4")).await;
    let (changed, token) = changes(&google, &token).await;
    assert_eq!(all(&changed, "id"), ["event1", "event2", "event4"]);
    assert_eq!(
        all(&changed, "status"),
        ["confirmed", "cancelled", "confirmed"]
    );
    assert!(changes(&google, &token).await.0.is_empty());
}

#[tokio::test]
async fn what_changes_while_somebody_turns_pages_is_not_lost() {
    let google = Google::empty().await;
    for id in ["event1", "event2", "event3"] {
        google.add(ALICE, timed(id)).await;
    }
    google.emulator.limit_pages(Some(2));
    let first = google.get(ALICE, EVENTS).await;
    google
        .ok(
            ALICE,
            &format!("PATCH {EVENTS}/event1"),
            json!({ "summary": "x" }),
        )
        .await;
    let next = first["nextPageToken"].as_str().unwrap();
    let last = google
        .get(ALICE, &format!("{EVENTS}?pageToken={next}"))
        .await;
    let (changed, _) = changes(&google, &last["nextSyncToken"]).await;
    assert_eq!(all(&changed, "id"), ["event1"]);
}

#[tokio::test]
async fn a_token_that_is_old_or_of_another_list_asks_for_everything_again() {
    let google = Google::empty().await;
    let token = google.get(ALICE, EVENTS).await["nextSyncToken"].clone();
    let token = token.as_str().unwrap();
    let line = format!("GET {EVENTS}?syncToken={token}");
    let told = google.refused(BOB, &line, Value::Null).await;
    assert_eq!((told.0, told.1.as_str()), (410, "fullSyncRequired"));
    let with = format!("{line}&q=x");
    assert_eq!(google.refused(ALICE, &with, Value::Null).await.0, 400);
    google.pass(28 * 86_400_000);
    google
        .get(ALICE, &format!("{EVENTS}?syncToken={token}"))
        .await;
    google.pass(1);
    assert_eq!(google.refused(ALICE, &line, Value::Null).await.0, 410);
    let nonsense = format!("GET {EVENTS}?syncToken=abc");
    assert_eq!(google.refused(ALICE, &nonsense, Value::Null).await.0, 410);
}

#[tokio::test]
async fn a_deleted_event_is_shown_on_demand_and_can_come_back() {
    let google = Google::empty().await;
    google.add(ALICE, timed("event1")).await;
    google.pass(1000);
    google
        .ok(ALICE, &format!("DELETE {EVENTS}/event1"), Value::Null)
        .await;
    assert!(google.list(ALICE, "").await.is_empty());
    assert_eq!(
        google.list(ALICE, "showDeleted=true").await[0]["status"],
        "cancelled"
    );
    let since = |ms: &str| format!("updatedMin=2026-03-15T12:00:{ms}Z");
    assert_eq!(google.list(ALICE, &since("01")).await.len(), 1);
    assert!(google.list(ALICE, &since("02")).await.is_empty());
    let long_ago = format!("GET {EVENTS}?updatedMin=2026-02-15T11:59:59Z");
    let told = google.refused(ALICE, &long_ago, Value::Null).await;
    assert_eq!((told.0, told.1.as_str()), (410, "updatedMinTooLongAgo"));
    let line = format!("DELETE {EVENTS}/event1");
    assert_eq!(google.refused(ALICE, &line, Value::Null).await.0, 410);
    let again = google
        .refused(ALICE, &format!("POST {EVENTS}"), timed("event1"))
        .await;
    assert_eq!((again.0, again.1.as_str()), (409, "duplicate"));
    google
        .ok(
            ALICE,
            &format!("PATCH {EVENTS}/event1"),
            json!({ "status": "confirmed" }),
        )
        .await;
    assert_eq!(google.list(ALICE, "").await.len(), 1);
}

#[tokio::test]
async fn the_calendar_list_gives_its_changes_too() {
    let google = Google::empty().await;
    let list = "/users/me/calendarList";
    let token = google.get(ALICE, list).await["nextSyncToken"].clone();
    let made = google
        .ok(ALICE, "POST /calendars", json!({ "summary": "Desks" }))
        .await;
    let since = format!("{list}?syncToken={}", token.as_str().unwrap());
    let changed = google.get(ALICE, &since).await;
    assert_eq!(changed["items"][0]["id"], made["id"]);
    let path = format!("DELETE /calendars/{}", made["id"].as_str().unwrap());
    google.ok(ALICE, &path, Value::Null).await;
    let changed = google.get(ALICE, &since).await;
    assert_eq!(changed["items"][0]["deleted"], true);
    assert_eq!(
        google.get(ALICE, list).await["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}
