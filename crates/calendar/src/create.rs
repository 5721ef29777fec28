//! `create_event` and `quick_add_event`: an event is saved once, under an id of our own.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toolgate_google_http::{Error, Seen, Settled, Settlement, Words};
use toolgate_toolkit::{Fence, ToolContext, ToolError};

use crate::{
    error::{Named, calendar, explain_calendar},
    fields::{ShowAs, Visibility, color, given, meet, own_id, reminders},
    get::place,
    guests::people,
    schedule::{Schedule, saved},
    series::rules,
    setup::Setup,
    view::{Shown, is_false},
    when::own_zone,
    wire::{Calendar, Event, GET, INSERT, LIST, QUICK_ADD},
};

pub(crate) const METHODS: &[&str] = &[INSERT.id(), GET.id(), LIST.id()];
pub(crate) const QUICK_METHODS: &[&str] = &[QUICK_ADD.id()];

/// What a result takes beside the event.
const ENVELOPE: usize = 700;

const CREATING: Words = Words {
    done: "created",
    look: "look for it with list_events",
};

/// Creates an event, for a time or whole days, once or in a series.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateEvent {
    /// Time or day.
    start_date: String,
    /// Time or last day.
    end_date: String,
    /// New one.
    title: Option<String>,
    /// Text.
    description: Option<String>,
    /// Place.
    location: Option<String>,
    /// IANA; the calendar's own if left out.
    timezone: Option<String>,
    /// Addresses.
    attendees: Option<Vec<String>>,
    /// With Meet.
    add_google_meet_link: Option<bool>,
    /// Mail them; false if left out.
    notify_attendees: Option<bool>,
    /// Its calendar.
    calendar_id: Option<String>,
    /// RRULE lines.
    recurrence: Option<Vec<String>>,
    /// Such as `popup 10`; [] for none.
    reminders: Option<Vec<String>>,
    /// Who sees it.
    visibility: Option<Visibility>,
    /// Busy or free.
    show_as: Option<ShowAs>,
    /// 1 to 11.
    color_id: Option<String>,
}

/// Creates an event from a sentence, as Google understands it: check the result's times. A lost answer cannot be looked
/// up.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct QuickAdd {
    /// A sentence.
    text: String,
    /// Its calendar.
    calendar_id: Option<String>,
}

/// An event as Google saved it.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct SavedEvent {
    /// What was done, and whether a look-up had to confirm it.
    pub(crate) status: String,
    pub(crate) event: Shown,
    /// Guests got mail.
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) notified: bool,
    /// The version: `update_event` takes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) etag: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) link: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) notes: Vec<String>,
    /// What of this was written by others.
    pub(crate) untrusted: String,
}

impl SavedEvent {
    pub(crate) fn new(
        named: Named<'_>,
        settled: &Settled<Event>,
        (fence, room): (&Fence, usize),
        notes: Vec<String>,
    ) -> Self {
        let Settled { made, status } = settled;
        let room = room.saturating_sub(ENVELOPE);
        let mut notes = notes;
        let pending = made
            .conference_data
            .as_ref()
            .and_then(|it| it.create_request.as_ref());
        if pending.is_some() && made.hangout_link.is_none() {
            notes.push("the Meet link is still being made: get_event shows it".to_owned());
        }
        Self {
            status: status.clone(),
            event: Shown::whole(made, place(named, made), fence, (0, room)),
            notified: false,
            etag: made.etag.clone(),
            link: made.html_link.clone(),
            notes,
            untrusted: fence.notice(),
        }
    }

    #[must_use]
    pub(crate) fn notified(self, notified: bool) -> Self {
        Self { notified, ..self }
    }
}

