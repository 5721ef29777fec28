//! Rules of a series that starts elsewhere from now on: which would contradict that, and where an end comes to lie.

use chrono::{Datelike as _, NaiveDate, NaiveDateTime, Utc};
use chrono_tz::Tz;

use super::{Cut, excluding, names_dates};
use crate::{
    schedule::{date, starts_alike},
    times::{day_before, first_shown},
    view::When,
};

/// Whether the rules say on which days it is.
fn names_days(rules: &[String]) -> bool {
    let by = [
        "BYDAY=",
        "BYMONTHDAY=",
        "BYYEARDAY=",
        "BYMONTH=",
        "BYWEEKNO=",
    ];
    rules
        .iter()
        .any(|line| line.starts_with("RRULE:") && by.iter().any(|by| line.contains(by)))
}

/// Whether days of the week are all that the rules say of days, as in every Monday but not every first one.
fn names_weekdays_alone(rules: &[String]) -> bool {
    let mut parts = rules
        .iter()
        .filter_map(|line| line.strip_prefix("RRULE:"))
        .flat_map(|rule| rule.split(';'));
    parts.all(|part| match part.split_once('=') {
        Some(("BYDAY", days)) => !days.contains(|c: char| c.is_ascii_digit()),
        Some((name, _)) => !name.starts_with("BY"),
        None => true,
    })
}

/// The rules of a series that starts elsewhere from now on: an end moves as the instances do, so that the last one stays
/// the last, and so do dates on which it does not take place. None where they name days or dates that would not move.
pub(crate) fn moved(rules: &[String], had: &When, new: &When) -> Option<Vec<String>> {
    if starts_alike(had, new) {
        return Some(rules.to_vec());
    }
    let (from, to) = (date(had), date(new));
    let same_weekday = from.weekday() == to.weekday() && names_weekdays_alone(rules);
    if names_dates(rules, "RDATE") || (from != to && names_days(rules) && !same_weekday) {
        return None;
    }
    rules
        .iter()
        .map(|line| moved_line(line, had, new))
        .collect()
}

fn moved_line(line: &str, had: &When, new: &When) -> Option<String> {
    if let Some(rule) = line.strip_prefix("RRULE:") {
        let part = |part: &str| match part.strip_prefix("UNTIL=") {
            Some(until) => Some(format!("UNTIL={}", moved_end(until, had, new)?.until())),
            None => Some(part.to_owned()),
        };
        let parts: Option<Vec<String>> = rule.split(';').map(part).collect();
        return Some(format!("RRULE:{}", parts?.join(";")));
    }
    if !line.starts_with("EXDATE") {
        return Some(line.to_owned());
    }
    let (name, dates) = line.split_once(':')?;
    let named = name.split(';').find_map(|it| it.strip_prefix("TZID="));
    let named = named.map(str::parse).transpose().ok()?;
    let cuts = dates.split(',').map(|it| moved_date(it, named, had, new));
    Some(excluding(&cuts.collect::<Option<Vec<Cut>>>()?))
}

/// Where an instance that does not take place comes to lie.
fn moved_date(text: &str, named: Option<Tz>, had: &When, new: &When) -> Option<Cut> {
    let When::Timed { from, .. } = had else {
        return moved_end(text, had, new);
    };
    let local = |text: &str| NaiveDateTime::parse_from_str(text, "%Y%m%dT%H%M%S").ok();
    let zone = named.unwrap_or(from.timezone());
    let at = match text.strip_suffix('Z') {
        Some(text) => local(text)?.and_utc(),
        None => first_shown(local(text)?, zone).with_timezone(&Utc),
    };
    // What never was an instance would be one of whole days.
    let is_instance = at.with_timezone(&from.timezone()).time() == from.time();
    if new.is_days() && !is_instance {
        return None;
    }
    moved_end(&at.format("%Y%m%dT%H%M%SZ").to_string(), had, new)
}

