//! What a team is planned of, before its toolkits are bound: its members, and whose toolkits are whose.

use std::collections::BTreeSet;

use toolgate_auth::GoogleAuth;
use toolgate_toolkit::{BoundToolkit, Unbound};

use crate::agent::{Agent, AgentBuilder, Frame, is_name, one_consent};
use crate::error::{Error, ErrorKind};

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
pub(super) struct NewMember {
    pub(super) name: String,
    pub(super) purpose: String,
    pub(super) member: TeamMember,
}

/// What is planned so far.
#[derive(Default)]
pub(super) struct Plan {
    pub(super) toolkits: Vec<Unbound>,
    /// The consent that the team's environment stands for.
    environments: Option<GoogleAuth>,
}

/// An agent whose toolkits are among those that are bound together.
pub(super) struct Part {
    pub(super) frame: Frame,
    /// How many.
    pub(super) toolkits: usize,
    is_in_teams_database: bool,
}

pub(super) struct PlannedMember {
    pub(super) name: String,
    pub(super) purpose: String,
    pub(super) how: Planned,
}

pub(super) enum Planned {
    Built(Agent),
    New(Part),
}

impl Plan {
    pub(super) fn agent(&mut self, builder: AgentBuilder) -> Result<Part, Error> {
        let planned = builder.plan(&mut self.environments)?;
        Ok(self.part(planned))
    }

    pub(super) fn member(
        &mut self,
        member: NewMember,
        team: &AgentBuilder,
    ) -> Result<PlannedMember, Error> {
        let NewMember {
            name,
            purpose,
            member,
        } = member;
        let how = match member.0 {
            Source::Agent(agent) if agent.members().is_some() => {
                return Err(ErrorKind::MemberLeads { name }.into());
            }
            Source::Agent(agent) => Planned::Built(agent),
            Source::Builder(builder) => {
                let builder = builder.instructions(introduction(&name, &purpose));
                let part = self.new_member(builder, team);
                Planned::New(part.map_err(|error| of_member(&name, error))?)
            }
        };
        Ok(PlannedMember { name, purpose, how })
    }

    fn new_member(&mut self, builder: AgentBuilder, team: &AgentBuilder) -> Result<Part, Error> {
        let is_in_teams_database = !builder.has_database();
        // What its own environment stands for is no part of the team's consent.
        let mut own = None;
        let environments = if builder.has_environment() {
            &mut own
        } else {
            &mut self.environments
        };
        let planned = builder.in_team(team).plan(environments)?;
        Ok(Part {
            is_in_teams_database,
            ..self.part(planned)
        })
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
    pub(super) fn member(
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
        let links = one_consent(&own).filter(|_| !coordinator_gives_links);
        self.frame.finish(own, links, None)
    }
}

fn introduction(name: &str, purpose: &str) -> String {
    format!(
        "You are {name}, a member of a team: {purpose} The team's coordinator gives you a task and \
         sees your answer and nothing else of what you do, so put all into it that the task asks for."
    )
}

pub(super) fn of_member(name: &str, error: Error) -> Error {
    let (name, source) = (name.to_owned(), Box::new(error));
    ErrorKind::Member { name, source }.into()
}

pub(super) fn check(members: &[NewMember]) -> Result<(), Error> {
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
