//! Moments as people and programs read them.

use chrono::{DateTime, SecondsFormat, Utc};
use toolgate_auth::Timestamp;

/// A day, such as `3 May 2026`, by the clocks of UTC: nobody knows those of the reader.
pub(crate) fn day(at: Timestamp) -> String {
    let known = utc(at).map(|at| at.format("%-d %B %Y").to_string());
    known.unwrap_or_else(|| "an unknown day".to_owned())
}

pub(crate) fn rfc3339(at: Timestamp) -> Option<String> {
    Some(utc(at)?.to_rfc3339_opts(SecondsFormat::Secs, true))
}

fn utc(at: Timestamp) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp_millis(at.as_millis())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_has_its_months_name_and_is_that_of_utc() {
        let cases = [
            (0, "1 January 1970", Some("1970-01-01T00:00:00Z")),
            (
                1_777_766_399_999,
                "2 May 2026",
                Some("2026-05-02T23:59:59Z"),
            ),
            (
                1_777_766_400_000,
                "3 May 2026",
                Some("2026-05-03T00:00:00Z"),
            ),
            (
                1_709_164_800_000,
                "29 February 2024",
                Some("2024-02-29T00:00:00Z"),
            ),
            (i64::MAX, "an unknown day", None),
        ];
        for (millis, expected, full) in cases {
            let at = Timestamp::from_millis(millis);
            assert_eq!(day(at), expected);
            assert_eq!(rfc3339(at).as_deref(), full);
        }
    }
}
