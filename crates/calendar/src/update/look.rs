//! One update of one version, and what became of it where that is not clear.

use serde_json::Value;
use toolgate_google_http::{Seen, Settled, Settlement, Words};
use toolgate_toolkit::{ToolContext, ToolError};

use crate::{
    error::Named,
    setup::Setup,
    wire::{Calendar, Event, EventPatch, GET, PATCH},
};

const UPDATING: Words = Words {
    done: "updated",
    look: "look at it with get_event",
};

/// Changes an event as it was read, and no other version.
pub(crate) async fn patched(
    cx: &ToolContext,
    (setup, calendar, event): (&Setup, &str, &Event),
    patch: &EventPatch,
    notify: bool,
) -> Result<Settled<Event>, ToolError> {
    let google = Calendar::writing(cx, &[PATCH.id()], setup.settlement);
    let looking = Calendar::new(cx, &[GET.id()]);
    let (id, etag) = version(event)?;
    let wanted = serde_json::to_value(patch).unwrap_or_default();
    let leaving = google.patch(calendar, (id, etag), patch, notify);
    let settlement = Settlement::new(cx, setup.settlement, UPDATING);
    let settled = settlement.settle(leaving, || async {
        let now = looking.event(calendar, id).await?;
        Ok(if now.etag.as_deref() == Some(etag) {
            Seen::NotDone
        } else if holds(&serde_json::to_value(&now).unwrap_or_default(), &wanted) {
            Seen::Done(now)
        } else {
            Seen::Doubtful("the event changed meanwhile, but not to what was wanted".to_owned())
        })
    });
    let named = Named { calendar, id };
    settled
        .await
        .map_err(|refusal| refusal.explained(|error| named.explain(error)))
}

/// An event's id and version.
pub(crate) fn version(event: &Event) -> Result<(&str, &str), ToolError> {
    let both = event.id.as_deref().zip(event.etag.as_deref());
    both.ok_or_else(|| ToolError::internal("the event came without id or version"))
}

/// Whether a value has all that an update says; what the update clears is missing or null.
fn holds(value: &Value, wanted: &Value) -> bool {
    match (value, wanted) {
        (_, Value::Null) => value.is_null(),
        (Value::Object(members), Value::Object(wanted)) => {
            let is_partial = wanted.get("attendeesOmitted") == Some(&Value::Bool(true));
            wanted.iter().all(|(name, wanted)| {
                let value = members.get(name).unwrap_or(&Value::Null);
                match name.as_str() {
                    // A conference is made from its request, which Google does not keep.
                    "conferenceData" | "attendeesOmitted" => true,
                    "attendees" if is_partial => holds_each(value, wanted),
                    _ => holds(value, wanted),
                }
            })
        }
        (Value::Array(items), Value::Array(wanted)) => {
            items.len() == wanted.len()
                && items
                    .iter()
                    .zip(wanted)
                    .all(|(it, wanted)| holds(it, wanted))
        }
        (Value::String(one), Value::String(other)) => {
            let at = |text: &str| chrono::DateTime::parse_from_rfc3339(text).ok();
            one == other
                || at(one)
                    .zip(at(other))
                    .is_some_and(|(one, other)| one == other)
        }
        (value, wanted) => value == wanted,
    }
}

/// Whether each of some wanted things is among these.
fn holds_each(value: &Value, wanted: &Value) -> bool {
    let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
    let mut wanted = wanted.as_array().into_iter().flatten();
    wanted.all(|wanted| items.iter().any(|item| holds(item, wanted)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_update_is_known_again_by_what_it_says() {
        let event = json!({"summary": "New", "start": {"dateTime": "2026-06-03T09:00:00+02:00", "timeZone": "Europe/Warsaw"},
            "attendees": [{"email": "a@b.de", "responseStatus": "accepted"}]});
        for (wanted, is_held) in [
            (json!({"summary": "New", "location": null}), true),
            (json!({"summary": "Old"}), false),
            (json!({"location": "Room"}), false),
            (json!({"summary": null}), false),
            (
                json!({"start": {"date": null, "dateTime": "2026-06-03T07:00:00Z"}}),
                true,
            ),
            (
                json!({"start": {"dateTime": "2026-06-03T09:00:00Z"}}),
                false,
            ),
            (json!({"attendees": [{"email": "a@b.de"}]}), true),
            (
                json!({"attendees": [{"email": "a@b.de"}, {"email": "c@d.de"}]}),
                false,
            ),
            (
                json!({"attendeesOmitted": true, "attendees": [{"email": "a@b.de", "responseStatus": "accepted"}]}),
                true,
            ),
            (
                json!({"attendeesOmitted": true, "attendees": [{"email": "a@b.de", "responseStatus": "declined"}]}),
                false,
            ),
        ] {
            assert_eq!(holds(&event, &wanted), is_held, "{wanted}");
        }
    }
}
