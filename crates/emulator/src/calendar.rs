//! Calendar: the calendars of all accounts, and Google's methods on them.
//!
//! Written from Calendar's discovery document and Google's documentation. Where both are silent:
//! an instance that was changed has the fields that were, and goes on taking the rest from its
//! series; a series whose times or rule change loses those of its changed instances that it does not
//! have any more; a wall-clock time in a gap or a fold is read as RFC 5545 says; who shares a calendar
//! with somebody does not put it on their list; an invited person who has not answered is busy; a
//! person's copy of an event has its own reminders, colour, transparency and visibility; a list of
//! instances without an end ends two years from now; deleting an invitation declines it;
//! an instance that somebody answered for has its own list of attendees from then on; the owner alone
//! sees the working hours of a calendar.

mod access;
mod attachments;
mod check;
mod collections;
mod conference;
mod dates;
mod errors;
mod events;
mod expand;
mod freebusy;
mod guests;
mod ical;
mod listing;
mod lists;
mod mail;
mod methods;
mod page;
mod plant;
mod quick;
mod recur;
mod respond;
mod settings;
mod store;
mod times;
mod view;
mod write;

use std::collections::BTreeMap;

use chrono_tz::Tz;
use serde_json::Value;

pub(crate) use self::methods::METHODS;
pub(crate) use self::plant::check as check_seed;
use self::store::{Calendar, Person, Role};
use self::view::View;
use crate::call::{ApiError, Call, Reply};
use crate::random;

/// A mail about an event.
#[derive(Debug, Clone)]
pub(crate) struct Letter {
    /// The bare address of the recipient.
    pub(crate) to: String,
    pub(crate) raw: Vec<u8>,
}

/// All calendars of an emulator.
#[derive(Debug)]
pub(crate) struct Calendars {
    /// By lower-case address.
    people: BTreeMap<String, Person>,
    /// By lower-case id.
    all: BTreeMap<String, Calendar>,
    /// Counts the changes of all calendars.
    change: u64,
    now_ms: i64,
    outgoing: Vec<Letter>,
}

impl Calendars {
    /// The mails that were sent since the last time this was asked.
    pub(crate) fn take_outgoing(&mut self) -> Vec<Letter> {
        std::mem::take(&mut self.outgoing)
    }

    fn tick(&mut self) -> u64 {
        self.change += 1;
        self.change
    }

    /// An id that no event has, of the letters that Google's have.
    fn fresh_id(&mut self) -> String {
        let change = self.tick();
        let digest = random::sha256(&format!("calendar event {change}"));
        digest
            .bytes()
            .filter(u8::is_ascii_alphanumeric)
            .map(|byte| char::from(byte.to_ascii_lowercase()))
            .filter(|letter| matches!(letter, 'a'..='v' | '0'..='9'))
            .take(26)
            .collect()
    }

    fn person(&self, call: &Call) -> Result<&Person, ApiError> {
        self.people
            .get(&call.account.to_ascii_lowercase())
            .ok_or_else(errors::not_found)
    }

    /// A calendar by the id that a call gives, where `primary` is the caller's own.
    fn find(&self, call: &Call, id: &str) -> Result<&Calendar, ApiError> {
        let id = if id == "primary" { &call.account } else { id };
        self.all
            .get(&id.to_ascii_lowercase())
            .ok_or_else(errors::not_found)
    }

    /// The calendar of a call's path, for a caller who has that role at least.
    fn need(&self, call: &Call, role: Role) -> Result<(&Calendar, Role), ApiError> {
        let calendar = self.find(call, call.path_one("calendarId"))?;
        let has = calendar.need(self.person(call)?, role)?;
        Ok((calendar, has))
    }

    fn calendar_mut(&mut self, id: &str) -> Result<&mut Calendar, ApiError> {
        self.all
            .get_mut(&id.to_ascii_lowercase())
            .ok_or_else(errors::not_found)
    }

    /// The event of a calendar as the caller sees it.
    fn shown(&self, call: &Call, calendar: &str, event: &str) -> Result<Reply, ApiError> {
        let calendar = self
            .all
            .get(&calendar.to_ascii_lowercase())
            .ok_or_else(errors::not_found)?;
        let event = calendar.event(event).ok_or_else(errors::not_found)?;
        Ok(Reply::Json(self.view(call, calendar)?.of(&event)))
    }

    /// How the caller sees the events of a calendar.
    fn view<'a>(&self, call: &Call, calendar: &'a Calendar) -> Result<View<'a>, ApiError> {
        let zone = match call.query_one("timeZone") {
            Some(name) => {
                times::zone(name).ok_or_else(|| errors::invalid("Invalid time zone definition."))?
            }
            None => calendar.zone,
        };
        let max_attendees = call.query_one("maxAttendees");
        Ok(View {
            calendar,
            role: calendar.role_of(self.person(call)?),
            zone,
            max_attendees: max_attendees.and_then(|most| most.parse().ok()),
        })
    }
}

/// Refuses a call that was made for another version.
fn check_match(call: &Call, etag: &str) -> Result<(), ApiError> {
    match call.if_match.as_deref() {
        Some(wanted) if wanted != "*" && wanted != etag => Err(errors::condition()),
        _ => Ok(()),
    }
}

/// The document, or nothing when the caller has this version of it.
fn unless_known(call: &Call, document: Value) -> Reply {
    match &call.if_none_match {
        Some(known) if document["etag"] == known.as_str() => Reply::Unchanged,
        _ => Reply::Json(document),
    }
}

/// The zone that a field names.
///
/// # Errors
/// When it is no IANA zone.
fn zone_field(value: &Value) -> Result<Option<Tz>, ApiError> {
    value
        .as_str()
        .map(|name| times::zone(name).ok_or_else(|| errors::invalid("Invalid time zone value.")))
        .transpose()
}

/// The etag of a list.
fn list_etag(change: u64) -> String {
    format!("\"p{change:x}\"")
}

#[cfg(test)]
mod tests;
