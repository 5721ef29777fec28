//! Lists of events: windows, searches, expanded series, changes since a token.

use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};

use super::errors::{self, empty_range, invalid};
use super::expand::{self, Window};
use super::store::{Calendar, Event, Role};
use super::view::View;
use super::{Calendars, list_etag, page, times};
use crate::call::{ApiError, Call, Reply};

/// Google's page sizes.
const SIZES: (usize, usize) = (250, 2500);

/// What cannot go with a `syncToken`.
const NOT_WITH_SYNC: &[&str] = &[
    "iCalUID",
    "orderBy",
    "privateExtendedProperty",
    "q",
    "sharedExtendedProperty",
    "timeMax",
    "timeMin",
    "updatedMin",
];

/// `events.list`.
pub(super) fn list(calendars: &Calendars, call: &Call) -> Result<Reply, ApiError> {
    let (calendar, _) = calendars.need(call, Role::FreeBusyReader)?;
    let since = page::since(call, calendars.now_ms)?;
    check(call, since.is_some())?;
    check_age(call, calendars.now_ms)?;
    let window = Span::read(call)?;
    let singles = call.query_one("singleEvents") == Some("true");
    let mut found = candidates(calendar, calendars.now_ms, &window, singles);
    let view = calendars.view(call, calendar)?;
    found.retain(|event| {
        since.is_none_or(|since| event.change > since) && is_wanted(call, view, event)
    });
    let shows_deleted = since.is_some()
        || call.query_one("showDeleted") == Some("true")
        || call.query_one("updatedMin").is_some();
    found.retain(|event| {
        let is_exception = event.series.is_some() && !singles;
        let is_told = is_exception && series_lives(calendar, event);
        !event.is_cancelled() || shows_deleted || is_told
    });
    answer(calendars, call, calendar, found)
}

/// `events.instances`.
pub(super) fn instances(calendars: &Calendars, call: &Call) -> Result<Reply, ApiError> {
    let (calendar, _) = calendars.need(call, Role::FreeBusyReader)?;
    let master = calendar
        .events
        .get(call.path_one("eventId"))
        .ok_or_else(errors::not_found)?;
    if master.is_cancelled() && call.query_one("showDeleted") != Some("true") {
        return Err(errors::not_found());
    }
    let span = Span::read(call)?;
    let window = span.window(calendars.now_ms);
    let mut found = expand::instances(calendar, master, window);
    if !master.is_recurring() {
        return Err(invalid("The event is not a recurring event."));
    }
    if let Some(original) = call.query_one("originalStart") {
        let original = original_start(original, calendar)?;
        found.retain(|event| {
            let series = event.series.as_ref();
            series.is_some_and(|it| it.original.instant(calendar.zone) == original)
        });
    }
    let shows_deleted = call.query_one("showDeleted") == Some("true");
    found.retain(|event| shows_deleted || !event.is_cancelled());
    answer(calendars, call, calendar, found)
}

fn original_start(text: &str, calendar: &Calendar) -> Result<DateTime<Utc>, ApiError> {
    if let Some(time) = times::rfc3339(text) {
        return Ok(time);
    }
    let day = chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d")
        .map_err(|_| invalid("Invalid original start time."))?;
    Ok(times::Moment::Day(day).instant(calendar.zone))
}

/// Refuses parameters that do not go together.
fn check(call: &Call, is_sync: bool) -> Result<(), ApiError> {
    let clash = NOT_WITH_SYNC
        .iter()
        .find(|name| call.query.contains_key(**name));
    if let Some(name) = clash.filter(|_| is_sync) {
        return Err(invalid(format!(
            "The {name} parameter cannot be used together with a sync token."
        )));
    }
    if is_sync && call.query_one("showDeleted") == Some("false") {
        return Err(invalid(
            "Deleted events cannot be left out together with a sync token.",
        ));
    }
    let singles = call.query_one("singleEvents") == Some("true");
    if call.query_one("orderBy") == Some("startTime") && !singles {
        return Err(invalid(
            "The requested ordering is not available for the particular query.",
        ));
    }
    Ok(())
}

/// Refuses to tell what changed since a time whose changes are forgotten.
fn check_age(call: &Call, now_ms: i64) -> Result<(), ApiError> {
    let least = call.query_one("updatedMin").and_then(times::rfc3339);
    match least {
        Some(least) if now_ms - least.timestamp_millis() > page::SYNC_LIFE_MS => {
            Err(errors::too_long_ago())
        }
        _ => Ok(()),
    }
}

/// `timeMin` and `timeMax`.
struct Span {
    from: Option<DateTime<Utc>>,
    to: Option<DateTime<Utc>>,
}

impl Span {
    fn read(call: &Call) -> Result<Self, ApiError> {
        let read = |name: &str| call.query_one(name).and_then(times::rfc3339);
        let span = Self {
            from: read("timeMin"),
            to: read("timeMax"),
        };
        match (span.from, span.to) {
            (Some(from), Some(to)) if from >= to => Err(empty_range()),
            _ => Ok(span),
        }
    }

    /// The window in which a series is expanded, which needs an end.
    fn window(&self, now_ms: i64) -> Window {
        let now = DateTime::from_timestamp_millis(now_ms).unwrap_or_default();
        let start = self.from.map_or(now, |from| from.max(now));
        Window {
            from: self.from,
            to: self.to.unwrap_or(start + Duration::days(731)),
        }
    }

