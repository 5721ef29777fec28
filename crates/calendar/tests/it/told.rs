//! What a write says of itself: how much was changed, whether somebody was mailed, and what was not found.

use serde_json::{Value, json};

use crate::world::World;

#[tokio::test]
async fn a_series_that_was_changed_whole_because_its_id_was_given_is_told() {
    let world = World::people().await;
    for (more, is_said) in [(json!({}), true), (json!({"scope": "all"}), false)] {
        let mut change = more;
        change["event_id"] = json!("standup00");
        change["title"] = json!("Morning");
        let said = world.call("update_event", change).await.unwrap();
        let notes = said.get("notes").map(Value::to_string).unwrap_or_default();
        assert_eq!(notes.contains("whole series"), is_said, "{said}");
    }
    let one = json!({"event_id": "standup00_20270405T070000Z", "title": "One"});
    let said = world.call("update_event", one).await.unwrap();
    assert_eq!(said.get("notes"), None, "{said}");
}

#[tokio::test]
async fn mail_to_the_last_guest_who_is_taken_off_is_told_and_mail_to_nobody_is_not() {
    for (notify, expected) in [(true, Some(true)), (false, None)] {
        let world = World::people().await;
        let new = json!({"start_date": "2027-06-01T09:00", "end_date": "2027-06-01T10:00",
            "attendees": ["bob@example.com"]});
        let made = world.call("create_event", new).await.unwrap();
        let off = json!({"event_id": made["event"]["id"], "remove_attendees": ["bob@example.com"],
            "notify_attendees": notify});
        let said = world.call("update_event", off.clone()).await.unwrap();
        assert_eq!(
            said.get("notified").and_then(Value::as_bool),
            expected,
            "{said}"
        );
        assert_eq!(
            world.mails("bob@example.com").await.len(),
            usize::from(notify)
        );
        let again =
            json!({"event_id": made["event"]["id"], "title": "Alone", "notify_attendees": true});
        let said = world.call("update_event", again).await.unwrap();
        assert_eq!(said.get("notified"), None, "{said}");
    }
}

#[tokio::test]
async fn a_deletion_says_whether_guests_were_mailed() {
    for (id, more, expected) in [
        ("standup00", json!({"scope": "all"}), Some(true)),
        (
            "standup00",
            json!({"scope": "all", "notify_attendees": false}),
            None,
        ),
        (
            "standup00_20270405T070000Z",
            json!({"scope": "following"}),
            Some(true),
        ),
        ("recap000", json!({}), None),
    ] {
        let world = World::people().await;
        let mut gone = more;
        gone["event_id"] = json!(id);
        let said = world.call("delete_event", gone).await.unwrap();
        let told = said.get("notified").and_then(Value::as_bool);
        assert_eq!(told, expected, "{id}: {said}");
        let mails = world.mails("bob@example.com").await.len();
        assert_eq!(mails > 0, expected.is_some(), "{id}");
    }
}

#[tokio::test]
async fn a_move_that_finds_nothing_names_the_event_and_both_calendars() {
    let world = World::people().await;
    for (event, destination) in [
        ("recap000", "gone@group.calendar.google.com"),
        ("nothing0", "team@group.calendar.google.com"),
    ] {
        let moved = json!({"event_id": event, "destination_calendar_id": destination});
        let error = world.call("move_event", moved).await.unwrap_err();
        assert_eq!(error.kind_name(), "not_found", "{error}");
        for part in [
            event,
            destination,
            "`primary`",
            "list_calendars",
            "not moved",
        ] {
            assert!(error.message().contains(part), "{part}: {error}");
        }
    }
}
