//! Puts a model together: provider, key, address, transport and settings.

use std::time::Duration;

use serde_json::Value;
use toolgate_framework::{ApiKey, Environment, Error as FrameworkError};
use toolgate_http::HttpClient;
use url::Url;

use crate::error::{Error, ErrorKind};
use crate::model::{RigModel, Settings, ToolChoice};
use crate::provider::{Access, Provider};
use crate::transport::RigHttp;

/// Configures a [`RigModel`].
///
/// ```
/// use std::time::Duration;
/// use toolgate_framework::{Environment, Model as _};
/// use toolgate_model_rig::RigModel;
///
/// let environment = Environment::from_pairs([
///     ("MISTRAL_API_KEY", "example"),
///     ("MISTRAL_BASE_URL", "https://proxy.example.com/mistral"),
/// ]);
/// let model = RigModel::builder("mistral:mistral-large-latest")
///     .with_environment(environment)
///     .with_deadline(Duration::from_secs(120))
///     .with_temperature(0.2)
///     .build()?;
/// assert_eq!(model.name(), "mistral:mistral-large-latest");
/// # Ok::<(), toolgate_model_rig::Error>(())
/// ```
#[derive(Debug)]
#[must_use]
pub struct RigModelBuilder {
    reference: String,
    environment: Environment,
    api_key: Option<ApiKey>,
    base_url: Option<Url>,
    http: Option<HttpClient>,
    deadline: Option<Duration>,
    chat: bool,
    settings: Settings,
}

impl RigModelBuilder {
    pub(crate) fn new(reference: String) -> Self {
        Self {
            reference,
            environment: Environment::process(),
            api_key: None,
            base_url: None,
            http: None,
            deadline: None,
            chat: false,
            settings: Settings::default(),
        }
    }

    /// The variables to read where nothing is given here; those of the process by default.
    pub fn with_environment(self, environment: Environment) -> Self {
        Self {
            environment,
            ..self
        }
    }

    /// The provider's key.
    pub fn with_api_key(self, key: ApiKey) -> Self {
        Self {
            api_key: Some(key),
            ..self
        }
    }

    /// Where the provider is, or what speaks as it does: the part of the address that all its paths
    /// begin with. Plain http goes to this machine only.
    pub fn with_base_url(self, url: Url) -> Self {
        Self {
            base_url: Some(url),
            ..self
        }
    }

    /// The HTTP client, so that one pool serves several models.
    pub fn with_http(self, client: HttpClient) -> Self {
        Self {
            http: Some(client),
            ..self
        }
    }

    /// How long a whole answer may take, and how long one that comes in pieces may be silent; ten
    /// minutes by default.
    pub fn with_deadline(self, deadline: Duration) -> Self {
        Self {
            deadline: Some(deadline),
            ..self
        }
    }

    /// Asks by Chat Completions and not by Responses, for what speaks as `OpenAI` does but has no
    /// Responses API.
    pub fn with_chat_completions(self) -> Self {
        Self { chat: true, ..self }
    }

    /// How freely the model chooses its words.
    pub fn with_temperature(mut self, temperature: f64) -> Self {
        self.settings.temperature = Some(temperature);
        self
    }

    /// How many tokens the model may write in one turn.
    pub fn with_max_tokens(mut self, tokens: u64) -> Self {
        self.settings.max_tokens = Some(tokens);
        self
    }

    /// How the model is to use its tools at the first step of a run. Later steps are its own choice:
    /// a model that has to call a tool each time never ends.
    pub fn with_first_step(mut self, choice: ToolChoice) -> Self {
        self.settings.first_step = Some(choice);
        self
    }

    /// What else the provider is to be told, in its own words: an object whose members join the
    /// request, such as `{"reasoning": {"effort": "low"}}` or, for Ollama, `{"num_ctx": 32768}`.
    pub fn with_parameters(mut self, parameters: Value) -> Self {
        self.settings.parameters = Some(parameters);
        self
    }

    /// Puts the model together. The provider is not asked.
    ///
    /// # Errors
    /// When there is no such provider, its key or address is missing, or a variable is damaged.
    pub fn build(self) -> Result<RigModel, Error> {
        let (provider, model) = Provider::parse(&self.reference)?;
        let key = self.key(&provider)?;
        let base_url = self.base_url(&provider)?;
        let client = match self.http {
            Some(client) => client,
            None => HttpClient::new()?,
        };
        let mut http = RigHttp::new(client);
        if let Some(deadline) = self.deadline {
            http = http.with_deadline(deadline);
        }
        let access = Access {
            key,
            base_url: base_url.map(|url| url.as_str().trim_end_matches('/').to_owned()),
            http,
        };
        let connected = provider.connect(model, access, self.chat)?;
        let name = format!("{}:{model}", provider.vendor());
        Ok(RigModel::of(name, connected, self.settings))
    }

    fn key(&self, provider: &Provider) -> Result<Option<ApiKey>, Error> {
        let (Some((variable, needed)), None) = (provider.key_variable(), &self.api_key) else {
            return Ok(self.api_key.clone());
        };
        let key = self.environment.api_key(variable);
        let key = key.map_err(|e| ErrorKind::Environment(FrameworkError::from(e)))?;
        if key.is_none() && needed {
            let vendor = provider.vendor();
            return Err(ErrorKind::NoKey { vendor, variable }.into());
        }
        Ok(key)
    }

    fn base_url(&self, provider: &Provider) -> Result<Option<Url>, Error> {
        if self.base_url.is_some() {
            return Ok(self.base_url.clone());
        }
        for variable in provider.base_url_variables() {
            let url = self.environment.url(&variable);
            let url = url.map_err(|e| ErrorKind::Environment(FrameworkError::from(e)))?;
            if url.is_some() {
                return Ok(url);
            }
        }
        Ok(None)
    }
}
