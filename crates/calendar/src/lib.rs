//! Google Calendar tools for LLM agents, per user, on Toolgate.
//!
//! [`CalendarToolkit`] gives an agent the tools that most tasks need: `list_events`, `get_event`,
//! `find_available_slots`, `create_event` and `update_event`. It is a definition and holds nobody's credential: an agent's
//! builder takes it, binds it to the agent's database, and each run works in the calendars of the
//! person whose run it is. Here without an agent, with an access token of one's own, against an
//! emulated Google:
//!
//! ```
//! use std::sync::Arc;
//! use serde_json::json;
//! use toolgate_auth::{Access, AccessToken, Principal};
//! use toolgate_calendar::CalendarToolkit;
//! use toolgate_http::{Endpoints, HttpClient};
//! use toolgate_toolkit::{BoundToolkit, Pipeline, Registry, RunScope};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let google = toolgate_emulator::Emulator::builder().start().await?;
//! # let scope = "https://www.googleapis.com/auth/calendar.events";
//! # let token = google.issue_token("alice@example.com", &[scope]);
//! # let endpoints = Endpoints::at_base(google.base_url().as_str())?;
//! let access = Access::from_token(AccessToken::parse(&token)?, HttpClient::new()?, endpoints);
//! let calendar = BoundToolkit::with_access(Arc::new(CalendarToolkit::new()), access);
//! let registry = Registry::new(vec![calendar], Pipeline::new())?;
//! let alice = registry.for_run(Principal::for_user("alice")?, RunScope::new("run-1"));
//!
//! let lunch = json!({"title": "Lunch", "start_date": "2027-07-01T12:30", "end_date": "2027-07-01T13:30",
//!     "timezone": "Europe/Lisbon", "attendees": ["ada@partner.example"]});
//! let made = alice.call("create_event", lunch).await?;
//! assert_eq!(made["event"]["start"], "2027-07-01T12:30:00+01:00");
//! assert_eq!(made["event"]["start_utc"], "2027-07-01T11:30:00Z");
//!
//! let later = json!({"event_id": made["event"]["id"], "start_date": "2027-07-01T13:00+01:00"});
//! let moved = alice.call("update_event", later).await?;
//! assert_eq!(moved["event"]["end"], "2027-07-01T14:00:00+01:00");
//! # Ok(())
//! # }
//! ```
//!
//! More are there for those who ask for them: searches and whole lists over several calendars, the
//! instances of a series, guests and their answers, free time of several people, meetings booked at
//! the first time that suits, answers to invitations, moving and deleting. Consent asks for what the
//! chosen ones need.
//!
//! ```
//! use toolgate_calendar::{CalendarToolkit, WorkingHours};
//! use toolgate_toolkit::{Selection, Toolkit};
//!
//! let calendar = CalendarToolkit::new()
//!     .with_tools(Selection::only(["check_availability"]))?
//!     .with_working_hours(WorkingHours::new("08:00", "16:00", ["mon", "tue", "wed", "thu"])?);
//! let scopes = calendar.requirement().least_scopes();
//! let scopes: Vec<&str> = scopes.iter().collect();
//! assert_eq!(
//!     scopes,
//!     [
//!         "https://www.googleapis.com/auth/calendar.events.readonly",
//!         "https://www.googleapis.com/auth/calendar.freebusy"
//!     ]
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What holds
//!
//! - A time with an offset is that moment; one without is what clocks show in the zone that is named,
//!   or else in the calendar's own, never silently in UTC. An offset that is not the named zone's is
//!   refused. So is a time that clocks skip; of one that they show twice the first is taken, and said.
//! - Results tell what Google saved: local time, UTC, zone and duration.
//! - An update sends what changes and nothing else, for the version that was read only. Guests who stay
//!   keep their answers, and all else that Google says of them.
//! - Of a series one instance changes, or it and the following, or all. Its end moves along, and instances
//!   that were deleted stay so. Where the rules name days or dates that would contradict a new time, that is
//!   refused.
//! - An event is created once. It bears an id of 128 random bits before it leaves; where Google gives no
//!   clear answer, look-ups decide, as for updates, moves and deletions
//!   ([`CalendarToolkit::with_settlement_time`]), and the result says `created (confirmed by look-up)`,
//!   or the error says `not created`, or `unknown` with where to look.
//! - Who cannot be seen is unknown, never free. What was declined or is shown as free takes no time;
//!   whole days do, unless they are shown as free.
//! - Working hours are those of the call, the program ([`CalendarToolkit::with_working_hours`]) or the
//!   person's calendar. They count by the person's clocks and by those of each of the others whose calendar tells
//!   its zone: a slot lies in them by all. Whose zone is not known is named.
//! - Nothing is booked in the past, or at a time at which the person's own calendar cannot be read whole.
//! - Every list goes on at its exact place by `next_page_token`, over several calendars too.
//! - What others wrote stands between marks that nobody can foresee, and so nobody can close.
//!
//! # What it does not do
//!
//! It changes no calendar itself and shares none, moves no changed instance of a series along when the
//! series is split (the result names those), and splits no series that names dates of its own (RDATE) or that
//! somebody else organizes. Between the look of `book_meeting` and its saving somebody may take the same time:
//! Google knows no way to save only where everybody is still free. Where that happens in the person's own
//! calendars, the result says so. A sentence given to
//! `quick_add_event` is Google's to understand, and cannot be looked up where its answer is lost. For
//! what no tool does, program code can have the hub of google-calendar3 ([`CalendarToolkit::hub`]), past
//! all that holds above.

mod availability;
mod book;
mod calendars;
mod catalogue;
mod create;
mod delete;
mod error;
mod fields;
mod get;
mod guests;
mod hours;
mod hub;
mod list;
mod moving;
mod people;
mod respond;
mod schedule;
mod series;
mod setup;
mod slots;
mod span;
mod text;
mod times;
mod toolkit;
mod update;
mod view;
mod when;
mod whose;
mod wire;

pub use error::Error;
pub use google_calendar3;
pub use hours::WorkingHours;
pub use hub::CalendarHub;
pub use toolkit::{CalendarToolkit, LEAST_RESULT_BUDGET};
