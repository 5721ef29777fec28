//! Pages together are the whole, whatever Google's pages, the limits and the budget are.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use proptest::{prelude::*, test_runner::TestRunner};
use serde_json::{Value, json};
use toolgate_calendar::LEAST_RESULT_BUDGET;

use crate::world::{PEOPLE, World, all_tools, bounded, size};

async fn read_on(world: &World, tool: &str, mut ask: Value, budget: usize) -> Vec<Value> {
    let toolkit = all_tools().with_result_budget(budget);
    let mut seen = Vec::new();
    loop {
        let page = world
            .call_of(toolkit.clone(), tool, ask.clone())
            .await
            .unwrap();
        assert!(size(&page) <= budget, "{} {page}", size(&page));
        let events = page["events"].as_array().unwrap();
        assert!(!events.is_empty(), "{page}");
        seen.extend(
            events
                .iter()
                .map(|it| json!([it["calendar_id"], it["id"], it["start"]])),
        );
        match page.get("next_page_token") {
            Some(token) => ask["page_token"] = token.clone(),
            None => return seen,
        }
    }
}

/// A world with 24 more events in two calendars.
async fn crowded() -> World {
    let world = World::people().await;
    for number in 0..24 {
        let calendar = if number % 3 == 0 {
            "team@group.calendar.google.com"
        } else {
            "primary"
        };
        let day = 1 + number / 2;
        let new = json!({"start_date": format!("2027-05-{day:02}T1{}:00:00Z", number % 7),
            "end_date": format!("2027-05-{day:02}T20:00:00Z"), "calendar_id": calendar,
            "title": format!("Event {number}"), "description": "words ".repeat(40)});
        world.call("create_event", new).await.unwrap();
    }
    world
}

fn may() -> Value {
    let calendars = json!(["primary", "team@group.calendar.google.com"]);
    json!({"start_date": "2027-05-01", "end_date": "2027-05-31", "calendar_ids": calendars})
}

#[test]
fn pages_of_several_calendars_join_to_the_whole_in_order() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let world = runtime.block_on(crowded());
    let whole = runtime.block_on(read_on(&world, "fetch_all_events", may(), 20_000));
    assert_eq!(whole.len(), 26);
    let start = |it: &Value| chrono::DateTime::parse_from_rfc3339(it[2].as_str().unwrap()).unwrap();
    assert!(whole.is_sorted_by_key(start), "{whole:?}");
    let mut runner = TestRunner::new(bounded(24));
    let cases = (1..30_usize, LEAST_RESULT_BUDGET..20_000, any::<bool>());
    let outcome = runner.run(&cases, |(count, budget, all)| {
        let (tool, name) = if all {
            ("fetch_all_events", "max_results")
        } else {
            ("list_events", "limit")
        };
        let mut ask = may();
        ask[name] = json!(count);
        let seen = runtime.block_on(read_on(&world, tool, ask, budget));
        prop_assert_eq!(&seen, &whole);
        Ok(())
    });
    outcome.unwrap();
}

#[tokio::test]
async fn a_token_of_other_arguments_is_refused() {
    let world = World::people().await;
    let ask = json!({"start_date": "2027-03-22", "limit": 1});
    let page = world.call("list_events", ask).await.unwrap();
    let token = &page["next_page_token"];
    for other in [
        json!({"start_date": "2027-03-23", "limit": 1, "page_token": token}),
        json!({"start_date": "2027-03-22", "calendar_ids": ["a", "b"], "page_token": token}),
    ] {
        let error = world.call("list_events", other).await.unwrap_err();
        assert_eq!(error.argument(), Some("page_token"), "{error}");
    }
}

#[tokio::test]
async fn a_calendar_that_cannot_be_read_is_named_and_loses_no_other() {
    let world = World::people().await;
    let ask =
        json!({"calendar_ids": ["primary", "carol@elsewhere.example"], "start_date": "2027-03-22"});
    let page = world.call("list_events", ask).await.unwrap();
    assert_eq!(page["failed"][0]["calendar_id"], "carol@elsewhere.example");
    assert!(page["count"].as_u64().unwrap() > 5, "{page}");
    let alone = json!({"calendar_ids": ["carol@elsewhere.example"]});
    let error = world.call("list_events", alone).await.unwrap_err();
    assert_eq!(error.kind_name(), "not_found");
}

#[tokio::test]
async fn what_was_gathered_is_not_lost_where_a_calendar_fails_later() {
    let world = crowded().await;
    let mut ask = may();
    ask["max_results"] = json!(4);
    let whole = read_on(&world, "fetch_all_events", ask.clone(), 20_000).await;
    let fails = toolgate_emulator::FaultAction::status(403);
    let fails = toolgate_emulator::FaultRule::new(fails).on_method("calendar.events.list");
    // The zone is asked for, and each calendar has had its first page.
    let rule = world.emulator.faults().add(fails.after(4));
    let first = world.call("fetch_all_events", ask.clone()).await.unwrap();
    assert!(world.emulator.faults().applied(rule) > 0);
    let shown = first["events"].as_array().unwrap().len();
    assert!(shown > 3 && shown < whole.len(), "{shown}");
    world.emulator.faults().clear();
    ask["page_token"] = first["next_page_token"].clone();
    let rest = read_on(&world, "fetch_all_events", ask, 20_000).await;
    assert_eq!(rest, whole[shown..]);
}

