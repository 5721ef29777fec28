//! `delete_event`: one event, one instance, this and the following, or a whole series.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toolgate_google_http::{Seen, Settlement, Words};
use toolgate_toolkit::{ToolContext, ToolError};

use crate::{
    create::is_missing,
    error::Named,
    get::place,
    setup::Setup,
    update::{Cutting, Scope, Target, times, version},
    view::{Shown, is_false},
    wire::{Calendar, DELETE, Event, GET, PATCH},
};

pub(crate) const METHODS: &[&str] = &[GET.id(), DELETE.id(), PATCH.id()];

/// What a result takes beside the event.
const ENVELOPE: usize = 600;

const DELETING: Words = Words {
    done: "deleted",
    look: "look for it with get_event",
};

/// Deletes an event, an instance, or by `scope` a series.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeleteEvent {
    /// Of an event, an instance or a series.
    event_id: String,
    /// Mail them; true if left out.
    notify_attendees: Option<bool>,
    /// Its calendar.
    calendar_id: Option<String>,
    /// Of an instance; `this` if left out.
    scope: Option<Scope>,
}

/// What is gone, as it was.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Gone {
    success: bool,
    /// What was done, and whether a look-up had to confirm it.
    message: String,
    deleted: Shown,
    /// Guests got mail.
    #[serde(skip_serializing_if = "is_false")]
    notified: bool,
    /// What of this was written by others.
    untrusted: String,
}

/// Deletes.
pub(crate) async fn delete_event(
    cx: ToolContext,
    args: DeleteEvent,
    setup: Setup,
) -> Result<Gone, ToolError> {
    let named = Named::new(args.calendar_id.as_deref(), &args.event_id);
    let google = Calendar::writing(&cx, METHODS, setup.settlement);
    let target = Target::find(&google, named, args.scope).await?;
    if args.scope.is_none() && target.scope == Scope::All {
        return Err(ToolError::invalid_argument(
            "scope",
            "event_id is a whole series, and none is given",
            "`all` to delete every instance, or the id of an instance",
        ));
    }
    let notify = args.notify_attendees.unwrap_or(true);
    let message = match (target.scope, &target.series) {
        (Scope::Following, Some(series)) => {
            let (had, first) = times(&target.named, series)?;
            if had == first {
                removed(&cx, &setup, named.calendar, series, notify).await?
            } else {
                let cutting = Cutting {
                    cx: &cx,
                    setup: &setup,
                    google: &google,
                    calendar: named.calendar,
                };
                let settled = cutting.cut(series, &had, notify).await?;
                format!(
                    "this and the following instances deleted; the series: {}",
                    settled.status
                )
            }
        }
        (_, Some(series)) => removed(&cx, &setup, named.calendar, series, notify).await?,
        (_, None) => removed(&cx, &setup, named.calendar, &target.named, notify).await?,
    };
    let fence = cx.fence("event");
    let event = &target.named;
    let room = setup.budget.saturating_sub(ENVELOPE);
    Ok(Gone {
        success: true,
        message,
        deleted: Shown::whole(event, place(named, event), &fence, (0, room)),
        notified: notify && target.has_guests(),
        untrusted: fence.notice(),
    })
}

async fn removed(
    cx: &ToolContext,
    setup: &Setup,
    calendar: &str,
    event: &Event,
    notify: bool,
) -> Result<String, ToolError> {
    let google = Calendar::writing(cx, &[DELETE.id()], setup.settlement);
    let looking = Calendar::new(cx, &[GET.id()]);
    let (id, etag) = version(event)?;
    let settlement = Settlement::new(cx, setup.settlement, DELETING);
    let settled = settlement.settle(google.delete(calendar, (id, etag), notify), || async {
        match looking.event(calendar, id).await {
            Ok(event) if event.status.as_deref() == Some("cancelled") => Ok(Seen::Done(())),
            Ok(_) => Ok(Seen::NotDone),
            Err(error) if is_missing(&error) => Ok(Seen::Done(())),
            Err(error) => Err(error),
        }
    });
    let named = Named { calendar, id };
    let settled = settled.await;
    let settled = settled.map_err(|refusal| refusal.explained(|error| named.explain(error)))?;
    Ok(settled.status)
}
