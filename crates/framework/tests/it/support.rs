//! A toolkit whose tools show what the run loop does with them.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "test helpers fail the test"
)]

use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::Notify;
use toolgate_auth::sign_in::{SignIn, SignInLink};
use toolgate_auth::{
    Access, AccessToken, ClientSecret, ExpectedEmail, GoogleAuth, OAuthClient, Requirement,
};
use toolgate_emulator::{Emulator, Person};
use toolgate_framework::{Agent, Message, PausedRun, RunOutcome};
use toolgate_http::{Endpoints, HttpClient, LoopbackListener, Served};
use toolgate_toolkit::{ConsentSource, Risk, Tool, ToolContext, Toolkit, typed_tool};
use url::Url;

pub(crate) const READ: &str = "gmail.users.messages.list";
pub(crate) const EVENTS: &str = "calendar.events.list";

/// What the tools were asked, over all runs.
#[derive(Debug, Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    pub(crate) fn entries(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }

    pub(crate) fn add(&self, entry: String) {
        self.0.lock().unwrap().push(entry);
    }
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Probe {
    pub(crate) log: Log,
    pub(crate) consent: ConsentSource,
    pub(crate) name: Option<&'static str>,
    /// Calls of `meet` wait until so many are under way.
    pub(crate) meeting: Arc<AtomicUsize>,
    /// Calls of `post` with the text `held` wait for it once they have left.
    pub(crate) gate: Arc<Notify>,
}

impl Probe {
    /// With a credential, so that it needs no consent.
    pub(crate) fn with_token() -> Self {
        Self {
            consent: ConsentSource::new().with_access(access()),
            ..Self::default()
        }
    }

    pub(crate) fn with_google(google: GoogleAuth) -> Self {
        Self {
            consent: ConsentSource::new().with_google_auth(google),
            ..Self::default()
        }
    }
}

/// Says something again.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Say {
    /// What to say.
    text: String,
}

/// Does nothing.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nothing {}

#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Said {
    pub(crate) text: String,
}

impl Toolkit for Probe {
    fn name(&self) -> &'static str {
        self.name.unwrap_or("probe")
    }

    fn tools(&self) -> Vec<Arc<dyn Tool>> {
        let (say, mail, meet) = (
            self.log.clone(),
            self.log.clone(),
            Arc::clone(&self.meeting),
        );
        vec![
            typed_tool("say", Risk::Read, &[], move |_cx, args: Say| {
                say.add(format!("say {}", args.text));
                async move { Ok(Said { text: args.text }) }
            })
            .shared(),
            typed_tool(
                "read_mail",
                Risk::Read,
                &[READ],
                move |cx: ToolContext, args: Say| {
                    let log = mail.clone();
                    async move {
                        log.add(format!("read_mail {}", args.text));
                        cx.access()
                            .token(&Requirement::for_methods(&[READ]))
                            .await?;
                        Ok(Said {
                            text: format!("{}: {}", cx.principal().unwrap(), args.text),
                        })
                    }
                },
            )
            .shared(),
            self.post(),
            self.read_calendar(),
            typed_tool("meet", Risk::Read, &[], move |_cx, _args: Nothing| {
                let meeting = Arc::clone(&meet);
                async move {
                    meeting.fetch_add(1, Ordering::SeqCst);
                    while meeting.load(Ordering::SeqCst) < 2 {
                        tokio::task::yield_now().await;
                    }
                    Ok(Said {
                        text: "met".to_owned(),
                    })
                }
            })
            .shared(),
            typed_tool(
                "send",
                Risk::Send,
                &[],
                |cx: ToolContext, _args: Nothing| async move {
                    cx.mark_sent();
                    cx.access()
                        .token(&Requirement::for_methods(&[READ]))
                        .await?;
                    Ok(Said {
                        text: "sent".to_owned(),
                    })
                },
            )
            .shared(),
        ]
    }

    fn instructions(&self) -> Option<String> {
        Some("Probe with care.".to_owned())
    }

    fn consent(&self) -> &ConsentSource {
        &self.consent
    }
}

impl Probe {
    /// Leaves for others, and needs no consent.
    fn post(&self) -> Arc<dyn Tool> {
        let (log, gate) = (self.log.clone(), Arc::clone(&self.gate));
        typed_tool("post", Risk::Send, &[], move |_cx, args: Say| {
            let (log, gate) = (log.clone(), Arc::clone(&gate));
            async move {
                log.add(format!("post {}", args.text));
                if args.text == "held" {
                    gate.notified().await;
                }
                Ok(Said { text: args.text })
            }
        })
        .shared()
    }

    fn read_calendar(&self) -> Arc<dyn Tool> {
        let log = self.log.clone();
        let run = move |cx: ToolContext, args: Say| {
            let log = log.clone();
            async move {
                log.add(format!("read_calendar {}", args.text));
                let needed = Requirement::for_methods(&[EVENTS]);
                cx.access().token(&needed).await?;
                Ok(Said { text: args.text })
            }
        };
        typed_tool("read_calendar", Risk::Read, &[EVENTS], run).shared()
    }
}

