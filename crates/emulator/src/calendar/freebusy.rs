//! When calendars are busy, for who may know that.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde_json::{Map, Value, json};

use super::errors::{empty_range, invalid, required};
use super::expand::{self, Window};
use super::store::{Calendar, Event, Role};
use super::{Calendars, times, zone_field};
use crate::call::{ApiError, Call, Reply};

/// Google's limit of calendars in one query.
const MOST: usize = 50;

/// `freebusy.query`.
pub(super) fn query(calendars: &Calendars, call: &Call) -> Result<Reply, ApiError> {
    let body = call.json();
    let zone = zone_field(&body["timeZone"])?.unwrap_or(Tz::UTC);
    let bound = |name: &str| {
        let text = body[name]
            .as_str()
            .ok_or_else(|| required(format!("Missing {name} parameter.")))?;
        times::rfc3339(text).ok_or_else(|| invalid(format!("Invalid {name} parameter.")))
    };
    let (from, to) = (bound("timeMin")?, bound("timeMax")?);
    if from >= to {
        return Err(empty_range());
    }
    let most = limit(&body["calendarExpansionMax"], MOST)?;
    limit(&body["groupExpansionMax"], 100)?;
    let window = Window {
        from: Some(from),
        to,
    };
    let mut shown = Map::new();
    for item in body["items"].as_array().into_iter().flatten() {
        let id = item["id"].as_str().unwrap_or_default();
        let answer = if shown.len() >= most && !shown.contains_key(id) {
            problem("tooManyCalendarsRequested")
        } else {
            one(calendars, call, id, window, zone)?
        };
        shown.insert(id.to_owned(), answer);
    }
    Ok(Reply::Json(json!({
        "kind": "calendar#freeBusy",
        "timeMin": times::shown(from, zone),
        "timeMax": times::shown(to, zone),
        "calendars": shown,
    })))
}

fn limit(asked: &Value, most: usize) -> Result<usize, ApiError> {
    match asked.as_u64().map(usize::try_from) {
        None => Ok(most),
        Some(Ok(asked)) if asked <= most => Ok(asked),
        Some(_) => Err(invalid("Invalid expansion limit.")),
    }
}

/// The busy times of one calendar, or that it cannot be seen.
fn one(
    calendars: &Calendars,
    call: &Call,
    id: &str,
    window: Window,
    zone: Tz,
) -> Result<Value, ApiError> {
    let person = calendars.person(call)?;
    let seen = calendars
        .find(call, id)
        .ok()
        .filter(|calendar| calendar.role_of(person) >= Role::FreeBusyReader);
    let Some(calendar) = seen else {
        return Ok(problem("notFound"));
    };
    let busy: Vec<Value> = merged(calendar, window)
        .into_iter()
        .map(|(start, end)| {
            json!({ "start": times::shown(start, zone), "end": times::shown(end, zone) })
        })
        .collect();
    Ok(json!({ "busy": busy }))
}

fn problem(reason: &str) -> Value {
    json!({ "errors": [{ "domain": "global", "reason": reason }], "busy": [] })
}

/// The busy times within a window, each after the one before it.
fn merged(calendar: &Calendar, window: Window) -> Vec<(DateTime<Utc>, DateTime<Utc>)> {
    let from = window.from.unwrap_or(window.to);
    let mut spans: Vec<_> = events(calendar, window)
        .iter()
        .filter(|event| is_busy(event, &calendar.id))
        .filter_map(|event| {
            let start = event.start()?.instant(calendar.zone);
            Some((
                start.max(from),
                event.end()?.instant(calendar.zone).min(window.to),
            ))
        })
        .filter(|(start, end)| start < end)
        .collect();
    spans.sort_unstable();
    let mut merged: Vec<(DateTime<Utc>, DateTime<Utc>)> = Vec::new();
    for (start, end) in spans {
        match merged.last_mut() {
            Some((_, last)) if start <= *last => *last = end.max(*last),
            _ => merged.push((start, end)),
        }
    }
    merged
}

fn events(calendar: &Calendar, window: Window) -> Vec<Event> {
    let mut found = Vec::new();
    for event in calendar.events.values() {
        if event.is_recurring() {
            found.extend(expand::instances(calendar, event, window));
        } else if event
            .series
            .as_ref()
            .is_none_or(|series| !calendar.events.contains_key(&series.id))
        {
            found.push(event.clone());
        }
    }
    found
}

/// Whether an event takes the time of whose calendar it is in.
fn is_busy(event: &Event, calendar: &str) -> bool {
    let declined = event
        .attendee(calendar)
        .is_some_and(|own| own["responseStatus"] == "declined");
    !event.is_cancelled()
        && !declined
        && event.text("transparency") != "transparent"
        && !matches!(event.text("eventType"), "birthday" | "workingLocation")
}
