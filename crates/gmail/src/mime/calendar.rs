//! Invitations: what a calendar part says, as lines that a person would read.

use std::fmt::Write as _;

use chrono::{Days, NaiveDate, NaiveDateTime};

use super::headers::visible_line;

/// Events that are shown.
const MOST: usize = 10;
/// Characters of one value.
const LONGEST: usize = 500;

/// The events of an iCalendar text; none where it has none.
pub(super) fn summary(text: &str) -> Option<String> {
    let mut calendar = Calendar::default();
    for line in unfolded(text) {
        calendar.take(&line);
    }
    let what = calendar.kind();
    let events = calendar.events.iter().take(MOST);
    let shown: Vec<String> = events.filter_map(|event| event.shown(what)).collect();
    let left_out = calendar.events.len().saturating_sub(MOST);
    let mut all = shown.join("\n\n");
    if left_out > 0 {
        write!(all, "\n\n({left_out} more events)").ok()?;
    }
    Some(all).filter(|all| !all.is_empty())
}

/// Lines put together again that RFC 5545 folds: a line that begins with white space goes on.
fn unfolded(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines() {
        let line = line.trim_end_matches('\r');
        match (line.strip_prefix([' ', '\t']), lines.last_mut()) {
            (Some(rest), Some(last)) => last.push_str(rest),
            _ => lines.push(line.to_owned()),
        }
    }
    lines
}

#[derive(Default)]
struct Calendar {
    method: String,
    events: Vec<Event>,
    /// The components that are open, by name.
    open: Vec<String>,
}

#[derive(Default)]
struct Event {
    summary: Option<String>,
    location: Option<String>,
    organizer: Option<String>,
    status: Option<String>,
    repeats: Option<String>,
    start: Option<Moment>,
    end: Option<Moment>,
    duration: Option<String>,
    answers: Vec<String>,
}

/// A property: name, parameters, value.
struct Property<'a> {
    name: String,
    parameters: Vec<(String, String)>,
    value: &'a str,
}

impl Calendar {
    fn take(&mut self, line: &str) {
        let Some(property) = Property::of(line) else {
            return;
        };
        match (property.name.as_str(), self.open.last().map(String::as_str)) {
            ("BEGIN", _) => {
                let component = property.value.trim().to_ascii_uppercase();
                if component == "VEVENT" {
                    self.events.push(Event::default());
                }
                self.open.push(component);
            }
            ("END", _) => {
                self.open.pop();
            }
            ("METHOD", Some("VCALENDAR")) => self.method = property.text().to_ascii_uppercase(),
            (_, Some("VEVENT")) => {
                if let Some(event) = self.events.last_mut() {
                    event.take(&property);
                }
            }
            _ => {}
        }
    }

    fn kind(&self) -> &'static str {
        match self.method.as_str() {
            "REQUEST" => "Invitation",
            "CANCEL" => "Cancelled event",
            "REPLY" => "Answer to an invitation",
            "COUNTER" => "Other time proposed",
            _ => "Event",
        }
    }
}

impl Event {
    fn take(&mut self, property: &Property<'_>) {
        match property.name.as_str() {
            "SUMMARY" => self.summary = Some(property.text()),
            "LOCATION" => self.location = Some(property.text()),
            "STATUS" => self.status = Some(property.text()),
            "RRULE" => self.repeats = Some(property.text()),
            "DURATION" => self.duration = Some(property.text()),
            "ORGANIZER" => self.organizer = Some(property.person()),
            "DTSTART" => self.start = Some(property.moment()),
            "DTEND" => self.end = Some(property.moment()),
            "ATTENDEE" => {
                // An answer says whose it is; in an invitation the mail's own recipients do.
                if let Some(answer) = property.parameter("PARTSTAT")
                    && !answer.eq_ignore_ascii_case("NEEDS-ACTION")
                    && self.answers.len() < MOST
                {
                    let person = property.person();
                    self.answers.push(format!("{person} ({answer})"));
                }
            }
            _ => {}
        }
    }

