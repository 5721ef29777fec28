//! What a model pays for and sees of the toolkit, and which tools can be chosen.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use toolgate_calendar::CalendarToolkit;
use toolgate_toolkit::{Risk, Selection, Toolkit};

use crate::world::all_tools;

/// For each tool: name, risk, and the scopes that consent asks for where it is chosen alone.
const ROWS: [(&str, Risk, &[&str]); 16] = [
    ("list_events", Risk::Read, &["events.readonly"]),
    ("get_event", Risk::Read, &["events.readonly"]),
    ("search_events", Risk::Read, &["events.readonly"]),
    ("fetch_all_events", Risk::Read, &["events.readonly"]),
    ("list_event_instances", Risk::Read, &["events.readonly"]),
    ("get_event_attendees", Risk::Read, &["events.readonly"]),
    ("list_calendars", Risk::Read, &["calendarlist.readonly"]),
    (
        "find_available_slots",
        Risk::Read,
        &["calendars.readonly", "events.readonly", "freebusy"],
    ),
    (
        "check_availability",
        Risk::Read,
        &["events.readonly", "freebusy"],
    ),
    ("create_event", Risk::Send, &["events"]),
    ("update_event", Risk::Send, &["events"]),
    ("delete_event", Risk::Delete, &["events"]),
    ("quick_add_event", Risk::Organise, &["events"]),
    ("move_event", Risk::Send, &["events"]),
    ("respond_to_event", Risk::Send, &["events"]),
    (
        "book_meeting",
        Risk::Send,
        &["calendars.readonly", "events", "freebusy"],
    ),
];

const CORE: [&str; 5] = [
    "list_events",
    "get_event",
    "find_available_slots",
    "create_event",
    "update_event",
];

fn short(toolkit: &CalendarToolkit) -> Vec<String> {
    let scopes = toolkit.requirement().least_scopes().to_vec().into_iter();
    let short = scopes.map(|scope| scope.rsplit_once("/auth/calendar.").unwrap().1.to_owned());
    short.collect()
}

#[test]
fn each_tool_has_its_risk_and_its_scopes() {
    let tools = all_tools().tools();
    assert_eq!(tools.len(), ROWS.len());
    for (tool, (name, risk, scopes)) in tools.iter().zip(ROWS) {
        let spec = tool.spec();
        assert_eq!((spec.name, spec.risk), (name, risk));
        let alone = CalendarToolkit::new().with_tools(Selection::only([name]));
        let alone = alone.unwrap();
        assert_eq!(short(&alone), scopes, "{name}");
    }
}

/// The arguments without which a tool cannot be called; the others need none.
const REQUIRED: [(&str, &[&str]); 13] = [
    ("get_event", &["event_id"]),
    ("search_events", &["query"]),
    ("list_event_instances", &["event_id"]),
    ("get_event_attendees", &["event_id"]),
    ("find_available_slots", &["start_date", "end_date"]),
    ("check_availability", &["start_date", "end_date"]),
    ("create_event", &["start_date", "end_date"]),
    ("update_event", &["event_id"]),
    ("delete_event", &["event_id"]),
    ("quick_add_event", &["text"]),
    ("move_event", &["event_id", "destination_calendar_id"]),
    ("respond_to_event", &["event_id", "response"]),
    ("book_meeting", &["title", "attendees", "start_date"]),
];

#[test]
fn what_a_tool_cannot_do_without_is_required_by_its_schema() {
    for tool in all_tools().tools() {
        let spec = tool.spec();
        let table = REQUIRED.iter().find(|(name, _)| *name == spec.name);
        let expected = table.map_or(&[][..], |(_, required)| required);
        let required = spec.input_schema.get("required");
        let required = required.and_then(serde_json::Value::as_array);
        let names = required.into_iter().flatten().filter_map(|it| it.as_str());
        assert_eq!(names.collect::<Vec<_>>(), expected, "{}", spec.name);
    }
}

#[test]
fn every_tool_of_events_takes_a_calendars_id() {
    for tool in all_tools().tools() {
        let spec = tool.spec();
        let properties = &spec.input_schema["properties"];
        let takes = ["calendar_id", "calendar_ids"].map(|name| properties.get(name).is_some());
        assert_eq!(
            takes.contains(&true),
            spec.name != "list_calendars",
            "{}",
            spec.name
        );
    }
}

#[test]
fn a_tool_list_costs_a_model_little() {
    for (toolkit, most) in [
        (CalendarToolkit::new(), 5_400),
        // Events have many fields, and agno's names for them stay: more a tool than the 600 that hold over all toolkits.
        (all_tools(), 710 * ROWS.len()),
    ] {
        let tools = toolkit.tools();
        let sizes = tools
            .iter()
            .map(|tool| (tool.spec().name, tool.spec().model_size()));
        let sizes: Vec<(&str, usize)> = sizes.collect();
        let total: usize = sizes.iter().map(|(_, size)| size).sum();
        assert!(sizes.iter().all(|(_, size)| *size < 1_700), "{sizes:?}");
        assert!(total <= most, "{total}: {sizes:?}");
    }
    for toolkit in [CalendarToolkit::new(), all_tools()] {
        let instructions = toolkit.instructions().unwrap();
        assert!(instructions.chars().count() < 700, "{}", instructions.len());
        assert!(!instructions.contains('{'), "{instructions}");
    }
}

#[test]
fn selections_are_checked_when_they_are_made() {
    let names = |selection| -> Vec<&str> {
        let toolkit = CalendarToolkit::new().with_tools(selection).unwrap();
        let tools = toolkit.tools();
        tools.iter().map(|tool| tool.spec().name).collect()
    };
    assert_eq!(names(Selection::core()), CORE);
    assert_eq!(
        names(Selection::read_only()),
        ROWS[..9].iter().map(|it| it.0).collect::<Vec<_>>()
    );
    let unknown = CalendarToolkit::new().with_tools(Selection::only(["cancel_life"]));
    let error = unknown.unwrap_err();
    assert!(
        error.is_selection() && error.to_string().contains("cancel_life"),
        "{error}"
    );
}

#[test]
fn a_model_is_told_of_mail_only_where_tools_write() {
    let told = |selection| {
        let toolkit = CalendarToolkit::new().with_tools(selection).unwrap();
        toolkit.instructions().unwrap()
    };
    let (reads, writes) = (told(Selection::read_only()), told(Selection::core()));
    assert!(
        reads.contains("Nothing is changed") && !reads.contains("notify_attendees"),
        "{reads}"
    );
    assert!(
        writes.contains("notify_attendees") && !writes.contains("Nothing is"),
        "{writes}"
    );
}
