//! The times that a seed's events can have.

use chrono::{DateTime, Datelike as _, Duration, NaiveDate, NaiveTime, Weekday};
use chrono_tz::Tz;

use super::times::{self, Moment};

/// A time of a seed, in any of the forms that [`SeedEvent`](crate::seed::SeedEvent) takes.
pub(super) fn moment(text: &str, zone: Tz, now_ms: i64) -> Result<Moment, String> {
    if let Some(time) = times::rfc3339(text) {
        return Ok(Moment::At(time, zone));
    }
    let now = DateTime::from_timestamp_millis(now_ms).unwrap_or_default();
    let today = times::wall(now, zone).date();
    let (day, time) = match text.split_once('T') {
        Some((day, time)) => (day, Some(time)),
        None => (text, None),
    };
    let wrong = || format!("{text:?} is not a time that a seed can have");
    let day = day_of(day, today).ok_or_else(wrong)?;
    let Some(time) = time else {
        return Ok(Moment::Day(day));
    };
    let time = NaiveTime::parse_from_str(time, "%H:%M")
        .or_else(|_| NaiveTime::parse_from_str(time, "%H:%M:%S"))
        .map_err(|_| wrong())?;
    Ok(Moment::At(times::instant(day.and_time(time), zone), zone))
}

fn day_of(text: &str, today: NaiveDate) -> Option<NaiveDate> {
    if let Ok(day) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        return Some(day);
    }
    if let Some(days) = text
        .strip_suffix('d')
        .filter(|days| days.starts_with(['+', '-']))
    {
        return today.checked_add_signed(Duration::try_days(days.parse().ok()?)?);
    }
    let weekday: Weekday = text.get(..3)?.parse().ok()?;
    let weeks = match text.get(3..)? {
        "" => 0,
        weeks => weeks.strip_suffix('w')?.parse().ok()?,
    };
    let back = i64::from(today.weekday().num_days_from_monday());
    let days = i64::from(weekday.num_days_from_monday()) - back;
    today.checked_add_signed(Duration::try_days(days)? + Duration::try_weeks(weeks)?)
}
