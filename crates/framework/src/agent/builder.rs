//! Puts an agent together and binds its toolkits.

use std::sync::Arc;

use toolgate_auth::store::Database;
use toolgate_auth::{Access, BoundGoogleAuth, GoogleAuth};
use toolgate_toolkit::{
    BoundToolkit, Pipeline, Registry, StorageWish, Tool, ToolSpec, Toolkit, bind,
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
    toolkits: Vec<Arc<dyn Toolkit>>,
    instructions: Vec<String>,
    pipeline: Pipeline,
    turn_limit: usize,
}

impl Default for AgentBuilder {
    fn default() -> Self {
        Self {
            model: None,
            database: None,
            google: None,
            toolkits: Vec::new(),
            instructions: Vec::new(),
            pipeline: Pipeline::new(),
            turn_limit: 20,
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
        let model = self.model.ok_or(ErrorKind::NoModel)?;
        let mut toolkits = Vec::new();
        for toolkit in self.toolkits {
            toolkits.push(with_google_auth(toolkit, self.google.as_ref())?);
        }
        let pairs = toolkits
            .into_iter()
            .map(|it| (it, self.database.clone()))
            .collect();
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
        })
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

/// Gives a toolkit that was told nothing the agent's `GoogleAuth`; one that keeps its own consent
/// and has nothing else gets the environment's client and a browser.
fn with_google_auth(
    toolkit: Arc<dyn Toolkit>,
    agents: Option<&GoogleAuth>,
) -> Result<Arc<dyn Toolkit>, Error> {
    if toolkit.google_auth().is_some() || toolkit.explicit_access().is_some() {
        return Ok(toolkit);
    }
    let google = match agents {
        Some(google) => google.clone(),
        None if toolkit.storage() == StorageWish::StoreTokens => GoogleAuth::from_env()?,
        None => return Ok(toolkit),
    };
    Ok(Arc::new(Given { toolkit, google }))
}

/// A toolkit with a `GoogleAuth` from outside.
#[derive(Debug)]
struct Given {
    toolkit: Arc<dyn Toolkit>,
    google: GoogleAuth,
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

    fn storage(&self) -> StorageWish {
        self.toolkit.storage()
    }

    fn explicit_store(&self) -> Option<Arc<dyn Database>> {
        self.toolkit.explicit_store()
    }

    fn google_auth(&self) -> Option<&GoogleAuth> {
        Some(&self.google)
    }

    fn explicit_access(&self) -> Option<&Access> {
        self.toolkit.explicit_access()
    }
}
