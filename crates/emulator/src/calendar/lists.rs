//! The calendars on a person's list.

use serde_json::{Map, Value, json};

use super::errors::{self, invalid};
use super::store::{Calendar, Entry, Role, etag};
use super::{Calendars, check_match, list_etag, page, settings, unless_known};
use crate::call::{ApiError, Call, Reply};

/// Google's page sizes.
const SIZES: (usize, usize) = (100, 250);

/// What a person may set of a calendar on their list.
const SETTABLE: &[&str] = &[
    "backgroundColor",
    "colorId",
    "defaultReminders",
    "foregroundColor",
    "hidden",
    "notificationSettings",
    "selected",
    "summaryOverride",
];

/// `calendarList.list`.
pub(super) fn list(calendars: &Calendars, call: &Call) -> Result<Reply, ApiError> {
    let person = calendars.person(call)?;
    let since = page::since(call, calendars.now_ms)?;
    let least = call.query_one("minAccessRole").and_then(Role::named);
    if since.is_some() && least.is_some() {
        return Err(invalid(
            "The minAccessRole parameter cannot be used together with a sync token.",
        ));
    }
    let asks = |name: &str| call.query_one(name) == Some("true");
    let mut found = Vec::new();
    for (id, entry) in &person.list {
        let shown = calendars
            .all
            .get(id)
            .and_then(|calendar| shown(calendar, entry, calendar.role_of(person)));
        let Some(shown) = shown.filter(|_| !entry.is_deleted) else {
            if since.is_some_and(|since| entry.change > since) || asks("showDeleted") {
                found.push(gone(id, entry));
            }
            continue;
        };
        let role = shown["accessRole"].as_str().and_then(Role::named);
        let is_hidden = shown["hidden"] == true && !asks("showHidden") && since.is_none();
        if !is_hidden
            && role >= least
            && since.is_none_or(|since| version(calendars, id, entry) > since)
        {
            found.push(shown);
        }
    }
    let page = page::of(call, (SIZES.0, SIZES.1, calendars.change), found, |entry| {
        (0, entry["id"].as_str().unwrap_or_default().to_owned())
    })?;
    let mut reply = json!({
        "kind": "calendar#calendarList",
        "etag": list_etag(calendars.change),
        "items": page.items,
    });
    if least.is_none() {
        page.sign(&mut reply, call, calendars.now_ms);
    } else {
        page.sign_next(&mut reply);
    }
    Ok(Reply::Json(reply))
}

/// `calendarList.get`.
pub(super) fn get(calendars: &Calendars, call: &Call) -> Result<Reply, ApiError> {
    let id = calendars
        .find(call, call.path_one("calendarId"))?
        .id
        .clone();
    Ok(unless_known(call, entry(calendars, call, &id)?))
}

/// `calendarList.insert`.
pub(super) fn insert(calendars: &mut Calendars, call: &Call) -> Result<Reply, ApiError> {
    let body = call.json();
    let person = calendars.person(call)?;
    let calendar = calendars.find(call, body["id"].as_str().unwrap_or_default())?;
    calendar.need(person, Role::FreeBusyReader)?;
    let id = calendar.id.clone();
    let fields = read(call, Map::new())?;
    calendars.enlist(&call.account, &id, fields);
    Ok(Reply::Json(entry(calendars, call, &id)?))
}

/// `calendarList.patch` and `calendarList.update`.
pub(super) fn change(
    calendars: &mut Calendars,
    call: &Call,
    is_patch: bool,
) -> Result<Reply, ApiError> {
    let id = calendars
        .find(call, call.path_one("calendarId"))?
        .id
        .clone();
    let now = entry(calendars, call, &id)?;
    check_match(call, now["etag"].as_str().unwrap_or_default())?;
    let person = calendars.person(call)?;
    let old = person.list.get(&id.to_ascii_lowercase());
    let old = old.filter(|_| is_patch).map(|old| old.fields.clone());
    let fields = read(call, old.unwrap_or_default())?;
    calendars.enlist(&call.account, &id, fields);
    Ok(Reply::Json(entry(calendars, call, &id)?))
}

