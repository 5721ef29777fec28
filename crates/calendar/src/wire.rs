//! Calendar's methods, as far as the tools call them: typed, masked, nothing else.

mod busy;
mod patch;
mod reading;
#[expect(
    clippy::doc_markdown,
    clippy::struct_field_names,
    reason = "the words are Google's"
)]
mod types;
mod writing;

use toolgate_auth::Requirement;
use toolgate_google_http::{Api, Method, Rest};
use toolgate_toolkit::ToolContext;

pub(crate) use self::{
    patch::{EventPatch, TimePatch},
    reading::{GUESTS, Page, Sought, WHOLE},
    types::{
        CalendarListEntry, CalendarWorkingHours, ConferenceData, ConferenceSolutionKey,
        CreateConferenceRequest, Event, EventAttendee, EventDateTime, EventOrganizer,
        EventReminder, EventReminders, TimePeriod,
    },
};

pub(crate) static LIST: Method = Method::get(Api::Calendar, "calendar.events.list");
pub(crate) static INSTANCES: Method = Method::get(Api::Calendar, "calendar.events.instances");
pub(crate) static GET: Method = Method::get(Api::Calendar, "calendar.events.get");
pub(crate) static INSERT: Method = Method::post(Api::Calendar, "calendar.events.insert");
pub(crate) static PATCH: Method = Method::patch(Api::Calendar, "calendar.events.patch");
pub(crate) static DELETE: Method = Method::delete(Api::Calendar, "calendar.events.delete");
pub(crate) static MOVE: Method = Method::post(Api::Calendar, "calendar.events.move");
pub(crate) static QUICK_ADD: Method = Method::post(Api::Calendar, "calendar.events.quickAdd");
pub(crate) static CALENDARS: Method = Method::get(Api::Calendar, "calendar.calendarList.list");
pub(crate) static CALENDAR: Method = Method::get(Api::Calendar, "calendar.calendars.get");
pub(crate) static FREE_BUSY: Method = Method::post(Api::Calendar, "calendar.freebusy.query");

/// One person's calendars, for the calls of one tool.
#[derive(Debug)]
pub(crate) struct Calendar(Rest);

impl Calendar {
    /// For calls of these methods, within the time of the tool call.
    pub(crate) fn new(cx: &ToolContext, methods: &[&'static str]) -> Self {
        let requirement = Requirement::for_methods(methods);
        Self(Rest::new(cx.access().clone(), requirement).until(cx.ends()))
    }
}
