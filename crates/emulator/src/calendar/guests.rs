//! The copies of an event in the calendars of those whom it invites.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::Calendars;
use super::store::{Calendar, Event};
use super::write::{PRIVATE, drop_orphans};

impl Calendars {
    /// Brings the invited people's copies of an event up to date.
    ///
    /// `before` is what it was, for those who are not invited any more.
    pub(super) fn spread(&mut self, calendar: &str, id: &str, before: Option<&Event>) {
        let Some(source) = self.all.get(&calendar.to_ascii_lowercase()) else {
            return;
        };
        let Some(event) = source.event(id) else {
            return;
        };
        if !event.organizer().eq_ignore_ascii_case(&source.id) {
            return;
        }
        let own = source.events.get(id).cloned();
        let exceptions: Vec<String> = source
            .exceptions(id)
            .map(|exception| exception.id.clone())
            .collect();
        let organizer = source.id.to_ascii_lowercase();
        let mut people = addresses(&event);
        people.extend(before.map(addresses).unwrap_or_default());
        people.remove(&organizer);
        for person in people {
            let change = self.tick();
            if let Some(target) = self.all.get_mut(&person)
                && target.is_primary
            {
                lay(target, &event, own.as_ref(), change);
                target.change = target.change.max(change);
            }
        }
        for exception in exceptions {
            self.spread(calendar, &exception, None);
        }
    }
}

/// The lower-case addresses of the invited.
fn addresses(event: &Event) -> BTreeSet<String> {
    event
        .attendees()
        .iter()
        .filter_map(|entry| entry["email"].as_str())
        .map(str::to_ascii_lowercase)
        .collect()
}

/// Writes the copy of an event into an invited person's calendar.
///
/// `own` is what the event has of its own, which for an instance is less than all.
fn lay(target: &mut Calendar, event: &Event, own: Option<&Event>, change: u64) {
    let had = target.events.get(&event.id);
    let entry = event.attendee(&target.id);
    let is_invited = entry.is_some() && !event.is_cancelled();
    let has_series = event.series.as_ref().is_some_and(|series| {
        target
            .events
            .get(&series.id)
            .is_some_and(|master| !master.is_cancelled())
    });
    if !is_invited && had.is_none() && !has_series {
        return;
    }
    let mut fields = match own {
        Some(own) if has_series => shared(&own.fields),
        _ => shared(&event.fields),
    };
    let removed = had.is_some_and(|had| {
        had.is_cancelled() && entry.is_some_and(|entry| entry["responseStatus"] == "declined")
    });
    if !is_invited || removed {
        fields.insert("status".to_owned(), "cancelled".into());
    }
    if let Some(had) = had {
        keep_private(&mut fields, &had.fields);
    }
    let copy = Event {
        id: event.id.clone(),
        fields,
        series: event.series.clone(),
        change,
    };
    target.events.insert(copy.id.clone(), copy);
    if event.series.is_none() {
        drop_orphans(target, &event.id);
        if !is_invited {
            forget_instances(target, &event.id);
        }
    }
}

fn forget_instances(target: &mut Calendar, id: &str) {
    let gone: Vec<String> = target
        .exceptions(id)
        .map(|exception| exception.id.clone())
        .collect();
    for id in gone {
        target.events.remove(&id);
    }
}

/// What an invited person sees of an event's fields.
fn shared(fields: &Map<String, Value>) -> Map<String, Value> {
    let mut fields = fields.clone();
    fields.retain(|name, _| !matches!(name.as_str(), "colorId" | "reminders"));
    if let Some(Value::Object(properties)) = fields.get_mut("extendedProperties") {
        properties.remove("private");
        if properties.is_empty() {
            fields.remove("extendedProperties");
        }
    }
    fields
}

/// What a person has set on their copy stays.
fn keep_private(fields: &mut Map<String, Value>, had: &Map<String, Value>) {
    for name in PRIVATE {
        match had.get(*name) {
            Some(value) => drop(fields.insert((*name).to_owned(), value.clone())),
            None => drop(fields.remove(*name)),
        }
    }
    let own = had.get("extendedProperties").map(|it| &it["private"]);
    if let Some(own) = own.filter(|own| own.is_object()) {
        let properties = fields
            .entry("extendedProperties")
            .or_insert_with(|| Value::Object(Map::new()));
        properties["private"] = own.clone();
    }
}
