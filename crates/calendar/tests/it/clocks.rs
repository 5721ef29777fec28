//! Gaps and folds of clocks through the tools: refused, said, and never shifted in silence.

use serde_json::{Value, json};

use crate::world::World;

/// A moment, and whether something is said of it.
type Told = (&'static str, bool);

/// Zone, what the clock is to show, and what comes of it, if it is not refused.
const CLOCKS: [(&str, &str, Option<Told>); 10] = [
    (
        "Europe/Warsaw",
        "2027-03-28T01:30",
        Some(("2027-03-28T00:30:00Z", false)),
    ),
    ("Europe/Warsaw", "2027-03-28T02:30", None),
    (
        "Europe/Warsaw",
        "2027-03-28T03:00",
        Some(("2027-03-28T01:00:00Z", false)),
    ),
    (
        "Europe/Warsaw",
        "2027-10-31T02:30",
        Some(("2027-10-31T00:30:00Z", true)),
    ),
    ("America/New_York", "2027-03-14T02:00", None),
    (
        "America/New_York",
        "2027-11-07T01:30",
        Some(("2027-11-07T05:30:00Z", true)),
    ),
    ("Australia/Lord_Howe", "2027-10-03T02:15", None),
    (
        "Australia/Lord_Howe",
        "2027-04-04T01:45",
        Some(("2027-04-03T14:45:00Z", true)),
    ),
    ("America/Santiago", "2027-09-05T00:00", None),
    (
        "Asia/Kolkata",
        "2027-03-28T02:30",
        Some(("2027-03-27T21:00:00Z", false)),
    ),
];

#[tokio::test]
async fn an_event_is_at_the_moment_that_its_clock_shows_or_is_refused_by_name() {
    let world = World::people().await;
    for (zone, start, expected) in CLOCKS {
        let day = &start[..10];
        let new = json!({"start_date": start, "end_date": format!("{day}T12:00"), "timezone": zone, "title": "x"});
        let made = world.call("create_event", new).await;
        let case = format!("{zone} {start}");
        match (made, expected) {
            (Ok(made), Some((utc, is_said))) => {
                assert_eq!(made["event"]["start_utc"], utc, "{case}");
                let notes = made.get("notes").map(Value::to_string).unwrap_or_default();
                assert_eq!(notes.contains("twice"), is_said, "{case}: {notes}");
                assert_eq!(made["event"]["time_zone"], zone, "{case}");
            }
            (Err(error), None) => {
                assert_eq!(error.argument(), Some("start_date"), "{case}");
                assert!(error.message().contains("skip"), "{case}: {error}");
            }
            (made, _) => panic!("{case}: {made:?}"),
        }
    }
}

/// What a call with a time of the table ended with: the moment, as the member of the event shows it, and whether it says
/// that clocks show the time twice; or else the argument that was refused.
fn told(
    result: Result<Value, toolgate_toolkit::ToolError>,
    member: &str,
) -> Result<(String, bool), String> {
    match result {
        Ok(made) => {
            let notes = made.get("notes").map(Value::to_string).unwrap_or_default();
            let at = made["event"][member].as_str().unwrap_or_default();
            Ok((at.to_owned(), notes.contains("twice")))
        }
        Err(error) => {
            assert!(error.message().contains("skip"), "{error}");
            Err(error.argument().unwrap_or_default().to_owned())
        }
    }
}

#[tokio::test]
async fn the_same_clocks_are_meant_where_an_event_ends_moves_or_is_booked() {
    let world = World::people().await;
    for (zone, time, expected) in CLOCKS {
        // Shown as free, so that it does not keep book_meeting from its time.
        let start = json!({"start_date": "2027-01-20T08:00", "end_date": "2027-01-20T09:00", "timezone": zone, "title": "x",
            "show_as": "free"});
        let made = world.call("create_event", start.clone()).await.unwrap();
        let id = &made["event"]["id"];
        let mut ends = start;
        ends["end_date"] = json!(time);
        let moves = json!({"event_id": id, "start_date": time, "timezone": zone});
        let prolonged = json!({"event_id": id, "end_date": time, "timezone": zone});
        let books = json!({"title": "x", "attendees": ["nobody@nowhere.example"], "start_date": time, "timezone": zone});
        for (tool, ask, argument, member) in [
            ("create_event", ends, "end_date", "end_utc"),
            ("update_event", prolonged, "end_date", "end_utc"),
            ("update_event", moves, "start_date", "start_utc"),
            ("book_meeting", books, "start_date", "start_utc"),
        ] {
            let expected = match expected {
                Some((utc, is_said)) => Ok((utc.to_owned(), is_said)),
                None => Err(argument.to_owned()),
            };
            let result = told(world.call(tool, ask).await, member);
            assert_eq!(result, expected, "{tool} {argument} {zone} {time}");
        }
    }
}

#[tokio::test]
async fn a_night_is_as_long_as_it_is_and_moves_without_getting_longer() {
    let world = World::people().await;
    for (start, end, minutes) in [
        ("2027-03-27T22:00", "2027-03-28T06:00", 420),
        ("2027-10-30T22:00", "2027-10-31T06:00", 540),
        ("2027-06-01T22:00", "2027-06-02T06:00", 480),
    ] {
        let new = json!({"start_date": start, "end_date": end, "title": "Night"});
        let made = world.call("create_event", new).await.unwrap();
        assert_eq!(made["event"]["duration_minutes"], minutes, "{start}");
        let moved = json!({"event_id": made["event"]["id"], "start_date": "2027-07-01T22:00"});
        let moved = world.call("update_event", moved).await.unwrap();
        assert_eq!(moved["event"]["duration_minutes"], minutes, "{start}");
    }
}

#[tokio::test]
async fn an_offset_that_contradicts_the_zone_is_refused_by_every_tool_that_takes_both() {
    let world = World::people().await;
    let (start, zone) = ("2027-06-01T09:00:00+01:00", "Europe/Warsaw");
    for (tool, more) in [
        ("create_event", json!({})),
        ("update_event", json!({"event_id": "recap000"})),
        ("check_availability", json!({})),
        ("find_available_slots", json!({})),
        (
            "book_meeting",
            json!({"title": "x", "attendees": ["bob@example.com"]}),
        ),
    ] {
        let mut ask = more;
        ask["start_date"] = json!(start);
        ask["end_date"] = json!("2027-06-01T12:00");
        ask["timezone"] = json!(zone);
        let error = world.call(tool, ask).await.unwrap_err();
        assert_eq!(error.argument(), Some("start_date"), "{tool}: {error}");
        assert!(error.message().contains(zone), "{tool}: {error}");
    }
    for method in ["calendar.events.insert", "calendar.events.patch"] {
        assert_eq!(world.count(method), 0, "{method}");
    }
}

#[tokio::test]
async fn slots_on_the_day_of_a_change_lie_in_hours_as_clocks_show_them() {
    let world = World::people().await;
    let ask = json!({"start_date": "2027-03-28", "end_date": "2027-03-28", "working_hours": "00:00-05:00",
        "days": ["sun"], "duration_minutes": 60});
    let found = world.call("find_available_slots", ask).await.unwrap();
    let starts: Vec<&Value> = found["available_slots"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["start"])
        .collect();
    // At two the clocks go to three: an hour of five is not there.
    let expected = [
        "2027-03-28T00:00:00+01:00",
        "2027-03-28T01:00:00+01:00",
        "2027-03-28T03:00:00+02:00",
        "2027-03-28T04:00:00+02:00",
    ];
    assert_eq!(starts, expected);
}
