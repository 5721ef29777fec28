//! Which store a toolkit gets, and why. A pure decision first, then what carries it out.

use std::fmt;
use std::path::{Path, PathBuf};

use toolgate_auth::store::Database;
use toolgate_auth::{GoogleAuth, Service, TokenFile};

use crate::consent::StorageWish;
use crate::fault::{Error, ErrorKind};
use crate::toolkit::Toolkit;

/// Why a toolkit got the store that it got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BindingReason {
    /// It was given a store itself.
    ExplicitStore,
    /// It took the agent's database.
    AgentDatabase,
    /// The agent's database keeps no tokens and was skipped.
    NoTokenStorage,
    /// There is no database, and the program is one person's.
    TokenFile,
    /// There is no store.
    NoStore,
    /// It needs none: it was given a credential.
    ExplicitCredential,
    /// It needs none: a service account acts.
    ServiceAccount,
    /// It works with the consent of other toolkits.
    SharedConsent,
}

/// How a toolkit comes by its tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BindingMode {
    /// A consent of its own.
    Simple,
    /// A consent that toolkits share.
    Coordinated,
    /// A credential that it was given.
    ExplicitCredential,
    /// A service account, for the person of each run or another.
    ServiceAccount,
}

/// Where one toolkit's consent is kept, and why there. `Display` says it in a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct BindingReport {
    /// The toolkit.
    pub toolkit: &'static str,
    /// The store that it got, for a person; none where it got none.
    pub store: Option<String>,
    /// Why.
    pub reason: BindingReason,
    /// What the grants are filed under; none where none are kept.
    pub service: Option<Service>,
    /// How it comes by its tokens.
    pub mode: BindingMode,
    /// The agent's database that was skipped, for a person.
    pub skipped: Option<String>,
    /// The key file that seals what is stored, where there is one.
    pub key_file: Option<PathBuf>,
}

impl fmt::Display for BindingReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let toolkit = self.toolkit;
        if self.reason == BindingReason::ExplicitCredential {
            return write!(
                f,
                "{toolkit} uses the credential that it was given and keeps none"
            );
        }
        if self.reason == BindingReason::ServiceAccount {
            return write!(
                f,
                "{toolkit} uses a service account, in the place of people's consent, and keeps none"
            );
        }
        if let (Some(store), BindingReason::TokenFile) = (&self.store, self.reason) {
            return write!(
                f,
                "{toolkit} keeps consent in {store}, for the anonymous user alone, since neither it nor the agent has a database"
            );
        }
        if let Some(store) = &self.store {
            let whose = match self.reason {
                BindingReason::ExplicitStore => "the store that it was given",
                _ => "the agent's database",
            };
            write!(f, "{toolkit} keeps consent in {store}, {whose}")?;
            match self.mode {
                BindingMode::Coordinated => f.write_str(", shared with other toolkits")?,
                _ => f.write_str(", for itself alone")?,
            }
            if let Some(service) = &self.service {
                write!(f, " (service {service})")?;
            }
            return Ok(());
        }
        match &self.skipped {
            Some(skipped) => write!(
                f,
                "{toolkit} keeps no consent: the agent's database ({skipped}) has no token storage and was skipped"
            ),
            None => write!(
                f,
                "{toolkit} keeps no consent: neither it nor the agent has a store"
            ),
        }
    }
}

/// What a toolkit wishes for, as far as the choice of its store goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "whoever decides says all of it")]
pub struct Wish<'a> {
    /// The toolkit.
    pub toolkit: &'static str,
    /// What it wants of a store.
    pub storage: StorageWish,
    /// Whether it was given a `GoogleAuth`.
    pub has_google_auth: bool,
    /// Whether it was given a credential.
    pub has_credential: bool,
    /// Whether its `GoogleAuth` has a service account.
    pub has_service_account: bool,
    /// The token file that it may use: none where consent is given by links, or not at all.
    pub token_file: Option<&'a Path>,
}

