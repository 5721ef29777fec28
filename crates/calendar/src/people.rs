//! When people are busy, and of whom that is not known: unknown is never free.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;
use toolgate_google_http::Error;
use toolgate_toolkit::ToolError;

use crate::{
    error::{PRIMARY, explain_calendar},
    span::{Span, joined},
    view::When,
    wire::{Calendar, Event, FREE_BUSY, LIST, Sought, TimePeriod},
};

pub(crate) const METHODS: &[&str] = &[LIST.id(), FREE_BUSY.id()];

/// People of one question to Google, and of one call.
const AT_ONCE: usize = 50;
pub(crate) const MOST_PEOPLE: usize = 100;
/// Events of one question, and how many questions one calendar is worth.
const EVENTS: usize = 250;
const MOST_PAGES: usize = 20;

/// Somebody, or a calendar of the person's own.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    /// `me` for the person's primary calendar.
    pub(crate) who: String,
    pub(crate) known: Known,
}

/// What is known of somebody's time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Known {
    /// When they are busy; otherwise they are free.
    Busy(Vec<Span>),
    /// Nothing, for this reason.
    Unknown(String),
}

/// Somebody of whom nothing is known.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct Unknown {
    pub(crate) who: String,
    pub(crate) reason: String,
}

/// Who is asked about.
#[derive(Debug, Clone, Default)]
pub(crate) struct Asked {
    /// Calendars of the person's own.
    pub(crate) own: Vec<String>,
    /// Other people.
    pub(crate) others: Vec<String>,
}

impl Asked {
    /// The people of an argument; `me` and `primary` are the person.
    pub(crate) fn parse(own: Vec<String>, emails: Option<Vec<String>>) -> Result<Self, ToolError> {
        let mut asked = Self {
            own,
            others: Vec::new(),
        };
        for email in emails.unwrap_or_default() {
            let email = email.trim().to_owned();
            let is_known = |list: &[String]| list.iter().any(|it| it.eq_ignore_ascii_case(&email));
            if email.eq_ignore_ascii_case("me") || email.eq_ignore_ascii_case(PRIMARY) {
                if !is_known(&asked.own) && !asked.own.iter().any(|it| it == PRIMARY) {
                    asked.own.push(PRIMARY.to_owned());
                }
                continue;
            }
            if !crate::guests::is_address(&email) {
                let problem = format!(
                    "`{}` is no address",
                    email.chars().take(60).collect::<String>()
                );
                let good = "addresses such as ada@example.com, or `me`";
                return Err(ToolError::invalid_argument(
                    "attendee_emails",
                    &problem,
                    good,
                ));
            }
            if !is_known(&asked.others) {
                asked.others.push(email);
            }
        }
        if asked.others.len() > MOST_PEOPLE {
            let problem = format!("there are {}", asked.others.len());
            let good = format!("at most {MOST_PEOPLE} people");
            return Err(ToolError::invalid_argument(
                "attendee_emails",
                &problem,
                &good,
            ));
        }
        Ok(asked)
    }
}

/// What one person takes of a result at most, where nothing more than a reason is said of them.
const PERSON: usize = 180;

impl Asked {
    /// Refuses more people than a result with so much room can tell of.
    pub(crate) fn fitting(self, argument: &str, room: usize) -> Result<Self, ToolError> {
        let (count, most) = (self.others.len(), room / PERSON);
        if count > most {
            let problem = format!("there are {count}, more than a result holds");
            let good = format!("at most {most} at once");
            return Err(ToolError::invalid_argument(argument, &problem, &good));
        }
        Ok(self)
    }
}

/// When all of them are busy within a window.
pub(crate) async fn busy(
    google: &Calendar,
    asked: &Asked,
    window: Span,
) -> Result<Vec<Person>, ToolError> {
    let own = async {
        let mut people = Vec::new();
        for calendar in &asked.own {
            people.push(own_calendar(google, calendar, window).await?);
        }
        Ok::<_, ToolError>(people)
    };
    let others = async {
        let mut people = Vec::new();
        for some in asked.others.chunks(AT_ONCE) {
            people.extend(free_busy(google, some, window).await?);
        }
        Ok(people)
    };
    let (mut people, others) = futures_util::try_join!(own, others)?;
    people.extend(others);
    Ok(people)
}

/// By the events themselves, since what declining, being free and whole days mean is then ours to say.
async fn own_calendar(
    google: &Calendar,
    calendar: &str,
    window: Span,
) -> Result<Person, ToolError> {
    let who = if calendar == PRIMARY { "me" } else { calendar };
    let known = match taken(google, calendar, window).await {
        Ok(known) => known,
        // Without the person's own calendar there is no answer at all.
        Err(error) if calendar == PRIMARY => return Err(ToolError::from(error)),
        Err(error) => Known::Unknown(explain_calendar("calendar_ids", calendar, error).to_string()),
    };
    Ok(Person {
        who: who.to_owned(),
        known,
    })
}

async fn taken(google: &Calendar, calendar: &str, window: Span) -> Result<Known, Error> {
    let sought = Sought {
        from: Some(window.from),
        to: Some(window.to),
        ..Sought::default()
    };
    let (mut busy, mut token) = (Vec::new(), None);
    for _ in 0..MOST_PAGES {
        let page = google
            .page(calendar, &sought, EVENTS, token.as_deref())
            .await?;
        let Some(spans) = spans(&page.events, &page.zone, window) else {
            let reason = "the time of an event could not be read";
            return Ok(Known::Unknown(reason.to_owned()));
        };
        busy.extend(spans);
        match page.next {
            Some(next) => token = Some(next),
            None => return Ok(Known::Busy(joined(busy))),
        }
    }
    Ok(Known::Unknown(
        "there are too many events in this time".to_owned(),
    ))
}

