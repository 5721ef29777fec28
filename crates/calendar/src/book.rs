//! `book_meeting`: finds a time for several people, or checks one, and books it in the same call.

use chrono::{Duration, Utc};
use chrono_tz::Tz;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toolgate_toolkit::{
    ToolContext, ToolError,
    sized::{json_size, shortened},
};

use crate::{
    create::{SavedEvent, insert},
    error::{Named, PRIMARY, calendar},
    fields::{given, meet, own_id},
    guests::people as guests,
    people::{Asked, Known, MOST_PEOPLE, Person, Unknown, beside, busy, unknown},
    schedule::saved,
    setup::Setup,
    slots::{Found, Frame, Search, Slot, now},
    span::Span,
    times::{Said, Zones, zone},
    view::{When, local},
    whose::{Clock, Clocks, outside},
    wire::{CALENDAR, Calendar, Event, FREE_BUSY, GET, INSERT, LIST},
};

pub(crate) const METHODS: &[&str] = &[
    CALENDAR.id(),
    LIST.id(),
    FREE_BUSY.id(),
    INSERT.id(),
    GET.id(),
];

/// Books a meeting: with `end_date` at the first time when all are free in working hours by each one's clocks, else at
/// `start_date` if they are. Who cannot be seen is invited, and unknown.
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
    /// IANA; else the person's own.
    timezone: Option<String>,
    /// Such as 09:00-17:00.
    working_hours: Option<String>,
    /// Such as mon.
    days: Option<Vec<String>>,
    /// Free on both sides.
    #[schemars(range(min = 0, max = 240))]
    buffer_minutes: Option<i64>,
    /// With Meet.
    add_google_meet_link: Option<bool>,
    /// Mail them; true if left out.
    notify_attendees: Option<bool>,
    /// Its calendar.
    calendar_id: Option<String>,
}

/// Slots of a search that are looked at again where the person's own calendar could not be read whole.
const TRIES: usize = 5;

/// A meeting that was booked.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Booked {
    #[serde(flatten)]
    saved: SavedEvent,
    /// Invited without knowing whether they are free: ask them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unknown: Vec<Unknown>,
    /// When it starts by the clocks of all whose zone is known.
    clocks: Vec<Clock>,
    /// Whose zone is not known: the hours are the person's own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    zone_unknown: Vec<String>,
    /// Such as `mon 09:00-17:00`.
    working_hours: Vec<String>,
    /// `argument`, `toolkit`, `calendar`, or `default`, where nobody set any.
    working_hours_from: &'static str,
}

/// A time, and what is known of it.
struct Chosen {
    span: Span,
    people: Vec<Person>,
    frame: Frame,
    clocks: Clocks,
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
        None => exactly(&cx, &args, (&google, &asked, &setup)).await?,
    };
    let zone = chosen.frame.zone;
    let when = When::Timed {
        from: chosen.span.from.with_timezone(&zone),
        to: chosen.span.to.with_timezone(&zone),
        own: zone,
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
    notes.extend(overtaken(&google, &asked, (chosen.span, zone), &event).await);
    let clocks = chosen.clocks.at(&chosen.frame.hours, chosen.span);
    notes.extend(outside(&clocks));
    let fence = cx.fence("event");
    let named = Named::new(Some(calendar), event.id.as_deref().unwrap_or_default());
    let booked = |room| Booked {
        saved: SavedEvent::new(named, &made, (&fence, room), notes.clone()).notified(notify),
        unknown: unknown(&chosen.people),
        clocks: clocks.clone(),
        zone_unknown: chosen.clocks.unknown(),
        working_hours: chosen.frame.hours.described(),
        working_hours_from: chosen.frame.from,
    };
    // What is told of the people takes its room from the event.
    let told = json_size(&booked(0)).saturating_sub(json_size(&booked(0).saved));
    Ok(booked(setup.budget.saturating_sub(told)))
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
    let mut search = search(args, end);
    search.most = TRIES;
    let mut found = search.run(cx, google, asked, setup).await?;
    let mut slots = found.slots.iter().copied();
    let span = if is_me_known(&found.people) {
        slots.next()
    } else {
        known_free(google, asked, &mut found, search.buffer).await?
    };
    let Some(span) = span else {
        return Err(none_free(&found));
    };
    Ok(Chosen {
        span,
        people: found.people,
        frame: found.frame,
        clocks: found.clocks,
        notes: found.notes,
    })
}

fn search(args: &BookMeeting, end: &str) -> Search {
    Search {
        start: args.start_date.clone(),
        end: end.to_owned(),
        timezone: args.timezone.clone(),
        working_hours: args.working_hours.clone(),
        days: args.days.clone(),
        duration: args.duration_minutes.unwrap_or(30),
        buffer: args.buffer_minutes.unwrap_or(0),
        most: 1,
    }
}

