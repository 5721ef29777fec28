//! Gaps, folds, offsets and zones.

use super::*;

fn zones(named: Option<&str>, own: &str) -> Zones {
    Zones {
        named: named.map(|name| name.parse().unwrap()),
        own: own.parse().unwrap(),
    }
}

fn moment(text: &str, zones: Zones) -> Result<Moment, ToolError> {
    Said::parse("start_date", text)?.moment("start_date", zones)
}

/// What is said, the zone that is named, the calendar's own, and the moment by the clocks of the one that counts.
const SAID: [(&str, Option<&str>, &str, &str); 9] = [
    (
        "2026-03-28T09:00:00+01:00",
        None,
        "Europe/Warsaw",
        "2026-03-28T09:00:00+01:00",
    ),
    (
        "2026-03-28T09:00:00Z",
        None,
        "Europe/Warsaw",
        "2026-03-28T10:00:00+01:00",
    ),
    (
        "2026-03-28T09:00:00-05:00",
        None,
        "Europe/Warsaw",
        "2026-03-28T15:00:00+01:00",
    ),
    (
        "2026-03-28T09:00",
        None,
        "Europe/Warsaw",
        "2026-03-28T09:00:00+01:00",
    ),
    (
        "2026-03-30 09:00:00",
        None,
        "Europe/Warsaw",
        "2026-03-30T09:00:00+02:00",
    ),
    (
        "2026-03-30T09:00",
        Some("Asia/Kolkata"),
        "Europe/Warsaw",
        "2026-03-30T09:00:00+05:30",
    ),
    (
        "2026-03-30T09:00+05:30",
        Some("Asia/Kolkata"),
        "Europe/Warsaw",
        "2026-03-30T09:00:00+05:30",
    ),
    (
        "2026-03-30",
        None,
        "America/New_York",
        "2026-03-30T00:00:00-04:00",
    ),
    (
        "2026-07-01T12:00:00.250z",
        None,
        "UTC",
        "2026-07-01T12:00:00.250+00:00",
    ),
];

#[test]
fn an_offset_is_an_instant_and_a_zone_is_what_clocks_show() {
    for (text, named, own, expected) in SAID {
        let at = moment(text, zones(named, own)).unwrap();
        assert_eq!(
            (at.at.to_rfc3339().as_str(), at.note),
            (expected, None),
            "{text}"
        );
    }
}

#[test]
fn an_offset_that_is_not_the_zones_is_refused_by_name() {
    for (text, named) in [
        ("2026-03-30T09:00:00+01:00", "Europe/Warsaw"),
        ("2026-03-30T09:00:00Z", "Europe/Warsaw"),
        ("2026-01-30T09:00:00-04:00", "America/New_York"),
    ] {
        let error = moment(text, zones(Some(named), "UTC")).unwrap_err();
        assert_eq!(error.argument(), Some("start_date"), "{text}");
        assert!(error.message().contains(named), "{error}");
    }
}

/// Zone, what the clock shows, and the moments around the gap.
const GAPS: [(&str, &str, &str, &str); 7] = [
    (
        "Europe/Warsaw",
        "2026-03-29T02:30",
        "2026-03-29T01:59:00+01:00",
        "2026-03-29T03:00:00+02:00",
    ),
    (
        "Europe/London",
        "2026-03-29T01:00",
        "2026-03-29T00:59:00+00:00",
        "2026-03-29T02:00:00+01:00",
    ),
    (
        "America/New_York",
        "2026-03-08T02:59:59",
        "2026-03-08T01:59:59-05:00",
        "2026-03-08T03:00:59-04:00",
    ),
    (
        "Australia/Lord_Howe",
        "2026-10-04T02:15",
        "2026-10-04T01:59:00+10:30",
        "2026-10-04T02:30:00+11:00",
    ),
    (
        "America/Santiago",
        "2026-09-06T00:00",
        "2026-09-05T23:59:00-04:00",
        "2026-09-06T01:00:00-03:00",
    ),
    (
        "Pacific/Apia",
        "2011-12-30T12:00",
        "2011-12-29T23:59:00-10:00",
        "2011-12-31T00:00:00+14:00",
    ),
    (
        "Africa/Casablanca",
        "2026-03-22T02:30",
        "2026-03-22T01:59:00+00:00",
        "2026-03-22T03:00:00+01:00",
    ),
];

#[test]
fn a_time_that_clocks_skip_is_refused_with_the_times_beside_it() {
    for (zone, text, before, after) in GAPS {
        let error = moment(text, zones(None, zone)).unwrap_err();
        assert_eq!(error.argument(), Some("start_date"));
        let message = error.message();
        assert!(message.contains("skip"), "{message}");
        assert!(
            message.ends_with(&format!("{before}, or {after}")),
            "{zone}: {message}"
        );
    }
}

#[test]
fn a_time_that_clocks_show_twice_is_the_first_and_that_is_said() {
    for (zone, text, first, second) in [
        (
            "Europe/Warsaw",
            "2026-10-25T02:30",
            "2026-10-25T02:30:00+02:00",
            "2026-10-25T02:30:00+01:00",
        ),
        (
            "America/New_York",
            "2026-11-01T01:00",
            "2026-11-01T01:00:00-04:00",
            "2026-11-01T01:00:00-05:00",
        ),
        (
            "Australia/Lord_Howe",
            "2026-04-05T01:45",
            "2026-04-05T01:45:00+11:00",
            "2026-04-05T01:45:00+10:30",
        ),
    ] {
        let at = moment(text, zones(None, zone)).unwrap();
        assert_eq!(at.at.to_rfc3339(), first);
        let note = at.note.unwrap();
        assert!(
            note.contains("twice") && note.contains(first) && note.contains(second),
            "{note}"
        );
        // An offset says which one is meant.
        let said = moment(second, zones(Some(zone), "UTC")).unwrap();
        assert_eq!((said.at.to_rfc3339().as_str(), said.note), (second, None));
    }
}

#[test]
fn a_day_begins_when_its_clocks_first_show_it() {
    for (zone, day, expected) in [
        (
            "America/Santiago",
            "2026-09-06",
            "2026-09-06T01:00:00-03:00",
        ),
        ("Pacific/Apia", "2011-12-30", "2011-12-31T00:00:00+14:00"),
        ("Europe/Warsaw", "2026-03-29", "2026-03-29T00:00:00+01:00"),
    ] {
        let at = moment(day, zones(None, zone)).unwrap();
        assert_eq!(at.at.to_rfc3339(), expected, "{zone}");
    }
}

#[test]
fn what_is_no_time_or_no_zone_is_refused_by_name() {
    for text in [
        "",
        "tomorrow",
        "2026-13-01",
        "2026-02-30T10:00",
        "29/03/2026",
        "2026-03-29T9:00",
        "2026-03-29T25:00",
        "0001-01-01",
        "20260329T090000",
    ] {
        let error = Said::parse("end_date", text).unwrap_err();
        assert_eq!(error.argument(), Some("end_date"), "{text}");
    }
    for name in ["CEST", "Europe/Warszawa", "+02:00"] {
        let error = zone("timezone", Some(name)).unwrap_err();
        assert_eq!(error.argument(), Some("timezone"), "{name}");
    }
    assert_eq!(
        zone("timezone", Some(" Europe/Warsaw ")).unwrap(),
        Some(Tz::Europe__Warsaw)
    );
    assert_eq!(zone("timezone", Some(" ")).unwrap(), None);
}
