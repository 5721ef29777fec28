//! `list_calendars`: which calendars the person has, and what they may do with them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toolgate_auth::{Failure as _, FailureKind};
use toolgate_toolkit::{ToolContext, ToolError, sized::shortened};

use crate::{
    error::PRIMARY,
    setup::Setup,
    text::visible_line,
    view::is_false,
    wire::{CALENDARS, Calendar, CalendarListEntry},
};

pub(crate) const METHODS: &[&str] = &[CALENDARS.id()];

/// What a result takes beside its calendars, and what one takes at most.
const ENVELOPE: usize = 700;
const LARGEST: usize = 700;
/// Characters of a name and of a description.
const NAME: usize = 120;
const ABOUT: usize = 160;

/// Lists the person's calendars, with the ids that other tools take.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListCalendars {
    /// Of the list before.
    page_token: Option<String>,
}

/// Calendars.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Page {
    calendars: Vec<Shown>,
    /// The one that is meant where a tool is given none.
    current_default: &'static str,
    /// To go on; missing at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_page_token: Option<String>,
    /// What of this was written by others.
    #[serde(skip_serializing_if = "Option::is_none")]
    untrusted: Option<String>,
}

/// A calendar.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Shown {
    id: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "is_false")]
    primary: bool,
    /// `freeBusyReader` sees no events, `reader` changes none, `writer` and `owner` do.
    access_role: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    time_zone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    color: Option<String>,
}

/// The calendars on the person's list.
pub(crate) async fn list_calendars(
    cx: ToolContext,
    args: ListCalendars,
    setup: Setup,
) -> Result<Page, ToolError> {
    let count = (setup.budget.saturating_sub(ENVELOPE) / LARGEST).clamp(1, 250);
    let google = Calendar::new(&cx, METHODS);
    let list = google
        .calendar_list(count, args.page_token.as_deref())
        .await;
    let list = list.map_err(|error| match error.kind() {
        FailureKind::InvalidArgument if args.page_token.is_some() => ToolError::invalid_argument(
            "page_token",
            "Google does not know it",
            "the next_page_token of the list before",
        ),
        _ => ToolError::from(error),
    })?;
    let calendars: Vec<Shown> = list
        .items
        .unwrap_or_default()
        .into_iter()
        .map(shown)
        .collect();
    Ok(Page {
        untrusted: Some(cx.fence("event").notice()).filter(|_| !calendars.is_empty()),
        calendars,
        current_default: PRIMARY,
        next_page_token: list.next_page_token.filter(|token| !token.is_empty()),
    })
}

fn shown(entry: CalendarListEntry) -> Shown {
    let line = |text: Option<String>, room| {
        let text = text.as_deref().map(visible_line);
        text.filter(|text| !text.is_empty())
            .map(|text| shortened(&text, room))
    };
    Shown {
        name: line(entry.summary_override.or(entry.summary), NAME).unwrap_or_default(),
        description: line(entry.description, ABOUT),
        primary: entry.primary.unwrap_or(false),
        access_role: entry.access_role.unwrap_or_default(),
        time_zone: entry.time_zone,
        color: entry.background_color,
        id: entry.id.unwrap_or_default(),
    }
}
