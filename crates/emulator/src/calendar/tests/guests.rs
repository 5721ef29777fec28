//! Invited people: their copies, their answers, and what they may change.

use serde_json::{Value, json};

use super::harness::{ALICE, BOB, Google, all, event};

const EVENTS: &str = "/calendars/primary/events";

/// A meeting of Alice's with Bob and somebody elsewhere; its id is `meeting`.
fn meeting() -> Value {
    let mut body = event(
        "Meeting",
        "2026-06-01T15:00:00",
        "2026-06-01T16:00:00",
        "Europe/Warsaw",
    );
    body["id"] = "meeting".into();
    body["attendees"] = json!([
        { "email": ALICE, "responseStatus": "accepted" },
        { "email": BOB, "optional": true },
        { "email": "dan@elsewhere.example" },
    ]);
    body
}

/// The answers by address, as one person's calendar shows them.
async fn answers(google: &Google, who: &str, id: &str) -> Vec<String> {
    let event = google.get(who, &format!("{EVENTS}/{id}")).await;
    all(event["attendees"].as_array().unwrap(), "responseStatus")
}

/// Answers as Google documents: the own entry alone, with `attendeesOmitted`.
async fn answer(google: &Google, id: &str, status: &str) -> Value {
    let body = json!({ "attendeesOmitted": true,
        "attendees": [{ "email": BOB, "responseStatus": status }] });
    google.ok(BOB, &format!("PATCH {EVENTS}/{id}"), body).await
}

#[tokio::test]
async fn an_invited_person_has_a_copy_in_their_own_zone() {
    let google = Google::empty().await;
    google.add(ALICE, meeting()).await;
    let copy = google.get(BOB, &format!("{EVENTS}/meeting")).await;
    let start = json!({ "dateTime": "2026-06-01T09:00:00-04:00", "timeZone": "Europe/Warsaw" });
    assert_eq!(copy["start"], start);
    assert_eq!(copy["organizer"], json!({ "email": ALICE }));
    let own =
        json!({ "email": BOB, "optional": true, "responseStatus": "needsAction", "self": true });
    assert_eq!(copy["attendees"][1], own);
    assert_eq!(copy["attendees"][0]["organizer"], true);
    assert_eq!(copy["iCalUID"], "meeting@google.com");
}

#[tokio::test]
async fn an_answer_reaches_the_organizer_and_leaves_the_other_answers() {
    let google = Google::empty().await;
    google.add(ALICE, meeting()).await;
    let own = answer(&google, "meeting", "tentative").await;
    assert_eq!(own["attendees"][1]["optional"], true, "the entry is kept");
    let expected = ["accepted", "tentative", "needsAction"];
    assert_eq!(answers(&google, ALICE, "meeting").await, expected);
    assert_eq!(answers(&google, BOB, "meeting").await, expected);
    // The whole list, with another's answer changed: only the own one is heard.
    let mut list = own["attendees"].clone();
    list[1]["responseStatus"] = "accepted".into();
    list[2]["responseStatus"] = "declined".into();
    google
        .ok(
            BOB,
            &format!("PATCH {EVENTS}/meeting"),
            json!({ "attendees": list }),
        )
        .await;
    let expected = ["accepted", "accepted", "needsAction"];
    assert_eq!(answers(&google, ALICE, "meeting").await, expected);
}

#[tokio::test]
async fn an_organizers_change_reaches_the_copies_and_leaves_what_is_theirs() {
    let google = Google::empty().await;
    google.add(ALICE, meeting()).await;
    let reminders =
        json!({ "useDefault": false, "overrides": [{ "method": "popup", "minutes": 3 }] });
    let own = json!({ "colorId": "5", "transparency": "transparent", "reminders": reminders });
    google
        .ok(BOB, &format!("PATCH {EVENTS}/meeting"), own)
        .await;
    let line = format!("PATCH {EVENTS}/meeting");
    google
        .ok(ALICE, &line, json!({ "summary": "Moved", "colorId": "2" }))
        .await;
    let copy = google.get(BOB, &format!("{EVENTS}/meeting")).await;
    assert_eq!(copy["summary"], "Moved");
    assert_eq!(
        (&copy["colorId"], &copy["transparency"]),
        (&json!("5"), &json!("transparent"))
    );
    assert_eq!(copy["reminders"], reminders);
    let event = google.get(ALICE, &format!("{EVENTS}/meeting")).await;
    assert_eq!(event["colorId"], "2");
    assert!(event["transparency"].is_null());
}

