//! For every tool: calls that succeed and use all its methods, a bad argument, and where Google refuses it.

use serde_json::{Value, json};

/// What is to be shown of a tool.
pub(crate) struct Golden {
    pub(crate) tool: &'static str,
    /// Together they request each method that the tool names, those of settlements and of counted series aside.
    pub(crate) good: Vec<Value>,
    /// Arguments that are wrong, and the one that is.
    pub(crate) bad: (Value, &'static str),
    /// The method at which Google refuses the first good call.
    pub(crate) at: &'static str,
}

const LIST: &str = "calendar.events.list";
const GET: &str = "calendar.events.get";

/// What every tool is called with, among the people of the world.
pub(crate) fn golden() -> Vec<Golden> {
    let mut all = reading();
    all.extend(finding());
    all.extend(writing());
    all
}

fn reading() -> Vec<Golden> {
    vec![
        Golden {
            tool: "list_events",
            good: vec![json!({"start_date": "2027-03-22"})],
            bad: (json!({"page_token": "nonsense"}), "page_token"),
            at: LIST,
        },
        Golden {
            tool: "get_event",
            good: vec![json!({"event_id": "recap000"})],
            bad: (
                json!({"event_id": "recap000", "description_offset": 9_999}),
                "description_offset",
            ),
            at: GET,
        },
        Golden {
            tool: "search_events",
            good: vec![json!({"query": "Review"})],
            bad: (json!({"query": " "}), "query"),
            at: LIST,
        },
        Golden {
            tool: "fetch_all_events",
            good: vec![json!({"start_date": "2027-03-22", "end_date": "2027-04-30"})],
            bad: (json!({"start_date": "next week"}), "start_date"),
            at: LIST,
        },
        Golden {
            tool: "list_event_instances",
            good: vec![json!({"event_id": "standup00", "start_date": "2027-04-01"})],
            bad: (
                json!({"event_id": "standup00", "end_date": "2027-02-30"}),
                "end_date",
            ),
            at: "calendar.events.instances",
        },
        Golden {
            tool: "get_event_attendees",
            good: vec![json!({"event_id": "standup00"})],
            bad: (json!({"event_id": "standup00", "skip": 9}), "skip"),
            at: GET,
        },
        Golden {
            tool: "list_calendars",
            good: vec![json!({})],
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
            good: vec![slots],
            at: "calendar.calendars.get",
        },
        Golden {
            tool: "check_availability",
            bad: (
                json!({"start_date": "2027-03-29T15:00", "end_date": "2027-03-29T14:00", "timezone": "UTC"}),
                "end_date",
            ),
            good: vec![check],
            at: "calendar.freebusy.query",
        },
        Golden {
            tool: "book_meeting",
            bad: (
                json!({"title": "Plan", "attendees": ["bob"], "start_date": "2027-03-29T09:00"}),
                "attendees",
            ),
            good: vec![book],
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
            good: vec![new],
            bad: (bad, "end_date"),
            at: "calendar.events.insert",
        },
        Golden {
            tool: "update_event",
            good: vec![
                update,
                json!({"event_id": "standup00_20270405T070000Z", "scope": "following", "title": "Later"}),
            ],
            bad: (
                json!({"event_id": "recap000", "timezone": "Europe/Warsaw"}),
                "timezone",
            ),
            at: "calendar.events.patch",
        },
        Golden {
            tool: "delete_event",
            good: vec![
                json!({"event_id": "recap000"}),
                json!({"event_id": "standup00_20270405T070000Z", "scope": "following"}),
            ],
            bad: (json!({"event_id": "standup00"}), "scope"),
            at: "calendar.events.delete",
        },
        Golden {
            tool: "quick_add_event",
            good: vec![json!({"text": "Lunch tomorrow 12:30"})],
            bad: (json!({"text": "  "}), "text"),
            at: "calendar.events.quickAdd",
        },
        Golden {
            tool: "move_event",
            good: vec![
                json!({"event_id": "recap000", "destination_calendar_id": "team@group.calendar.google.com"}),
            ],
            bad: (
                json!({"event_id": "recap000", "destination_calendar_id": " "}),
                "destination_calendar_id",
            ),
            at: "calendar.events.move",
        },
        Golden {
            tool: "respond_to_event",
            good: vec![json!({"event_id": "fest0000", "response": "accepted"})],
            bad: (
                json!({"event_id": "fest0000", "response": "maybe"}),
                "response",
            ),
            at: "calendar.events.patch",
        },
    ]
}
