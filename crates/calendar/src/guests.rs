//! Guests, added and removed without touching the others.

use toolgate_toolkit::ToolError;

use crate::wire::{Event, EventAttendee};

/// Google's limit of guests.
const MOST: usize = 200;

/// Whether a text looks like one e-mail address.
pub(crate) fn is_address(text: &str) -> bool {
    let Some((name, host)) = text.rsplit_once('@') else {
        return false;
    };
    let is_clean = |c: char| !c.is_whitespace() && !c.is_control() && !"<>,;\"".contains(c);
    !name.is_empty()
        && host.contains('.')
        && !host.starts_with('.')
        && !host.ends_with('.')
        && text.len() <= 254
        && text.chars().all(is_clean)
}

/// Somebody as an argument names them: an address, or `Ada <ada@example.com>`.
fn person(argument: &'static str, text: &str) -> Result<EventAttendee, ToolError> {
    let text = text.trim();
    let (name, email) = match text.strip_suffix('>').and_then(|it| it.rsplit_once('<')) {
        Some((name, email)) => (name.trim().trim_matches('"').trim(), email.trim()),
        None => ("", text),
    };
    if !is_address(email) {
        let shown: String = text.chars().take(60).collect();
        let problem = format!("`{shown}` is no address");
        let good = "addresses such as ada@example.com";
        return Err(ToolError::invalid_argument(argument, &problem, good));
    }
    Ok(EventAttendee {
        email: Some(email.to_owned()),
        display_name: Some(name.to_owned()).filter(|name| !name.is_empty()),
        ..EventAttendee::default()
    })
}

/// The people of an argument, each once.
pub(crate) fn people(
    argument: &'static str,
    texts: &[String],
) -> Result<Vec<EventAttendee>, ToolError> {
    let mut people: Vec<EventAttendee> = Vec::new();
    for text in texts {
        let new = person(argument, text)?;
        if !people.iter().any(|known| is_same(known, &new)) {
            people.push(new);
        }
    }
    if people.len() > MOST {
        let problem = format!("there are {}", people.len());
        let good = format!("at most {MOST} guests");
        return Err(ToolError::invalid_argument(argument, &problem, &good));
    }
    Ok(people)
}

fn is_same(one: &EventAttendee, other: &EventAttendee) -> bool {
    let email = |it: &EventAttendee| it.email.as_deref().unwrap_or_default().to_ascii_lowercase();
    email(one) == email(other)
}

/// A change of an event's guests.
#[derive(Debug, Default)]
pub(crate) struct Change {
    add: Vec<EventAttendee>,
    remove: Vec<EventAttendee>,
    /// All who are to be invited afterwards.
    all: Option<Vec<EventAttendee>>,
}

impl Change {
    /// Reads `add_attendees`, `remove_attendees` and `attendees`.
    pub(crate) fn parse(
        add: Option<&[String]>,
        remove: Option<&[String]>,
        all: Option<&[String]>,
    ) -> Result<Self, ToolError> {
        if all.is_some() && (add.is_some() || remove.is_some()) {
            return Err(ToolError::invalid_argument(
                "attendees",
                "it is the whole list and cannot stand beside a change of it",
                "none: give add_attendees and remove_attendees only",
            ));
        }
        Ok(Self {
            add: people("add_attendees", add.unwrap_or_default())?,
            remove: people("remove_attendees", remove.unwrap_or_default())?,
            all: all.map(|all| people("attendees", all)).transpose()?,
        })
    }

    pub(crate) fn is_nothing(&self) -> bool {
        self.add.is_empty() && self.remove.is_empty() && self.all.is_none()
    }