#[tokio::test]
async fn guests_change_what_they_may() {
    // The event's permissions, the change, the status.
    let title = json!({ "summary": "Mine" });
    let more =
        json!({ "attendeesOmitted": true, "attendees": [{ "email": "eve@elsewhere.example" }] });
    let table = [
        (json!({}), &title, 403),
        (json!({ "guestsCanModify": true }), &title, 200),
        (json!({}), &more, 200),
        (json!({ "guestsCanInviteOthers": false }), &more, 403),
        (
            json!({ "guestsCanInviteOthers": false, "guestsCanModify": true }),
            &more,
            200,
        ),
    ];
    for (permissions, change, status) in table {
        let google = Google::empty().await;
        let mut body = meeting();
        for (name, value) in permissions.as_object().unwrap() {
            body[name] = value.clone();
        }
        google.add(ALICE, body).await;
        let line = format!("PATCH {EVENTS}/meeting");
        let answer = google.send(BOB, &line, change, None).await;
        assert_eq!(answer.status, status, "{permissions} {change}");
        let event = google.get(ALICE, &format!("{EVENTS}/meeting")).await;
        let took = event["summary"] == "Mine" || event["attendees"].as_array().unwrap().len() == 4;
        assert_eq!(took, status == 200, "{permissions} {change}");
    }
}

#[tokio::test]
async fn who_is_taken_off_loses_the_copy_and_who_is_added_gets_one() {
    let google = Google::empty().await;
    google.add(ALICE, meeting()).await;
    let list = google.get(ALICE, &format!("{EVENTS}/meeting")).await["attendees"].clone();
    let line = format!("PATCH {EVENTS}/meeting");
    let alone = json!({ "attendees": [list[0], list[2]] });
    google.ok(ALICE, &line, alone).await;
    assert!(google.list(BOB, "").await.is_empty());
    assert_eq!(
        google.get(BOB, &format!("{EVENTS}/meeting")).await["status"],
        "cancelled"
    );
    google.ok(ALICE, &line, json!({ "attendees": list })).await;
    assert_eq!(all(&google.list(BOB, "").await, "id"), ["meeting"]);
    google
        .ok(ALICE, &format!("DELETE {EVENTS}/meeting"), Value::Null)
        .await;
    assert!(google.list(BOB, "").await.is_empty());
}

#[tokio::test]
async fn an_invitation_that_is_deleted_is_declined_and_stays_away() {
    let google = Google::empty().await;
    google.add(ALICE, meeting()).await;
    google
        .ok(BOB, &format!("DELETE {EVENTS}/meeting"), Value::Null)
        .await;
    assert_eq!(answers(&google, ALICE, "meeting").await[1], "declined");
    google
        .ok(
            ALICE,
            &format!("PATCH {EVENTS}/meeting"),
            json!({ "summary": "Again" }),
        )
        .await;
    assert!(google.list(BOB, "").await.is_empty());
    assert_eq!(google.list(ALICE, "").await.len(), 1);
}

#[tokio::test]
async fn one_instance_is_answered_moved_and_cancelled_for_everybody() {
    let google = Google::empty().await;
    let mut body = meeting();
    body["recurrence"] = json!(["RRULE:FREQ=WEEKLY;COUNT=3"]);
    google.add(ALICE, body).await;
    let (second, third) = ("meeting_20260608T130000Z", "meeting_20260615T130000Z");
    answer(&google, second, "declined").await;
    assert_eq!(answers(&google, ALICE, second).await[1], "declined");
    assert_eq!(answers(&google, ALICE, "meeting").await[1], "needsAction");
    assert_eq!(answers(&google, ALICE, third).await[1], "needsAction");
    let times = event(
        "",
        "2026-06-16T10:00:00",
        "2026-06-16T11:00:00",
        "Europe/Warsaw",
    );
    let patch = json!({ "start": times["start"], "end": times["end"] });
    google
        .ok(ALICE, &format!("PATCH {EVENTS}/{third}"), patch)
        .await;
    let copy = google.get(BOB, &format!("{EVENTS}/{third}")).await;
    assert_eq!(copy["start"]["dateTime"], "2026-06-16T04:00:00-04:00");
    google
        .ok(ALICE, &format!("DELETE {EVENTS}/{third}"), Value::Null)
        .await;
    let found = google
        .list(BOB, "singleEvents=true&orderBy=startTime")
        .await;
    assert_eq!(all(&found, "id"), ["meeting_20260601T130000Z", second]);
}

