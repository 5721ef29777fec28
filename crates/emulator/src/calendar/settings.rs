//! A person's settings, and the colours that there are.

use serde_json::{Map, Value, json};

use super::errors;
use super::{Calendars, list_etag, page, unless_known};
use crate::call::{ApiError, Call, Reply};

/// What holds for who has set nothing else.
const DEFAULTS: &[(&str, &str)] = &[
    ("autoAddHangouts", "false"),
    ("dateFieldOrder", "MDY"),
    ("defaultEventLength", "60"),
    ("format24HourTime", "false"),
    ("hideInvitations", "false"),
    ("hideWeekends", "false"),
    ("locale", "en"),
    ("remindOnRespondedEventsOnly", "false"),
    ("showDeclinedEvents", "true"),
    ("useKeyboardShortcuts", "true"),
    ("weekStart", "0"),
];

/// The colours of calendars, from the first id.
const CALENDAR_COLORS: &[&str] = &[
    "#ac725e", "#d06b64", "#f83a22", "#fa573c", "#ff7537", "#ffad46", "#42d692", "#16a765",
    "#7bd148", "#b3dc6c", "#fbe983", "#fad165", "#92e1c0", "#9fe1e7", "#9fc6e7", "#4986e7",
    "#9a9cff", "#b99aff", "#c2c2c2", "#cabdbf", "#cca6ac", "#f691b2", "#cd74e6", "#a47ae2",
];

/// The colours of events, from the first id.
const EVENT_COLORS: &[&str] = &[
    "#a4bdfc", "#7ae7bf", "#dbadff", "#ff887c", "#fbd75b", "#ffb878", "#46d6db", "#e1e1e1",
    "#5484ed", "#51b749", "#dc2127",
];

const FOREGROUND: &str = "#1d1d1d";

/// `settings.list`.
pub(super) fn list(calendars: &Calendars, call: &Call) -> Result<Reply, ApiError> {
    let all = all(calendars, call)?;
    let since = page::since(call, calendars.now_ms)?;
    // Settings do not change here, so that a token for changes finds none.
    let all = if since.is_some() { Vec::new() } else { all };
    let page = page::of(call, (100, 250, calendars.change), all, |(id, _)| {
        (0, id.clone())
    })?;
    let items: Vec<Value> = page.items.iter().map(shown).collect();
    let mut reply = json!({
        "kind": "calendar#settings",
        "etag": list_etag(0),
        "items": items,
    });
    page.sign(&mut reply, call, calendars.now_ms);
    Ok(Reply::Json(reply))
}

/// `settings.get`.
pub(super) fn get(calendars: &Calendars, call: &Call) -> Result<Reply, ApiError> {
    let id = call.path_one("setting");
    let all = all(calendars, call)?;
    let found = all.iter().find(|(known, _)| known == id);
    let found = found.ok_or_else(errors::not_found)?;
    Ok(unless_known(call, shown(found)))
}

/// `colors.get`.
pub(super) fn colors() -> Reply {
    let table = |colors: &[&str]| -> Map<String, Value> {
        let numbered = (1..).zip(colors);
        numbered
            .map(|(id, background): (u32, _)| {
                let pair = json!({ "background": background, "foreground": FOREGROUND });
                (id.to_string(), pair)
            })
            .collect()
    };
    Reply::Json(json!({
        "kind": "calendar#colors",
        "updated": "2012-02-14T00:00:00.000Z",
        "calendar": table(CALENDAR_COLORS),
        "event": table(EVENT_COLORS),
    }))
}

/// The background and the foreground of a calendar's colour.
pub(super) fn calendar_color(id: &str) -> Option<(&'static str, &'static str)> {
    let index = id.parse::<usize>().ok()?.checked_sub(1)?;
    Some((CALENDAR_COLORS.get(index)?, FOREGROUND))
}

fn all(calendars: &Calendars, call: &Call) -> Result<Vec<(String, String)>, ApiError> {
    let person = calendars.person(call)?;
    let mut all: std::collections::BTreeMap<String, String> = DEFAULTS
        .iter()
        .map(|(id, value)| ((*id).to_owned(), (*value).to_owned()))
        .collect();
    let zone = calendars.find(call, "primary")?.zone;
    all.insert("timezone".to_owned(), zone.name().to_owned());
    all.extend(person.settings.clone());
    Ok(all.into_iter().collect())
}

fn shown((id, value): &(String, String)) -> Value {
    json!({
        "kind": "calendar#setting",
        "etag": list_etag(0),
        "id": id,
        "value": value,
    })
}
