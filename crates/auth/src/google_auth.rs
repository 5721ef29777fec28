//! `GoogleAuth`: how an application obtains consent. A definition until it is bound to a database.

mod bound;
mod builder;
mod connections;
mod service;
mod services;
mod upkeep;

use std::sync::Arc;
use std::time::Duration;

use toolgate_http::{Endpoints, HttpClient};

pub(crate) use self::bound::Arrivals;
pub use self::bound::{
    AwaitedConsent, BoundGoogleAuth, ConsentMark, GrantTokens, KeptGrant, Waited,
};
pub use self::builder::GoogleAuthBuilder;
pub use self::connections::Connection;
pub use self::service::BoundServiceAccount;
pub(crate) use self::services::Services;
pub use self::upkeep::Health;
use crate::access::Calls;
use crate::browser::Browser;
use crate::clock::{Clock, Random};
use crate::disconnect::MissingKey;
use crate::error::Error;
use crate::grant::{OAuthClient, ServiceAccount};
use crate::guard::{Breaker, ServiceGuard};
use crate::identity::Service;
use crate::keys::KeySource;
use crate::push::PushChannels;
use crate::scope::Requirement;
use crate::sign_in::{Accounts, SignInOptions};
use crate::store::Database;

/// How an application obtains consent from Google: its OAuth client, how browsers reach it, whom it
/// lets in. It holds no token and no user; binding it to a database makes the thing that does.
///
/// Whatever binds it in one process shares its sign-ins: the pages of one binding serve the links of all.
/// Every process that serves sign-ins over one database binds the same toolkits, or none at all: one with
/// none takes the links of the others whatever they are for, and one with some refuses what is not its.
///
/// An agent binds it by itself. A process that only serves the sign-in pages binds it like this:
///
/// ```
/// use toolgate_auth::{
///     ClientSecret, GoogleAuth, MemoryDatabase, OAuthClient, Requirement, Service, ToolkitScopes,
/// };
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let client = OAuthClient::new("id.apps.googleusercontent.com")
///     .with_secret(ClientSecret::parse("GOCSPX-example")?);
/// let google = GoogleAuth::builder(client)
///     .with_public_url("https://app.example.com")
///     .with_app_name("Example")
///     .with_hosted_domain("example.com")
///     .build()?;
/// let gmail = ToolkitScopes::new("gmail", Requirement::for_methods(&["gmail.users.messages.list"]));
/// let bound = google.bind(&MemoryDatabase::new(), Service::google(), vec![gmail]).await?;
/// assert_eq!(bound.services(), ["gmail"]);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct GoogleAuth(Arc<Definition>);

#[derive(Debug)]
pub(crate) struct Definition {
    /// None where a service account stands in for consent.
    client: Option<OAuthClient>,
    service: Option<ServiceGuard>,
    pub(crate) endpoints: Endpoints,
    pub(crate) http: HttpClient,
    pub(crate) keys: KeySource,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) consent: ConsentWay,
    /// Whether a person may connect more than the default one.
    pub(crate) accounts: Accounts,
    pub(crate) channels: Option<Arc<dyn PushChannels>>,
    pub(crate) calls: Calls,
    /// How long upkeep leaves runs that wait.
    pub(crate) paused_runs_kept: Duration,
    /// What becomes of a disconnect without its key.
    pub(crate) missing_key: MissingKey,
    /// One for the client, however often it is bound.
    pub(crate) breaker: Arc<Breaker>,
    /// The toolkits of all its bindings.
    pub(crate) services: Services,
    /// Who waits for a sign-in hears of it from whichever binding served it.
    pub(crate) arrivals: Arrivals,
}

/// How a missing consent is asked for.
#[derive(Debug)]
pub(crate) enum ConsentWay {
    /// By a link to pages that browsers reach.
    Links(Box<SignInOptions>),
    /// By a browser on this machine. The options say whom it lets in; their addresses are those of
    /// each sign-in's own listener.
    Browser(Browser, Box<SignInOptions>),
    /// Not at all: the error says that consent is needed.
    Never,
    /// Not at all, because this program was told never to open a browser.
    Noninteractive,
}

impl Definition {
    pub(crate) fn client(&self) -> Result<&OAuthClient, Error> {
        self.client.as_ref().ok_or_else(|| {
            Error::configuration(
                "consent needs an OAuth client, and this GoogleAuth has a service account alone; begin \
                 it with GoogleAuth::builder",
            )
        })
    }
}

/// What one toolkit may use of a shared consent.
#[derive(Debug, Clone)]
pub struct ToolkitScopes {
    pub(crate) name: String,
    pub(crate) requirement: Requirement,
}

impl ToolkitScopes {
    /// A toolkit's name and what its chosen tools need, together.
    pub fn new(name: impl Into<String>, requirement: Requirement) -> Self {
        Self {
            name: name.into(),
            requirement,
        }
    }
}

impl GoogleAuth {
    /// Begins a definition without consent: a service account acts. To have sign-ins beside it, see
    /// [`GoogleAuthBuilder::with_service_account`].
    pub fn service_account(account: ServiceAccount) -> GoogleAuthBuilder {
        GoogleAuthBuilder::without_client().with_service_account(account)
    }

    /// Begins a definition for an OAuth client.
    pub fn builder(client: OAuthClient) -> GoogleAuthBuilder {
        GoogleAuthBuilder::new(client)
    }

    /// Binds the definition to a database: resolves the sealing keys and checks them against it.
    ///
    /// `service` names the grants: [`Service::google`] for a consent that toolkits share, a
    /// toolkit's name for one of its own. Under a base of one's own (an emulator, a proxy) the OAuth
    /// paths are those that its OpenID configuration names, where it answers.
    ///
    /// # Errors
    /// When the database has no token storage, a key is missing or does not fit, or the database
    /// cannot be asked.
    pub async fn bind(
        &self,
        database: &dyn Database,
        service: Service,
        toolkits: Vec<ToolkitScopes>,
    ) -> Result<BoundGoogleAuth, Error> {
        BoundGoogleAuth::bind(self, database, service, toolkits).await
    }

    /// Whether a missing consent yields a link (and no browser is opened).
    pub fn gives_links(&self) -> bool {
        matches!(self.0.consent, ConsentWay::Links(_))
    }

    /// The service account with this toolkit, where one stands in for consent: it needs no database,
    /// and comes before all that is stored.
    pub fn bind_service_account(&self, toolkit: ToolkitScopes) -> Option<BoundServiceAccount> {
        let service = self.0.service.clone()?;
        Some(BoundServiceAccount::new(self, service, toolkit))
    }

    /// Whether a service account stands in for consent.
    pub fn has_service_account(&self) -> bool {
        self.0.service.is_some()
    }

    /// Whether a person may connect several Google accounts.
    pub fn has_several_accounts(&self) -> bool {
        self.0.accounts == Accounts::Several
    }

    /// Whether the two are one definition, and so one consent.
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    pub(crate) fn definition(&self) -> &Definition {
        &self.0
    }
}
