//! Series cut in two: where a half fails, and what becomes of files and of instances that are far away.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use serde_json::{Value, json};
use toolgate_emulator::{FaultAction, FaultRule};

use crate::world::{PEOPLE, World};

const THIRD: &str = "standup00_20270405T070000Z";

fn refused(method: &str) -> FaultRule {
    FaultRule::new(FaultAction::status(403)).on_method(method)
}

#[tokio::test]
async fn a_series_that_was_cut_and_cannot_be_restored_is_named_with_what_restores_it() {
    let world = World::people().await;
    let faults = world.emulator.faults();
    faults.add(refused("calendar.events.insert"));
    // The cut is done, and taking it back is not.
    faults.add(refused("calendar.events.patch").after(1));
    let change = json!({"event_id": THIRD, "scope": "following", "title": "Later"});
    let error = world.call("update_event", change).await.unwrap_err();
    assert!(error.may_have_happened(), "{error}");
    let rules = r#"recurrence ["RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=8"]"#;
    let said = error.message();
    assert!(
        said.contains("event_id `standup00`, scope `all`") && said.contains(rules),
        "{said}"
    );
    faults.clear();
    let cut = world.event("primary", "standup00").await;
    assert!(cut["recurrence"].to_string().contains("UNTIL"), "{cut}");
    // It does what it says.
    let back = json!({"event_id": "standup00", "scope": "all",
        "recurrence": ["RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=8"]});
    world.call("update_event", back).await.unwrap();
    let ask = json!({"event_id": "standup00", "limit": 20});
    let page = world.call("list_event_instances", ask).await.unwrap();
    assert_eq!(page["count"], 8);
}

#[tokio::test]
async fn dates_that_are_too_long_to_show_are_counted_where_a_series_cannot_be_restored() {
    let world = World::people().await;
    let days: Vec<String> = (0..200)
        .map(|it| {
            format!(
                "203{}{:02}{:02}T090000",
                it / 28 % 3,
                1 + it / 84,
                1 + it % 28
            )
        })
        .collect();
    let rules = json!([
        "RRULE:FREQ=DAILY",
        format!("EXDATE;TZID=Europe/Warsaw:{}", days.join(","))
    ]);
    let new = json!({"start_date": "2027-06-01T09:00", "end_date": "2027-06-01T10:00", "recurrence": rules});
    let made = world.call("create_event", new).await.unwrap();
    let faults = world.emulator.faults();
    faults.add(refused("calendar.events.insert"));
    faults.add(refused("calendar.events.patch").after(1));
    let second = format!("{}_20270602T070000Z", made["event"]["id"].as_str().unwrap());
    let change = json!({"event_id": second, "scope": "following", "title": "Later"});
    let error = world.call("update_event", change).await.unwrap_err();
    let said = error.message();
    assert!(
        said.contains(r#"recurrence ["RRULE:FREQ=DAILY"]"#),
        "{said}"
    );
    assert!(
        said.contains("1 lines of dates") && said.len() < 1_500,
        "{said}"
    );
}

#[tokio::test]
async fn files_stay_with_both_halves_of_a_series() {
    let file =
        "{fileUrl: 'https://drive.google.com/file/d/1', title: Agenda, mimeType: text/plain}";
    let with_file = format!("      summary: Stand-up\n      more: {{attachments: [{file}]}}\n");
    let yaml = PEOPLE.replace("      summary: Stand-up\n", &with_file);
    let world = World::seeded(&yaml).await;
    let old = world.event("primary", "standup00").await;
    assert_eq!(old["attachments"][0]["title"], "Agenda");
    let change = json!({"event_id": THIRD, "scope": "following", "title": "Later"});
    let said = world.call("update_event", change).await.unwrap();
    let id = said["event"]["id"].as_str().unwrap();
    for id in ["standup00", id] {
        let half = world.event("primary", id).await;
        assert_eq!(half["attachments"], old["attachments"], "{id}");
    }
}

/// What a search finds of three years from now on.
async fn far(world: &World, day: &str) -> Value {
    let ask = json!({"query": "Row", "start_date": day, "end_date": day});
    world.call("search_events", ask).await.unwrap()["count"].clone()
}

#[tokio::test]
async fn what_was_deleted_years_ahead_of_a_series_without_an_end_does_not_come_back() {
    for (scope, start, day) in [
        ("following", "2027-06-08T11:00", "2031-06-03"),
        ("following", "2027-06-09T09:00", "2031-06-04"),
        ("all", "2027-06-08T11:00", "2031-06-03"),
    ] {
        let world = World::people().await;
        let new = json!({"start_date": "2027-06-01T09:00", "end_date": "2027-06-01T10:00", "title": "Row",
            "recurrence": ["RRULE:FREQ=WEEKLY"]});
        let made = world.call("create_event", new).await.unwrap();
        let id = made["event"]["id"].as_str().unwrap();
        let gone = json!({"event_id": format!("{id}_20310603T070000Z")});
        world.call("delete_event", gone).await.unwrap();
        assert_eq!(far(&world, "2031-06-03").await, 0);
        let change = json!({"event_id": format!("{id}_20270608T070000Z"), "scope": scope, "start_date": start});
        world.call("update_event", change).await.unwrap();
        assert_eq!(far(&world, day).await, 0, "{scope} {start}");
        // Those beside it are there.
        let next = if day.ends_with('3') {
            "2031-06-10"
        } else {
            "2031-06-11"
        };
        assert_eq!(far(&world, next).await, 1, "{scope} {start}");
    }
}

#[tokio::test]
async fn a_series_of_which_a_part_alone_was_read_is_neither_moved_nor_cut() {
    let world = World::in_pages_of(1).await;
    let new = json!({"start_date": "2027-06-01T09:00", "end_date": "2027-06-01T10:00", "title": "Row",
        "recurrence": ["RRULE:FREQ=DAILY"]});
    let made = world.call("create_event", new).await.unwrap();
    let id = made["event"]["id"].as_str().unwrap();
    for scope in ["following", "all"] {
        let mut change = json!({"event_id": format!("{id}_20270602T070000Z"), "scope": scope,
            "start_date": "2027-06-02T11:00"});
        let error = world
            .call("update_event", change.clone())
            .await
            .unwrap_err();
        assert_eq!(error.argument(), Some("scope"), "{error}");
        assert_eq!(world.count("calendar.events.patch"), 0, "{scope}");
        // Rules that are said anew need nothing of what was not read.
        change["recurrence"] = json!(["RRULE:FREQ=DAILY;COUNT=4"]);
        if scope == "all" {
            world.call("update_event", change).await.unwrap();
        }
    }
}
