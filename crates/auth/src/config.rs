//! Configuration from the environment; the only reader of it in the libraries.

mod environment;
#[cfg(test)]
mod tests;
mod values;
mod variables;

use std::path::PathBuf;
use std::time::Duration;

use toolgate_http::Endpoints;
use url::Url;

pub use self::environment::Environment;
pub(crate) use self::values::{is_address, is_project};
pub use self::variables::Variable;
use crate::browser::Browser;
use crate::error::Error;
use crate::google_auth::{GoogleAuth, GoogleAuthBuilder};
use crate::grant::{OAuthClient, ServiceAccount};
use crate::keys::KeySource;

/// What the environment says about Google and the sealing keys. The names are those of agno's Google
/// tools for Python, where it has one.
///
/// | variable | meaning |
/// |---|---|
/// | `GOOGLE_CLIENT_ID`, `GOOGLE_CLIENT_SECRET` | the OAuth client |
/// | `GOOGLE_CLIENT_SECRETS_FILE` | the file of the OAuth client that Google lets one download, in their place |
/// | `GOOGLE_PROJECT_ID` | its Google Cloud project, where the number in the id is not to stand for it |
/// | `GOOGLE_BASE_URL` | stands in for all of Google's hosts: an emulator, or a proxy |
/// | `GOOGLE_REDIRECT_URI` | where Google sends browsers back to |
/// | `GOOGLE_HOSTED_DOMAIN` | the Google Workspace domain whose accounts are accepted |
/// | `GOOGLE_OAUTH_NONINTERACTIVE` | `true`: no browser is ever opened |
/// | `GOOGLE_SERVICE_ACCOUNT_FILE` | the key file of a service account, in the place of people's consent |
/// | `GOOGLE_DELEGATED_USER` | the address for whom the service account acts, whoever runs the agent |
/// | `GOOGLE_APPLICATION_CREDENTIALS` | Google's application default credentials, used only where the program asks for them |
/// | `GOOGLE_API_TIMEOUT` | how many seconds one request to an API may take |
/// | `GOOGLE_CLOUD_QUOTA_PROJECT_ID` | the Google Cloud project that API calls are counted for |
/// | `TOOLGATE_KEY`, `TOOLGATE_KEY_FILE` | the keys that seal stored tokens |
///
/// Read elsewhere, and listed in [`VARIABLES`](Self::VARIABLES) with the others:
/// `GOOGLE_TOKEN_ENCRYPTION_KEY` and `AGNO_ENCRYPTION_KEY`, with which agno sealed the rows that an
/// import reads, and `DATABASE_URL` of `cargo xtask`.
///
/// Two names of agno's drafts are not read. `GOOGLE_OAUTH_STATE_SECRET`: what signs the state of a
/// sign-in follows from the sealing keys, which all replicas share anyway. `GOOGLE_OAUTH_CALLBACK_PATH`:
/// `GOOGLE_REDIRECT_URI` says it whole, as the Google Cloud console has it. And no `credentials.json`
/// is picked up because it lies in the working folder: a file is read where it is named.
///
/// ```
/// use toolgate_auth::{EnvConfig, Environment};
///
/// let environment = Environment::from_pairs([("GOOGLE_HOSTED_DOMAIN", "example.com")]);
/// let config = EnvConfig::read(&environment)?;
/// assert_eq!(config.hosted_domain.as_deref(), Some("example.com"));
/// assert!(config.client.is_none());
/// # Ok::<(), toolgate_auth::Error>(())
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct EnvConfig {
    /// The OAuth client, where an id is set.
    pub client: Option<OAuthClient>,
    /// Google, or what stands in for it.
    pub endpoints: Endpoints,
    /// Where Google sends browsers back to.
    pub redirect_uri: Option<Url>,
    /// The Google Workspace domain whose accounts are accepted.
    pub hosted_domain: Option<String>,
    /// No browser is to be opened.
    pub noninteractive: bool,
    /// The key file of a service account.
    pub service_account_file: Option<PathBuf>,
    /// The address for whom the service account acts.
    pub delegated_user: Option<String>,
    /// Google's application default credentials.
    pub application_credentials: Option<PathBuf>,
    /// How long one request to an API may take.
    pub api_timeout: Option<Duration>,
    /// The Google Cloud project that API calls are counted for.
    pub quota_project: Option<String>,
    /// Where the sealing keys come from.
    pub keys: KeySource,
}

impl EnvConfig {
    /// Every variable that is read, here or elsewhere.
    ///
    /// ```
    /// use toolgate_auth::EnvConfig;
    ///
    /// let secrets = EnvConfig::VARIABLES.iter().filter(|it| it.is_secret);
    /// assert!(secrets.map(|it| it.name).any(|name| name == "GOOGLE_CLIENT_SECRET"));
    /// ```
    pub const VARIABLES: &'static [Variable] = variables::ALL;

    /// Reads and checks the variables.
    ///
    /// # Errors
    /// When a variable is damaged or malformed (the error names it and never its value), a secret
    /// stands without an id, or both key variables are set.
    pub fn read(environment: &Environment) -> Result<Self, Error> {
        let (config, problems) = Self::examine(environment);
        match problems.into_iter().next() {
            Some((_, error)) => Err(error),
            None => Ok(config),
        }
    }