/// A credential.
pub(crate) fn access() -> Access {
    log_for_the_leak_check();
    let token = AccessToken::parse("ya29.CANARYsecret-probe").unwrap();
    Access::from_token(token, HttpClient::new().unwrap(), Endpoints::google())
}

/// A `GoogleAuth` that gives links to a port of this machine, at the emulator.
pub(crate) async fn google(emulator: &Emulator) -> (GoogleAuth, LoopbackListener) {
    log_for_the_leak_check();
    let pages = LoopbackListener::bind(None).await.unwrap();
    let redirect = pages.base_url().join("google/callback").unwrap();
    emulator.register_redirect_uri(redirect.as_str()).unwrap();
    (google_at(emulator, &pages), pages)
}

/// The definition that another process of the same application has.
pub(crate) fn google_at(emulator: &Emulator, pages: &LoopbackListener) -> GoogleAuth {
    let client = OAuthClient::new(emulator.client_id())
        .with_secret(ClientSecret::parse(emulator.client_secret()).unwrap());
    GoogleAuth::builder(client)
        .with_public_url(pages.base_url().as_str())
        .with_endpoints(Endpoints::at_base(emulator.base_url().as_str()).unwrap())
        .with_expected_email(ExpectedEmail::new(|principal| {
            principal.user().map(|user| format!("{user}@example.com"))
        }))
        .build()
        .unwrap()
}

/// Serves the sign-in of an agent as bare as can be, and sends each person through their link.
pub(crate) async fn sign_in(agent: &Agent, pages: LoopbackListener, people: &[(&Url, &str)]) {
    let people = people.iter();
    let people = people.map(|(link, account)| (*link, Person::new(*account)));
    sign_in_as(agent, pages, &people.collect::<Vec<_>>()).await;
}

/// The same for people who may tick what they like.
pub(crate) async fn sign_in_as(agent: &Agent, pages: LoopbackListener, people: &[(&Url, Person)]) {
    let sign_in = agent.google_auth().unwrap().sign_in().unwrap().clone();
    let missing = Arc::new(AtomicUsize::new(people.len()));
    let server = tokio::spawn(pages.serve(Duration::from_secs(30), move |request| {
        let (sign_in, missing) = (sign_in.clone(), Arc::clone(&missing));
        Box::pin(async move { answer(&sign_in, &missing, request).await })
    }));
    for (link, person) in people {
        let page = person.follow(link).await.unwrap();
        assert_eq!(page.body, "connected");
    }
    server.await.unwrap().unwrap();
}

/// The same for somebody who says no to Google.
pub(crate) async fn say_no(agent: &Agent, pages: LoopbackListener, link: &Url) {
    let sign_in = agent.google_auth().unwrap().sign_in().unwrap().clone();
    let server = tokio::spawn(pages.serve(Duration::from_secs(30), move |request| {
        let sign_in = sign_in.clone();
        Box::pin(async move { answer(&sign_in, &AtomicUsize::new(1), request).await })
    }));
    let person = Person::new("alice@example.com").denying();
    let page = person.follow(link).await.unwrap();
    assert!(page.body.contains("access_denied"), "{}", page.body);
    server.await.unwrap().unwrap();
}

async fn answer(
    sign_in: &SignIn,
    missing: &AtomicUsize,
    request: http::Request<Vec<u8>>,
) -> Served {
    let path = request.uri().path();
    if let Some(state) = path.strip_prefix("/google/connect/") {
        let next = sign_in.proceed(state, request.headers()).await.unwrap();
        let mut response = http::Response::builder().status(303);
        response = response.header("location", next.location.as_str());
        for cookie in next.set_cookies {
            response = response.header("set-cookie", cookie);
        }
        return Served::Continue(response.body(String::new()).unwrap());
    }
    let outcome = sign_in
        .callback(request.uri().query().unwrap(), request.headers())
        .await;
    let came = outcome.result.map(|_| "connected".to_owned());
    let response = http::Response::new(came.unwrap_or_else(|error| error.to_string()));
    if missing.fetch_sub(1, Ordering::SeqCst) == 1 {
        Served::Done(response)
    } else {
        Served::Continue(response)
    }
}

/// What the tools answered, in the order of the calls, and whether each is an error.
pub(crate) fn results(outcome: &RunOutcome) -> Vec<(String, Value, bool)> {
    let RunOutcome::Completed(answer) = outcome else {
        panic!("{outcome}")
    };
    let results = answer.messages.iter().filter_map(|message| match message {
        Message::ToolResult {
            name,
            content,
            is_error,
            ..
        } => Some((name.clone(), content.clone(), *is_error)),
        _ => None,
    });
    results.collect()
}

/// The pause of a run that came to one.
pub(crate) fn paused(outcome: RunOutcome) -> (SignInLink, PausedRun) {
    match outcome {
        RunOutcome::ConsentRequired { link, run, .. } => (link, run),
        other => panic!("{other}"),
    }
}

/// What has to come to an end. Far beyond any run's own time, for tests whose time is paused.
pub(crate) async fn bounded<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_hours(24), work)
        .await
        .unwrap()
}

/// What all crates log here is kept, for the leak check over the whole test run.
fn log_for_the_leak_check() {
    toolgate_testkit::LogCapture::install();
}
