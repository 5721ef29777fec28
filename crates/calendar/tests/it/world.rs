//! An emulator with the calendars of some people, and the toolkit bound to it by an explicit credential.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use proptest::prelude::ProptestConfig;
use serde_json::Value;
use toolgate_auth::{Access, AccessToken, Clock, Principal, Timestamp};
use toolgate_calendar::CalendarToolkit;
use toolgate_emulator::{Emulator, EmulatorBuilder, RecordedRequest, Seed};
use toolgate_http::{Endpoints, HttpClient};
use toolgate_toolkit::{
    BoundToolkit, Pipeline, Registry, RunScope, RunTools, Selection, ToolError, Toolkit as _,
};

pub(crate) const ALICE: &str = "alice@example.com";
pub(crate) const CALENDAR: &str = "https://www.googleapis.com/auth/calendar";
const GMAIL: &str = "https://www.googleapis.com/auth/gmail.readonly";

/// Alice works in Warsaw, Bob in New York; Carol's calendar is hers alone. All times are of 2027, and so is the [`Year`].
pub(crate) const PEOPLE: &str = r"
accounts:
- email: alice@example.com
  name: Alice Example
  hosted_domain: example.com
  calendars:
  - time_zone: Europe/Warsaw
    working_hours:
    - {day: monday, start: '08:00', end: '16:00'}
    - {day: tuesday, start: '08:00', end: '16:00'}
    - {day: wednesday, start: '08:00', end: '16:00'}
    - {day: thursday, start: '08:00', end: '16:00'}
    - {day: friday, start: '08:00', end: '12:00'}
    events:
    - id: standup00
      summary: Stand-up
      start: '2027-03-22T09:00'
      end: '2027-03-22T09:30'
      recurrence: ['RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=8']
      attendees:
      - {email: alice@example.com, response: accepted}
      - {email: bob@example.com, response: accepted}
      - {email: zoe@partner.example, name: Zoe, response: tentative}
    - id: recap000
      summary: Review
      start: '2027-03-23T10:00'
      end: '2027-03-23T11:30'
      more: {description: 'Bring <b>figures</b>.<br>Then lunch', location: Room 4, colorId: '3'}
    - id: offsite0
      summary: Offsite
      start: '2027-04-07'
      end: '2027-04-09'
    - id: reminder0
      summary: Pay rent
      start: '2027-03-24'
      end: '2027-03-25'
      more: {transparency: transparent}
    - id: held0000
      summary: Held loosely
      start: '2027-03-24T09:00'
      end: '2027-03-24T15:00'
      more: {transparency: transparent}
  - id: team@group.calendar.google.com
    summary: Team
    time_zone: America/New_York
    events:
    - id: planning0
      summary: Planning
      start: '2027-03-23T09:00'
      end: '2027-03-23T10:00'
- email: bob@example.com
  name: Bob Example
  hosted_domain: example.com
  calendars:
  - time_zone: America/New_York
    access:
    - {who: alice@example.com, role: freeBusyReader}
    events:
    - id: dentist0
      summary: Dentist
      start: '2027-03-29T09:00'
      end: '2027-03-29T10:00'
    - id: fest0000
      summary: Party
      start: '2027-03-25T15:00'
      end: '2027-03-25T17:00'
      attendees:
      - {email: alice@example.com}
      - {email: carol@elsewhere.example, response: accepted}
    - id: dull0000
      summary: Dull talk
      start: '2027-03-26T08:00'
      end: '2027-03-26T11:00'
      time_zone: Europe/Warsaw
      attendees:
      - {email: alice@example.com, response: declined}
- email: carol@elsewhere.example
  name: Carol Elsewhere
  calendars:
  - time_zone: Europe/London
    events:
    - id: secret00
      summary: Secret
      start: '2027-03-29T14:00'
      end: '2027-03-29T15:00'
";

/// Time that goes by as it does, from a day in January 2027 on, in whatever year the tests run.
#[derive(Debug)]
struct Year {
    began: Instant,
}

/// 2027-01-15T08:00:00Z.
const BEGINNING: i64 = 1_800_000_000_000;

impl Clock for Year {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(BEGINNING).after(self.began.elapsed())
    }

    fn monotonic(&self) -> Instant {
        Instant::now()
    }
}

/// The calendars of some people, used by Alice.
pub(crate) struct World {
    clock: Arc<Year>,
    pub(crate) emulator: Emulator,
    http: HttpClient,
}

impl World {
    /// Those of [`PEOPLE`].
    pub(crate) async fn people() -> Self {
        Self::seeded(PEOPLE).await
    }

    /// The same, of which Google shows no more than so many at once.
    pub(crate) async fn in_pages_of(entries: usize) -> Self {
        let seed = Seed::from_yaml(PEOPLE).unwrap();
        Self::started(Emulator::builder().with_seed(seed).with_page_limit(entries)).await
    }

    pub(crate) async fn seeded(yaml: &str) -> Self {
        let seed = Seed::from_yaml(yaml).unwrap();
        Self::started(Emulator::builder().with_seed(seed)).await
    }

    async fn started(builder: EmulatorBuilder) -> Self {
        // What all crates log here is kept, for the leak check over the whole test run.
        toolgate_testkit::LogCapture::install();
        let clock = Arc::new(Year {
            began: Instant::now(),
        });
        let time = Arc::clone(&clock);
        let builder = builder.with_clock(Arc::new(move || time.now().as_millis()));
        Self {
            clock,
            emulator: builder.start().await.unwrap(),
            http: HttpClient::new().unwrap(),
        }
    }

