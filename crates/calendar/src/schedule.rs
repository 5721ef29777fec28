//! The times that an event is given: a start and an end of one kind, days or moments.

use chrono::{Duration, NaiveDate, SecondsFormat};
use chrono_tz::Tz;
use toolgate_google_http::Patch;
use toolgate_toolkit::ToolError;

use crate::{
    times::{Said, Zones, first_shown, next_day, zone},
    view::When,
    wire::{EventDateTime, TimePatch},
};

/// Times as they were said.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Schedule {
    start: Option<Said>,
    end: Option<Said>,
    named: Option<Tz>,
}

impl Schedule {
    /// Reads `start_date`, `end_date` and `timezone`.
    pub(crate) fn parse(
        start: Option<&str>,
        end: Option<&str>,
        timezone: Option<&str>,
    ) -> Result<Self, ToolError> {
        let said = |argument, text: Option<&str>| match text {
            Some(text) => Said::parse(argument, text).map(Some),
            None => Ok(None),
        };
        let schedule = Self {
            start: said("start_date", start)?,
            end: said("end_date", end)?,
            named: zone("timezone", timezone)?,
        };
        let kinds = schedule.start.zip(schedule.end);
        let is_mixed = kinds.is_some_and(|(start, end)| is_day(start) != is_day(end));
        if is_mixed {
            return Err(ToolError::invalid_argument(
                "end_date",
                "one of start and end is a day, and the other a time",
                "of the same kind as `start_date`",
            ));
        }
        Ok(schedule)
    }

    pub(crate) fn is_nothing(&self) -> bool {
        self.start.is_none() && self.end.is_none()
    }

    /// Whether it starts with a day, not a time.
    pub(crate) fn is_days(&self) -> bool {
        self.start.is_some_and(is_day)
    }

    /// Whether it has to be known whose clocks are meant.
    pub(crate) fn needs_zone(&self) -> bool {
        let said = [self.start, self.end].into_iter().flatten();
        self.named.is_none() && !said.clone().all(is_day) && said.count() > 0
    }

    pub(crate) fn named(&self) -> Option<Tz> {
        self.named
    }

    /// The times of a new event, in a calendar of this zone.
    pub(crate) fn new_event(&self, own: Tz) -> Result<(When, Vec<String>), ToolError> {
        self.times(None, own, self.named.unwrap_or(own))
    }

    /// The times from now on of an event that had these; what is not said stays, the length first.
    pub(crate) fn changed(&self, base: &When, own: Tz) -> Result<(When, Vec<String>), ToolError> {
        let kept = match base {
            When::Timed { from, .. } => from.timezone(),
            When::Days { .. } => own,
        };
        self.times(Some(base), own, self.named.unwrap_or(kept))
    }

    /// `own` says what times without an offset mean, and `zone` is the one that the event is kept in.
    fn times(
        &self,
        base: Option<&When>,
        own: Tz,
        zone: Tz,
    ) -> Result<(When, Vec<String>), ToolError> {
        match (self.start, self.end) {
            (Some(Said::Day(from)), end) => days(from, end, base, own),
            (None, Some(Said::Day(last))) => match base {
                Some(When::Days { from, .. }) => days(*from, Some(Said::Day(last)), base, own),
                _ => Err(other_kind("a time")),
            },
            (None, Some(_)) if base.is_some_and(When::is_days) => Err(other_kind("a day")),
            (None, None) => Err(ToolError::invalid_argument(
                "start_date",
                "there is none",
                "a time or a day",
            )),
            _ => self.moments(base, own, zone),
        }
    }

    fn moments(
        &self,
        base: Option<&When>,
        own: Tz,
        zone: Tz,
    ) -> Result<(When, Vec<String>), ToolError> {
        let zones = Zones {
            named: self.named,
            own,
        };
        let mut notes = Vec::new();
        let mut at = |argument, said: Option<Said>| -> Result<_, ToolError> {
            let moment = said.map(|said| said.moment(argument, zones)).transpose()?;
            Ok(moment.map(|moment| {
                notes.extend(moment.note);
                moment.at.with_timezone(&zone)
            }))
        };
        let (start, end) = (at("start_date", self.start)?, at("end_date", self.end)?);
        let had = match base {
            Some(When::Timed { from, to, .. }) => Some((*from, *to - *from)),
            _ => None,
        };
        let from = start.or(had.map(|(from, _)| from.with_timezone(&zone)));
        let to = end.or(from.zip(had).map(|(from, (_, length))| from + length));
        let (Some(from), Some(to)) = (from, to) else {
            return Err(ToolError::invalid_argument(
                "end_date",
                "there is none, and whole days have no length in hours",
                "a time after `start_date`",
            ));
        };
        if to <= from {
            return Err(not_after());
        }
        Ok((When::Timed { from, to, own }, notes))
    }
}

