//! Dates and times as people type them.

use chrono::{Datelike as _, NaiveDate};
use serde_json::Value;

use super::locale::{DateOrder, Locale};
use super::numbers::serial_day;
use super::pattern;

/// A typed date, time or both: its number, and the format that shows it as it was typed.
pub(super) fn read(text: &str, locale: &Locale, today: NaiveDate) -> Option<(f64, Value)> {
    if let Some((serial, shape)) = date(text, locale, today) {
        return Some((serial, pattern::format("DATE", &shape)));
    }
    if let Some((serial, shape)) = time(text) {
        return Some((serial, pattern::format("TIME", &shape)));
    }
    let splits = text
        .char_indices()
        .filter(|(_, it)| matches!(it, ' ' | 'T'));
    for (at, _) in splits {
        let (day, clock) = (&text[..at], &text[at + 1..]);
        if let (Some((day, shape)), Some((part, clock))) =
            (date(day.trim_end_matches(','), locale, today), time(clock))
        {
            let format = pattern::format("DATE_TIME", &format!("{shape} {clock}"));
            return Some((day + part, format));
        }
    }
    None
}

fn date(text: &str, locale: &Locale, today: NaiveDate) -> Option<(f64, String)> {
    numeric(text, locale, today).or_else(|| named(text, locale, today))
}

/// A date of numbers, in the order of the locale, or with the year first.
fn numeric(text: &str, locale: &Locale, today: NaiveDate) -> Option<(f64, String)> {
    let separator = text.chars().find(|it| !it.is_ascii_digit())?;
    let has_dots = locale.date.contains('.');
    if !(matches!(separator, '/' | '-') || separator == '.' && has_dots) {
        return None;
    }
    let parts: Vec<&str> = text.trim_end_matches('.').split(separator).collect();
    let is_number = |part: &&str| {
        (1..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    if !parts.iter().all(is_number) {
        return None;
    }
    let order = match (locale.order, parts.as_slice()) {
        (_, [first, _, _]) if first.len() == 4 => "ymd",
        (DateOrder::Month, [_, _, _]) => "mdy",
        (DateOrder::Year, [_, _, _]) => "ymd",
        (DateOrder::Day, [_, _, _]) => "dmy",
        (DateOrder::Day, [_, _]) => "dm",
        (_, [_, _]) => "md",
        _ => return None,
    };
    let (mut year, mut month, mut day) = (today.year(), 0, 0);
    let mut shape = Vec::new();
    for (kind, part) in order.chars().zip(&parts) {
        let number: u32 = part.parse().ok()?;
        match kind {
            'y' => year = whole_year(part)?,
            'm' => month = number,
            _ => day = number,
        }
        let long = if kind == 'y' {
            part.len()
        } else {
            part.len().min(2)
        };
        shape.push(kind.to_string().repeat(long));
    }
    let serial = serial_day(year, month, day)?;
    Some((serial, shape.join(&separator.to_string())))
}

/// A year of four digits, or of two in the hundred years around now.
fn whole_year(part: &str) -> Option<i32> {
    let number: i32 = part.parse().ok()?;
    match part.len() {
        4 => Some(number),
        1 | 2 => Some(if number < 70 {
            2000 + number
        } else {
            1900 + number
        }),
        _ => None,
    }
}

/// A date with a month's name: `Mar 1 2016`, `1 March`, `March 1, 2016`.
fn named(text: &str, locale: &Locale, today: NaiveDate) -> Option<(f64, String)> {
    let words: Vec<&str> = text.split_whitespace().collect();
    if !(2..=3).contains(&words.len()) {
        return None;
    }
    let (mut year, mut month, mut day) = (today.year(), None, None);
    let mut shape = Vec::new();
    for word in words {
        let bare = word.trim_end_matches([',', '.']);
        let tail = &word[bare.len()..];
        let letters = if let Some(number) = locale.month_named(bare).filter(|_| month.is_none()) {
            month = Some(number);
            if bare.chars().count() <= 3 {
                "mmm"
            } else {
                "mmmm"
            }
        } else if day.is_none() && bare.len() <= 2 {
            day = Some(bare.parse::<u32>().ok()?);
            "d"
        } else if bare.len() == 4 {
            year = whole_year(bare)?;
            "yyyy"
        } else {
            return None;
        };
        shape.push(format!("{letters}{tail}"));
    }
    let serial = serial_day(year, month?, day?)?;
    Some((serial, shape.join(" ")))
}

/// A time of a day: `9:30`, `9:30:15`, `9:30 pm`, or a span of more hours.
fn time(text: &str) -> Option<(f64, String)> {
    let lower = text.trim().to_lowercase();
    let (clock, half) = match lower.strip_suffix("am") {
        Some(clock) => (clock.trim_end(), Some(0)),
        None => match lower.strip_suffix("pm") {
            Some(clock) => (clock.trim_end(), Some(12)),
            None => (lower.as_str(), None),
        },
    };
    let parts: Vec<&str> = clock.split(':').collect();
    let is_number = |part: &&str| {
        (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    if !(2..=3).contains(&parts.len()) || !parts.iter().all(is_number) {
        return None;
    }
    let numbers: Vec<u32> = parts.iter().filter_map(|part| part.parse().ok()).collect();
    let (mut hour, minute) = (*numbers.first()?, *numbers.get(1)?);
    let second = numbers.get(2).copied().unwrap_or(0);
    if minute > 59 || second > 59 {
        return None;
    }
    let seconds = if numbers.len() == 3 { ":ss" } else { "" };
    let shape = match half {
        Some(half) if (1..=12).contains(&hour) => {
            hour = hour % 12 + half;
            format!("h:mm{seconds} am/pm")
        }
        Some(_) => return None,
        None if hour < 24 => {
            let hours = "h".repeat(parts.first()?.len());
            format!("{hours}:mm{seconds}")
        }
        None => format!("[h]:mm{seconds}"),
    };
    let seconds = f64::from(hour) * 3_600.0 + f64::from(minute) * 60.0 + f64::from(second);
    Some((seconds / 86_400.0, shape))
}
