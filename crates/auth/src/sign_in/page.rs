//! The connect page: looking changes nothing, continuing binds the browser.

use std::fmt;

use http::{HeaderMap, HeaderValue};
use tracing::debug;
use url::Url;

use super::{Inner, Refusal, SignIn, cookie, refused, state};
use crate::clock::{Timestamp, random_256};
use crate::error::Error;
use crate::grant::{ConsentRequest, PkcePair, consent_url};
use crate::identity::{AccountLabel, Principal, Service, TokenKey};
use crate::scope::{ScopeSet, describe_scope};
use crate::secret::BrowserSecret;
use crate::store::{RowStatus, SignInRow, TokenRow};

/// What the connect page states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectPage {
    /// The application that gains access.
    pub app_name: String,
    /// For whom the link was made: the application's id of them.
    pub person: String,
    /// What the account will be called; none is the person's default one.
    pub account: Option<AccountLabel>,
    /// The account that has to be chosen, where one is expected.
    pub expected_email: Option<String>,
    /// The services, such as `gmail`.
    pub services: Vec<String>,
    /// What is asked for, in words.
    pub permissions: Vec<String>,
    /// Nothing ties this link to a person: the page has to warn.
    pub unverified: bool,
    /// `Set-Cookie` values. With them a browser that sends its form twice is one browser.
    pub set_cookies: Vec<HeaderValue>,
    /// The same person, for an application that knows a name of theirs.
    pub principal: Principal,
}

/// Where a browser that continues is sent. The address holds the state, so it does not print.
#[derive(Clone)]
pub struct Continue {
    /// Google's consent page.
    pub location: Url,
    /// `Set-Cookie` values.
    pub set_cookies: Vec<HeaderValue>,
}

impl fmt::Debug for Continue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Continue(..)")
    }
}

impl SignIn {
    /// What the page of a link shows. Changes nothing, so that previews in chats do no harm.
    ///
    /// # Errors
    /// When the link is not good any more (see [`Error::refusal`]), or the database cannot be
    /// asked.
    pub async fn page(&self, state: &str, headers: &HeaderMap) -> Result<ConnectPage, Error> {
        let verified = self.0.verify_state(state)?;
        let row = self.0.open_row(&verified, headers).await?;
        let (_, set_cookies) = self.0.browser_secret(headers, &verified)?;
        let options = &self.0.options;
        let scopes: ScopeSet = row.request.scopes.iter().collect();
        Ok(ConnectPage {
            app_name: options.app_name.clone(),
            person: row.request.principal.to_string(),
            account: row.request.account_label,
            expected_email: row.request.expected_email,
            services: row.request.services,
            permissions: scopes.iter().map(describe_scope).collect(),
            unverified: !options.links_are_verified(),
            set_cookies,
            principal: row.request.principal,
        })
    }

    /// The browser continues: it is bound to the link, and sent to Google.
    ///
    /// # Errors
    /// When the link is not good any more, another browser continued with it, another site sent
    /// the request, or the database cannot be asked.
    pub async fn proceed(&self, state: &str, headers: &HeaderMap) -> Result<Continue, Error> {
        let verified = self.0.signed_state(state).await?;
        match self.0.bind_and_go(state, &verified, headers).await {
            Ok(next) => Ok(next),
            Err(error) => {
                self.0.record_refusal_of(&verified, &error).await;
                Err(error)
            }
        }
    }
}

impl Inner {
    async fn bind_and_go(
        &self,
        state: &str,
        verified: &state::State,
        headers: &HeaderMap,
    ) -> Result<Continue, Error> {
        verified.check_age(self.clock.now()).map_err(refused)?;
        self.check_same_site(headers).map_err(refused)?;
        let row = self.open_row(verified, headers).await?;
        let (secret, set_cookies) = self.browser_secret(headers, verified)?;
        let binding = cookie::binding(&secret);
        if !self.store.bind_browser(&verified.id_hash, &binding).await? {
            return Err(refused(Refusal::OtherBrowser));
        }
        debug!(target: "toolgate_auth", principal = %row.request.principal, "browser continues");
        Ok(Continue {
            location: self.google_url(state, &row).await?,
            set_cookies,
        })
    }

    /// The row of a state that can still be used, by somebody who may use it.
    async fn open_row(
        &self,
        verified: &state::State,
        headers: &HeaderMap,
    ) -> Result<SignInRow, Error> {
        let found = self.store.get(&verified.id_hash).await?;
        let (row, now) = found.ok_or_else(|| refused(Refusal::Expired))?;
        self.check_ours(&row)?;
        check_open(&row, now)?;
        self.check_services(&row.request.services)?;
        self.check_user(&row, headers).await?;
        Ok(row)
    }

