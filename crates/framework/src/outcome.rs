//! How a run ends, or pauses.

use std::fmt;
use std::time::Duration;

use toolgate_auth::sign_in::SignInLink;

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
}

impl RunOutcome {
    /// The answer, where the run is complete.
    pub fn answer(&self) -> Option<&str> {
        match self {
            Self::Completed(answer) => Some(&answer.text),
            Self::ConsentRequired { .. } => None,
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
        }
    }
}

/// What a complete run gives.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The model's answer.
    pub text: String,
    /// The whole conversation, tool calls included.
    pub messages: Vec<Message>,
    /// What the model used in all its turns; those of a team's members included.
    pub usage: Usage,
}

/// A run that waits for consent. It holds the conversation and no token. Its time stands still: when
/// it is resumed it has as much left as it had when it paused.
#[derive(Debug)]
pub struct PausedRun(pub(crate) Box<Paused>);

#[derive(Debug)]
pub(crate) struct Paused {
    pub(crate) context: RunContext,
    /// What was left of the run's time when it paused.
    pub(crate) time_left: Option<Duration>,
    pub(crate) progress: Progress,
}

/// How far a run is.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    pub(crate) messages: Vec<Message>,
    /// The calls that wait; each is repeated once when a paused run is resumed.
    pub(crate) waiting: Vec<ToolCall>,
    /// How far the members are whom the waiting calls asked, in the calls' order.
    pub(crate) begun: Vec<Option<Progress>>,
    pub(crate) turns: usize,
    pub(crate) usage: Usage,
}

impl Progress {
    pub(crate) fn new(prompt: String) -> Self {
        Self {
            messages: vec![Message::User(prompt)],
            ..Self::default()
        }
    }

    /// The calls that wait, each with how far the member is whom it asked, if it asked one.
    pub(crate) fn take_waiting(&mut self) -> Vec<(ToolCall, Option<Self>)> {
        let begun = std::mem::take(&mut self.begun).into_iter();
        let begun = begun.chain(std::iter::repeat_with(|| None));
        std::mem::take(&mut self.waiting)
            .into_iter()
            .zip(begun)
            .collect()
    }

    /// One more call waits.
    pub(crate) fn wait(&mut self, call: ToolCall, begun: Option<Self>) {
        self.waiting.push(call);
        self.begun.push(begun);
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
}
