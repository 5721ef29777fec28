//! The links by which people consent.

use super::{BoundGoogleAuth, Inner};
use crate::error::{Error, ErrorKind};
use crate::failure::ConsentNeeded;
use crate::identity::{AccountLabel, Principal};
use crate::scope::{Requirement, ScopeSet};
use crate::sign_in::{Refusal, SignInLink, SignInRequest};

impl BoundGoogleAuth {
    /// A link by which the person gives the consent that is needed; a link that was made for the
    /// same a moment ago is given again.
    ///
    /// # Errors
    /// When consent is not given by links here, the person has too many open links, the database
    /// cannot be asked, or an account is named where
    /// [`with_several_accounts`](crate::GoogleAuthBuilder::with_several_accounts) was not said.
    pub async fn consent_link(
        &self,
        principal: &Principal,
        account: Option<&AccountLabel>,
        needed: &ConsentNeeded,
    ) -> Result<SignInLink, Error> {
        let (services, scopes) = self.0.widen(needed);
        self.link(principal, account, services, scopes).await
    }

    /// A link by which the person connects the services named.
    ///
    /// # Errors
    /// As [`consent_link`](Self::consent_link), and when a service is not one of
    /// [`services`](Self::services).
    pub async fn connect_link(
        &self,
        principal: &Principal,
        account: Option<&AccountLabel>,
        services: &[String],
    ) -> Result<SignInLink, Error> {
        let mut requirement = Requirement::none();
        for service in services {
            let of_service = self.0.toolkits.get(service);
            let of_service = of_service.ok_or(ErrorKind::SignIn(Refusal::UnknownService))?;
            requirement = requirement.union(of_service);
        }
        self.link(
            principal,
            account,
            services.to_vec(),
            requirement.least_scopes(),
        )
        .await
    }

    async fn link(
        &self,
        principal: &Principal,
        account: Option<&AccountLabel>,
        services: Vec<String>,
        scopes: ScopeSet,
    ) -> Result<SignInLink, Error> {
        self.0.check_person(principal, account)?;
        self.0.check_label(account)?;
        let sign_in = self.0.sign_in.as_ref().ok_or_else(|| {
            Error::configuration(
                "this program gives no sign-in links: set with_public_url, or with_browser for a \
                 program on the person's own machine",
            )
        })?;
        let key = (principal.clone(), account.cloned(), scopes.clone());
        if let Some(link) = self.0.links.get(&key).await {
            if sign_in.is_open(&link).await? {
                return Ok(link);
            }
            self.0.links.invalidate(&key).await;
        }
        let request = SignInRequest {
            principal: principal.clone(),
            account_label: account.cloned(),
            services,
            scopes,
            return_path: None,
        };
        // The calls of one turn need the same consent at once: they get one link.
        let link = self.0.links.try_get_with(key, sign_in.begin(request));
        link.await.map_err(|error| (*error).clone())
    }
}

impl Inner {
    /// A further account is one that the application is ready for, under a name that stands for
    /// nothing else.
    pub(super) fn check_label(&self, account: Option<&AccountLabel>) -> Result<(), Error> {
        let Some(label) = account else {
            return Ok(());
        };
        if !self.google.has_several_accounts() {
            return Err(Error::configuration(
                "a link for a further Google account needs \
                 GoogleAuth::builder(..).with_several_accounts()",
            ));
        }
        match AccountLabel::named(label.as_str())? {
            Some(_) => Ok(()),
            None => Err(Error::configuration(
                "`default` is the account without a label: leave the label out",
            )),
        }
    }
}
