//! The agent: a model, toolkits bound to a database, and runs for many people at once.

mod accounts;
mod builder;
mod calls;
mod connect;
mod keeper;
mod names;
mod run;
mod sessions;
mod sources;
mod stream;
mod waiting;

use std::sync::Arc;

use toolgate_auth::{BoundGoogleAuth, Sessions};
use toolgate_toolkit::{BindingReport, BoundToolkit, Registry, Risk};

pub use self::builder::AgentBuilder;
pub(crate) use self::builder::{Frame, one_consent};
pub(crate) use self::names::{AgentName, is_name};
pub(crate) use self::run::End;
pub(crate) use self::stream::Events;
pub use self::stream::RunStream;
use crate::context::RunContext;
use crate::error::Error;
use crate::model::{Model, ToolCall, ToolDescription};
use crate::outcome::{PausedRun, RunOutcome};
use crate::team::Members;

/// A model with tools, for any number of people at once. It holds no person: whose run it is stands
/// in the [`RunContext`]. Cloning is cheap, and clones are the same agent.
///
/// ```
/// use toolgate_framework::{Agent, ModelReply, RunContext, ScriptedModel};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), toolgate_framework::Error> {
/// let agent = Agent::builder()
///     .model(ScriptedModel::new("polite", |_| ModelReply::text("Good morning.")))
///     .build()
///     .await?;
/// let outcome = agent.run(RunContext::for_user("alice")?, "Hello").await?;
/// assert_eq!(outcome.answer(), Some("Good morning."));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Agent {
    model: Arc<dyn Model>,
    registry: Registry,
    instructions: Arc<str>,
    tools: Arc<[ToolDescription]>,
    turn_limit: usize,
    /// Those that it leads, where it leads a team.
    members: Option<Arc<Members>>,
    /// Where conversations and runs that wait are kept.
    sessions: Option<Sessions>,
    /// Which of what is kept there is its own.
    name: AgentName,
}

impl Agent {
    /// Begins an agent.
    pub fn builder() -> AgentBuilder {
        AgentBuilder::default()
    }

    /// Which store each toolkit got, and why.
    pub fn bindings(&self) -> Vec<&BindingReport> {
        self.registry
            .reports()
            .filter(|report| report.toolkit != connect::TOOLKIT)
            .collect()
    }

    /// The bound `GoogleAuth` that gives sign-in links, for `toolgate_signin::router`.
    pub fn google_auth(&self) -> Option<&BoundGoogleAuth> {
        self.registry
            .toolkits()
            .iter()
            .filter_map(|toolkit| toolkit.auth())
            .find(|auth| auth.sign_in().is_some())
    }

    pub(crate) fn members(&self) -> Option<&Members> {
        self.members.as_deref()
    }

    /// The member whom a call asks, where it asks one.
    fn asked_by(&self, call: &ToolCall) -> Option<&Agent> {
        self.members()?.agent_of(&call.name)
    }

    /// Whether a tool, or one of a member's, does more than look.
    fn does_more_than_look(&self) -> bool {
        self.registry.specs().any(|spec| !spec.risk.is_read_only())
    }

    /// The worst that a tool of this name can do, where there is one.
    pub(crate) fn risk(&self, tool: &str) -> Option<Risk> {
        let mut specs = self.registry.specs();
        specs.find(|spec| spec.name == tool).map(|spec| spec.risk)
    }

    /// The tools as a model sees them.
    pub fn tools(&self) -> &[ToolDescription] {
        &self.tools
    }

    /// Runs for one person, until the model answers or consent is needed. A run that pauses is kept
    /// in the agent's database, where that keeps sessions.
    ///
    /// In a session ([`RunContext::with_session`]) the conversation so far comes first. One run at a
    /// time goes on there; before a call that may leave is made, the database says that it is under
    /// way, so that whoever goes on after a crash repeats none.
    ///
    /// A person who is deleted ([`BoundGoogleAuth::delete_user`]) while a run of theirs is under way
    /// leaves what that run stores when it pauses: nothing says any more that they were there. Cancel a
    /// person's runs first; upkeep removes what paused without a session when it has waited for too
    /// long, and `delete_user` once more removes it at once.
    ///
    /// # Errors
    /// When the model cannot be asked, comes to no answer in its turns, or the run is cancelled or
    /// out of time. What a tool could not do goes to the model as data. In a session,
    /// [`is_conflict`](Error::is_conflict) where another run is under way or waits there, and
    /// [`is_session_full`](Error::is_session_full) before the model is asked with more than 8 MiB. What was
    /// said and done in a session before an error is kept: the run can be taken up again by
    /// [`paused_run`](Self::paused_run), or the next one begun.
    pub async fn run(
        &self,
        context: RunContext,
        prompt: impl Into<String> + Send,
    ) -> Result<RunOutcome, Error> {
        let start = Box::pin(self.begin(context, prompt.into())).await?;
        Box::pin(self.drive(start, &Events::unwanted())).await
    }

    /// Goes on with a paused run: repeats the calls that waited, once, and no other. The run's time
    /// counts on from where it paused. Calls that may have been made when the run's process ended are
    /// not: the model is told to look.
    ///
    /// # Errors
    /// As [`run`](Self::run); and [`is_taken`](Error::is_taken) when another process goes on with it.
    pub async fn resume(&self, paused: PausedRun) -> Result<RunOutcome, Error> {
        self.go_on(paused, &Events::unwanted()).await
    }

    /// The same as [`run`](Self::run), told as it goes: text, tools, and how it ended.
    pub fn run_stream(&self, context: RunContext, prompt: impl Into<String>) -> RunStream {
        let (this, prompt) = (self.clone(), prompt.into());
        RunStream::new(|events| async move {
            let start = Box::pin(this.begin(context, prompt)).await?;
            this.drive(start, &events).await
        })
    }

    /// The same as [`resume`](Self::resume), told as it goes.
    pub fn resume_stream(&self, paused: PausedRun) -> RunStream {
        let this = self.clone();
        RunStream::new(|events| async move { this.go_on(paused, &events).await })
    }

    async fn go_on(&self, paused: PausedRun, events: &Events) -> Result<RunOutcome, Error> {
        // Large, and otherwise part of every future that runs an agent.
        let start = Box::pin(self.take_up(paused)).await?;
        Box::pin(self.drive(start, events)).await
    }
}