    /// Reads what can be read, for whoever mends a set-up: beside it stands each field that is left as
    /// if nothing were set, with what [`read`](Self::read) would say of it.
    ///
    /// ```
    /// use toolgate_auth::{EnvConfig, Environment};
    ///
    /// let wrong = [("GOOGLE_HOSTED_DOMAIN", "example"), ("GOOGLE_API_TIMEOUT", "soon")];
    /// let (_, problems) = EnvConfig::examine(&Environment::from_pairs(wrong));
    /// let fields: Vec<_> = problems.iter().map(|(field, _)| *field).collect();
    /// assert_eq!(fields, ["hosted_domain", "api_timeout"]);
    /// ```
    pub fn examine(environment: &Environment) -> (Self, Vec<(&'static str, Error)>) {
        let mut problems = Problems::default();
        let path = |name| values::path(environment, name);
        let noninteractive = values::flag(environment, "GOOGLE_OAUTH_NONINTERACTIVE");
        let config = Self {
            client: problems.of("client", values::client(environment)),
            endpoints: problems
                .of("endpoints", values::endpoints(environment).map(Some))
                .unwrap_or_else(Endpoints::google),
            redirect_uri: problems.of("redirect_uri", values::redirect_uri(environment)),
            hosted_domain: problems.of("hosted_domain", values::hosted_domain(environment)),
            noninteractive: problems.of("noninteractive", noninteractive),
            service_account_file: problems
                .of("service_account_file", path("GOOGLE_SERVICE_ACCOUNT_FILE")),
            delegated_user: problems.of("delegated_user", values::delegated_user(environment)),
            application_credentials: problems.of(
                "application_credentials",
                path("GOOGLE_APPLICATION_CREDENTIALS"),
            ),
            api_timeout: problems.of("api_timeout", values::api_timeout(environment)),
            quota_project: problems.of("quota_project", values::quota_project(environment)),
            keys: problems
                .of("keys", KeySource::from_environment(environment))
                .unwrap_or_default(),
        };
        (config, problems.0)
    }
}

/// The fields that could not be read.
#[derive(Default)]
struct Problems(Vec<(&'static str, Error)>);

impl Problems {
    fn of<T: Default>(&mut self, field: &'static str, read: Result<T, Error>) -> T {
        read.unwrap_or_else(|error| {
            self.0.push((field, error));
            T::default()
        })
    }
}

impl GoogleAuth {
    /// For a program on the person's own machine: the client and endpoints of the environment, see
    /// [`EnvConfig`]. A missing consent opens a browser, unless the environment says that none is
    /// ever to be opened. Where the environment names a service account, nobody is asked.
    ///
    /// # Errors
    /// As [`EnvConfig::read`], when neither a client nor a service account is named, and when a file
    /// cannot be used.
    pub fn from_env() -> Result<Self, Error> {
        Self::from_environment(&Environment::process())
    }

    /// The same with variables that are given.
    ///
    /// # Errors
    /// As [`from_env`](Self::from_env).
    pub fn from_environment(environment: &Environment) -> Result<Self, Error> {
        let builder = Self::builder_from_env(environment)?;
        if EnvConfig::read(environment)?.service_account_file.is_some() {
            return builder.build();
        }
        builder.with_browser(Browser::default()).build()
    }

    /// Begins a definition with what the environment says, see [`EnvConfig`].
    ///
    /// ```
    /// use toolgate_auth::{Environment, GoogleAuth};
    ///
    /// let environment = Environment::from_pairs([
    ///     ("GOOGLE_CLIENT_ID", "123-abc.apps.googleusercontent.com"),
    ///     ("GOOGLE_CLIENT_SECRET", "GOCSPX-example"),
    ///     ("GOOGLE_HOSTED_DOMAIN", "example.com"),
    /// ]);
    /// let google = GoogleAuth::builder_from_env(&environment)?
    ///     .with_public_url("https://app.example.com")
    ///     .build()?;
    /// assert!(google.gives_links());
    /// # Ok::<(), toolgate_auth::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`from_env`](Self::from_env).
    pub fn builder_from_env(environment: &Environment) -> Result<GoogleAuthBuilder, Error> {
        let config = EnvConfig::read(environment)?;
        let service_account = service_account(&config)?;
        let builder = match (config.client, service_account) {
            (Some(client), Some(account)) => Self::builder(client).with_service_account(account),
            (None, Some(account)) => Self::service_account(account),
            (Some(client), None) => Self::builder(client),
            (None, None) => return Err(no_client()),
        };
        let mut builder = builder
            .with_endpoints(config.endpoints)
            .with_keys(config.keys);
        if config.noninteractive {
            builder = builder.interactive(false);
        }
        if let Some(uri) = config.redirect_uri {
            builder = builder.with_redirect_uri(uri);
        }
        if let Some(domain) = config.hosted_domain {
            builder = builder.with_hosted_domain(domain);
        }
        if let Some(timeout) = config.api_timeout {
            builder = builder.with_api_timeout(timeout);
        }
        if let Some(project) = config.quota_project {
            builder = builder.with_quota_project(project);
        }
        Ok(builder)
    }
}

fn service_account(config: &EnvConfig) -> Result<Option<ServiceAccount>, Error> {
    let Some(path) = &config.service_account_file else {
        return Ok(None);
    };
    let account = ServiceAccount::from_file(path)?;
    Ok(Some(match &config.delegated_user {
        Some(address) => account.acting_for(address)?,
        None => account,
    }))
}

fn no_client() -> Error {
    Error::configuration(
        "GOOGLE_CLIENT_ID is not set; set it and GOOGLE_CLIENT_SECRET to those of an OAuth client, or \
         GOOGLE_CLIENT_SECRETS_FILE to its file, see \
         https://console.cloud.google.com/apis/credentials; or GOOGLE_SERVICE_ACCOUNT_FILE to the key \
         file of a service account",
    )
}
