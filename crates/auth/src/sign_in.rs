//! Sign-in: links, browsers, Google's answer. Used once, by the browser that opened it, for the
//! user it was made for.
//!
//! [`SignIn`] decides whether a sign-in is valid; drawing pages and serving routes is the business
//! of `toolgate-signin`, or of an application that draws its own.

mod callback;
mod cookie;
mod grant_row;
mod options;
mod page;
mod refusal;
mod refused;
mod state;
mod told;
mod visitor;
mod written;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tracing::{debug, warn};
use url::Url;

pub use self::callback::CallbackOutcome;
pub(crate) use self::options::Accounts;
pub use self::options::{ExpectedEmail, SignInOptions, UserVerifier, is_path_of_this_site};
pub use self::page::{ConnectPage, Continue};
pub use self::refusal::Refusal;
pub(crate) use self::told::Told;
use crate::audit::Audit;
use crate::clock::{Clock, random_256};
use crate::disconnect::Disconnects;
use crate::error::{Error, ErrorKind};
use crate::google_auth::{Arrivals, Services};
use crate::grant::{Grants, PkcePair};
use crate::guard::Guard;
use crate::identity::{AccountLabel, Principal, Service, TenantId, UserId};
use crate::scope::ScopeSet;
use crate::seal::{EpochRule, SealContext, SignInSecrets};
use crate::secret::{Nonce, SealingKey};
use crate::store::{
    NewSignIn, Sealed, SignInInsert, SignInRow, SignInStore, StoreError, TokenStore,
};
use crate::vault::Vault;

/// The scopes that tell us which account consents.
pub(crate) const IDENTITY_SCOPES: [&str; 2] = ["openid", "email"];
/// What the state's signature is derived for.
const STATE_KEY: &str = "sign-in state";
/// How long an ended sign-in is kept, so that its page can still say what became of it.
pub(crate) const KEPT: Duration = Duration::from_hours(24);
/// The only incarnation of a sign-in's row: its id is random already.
const NO_INCARNATION: &str = "";

/// Makes sign-in links and takes them back. Cheap to clone.
#[derive(Debug, Clone)]
pub struct SignIn(Arc<Inner>);

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) options: SignInOptions,
    pub(crate) service: Service,
    /// The toolkits of all that share this definition.
    pub(crate) services: Services,
    pub(crate) store: Arc<dyn SignInStore>,
    pub(crate) tokens: Arc<dyn TokenStore>,
    pub(crate) audit: Audit,
    pub(crate) vault: Vault,
    pub(crate) grants: Grants,
    pub(crate) guard: Guard,
    pub(crate) disconnects: Disconnects,
    pub(crate) arrivals: Arrivals,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) told: Told,
}

/// What a link is to ask for.
#[derive(Debug, Clone)]
pub struct SignInRequest {
    /// For whom.
    pub principal: Principal,
    /// For which of their accounts; none is the default one.
    pub account_label: Option<AccountLabel>,
    /// The services asked for, for the page.
    pub services: Vec<String>,
    /// The scopes asked for; those that tell the account are added.
    pub scopes: ScopeSet,
    /// Where the browser goes when all is done: one of the allowed paths.
    pub return_path: Option<String>,
}

/// A link for a person to open. Whoever has it can begin the sign-in, so it does not print.
#[derive(Clone, PartialEq, Eq)]
pub struct SignInLink {
    /// The link: a page of the application's own, never Google's.
    pub url: Url,
    /// How long it can be used.
    pub expires_in: Duration,
    /// The services it is for.
    pub services: Vec<String>,
}

impl fmt::Debug for SignInLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignInLink")
            .field("services", &self.services)
            .field("expires_in", &self.expires_in)
            .finish_non_exhaustive()
    }
}

