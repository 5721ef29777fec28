//! `book_meeting`: finds a time for several people, or checks one, and books it in the same call.

use chrono::{Duration, Utc};
use chrono_tz::Tz;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toolgate_toolkit::{ToolContext, ToolError, sized::shortened};

use crate::{
    create::{SavedEvent, insert},
    error::{Named, PRIMARY, calendar},
    fields::{given, meet, own_id},
    guests::people as guests,
    people::{Asked, Known, MOST_PEOPLE, Person, Unknown, beside, busy, unknown},
    schedule::saved,
    setup::Setup,
    slots::{Search, Slot},
    span::Span,
    times::{Said, Zones, zone},
    view::When,
    when::own_zone,
    wire::{CALENDAR, Calendar, Event, FREE_BUSY, GET, INSERT, LIST},
};

pub(crate) const METHODS: &[&str] = &[
    CALENDAR.id(),
    LIST.id(),
    FREE_BUSY.id(),
    INSERT.id(),
    GET.id(),
];

/// Books a meeting: with `end_date` at the first time between at which all are free, without it at `start_date` if they
/// are. Who cannot be seen is invited and named as unknown.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BookMeeting {
    /// New one.
    title: String,
    /// Addresses.
    attendees: Vec<String>,
    /// A time, or a day.
    start_date: String,
    /// Time or last day.
    end_date: Option<String>,
    /// 30 if left out.
    #[schemars(range(min = 5, max = 1440))]
    duration_minutes: Option<i64>,
    /// Text.
    description: Option<String>,
    /// IANA; the person's own if left out.
    timezone: Option<String>,
    /// Free on both sides.
    #[schemars(range(min = 0, max = 240))]
    buffer_minutes: Option<i64>,
    /// With Meet.
    add_google_meet_link: Option<bool>,
    /// Mail the invitations; true if left out.
    notify_attendees: Option<bool>,
    /// Its calendar.
    calendar_id: Option<String>,
}

/// A meeting that was booked.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Booked {
    #[serde(flatten)]
    saved: SavedEvent,
    /// Invited without knowing whether they are free: ask them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unknown: Vec<Unknown>,
}

/// A time, and what is known of it.
struct Chosen {
    span: Span,
    zone: Tz,
    people: Vec<Person>,
    notes: Vec<String>,
}

/// Books.
pub(crate) async fn book_meeting(
    cx: ToolContext,
    args: BookMeeting,
    setup: Setup,
) -> Result<Booked, ToolError> {
    let event = event(&cx, &args)?;
    let calendar = calendar(args.calendar_id.as_deref());
    let emails = event
        .attendees
        .iter()
        .flatten()
        .filter_map(|it| it.email.clone());
    let mut own = vec![PRIMARY.to_owned()];
    if calendar != PRIMARY {
        own.push(calendar.to_owned());
    }
    let asked = Asked::parse(own, Some(emails.collect()))?;
    let asked = asked.fitting("attendees", setup.budget - setup.budget / 3)?;
    let google = Calendar::writing(&cx, METHODS, setup.settlement);
    let chosen = match &args.end_date {
        Some(end) => first_free(&cx, &args, end, (&google, &asked, &setup)).await?,
        None => exactly(&args, &google, &asked).await?,
    };
    let when = When::Timed {
        from: chosen.span.from.with_timezone(&chosen.zone),
        to: chosen.span.to.with_timezone(&chosen.zone),
        own: chosen.zone,
    };
    let (start, end) = saved(&when);
    let event = Event {
        start: Some(start),
        end: Some(end),
        ..event
    };
    let notify = args.notify_attendees.unwrap_or(true);
    let made = insert(&cx, &setup, calendar, &event, notify).await?;
    let mut notes = chosen.notes;
    notes.extend(overtaken(&google, &asked, (chosen.span, chosen.zone), &event).await);
    let unknown = unknown(&chosen.people);
    let fence = cx.fence("event");
    let named = Named::new(Some(calendar), event.id.as_deref().unwrap_or_default());
    let room = setup
        .budget
        .saturating_sub(toolgate_toolkit::sized::json_size(&unknown));
    let saved = SavedEvent::new(named, &made, (&fence, room), notes);
    Ok(Booked {
        saved: saved.notified(notify),
        unknown,
    })
}

