//! `respond_to_event`: the person's own answer to an invitation, and nobody else's.

use schemars::JsonSchema;
use serde::Deserialize;
use toolgate_google_http::Patch;
use toolgate_toolkit::{ToolContext, ToolError};

use crate::{
    create::SavedEvent,
    error::Named,
    fields::given,
    setup::Setup,
    update::patched,
    wire::{Calendar, EventAttendee, EventPatch, GET, PATCH},
};

pub(crate) const METHODS: &[&str] = &[GET.id(), PATCH.id()];

/// An answer to an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Answer {
    Accepted,
    Declined,
    Tentative,
}

impl Answer {
    fn google(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Declined => "declined",
            Self::Tentative => "tentative",
        }
    }
}

/// Answers an invitation of the person's.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Respond {
    /// Of an event, an instance or a series.
    event_id: String,
    /// The answer.
    response: Answer,
    /// For the organizer.
    comment: Option<String>,
    /// Mail the organizer; false if left out.
    notify_attendees: Option<bool>,
    /// Its calendar.
    calendar_id: Option<String>,
}

/// The person's answer.
pub(crate) async fn respond_to_event(
    cx: ToolContext,
    args: Respond,
    setup: Setup,
) -> Result<SavedEvent, ToolError> {
    let named = Named::new(args.calendar_id.as_deref(), &args.event_id);
    let google = Calendar::new(&cx, METHODS);
    let event = google.event(named.calendar, named.id).await;
    let event = event.map_err(|error| named.explain(error))?;
    if event.status.as_deref() == Some("cancelled") {
        return Err(named.deleted());
    }
    let mut attendees = event.attendees.iter().flatten();
    let Some(own) = attendees.find(|it| it.is_self == Some(true)) else {
        return Err(ToolError::permission_denied(
            "the person is not invited to this event, so there is nothing to answer, and nobody was added",
        ));
    };
    let answered = EventAttendee {
        response_status: Some(args.response.google().to_owned()),
        comment: given(args.comment.as_deref()).or_else(|| own.comment.clone()),
        ..own.clone()
    };
    // With the others left out, an answer of theirs that arrives meanwhile cannot be overwritten.
    let patch = EventPatch {
        attendees: Patch::Set(vec![answered]),
        attendees_omitted: Patch::Set(true),
        ..EventPatch::default()
    };
    let notify = args.notify_attendees.unwrap_or(false);
    let version = (&setup, named.calendar, &event);
    let settled = patched(&cx, version, &patch, notify).await?;
    let fence = cx.fence("event");
    let saved = SavedEvent::new(named, &settled, (&fence, setup.budget), Vec::new());
    Ok(saved.notified(notify))
}
