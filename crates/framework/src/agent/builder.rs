//! Puts an agent together and binds its toolkits.

use std::sync::Arc;
use std::time::Duration;

use toolgate_auth::store::Database;
use toolgate_auth::{BoundGoogleAuth, Environment, GoogleAuth, KeySource, Sessions};
use toolgate_toolkit::{
    BoundToolkit, ConsentSource, Pipeline, Registry, ToolSpec, Toolkit, Unbound, bind,
};

use super::Agent;
use super::connect::Connect;
use super::names::{AgentName, is_name};
use super::sources::Sources;
use crate::error::{Error, ErrorKind};
use crate::model::{Model, ToolDescription};
use crate::team::Members;

/// Builds an [`Agent`].
#[derive(Debug)]
#[must_use]
pub struct AgentBuilder {
    model: Option<Arc<dyn Model>>,
    database: Option<Arc<dyn Database>>,
    google: Option<GoogleAuth>,
    environment: Option<Environment>,
    toolkits: Vec<Arc<dyn Toolkit>>,
    instructions: Vec<String>,
    pipeline: Option<Pipeline>,
    turn_limit: usize,
    session_keys: Option<KeySource>,
    session_hold: Option<Duration>,
    name: Option<String>,
}

impl Default for AgentBuilder {
    fn default() -> Self {
        Self {
            model: None,
            database: None,
            google: None,
            environment: None,
            toolkits: Vec::new(),
            instructions: Vec::new(),
            pipeline: None,
            turn_limit: 20,
            session_keys: None,
            session_hold: None,
            name: None,
        }
    }
}

impl AgentBuilder {
    /// The model that runs the agent.
    pub fn model(self, model: impl Model + 'static) -> Self {
        Self {
            model: Some(Arc::new(model)),
            ..self
        }
    }

    /// The agent's own database: toolkits that were given no store of their own keep consent in it.
    pub fn database(self, database: impl Database + 'static) -> Self {
        Self {
            database: Some(Arc::new(database)),
            ..self
        }
    }

    /// How consent is obtained for toolkits that were not told themselves: one consent for all.
    pub fn google_auth(self, google: GoogleAuth) -> Self {
        Self {
            google: Some(google),
            ..self
        }
    }

    /// The variables that stand in for the process's own, for tests and for programs that have
    /// their configuration from elsewhere. They are looked at where a toolkit was given no
    /// `GoogleAuth`.
    pub fn environment(self, environment: Environment) -> Self {
        Self {
            environment: Some(environment),
            ..self
        }
    }

    /// One more toolkit.
    pub fn toolkit(mut self, toolkit: impl Toolkit + 'static) -> Self {
        self.toolkits.push(Arc::new(toolkit));
        self
    }

    /// One more sentence on who the agent is and what it is for.
    pub fn instructions(mut self, text: impl Into<String>) -> Self {
        self.instructions.push(text.into());
        self
    }

    /// How often the model may speak in one run; 20 by default.
    pub fn turn_limit(self, turns: usize) -> Self {
        Self {
            turn_limit: turns,
            ..self
        }
    }

    /// What the agent is called among those that share its database: a lower-case letter and up to 39
    /// more, digits and underscores. Its conversations and paused runs are its own then, also under
    /// a name of a session that another agent uses.
    ///
    /// Agents without a name share theirs, as replicas of one agent have to, and so do agents of one
    /// name. What an agent kept before it was given a name is not found under the name.
    pub fn name(self, name: impl Into<String>) -> Self {
        Self {
            name: Some(name.into()),
            ..self
        }
    }

    /// The keys that seal conversations and paused runs, where they are not those of the agent's
    /// `GoogleAuth`. An agent that has none takes what the environment says, or the key file of an
    /// embedded database, when it first stores something.
    pub fn session_keys(self, keys: KeySource) -> Self {
        Self {
            session_keys: Some(keys),
            ..self
        }
    }

    /// How long a run's hold on its session outlives its process, one minute unless said: after that
    /// another process may go on with the run. A process that lives renews its holds.
    pub fn session_hold(self, hold: Duration) -> Self {
        Self {
            session_hold: Some(hold),
            ..self
        }
    }

    /// What every call runs through, where it is not the plain one.
    pub fn pipeline(self, pipeline: Pipeline) -> Self {
        Self {
            pipeline: Some(pipeline),
            ..self
        }
    }

    /// Binds the toolkits and puts the agent together.
    ///
    /// # Errors
    /// When there is no model, the name is none, a toolkit needs a store and gets none, two tools have one name, or
    /// the database, the keys or the OAuth client do not fit.
    pub async fn build(self) -> Result<Agent, Error> {
        let (frame, toolkits) = self.plan(&mut None)?;
        let bound = bind(toolkits).await?;
        let links = one_consent(&bound);
        frame.finish(bound, links, None)
    }

    /// The same with what its team has, where it was given nothing itself.
    pub(crate) fn in_team(self, team: &Self) -> Self {
        Self {
            database: self.database.or_else(|| team.database.clone()),
            google: self.google.or_else(|| team.google.clone()),
            environment: self.environment.or_else(|| team.environment.clone()),
            pipeline: self.pipeline.or_else(|| team.pipeline.clone()),
            ..self
        }
    }

    pub(crate) fn has_database(&self) -> bool {
        self.database.is_some()
    }

    pub(crate) fn has_environment(&self) -> bool {
        self.environment.is_some()
    }

