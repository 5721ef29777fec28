//! What an event may hold: a request's fields checked and put into the form in which they are kept.

use std::collections::BTreeSet;

use chrono_tz::Tz;
use serde_json::{Map, Value};

use super::errors::{empty_range, invalid, required};
use super::recur::Recurrence;
use super::times::Moment;
use crate::call::ApiError;

/// What a request cannot set, or sets by other means.
const READ_ONLY: &[&str] = &[
    "attendeesOmitted",
    "created",
    "creator",
    "endTimeUnspecified",
    "etag",
    "hangoutLink",
    "htmlLink",
    "iCalUID",
    "id",
    "kind",
    "locked",
    "organizer",
    "originalStartTime",
    "privateCopy",
    "recurringEventId",
    "sequence",
    "updated",
];

/// Fields that take few values.
const CHOICES: &[(&str, &[&str])] = &[
    ("status", &["confirmed", "tentative", "cancelled"]),
    ("transparency", &["opaque", "transparent"]),
    (
        "visibility",
        &["default", "public", "private", "confidential"],
    ),
    (
        "eventType",
        &[
            "birthday",
            "default",
            "focusTime",
            "fromGmail",
            "outOfOffice",
            "workingLocation",
        ],
    ),
];

const RESPONSES: &[&str] = &["needsAction", "declined", "tentative", "accepted"];

/// The fields of a body that a request may set.
pub(super) fn writable(body: &Value) -> Map<String, Value> {
    let fields = body.as_object().into_iter().flatten();
    fields
        .filter(|(name, _)| !READ_ONLY.contains(&name.as_str()))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// Lays a patch over a value: objects are merged, null takes away, all else replaces.
pub(super) fn merge(target: &mut Map<String, Value>, patch: &Map<String, Value>) {
    for (name, value) in patch {
        match (target.get_mut(name), value) {
            (_, Value::Null) => drop(target.remove(name)),
            (Some(Value::Object(old)), Value::Object(new)) => merge(old, new),
            (_, Value::Object(new)) => {
                let mut fresh = Map::new();
                merge(&mut fresh, new);
                target.insert(name.clone(), fresh.into());
            }
            _ => drop(target.insert(name.clone(), value.clone())),
        }
    }
}

/// Checks the fields and puts times and attendees into the form in which they are kept.
///
/// # Errors
/// As Google refuses the first that cannot be.
pub(super) fn normalize(fields: &mut Map<String, Value>, zone: Tz) -> Result<(), ApiError> {
    fields.retain(|_, value| !value.is_null());
    let null = Value::Null;
    let start = fields.get("start").unwrap_or(&null).clone();
    times(fields, zone)?;
    recurrence(fields, &start)?;
    for (name, values) in CHOICES {
        if let Some(value) = fields.get(*name).and_then(Value::as_str)
            && !values.contains(&value)
        {
            return Err(invalid(format!("Invalid {name} value.")));
        }
    }
    color(fields)?;
    reminders(fields.get("reminders").unwrap_or(&null))?;
    attendees(fields)
}

fn times(fields: &mut Map<String, Value>, zone: Tz) -> Result<(), ApiError> {
    let read = |name: &str| Moment::read(fields.get(name).unwrap_or(&Value::Null), name, zone);
    let (start, end) = (read("start")?, read("end")?);
    if start.is_day() != end.is_day() {
        return Err(invalid(
            "Start and end times must either both be date or both be dateTime.",
        ));
    }
    let (first, last) = (start.instant(Tz::UTC), end.instant(Tz::UTC));
    // A meeting may take no time; a day that ends on its own morning is none.
    if last < first || (start.is_day() && last == first) {
        return Err(empty_range());
    }
    fields.insert("start".to_owned(), start.kept());
    fields.insert("end".to_owned(), end.kept());
    Ok(())
}

fn recurrence(fields: &mut Map<String, Value>, given: &Value) -> Result<(), ApiError> {
    let Some(lines) = fields.get("recurrence") else {
        return Ok(());
    };
    if lines.as_array().is_none_or(Vec::is_empty) {
        fields.remove("recurrence");
        return Ok(());
    }
    if given["dateTime"].is_string() && !given["timeZone"].is_string() {
        return Err(required("Missing time zone definition for start time."));
    }
    let start = Moment::read(&fields["start"], "start", Tz::UTC)?;
    Recurrence::read(lines, start).map(drop)
}

fn color(fields: &Map<String, Value>) -> Result<(), ApiError> {
    let Some(color) = fields.get("colorId").and_then(Value::as_str) else {
        return Ok(());
    };
    match color.parse::<u8>() {
        Ok(1..=11) => Ok(()),
        _ => Err(invalid("Invalid color id value.")),
    }
}

/// The limits that the documents of `reminders` and of Calendar's reminders give.
pub(super) fn reminders(reminders: &Value) -> Result<(), ApiError> {
    let overrides = reminders["overrides"].as_array();
    let overrides = overrides.map_or(&[][..], Vec::as_slice);
    if reminders["useDefault"] == true && !overrides.is_empty() {
        return Err(ApiError {
            reason: "cannotUseDefaultRemindersAndSpecifyOverride",
            ..invalid("Cannot specify both default reminders and overrides at the same time.")
        });
    }
    if overrides.len() > 5 {
        return Err(invalid("Too many override reminders."));
    }
    for reminder in overrides {
        let is_lawful = matches!(reminder["method"].as_str(), Some("email" | "popup"))
            && matches!(reminder["minutes"].as_i64(), Some(0..=40_320));
        if !is_lawful {
            return Err(invalid("Invalid reminder."));
        }
    }
    Ok(())
}

fn attendees(fields: &mut Map<String, Value>) -> Result<(), ApiError> {
    let Some(Value::Array(entries)) = fields.get_mut("attendees") else {
        return Ok(());
    };
    let mut seen = BTreeSet::new();
    let mut kept = Vec::new();
    for entry in entries.drain(..) {
        let Value::Object(mut entry) = entry else {
            return Err(invalid("Invalid attendee."));
        };
        entry.retain(|name, value| {
            !value.is_null() && !matches!(name.as_str(), "self" | "organizer" | "id")
        });
        let email = entry
            .get("email")
            .and_then(Value::as_str)
            .unwrap_or_default();
        if !is_email(email) {
            return Err(invalid("Invalid attendee email."));
        }
        let is_new = seen.insert(email.to_ascii_lowercase());
        let response = entry
            .entry("responseStatus")
            .or_insert_with(|| "needsAction".into());
        if !RESPONSES.iter().any(|known| response == known) {
            return Err(invalid("Invalid attendee response status."));
        }
        if is_new {
            kept.push(Value::Object(entry));
        }
    }
    if kept.is_empty() {
        fields.remove("attendees");
    } else {
        fields.insert("attendees".to_owned(), kept.into());
    }
    Ok(())
}

fn is_email(text: &str) -> bool {
    text.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty()
            && !domain.is_empty()
            && !text.contains(|c: char| c.is_whitespace() || "<>,;\"".contains(c))
            && !domain.contains('@')
    })
}

/// Whether a request may choose this id for its event.
pub(super) fn is_event_id(id: &str) -> bool {
    (5..=1024).contains(&id.len())
        && id
            .bytes()
            .all(|byte| matches!(byte, b'a'..=b'v' | b'0'..=b'9'))
}
