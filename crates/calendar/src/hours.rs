//! When somebody works: as configured, as their calendar says, or as a call says; never guessed from a language.

use chrono::{DateTime, Datelike as _, NaiveDateTime, NaiveTime, Utc, Weekday};
use chrono_tz::Tz;

use crate::{
    error::{Error, ErrorKind},
    span::Span,
    times::{first_shown, next_day},
    wire::CalendarWorkingHours,
};

/// Minutes of a day.
const DAY: u32 = 24 * 60;

/// When somebody works, by the clocks of their zone.
///
/// ```
/// use toolgate_calendar::WorkingHours;
///
/// let hours = WorkingHours::new("08:30", "16:30", ["sun", "mon", "tue", "wed", "thu"])?;
/// assert!(WorkingHours::new("17:00", "09:00", ["mon"]).is_err());
/// # Ok::<(), toolgate_calendar::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkingHours {
    /// From Monday on: blocks of minutes from the day's start.
    days: [Vec<(u32, u32)>; 7],
}

impl Default for WorkingHours {
    /// Monday to Friday from 9:00 to 17:00.
    fn default() -> Self {
        let block = || vec![(9 * 60, 17 * 60)];
        Self {
            days: std::array::from_fn(|day| if day < 5 { block() } else { Vec::new() }),
        }
    }
}

impl WorkingHours {
    /// The same hours on each of these days.
    ///
    /// # Errors
    /// When they do not end after they begin, or a day is none of `mon` to `sun`.
    pub fn new<D: AsRef<str>>(
        start: &str,
        end: &str,
        days: impl IntoIterator<Item = D>,
    ) -> Result<Self, Error> {
        let (start, end) = (minute(start), minute(end));
        let block = start.zip(end).filter(|(start, end)| start < end);
        let block = block.ok_or(ErrorKind::Hours)?;
        let mut hours = Self {
            days: Default::default(),
        };
        for day in days {
            let day = weekday(day.as_ref()).ok_or(ErrorKind::Days)?;
            if let Some(blocks) = hours.days.get_mut(index(day)) {
                *blocks = vec![block];
            }
        }
        if hours.days.iter().all(Vec::is_empty) {
            return Err(Error::from(ErrorKind::Days));
        }
        Ok(hours)
    }

    /// Those that a person set in their calendar.
    pub(crate) fn of(hours: &CalendarWorkingHours) -> Option<Self> {
        if hours.working_hours_enabled == Some(false) {
            return None;
        }
        let mut own = Self {
            days: Default::default(),
        };
        for block in hours.available_times.iter().flatten() {
            let day = weekday(block.day_of_week.as_deref()?)?;
            let bound = |minute: Option<i32>| u32::try_from(minute?).ok();
            let block = (
                bound(block.period_start)?,
                bound(block.period_end)?.min(DAY),
            );
            if let Some(blocks) = own.days.get_mut(index(day)).filter(|_| block.0 < block.1) {
                blocks.push(block);
            }
        }
        Some(own).filter(|own| own.days.iter().any(|blocks| !blocks.is_empty()))
    }

    /// The same on these days only; a day without hours takes those of the first one that has some.
    pub(crate) fn on(&self, days: &[Weekday]) -> Self {
        let some = self.days.iter().find(|blocks| !blocks.is_empty());
        let some = some.cloned().unwrap_or_default();
        let mut on = Self {
            days: Default::default(),
        };
        for day in days {
            let own = self.days.get(index(*day)).filter(|own| !own.is_empty());
            if let Some(blocks) = on.days.get_mut(index(*day)) {
                blocks.clone_from(own.unwrap_or(&some));
            }
        }
        on
    }

    /// These hours on the days of this.
    pub(crate) fn at(&self, start: u32, end: u32) -> Self {
        let days = self.days.each_ref();
        Self {
            days: days.map(|blocks| {
                if blocks.is_empty() {
                    Vec::new()
                } else {
                    vec![(start, end)]
                }
            }),
        }
    }

    /// The working time within a window, by the clocks of a zone.
    pub(crate) fn within(&self, window: Span, zone: Tz) -> Vec<Span> {
        let mut day = window.from.with_timezone(&zone).date_naive();
        let last = window.to.with_timezone(&zone).date_naive();
        let mut spans = Vec::new();
        while day <= last {
            let blocks = self.days.get(index(day.weekday()));
            for (start, end) in blocks.into_iter().flatten() {
                let at = |minute| shown(day.and_time(NaiveTime::MIN), minute, zone);
                let span = Span::new(at(*start), at(*end)).within(window);
                spans.extend(span);
            }
            let next = next_day(day);
            if next == day {
                break;
            }
            day = next;
        }
        spans
    }

