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
    /// Not all, for this reason; and when they are busy as far as that could be read.
    Unknown(String, Vec<Span>),
}

impl Known {
    /// When they are certainly busy.
    pub(crate) fn busy(&self) -> &[Span] {
        match self {
            Self::Busy(spans) | Self::Unknown(_, spans) => spans,
        }
    }

    fn nothing(reason: &str) -> Self {
        Self::Unknown(reason.to_owned(), Vec::new())
    }

    /// What was read, and the reason for which that is not all.
    fn read(spans: Vec<Span>, doubt: Option<&str>) -> Self {
        match doubt {
            None => Self::Busy(joined(spans)),
            Some(reason) => Self::Unknown(reason.to_owned(), joined(spans)),
        }
    }
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
    let known = match taken(google, calendar, window, None).await {
        Ok(known) => known,
        // Without the person's own calendar there is no answer at all.
        Err(error) if calendar == PRIMARY => return Err(ToolError::from(error)),
        Err(error) => {
            Known::nothing(&explain_calendar("calendar_ids", calendar, error).to_string())
        }
    };
    Ok(Person {
        who: who.to_owned(),
        known,
    })
}

/// What takes the time of a calendar, but for one event. What was read stands even where it is not all.
async fn taken(
    google: &Calendar,
    calendar: &str,
    window: Span,
    except: Option<&str>,
) -> Result<Known, Error> {
    let sought = Sought {
        from: Some(window.from),
        to: Some(window.to),
        ..Sought::default()
    };
    let (mut busy, mut doubt, mut token) = (Vec::new(), None, None);
    for _ in 0..MOST_PAGES {
        let mut page = google
            .page(calendar, &sought, EVENTS, token.as_deref())
            .await?;
        page.events
            .retain(|it| except.is_none() || it.id.as_deref() != except);
        let (spans, is_whole) = spans(&page.events, &page.zone, window);
        busy.extend(spans);
        if !is_whole {
            doubt = Some("the time of an event could not be read");
        }
        match page.next {
            Some(next) => token = Some(next),
            None => return Ok(Known::read(busy, doubt)),
        }
    }
    Ok(Known::read(
        busy,
        Some("there are too many events in this time"),
    ))
}

/// What else takes the time of the person's own calendars, beside an event that was just saved there.
pub(crate) async fn beside(
    google: &Calendar,
    calendars: &[String],
    window: Span,
    saved: &str,
) -> Result<Known, Error> {
    let (mut busy, mut doubt) = (Vec::new(), None);
    for calendar in calendars {
        let known = taken(google, calendar, window, Some(saved)).await?;
        busy.extend_from_slice(known.busy());
        if let Known::Unknown(reason, _) = known {
            doubt = Some(reason);
        }
    }
    Ok(Known::read(busy, doubt.as_deref()))
}

/// What events take of a window, and whether the times of all could be read: one that cannot be is not a free one.
fn spans(events: &[Event], zone: &str, window: Span) -> (Vec<Span>, bool) {
    let (mut spans, mut is_whole) = (Vec::new(), true);
    for event in events.iter().filter(|event| takes_time(event)) {
        match When::of(event, zone) {
            Some(when) => spans.extend(when.span().within(window)),
            None => is_whole = false,
        }
    }
    (spans, is_whole)
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
            None => Known::nothing("Google says nothing of it"),
            Some(calendar) => match calendar.errors.iter().flatten().next() {
                Some(error) => Known::nothing(&reason(error.reason.as_deref())),
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
    let spans = periods
        .iter()
        .filter_map(|it| Some(Span::new(at(&it.start)?, at(&it.end)?)));
    let spans: Vec<Span> = spans.collect();
    let doubt = (spans.len() < periods.len()).then_some("Google's answer could not be read");
    let within = spans.into_iter().filter_map(|span| span.within(window));
    Known::read(within.collect(), doubt)
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
        Known::Unknown(reason, _) => Some(Unknown {
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
        let read = |events: &[Event]| {
            let (spans, is_whole) = spans(events, "UTC", window);
            (spans.len(), is_whole)
        };
        let known = events("2027-06-01T11:00:00Z", json!({}));
        assert_eq!(read(&known), (1, true));
        // What is known of the others stands beside the doubt.
        let both = [known, events("noon", json!({}))].concat();
        assert_eq!(read(&both), (1, false));
        // What takes no time anyhow may be as it is.
        let free = events("noon", json!({"transparency": "transparent"}));
        assert_eq!(read(&free), (0, true));
    }
}
