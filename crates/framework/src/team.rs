//! The team: an agent that leads others, one tool for each.

mod builder;
mod ending;
mod member;
mod plan;

use std::fmt;
use std::time::Duration;

use toolgate_auth::BoundGoogleAuth;
use toolgate_toolkit::BindingReport;

pub use self::builder::TeamBuilder;
pub(crate) use self::member::Members;
pub use self::plan::TeamMember;
use crate::agent::{Agent, RunStream};
use crate::context::RunContext;
use crate::error::Error;
use crate::model::ToolDescription;
use crate::outcome::{PausedRun, RunOutcome};

/// A coordinator with members, for any number of people at once. The coordinator is a model that
/// asks the members by tools, `delegate_to_<name>`; each member is an agent of its own, sees the task
/// alone, and works for the person whose run it is. Members that are asked in one turn work at once.
///
/// A member that fails is told to the coordinator as data. A member that needs the person's consent
/// pauses the team's run, and [`resume`](Self::resume) goes on with that member where it stopped; what
/// others answered meanwhile stays.
///
/// A team is no member of another team: whoever gives a coordinator as a member gets an error when the
/// team is built.
///
/// ```
/// use serde_json::json;
/// use toolgate_framework::{Agent, ModelReply, RunContext, ScriptedModel, Team};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), toolgate_framework::Error> {
/// let greeter = ScriptedModel::new("greeter", |it| ModelReply::text(it.prompt().to_uppercase()));
/// let lead = ScriptedModel::new("lead", |it| match it.last_result() {
///     None => ModelReply::call("delegate_to_greeter", json!({"task": "good morning"})),
///     Some(result) => ModelReply::text(result["answer"].as_str().unwrap_or_default()),
/// });
/// let team = Team::builder()
///     .model(lead)
///     .member("greeter", "Greets people, loudly.", Agent::builder().model(greeter))
///     .build()
///     .await?;
/// let outcome = team.run(RunContext::for_user("alice")?, "Greet me").await?;
/// assert_eq!(outcome.answer(), Some("GOOD MORNING"));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Team(Agent);

/// Where one toolkit of a team keeps its consent. `Display` says it in a sentence.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct TeamBinding<'a> {
    /// The member whose toolkit it is; the coordinator's own where there is none.
    pub member: Option<&'a str>,
    /// Which store it got, and why.
    pub report: &'a BindingReport,
}

impl Team {
    /// Begins a team.
    pub fn builder() -> TeamBuilder {
        TeamBuilder::default()
    }

    /// For each toolkit whose it is, which store it got, and why: the coordinator's first.
    pub fn bindings(&self) -> Vec<TeamBinding<'_>> {
        let of = |member| move |report| TeamBinding { member, report };
        let own = self.0.bindings().into_iter().map(of(None));
        let members = self.agents();
        let theirs = members.flat_map(|(name, agent)| {
            let reports = agent.bindings().into_iter();
            reports.map(of(Some(name)))
        });
        own.chain(theirs).collect()
    }

    /// The bound `GoogleAuth` that gives sign-in links, for `toolgate_signin::router`: the one that the
    /// team shares, or that of the first member that has one. Members with a database of their own
    /// have theirs: `team.member("mail")` gives the agent.
    pub fn google_auth(&self) -> Option<&BoundGoogleAuth> {
        let of_members = || self.agents().find_map(|(_, agent)| agent.google_auth());
        self.0.google_auth().or_else(of_members)
    }

    /// The members' names, in the order in which they were added.
    pub fn members(&self) -> impl Iterator<Item = &str> {
        self.agents().map(|(name, _)| name)
    }

    /// A member, as the agent that it is.
    pub fn member(&self, name: &str) -> Option<&Agent> {
        let mut agents = self.agents();
        agents.find(|(it, _)| *it == name).map(|(_, agent)| agent)
    }

    /// The coordinator's tools as its model sees them, those that ask members included.
    pub fn tools(&self) -> &[ToolDescription] {
        self.0.tools()
    }

    /// Runs for one person, until the coordinator answers or consent is needed. Members run under the
    /// same context: for the same person, and no longer than the team.
    ///
    /// # Errors
    /// As [`Agent::run`], of the coordinator.
    pub async fn run(
        &self,
        context: RunContext,
        prompt: impl Into<String> + Send,
    ) -> Result<RunOutcome, Error> {
        self.0.run(context, prompt).await
    }

    /// Goes on with a paused run of this team: with the members that waited where they stopped, with
    /// the calls that waited, once, and with no other.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub async fn resume(&self, paused: PausedRun) -> Result<RunOutcome, Error> {
        self.0.resume(paused).await
    }

    /// The same as [`run`](Self::run), told as it goes; what members do is a
    /// [`RunEvent::Member`](crate::RunEvent::Member).
    pub fn run_stream(&self, context: RunContext, prompt: impl Into<String>) -> RunStream {
        self.0.run_stream(context, prompt)
    }

    /// The same as [`resume`](Self::resume), told as it goes.
    pub fn resume_stream(&self, paused: PausedRun) -> RunStream {
        self.0.resume_stream(paused)
    }

    /// Goes on with a paused run by itself once its person has signed in, in whichever process; see
    /// [`Agent::resume_when_connected`].
    ///
    /// # Errors
    /// As [`Agent::resume_when_connected`].
    pub async fn resume_when_connected(
        &self,
        paused: PausedRun,
        limit: Duration,
    ) -> Result<RunOutcome, Error> {
        self.0.resume_when_connected(paused, limit).await
    }

    /// The coordinator, as the agent that it is: what it keeps in the team's database (paused runs,
    /// conversations) is asked of it. Members' runs are part of its own and kept with it.
    pub fn coordinator(&self) -> &Agent {
        &self.0
    }

    fn agents(&self) -> impl Iterator<Item = (&str, &Agent)> {
        let members = self.0.members().into_iter();
        members.flat_map(Members::agents)
    }
}

impl fmt::Display for TeamBinding<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whose = self.member.unwrap_or("the coordinator");
        write!(f, "{whose}: {}", self.report)
    }
}
