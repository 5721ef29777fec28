//! `move_event`: an event given to another calendar.

use schemars::JsonSchema;
use serde::Deserialize;
use toolgate_auth::{Failure as _, FailureKind};
use toolgate_google_http::{Error, Seen, Settlement, Words};
use toolgate_toolkit::{ToolContext, ToolError};

use crate::{
    create::{SavedEvent, is_missing},
    error::{Named, shown},
    setup::Setup,
    update::has_guests,
    wire::{Calendar, Event, GET, MOVE},
};

pub(crate) const METHODS: &[&str] = &[MOVE.id(), GET.id()];

const MOVING: Words = Words {
    done: "moved",
    look: "look for it with get_event in both calendars",
};

/// Moves an event to another calendar.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MoveEvent {
    /// Of an event or a series.
    event_id: String,
    /// From `list_calendars`.
    destination_calendar_id: String,
    /// Mail them; false if left out.
    notify_attendees: Option<bool>,
    /// Its calendar.
    calendar_id: Option<String>,
}

/// Moves.
pub(crate) async fn move_event(
    cx: ToolContext,
    args: MoveEvent,
    setup: Setup,
) -> Result<SavedEvent, ToolError> {
    let named = Named::new(args.calendar_id.as_deref(), &args.event_id);
    let destination = args.destination_calendar_id.trim();
    if destination.is_empty() {
        let good = "an id from list_calendars";
        return Err(ToolError::invalid_argument(
            "destination_calendar_id",
            "it is empty",
            good,
        ));
    }
    let notify = args.notify_attendees.unwrap_or(false);
    let google = Calendar::writing(&cx, &[MOVE.id()], setup.settlement);
    let looking = Calendar::new(&cx, &[GET.id()]);
    let leaving = google.move_to(named.calendar, named.id, destination, notify);
    let settlement = Settlement::new(&cx, setup.settlement, MOVING);
    let settled = settlement.settle(leaving, || async {
        match looking.event(destination, named.id).await {
            Ok(event) if event.status.as_deref() == Some("cancelled") => Ok(Seen::NotDone),
            Ok(event) if is_organizers(&event) => Ok(Seen::Done(event)),
            Ok(_) => Ok(Seen::Doubtful(
                "the other calendar is invited to it anyhow".to_owned(),
            )),
            Err(error) if is_missing(&error) => Ok(Seen::NotDone),
            Err(error) => Err(error),
        }
    });
    let settled = settled.await;
    let explain = |error| explain(named, destination, error);
    let settled = settled.map_err(|refusal| refusal.explained(explain))?;
    let moved = Named {
        calendar: destination,
        id: named.id,
    };
    let fence = cx.fence("event");
    let saved = SavedEvent::new(moved, &settled, (&fence, setup.budget), Vec::new());
    Ok(saved.notified(notify && has_guests(&settled.made)))
}

/// What a failed move means: Google does not say which of the two it does not find.
fn explain(named: Named<'_>, destination: &str, error: Error) -> ToolError {
    if error.kind() != FailureKind::NotFound || error.is_gone() {
        return named.explain(error);
    }
    ToolError::not_found(format!(
        "there is no event `{}` in the calendar `{}`, or no calendar `{}` to move it to, or the person cannot see one of \
         them; take ids from list_events and calendars from list_calendars",
        shown(named.id),
        shown(named.calendar),
        shown(destination)
    ))
}

/// Whether the calendar that it was read from organizes it, as the one that it was moved to does.
fn is_organizers(event: &Event) -> bool {
    event
        .organizer
        .as_ref()
        .is_some_and(|it| it.is_self == Some(true))
}
