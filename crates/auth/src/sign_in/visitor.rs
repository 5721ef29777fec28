//! Who looks at the pages: the person who is logged in, and whether a form is this site's own.

use http::HeaderMap;
use tracing::warn;

use super::{Inner, Refusal, SignIn, refused};
use crate::audit::{Actor, Event};
use crate::error::{Error, ErrorKind};
use crate::identity::Principal;

const FORM_REFUSED: &str = "form_refused";

impl SignIn {
    /// Who is logged in to the application, for a page of their own connections.
    ///
    /// # Errors
    /// When the application has no user verifier, nobody is logged in (see [`Error::refusal`]), or
    /// it cannot be told for now.
    pub async fn visitor(&self, headers: &HeaderMap) -> Result<Principal, Error> {
        if self.0.options.verifier.is_none() {
            return Err(refused(Refusal::NoUserVerifier));
        }
        let person = self.0.logged_in(headers).await?;
        person.ok_or_else(|| refused(Refusal::NotLoggedIn))
    }

    /// The same for a form that changes something, which no other site may send in a person's name.
    ///
    /// # Errors
    /// As [`visitor`](Self::visitor), and when another site sent the request.
    pub async fn visitor_with_form(&self, headers: &HeaderMap) -> Result<Principal, Error> {
        let person = match self.visitor(headers).await {
            Ok(person) => person,
            Err(error) => return Err(self.0.form_of_nobody(error).await),
        };
        if let Err(refusal) = self.0.check_same_site(headers) {
            let event = Event::of(&person, FORM_REFUSED).by(Actor::Browser);
            self.0.audit.record(event.ended(refusal.code())).await;
            return Err(refused(refusal));
        }
        Ok(person)
    }
}

impl Inner {
    /// A form of somebody who is not logged in concerns nobody who is known.
    async fn form_of_nobody(&self, error: Error) -> Error {
        match error.refusal() {
            Some(Refusal::NotLoggedIn) => {
                let refusal = Refusal::NotLoggedIn;
                self.refused_of_nobody(FORM_REFUSED, refusal).await
            }
            _ => error,
        }
    }

    /// Who is logged in, by the application's own word; nobody where it has none.
    pub(super) async fn logged_in(&self, headers: &HeaderMap) -> Result<Option<Principal>, Error> {
        let Some(verifier) = &self.options.verifier else {
            return Ok(None);
        };
        verifier.logged_in(headers).await.map_err(|error| {
            warn!(target: "toolgate_auth", %error, "the application cannot tell who is logged in");
            ErrorKind::SessionsUnavailable.into()
        })
    }

    /// A form of another site cannot continue in a person's name. Browsers say where a request
    /// comes from; what says nothing is no browser.
    ///
    /// A browser that hides where pages come from sends `Origin: null` even to the page's own
    /// site; then only `Sec-Fetch-Site`, which no page can set, tells it from a foreign form.
    pub(super) fn check_same_site(&self, headers: &HeaderMap) -> Result<(), Refusal> {
        let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
        let site = text("sec-fetch-site");
        let site_is_ours = site.is_none_or(|site| matches!(site, "same-origin" | "none"));
        let ours = self.options.public_url.origin().ascii_serialization();
        let origin_is_ours = match text("origin") {
            None => true,
            Some("null") => site == Some("same-origin"),
            Some(origin) => origin == ours,
        };
        if site_is_ours && origin_is_ours {
            return Ok(());
        }
        Err(Refusal::CrossSite)
    }
}