/// `calendarList.delete`.
pub(super) fn delete(calendars: &mut Calendars, call: &Call) -> Result<Reply, ApiError> {
    let calendar = calendars.find(call, call.path_one("calendarId"))?;
    if calendar.is_primary && calendar.owner.eq_ignore_ascii_case(&call.account) {
        return Err(errors::forbidden(
            "forbidden",
            "The primary calendar cannot be taken off the list.",
        ));
    }
    let id = calendar.id.clone();
    entry(calendars, call, &id)?;
    let change = calendars.tick();
    let person = calendars.people.get_mut(&call.account.to_ascii_lowercase());
    if let Some(entry) = person.and_then(|person| person.list.get_mut(&id.to_ascii_lowercase())) {
        entry.is_deleted = true;
        entry.change = change;
    }
    Ok(Reply::Empty)
}

impl Calendars {
    /// Puts a calendar on a person's list, with what they set of it.
    pub(super) fn enlist(&mut self, account: &str, id: &str, fields: Map<String, Value>) {
        let change = self.tick();
        if let Some(person) = self.people.get_mut(&account.to_ascii_lowercase()) {
            let entry = Entry {
                fields,
                change,
                is_deleted: false,
            };
            person.list.insert(id.to_ascii_lowercase(), entry);
        }
    }
}

/// The entry of a calendar on the caller's list.
fn entry(calendars: &Calendars, call: &Call, id: &str) -> Result<Value, ApiError> {
    let person = calendars.person(call)?;
    let calendar = calendars.find(call, id)?;
    person
        .list
        .get(&id.to_ascii_lowercase())
        .filter(|entry| !entry.is_deleted)
        .and_then(|entry| shown(calendar, entry, calendar.role_of(person)))
        .ok_or_else(errors::not_found)
}

/// The fields that a body sets, over those that were.
fn read(call: &Call, old: Map<String, Value>) -> Result<Map<String, Value>, ApiError> {
    let mut fields = old;
    let body = call.json().as_object().into_iter().flatten();
    let uses_rgb = call.query_one("colorRgbFormat") == Some("true");
    for (name, value) in body.filter(|(name, _)| SETTABLE.contains(&name.as_str())) {
        if matches!(name.as_str(), "backgroundColor" | "foregroundColor") && !uses_rgb {
            continue;
        }
        if value.is_null() {
            fields.remove(name);
        } else {
            fields.insert(name.clone(), value.clone());
        }
    }
    if let Some(color) = fields.get("colorId") {
        let known = color.as_str().and_then(settings::calendar_color);
        known.ok_or_else(|| invalid("Invalid color id value."))?;
    }
    let reminders = json!({ "overrides": fields.get("defaultReminders") });
    super::check::reminders(&reminders)?;
    Ok(fields)
}

/// A calendar as it is listed; nothing for who may not see it.
fn shown(calendar: &Calendar, entry: &Entry, role: Role) -> Option<Value> {
    if role == Role::None {
        return None;
    }
    let color = entry.fields.get("colorId").and_then(Value::as_str);
    let color = color.unwrap_or(if calendar.is_primary { "14" } else { "9" });
    let (background, foreground) = settings::calendar_color(color)?;
    let mut shown = json!({
        "kind": "calendar#calendarListEntry",
        "etag": etag(entry.change.max(calendar.metadata)),
        "id": calendar.id,
        "summary": calendar.summary(),
        "timeZone": calendar.zone.name(),
        "colorId": color,
        "backgroundColor": background,
        "foregroundColor": foreground,
        "selected": true,
        "accessRole": role.name(),
        "defaultReminders": [],
        "conferenceProperties": { "allowedConferenceSolutionTypes": ["hangoutsMeet"] },
    });
    for name in ["description", "location"] {
        if let Some(value) = calendar.fields.get(name) {
            shown[name] = value.clone();
        }
    }
    if calendar.is_primary && role == Role::Owner {
        shown["primary"] = true.into();
    }
    for (name, value) in &entry.fields {
        shown[name] = value.clone();
    }
    Some(shown)
}

fn gone(id: &str, entry: &Entry) -> Value {
    json!({
        "kind": "calendar#calendarListEntry",
        "etag": etag(entry.change),
        "id": id,
        "deleted": true,
    })
}

/// When the entry or its calendar changed last.
fn version(calendars: &Calendars, id: &str, entry: &Entry) -> u64 {
    let calendar = calendars.all.get(id);
    entry
        .change
        .max(calendar.map_or(0, |calendar| calendar.metadata))
}
