//! A `GoogleAuth` bound to a database: the guard, the sign-in, and what each toolkit may use.

mod kept;
mod labels;
mod links;
mod parts;
mod waiting;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use moka::future::Cache;
use tracing::debug;

pub use self::kept::{GrantTokens, KeptGrant};
use self::parts::{guard_of, tokens_of, vault_of};
pub(crate) use self::waiting::Arrivals;
pub use self::waiting::{AwaitedConsent, ConsentMark, Waited};
use super::{ConsentWay, Definition, GoogleAuth, ToolkitScopes};
use crate::access::{Access, Token};
use crate::audit::Audit;
use crate::browser::Browser;
use crate::disconnect::{self, Disconnects, MissingKey};
use crate::error::{Error, ErrorKind};
use crate::failure::{ConsentNeeded, ConsentReason};
use crate::grant::Grants;
use crate::guard::{Flights, Guard, Wanted};
use crate::identity::{AccountLabel, Principal, Service, TokenKey};
use crate::scope::{Requirement, ScopeSet};
use crate::sign_in::{self, SignIn, SignInLink, SignInOptions, SignInRequest};
use crate::store::{Database, Marker, SignInStore, TokenStore};
use crate::upkeep::{self, Upkeep, UpkeepTask};
use crate::vault::Vault;

/// A link that was made lately is given again rather than another made.
const LINK_REUSE: Duration = Duration::from_mins(5);

/// A [`GoogleAuth`] bound to a database. Cheap to clone; holds no user.
#[derive(Debug, Clone)]
pub struct BoundGoogleAuth(pub(super) Arc<Inner>);

#[derive(Debug)]
pub(super) struct Inner {
    google: GoogleAuth,
    service: Service,
    pub(super) toolkits: BTreeMap<String, Requirement>,
    database: String,
    key_file: Option<PathBuf>,
    pub(super) tokens: Arc<dyn TokenStore>,
    sign_ins: Option<Arc<dyn SignInStore>>,
    pub(super) audit: Audit,
    vault: Vault,
    /// The database is a file of one person's, in another program's format.
    is_file: bool,
    grants: Grants,
    pub(super) guard: Guard,
    sign_in: Option<SignIn>,
    pub(super) disconnects: Disconnects,
    pub(super) upkeep: Upkeep,
    /// It ends with this.
    _upkeep_task: UpkeepTask,
    /// One browser for each grant, however many calls find no consent; it stays open when the
    /// call that opened it is out of time.
    browsers: Flights<TokenKey, Result<(), Error>>,
    links: Cache<LinkKey, SignInLink>,
}

type LinkKey = (Principal, Option<AccountLabel>, ScopeSet);

impl BoundGoogleAuth {
    pub(super) async fn bind(
        google: &GoogleAuth,
        database: &dyn Database,
        service: Service,
        toolkits: Vec<ToolkitScopes>,
    ) -> Result<Self, Error> {
        let definition = google.definition();
        let describe = database.describe();
        let is_file = database.foreign_format().is_some();
        let tokens = tokens_of(database)?;
        if is_file && google.has_several_accounts() {
            return Err(one_account_only(&describe));
        }
        let (vault, key_file) = vault_of(definition, database).await?;
        let http = definition.http.clone();
        let endpoints = definition.endpoints.clone().discovered(&http).await;
        let grants = Grants::new(http, endpoints, definition.client()?.clone())
            .with_clock(Arc::clone(&definition.clock));
        let audit = Audit::new(database.audit_store(), &*definition.random);
        let guard = guard_of(definition, &tokens, &vault, &grants, &audit);
        let sign_ins = database.sign_in_store();
        let disconnects = Disconnects::new(disconnect::Parts {
            tokens: Arc::clone(&tokens),
            sign_ins: sign_ins.clone(),
            sessions: database.session_store(),
            paused_runs_kept: definition.paused_runs_kept,
            audit: audit.clone(),
            vault: vault.clone(),
            grants: grants.clone(),
            guard: guard.clone(),
            channels: definition.channels.clone(),
            missing_key: definition.missing_key,
            missing: disconnect::Missing::default(),
        });
        if definition.missing_key == MissingKey::Wait {
            disconnects.finish_abandoned();
        }
        let upkeep = Upkeep::new(disconnects.clone());
        let mut inner = Inner {
            google: google.clone(),
            service,
            toolkits: services_of(toolkits),
            database: describe,
            key_file,
            tokens,
            sign_ins,
            audit,
            vault,
            is_file,
            grants,
            guard,
            sign_in: None,
            disconnects,
            _upkeep_task: upkeep.start(upkeep::OFTEN),
            upkeep,
            browsers: Flights::default(),
            links: links(),
        };
        if let ConsentWay::Links(options) = &definition.consent {
            inner.sign_in = Some(inner.sign_in_at((**options).clone())?);
        }
        definition.services.add(inner.toolkits.keys());
        Ok(Self(Arc::new(inner)))
    }

