//! Lists of events: several calendars at once, all pages, and a handle that goes on at the exact place.

mod handle;
mod streams;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toolgate_google_http::Error;
use toolgate_toolkit::{
    ToolContext, ToolError,
    sized::{json_size, shortened},
};

use self::{handle::Handle, streams::Streams};
use crate::{
    error::{Named, PRIMARY, explain_calendar},
    setup::Setup,
    view::{Place, Shown},
    when::Window,
    wire::{Calendar, INSTANCES, LIST, Sought},
};

pub(crate) const METHODS: &[&str] = &[LIST.id()];
pub(crate) const INSTANCE_METHODS: &[&str] = &[INSTANCES.id(), LIST.id()];

/// Events of a list, unless asked otherwise.
const COUNT: usize = 10;
/// What a result takes beside its events.
const ENVELOPE: usize = 700;
/// Calendars of one list.
const MOST_CALENDARS: usize = 20;
/// Characters of a reason.
const REASON: usize = 200;

/// Lists events by their starts, series as instances; from now on if no start is given.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListEvents {
    /// 10 if left out.
    #[schemars(range(min = 1, max = 250))]
    limit: Option<usize>,
    /// Time or day.
    start_date: Option<String>,
    /// Time or last day.
    end_date: Option<String>,
    /// Ids.
    calendar_ids: Option<Vec<String>>,
    /// `next_page_token`.
    page_token: Option<String>,
}

/// Finds events by words, at any time unless bounded.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SearchEvents {
    /// Words that all occur.
    query: String,
    /// Time or day.
    start_date: Option<String>,
    /// Time or last day.
    end_date: Option<String>,
    /// 10 if left out.
    #[schemars(range(min = 1, max = 250))]
    max_results: Option<usize>,
    /// Ids.
    calendar_ids: Option<Vec<String>>,
    /// `next_page_token`.
    page_token: Option<String>,
}

/// Lists all events of a time that one result holds.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FetchAllEvents {
    /// Asked for at once.
    #[schemars(range(min = 1, max = 250))]
    max_results: Option<usize>,
    /// Now if left out.
    start_date: Option<String>,
    /// Time or last day.
    end_date: Option<String>,
    /// Ids.
    calendar_ids: Option<Vec<String>>,
    /// `next_page_token`.
    page_token: Option<String>,
}

/// Lists the instances of a series.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListInstances {
    /// Of the series.
    event_id: String,
    /// Its calendar.
    calendar_id: Option<String>,
    /// Time or day.
    start_date: Option<String>,
    /// Time or last day.
    end_date: Option<String>,
    /// 10 if left out.
    #[schemars(range(min = 1, max = 250))]
    limit: Option<usize>,
    /// `next_page_token`.
    page_token: Option<String>,
}

/// Events.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Listed {
    events: Vec<Shown>,
    /// Events in this result.
    count: usize,
    /// Why there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'static str>,
    /// To go on; missing at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_page_token: Option<String>,
    /// Calendars that could not be read: their events are not known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    failed: Vec<Failed>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
    /// What of this was written by others.
    #[serde(skip_serializing_if = "Option::is_none")]
    untrusted: Option<String>,
}

/// A calendar that could not be read.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Failed {
    pub(crate) calendar_id: String,
    pub(crate) reason: String,
}

impl Failed {
    pub(crate) fn new(calendar: &str, error: &Error) -> Self {
        Self {
            calendar_id: calendar.to_owned(),
            reason: shortened(&error.to_string(), REASON),
        }
    }
}

/// What is looked for.
#[derive(Debug, Default)]
struct Wanted {
    calendars: Vec<String>,
    start: Option<String>,
    end: Option<String>,
    /// Where no start is given, it is now.
    from_now: bool,
    query: Option<String>,
    series: Option<String>,
    count: usize,
    /// How many are asked for at once.
    at_once: usize,
    token: Option<String>,
    /// What is said where nothing is found.
    nothing: &'static str,
}

/// Events from now on, or of a time.
pub(crate) async fn list_events(
    cx: ToolContext,
    args: ListEvents,
    setup: Setup,
) -> Result<Listed, ToolError> {
    let count = args.limit.unwrap_or(COUNT);
    let wanted = Wanted {
        calendars: calendars(args.calendar_ids)?,
        start: args.start_date,
        end: args.end_date,
        from_now: true,
        count,
        at_once: count,
        token: args.page_token,
        nothing: "No upcoming events found.",
        ..Wanted::default()
    };
    find(&cx, wanted, &setup, METHODS).await
}

/// Events that match some words.
pub(crate) async fn search_events(
    cx: ToolContext,
    args: SearchEvents,
    setup: Setup,
) -> Result<Listed, ToolError> {
    let query = args.query.trim().to_owned();
    if query.is_empty() {
        return Err(ToolError::invalid_argument(
            "query",
            "it is empty",
            "words such as `offsite`",
        ));
    }
    let count = args.max_results.unwrap_or(COUNT);
    let wanted = Wanted {
        calendars: calendars(args.calendar_ids)?,
        start: args.start_date,
        end: args.end_date,
        query: Some(query),
        count,
        at_once: count,
        token: args.page_token,
        nothing: "No events found.",
        ..Wanted::default()
    };
    find(&cx, wanted, &setup, METHODS).await
}

