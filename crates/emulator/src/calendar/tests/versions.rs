//! Versions of events, and ids that callers choose.

use serde_json::{Value, json};

use super::harness::{ALICE, Google, event};

const EVENTS: &str = "/calendars/primary/events";

fn timed(id: &str) -> Value {
    let mut body = event("One", "2026-06-01T09:00:00Z", "2026-06-01T10:00:00Z", "UTC");
    body["id"] = id.into();
    body
}

#[tokio::test]
async fn a_change_for_another_version_is_refused_and_changes_nothing() {
    let google = Google::empty().await;
    let made = google.add(ALICE, timed("event1")).await;
    let etag = made["etag"].as_str().unwrap();
    let line = format!("PATCH {EVENTS}/event1");
    let body = json!({ "summary": "Two" });
    let done = google
        .send(ALICE, &line, &body, Some(("if-match", etag)))
        .await;
    assert_eq!(done.status, 200);
    for line in [
        &line,
        &format!("PUT {EVENTS}/event1"),
        &format!("DELETE {EVENTS}/event1"),
    ] {
        let body = if line.starts_with("DELETE") {
            Value::Null
        } else {
            timed("event1")
        };
        let lost = google
            .send(ALICE, line, &body, Some(("if-match", etag)))
            .await;
        assert_eq!(lost.status, 412, "{line}");
    }
    let now = google.get(ALICE, &format!("{EVENTS}/event1")).await;
    assert_eq!(now["summary"], "Two");
    assert_ne!(now["etag"], etag);
    let any = google
        .send(ALICE, &line, &body, Some(("if-match", "*")))
        .await;
    assert_eq!(any.status, 200);
}

#[tokio::test]
async fn a_version_that_is_known_is_not_sent_again() {
    let google = Google::empty().await;
    google.add(ALICE, timed("event1")).await;
    let line = format!("GET {EVENTS}/event1");
    let first = google.send(ALICE, &line, &Value::Null, None).await;
    let body: Value = serde_json::from_slice(&first.body).unwrap();
    let etag = first.headers["etag"].to_str().unwrap();
    assert_eq!(body["etag"], etag, "the header and the field say the same");
    let again = google
        .send(ALICE, &line, &Value::Null, Some(("if-none-match", etag)))
        .await;
    assert_eq!((again.status.as_u16(), again.body.len()), (304, 0));
    google
        .ok(
            ALICE,
            &format!("PATCH {EVENTS}/event1"),
            json!({ "summary": "Two" }),
        )
        .await;
    let changed = google
        .send(ALICE, &line, &Value::Null, Some(("if-none-match", etag)))
        .await;
    assert_eq!(changed.status, 200);
}

#[tokio::test]
async fn an_instance_has_the_version_of_its_series_until_it_has_its_own() {
    let google = Google::empty().await;
    let mut body = timed("series");
    body["recurrence"] = json!(["RRULE:FREQ=DAILY;COUNT=2"]);
    let series = google.add(ALICE, body).await;
    let second = format!("{EVENTS}/series_20260602T090000Z");
    let before = google.get(ALICE, &second).await;
    assert_eq!(before["etag"], series["etag"]);
    let line = format!("PATCH {second}");
    let change = json!({ "summary": "Second" });
    let etag = before["etag"].as_str().unwrap();
    let done = google
        .send(ALICE, &line, &change, Some(("if-match", etag)))
        .await;
    assert_eq!(done.status, 200);
    let again = google
        .send(ALICE, &line, &change, Some(("if-match", etag)))
        .await;
    assert_eq!(again.status, 412);
    let series = google.get(ALICE, &format!("{EVENTS}/series")).await;
    assert_eq!(series["etag"], etag, "the series itself is as it was");
}

#[tokio::test]
async fn an_id_is_used_once_in_a_calendar_and_finds_its_event() {
    let google = Google::empty().await;
    google.add(ALICE, timed("chosen0")).await;
    let line = format!("POST {EVENTS}");
    let told = google.refused(ALICE, &line, timed("chosen0")).await;
    let message = "The requested identifier already exists.";
    assert_eq!(
        (told.0, told.1.as_str(), told.2.as_str()),
        (409, "duplicate", message)
    );
    let found = google.get(ALICE, &format!("{EVENTS}/chosen0")).await;
    assert_eq!(found["iCalUID"], "chosen0@google.com");
    assert_eq!(found["organizer"], json!({ "email": ALICE, "self": true }));
    let mut same_uid = timed("chosen1");
    same_uid["iCalUID"] = "chosen0@google.com".into();
    assert_eq!(google.refused(ALICE, &line, same_uid).await.0, 409);
    let other = google
        .refused(ALICE, &format!("GET {EVENTS}/chosen2"), Value::Null)
        .await;
    assert_eq!((other.0, other.1.as_str()), (404, "notFound"));
}

#[tokio::test]
async fn an_update_replaces_and_a_patch_merges() {
    let google = Google::empty().await;
    let mut body = timed("event1");
    body["description"] = "Long".into();
    body["reminders"] =
        json!({ "useDefault": false, "overrides": [{ "method": "popup", "minutes": 5 }] });
    google.add(ALICE, body).await;
    let line = format!("PATCH {EVENTS}/event1");
    let patched = google.ok(ALICE, &line, json!({ "location": "Here" })).await;
    assert_eq!(patched["description"], "Long");
    let cleared = google.ok(ALICE, &line, json!({ "location": null })).await;
    assert!(cleared["location"].is_null());
    let updated = google
        .ok(ALICE, &format!("PUT {EVENTS}/event1"), timed("event1"))
        .await;
    assert!(updated["description"].is_null());
    assert_eq!(updated["reminders"], json!({ "useDefault": true }));
    assert_eq!(updated["iCalUID"], "event1@google.com");
}

#[tokio::test]
async fn a_conference_is_made_for_who_knows_of_conferences() {
    let google = Google::empty().await;
    let mut body = timed("event1");
    let key = json!({ "type": "hangoutsMeet" });
    body["conferenceData"] =
        json!({ "createRequest": { "requestId": "r1", "conferenceSolutionKey": key } });
    let without = google.add(ALICE, body.clone()).await;
    assert!(without["conferenceData"].is_null() && without["hangoutLink"].is_null());
    body["id"] = "event2".into();
    let line = format!("POST {EVENTS}?conferenceDataVersion=1");
    let with = google.ok(ALICE, &line, body).await;
    let meet = with["hangoutLink"].as_str().unwrap();
    assert!(meet.starts_with("https://meet.google.com/"));
    let data = &with["conferenceData"];
    assert_eq!(data["createRequest"]["status"]["statusCode"], "success");
    assert_eq!(data["entryPoints"][0]["uri"], meet);
    let kept = google
        .ok(
            ALICE,
            &format!("PATCH {EVENTS}/event2"),
            json!({ "conferenceData": null }),
        )
        .await;
    assert_eq!(
        kept["hangoutLink"], meet,
        "who knows of none does not take it off"
    );
    let line = format!("PATCH {EVENTS}/event2?conferenceDataVersion=1");
    let off = google
        .ok(ALICE, &line, json!({ "conferenceData": null }))
        .await;
    assert!(off["hangoutLink"].is_null() && off["conferenceData"].is_null());
}
