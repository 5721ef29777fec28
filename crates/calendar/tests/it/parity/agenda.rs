//! The calendars of a person and the mails of all people at one moment, read without either toolkit.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use toolgate_testkit::parity::{Facts, changes};

use crate::world::{ALICE, World};

/// Whose mails are looked at.
const PEOPLE: [&str; 4] = [
    ALICE,
    "bob@example.com",
    "carol@elsewhere.example",
    "dan@partner.example",
];
/// What is known of an event as Google has it.
const MEMBERS: [&str; 9] = [
    "summary",
    "description",
    "location",
    "recurrence",
    "transparency",
    "visibility",
    "colorId",
    "reminders",
    "status",
];

/// Everything in the calendars of Alice.
pub(super) struct Agenda {
    /// Names by ids.
    calendars: BTreeMap<String, String>,
    /// By id and calendar; a series as such.
    events: BTreeMap<String, Facts>,
    /// Ids, those of instances too.
    pub(super) ids: Vec<String>,
    mails: BTreeMap<&'static str, Vec<String>>,
}

impl Agenda {
    pub(super) async fn of(world: &World) -> Self {
        let mut agenda = Self {
            calendars: BTreeMap::new(),
            events: BTreeMap::new(),
            ids: Vec::new(),
            mails: BTreeMap::new(),
        };
        for entry in listed(world, "users/me/calendarList").await {
            let (id, name) = (text(&entry["id"]), text(&entry["summary"]));
            agenda.add_events_of(world, &id).await;
            agenda.calendars.insert(id, name);
        }
        for who in PEOPLE {
            let mut mails = world.mails(who).await;
            mails.sort();
            agenda.mails.insert(who, mails);
        }
        agenda
    }

    async fn add_events_of(&mut self, world: &World, calendar: &str) {
        let path = format!("calendars/{calendar}/events");
        for event in listed(world, &path).await {
            let name = format!("{} in {calendar}", text(&event["id"]));
            self.events.insert(name, described(&event));
        }
        for path in [&path, &format!("{path}?singleEvents=true")] {
            let events = listed(world, path).await;
            self.ids
                .extend(events.iter().map(|event| text(&event["id"])));
        }
    }

    /// What changed since then.
    pub(super) fn changes_since(&self, before: &Self) -> Facts {
        let mut facts = changes("event", &before.events, &self.events);
        for (who, mails) in &self.mails {
            if mails != &before.mails[who] {
                facts.insert(format!("mails to {who}"), json!(mails));
            }
        }
        facts
    }

    /// The words that a result may show, by what they are.
    pub(super) fn words(&self) -> BTreeMap<&'static str, Vec<String>> {
        let all = |fact: &str| {
            let facts = self.events.values().filter_map(|event| event.get(fact));
            let texts = facts.flat_map(|it| match it {
                Value::Array(items) => items.iter().map(text).collect(),
                other => vec![text(other)],
            });
            texts.collect::<Vec<_>>()
        };
        let address = |guest: String| guest.split(' ').next().unwrap().to_owned();
        let people = all("attendees").into_iter().map(address);
        BTreeMap::from([
            ("calendars", self.calendars.values().cloned().collect()),
            ("people", people.chain(all("organizer")).collect()),
            ("places", all("location")),
            ("rules", all("recurrence")),
            ("titles", all("summary")),
        ])
    }
}

/// An event without what is another each time, such as its version.
fn described(event: &Value) -> Facts {
    let known = MEMBERS.map(|name| (name, event[name].clone()));
    let attendees = event["attendees"].as_array().into_iter().flatten();
    let attendees: Vec<String> = attendees.map(guest).collect();
    let more = [
        ("start", time(&event["start"])),
        ("end", time(&event["end"])),
        ("attendees", json!(attendees)),
        ("organizer", event["organizer"]["email"].clone()),
        ("has a Meet link", event["hangoutLink"].is_string().into()),
    ];
    let facts = known.into_iter().chain(more);
    facts
        .filter(|(_, it)| !matches!(it, Value::Null | Value::Bool(false)) && *it != json!([]))
        .map(|(name, it)| (name.to_owned(), it))
        .collect()
}

fn guest(guest: &Value) -> String {
    let mut is = format!(
        "{} {}",
        text(&guest["email"]),
        text(&guest["responseStatus"])
    );
    if guest["optional"] == true {
        is += " optional";
    }
    is
}

/// A day, or a moment and the zone that it is meant in.
fn time(time: &Value) -> Value {
    match time["date"].as_str() {
        Some(day) => day.into(),
        None => format!("{} {}", text(&time["dateTime"]), text(&time["timeZone"])).into(),
    }
}

async fn listed(world: &World, path: &str) -> Vec<Value> {
    let list = world.google(ALICE, &format!("calendar/v3/{path}")).await;
    list["items"].as_array().unwrap().clone()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}
