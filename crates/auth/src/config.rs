//! Configuration from the environment; the only reader of it in the libraries.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;

use toolgate_http::Endpoints;
use url::Url;
use zeroize::Zeroizing;

use crate::browser::Browser;
use crate::error::Error;
use crate::google_auth::{GoogleAuth, GoogleAuthBuilder};
use crate::grant::OAuthClient;
use crate::keys::KeySource;
use crate::secret::{ApiKey, ClientSecret};

/// What the environment says about Google and the sealing keys.
///
/// | variable | meaning |
/// |---|---|
/// | `GOOGLE_CLIENT_ID`, `GOOGLE_CLIENT_SECRET` | the OAuth client |
/// | `GOOGLE_PROJECT_ID` | its Google Cloud project, where the number in the id is not to stand for it |
/// | `GOOGLE_BASE_URL` | stands in for all of Google's hosts: an emulator, or a proxy |
/// | `GOOGLE_REDIRECT_URI` | where Google sends browsers back to |
/// | `GOOGLE_HOSTED_DOMAIN` | the Google Workspace domain whose accounts are accepted |
/// | `GOOGLE_OAUTH_NONINTERACTIVE` | `true`: no browser is ever opened |
/// | `TOOLGATE_KEY`, `TOOLGATE_KEY_FILE` | the keys that seal stored tokens |
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
    /// Where the sealing keys come from.
    pub keys: KeySource,
}

impl EnvConfig {
    /// Reads and checks the variables.
    ///
    /// # Errors
    /// When a variable is damaged or malformed (the error names it and never its value), a secret
    /// stands without an id, or both key variables are set.
    pub fn read(environment: &Environment) -> Result<Self, Error> {
        Ok(Self {
            client: client(environment)?,
            endpoints: endpoints(environment)?,
            redirect_uri: redirect_uri(environment)?,
            hosted_domain: hosted_domain(environment)?,
            noninteractive: flag(environment, "GOOGLE_OAUTH_NONINTERACTIVE")?,
            keys: KeySource::from_environment(environment)?.unwrap_or_default(),
        })
    }
}

impl GoogleAuth {
    /// For a program on the person's own machine: the client and endpoints of the environment, see
    /// [`EnvConfig`]. A missing consent opens a browser, unless the environment says that none is
    /// ever to be opened.
    ///
    /// # Errors
    /// As [`EnvConfig::read`], and when no client id is set.
    pub fn from_env() -> Result<Self, Error> {
        Self::from_environment(&Environment::process())
    }

