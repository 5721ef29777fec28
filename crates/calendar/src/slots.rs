//! `find_available_slots`: times at which all who can be seen are free, within working hours.

use chrono::{DateTime, Duration, Utc, Weekday};
use chrono_tz::Tz;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toolgate_toolkit::{ToolContext, ToolError};

use crate::{
    error::{PRIMARY, explain_calendar},
    hours::{WorkingHours, minute, weekday},
    list::calendars,
    people::{self, Asked, Known, Person, Unknown, unknown},
    setup::Setup,
    span::{Span, free, joined, slots},
    view::local,
    when::{Window, known_zone},
    whose::{Clock, Clocks},
    wire::{CALENDAR, Calendar, FREE_BUSY, LIST},
};

pub(crate) const METHODS: &[&str] = &[CALENDAR.id(), LIST.id(), FREE_BUSY.id()];

/// Slots of one result, unless asked otherwise.
const COUNT: usize = 10;
/// What a result takes beside people and slots, and what a slot takes.
const ENVELOPE: usize = 1_200;
const SLOT: usize = 80;
/// Days of one search.
const MOST_DAYS: i64 = 62;

/// Finds times when the person and others are free in working hours by each one's clocks. Who cannot be seen is
/// unknown, not free.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FindSlots {
    /// Time or day.
    start_date: String,
    /// Time or last day.
    end_date: String,
    /// 30 if left out.
    #[schemars(range(min = 5, max = 1440))]
    duration_minutes: Option<i64>,
    /// Others, or `me`.
    attendee_emails: Option<Vec<String>>,
    /// The person's own.
    calendar_ids: Option<Vec<String>>,
    /// IANA; else the person's own.
    timezone: Option<String>,
    /// Such as 09:00-17:00.
    working_hours: Option<String>,
    /// Such as mon.
    days: Option<Vec<String>>,
    /// Free on both sides.
    #[schemars(range(min = 0, max = 240))]
    buffer_minutes: Option<i64>,
    /// 10 if left out.
    #[schemars(range(min = 1, max = 50))]
    max_slots: Option<usize>,
}

/// Free times.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Offer {
    available_slots: Vec<Slot>,
    duration_minutes: i64,
    time_zone: String,
    /// Such as `mon 09:00-17:00`.
    working_hours: Vec<String>,
    /// `argument`, `toolkit`, `calendar`, or `default`, where nobody set any.
    working_hours_from: &'static str,
    /// Whose time is known.
    people: Vec<String>,
    /// By whose clocks the working hours count: a slot lies in them by all.
    clocks: Vec<Clock>,
    /// Whose zone is not known: the hours are the person's own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    zone_unknown: Vec<String>,
    /// Whose time is not known: ask them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unknown: Vec<Unknown>,
    /// There are more: the `start_date` to go on with.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_start_date: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
}

/// A free time.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Slot {
    pub(crate) start: String,
    end: String,
}

impl Slot {
    pub(crate) fn new(span: Span, zone: Tz) -> Self {
        Self {
            start: local(span.from.with_timezone(&zone)),
            end: local(span.to.with_timezone(&zone)),
        }
    }
}

impl std::fmt::Display for Slot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "from {} to {}", self.start, self.end)
    }
}

/// How free time is looked for.
#[derive(Debug, Default)]
pub(crate) struct Search {
    pub(crate) start: String,
    pub(crate) end: String,
    pub(crate) timezone: Option<String>,
    pub(crate) working_hours: Option<String>,
    pub(crate) days: Option<Vec<String>>,
    pub(crate) duration: i64,
    pub(crate) buffer: i64,
    pub(crate) most: usize,
}

/// What was found.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) slots: Vec<Span>,
    pub(crate) people: Vec<Person>,
    pub(crate) frame: Frame,
    pub(crate) clocks: Clocks,
    /// Working hours by the clocks of all together have no room for it, though the person's own have.
    pub(crate) hours_clash: bool,
    pub(crate) notes: Vec<String>,
}

