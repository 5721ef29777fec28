//! `update_event`: what is mentioned changes, and nothing else; of a series one instance, this and the following, or all.

mod asked;
mod following;
mod look;
mod rest;

use schemars::JsonSchema;
use serde::Deserialize;
use toolgate_google_http::Settled;
use toolgate_toolkit::{ToolContext, ToolError};

use self::asked::Asked;
pub(crate) use self::{
    following::{Cutting, times},
    look::{patched, version},
};
use crate::{
    create::SavedEvent,
    error::Named,
    fields::{ShowAs, Visibility},
    setup::Setup,
    view::When,
    when::own_zone,
    wire::{Calendar, Event, GET, INSERT, INSTANCES, LIST, PATCH},
};

pub(crate) const METHODS: &[&str] = &[GET.id(), PATCH.id(), LIST.id(), INSERT.id(), INSTANCES.id()];

/// How much of a series a change is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Scope {
    This,
    Following,
    All,
}

/// Changes what is given; guests keep answers. "" clears.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UpdateEvent {
    /// Its id.
    event_id: String,
    /// New one.
    title: Option<String>,
    /// Text.
    description: Option<String>,
    /// Place.
    location: Option<String>,
    /// The length stays.
    start_date: Option<String>,
    /// Time or last day.
    end_date: Option<String>,
    /// IANA.
    timezone: Option<String>,
    /// The whole list.
    attendees: Option<Vec<String>>,
    /// Addresses.
    add_attendees: Option<Vec<String>>,
    /// Addresses.
    remove_attendees: Option<Vec<String>>,
    /// Mail them; false if left out.
    notify_attendees: Option<bool>,
    /// Its calendar.
    calendar_id: Option<String>,
    /// Left out: `this`, or `all` of a series. `following` undoes changes of single later ones.
    scope: Option<Scope>,
    /// RRULE lines.
    recurrence: Option<Vec<String>>,
    /// Such as `popup 10`.
    reminders: Option<Vec<String>>,
    /// Who sees it.
    visibility: Option<Visibility>,
    /// Busy or free.
    show_as: Option<ShowAs>,
    /// 1 to 11.
    color_id: Option<String>,
    /// With Meet.
    add_google_meet_link: Option<bool>,
    /// Only this version.
    etag: Option<String>,
}

/// The event that was named, and that which changes.
pub(crate) struct Target {
    /// The one that was named.
    pub(crate) named: Event,
    /// The series of that, where it is an instance and more than it changes.
    pub(crate) series: Option<Event>,
    pub(crate) scope: Scope,
}

/// A change of an event.
pub(crate) async fn update_event(
    cx: ToolContext,
    args: UpdateEvent,
    setup: Setup,
) -> Result<SavedEvent, ToolError> {
    let asked = Asked::parse(&cx, &args)?;
    let named = Named::new(args.calendar_id.as_deref(), &args.event_id);
    let google = Calendar::writing(&cx, METHODS, setup.settlement);
    let target = Target::find(&google, named, args.scope).await?;
    target.check_version(args.etag.as_deref())?;
    let own = match asked.schedule.named() {
        Some(zone) => zone,
        None if asked.schedule.is_nothing() => chrono_tz::Tz::UTC,
        None => own_zone(&google, named.calendar).await?,
    };
    let notify = args.notify_attendees.unwrap_or(false);
    let (settled, mut notes) = match (target.scope, &target.series) {
        (Scope::Following, Some(series)) => {
            let cutting = Cutting {
                cx: &cx,
                setup: &setup,
                google: &google,
                calendar: named.calendar,
            };
            Box::pin(cutting.update(asked, (&target.named, series), own, notify)).await?
        }
        (Scope::All, Some(series)) => {
            let had = original(&target.named, series);
            let rest = asked.rest((&cx, &google), named.calendar, series);
            let rest = Box::pin(rest).await?;
            let (patch, notes) = asked.patch(series, (had.as_ref(), rest.as_ref()), own)?;
            let version = (&setup, named.calendar, series);
            (patched(&cx, version, &patch, notify).await?, notes)
        }
        _ => {
            let event = &target.named;
            let rest = asked.rest((&cx, &google), named.calendar, event);
            let rest = Box::pin(rest).await?;
            let (patch, notes) = asked.patch(event, (None, rest.as_ref()), own)?;
            let version = (&setup, named.calendar, event);
            (patched(&cx, version, &patch, notify).await?, notes)
        }
    };
    if args.scope.is_none() && target.scope == Scope::All {
        notes.push(
            "event_id is a whole series, so that all of it was changed: one instance has an id of its own, which \
             list_event_instances shows"
                .to_owned(),
        );
    }
    // Who is not invited any more gets mail as well.
    let is_mailed = notify && (target.has_guests() || has_guests(&settled.made));
    Ok(shown(&cx, &setup, named, &settled, notes).notified(is_mailed))
}