/// The first of the slots at which the person's own calendars, asked about it alone, are known to be free.
async fn known_free(
    google: &Calendar,
    asked: &Asked,
    found: &mut Found,
    buffer: i64,
) -> Result<Option<Span>, ToolError> {
    let own = Asked {
        own: asked.own.clone(),
        others: Vec::new(),
    };
    for slot in found.slots.clone() {
        let margin = Duration::minutes(buffer);
        let people = busy(google, &own, slot.with_margin(margin)).await?;
        if is_me_known(&people) && people.iter().all(|it| it.known.busy().is_empty()) {
            let is_new = |old: &Person| people.iter().any(|new| new.who == old.who);
            found.people.retain(|old| !is_new(old));
            found.people.splice(0..0, people);
            return Ok(Some(slot));
        }
    }
    Ok(None)
}

fn is_me_known(people: &[Person]) -> bool {
    let is_unknown = |it: &Person| it.who == "me" && matches!(it.known, Known::Unknown(..));
    !people.iter().any(is_unknown)
}

/// Why there is no time, and what to do.
fn none_free(found: &Found) -> ToolError {
    if found.hours_clash {
        return ToolError::invalid_argument(
            "working_hours",
            "by the clocks of all together they leave no time for it, and nothing was booked",
            "wider hours such as 07:00-20:00, or an exact start_date without end_date, which may be outside of them",
        );
    }
    if !found.slots.is_empty() {
        return ToolError::invalid_argument(
            "end_date",
            &format!("{UNREAD}, and nothing was booked"),
            "an exact start_date without end_date, at a time that the person names",
        );
    }
    ToolError::invalid_argument(
        "end_date",
        "all who can be seen are free at no time before it, and nothing was booked",
        "a later day, or a shorter duration_minutes",
    )
}

const UNREAD: &str = "the person's own calendar cannot be read whole at that time";

/// The time that was given, if nobody who can be seen is busy then.
async fn exactly(
    cx: &ToolContext,
    args: &BookMeeting,
    (google, asked, setup): (&Calendar, &Asked, &Setup),
) -> Result<Chosen, ToolError> {
    let said = Said::parse("start_date", &args.start_date)?;
    if matches!(said, Said::Day(_)) {
        let problem = "it is a whole day, and there is no end_date";
        let good = "a time, or a day together with end_date";
        return Err(ToolError::invalid_argument("start_date", problem, good));
    }
    let named = zone("timezone", args.timezone.as_deref())?;
    let search = search(args, "");
    let frame = search.frame(google, setup).await?;
    let own = frame.zone;
    let moment = said.moment("start_date", Zones { named, own })?;
    let from = moment.at.with_timezone(&Utc);
    let span = Span::new(from, from + Duration::minutes(search.duration));
    let now = now(cx);
    if from < now {
        let problem = "that time is over, and nothing was booked";
        let good = format!("a time after {}", local(now.with_timezone(&own)));
        return Err(ToolError::invalid_argument("start_date", problem, &good));
    }
    let margin = Duration::minutes(search.buffer);
    let people = busy(google, asked, span.with_margin(margin)).await?;
    let mut conflicts: Vec<String> = people.iter().filter_map(|it| conflict(it, own)).collect();
    if conflicts.is_empty() && !is_me_known(&people) {
        conflicts.push(UNREAD.to_owned());
    }
    if !conflicts.is_empty() {
        let problem = format!(
            "{}; nothing was booked",
            shortened(&conflicts.join("; "), 600)
        );
        let good = "a time at which they are free: find_available_slots shows some";
        return Err(ToolError::invalid_argument("start_date", &problem, good));
    }
    let clocks = Clocks::read(google, own, asked, &people).await;
    Ok(Chosen {
        span,
        people,
        frame,
        clocks,
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
    let known = beside(google, &asked.own, span, id).await;
    let first = known
        .as_ref()
        .ok()
        .and_then(|it| it.busy().first().copied());
    match (first, known) {
        (Some(first), _) => Some(format!(
            "meanwhile something else was saved at that time, {}: both stand, and list_events shows them",
            Slot::new(first, zone)
        )),
        (None, Ok(Known::Busy(_))) => None,
        _ => Some(
            "whether something else was saved at that time meanwhile could not be checked again: list_events shows it"
                .to_owned(),
        ),
    }
}

fn conflict(person: &Person, zone: Tz) -> Option<String> {
    let first = Slot::new(*person.known.busy().first()?, zone);
    let is = if person.who == "me" {
        "the person is"
    } else {
        "is"
    };
    let who = if person.who == "me" { "" } else { &person.who };
    let line = format!("{who} {is} busy {first}");
    Some(line.trim().to_owned())
}