fn event(cx: &ToolContext, args: &BookMeeting) -> Result<Event, ToolError> {
    let attendees = guests("attendees", &args.attendees)?;
    if attendees.is_empty() || attendees.len() > MOST_PEOPLE {
        let problem = format!("there are {}", attendees.len());
        let good = format!("one to {MOST_PEOPLE} addresses such as ada@example.com");
        return Err(ToolError::invalid_argument("attendees", &problem, &good));
    }
    let random = &**cx.access().random();
    let wants_meet = args.add_google_meet_link.unwrap_or(false);
    Ok(Event {
        id: Some(own_id(random)),
        summary: given(Some(&args.title)),
        description: given(args.description.as_deref()),
        attendees: Some(attendees),
        conference_data: wants_meet.then(|| meet(random)),
        ..Event::default()
    })
}

async fn first_free(
    cx: &ToolContext,
    args: &BookMeeting,
    end: &str,
    (google, asked, setup): (&Calendar, &Asked, &Setup),
) -> Result<Chosen, ToolError> {
    let search = Search {
        start: args.start_date.clone(),
        end: end.to_owned(),
        timezone: args.timezone.clone(),
        working_hours: None,
        days: None,
        duration: args.duration_minutes.unwrap_or(30),
        buffer: args.buffer_minutes.unwrap_or(0),
        most: 1,
    };
    let found = search.run(cx, google, asked, setup).await?;
    let Some(span) = found.slots.first().copied() else {
        return Err(ToolError::invalid_argument(
            "end_date",
            "all who can be seen are free at no time before it, and nothing was booked",
            "a later day, or a shorter duration_minutes",
        ));
    };
    Ok(Chosen {
        span,
        zone: found.zone,
        people: found.people,
        notes: found.notes,
    })
}

/// The time that was given, if nobody who can be seen is busy then.
async fn exactly(
    args: &BookMeeting,
    google: &Calendar,
    asked: &Asked,
) -> Result<Chosen, ToolError> {
    let said = Said::parse("start_date", &args.start_date)?;
    if matches!(said, Said::Day(_)) {
        let problem = "it is a whole day, and there is no end_date";
        let good = "a time, or a day together with end_date";
        return Err(ToolError::invalid_argument("start_date", problem, good));
    }
    let named = zone("timezone", args.timezone.as_deref())?;
    let own = match named {
        Some(zone) => zone,
        None => own_zone(google, PRIMARY).await?,
    };
    let moment = said.moment("start_date", Zones { named, own })?;
    let from = moment.at.with_timezone(&Utc);
    let length = Duration::minutes(args.duration_minutes.unwrap_or(30));
    let span = Span::new(from, from + length);
    let margin = Duration::minutes(args.buffer_minutes.unwrap_or(0));
    let people = busy(google, asked, span.with_margin(margin)).await?;
    let conflicts: Vec<String> = people.iter().filter_map(|it| conflict(it, own)).collect();
    if !conflicts.is_empty() {
        let problem = format!(
            "{}; nothing was booked",
            shortened(&conflicts.join("; "), 600)
        );
        let good = "a time at which they are free: find_available_slots shows some";
        return Err(ToolError::invalid_argument("start_date", &problem, good));
    }
    Ok(Chosen {
        span,
        zone: own,
        people,
        notes: moment.note.into_iter().collect(),
    })
}

/// What was saved in the person's own calendars between the look and the booking: it stands, and is said.
async fn overtaken(
    google: &Calendar,
    asked: &Asked,
    (span, zone): (Span, Tz),
    event: &Event,
) -> Option<String> {
    let id = event.id.as_deref().unwrap_or_default();
    // The meeting is booked, whatever becomes of this look.
    let others = beside(google, &asked.own, span, id).await.ok()?;
    let first = Slot::new(*others.first()?, zone);
    Some(format!(
        "meanwhile something else was saved at that time, {first}: both stand, and list_events shows them"
    ))
}

fn conflict(person: &Person, zone: Tz) -> Option<String> {
    let Known::Busy(spans) = &person.known else {
        return None;
    };
    let first = Slot::new(*spans.first()?, zone);
    let is = if person.who == "me" {
        "the person is"
    } else {
        "is"
    };
    let who = if person.who == "me" { "" } else { &person.who };
    let line = format!("{who} {is} busy {first}");
    Some(line.trim().to_owned())
}
