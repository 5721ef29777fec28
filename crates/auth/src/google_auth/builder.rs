//! Puts a `GoogleAuth` together and checks that its parts fit.

use std::sync::Arc;
use std::time::Duration;

use toolgate_http::{Endpoints, HttpClient};

use super::{Arrivals, ConsentWay, Definition, GoogleAuth, Services};
use crate::access::Calls;
use crate::browser::Browser;
use crate::clock::{Clock, Random, SystemClock, SystemRandom};
use crate::disconnect::MissingKey;
use crate::error::Error;
use crate::grant::{OAuthClient, ServiceAccount};
use crate::guard::ServiceGuard;
use crate::keys::KeySource;
use crate::push::PushChannels;
use crate::sign_in::{Accounts, ExpectedEmail, SignInOptions, UserVerifier};

/// How long runs that wait are kept, unless said.
const PAUSED_RUNS_KEPT: Duration = Duration::from_hours(24 * 30);

/// Builds a [`GoogleAuth`].
#[derive(Debug)]
#[must_use]
pub struct GoogleAuthBuilder {
    client: Option<OAuthClient>,
    service: Option<ServiceAccount>,
    interactive: bool,
    endpoints: Endpoints,
    http: Option<HttpClient>,
    keys: KeySource,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    browser: Option<Browser>,
    public_url: Option<String>,
    redirect_uri: Option<String>,
    app_name: Option<String>,
    verifier: Option<Arc<dyn UserVerifier>>,
    expected_email: Option<ExpectedEmail>,
    hosted_domain: Option<String>,
    allow_unverified_links: bool,
    allow_account_change: bool,
    accounts: Accounts,
    return_paths: Vec<String>,
    channels: Option<Arc<dyn PushChannels>>,
    calls: Calls,
    paused_runs_kept: Duration,
    missing_key: MissingKey,
}

impl GoogleAuthBuilder {
    pub(super) fn new(client: OAuthClient) -> Self {
        Self {
            client: Some(client),
            ..Self::without_client()
        }
    }

    pub(super) fn without_client() -> Self {
        Self {
            client: None,
            service: None,
            interactive: true,
            endpoints: Endpoints::google(),
            http: None,
            keys: KeySource::Database,
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
            browser: None,
            public_url: None,
            redirect_uri: None,
            app_name: None,
            verifier: None,
            expected_email: None,
            hosted_domain: None,
            allow_unverified_links: false,
            allow_account_change: false,
            accounts: Accounts::One,
            return_paths: Vec::new(),
            channels: None,
            calls: Calls::default(),
            paused_runs_kept: PAUSED_RUNS_KEPT,
            missing_key: MissingKey::Wait,
        }
    }

    /// Where browsers reach this application: a missing consent then yields a link to it.
    pub fn with_public_url(self, url: impl Into<String>) -> Self {
        Self {
            public_url: Some(url.into()),
            ..self
        }
    }

    /// Where Google sends browsers back to, if not to `/google/callback` below the public URL.
    pub fn with_redirect_uri(self, uri: impl Into<String>) -> Self {
        Self {
            redirect_uri: Some(uri.into()),
            ..self
        }
    }

    /// A missing consent opens this browser, and no link is given: for a program on the person's
    /// own machine.
    pub fn with_browser(self, browser: Browser) -> Self {
        Self {
            browser: Some(browser),
            ..self
        }
    }

    /// Whether a browser may be opened. Where it may not, as on a server, a consent that is missing is
    /// an error at once: nothing is opened, and nothing listens.
    pub fn interactive(self, interactive: bool) -> Self {
        Self {
            interactive,
            ..self
        }
    }

    /// A service account stands in for everybody's consent: its tokens come before all that is stored,
    /// and are stored nowhere.
    pub fn with_service_account(self, account: ServiceAccount) -> Self {
        Self {
            service: Some(account),
            ..self
        }
    }

    /// The application's name, for the pages.
    pub fn with_app_name(self, name: impl Into<String>) -> Self {
        Self {
            app_name: Some(name.into()),
            ..self
        }
    }

    /// Ties links to people: the application's own word on who is logged in.
    pub fn with_user_verifier(self, verifier: Arc<dyn UserVerifier>) -> Self {
        Self {
            verifier: Some(verifier),
            ..self
        }
    }

    /// Ties links to people: the Google account that each is expected to choose.
    pub fn with_expected_email(self, expected: ExpectedEmail) -> Self {
        Self {
            expected_email: Some(expected),
            ..self
        }
    }

    /// Ties links to a Google Workspace domain: accounts of others are refused.
    pub fn with_hosted_domain(self, domain: impl Into<String>) -> Self {
        Self {
            hosted_domain: Some(domain.into().to_ascii_lowercase()),
            ..self
        }
    }

    /// Gives links that nothing ties to a person: whoever opens one connects *their* mailbox to the
    /// agent of the person it was made for. `SECURITY.md` states the attack that remains.
    pub fn allow_unverified_links(self) -> Self {
        Self {
            allow_unverified_links: true,
            ..self
        }
    }

    /// Lets a person who has connected one Google account connect another in its place.
    pub fn allow_account_change(self) -> Self {
        Self {
            allow_account_change: true,
            ..self
        }
    }

    /// Lets a person connect several Google accounts: the first is the default one, each further one
    /// has a label of the person's own.
    ///
    /// Tools that call Google take an optional argument `account` then, a label or the e-mail address
    /// of one of the person's own accounts. A call that only reads takes the default account where none
    /// is named; one that changes something is refused while there is more than one. Which accounts a
    /// person has is known from memory for up to a minute, so that a call costs no look at the database;
    /// what is connected or disconnected in this process is known at once, and before a call is refused
    /// the database is asked.
    ///
    /// A further account is connected by a link that the model gives. Where consent is given in a
    /// browser on the person's own machine, no model connects a further one: the program does, by an
    /// [`Access`](crate::Access::with_account) of that label, whose first token opens the browser.
    pub fn with_several_accounts(self) -> Self {
        Self {
            accounts: Accounts::Several,
            ..self
        }
    }