    /// The browser's secret for this sign-in, the one it has or a new one, and the cookies that
    /// keep it.
    fn browser_secret(
        &self,
        headers: &HeaderMap,
        state: &state::State,
    ) -> Result<(BrowserSecret, Vec<HeaderValue>), Error> {
        let public_url = &self.options.public_url;
        let name = cookie::name(public_url, &state.id_hash);
        let secret = match cookie::read(headers, &name) {
            Some(secret) => secret,
            None => BrowserSecret::parse(state::hash(&random_256(&*self.vault.random)))?,
        };
        let max_age = self.options.link_lifetime.as_secs();
        let mut set_cookies = cookie::clear_surplus(public_url, headers, &name);
        set_cookies.push(cookie::set(public_url, &name, &secret, max_age));
        let set_cookies = set_cookies
            .into_iter()
            .map(cookie::header)
            .collect::<Result<_, _>>()?;
        Ok((secret, set_cookies))
    }

    /// A link of another set-up over the same database and keys is not for these pages: its rules
    /// on who may use it are others.
    pub(super) fn check_ours(&self, row: &SignInRow) -> Result<(), Error> {
        let request = &row.request;
        let same_client = request.client_id == self.grants.client_id();
        if same_client && request.redirect_uri == self.options.redirect_uri.as_str() {
            return Ok(());
        }
        Err(refused(Refusal::Forged))
    }

    /// Whoever is logged in to the application has to be the one the link was made for.
    pub(super) async fn check_user(
        &self,
        row: &SignInRow,
        headers: &HeaderMap,
    ) -> Result<(), Error> {
        if self.options.verifier.is_none() {
            return Ok(());
        }
        let person = self.logged_in(headers).await?;
        if person.as_ref() == Some(&row.request.principal) {
            return Ok(());
        }
        Err(refused(Refusal::OtherUser))
    }

    async fn google_url(&self, state: &str, row: &SignInRow) -> Result<Url, Error> {
        let secrets = self.open(row)?;
        let request = &row.request;
        let scopes: ScopeSet = request.scopes.iter().collect();
        let stored = self.tokens.get(&token_key(row)?).await?.row;
        // Google may take the account that is signed in there, and that is the default one, most likely.
        let choose_account = request.account_label.is_some()
            && request.expected_email.is_none()
            && stored
                .as_ref()
                .is_none_or(|it| it.status == RowStatus::Revoked);
        let login_hint = self.login_hint(row, stored.as_ref());
        let challenge = PkcePair::from_verifier(&secrets.verifier).challenge;
        Ok(consent_url(
            self.grants.endpoints(),
            &ConsentRequest {
                client_id: &request.client_id,
                redirect_uri: &request.redirect_uri,
                scopes: &scopes,
                state,
                code_challenge: &challenge,
                nonce: &secrets.nonce,
                force_consent: self.needs_new_refresh_token(row, stored, &scopes),
                choose_account,
                login_hint: login_hint.as_deref(),
                hosted_domain: request.expected_domain.as_deref(),
                include_granted_scopes: self.options.include_granted_scopes,
            },
        ))
    }

    /// The account that has to be chosen, or that is connected and no other may take its place.
    fn login_hint(&self, row: &SignInRow, stored: Option<&TokenRow>) -> Option<String> {
        let expected = row.request.expected_email.clone();
        let stored = stored.filter(|it| it.status != RowStatus::Revoked);
        let stored = stored.filter(|_| !self.options.allow_account_change);
        expected.or_else(|| stored?.account_email.clone())
    }

    /// Each forced consent mints a refresh token, and Google lets the oldest of a hundred die: so
    /// it is asked for only where none is stored that works, or more is asked than was granted.
    fn needs_new_refresh_token(
        &self,
        row: &SignInRow,
        stored: Option<TokenRow>,
        scopes: &ScopeSet,
    ) -> bool {
        stored.is_none_or(|stored| {
            let granted: ScopeSet = stored.consented_scopes.iter().collect();
            // Another account may come, which has no refresh token here.
            self.options.allow_account_change
                || stored.account_id.is_none()
                || stored.status != RowStatus::Active
                || stored.client_id != row.request.client_id
                || !self.holds_refresh_token(&stored)
                || !scopes.is_subset(&granted)
        })
    }

    /// Whether a refresh token is stored and opens. One that does not is for the person to replace:
    /// a new consent must not need it.
    fn holds_refresh_token(&self, stored: &TokenRow) -> bool {
        let secrets = self.vault.open(stored).ok().flatten();
        secrets.is_some_and(|secrets| secrets.refresh.is_some())
    }
}

/// Whether a sign-in can still be used.
pub(super) fn check_open(row: &SignInRow, now: Timestamp) -> Result<(), Error> {
    if row.consumed_at.is_some() {
        return Err(refused(Refusal::AlreadyUsed));
    }
    if row.expires_at <= now {
        return Err(refused(Refusal::Expired));
    }
    Ok(())
}

/// The grant that a sign-in is for.
pub(super) fn token_key(row: &SignInRow) -> Result<TokenKey, Error> {
    let request = &row.request;
    Ok(TokenKey::new(
        request.principal.clone(),
        Service::parse(request.service.clone())?,
    )
    .with_account_label(request.account_label.clone()))
}