#[tokio::test]
async fn who_is_invited_to_one_instance_has_that_one() {
    let google = Google::empty().await;
    let mut body = meeting();
    body["attendees"] = json!([{ "email": "dan@elsewhere.example" }]);
    body["recurrence"] = json!(["RRULE:FREQ=WEEKLY;COUNT=3"]);
    google.add(ALICE, body).await;
    let second = "meeting_20260608T130000Z";
    let patch = json!({ "attendees": [{ "email": BOB }] });
    google
        .ok(ALICE, &format!("PATCH {EVENTS}/{second}"), patch)
        .await;
    let found = google.list(BOB, "singleEvents=true").await;
    assert_eq!(all(&found, "id"), [second]);
    assert_eq!(found[0]["recurringEventId"], "meeting");
    answer(&google, second, "accepted").await;
    assert_eq!(answers(&google, ALICE, second).await, ["accepted"]);
}

#[tokio::test]
async fn who_leaves_a_series_keeps_the_one_instance_that_still_invites() {
    let google = Google::empty().await;
    let mut body = meeting();
    body["recurrence"] = json!(["RRULE:FREQ=WEEKLY;COUNT=3"]);
    google.add(ALICE, body).await;
    let second = "meeting_20260608T130000Z";
    let own = json!({ "attendees": [{ "email": BOB, "responseStatus": "accepted" }] });
    google
        .ok(ALICE, &format!("PATCH {EVENTS}/{second}"), own)
        .await;
    let others = json!({ "attendees": [{ "email": "dan@elsewhere.example" }] });
    google
        .ok(ALICE, &format!("PATCH {EVENTS}/meeting"), others)
        .await;
    for query in ["singleEvents=true", ""] {
        let found = google.list(BOB, query).await;
        assert_eq!(all(&found, "id"), [second], "{query}");
        assert_eq!(found[0]["summary"], "Meeting");
    }
}

#[tokio::test]
async fn an_imported_event_is_a_copy_of_which_nobody_is_told() {
    let google = Google::empty().await;
    let mut body = meeting();
    body["iCalUID"] = "plan-1@elsewhere.example".into();
    body["organizer"] = json!({ "email": "dan@elsewhere.example" });
    let line = format!("POST {EVENTS}/import");
    let first = google.ok(ALICE, &line, body.clone()).await;
    assert_eq!(first["organizer"]["email"], "dan@elsewhere.example");
    assert!(google.list(BOB, "").await.is_empty());
    body["summary"] = "Again".into();
    let second = google.ok(ALICE, &line, body.clone()).await;
    assert_eq!(
        (&second["id"], &second["summary"]),
        (&first["id"], &json!("Again"))
    );
    assert_eq!(
        google
            .list(ALICE, "iCalUID=plan-1@elsewhere.example")
            .await
            .len(),
        1
    );
    body.as_object_mut().unwrap().remove("iCalUID");
    assert_eq!(google.refused(ALICE, &line, body).await.0, 400);
}

#[tokio::test]
async fn guests_may_be_hidden_from_each_other() {
    let google = Google::empty().await;
    let mut body = meeting();
    body["guestsCanSeeOtherGuests"] = false.into();
    google.add(ALICE, body).await;
    let copy = google.get(BOB, &format!("{EVENTS}/meeting")).await;
    assert_eq!(all(copy["attendees"].as_array().unwrap(), "email"), [BOB]);
    assert_eq!(copy["attendeesOmitted"], true);
    assert_eq!(answers(&google, ALICE, "meeting").await.len(), 3);
}

#[tokio::test]
async fn a_moved_event_has_another_organizer() {
    let google = Google::empty().await;
    google.add(ALICE, meeting()).await;
    let made = google
        .ok(ALICE, "POST /calendars", json!({ "summary": "Team" }))
        .await;
    let team = made["id"].as_str().unwrap();
    let line = format!("POST {EVENTS}/meeting/move?destination={team}");
    assert_eq!(google.refused(BOB, &line, Value::Null).await.0, 404);
    let moved = google.ok(ALICE, &line, Value::Null).await;
    let organizer = json!({ "email": team, "displayName": "Team", "self": true });
    assert_eq!(moved["organizer"], organizer);
    let copy = google.get(BOB, &format!("{EVENTS}/meeting")).await;
    assert_eq!(copy["organizer"]["email"], team);
    let own = google.get(ALICE, &format!("{EVENTS}/meeting")).await;
    assert_eq!(
        own["status"], "confirmed",
        "Alice is invited, so she has a copy"
    );
    answer(&google, "meeting", "accepted").await;
    let event = google
        .get(ALICE, &format!("/calendars/{team}/events/meeting"))
        .await;
    assert_eq!(event["attendees"][1]["responseStatus"], "accepted");
    let again = format!("POST {EVENTS}/meeting/move?destination={team}");
    assert_eq!(google.refused(ALICE, &again, Value::Null).await.0, 403);
}
