//! What is left of a series from an instance on: its last one, and which were deleted or changed on their own.

use chrono::{DateTime, Duration, Utc};
use toolgate_toolkit::{ToolContext, ToolError};

use super::original;
use crate::{
    error::Named,
    schedule::carried,
    series::{Cut, counts, excluding},
    view::{When, local},
    wire::{Calendar, Event, Sought},
};

/// Instances of one question, and how many questions a series is worth.
const INSTANCES: usize = 250;
const MOST_PAGES: usize = 20;
/// Days that an instance may have been moved forward by, and days ahead of a series without a number of instances.
const BEFORE: i64 = 62;
const AHEAD: i64 = 731;
/// Changed instances that a note names.
const NAMED: usize = 8;

/// The instances of a series from one on.
#[derive(Debug, Default)]
pub(super) struct Rest {
    last: Option<When>,
    /// Those that were deleted one by one, by the rules.
    gone: Vec<When>,
    /// Those that were changed on their own, by the rules.
    changed: Vec<When>,
    /// There are more instances than were read.
    is_part: bool,
}

impl Rest {
    /// Reads them.
    pub(super) async fn read(
        (cx, google): (&ToolContext, &Calendar),
        calendar: &str,
        series: &Event,
        had: &When,
    ) -> Result<Self, ToolError> {
        let id = series.id.clone().unwrap_or_default();
        let cut = had.span().from;
        let rules = series.recurrence.as_deref().unwrap_or_default();
        let now = DateTime::from_timestamp_millis(cx.access().clock().now().as_millis());
        let ahead = cut.max(now.unwrap_or(cut)) + Duration::days(AHEAD);
        let ahead = Some(ahead).filter(|_| !counts(rules));
        let sought = Sought {
            series: Some(id.clone()),
            from: Some(cut - Duration::days(BEFORE)),
            // The last one of a number is looked for however far away it is.
            to: ahead.or_else(|| "2200-01-01T00:00:00Z".parse().ok()),
            deleted: true,
            ..Sought::default()
        };
        let named = Named { calendar, id: &id };
        let (mut rest, mut token) = (Self::default(), None::<String>);
        for _ in 0..MOST_PAGES {
            let page = google.page(calendar, &sought, INSTANCES, token.as_deref());
            let page = page.await.map_err(|error| named.explain(error))?;
            for instance in &page.events {
                rest.add(instance, series, cut);
            }
            token = page.next;
            if token.is_none() {
                break;
            }
        }
        rest.is_part = token.is_some();
        if let Some(ahead) = ahead {
            rest.read_on(google, named, (series, cut, ahead)).await?;
        }
        Ok(rest)
    }

    /// Reads what was deleted or changed one by one further ahead than instances can be listed, since a series without a
    /// number of them may have no end.
    async fn read_on(
        &mut self,
        google: &Calendar,
        named: Named<'_>,
        (series, cut, ahead): (&Event, DateTime<Utc>, DateTime<Utc>),
    ) -> Result<(), ToolError> {
        let mut token = None::<String>;
        for _ in 0..MOST_PAGES {
            let asked = (INSTANCES, token.as_deref());
            let page = google.exceptions(named.calendar, ahead, asked).await;
            let page = page.map_err(|error| named.explain(error))?;
            let of_series = |it: &&Event| it.recurring_event_id.as_deref() == Some(named.id);
            for exception in page.events.iter().filter(of_series) {
                self.add(exception, series, cut);
            }
            token = page.next;
            if token.is_none() {
                return Ok(());
            }
        }
        self.is_part = true;
        Ok(())
    }

    fn add(&mut self, instance: &Event, series: &Event, cut: DateTime<Utc>) {
        let Some(at) = original(instance, series) else {
            return;
        };
        if at.span().from < cut {
            return;
        }
        if instance.status.as_deref() == Some("cancelled") {
            // Both lists may have it.
            if self.gone.iter().all(|it| it.span() != at.span()) {
                self.gone.push(at);
            }
            return;
        }
        self.last = self.last.into_iter().chain([at]).max_by_key(When::span);
        let is_new = self.changed.iter().all(|it| it.span() != at.span());
        if is_new && is_changed(instance, series, &at) {
            self.changed.push(at);
        }
    }

    /// When the last one is by the rules.
    pub(super) fn last(&self) -> Result<When, ToolError> {
        self.check_whole()?;
        let none = || ToolError::not_found("the series has no instance left");
        self.last.ok_or_else(none)
    }

    /// Refuses to go by a part of the instances: the last one, or one that was deleted, may be among the others.
    fn check_whole(&self) -> Result<(), ToolError> {
        if self.is_part {
            return Err(ToolError::invalid_argument(
                "scope",
                "the series has more instances than can be counted here",
                "the same with `recurrence`, which says the rules anew",
            ));
        }
        Ok(())
    }

    /// Those that were deleted, as the rules of a series name them that starts elsewhere.
    pub(super) fn excluded(&self, had: &When, new: &When) -> Result<Option<String>, ToolError> {
        self.check_whole()?;
        let gone = self.gone.iter().map(|gone| carried(gone, had, new));
        let cuts: Vec<Cut> = gone.map(|gone| Cut::at(&gone)).collect();
        Ok((!cuts.is_empty()).then(|| excluding(&cuts)))
    }

    /// What is to be said of those that were changed on their own.
    pub(super) fn note(&self) -> Option<String> {
        let at = |when: &When| match when {
            When::Timed { from, .. } => local(*from),
            When::Days { from, .. } => from.to_string(),
        };
        let named: Vec<String> = self.changed.iter().take(NAMED).map(at).collect();
        let more = if self.changed.len() > named.len() {
            " and more"
        } else {
            ""
        };
        (!named.is_empty()).then(|| {
            format!(
                "instances that had been changed on their own may be as the series says again: {}{more}",
                named.join(", ")
            )
        })
    }
}

/// Whether an instance differs from what its series says.
fn is_changed(instance: &Event, series: &Event, at: &When) -> bool {
    let zone = match at {
        When::Timed { from, .. } => from.timezone(),
        When::Days { own, .. } => *own,
    };
    let is_moved = When::of(instance, zone.name()).is_none_or(|it| it.span() != at.span());
    let texts = |it: &Event| {
        [
            it.summary.clone(),
            it.description.clone(),
            it.location.clone(),
            it.transparency.clone(),
            it.visibility.clone(),
            it.color_id.clone(),
        ]
    };
    is_moved || texts(instance) != texts(series) || answers(instance) != answers(series)
}

fn answers(event: &Event) -> Vec<(Option<&str>, Option<&str>)> {
    let guests = event.attendees.iter().flatten();
    let mut answers: Vec<_> = guests
        .map(|it| (it.email.as_deref(), it.response_status.as_deref()))
        .collect();
    answers.sort_unstable();
    answers
}
