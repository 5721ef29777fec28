//! The calendars that a seed describes, put into place.

use std::collections::BTreeMap;

use chrono::{Duration, NaiveTime, Weekday};
use chrono_tz::Tz;
use serde_json::{Map, Value, json};

use super::dates::moment;
use super::recur::Recurrence;
use super::store::{Calendar, Event, Person, Role, Rule, Series};
use super::times::{self, Moment};
use super::{Calendars, check as checks, collections, expand};
use crate::seed::{Seed, SeedAccess, SeedAccount, SeedCalendar, SeedEvent, SeedInstance};

/// Refuses a seed whose calendars could not be made.
///
/// # Errors
/// The first problem, with where it is.
pub(crate) fn check(seed: &Seed) -> Result<(), String> {
    for account in &seed.accounts {
        for calendar in &account.calendars {
            let named = |problem: String| {
                format!(
                    "account {}, calendar {:?}: {problem}",
                    account.email, calendar.summary
                )
            };
            let zone = zone_of(&calendar.time_zone, Tz::UTC).map_err(named)?;
            for access in &calendar.access {
                rule(access).map_err(named)?;
            }
            hours(calendar).map_err(named)?;
            for event in &calendar.events {
                let read = Reading::new(event, zone, 0);
                read.map_err(|problem| named(format!("event {:?}: {problem}", event.summary)))?;
            }
        }
    }
    Ok(())
}

impl Calendars {
    /// The calendars of a seed that was checked, at the time `now_ms`.
    pub(crate) fn new(seed: &Seed, now_ms: i64) -> Self {
        let mut calendars = Self {
            people: BTreeMap::new(),
            all: BTreeMap::new(),
            change: 0,
            now_ms,
            outgoing: Vec::new(),
        };
        for account in &seed.accounts {
            calendars.settle(account);
        }
        for account in &seed.accounts {
            for calendar in &account.calendars {
                let id = calendar.id.as_ref().unwrap_or(&account.email);
                calendars.open(account, id, calendar);
            }
        }
        for account in &seed.accounts {
            for calendar in &account.calendars {
                let id = calendar.id.as_ref().unwrap_or(&account.email);
                for event in &calendar.events {
                    // The seed was checked, so that nothing of it is refused here.
                    let _ = calendars.plant(account, id, event);
                }
            }
        }
        calendars
    }

    fn settle(&mut self, account: &SeedAccount) {
        let key = account.email.to_ascii_lowercase();
        let person = Person {
            email: account.email.clone(),
            name: account.name.clone(),
            hosted_domain: account.hosted_domain.clone(),
            list: BTreeMap::new(),
            settings: account.calendar_settings.clone(),
        };
        self.people.insert(key.clone(), person);
        let change = self.tick();
        let mut primary = collections::new(&key, &key, Tz::UTC, change);
        primary
            .fields
            .insert("summary".to_owned(), account.email.as_str().into());
        self.all.insert(key.clone(), primary);
        self.enlist(&key, &key, own_entry());
    }

    fn open(&mut self, account: &SeedAccount, id: &str, seed: &SeedCalendar) {
        let (key, owner) = (id.to_ascii_lowercase(), account.email.to_ascii_lowercase());
        let zone = zone_of(&seed.time_zone, Tz::UTC).unwrap_or(Tz::UTC);
        let change = self.tick();
        let mut calendar: Calendar = collections::new(&key, &owner, zone, change);
        let summary = if seed.summary.is_empty() {
            &account.email
        } else {
            &seed.summary
        };
        calendar
            .fields
            .insert("summary".to_owned(), summary.as_str().into());
        if !seed.description.is_empty() {
            let description = seed.description.as_str().into();
            calendar
                .fields
                .insert("description".to_owned(), description);
        }
        if let Ok(Some(hours)) = hours(seed) {
            calendar.fields.insert("workingHours".to_owned(), hours);
        }
        let rules = seed.access.iter().filter_map(|access| rule(access).ok());
        for mut rule in rules {
            rule.change = change;
            if rule.kind == "user" {
                self.enlist(&rule.value, &key, Map::new());
            }
            calendar.rules.insert(rule.id(), rule);
        }
        let entry = if calendar.is_primary {
            own_entry()
        } else {
            Map::new()
        };
        self.all.insert(key.clone(), calendar);
        self.enlist(&owner, &key, entry);
    }

    fn plant(
        &mut self,
        account: &SeedAccount,
        calendar: &str,
        seed: &SeedEvent,
    ) -> Result<(), String> {
        let wrong = |_| "it cannot be put into its calendar".to_owned();
        let zone = self.calendar_mut(calendar).map_err(wrong)?.zone;
        let mut reading = Reading::new(seed, zone, self.now_ms)?;
        let id = match &seed.id {
            Some(id) => id.clone(),
            None => self.fresh_id(),
        };
        let uid = format!("{id}@google.com");
        reading.fields.insert("iCalUID".to_owned(), uid.into());
        let creator = seed.organizer.as_ref().unwrap_or(&account.email);
        self.add(calendar, creator, &id, reading.fields)
            .map_err(wrong)?;
        let change = self.tick();
        for (original, fields) in reading.instances {
            let instance = Event {
                id: expand::instance_id(&id, original),
                fields,
                series: Some(Series {
                    id: id.clone(),
                    original,
                }),
                change,
            };
            let events = &mut self.calendar_mut(calendar).map_err(wrong)?.events;
            events.insert(instance.id.clone(), instance);
        }
        self.spread(calendar, &id, None);
        Ok(())
    }
}

