//! An event as Google shows it to somebody.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use chrono_tz::Tz;
use serde_json::{Map, Value, json};

use super::store::{Calendar, Event, Role, is_address};

/// Who looks, and how.
#[derive(Debug, Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) calendar: &'a Calendar,
    pub(super) role: Role,
    pub(super) zone: Tz,
    pub(super) max_attendees: Option<usize>,
}

impl View<'_> {
    /// The event in Google's form.
    pub(super) fn of(self, event: &Event) -> Value {
        let mut shown = Map::new();
        shown.insert("kind".to_owned(), "calendar#event".into());
        shown.insert("etag".to_owned(), event.etag().into());
        shown.insert("id".to_owned(), event.id.as_str().into());
        shown.insert("status".to_owned(), "confirmed".into());
        shown.insert("htmlLink".to_owned(), self.link(event).into());
        let hides = self.hides(event);
        for (name, value) in &event.fields {
            let is_open = matches!(
                name.as_str(),
                "status" | "start" | "end" | "recurrence" | "iCalUID" | "updated" | "created"
            );
            if !hides || is_open {
                shown.insert(name.clone(), value.clone());
            }
        }
        if hides {
            shown.insert("visibility".to_owned(), "private".into());
        } else {
            self.people(event, &mut shown);
            shown.entry("eventType").or_insert_with(|| "default".into());
            shown
                .entry("reminders")
                .or_insert_with(|| json!({ "useDefault": true }));
        }
        self.times(event, &mut shown);
        Value::Object(shown)
    }

    /// Whether nothing but the times may be seen.
    pub(super) fn hides(self, event: &Event) -> bool {
        let is_private = matches!(event.text("visibility"), "private" | "confidential");
        self.role < Role::Reader || (self.role < Role::Writer && is_private)
    }

    fn link(self, event: &Event) -> String {
        let key = format!("{} {}", event.id, self.calendar.id);
        let key = STANDARD_NO_PAD.encode(key);
        format!("https://www.google.com/calendar/event?eid={key}")
    }

    fn times(self, event: &Event, shown: &mut Map<String, Value>) {
        for (name, moment) in [("start", event.start()), ("end", event.end())] {
            if let Some(moment) = moment {
                shown.insert(name.to_owned(), moment.shown(self.zone));
            }
        }
        if let Some(series) = &event.series {
            shown.insert("recurringEventId".to_owned(), series.id.as_str().into());
            shown.insert(
                "originalStartTime".to_owned(),
                series.original.shown(self.zone),
            );
        }
    }

    fn people(self, event: &Event, shown: &mut Map<String, Value>) {
        for name in ["organizer", "creator"] {
            if let Some(person) = shown.get_mut(name)
                && is_address(&person["email"], &self.calendar.id)
            {
                person["self"] = true.into();
            }
        }
        let mut attendees = Vec::new();
        for entry in event.attendees() {
            let mut entry = entry.clone();
            if is_address(&entry["email"], event.organizer()) {
                entry["organizer"] = true.into();
            }
            if is_address(&entry["email"], &self.calendar.id) {
                entry["self"] = true.into();
            }
            attendees.push(entry);
        }
        if attendees.is_empty() {
            shown.remove("attendees");
            return;
        }
        let is_secret = event.value("guestsCanSeeOtherGuests") == &Value::Bool(false)
            && !event.organizer().eq_ignore_ascii_case(&self.calendar.id);
        let too_many = self
            .max_attendees
            .is_some_and(|most| attendees.len() > most);
        if is_secret || too_many {
            attendees.retain(|entry| entry["self"] == true);
            shown.insert("attendeesOmitted".to_owned(), true.into());
        }
        shown.insert("attendees".to_owned(), attendees.into());
    }
}
