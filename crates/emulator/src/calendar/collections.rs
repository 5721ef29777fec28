//! Calendars themselves: their names, zones and ends.

use std::collections::BTreeMap;

use chrono_tz::Tz;
use serde_json::{Map, Value, json};

use super::errors::{self, invalid, required};
use super::store::{Calendar, Person, Role, Rule, etag};
use super::{Calendars, check_match, unless_known, zone_field};
use crate::call::{ApiError, Call, Reply};

/// What may be set of a calendar, beside its zone.
const SETTABLE: &[&str] = &["description", "location", "summary", "workingHours"];

/// `calendars.get`.
pub(super) fn get(calendars: &Calendars, call: &Call) -> Result<Reply, ApiError> {
    let (calendar, role) = calendars.need(call, Role::FreeBusyReader)?;
    Ok(unless_known(call, shown(calendar, role)))
}

/// `calendars.insert`: a secondary calendar of the caller's.
pub(super) fn insert(calendars: &mut Calendars, call: &Call) -> Result<Reply, ApiError> {
    let body = call.json();
    let zone = zone_field(&body["timeZone"])?.unwrap_or(Tz::UTC);
    let id = format!("c_{}@group.calendar.google.com", calendars.fresh_id());
    let mut calendar = new(&id, &call.account, zone, calendars.tick());
    calendar.fields = read(body, Map::new());
    if calendar.summary().is_empty() {
        return Err(required("Missing summary."));
    }
    let reply = shown(&calendar, Role::Owner);
    calendars.all.insert(id.clone(), calendar);
    calendars.enlist(&call.account, &id, Map::new());
    Ok(Reply::Json(reply))
}

/// `calendars.patch` and `calendars.update`.
pub(super) fn change(
    calendars: &mut Calendars,
    call: &Call,
    is_patch: bool,
) -> Result<Reply, ApiError> {
    let (calendar, role) = calendars.need(call, Role::Owner)?;
    check_match(call, &etag(calendar.metadata))?;
    let person = calendars.person(call)?;
    let body = call.json();
    check_hours(calendar, person, &body["workingHours"])?;
    let zone = zone_field(&body["timeZone"])?;
    let old = if is_patch {
        calendar.fields.clone()
    } else {
        let mut kept = calendar.fields.clone();
        kept.retain(|name, _| name == "workingHours");
        kept
    };
    let fields = read(body, old);
    if fields["summary"].as_str().is_none_or(str::is_empty) {
        return Err(required("Missing summary."));
    }
    let id = calendar.id.clone();
    let change = calendars.tick();
    let calendar = calendars.calendar_mut(&id)?;
    calendar.fields = fields;
    calendar.zone = zone.unwrap_or(calendar.zone);
    (calendar.change, calendar.metadata) = (change, change);
    Ok(Reply::Json(shown(calendar, role)))
}

/// `calendars.delete`: secondary calendars only.
pub(super) fn delete(calendars: &mut Calendars, call: &Call) -> Result<Reply, ApiError> {
    let (calendar, _) = calendars.need(call, Role::Owner)?;
    if calendar.is_primary {
        return Err(errors::forbidden(
            "cannotDeletePrimaryCalendar",
            "The primary calendar of an account cannot be deleted.",
        ));
    }
    let id = calendar.id.to_ascii_lowercase();
    calendars.all.remove(&id);
    let change = calendars.tick();
    for person in calendars.people.values_mut() {
        if let Some(entry) = person.list.get_mut(&id) {
            entry.is_deleted = true;
            entry.change = change;
        }
    }
    Ok(Reply::Empty)
}

/// An empty calendar of somebody's.
pub(super) fn new(id: &str, owner: &str, zone: Tz, change: u64) -> Calendar {
    let rule = Rule {
        kind: "user".to_owned(),
        value: owner.to_owned(),
        role: Role::Owner,
        change,
    };
    Calendar {
        id: id.to_owned(),
        fields: Map::new(),
        zone,
        owner: owner.to_owned(),
        is_primary: id.eq_ignore_ascii_case(owner),
        rules: BTreeMap::from([(rule.id(), rule)]),
        events: BTreeMap::new(),
        change,
        metadata: change,
    }
}

fn check_hours(calendar: &Calendar, person: &Person, hours: &Value) -> Result<(), ApiError> {
    if hours.is_null() {
        return Ok(());
    }
    if !calendar.is_primary || person.hosted_domain.is_none() {
        return Err(invalid(
            "Working hours are available for primary calendars of Google Workspace users only.",
        ));
    }
    let times = hours["availableTimes"].as_array();
    if hours["workingHoursEnabled"] == true && times.is_none_or(Vec::is_empty) {
        return Err(invalid("Working hours cannot be enabled without times."));
    }
    Ok(())
}

fn read(body: &Value, old: Map<String, Value>) -> Map<String, Value> {
    let mut fields = old;
    let given = body.as_object().into_iter().flatten();
    for (name, value) in given.filter(|(name, _)| SETTABLE.contains(&name.as_str())) {
        let is_nothing = value.as_object().is_some_and(Map::is_empty) || value.is_null();
        if name == "workingHours" && is_nothing {
            continue;
        }
        if value.is_null() {
            fields.remove(name);
        } else {
            fields.insert(name.clone(), value.clone());
        }
    }
    fields
}

fn shown(calendar: &Calendar, role: Role) -> Value {
    let mut shown = json!({
        "kind": "calendar#calendar",
        "etag": etag(calendar.metadata),
        "id": calendar.id,
        "timeZone": calendar.zone.name(),
        "conferenceProperties": { "allowedConferenceSolutionTypes": ["hangoutsMeet"] },
    });
    for (name, value) in &calendar.fields {
        // Whose hours they are, and who manages the calendar, sees them.
        if name != "workingHours" || role == Role::Owner {
            shown[name] = value.clone();
        }
    }
    shown
}
