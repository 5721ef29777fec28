//! A calendar of the person's own that could not be read whole: what was read counts, and nothing is booked in doubt.

use serde_json::{Value, json};
use toolgate_emulator::{FaultAction, FaultRule};

use crate::world::World;

/// A world in which Google shows one event at a time, so that 20 questions do not reach all of a week's events, and the
/// first and last of them, from Tuesday on.
async fn crowded() -> World {
    let world = World::in_pages_of(1).await;
    for quarter in 0..30 {
        let (hour, minute) = (8 + quarter / 4, quarter % 4 * 15);
        let time =
            |minute: i32| json!({"dateTime": format!("2027-06-01T{hour:02}:{minute:02}:00+02:00")});
        let event = json!({"summary": "x", "start": time(minute), "end": time(minute + 14)});
        world.insert("primary", &event).await;
    }
    world
}

#[tokio::test]
async fn the_busy_times_that_were_read_stand_beside_the_doubt() {
    let world = crowded().await;
    let day = json!({"start_date": "2027-06-01", "end_date": "2027-06-01"});
    let found = world.call("check_availability", day.clone()).await.unwrap();
    let me = &found["availability"][0];
    assert_eq!(me["status"], "unknown");
    assert!(me["reason"].as_str().unwrap().contains("too many"), "{me}");
    assert_eq!(me["busy_periods"].as_array().unwrap().len(), 20, "{me}");
    let mut ask = day;
    ask["duration_minutes"] = json!(15);
    let found = world.call("find_available_slots", ask).await.unwrap();
    assert_eq!(found["unknown"][0]["who"], "me");
    // The twentieth of them ends at 12:59.
    let first = &found["available_slots"][0]["start"];
    assert_eq!(first, "2027-06-01T13:00:00+02:00");
}

#[tokio::test]
async fn a_time_is_found_where_the_calendar_is_known_and_not_where_it_is_not() {
    let world = crowded().await;
    let book = json!({"title": "Plan", "attendees": ["bob@example.com"], "start_date": "2027-06-01",
        "end_date": "2027-06-01", "duration_minutes": 15, "timezone": "Europe/Warsaw", "days": ["tue"],
        "working_hours": "08:00-17:00"});
    // The slots of Tuesday that the search takes for free are taken by what it did not read, and looked at again.
    let error = world.call("book_meeting", book.clone()).await.unwrap_err();
    assert_eq!(error.argument(), Some("end_date"), "{error}");
    assert!(error.message().contains("cannot be read whole"), "{error}");
    assert_eq!(world.count("calendar.events.insert"), 30);
    let mut later = book;
    later["duration_minutes"] = json!(60);
    later["end_date"] = json!("2027-06-02");
    later["days"] = json!(["wed"]);
    let booked = world.call("book_meeting", later).await.unwrap();
    assert_eq!(booked["event"]["start"], "2027-06-02T14:00:00+02:00");
    assert_eq!(booked.get("unknown"), None, "{booked}");
}

#[tokio::test]
async fn nothing_is_booked_at_a_time_at_which_the_persons_own_calendar_is_not_known() {
    let world = World::in_pages_of(1).await;
    for _ in 0..21 {
        let event = json!({"summary": "Held", "transparency": "transparent",
            "start": {"dateTime": "2027-06-01T14:00:00+02:00"}, "end": {"dateTime": "2027-06-01T15:00:00+02:00"}});
        world.insert("primary", &event).await;
    }
    let book = |start: &str| json!({"title": "Plan", "attendees": ["bob@example.com"], "start_date": start});
    let error = world
        .call("book_meeting", book("2027-06-01T14:00"))
        .await
        .unwrap_err();
    assert_eq!(error.argument(), Some("start_date"), "{error}");
    assert!(error.message().contains("cannot be read whole"), "{error}");
    assert_eq!(world.count("calendar.events.insert"), 21);
    let booked = world.call("book_meeting", book("2027-06-01T15:00")).await;
    assert_eq!(booked.unwrap()["status"], "created");
}

#[tokio::test]
async fn a_look_after_the_booking_that_fails_or_is_not_whole_is_said() {
    let book = json!({"title": "Plan", "attendees": ["bob@example.com"], "start_date": "2027-03-29T16:00"});
    let told = |booked: &Value| {
        booked["notes"]
            .to_string()
            .contains("could not be checked again")
    };
    let world = World::people().await;
    let unseen = FaultRule::new(FaultAction::status(403)).on_method("calendar.events.list");
    world.emulator.faults().add(unseen.after(1));
    let booked = world.call("book_meeting", book.clone()).await.unwrap();
    assert_eq!(booked["status"], "created");
    assert!(told(&booked), "{booked}");
    let world = World::people().await;
    let booked = world.call("book_meeting", book).await.unwrap();
    assert!(!told(&booked), "{booked}");
}