#[tokio::test]
async fn instances_and_guests_and_calendars_join_to_the_whole() {
    let world = World::people().await;
    let rules = json!(["RRULE:FREQ=DAILY;COUNT=40"]);
    let guests: Vec<String> = (0..150)
        .map(|it| format!("Guest Number {it} <guest{it}@partner.example>"))
        .collect();
    let new = json!({"start_date": "2027-06-01T09:00", "end_date": "2027-06-01T10:00", "recurrence": rules,
        "title": "Row", "attendees": guests});
    let made = world.call("create_event", new).await.unwrap();
    let id = &made["event"]["id"];
    for limit in [1, 7, 40] {
        let ask = json!({"event_id": id, "limit": limit});
        let seen = read_on(&world, "list_event_instances", ask, LEAST_RESULT_BUDGET).await;
        assert_eq!(seen.len(), 40, "{limit}");
        assert!(
            seen.windows(2)
                .all(|two| two[0][2].as_str() < two[1][2].as_str()),
            "{seen:?}"
        );
    }
    let toolkit = all_tools().with_result_budget(LEAST_RESULT_BUDGET);
    let mut ask = json!({"event_id": id});
    let mut seen: Vec<Value> = Vec::new();
    loop {
        let page = world
            .call_of(toolkit.clone(), "get_event_attendees", ask.clone())
            .await
            .unwrap();
        assert!(size(&page) <= LEAST_RESULT_BUDGET, "{}", size(&page));
        assert_eq!(page["total"], 150);
        seen.extend(
            page["attendees"]
                .as_array()
                .unwrap()
                .iter()
                .map(|it| it["email"].clone()),
        );
        match page.get("next_skip") {
            Some(next) => ask["skip"] = next.clone(),
            None => break,
        }
    }
    let expected: Vec<Value> = (0..150)
        .map(|it| json!(format!("guest{it}@partner.example")))
        .collect();
    assert_eq!(seen, expected);
}

/// With thirty more calendars, whose names and descriptions are as long and as hard to write as can be.
fn many_calendars() -> String {
    let name = "\\\"".repeat(130);
    let one = |number: usize| {
        let id = format!("c_{number:064}@group.calendar.google.com");
        format!(
            "  - id: {id}\n    summary: \"{name}\"\n    description: \"{name}{name}\"\n    time_zone: Europe/Warsaw\n"
        )
    };
    let all: String = (0..30).map(one).collect();
    let team = "  - id: team@group.calendar.google.com\n";
    PEOPLE.replace(team, &format!("{all}{team}"))
}

#[tokio::test]
async fn calendars_join_to_the_whole_within_the_budget() {
    let world = World::seeded(&many_calendars()).await;
    for budget in [LEAST_RESULT_BUDGET, 20_000] {
        let toolkit = all_tools().with_result_budget(budget);
        let (mut ask, mut seen) = (json!({}), Vec::new());
        loop {
            let page = world
                .call_of(toolkit.clone(), "list_calendars", ask.clone())
                .await
                .unwrap();
            assert!(size(&page) <= budget, "{} of {budget}", size(&page));
            let calendars = page["calendars"].as_array().unwrap().iter();
            seen.extend(calendars.map(|it| it["id"].to_string()));
            match page.get("next_page_token") {
                Some(next) => ask["page_token"] = next.clone(),
                None => break,
            }
        }
        assert_eq!(seen.len(), 33);
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 33);
    }
}

/// What several tools find of the people's calendars, without the fences, which are new for each call.
async fn findings(world: &World) -> Vec<Value> {
    let spring = json!({"start_date": "2027-03-22", "end_date": "2027-05-20"});
    let mut found = read_on(world, "fetch_all_events", spring.clone(), 20_000).await;
    found.extend(read_on(world, "search_events", json!({"query": "Stand-up"}), 20_000).await);
    let series = json!({"event_id": "standup00", "start_date": "2027-03-01"});
    found.extend(read_on(world, "list_event_instances", series, 20_000).await);
    for (tool, ask) in [
        ("check_availability", spring.clone()),
        (
            "find_available_slots",
            json!({"start_date": "2027-03-22", "end_date": "2027-04-09", "max_slots": 50}),
        ),
    ] {
        found.push(world.call(tool, ask).await.unwrap());
    }
    // A split looks for the last instance.
    let change =
        json!({"event_id": "standup00_20270405T070000Z", "scope": "following", "title": "Later"});
    world.call("update_event", change).await.unwrap();
    let titled = read_on(world, "fetch_all_events", spring, 20_000).await;
    found.extend(titled.into_iter().map(|it| it[2].clone()));
    found
}

#[tokio::test]
async fn nothing_is_missed_where_google_shows_two_at_a_time() {
    let (usual, small) = (World::people().await, World::in_pages_of(2).await);
    let (whole, paged) = (findings(&usual).await, findings(&small).await);
    assert_eq!(paged, whole);
    assert!(whole.len() > 40, "{}", whole.len());
    let calendars = json!({});
    let first = small.call("list_calendars", calendars).await.unwrap();
    assert_eq!(first["calendars"].as_array().unwrap().len(), 2);
    assert!(first["next_page_token"].is_string(), "{first}");
}
