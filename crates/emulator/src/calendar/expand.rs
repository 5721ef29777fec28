//! The instances of a series within a window of time.

use chrono::{DateTime, NaiveDateTime, Utc};
use chrono_tz::Tz;

use super::recur::{self, Recurrence};
use super::store::{Calendar, Event, Series};
use super::times::Moment;

/// Which instances are asked for: those that end after `from` and start before `to`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    pub(super) from: Option<DateTime<Utc>>,
    pub(super) to: DateTime<Utc>,
}

impl Window {
    /// A window that surely holds the instance whose id ends so.
    pub(super) fn until_suffix(suffix: &str) -> Option<Self> {
        let day = suffix.get(..8)?;
        let day = chrono::NaiveDate::parse_from_str(day, "%Y%m%d").ok()?;
        Some(Self {
            from: None,
            to: day.and_hms_opt(0, 0, 0)?.and_utc() + chrono::Duration::days(3),
        })
    }

    /// Whether what starts and ends then is in the window; days are those of the calendar's zone.
    pub(super) fn has(self, start: Moment, end: Moment, zone: Tz) -> bool {
        self.from.is_none_or(|from| end.instant(zone) > from) && start.instant(zone) < self.to
    }
}

/// All instances of a series in a window, cancelled ones too, each with what it has of its own.
///
/// An instance that was moved counts where it stands now.
pub(super) fn instances(calendar: &Calendar, master: &Event, window: Window) -> Vec<Event> {
    let (Some(start), Some(end)) = (master.start(), master.end()) else {
        return Vec::new();
    };
    let Ok(recurrence) = Recurrence::read(master.value("recurrence"), start) else {
        return Vec::new();
    };
    if !master.is_recurring() {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut last = recur::horizon(window.to);
    for exception in calendar.exceptions(&master.id) {
        if let Some(series) = &exception.series {
            last = last.max(series.original.wall());
        }
    }
    for wall in recurrence.until(last) {
        let original = recur::occurrence(start, wall);
        let id = instance_id(&master.id, original);
        let instance = match calendar.events.get(&id) {
            Some(exception) => calendar.whole(exception),
            None => occurrence(master, original),
        };
        let (starts, ends) = (
            instance.start().unwrap_or(original),
            instance
                .end()
                .unwrap_or(recur::end_of(original, start, end)),
        );
        if window.has(starts, ends, calendar.zone) {
            found.push(instance);
        }
    }
    found
}

/// Whether a series has an occurrence that starts so.
pub(super) fn has_occurrence(master: &Event, original: Moment) -> bool {
    let Some(start) = master.start() else {
        return false;
    };
    let wall: NaiveDateTime = original.wall();
    Recurrence::read(master.value("recurrence"), start)
        .is_ok_and(|recurrence| recurrence.until(wall).contains(&wall))
}

/// An instance as the rule makes it.
pub(super) fn occurrence(master: &Event, original: Moment) -> Event {
    let mut fields = master.fields.clone();
    fields.remove("recurrence");
    if let (Some(start), Some(end)) = (master.start(), master.end()) {
        fields.insert("start".to_owned(), original.kept());
        fields.insert("end".to_owned(), recur::end_of(original, start, end).kept());
    }
    Event {
        id: instance_id(&master.id, original),
        fields,
        series: Some(Series {
            id: master.id.clone(),
            original,
        }),
        change: master.change,
    }
}

pub(super) fn instance_id(series: &str, original: Moment) -> String {
    format!("{series}_{}", original.suffix())
}
