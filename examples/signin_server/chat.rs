//! The chat: what people say, what the agent answers, and the runs that wait for a consent.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::{Form, State};
use axum::http::header::{LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use toolgate_auth::Principal;
use toolgate_framework::{Agent, PausedRun, RunContext, RunOutcome};

use crate::login::Sessions;
use crate::pages;

/// How long a run waits for its person; links live as long.
const PATIENCE: Duration = Duration::from_mins(10);
const LONGEST_NAME: usize = 40;
/// The name of each person's conversation, which is kept, also while it waits.
const CHAT: &str = "chat";
/// What somebody says who wants to begin anew, as where the conversation cannot be read any more.
const START_OVER: &str = "start over";

/// What stands in somebody's chat.
#[derive(Debug, Default, Clone)]
pub(crate) struct Chat {
    pub(crate) lines: Vec<Line>,
    /// Whether a run is under way or waits.
    pub(crate) is_busy: bool,
}

/// A line of a chat.
#[derive(Debug, Clone)]
pub(crate) enum Line {
    Said(String),
    Answered(String),
    /// Where to connect.
    Link(String),
}

struct Application {
    agent: Agent,
    sessions: Arc<Sessions>,
    chats: Mutex<HashMap<String, Chat>>,
}

#[derive(Deserialize)]
struct Login {
    name: String,
}

#[derive(Deserialize)]
struct Message {
    text: String,
}

type Shared = State<Arc<Application>>;

/// The routes of the chat.
pub(crate) fn router(agent: Agent, sessions: Arc<Sessions>) -> Router {
    let chats = Mutex::default();
    Router::new()
        .route("/", get(show))
        .route("/login", post(log_in))
        .route("/say", post(say))
        .with_state(Arc::new(Application {
            agent,
            sessions,
            chats,
        }))
}

async fn show(State(application): Shared, headers: HeaderMap) -> Html<String> {
    Html(match application.sessions.person(&headers) {
        None => pages::login(),
        Some(person) => pages::chat(&person, &application.chat(&person)),
    })
}

async fn log_in(State(application): Shared, Form(login): Form<Login>) -> Response {
    let name = login.name.trim().to_lowercase();
    if name.is_empty() || name.len() > LONGEST_NAME {
        return StatusCode::BAD_REQUEST.into_response();
    }
    application.take_up(&name).await;
    let cookie = application.sessions.begin(&name);
    (
        StatusCode::SEE_OTHER,
        [(LOCATION, "/".to_owned()), (SET_COOKIE, cookie)],
    )
        .into_response()
}

async fn say(
    State(application): Shared,
    headers: HeaderMap,
    Form(message): Form<Message>,
) -> Response {
    let Some(person) = application.sessions.person(&headers) else {
        return StatusCode::FORBIDDEN.into_response();
    };
    if application.begins(&person, &message.text) {
        tokio::spawn(async move {
            application.answer(&person, message.text).await;
        });
    }
    (StatusCode::SEE_OTHER, [(LOCATION, "/")]).into_response()
}

impl Application {
    async fn answer(&self, person: &str, text: String) {
        if text.trim() == START_OVER {
            self.start_over(person).await;
        } else if self.is_ready(person).await {
            let outcome = self.first(person, text).await;
            self.to_its_end(person, outcome).await;
        } else {
            let word = format!(
                "I did not come to this: \u{201c}{text}\u{201d}. Say it again when that is done, or say \
                 \u{201c}{START_OVER}\u{201d} to forget all that was said."
            );
            self.write(person, Line::Answered(word));
        }
        self.with(person, |chat| chat.is_busy = false);
    }

    /// A run whose person did not connect in time, or said no, still waits: now that they are back it
    /// comes first, and they get a new link. Says whether nothing waits any more.
    async fn is_ready(&self, person: &str) -> bool {
        match self.unfinished(person).await.transpose() {
            Some(outcome) => self.to_its_end(person, outcome).await,
            None => true,
        }
    }

    async fn start_over(&self, person: &str) {
        let forgotten = async {
            let principal = Principal::for_user(person)?;
            self.agent.forget_session(&principal, CHAT).await
        };
        let word = match forgotten.await {
            Ok(_) => "We begin anew.".to_owned(),
            Err(error) => error.to_string(),
        };
        self.write(person, Line::Answered(word));
    }

    async fn unfinished(&self, person: &str) -> anyhow::Result<Option<RunOutcome>> {
        let principal = Principal::for_user(person)?;
        match self.agent.paused_run(&principal, CHAT).await? {
            Some(run) => Ok(Some(self.agent.resume(run).await?)),
            None => Ok(None),
        }
    }

    async fn first(&self, person: &str, text: String) -> anyhow::Result<RunOutcome> {
        let run = RunContext::for_user(person)?.with_session(CHAT)?;
        Ok(self.agent.run(run, text).await?)
    }

    /// To the end of a run: each link goes into the chat, and the run goes on when it was used. Says
    /// whether it came to an answer; if not, it waits for its person to come back.
    async fn to_its_end(&self, person: &str, mut outcome: anyhow::Result<RunOutcome>) -> bool {
        while let Ok(RunOutcome::ConsentRequired { link, run, .. }) = outcome {
            self.write(person, Line::Link(link.url.to_string()));
            outcome = self.when_connected(run).await;
        }
        let is_answer = matches!(outcome, Ok(RunOutcome::Completed(_)));
        let text = outcome.map_or_else(|error| error.to_string(), |it| it.to_string());
        self.write(person, Line::Answered(text));
        is_answer
    }

    async fn when_connected(&self, run: PausedRun) -> anyhow::Result<RunOutcome> {
        Ok(self.agent.resume_when_connected(run, PATIENCE).await?)
    }

    /// What waited in the database when the program ended goes on when its person comes back: where
    /// they still have to connect, they get a new link.
    async fn take_up(self: &Arc<Self>, person: &str) {
        let is_known = self.chats().contains_key(person);
        let Ok(principal) = Principal::for_user(person) else {
            return;
        };
        if is_known {
            return;
        }
        self.with(person, |_| ());
        for run in self.agent.paused_runs(&principal).await.unwrap_or_default() {
            self.with(person, |chat| chat.is_busy = true);
            let word = "Where were we? I was not done.".to_owned();
            self.write(person, Line::Answered(word));
            let (this, person) = (Arc::clone(self), person.to_owned());
            tokio::spawn(async move {
                let outcome = this.agent.resume(run).await.map_err(Into::into);
                this.to_its_end(&person, outcome).await;
                this.with(&person, |chat| chat.is_busy = false);
            });
        }
    }

    /// One run at a time for each person.
    fn begins(&self, person: &str, text: &str) -> bool {
        self.with(person, |chat| {
            let begins = !chat.is_busy;
            if begins {
                chat.is_busy = true;
                chat.lines.push(Line::Said(text.to_owned()));
            }
            begins
        })
    }

    fn write(&self, person: &str, line: Line) {
        self.with(person, |chat| chat.lines.push(line));
    }

    fn chat(&self, person: &str) -> Chat {
        self.chats().get(person).cloned().unwrap_or_default()
    }

    fn with<T>(&self, person: &str, change: impl FnOnce(&mut Chat) -> T) -> T {
        change(self.chats().entry(person.to_owned()).or_default())
    }

    fn chats(&self) -> MutexGuard<'_, HashMap<String, Chat>> {
        self.chats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
