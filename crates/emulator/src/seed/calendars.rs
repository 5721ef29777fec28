//! The calendars that a seed describes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One calendar of an account, with its events.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedCalendar {
    /// The calendar's id; the account's primary calendar when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The calendar's name; the account's address for a primary one without.
    #[serde(default)]
    pub summary: String,
    /// What it is for.
    #[serde(default)]
    pub description: String,
    /// The IANA zone; UTC when empty.
    #[serde(default)]
    pub time_zone: String,
    /// Who else may do what with it. Accounts that are named have it on their list.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub access: Vec<SeedAccess>,
    /// The owner's working hours, for primary calendars of Workspace accounts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub working_hours: Vec<SeedHours>,
    /// The events.
    #[serde(default)]
    pub events: Vec<SeedEvent>,
}

/// What somebody may do with a calendar.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedAccess {
    /// An e-mail address, a Workspace domain, or `anyone`.
    pub who: String,
    /// Google's name of the role: `freeBusyReader`, `reader`, `writer` or `owner`.
    pub role: String,
}

/// The working hours of one day of the week.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedHours {
    /// The day in English, lower case: `monday`.
    pub day: String,
    /// When they begin: `09:00`.
    pub start: String,
    /// When they end: `17:00`.
    pub end: String,
}

/// One event of a calendar.
///
/// Times are RFC 3339 with an offset; wall-clock times of the event's zone (`2026-06-03T09:30`);
/// days (`2026-06-03`); days counted from the emulator's start (`+2d`, `-1d`); or weekdays of its
/// week or others (`mon`, `fri+1w`, `tue-2w`). The last two take a time behind a T: `mon+1wT09:30`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedEvent {
    /// The event's id; made up when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The title.
    #[serde(default)]
    pub summary: String,
    /// When it starts.
    pub start: String,
    /// When it ends; an hour, or a day, after its start when empty.
    #[serde(default)]
    pub end: String,
    /// The IANA zone; the calendar's when empty.
    #[serde(default)]
    pub time_zone: String,
    /// RRULE, RDATE and EXDATE lines.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recurrence: Vec<String>,
    /// The invited; those with an account here have a copy.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attendees: Vec<SeedAttendee>,
    /// The address of who invited, when it was somebody elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organizer: Option<String>,
    /// Instances of a series that were changed or cancelled.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub instances: Vec<SeedInstance>,
    /// Further fields by their names in Google's API, such as `location` or `transparency`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub more: BTreeMap<String, Value>,
}

/// Somebody whom an event invites.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedAttendee {
    /// The address.
    pub email: String,
    /// The display name.
    #[serde(default)]
    pub name: String,
    /// Google's name of the answer: `needsAction` (when empty), `accepted`, `declined`, `tentative`.
    #[serde(default)]
    pub response: String,
    /// Whether the event can do without.
    #[serde(default)]
    pub optional: bool,
    /// Whether it is a room or a thing.
    #[serde(default)]
    pub resource: bool,
}

/// One instance of a series that is not as the rule makes it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedInstance {
    /// When the rule would have it start.
    pub original: String,
    /// Whether it does not take place.
    #[serde(default)]
    pub cancelled: bool,
    /// When it starts instead.
    #[serde(default)]
    pub start: String,
    /// When it ends instead.
    #[serde(default)]
    pub end: String,
    /// Further fields by their names in Google's API.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub more: BTreeMap<String, Value>,
}