    /// The guests afterwards: those who stay are as they were, with their answers and all that Google says of them.
    ///
    /// # Errors
    /// When the person may not see all guests, whom a change would take away, or somebody to remove is not there.
    pub(crate) fn of(&self, event: &Event) -> Result<Option<Vec<EventAttendee>>, ToolError> {
        if self.is_nothing() {
            return Ok(None);
        }
        if event.attendees_omitted == Some(true) {
            return Err(ToolError::permission_denied(
                "the person may not see all guests of this event, so a change could lose some: only the organizer can make it",
            ));
        }
        let before = event.attendees.clone().unwrap_or_default();
        let absent = self
            .remove
            .iter()
            .find(|gone| !before.iter().any(|it| is_same(it, gone)));
        if let Some(absent) = absent {
            let problem = format!(
                "{} is not invited",
                absent.email.as_deref().unwrap_or_default()
            );
            let good = "addresses that get_event_attendees shows";
            return Err(ToolError::invalid_argument(
                "remove_attendees",
                &problem,
                good,
            ));
        }
        let stays = |it: &EventAttendee| match &self.all {
            // Rooms and the organizer are no matter of a list of people.
            Some(all) => {
                all.iter().any(|kept| is_same(kept, it))
                    || it.resource == Some(true)
                    || it.organizer == Some(true)
            }
            None => !self.remove.iter().any(|gone| is_same(gone, it)),
        };
        let mut after: Vec<EventAttendee> = before.into_iter().filter(stays).collect();
        for new in self.add.iter().chain(self.all.iter().flatten()) {
            if !after.iter().any(|it| is_same(it, new)) {
                after.push(new.clone());
            }
        }
        Ok(Some(after))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn event() -> Event {
        serde_json::from_value(json!({"attendees": [
            {"email": "ann@example.com", "responseStatus": "accepted", "comment": "late", "unheardOf": {"x": [1]}},
            {"email": "Ben@example.com", "responseStatus": "declined", "additionalGuests": 2},
            {"email": "room@resource.example.com", "resource": true, "responseStatus": "accepted"}]}))
        .unwrap()
    }

    fn texts(list: &[&str]) -> Vec<String> {
        list.iter().map(|text| (*text).to_owned()).collect()
    }

    fn after(add: &[&str], remove: &[&str]) -> Vec<Value> {
        let change = Change::parse(Some(&texts(add)), Some(&texts(remove)), None).unwrap();
        let after = change.of(&event()).unwrap().unwrap();
        after
            .iter()
            .map(|it| serde_json::to_value(it).unwrap())
            .collect()
    }

    #[test]
    fn those_who_stay_keep_all_that_google_says_of_them() {
        let before = serde_json::to_value(event()).unwrap()["attendees"].clone();
        let added = after(&["Cy <cy@example.com>", "ANN@example.com"], &[]);
        assert_eq!(Value::from(added[..3].to_vec()), before);
        assert_eq!(
            added[3..],
            [json!({"email": "cy@example.com", "displayName": "Cy"})]
        );
        let removed = after(&[], &["ben@EXAMPLE.com"]);
        assert_eq!(removed, [before[0].clone(), before[2].clone()]);
    }

    #[test]
    fn a_whole_list_keeps_the_answers_of_those_who_stay_and_takes_no_room_away() {
        let change = Change::parse(
            None,
            None,
            Some(&texts(&["ann@example.com", "dee@example.com"])),
        );
        let after = change.unwrap().of(&event()).unwrap().unwrap();
        let emails: Vec<&str> = after.iter().filter_map(|it| it.email.as_deref()).collect();
        assert_eq!(
            emails,
            [
                "ann@example.com",
                "room@resource.example.com",
                "dee@example.com"
            ]
        );
        assert_eq!(after[0].response_status.as_deref(), Some("accepted"));
        assert_eq!(after[0].rest["unheardOf"], json!({"x": [1]}));
    }

    #[test]
    fn what_cannot_be_done_to_guests_is_refused_by_name() {
        let refused = Change::parse(Some(&texts(&["ann"])), None, None).unwrap_err();
        assert_eq!(refused.argument(), Some("add_attendees"));
        let both = Change::parse(Some(&[]), None, Some(&[])).unwrap_err();
        assert_eq!(both.argument(), Some("attendees"));
        let absent = Change::parse(None, Some(&texts(&["x@example.com"])), None).unwrap();
        assert_eq!(
            absent.of(&event()).unwrap_err().argument(),
            Some("remove_attendees")
        );
        let hidden = Event {
            attendees_omitted: Some(true),
            ..event()
        };
        let add = Change::parse(Some(&texts(&["x@example.com"])), None, None).unwrap();
        assert_eq!(
            add.of(&hidden).unwrap_err().kind_name(),
            "permission_denied"
        );
        for text in [
            "a@b",
            "a b@c.de",
            "@c.de",
            "a@.de",
            "a@c.de, b@c.de",
            "a@c.de\r\nx",
        ] {
            assert!(!is_address(text), "{text}");
        }
    }
}