/// Where an end comes to lie, by the clocks of each.
fn moved_end(until: &str, had: &When, new: &When) -> Option<Cut> {
    let moment = NaiveDateTime::parse_from_str(until, "%Y%m%dT%H%M%SZ").ok();
    let day = || NaiveDate::parse_from_str(until, "%Y%m%d").ok();
    let moved = date(new) - date(had);
    let end = match (had, moment) {
        (When::Timed { from, .. }, Some(end)) => {
            end.and_utc().with_timezone(&from.timezone()).naive_local()
        }
        (When::Timed { .. }, None) => day()?.and_hms_opt(23, 59, 59)?,
        (When::Days { .. }, Some(end)) => end,
        (When::Days { .. }, None) => day()?.and_hms_opt(0, 0, 0)?,
    };
    Some(match (had, new) {
        (When::Timed { from, .. }, When::Timed { from: to, .. }) => {
            let end = end + (to.naive_local() - from.naive_local());
            Cut::Moment(first_shown(end, to.timezone()).with_timezone(&Utc))
        }
        // A day of which the end leaves no start to the clock has no instance any more.
        (When::Timed { from, .. }, When::Days { .. }) if end.time() < from.time() => {
            Cut::Day(day_before(end.date()) + moved)
        }
        (_, When::Days { .. }) => Cut::Day(end.date() + moved),
        (When::Days { .. }, When::Timed { from: to, .. }) => {
            let end = (end.date() + moved).and_time(to.time());
            Cut::Moment(first_shown(end, to.timezone()).with_timezone(&Utc))
        }
    })
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone as _;
    use chrono_tz::{America::New_York, Europe::Warsaw};

    use super::*;

    fn timed(at: &str, zone: Tz) -> When {
        let at: NaiveDateTime = at.parse().unwrap();
        let from = zone.from_local_datetime(&at).unwrap();
        let to = from + chrono::Duration::hours(1);
        When::Timed {
            from,
            to,
            own: zone,
        }
    }

    fn days(day: &str) -> When {
        let from: NaiveDate = day.parse().unwrap();
        let to = from.succ_opt().unwrap();
        When::Days {
            from,
            to,
            own: Warsaw,
        }
    }

    #[test]
    fn an_end_moves_by_the_clock_as_the_last_instance_does() {
        let nine = timed("2027-03-22T09:00:00", Warsaw);
        for (had, new, until, expected) in [
            // The end lies behind a change of clocks, the start before it.
            (
                nine,
                timed("2027-03-22T10:30:00", Warsaw),
                "20270405T070000Z",
                "20270405T083000Z",
            ),
            (
                nine,
                timed("2027-03-21T09:00:00", Warsaw),
                "20270405T070000Z",
                "20270404T070000Z",
            ),
            (
                nine,
                timed("2027-03-22T09:00:00", New_York),
                "20270405T070000Z",
                "20270405T130000Z",
            ),
            (
                nine,
                timed("2027-03-22T10:00:00", Warsaw),
                "20270405",
                "20270405T225959Z",
            ),
            (nine, days("2027-03-23"), "20270405T070000Z", "20270406"),
            // One second before an instance, as a cut leaves it.
            (nine, days("2027-03-22"), "20270405T065959Z", "20270404"),
            (days("2027-03-22"), nine, "20270405", "20270405T070000Z"),
            (
                days("2027-03-22"),
                days("2027-03-24"),
                "20270405",
                "20270407",
            ),
        ] {
            let rules = [format!("RRULE:FREQ=DAILY;UNTIL={until};WKST=MO")];
            let expected = format!("RRULE:FREQ=DAILY;UNTIL={expected};WKST=MO");
            assert_eq!(
                moved(&rules, &had, &new).unwrap(),
                [expected],
                "{until} {new:?}"
            );
        }
    }

    #[test]
    fn dates_that_do_not_take_place_move_along_and_others_do_not_move() {
        let nine = timed("2027-03-22T09:00:00", Warsaw);
        let later = timed("2027-03-23T10:30:00", Warsaw);
        for (had, new, line, expected) in [
            (
                nine,
                later,
                "EXDATE:20270405T070000Z",
                Some("EXDATE:20270406T083000Z"),
            ),
            (
                nine,
                later,
                "EXDATE;TZID=Europe/Warsaw:20270324T090000,20270405T090000",
                Some("EXDATE:20270325T093000Z,20270406T083000Z"),
            ),
            (
                nine,
                days("2027-03-23"),
                "EXDATE:20270405T070000Z",
                Some("EXDATE;VALUE=DATE:20270406"),
            ),
            (nine, days("2027-03-23"), "EXDATE:20270405T080000Z", None),
            (
                days("2027-03-22"),
                nine,
                "EXDATE;VALUE=DATE:20270405",
                Some("EXDATE:20270405T070000Z"),
            ),
            (
                nine,
                later,
                "EXDATE;TZID=Mars/Olympus:20270405T090000",
                None,
            ),
            (nine, later, "EXDATE:whenever", None),
            (nine, later, "RDATE:20270405T070000Z", None),
            (
                nine,
                nine,
                "RDATE:20270405T070000Z",
                Some("RDATE:20270405T070000Z"),
            ),
        ] {
            let moved = moved(&[line.to_owned()], &had, &new);
            let expected = expected.map(|line| vec![line.to_owned()]);
            assert_eq!(moved, expected, "{line} {new:?}");
        }
    }
}
