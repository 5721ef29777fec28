//! This instance and the following ones: the series ends before it, and a new one begins with it.
//!
//! Google has no such method; its documents tell to make two requests. The first ends the old series, in the version
//! that was read only, and tells nobody; the second makes the new one, under an id of our own. Where the second is
//! certainly not done, the first is taken back. Instances that were deleted stay so; those that were changed on their
//! own are as the rules make them afterwards, which is said.

use chrono_tz::Tz;
use toolgate_google_http::{Patch, Settled};
use toolgate_toolkit::{ToolContext, ToolError, sized::json_size};

use super::{asked::Asked, original, patched, rest::Rest};
use crate::{
    create::insert,
    fields::own_id,
    schedule::{carried, lasting, saved},
    series::{Cut, contradicted, counts, ended_before, ended_with, moved, names_dates, rules},
    setup::Setup,
    view::When,
    wire::{Calendar, Event, EventOrganizer, EventPatch},
};

/// A series about to be cut.
pub(crate) struct Cutting<'a> {
    pub(crate) cx: &'a ToolContext,
    pub(crate) setup: &'a Setup,
    pub(crate) google: &'a Calendar,
    pub(crate) calendar: &'a str,
}

impl Cutting<'_> {
    /// Changes an instance and those that follow.
    pub(super) async fn update(
        &self,
        asked: Asked,
        (instance, series): (&Event, &Event),
        own: Tz,
        notify: bool,
    ) -> Result<(Settled<Event>, Vec<String>), ToolError> {
        let (had, first) = times(instance, series)?;
        if had == first {
            // Nothing is before it: the whole series changes.
            let rest = asked.rest((self.cx, self.google), self.calendar, series);
            let rest = rest.await?;
            let (patch, notes) = asked.patch(series, (None, rest.as_ref()), own)?;
            let version = (self.setup, self.calendar, series);
            return Ok((patched(self.cx, version, &patch, notify).await?, notes));
        }
        let (event, mut notes) = self.new_series(asked, series, &had, own).await?;
        let cut = self.cut(series, &had, false).await;
        cut.map_err(half_unclear)?;
        match insert(self.cx, self.setup, self.calendar, &event, notify).await {
            Ok(made) => {
                notes.push(format!(
                    "a new series begins here; the old one, {}, ends before it",
                    series.id.as_deref().unwrap_or_default()
                ));
                Ok((made, notes))
            }
            Err(error) => Err(self.taken_back(series, error).await),
        }
    }

    /// Ends a series before an instance.
    pub(crate) async fn cut(
        &self,
        series: &Event,
        had: &When,
        notify: bool,
    ) -> Result<Settled<Event>, ToolError> {
        let rules = series.recurrence.as_deref().unwrap_or_default();
        can_be_cut(series)?;
        let patch = EventPatch {
            recurrence: Patch::Set(ended_before(rules, Cut::at(had))),
            ..EventPatch::default()
        };
        patched(self.cx, (self.setup, self.calendar, series), &patch, notify).await
    }

    /// The rest of a series as one of its own, with what changes.
    async fn new_series(
        &self,
        asked: Asked,
        series: &Event,
        had: &When,
        own: Tz,
    ) -> Result<(Event, Vec<String>), ToolError> {
        can_be_cut(series)?;
        let (new, mut notes) = if asked.schedule.is_nothing() {
            (*had, Vec::new())
        } else {
            asked.schedule.changed(had, own)?
        };
        let rest = Rest::read((self.cx, self.google), self.calendar, series, had).await?;
        notes.extend(rest.note());
        let recurrence = match &asked.recurrence {
            Some(texts) => rules(texts, new.is_days())?,
            None => remaining_rules(series, &rest, (had, &new))?,
        };
        let (start, end) = saved(&new);
        let guests = asked
            .guests
            .of(series)?
            .or_else(|| series.attendees.clone());
        let copy = Event {
            id: Some(own_id(&**self.cx.access().random())),
            start: Some(start),
            end: Some(end),
            recurrence: Some(recurrence).filter(|rules| !rules.is_empty()),
            attendees: guests,
            ..copied(series)
        };
        Ok((with(copy, asked.patch), notes))
    }

    /// Gives the old series back what was cut off, where the new one was certainly not made.
    async fn taken_back(&self, series: &Event, error: ToolError) -> ToolError {
        if error.may_have_happened() {
            return error.with_note("the old series was ended before this instance");
        }
        let id = series.id.as_deref().unwrap_or_default();
        let back = async {
            let now = self.google.event(self.calendar, id).await;
            let now = now.map_err(ToolError::from)?;
            let patch = EventPatch {
                recurrence: Patch::Set(series.recurrence.clone().unwrap_or_default()),
                ..EventPatch::default()
            };
            patched(self.cx, (self.setup, self.calendar, &now), &patch, false).await
        };
        match back.await {
            Ok(_) => error.with_note("the series is as it was"),
            Err(_) => error
                .with_note(&by_hand(
                    id,
                    series.recurrence.as_deref().unwrap_or_default(),
                ))
                .with_may_have_happened(),
        }
    }
}