fn days(
    from: NaiveDate,
    end: Option<Said>,
    base: Option<&When>,
    own: Tz,
) -> Result<(When, Vec<String>), ToolError> {
    let to = match (end, base) {
        // The last day belongs to the event.
        (Some(Said::Day(last)), _) => next_day(last),
        (_, Some(When::Days { from: had, to, .. })) => from + (*to - *had),
        _ => next_day(from),
    };
    if to <= from {
        return Err(not_after());
    }
    Ok((When::Days { from, to, own }, Vec::new()))
}

fn is_day(said: Said) -> bool {
    matches!(said, Said::Day(_))
}

fn other_kind(good: &str) -> ToolError {
    let problem = "it is not of the kind of the event's start";
    ToolError::invalid_argument(
        "end_date",
        problem,
        &format!("{good}, or give start_date too"),
    )
}

fn not_after() -> ToolError {
    ToolError::invalid_argument(
        "end_date",
        "it is not after `start_date`",
        "a later time; of whole days the last one",
    )
}

/// The times of a series whose instance, which was at `had`, is to be at `new`: the days move by as many, and the clock
/// shows the new time.
pub(crate) fn carried(series: &When, had: &When, new: &When) -> When {
    let moved = date(new) - date(had);
    let day = date(series) + moved;
    match *new {
        When::Days { from, to, own } => When::Days {
            from: day,
            to: day + (to - from),
            own,
        },
        When::Timed { from, to, own } => {
            let start = first_shown(day.and_time(from.time()), from.timezone());
            When::Timed {
                from: start,
                to: start + (to - from),
                own,
            }
        }
    }
}

/// The day on which it starts, by its own clocks.
pub(crate) fn date(when: &When) -> NaiveDate {
    match when {
        When::Timed { from, .. } => from.date_naive(),
        When::Days { from, .. } => *from,
    }
}

/// Whether both start on the same day and at the same time, by the same clocks.
pub(crate) fn starts_alike(when: &When, other: &When) -> bool {
    match (when, other) {
        (When::Timed { from, .. }, When::Timed { from: other, .. }) => {
            from.naive_local() == other.naive_local() && from.timezone() == other.timezone()
        }
        (When::Days { from, .. }, When::Days { from: other, .. }) => from == other,
        _ => false,
    }
}

/// With this length from its start.
pub(crate) fn lasting(when: &When, length: Duration) -> When {
    match *when {
        When::Timed { from, own, .. } => When::Timed {
            from,
            to: from + length,
            own,
        },
        When::Days { from, own, .. } => When::Days {
            from,
            to: from + length,
            own,
        },
    }
}

/// As a new event has them.
pub(crate) fn saved(when: &When) -> (EventDateTime, EventDateTime) {
    let day = |day: NaiveDate| EventDateTime {
        date: Some(day.to_string()),
        ..EventDateTime::default()
    };
    let time = |at: chrono::DateTime<Tz>| EventDateTime {
        date_time: Some(at.to_rfc3339_opts(SecondsFormat::Secs, false)),
        time_zone: Some(at.timezone().name().to_owned()),
        ..EventDateTime::default()
    };
    match *when {
        When::Days { from, to, .. } => (day(from), day(to)),
        When::Timed { from, to, .. } => (time(from), time(to)),
    }
}

/// As an update has them: what they are not is cleared, so that a day and a time never stand together.
pub(crate) fn patches(when: &When) -> (TimePatch, TimePatch) {
    let patch = |time: EventDateTime| {
        let or_clear = |text: Option<String>| text.map_or(Patch::Clear, Patch::Set);
        TimePatch {
            date: or_clear(time.date),
            date_time: or_clear(time.date_time),
            time_zone: or_clear(time.time_zone),
        }
    };
    let (start, end) = saved(when);
    (patch(start), patch(end))
}