/// What a person's list says of their primary calendar before they change anything.
fn own_entry() -> Map<String, Value> {
    let reminders = json!([{ "method": "popup", "minutes": 10 }]);
    Map::from_iter([("defaultReminders".to_owned(), reminders)])
}

/// An event of a seed in Google's form.
struct Reading {
    fields: Map<String, Value>,
    instances: Vec<(Moment, Map<String, Value>)>,
}

impl Reading {
    fn new(seed: &SeedEvent, calendar: Tz, now_ms: i64) -> Result<Self, String> {
        let zone = zone_of(&seed.time_zone, calendar)?;
        let start = moment(&seed.start, zone, now_ms)?;
        let end = if seed.end.is_empty() {
            match start {
                Moment::Day(day) => Moment::Day(day + Duration::days(1)),
                Moment::At(time, zone) => Moment::At(time + Duration::hours(1), zone),
            }
        } else {
            moment(&seed.end, zone, now_ms)?
        };
        let mut fields: Map<String, Value> = seed.more.clone().into_iter().collect();
        fields.insert("summary".to_owned(), seed.summary.as_str().into());
        fields.insert("start".to_owned(), start.kept());
        fields.insert("end".to_owned(), end.kept());
        if !seed.recurrence.is_empty() {
            fields.insert("recurrence".to_owned(), json!(seed.recurrence));
        }
        if !seed.attendees.is_empty() {
            fields.insert("attendees".to_owned(), attendees(seed));
        }
        checks::normalize(&mut fields, calendar).map_err(|refused| refused.message)?;
        if let Some(organizer) = &seed.organizer {
            let organizer = json!({ "email": organizer });
            fields.insert("organizer".to_owned(), organizer);
        }
        if let Some(id) = seed.id.as_ref().filter(|id| !checks::is_event_id(id)) {
            return Err(format!("{id:?} is not an id that an event can have"));
        }
        let occurs = Recurrence::read(&json!(seed.recurrence), start);
        let occurs = occurs.map_err(|refused| refused.message)?;
        let mut instances = Vec::new();
        for instance in &seed.instances {
            let (original, fields) = change(instance, zone, now_ms)?;
            if !occurs.until(original.wall()).contains(&original.wall()) {
                return Err(format!("{:?} is none of its instances", instance.original));
            }
            instances.push((original, fields));
        }
        Ok(Self { fields, instances })
    }
}

fn change(
    seed: &SeedInstance,
    zone: Tz,
    now_ms: i64,
) -> Result<(Moment, Map<String, Value>), String> {
    let original = moment(&seed.original, zone, now_ms)?;
    let mut fields: Map<String, Value> = seed.more.clone().into_iter().collect();
    for (name, text) in [("start", &seed.start), ("end", &seed.end)] {
        if !text.is_empty() {
            fields.insert(name.to_owned(), moment(text, zone, now_ms)?.kept());
        }
    }
    if seed.cancelled {
        fields.insert("status".to_owned(), "cancelled".into());
    }
    Ok((original, fields))
}

fn attendees(seed: &SeedEvent) -> Value {
    let entry = |attendee: &crate::seed::SeedAttendee| {
        let mut entry = json!({ "email": attendee.email });
        for (name, text) in [
            ("displayName", &attendee.name),
            ("responseStatus", &attendee.response),
        ] {
            if !text.is_empty() {
                entry[name] = text.as_str().into();
            }
        }
        for (name, flag) in [
            ("optional", attendee.optional),
            ("resource", attendee.resource),
        ] {
            if flag {
                entry[name] = true.into();
            }
        }
        entry
    };
    seed.attendees.iter().map(entry).collect()
}

fn zone_of(name: &str, default: Tz) -> Result<Tz, String> {
    if name.is_empty() {
        return Ok(default);
    }
    times::zone(name).ok_or_else(|| format!("{name:?} is not an IANA time zone"))
}

fn rule(access: &SeedAccess) -> Result<Rule, String> {
    let role = Role::named(&access.role)
        .ok_or_else(|| format!("{:?} is not a role of Google's", access.role))?;
    let kind = match access.who.as_str() {
        "anyone" => "default",
        who if who.contains('@') => "user",
        _ => "domain",
    };
    let value = if kind == "default" {
        String::new()
    } else {
        access.who.to_ascii_lowercase()
    };
    Ok(Rule {
        kind: kind.to_owned(),
        value,
        role,
        change: 0,
    })
}

/// The working hours in Google's form.
fn hours(seed: &SeedCalendar) -> Result<Option<Value>, String> {
    let minutes = |text: &str| {
        let time = NaiveTime::parse_from_str(text, "%H:%M");
        let time = time.map_err(|_| format!("{text:?} is not a time like 09:00"))?;
        Ok::<i64, String>((time - NaiveTime::MIN).num_minutes())
    };
    let mut times = Vec::new();
    for hours in &seed.working_hours {
        let day: Weekday = hours
            .day
            .parse()
            .map_err(|_| format!("{:?} is not a day of the week", hours.day))?;
        times.push(json!({
            "dayOfWeek": DAYS[day.num_days_from_monday() as usize],
            "periodStart": minutes(&hours.start)?,
            "periodEnd": minutes(&hours.end)?,
        }));
    }
    let hours = json!({ "workingHoursEnabled": true, "availableTimes": times });
    Ok((!times.is_empty()).then_some(hours))
}

const DAYS: [&str; 7] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];
