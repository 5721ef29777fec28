//! One event and many: shown whole or in pieces, within the budget, by fields that are named.

use serde_json::json;
use toolgate_calendar::LEAST_RESULT_BUDGET;
use toolgate_toolkit::{Risk, Toolkit as _};

use crate::{
    golden::golden,
    world::{World, all_tools, size},
};

#[tokio::test]
async fn the_pieces_of_a_description_join_to_the_whole() {
    let world = World::people().await;
    let text: Vec<String> = (0..3_000).map(|it| format!("word{it}")).collect();
    let text = text.join(" ");
    let new = json!({"start_date": "2027-06-01", "end_date": "2027-06-01", "description": text});
    let made = world.call("create_event", new).await.unwrap();
    let toolkit = all_tools().with_result_budget(LEAST_RESULT_BUDGET);
    let (mut ask, mut seen) = (json!({"event_id": made["event"]["id"]}), String::new());
    loop {
        let page = world
            .call_of(toolkit.clone(), "get_event", ask.clone())
            .await
            .unwrap();
        assert!(size(&page) <= LEAST_RESULT_BUDGET, "{}", size(&page));
        let piece = page["event"]["description"].as_str().unwrap();
        let (_, piece) = piece.split_once('>').unwrap();
        let (piece, _) = piece.rsplit_once("</").unwrap();
        seen.push_str(piece.trim_matches('\n'));
        match page["event"].get("next_description_offset") {
            Some(next) => ask["description_offset"] = next.clone(),
            None => break,
        }
    }
    let words = |text: &str| {
        text.split_whitespace()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(words(&seen).join(""), words(&text).join(""));
}

#[tokio::test]
async fn an_event_with_more_than_fits_is_shown_within_the_budget() {
    let world = World::people().await;
    let dates: Vec<String> = (0..900)
        .map(|it| format!("2028{:02}{:02}T070000Z", 1 + it / 28 % 12, 1 + it % 28))
        .collect();
    let event = json!({"summary": "\"".repeat(900), "location": "\"".repeat(1_000),
        "start": {"dateTime": "2027-06-01T09:00:00", "timeZone": "Europe/Warsaw"},
        "end": {"dateTime": "2027-06-01T10:00:00", "timeZone": "Europe/Warsaw"},
        "recurrence": ["RRULE:FREQ=DAILY;COUNT=3", format!("RDATE:{}", dates.join(","))]});
    world.insert("primary", &event).await;
    let listed = json!({"start_date": "2027-06-01", "end_date": "2027-06-01"});
    let listed = world.call("list_events", listed).await.unwrap();
    let id = &listed["events"][0]["recurring_event_id"];
    let toolkit = all_tools().with_result_budget(LEAST_RESULT_BUDGET);
    let page = world
        .call_of(toolkit, "get_event", json!({"event_id": id}))
        .await
        .unwrap();
    assert!(size(&page) <= LEAST_RESULT_BUDGET, "{}", size(&page));
    assert_eq!(page["event"]["recurrence"][0], "RRULE:FREQ=DAILY;COUNT=3");
}

#[tokio::test]
async fn a_long_place_to_join_at_is_shown_whole() {
    let world = World::people().await;
    let link = format!("https://meet.example/join?token={}", "a1".repeat(200));
    let new =
        json!({"start_date": "2027-06-01T09:00", "end_date": "2027-06-01T10:00", "location": link});
    let made = world.call("create_event", new).await.unwrap();
    let ask = json!({"event_id": made["event"]["id"]});
    let shown = world.call("get_event", ask).await.unwrap();
    for result in [made, shown] {
        let place = result["event"]["location"].as_str().unwrap();
        assert!(place.contains(&link), "{place}");
        // As long as a text, it stands in a fence as texts do.
        let (name, _) = place.strip_prefix('<').unwrap().split_once('>').unwrap();
        let told = result["untrusted"].as_str().unwrap();
        assert!(told.contains(&format!("<{name}>")), "{told}");
    }
}

#[tokio::test]
async fn an_end_that_is_over_is_named_where_no_start_is_given() {
    let world = World::people().await;
    for tool in ["list_events", "fetch_all_events"] {
        let error = world
            .call(tool, json!({"end_date": "2020-01-01"}))
            .await
            .unwrap_err();
        assert_eq!(error.argument(), Some("end_date"), "{error}");
    }
    let found = world
        .call(
            "search_events",
            json!({"query": "x", "end_date": "2020-01-01"}),
        )
        .await
        .unwrap();
    assert_eq!(found["count"], 0);
}

#[tokio::test]
async fn every_reading_names_the_fields_that_it_asks_for() {
    for golden in golden() {
        let tools = all_tools().tools();
        let tool = tools
            .iter()
            .find(|it| it.spec().name == golden.tool)
            .unwrap();
        if tool.spec().risk != Risk::Read {
            continue;
        }
        let world = World::people().await;
        for call in golden.good {
            world.call(golden.tool, call.arguments).await.unwrap();
        }
        for request in world.emulator.requests() {
            let masked = request.query.contains("fields=");
            assert!(
                masked && !request.query.contains("fields=*"),
                "{}: {}",
                golden.tool,
                request.query
            );
        }
    }
}