    /// What an offer to others holds: the same without what is the agent's alone.
    pub(crate) fn offer(&self) -> Self {
        Self {
            database: self.database.clone(),
            google: self.google.clone(),
            environment: self.environment.clone(),
            pipeline: self.pipeline.clone(),
            ..Self::default()
        }
    }

    /// What is to be bound, and what is put together afterwards. `environments` is the consent that the
    /// environment stands for, one for all that share it.
    pub(crate) fn plan(
        self,
        environments: &mut Option<GoogleAuth>,
    ) -> Result<(Frame, Vec<Unbound>), Error> {
        let sessions = self.sessions();
        if let Some(name) = self.name.as_ref().filter(|it| !is_name(it)) {
            return Err(ErrorKind::AgentName { name: name.clone() }.into());
        }
        let model = self.model.ok_or(ErrorKind::NoModel)?;
        let mut sources = Sources {
            agents: self.google,
            environment: self.environment.unwrap_or_else(Environment::process),
            has_database: self.database.is_some(),
            environments,
        };
        let mut toolkits = Vec::new();
        for toolkit in self.toolkits {
            toolkits.push((sources.give(toolkit)?, self.database.clone()));
        }
        let frame = Frame {
            model,
            instructions: self.instructions,
            pipeline: self.pipeline.unwrap_or_default(),
            turn_limit: self.turn_limit,
            sessions,
            name: AgentName::new(self.name),
        };
        Ok((frame, toolkits))
    }

    /// The sessions of the agent's database, under the keys of whoever keeps consent there.
    fn sessions(&self) -> Option<Sessions> {
        let consents = self.toolkits.iter().map(|toolkit| toolkit.consent());
        let mut ours = consents.filter(|consent| consent.store().is_none());
        let google = self
            .google
            .as_ref()
            .or_else(|| ours.find_map(ConsentSource::google_auth));
        let mut sessions = Sessions::of(self.database.clone()?, google)?;
        if let Some(keys) = &self.session_keys {
            sessions = sessions.with_keys(keys.clone());
        }
        if let Some(hold) = self.session_hold {
            sessions = sessions.with_hold(hold);
        }
        Some(sessions)
    }
}

/// An agent without its toolkits, which are bound meanwhile.
pub(crate) struct Frame {
    model: Arc<dyn Model>,
    instructions: Vec<String>,
    pipeline: Pipeline,
    turn_limit: usize,
    sessions: Option<Sessions>,
    name: AgentName,
}

impl Frame {
    pub(crate) fn pipeline(&self) -> &Pipeline {
        &self.pipeline
    }

    /// Puts the agent together; `links` is the consent that its model can hand out links for, and
    /// `members` are those that it leads.
    pub(crate) fn finish(
        self,
        mut bound: Vec<BoundToolkit>,
        links: Option<BoundGoogleAuth>,
        members: Option<Members>,
    ) -> Result<Agent, Error> {
        if let Some(auth) = links {
            let connect = Connect::of(&auth);
            bound.extend(connect.map(|it| BoundToolkit::beside(Arc::new(it), auth)));
        }
        let registry = Registry::new(bound, self.pipeline)?;
        let led = members.iter().flat_map(Members::agents);
        let registries = std::iter::once(&registry).chain(led.map(|(_, agent)| &agent.registry));
        check_links(registries.flat_map(Registry::toolkits))?;
        let mut tools: Vec<ToolDescription> = registry.specs().map(describe).collect();
        let mut instructions = self.instructions;
        instructions.extend(registry.instructions());
        if let Some(members) = &members {
            for spec in members.specs() {
                if tools.iter().any(|tool| tool.name == spec.name) {
                    return Err(ErrorKind::MemberTool { tool: spec.name }.into());
                }
                tools.push(describe(spec));
            }
            instructions.push(members.instructions());
        }
        Ok(Agent {
            model: self.model,
            tools: tools.into(),
            registry,
            instructions: instructions.join("\n\n").into(),
            turn_limit: self.turn_limit,
            members: members.map(Arc::new),
            sessions: self.sessions,
            name: self.name,
        })
    }
}

/// The one consent that is given by links or for several accounts, if there is just one.
pub(crate) fn one_consent(toolkits: &[BoundToolkit]) -> Option<BoundGoogleAuth> {
    let givers = toolkits.iter().filter_map(BoundToolkit::auth);
    let mut givers = givers.filter(|auth| auth.sign_in().is_some() || auth.has_several_accounts());
    let first = givers.next()?;
    givers
        .all(|other| other.is_same(first))
        .then(|| first.clone())
}

/// Whoever opens a link finds the sign-in pages that are served under its public URL: those of one
/// consent.
fn check_links<'a>(toolkits: impl Iterator<Item = &'a BoundToolkit>) -> Result<(), Error> {
    let givers = toolkits.filter_map(BoundToolkit::auth);
    let givers: Vec<_> = givers.filter_map(|it| Some((it, it.sign_in()?))).collect();
    for (number, (auth, sign_in)) in givers.iter().enumerate() {
        let mut others = givers[..number]
            .iter()
            .filter(|(_, other)| other.options().public_url() == sign_in.options().public_url());
        if let Some((other, _)) = others.find(|(it, _)| !it.serves_links_of(auth)) {
            let (one, other) = (other.database().to_owned(), auth.database().to_owned());
            return Err(ErrorKind::LinksApart { one, other }.into());
        }
    }
    Ok(())
}

fn describe(spec: &ToolSpec) -> ToolDescription {
    ToolDescription {
        name: spec.name.to_owned(),
        description: spec.description.clone(),
        input_schema: spec.input_schema.clone(),
    }
}
