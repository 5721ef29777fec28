//! `check_availability`: who is free or busy at a time, and of whom that cannot be said.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toolgate_toolkit::{ToolContext, ToolError, sized::json_size};

use crate::{
    error::{PRIMARY, calendar},
    people::{self, Asked, Known, Person},
    setup::Setup,
    slots::{Slot, bounded},
    span::Span,
    when::{Window, own_zone},
    wire::Calendar,
};

pub(crate) use crate::people::METHODS;

/// What a result takes beside people.
const ENVELOPE: usize = 500;
/// What a busy period takes, and the word that some are not shown.
const PERIOD: usize = 76;
const REST: usize = 110;

/// Says who is free or busy at a time. Who cannot be seen is unknown, not free.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CheckAvailability {
    /// Time or day.
    start_date: String,
    /// Time or last day.
    end_date: String,
    /// `me` alone if left out.
    attendee_emails: Option<Vec<String>>,
    /// One of the person's own.
    calendar_id: Option<String>,
    /// IANA; else the person's own.
    timezone: Option<String>,
}

/// Who is free.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Answered {
    availability: Vec<Answer>,
    time_window: Slot,
    time_zone: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
}

/// Somebody's time.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Answer {
    who: String,
    /// `free`, `busy`, or `unknown`.
    status: &'static str,
    /// Of somebody unknown those that could be read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    busy_periods: Vec<Slot>,
    /// Busy periods that are not shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    left_out: Option<usize>,
    /// The `start_date` to go on with, where some are not shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_start_date: Option<String>,
    /// Why it is unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

/// Whether people are free.
pub(crate) async fn check_availability(
    cx: ToolContext,
    args: CheckAvailability,
    setup: Setup,
) -> Result<Answered, ToolError> {
    let (start, end) = (Some(args.start_date.as_str()), Some(args.end_date.as_str()));
    let window = Window::parse(start, end, args.timezone.as_deref())?;
    let others = args.attendee_emails.as_ref();
    let own = match (&args.calendar_id, others) {
        (None, Some(emails)) if !emails.is_empty() => Vec::new(),
        (id, _) => vec![calendar(id.as_deref()).to_owned()],
    };
    let asked = Asked::parse(own, args.attendee_emails)?;
    let asked = asked.fitting("attendee_emails", setup.budget.saturating_sub(ENVELOPE))?;
    let google = Calendar::new(&cx, METHODS);
    let own = match crate::times::zone("timezone", args.timezone.as_deref())? {
        Some(zone) => zone,
        None => own_zone(&google, PRIMARY).await?,
    };
    let (bounds, notes) = window.moments(own)?;
    let span = bounded(Span::new(
        bounds.from.unwrap_or_default(),
        bounds.to.unwrap_or_default(),
    ))?;
    let people = people::busy(&google, &asked, span).await?;
    let mut room = setup.budget.saturating_sub(ENVELOPE + json_size(&notes));
    let mut left = people.len();
    let answers = people.into_iter().map(|person| {
        let answer = answer(person, own, room / left.max(1));
        room = room.saturating_sub(json_size(&answer) + 1);
        left -= 1;
        answer
    });
    Ok(Answered {
        availability: answers.collect(),
        time_window: Slot::new(span, own),
        time_zone: own.name().to_owned(),
        notes,
    })
}

fn answer(person: Person, zone: chrono_tz::Tz, room: usize) -> Answer {
    let mut answer = Answer {
        who: person.who,
        status: "unknown",
        busy_periods: Vec::new(),
        left_out: None,
        next_start_date: None,
        reason: None,
    };
    let spans = person.known.busy();
    match &person.known {
        Known::Unknown(reason, _) => answer.reason = Some(reason.clone()),
        Known::Busy(_) => answer.status = if spans.is_empty() { "free" } else { "busy" },
    }
    let fits = room.saturating_sub(json_size(&answer) + REST) / PERIOD;
    let shown = spans.iter().take(fits);
    answer.busy_periods = shown.map(|span| Slot::new(*span, zone)).collect();
    let left = spans.get(answer.busy_periods.len()..).unwrap_or_default();
    answer.left_out = Some(left.len()).filter(|left| *left > 0);
    answer.next_start_date = left.first().map(|span| Slot::new(*span, zone).start);
    answer
}
