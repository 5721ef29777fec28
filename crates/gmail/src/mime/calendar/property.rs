//! A property of an iCalendar text: name, parameters, and what its value means.

use chrono::{NaiveDate, NaiveDateTime};

use crate::mime::headers::visible_line;

/// Characters of one value.
const LONGEST: usize = 500;

/// A line of a component.
pub(super) struct Property<'a> {
    pub(super) name: String,
    parameters: Vec<(String, String)>,
    pub(super) value: &'a str,
}

pub(super) enum Moment {
    Day(NaiveDate),
    /// Time, and its zone.
    Time(NaiveDateTime, String),
    /// As it stands.
    Unknown(String),
}

impl Moment {
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Day(day) => format!("{day} (all day)"),
            Self::Time(time, zone) => format!("{} {zone}", time.format("%Y-%m-%d %H:%M")),
            Self::Unknown(text) => text.clone(),
        }
    }
}

impl<'a> Property<'a> {
    /// Takes a line apart; colons and semicolons between double quotes are part of a parameter.
    pub(super) fn of(line: &'a str) -> Option<Self> {
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
            Some((name.trim().to_ascii_uppercase(), clean(value, LONGEST)))
        });
        Some(Self {
            name,
            parameters: parameters.collect(),
            value: value.get(1..)?,
        })
    }

    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        let found = self.parameters.iter().find(|(own, _)| own == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The value on one line, with its escapes undone.
    pub(super) fn text(&self) -> String {
        clean(&self.unescaped(), LONGEST)
    }

    /// The value with its escapes undone.
    pub(super) fn unescaped(&self) -> String {
        let mut text = String::with_capacity(self.value.len());
        let mut letters = self.value.chars();
        while let Some(letter) = letters.next() {
            match letter {
                '\\' => match letters.next() {
                    Some('n' | 'N') => text.push('\n'),
                    Some(other) => text.push(other),
                    None => {}
                },
                other => text.push(other),
            }
        }
        text
    }

    pub(super) fn person(&self) -> String {
        let address = self.text();
        let scheme = address
            .get(..7)
            .filter(|it| it.eq_ignore_ascii_case("mailto:"));
        let address = scheme.and_then(|_| address.get(7..)).unwrap_or(&address);
        let name = self.parameter("CN").filter(|name| !name.is_empty());
        match name.filter(|name| *name != address) {
            Some(name) => format!("{name} <{address}>"),
            None => address.to_owned(),
        }
    }

    pub(super) fn moment(&self) -> Moment {
        self.moment_of(&self.text())
    }

    /// Several moments, by commas.
    pub(super) fn moments(&self) -> impl Iterator<Item = Moment> {
        let all = self.value.split(',');
        all.map(|text| self.moment_of(&clean(text, LONGEST)))
    }

    fn moment_of(&self, text: &str) -> Moment {
        if let Ok(day) = NaiveDate::parse_from_str(text, "%Y%m%d") {
            return Moment::Day(day);
        }
        let (local, is_utc) = match text.strip_suffix('Z') {
            Some(local) => (local, true),
            None => (text, false),
        };
        let Ok(time) = NaiveDateTime::parse_from_str(local, "%Y%m%dT%H%M%S") else {
            return Moment::Unknown(text.to_owned());
        };
        let zone = match self.parameter("TZID") {
            _ if is_utc => "UTC",
            Some(zone) => zone,
            None => "(no time zone)",
        };
        Moment::Time(time, zone.to_owned())
    }
}

/// Text on one line, without what nobody sees, as far as it is shown.
pub(super) fn clean(text: &str, most: usize) -> String {
    let line = visible_line(text);
    match line.char_indices().nth(most) {
        Some((end, _)) => line.get(..end).unwrap_or_default().to_owned() + "\u{2026}",
        None => line,
    }
}
