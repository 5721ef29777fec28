//! Free time: what takes it, what is near it, and that no part of an answer is lost.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use proptest::{prelude::*, test_runner::TestRunner};
use serde_json::{Value, json};
use toolgate_calendar::LEAST_RESULT_BUDGET;

use crate::world::{World, all_tools, bounded, size};

fn starts(found: &Value) -> Vec<String> {
    let slots = found["available_slots"].as_array().unwrap().iter();
    slots
        .map(|slot| slot["start"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_margin_is_kept_to_what_ends_just_before_the_window_or_begins_just_behind_it() {
    let world = World::people().await;
    // The recap is from 10:00 to 11:30.
    let after = json!({"start_date": "2027-03-23T11:30", "end_date": "2027-03-23T13:00", "buffer_minutes": 30});
    let found = world.call("find_available_slots", after).await.unwrap();
    assert_eq!(
        starts(&found),
        ["2027-03-23T12:00:00+01:00", "2027-03-23T12:30:00+01:00"]
    );
    let before = json!({"start_date": "2027-03-23T09:00", "end_date": "2027-03-23T10:00", "buffer_minutes": 30});
    let found = world.call("find_available_slots", before).await.unwrap();
    assert_eq!(starts(&found), ["2027-03-23T09:00:00+01:00"]);
    // Others' time as well: Bob's dentist is from 15:00 to 16:00.
    let bob = json!({"start_date": "2027-03-29T16:00", "end_date": "2027-03-29T18:00", "buffer_minutes": 60,
        "working_hours": "08:00-18:00", "attendee_emails": ["bob@example.com"]});
    let found = world.call("find_available_slots", bob).await.unwrap();
    assert_eq!(starts(&found)[0], "2027-03-29T17:00:00+02:00");
}

#[tokio::test]
async fn slots_touch_what_is_busy_and_do_not_overlap_it() {
    let world = World::people().await;
    let ask = json!({"start_date": "2027-03-23T09:00", "end_date": "2027-03-23T12:30", "duration_minutes": 60});
    let found = world.call("find_available_slots", ask).await.unwrap();
    assert_eq!(
        starts(&found),
        ["2027-03-23T09:00:00+01:00", "2027-03-23T11:30:00+01:00"]
    );
}

/// All slots of a search, page by page.
async fn slots(world: &World, count: usize, budget: usize) -> Vec<String> {
    let toolkit = all_tools().with_result_budget(budget);
    let mut ask = json!({"start_date": "2027-03-22", "end_date": "2027-04-02", "max_slots": count});
    let mut seen = Vec::new();
    loop {
        let page = world
            .call_of(toolkit.clone(), "find_available_slots", ask.clone())
            .await
            .unwrap();
        assert!(size(&page) <= budget, "{} {page}", size(&page));
        seen.extend(starts(&page));
        match page.get("next_start_date") {
            Some(next) => ask["start_date"] = next.clone(),
            None => return seen,
        }
    }
}

#[test]
fn slots_go_on_behind_the_last_one_until_there_are_no_more() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let world = runtime.block_on(World::people());
    let whole = runtime.block_on(slots(&world, 50, 20_000));
    assert!(whole.len() > 100, "{}", whole.len());
    let mut runner = TestRunner::new(bounded(6));
    let outcome = runner.run(
        &(5..50_usize, LEAST_RESULT_BUDGET..20_000),
        |(count, budget)| {
            prop_assert_eq!(&runtime.block_on(slots(&world, count, budget)), &whole);
            Ok(())
        },
    );
    outcome.unwrap();
}

#[tokio::test]
async fn busy_times_that_do_not_fit_are_counted_and_go_on_where_they_were_cut() {
    let world = World::people().await;
    for day in 1..=28 {
        for hour in [8, 10, 12] {
            let new = json!({"start_date": format!("2027-06-{day:02}T{hour:02}:00"),
                "end_date": format!("2027-06-{day:02}T{hour:02}:30"), "title": "x"});
            world.call("create_event", new).await.unwrap();
        }
    }
    let toolkit = all_tools().with_result_budget(LEAST_RESULT_BUDGET);
    let mut ask = json!({"start_date": "2027-06-01", "end_date": "2027-06-28"});
    let mut seen = Vec::new();
    loop {
        let page = world
            .call_of(toolkit.clone(), "check_availability", ask.clone())
            .await
            .unwrap();
        assert!(size(&page) <= LEAST_RESULT_BUDGET, "{}", size(&page));
        let me = &page["availability"][0];
        assert_eq!(me["status"], "busy");
        seen.extend(me["busy_periods"].as_array().unwrap().clone());
        let Some(next) = me.get("next_start_date") else {
            break;
        };
        assert_eq!(me["left_out"], 84 - seen.len());
        ask["start_date"] = next.clone();
    }
    assert_eq!(seen.len(), 84);
    let mut once = seen.clone();
    once.dedup();
    assert_eq!(once, seen);
}

#[tokio::test]
async fn a_result_tells_of_as_many_people_as_fit_or_refuses_them_by_name() {
    let world = World::people().await;
    let people = |count: usize| -> Vec<String> {
        (0..count)
            .map(|number| format!("somebody.with.a.name.{number}@elsewhere.example"))
            .collect()
    };
    for (tool, argument) in [
        ("check_availability", "attendee_emails"),
        ("find_available_slots", "attendee_emails"),
        ("book_meeting", "attendees"),
    ] {
        for (budget, count, fits) in [
            (LEAST_RESULT_BUDGET, 100, false),
            (LEAST_RESULT_BUDGET, 9, true),
            (20_000, 60, true),
        ] {
            let mut ask = json!({"start_date": "2027-03-25T09:00", "end_date": "2027-03-25T12:00", argument: people(count)});
            if tool == "book_meeting" {
                ask["title"] = json!("All");
            }
            let toolkit = all_tools().with_result_budget(budget);
            let result = world.call_of(toolkit, tool, ask).await;
            assert_eq!(result.is_ok(), fits, "{tool} {count}");
            match result {
                Ok(result) => assert!(size(&result) <= budget, "{tool} {count}: {}", size(&result)),
                Err(error) => assert_eq!(error.argument(), Some(argument), "{error}"),
            }
        }
    }
}

#[tokio::test]
async fn a_search_that_is_too_long_is_refused_by_name() {
    let world = World::people().await;
    for tool in ["check_availability", "find_available_slots"] {
        let ask = json!({"start_date": "2027-03-01", "end_date": "2027-06-01"});
        let error = world.call(tool, ask).await.unwrap_err();
        assert_eq!(error.argument(), Some("end_date"), "{error}");
    }
    assert_eq!(world.count("calendar.events.list"), 1);
}

#[tokio::test]
async fn times_in_which_the_person_is_away_are_busy_and_those_that_say_where_they_work_are_not() {
    for (kind, expected) in [
        ("outOfOffice", "busy"),
        ("focusTime", "busy"),
        ("workingLocation", "free"),
    ] {
        let world = World::people().await;
        let more = match kind {
            "workingLocation" => {
                json!({"workingLocationProperties": {"type": "homeOffice", "homeOffice": {}},
                "visibility": "public", "transparency": "transparent"})
            }
            "focusTime" => json!({"focusTimeProperties": {}}),
            _ => json!({"outOfOfficeProperties": {}}),
        };
        let mut event = json!({"eventType": kind, "summary": kind,
            "start": {"dateTime": "2027-06-01T09:00:00+02:00"}, "end": {"dateTime": "2027-06-01T17:00:00+02:00"}});
        event
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        world.insert("primary", &event).await;
        let ask = json!({"start_date": "2027-06-01T10:00", "end_date": "2027-06-01T11:00"});
        let found = world.call("check_availability", ask).await.unwrap();
        assert_eq!(found["availability"][0]["status"], expected, "{kind}");
        let listed = json!({"start_date": "2027-06-01", "end_date": "2027-06-01"});
        let listed = world.call("list_events", listed).await.unwrap();
        assert_eq!(listed["events"][0]["event_type"], kind);
    }
}
