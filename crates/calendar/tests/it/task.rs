//! Real tasks from end to end.

use serde_json::json;

use crate::world::World;

/// A window over a change of clocks, all hours in it that suit both, and the one that is booked on each side: what the
/// clocks of Alice and Bob show.
struct Change {
    window: (&'static str, &'static str),
    slots: &'static [&'static str],
    booked: [(&'static str, &'static str); 2],
}

const CHANGES: [Change; 2] = [
    // America's clocks go forward on the 14th: Bob comes an hour nearer.
    Change {
        window: ("2027-03-11", "2027-03-15"),
        slots: &[
            "2027-03-11T14:00:00+01:00",
            "2027-03-11T15:00:00+01:00",
            "2027-03-15T13:00:00+01:00",
            "2027-03-15T14:00:00+01:00",
            "2027-03-15T15:00:00+01:00",
        ],
        booked: [
            ("2027-03-11T14:00:00+01:00", "2027-03-11T08:00:00-05:00"),
            ("2027-03-15T13:00:00+01:00", "2027-03-15T08:00:00-04:00"),
        ],
    },
    // Europe's go forward on the 28th: he is as far away as before. On Monday from nine he is at his dentist's.
    Change {
        window: ("2027-03-25", "2027-03-30"),
        slots: &[
            "2027-03-25T13:00:00+01:00",
            "2027-03-25T14:00:00+01:00",
            "2027-03-25T15:00:00+01:00",
            "2027-03-29T14:00:00+02:00",
            "2027-03-30T14:00:00+02:00",
            "2027-03-30T15:00:00+02:00",
        ],
        booked: [
            ("2027-03-25T13:00:00+01:00", "2027-03-25T08:00:00-04:00"),
            ("2027-03-29T14:00:00+02:00", "2027-03-29T08:00:00-04:00"),
        ],
    },
];

#[tokio::test]
async fn a_meeting_of_three_across_two_zones_over_a_change_of_clocks_one_of_whom_cannot_be_seen() {
    let people = json!(["bob@example.com", "carol@elsewhere.example"]);
    for Change {
        window: (start, end),
        slots,
        booked: expected,
    } in CHANGES
    {
        let world = World::people().await;
        let ask = json!({"start_date": start, "end_date": end, "duration_minutes": 60, "attendee_emails": people,
            "max_slots": 50});
        let found = world.call("find_available_slots", ask).await.unwrap();
        let offered = found["available_slots"].as_array().unwrap().iter();
        let offered: Vec<_> = offered.map(|slot| &slot["start"]).collect();
        assert_eq!(offered, slots);
        for (from, (alices, bobs)) in [start, &expected[1].0[..10]].into_iter().zip(expected) {
            let ask = json!({"title": "Quarter", "attendees": people, "start_date": from, "end_date": end,
                "duration_minutes": 60, "add_google_meet_link": true});
            let booked = world.call("book_meeting", ask).await.unwrap();
            assert_eq!(booked["event"]["start"], alices);
            let clocks = booked["clocks"].as_array().unwrap().iter();
            let clocks: Vec<_> = clocks.map(|it| &it["start"]).collect();
            assert_eq!(clocks, [alices, bobs]);
            assert_eq!(booked["unknown"][0]["who"], "carol@elsewhere.example");
            assert_eq!(booked["unknown"].as_array().unwrap().len(), 1);
            assert_eq!(booked["notified"], true);
            assert_eq!(booked.get("notes"), None, "{booked}");
            let id = booked["event"]["id"].as_str().unwrap();
            let path = format!("calendar/v3/calendars/primary/events/{id}");
            let bobs = world.google("bob@example.com", &path).await;
            assert_eq!(bobs["summary"], "Quarter");
        }
        assert_eq!(world.mails("carol@elsewhere.example").await.len(), 2);
    }
}

#[tokio::test]
async fn a_search_that_begins_before_a_change_of_clocks_books_behind_it_where_nothing_is_left_before()
 {
    let world = World::people().await;
    // On Friday Alice works until noon, when it is six in New York.
    let ask = json!({"title": "Quarter", "attendees": ["bob@example.com", "carol@elsewhere.example"],
        "start_date": "2027-03-26", "end_date": "2027-03-30", "duration_minutes": 60});
    let booked = world.call("book_meeting", ask).await.unwrap();
    assert_eq!(booked["event"]["start"], "2027-03-29T14:00:00+02:00");
    assert_eq!(booked["event"]["start_utc"], "2027-03-29T12:00:00Z");
    assert_eq!(booked["clocks"][1]["start"], "2027-03-29T08:00:00-04:00");
}

#[tokio::test]
async fn a_time_at_which_somebody_is_busy_is_not_booked() {
    let world = World::people().await;
    let ask = json!({"title": "Quarter", "attendees": ["bob@example.com"], "start_date": "2027-03-29T15:30"});
    let error = world.call("book_meeting", ask).await.unwrap_err();
    assert_eq!(error.argument(), Some("start_date"));
    assert!(
        error
            .message()
            .contains("bob@example.com is busy from 2027-03-29T15:"),
        "{error}"
    );
    assert_eq!(world.count("calendar.events.insert"), 0);
    let ask = json!({"title": "Quarter", "attendees": ["bob@example.com"], "start_date": "2027-03-29T16:00"});
    let booked = world.call("book_meeting", ask).await.unwrap();
    assert_eq!(booked["event"]["end"], "2027-03-29T16:30:00+02:00");
    assert_eq!(booked.get("unknown"), None);
}

#[tokio::test]
async fn a_series_third_instance_is_moved_and_the_rest_renamed() {
    let world = World::people().await;
    let ask = json!({"event_id": "standup00", "limit": 4});
    let page = world.call("list_event_instances", ask).await.unwrap();
    let id = |index: usize| page["events"][index]["id"].clone();
    let moved = json!({"event_id": id(2), "start_date": "2027-04-06T14:00"});
    world.call("update_event", moved).await.unwrap();
    let rest = json!({"event_id": id(3), "scope": "following", "title": "Stand-up, new team"});
    world.call("update_event", rest).await.unwrap();
    let ask = json!({"query": "Stand-up", "start_date": "2027-03-22", "end_date": "2027-06-01", "max_results": 50});
    let found = world.call("search_events", ask).await.unwrap();
    let events = found["events"].as_array().unwrap();
    assert_eq!(events.len(), 8, "{found}");
    assert_eq!(events[2]["start"], "2027-04-06T14:00:00+02:00");
    assert_eq!(events[2]["title"], "Stand-up");
    assert!(
        events[3..]
            .iter()
            .all(|it| it["title"] == "Stand-up, new team"),
        "{found}"
    );
    assert_eq!(events[7]["start"], "2027-05-10T09:00:00+02:00");
    assert_eq!(events[3]["guests"], events[0]["guests"]);
}