    /// In words, such as `mon 09:00-17:00`.
    pub(crate) fn described(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for (day, blocks) in NAMES.iter().zip(&self.days) {
            for (start, end) in blocks {
                let clock = |minute: u32| format!("{:02}:{:02}", minute / 60, minute % 60);
                lines.push(format!("{day} {}-{}", clock(*start), clock(*end)));
            }
        }
        lines
    }
}

const NAMES: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

fn shown(midnight: NaiveDateTime, minute: u32, zone: Tz) -> DateTime<Utc> {
    let at = midnight + chrono::Duration::minutes(i64::from(minute));
    first_shown(at, zone).with_timezone(&Utc)
}

fn index(day: Weekday) -> usize {
    day.num_days_from_monday() as usize
}

/// A day by its English name, long or short.
pub(crate) fn weekday(name: &str) -> Option<Weekday> {
    name.trim().parse().ok()
}

/// Minutes from the day's start of a time such as `09:30`, or `24:00`.
pub(crate) fn minute(clock: &str) -> Option<u32> {
    let (hour, minute) = clock.trim().split_once(':')?;
    let two_digits = |text: &str| text.len() <= 2 && text.bytes().all(|it| it.is_ascii_digit());
    if !two_digits(hour) || minute.len() != 2 || !two_digits(minute) {
        return None;
    }
    let (hour, minute): (u32, u32) = (hour.parse().ok()?, minute.parse().ok()?);
    Some(hour * 60 + minute).filter(|at| minute < 60 && *at <= DAY)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(from: &str, to: &str) -> Span {
        Span::new(from.parse().unwrap(), to.parse().unwrap())
    }

    fn told(hours: &WorkingHours, window: Span, zone: Tz) -> Vec<String> {
        let spans = hours.within(window, zone).into_iter();
        spans
            .map(|it| {
                let at =
                    |at: DateTime<Utc>| at.with_timezone(&zone).format("%a %H:%M%:z").to_string();
                format!("{} {}", at(it.from), at(it.to))
            })
            .collect()
    }

    #[test]
    fn hours_are_what_clocks_show_on_both_sides_of_a_change() {
        let window = span("2026-03-27T00:00:00Z", "2026-03-31T00:00:00Z");
        assert_eq!(
            told(&WorkingHours::default(), window, Tz::Europe__Warsaw),
            [
                "Fri 09:00+01:00 Fri 17:00+01:00",
                "Mon 09:00+02:00 Mon 17:00+02:00"
            ]
        );
        let nights = WorkingHours::new("02:00", "04:00", ["sun"]).unwrap();
        assert_eq!(
            told(&nights, window, Tz::Europe__Warsaw),
            ["Sun 03:00+02:00 Sun 04:00+02:00"]
        );
    }

    #[test]
    fn hours_are_cut_to_the_window_and_days_are_those_that_were_said() {
        let window = span("2026-06-07T07:00:00Z", "2026-06-08T08:00:00Z");
        let hours = WorkingHours::new("08:30", "24:00", ["Sunday", "mon"]).unwrap();
        assert_eq!(
            told(&hours, window, Tz::UTC),
            ["Sun 08:30+00:00 Mon 00:00+00:00"]
        );
        let tuesday = hours.on(&[Weekday::Tue]);
        assert_eq!(tuesday.described(), ["tue 08:30-24:00"]);
        assert_eq!(
            hours.at(60, 90).described(),
            ["mon 01:00-01:30", "sun 01:00-01:30"]
        );
    }

    #[test]
    fn what_are_no_hours_is_refused() {
        for (start, end, days) in [
            ("9", "17:00", vec!["mon"]),
            ("09:00", "09:00", vec!["mon"]),
            ("09:00", "24:01", vec!["mon"]),
            ("09:60", "12:00", vec!["mon"]),
            ("09:00", "17:00", vec![]),
            ("09:00", "17:00", vec!["someday"]),
        ] {
            let error = WorkingHours::new(start, end, days.clone()).unwrap_err();
            assert!(error.is_working_hours(), "{start} {end} {days:?}");
        }
    }

    #[test]
    fn a_calendars_own_hours_are_read_and_disabled_ones_are_none() {
        let hours = |enabled: bool| -> CalendarWorkingHours {
            serde_json::from_value(serde_json::json!({
                "workingHoursEnabled": enabled,
                "availableTimes": [
                    {"dayOfWeek": "monday", "periodStart": 480, "periodEnd": 720},
                    {"dayOfWeek": "monday", "periodStart": 780, "periodEnd": 1020}]}))
            .unwrap()
        };
        let own = WorkingHours::of(&hours(true)).unwrap();
        assert_eq!(own.described(), ["mon 08:00-12:00", "mon 13:00-17:00"]);
        assert_eq!(WorkingHours::of(&hours(false)), None);
    }
}