/// What else takes the time of one of the person's own calendars, beside an event that was just saved there.
pub(crate) async fn beside(
    google: &Calendar,
    calendars: &[String],
    window: Span,
    saved: &str,
) -> Result<Vec<Span>, Error> {
    let sought = Sought {
        from: Some(window.from),
        to: Some(window.to),
        ..Sought::default()
    };
    let mut busy = Vec::new();
    for calendar in calendars {
        let mut page = google.page(calendar, &sought, EVENTS, None).await?;
        page.events.retain(|it| it.id.as_deref() != Some(saved));
        busy.extend(spans(&page.events, &page.zone, window).unwrap_or_default());
    }
    Ok(joined(busy))
}

/// What events take of a window; none where the time of one cannot be read, since that is not a free one.
fn spans(events: &[Event], zone: &str, window: Span) -> Option<Vec<Span>> {
    let mut spans = Vec::new();
    for event in events.iter().filter(|event| takes_time(event)) {
        spans.extend(When::of(event, zone)?.span().within(window));
    }
    Some(spans)
}

/// Whether an event takes the person's time: what they declined, what is shown as free, and what only says where
/// they are does not; whole days do, unless they are shown as free.
pub(crate) fn takes_time(event: &Event) -> bool {
    let attendees = event.attendees.iter().flatten();
    let mut own = attendees.filter(|it| it.is_self == Some(true));
    let declined = own.any(|it| it.response_status.as_deref() == Some("declined"));
    let kind = event.event_type.as_deref().unwrap_or_default();
    !declined
        && event.status.as_deref() != Some("cancelled")
        && event.transparency.as_deref() != Some("transparent")
        && !["workingLocation", "birthday"].contains(&kind)
}

async fn free_busy(
    google: &Calendar,
    emails: &[String],
    window: Span,
) -> Result<Vec<Person>, ToolError> {
    let answer = google.free_busy(emails, window.from, window.to).await?;
    let calendars = answer.calendars.unwrap_or_default();
    let person = |email: &String| {
        let mut known = calendars.iter();
        let found = known.find(|(id, _)| id.eq_ignore_ascii_case(email));
        let known = match found.map(|(_, calendar)| calendar) {
            None => Known::Unknown("Google says nothing of it".to_owned()),
            Some(calendar) => match calendar.errors.iter().flatten().next() {
                Some(error) => Known::Unknown(reason(error.reason.as_deref())),
                None => read(calendar.busy.as_deref().unwrap_or_default(), window),
            },
        };
        Person {
            who: email.clone(),
            known,
        }
    };
    Ok(emails.iter().map(person).collect())
}

/// A time that cannot be read is not a free one.
fn read(periods: &[TimePeriod], window: Span) -> Known {
    let at = |text: &Option<String>| {
        let at = DateTime::parse_from_rfc3339(text.as_deref()?).ok()?;
        Some(at.with_timezone(&Utc))
    };
    let spans: Option<Vec<Span>> = periods
        .iter()
        .map(|it| Some(Span::new(at(&it.start)?, at(&it.end)?)))
        .collect();
    match spans {
        Some(spans) => {
            let within = spans.into_iter().filter_map(|span| span.within(window));
            Known::Busy(joined(within.collect()))
        }
        None => Known::Unknown("Google's answer could not be read".to_owned()),
    }
}

fn reason(reason: Option<&str>) -> String {
    match reason.unwrap_or_default() {
        "notFound" => "there is no such calendar, or the person cannot see it".to_owned(),
        "" => "Google gives no reason".to_owned(),
        other => format!("Google says {}", other.chars().take(60).collect::<String>()),
    }
}

/// Those of whom nothing is known.
pub(crate) fn unknown(people: &[Person]) -> Vec<Unknown> {
    let unknown = |person: &Person| match &person.known {
        Known::Unknown(reason) => Some(Unknown {
            who: person.who.clone(),
            reason: reason.clone(),
        }),
        Known::Busy(_) => None,
    };
    people.iter().filter_map(unknown).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_event_whose_time_cannot_be_read_makes_nobody_free() {
        let at = |text: &str| text.parse().unwrap();
        let window = Span::new(at("2027-06-01T00:00:00Z"), at("2027-06-02T00:00:00Z"));
        let events = |start: &str, more: serde_json::Value| -> Vec<Event> {
            let mut event =
                json!({"start": {"dateTime": start}, "end": {"dateTime": "2027-06-01T12:00:00Z"}});
            event
                .as_object_mut()
                .unwrap()
                .extend(more.as_object().unwrap().clone());
            vec![serde_json::from_value(event).unwrap()]
        };
        let taken = spans(&events("2027-06-01T11:00:00Z", json!({})), "UTC", window);
        assert_eq!(taken.map(|spans| spans.len()), Some(1));
        assert_eq!(spans(&events("noon", json!({})), "UTC", window), None);
        // What takes no time anyhow may be as it is.
        let free = events("noon", json!({"transparency": "transparent"}));
        assert_eq!(spans(&free, "UTC", window), Some(Vec::new()));
    }
}
