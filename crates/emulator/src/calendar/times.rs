//! Event times: days, instants and wall-clock times in IANA zones, with their gaps and folds.

use chrono::{DateTime, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeZone, Utc};
use chrono_tz::Tz;
use serde_json::{Value, json};

use super::errors::invalid;
use crate::call::ApiError;

/// When an event starts or ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moment {
    Day(NaiveDate),
    At(DateTime<Utc>, Tz),
}

/// A zone by its IANA name.
pub(super) fn zone(name: &str) -> Option<Tz> {
    name.parse().ok()
}

/// The instant of a wall-clock time, as RFC 5545 (3.3.5) says: in a gap the offset before it holds,
/// and of the two times of a fold the first is meant.
pub(super) fn instant(wall: NaiveDateTime, zone: Tz) -> DateTime<Utc> {
    match zone.from_local_datetime(&wall) {
        LocalResult::Single(time) | LocalResult::Ambiguous(time, _) => time.with_timezone(&Utc),
        LocalResult::None => {
            // No gap is longer than a day (Samoa left out one), so the day before has its offset.
            let before = zone.offset_from_utc_datetime(&(wall - chrono::Duration::hours(26)));
            Utc.from_utc_datetime(&(wall - before.fix()))
        }
    }
}

/// What the clocks of a zone show.
pub(super) fn wall(time: DateTime<Utc>, zone: Tz) -> NaiveDateTime {
    time.with_timezone(&zone).naive_local()
}

/// An instant from RFC 3339, with its offset.
pub(super) fn rfc3339(text: &str) -> Option<DateTime<Utc>> {
    Some(DateTime::parse_from_rfc3339(text).ok()?.with_timezone(&Utc))
}

/// A wall-clock time without an offset.
pub(super) fn naive(text: &str) -> Option<NaiveDateTime> {
    let form = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M"];
    form.iter()
        .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
}

/// An instant with the offset that a zone has then; UTC as `Z`.
pub(super) fn shown(time: DateTime<Utc>, zone: Tz) -> String {
    let local = time.with_timezone(&zone);
    local.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

/// A time of the emulator's clock as Google shows it, to the millisecond.
pub(super) fn stamp(ms: i64) -> String {
    let time = DateTime::from_timestamp_millis(ms).unwrap_or_default();
    time.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}

impl Moment {
    /// Reads a `start` or an `end`; `fallback` is the zone of a time that has an offset and no zone.
    pub(super) fn read(value: &Value, which: &str, fallback: Tz) -> Result<Self, ApiError> {
        let zone = match value["timeZone"].as_str() {
            Some(name) => Some(zone(name).ok_or_else(|| {
                invalid(format!("Invalid time zone definition for {which} time."))
            })?),
            None => None,
        };
        match (value["date"].as_str(), value["dateTime"].as_str()) {
            (Some(day), None) => NaiveDate::parse_from_str(day, "%Y-%m-%d")
                .map(Self::Day)
                .map_err(|_| invalid(format!("Invalid {which} time."))),
            (None, Some(text)) => Self::read_time(text, which, zone, fallback),
            (Some(_), Some(_)) => Err(invalid(format!("Invalid {which} time."))),
            (None, None) => Err(super::errors::required(format!("Missing {which} time."))),
        }
    }

    fn read_time(
        text: &str,
        which: &str,
        zone: Option<Tz>,
        fallback: Tz,
    ) -> Result<Self, ApiError> {
        if let Some(time) = rfc3339(text) {
            return Ok(Self::At(time, zone.unwrap_or(fallback)));
        }
        let local = naive(text).ok_or_else(|| invalid(format!("Invalid {which} time.")))?;
        let zone = zone.ok_or_else(|| {
            super::errors::required(format!("Missing time zone definition for {which} time."))
        })?;
        Ok(Self::At(instant(local, zone), zone))
    }

    /// As it is kept: a day, or an instant in UTC with the zone beside it.
    pub(super) fn kept(self) -> Value {
        match self {
            Self::Day(day) => json!({ "date": day.to_string() }),
            Self::At(time, zone) => json!({
                "dateTime": shown(time, Tz::UTC),
                "timeZone": zone.name(),
            }),
        }
    }

    /// What [`kept`](Self::kept) has written.
    pub(super) fn from_kept(value: &Value) -> Option<Self> {
        Self::read(value, "", Tz::UTC).ok()
    }

    /// As Google shows it: the offset is that of the response's zone, the zone that of the event.
    pub(super) fn shown(self, response: Tz) -> Value {
        match self {
            Self::Day(day) => json!({ "date": day.to_string() }),
            Self::At(time, zone) => json!({
                "dateTime": shown(time, response),
                "timeZone": zone.name(),
            }),
        }
    }

    /// The instant; a day begins when it does in the calendar's zone.
    pub(super) fn instant(self, calendar: Tz) -> DateTime<Utc> {
        match self {
            Self::Day(day) => instant(day.and_time(NaiveTime::MIN), calendar),
            Self::At(time, _) => time,
        }
    }

    pub(super) fn is_day(self) -> bool {
        matches!(self, Self::Day(_))
    }

    /// What the clocks show: midnight for a day.
    pub(super) fn wall(self) -> NaiveDateTime {
        match self {
            Self::Day(day) => day.and_time(NaiveTime::MIN),
            Self::At(time, zone) => wall(time, zone),
        }
    }

    /// What stands behind the id of an instance.
    pub(super) fn suffix(self) -> String {
        match self {
            Self::Day(day) => day.format("%Y%m%d").to_string(),
            Self::At(time, _) => time.format("%Y%m%dT%H%M%SZ").to_string(),
        }
    }
}
