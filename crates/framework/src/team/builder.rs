//! Puts a team together: binds the toolkits of all its agents at once.

use std::time::Duration;

use toolgate_auth::store::Database;
use toolgate_auth::{Environment, GoogleAuth, KeySource};
use toolgate_toolkit::{BoundToolkit, Pipeline, Toolkit, bind};

use super::Team;
use super::member::{Member, Members};
use super::plan::{NewMember, Part, Plan, Planned, PlannedMember, TeamMember, check, of_member};
use crate::agent::{AgentBuilder, one_consent};
use crate::error::Error;
use crate::model::Model;

/// Builds a [`Team`].
#[derive(Debug, Default)]
#[must_use]
pub struct TeamBuilder {
    coordinator: AgentBuilder,
    members: Vec<NewMember>,
}

impl TeamBuilder {
    /// The model that coordinates.
    pub fn model(self, model: impl Model + 'static) -> Self {
        self.coordinated(|it| it.model(model))
    }

    /// One more member: its name, what it is for in a sentence that the coordinator chooses by, and
    /// the agent. The coordinator asks it by the tool `delegate_to_<name>`.
    ///
    /// A builder that was given no database, no `GoogleAuth`, no environment or no pipeline takes the
    /// team's. Toolkits that come to share a `GoogleAuth` and a database share one consent, whoever's
    /// they are.
    pub fn member(
        mut self,
        name: impl Into<String>,
        purpose: impl Into<String>,
        member: impl Into<TeamMember>,
    ) -> Self {
        self.members.push(NewMember {
            name: name.into(),
            purpose: purpose.into(),
            member: member.into(),
        });
        self
    }

    /// The team's own database: consent for the coordinator's toolkits, and for those of members that
    /// have no database, is kept in it.
    pub fn database(self, database: impl Database + 'static) -> Self {
        self.coordinated(|it| it.database(database))
    }

    /// How consent is obtained for all toolkits of the team that were not told themselves: one consent
    /// for those that share a database.
    pub fn google_auth(self, google: GoogleAuth) -> Self {
        self.coordinated(|it| it.google_auth(google))
    }

    /// The variables that stand in for the process's own, for the team and the members that have none.
    pub fn environment(self, environment: Environment) -> Self {
        self.coordinated(|it| it.environment(environment))
    }

    /// One more toolkit of the coordinator's own. Members' tools are theirs alone.
    pub fn toolkit(self, toolkit: impl Toolkit + 'static) -> Self {
        self.coordinated(|it| it.toolkit(toolkit))
    }

    /// One more sentence on who the coordinator is and what it is for.
    pub fn instructions(self, text: impl Into<String>) -> Self {
        self.coordinated(|it| it.instructions(text))
    }

    /// How often the coordinator may speak in one run; 20 by default. Each member has turns of its own
    /// for each task.
    pub fn turn_limit(self, turns: usize) -> Self {
        self.coordinated(|it| it.turn_limit(turns))
    }

    /// What every call runs through, where it is not the plain one: those of the coordinator, those
    /// that ask members, and those of members that were given no pipeline themselves.
    pub fn pipeline(self, pipeline: Pipeline) -> Self {
        self.coordinated(|it| it.pipeline(pipeline))
    }

    /// What the team is called among those that share its database, as for [`AgentBuilder::name`].
    pub fn name(self, name: impl Into<String>) -> Self {
        self.coordinated(|it| it.name(name))
    }

    /// The keys that seal the team's conversations and paused runs, as for
    /// [`AgentBuilder::session_keys`].
    pub fn session_keys(self, keys: KeySource) -> Self {
        self.coordinated(|it| it.session_keys(keys))
    }

    /// How long a run's hold on its session outlives its process, as for
    /// [`AgentBuilder::session_hold`].
    pub fn session_hold(self, hold: Duration) -> Self {
        self.coordinated(|it| it.session_hold(hold))
    }

    fn coordinated(self, change: impl FnOnce(AgentBuilder) -> AgentBuilder) -> Self {
        Self {
            coordinator: change(self.coordinator),
            ..self
        }
    }

    /// Binds the toolkits of all and puts the team together.
    ///
    /// # Errors
    /// As [`AgentBuilder::build`], of the coordinator or of a member; and when there is no member, or
    /// one has a name that is none, is taken, or makes that of another tool, or leads a team itself.
    pub async fn build(self) -> Result<Team, Error> {
        check(&self.members)?;
        let team = self.coordinator.offer();
        let mut plan = Plan::default();
        let coordinator = plan.agent(self.coordinator)?;
        let mut members = Vec::new();
        for member in self.members {
            members.push(plan.member(member, &team)?);
        }
        let bound = bind(plan.toolkits).await?;
        put_together(coordinator, members, bound)
    }
}

/// The toolkits are those of the coordinator, and then of each member in its turn.
fn put_together(
    coordinator: Part,
    planned: Vec<PlannedMember>,
    mut bound: Vec<BoundToolkit>,
) -> Result<Team, Error> {
    let links = one_consent(&bound);
    let mut theirs = bound.split_off(coordinator.toolkits).into_iter();
    let mut members = Vec::new();
    for PlannedMember { name, purpose, how } in planned {
        let agent = match how {
            Planned::Built(agent) => agent,
            Planned::New(part) => part
                .member(&mut theirs, links.is_some())
                .map_err(|error| of_member(&name, error))?,
        };
        members.push(Member::new(name, &purpose, agent));
    }
    let links = links.or_else(|| one_consent(&bound));
    let members = Members::new(members, coordinator.frame.pipeline().clone())?;
    let coordinator = coordinator.frame.finish(bound, links, Some(members))?;
    Ok(Team(coordinator))
}
