//! The one error of this crate.

use std::time::Duration;

use toolgate_auth::SessionId;

use crate::model::{ModelError, ModelErrorKind};

/// An agent that could not be built, or a run that could not go on. What a tool could not do is not
/// here: that goes to the model as data.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct Error(#[from] ErrorKind);

#[derive(Debug, thiserror::Error)]
pub(crate) enum ErrorKind {
    #[error("the agent has no model; give it one with Agent::builder().model(..)")]
    NoModel,
    #[error(
        "the team has no members; give it some with Team::builder().member(..), or build an Agent"
    )]
    NoMembers,
    #[error(
        "`{name}` names no member: a tool is named by it, so it is a lower-case letter and up to 39 more, digits and underscores"
    )]
    MemberName { name: String },
    #[error(
        "`{name}` names no agent: a name is a lower-case letter and up to 39 more, digits and underscores"
    )]
    AgentName { name: String },
    #[error(
        "what is kept in {one} and in {other} is asked for by links under one public URL, and its pages serve those of one alone; share one database, or give one a GoogleAuth of its own with another public URL"
    )]
    LinksApart { one: String, other: String },
    #[error(
        "the member {name} leads a team itself, and no team is a member of another; make its members this team's"
    )]
    MemberLeads { name: String },
    #[error("two members are named {name}; name one of them otherwise")]
    MemberTwice { name: String },
    #[error("nothing says what the member {name} is for; the coordinator chooses by it")]
    MemberPurpose { name: String },
    #[error("the coordinator has a tool named {tool} of its own; name the member otherwise")]
    MemberTool { tool: &'static str },
    #[error("the member {name} cannot be built")]
    Member { name: String, source: Box<Error> },
    #[error(transparent)]
    Auth(#[from] toolgate_auth::Error),
    #[error(transparent)]
    Toolkit(#[from] toolgate_toolkit::Error),
    #[error(transparent)]
    Model(#[from] ModelError),
    #[error(
        "the model made {limit} turns without an answer; raise the limit with turn_limit, or look at its tool calls"
    )]
    TurnLimit { limit: usize },
    #[error(
        "the agent's database keeps no sessions; give the agent one that does, or run without a session"
    )]
    NoSessions,
    #[error(
        "a run of the session {0} is under way; wait for its end, or run in a session of its own"
    )]
    SessionBusy(SessionId),
    #[error(
        "a run of the session {0} waits; take it by paused_run, and resume it or give it up before another begins"
    )]
    SessionWaits(SessionId),
    #[error(
        "the session {0} holds more than 8 MiB, and one may hold no more; go on in another one, and remove this one by forget_session where nobody needs it"
    )]
    SessionFull(SessionId),
    #[error(
        "{0} is another agent's; go on with it by that agent, or take another name for the session"
    )]
    OtherAgent(String),
    #[error(
        "a session of the agent {agent} has a name of at most {limit} bytes; take a shorter one"
    )]
    LongSession { agent: String, limit: usize },
    #[error("another process goes on with the run {0}; its outcome is there")]
    Taken(SessionId),
    #[error(
        "the session {0} was stored by a later version of this program; use that version, nothing was changed"
    )]
    LaterDocument(SessionId),
    #[error(
        "what is stored of the session {session} cannot be read at column {column}; nothing was changed"
    )]
    Document { session: SessionId, column: usize },
    #[error("the run was cancelled")]
    Cancelled,
    #[error("the run's time is over")]
    OutOfTime,
}

impl Error {
    /// The set-up is wrong: mend it and build again.
    pub fn is_configuration(&self) -> bool {
        match &self.0 {
            ErrorKind::NoModel
            | ErrorKind::NoSessions
            | ErrorKind::Toolkit(_)
            | ErrorKind::NoMembers
            | ErrorKind::LinksApart { .. }
            | ErrorKind::AgentName { .. }
            | ErrorKind::MemberName { .. }
            | ErrorKind::MemberTwice { .. }
            | ErrorKind::MemberPurpose { .. }
            | ErrorKind::MemberTool { .. }
            | ErrorKind::MemberLeads { .. } => true,
            ErrorKind::Member { source, .. } => source.is_configuration(),
            ErrorKind::Auth(error) => error.is_configuration() || error.is_key_unavailable(),
            ErrorKind::Model(error) => error.kind() == ModelErrorKind::Unauthorized,
            _ => false,
        }
    }

    /// The same may work later.
    pub fn is_transient(&self) -> bool {
        match &self.0 {
            ErrorKind::Auth(error) => error.is_transient(),
            ErrorKind::Member { source, .. } => source.is_transient(),
            ErrorKind::Model(error) => error.is_transient(),
            _ => false,
        }
    }

    /// After which time another try makes sense, where that is known.
    pub fn retry_after(&self) -> Option<Duration> {
        match &self.0 {
            ErrorKind::Auth(error) => error.retry_after(),
            ErrorKind::Model(error) => error.retry_after(),
            _ => None,
        }
    }

    /// Another run stands in the way: it is under way in the same session, or it waits there, or
    /// another process has taken this very run. Nothing was changed; the text says what to do.
    pub fn is_conflict(&self) -> bool {
        matches!(
            self.0,
            ErrorKind::SessionBusy(_) | ErrorKind::SessionWaits(_) | ErrorKind::Taken(_)
        )
    }

    /// Another process goes on with the run that was to be resumed here.
    pub fn is_taken(&self) -> bool {
        matches!(self.0, ErrorKind::Taken(_))
    }

    /// The session holds as much as one may; the model was not asked. What was said and done stays:
    /// go on in another session.
    pub fn is_session_full(&self) -> bool {
        matches!(self.0, ErrorKind::SessionFull(_))
    }

    /// The run or the session is that of an agent of another
    /// [`name`](crate::AgentBuilder::name). Nothing was changed.
    pub fn is_of_another_agent(&self) -> bool {
        matches!(self.0, ErrorKind::OtherAgent(_))
    }

    /// A run of the session waits: take it by [`Agent::paused_run`](crate::Agent::paused_run).
    pub fn is_paused_run_waiting(&self) -> bool {
        matches!(self.0, ErrorKind::SessionWaits(_))
    }

    /// What kept the model from answering, where it was the model.
    pub fn model_error(&self) -> Option<ModelErrorKind> {
        match &self.0 {
            ErrorKind::Model(error) => Some(error.kind()),
            _ => None,
        }
    }

    /// The run was cancelled, or its time is over.
    pub fn is_cancelled(&self) -> bool {
        matches!(self.0, ErrorKind::Cancelled | ErrorKind::OutOfTime)
    }

    /// The model did not come to an answer in the turns it had.
    pub fn is_turn_limit(&self) -> bool {
        matches!(self.0, ErrorKind::TurnLimit { .. })
    }
}

impl From<toolgate_auth::Error> for Error {
    fn from(error: toolgate_auth::Error) -> Self {
        ErrorKind::Auth(error).into()
    }
}

impl From<toolgate_toolkit::Error> for Error {
    fn from(error: toolgate_toolkit::Error) -> Self {
        ErrorKind::Toolkit(error).into()
    }
}