/// A connection that was just made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connected {
    /// Whose.
    pub principal: Principal,
    /// What the account is called; none is the default one.
    pub account: Option<AccountLabel>,
    /// The Google account, for display.
    pub email: Option<String>,
    /// The services that were asked for.
    pub services: Vec<String>,
    /// What Google granted.
    pub granted: ScopeSet,
    /// What was asked for and not granted.
    pub declined: ScopeSet,
    /// Where the browser goes next.
    pub return_path: Option<String>,
}

impl SignIn {
    pub(crate) fn new(inner: Inner) -> Self {
        Self(Arc::new(inner))
    }

    /// How the application is reached and whom it lets in.
    pub fn options(&self) -> &SignInOptions {
        &self.0.options
    }

    /// Where browsers that continue are sent, for a page's content security policy.
    pub fn authorize_url(&self) -> &Url {
        self.0.grants.endpoints().authorize()
    }

    /// Makes a link. Nothing is asked of Google yet.
    ///
    /// # Errors
    /// When a service is not one of those that share this consent, the person has too many open
    /// links, the return path is not an allowed one, or the database cannot be asked.
    pub async fn begin(&self, request: SignInRequest) -> Result<SignInLink, Error> {
        let options = &self.0.options;
        options.check_return_path(request.return_path.as_deref())?;
        if !self.0.services.has_all(request.services.iter()) {
            return Err(refused(Refusal::UnknownService));
        }
        let expires_at = self.0.clock.now().after(options.link_lifetime);
        let key_id = self.0.vault.keys.active_id().to_owned();
        let key = self.0.state_key(&key_id).ok_or_else(Error::no_state_key)?;
        let (state, id_hash) = state::issue(&key_id, &key, expires_at, &*self.0.vault.random);
        let sign_in = self.0.new_row(&request, id_hash)?;
        self.0.sweep_sometimes().await;
        match self
            .0
            .store
            .insert(&sign_in, options.link_lifetime, options.max_open)
            .await?
        {
            SignInInsert::Inserted => {}
            _ => return Err(ErrorKind::SignIn(Refusal::TooMany).into()),
        }
        debug!(target: "toolgate_auth", principal = %request.principal, "sign-in link made");
        Ok(SignInLink {
            url: options.connect_url(&state),
            expires_in: options.link_lifetime,
            services: request.services,
        })
    }
}

impl SignIn {
    /// Uses a link up, whether or not a browser continued: nobody waits for it any more. Where the
    /// database does not answer, the link ends by its age.
    pub(crate) async fn withdraw(&self, link: &SignInLink) {
        let Ok(verified) = self.0.verify_state(state_of(link)) else {
            return;
        };
        let (id, store) = (&verified.id_hash, &self.0.store);
        let withdrawn = async {
            // Nobody has this browser.
            let nobodys = state::hash(&random_256(&*self.0.vault.random));
            let binding = if store.bind_browser(id, &nobodys).await? {
                Some(nobodys)
            } else {
                store
                    .get(id)
                    .await?
                    .and_then(|(row, _)| row.browser_binding)
            };
            if let Some(binding) = binding {
                store.consume(id, &binding).await?;
            }
            Ok::<_, StoreError>(())
        };
        if let Err(error) = withdrawn.await {
            warn!(target: "toolgate_auth", %error, "a cancelled sign-in ends by its age only");
        }
    }

    /// What the database calls the sign-in of a link, where it is one of this application's.
    pub(crate) fn id_hash(&self, link: &SignInLink) -> Option<String> {
        let verified = self.0.verify_state(state_of(link)).ok()?;
        Some(verified.id_hash)
    }

    /// Whether a link can still be used by any browser.
    pub(crate) async fn is_open(&self, link: &SignInLink) -> Result<bool, Error> {
        let Ok(verified) = self.0.verify_state(state_of(link)) else {
            return Ok(false);
        };
        let found = self.0.store.get(&verified.id_hash).await?;
        Ok(found.is_some_and(|(row, now)| {
            row.browser_binding.is_none() && page::check_open(&row, now).is_ok()
        }))
    }
}