    /// One person's way to Google for one toolkit, with their default account.
    pub fn access(&self, principal: &Principal, toolkit: &str) -> Access {
        let key = TokenKey::new(principal.clone(), self.0.service.clone());
        Access::stored(self, key, toolkit)
    }

    /// The sign-in that the pages serve; none where consent is not given by links.
    pub fn sign_in(&self) -> Option<&SignIn> {
        self.0.sign_in.as_ref()
    }

    /// Whether a person may connect several Google accounts.
    pub fn has_several_accounts(&self) -> bool {
        self.0.google.has_several_accounts()
    }

    /// Whether the two are one binding.
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Whether the sign-in pages of this one serve the links of the other: they are one binding, or
    /// two of one consent in one database, as its description says, and this one's definition has the
    /// toolkits of the other, as one definition for both does.
    pub fn serves_links_of(&self, other: &Self) -> bool {
        let [one, other] = [&self.0, &other.0];
        Arc::ptr_eq(one, other)
            || (one.database == other.database
                && one.service == other.service
                && one.grants.client_id() == other.grants.client_id()
                && one.serves(other.toolkits.keys()))
    }

    /// The toolkits that share this consent.
    pub fn services(&self) -> Vec<&str> {
        self.0.toolkits.keys().map(String::as_str).collect()
    }

    /// The name of the grants: `google`, or the one toolkit's.
    pub fn service(&self) -> &Service {
        &self.0.service
    }

    /// What the database is, for a person.
    pub fn database(&self) -> &str {
        &self.0.database
    }

    /// The key file that seals the stored tokens, where there is one.
    pub fn key_file(&self) -> Option<&Path> {
        self.0.key_file.as_deref()
    }

    pub(crate) fn is_file(&self) -> bool {
        self.0.is_file
    }

    pub(crate) fn definition(&self) -> &Definition {
        self.0.google.definition()
    }

    pub(crate) async fn rejected(&self, key: &TokenKey, marker: &Marker) {
        self.0.guard.rejected(key, marker).await;
    }

    pub(crate) async fn token(
        &self,
        key: &TokenKey,
        toolkit: &str,
        requirement: &Requirement,
    ) -> Result<Token, Error> {
        self.0.check_allowed(toolkit, requirement)?;
        self.0.check_person(key.principal(), key.account_label())?;
        let wanted = Wanted {
            key,
            toolkit,
            requirement,
        };
        let held = match self.0.guard.token(wanted).await {
            Ok(held) => held,
            Err(error) => {
                self.ask_in_browser(key, error).await?;
                self.0.guard.token(wanted).await?
            }
        };
        Ok(Token::stored(held))
    }

    /// Where consent is needed and a browser may be opened, opens one and waits.
    async fn ask_in_browser(&self, key: &TokenKey, error: Error) -> Result<(), Error> {
        if self.0.is_file {
            debug!(target: "toolgate_auth", "no usable consent in the token file");
        } else {
            debug!(target: "toolgate_auth", "token.json skipped: a database is active");
        }
        let Some(needed) = error.consent_needed() else {
            return Err(error);
        };
        let (browser, options) = match self.browser_for(needed.reason) {
            Ok(found) => found,
            Err(why) => {
                debug!(target: "toolgate_auth", why, "browser skipped");
                if matches!(self.definition().consent, ConsentWay::Noninteractive) {
                    return Err(ErrorKind::Noninteractive(needed.clone()).into());
                }
                return Err(error);
            }
        };
        let inner = Arc::clone(&self.0);
        let (browser, options) = (browser.clone(), options.clone());
        let started_for = key.clone();
        let flight = self.0.browsers.join(
            key.clone(),
            || async move { inner.connect_in(browser, options, started_for).await }.boxed(),
            || Err(ErrorKind::Internal("a sign-in stopped unexpectedly").into()),
        );
        flight.await
    }

    /// The browser that a missing consent opens, or why it opens none.
    fn browser_for(
        &self,
        reason: ConsentReason,
    ) -> Result<(&Browser, &SignInOptions), &'static str> {
        match &self.definition().consent {
            ConsentWay::Browser(..) if reason == ConsentReason::Refused => {
                Err("google refused a refresh, which opens none by itself")
            }
            ConsentWay::Browser(browser, options) => Ok((browser, options)),
            ConsentWay::Links(_) => Err("consent is given by links"),
            ConsentWay::Noninteractive => Err("nothing is interactive"),
            ConsentWay::Never => Err("none is configured"),
        }
    }
}

