//! Which methods the calendars answer, and what answers each.

use super::{Calendars, access, collections, events, freebusy, listing, lists, respond, settings};
use crate::call::{ApiError, Call, Reply};

/// The methods that [`Calendars`] answer.
pub(crate) const METHODS: &[&str] = &[
    "calendar.acl.delete",
    "calendar.acl.get",
    "calendar.acl.insert",
    "calendar.acl.list",
    "calendar.acl.patch",
    "calendar.acl.update",
    "calendar.calendarList.delete",
    "calendar.calendarList.get",
    "calendar.calendarList.insert",
    "calendar.calendarList.list",
    "calendar.calendarList.patch",
    "calendar.calendarList.update",
    "calendar.calendars.delete",
    "calendar.calendars.get",
    "calendar.calendars.insert",
    "calendar.calendars.patch",
    "calendar.calendars.update",
    "calendar.colors.get",
    "calendar.events.delete",
    "calendar.events.get",
    "calendar.events.import",
    "calendar.events.insert",
    "calendar.events.instances",
    "calendar.events.list",
    "calendar.events.move",
    "calendar.events.patch",
    "calendar.events.quickAdd",
    "calendar.events.update",
    "calendar.freebusy.query",
    "calendar.settings.get",
    "calendar.settings.list",
];

impl Calendars {
    /// Answers one of [`METHODS`].
    ///
    /// # Errors
    /// As Google refuses the call.
    pub(crate) fn handle(&mut self, call: &Call, now_ms: i64) -> Result<Reply, ApiError> {
        self.now_ms = now_ms;
        let method = call.method.strip_prefix("calendar.").unwrap_or_default();
        match method.split_once('.') {
            Some(("events", method)) => self.handle_events(method, call),
            Some(("calendarList", method)) => self.handle_list(method, call),
            Some(("calendars", method)) => self.handle_calendars(method, call),
            Some(("acl", method)) => self.handle_access(method, call),
            Some(("settings", "get")) => settings::get(self, call),
            Some(("settings", "list")) => settings::list(self, call),
            Some(("colors", "get")) => Ok(settings::colors()),
            Some(("freebusy", "query")) => freebusy::query(self, call),
            _ => Err(not_implemented(call)),
        }
    }

    fn handle_events(&mut self, method: &str, call: &Call) -> Result<Reply, ApiError> {
        match method {
            "list" => listing::list(self, call),
            "instances" => listing::instances(self, call),
            "get" => events::get(self, call),
            "insert" => events::insert(self, call),
            "import" => events::import(self, call),
            "quickAdd" => events::quick_add(self, call),
            "patch" => respond::change(self, call, true),
            "update" => respond::change(self, call, false),
            "delete" => events::delete(self, call),
            "move" => events::relocate(self, call),
            _ => Err(not_implemented(call)),
        }
    }

    fn handle_list(&mut self, method: &str, call: &Call) -> Result<Reply, ApiError> {
        match method {
            "list" => lists::list(self, call),
            "get" => lists::get(self, call),
            "insert" => lists::insert(self, call),
            "patch" => lists::change(self, call, true),
            "update" => lists::change(self, call, false),
            "delete" => lists::delete(self, call),
            _ => Err(not_implemented(call)),
        }
    }

    fn handle_calendars(&mut self, method: &str, call: &Call) -> Result<Reply, ApiError> {
        match method {
            "get" => collections::get(self, call),
            "insert" => collections::insert(self, call),
            "patch" => collections::change(self, call, true),
            "update" => collections::change(self, call, false),
            "delete" => collections::delete(self, call),
            _ => Err(not_implemented(call)),
        }
    }

    fn handle_access(&mut self, method: &str, call: &Call) -> Result<Reply, ApiError> {
        match method {
            "list" => access::list(self, call),
            "get" => access::get(self, call),
            "insert" => access::insert(self, call),
            "patch" | "update" => access::change(self, call),
            "delete" => access::delete(self, call),
            _ => Err(not_implemented(call)),
        }
    }
}

fn not_implemented(call: &Call) -> ApiError {
    ApiError {
        code: 501,
        status: "UNIMPLEMENTED",
        reason: "notImplemented",
        message: format!("the emulator does not implement {}", call.method),
    }
}