/// By which clocks is searched, and which hours count.
#[derive(Debug)]
pub(crate) struct Frame {
    pub(crate) zone: Tz,
    pub(crate) hours: WorkingHours,
    /// Where they come from.
    pub(crate) from: &'static str,
}

/// Free times of the person and others.
pub(crate) async fn find_available_slots(
    cx: ToolContext,
    args: FindSlots,
    setup: Setup,
) -> Result<Offer, ToolError> {
    let room = setup.budget.saturating_sub(ENVELOPE);
    let asked = Asked::parse(calendars(args.calendar_ids)?, args.attendee_emails)?;
    let asked = asked.fitting("attendee_emails", room - room / 3)?;
    let most = args.max_slots.unwrap_or(COUNT).min(room / 3 / SLOT);
    let search = Search {
        start: args.start_date,
        end: args.end_date,
        timezone: args.timezone,
        working_hours: args.working_hours,
        days: args.days,
        duration: args.duration_minutes.unwrap_or(30),
        buffer: args.buffer_minutes.unwrap_or(0),
        // One more shows whether there are more.
        most: most + 1,
    };
    let google = Calendar::new(&cx, METHODS);
    let found = search.run(&cx, &google, &asked, &setup).await?;
    Ok(offered(&search, found, most))
}

fn offered(search: &Search, found: Found, most: usize) -> Offer {
    let Frame { zone, hours, from } = found.frame;
    let slots = found.slots.iter().take(most);
    let slots: Vec<Slot> = slots.map(|it| Slot::new(*it, zone)).collect();
    let last = slots.last().filter(|_| found.slots.len() > most);
    let people = found.people.iter();
    let seen = people.filter(|it| matches!(it.known, Known::Busy(_)));
    Offer {
        next_start_date: last.map(|it| it.end.clone()),
        available_slots: slots,
        duration_minutes: search.duration,
        time_zone: zone.name().to_owned(),
        working_hours: hours.described(),
        working_hours_from: from,
        people: seen.map(|it| it.who.clone()).collect(),
        clocks: found.clocks.shown(),
        zone_unknown: found.clocks.unknown(),
        unknown: unknown(&found.people),
        notes: found.notes,
    }
}

/// What arguments say of working time.
#[derive(Debug)]
struct Wish {
    hours: Option<(u32, u32)>,
    days: Option<Vec<Weekday>>,
}

impl Search {
    /// Looks for free time.
    pub(crate) async fn run(
        &self,
        cx: &ToolContext,
        google: &Calendar,
        asked: &Asked,
        setup: &Setup,
    ) -> Result<Found, ToolError> {
        let window = Window::parse(Some(&self.start), Some(&self.end), self.timezone.as_deref())?;
        let frame = self.frame(google, setup).await?;
        let (bounds, mut notes) = window.moments(frame.zone)?;
        let now = now(cx);
        let (from, to) = (bounds.from.unwrap_or(now), bounds.to.unwrap_or(now));
        let window = bounded(Span::new(from, to))?;
        let (buffer, length) = (
            Duration::minutes(self.buffer),
            Duration::minutes(self.duration),
        );
        // What ends just before the window, or begins just behind it, has its margin in it.
        let people = people::busy(google, asked, window.with_margin(buffer)).await?;
        let busy = people.iter().flat_map(|it| it.known.busy());
        let busy = busy.map(|span| span.with_margin(buffer)).collect();
        let clocks = Clocks::read(google, frame.zone, asked, &people).await;
        // What is over cannot be offered.
        let ahead = window.within(Span::new(now, DateTime::<Utc>::MAX_UTC));
        let open = |ahead| clocks.open(&frame.hours, ahead);
        let open = ahead.map(open).unwrap_or_default();
        let own = ahead.map(|ahead| frame.hours.within(ahead, frame.zone));
        let own = joined(own.unwrap_or_default());
        let hours_clash = slots(&open, length, 1).is_empty() && !slots(&own, length, 1).is_empty();
        let slots = slots(&free(open, busy), length, self.most);
        if slots.is_empty() {
            notes.push(if hours_clash { CLASH } else { NONE_LEFT }.to_owned());
        }
        Ok(Found {
            slots,
            people,
            frame,
            clocks,
            hours_clash,
            notes,
        })
    }