/// A new event.
pub(crate) async fn create_event(
    cx: ToolContext,
    args: CreateEvent,
    setup: Setup,
) -> Result<SavedEvent, ToolError> {
    let (start, end) = (Some(args.start_date.as_str()), Some(args.end_date.as_str()));
    let schedule = Schedule::parse(start, end, args.timezone.as_deref())?;
    let event = event(&cx, &args)?;
    // The rules are checked before any request.
    let recurrence = rules(
        args.recurrence.as_deref().unwrap_or_default(),
        schedule.is_days(),
    )?;
    let calendar = calendar(args.calendar_id.as_deref());
    let google = Calendar::writing(&cx, METHODS, setup.settlement);
    let own = match schedule.named() {
        Some(zone) => zone,
        None if schedule.needs_zone() => own_zone(&google, calendar).await?,
        None => chrono_tz::Tz::UTC,
    };
    let (when, notes) = schedule.new_event(own)?;
    let (start, end) = saved(&when);
    let event = Event {
        start: Some(start),
        end: Some(end),
        recurrence: Some(recurrence).filter(|rules| !rules.is_empty()),
        ..event
    };
    let notify = args.notify_attendees.unwrap_or(false);
    let made = insert(&cx, &setup, calendar, &event, notify).await?;
    let named = Named::new(Some(calendar), event.id.as_deref().unwrap_or_default());
    let notified = notify && event.attendees.is_some();
    let fence = cx.fence("event");
    Ok(SavedEvent::new(named, &made, (&fence, setup.budget), notes).notified(notified))
}

/// All but its times.
fn event(cx: &ToolContext, args: &CreateEvent) -> Result<Event, ToolError> {
    let attendees = people("attendees", args.attendees.as_deref().unwrap_or_default())?;
    let random = &**cx.access().random();
    let wants_meet = args.add_google_meet_link.unwrap_or(false);
    Ok(Event {
        id: Some(own_id(random)),
        summary: given(args.title.as_deref()),
        description: given(args.description.as_deref()),
        location: given(args.location.as_deref()),
        attendees: Some(attendees).filter(|list| !list.is_empty()),
        conference_data: wants_meet.then(|| meet(random)),
        reminders: args.reminders.as_deref().map(reminders).transpose()?,
        visibility: args.visibility.map(Visibility::google),
        transparency: args.show_as.map(ShowAs::google),
        color_id: color(args.color_id.as_deref())?,
        ..Event::default()
    })
}

/// Saves an event once, and looks by its id for what became of it where that is not clear.
pub(crate) async fn insert(
    cx: &ToolContext,
    setup: &Setup,
    calendar: &str,
    event: &Event,
    notify: bool,
) -> Result<Settled<Event>, ToolError> {
    let google = Calendar::writing(cx, &[INSERT.id()], setup.settlement);
    let looking = Calendar::new(cx, &[GET.id()]);
    let id = event.id.as_deref().unwrap_or_default();
    let leaving = Box::pin(google.insert(calendar, event, notify));
    let settlement = Settlement::new(cx, setup.settlement, CREATING).with_own_id();
    settlement
        .settle(leaving, || async {
            match looking.event(calendar, id).await {
                Ok(event) => Ok(Seen::Done(event)),
                Err(error) if is_missing(&error) => Ok(Seen::NotDone),
                Err(error) => Err(error),
            }
        })
        .await
        .map_err(|refusal| {
            refusal.explained(|error| explain_calendar("calendar_id", calendar, error))
        })
}

pub(crate) fn is_missing(error: &Error) -> bool {
    error.is_gone() || error.status().is_some_and(|status| status.as_u16() == 404)
}

/// An event as Google reads it from a sentence. Google chooses its id, so that no look-up can find it.
pub(crate) async fn quick_add_event(
    cx: ToolContext,
    args: QuickAdd,
    setup: Setup,
) -> Result<SavedEvent, ToolError> {
    let Some(text) = given(Some(&args.text)) else {
        let good = "a sentence such as `Lunch with Ada tomorrow 12:30`";
        return Err(ToolError::invalid_argument("text", "it is empty", good));
    };
    let calendar = calendar(args.calendar_id.as_deref());
    let google = Calendar::new(&cx, QUICK_METHODS);
    let unseen = || async {
        Ok(Seen::Doubtful(
            "Google chose its id, by which it could be looked up".to_owned(),
        ))
    };
    let settlement = Settlement::new(&cx, Duration::ZERO, CREATING);
    let made = settlement
        .settle(google.quick_add(calendar, &text), unseen)
        .await;
    let made = made.map_err(|refusal| {
        refusal.explained(|error| explain_calendar("calendar_id", calendar, error))
    })?;
    let id = made.made.id.clone().unwrap_or_default();
    let fence = cx.fence("event");
    let named = Named::new(Some(calendar), &id);
    Ok(SavedEvent::new(
        named,
        &made,
        (&fence, setup.budget),
        Vec::new(),
    ))
}
