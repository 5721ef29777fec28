//! An event as it is shown: what Google holds, with times that cannot be misread.

mod when;

use schemars::JsonSchema;
use serde::Serialize;
use toolgate_toolkit::{
    Fence,
    sized::{json_size, piece, shortened},
};

pub(crate) use self::when::{Times, When, local};
use crate::{
    text::{described, visible_line},
    wire::{Event, EventAttendee},
};

/// Characters of a title, a place and an excerpt in a list.
const TITLE: usize = 200;
const PLACE: usize = 120;
const EXCERPT: usize = 240;
/// The same of an event that is shown whole, where a place may be a long link to join by.
const WHOLE_PLACE: usize = 800;
/// Lines of rules, and characters of one: dates that an invitation names may be thousands.
const RULES: usize = 5;
const RULE: usize = 200;
/// Characters of a name or an address.
const NAME: usize = 100;

/// An event.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(crate) struct Shown {
    pub(crate) id: String,
    pub(crate) calendar_id: String,
    /// Missing where the person may only see that somebody is busy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) title: Option<String>,
    #[serde(flatten)]
    pub(crate) times: Times,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    /// There is more of the description: `get_event` goes on from here by `description_offset`.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_description_offset: Option<usize>,
    /// Who invited, where that is not the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    organizer: Option<String>,
    /// The person's own answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    my_response: Option<String>,
    /// How the guests answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    guests: Option<Guests>,
    /// The series whose instance it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    recurring_event_id: Option<String>,
    /// The rules of a series.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    recurrence: Vec<String>,
    /// `tentative` or `cancelled`.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<String>,
    /// It takes no time: the person counts as free.
    #[serde(skip_serializing_if = "is_false")]
    free: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    visibility: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    color_id: Option<String>,
    /// Such as `outOfOffice`.
    #[serde(skip_serializing_if = "Option::is_none")]
    event_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    meet_link: Option<String>,
}

/// Answers, counted.
#[derive(Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Guests {
    pub(crate) total: usize,
    #[serde(skip_serializing_if = "is_zero")]
    pub(crate) accepted: usize,
    #[serde(skip_serializing_if = "is_zero")]
    pub(crate) declined: usize,
    #[serde(skip_serializing_if = "is_zero")]
    pub(crate) tentative: usize,
    #[serde(skip_serializing_if = "is_zero")]
    pub(crate) no_reply: usize,
}

/// Somebody who is invited.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of Google's own"
)]
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(crate) struct Guest {
    email: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// `accepted`, `declined`, `tentative` or `needsAction`.
    response_status: String,
    /// Who invited.
    #[serde(skip_serializing_if = "is_false")]
    organizer: bool,
    #[serde(skip_serializing_if = "is_false")]
    optional: bool,
    /// A room or a thing.
    #[serde(skip_serializing_if = "is_false")]
    resource: bool,
    /// The person.
    #[serde(rename = "self", skip_serializing_if = "is_false")]
    is_self: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<String>,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
pub(crate) fn is_false(value: &bool) -> bool {
    !value
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_zero(value: &usize) -> bool {
    *value == 0
}

/// Where an event stands, and by whose clocks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) calendar: &'a str,
    /// The calendar's own zone.
    pub(crate) zone: &'a str,
}

impl Shown {
    /// As an entry of a list.
    pub(crate) fn brief(event: &Event, place: Place<'_>, fence: &Fence) -> Self {
        let mut shown = Self::without_description(event, place);
        shown.times = When::of(event, place.zone)
            .map(|it| it.brief())
            .unwrap_or_default();
        let text = event.description.as_deref().map(described);
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            let excerpt = piece(&text, 0, EXCERPT);
            shown.description = Some(fence.around(excerpt.text));
            shown.next_description_offset = excerpt.next;
        }
        shown
    }

    /// With its description from a place on, as much as there is room for.
    pub(crate) fn whole(
        event: &Event,
        place: Place<'_>,
        fence: &Fence,
        (offset, room): (usize, usize),
    ) -> Self {
        let mut shown = Self::without_description(event, place);
        let place = line(event.location.as_deref(), WHOLE_PLACE);
        shown.location = place.map(|it| match it.chars().count() {
            // What is no few words any more stands where other long texts do.
            PLACE.. => fence.around(&it),
            _ => it,
        });
        let text = event.description.as_deref().map(described);
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            let room = room.saturating_sub(json_size(&shown) + Fence::SIZE + 60);
            let part = piece(&text, offset, room.max(1));
            if !part.text.is_empty() {
                shown.description = Some(fence.around(part.text));
            }
            shown.next_description_offset = part.next;
        }
        shown
    }

    pub(crate) fn has_description(&self) -> bool {
        self.description.is_some()
    }

    fn without_description(event: &Event, place: Place<'_>) -> Self {
        let unusual = |text: &Option<String>, usual: &str| {
            text.clone()
                .filter(|text| !text.is_empty() && text != usual)
        };
        let attendees = event.attendees.as_deref().unwrap_or_default();
        let own = attendees.iter().find(|it| it.is_self == Some(true));
        let organizer = event
            .organizer
            .as_ref()
            .filter(|it| it.is_self != Some(true));
        Self {
            id: event.id.clone().unwrap_or_default(),
            calendar_id: place.calendar.to_owned(),
            title: line(event.summary.as_deref(), TITLE),
            times: When::of(event, place.zone)
                .map(|it| it.full())
                .unwrap_or_default(),
            location: line(event.location.as_deref(), PLACE),
            description: None,
            next_description_offset: None,
            organizer: organizer.and_then(|it| line(it.email.as_deref(), NAME)),
            my_response: own.and_then(|own| own.response_status.clone()),
            guests: Guests::of(attendees),
            recurring_event_id: event.recurring_event_id.clone(),
            recurrence: event
                .recurrence
                .iter()
                .flatten()
                .take(RULES)
                .filter_map(|rule| line(Some(rule), RULE))
                .collect(),
            status: unusual(&event.status, "confirmed"),
            free: event.transparency.as_deref() == Some("transparent"),
            visibility: unusual(&event.visibility, "default"),
            color_id: event.color_id.clone(),
            event_type: unusual(&event.event_type, "default"),
            meet_link: event.hangout_link.clone(),
        }
    }
}

/// A few words without what cannot be seen, if there are any.
fn line(text: Option<&str>, room: usize) -> Option<String> {
    let text = text.map(visible_line).filter(|text| !text.is_empty());
    text.map(|text| shortened(&text, room))
}

impl Guests {
    pub(crate) fn of(attendees: &[EventAttendee]) -> Option<Self> {
        let count = |status: &str| {
            let same = |it: &&EventAttendee| it.response_status.as_deref() == Some(status);
            attendees.iter().filter(same).count()
        };
        let guests = Self {
            total: attendees.len(),
            accepted: count("accepted"),
            declined: count("declined"),
            tentative: count("tentative"),
            no_reply: count("needsAction"),
        };
        (guests.total > 0).then_some(guests)
    }
}

impl Guest {
    pub(crate) fn of(attendee: &EventAttendee) -> Self {
        let is = |flag: Option<bool>| flag.unwrap_or(false);
        Self {
            email: line(attendee.email.as_deref(), NAME).unwrap_or_default(),
            name: line(attendee.display_name.as_deref(), NAME),
            response_status: attendee.response_status.clone().unwrap_or_default(),
            organizer: is(attendee.organizer),
            optional: is(attendee.optional),
            resource: is(attendee.resource),
            is_self: is(attendee.is_self),
            comment: line(attendee.comment.as_deref(), NAME),
        }
    }
}
