//! The defects of agno's Calendar tools, each by its name, and that they are none here.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use serde_json::{Value, json};
use toolgate_calendar::WorkingHours;

use crate::world::{World, all_tools};

fn starts(found: &Value) -> Vec<&str> {
    let slots = found["available_slots"].as_array().unwrap();
    slots
        .iter()
        .map(|slot| slot["start"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn slots_are_in_the_persons_own_zone_and_hours_and_not_guessed_from_a_locale() {
    let world = World::people().await;
    let ask = json!({"start_date": "2027-03-25", "end_date": "2027-03-29", "duration_minutes": 120, "max_slots": 50});
    let found = world
        .call("find_available_slots", ask.clone())
        .await
        .unwrap();
    assert_eq!(found["time_zone"], "Europe/Warsaw");
    assert_eq!(found["working_hours_from"], "calendar");
    assert_eq!(found["working_hours"][4], "fri 08:00-12:00");
    // Thursday's party is in the evening; the talk on Friday was declined; on Monday clocks have changed.
    let expected = [
        "2027-03-25T08:00:00+01:00",
        "2027-03-25T10:00:00+01:00",
        "2027-03-25T12:00:00+01:00",
        "2027-03-25T14:00:00+01:00",
        "2027-03-26T08:00:00+01:00",
        "2027-03-26T10:00:00+01:00",
        "2027-03-29T09:30:00+02:00",
        "2027-03-29T11:30:00+02:00",
        "2027-03-29T13:30:00+02:00",
    ];
    assert_eq!(starts(&found), expected);
    let hours = WorkingHours::new("10:00", "12:00", ["sat", "mon"]).unwrap();
    let toolkit = all_tools().with_working_hours(hours);
    let found = world
        .call_of(toolkit, "find_available_slots", ask)
        .await
        .unwrap();
    assert_eq!(
        starts(&found),
        ["2027-03-27T10:00:00+01:00", "2027-03-29T10:00:00+02:00"]
    );
    assert_eq!(found["working_hours_from"], "toolkit");
}

#[tokio::test]
async fn whole_days_are_busy_unless_shown_as_free_and_free_events_take_no_time() {
    let world = World::people().await;
    let ask = json!({"start_date": "2027-04-06", "end_date": "2027-04-09", "duration_minutes": 240,
        "working_hours": "08:00-12:00", "days": ["tue", "wed", "thu", "fri"]});
    let found = world.call("find_available_slots", ask).await.unwrap();
    // The offsite takes the seventh and the eighth.
    assert_eq!(
        starts(&found),
        ["2027-04-06T08:00:00+02:00", "2027-04-09T08:00:00+02:00"]
    );
    let ask =
        json!({"start_date": "2027-03-24", "end_date": "2027-03-24", "duration_minutes": 480});
    let found = world.call("find_available_slots", ask).await.unwrap();
    assert_eq!(starts(&found), ["2027-03-24T08:00:00+01:00"]);
}

#[tokio::test]
async fn the_last_days_events_count_and_a_single_day_is_a_whole_one() {
    let world = World::people().await;
    let ask = json!({"start_date": "2027-03-23", "end_date": "2027-03-23", "duration_minutes": 60, "max_slots": 3,
        "buffer_minutes": 30});
    let found = world.call("find_available_slots", ask).await.unwrap();
    // The recap is from 10:00 to 11:30, with half an hour on both sides.
    let expected = [
        "2027-03-23T08:00:00+01:00",
        "2027-03-23T12:00:00+01:00",
        "2027-03-23T13:00:00+01:00",
    ];
    assert_eq!(starts(&found), expected);
    let listed = json!({"start_date": "2027-03-23", "end_date": "2027-03-23"});
    let listed = world.call("list_events", listed).await.unwrap();
    assert_eq!(listed["events"][0]["title"], "Review");
}

#[tokio::test]
async fn a_slot_has_a_length_and_a_search_an_end() {
    let world = World::people().await;
    for (more, name) in [
        (json!({"duration_minutes": 0}), "duration_minutes"),
        (json!({"duration_minutes": -30}), "duration_minutes"),
        (json!({"end_date": "2027-12-31"}), "end_date"),
        (json!({"max_slots": 999}), "max_slots"),
        (json!({"days": ["noday"]}), "days"),
    ] {
        let mut ask = json!({"start_date": "2027-03-23", "end_date": "2027-03-24"});
        ask.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        let error = world.call("find_available_slots", ask).await.unwrap_err();
        assert_eq!(error.argument(), Some(name), "{error}");
    }
}

#[tokio::test]
async fn a_calendar_that_cannot_be_seen_is_unknown_and_not_free() {
    let world = World::people().await;
    let ask = json!({"start_date": "2027-03-29T15:00", "end_date": "2027-03-29T16:00",
        "attendee_emails": ["me", "bob@example.com", "carol@elsewhere.example", "nobody@nowhere.example"]});
    let found = world.call("check_availability", ask).await.unwrap();
    let answers = found["availability"].as_array().unwrap();
    let statuses: Vec<Value> = answers
        .iter()
        .map(|it| json!([it["who"], it["status"]]))
        .collect();
    // Bob's dentist is at nine in New York, which is 15:00 in Warsaw.
    let expected = json!([
        ["me", "free"],
        ["bob@example.com", "busy"],
        ["carol@elsewhere.example", "unknown"],
        ["nobody@nowhere.example", "unknown"]
    ]);
    assert_eq!(Value::from(statuses), expected);
    assert_eq!(
        answers[1]["busy_periods"][0]["start"],
        "2027-03-29T15:00:00+02:00"
    );
    assert!(
        answers[2]["reason"]
            .as_str()
            .unwrap()
            .contains("cannot see"),
        "{found}"
    );
}

#[tokio::test]
async fn a_whole_day_is_saved_as_one_and_updated_without_mixing_date_and_date_time() {
    let world = World::people().await;
    let new = json!({"start_date": "2027-05-03", "end_date": "2027-05-05", "title": "Fair"});
    let made = world.call("create_event", new).await.unwrap();
    let id = made["event"]["id"].as_str().unwrap().to_owned();
    let held = world.event("primary", &id).await;
    assert_eq!(
        (&held["start"], &held["end"]),
        (
            &json!({"date": "2027-05-03"}),
            &json!({"date": "2027-05-06"})
        )
    );
    assert_eq!(made["event"]["last_day"], "2027-05-05");
    assert_eq!(made["event"]["days"], 3);

    let moved = json!({"event_id": id, "start_date": "2027-05-10"});
    world.call("update_event", moved).await.unwrap();
    let held = world.event("primary", &id).await;
    assert_eq!(
        (&held["start"], &held["end"]),
        (
            &json!({"date": "2027-05-10"}),
            &json!({"date": "2027-05-13"})
        )
    );

    let timed =
        json!({"event_id": id, "start_date": "2027-05-10T09:00", "end_date": "2027-05-10T10:00"});
    let made = world.call("update_event", timed).await.unwrap();
    let held = world.event("primary", &id).await;
    assert_eq!(held["start"].get("date"), None, "{held}");
    assert_eq!(held["start"]["dateTime"], "2027-05-10T09:00:00+02:00");
    assert_eq!(made["event"]["start_utc"], "2027-05-10T07:00:00Z");
    assert_eq!(made["event"]["duration_minutes"], 60);

    let days = json!({"event_id": id, "start_date": "2027-05-11", "end_date": "2027-05-11"});
    world.call("update_event", days).await.unwrap();
    let held = world.event("primary", &id).await;
    assert_eq!(
        (&held["start"], &held["end"]),
        (
            &json!({"date": "2027-05-11"}),
            &json!({"date": "2027-05-12"})
        )
    );
}

#[tokio::test]
async fn guests_are_added_and_removed_without_wiping_the_answers_of_the_rest() {
    let world = World::people().await;
    let before = world.event("primary", "standup00").await["attendees"].clone();
    for (change, expected) in [
        (json!({"add_attendees": ["dan@partner.example"]}), 4),
        (json!({"remove_attendees": ["dan@partner.example"]}), 3),
        (
            json!({"attendees": ["alice@example.com", "bob@example.com", "zoe@partner.example"]}),
            3,
        ),
    ] {
        let mut change = change;
        change["event_id"] = json!("standup00");
        world.call("update_event", change).await.unwrap();
        let after = world.event("primary", "standup00").await["attendees"].clone();
        let after = after.as_array().unwrap();
        assert_eq!(after.len(), expected);
        assert_eq!(Value::from(after[..3].to_vec()), before);
    }
}

#[tokio::test]
async fn guests_get_mail_when_it_is_asked_for_and_not_only_when_guests_change() {
    let world = World::people().await;
    let change = json!({"event_id": "standup00", "title": "Daily", "notify_attendees": true});
    world.call("update_event", change).await.unwrap();
    assert_eq!(world.mails("bob@example.com").await.len(), 1);
    let change = json!({"event_id": "standup00", "title": "Weekly"});
    world.call("update_event", change).await.unwrap();
    assert_eq!(world.mails("bob@example.com").await.len(), 1);
}

#[tokio::test]
async fn answering_adds_nobody_to_an_event_they_are_not_invited_to() {
    let world = World::people().await;
    let answer = json!({"event_id": "recap000", "response": "accepted"});
    let error = world.call("respond_to_event", answer).await.unwrap_err();
    assert_eq!(error.kind_name(), "permission_denied");
    assert_eq!(
        world.event("primary", "recap000").await.get("attendees"),
        None
    );
    assert_eq!(world.count("calendar.events.patch"), 0);

    let answer = json!({"event_id": "fest0000", "response": "declined", "comment": "Away"});
    let said = world.call("respond_to_event", answer).await.unwrap();
    assert_eq!(said["event"]["my_response"], "declined");
    assert_eq!(said["event"]["guests"]["accepted"], 1);
    let patch = &world.requests("calendar.events.patch")[0];
    assert!(patch.query.contains("sendUpdates=none"), "{}", patch.query);
}

#[tokio::test]
async fn every_tool_reaches_another_calendar() {
    let world = World::people().await;
    let team = "team@group.calendar.google.com";
    let listed = json!({"calendar_ids": [team, "primary"], "start_date": "2027-03-23", "end_date": "2027-03-24"});
    let listed = world.call("list_events", listed).await.unwrap();
    let titles: Vec<&Value> = listed["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["title"])
        .collect();
    assert_eq!(titles, ["Review", "Planning", "Pay rent", "Held loosely"]);
    assert_eq!(listed["events"][1]["start"], "2027-03-23T09:00:00-04:00");
    let new = json!({"start_date": "2027-05-03T09:00", "end_date": "2027-05-03T10:00", "calendar_id": team});
    let made = world.call("create_event", new).await.unwrap();
    // The other calendar's own zone, not the person's, and not UTC.
    assert_eq!(made["event"]["start"], "2027-05-03T09:00:00-04:00");
    let id = made["event"]["id"].as_str().unwrap();
    let change = json!({"event_id": id, "calendar_id": team, "title": "Named"});
    assert_eq!(
        world.call("update_event", change).await.unwrap()["event"]["title"],
        "Named"
    );
    let moved = json!({"event_id": id, "calendar_id": team, "destination_calendar_id": "primary"});
    assert_eq!(
        world.call("move_event", moved).await.unwrap()["event"]["calendar_id"],
        "primary"
    );
    let gone = world
        .call("delete_event", json!({"event_id": id}))
        .await
        .unwrap();
    assert_eq!(
        (&gone["success"], &gone["deleted"]["title"]),
        (&json!(true), &json!("Named"))
    );
}

#[tokio::test]
async fn an_end_before_the_start_is_refused() {
    let world = World::people().await;
    let new = json!({"start_date": "2027-05-03T09:00", "end_date": "2027-05-03T09:00"});
    let error = world.call("create_event", new).await.unwrap_err();
    assert_eq!(error.argument(), Some("end_date"));
    assert_eq!(world.count("calendar.events.insert"), 0);
}

#[tokio::test]
async fn an_event_can_recur_remind_be_private_coloured_free_and_have_a_meet_link() {
    let world = World::people().await;
    let new = json!({"start_date": "2027-05-03T09:00", "end_date": "2027-05-03T09:45", "title": "Course",
        "timezone": "America/New_York", "recurrence": ["FREQ=WEEKLY;COUNT=3"], "reminders": ["popup 5", "email 60"],
        "visibility": "private", "color_id": "11", "show_as": "free", "add_google_meet_link": true,
        "attendees": ["Zoe <zoe@partner.example>"], "notify_attendees": true});
    let made = world.call("create_event", new).await.unwrap();
    assert_eq!(made["notified"], true);
    assert!(
        made["event"]["meet_link"]
            .as_str()
            .unwrap()
            .starts_with("https://meet"),
        "{made}"
    );
    let id = made["event"]["id"].as_str().unwrap();
    let held = world.event("primary", id).await;
    assert_eq!(held["recurrence"], json!(["RRULE:FREQ=WEEKLY;COUNT=3"]));
    assert_eq!(
        held["reminders"]["overrides"][1],
        json!({"method": "email", "minutes": 60})
    );
    let rest = [&held["visibility"], &held["colorId"], &held["transparency"]];
    assert_eq!(rest, ["private", "11", "transparent"]);
    assert_eq!(made["event"]["start"], "2027-05-03T09:00:00-04:00");
    assert_eq!(made["event"]["start_utc"], "2027-05-03T13:00:00Z");
    let shown = world
        .call("get_event", json!({"event_id": id}))
        .await
        .unwrap();
    assert_eq!(shown["reminders"], json!(["popup 5", "email 60"]));
}
