//! Where toolkits that were told nothing get their `GoogleAuth` from.

use std::sync::Arc;

use toolgate_auth::{EnvConfig, Environment, GoogleAuth};
use toolgate_toolkit::{ConsentSource, StorageWish, Tool, Toolkit};

use crate::error::Error;

/// Where toolkits that were told nothing get their `GoogleAuth` from.
pub(super) struct Sources<'a> {
    pub(super) agents: Option<GoogleAuth>,
    pub(super) environment: Environment,
    pub(super) has_database: bool,
    /// One for all that need it, so that they share the consent in a token file.
    pub(super) environments: &'a mut Option<GoogleAuth>,
}

impl Sources<'_> {
    /// Gives a toolkit the agent's `GoogleAuth`; or the environment's service account, which needs no
    /// database and comes before any; or the environment's client and a browser to one that keeps its
    /// own consent, and to one of a program without any database.
    pub(super) fn give(&mut self, toolkit: Arc<dyn Toolkit>) -> Result<Arc<dyn Toolkit>, Error> {
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

    /// Whether the toolkit calls Google, and the environment names a service account, or a client
    /// where there is no database.
    fn environment_is_for(&self, toolkit: &dyn Toolkit) -> Result<bool, Error> {
        if toolkit.requirement().methods().next().is_none() {
            return Ok(false);
        }
        let has_store = self.has_database || toolkit.consent().store().is_some();
        let config = EnvConfig::read(&self.environment)?;
        Ok(config.service_account_file.is_some() || (!has_store && config.client.is_some()))
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
