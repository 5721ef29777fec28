//! Series: one instance, this and the following, all; and that nothing else of them changes.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use serde_json::{Value, json};
use toolgate_emulator::{FaultAction, FaultRule};

use crate::world::World;

const THIRD: &str = "standup00_20270405T070000Z";

/// Title and start of each instance of all events that were the stand-up's.
async fn instances(world: &World) -> Vec<(String, String)> {
    let all = json!({"start_date": "2027-03-22", "end_date": "2027-05-31", "max_results": 3});
    let all = world.call("fetch_all_events", all).await.unwrap();
    let events = all["events"].as_array().unwrap().iter();
    let events = events.filter(|it| it["recurring_event_id"].is_string());
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    events
        .map(|it| (text(&it["title"]), text(&it["start"])))
        .collect()
}

const DATES: [&str; 8] = [
    "2027-03-22T09:00:00+01:00",
    "2027-03-29T09:00:00+02:00",
    "2027-04-05T09:00:00+02:00",
    "2027-04-12T09:00:00+02:00",
    "2027-04-19T09:00:00+02:00",
    "2027-04-26T09:00:00+02:00",
    "2027-05-03T09:00:00+02:00",
    "2027-05-10T09:00:00+02:00",
];

fn named(titles: [&str; 8]) -> Vec<(String, String)> {
    let pairs = titles.into_iter().zip(DATES);
    pairs
        .map(|(title, date)| (title.to_owned(), date.to_owned()))
        .collect()
}

#[tokio::test]
async fn a_new_title_leaves_guests_answers_and_rules_byte_for_byte() {
    let world = World::people().await;
    let before = world.event("primary", "standup00").await;
    let change = json!({"event_id": "standup00", "title": "Daily"});
    world.call("update_event", change).await.unwrap();
    let after = world.event("primary", "standup00").await;
    for member in [
        "attendees",
        "recurrence",
        "start",
        "end",
        "id",
        "iCalUID",
        "organizer",
    ] {
        assert_eq!(
            after[member].to_string(),
            before[member].to_string(),
            "{member}"
        );
    }
    assert_eq!(after["summary"], "Daily");
    let sent = &world.requests("calendar.events.patch")[0];
    assert_eq!(
        serde_json::from_str::<Value>(&sent.body).unwrap(),
        json!({"summary": "Daily"})
    );
}

#[tokio::test]
async fn one_instance_changes_and_the_others_do_not() {
    let world = World::people().await;
    let change = json!({"event_id": THIRD, "start_date": "2027-04-06T11:00"});
    let said = world.call("update_event", change).await.unwrap();
    assert_eq!(said["event"]["end"], "2027-04-06T11:30:00+02:00");
    let mut expected = named(["Stand-up"; 8]);
    expected[2].1 = "2027-04-06T11:00:00+02:00".to_owned();
    assert_eq!(instances(&world).await, expected);
}

#[tokio::test]
async fn this_and_the_following_are_renamed_and_none_is_lost_or_doubled() {
    let world = World::people().await;
    let change = json!({"event_id": THIRD, "scope": "following", "title": "Later"});
    let said = world.call("update_event", change).await.unwrap();
    let new = [
        "Stand-up", "Stand-up", "Later", "Later", "Later", "Later", "Later", "Later",
    ];
    assert_eq!(instances(&world).await, named(new));
    let old = world.event("primary", "standup00").await;
    assert_eq!(
        old["recurrence"],
        json!(["RRULE:FREQ=WEEKLY;BYDAY=MO;UNTIL=20270405T065959Z"])
    );
    let made = world
        .event("primary", said["event"]["id"].as_str().unwrap())
        .await;
    assert_eq!(made["attendees"], old["attendees"]);
    assert!(
        said["notes"][0].as_str().unwrap().contains("standup00"),
        "{said}"
    );
}

#[tokio::test]
async fn this_and_the_following_move_by_the_clock() {
    let world = World::people().await;
    let change = json!({"event_id": THIRD, "scope": "following", "start_date": "2027-04-05T10:30"});
    world.call("update_event", change).await.unwrap();
    let mut expected = named(["Stand-up"; 8]);
    for later in &mut expected[2..] {
        later.1 = later.1.replace("T09:00", "T10:30");
    }
    assert_eq!(instances(&world).await, expected);
}

#[tokio::test]
async fn all_instances_move_as_the_named_one_does_on_both_sides_of_a_change_of_clocks() {
    let world = World::people().await;
    let change = json!({"event_id": THIRD, "scope": "all", "start_date": "2027-04-05T08:15"});
    world.call("update_event", change).await.unwrap();
    let mut expected = named(["Stand-up"; 8]);
    for each in &mut expected {
        each.1 = each.1.replace("T09:00", "T08:15");
    }
    assert_eq!(instances(&world).await, expected);
}

#[tokio::test]
async fn a_move_that_the_rules_contradict_is_refused_and_nothing_is_done() {
    let world = World::people().await;
    for scope in ["following", "all"] {
        let change = json!({"event_id": THIRD, "scope": scope, "start_date": "2027-04-06T09:00"});
        let error = world.call("update_event", change).await.unwrap_err();
        assert_eq!(error.argument(), Some("start_date"), "{error}");
    }
    let master = json!({"event_id": "standup00", "scope": "this", "title": "x"});
    let error = world.call("update_event", master).await.unwrap_err();
    assert_eq!(error.argument(), Some("scope"));
    let single = json!({"event_id": "recap000", "scope": "following", "title": "x"});
    let error = world.call("update_event", single).await.unwrap_err();
    assert_eq!(error.argument(), Some("scope"));
    assert_eq!(instances(&world).await, named(["Stand-up"; 8]));
    assert_eq!(world.count("calendar.events.patch"), 0);
}

#[tokio::test]
async fn a_series_is_as_it_was_where_its_rest_could_not_be_saved() {
    let world = World::people().await;
    let refused = FaultRule::new(FaultAction::status(403)).on_method("calendar.events.insert");
    world.emulator.faults().add(refused);
    let change = json!({"event_id": THIRD, "scope": "following", "title": "Later"});
    let error = world.call("update_event", change).await.unwrap_err();
    assert!(error.message().contains("as it was"), "{error}");
    assert_eq!(instances(&world).await, named(["Stand-up"; 8]));
}

#[tokio::test]
async fn instances_are_deleted_one_by_one_from_one_on_or_all() {
    for (scope, left) in [("this", 7), ("following", 2), ("all", 0)] {
        let world = World::people().await;
        let gone = json!({"event_id": THIRD, "scope": scope});
        world.call("delete_event", gone).await.unwrap();
        assert_eq!(instances(&world).await.len(), left, "{scope}");
    }
}

#[tokio::test]
async fn the_instances_of_a_series_are_listed() {
    let world = World::people().await;
    let ask = json!({"event_id": "standup00", "limit": 3, "start_date": "2027-04-01"});
    let page = world.call("list_event_instances", ask).await.unwrap();
    assert_eq!(page["events"][0]["id"], THIRD);
    assert_eq!(
        (&page["count"], page["next_page_token"].is_string()),
        (&json!(3), true)
    );
}