    /// The zone that counts, and the working hours: as the call says them, or the toolkit, or the person's own calendar.
    pub(crate) async fn frame(&self, google: &Calendar, setup: &Setup) -> Result<Frame, ToolError> {
        let wish = Wish::parse(self.working_hours.as_deref(), self.days.as_deref())?;
        let named = crate::times::zone("timezone", self.timezone.as_deref())?;
        let calendar = google.calendar(PRIMARY).await;
        let calendar = calendar.map_err(|it| explain_calendar("calendar_ids", PRIMARY, it))?;
        let zone = match named {
            Some(zone) => zone,
            None => known_zone(calendar.time_zone.as_deref().unwrap_or_default())?,
        };
        let own = calendar.working_hours.as_ref().and_then(WorkingHours::of);
        let (hours, from) = wish.hours(setup.hours.as_ref(), own);
        Ok(Frame { zone, hours, from })
    }
}

const NONE_LEFT: &str =
    "no slot of this length is left: other days, hours or a shorter time may have some";
const CLASH: &str = "the working hours by the clocks of all together leave no slot of this length: give wider \
    working_hours, more days or fewer people; book_meeting books an exact start_date outside of them";

/// The time of the call.
pub(crate) fn now(cx: &ToolContext) -> DateTime<Utc> {
    let now = cx.access().clock().now().as_millis();
    DateTime::from_timestamp_millis(now).unwrap_or_default()
}

pub(crate) fn bounded(window: Span) -> Result<Span, ToolError> {
    if window.to - window.from > Duration::days(MOST_DAYS) {
        let problem = format!("it is more than {MOST_DAYS} days after `start_date`");
        return Err(ToolError::invalid_argument(
            "end_date",
            &problem,
            "an earlier day; search the rest by itself",
        ));
    }
    Ok(window)
}

impl Wish {
    fn parse(hours: Option<&str>, days: Option<&[String]>) -> Result<Self, ToolError> {
        let hours = hours.map(|text| {
            let ends = text.split_once('-');
            let ends = ends.and_then(|(start, end)| Some((minute(start)?, minute(end)?)));
            ends.filter(|(start, end)| start < end).ok_or_else(|| {
                let problem = "it is no time of a day that ends after it begins";
                ToolError::invalid_argument("working_hours", problem, "such as 09:00-17:00")
            })
        });
        let days = days.filter(|days| !days.is_empty()).map(|days| {
            let days = days.iter().map(|day| weekday(day));
            days.collect::<Option<Vec<_>>>().ok_or_else(|| {
                let good = "mon, tue, wed, thu, fri, sat or sun";
                ToolError::invalid_argument("days", "one of them is no day", good)
            })
        });
        Ok(Self {
            hours: hours.transpose()?,
            days: days.transpose()?,
        })
    }

    /// The hours that count, and where they come from.
    fn hours(
        &self,
        toolkit: Option<&WorkingHours>,
        own: Option<WorkingHours>,
    ) -> (WorkingHours, &'static str) {
        let (mut hours, mut from) = match (toolkit, own) {
            (Some(hours), _) => (hours.clone(), "toolkit"),
            (None, Some(own)) => (own, "calendar"),
            (None, None) => (WorkingHours::default(), "default"),
        };
        if let Some(days) = &self.days {
            hours = hours.on(days);
            from = "argument";
        }
        if let Some((start, end)) = self.hours {
            hours = hours.at(start, end);
            from = "argument";
        }
        (hours, from)
    }
}