impl<'a> Wish<'a> {
    /// What this toolkit wishes for.
    pub fn of(toolkit: &'a dyn Toolkit) -> Self {
        let consent = toolkit.consent();
        let google = consent.google_auth();
        Self {
            toolkit: toolkit.name(),
            storage: consent.storage(),
            has_google_auth: google.is_some(),
            has_credential: consent.access().is_some(),
            has_service_account: google.is_some_and(GoogleAuth::has_service_account),
            token_file: google
                .filter(|google| !google.gives_links())
                .map(|_| consent.token_file()),
        }
    }

    fn mode(self) -> BindingMode {
        if self.has_credential {
            BindingMode::ExplicitCredential
        } else if self.has_service_account {
            BindingMode::ServiceAccount
        } else if self.has_google_auth && self.storage == StorageWish::Default {
            BindingMode::Coordinated
        } else {
            BindingMode::Simple
        }
    }

    /// A toolkit that keeps its own consent keeps it in a database.
    fn file(self) -> Option<&'a Path> {
        self.token_file
            .filter(|_| self.storage == StorageWish::Default)
    }

    fn needs_store(self) -> bool {
        self.mode() == BindingMode::Coordinated || self.storage == StorageWish::StoreTokens
    }
}

/// Which of the stores on offer is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum StoreChoice {
    /// The one that the toolkit was given.
    Explicit,
    /// The agent's.
    Agent,
    /// The token file.
    TokenFile,
    /// None.
    None,
}

/// Decides which store a toolkit gets: an explicit credential needs none, nor does a service account,
/// whatever stores there are; the toolkit's own store
/// beats the agent's; an agent's database without token storage is skipped, and the report says so;
/// where there is no database at all, a toolkit of a program of one person has its token file; a
/// toolkit that needs a store and gets none is an error now, not at the first call.
///
/// # Errors
/// When a store is needed and there is none, or the toolkit's own store keeps no tokens.
pub fn decide(
    wish: Wish<'_>,
    explicit: Option<&dyn Database>,
    agent: Option<&dyn Database>,
) -> Result<(StoreChoice, BindingReport), Error> {
    let toolkit = wish.toolkit;
    let mode = wish.mode();
    let report = |store: Option<String>, reason, skipped| BindingReport {
        toolkit,
        service: store.as_ref().and_then(|_| service(mode, toolkit)),
        store,
        reason,
        mode,
        skipped,
        key_file: None,
    };
    if mode == BindingMode::ExplicitCredential {
        let report = report(None, BindingReason::ExplicitCredential, None);
        return Ok((StoreChoice::None, report));
    }
    if mode == BindingMode::ServiceAccount {
        let report = report(None, BindingReason::ServiceAccount, None);
        return Ok((StoreChoice::None, report));
    }
    if let Some(store) = explicit {
        if store.token_store().is_none() {
            let store = store.describe();
            return Err(Error::from(ErrorKind::StoreUseless { toolkit, store }));
        }
        let report = report(Some(store.describe()), BindingReason::ExplicitStore, None);
        return Ok((StoreChoice::Explicit, report));
    }
    if let Some(store) = agent.filter(|it| it.token_store().is_some()) {
        let report = report(Some(store.describe()), BindingReason::AgentDatabase, None);
        return Ok((StoreChoice::Agent, report));
    }
    if let Some(path) = wish.file().filter(|_| agent.is_none()) {
        let file = TokenFile::new(path).describe();
        let report = report(Some(file), BindingReason::TokenFile, None);
        return Ok((StoreChoice::TokenFile, report));
    }
    let skipped = agent.map(Database::describe);
    if wish.needs_store() {
        let skipped = skipped
            .map(|it| format!(" with token storage ({it} has none)"))
            .unwrap_or_default();
        return Err(Error::from(ErrorKind::StoreMissing { toolkit, skipped }));
    }
    let reason = match skipped {
        Some(_) => BindingReason::NoTokenStorage,
        None => BindingReason::NoStore,
    };
    Ok((StoreChoice::None, report(None, reason, skipped)))
}

fn service(mode: BindingMode, toolkit: &'static str) -> Option<Service> {
    match mode {
        BindingMode::Coordinated => Some(Service::google()),
        BindingMode::Simple => Service::parse(toolkit).ok(),
        BindingMode::ExplicitCredential | BindingMode::ServiceAccount => None,
    }
}