impl Inner {
    /// Removes what ended long ago, at one link in thirty: a process may end before its upkeep
    /// comes.
    async fn sweep_sometimes(&self) {
        let mut dice = [0];
        self.vault.random.fill(&mut dice);
        if dice[0] >= 8 {
            return;
        }
        match self.store.sweep(KEPT).await {
            Ok(count) => debug!(target: "toolgate_auth", count, "ended sign-ins removed"),
            Err(error) => warn!(target: "toolgate_auth", %error, "ended sign-ins were not removed"),
        }
    }

    /// A service that this process does not have is nothing that it could connect somebody to; one that
    /// serves sign-ins alone has none of its own.
    fn check_services(&self, services: &[String]) -> Result<(), Error> {
        if self.services.serves(services.iter()) {
            return Ok(());
        }
        Err(refused(Refusal::UnknownService))
    }

    fn state_key(&self, key_id: &str) -> Option<SealingKey> {
        self.vault.keys.derive(key_id, STATE_KEY)
    }

    fn new_row(&self, request: &SignInRequest, id_hash: String) -> Result<NewSignIn, Error> {
        let label = request.account_label.as_ref();
        let expected_email = self.options.expected_email(&request.principal, label)?;
        let scopes = request.scopes.union(&IDENTITY_SCOPES.into_iter().collect());
        let secrets = SignInSecrets {
            verifier: PkcePair::new(&*self.vault.random)?.verifier,
            nonce: Nonce::parse(state::hash(&random_256(&*self.vault.random)))?,
        };
        let client_id = self.grants.client_id().to_owned();
        let sealed = self.seal(&request.principal, &id_hash, &client_id, &secrets)?;
        Ok(NewSignIn {
            id_hash,
            principal: request.principal.clone(),
            account_label: request.account_label.clone(),
            client_id,
            redirect_uri: self.options.redirect_uri.to_string(),
            expected_email,
            expected_domain: self.options.hosted_domain.clone(),
            service: self.service.as_str().to_owned(),
            services: request.services.clone(),
            scopes: scopes.to_vec(),
            sealed,
            return_path: request.return_path.clone(),
        })
    }

    fn seal(
        &self,
        principal: &Principal,
        id_hash: &str,
        client_id: &str,
        secrets: &SignInSecrets,
    ) -> Result<Sealed, Error> {
        let context = seal_context(principal, id_hash, client_id);
        self.vault
            .keys
            .seal(&context, &secrets.to_bytes()?, &*self.vault.random)
    }

    fn open(&self, row: &SignInRow) -> Result<SignInSecrets, Error> {
        let request = &row.request;
        let context = seal_context(&request.principal, &request.id_hash, &request.client_id);
        let rule = EpochRule::Exactly(0);
        let opened = self.vault.keys.open(&context, &request.sealed, rule)?;
        SignInSecrets::from_bytes(&opened.bytes)
    }

    /// Checks signature and age of a state, before the database is touched.
    fn verify_state(&self, text: &str) -> Result<state::State, Error> {
        let state = self.verify_signature(text).map_err(refused)?;
        state.check_age(self.clock.now()).map_err(refused)?;
        Ok(state)
    }

    fn verify_signature(&self, text: &str) -> Result<state::State, Refusal> {
        state::verify(text, |key_id| self.state_key(key_id))
    }
}

fn seal_context<'a>(
    principal: &'a Principal,
    id_hash: &'a str,
    client_id: &'a str,
) -> SealContext<'a> {
    SealContext {
        tenant: principal.tenant().map(TenantId::as_str),
        user: principal.user().map(UserId::as_str),
        row: id_hash,
        column: "sign_in",
        client_id,
        incarnation: NO_INCARNATION,
        epoch: 0,
    }
}

fn state_of(link: &SignInLink) -> &str {
    let mut segments = link.url.path_segments();
    let last = segments.as_mut().and_then(Iterator::last);
    last.unwrap_or_default()
}

fn refused(refusal: Refusal) -> Error {
    ErrorKind::SignIn(refusal).into()
}
