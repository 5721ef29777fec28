//! What a run tells of itself as it goes.

use serde_json::Value;
use toolgate_auth::sign_in::SignInLink;

use crate::model::ToolCall;
use crate::outcome::{Answer, NotConnectedReason, PausedRun, RunOutcome};

/// A step of a run. The last one is `ConsentRequired`, `NotConnected` or `Completed`, and no other is one of these.
///
/// None holds a token: tools give their results without, and a link is a page of the application's
/// own.
#[derive(Debug)]
#[non_exhaustive]
pub enum RunEvent {
    /// The model says this; it goes on where the last such event of the turn ended.
    Text(String),
    /// A tool is called. A call that waits for consent has no end; it starts again when the run is
    /// resumed.
    ToolStart {
        /// The model's call.
        call: ToolCall,
    },
    /// A tool answered. Calls of one turn run at once, and end as they are done.
    ToolEnd {
        /// The call that this answers.
        call_id: String,
        /// The tool.
        name: String,
        /// Its result, or its error as data.
        content: Value,
        /// Whether it is an error.
        is_error: bool,
    },
    /// A member of a team does this.
    Member {
        /// The member.
        member: String,
        /// The coordinator's call that asked it.
        call_id: String,
        /// What it does: a text, or a tool that starts or ends.
        event: Box<RunEvent>,
    },
    /// A tool needs the person's consent. Hand them the link; when they have signed in, give `run`
    /// to [`Agent::resume_stream`](crate::Agent::resume_stream).
    ConsentRequired {
        /// The link: a page of the application's own.
        link: SignInLink,
        /// The services it is for.
        services: Vec<String>,
        /// The run, to be resumed.
        run: PausedRun,
    },
    /// The wait for the person is over, and the run waits as before. See
    /// [`RunOutcome::NotConnected`].
    NotConnected {
        /// The services that it waits for.
        services: Vec<String>,
        /// The run, to be resumed.
        run: PausedRun,
        /// Why.
        reason: NotConnectedReason,
    },
    /// The model gave its answer.
    Completed(Answer),
}

impl From<RunOutcome> for RunEvent {
    fn from(outcome: RunOutcome) -> Self {
        match outcome {
            RunOutcome::Completed(answer) => Self::Completed(answer),
            RunOutcome::NotConnected {
                services,
                run,
                reason,
            } => Self::NotConnected {
                services,
                run,
                reason,
            },
            RunOutcome::ConsentRequired {
                link,
                services,
                run,
            } => Self::ConsentRequired {
                link,
                services,
                run,
            },
        }
    }
}
