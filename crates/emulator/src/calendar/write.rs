//! Puts an event's new version into its calendar.

use serde_json::{Map, Value};

use super::errors;
use super::store::{Calendar, Event};
use super::{Calendars, expand, times};
use crate::call::ApiError;

/// The fields of an event that a person has for themselves.
pub(super) const PRIVATE: &[&str] = &["colorId", "reminders", "transparency", "visibility"];

/// Fields whose change gives the event a new sequence number.
const SCHEDULE: &[&str] = &["end", "recurrence", "start", "status"];

impl Calendars {
    /// Replaces the fields of an event; of an instance, those that its series does not say already.
    pub(super) fn put(
        &mut self,
        calendar: &str,
        before: &Event,
        mut fields: Map<String, Value>,
    ) -> Result<(), ApiError> {
        let change = self.tick();
        let now_ms = self.now_ms;
        let null = Value::Null;
        if SCHEDULE
            .iter()
            .any(|name| fields.get(*name).unwrap_or(&null) != before.value(name))
        {
            let sequence = before.value("sequence").as_i64().unwrap_or_default();
            fields.insert("sequence".to_owned(), (sequence + 1).into());
        }
        fields.insert("updated".to_owned(), times::stamp(now_ms).into());
        let calendar = self.calendar_mut(calendar)?;
        let fields = match &before.series {
            Some(_) => own_fields(calendar, before, fields),
            None => fields,
        };
        let event = Event {
            id: before.id.clone(),
            fields,
            series: before.series.clone(),
            change,
        };
        calendar.events.insert(event.id.clone(), event);
        calendar.change = calendar.change.max(change);
        drop_orphans(calendar, &before.id);
        Ok(())
    }

    /// Cancels an event; a series takes its changed instances with it.
    pub(super) fn cancel(&mut self, calendar: &str, before: &Event) -> Result<(), ApiError> {
        let mut fields = before.fields.clone();
        fields.insert("status".to_owned(), "cancelled".into());
        self.put(calendar, before, fields)?;
        let calendar = self.calendar_mut(calendar)?;
        calendar.events.retain(|_, event| {
            let series = event.series.as_ref();
            series.is_none_or(|series| series.id != before.id)
        });
        Ok(())
    }

    /// The event as it stands now.
    pub(super) fn current(&self, calendar: &str, id: &str) -> Result<Event, ApiError> {
        self.all
            .get(&calendar.to_ascii_lowercase())
            .and_then(|calendar| calendar.event(id))
            .ok_or_else(errors::not_found)
    }
}

/// What an instance has of its own: what it had, and what differs from its series now.
fn own_fields(
    calendar: &Calendar,
    before: &Event,
    fields: Map<String, Value>,
) -> Map<String, Value> {
    let had = calendar.events.get(&before.id);
    let mut own = had.map(|event| event.fields.clone()).unwrap_or_default();
    for name in before.fields.keys() {
        if !fields.contains_key(name) {
            own.insert(name.clone(), Value::Null);
        }
    }
    for (name, value) in fields {
        if before.fields.get(&name) != Some(&value) {
            own.insert(name, value);
        }
    }
    own
}

/// Takes out changed instances that their series does not have any more.
pub(super) fn drop_orphans(calendar: &mut Calendar, id: &str) {
    let Some(master) = calendar.events.get(id) else {
        return;
    };
    let orphans: Vec<String> = calendar
        .exceptions(id)
        .filter(|exception| {
            let series = exception.series.as_ref();
            series.is_some_and(|series| !expand::has_occurrence(master, series.original))
        })
        .map(|exception| exception.id.clone())
        .collect();
    for orphan in orphans {
        calendar.events.remove(&orphan);
    }
}
