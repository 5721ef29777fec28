//! What an update says of an event: nothing of what it leaves alone.

use serde::Serialize;
use toolgate_google_http::Patch;

use super::types::{ConferenceData, EventAttendee, EventReminders};

/// An update of an event.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EventPatch {
    #[serde(skip_serializing_if = "Patch::is_leave")]
    pub(crate) summary: Patch<String>,
    #[serde(skip_serializing_if = "Patch::is_leave")]
    pub(crate) description: Patch<String>,
    #[serde(skip_serializing_if = "Patch::is_leave")]
    pub(crate) location: Patch<String>,
    #[serde(skip_serializing_if = "Patch::is_leave")]
    pub(crate) start: Patch<TimePatch>,
    #[serde(skip_serializing_if = "Patch::is_leave")]
    pub(crate) end: Patch<TimePatch>,
    /// Whole, since a list is replaced: those who stay as they were read.
    #[serde(skip_serializing_if = "Patch::is_leave")]
    pub(crate) attendees: Patch<Vec<EventAttendee>>,
    /// Only those who are in the list change.
    #[serde(skip_serializing_if = "Patch::is_leave")]
    pub(crate) attendees_omitted: Patch<bool>,
    #[serde(skip_serializing_if = "Patch::is_leave")]
    pub(crate) recurrence: Patch<Vec<String>>,
    #[serde(skip_serializing_if = "Patch::is_leave")]
    pub(crate) reminders: Patch<EventReminders>,
    #[serde(skip_serializing_if = "Patch::is_leave")]
    pub(crate) visibility: Patch<String>,
    #[serde(skip_serializing_if = "Patch::is_leave")]
    pub(crate) transparency: Patch<String>,
    #[serde(skip_serializing_if = "Patch::is_leave")]
    pub(crate) color_id: Patch<String>,
    #[serde(skip_serializing_if = "Patch::is_leave")]
    pub(crate) conference_data: Patch<ConferenceData>,
}

/// A start or an end: a day or a time, never both.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TimePatch {
    #[serde(skip_serializing_if = "Patch::is_leave")]
    pub(crate) date: Patch<String>,
    #[serde(skip_serializing_if = "Patch::is_leave")]
    pub(crate) date_time: Patch<String>,
    #[serde(skip_serializing_if = "Patch::is_leave")]
    pub(crate) time_zone: Patch<String>,
}