/// What restores a series that was ended and could not be given back its rules.
fn by_hand(id: &str, rules: &[String]) -> String {
    /// Characters of rules: lists of dates may be longer.
    const RULES: usize = 1_500;
    let mut shown: Vec<&String> = rules.iter().collect();
    while json_size(&shown) > RULES && shown.len() > 1 {
        shown.pop();
    }
    let left = match rules.len() - shown.len() {
        0 => String::new(),
        left => format!(", and {left} lines of dates that are too long to show"),
    };
    format!(
        "the old series `{id}` was ended before this instance, and could not be restored: update_event with event_id \
         `{id}`, scope `all` and recurrence {} does it{left}",
        serde_json::to_string(&shown).unwrap_or_default()
    )
}

/// What is to be said where it is not known whether the old series was ended.
fn half_unclear(error: ToolError) -> ToolError {
    if error.may_have_happened() {
        error
            .with_note("the series may end before this instance now, and none goes on in its place")
    } else {
        error
    }
}

/// Refuses a series that cannot go on as one of the person's own.
fn can_be_cut(series: &Event) -> Result<(), ToolError> {
    let rules = series.recurrence.as_deref().unwrap_or_default();
    if names_dates(rules, "RDATE") {
        return Err(ToolError::invalid_argument(
            "scope",
            "the series names dates of its own (RDATE), which cannot be cut",
            "`this` for each instance, or `all`",
        ));
    }
    let is_own = |it: &EventOrganizer| it.is_self == Some(true);
    if !series.organizer.as_ref().is_none_or(is_own) {
        return Err(ToolError::permission_denied(
            "somebody else organizes this series, and only they can change it from one instance on: the person can \
             change or answer single instances (scope `this`), or ask the organizer",
        ));
    }
    Ok(())
}

/// The rules of the old series for the new one; a count becomes the end that it leads to.
fn remaining_rules(
    series: &Event,
    rest: &Rest,
    (had, new): (&When, &When),
) -> Result<Vec<String>, ToolError> {
    let rules = series.recurrence.as_deref().unwrap_or_default();
    let mut rules = moved(rules, had, new).ok_or_else(contradicted)?;
    if counts(&rules) {
        rules = ended_with(&rules, Cut::at(&carried(&rest.last()?, had, new)));
    }
    rules.extend(rest.excluded(had, new)?);
    Ok(rules)
}

/// When an instance is by the rules, and when the first one is.
pub(crate) fn times(instance: &Event, series: &Event) -> Result<(When, When), ToolError> {
    let missing = || ToolError::internal("the series has no times");
    let zone = series.start.as_ref().and_then(|it| it.time_zone.as_deref());
    let first = When::of(series, zone.unwrap_or_default()).ok_or_else(missing)?;
    let had = original(instance, series).ok_or_else(missing)?;
    let had = lasting(&had, first.length());
    Ok((had, first))
}

/// What a new event takes from an old one: all that is not the old one's own.
fn copied(series: &Event) -> Event {
    Event {
        etag: None,
        html_link: None,
        i_cal_uid: None,
        created: None,
        updated: None,
        creator: None,
        organizer: None,
        sequence: None,
        kind: None,
        status: None,
        hangout_link: None,
        recurring_event_id: None,
        original_start_time: None,
        ..series.clone()
    }
}

/// An event with what an update says of it.
fn with(event: Event, patch: EventPatch) -> Event {
    fn changed<T>(patch: Patch<T>, had: Option<T>) -> Option<T> {
        match patch {
            Patch::Leave => had,
            Patch::Set(value) => Some(value),
            Patch::Clear => None,
        }
    }
    Event {
        summary: changed(patch.summary, event.summary),
        description: changed(patch.description, event.description),
        location: changed(patch.location, event.location),
        reminders: changed(patch.reminders, event.reminders),
        visibility: changed(patch.visibility, event.visibility),
        transparency: changed(patch.transparency, event.transparency),
        color_id: changed(patch.color_id, event.color_id),
        conference_data: changed(patch.conference_data, event.conference_data),
        ..event
    }
}