    fn shown(&self, what: &str) -> Option<String> {
        if self.summary.is_none() && self.start.is_none() {
            return None;
        }
        let title = self.summary.as_deref().filter(|title| !title.is_empty());
        let mut lines = vec![format!("{what}: {}", title.unwrap_or("(no title)"))];
        lines.extend(self.when().map(|when| format!("When: {when}")));
        for (name, value) in [
            ("Where", &self.location),
            ("Organizer", &self.organizer),
            ("Repeats", &self.repeats),
            ("Status", &self.status),
        ] {
            let value = value.as_deref().filter(|value| !value.is_empty());
            lines.extend(value.map(|value| format!("{name}: {value}")));
        }
        if !self.answers.is_empty() {
            lines.push(format!("Answers: {}", self.answers.join(", ")));
        }
        Some(lines.join("\n"))
    }

    fn when(&self) -> Option<String> {
        let start = self.start.as_ref()?;
        let end = match (&self.end, start) {
            // The end of days is the day after the last one.
            (Some(Moment::Day(end)), Moment::Day(first)) => {
                let last = end
                    .checked_sub_days(Days::new(1))
                    .filter(|last| last > first);
                last.map(|last| format!(" to {last}"))
            }
            (Some(end), _) => Some(format!(" to {}", end.shown())),
            (None, _) => self.duration.as_ref().map(|it| format!(" for {it}")),
        };
        Some(format!("{}{}", start.shown(), end.unwrap_or_default()))
    }
}

enum Moment {
    Day(NaiveDate),
    /// Time, and its zone.
    Time(NaiveDateTime, String),
    /// As it stands.
    Unknown(String),
}

impl Moment {
    fn shown(&self) -> String {
        match self {
            Self::Day(day) => format!("{day} (all day)"),
            Self::Time(time, zone) => format!("{} {zone}", time.format("%Y-%m-%d %H:%M")),
            Self::Unknown(text) => text.clone(),
        }
    }
}

impl<'a> Property<'a> {
    /// Takes a line apart; colons and semicolons between double quotes are part of a parameter.
    fn of(line: &'a str) -> Option<Self> {
        let mut quoted = false;
        let colon = line.char_indices().find(|(_, c)| {
            quoted ^= *c == '"';
            *c == ':' && !quoted
        });
        let (head, value) = line.split_at_checked(colon?.0)?;
        let mut quoted = false;
        let mut parts = head.split(|c| {
            quoted ^= c == '"';
            c == ';' && !quoted
        });
        let name = parts.next()?.trim().to_ascii_uppercase();
        let parameters = parts.filter_map(|part| {
            let (name, value) = part.split_once('=')?;
            let value = value.trim_matches('"');
            Some((name.trim().to_ascii_uppercase(), clean(value)))
        });
        Some(Self {
            name,
            parameters: parameters.collect(),
            value: value.get(1..)?,
        })
    }