    /// The same with variables that are given.
    ///
    /// # Errors
    /// As [`from_env`](Self::from_env).
    pub fn from_environment(environment: &Environment) -> Result<Self, Error> {
        let builder = Self::builder_from_env(environment)?;
        if EnvConfig::read(environment)?.noninteractive {
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
    /// As [`EnvConfig::read`], and when no client id is set.
    pub fn builder_from_env(environment: &Environment) -> Result<GoogleAuthBuilder, Error> {
        let config = EnvConfig::read(environment)?;
        let client = config.client.ok_or_else(|| {
            Error::configuration(
                "GOOGLE_CLIENT_ID is not set; set it and GOOGLE_CLIENT_SECRET to those of an OAuth \
                 client, see https://console.cloud.google.com/apis/credentials",
            )
        })?;
        let mut builder = Self::builder(client)
            .with_endpoints(config.endpoints)
            .with_keys(config.keys);
        if let Some(uri) = config.redirect_uri {
            builder = builder.with_redirect_uri(uri);
        }
        if let Some(domain) = config.hosted_domain {
            builder = builder.with_hosted_domain(domain);
        }
        Ok(builder)
    }
}

fn client(environment: &Environment) -> Result<Option<OAuthClient>, Error> {
    let secret = environment.get("GOOGLE_CLIENT_SECRET")?;
    let Some(id) = environment.get("GOOGLE_CLIENT_ID")? else {
        if secret.is_none() {
            return Ok(None);
        }
        return Err(Error::configuration(
            "GOOGLE_CLIENT_SECRET is set without GOOGLE_CLIENT_ID; set both or neither",
        ));
    };
    let mut client = OAuthClient::new(id.as_str());
    client.check()?;
    if let Some(secret) = secret {
        client = client.with_secret(ClientSecret::parse(secret.as_str())?);
    }
    if let Some(project) = environment.get("GOOGLE_PROJECT_ID")? {
        client = client.with_project(project.as_str());
    }
    Ok(Some(client))
}

fn endpoints(environment: &Environment) -> Result<Endpoints, Error> {
    let Some(base) = environment.get("GOOGLE_BASE_URL")? else {
        return Ok(Endpoints::google());
    };
    Endpoints::at_base(&base)
        .map_err(|error| Error::configuration(format!("GOOGLE_BASE_URL cannot be used: {error}")))
}

fn redirect_uri(environment: &Environment) -> Result<Option<Url>, Error> {
    let Some(text) = environment.get("GOOGLE_REDIRECT_URI")? else {
        return Ok(None);
    };
    let url = Url::parse(&text).ok();
    let url =
        url.filter(|url| matches!(url.scheme(), "https" | "http") && url.fragment().is_none());
    url.map(Some).ok_or_else(|| {
        Error::configuration(
            "GOOGLE_REDIRECT_URI has to be a whole address such as \
             https://app.example.com/google/callback, as the Google Cloud console has it",
        )
    })
}

fn hosted_domain(environment: &Environment) -> Result<Option<String>, Error> {
    let Some(domain) = environment.get("GOOGLE_HOSTED_DOMAIN")? else {
        return Ok(None);
    };
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'.';
    if domain.contains('.') && domain.bytes().all(allowed) {
        return Ok(Some(domain.to_ascii_lowercase()));
    }
    Err(Error::configuration(
        "GOOGLE_HOSTED_DOMAIN has to be a domain such as example.com",
    ))
}

fn flag(environment: &Environment, name: &str) -> Result<bool, Error> {
    let Some(text) = environment.get(name)? else {
        return Ok(false);
    };
    match text.to_ascii_lowercase().as_str() {
        "1" | "true" | "yes" | "on" => Ok(true),
        "0" | "false" | "no" | "off" => Ok(false),
        _ => Err(Error::configuration(format!(
            "{name} has to be true or false"
        ))),
    }
}

/// Environment variables: the process's own, or a map in tests.
#[derive(Debug, Clone)]
pub struct Environment(Source);

#[derive(Debug, Clone)]
enum Source {
    Process,
    Map(BTreeMap<String, Value>),
}

/// A variable's value: any of them may be a secret.
#[derive(Clone)]
struct Value(Zeroizing<String>);

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl Environment {
    /// The variables of this process.
    pub fn process() -> Self {
        Self(Source::Process)
    }

    /// These variables and no other.
    pub fn from_pairs<N: Into<String>, V: Into<String>>(
        pairs: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        let pairs = pairs.into_iter();
        let values = pairs.map(|(name, value)| (name.into(), Value(Zeroizing::new(value.into()))));
        Self(Source::Map(values.collect()))
    }

    /// The key of an API that stands in a variable; an empty one counts as not set.
    ///
    /// ```
    /// use toolgate_auth::Environment;
    ///
    /// let environment = Environment::from_pairs([("EXAMPLE_API_KEY", "sk-example")]);
    /// assert!(environment.api_key("EXAMPLE_API_KEY")?.is_some());
    /// assert!(environment.api_key("OTHER_API_KEY")?.is_none());
    /// # Ok::<(), toolgate_auth::Error>(())
    /// ```
    ///
    /// # Errors
    /// When the value is damaged; the error names the variable and never its value.
    pub fn api_key(&self, name: &str) -> Result<Option<ApiKey>, Error> {
        let Some(value) = self.get(name)? else {
            return Ok(None);
        };
        let key = ApiKey::parse(value.as_str()).map_err(|error| {
            Error::configuration(format!(
                "the environment variable {name} cannot be used: {error}"
            ))
        })?;
        Ok(Some(key))
    }

    /// The address that stands in a variable; an empty one counts as not set.
    ///
    /// # Errors
    /// When it is no http or https address; the error names the variable and never its value.
    pub fn url(&self, name: &str) -> Result<Option<Url>, Error> {
        let Some(value) = self.get(name)? else {
            return Ok(None);
        };
        let url = Url::parse(&value).ok();
        let url = url.filter(|url| matches!(url.scheme(), "https" | "http") && url.has_host());
        url.map(Some).ok_or_else(|| {
            Error::configuration(format!(
                "the environment variable {name} has to be an address such as https://example.com"
            ))
        })
    }

    /// A variable's value; an empty one counts as not set.
    ///
    /// # Errors
    /// When the value is not Unicode, begins or ends with white space, or holds a line break or
    /// another control character: nothing is trimmed, since such a value was damaged on its way.
    pub(crate) fn get(&self, name: &str) -> Result<Option<Zeroizing<String>>, Error> {
        let value = match &self.0 {
            Source::Process => process_variable(name)?,
            Source::Map(values) => values.get(name).map(|value| value.0.clone()),
        };
        let Some(value) = value.filter(|value| !value.is_empty()) else {
            return Ok(None);
        };
        let problem = if value.contains(['\n', '\r']) {
            "holds a line break; remove it (a secret read from a file often ends with one)"
        } else if value.chars().any(char::is_control) {
            "holds a control character; set it again"
        } else if value.trim().len() != value.len() {
            "begins or ends with white space; remove it"
        } else {
            return Ok(Some(value));
        };
        Err(Error::configuration(format!(
            "the environment variable {name} {problem}"
        )))
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the environment"
)]
fn process_variable(name: &str) -> Result<Option<Zeroizing<String>>, Error> {
    let Some(value) = std::env::var_os(name) else {
        return Ok(None);
    };
    let value = value.into_string().map_err(|_| {
        Error::configuration(format!(
            "the environment variable {name} is not Unicode text"
        ))
    })?;
    Ok(Some(Zeroizing::new(value)))
}