fn shown(
    cx: &ToolContext,
    setup: &Setup,
    named: Named<'_>,
    settled: &Settled<Event>,
    notes: Vec<String>,
) -> SavedEvent {
    let fence = cx.fence("event");
    SavedEvent::new(named, settled, (&fence, setup.budget), notes)
}

/// Whether there is anybody to mail.
pub(crate) fn has_guests(event: &Event) -> bool {
    event.attendees.as_ref().is_some_and(|it| !it.is_empty())
}

/// When an instance would be by the rules of its series.
pub(crate) fn original(instance: &Event, series: &Event) -> Option<When> {
    let zone = series
        .start
        .as_ref()
        .and_then(|it| it.time_zone.clone())
        .unwrap_or_default();
    match &instance.original_start_time {
        Some(original) => {
            let original = crate::wire::EventDateTime {
                time_zone: Some(zone.clone()).filter(|zone| !zone.is_empty()),
                ..original.clone()
            };
            let length = When::of(series, &zone)?.length();
            let start = When::between(&original, None, &zone)?;
            Some(crate::schedule::lasting(&start, length))
        }
        None => When::of(instance, &zone),
    }
}

impl Target {
    /// Reads the event that is named, and its series where that is meant.
    pub(crate) async fn find(
        google: &Calendar,
        named: Named<'_>,
        scope: Option<Scope>,
    ) -> Result<Self, ToolError> {
        let read = |id: String| async move {
            let named = Named { id: &id, ..named };
            let event = google.event(named.calendar, named.id).await;
            event.map_err(|error| named.explain(error))
        };
        let event = read(named.id.to_owned()).await?;
        if event.status.as_deref() == Some("cancelled") {
            return Err(named.deleted());
        }
        let is_series = event
            .recurrence
            .as_ref()
            .is_some_and(|rules| !rules.is_empty());
        let series = match (scope, &event.recurring_event_id) {
            (Some(Scope::Following | Scope::All), Some(id)) => Some(read(id.clone()).await?),
            _ => None,
        };
        let of_series = "the id of an instance, which list_event_instances shows, or `all`";
        match scope {
            Some(Scope::This | Scope::Following) if is_series => Err(ToolError::invalid_argument(
                "scope",
                "event_id is a whole series",
                of_series,
            )),
            Some(Scope::Following) if series.is_none() => Err(ToolError::invalid_argument(
                "scope",
                "the event belongs to no series",
                "none for a single event",
            )),
            scope => Ok(Self {
                named: event,
                series,
                scope: scope.unwrap_or(if is_series { Scope::All } else { Scope::This }),
            }),
        }
    }

    /// Whether there is anybody to mail of what becomes of it.
    pub(crate) fn has_guests(&self) -> bool {
        has_guests(&self.named) || self.series.as_ref().is_some_and(has_guests)
    }

    /// Refuses to change another version than the one that was meant.
    fn check_version(&self, etag: Option<&str>) -> Result<(), ToolError> {
        match etag {
            Some(etag) if self.named.etag.as_deref() != Some(etag) => {
                Err(ToolError::invalid_argument(
                    "etag",
                    "the event changed since this version, and nothing was done",
                    "the etag of get_event, read again",
                ))
            }
            _ => Ok(()),
        }
    }
}
