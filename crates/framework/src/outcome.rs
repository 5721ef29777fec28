//! How a run ends, or pauses.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Duration;

use toolgate_auth::sign_in::{Refusal, SignInLink};
use toolgate_auth::store::SessionKind;
use toolgate_auth::{AccountLabel, AwaitedConsent, HeldSession, SessionPlace};
use toolgate_toolkit::{Cancellation, ToolError};

use crate::context::RunContext;
use crate::model::{Message, ModelReply, ToolCall, Usage};

/// How a run ended, or why it pauses.
#[derive(Debug)]
#[non_exhaustive]
pub enum RunOutcome {
    /// The model gave its answer.
    Completed(Answer),
    /// A tool needs the person's consent. Hand them the link; when they have signed in, give `run`
    /// to [`Agent::resume`](crate::Agent::resume).
    ConsentRequired {
        /// The link: a page of the application's own.
        link: SignInLink,
        /// The services it is for.
        services: Vec<String>,
        /// The run, to be resumed.
        run: PausedRun,
    },
    /// [`Agent::resume_when_connected`](crate::Agent::resume_when_connected) has waited for nothing:
    /// its time is over, or the person has used the link and connected nothing by it. The run waits as
    /// before.
    NotConnected {
        /// The services that it waits for.
        services: Vec<String>,
        /// The run, to be resumed: where the link is used up, that gives another.
        run: PausedRun,
        /// Why.
        reason: NotConnectedReason,
    },
}

/// Why a person is not connected for whom a run has waited.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotConnectedReason {
    /// The time is over. They may still use their link.
    TimeOver,
    /// They have used it, and nothing came of it; why is known where this process served the sign-in.
    LinkSpent(Option<Refusal>),
}

impl fmt::Display for NotConnectedReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TimeOver => f.write_str("nobody has signed in"),
            Self::LinkSpent(None) => f.write_str("the link was used, and nothing was connected"),
            Self::LinkSpent(Some(refusal)) => refusal.fmt(f),
        }
    }
}

impl RunOutcome {
    /// The answer, where the run is complete.
    pub fn answer(&self) -> Option<&str> {
        match self {
            Self::Completed(answer) => Some(&answer.text),
            Self::ConsentRequired { .. } | Self::NotConnected { .. } => None,
        }
    }
}

impl fmt::Display for RunOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Completed(answer) => f.write_str(&answer.text),
            Self::ConsentRequired { link, services, .. } => {
                write!(f, "please connect {}: {}", services.join(", "), link.url)
            }
            Self::NotConnected {
                services, reason, ..
            } => {
                write!(f, "{} is not connected yet: {reason}", services.join(", "))
            }
        }
    }
}

/// What a complete run gives. What people and tools said does not print; `messages` does.
#[derive(Clone)]
pub struct Answer {
    /// The model's answer.
    pub text: String,
    /// The whole conversation, tool calls included.
    pub messages: Vec<Message>,
    /// What the model used in all its turns; those of a team's members included.
    pub usage: Usage,
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("messages", &self.messages.len())
            .field("usage", &self.usage)
            .finish_non_exhaustive()
    }
}

/// A run that waits for consent. It holds the conversation and no token. Its time stands still: when
/// it is resumed it has as much left as it had when it paused. What was said in it does not print.
pub struct PausedRun(pub(crate) Box<Paused>);

impl fmt::Debug for PausedRun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Paused {
            context,
            time_left,
            progress,
            services,
            stored,
        } = &*self.0;
        f.debug_struct("PausedRun")
            .field("context", context)
            .field("time_left", time_left)
            .field("messages", &progress.messages.len())
            .field("waiting", &progress.waiting.len())
            .field("services", services)
            .field("stored", stored)
            .finish()
    }
}

pub(crate) struct Paused {
    pub(crate) context: RunContext,
    /// What was left of the run's time when it paused.
    pub(crate) time_left: Option<Duration>,
    pub(crate) progress: Progress,
    /// The services of the link that was handed out.
    pub(crate) services: Vec<String>,
    pub(crate) stored: Stored,
}

/// Where the database has a paused run.
#[derive(Debug)]
pub(crate) enum Stored {
    /// Nowhere: nobody else can have it.
    Nowhere,
    /// Here; who goes on with it claims it.
    At(SessionPlace),
    /// Nobody knows: the database did not say. Who goes on with it finds out.
    Unclear(Box<HeldSession>),
}

impl Stored {
    pub(crate) fn place(&self) -> Option<&SessionPlace> {
        match self {
            Self::At(place) => Some(place),
            Self::Nowhere | Self::Unclear(_) => None,
        }
    }
}

/// How far a run is.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Progress {
    pub(crate) messages: Vec<Message>,
    /// The calls that wait; each is repeated once when a paused run is resumed.
    pub(crate) waiting: Vec<ToolCall>,
    /// Those of them that may have left by now, by their ids.
    pub(crate) under_way: BTreeSet<String>,
    /// The consents that calls wait for.
    pub(crate) needs: Vec<Need>,
    /// Calls whose person has answered: if they still lack a consent, the model is told.
    pub(crate) answered: BTreeSet<String>,
    pub(crate) turns: usize,
    pub(crate) usage: Usage,
    /// How far the runs are that this one delegated to, by the ids of the calls.
    pub(crate) members: BTreeMap<String, Progress>,
}

