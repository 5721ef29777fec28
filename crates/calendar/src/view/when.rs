//! When an event takes place, as Google saved it: local, UTC, zone and duration.

use chrono::{DateTime, NaiveDate, NaiveDateTime, SecondsFormat, TimeDelta, Utc};
use chrono_tz::Tz;
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    span::Span,
    times::{day_before, first_moment, first_shown, next_day},
    wire::{Event, EventDateTime},
};

/// Times of an event.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Times {
    /// With the offset of `time_zone`; of whole days the first one.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) start: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) end: Option<String>,
    /// Of whole days the last one: it belongs to the event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) last_day: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) start_utc: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) end_utc: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) time_zone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) duration_minutes: Option<i64>,
    /// How many whole days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) days: Option<i64>,
}

/// When an event takes place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    /// From a moment to another, by the clocks of the event's zone.
    Timed {
        from: DateTime<Tz>,
        to: DateTime<Tz>,
        /// The calendar's own zone.
        own: Tz,
    },
    /// Whole days; the last one is the day before `to`.
    Days {
        from: NaiveDate,
        to: NaiveDate,
        own: Tz,
    },
}

impl When {
    /// Reads the times of an event in a calendar of this zone.
    pub(crate) fn of(event: &Event, zone: &str) -> Option<Self> {
        let (start, end) = (event.start.as_ref()?, event.end.as_ref());
        Self::between(start, end, zone)
    }

    pub(crate) fn between(
        start: &EventDateTime,
        end: Option<&EventDateTime>,
        zone: &str,
    ) -> Option<Self> {
        let own: Option<Tz> = zone.parse().ok();
        if let Some(from) = day(start) {
            let to = end.and_then(day).filter(|to| *to > from);
            return Some(Self::Days {
                from,
                to: to.unwrap_or(next_day(from)),
                own: own.unwrap_or(Tz::UTC),
            });
        }
        let from = instant(start, own)?;
        let to = match end {
            Some(end) => instant(end, own)?,
            None => from,
        };
        let named = start
            .time_zone
            .as_deref()
            .and_then(|name| name.parse().ok());
        let zone = named.or(own).unwrap_or(Tz::UTC);
        Some(Self::Timed {
            from: from.with_timezone(&zone),
            to: to.with_timezone(&zone),
            own: own.unwrap_or(zone),
        })
    }

    /// The stretch of time that it takes.
    pub(crate) fn span(&self) -> Span {
        match *self {
            Self::Timed { from, to, .. } => {
                Span::new(from.with_timezone(&Utc), to.with_timezone(&Utc))
            }
            Self::Days { from, to, own } => {
                let at = |day| first_moment(day, own).with_timezone(&Utc);
                Span::new(at(from), at(to))
            }
        }
    }

    /// By the calendar's own clocks, for lists.
    pub(crate) fn brief(&self) -> Times {
        match *self {
            Self::Timed { from, to, own } => Times {
                start_utc: None,
                end_utc: None,
                ..timed(from.with_timezone(&own), to.with_timezone(&own))
            },
            Self::Days { from, to, .. } => days(from, to),
        }
    }

    /// By the clocks of the event's zone, and in UTC.
    pub(crate) fn full(&self) -> Times {
        match *self {
            Self::Timed { from, to, .. } => timed(from, to),
            Self::Days { from, to, .. } => days(from, to),
        }
    }

    pub(crate) fn is_days(&self) -> bool {
        matches!(self, Self::Days { .. })
    }

    /// How long it takes.
    pub(crate) fn length(&self) -> TimeDelta {
        match *self {
            Self::Timed { from, to, .. } => to - from,
            Self::Days { from, to, .. } => to - from,
        }
    }
}

fn day(time: &EventDateTime) -> Option<NaiveDate> {
    time.date.as_deref()?.parse().ok()
}

fn instant(time: &EventDateTime, own: Option<Tz>) -> Option<DateTime<Utc>> {
    let text = time.date_time.as_deref()?;
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(at.with_timezone(&Utc));
    }
    // Google's documents allow a time without an offset, which its zone then gives it.
    let wall: NaiveDateTime = text.parse().ok()?;
    let named = time.time_zone.as_deref().and_then(|name| name.parse().ok());
    Some(first_shown(wall, named.or(own)?).with_timezone(&Utc))
}

/// A moment as it is shown.
pub(crate) fn local(at: DateTime<Tz>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, false)
}

/// A moment in UTC.
pub(crate) fn utc(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn timed(from: DateTime<Tz>, to: DateTime<Tz>) -> Times {
    Times {
        start: local(from),
        end: Some(local(to)),
        start_utc: Some(utc(from.with_timezone(&Utc))),
        end_utc: Some(utc(to.with_timezone(&Utc))),
        time_zone: Some(from.timezone().name().to_owned()),
        duration_minutes: Some((to - from).num_minutes()),
        ..Times::default()
    }
}

fn days(from: NaiveDate, to: NaiveDate) -> Times {
    Times {
        start: from.to_string(),
        last_day: Some(day_before(to).to_string()),
        days: Some((to - from).num_days()),
        ..Times::default()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn span(start: &Value, end: &Value) -> Option<Span> {
        let event = json!({"start": start, "end": end});
        let event: Event = serde_json::from_value(event).unwrap();
        When::of(&event, "Europe/Warsaw").map(|when| when.span())
    }

    #[test]
    fn a_time_without_an_offset_is_what_clocks_show_in_its_zone_or_the_calendars() {
        let nine = "2027-06-01T09:00:00";
        for (start, expected) in [
            (json!({"dateTime": nine}), "2027-06-01T07:00:00Z"),
            (
                json!({"dateTime": nine, "timeZone": "America/New_York"}),
                "2027-06-01T13:00:00Z",
            ),
            (
                json!({"dateTime": "2027-06-01T09:00:00-04:00", "timeZone": "Europe/Warsaw"}),
                "2027-06-01T13:00:00Z",
            ),
        ] {
            let end = json!({"dateTime": "2027-06-01T20:00:00Z"});
            let from = span(&start, &end).map(|span| utc(span.from));
            assert_eq!(from.as_deref(), Some(expected), "{start}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_no_time() {
        let good = json!({"dateTime": "2027-06-01T09:00:00Z"});
        for bad in [
            json!({"dateTime": "nine"}),
            json!({}),
            json!({"date": "2027-13-01"}),
        ] {
            assert_eq!(span(&bad, &good), None, "{bad}");
            if bad.get("date").is_none() {
                assert_eq!(span(&good, &bad), None, "{bad}");
            }
        }
    }
}
