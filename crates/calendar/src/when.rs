//! A stretch of time as arguments bound it.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use toolgate_toolkit::ToolError;

use crate::{
    error::explain_calendar,
    times::{Moment, Said, Zones, next_day, zone},
    wire::Calendar,
};

/// Bounds as they were said.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window {
    start: Option<Said>,
    end: Option<Said>,
    named: Option<Tz>,
}

/// Bounds as moments.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Bounds {
    pub(crate) from: Option<DateTime<Utc>>,
    pub(crate) to: Option<DateTime<Utc>>,
}

impl Window {
    /// Reads `start_date`, `end_date` and `timezone`.
    pub(crate) fn parse(
        start: Option<&str>,
        end: Option<&str>,
        timezone: Option<&str>,
    ) -> Result<Self, ToolError> {
        let said = |argument, text: Option<&str>| match text {
            Some(text) if !text.trim().is_empty() => Said::parse(argument, text).map(Some),
            _ => Ok(None),
        };
        Ok(Self {
            start: said("start_date", start)?,
            end: said("end_date", end)?,
            named: zone("timezone", timezone)?,
        })
    }

    /// The moments; the calendar's zone is asked for only where it is needed.
    pub(crate) async fn known(
        self,
        google: &Calendar,
        calendar: &str,
    ) -> Result<(Bounds, Vec<String>), ToolError> {
        let bounds = [self.start, self.end];
        let is_local = bounds.into_iter().flatten().any(|said| said.needs_zone());
        let own = match self.named {
            Some(zone) => zone,
            None if is_local => own_zone(google, calendar).await?,
            None => Tz::UTC,
        };
        self.moments(own)
    }

    /// The moments, by the clocks of this zone where no other is named.
    pub(crate) fn moments(self, own: Tz) -> Result<(Bounds, Vec<String>), ToolError> {
        let zones = Zones {
            named: self.named,
            own,
        };
        let mut notes = Vec::new();
        let mut at = |argument, said: Option<Said>| -> Result<_, ToolError> {
            let Some(said) = said else {
                return Ok(None);
            };
            let Moment { at, note } = said.moment(argument, zones)?;
            notes.extend(note);
            Ok(Some(at.with_timezone(&Utc)))
        };
        let from = at("start_date", self.start)?;
        // The last day belongs to the window.
        let end = self.end.map(|said| match said {
            Said::Day(day) => Said::Day(next_day(day)),
            other => other,
        });
        let to = at("end_date", end)?;
        if let (Some(from), Some(to)) = (from, to)
            && from >= to
        {
            return Err(ToolError::invalid_argument(
                "end_date",
                "it is not after `start_date`",
                "a later time, or the same day for a whole one",
            ));
        }
        Ok((Bounds { from, to }, notes))
    }
}

/// The zone of a calendar.
pub(crate) async fn own_zone(google: &Calendar, calendar: &str) -> Result<Tz, ToolError> {
    let name = google.zone(calendar).await;
    let name = name.map_err(|error| explain_calendar("calendar_id", calendar, error))?;
    known_zone(&name)
}

/// A zone that Google names.
pub(crate) fn known_zone(name: &str) -> Result<Tz, ToolError> {
    name.parse().map_err(|_| {
        ToolError::invalid_argument(
            "timezone",
            "the calendar's own zone is not known here",
            "an IANA zone such as Europe/Warsaw, or times with an offset",
        )
    })
}
