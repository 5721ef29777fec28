//! Words, label names and dates in the forms in which a search compares them.

use chrono::{DateTime, Months, NaiveDate, NaiveTime};

use super::query::Age;

/// The words of a text in lower case, each between single blanks, with a blank at both ends: a run
/// of words is found as a substring, and never within a longer word.
pub(crate) fn normalized(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push(' ');
    let mut letters = text.chars().peekable();
    let mut last = ' ';
    while let Some(letter) = letters.next() {
        // A full stop between digits is part of the number.
        let is_decimal = letter == '.'
            && last.is_numeric()
            && letters.peek().is_some_and(|next| next.is_numeric());
        if is_ideograph(letter) {
            if !out.ends_with(' ') {
                out.push(' ');
            }
            out.push(letter);
            out.push(' ');
        } else if letter.is_alphanumeric() || is_decimal {
            out.extend(letter.to_lowercase());
        } else if !out.ends_with(' ') {
            out.push(' ');
        }
        last = letter;
    }
    if !out.ends_with(' ') {
        out.push(' ');
    }
    out
}

/// Scripts that do not part words by blanks: each sign counts as a word.
fn is_ideograph(letter: char) -> bool {
    matches!(letter, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}')
}

/// A label's name as it is written in a search: lower case, with dashes for what parts words.
pub(crate) fn label_key(name: &str) -> String {
    name.to_lowercase()
        .chars()
        .map(|letter| {
            let parts = letter.is_whitespace() || "/\\&()\"{}|".contains(letter);
            if parts { '-' } else { letter }
        })
        .collect()
}

/// A date at midnight UTC or a number of seconds, in milliseconds since the epoch.
pub(crate) fn moment(text: &str) -> Option<i64> {
    let fields: Vec<&str> = text.split(['/', '-']).collect();
    if let [seconds] = fields[..]
        && seconds.len() > 4
    {
        return seconds.parse::<i64>().ok()?.checked_mul(1000);
    }
    let numbers: Vec<u32> = fields
        .iter()
        .map(|field| field.parse().ok())
        .collect::<Option<_>>()?;
    let (year, month, day) = match numbers[..] {
        [year] if year >= 1000 => (year, 1, 1),
        [year, month] if year >= 1000 => (year, month, 1),
        [year, month, day] if year >= 1000 => (year, month, day),
        [month, day, year] if year >= 1000 => (year, month, day),
        _ => return None,
    };
    let date = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?;
    Some(date.and_time(NaiveTime::MIN).and_utc().timestamp_millis())
}

/// The moment that far before now; the earliest there is when the calendar does not reach back.
pub(crate) fn before_now(age: Age, now_ms: i64) -> i64 {
    let span = match age {
        Age::Hours(count) => i64::from(count) * 3_600_000,
        Age::Days(count) => i64::from(count) * 86_400_000,
        Age::Months(count) => {
            return DateTime::from_timestamp_millis(now_ms)
                .and_then(|now| now.checked_sub_months(Months::new(count)))
                .map_or(i64::MIN, |then| then.timestamp_millis());
        }
    };
    now_ms.saturating_sub(span)
}
