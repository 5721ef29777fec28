//! The occurrences of a recurring event.
//!
//! A rule runs over what the clocks of the event's zone show; each occurrence becomes an instant
//! only then, so that nine o'clock stays nine o'clock when the offset changes.

use std::collections::BTreeSet;

use chrono::{DateTime, Duration, NaiveDate, NaiveDateTime, NaiveTime, TimeZone as _, Utc};
use chrono_tz::Tz;
use rrule::{RRule, RRuleSet, Unvalidated};
use serde_json::Value;

use super::errors::invalid;
use super::times::{self, Moment};
use crate::call::ApiError;

/// No series has more occurrences than this here.
const MOST: usize = 5_000;

/// The lines of a `recurrence`.
#[derive(Debug, Default)]
pub(super) struct Recurrence {
    rules: Vec<RRuleSet>,
    excluded_rules: Vec<RRuleSet>,
    dates: BTreeSet<NaiveDateTime>,
    excluded: BTreeSet<NaiveDateTime>,
    start: NaiveDateTime,
}

impl Recurrence {
    /// Reads the lines for a series that starts then.
    ///
    /// # Errors
    /// When a line is none of RRULE, EXRULE, RDATE and EXDATE, or is not well-formed.
    pub(super) fn read(lines: &Value, start: Moment) -> Result<Self, ApiError> {
        let wrong = || invalid("Invalid recurrence rule.");
        let mut read = Self {
            start: start.wall(),
            ..Self::default()
        };
        for line in lines.as_array().into_iter().flatten() {
            let line = line.as_str().ok_or_else(wrong)?;
            let (head, value) = line.split_once(':').ok_or_else(wrong)?;
            let (name, parameters) = head.split_once(';').unwrap_or((head, ""));
            match name.to_ascii_uppercase().as_str() {
                "RRULE" => read.rules.push(rule(value, start).ok_or_else(wrong)?),
                "EXRULE" => {
                    let rule = rule(value, start).ok_or_else(wrong)?;
                    read.excluded_rules.push(rule);
                }
                "RDATE" => read
                    .dates
                    .extend(dates(parameters, value, start).ok_or_else(wrong)?),
                "EXDATE" => read
                    .excluded
                    .extend(dates(parameters, value, start).ok_or_else(wrong)?),
                _ => return Err(wrong()),
            }
        }
        Ok(read)
    }

    /// The wall-clock starts up to that time, in order.
    ///
    /// The start is an occurrence in any case, as RFC 5545 says of DTSTART.
    pub(super) fn until(&self, last: NaiveDateTime) -> BTreeSet<NaiveDateTime> {
        let mut found = self.dates.clone();
        found.insert(self.start);
        for rule in &self.rules {
            found.extend(run(rule, last));
        }
        for rule in &self.excluded_rules {
            for date in run(rule, last) {
                found.remove(&date);
            }
        }
        found.retain(|date| *date <= last && !self.excluded.contains(date));
        found
    }
}

/// The start of an occurrence of a series, from what the clocks show.
pub(super) fn occurrence(start: Moment, wall: NaiveDateTime) -> Moment {
    match start {
        Moment::Day(_) => Moment::Day(wall.date()),
        Moment::At(_, zone) => Moment::At(times::instant(wall, zone), zone),
    }
}

/// The end of an occurrence: as long after its start as the series' first end is.
pub(super) fn end_of(occurrence: Moment, start: Moment, end: Moment) -> Moment {
    match (occurrence, start, end) {
        (Moment::Day(day), Moment::Day(first), Moment::Day(last)) => {
            Moment::Day(day + (last - first))
        }
        (Moment::At(time, _), Moment::At(first, _), Moment::At(last, zone)) => {
            Moment::At(time + (last - first), zone)
        }
        _ => occurrence,
    }
}

/// The last wall-clock time that may matter for what starts before an instant.
pub(super) fn horizon(before: DateTime<Utc>) -> NaiveDateTime {
    before.naive_utc() + Duration::hours(26)
}

fn run(rule: &RRuleSet, last: NaiveDateTime) -> Vec<NaiveDateTime> {
    rule.into_iter()
        .map(|date| date.naive_utc())
        .take_while(|date| *date <= last)
        .take(MOST)
        .collect()
}

/// A rule over wall-clock times, which stand as if they were in UTC.
fn rule(value: &str, start: Moment) -> Option<RRuleSet> {
    let rule: RRule<Unvalidated> = value
        .split(';')
        .map(|part| match part.split_once('=') {
            Some((name, until)) if name.eq_ignore_ascii_case("UNTIL") => {
                Some(format!("UNTIL={}", wall_until(until, start)?))
            }
            _ => Some(part.to_owned()),
        })
        .collect::<Option<Vec<_>>>()?
        .join(";")
        .parse()
        .ok()?;
    let start = rrule::Tz::UTC.from_utc_datetime(&start.wall());
    let rule = rule.validate(start).ok()?;
    Some(RRuleSet::new(start).rrule(rule).limit())
}

/// The end of a rule in what the clocks show; a day that ends a series of times is its last one.
fn wall_until(until: &str, start: Moment) -> Option<String> {
    let wall = match (parse(until)?, start) {
        (Parsed::Utc(time), Moment::At(_, zone)) => times::wall(time, zone),
        (Parsed::Utc(time), Moment::Day(_)) => time.naive_utc(),
        (Parsed::Local(wall), _) => wall,
        (Parsed::Day(day), Moment::At(..)) => day.and_hms_opt(23, 59, 59)?,
        (Parsed::Day(day), Moment::Day(_)) => day.and_time(NaiveTime::MIN),
    };
    // The crate refuses a rule that ends before it starts; Google takes it.
    let wall = wall.max(start.wall());
    Some(wall.format("%Y%m%dT%H%M%SZ").to_string())
}

enum Parsed {
    Day(NaiveDate),
    Local(NaiveDateTime),
    Utc(DateTime<Utc>),
}

fn parse(text: &str) -> Option<Parsed> {
    if let Some(local) = text.strip_suffix('Z') {
        let time = NaiveDateTime::parse_from_str(local, "%Y%m%dT%H%M%S").ok()?;
        return Some(Parsed::Utc(time.and_utc()));
    }
    if let Ok(day) = NaiveDate::parse_from_str(text, "%Y%m%d") {
        return Some(Parsed::Day(day));
    }
    NaiveDateTime::parse_from_str(text, "%Y%m%dT%H%M%S")
        .ok()
        .map(Parsed::Local)
}

/// The dates of an RDATE or EXDATE, in what the clocks of the series' zone show.
fn dates(parameters: &str, value: &str, start: Moment) -> Option<Vec<NaiveDateTime>> {
    let named = parameters
        .split(';')
        .find_map(|parameter| parameter.strip_prefix("TZID="));
    let named = match named {
        Some(name) => Some(times::zone(name)?),
        None => None,
    };
    let zone = match start {
        Moment::At(_, zone) => zone,
        Moment::Day(_) => Tz::UTC,
    };
    let wall = |text: &str| {
        Some(match parse(text)? {
            Parsed::Utc(time) => times::wall(time, zone),
            Parsed::Day(day) => day.and_time(start.wall().time()),
            Parsed::Local(local) => match named {
                Some(named) => times::wall(times::instant(local, named), zone),
                None => local,
            },
        })
    };
    value.split(',').map(|text| wall(text.trim())).collect()
}
