//! The agent: a model, toolkits bound to a database, and runs for many people at once.

mod builder;
mod calls;
mod connect;
mod run;
mod sources;
mod stream;

use std::sync::Arc;

use toolgate_auth::BoundGoogleAuth;
use toolgate_toolkit::{BindingReport, Registry, Risk};

pub use self::builder::AgentBuilder;
pub(crate) use self::builder::{Frame, link_giver};
pub(crate) use self::run::Step;
pub(crate) use self::stream::Events;
pub use self::stream::RunStream;
use crate::context::RunContext;
use crate::error::Error;
use crate::model::{Model, ToolDescription};
use crate::outcome::{Paused, PausedRun, Progress, RunOutcome};
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

    /// The worst that a tool of this name can do, where there is one.
    pub(crate) fn risk(&self, tool: &str) -> Option<Risk> {
        let mut specs = self.registry.specs();
        specs.find(|spec| spec.name == tool).map(|spec| spec.risk)
    }

    /// The tools as a model sees them.
    pub fn tools(&self) -> &[ToolDescription] {
        &self.tools
    }

    /// Runs for one person, until the model answers or consent is needed.
    ///
    /// # Errors
    /// When the model cannot be asked, comes to no answer in its turns, or the run is cancelled or
    /// out of time. What a tool could not do goes to the model as data.
    pub async fn run(
        &self,
        context: RunContext,
        prompt: impl Into<String> + Send,
    ) -> Result<RunOutcome, Error> {
        let progress = Progress::new(prompt.into());
        self.drive(context, progress, &Events::unwanted()).await
    }

    /// Goes on with a paused run: repeats the calls that waited, once, and no other. The run's time
    /// counts on from where it paused.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub async fn resume(&self, paused: PausedRun) -> Result<RunOutcome, Error> {
        let (context, progress) = go_on(paused);
        self.drive(context, progress, &Events::unwanted()).await
    }

    /// The same as [`run`](Self::run), told as it goes: text, tools, and how it ended.
    pub fn run_stream(&self, context: RunContext, prompt: impl Into<String>) -> RunStream {
        RunStream::new(self.clone(), context, Progress::new(prompt.into()))
    }

    /// The same as [`resume`](Self::resume), told as it goes.
    pub fn resume_stream(&self, paused: PausedRun) -> RunStream {
        let (context, progress) = go_on(paused);
        RunStream::new(self.clone(), context, progress)
    }
}

fn go_on(paused: PausedRun) -> (RunContext, Progress) {
    let Paused {
        context,
        time_left,
        progress,
    } = *paused.0;
    let context = match time_left {
        Some(left) => context.with_time_limit(left),
        None => context,
    };
    (context, progress)
}
