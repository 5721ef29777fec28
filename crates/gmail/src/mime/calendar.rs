//! Invitations: what a calendar part says, as lines that a person would read.

mod property;
#[cfg(test)]
mod tests;

use std::fmt::{self, Display, Write as _};

use chrono::Days;
use toolgate_text::{Limits, html_to_markdown};

use self::property::{Moment, Property, clean};

/// Events that are shown, people of an event, dates of a series.
const MOST: usize = 10;
/// Characters of a description: what one dials is at its end.
const DESCRIPTION: usize = 2_000;

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
    /// Which of a series it is.
    occurrence: Option<String>,
    start: Option<Moment>,
    end: Option<Moment>,
    duration: Option<String>,
    except: Several,
    also: Several,
    answers: Several,
    unanswered: Several,
    /// Where it takes place on the net, and its page.
    links: Several,
    description: Option<String>,
}

/// Some of a list, and how many of it are left out.
#[derive(Default)]
struct Several {
    shown: Vec<String>,
    left_out: usize,
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

impl Several {
    fn add(&mut self, one: String) {
        if one.is_empty() || self.shown.contains(&one) {
            return;
        }
        if self.shown.len() < MOST {
            self.shown.push(one);
        } else {
            self.left_out += 1;
        }
    }

    fn line(&self) -> Option<String> {
        Some(self.to_string()).filter(|line| !line.is_empty())
    }
}

impl Display for Several {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown.join(", "))?;
        match self.left_out {
            0 => Ok(()),
            left_out => write!(f, " and {left_out} more"),
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
            "RECURRENCE-ID" => self.occurrence = Some(occurrence(property)),
            "DURATION" => self.duration = Some(property.text()),
            "ORGANIZER" => self.organizer = Some(property.person()),
            "DTSTART" => self.start = Some(property.moment()),
            "DTEND" => self.end = Some(property.moment()),
            "EXDATE" => add_moments(&mut self.except, property),
            "RDATE" => add_moments(&mut self.also, property),
            "ATTENDEE" => self.invite(property),
            "URL" | "CONFERENCE" | "X-GOOGLE-CONFERENCE" | "X-MICROSOFT-SKYPETEAMSMEETINGURL" => {
                self.links.add(property.text());
            }
            "DESCRIPTION" => self.description = Some(description(&property.unescaped())),
            _ => {}
        }
    }

    fn invite(&mut self, property: &Property<'_>) {
        let person = property.person();
        let answer = property.parameter("PARTSTAT");
        match answer.filter(|answer| !answer.eq_ignore_ascii_case("NEEDS-ACTION")) {
            Some(answer) => self.answers.add(format!("{person} ({answer})")),
            None => self.unanswered.add(person),
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
            ("Occurrence", self.occurrence.clone()),
            ("Where", self.location.clone()),
            ("Link", self.links.line()),
            ("Organizer", self.organizer.clone()),
            ("Repeats", self.repeats.clone()),
            ("Not on", self.except.line()),
            ("Also on", self.also.line()),
            ("Status", self.status.clone()),
            ("Answers", self.answers.line()),
            ("No answer yet", self.unanswered.line()),
            ("Description", self.description.clone()),
        ] {
            let value = value.filter(|value| !value.is_empty());
            lines.extend(value.map(|value| format!("{name}: {value}")));
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

fn add_moments(to: &mut Several, property: &Property<'_>) {
    property.moments().for_each(|moment| to.add(moment.shown()));
}

/// Which event of a series is meant, by the time at which it would have been.
fn occurrence(property: &Property<'_>) -> String {
    let moment = property.moment().shown();
    match property.parameter("RANGE") {
        Some(range) if range.eq_ignore_ascii_case("THISANDFUTURE") => {
            format!("that of {moment} and all after it")
        }
        _ => format!("that of {moment}"),
    }
}

/// A description on one line; calendars write plain text or HTML into it.
fn description(text: &str) -> String {
    let is_html = ["</", "<br"].iter().any(|mark| text.contains(mark));
    if is_html {
        let text = html_to_markdown(text, &Limits::default()).text;
        return clean(&text, DESCRIPTION);
    }
    clean(text, DESCRIPTION)
}
