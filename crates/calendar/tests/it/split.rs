//! Series split at an instance, or moved as a whole: what must not get lost, come back or be made in another's name.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use serde_json::{Value, json};
use toolgate_emulator::{FaultAction, FaultPoint, FaultRule};

use crate::world::{PEOPLE, World};

const THIRD: &str = "standup00_20270405T070000Z";
const FIFTH: &str = "standup00_20270419T070000Z";

/// Title and start of what a search finds from March to August.
async fn found(world: &World, query: &str) -> Vec<String> {
    let ask = json!({"query": query, "start_date": "2027-03-01", "end_date": "2027-08-31", "max_results": 50});
    let found = world.call("search_events", ask).await.unwrap();
    let line = |it: &Value| {
        let text = |name: &str| it[name].as_str().unwrap().to_owned();
        format!("{} {}", text("start"), text("title"))
    };
    found["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(line)
        .collect()
}

async fn series(world: &World, start: &str, end: &str, rules: Value) -> String {
    let new = json!({"start_date": start, "end_date": end, "title": "Row", "recurrence": rules});
    let made = world.call("create_event", new).await.unwrap();
    made["event"]["id"].as_str().unwrap().to_owned()
}

/// The id of one of its instances.
async fn instance(world: &World, series: &str, index: usize) -> Value {
    let ask = json!({"event_id": series, "limit": 10});
    let page = world.call("list_event_instances", ask).await.unwrap();
    page["events"][index]["id"].clone()
}

#[tokio::test]
async fn an_instance_that_was_deleted_does_not_come_back_where_a_series_is_split() {
    for (change, clock) in [
        (json!({"title": "Later"}), "09:00"),
        (
            json!({"title": "Later", "start_date": "2027-04-05T10:30"}),
            "10:30",
        ),
    ] {
        let world = World::people().await;
        let gone = json!({"event_id": FIFTH});
        world.call("delete_event", gone).await.unwrap();
        let mut change = change;
        change["event_id"] = json!(THIRD);
        change["scope"] = json!("following");
        world.call("update_event", change).await.unwrap();
        let left: Vec<String> = ["04-05", "04-12", "04-26", "05-03", "05-10"]
            .into_iter()
            .map(|day| format!("2027-{day}T{clock}:00+02:00 Later"))
            .collect();
        assert_eq!(found(&world, "Later").await, left);
    }
}

#[tokio::test]
async fn a_whole_day_that_was_deleted_does_not_come_back_either() {
    let world = World::people().await;
    let id = series(
        &world,
        "2027-06-01",
        "2027-06-01",
        json!(["RRULE:FREQ=DAILY;COUNT=5"]),
    )
    .await;
    let gone = json!({"event_id": instance(&world, &id, 3).await});
    world.call("delete_event", gone).await.unwrap();
    let second = instance(&world, &id, 1).await;
    let change = json!({"event_id": second, "scope": "following", "title": "Row two"});
    let said = world.call("update_event", change).await.unwrap();
    assert_eq!(said["notes"].as_array().unwrap().len(), 1, "{said}");
    assert_eq!(
        found(&world, "Row").await,
        [
            "2027-06-01 Row",
            "2027-06-02 Row two",
            "2027-06-03 Row two",
            "2027-06-05 Row two"
        ]
    );
}

#[tokio::test]
async fn instances_that_were_changed_on_their_own_are_named_where_a_series_is_split() {
    let world = World::people().await;
    let moved = json!({"event_id": FIFTH, "start_date": "2027-04-20T15:00"});
    world.call("update_event", moved).await.unwrap();
    let change = json!({"event_id": THIRD, "scope": "following", "title": "Later"});
    let said = world.call("update_event", change).await.unwrap();
    let notes = said["notes"].to_string();
    assert!(notes.contains("changed on their own"), "{said}");
    assert!(notes.contains("2027-04-19T09:00:00+02:00"), "{said}");
    let again = json!({"event_id": said["event"]["id"], "title": "Latest", "scope": "all"});
    let said = world.call("update_event", again).await.unwrap();
    assert_eq!(said.get("notes"), None, "{said}");
}

#[tokio::test]
async fn a_series_with_an_end_keeps_its_last_instance_wherever_it_moves_to() {
    let until = json!(["RRULE:FREQ=DAILY;UNTIL=20270604T070000Z"]);
    for (start, end, expected) in [
        ("2027-06-02T18:00", None, "T18:00:00+02:00"),
        ("2027-06-02T06:30", None, "T06:30:00+02:00"),
        ("2027-06-02", Some("2027-06-02"), ""),
    ] {
        for scope in ["following", "all"] {
            let world = World::people().await;
            let id = series(
                &world,
                "2027-06-01T09:00",
                "2027-06-01T10:00",
                until.clone(),
            )
            .await;
            let second = instance(&world, &id, 1).await;
            let mut change = json!({"event_id": second, "scope": scope, "start_date": start});
            if let Some(end) = end {
                change["end_date"] = json!(end);
            }
            world.call("update_event", change).await.unwrap();
            let mut days: Vec<String> = (1..=4)
                .map(|day| format!("2027-06-0{day}{expected} Row"))
                .collect();
            if scope == "following" {
                "2027-06-01T09:00:00+02:00 Row".clone_into(&mut days[0]);
            }
            assert_eq!(found(&world, "Row").await, days, "{scope} {start}");
        }
    }
}

#[tokio::test]
async fn whole_days_that_become_times_keep_their_last_day() {
    let world = World::people().await;
    let until = json!(["RRULE:FREQ=DAILY;UNTIL=20270603"]);
    let id = series(&world, "2027-06-01", "2027-06-01", until).await;
    let change =
        json!({"event_id": id, "start_date": "2027-06-01T20:00", "end_date": "2027-06-01T21:00"});
    world.call("update_event", change).await.unwrap();
    let days = (1..=3).map(|day| format!("2027-06-0{day}T20:00:00+02:00 Row"));
    assert_eq!(found(&world, "Row").await, days.collect::<Vec<_>>());
}

#[tokio::test]
async fn a_move_by_a_week_is_refused_where_the_rules_name_dates() {
    for (rules, moves) in [
        (json!(["RRULE:FREQ=WEEKLY;BYDAY=TU;COUNT=3"]), true),
        (json!(["RRULE:FREQ=MONTHLY;BYMONTHDAY=1;COUNT=3"]), false),
        (json!(["RRULE:FREQ=MONTHLY;BYDAY=1TU;COUNT=3"]), false),
        (
            json!([
                "RRULE:FREQ=WEEKLY;COUNT=5",
                "EXDATE;TZID=Europe/Warsaw:20270615T090000"
            ]),
            true,
        ),
    ] {
        let world = World::people().await;
        let id = series(
            &world,
            "2027-06-01T09:00",
            "2027-06-01T10:00",
            rules.clone(),
        )
        .await;
        let change = json!({"event_id": id, "start_date": "2027-06-08T09:00"});
        let moved = world.call("update_event", change).await;
        assert_eq!(moved.is_ok(), moves, "{rules}");
        if let Err(error) = moved {
            assert_eq!(error.argument(), Some("start_date"), "{error}");
            assert_eq!(world.count("calendar.events.patch"), 0);
        }
    }
}

#[tokio::test]
async fn dates_that_the_rules_leave_out_stay_left_out_at_another_time_and_in_another_zone() {
    for (change, clock) in [
        (json!({"start_date": "2027-06-01T10:30"}), "T10:30:00+02:00"),
        // The same time of day by other clocks, shown by the calendar's own.
        (
            json!({"start_date": "2027-06-01T09:00", "timezone": "America/New_York"}),
            "T15:00:00+02:00",
        ),
        (json!({"start_date": "2027-06-01"}), ""),
    ] {
        let world = World::people().await;
        let rules = json!([
            "RRULE:FREQ=DAILY;COUNT=5",
            "EXDATE;TZID=Europe/Warsaw:20270603T090000"
        ]);
        let id = series(&world, "2027-06-01T09:00", "2027-06-01T10:00", rules).await;
        let mut change = change;
        change["event_id"] = json!(id);
        world.call("update_event", change).await.unwrap();
        let days = [1, 2, 4, 5].map(|day| format!("2027-06-0{day}{clock} Row"));
        assert_eq!(found(&world, "Row").await, days);
    }
}

#[tokio::test]
async fn an_instance_that_was_deleted_does_not_come_back_where_the_whole_series_moves() {
    for named in ["standup00", THIRD] {
        let world = World::people().await;
        let gone = json!({"event_id": FIFTH});
        world.call("delete_event", gone).await.unwrap();
        let changed = json!({"event_id": "standup00_20270503T070000Z", "title": "Stand-up, alone"});
        world.call("update_event", changed).await.unwrap();
        let day = if named == THIRD {
            "2027-04-05"
        } else {
            "2027-03-22"
        };
        let change =
            json!({"event_id": named, "scope": "all", "start_date": format!("{day}T10:30")});
        let said = world.call("update_event", change).await.unwrap();
        assert!(
            said["notes"]
                .to_string()
                .contains("2027-05-03T09:00:00+02:00"),
            "{said}"
        );
        let found = found(&world, "Stand-up").await;
        assert_eq!(found.len(), 7, "{found:?}");
        assert!(
            !found.iter().any(|it| it.starts_with("2027-04-19")),
            "{found:?}"
        );
        assert!(found.iter().all(|it| it.contains("T10:30:00")), "{found:?}");
    }
}

#[tokio::test]
async fn a_series_that_names_dates_of_its_own_is_not_split_and_says_so() {
    let world = World::people().await;
    let rules = json!([
        "RRULE:FREQ=DAILY;COUNT=3",
        "RDATE;TZID=Europe/Warsaw:20270610T090000"
    ]);
    let id = series(&world, "2027-06-01T09:00", "2027-06-01T10:00", rules).await;
    let second = instance(&world, &id, 1).await;
    for (tool, more) in [
        ("update_event", json!({"title": "x"})),
        ("delete_event", json!({})),
    ] {
        let mut ask = more;
        ask["event_id"] = second.clone();
        ask["scope"] = json!("following");
        let error = world.call(tool, ask).await.unwrap_err();
        assert_eq!(error.argument(), Some("scope"), "{error}");
        assert!(error.message().contains("RDATE"), "{error}");
    }
    assert_eq!(found(&world, "Row").await.len(), 4);
}

/// With a weekly meeting of Bob's to which Alice is invited.
fn invited() -> String {
    let bobs = "    events:\n    - id: dentist0\n";
    let weekly = "    events:\n    - id: brief000\n      summary: Weekly\n      start: '2027-06-01T09:00'\n      \
        end: '2027-06-01T10:00'\n      recurrence: ['RRULE:FREQ=WEEKLY;COUNT=4']\n      attendees:\n      \
        - {email: alice@example.com}\n      - {email: zoe@partner.example, response: accepted}\n    - id: dentist0\n";
    assert_eq!(PEOPLE.matches(bobs).count(), 1);
    PEOPLE.replace(bobs, weekly)
}

#[tokio::test]
async fn a_series_that_somebody_else_organizes_is_not_made_anew_in_the_persons_name() {
    let world = World::seeded(&invited()).await;
    let second = instance(&world, "brief000", 1).await;
    for (tool, more) in [
        ("update_event", json!({"title": "Mine"})),
        ("delete_event", json!({})),
    ] {
        let mut ask = more;
        ask["event_id"] = second.clone();
        ask["scope"] = json!("following");
        let error = world.call(tool, ask).await.unwrap_err();
        assert_eq!(error.kind_name(), "permission_denied", "{error}");
        assert!(error.message().contains("organize"), "{error}");
    }
    for method in ["calendar.events.insert", "calendar.events.patch"] {
        assert_eq!(world.count(method), 0, "{method}");
    }
}

#[tokio::test]
async fn a_split_of_which_the_first_half_is_unclear_says_what_may_be_missing() {
    let world = World::people().await;
    let faults = world.emulator.faults();
    let cut = FaultAction::DropConnection {
        at: FaultPoint::After,
    };
    faults.add(FaultRule::new(cut).on_method("calendar.events.patch"));
    // The named instance and its series are read first.
    let unseen = FaultRule::new(FaultAction::status(403)).on_method("calendar.events.get");
    faults.add(unseen.after(2));
    let change = json!({"event_id": THIRD, "scope": "following", "title": "Later"});
    let error = world.call_soon("update_event", change).await.unwrap_err();
    assert!(error.may_have_happened(), "{error}");
    assert!(
        error.message().contains("may end before this instance"),
        "{error}"
    );
    assert_eq!(world.count("calendar.events.insert"), 0);
}
