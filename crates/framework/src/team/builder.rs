//! Puts a team together: binds the toolkits of all its agents at once.

use std::collections::BTreeSet;

use toolgate_auth::store::Database;
use toolgate_auth::{Environment, GoogleAuth};
use toolgate_toolkit::{BoundToolkit, Pipeline, Toolkit, Unbound, bind};

use super::Team;
use super::member::{Member, Members};
use crate::agent::{Agent, AgentBuilder, Frame, link_giver};
use crate::error::{Error, ErrorKind};
use crate::model::Model;

/// How long a member's name may be, so that a tool's name that is made of it suits every provider.
const LONGEST_NAME: usize = 40;

/// Builds a [`Team`].
#[derive(Debug, Default)]
#[must_use]
pub struct TeamBuilder {
    coordinator: AgentBuilder,
    members: Vec<NewMember>,
}

/// What a member is made of: an [`AgentBuilder`], which takes from the team what it was not given
/// itself, or an [`Agent`] that is built already and keeps what it has.
#[derive(Debug)]
pub struct TeamMember(Source);

#[derive(Debug)]
enum Source {
    Builder(Box<AgentBuilder>),
    Agent(Agent),
}

impl From<AgentBuilder> for TeamMember {
    fn from(builder: AgentBuilder) -> Self {
        Self(Source::Builder(Box::new(builder)))
    }
}

impl From<Agent> for TeamMember {
    fn from(agent: Agent) -> Self {
        Self(Source::Agent(agent))
    }
}

#[derive(Debug)]
struct NewMember {
    name: String,
    purpose: String,
    member: TeamMember,
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
    /// one has a name that is none, is taken, or makes that of another tool.
    pub async fn build(self) -> Result<Team, Error> {
        check(&self.members)?;
        let team = self.coordinator.offer();
        let mut plan = Plan::default();
        let coordinator = plan.agent(self.coordinator)?;
        let mut planned = Vec::new();
        for NewMember {
            name,
            purpose,
            member,
        } in self.members
        {
            let member = plan.member(member, &team, (&name, &purpose));
            let member = member.map_err(|error| of_member(&name, error))?;
            planned.push((name, purpose, member));
        }
        let mut bound = bind(plan.toolkits).await?;
        let links = link_giver(&bound);
        let mut theirs = bound.split_off(coordinator.toolkits).into_iter();
        let mut members = Vec::new();
        for (name, purpose, member) in planned {
            let agent = match member {
                Planned::Built(agent) => Ok(agent),
                Planned::New(part) => part.member(&mut theirs, links.is_some()),
            };
            let agent = agent.map_err(|error| of_member(&name, error))?;
            members.push(Member::new(name, &purpose, agent));
        }
        let links = links.or_else(|| link_giver(&bound));
        let members = Members::new(members, coordinator.frame.pipeline().clone())?;
        let coordinator = coordinator.frame.finish(bound, links, Some(members))?;
        Ok(Team(coordinator))
    }
}

/// What is planned so far.
#[derive(Default)]
struct Plan {
    toolkits: Vec<Unbound>,
    /// The consent that the team's environment stands for.
    environments: Option<GoogleAuth>,
}

/// An agent whose toolkits are among those that are bound together.
struct Part {
    frame: Frame,
    toolkits: usize,
    is_in_teams_database: bool,
}

enum Planned {
    Built(Agent),
    New(Part),
}

impl Plan {
    fn agent(&mut self, builder: AgentBuilder) -> Result<Part, Error> {
        let planned = builder.plan(&mut self.environments)?;
        Ok(self.part(planned))
    }

    fn member(
        &mut self,
        member: TeamMember,
        team: &AgentBuilder,
        (name, purpose): (&str, &str),
    ) -> Result<Planned, Error> {
        let builder = match member.0 {
            Source::Agent(agent) => return Ok(Planned::Built(agent)),
            Source::Builder(builder) => builder.instructions(introduction(name, purpose)),
        };
        let is_in_teams_database = !builder.has_database();
        // What its own environment stands for is no part of the team's consent.
        let mut own = None;
        let environments = if builder.has_environment() {
            &mut own
        } else {
            &mut self.environments
        };
        let planned = builder.in_team(team).plan(environments)?;
        Ok(Planned::New(Part {
            is_in_teams_database,
            ..self.part(planned)
        }))
    }

    fn part(&mut self, (frame, toolkits): (Frame, Vec<Unbound>)) -> Part {
        let count = toolkits.len();
        self.toolkits.extend(toolkits);
        Part {
            frame,
            toolkits: count,
            is_in_teams_database: false,
        }
    }
}

impl Part {
    /// The member with its toolkits, which are the next ones. It gives links itself only where the
    /// coordinator does not.
    fn member(
        self,
        bound: &mut impl Iterator<Item = BoundToolkit>,
        coordinator_gives_links: bool,
    ) -> Result<Agent, Error> {
        let own = bound.take(self.toolkits);
        let own: Vec<BoundToolkit> = if self.is_in_teams_database {
            own.map(BoundToolkit::of_team).collect()
        } else {
            own.collect()
        };
        let links = link_giver(&own).filter(|_| !coordinator_gives_links);
        self.frame.finish(own, links, None)
    }
}

fn introduction(name: &str, purpose: &str) -> String {
    format!(
        "You are {name}, a member of a team: {purpose} The team's coordinator gives you a task and \
         sees your answer and nothing else of what you do, so put all into it that the task asks for."
    )
}

fn of_member(name: &str, error: Error) -> Error {
    let (name, source) = (name.to_owned(), Box::new(error));
    ErrorKind::Member { name, source }.into()
}

fn check(members: &[NewMember]) -> Result<(), Error> {
    if members.is_empty() {
        return Err(ErrorKind::NoMembers.into());
    }
    let mut names = BTreeSet::new();
    for member in members {
        let name = member.name.clone();
        if !is_name(&name) {
            return Err(ErrorKind::MemberName { name }.into());
        }
        if !names.insert(&member.name) {
            return Err(ErrorKind::MemberTwice { name }.into());
        }
        if member.purpose.trim().is_empty() {
            return Err(ErrorKind::MemberPurpose { name }.into());
        }
    }
    Ok(())
}

fn is_name(name: &str) -> bool {
    let fits = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '_';
    name.starts_with(|it: char| it.is_ascii_lowercase())
        && name.chars().all(fits)
        && name.len() <= LONGEST_NAME
}