/// All events of a time.
pub(crate) async fn fetch_all_events(
    cx: ToolContext,
    args: FetchAllEvents,
    setup: Setup,
) -> Result<Listed, ToolError> {
    let wanted = Wanted {
        calendars: calendars(args.calendar_ids)?,
        start: args.start_date,
        end: args.end_date,
        from_now: true,
        count: usize::MAX,
        at_once: args.max_results.unwrap_or(100),
        token: args.page_token,
        nothing: "No events found.",
        ..Wanted::default()
    };
    find(&cx, wanted, &setup, METHODS).await
}

/// The instances of a series.
pub(crate) async fn list_event_instances(
    cx: ToolContext,
    args: ListInstances,
    setup: Setup,
) -> Result<Listed, ToolError> {
    let count = args.limit.unwrap_or(COUNT);
    let wanted = Wanted {
        calendars: calendars(args.calendar_id.map(|id| vec![id]))?,
        start: args.start_date,
        end: args.end_date,
        series: Some(args.event_id.trim().to_owned()),
        count,
        at_once: count,
        token: args.page_token,
        nothing: "No instances found.",
        ..Wanted::default()
    };
    find(&cx, wanted, &setup, INSTANCE_METHODS).await
}

/// The calendars of an argument, each once.
pub(crate) fn calendars(ids: Option<Vec<String>>) -> Result<Vec<String>, ToolError> {
    let mut calendars: Vec<String> = Vec::new();
    for id in ids.unwrap_or_default() {
        let id = id.trim().to_owned();
        if !id.is_empty() && !calendars.contains(&id) {
            calendars.push(id);
        }
    }
    if calendars.len() > MOST_CALENDARS {
        let problem = format!("there are {}", calendars.len());
        let good = format!("at most {MOST_CALENDARS} ids from list_calendars");
        return Err(ToolError::invalid_argument("calendar_ids", &problem, &good));
    }
    if calendars.is_empty() {
        calendars.push(PRIMARY.to_owned());
    }
    Ok(calendars)
}

async fn find(
    cx: &ToolContext,
    wanted: Wanted,
    setup: &Setup,
    methods: &'static [&'static str],
) -> Result<Listed, ToolError> {
    let window = Window::parse(wanted.start.as_deref(), wanted.end.as_deref(), None)?;
    let handle = Handle::of(&wanted)?;
    let google = Calendar::new(cx, methods);
    let first = wanted.calendars.first().map_or(PRIMARY, String::as_str);
    let (window, notes) = window.known(&google, first).await?;
    let now = || cx.access().clock().now().as_millis();
    let from = match (&handle.from, window.from) {
        (Some(from), _) => Some(*from),
        (None, None) if wanted.from_now => DateTime::from_timestamp_millis(now()),
        (None, from) => from,
    };
    if from.zip(window.to).is_some_and(|(from, to)| from >= to) {
        let problem = "it is over, and no start_date is given";
        let good = "a later time, or start_date as well";
        return Err(ToolError::invalid_argument("end_date", problem, good));
    }
    let sought = Sought {
        query: wanted.query.clone(),
        from,
        to: window.to,
        series: wanted.series.clone(),
        deleted: false,
    };
    let mut streams = Streams::new(&google, sought, handle, &wanted.calendars);
    streams
        .open()
        .await
        .map_err(|(calendar, error)| refused(&wanted, &calendar, error))?;
    listed(cx, &mut streams, &wanted, setup, (from, notes)).await
}

fn refused(wanted: &Wanted, calendar: &str, error: Error) -> ToolError {
    use toolgate_auth::{Failure as _, FailureKind};
    if wanted.token.is_some() && (error.kind() == FailureKind::InvalidArgument || error.is_gone()) {
        return handle::unknown();
    }
    match &wanted.series {
        Some(series) => Named::new(Some(calendar), series).explain(error),
        None => explain_calendar("calendar_ids", calendar, error),
    }
}

async fn listed(
    cx: &ToolContext,
    streams: &mut Streams<'_>,
    wanted: &Wanted,
    setup: &Setup,
    (from, notes): (Option<DateTime<Utc>>, Vec<String>),
) -> Result<Listed, ToolError> {
    let fence = cx.fence("event");
    let mut room = setup.budget.saturating_sub(ENVELOPE + json_size(&notes));
    let mut events: Vec<Shown> = Vec::new();
    while events.len() < wanted.count {
        let (event, calendar, zone) = match streams.peek().await {
            Ok(Some(next)) => next,
            Ok(None) => break,
            // What was gathered is not lost: the handle goes on where this one failed.
            Err(_) if !events.is_empty() => break,
            Err((calendar, error)) => return Err(refused(wanted, &calendar, error)),
        };
        let place = Place { calendar, zone };
        let shown = Shown::brief(event, place, &fence);
        let size = json_size(&shown) + 1;
        if size > room && !events.is_empty() {
            break;
        }
        room = room.saturating_sub(size);
        events.push(shown);
        streams.take();
    }
    let next = streams.rest(wanted, from);
    Ok(Listed {
        count: events.len(),
        message: Some(wanted.nothing).filter(|_| events.is_empty() && next.is_none()),
        untrusted: Some(fence.notice()).filter(|_| !events.is_empty()),
        events,
        next_page_token: next,
        failed: streams.failed(),
        notes,
    })
}
