//! What others do between our reading and our writing, and how much is asked at the same time.

use serde_json::{Value, json};
use toolgate_emulator::{FaultAction, FaultRule};

use crate::world::World;

/// What the call of a tool ends with when this happens between its reading and its writing.
async fn meanwhile(
    world: &World,
    (tool, arguments, method): (&str, Value, &str),
    other: impl Future<Output = ()>,
) -> Result<Value, toolgate_toolkit::ToolError> {
    let faults = world.emulator.faults();
    faults.add(
        FaultRule::new(FaultAction::hold())
            .on_method(method)
            .times(1),
    );
    let between = async {
        faults.wait_for_held(1).await;
        other.await;
        faults.release();
    };
    tokio::join!(world.call(tool, arguments), between).0
}

#[tokio::test]
async fn what_others_change_between_our_reading_and_our_writing_is_not_overwritten() {
    let add = json!({"event_id": "standup00", "add_attendees": ["dan@partner.example"]});
    let gone = json!({"event_id": "standup00", "scope": "all"});
    for (tool, arguments, method) in [
        ("update_event", add, "calendar.events.patch"),
        ("delete_event", gone, "calendar.events.delete"),
    ] {
        let world = World::people().await;
        let declines = async {
            let answer = json!({"event_id": "standup00", "response": "declined"});
            let said = world
                .call_as("bob@example.com", "respond_to_event", answer)
                .await;
            assert_eq!(said.unwrap()["event"]["my_response"], "declined");
        };
        let error = Box::pin(meanwhile(&world, (tool, arguments, method), declines))
            .await
            .unwrap_err();
        assert!(error.message().contains("read it again"), "{tool}: {error}");
        assert!(!error.may_have_happened(), "{tool}: {error}");
        let now = world.event("primary", "standup00").await;
        assert_eq!(now["status"], "confirmed", "{tool}");
        assert_eq!(now["attendees"].as_array().unwrap().len(), 3, "{tool}");
        assert_eq!(now["attendees"][1]["responseStatus"], "declined", "{tool}");
    }
}

#[tokio::test]
async fn what_is_saved_between_the_look_and_the_booking_is_said() {
    let ask = json!({"title": "Plan", "attendees": ["bob@example.com"], "start_date": "2027-03-29T16:00",
        "timezone": "Europe/Warsaw"});
    for (start, end, is_said) in [
        ("16:15:00", "17:00:00", true),
        // It begins when the meeting ends.
        ("16:30:00", "17:00:00", false),
    ] {
        let world = World::people().await;
        let other = async {
            let time = |at: &str| json!({"dateTime": format!("2027-03-29T{at}+02:00")});
            let event = json!({"summary": "Call", "start": time(start), "end": time(end)});
            world.insert("primary", &event).await;
        };
        let faults = world.emulator.faults();
        let hold = FaultRule::new(FaultAction::hold()).on_method("calendar.events.insert");
        faults.add(hold.times(1));
        let between = async {
            faults.wait_for_held(1).await;
            other.await;
            faults.release();
        };
        let (booked, ()) = tokio::join!(world.call("book_meeting", ask.clone()), between);
        let booked = booked.unwrap();
        assert_eq!(booked["status"], "created");
        let notes = booked
            .get("notes")
            .map(Value::to_string)
            .unwrap_or_default();
        assert_eq!(notes.contains("meanwhile"), is_said, "{start}: {booked}");
        if is_said {
            assert!(notes.contains("2027-03-29T16:15:00+02:00"), "{notes}");
        }
    }
}

#[tokio::test]
async fn no_more_than_six_calendars_are_asked_at_the_same_time() {
    let world = World::people().await;
    let faults = world.emulator.faults();
    let list = FaultRule::new(FaultAction::hold()).on_method("calendar.events.list");
    faults.add(list);
    let ids: Vec<String> = (0..15)
        .map(|it| format!("c{it}@group.calendar.google.com"))
        .collect();
    let mut ids: Vec<Value> = ids.into_iter().map(Value::from).collect();
    ids.push(json!("primary"));
    let ask = json!({"calendar_ids": ids, "start_date": "2027-03-22T00:00:00Z"});
    let watching = async {
        faults.wait_for_held(6).await;
        // Whatever else was asked for at the same time is there by the end of these.
        for _ in 0..10 {
            world.event("primary", "recap000").await;
        }
        assert_eq!(faults.held(), 6);
        faults.clear();
        faults.release();
    };
    let (listed, ()) = tokio::join!(world.call("list_events", ask), watching);
    let listed = listed.unwrap();
    assert_eq!(listed["failed"].as_array().unwrap().len(), 15);
    assert_eq!(listed["count"], 10);
}
