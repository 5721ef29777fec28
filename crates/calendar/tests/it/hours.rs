//! Working hours of several people: by the clocks of each whose zone is known, and told whose are not.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use serde_json::{Value, json};

use crate::world::World;

fn starts(found: &Value) -> Vec<&str> {
    let slots = found["available_slots"].as_array().unwrap().iter();
    slots.map(|slot| slot["start"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_slot_lies_in_the_hours_of_all_by_their_own_clocks_and_says_whose_they_are() {
    let world = World::people().await;
    let ask = json!({"start_date": "2027-03-31", "end_date": "2027-03-31", "duration_minutes": 60,
        "attendee_emails": ["bob@example.com", "carol@elsewhere.example"], "max_slots": 50});
    let found = world.call("find_available_slots", ask).await.unwrap();
    // Alice works until four, and six hours behind her Bob begins at eight.
    let expected = ["2027-03-31T14:00:00+02:00", "2027-03-31T15:00:00+02:00"];
    assert_eq!(starts(&found), expected);
    assert_eq!(found["working_hours_from"], "calendar");
    let clocks = json!([{"who": "me", "time_zone": "Europe/Warsaw"},
        {"who": "bob@example.com", "time_zone": "America/New_York"}]);
    assert_eq!(found["clocks"], clocks);
    assert_eq!(found["zone_unknown"], json!(["carol@elsewhere.example"]));
    assert_eq!(found["unknown"][0]["who"], "carol@elsewhere.example");
}

#[tokio::test]
async fn hours_and_days_of_a_call_hold_by_the_clocks_of_each_too() {
    let world = World::people().await;
    let ask = json!({"start_date": "2027-04-02", "end_date": "2027-04-04", "duration_minutes": 60,
        "working_hours": "06:00-14:00", "days": ["sat"], "attendee_emails": ["bob@example.com"]});
    let found = world
        .call("find_available_slots", ask.clone())
        .await
        .unwrap();
    let expected = ["2027-04-03T12:00:00+02:00", "2027-04-03T13:00:00+02:00"];
    assert_eq!(starts(&found), expected);
    assert_eq!(found["working_hours_from"], "argument");
    let mut book = ask;
    book["attendees"] = book["attendee_emails"].take();
    book.as_object_mut().unwrap().remove("attendee_emails");
    book["title"] = json!("Saturday");
    let booked = world.call("book_meeting", book).await.unwrap();
    assert_eq!(booked["event"]["start"], expected[0]);
    assert_eq!(booked["working_hours_from"], "argument");
    assert_eq!(booked["working_hours"], json!(["sat 06:00-14:00"]));
    assert_eq!(booked["clocks"][1]["start"], "2027-04-03T06:00:00-04:00");
    assert_eq!(booked.get("notes"), None);
}

#[tokio::test]
async fn hours_that_leave_all_together_no_time_are_said_with_what_to_do() {
    let world = World::people().await;
    let ask = json!({"start_date": "2027-03-30", "end_date": "2027-04-01", "working_hours": "09:00-14:00",
        "attendee_emails": ["bob@example.com"]});
    let found = world.call("find_available_slots", ask).await.unwrap();
    assert_eq!(starts(&found), [""; 0]);
    let notes = found["notes"].to_string();
    assert!(
        notes.contains("clocks of all together") && notes.contains("wider working_hours"),
        "{notes}"
    );
    let book = json!({"title": "x", "attendees": ["bob@example.com"], "start_date": "2027-03-30",
        "end_date": "2027-04-01", "working_hours": "09:00-14:00"});
    let error = world.call("book_meeting", book).await.unwrap_err();
    assert_eq!(error.argument(), Some("working_hours"), "{error}");
    assert!(error.message().contains("exact start_date"), "{error}");
    assert_eq!(world.count("calendar.events.insert"), 0);
}

#[tokio::test]
async fn an_exact_time_outside_of_somebodys_hours_is_booked_and_said_by_their_clock() {
    let world = World::people().await;
    let book = json!({"title": "Early", "start_date": "2027-03-31T09:00",
        "attendees": ["bob@example.com", "carol@elsewhere.example"]});
    let booked = world.call("book_meeting", book).await.unwrap();
    let notes = booked["notes"].to_string();
    assert!(
        notes.contains("bob@example.com (2027-03-31T03:00:00-04:00)"),
        "{notes}"
    );
    assert!(!notes.contains("the person"), "{notes}");
    let bob = json!({"who": "bob@example.com", "time_zone": "America/New_York",
        "start": "2027-03-31T03:00:00-04:00", "outside_hours": true});
    assert_eq!(booked["clocks"][1], bob);
    assert_eq!(booked["clocks"][0].get("outside_hours"), None);
    assert_eq!(booked["zone_unknown"], json!(["carol@elsewhere.example"]));
    assert_eq!(booked["working_hours_from"], "calendar");
    // On a Friday afternoon it is Alice who does not work.
    let book = json!({"title": "Late", "attendees": ["bob@example.com"], "start_date": "2027-04-02T15:00"});
    let booked = world.call("book_meeting", book).await.unwrap();
    assert!(
        booked["notes"].to_string().contains("the person"),
        "{booked}"
    );
}

#[tokio::test]
async fn a_zone_that_cannot_be_read_is_named_and_the_hours_are_the_persons_own() {
    use toolgate_emulator::{FaultAction, FaultRule};
    let world = World::people().await;
    let refused = FaultRule::new(FaultAction::status(403)).on_method("calendar.calendars.get");
    world.emulator.faults().add(refused.after(1));
    let ask = json!({"start_date": "2027-03-31", "end_date": "2027-03-31", "max_slots": 1,
        "attendee_emails": ["bob@example.com"]});
    let found = world.call("find_available_slots", ask).await.unwrap();
    assert_eq!(starts(&found), ["2027-03-31T08:00:00+02:00"]);
    assert_eq!(found["zone_unknown"], json!(["bob@example.com"]));
    assert_eq!(found["people"], json!(["me", "bob@example.com"]));
}

#[tokio::test]
async fn a_meeting_in_the_past_is_refused_by_name_and_nobody_is_mailed() {
    let world = World::people().await;
    for (start, is_over) in [
        ("2027-01-15T08:59", true),
        ("2027-01-15T07:00:00Z", true),
        ("2027-01-15T12:00", false),
    ] {
        let before = world.count("calendar.events.insert");
        let book = json!({"title": "Late", "attendees": ["bob@example.com"], "start_date": start});
        let booked = world.call("book_meeting", book).await;
        assert_eq!(booked.is_err(), is_over, "{start}");
        if let Err(error) = booked {
            assert_eq!(error.argument(), Some("start_date"), "{error}");
            assert!(error.message().contains("is over"), "{error}");
            assert_eq!(
                world.count("calendar.events.insert"),
                before,
                "{start}: {error}"
            );
        }
    }
}