    fn is_open(&self) -> bool {
        self.from.is_none() && self.to.is_none()
    }

    fn has(&self, event: &Event, calendar: &Calendar) -> bool {
        let (Some(start), Some(end)) = (event.start(), event.end()) else {
            return self.is_open();
        };
        let from = self
            .from
            .is_none_or(|from| end.instant(calendar.zone) > from);
        from && self.to.is_none_or(|to| start.instant(calendar.zone) < to)
    }
}

/// The events of a window; series as instances, or as themselves beside their exceptions.
fn candidates(calendar: &Calendar, now_ms: i64, span: &Span, singles: bool) -> Vec<Event> {
    let window = span.window(now_ms);
    let mut found = Vec::new();
    for event in calendar.events.values() {
        let whole = calendar.whole(event);
        let has_series = event
            .series
            .as_ref()
            .is_some_and(|series| calendar.events.contains_key(&series.id));
        if event.is_recurring() {
            let instances = expand::instances(calendar, event, window);
            if singles {
                found.extend(instances);
            } else if span.is_open() || !instances.is_empty() {
                found.push(whole);
            }
        } else if !(singles && has_series) && span.has(&whole, calendar) {
            found.push(whole);
        }
    }
    found
}

fn series_lives(calendar: &Calendar, event: &Event) -> bool {
    event.series.as_ref().is_some_and(|series| {
        let master = calendar.events.get(&series.id);
        master.is_some_and(|master| !master.is_cancelled())
    })
}

/// Whether the filters of a call let an event through.
fn is_wanted(call: &Call, view: View<'_>, event: &Event) -> bool {
    let kinds = call.query.get("eventTypes");
    let kind = match event.text("eventType") {
        "" => "default",
        kind => kind,
    };
    let updated = call.query_one("updatedMin").and_then(times::rfc3339);
    let uid = call.query_one("iCalUID");
    kinds.is_none_or(|kinds| kinds.iter().any(|it| it == kind))
        && updated.is_none_or(|least| event.updated_ms() >= least.timestamp_millis())
        && uid.is_none_or(|uid| event.text("iCalUID") == uid)
        && call
            .query_one("q")
            .is_none_or(|q| !view.hides(event) && matches(event, q))
        && has_properties(call, event, "private")
        && has_properties(call, event, "shared")
}

fn has_properties(call: &Call, event: &Event, kind: &str) -> bool {
    let wanted = call.query.get(&format!("{kind}ExtendedProperty"));
    wanted.into_iter().flatten().all(|wanted| {
        wanted
            .split_once('=')
            .is_some_and(|(name, value)| event.value("extendedProperties")[kind][name] == value)
    })
}

/// Whether every word of a search is in one of the fields that Google searches.
fn matches(event: &Event, q: &str) -> bool {
    let mut text = String::new();
    for name in ["summary", "description", "location"] {
        text.push_str(event.text(name));
        text.push('\n');
    }
    let people = event.attendees().iter().chain([event.value("organizer")]);
    for person in people {
        for name in ["displayName", "email"] {
            text.push_str(person[name].as_str().unwrap_or_default());
            text.push('\n');
        }
    }
    let text = text.to_lowercase();
    q.to_lowercase()
        .split_whitespace()
        .all(|word| text.contains(word.trim_matches('"')))
}

fn answer(
    calendars: &Calendars,
    call: &Call,
    calendar: &Calendar,
    found: Vec<Event>,
) -> Result<Reply, ApiError> {
    let view = calendars.view(call, calendar)?;
    let order = call.query_one("orderBy").unwrap_or_default().to_owned();
    let is_instances = call.method.ends_with(".instances");
    let key = |event: &Event| {
        let start = event.start().map(|start| start.instant(calendar.zone));
        let at = match order.as_str() {
            "updated" => event.updated_ms(),
            "startTime" => start.map_or(i64::MIN, |start| start.timestamp_millis()),
            _ if is_instances => start.map_or(i64::MIN, |start| start.timestamp_millis()),
            _ => 0,
        };
        (at, event.id.clone())
    };
    let page = page::of(call, (SIZES.0, SIZES.1, calendars.change), found, key)?;
    let entry = calendars.person(call)?.list.get(&calendar.id);
    let reminders = entry.and_then(|entry| entry.fields.get("defaultReminders"));
    let mut reply = json!({
        "kind": "calendar#events",
        "etag": list_etag(calendar.change),
        "summary": calendar.summary(),
        "updated": times::stamp(calendars.now_ms),
        "timeZone": view.zone.name(),
        "accessRole": view.role.name(),
        "defaultReminders": reminders.cloned().unwrap_or_else(|| json!([])),
        "items": page.items.iter().map(|event| view.of(event)).collect::<Vec<Value>>(),
    });
    if let Some(description) = calendar.fields.get("description") {
        reply["description"] = description.clone();
    }
    let is_whole = NOT_WITH_SYNC
        .iter()
        .all(|name| !call.query.contains_key(*name));
    if is_whole && !is_instances {
        page.sign(&mut reply, call, calendars.now_ms);
    } else {
        page.sign_next(&mut reply);
    }
    Ok(Reply::Json(reply))
}
