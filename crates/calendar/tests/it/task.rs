//! Real tasks from end to end.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn a_meeting_of_three_across_two_zones_over_a_change_of_clocks_one_of_whom_cannot_be_seen() {
    let world = World::people().await;
    // America changed two weeks before; Europe changes on the 28th. Bob's morning is taken by his dentist.
    let ask = json!({"title": "Quarter", "attendees": ["bob@example.com", "carol@elsewhere.example"],
        "start_date": "2027-03-29T14:30", "end_date": "2027-03-30", "duration_minutes": 60,
        "add_google_meet_link": true});
    let booked = world.call("book_meeting", ask).await.unwrap();
    // From 15:00 to 16:00 in Warsaw Bob is away, and Alice works until 16:00: the next is on Tuesday.
    assert_eq!(booked["event"]["start"], "2027-03-30T08:00:00+02:00");
    assert_eq!(booked["event"]["start_utc"], "2027-03-30T06:00:00Z");
    assert_eq!(booked["unknown"][0]["who"], "carol@elsewhere.example");
    assert_eq!(booked["unknown"].as_array().unwrap().len(), 1);
    assert_eq!(booked["notified"], true);
    assert_eq!(world.mails("carol@elsewhere.example").await.len(), 1);
    let id = booked["event"]["id"].as_str().unwrap();
    let path = format!("calendar/v3/calendars/primary/events/{id}");
    let bobs = world.google("bob@example.com", &path).await;
    assert_eq!(bobs["summary"], "Quarter");
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
