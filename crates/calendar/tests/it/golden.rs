//! For every tool: calls that succeed and use all its methods, a bad argument, and where Google refuses it.

use serde_json::{Value, json};
use toolgate_testkit::tools::{Call, Golden, always_lost};

/// A call that succeeds, and the same where nobody hears of it, so that it is looked for.
fn unheard(method: &str, arguments: Value) -> Vec<Call> {
    let lost = Call::during(always_lost(method), arguments.clone());
    vec![Call::from(arguments), lost]
}

fn calls(arguments: impl IntoIterator<Item = Value>) -> Vec<Call> {
    arguments.into_iter().map(Call::from).collect()
}

const LIST: &str = "calendar.events.list";
const GET: &str = "calendar.events.get";

/// What every tool is called with, among the people of the world.
pub(crate) fn golden() -> Vec<Golden> {
    let mut all = reading();
    all.extend(finding());
    all.extend(writing());
    all.extend(placing());
    all
}

fn reading() -> Vec<Golden> {
    vec![
        Golden {
            tool: "list_events",
            good: calls([json!({"start_date": "2027-03-22"})]),
            bad: (json!({"page_token": "nonsense"}), "page_token"),
            at: LIST,
        },
        Golden {
            tool: "get_event",
            good: calls([json!({"event_id": "recap000"})]),
            bad: (
                json!({"event_id": "recap000", "description_offset": 9_999}),
                "description_offset",
            ),
            at: GET,
        },
        Golden {
            tool: "search_events",
            good: calls([json!({"query": "Review"})]),
            bad: (json!({"query": " "}), "query"),
            at: LIST,
        },
        Golden {
            tool: "fetch_all_events",
            good: calls([json!({"start_date": "2027-03-22", "end_date": "2027-04-30"})]),
            bad: (json!({"start_date": "next week"}), "start_date"),
            at: LIST,
        },
        Golden {
            tool: "list_event_instances",
            good: calls([json!({"event_id": "standup00", "start_date": "2027-04-01"})]),
            bad: (
                json!({"event_id": "standup00", "end_date": "2027-02-30"}),
                "end_date",
            ),
            at: "calendar.events.instances",
        },
        Golden {
            tool: "get_event_attendees",
            good: calls([json!({"event_id": "standup00"})]),
            bad: (json!({"event_id": "standup00", "skip": 9}), "skip"),
            at: GET,
        },
        Golden {
            tool: "list_calendars",
            good: calls([json!({})]),
            bad: (json!({"page_token": "nonsense"}), "page_token"),
            at: "calendar.calendarList.list",
        },
    ]
}

fn finding() -> Vec<Golden> {
    let slots = json!({"start_date": "2027-03-29", "end_date": "2027-03-30", "attendee_emails": ["bob@example.com"]});
    let check = json!({"start_date": "2027-03-29T15:00", "end_date": "2027-03-29T16:00",
        "attendee_emails": ["me", "bob@example.com"]});
    let book = json!({"title": "Plan", "attendees": ["bob@example.com"], "start_date": "2027-03-29",
        "end_date": "2027-03-30"});
    vec![
        Golden {
            tool: "find_available_slots",
            bad: (
                json!({"start_date": "2027-03-29", "end_date": "2027-03-30", "working_hours": "nine to five"}),
                "working_hours",
            ),
            good: calls([slots]),
            at: "calendar.calendars.get",
        },
        Golden {
            tool: "check_availability",
            bad: (
                json!({"start_date": "2027-03-29T15:00", "end_date": "2027-03-29T14:00", "timezone": "UTC"}),
                "end_date",
            ),
            good: calls([check]),
            at: "calendar.freebusy.query",
        },
        Golden {
            tool: "book_meeting",
            bad: (
                json!({"title": "Plan", "attendees": ["bob"], "start_date": "2027-03-29T09:00"}),
                "attendees",
            ),
            good: unheard("calendar.events.insert", book),
            at: "calendar.events.insert",
        },
    ]
}

fn writing() -> Vec<Golden> {
    let new =
        json!({"start_date": "2027-05-03T09:00", "end_date": "2027-05-03T10:00", "title": "New"});
    let bad = json!({"start_date": "2027-05-03T09:00", "end_date": "2027-05-03", "title": "New"});
    let update =
        json!({"event_id": "recap000", "title": "Reviewed", "start_date": "2027-03-23T11:00"});
    vec![
        Golden {
            tool: "create_event",
            good: unheard("calendar.events.insert", new),
            bad: (bad, "end_date"),
            at: "calendar.events.insert",
        },
        Golden {
            tool: "update_event",
            good: calls([
                update,
                json!({"event_id": "standup00_20270405T070000Z", "scope": "following", "title": "Later"}),
            ]),
            bad: (
                json!({"event_id": "recap000", "timezone": "Europe/Warsaw"}),
                "timezone",
            ),
            at: "calendar.events.patch",
        },
        Golden {
            tool: "delete_event",
            good: calls([
                json!({"event_id": "recap000"}),
                json!({"event_id": "standup00_20270405T070000Z", "scope": "following"}),
            ]),
            bad: (json!({"event_id": "standup00"}), "scope"),
            at: "calendar.events.delete",
        },
        Golden {
            tool: "quick_add_event",
            good: calls([json!({"text": "Lunch tomorrow 12:30"})]),
            bad: (json!({"text": "  "}), "text"),
            at: "calendar.events.quickAdd",
        },
    ]
}

fn placing() -> Vec<Golden> {
    let to_team = |event| json!({"event_id": event, "destination_calendar_id": "team@group.calendar.google.com"});
    let respond = |response| json!({"event_id": "fest0000", "response": response});
    vec![
        Golden {
            tool: "move_event",
            good: vec![
                Call::from(to_team("recap000")),
                Call::during(always_lost("calendar.events.move"), to_team("held0000")),
            ],
            bad: (
                json!({"event_id": "recap000", "destination_calendar_id": " "}),
                "destination_calendar_id",
            ),
            at: "calendar.events.move",
        },
        Golden {
            tool: "respond_to_event",
            good: vec![
                Call::from(respond("accepted")),
                Call::during(always_lost("calendar.events.patch"), respond("declined")),
            ],
            bad: (
                json!({"event_id": "fest0000", "response": "maybe"}),
                "response",
            ),
            at: "calendar.events.patch",
        },
    ]
}
