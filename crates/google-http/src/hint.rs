//! How long Google asks to wait: by header, by a detail of the error, or in the message's text.

use std::time::{Duration, UNIX_EPOCH};

use chrono::DateTime;
use http::HeaderMap;
use http::header::RETRY_AFTER;
use toolgate_auth::Timestamp;

/// A hint in a text can be wrong; more than this is not believed.
const LONGEST_FROM_TEXT: Duration = Duration::from_mins(30);

/// The longest of what the header, a detail and the message ask for.
pub(crate) fn longest(
    headers: &HeaderMap,
    message: &str,
    detail: Option<Duration>,
    now: Timestamp,
) -> Option<Duration> {
    let header = headers.get(RETRY_AFTER).and_then(|it| it.to_str().ok());
    let header = header.and_then(|it| from_header(it, now));
    let text = from_text(message, now).map(|it| it.min(LONGEST_FROM_TEXT));
    let detail = detail.map(|it| it.min(LONGEST_FROM_TEXT));
    [header, text, detail].into_iter().flatten().max()
}

/// `Retry-After`: seconds, or an HTTP date.
fn from_header(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    let since = date.duration_since(UNIX_EPOCH).ok()?;
    Some(Timestamp::from_millis(toolgate_auth::millis(since)).since(now))
}

/// Gmail's "User-rate limit exceeded.  Retry after 2026-03-01T09:00:00.000Z".
fn from_text(message: &str, now: Timestamp) -> Option<Duration> {
    let lower = message.to_ascii_lowercase();
    let start = lower.find("retry after")? + "retry after".len();
    let word = message.get(start..)?.split_whitespace().next()?;
    let word = word.trim_end_matches(|it: char| !it.is_ascii_alphanumeric());
    let until = DateTime::parse_from_rfc3339(word).ok()?;
    Some(Timestamp::from_millis(until.timestamp_millis()).since(now))
}

/// A protobuf duration in JSON: `30s`, `1.5s`.
pub(crate) fn seconds(text: &str) -> Option<Duration> {
    let seconds: f64 = text.strip_suffix('s')?.parse().ok()?;
    Duration::try_from_secs_f64(seconds).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-03-01T09:00:00Z.
    const NOW: Timestamp = Timestamp::from_millis(1_772_355_600_000);

    fn of(header: Option<&str>, message: &str, detail: Option<&str>) -> Option<u64> {
        let mut headers = HeaderMap::new();
        if let Some(header) = header {
            headers.insert(RETRY_AFTER, header.parse().unwrap());
        }
        longest(&headers, message, detail.and_then(seconds), NOW).map(|it| it.as_secs())
    }

    #[test]
    fn each_way_of_asking_is_understood_and_the_longest_wins() {
        let gmail = "User-rate limit exceeded.  Retry after 2026-03-01T09:15:00.000Z";
        let cases = [
            (Some("7"), "", None, Some(7)),
            (Some(" 7 "), "", None, Some(7)),
            (Some("Sun, 01 Mar 2026 09:00:30 GMT"), "", None, Some(30)),
            (Some("Sun, 01 Mar 2026 08:00:00 GMT"), "", None, Some(0)),
            (Some("soon"), "", None, None),
            (Some("-3"), "", None, None),
            (None, gmail, None, Some(900)),
            (
                None,
                "RETRY AFTER 2026-03-01T09:00:10+00:00.",
                None,
                Some(10),
            ),
            (None, "Retry after 2026-03-02T09:00:00Z", None, Some(1800)),
            (None, "Retry after lunch", None, None),
            (None, "Retry after", None, None),
            (None, "", Some("12.5s"), Some(12)),
            (None, "", Some("12"), None),
            (Some("5"), gmail, Some("20s"), Some(900)),
            (None, "nothing of the kind", None, None),
        ];
        for (header, message, detail, expected) in cases {
            assert_eq!(
                of(header, message, detail),
                expected,
                "{header:?} {message} {detail:?}"
            );
        }
    }
}
