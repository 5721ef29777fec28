//! Reading, making, deleting and moving events.

use serde_json::{Map, Value, json};

use super::errors::{self, forbidden, invalid};
use super::store::{Event, Role};
use super::{
    Calendars, attachments, check, check_match, conference, mail, quick, times, unless_known,
};
use crate::call::{ApiError, Call, Reply};

/// `events.get`.
pub(super) fn get(calendars: &Calendars, call: &Call) -> Result<Reply, ApiError> {
    let (calendar, _) = calendars.need(call, Role::FreeBusyReader)?;
    let id = calendar.id.clone();
    match calendars.shown(call, &id, call.path_one("eventId"))? {
        Reply::Json(event) => Ok(unless_known(call, event)),
        other => Ok(other),
    }
}

/// `events.insert`.
pub(super) fn insert(calendars: &mut Calendars, call: &Call) -> Result<Reply, ApiError> {
    let (calendar, _) = calendars.need(call, Role::Writer)?;
    let (calendar_id, zone) = (calendar.id.clone(), calendar.zone);
    let body = call.json();
    let mut fields = check::writable(body);
    conference::hear(call, &mut fields)?;
    attachments::hear(call, &mut fields);
    check::normalize(&mut fields, zone)?;
    conference::make(&mut fields)?;
    let id = match body["id"].as_str() {
        Some(id) if !check::is_event_id(id) => return Err(invalid("Invalid resource id value.")),
        Some(id) => id.to_owned(),
        None => calendars.fresh_id(),
    };
    let uid = body["iCalUID"].as_str().map(str::to_owned);
    let calendar = calendars.calendar_mut(&calendar_id)?;
    let has_uid = |event: &Event| Some(event.text("iCalUID")) == uid.as_deref();
    if calendar.events.contains_key(&id) || calendar.events.values().any(has_uid) {
        return Err(errors::duplicate());
    }
    let uid = uid.unwrap_or_else(|| format!("{id}@google.com"));
    fields.insert("iCalUID".to_owned(), uid.into());
    calendars.add(&calendar_id, &call.account, &id, fields)?;
    calendars.spread(&calendar_id, &id, None);
    mail::tell(calendars, call, &calendar_id, None, &id)?;
    calendars.shown(call, &calendar_id, &id)
}

/// `events.import`: a private copy, of which nobody is told.
pub(super) fn import(calendars: &mut Calendars, call: &Call) -> Result<Reply, ApiError> {
    let (calendar, _) = calendars.need(call, Role::Writer)?;
    let (calendar_id, zone) = (calendar.id.clone(), calendar.zone);
    let body = call.json();
    let mut fields = check::writable(body);
    conference::hear(call, &mut fields)?;
    attachments::hear(call, &mut fields);
    check::normalize(&mut fields, zone)?;
    let uid = body["iCalUID"].as_str().unwrap_or_default();
    let known = calendar
        .events
        .values()
        .find(|event| event.text("iCalUID") == uid && event.series.is_none());
    let id = match known {
        Some(event) => event.id.clone(),
        None => calendars.fresh_id(),
    };
    fields.insert("iCalUID".to_owned(), uid.into());
    if body["organizer"]["email"].is_string() {
        fields.insert("organizer".to_owned(), body["organizer"].clone());
    }
    calendars.add(&calendar_id, &call.account, &id, fields)?;
    calendars.shown(call, &calendar_id, &id)
}

/// `events.quickAdd`.
pub(super) fn quick_add(calendars: &mut Calendars, call: &Call) -> Result<Reply, ApiError> {
    let (calendar, _) = calendars.need(call, Role::Writer)?;
    let (calendar_id, zone) = (calendar.id.clone(), calendar.zone);
    let text = call.query_one("text").unwrap_or_default();
    let mut fields = quick::read(text, calendars.now_ms, zone);
    check::normalize(&mut fields, zone)?;
    let id = calendars.fresh_id();
    fields.insert("iCalUID".to_owned(), format!("{id}@google.com").into());
    calendars.add(&calendar_id, &call.account, &id, fields)?;
    calendars.shown(call, &calendar_id, &id)
}

/// `events.delete`.
pub(super) fn delete(calendars: &mut Calendars, call: &Call) -> Result<Reply, ApiError> {
    let (calendar, _) = calendars.need(call, Role::Writer)?;
    let calendar_id = calendar.id.clone();
    let event = calendar
        .event(call.path_one("eventId"))
        .ok_or_else(errors::not_found)?;
    if event.is_cancelled() {
        return Err(errors::deleted());
    }
    check_match(call, &event.etag())?;
    calendars.remove(call, &calendar_id, &event)?;
    Ok(Reply::Empty)
}