    pub(crate) fn access(&self, who: &str, scopes: &[&str]) -> Access {
        let token = self.emulator.issue_token(who, scopes);
        let endpoints = Endpoints::at_base(self.emulator.base_url().as_str()).unwrap();
        let token = AccessToken::parse(&token).unwrap();
        Access::from_token(token, self.http.clone(), endpoints).with_clock(self.clock.clone())
    }

    fn tools(
        &self,
        toolkit: CalendarToolkit,
        who: &str,
        scopes: &[&str],
        run: RunScope,
    ) -> RunTools {
        let bound = BoundToolkit::with_access(Arc::new(toolkit), self.access(who, scopes));
        let registry = Registry::new(vec![bound], Pipeline::new()).unwrap();
        registry.for_run(Principal::for_user("alice").unwrap(), run)
    }

    /// Calls a tool as Alice, with all that it may need.
    pub(crate) async fn call(&self, tool: &str, arguments: Value) -> Result<Value, ToolError> {
        self.call_as(ALICE, tool, arguments).await
    }

    pub(crate) async fn call_as(
        &self,
        who: &str,
        tool: &str,
        arguments: Value,
    ) -> Result<Value, ToolError> {
        let tools = self.tools(all_tools(), who, &[CALENDAR], RunScope::new("run"));
        tools.call(tool, arguments).await
    }

    /// Calls a tool of this toolkit.
    pub(crate) async fn call_of(
        &self,
        toolkit: CalendarToolkit,
        tool: &str,
        arguments: Value,
    ) -> Result<Value, ToolError> {
        let tools = self.tools(toolkit, ALICE, &[CALENDAR], RunScope::new("run"));
        tools.call(tool, arguments).await
    }

    /// Calls a tool that is all there is, with no scope but the least ones that it asks for.
    pub(crate) async fn call_alone(
        &self,
        tool: &'static str,
        arguments: Value,
    ) -> Result<Value, ToolError> {
        let toolkit = all_tools().with_tools(Selection::only([tool])).unwrap();
        let scopes = toolkit.requirement().least_scopes().to_vec();
        let scopes: Vec<&str> = scopes.iter().map(String::as_str).collect();
        let tools = self.tools(toolkit, ALICE, &scopes, RunScope::new("run"));
        tools.call(tool, arguments).await
    }

    /// Calls a tool that has two seconds, so that no retry waits for long.
    pub(crate) async fn call_soon(&self, tool: &str, arguments: Value) -> Result<Value, ToolError> {
        let ends = Instant::now() + Duration::from_secs(2);
        let run = RunScope::new("run").with_deadline(Some(ends));
        let tools = self.tools(all_tools(), ALICE, &[CALENDAR], run);
        tools.call(tool, arguments).await
    }

    /// How often a method was called.
    pub(crate) fn count(&self, method: &str) -> usize {
        self.requests(method).len()
    }

    pub(crate) fn requests(&self, method: &str) -> Vec<RecordedRequest> {
        let all = self.emulator.requests().into_iter();
        all.filter(|it| it.api_method.as_deref() == Some(method))
            .collect()
    }

    /// Asks the emulator without the toolkit: an event as Google holds it.
    pub(crate) async fn event(&self, calendar: &str, id: &str) -> Value {
        self.google(
            ALICE,
            &format!("calendar/v3/calendars/{calendar}/events/{id}"),
        )
        .await
    }

    /// Makes an event without the toolkit.
    pub(crate) async fn insert(&self, calendar: &str, event: &Value) {
        let path = format!("calendar/v3/calendars/{calendar}/events");
        let url = format!("{}{path}", self.emulator.base_url());
        let token = self.emulator.issue_token(ALICE, &[CALENDAR]);
        let request = http::Request::post(url)
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json")
            .body(event.to_string().into_bytes());
        let answer = self
            .http
            .send(request.unwrap(), Duration::from_secs(10))
            .await
            .unwrap();
        assert_eq!(
            answer.status().as_u16(),
            200,
            "{}",
            String::from_utf8_lossy(answer.body())
        );
    }

    /// The subjects of the mails that somebody has.
    pub(crate) async fn mails(&self, who: &str) -> Vec<String> {
        let list = self.google(who, "gmail/v1/users/me/messages").await;
        let mut subjects = Vec::new();
        for message in list["messages"].as_array().into_iter().flatten() {
            let id = message["id"].as_str().unwrap();
            let message = self
                .google(who, &format!("gmail/v1/users/me/messages/{id}"))
                .await;
            let headers = message["payload"]["headers"].as_array().unwrap().clone();
            let subject = headers.iter().find(|it| it["name"] == "Subject").unwrap();
            subjects.push(subject["value"].as_str().unwrap().to_owned());
        }
        subjects
    }

    pub(crate) async fn google(&self, who: &str, path: &str) -> Value {
        let url = format!("{}{path}", self.emulator.base_url());
        let token = self.emulator.issue_token(who, &[CALENDAR, GMAIL]);
        let request = http::Request::get(url)
            .header("authorization", format!("Bearer {token}"))
            .body(Vec::new());
        let answer = self.http.send(request.unwrap(), Duration::from_secs(10));
        serde_json::from_slice(answer.await.unwrap().body()).unwrap()
    }
}

/// The toolkit with every tool that it has, of which none waits between the look-ups of a settlement.
pub(crate) fn all_tools() -> CalendarToolkit {
    CalendarToolkit::new()
        .with_tools(Selection::all())
        .unwrap()
        .with_settlement_time(Duration::ZERO)
}

/// How many characters a model pays for.
pub(crate) fn size(value: &Value) -> usize {
    value.to_string().chars().count()
}

/// So many cases, and a bounded search for a smaller one that fails.
pub(crate) fn bounded(cases: u32) -> ProptestConfig {
    ProptestConfig {
        max_shrink_iters: 100,
        failure_persistence: None,
        ..ProptestConfig::with_cases(cases)
    }
}