/// What a call waits for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Need {
    pub(crate) call_id: String,
    /// The call's tool, which says whose consent it is.
    pub(crate) tool: String,
    pub(crate) consent: AwaitedConsent,
}

impl Progress {
    pub(crate) fn new(prompt: String) -> Self {
        Self {
            messages: vec![Message::User(prompt)],
            ..Self::default()
        }
    }

    /// The same conversation with what the person says next.
    pub(crate) fn and_then(self, prompt: String) -> Self {
        let mut messages = self.messages;
        messages.push(Message::User(prompt));
        Self {
            messages,
            ..Self::default()
        }
    }

    /// Answers the calls that had left when their process ended: whether they were made, nobody
    /// knows, so that they are not made again.
    pub(crate) fn settle(&mut self) {
        let under_way = std::mem::take(&mut self.under_way);
        self.answer(|call| under_way.contains(&call.id), &interrupted());
        self.members.values_mut().for_each(Self::settle);
    }

    /// Answers calls that wait with an error.
    pub(crate) fn answer(&mut self, which: impl Fn(&ToolCall) -> bool, error: &ToolError) {
        let waiting = std::mem::take(&mut self.waiting);
        for call in waiting {
            if !which(&call) {
                self.waiting.push(call);
                continue;
            }
            self.needs.retain(|need| need.call_id != call.id);
            self.members.remove(&call.id);
            self.messages.push(Message::ToolResult {
                call_id: call.id,
                name: call.name,
                content: error.to_json(),
                is_error: true,
            });
        }
    }

    /// The person has answered for these services: calls that waited for them are answered now,
    /// whatever the person allowed. A member goes on by itself, and may come to wait for more.
    pub(crate) fn answered_by(&mut self, services: &[String]) {
        // The link was that of the first need; another account's is handed out by the next pause.
        if let Some(first) = self.needs.first() {
            let account = first.consent.needed.account.clone();
            self.answered_with(services, account.as_ref());
        }
    }

    fn answered_with(&mut self, services: &[String], account: Option<&AccountLabel>) {
        let answered = |need: &&Need| {
            let needed = &need.consent.needed;
            !self.members.contains_key(&need.call_id)
                && needed.account.as_ref() == account
                && needed.services.iter().all(|it| services.contains(it))
        };
        let needs = self.needs.iter().filter(answered);
        self.answered = needs.map(|need| need.call_id.clone()).collect();
        for member in self.members.values_mut() {
            member.answered_with(services, account);
        }
    }

    /// Adds the model's turn. A turn without calls is the answer, and its text comes back.
    pub(crate) fn add(&mut self, reply: ModelReply) -> Option<String> {
        let ModelReply {
            text,
            calls,
            carried,
            usage,
        } = reply;
        self.turns += 1;
        self.usage += usage;
        self.waiting.clone_from(&calls);
        let answer = calls.is_empty().then(|| text.clone().unwrap_or_default());
        self.messages.push(Message::Assistant {
            text,
            calls,
            carried,
        });
        answer
    }
}

impl PausedRun {
    /// Whose run it is.
    pub fn context(&self) -> &RunContext {
        &self.0.context
    }

    /// The tool calls that wait.
    pub fn waiting(&self) -> &[ToolCall] {
        &self.0.progress.waiting
    }

    /// The services of the consent that it waits for.
    pub fn services(&self) -> &[String] {
        &self.0.services
    }

    /// The conversation so far.
    pub fn messages(&self) -> &[Message] {
        &self.0.progress.messages
    }

    /// The name by which the database has it, for [`Agent::paused_run`](crate::Agent::paused_run):
    /// that of its session, or the run's own. None where it is in memory only.
    pub fn session(&self) -> Option<&str> {
        let stored = self.0.stored.place()?;
        Some(self.0.context.agent().told(stored.key().session()))
    }

    /// Whether it goes on a conversation that the application named.
    pub fn is_of_conversation(&self) -> bool {
        let stored = self.0.stored.place();
        stored.is_some_and(|it| it.kind() == SessionKind::Conversation)
    }

    /// The same with so much time from when it is resumed on, whatever it had left.
    #[must_use]
    pub fn with_time_limit(mut self, limit: Duration) -> Self {
        self.0.time_left = Some(limit);
        self
    }

    pub(crate) fn with_no_limits(mut self) -> Self {
        self.0.time_left = None;
        self.with_cancellation(Cancellation::new())
    }

    /// The same, ended when this is cancelled: a run that came from the database has no cancellation
    /// of its own yet.
    #[must_use]
    pub fn with_cancellation(mut self, cancellation: Cancellation) -> Self {
        self.0.context = self.0.context.with_cancellation(cancellation);
        self
    }
}

fn interrupted() -> ToolError {
    let error = ToolError::unavailable(
        "the program ended while this call was under way, and what became of it is not known: look \
         whether it was done before you repeat it",
    );
    error.with_may_have_happened()
}
