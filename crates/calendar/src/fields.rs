//! What arguments say of an event beside its times and guests.

use schemars::JsonSchema;
use serde::Deserialize;
use toolgate_auth::Random;
use toolgate_toolkit::ToolError;

use crate::wire::{
    ConferenceData, ConferenceSolutionKey, CreateConferenceRequest, EventReminder, EventReminders,
};

/// Google's limits of reminders: how many, and how long before, in minutes.
const MOST_REMINDERS: usize = 5;
const LONGEST: i32 = 40_320;

/// Who may see an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Visibility {
    Default,
    Public,
    Private,
}

impl Visibility {
    pub(crate) fn google(self) -> String {
        let name = match self {
            Self::Default => "default",
            Self::Public => "public",
            Self::Private => "private",
        };
        name.to_owned()
    }
}

/// Whether an event takes the person's time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ShowAs {
    Busy,
    Free,
}

impl ShowAs {
    pub(crate) fn google(self) -> String {
        let name = match self {
            Self::Busy => "opaque",
            Self::Free => "transparent",
        };
        name.to_owned()
    }
}

/// Reminders such as `popup 10`; an empty list is none at all.
///
/// # Errors
/// Names the argument.
pub(crate) fn reminders(texts: &[String]) -> Result<EventReminders, ToolError> {
    let refused = |problem: &str| {
        let good =
            "at most five such as `popup 10` or `email 1440`, in minutes before, or [] for none";
        ToolError::invalid_argument("reminders", problem, good)
    };
    if texts.len() > MOST_REMINDERS {
        return Err(refused("there are too many"));
    }
    let one = |text: &String| {
        let (method, minutes) = text.trim().split_once(' ')?;
        let minutes: i32 = minutes.trim().parse().ok()?;
        let is_known = ["popup", "email"].contains(&method) && (0..=LONGEST).contains(&minutes);
        is_known.then(|| EventReminder {
            method: Some(method.to_owned()),
            minutes: Some(minutes),
            ..EventReminder::default()
        })
    };
    let overrides: Option<Vec<EventReminder>> = texts.iter().map(one).collect();
    Ok(EventReminders {
        use_default: Some(false),
        overrides: Some(overrides.ok_or_else(|| refused("one of them is no reminder"))?),
        ..EventReminders::default()
    })
}

/// The number of one of Google's eleven colours.
///
/// # Errors
/// Names the argument.
pub(crate) fn color(id: Option<&str>) -> Result<Option<String>, ToolError> {
    let Some(id) = id.map(str::trim) else {
        return Ok(None);
    };
    match id.parse::<u8>() {
        Ok(1..=11) => Ok(Some(id.to_owned())),
        _ => Err(ToolError::invalid_argument(
            "color_id",
            "there is no such colour",
            "a number from 1 to 11, such as 11 for tomato",
        )),
    }
}

/// A text that is not blank.
pub(crate) fn given(text: Option<&str>) -> Option<String> {
    let text = text.map(str::trim).filter(|text| !text.is_empty());
    text.map(str::to_owned)
}

/// An id of our own: 128 random bits in the letters that Google allows, base32hex.
pub(crate) fn own_id(random: &dyn Random) -> String {
    const LETTERS: &[u8; 32] = b"0123456789abcdefghijklmnopqrstuv";
    let mut bytes = [0; 16];
    random.fill(&mut bytes);
    let number = u128::from_be_bytes(bytes);
    let letter = |place: u32| {
        // The highest of the 26 letters has three bits of its own.
        let five = usize::try_from((number >> (place * 5)) & 31).unwrap_or(0);
        char::from(LETTERS.get(five).copied().unwrap_or(b'0'))
    };
    (0..26).rev().map(letter).collect()
}

/// Asks for a Meet conference, once.
pub(crate) fn meet(random: &dyn Random) -> ConferenceData {
    ConferenceData {
        create_request: Some(CreateConferenceRequest {
            request_id: Some(own_id(random)),
            conference_solution_key: Some(ConferenceSolutionKey {
                r#type: Some("hangoutsMeet".to_owned()),
                ..ConferenceSolutionKey::default()
            }),
            ..CreateConferenceRequest::default()
        }),
        ..ConferenceData::default()
    }
}

#[cfg(test)]
mod tests {
    use toolgate_auth::SystemRandom;

    use super::*;

    #[test]
    fn ids_are_ones_that_google_allows_and_no_two_are_the_same() {
        let (one, other) = (own_id(&SystemRandom), own_id(&SystemRandom));
        assert_ne!(one, other);
        for id in [one, other] {
            assert_eq!(id.len(), 26);
            assert!(
                id.bytes().all(|it| matches!(it, b'0'..=b'9' | b'a'..=b'v')),
                "{id}"
            );
        }
    }

    #[test]
    fn reminders_and_colours_are_checked() {
        let texts = |list: &[&str]| list.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
        let read = reminders(&texts(&["popup 10", "email 1440"])).unwrap();
        assert_eq!(read.overrides.unwrap()[1].minutes, Some(1440));
        assert_eq!(reminders(&[]).unwrap().overrides, Some(Vec::new()));
        for bad in [
            &["sms 10"][..],
            &["popup"],
            &["popup -1"],
            &["popup 40321"],
            &[
                "popup 1", "popup 2", "popup 3", "popup 4", "popup 5", "popup 6",
            ],
        ] {
            let error = reminders(&texts(bad)).unwrap_err();
            assert_eq!(error.argument(), Some("reminders"), "{bad:?}");
        }
        assert_eq!(color(Some("11")).unwrap().as_deref(), Some("11"));
        assert_eq!(color(Some("12")).unwrap_err().argument(), Some("color_id"));
    }
}