    /// A path of the application's own that a browser may be sent to when all is done.
    pub fn with_return_path(mut self, path: impl Into<String>) -> Self {
        self.return_paths.push(path.into());
        self
    }

    /// Who knows the notification channels that the application has opened with Calendar and Drive: a
    /// disconnect ends them before the grant.
    pub fn with_push_channels(self, channels: Arc<dyn PushChannels>) -> Self {
        Self {
            channels: Some(channels),
            ..self
        }
    }

    /// Upkeep removes runs that have waited for longer than this, 30 days unless said. Conversations
    /// that the application named stay.
    pub fn with_paused_runs_kept(self, kept: Duration) -> Self {
        Self {
            paused_runs_kept: kept,
            ..self
        }
    }

    /// What becomes of a disconnect whose key is not in this process; an operator's program says
    /// [`Keep`](MissingKey::Keep), an application nothing.
    pub fn with_missing_key(self, missing_key: MissingKey) -> Self {
        Self {
            missing_key,
            ..self
        }
    }

    /// The keys that seal stored tokens; by default what the environment says, or the key file of
    /// an embedded database.
    pub fn with_keys(self, keys: KeySource) -> Self {
        Self { keys, ..self }
    }

    /// Endpoints that stand in for Google's.
    pub fn with_endpoints(self, endpoints: Endpoints) -> Self {
        Self { endpoints, ..self }
    }

    /// The HTTP client to use.
    pub fn with_http(self, http: HttpClient) -> Self {
        Self {
            http: Some(http),
            ..self
        }
    }

    /// The clock to use.
    pub fn with_clock(self, clock: Arc<dyn Clock>) -> Self {
        Self { clock, ..self }
    }

    /// The source of random bytes to use.
    pub fn with_random(self, random: Arc<dyn Random>) -> Self {
        Self { random, ..self }
    }

    /// How long one request to an API may take, in the place of a minute; a call with all its tries
    /// may take two minutes, or this where it is longer.
    pub fn with_api_timeout(mut self, timeout: Duration) -> Self {
        self.calls.timeout = Some(timeout);
        self
    }

    /// The Google Cloud project that API calls are counted for, if not the OAuth client's. The
    /// account has to be allowed to use it (`serviceusage.services.use`).
    pub fn with_quota_project(mut self, project: impl Into<String>) -> Self {
        self.calls.quota_project = Some(project.into().into());
        self
    }

    /// Puts it together.
    ///
    /// # Errors
    /// When a URL is malformed, nothing ties the links to people, or both a public URL and a
    /// browser were given.
    pub fn build(self) -> Result<GoogleAuth, Error> {
        if let Some(client) = &self.client {
            client.check()?;
        }
        self.calls.check()?;
        let consent = self.consent_way()?;
        let http = match self.http {
            Some(http) => http,
            None => HttpClient::new()
                .map_err(|_| Error::configuration("the HTTP client could not be built"))?,
        };
        let (endpoints, clock) = (self.endpoints.clone(), Arc::clone(&self.clock));
        let service = self
            .service
            .map(|account| ServiceGuard::new(account, http.clone(), endpoints, clock));
        Ok(GoogleAuth(Arc::new(Definition {
            client: self.client,
            service,
            endpoints: self.endpoints,
            http,
            keys: self.keys,
            clock: self.clock,
            random: self.random,
            consent,
            accounts: self.accounts,
            channels: self.channels,
            calls: self.calls,
            paused_runs_kept: self.paused_runs_kept,
            missing_key: self.missing_key,
            breaker: Arc::default(),
            services: Services::default(),
            arrivals: Arrivals::default(),
        })))
    }

    fn consent_way(&self) -> Result<ConsentWay, Error> {
        match (&self.public_url, &self.browser) {
            (Some(_), Some(_)) => Err(Error::configuration(
                "a missing consent yields a link or opens a browser, not both: leave out \
                 with_public_url or with_browser",
            )),
            (Some(_), None) | (None, Some(_)) if self.client.is_none() => {
                Err(Error::configuration(
                    "sign-ins need an OAuth client: begin with GoogleAuth::builder, and give it the \
                     service account by with_service_account",
                ))
            }
            (None, _) if !self.interactive => Ok(ConsentWay::Noninteractive),
            (None, Some(browser)) => {
                let options = self.options_at("http://127.0.0.1")?;
                Ok(ConsentWay::Browser(browser.clone(), Box::new(options)))
            }
            (None, None) => Ok(ConsentWay::Never),
            (Some(url), None) => {
                let options = self.options_at(url)?;
                options.check_links_are_verified()?;
                Ok(ConsentWay::Links(Box::new(options)))
            }
        }
    }

    fn options_at(&self, public_url: &str) -> Result<SignInOptions, Error> {
        let mut options = SignInOptions::at(public_url)?;
        if let Some(uri) = &self.redirect_uri {
            options.redirect_uri = SignInOptions::at(uri)?.public_url;
        }
        if let Some(name) = &self.app_name {
            options.app_name.clone_from(name);
        }
        options.verifier.clone_from(&self.verifier);
        options.expected_email.clone_from(&self.expected_email);
        options.hosted_domain.clone_from(&self.hosted_domain);
        options.allow_unverified_links = self.allow_unverified_links;
        options.allow_account_change = self.allow_account_change;
        options.accounts = self.accounts;
        options.return_paths.clone_from(&self.return_paths);
        Ok(options)
    }
}
