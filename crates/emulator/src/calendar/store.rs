//! What is kept: calendars with their events and rules, and the list of each person.

use std::collections::BTreeMap;

use chrono_tz::Tz;
use serde_json::{Map, Value};

use super::errors;
use super::times::{self, Moment};
use crate::call::ApiError;

/// What a person may do with a calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    None,
    FreeBusyReader,
    Reader,
    Writer,
    Owner,
}

/// One rule of a calendar's access list.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    /// `default`, `user`, `group` or `domain`.
    pub(super) kind: String,
    /// Whom it is for; empty for `default`.
    pub(super) value: String,
    pub(super) role: Role,
    pub(super) change: u64,
}

/// A calendar.
#[derive(Debug)]
pub(super) struct Calendar {
    pub(super) id: String,
    /// Summary, description, location and whatever else may be set.
    pub(super) fields: Map<String, Value>,
    pub(super) zone: Tz,
    pub(super) owner: String,
    pub(super) is_primary: bool,
    /// By id, such as `user:alice@example.com`.
    pub(super) rules: BTreeMap<String, Rule>,
    pub(super) events: BTreeMap<String, Event>,
    /// When anything in it changed last.
    pub(super) change: u64,
    /// When its name, zone or hours changed last.
    pub(super) metadata: u64,
}

/// An event as it is kept, or what an instance of a series has of its own.
#[derive(Debug, Clone)]
pub(super) struct Event {
    pub(super) id: String,
    /// In Google's form, times as [`Moment::kept`] writes them.
    pub(super) fields: Map<String, Value>,
    pub(super) series: Option<Series>,
    pub(super) change: u64,
}

/// Which occurrence an instance is.
#[derive(Debug, Clone)]
pub(super) struct Series {
    pub(super) id: String,
    pub(super) original: Moment,
}

/// A person with the calendars that they list.
#[derive(Debug)]
pub(super) struct Person {
    pub(super) email: String,
    pub(super) name: String,
    pub(super) hosted_domain: Option<String>,
    pub(super) list: BTreeMap<String, Entry>,
    pub(super) settings: BTreeMap<String, String>,
}

/// A calendar on a person's list.
#[derive(Debug, Clone, Default)]
pub(super) struct Entry {
    /// What the person has set: colours, reminders, another name.
    pub(super) fields: Map<String, Value>,
    pub(super) change: u64,
    pub(super) is_deleted: bool,
}

impl Role {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::FreeBusyReader => "freeBusyReader",
            Self::Reader => "reader",
            Self::Writer => "writer",
            Self::Owner => "owner",
        }
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        [
            Self::None,
            Self::FreeBusyReader,
            Self::Reader,
            Self::Writer,
            Self::Owner,
        ]
        .into_iter()
        .find(|role| role.name() == name)
    }
}

impl Rule {
    pub(super) fn id(&self) -> String {
        if self.kind == "default" {
            self.kind.clone()
        } else {
            format!("{}:{}", self.kind, self.value)
        }
    }

    fn is_for(&self, person: &Person) -> bool {
        match self.kind.as_str() {
            "default" => true,
            "user" => self.value.eq_ignore_ascii_case(&person.email),
            "domain" => person
                .hosted_domain
                .as_ref()
                .is_some_and(|domain| domain.eq_ignore_ascii_case(&self.value)),
            _ => false,
        }
    }
}

impl Calendar {
    /// What a person may do: the most that a rule gives.
    pub(super) fn role_of(&self, person: &Person) -> Role {
        let rules = self.rules.values().filter(|rule| rule.is_for(person));
        rules.map(|rule| rule.role).max().unwrap_or(Role::None)
    }

    /// Refuses who may not even see when the calendar is busy as if it did not exist.
    pub(super) fn need(&self, person: &Person, role: Role) -> Result<Role, ApiError> {
        match self.role_of(person) {
            Role::None => Err(errors::not_found()),
            has if has < role => Err(errors::needs_access(role.name())),
            has => Ok(has),
        }
    }

    pub(super) fn summary(&self) -> &str {
        self.fields["summary"].as_str().unwrap_or_default()
    }

    /// The exceptions of a series.
    pub(super) fn exceptions<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a Event> {
        self.events
            .values()
            .filter(move |event| event.series.as_ref().is_some_and(|series| series.id == id))
    }

    /// An event as it stands: an instance has from its series what it has not of its own.
    ///
    /// An instance that nothing was done to has no entry, and is found by its series' rule.
    pub(super) fn event(&self, id: &str) -> Option<Event> {
        if let Some(event) = self.events.get(id) {
            return Some(self.whole(event));
        }
        let (series, suffix) = id.rsplit_once('_')?;
        let master = self.events.get(series)?;
        super::expand::instances(self, master, super::expand::Window::until_suffix(suffix)?)
            .into_iter()
            .find(|instance| instance.id == id)
    }

    /// An instance with what it has from its series.
    pub(super) fn whole(&self, event: &Event) -> Event {
        let Some(series) = &event.series else {
            return event.clone();
        };
        // Who is invited to one instance only has all of it, and no series or a cancelled one.
        let stands_alone = event.fields.contains_key("iCalUID");
        let master = self.events.get(&series.id);
        let Some(master) = master.filter(|master| !(stands_alone && master.is_cancelled())) else {
            return event.clone();
        };
        let mut whole = super::expand::occurrence(master, series.original);
        whole.change = whole.change.max(event.change);
        for (name, value) in &event.fields {
            if value.is_null() {
                whole.fields.remove(name);
            } else {
                whole.fields.insert(name.clone(), value.clone());
            }
        }
        if master.is_cancelled() {
            whole.fields.insert("status".to_owned(), "cancelled".into());
        }
        whole
    }
}

impl Event {
    pub(super) fn text(&self, name: &str) -> &str {
        self.fields
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    pub(super) fn value(&self, name: &str) -> &Value {
        self.fields.get(name).unwrap_or(&Value::Null)
    }

    pub(super) fn is_cancelled(&self) -> bool {
        self.text("status") == "cancelled"
    }

    pub(super) fn is_recurring(&self) -> bool {
        self.value("recurrence")
            .as_array()
            .is_some_and(|lines| !lines.is_empty())
    }

    pub(super) fn start(&self) -> Option<Moment> {
        Moment::from_kept(self.value("start"))
    }

    pub(super) fn end(&self) -> Option<Moment> {
        Moment::from_kept(self.value("end"))
    }

    /// The address of the calendar that the event belongs to.
    pub(super) fn organizer(&self) -> &str {
        self.value("organizer")["email"]
            .as_str()
            .unwrap_or_default()
    }

    pub(super) fn attendees(&self) -> &[Value] {
        self.value("attendees")
            .as_array()
            .map_or(&[], Vec::as_slice)
    }

    /// The entry of an attendee.
    pub(super) fn attendee(&self, email: &str) -> Option<&Value> {
        self.attendees()
            .iter()
            .find(|entry| is_address(&entry["email"], email))
    }

    pub(super) fn etag(&self) -> String {
        etag(self.change)
    }

    pub(super) fn updated_ms(&self) -> i64 {
        times::rfc3339(self.text("updated")).map_or(0, |time| time.timestamp_millis())
    }
}

/// The tag of the version that a change made.
pub(super) fn etag(change: u64) -> String {
    format!("\"{}\"", 3_180_000_000_000_000 + change * 2)
}

pub(super) fn is_address(value: &Value, email: &str) -> bool {
    value
        .as_str()
        .is_some_and(|value| value.eq_ignore_ascii_case(email))
}
