//! By whose clocks working hours count: those of all whose zone is known.

use chrono_tz::Tz;
use futures_util::future::join_all;
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    hours::WorkingHours,
    people::{Asked, Known, Person},
    span::{Span, common, joined},
    view::{is_false, local},
    when::known_zone,
    wire::Calendar,
};

/// Calendars that are asked at the same time.
const AT_ONCE: usize = 6;

/// The zones of all who are to meet.
#[derive(Debug)]
pub(crate) struct Clocks {
    /// The person's own first.
    known: Vec<(String, Tz)>,
    unknown: Vec<String>,
}

/// Somebody's clock.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct Clock {
    who: String,
    time_zone: String,
    /// When it starts by it.
    #[serde(skip_serializing_if = "Option::is_none")]
    start: Option<String>,
    /// It is not within the working hours by it.
    #[serde(skip_serializing_if = "is_false")]
    outside_hours: bool,
}

impl Clocks {
    /// The person's own, and those of the others whose calendars tell theirs.
    pub(crate) async fn read(google: &Calendar, own: Tz, asked: &Asked, people: &[Person]) -> Self {
        let mut clocks = Self {
            known: vec![("me".to_owned(), own)],
            unknown: Vec::new(),
        };
        let others = people.iter().filter(|it| asked.others.contains(&it.who));
        // Who shows nobody when they are busy shows nobody their zone.
        let (seen, unseen): (Vec<_>, Vec<_>) =
            others.partition(|it| matches!(it.known, Known::Busy(_)));
        for some in seen.chunks(AT_ONCE) {
            let zones = join_all(some.iter().map(|it| zone(google, &it.who))).await;
            for (person, zone) in some.iter().zip(zones) {
                match zone {
                    Some(zone) => clocks.known.push((person.who.clone(), zone)),
                    None => clocks.unknown.push(person.who.clone()),
                }
            }
        }
        clocks
            .unknown
            .extend(unseen.into_iter().map(|it| it.who.clone()));
        clocks
    }

    /// The time within a window that is working time by all of them.
    pub(crate) fn open(&self, hours: &WorkingHours, window: Span) -> Vec<Span> {
        let mut zones: Vec<Tz> = self.known.iter().map(|(_, zone)| *zone).collect();
        zones.sort_unstable_by_key(|zone| zone.name());
        zones.dedup();
        let mut open = vec![window];
        for zone in zones {
            open = common(&open, &hours.within(window, zone));
        }
        open
    }

    /// As they are shown.
    pub(crate) fn shown(&self) -> Vec<Clock> {
        let clock = |(who, zone): &(String, Tz)| Clock {
            who: who.clone(),
            time_zone: zone.name().to_owned(),
            start: None,
            outside_hours: false,
        };
        self.known.iter().map(clock).collect()
    }

    /// As they show a meeting.
    pub(crate) fn at(&self, hours: &WorkingHours, meeting: Span) -> Vec<Clock> {
        let clocks = self.shown().into_iter().zip(&self.known);
        let at = |(clock, (_, zone)): (Clock, &(String, Tz))| Clock {
            start: Some(local(meeting.from.with_timezone(zone))),
            outside_hours: joined(hours.within(meeting, *zone)) != [meeting],
            ..clock
        };
        clocks.map(at).collect()
    }

    /// Those whose zone is not known.
    pub(crate) fn unknown(&self) -> Vec<String> {
        self.unknown.clone()
    }
}

/// What is to be said of a meeting outside of somebody's hours.
pub(crate) fn outside(clocks: &[Clock]) -> Option<String> {
    /// Characters of all their names.
    const NAMES: usize = 400;
    let out = clocks.iter().filter(|it| it.outside_hours);
    let named: Vec<String> = out
        .map(|it| {
            let who = if it.who == "me" {
                "the person"
            } else {
                &it.who
            };
            format!("{who} ({})", it.start.as_deref().unwrap_or_default())
        })
        .collect();
    (!named.is_empty()).then(|| {
        let named = toolgate_toolkit::sized::joined(&named, NAMES);
        format!("it is outside of the working hours of {named}")
    })
}

/// The zone that somebody's calendar tells, if it does.
async fn zone(google: &Calendar, who: &str) -> Option<Tz> {
    let calendar = google.calendar(who).await.ok()?;
    known_zone(calendar.time_zone.as_deref()?).ok()
}
