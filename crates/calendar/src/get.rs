//! `get_event` and `get_event_attendees`: one event, whole, and its guests.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toolgate_toolkit::{
    ToolContext, ToolError,
    sized::{json_size, shortened},
};

use crate::{
    error::Named,
    setup::Setup,
    text::visible_line,
    view::{Guest, Guests, Place, Shown, is_false},
    wire::{Calendar, Event, GET, GUESTS, WHOLE},
};

pub(crate) const METHODS: &[&str] = &[GET.id()];

/// What a result takes beside the event and its guests.
const ENVELOPE: usize = 900;

/// Shows an event whole: guests, description, reminders, version.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GetEvent {
    /// Its id.
    event_id: String,
    /// Its calendar.
    calendar_id: Option<String>,
    /// `next_description_offset`.
    description_offset: Option<usize>,
}

/// Lists who is invited to an event, and how they answered.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GetAttendees {
    /// From a list.
    event_id: String,
    /// Its calendar.
    calendar_id: Option<String>,
    /// `next_skip` of the list before.
    skip: Option<usize>,
}

/// An event, whole.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Whole {
    event: Shown,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attendees: Vec<Guest>,
    /// Guests that are not shown: `get_event_attendees` lists all.
    #[serde(skip_serializing_if = "Option::is_none")]
    attendees_left_out: Option<usize>,
    /// Who may see the guests does not include the person.
    #[serde(skip_serializing_if = "is_false")]
    attendees_hidden: bool,
    /// How the person is reminded, such as `popup 10`, in minutes before; missing where as usual in the calendar.
    #[serde(skip_serializing_if = "Option::is_none")]
    reminders: Option<Vec<String>>,
    /// The version: `update_event` takes it.
    etag: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<String>,
    /// What of this was written by others.
    untrusted: String,
}

/// Guests.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct GuestList {
    event_id: String,
    calendar_id: String,
    event_summary: String,
    attendees: Vec<Guest>,
    total: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    responses: Option<Guests>,
    /// The person may not see all of them.
    #[serde(skip_serializing_if = "is_false")]
    attendees_hidden: bool,
    /// The `skip` to read on with.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_skip: Option<usize>,
    /// What of this was written by others.
    untrusted: String,
}

/// One event.
pub(crate) async fn get_event(
    cx: ToolContext,
    args: GetEvent,
    setup: Setup,
) -> Result<Whole, ToolError> {
    let named = Named::new(args.calendar_id.as_deref(), &args.event_id);
    let google = Calendar::new(&cx, METHODS);
    let event = google.part(named.calendar, named.id, WHOLE).await;
    let event = event.map_err(|error| named.explain(error))?;
    let fence = cx.fence("event");
    let room = setup.budget.saturating_sub(ENVELOPE);
    let (attendees, left_out) = fitting(&event, 0, room / 3);
    let room = room.saturating_sub(json_size(&attendees));
    let offset = args.description_offset.unwrap_or(0);
    let shown = Shown::whole(&event, place(named, &event), &fence, (offset, room));
    if offset > 0 && !shown.has_description() {
        return Err(ToolError::invalid_argument(
            "description_offset",
            "the description ends before it",
            "the next_description_offset of the last reading",
        ));
    }
    Ok(Whole {
        event: shown,
        attendees,
        attendees_left_out: Some(left_out).filter(|left| *left > 0),
        attendees_hidden: event.attendees_omitted == Some(true),
        reminders: reminders(&event),
        etag: event.etag.clone().unwrap_or_default(),
        link: event.html_link.clone(),
        untrusted: fence.notice(),
    })
}

/// Where an event stands, whose zone is that of its own times where it names one.
pub(crate) fn place<'a>(named: Named<'a>, event: &'a Event) -> Place<'a> {
    let zone = event.start.as_ref().and_then(|it| it.time_zone.as_deref());
    Place {
        calendar: named.calendar,
        zone: zone.unwrap_or_default(),
    }
}

/// Guests from a place on that fit, and how many more follow.
fn fitting(event: &Event, skip: usize, mut room: usize) -> (Vec<Guest>, usize) {
    let all = event.attendees.as_deref().unwrap_or_default();
    let mut guests: Vec<Guest> = Vec::new();
    for attendee in all.iter().skip(skip) {
        let guest = Guest::of(attendee);
        let size = json_size(&guest) + 1;
        if size > room && !guests.is_empty() {
            break;
        }
        room = room.saturating_sub(size);
        guests.push(guest);
    }
    let left = all.len().saturating_sub(skip + guests.len());
    (guests, left)
}

fn reminders(event: &Event) -> Option<Vec<String>> {
    let reminders = event.reminders.as_ref()?;
    if reminders.use_default == Some(true) {
        return None;
    }
    let overrides = reminders.overrides.iter().flatten();
    let line = overrides.map(|it| {
        let method = it.method.as_deref().unwrap_or("popup");
        format!("{method} {}", it.minutes.unwrap_or_default())
    });
    Some(line.collect())
}

/// Who is invited.
pub(crate) async fn get_event_attendees(
    cx: ToolContext,
    args: GetAttendees,
    setup: Setup,
) -> Result<GuestList, ToolError> {
    let named = Named::new(args.calendar_id.as_deref(), &args.event_id);
    let google = Calendar::new(&cx, METHODS);
    let event = google.part(named.calendar, named.id, GUESTS).await;
    let event = event.map_err(|error| named.explain(error))?;
    let all = event.attendees.as_deref().unwrap_or_default();
    let skip = args.skip.unwrap_or(0);
    if skip > 0 && skip >= all.len() {
        let problem = format!("there are {} guests", all.len());
        let good = "the next_skip of the list before";
        return Err(ToolError::invalid_argument("skip", &problem, good));
    }
    let (attendees, left) = fitting(&event, skip, setup.budget.saturating_sub(ENVELOPE));
    let summary = event.summary.as_deref().map(visible_line);
    Ok(GuestList {
        event_id: named.id.to_owned(),
        calendar_id: named.calendar.to_owned(),
        event_summary: shortened(&summary.unwrap_or_default(), 200),
        next_skip: Some(skip + attendees.len()).filter(|_| left > 0),
        attendees,
        total: all.len(),
        responses: Guests::of(all),
        attendees_hidden: event.attendees_omitted == Some(true),
        untrusted: cx.fence("event").notice(),
    })
}
