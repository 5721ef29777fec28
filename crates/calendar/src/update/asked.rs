//! What an update says of an event, checked before any request, and as the patch of one event.

use toolgate_google_http::Patch;
use toolgate_toolkit::{ToolContext, ToolError};

use super::{UpdateEvent, rest::Rest};
use crate::{
    fields::{ShowAs, Visibility, color, meet, reminders},
    guests::Change,
    schedule::{Schedule, carried, patches, starts_alike},
    series::{contradicted, moved, rules},
    view::When,
    wire::{Calendar, Event, EventPatch},
};

/// What a change says, checked.
pub(crate) struct Asked {
    pub(super) schedule: Schedule,
    pub(super) guests: Change,
    pub(super) patch: EventPatch,
    pub(super) recurrence: Option<Vec<String>>,
}

impl Asked {
    pub(super) fn parse(cx: &ToolContext, args: &UpdateEvent) -> Result<Self, ToolError> {
        let random = &**cx.access().random();
        let text = |text: &Option<String>| match text.as_deref().map(str::trim) {
            None => Patch::Leave,
            Some("") => Patch::Clear,
            Some(text) => Patch::Set(text.to_owned()),
        };
        let wants_meet = args.add_google_meet_link.unwrap_or(false);
        let asked = Self {
            schedule: Schedule::parse(
                args.start_date.as_deref(),
                args.end_date.as_deref(),
                args.timezone.as_deref(),
            )?,
            guests: Change::parse(
                args.add_attendees.as_deref(),
                args.remove_attendees.as_deref(),
                args.attendees.as_deref(),
            )?,
            patch: EventPatch {
                summary: text(&args.title),
                description: text(&args.description),
                location: text(&args.location),
                reminders: args.reminders.as_deref().map(reminders).transpose()?.into(),
                visibility: args.visibility.map(Visibility::google).into(),
                transparency: args.show_as.map(ShowAs::google).into(),
                color_id: color(args.color_id.as_deref())?.into(),
                conference_data: wants_meet.then(|| meet(random)).into(),
                ..EventPatch::default()
            },
            recurrence: args.recurrence.clone(),
        };
        asked.check(args)
    }

    fn check(self, args: &UpdateEvent) -> Result<Self, ToolError> {
        if let Some(recurrence) = &self.recurrence {
            // Whether they are of days or of times is known with the event only.
            rules(recurrence, self.schedule.is_days()).or_else(|_| rules(recurrence, true))?;
        }
        if args.timezone.is_some() && self.schedule.is_nothing() {
            let problem = "a zone alone does not say which times are meant";
            let good = "a zone beside start_date";
            return Err(ToolError::invalid_argument("timezone", problem, good));
        }
        let is_nothing =
            serde_json::to_value(&self.patch).is_ok_and(|it| it == serde_json::json!({}));
        if is_nothing
            && self.schedule.is_nothing()
            && self.guests.is_nothing()
            && self.recurrence.is_none()
        {
            return Err(ToolError::invalid_arguments(
                "nothing is to be changed: give what is, such as `title` or `start_date`",
            ));
        }
        Ok(self)
    }

    /// The update of one event. `had` is when the named instance of it is by the rules, if it is a series.
    pub(super) fn patch(
        mut self,
        event: &Event,
        (had, rest): (Option<&When>, Option<&Rest>),
        own: chrono_tz::Tz,
    ) -> Result<(EventPatch, Vec<String>), ToolError> {
        let base = When::of(event, own.name());
        let mut notes = Vec::new();
        let mut is_days = base.is_some_and(|base| base.is_days());
        if !self.schedule.is_nothing() {
            let base = base.ok_or_else(|| ToolError::internal("the event has no times"))?;
            let had = had.copied().unwrap_or(base);
            let (new, said) = self.schedule.changed(&had, own)?;
            let when = carried(&base, &had, &new);
            notes = said;
            if !starts_alike(&base, &when) {
                self.patch.recurrence = self.moved_rules(event, rest, (&base, &when))?.into();
                notes.extend(rest.and_then(Rest::note));
            }
            is_days = when.is_days();
            let (start, end) = patches(&when);
            (self.patch.start, self.patch.end) = (Patch::Set(start), Patch::Set(end));
        }
        if let Some(recurrence) = &self.recurrence {
            if event.recurring_event_id.is_some() {
                let good = "none with scope `this`: give `following` or `all`";
                let problem = "one instance has no rules of its own";
                return Err(ToolError::invalid_argument("recurrence", problem, good));
            }
            let rules = rules(recurrence, is_days)?;
            self.patch.recurrence = if rules.is_empty() {
                Patch::Clear
            } else {
                Patch::Set(rules)
            };
        }
        self.patch.attendees = self.guests.of(event)?.into();
        Ok((self.patch, notes))
    }

    /// What a series has beside its rules, where its start may change.
    pub(super) async fn rest(
        &self,
        (cx, google): (&ToolContext, &Calendar),
        calendar: &str,
        series: &Event,
    ) -> Result<Option<Rest>, ToolError> {
        let zone = series.start.as_ref().and_then(|it| it.time_zone.as_deref());
        let first = When::of(series, zone.unwrap_or_default());
        let recurs = series.recurrence.as_ref().is_some_and(|it| !it.is_empty());
        match first {
            Some(first) if recurs && !self.schedule.is_nothing() => {
                let rest = Rest::read((cx, google), calendar, series, &first);
                rest.await.map(Some)
            }
            _ => Ok(None),
        }
    }

    /// The rules of a series that starts elsewhere, where they change with it.
    fn moved_rules(
        &self,
        event: &Event,
        rest: Option<&Rest>,
        (base, new): (&When, &When),
    ) -> Result<Option<Vec<String>>, ToolError> {
        let rules = event.recurrence.as_deref().unwrap_or_default();
        if rules.is_empty() || self.recurrence.is_some() {
            return Ok(None);
        }
        let mut after = moved(rules, base, new).ok_or_else(contradicted)?;
        if let Some(rest) = rest {
            after.extend(rest.excluded(base, new)?);
        }
        Ok(Some(after).filter(|after| after != rules))
    }
}
