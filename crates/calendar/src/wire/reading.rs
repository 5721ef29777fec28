//! Events and calendars, read.

use chrono::{DateTime, SecondsFormat, Utc};
use toolgate_google_http::{Error, Path, Query};

use super::{
    CALENDAR, CALENDARS, Calendar, GET, INSTANCES, LIST,
    types::{self, CalendarList, Event, Events},
};

/// What a list shows of an event.
const BRIEF: &str = "id,status,summary,description,location,start,end,organizer(email,displayName,self),\
    attendees(email,displayName,responseStatus,self,optional,resource),attendeesOmitted,recurringEventId,originalStartTime,\
    recurrence,transparency,visibility,colorId,eventType,hangoutLink,endTimeUnspecified";

/// What is shown of an event whole.
pub(crate) const WHOLE: &str = "id,etag,status,summary,description,location,start,end,organizer(email,displayName,self),\
    attendees(email,displayName,responseStatus,self,optional,resource,organizer,comment),attendeesOmitted,\
    recurringEventId,originalStartTime,recurrence,transparency,visibility,colorId,eventType,hangoutLink,htmlLink,\
    reminders,endTimeUnspecified";

/// What is shown of an event's guests.
pub(crate) const GUESTS: &str = "id,summary,\
    attendees(email,displayName,responseStatus,self,optional,resource,organizer,comment),attendeesOmitted";

/// Which events are looked for in one calendar.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sought {
    pub(crate) query: Option<String>,
    pub(crate) from: Option<DateTime<Utc>>,
    pub(crate) to: Option<DateTime<Utc>>,
    /// The series whose instances they are.
    pub(crate) series: Option<String>,
    /// Instances that were deleted as well.
    pub(crate) deleted: bool,
}

/// Some of a list's events.
#[derive(Debug, Default)]
pub(crate) struct Page {
    pub(crate) events: Vec<Event>,
    /// The calendar's zone.
    pub(crate) zone: String,
    pub(crate) next: Option<String>,
}

impl Page {
    fn of(page: Events) -> Self {
        Self {
            events: page.items.unwrap_or_default(),
            zone: page.time_zone.unwrap_or_default(),
            next: page.next_page_token.filter(|token| !token.is_empty()),
        }
    }
}

impl Calendar {
    /// A page of events in the order of their starts, series as their instances.
    pub(crate) async fn page(
        &self,
        calendar: &str,
        sought: &Sought,
        count: usize,
        token: Option<&str>,
    ) -> Result<Page, Error> {
        let query = Query::new()
            .with("maxResults", count)
            .with_some("timeMin", sought.from.map(rfc3339))
            .with_some("timeMax", sought.to.map(rfc3339))
            .with_some("pageToken", token)
            .fields(&format!("timeZone,nextPageToken,items({BRIEF})"));
        let path = events(calendar)?;
        let page: Events = if let Some(series) = &sought.series {
            let path = path.seg(series)?.then("instances");
            let query = query.with_some("showDeleted", sought.deleted.then_some(true));
            self.0.get(&INSTANCES, path, query).await?.body
        } else {
            let query = query
                .with("singleEvents", true)
                .with("orderBy", "startTime")
                .with_some("q", sought.query.as_deref());
            self.0.get(&LIST, path, query).await?.body
        };
        Ok(Page::of(page))
    }

    /// A page of the events of a calendar from a time on without an end, series as themselves beside their instances that
    /// were changed or deleted one by one.
    pub(crate) async fn exceptions(
        &self,
        calendar: &str,
        from: DateTime<Utc>,
        (count, token): (usize, Option<&str>),
    ) -> Result<Page, Error> {
        let query = Query::new()
            .with("maxResults", count)
            .with("timeMin", rfc3339(from))
            .with("showDeleted", true)
            .with_some("pageToken", token)
            .fields(&format!("timeZone,nextPageToken,items({BRIEF})"));
        let page: Events = self.0.get(&LIST, events(calendar)?, query).await?.body;
        Ok(Page::of(page))
    }

    /// The zone of a calendar, as every list of its events tells it: so that no further consent is needed.
    pub(crate) async fn zone(&self, calendar: &str) -> Result<String, Error> {
        let query = Query::new().with("maxResults", 1).fields("timeZone");
        let page: Events = self.0.get(&LIST, events(calendar)?, query).await?.body;
        Ok(page.time_zone.unwrap_or_default())
    }

    /// Some fields of an event.
    pub(crate) async fn part(
        &self,
        calendar: &str,
        id: &str,
        fields: &str,
    ) -> Result<Event, Error> {
        let path = events(calendar)?.seg(id)?;
        let query = Query::new().fields(fields);
        Ok(self.0.get(&GET, path, query).await?.body)
    }

    /// An event with all that Google says of it, since what is written of it has to stay as it is.
    pub(crate) async fn event(&self, calendar: &str, id: &str) -> Result<Event, Error> {
        let path = events(calendar)?.seg(id)?;
        Ok(self.0.get(&GET, path, Query::new()).await?.body)
    }

    /// A page of the calendars on the person's list.
    pub(crate) async fn calendar_list(
        &self,
        count: usize,
        token: Option<&str>,
    ) -> Result<CalendarList, Error> {
        let query = Query::new()
            .with("maxResults", count)
            .with_some("pageToken", token)
            .fields(
                "nextPageToken,items(id,summary,summaryOverride,description,primary,accessRole,\
                 backgroundColor,timeZone,hidden)",
            );
        let path = Path::new("users/me/calendarList");
        Ok(self.0.get(&CALENDARS, path, query).await?.body)
    }

    /// What a calendar is like, with its owner's working hours.
    pub(crate) async fn calendar(&self, id: &str) -> Result<types::Calendar, Error> {
        let path = Path::new("calendars").seg(id)?;
        let query = Query::new().fields("id,timeZone,workingHours");
        Ok(self.0.get(&CALENDAR, path, query).await?.body)
    }
}

pub(super) fn events(calendar: &str) -> Result<Path, Error> {
    Ok(Path::new("calendars").seg(calendar)?.then("events"))
}

pub(super) fn rfc3339(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}
