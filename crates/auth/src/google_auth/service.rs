//! A toolkit with a service account in the place of people's consent.

use std::sync::Arc;

use tracing::debug;

use super::{Definition, GoogleAuth, ToolkitScopes};
use crate::access::{Access, Token};
use crate::error::{Error, ErrorKind};
use crate::guard::{ServiceGuard, ServiceHeld};
use crate::identity::Principal;
use crate::scope::Requirement;

/// A toolkit with a service account in the place of people's consent. It needs no database; holds no
/// user.
#[derive(Debug, Clone)]
pub struct BoundServiceAccount(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    google: GoogleAuth,
    guard: ServiceGuard,
    toolkit: ToolkitScopes,
    /// The least that the toolkit's tools need: another toolkit's scopes, which an administrator has
    /// not allowed, must not cost this one its token.
    scopes: Arc<[String]>,
}

impl BoundServiceAccount {
    pub(super) fn new(google: &GoogleAuth, guard: ServiceGuard, toolkit: ToolkitScopes) -> Self {
        Self(Arc::new(Inner {
            google: google.clone(),
            guard,
            scopes: toolkit.requirement.least_scopes().to_vec().into(),
            toolkit,
        }))
    }

    /// The way to Google in a run of this person.
    pub fn access(&self, principal: &Principal) -> Access {
        Access::of_service(self, principal.clone())
    }

    /// Where the tokens come from, for a person.
    pub fn describe(&self) -> String {
        self.0.guard.account().describe()
    }

    /// The scopes that are asked for: those that an administrator has to allow.
    pub fn scopes(&self) -> &[String] {
        &self.0.scopes
    }

    pub(crate) fn definition(&self) -> &Definition {
        self.0.google.definition()
    }

    pub(crate) fn toolkit(&self) -> &str {
        &self.0.toolkit.name
    }

    pub(crate) async fn token(
        &self,
        principal: &Principal,
        requirement: &Requirement,
    ) -> Result<Token, Error> {
        self.check_allowed(requirement)?;
        let subject = self.0.guard.account().subject_for(principal)?;
        if subject.is_none() && requirement.methods().any(is_of_a_mailbox) {
            let source = self.0.guard.account().source();
            return Err(Error::configuration(source.no_mailbox()));
        }
        let delegated = subject.is_some();
        debug!(target: "toolgate_auth", toolkit = self.toolkit(), delegated, "service account");
        let held = self.0.guard.token((subject, Arc::clone(&self.0.scopes)));
        Ok(Token::of_service(held.await?))
    }

    pub(crate) async fn rejected(&self, held: &ServiceHeld) {
        self.0.guard.rejected(held).await;
    }

    fn check_allowed(&self, requirement: &Requirement) -> Result<(), Error> {
        let allowed = &self.0.toolkit.requirement;
        let mut methods = requirement.methods();
        if methods.all(|method| allowed.methods().any(|it| it == method)) {
            return Ok(());
        }
        let problem = "a tool asked for an API method that its toolkit did not declare";
        Err(ErrorKind::Internal(problem).into())
    }
}

fn is_of_a_mailbox(method: &str) -> bool {
    method.starts_with("gmail.")
}