/// `events.move`: another calendar becomes the organizer.
pub(super) fn relocate(calendars: &mut Calendars, call: &Call) -> Result<Reply, ApiError> {
    let (calendar, _) = calendars.need(call, Role::Writer)?;
    let source = calendar.id.clone();
    let destination = call.query_one("destination").unwrap_or_default();
    let target = calendars.find(call, destination)?;
    target.need(calendars.person(call)?, Role::Writer)?;
    let (target, organizer) = (target.id.clone(), organizer_of(target));
    let event = calendar
        .event(call.path_one("eventId"))
        .ok_or_else(errors::not_found)?;
    check_move(&event, &source, calendars, &target)?;
    let mut moved = calendars.current(&source, &event.id)?;
    moved.fields.insert("organizer".to_owned(), organizer);
    moved.change = calendars.tick();
    let updated = times::stamp(calendars.now_ms);
    moved.fields.insert("updated".to_owned(), updated.into());
    let exceptions = calendars.take_exceptions(&source, &event.id)?;
    calendars.cancel(&source, &event)?;
    let into = calendars.calendar_mut(&target)?;
    into.events.insert(event.id.clone(), moved);
    for exception in exceptions {
        into.events.insert(exception.id.clone(), exception);
    }
    calendars.spread(&target, &event.id, None);
    mail::tell(calendars, call, &target, Some(&event), &event.id)?;
    calendars.shown(call, &target, &event.id)
}

fn check_move(
    event: &Event,
    source: &str,
    calendars: &Calendars,
    target: &str,
) -> Result<(), ApiError> {
    if event.is_cancelled() {
        return Err(errors::not_found());
    }
    if event.series.is_some() {
        return Err(forbidden(
            "cannotChangeOrganizerOfInstance",
            "Cannot change the organizer of an instance.",
        ));
    }
    let is_default = matches!(event.text("eventType"), "" | "default");
    if !event.organizer().eq_ignore_ascii_case(source) || !is_default {
        return Err(forbidden(
            "cannotChangeOrganizer",
            "The organizer of the event cannot be changed.",
        ));
    }
    let known = calendars.current(target, &event.id).ok();
    if known.is_some_and(|known| !known.is_cancelled() && target != source) {
        return Err(errors::duplicate());
    }
    Ok(())
}

/// Who organizes what is made in a calendar.
pub(super) fn organizer_of(calendar: &super::store::Calendar) -> Value {
    if calendar.is_primary {
        json!({ "email": calendar.id })
    } else {
        json!({ "email": calendar.id, "displayName": calendar.summary() })
    }
}

impl Calendars {
    /// Cancels an event for all, or declines an invitation.
    pub(super) fn remove(
        &mut self,
        call: &Call,
        calendar: &str,
        event: &Event,
    ) -> Result<(), ApiError> {
        self.cancel(calendar, event)?;
        if event.organizer().eq_ignore_ascii_case(calendar) {
            self.spread(calendar, &event.id, Some(event));
            mail::tell(self, call, calendar, Some(event), &event.id)
        } else if event.attendee(calendar).is_some() {
            self.answer(call, calendar, event, "declined")
        } else {
            Ok(())
        }
    }

    /// Puts a new event into a calendar.
    pub(super) fn add(
        &mut self,
        calendar: &str,
        creator: &str,
        id: &str,
        mut fields: Map<String, Value>,
    ) -> Result<(), ApiError> {
        let (change, now) = (self.tick(), times::stamp(self.now_ms));
        let calendar = self.calendar_mut(calendar)?;
        let organizer = organizer_of(calendar);
        for (name, value) in [
            ("status", "confirmed".into()),
            ("created", now.as_str().into()),
            ("creator", json!({ "email": creator })),
            ("organizer", organizer),
            ("sequence", 0.into()),
        ] {
            fields.entry(name).or_insert(value);
        }
        fields.insert("updated".to_owned(), now.into());
        let event = Event {
            id: id.to_owned(),
            fields,
            series: None,
            change,
        };
        calendar.events.insert(id.to_owned(), event);
        calendar.change = calendar.change.max(change);
        Ok(())
    }

    fn take_exceptions(&mut self, calendar: &str, id: &str) -> Result<Vec<Event>, ApiError> {
        let calendar = self.calendar_mut(calendar)?;
        let ids: Vec<String> = calendar
            .exceptions(id)
            .map(|exception| exception.id.clone())
            .collect();
        Ok(ids
            .iter()
            .filter_map(|id| calendar.events.remove(id))
            .collect())
    }
}
