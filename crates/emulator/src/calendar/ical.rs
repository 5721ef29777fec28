//! An event as iCalendar (RFC 5545), for the mails about it.

use std::fmt::Write as _;

use chrono_tz::Tz;
use serde_json::Value;

use super::store::Event;
use super::times::{self, Moment};

/// The most bytes of a line (RFC 5545, 3.1).
const LINE: usize = 75;

/// A calendar with the one event, by that iTIP method.
pub(super) fn write(event: &Event, method: &str, only: Option<&Value>) -> String {
    let mut lines = vec![
        "BEGIN:VCALENDAR".to_owned(),
        "PRODID:-//Google Inc//Google Calendar 70.9054//EN".to_owned(),
        "VERSION:2.0".to_owned(),
        "CALSCALE:GREGORIAN".to_owned(),
        format!("METHOD:{method}"),
        "BEGIN:VEVENT".to_owned(),
    ];
    times(event, &mut lines);
    lines.push(format!("UID:{}", event.text("iCalUID")));
    let organizer = event.value("organizer");
    lines.push(format!("ORGANIZER{}", person(organizer)));
    let attendees = event.attendees().iter();
    for entry in attendees.filter(|entry| only.is_none_or(|only| *entry == only)) {
        lines.push(format!("ATTENDEE{}{}", role(entry), person(entry)));
    }
    let sequence = event.value("sequence").as_i64().unwrap_or_default();
    lines.push(format!("SEQUENCE:{sequence}"));
    let status = if method == "CANCEL" {
        "CANCELLED".to_owned()
    } else {
        event.text("status").to_uppercase()
    };
    lines.push(format!("STATUS:{status}"));
    for (name, field) in [
        ("SUMMARY", "summary"),
        ("DESCRIPTION", "description"),
        ("LOCATION", "location"),
    ] {
        if !event.text(field).is_empty() {
            lines.push(format!("{name}:{}", escaped(event.text(field))));
        }
    }
    lines.push("END:VEVENT".to_owned());
    lines.push("END:VCALENDAR".to_owned());
    lines.iter().map(|line| folded(line)).collect()
}

fn times(event: &Event, lines: &mut Vec<String>) {
    let recurs = event.is_recurring();
    for (name, moment) in [("DTSTART", event.start()), ("DTEND", event.end())] {
        lines.extend(moment.map(|moment| format!("{name}{}", time(moment, recurs))));
    }
    let updated = times::rfc3339(event.text("updated")).unwrap_or_default();
    lines.push(format!("DTSTAMP:{}", updated.format("%Y%m%dT%H%M%SZ")));
    for line in event.value("recurrence").as_array().into_iter().flatten() {
        lines.extend(line.as_str().map(str::to_owned));
    }
    if let Some(series) = &event.series {
        lines.push(format!("RECURRENCE-ID{}", time(series.original, false)));
    }
}

/// A series keeps its zone, so that its rule means what it says; the rest is in UTC.
fn time(moment: Moment, recurs: bool) -> String {
    match moment {
        Moment::Day(day) => format!(";VALUE=DATE:{}", day.format("%Y%m%d")),
        Moment::At(_, zone) if recurs && zone != Tz::UTC => {
            let wall = moment.wall().format("%Y%m%dT%H%M%S");
            format!(";TZID={}:{wall}", zone.name())
        }
        Moment::At(..) => format!(":{}", moment.suffix()),
    }
}

fn role(entry: &Value) -> String {
    let kind = if entry["resource"] == true {
        "RESOURCE"
    } else {
        "INDIVIDUAL"
    };
    let role = if entry["optional"] == true {
        "OPT-PARTICIPANT"
    } else {
        "REQ-PARTICIPANT"
    };
    let status = match entry["responseStatus"].as_str() {
        Some("accepted") => "ACCEPTED",
        Some("declined") => "DECLINED",
        Some("tentative") => "TENTATIVE",
        _ => "NEEDS-ACTION",
    };
    format!(";CUTYPE={kind};ROLE={role};PARTSTAT={status};RSVP=TRUE")
}

fn person(person: &Value) -> String {
    let email = person["email"].as_str().unwrap_or_default();
    let name = person["displayName"].as_str().unwrap_or(email);
    // A parameter's value in quotes may hold anything but quotes and controls.
    let name = name.replace(|c: char| c == '"' || c.is_control(), "'");
    format!(";CN=\"{name}\":mailto:{email}")
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace(';', "\\;")
        .replace(',', "\\,")
        .replace("\r\n", "\\n")
        .replace(['\n', '\r'], "\\n")
}

/// The line in pieces, none longer than it may be, none cut within a character.
fn folded(line: &str) -> String {
    let mut out = String::with_capacity(line.len() + 2);
    let mut room = LINE;
    for c in line.chars() {
        if c.len_utf8() > room {
            out.push_str("\r\n ");
            room = LINE - 1;
        }
        room -= c.len_utf8();
        let _ = write!(out, "{c}");
    }
    out.push_str("\r\n");
    out
}
