//! Puts an agent together and binds its toolkits.

use std::sync::Arc;
use std::time::Duration;

use toolgate_auth::store::Database;
use toolgate_auth::{BoundGoogleAuth, EnvConfig, Environment, GoogleAuth, KeySource, Sessions};
use toolgate_toolkit::{
    BoundToolkit, ConsentSource, Pipeline, Registry, StorageWish, Tool, ToolSpec, Toolkit, bind,
};

use super::Agent;
use super::connect::Connect;
use crate::error::{Error, ErrorKind};
use crate::model::{Model, ToolDescription};

/// Builds an [`Agent`].
#[derive(Debug)]
#[must_use]
pub struct AgentBuilder {
    model: Option<Arc<dyn Model>>,
    database: Option<Arc<dyn Database>>,
    google: Option<GoogleAuth>,
    environment: Environment,
    toolkits: Vec<Arc<dyn Toolkit>>,
    instructions: Vec<String>,
    pipeline: Pipeline,
    turn_limit: usize,
    session_keys: Option<KeySource>,
    session_hold: Option<Duration>,
}

impl Default for AgentBuilder {
    fn default() -> Self {
        Self {
            model: None,
            database: None,
            google: None,
            environment: Environment::process(),
            toolkits: Vec::new(),
            instructions: Vec::new(),
            pipeline: Pipeline::new(),
            turn_limit: 20,
            session_keys: None,
            session_hold: None,
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
            environment,
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
        Self { pipeline, ..self }
    }

    /// Binds the toolkits and puts the agent together.
    ///
    /// # Errors
    /// When there is no model, a toolkit needs a store and gets none, two tools have one name, or
    /// the database, the keys or the OAuth client do not fit.
    pub async fn build(self) -> Result<Agent, Error> {
        let sessions = self.sessions();
        let model = self.model.ok_or(ErrorKind::NoModel)?;
        let mut sources = Sources {
            agents: self.google,
            environment: self.environment,
            has_database: self.database.is_some(),
            environments: None,
        };
        let mut pairs = Vec::new();
        for toolkit in self.toolkits {
            pairs.push((sources.give(toolkit)?, self.database.clone()));
        }
        let mut bound = bind(pairs).await?;
        if let Some(auth) = link_giver(&bound) {
            bound.push(BoundToolkit::beside(Arc::new(Connect), auth));
        }
        let registry = Registry::new(bound, self.pipeline)?;
        let mut instructions = self.instructions;
        instructions.extend(registry.instructions());
        Ok(Agent {
            model,
            tools: registry.specs().map(describe).collect(),
            registry,
            instructions: instructions.join("\n\n").into(),
            turn_limit: self.turn_limit,
            sessions,
        })
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

/// The one consent that is given by links, if there is just one.
fn link_giver(toolkits: &[BoundToolkit]) -> Option<BoundGoogleAuth> {
    let givers = toolkits.iter().filter_map(BoundToolkit::auth);
    let mut givers = givers.filter(|auth| auth.sign_in().is_some());
    let first = givers.next()?;
    givers
        .all(|other| other.is_same(first))
        .then(|| first.clone())
}

fn describe(spec: &ToolSpec) -> ToolDescription {
    ToolDescription {
        name: spec.name.to_owned(),
        description: spec.description.clone(),
        input_schema: spec.input_schema.clone(),
    }
}

/// Where toolkits that were told nothing get their `GoogleAuth` from.
struct Sources {
    agents: Option<GoogleAuth>,
    environment: Environment,
    has_database: bool,
    /// One for all that need it, so that they share the consent in a token file.
    environments: Option<GoogleAuth>,
}

impl Sources {
    /// Gives a toolkit the agent's `GoogleAuth`; or the environment's client and a browser to one
    /// that keeps its own consent, and to one of a program without any database.
    fn give(&mut self, toolkit: Arc<dyn Toolkit>) -> Result<Arc<dyn Toolkit>, Error> {
        let consent = toolkit.consent();
        if consent.google_auth().is_some() || consent.access().is_some() {
            return Ok(toolkit);
        }
        let keeps_its_own = consent.storage() == StorageWish::StoreTokens;
        let google = match &self.agents {
            Some(google) => google.clone(),
            None if keeps_its_own || self.environment_is_for(&*toolkit)? => self.environments()?,
            None => return Ok(toolkit),
        };
        let consent = toolkit.consent().clone().with_google_auth(google);
        Ok(Arc::new(Given { toolkit, consent }))
    }

    /// Whether the toolkit calls Google, there is no database, and the environment names a client.
    fn environment_is_for(&self, toolkit: &dyn Toolkit) -> Result<bool, Error> {
        let has_store = self.has_database || toolkit.consent().store().is_some();
        if has_store || toolkit.requirement().methods().next().is_none() {
            return Ok(false);
        }
        Ok(EnvConfig::read(&self.environment)?.client.is_some())
    }

    fn environments(&mut self) -> Result<GoogleAuth, Error> {
        let google = match self.environments.take() {
            Some(google) => google,
            None => GoogleAuth::from_environment(&self.environment)?,
        };
        Ok(self.environments.insert(google).clone())
    }
}

/// A toolkit with a `GoogleAuth` from outside.
#[derive(Debug)]
struct Given {
    toolkit: Arc<dyn Toolkit>,
    consent: ConsentSource,
}

impl Toolkit for Given {
    fn name(&self) -> &'static str {
        self.toolkit.name()
    }

    fn tools(&self) -> Vec<Arc<dyn Tool>> {
        self.toolkit.tools()
    }

    fn instructions(&self) -> Option<String> {
        self.toolkit.instructions()
    }

    fn consent(&self) -> &ConsentSource {
        &self.consent
    }
}