impl Inner {
    fn serves<'a>(&self, services: impl Iterator<Item = &'a String>) -> bool {
        self.google.definition().services.serves(services)
    }

    /// A combined grant can hold more than a toolkit may use.
    fn check_allowed(&self, toolkit: &str, requirement: &Requirement) -> Result<(), Error> {
        let allowed = self.toolkits.get(toolkit);
        let all = allowed.is_some_and(|allowed| {
            requirement
                .methods()
                .all(|method| allowed.methods().any(|it| it == method))
        });
        if all {
            return Ok(());
        }
        Err(
            ErrorKind::Internal("a tool asked for an API method that its toolkit did not declare")
                .into(),
        )
    }

    /// A file in another program's format is one person's; whoever the program knows by name must
    /// get neither that person's consent nor a place in it.
    fn check_person(
        &self,
        principal: &Principal,
        account: Option<&AccountLabel>,
    ) -> Result<(), Error> {
        if !self.is_file || (*principal == Principal::anonymous() && account.is_none()) {
            return Ok(());
        }
        debug!(target: "toolgate_auth", "the token file is skipped: it is the anonymous user's");
        Err(Error::configuration(format!(
            "the {} keeps one account of a program that does not tell people apart; give the agent \
             a database to run for people, or for more than one account",
            self.database
        )))
    }

    /// A first consent is for all toolkits at once; one that lacks something asks for that.
    fn widen(&self, needed: &ConsentNeeded) -> (Vec<String>, ScopeSet) {
        if needed.reason == ConsentReason::ScopeMissing {
            return (needed.services.clone(), needed.scopes.iter().collect());
        }
        self.everything()
    }

    /// All toolkits, and the least that covers them together.
    fn everything(&self) -> (Vec<String>, ScopeSet) {
        let all = self
            .toolkits
            .values()
            .fold(Requirement::none(), |sum, each| sum.union(each));
        (self.toolkits.keys().cloned().collect(), all.least_scopes())
    }

    /// Sends the person through a browser. Google gives installed applications no incremental
    /// consent, so that all is asked for at once.
    async fn connect_in(
        self: Arc<Self>,
        browser: Browser,
        options: SignInOptions,
        key: TokenKey,
    ) -> Result<(), Error> {
        let (services, scopes) = self.everything();
        let request = SignInRequest {
            principal: key.principal().clone(),
            account_label: key.account_label().cloned(),
            services,
            scopes,
            return_path: None,
        };
        let sign_ins = self.sign_ins.clone().ok_or_else(no_sign_in_storage)?;
        let at = |options| self.sign_in_with(options, sign_ins);
        browser.connect(options, request, at).await.map(drop)
    }

    fn sign_in_at(&self, options: SignInOptions) -> Result<SignIn, Error> {
        let store = self.sign_ins.clone().ok_or_else(no_sign_in_storage)?;
        Ok(self.sign_in_with(options, store))
    }

    fn sign_in_with(&self, options: SignInOptions, store: Arc<dyn SignInStore>) -> SignIn {
        SignIn::new(sign_in::Inner {
            options,
            service: self.service.clone(),
            services: self.google.definition().services.clone(),
            store,
            tokens: Arc::clone(&self.tokens),
            audit: self.audit.clone(),
            vault: self.vault.clone(),
            grants: self.grants.clone(),
            guard: self.guard.clone(),
            disconnects: self.disconnects.clone(),
            arrivals: self.google.definition().arrivals.clone(),
            clock: Arc::clone(&self.google.definition().clock),
            told: sign_in::Told::default(),
        })
    }
}

fn links() -> Cache<LinkKey, SignInLink> {
    Cache::builder()
        .max_capacity(10_000)
        .time_to_live(LINK_REUSE)
        .build()
}

/// A toolkit that calls nothing is no service: there is nothing to consent to.
fn services_of(toolkits: Vec<ToolkitScopes>) -> BTreeMap<String, Requirement> {
    toolkits
        .into_iter()
        .filter(|toolkit| toolkit.requirement.methods().next().is_some())
        .map(|toolkit| (toolkit.name, toolkit.requirement))
        .collect()
}

fn one_account_only(describe: &str) -> Error {
    Error::configuration(format!(
        "the {describe} keeps one account: give the agent a database, or leave with_several_accounts out"
    ))
}

fn no_sign_in_storage() -> Error {
    Error::configuration("the database has no storage for sign-ins; use a database that has")
}
