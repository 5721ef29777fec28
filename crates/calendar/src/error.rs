//! The crate's error, and Google's refusals as a tool says them: which argument, and what to do next.

use toolgate_auth::{Failure as _, FailureKind};
use toolgate_google_http::{Error as GoogleError, Outcome};
use toolgate_toolkit::ToolError;

/// Characters of a refused id that an error repeats.
const SHOWN: usize = 80;

/// A toolkit that cannot be set up so.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct Error(#[from] ErrorKind);

#[derive(Debug, thiserror::Error)]
pub(crate) enum ErrorKind {
    #[error("working hours begin and end at times such as 09:00, and end after they begin")]
    Hours,
    #[error("working days are mon, tue, wed, thu, fri, sat and sun, one at least")]
    Days,
}

impl Error {
    /// Working hours that are none.
    pub fn is_working_hours(&self) -> bool {
        matches!(self.0, ErrorKind::Hours | ErrorKind::Days)
    }
}

/// An event of a calendar, as arguments name it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Named<'a> {
    pub(crate) calendar: &'a str,
    pub(crate) id: &'a str,
}

/// The calendar that is meant where none is named.
pub(crate) const PRIMARY: &str = "primary";

/// The calendar of an argument.
pub(crate) fn calendar(id: Option<&str>) -> &str {
    id.map(str::trim)
        .filter(|id| !id.is_empty())
        .unwrap_or(PRIMARY)
}

impl<'a> Named<'a> {
    pub(crate) fn new(calendar_id: Option<&'a str>, event_id: &'a str) -> Self {
        Self {
            calendar: calendar(calendar_id),
            id: event_id.trim(),
        }
    }

    /// It was there, and is not any more.
    pub(crate) fn deleted(self) -> ToolError {
        ToolError::not_found(format!("the event `{}` was deleted", shown(self.id)))
    }

    /// What a failed request for it means.
    pub(crate) fn explain(self, error: GoogleError) -> ToolError {
        let Self { calendar, id } = self;
        if error.is_changed() {
            return changed(error);
        }
        if error.is_gone() {
            return self.deleted();
        }
        match error.kind() {
            FailureKind::NotFound => ToolError::not_found(format!(
                "there is no event `{}` in the calendar `{}`, or the person cannot see it; take ids from \
                 list_events and calendars from list_calendars",
                shown(id),
                shown(calendar)
            )),
            FailureKind::InvalidArgument if error.outcome() == Outcome::NotSent => {
                ToolError::invalid_argument("event_id", "it is no id", "one that list_events gave")
            }
            _ => ToolError::from(error),
        }
    }
}

/// What a failed request for a calendar means.
pub(crate) fn explain_calendar(argument: &str, id: &str, error: GoogleError) -> ToolError {
    match error.kind() {
        FailureKind::NotFound => ToolError::not_found(format!(
            "there is no calendar `{}`, or the person cannot see it; list_calendars shows those that they can",
            shown(id)
        )),
        FailureKind::InvalidArgument if error.outcome() == Outcome::NotSent => {
            ToolError::invalid_argument(argument, "it is no id", "one that list_calendars gave")
        }
        _ => ToolError::from(error),
    }
}

fn changed(error: GoogleError) -> ToolError {
    ToolError::from(error).with_note(
        "the event changed since it was read, and nothing was done: read it again with get_event, then decide",
    )
}

/// As much of an id as an error repeats.
pub(crate) fn shown(id: &str) -> String {
    let visible = id.chars().filter(|c| !toolgate_text::is_invisible(*c));
    visible.take(SHOWN).collect()
}
