//! Times as arguments say them: an instant, what a clock on the wall shows, or a whole day.
//!
//! An offset makes an instant. Without one it is what clocks show in a zone: the one that is named, or
//! else the calendar's own, and never UTC unless that is its zone. Where both are given they have to
//! agree. A clock never shows some times, and shows others twice; the one is refused and the other said.

use chrono::{
    DateTime, Days, FixedOffset, MappedLocalTime, NaiveDate, NaiveDateTime, TimeZone as _, Utc,
};
use chrono_tz::Tz;
use toolgate_toolkit::ToolError;

/// What a good time looks like.
const GOOD: &str =
    "2026-03-29T09:00:00+02:00, 2026-03-29T09:00:00 in the calendar's zone, or the day 2026-03-29";
const GOOD_ZONE: &str = "an IANA zone such as Europe/Warsaw";
/// The earliest and the latest year that a calendar holds.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2199;

/// A time as it was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Said {
    /// With an offset.
    Instant(DateTime<FixedOffset>),
    /// Without one.
    Wall(NaiveDateTime),
    /// A whole day.
    Day(NaiveDate),
}

/// A moment in a zone, and what has to be said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Moment {
    pub(crate) at: DateTime<Tz>,
    pub(crate) note: Option<String>,
}

impl Said {
    /// Reads the time of an argument.
    ///
    /// # Errors
    /// Names the argument.
    pub(crate) fn parse(argument: &str, text: &str) -> Result<Self, ToolError> {
        let text = text.trim();
        let said = read(text).filter(|said| YEARS.contains(&said.year()));
        said.ok_or_else(|| {
            let shown: String = text.chars().take(40).collect();
            ToolError::invalid_argument(argument, &format!("`{shown}` is no time"), GOOD)
        })
    }

    fn year(&self) -> i32 {
        use chrono::Datelike as _;
        match self {
            Self::Instant(at) => at.year(),
            Self::Wall(at) => at.year(),
            Self::Day(day) => day.year(),
        }
    }

    /// Whether a zone has to be known to say when it is.
    pub(crate) fn needs_zone(&self) -> bool {
        !matches!(self, Self::Instant(_))
    }

    /// When that is; a day is its first moment.
    ///
    /// # Errors
    /// Names the argument where no clock shows this time, or where the offset is not the named zone's.
    pub(crate) fn moment(self, argument: &str, zones: Zones) -> Result<Moment, ToolError> {
        let zone = zones.zone();
        match self {
            Self::Instant(at) => {
                let local = at.with_timezone(&zone);
                if zones.named.is_some() && local.naive_local() != at.naive_local() {
                    let problem = format!(
                        "its offset {} is not the one of {zone} at that moment, {}",
                        at.format("%:z"),
                        local.format("%:z")
                    );
                    let good = format!("{}, or a time without an offset", local.to_rfc3339());
                    return Err(ToolError::invalid_argument(argument, &problem, &good));
                }
                Ok(Moment::plain(local))
            }
            Self::Wall(at) => wall(argument, at, zone),
            Self::Day(day) => Ok(Moment::plain(first_moment(day, zone))),
        }
    }
}

impl Moment {
    fn plain(at: DateTime<Tz>) -> Self {
        Self { at, note: None }
    }
}

/// The zone that an argument names, and the calendar's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Zones {
    pub(crate) named: Option<Tz>,
    pub(crate) own: Tz,
}

impl Zones {
    /// The one in which a time without an offset is meant.
    pub(crate) fn zone(self) -> Tz {
        self.named.unwrap_or(self.own)
    }
}

/// Reads the zone of an argument.
///
/// # Errors
/// Names the argument.
pub(crate) fn zone(argument: &str, name: Option<&str>) -> Result<Option<Tz>, ToolError> {
    let Some(name) = name.map(str::trim).filter(|name| !name.is_empty()) else {
        return Ok(None);
    };
    name.parse().map(Some).map_err(|_| {
        let shown: String = name.chars().take(40).collect();
        let problem = format!("`{shown}` is no zone");
        ToolError::invalid_argument(argument, &problem, GOOD_ZONE)
    })
}

fn read(text: &str) -> Option<Said> {
    if let Ok(day) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        return Some(Said::Day(day));
    }
    let text = text.replacen([' ', 't'], "T", 1).replace('z', "Z");
    let (_, clock) = text.split_once('T')?;
    // `%H` and its like would take one digit as well.
    if !clock
        .get(..5)?
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b':')
    {
        return None;
    }
    for format in ["%Y-%m-%dT%H:%M:%S%.f%:z", "%Y-%m-%dT%H:%M%:z"] {
        let zulu = text.replace('Z', "+00:00");
        if let Ok(at) = DateTime::parse_from_str(&zulu, format) {
            return Some(Said::Instant(at));
        }
    }
    let formats = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M"];
    let wall = |format| NaiveDateTime::parse_from_str(&text, format).ok();
    formats.into_iter().find_map(wall).map(Said::Wall)
}

fn wall(argument: &str, at: NaiveDateTime, zone: Tz) -> Result<Moment, ToolError> {
    match zone.from_local_datetime(&at) {
        MappedLocalTime::Single(at) => Ok(Moment::plain(at)),
        MappedLocalTime::Ambiguous(first, second) => {
            let note = format!(
                "clocks in {zone} show {} twice that day: the first time, {}, was taken; the other is {}",
                at.format("%H:%M"),
                first.to_rfc3339(),
                second.to_rfc3339()
            );
            Ok(Moment {
                at: first,
                note: Some(note),
            })
        }
        MappedLocalTime::None => {
            let (before, after) = around_gap(at, zone);
            let problem = format!("clocks in {zone} skip {at} when they are put forward");
            let good = format!("{}, or {}", before.to_rfc3339(), after.to_rfc3339());
            Err(ToolError::invalid_argument(argument, &problem, &good))
        }
    }
}

/// The same time of day by the offset before a gap, and the first moment behind it.
fn around_gap(at: NaiveDateTime, zone: Tz) -> (DateTime<Tz>, DateTime<Tz>) {
    let after = first_shown(at, zone);
    let before = after - chrono::Duration::minutes(1);
    (before, after)
}

/// The first moment at which clocks show this time or a later one.
pub(crate) fn first_shown(at: NaiveDateTime, zone: Tz) -> DateTime<Tz> {
    // No gap was ever longer than a day, which Samoa skipped; changes happen at whole minutes.
    let mut minute = at;
    for _ in 0..=(25 * 60) {
        match zone.from_local_datetime(&minute) {
            MappedLocalTime::Single(at) | MappedLocalTime::Ambiguous(at, _) => return at,
            MappedLocalTime::None => minute += chrono::Duration::minutes(1),
        }
    }
    Utc.from_utc_datetime(&at).with_timezone(&zone)
}

/// When a day begins.
pub(crate) fn first_moment(day: NaiveDate, zone: Tz) -> DateTime<Tz> {
    first_shown(day.and_time(chrono::NaiveTime::MIN), zone)
}

/// The day after.
pub(crate) fn next_day(day: NaiveDate) -> NaiveDate {
    day.checked_add_days(Days::new(1)).unwrap_or(day)
}

/// The day before.
pub(crate) fn day_before(day: NaiveDate) -> NaiveDate {
    day.checked_sub_days(Days::new(1)).unwrap_or(day)
}

#[cfg(test)]
mod tests;
