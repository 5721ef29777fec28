//! Whole days, as moments: Gmail reads a bare date in a time zone of its own.

use chrono::{
    DateTime, Days as More, FixedOffset, NaiveDate, NaiveTime, Offset as _, TimeDelta, TimeZone,
    Utc,
};
use chrono_tz::Tz;
use schemars::JsonSchema;
use serde::Serialize;
use toolgate_toolkit::ToolError;

/// Quarters of an hour after midnight at which a day may begin: clocks are put forward at midnight in some places, and
/// some have left out a day.
const QUARTERS: i32 = 4 * 25;

/// From a day on, up to the end of another one or to now.
#[derive(Debug)]
pub(super) struct Days {
    start: DateTime<FixedOffset>,
    end: Option<DateTime<FixedOffset>>,
    zone: String,
}

/// The days that were searched.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Range {
    start: String,
    /// The first moment that is none of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<String>,
    time_zone: String,
}

enum Zone {
    Fixed(FixedOffset),
    Named(Tz),
}

impl Days {
    /// So many days from this one on, which begin where the person is.
    pub(super) fn from(
        first: &str,
        count: Option<u32>,
        zone: Option<&str>,
    ) -> Result<Self, ToolError> {
        let date = first.trim().replace('/', "-");
        let day = NaiveDate::parse_from_str(&date, "%Y-%m-%d").ok();
        let zone = Zone::of(zone.map_or("UTC", str::trim))?;
        let begins = |day: NaiveDate| match zone {
            Zone::Fixed(offset) => beginning(&offset, day),
            Zone::Named(zone) => beginning(&zone, day),
        };
        let start = day.and_then(begins);
        let start = start.ok_or_else(|| {
            ToolError::invalid_argument(
                "start_date",
                &format!("{first:?} is no date"),
                "year, month and day, such as \"2026-01-31\"",
            )
        })?;
        let end = day
            .zip(count)
            .and_then(|(day, count)| day.checked_add_days(More::new(count.into())));
        Ok(Self {
            start,
            end: end.and_then(begins),
            zone: zone.name(),
        })
    }

    /// As Gmail's operators.
    pub(super) fn query(&self) -> String {
        let moment = |moment: &DateTime<FixedOffset>| moment.timestamp().max(0);
        let after = format!("after:{}", moment(&self.start));
        let before = self.end.as_ref().map(moment);
        after + &before.map_or_else(String::new, |end| format!(" before:{end}"))
    }

    pub(super) fn shown(&self) -> Range {
        Range {
            start: self.start.to_rfc3339(),
            end: self.end.map(|end| end.to_rfc3339()),
            time_zone: self.zone.clone(),
        }
    }
}

impl Zone {
    fn of(name: &str) -> Result<Self, ToolError> {
        if matches!(name, "Z" | "UTC") {
            return Ok(Self::Fixed(Utc.fix()));
        }
        let fixed = name.parse().map(Self::Fixed).ok();
        let zone = fixed.or_else(|| name.parse().map(Self::Named).ok());
        zone.ok_or_else(|| {
            ToolError::invalid_argument(
                "time_zone",
                "it is no time zone",
                "a name such as \"Europe/Lisbon\", or a difference to UTC such as \"+02:00\"",
            )
        })
    }

    fn name(&self) -> String {
        match self {
            Self::Fixed(offset) if offset.local_minus_utc() == 0 => "UTC".to_owned(),
            Self::Fixed(offset) => offset.to_string(),
            Self::Named(zone) => zone.name().to_owned(),
        }
    }
}

/// The first moment of a day.
fn beginning(zone: &impl TimeZone, day: NaiveDate) -> Option<DateTime<FixedOffset>> {
    let midnight = day.and_time(NaiveTime::MIN);
    let first = (0..QUARTERS).find_map(|quarters| {
        let later = midnight.checked_add_signed(TimeDelta::minutes(15 * i64::from(quarters)))?;
        zone.from_local_datetime(&later).earliest()
    });
    first.map(|moment| moment.fixed_offset())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_moments_and_begin_where_the_person_is() {
        for (date, count, zone, expected, shown) in [
            ("2026-03-01", None, None, "after:1772323200", "UTC"),
            (
                "2026/03/01",
                Some(1),
                None,
                "after:1772323200 before:1772409600",
                "UTC",
            ),
            (
                "2026/3/1",
                Some(7),
                Some("Z"),
                "after:1772323200 before:1772928000",
                "UTC",
            ),
            (
                "2026-03-01",
                Some(1),
                Some("+02:00"),
                "after:1772316000 before:1772402400",
                "+02:00",
            ),
            (
                " 2026-03-01 ",
                Some(1),
                Some("-0330"),
                "after:1772335800 before:1772422200",
                "-03:30",
            ),
        ] {
            let days = Days::from(date, count, zone).unwrap();
            assert_eq!(days.query(), expected, "{date} {zone:?}");
            assert_eq!(days.shown().time_zone, shown);
        }
    }

    #[test]
    fn days_of_a_named_zone_have_the_hours_that_they_have_there() {
        for (date, count, zone, expected) in [
            // A day of 23 hours, and one of 25.
            (
                "2026-03-29",
                Some(1),
                Some("Europe/Lisbon"),
                "after:1774742400 before:1774825200",
            ),
            (
                "2026-10-25",
                Some(1),
                Some("Europe/Berlin"),
                "after:1792879200 before:1792969200",
            ),
            // Midnight is left out, and a whole day.
            (
                "2024-09-08",
                Some(1),
                Some("America/Santiago"),
                "after:1725768000 before:1725850800",
            ),
            (
                "2011-12-30",
                Some(1),
                Some("Pacific/Apia"),
                "after:1325239200 before:1325239200",
            ),
        ] {
            let days = Days::from(date, count, zone).unwrap();
            assert_eq!(days.query(), expected, "{date} {zone:?}");
        }
    }

    #[test]
    fn what_is_no_day_or_no_zone_is_named() {
        for (date, zone, argument) in [
            ("yesterday", None, "start_date"),
            ("2026-02-30", None, "start_date"),
            ("01.03.2026", None, "start_date"),
            ("2026-03-01", Some("Lisbon"), "time_zone"),
            ("2026-03-01", Some("+25:00"), "time_zone"),
        ] {
            let error = Days::from(date, None, zone).unwrap_err();
            assert_eq!(error.argument(), Some(argument), "{date} {zone:?}");
        }
    }
}
