//! Pages together are the whole, whatever Google's pages, the limits and the budget are.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use proptest::{prelude::*, test_runner::TestRunner};
use serde_json::{Value, json};
use toolgate_calendar::LEAST_RESULT_BUDGET;

use crate::world::{World, all_tools, bounded, size};

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
