//! Changing an event: by its organizer, or by somebody who is invited.

use serde_json::{Map, Value, json};

use super::errors::{self, forbidden};
use super::store::{Event, Role, is_address};
use super::write::PRIVATE;
use super::{Calendars, attachments, check, check_match, conference, mail};
use crate::call::{ApiError, Call, Reply};

/// Fields that a change does not hold against a version.
const HOUSEKEEPING: &[&str] = &["created", "etag", "sequence", "updated"];

/// `events.patch` and `events.update`.
pub(super) fn change(
    calendars: &mut Calendars,
    call: &Call,
    is_patch: bool,
) -> Result<Reply, ApiError> {
    let (calendar, _) = calendars.need(call, Role::Writer)?;
    let (calendar_id, zone) = (calendar.id.clone(), calendar.zone);
    let event = calendar
        .event(call.path_one("eventId"))
        .ok_or_else(errors::not_found)?;
    check_match(call, &event.etag())?;
    let mut fields = asked(call, &event, is_patch)?;
    check::normalize(&mut fields, zone)?;
    conference::make(&mut fields)?;
    if fields.get("status").is_some_and(|it| it == "cancelled") && !event.is_cancelled() {
        calendars.remove(call, &calendar_id, &event)?;
    } else if event.organizer().eq_ignore_ascii_case(&calendar_id) {
        calendars.put(&calendar_id, &event, fields)?;
        calendars.spread(&calendar_id, &event.id, Some(&event));
        mail::tell(calendars, call, &calendar_id, Some(&event), &event.id)?;
    } else {
        as_guest(calendars, call, &calendar_id, &event, &fields)?;
    }
    calendars.shown(call, &calendar_id, &event.id)
}

/// The fields that a request wants an event to have.
fn asked(call: &Call, event: &Event, is_patch: bool) -> Result<Map<String, Value>, ApiError> {
    let body = call.json();
    let mut given = check::writable(body);
    conference::hear(call, &mut given)?;
    attachments::hear(call, &mut given);
    if event.series.is_some() {
        given.remove("recurrence");
    }
    if body["attendeesOmitted"] == true {
        let entries = given.get("attendees").and_then(Value::as_array);
        let entries = entries.map_or(&[][..], Vec::as_slice);
        let kept = with_entries(event.attendees(), entries);
        given.insert("attendees".to_owned(), kept.into());
    }
    if is_patch {
        let mut fields = event.fields.clone();
        check::merge(&mut fields, &given);
        return Ok(fields);
    }
    // What a request cannot set stays, and so do a conference and files that the caller knows nothing of.
    for (name, value) in &event.fields {
        let single = Value::Object(Map::from_iter([(name.clone(), value.clone())]));
        let is_set_by_google = check::writable(&single).is_empty();
        let is_unheard = match name.as_str() {
            "conferenceData" => !conference::is_known(call),
            "attachments" => !attachments::is_known(call),
            _ => false,
        };
        if is_set_by_google || is_unheard {
            given.insert(name.clone(), value.clone());
        }
    }
    given.entry("status").or_insert_with(|| "confirmed".into());
    Ok(given)
}

/// The attendees with some entries in the place of those with the same address.
fn with_entries(attendees: &[Value], entries: &[Value]) -> Vec<Value> {
    let mut kept = attendees.to_vec();
    for entry in entries {
        let email = entry["email"].as_str().unwrap_or_default();
        match kept.iter_mut().find(|old| is_address(&old["email"], email)) {
            Some(old) => {
                let fields = entry.as_object().into_iter().flatten();
                for (name, value) in fields {
                    old[name] = value.clone();
                }
            }
            None => kept.push(entry.clone()),
        }
    }
    kept
}

/// What an invited person wants of an event that is not theirs.
struct Wish {
    /// Fields that everybody sees.
    shared: Map<String, Value>,
    /// Their own answer, and whom they invite.
    entries: Vec<Value>,
}

