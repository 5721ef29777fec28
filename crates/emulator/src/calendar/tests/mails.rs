//! The mails about events, in the mailboxes of those who are told.

use serde_json::{Value, json};

use super::harness::{ALICE, BOB, Google, event};

const EVENTS: &str = "/calendars/primary/events";

fn meeting() -> Value {
    let mut body = event(
        "Plan",
        "2026-06-01T15:00:00",
        "2026-06-01T16:00:00",
        "Europe/Warsaw",
    );
    body["id"] = "meeting".into();
    body["attendees"] =
        json!([{ "email": ALICE }, { "email": BOB }, { "email": "dan@elsewhere.example" }]);
    body
}

/// The kinds of the mails in a mailbox, oldest first.
async fn kinds(google: &Google, who: &str) -> Vec<String> {
    let mut subjects = google.subjects(who).await;
    subjects.reverse();
    let kind = |subject: &String| subject.split(':').next().unwrap().to_owned();
    subjects.iter().map(kind).collect()
}

#[tokio::test]
async fn whoever_is_to_be_told_is_told() {
    // The parameter, and whether Bob, who has an account here, gets a mail.
    let table = [
        ("", false),
        ("?sendUpdates=none", false),
        ("?sendUpdates=externalOnly", false),
        ("?sendUpdates=all", true),
        ("?sendNotifications=true", true),
        ("?sendNotifications=true&sendUpdates=none", false),
    ];
    for (query, is_told) in table {
        let google = Google::empty().await;
        google
            .ok(ALICE, &format!("POST {EVENTS}{query}"), meeting())
            .await;
        assert_eq!(
            kinds(&google, BOB).await.len(),
            usize::from(is_told),
            "{query}"
        );
        assert!(
            kinds(&google, ALICE).await.is_empty(),
            "nobody is told of their own"
        );
    }
}

#[tokio::test]
async fn each_step_of_a_meeting_has_its_mail() {
    let google = Google::empty().await;
    let all = "sendUpdates=all";
    let path = format!("{EVENTS}/meeting?{all}");
    google
        .ok(ALICE, &format!("POST {EVENTS}?{all}"), meeting())
        .await;
    google.pass(1000);
    let yes = json!({ "attendeesOmitted": true, "attendees": [{ "email": BOB, "responseStatus": "accepted" }] });
    google.ok(BOB, &format!("PATCH {path}"), yes.clone()).await;
    google.ok(BOB, &format!("PATCH {path}"), yes).await;
    google.pass(1000);
    google
        .ok(
            ALICE,
            &format!("PATCH {path}"),
            json!({ "location": "Room" }),
        )
        .await;
    google
        .ok(ALICE, &format!("PATCH {path}"), json!({ "colorId": "3" }))
        .await;
    google.pass(1000);
    google
        .ok(ALICE, &format!("DELETE {path}"), Value::Null)
        .await;
    let bobs = ["Invitation", "Updated invitation", "Canceled event"];
    assert_eq!(kinds(&google, BOB).await, bobs);
    assert_eq!(
        kinds(&google, ALICE).await,
        ["Accepted"],
        "one answer is one mail"
    );
}

#[tokio::test]
async fn who_is_taken_off_is_told_of_a_cancellation() {
    let google = Google::empty().await;
    google.add(ALICE, meeting()).await;
    let line = format!("PATCH {EVENTS}/meeting?sendUpdates=all");
    google
        .ok(ALICE, &line, json!({ "attendees": [{ "email": ALICE }] }))
        .await;
    assert_eq!(kinds(&google, BOB).await, ["Canceled event"]);
}

#[tokio::test]
async fn an_invitation_carries_the_event_as_icalendar() {
    let google = Google::empty().await;
    let mut body = meeting();
    body["description"] =
        "First; second, third\nand a last line that is long enough to be folded, to be sure".into();
    body["recurrence"] = json!(["RRULE:FREQ=WEEKLY;COUNT=2"]);
    body["attendees"][1]["displayName"] = "Bob \"B\" Sample".into();
    google
        .ok(ALICE, &format!("POST {EVENTS}?sendUpdates=all"), body)
        .await;
    let found = google
        .get(BOB, "/gmail/v1/users/me/messages?q=filename%3Ainvite.ics")
        .await;
    let id = found["messages"][0]["id"].as_str().unwrap();
    let message = google
        .get(BOB, &format!("/gmail/v1/users/me/messages/{id}"))
        .await;
    let alternative = &message["payload"]["parts"][0]["parts"];
    assert_eq!(alternative[0]["mimeType"], "text/plain");
    assert_eq!(alternative[1]["mimeType"], "text/calendar");
    let kind = alternative[1]["headers"].as_array().unwrap();
    let kind = kind.iter().find(|header| header["name"] == "Content-Type");
    assert!(
        kind.unwrap()["value"]
            .as_str()
            .unwrap()
            .contains("method=\"REQUEST\"")
    );
    let data = alternative[1]["body"]["data"].as_str().unwrap();
    let data = base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE, data).unwrap();
    let text = String::from_utf8(data).unwrap();
    assert!(text.lines().all(|line| line.len() <= 75), "{text}");
    let unfolded = text.replace("\r\n ", "");
    for line in [
        "METHOD:REQUEST",
        "DTSTART;TZID=Europe/Warsaw:20260601T150000",
        "DTEND;TZID=Europe/Warsaw:20260601T160000",
        "RRULE:FREQ=WEEKLY;COUNT=2",
        "UID:meeting@google.com",
        "SEQUENCE:0",
        "STATUS:CONFIRMED",
        "SUMMARY:Plan",
        "DESCRIPTION:First\\; second\\, third\\nand a last line that is long enough to be folded\\, to be sure",
        "ORGANIZER;CN=\"alice@example.com\":mailto:alice@example.com",
        "ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE;CN=\"Bob 'B' Sample\":mailto:bob@example.com",
    ] {
        assert!(
            unfolded.lines().any(|found| found == line),
            "{line} is not in {unfolded}"
        );
    }
}