    fn parameter(&self, name: &str) -> Option<&str> {
        let found = self.parameters.iter().find(|(own, _)| own == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The value with its escapes undone.
    fn text(&self) -> String {
        let mut text = String::with_capacity(self.value.len());
        let mut letters = self.value.chars();
        while let Some(letter) = letters.next() {
            match letter {
                '\\' => match letters.next() {
                    Some('n' | 'N') => text.push(' '),
                    Some(other) => text.push(other),
                    None => {}
                },
                other => text.push(other),
            }
        }
        clean(&text)
    }

    fn person(&self) -> String {
        let address = self.text();
        let scheme = address
            .get(..7)
            .filter(|it| it.eq_ignore_ascii_case("mailto:"));
        let address = scheme.and_then(|_| address.get(7..)).unwrap_or(&address);
        match self.parameter("CN").filter(|name| !name.is_empty()) {
            Some(name) => format!("{name} <{address}>"),
            None => address.to_owned(),
        }
    }

    fn moment(&self) -> Moment {
        let text = self.text();
        if let Ok(day) = NaiveDate::parse_from_str(&text, "%Y%m%d") {
            return Moment::Day(day);
        }
        let (local, is_utc) = match text.strip_suffix('Z') {
            Some(local) => (local, true),
            None => (text.as_str(), false),
        };
        let Ok(time) = NaiveDateTime::parse_from_str(local, "%Y%m%dT%H%M%S") else {
            return Moment::Unknown(text);
        };
        let zone = match self.parameter("TZID") {
            _ if is_utc => "UTC",
            Some(zone) => zone,
            None => "(no time zone)",
        };
        Moment::Time(time, zone.to_owned())
    }
}

fn clean(text: &str) -> String {
    visible_line(text).chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const INVITATION: &str = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VTIMEZONE\r\nTZID:Europe/Lisbon\r\n\
        BEGIN:DAYLIGHT\r\nDTSTART:19960331T010000\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT\r\n\
        DTSTART;TZID=Europe/Lisbon:20260518T090000\r\nDTEND;TZID=Europe/Lisbon:20260518T103000\r\n\
        SUMMARY:Offsite\\, first\r\n  day\\nwith a walk\r\n\
        ORGANIZER;CN=\"Reyes; Carol: lead\":MAILTO:carol@partner.example\r\n\
        ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:alice@example.com\r\nLOCATION:Hotel\u{202e} Miramar\r\n\
        RRULE:FREQ=WEEKLY;COUNT=3\r\nBEGIN:VALARM\r\nSUMMARY:Alarm\r\nEND:VALARM\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

    #[test]
    fn an_invitation_says_what_when_where_and_by_whom() {
        assert_eq!(
            summary(INVITATION).unwrap(),
            "Invitation: Offsite, first day with a walk\n\
             When: 2026-05-18 09:00 Europe/Lisbon to 2026-05-18 10:30 Europe/Lisbon\n\
             Where: Hotel Miramar\n\
             Organizer: Reyes; Carol: lead <carol@partner.example>\n\
             Repeats: FREQ=WEEKLY;COUNT=3"
        );
    }

    #[test]
    fn times_are_told_as_they_were_meant() {
        for (lines, when) in [
            ("DTSTART:20260518T090000Z", "2026-05-18 09:00 UTC"),
            ("DTSTART:20260518T090000", "2026-05-18 09:00 (no time zone)"),
            (
                "DTSTART:20260518T090000Z\nDURATION:PT1H",
                "2026-05-18 09:00 UTC for PT1H",
            ),
            ("DTSTART;VALUE=DATE:20260518", "2026-05-18 (all day)"),
            (
                "DTSTART;VALUE=DATE:20260518\nDTEND;VALUE=DATE:20260519",
                "2026-05-18 (all day)",
            ),
            (
                "DTSTART;VALUE=DATE:20260518\nDTEND;VALUE=DATE:20260521",
                "2026-05-18 (all day) to 2026-05-20",
            ),
            ("DTSTART:soon", "soon"),
        ] {
            let text = format!("BEGIN:VEVENT\nSUMMARY:S\n{lines}\nEND:VEVENT");
            assert_eq!(
                summary(&text).unwrap(),
                format!("Event: S\nWhen: {when}"),
                "{lines}"
            );
        }
    }

    #[test]
    fn answers_and_cancellations_are_told_as_that() {
        let reply = "BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\nSUMMARY:S\n\
                     ATTENDEE;CN=Bob;PARTSTAT=DECLINED:mailto:bob@example.com\nEND:VEVENT\nEND:VCALENDAR";
        assert_eq!(
            summary(reply).unwrap(),
            "Answer to an invitation: S\nAnswers: Bob <bob@example.com> (DECLINED)"
        );
        let cancel = reply.replace("REPLY", "CANCEL");
        assert!(summary(&cancel).unwrap().starts_with("Cancelled event: S"));
    }

    #[test]
    fn what_is_no_event_shows_nothing_and_many_are_counted() {
        for text in [
            "",
            "BEGIN:VCALENDAR",
            "SUMMARY:S",
            "BEGIN:VTODO\nSUMMARY:S",
            "BEGIN:VEVENT\n:",
            "END:VEVENT",
        ] {
            assert_eq!(summary(text), None, "{text}");
        }
        let many = "BEGIN:VEVENT\nSUMMARY:S\nEND:VEVENT\n".repeat(12);
        let shown = summary(&many).unwrap();
        assert_eq!(shown.matches("Event: S").count(), MOST);
        assert!(shown.ends_with("(2 more events)"), "{shown}");
    }
}