/// A change by somebody who is invited: their answer goes to the organizer, what is theirs stays
/// theirs, and the rest only where guests may change the event.
fn as_guest(
    calendars: &mut Calendars,
    call: &Call,
    calendar: &str,
    event: &Event,
    fields: &Map<String, Value>,
) -> Result<(), ApiError> {
    let wish = wish(calendar, event, fields)?;
    let mut own = event.fields.clone();
    for name in PRIVATE.iter().chain(&["extendedProperties", "status"]) {
        match fields.get(*name) {
            Some(value) => drop(own.insert((*name).to_owned(), value.clone())),
            None => drop(own.remove(*name)),
        }
    }
    if own != event.fields {
        calendars.put(calendar, event, own)?;
    }
    if wish.shared.is_empty() && wish.entries.is_empty() {
        return Ok(());
    }
    calendars.suggest(call, calendar, event, &wish)
}

/// Reads what an invited person wants, and refuses what guests of this event may not.
fn wish(calendar: &str, event: &Event, fields: &Map<String, Value>) -> Result<Wish, ApiError> {
    let may_modify = event.value("guestsCanModify") == &Value::Bool(true);
    let may_invite = may_modify || event.value("guestsCanInviteOthers") != &Value::Bool(false);
    let shared = changed(event, fields);
    let wanted = fields.get("attendees").and_then(Value::as_array);
    let (mut entries, mut invites) = (Vec::new(), false);
    for entry in wanted.into_iter().flatten() {
        let email = entry["email"].as_str().unwrap_or_default();
        let is_new = event.attendee(email).is_none();
        invites |= is_new;
        if is_new || email.eq_ignore_ascii_case(calendar) {
            entries.push(entry.clone());
        }
    }
    if (!shared.is_empty() && !may_modify) || (invites && !may_invite) {
        return Err(forbidden(
            "forbiddenForNonOrganizer",
            "Shared properties can only be changed by the organizer of the event.",
        ));
    }
    Ok(Wish { shared, entries })
}

/// The fields that everybody sees and that are to be others; null for those that are to go.
fn changed(event: &Event, fields: &Map<String, Value>) -> Map<String, Value> {
    let is_theirs = |name: &str| {
        PRIVATE.contains(&name)
            || HOUSEKEEPING.contains(&name)
            || matches!(name, "attendees" | "extendedProperties" | "status")
    };
    let names = fields.keys().chain(event.fields.keys());
    names
        .filter(|name| !is_theirs(name))
        .map(|name| (name, fields.get(name).unwrap_or(&Value::Null)))
        .filter(|(name, value)| event.value(name) != *value)
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

impl Calendars {
    /// Takes an invited person's answer to the organizer.
    pub(super) fn answer(
        &mut self,
        call: &Call,
        calendar: &str,
        event: &Event,
        answer: &str,
    ) -> Result<(), ApiError> {
        let entry = json!({ "email": calendar, "responseStatus": answer });
        let wish = Wish {
            shared: Map::new(),
            entries: vec![entry],
        };
        self.suggest(call, calendar, event, &wish)
    }

    /// Takes entries of attendees and shared fields to the organizer's event, and from there to all.
    fn suggest(
        &mut self,
        call: &Call,
        calendar: &str,
        event: &Event,
        wish: &Wish,
    ) -> Result<(), ApiError> {
        let Wish { shared, entries } = wish;
        let organizer = event.organizer().to_owned();
        let theirs = self
            .current(&organizer, &event.id)
            .ok()
            .filter(|theirs| theirs.organizer().eq_ignore_ascii_case(&organizer));
        let (home, base) = match theirs {
            Some(theirs) => (organizer, theirs),
            None => (calendar.to_owned(), self.current(calendar, &event.id)?),
        };
        let mut fields = base.fields.clone();
        check::merge(&mut fields, shared);
        let attendees = with_entries(base.attendees(), entries);
        if !attendees.is_empty() {
            fields.insert("attendees".to_owned(), attendees.into());
        }
        if fields != base.fields {
            self.put(&home, &base, fields)?;
            self.spread(&home, &event.id, Some(&base));
            // An answer is the organizer's to know; what changes the event is everybody's.
            let is_own = |entry: &Value| is_address(&entry["email"], calendar);
            if !shared.is_empty() || !entries.iter().all(is_own) {
                mail::tell(self, call, &home, Some(&base), &event.id)?;
            }
        }
        mail::reply(self, call, calendar, event)
    }
}
