//! The simple sentences that `quickAdd` understands.
//!
//! A day (`today`, `tomorrow`, `Friday`, `2026-06-03`, `June 3`), a time (`10am`, `14:30`) or two of
//! them with a dash, and a length (`for 45 minutes`); the rest is the title. Without a time the
//! event takes the whole day, without a length an hour.

use chrono::{DateTime, Datelike as _, Duration, NaiveDate, NaiveTime};
use chrono_tz::Tz;
use serde_json::{Map, Value, json};

use super::times::{self, Moment};

const MONTHS: &[&str] = &[
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

/// The words that only lead to a day or a time.
const LINKS: &[&str] = &["on", "at", "from", "to"];

#[derive(Default)]
struct Reading {
    title: Vec<String>,
    day: Option<NaiveDate>,
    start: Option<NaiveTime>,
    end: Option<NaiveTime>,
    length: Option<Duration>,
}

/// The fields of the event that a sentence describes.
pub(super) fn read(text: &str, now_ms: i64, zone: Tz) -> Map<String, Value> {
    let now = DateTime::from_timestamp_millis(now_ms).unwrap_or_default();
    let today = times::wall(now, zone).date();
    let reading = words(text, today);
    let day = reading.day.unwrap_or(today);
    let (start, end) = match reading.start {
        None => (Moment::Day(day), Moment::Day(day + Duration::days(1))),
        Some(start) => {
            let start = day.and_time(start);
            let end = match (reading.end, reading.length) {
                (Some(end), _) => day.and_time(end),
                (None, length) => start + length.unwrap_or(Duration::hours(1)),
            };
            let end = if end < start {
                end + Duration::days(1)
            } else {
                end
            };
            (
                Moment::At(times::instant(start, zone), zone),
                Moment::At(times::instant(end, zone), zone),
            )
        }
    };
    let title = reading.title.join(" ");
    let mut fields = Map::new();
    fields.insert("summary".to_owned(), json!(title));
    fields.insert("start".to_owned(), start.kept());
    fields.insert("end".to_owned(), end.kept());
    fields
}

fn words(text: &str, today: NaiveDate) -> Reading {
    let mut reading = Reading::default();
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut at = 0;
    while at < words.len() {
        let used = take(&mut reading, &words[at..], today);
        if used > 0 {
            let leads = |word: &String| LINKS.contains(&word.to_lowercase().as_str());
            if reading.title.last().is_some_and(leads) {
                reading.title.pop();
            }
        } else {
            reading.title.push(words[at].to_owned());
        }
        at += used.max(1);
    }
    reading
}

/// How many words say something about the time; none when they are part of the title.
fn take(reading: &mut Reading, words: &[&str], today: NaiveDate) -> usize {
    let word = words[0].trim_matches(',').to_lowercase();
    let next = words
        .get(1)
        .map(|next| next.trim_matches(',').to_lowercase());
    if let Some(day) = day_word(&word, today) {
        reading.day = Some(day);
        return 1;
    }
    if let Some(next) = &next
        && let Some(day) = month_day(&word, next, today)
    {
        reading.day = Some(day);
        return 2;
    }
    if word == "for"
        && let (Some(count), Some(unit)) = (next, words.get(2))
        && let Some(length) = length(&count, unit)
    {
        reading.length = Some(length);
        return 3;
    }
    let (first, second) = match word.split_once('-') {
        Some((first, second)) => (first, Some(second)),
        None => (word.as_str(), None),
    };
    let Some(start) = clock(first) else {
        return 0;
    };
    match second {
        None => reading.start = Some(start),
        Some(second) => {
            let Some(end) = clock(second) else { return 0 };
            (reading.start, reading.end) = (Some(start), Some(end));
        }
    }
    1
}

fn day_word(word: &str, today: NaiveDate) -> Option<NaiveDate> {
    match word {
        "today" => return Some(today),
        "tomorrow" => return Some(today + Duration::days(1)),
        _ => {}
    }
    if let Ok(day) = NaiveDate::parse_from_str(word, "%Y-%m-%d") {
        return Some(day);
    }
    let weekday: chrono::Weekday = word.parse().ok()?;
    let ahead = 1..=7;
    ahead
        .map(|days| today + Duration::days(days))
        .find(|day| day.weekday() == weekday)
}

fn month_day(month: &str, day: &str, today: NaiveDate) -> Option<NaiveDate> {
    let month = MONTHS.iter().position(|known| month.starts_with(known))?;
    let day = day.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let (month, day) = (u32::try_from(month).ok()? + 1, day.parse().ok()?);
    let date = NaiveDate::from_ymd_opt(today.year(), month, day)?;
    if date < today {
        NaiveDate::from_ymd_opt(today.year() + 1, month, day)
    } else {
        Some(date)
    }
}

fn clock(word: &str) -> Option<NaiveTime> {
    let half = word.strip_suffix("am").map(|rest| (rest, 0));
    let half = half.or_else(|| word.strip_suffix("pm").map(|rest| (rest, 12)));
    let (digits, half) = half.map_or((word, None), |(rest, half)| (rest, Some(half)));
    let (hour, minute) = match digits.split_once(':') {
        Some((hour, minute)) => (hour.parse::<u32>().ok()?, minute.parse().ok()?),
        None => (half.and(digits.parse::<u32>().ok())?, 0),
    };
    let hour = half.map_or(hour, |half| hour % 12 + half);
    NaiveTime::from_hms_opt(hour, minute, 0)
}

fn length(count: &str, unit: &str) -> Option<Duration> {
    let count: i64 = count.parse().ok()?;
    let unit = unit.to_lowercase();
    if unit.starts_with("min") {
        Some(Duration::minutes(count))
    } else if unit.starts_with("hour") {
        Some(Duration::hours(count))
    } else {
        None
    }
}
