//! Which providers there are, and which variables configure each.

use std::fmt;

use http::HeaderName;
use rig_core::driver::{DynModel, Model};
use rig_core::operation::Completion;
use rig_core::providers::ollama::OllamaConfig;
use rig_core::providers::openai::Route;
use rig_core::providers::openai::wire::OpenAiWire;
use rig_core::providers::registry::{ProviderConfig, ProviderId};
use toolgate_framework::ApiKey;
use toolgate_framework::schema::Dialect;

use crate::error::{Error, ErrorKind};
use crate::transport::RigHttp;

/// Gemini's header for a key.
const GEMINI_KEY: HeaderName = HeaderName::from_static("x-goog-api-key");

/// A provider's name, for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Vendor(&'static str);

impl fmt::Display for Vendor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// A provider of rig's registry.
#[derive(Debug)]
pub(crate) struct Provider(ProviderId);

/// What a provider is reached with.
#[derive(Debug)]
pub(crate) struct Access {
    pub(crate) key: Option<ApiKey>,
    pub(crate) base_url: Option<String>,
    pub(crate) http: RigHttp,
}

/// A model, and which form of a tool's schema it takes.
#[derive(Clone, Debug)]
pub(crate) struct Connected {
    pub(crate) model: DynModel<Completion>,
    /// The model with strict tools, where its provider has such a mode.
    pub(crate) strict: Option<DynModel<Completion>>,
    pub(crate) dialect: Dialect,
    /// Where the provider keeps answers unless it is told not to.
    pub(crate) keeps_answers: bool,
    /// Where the provider wants a limit and rig knows none for this model.
    pub(crate) max_tokens: Option<u64>,
}

impl Connected {
    /// Any other model; its dialect is that of its provider.
    pub(crate) fn other(model: DynModel<Completion>) -> Self {
        Self {
            dialect: dialect_of(model.name()),
            model,
            strict: None,
            keeps_answers: false,
            max_tokens: None,
        }
    }
}

fn dialect_of(vendor: &str) -> Dialect {
    match vendor {
        "anthropic" => Dialect::Anthropic,
        "gcp.gemini" => Dialect::Gemini,
        "ollama" => Dialect::Ollama,
        _ => Dialect::Canonical,
    }
}

impl Provider {
    /// Takes `provider:model` apart. The provider is a name of rig's registry, or `gemini`.
    pub(crate) fn parse(reference: &str) -> Result<(Self, &str), Error> {
        let no_model = || ErrorKind::NoModel {
            reference: reference.to_owned(),
        };
        let (name, model) = reference.split_once(':').ok_or_else(no_model)?;
        if name.is_empty() || model.is_empty() {
            return Err(no_model().into());
        }
        let name = match name {
            "gemini" | "google" => "gcp.gemini",
            name => name,
        };
        let id = ProviderId::resolve(name).map_err(ErrorKind::Provider)?;
        Ok((Self(id), model))
    }

    pub(crate) fn vendor(&self) -> Vendor {
        Vendor(match self.0.vendor() {
            "gcp.gemini" => "gemini",
            vendor => vendor,
        })
    }

    /// The variable that holds its key, and whether there has to be one.
    pub(crate) fn key_variable(&self) -> Option<(&'static str, bool)> {
        let variable = self.0.api_key_env()?;
        Some((variable, self.0.requires_credential()))
    }

    /// The variables that may hold its address, the first that is set counts.
    pub(crate) fn base_url_variables(&self) -> Vec<String> {
        let mut variables: Vec<String> = Vec::new();
        match self.0.config("") {
            Some(ProviderConfig::OpenAi(config)) => {
                let quirks = config.dialect.quirks;
                let own = [config.dialect.base_url_env, quirks.base_url_env_alias];
                variables.extend(own.into_iter().flatten().map(str::to_owned));
            }
            Some(ProviderConfig::Anthropic(config)) => {
                variables.extend(config.dialect.base_url_env.map(str::to_owned));
            }
            _ => {}
        }
        if let Some((key, _)) = self.key_variable() {
            let stem = key.strip_suffix("_API_KEY").unwrap_or(key);
            if stem == "OLLAMA" {
                variables.push("OLLAMA_API_BASE_URL".to_owned());
            }
            variables.push(format!("{stem}_BASE_URL"));
        }
        variables.dedup();
        variables
    }

    /// Its model of this name. `chat` asks for Chat Completions where there is a choice.
    pub(crate) fn connect(
        &self,
        model: &str,
        access: Access,
        chat: bool,
    ) -> Result<Connected, Error> {
        let Access {
            key,
            base_url,
            http,
        } = access;
        let dialect = dialect_of(self.0.vendor());
        if dialect == Dialect::Ollama {
            return Ok(ollama(model, key, base_url, http));
        }
        let (secret, http) = match (key, dialect) {
            // rig puts Gemini's key into the URL; it gets none.
            (Some(key), Dialect::Gemini) => (String::new(), http.with_key_in(key, GEMINI_KEY)),
            (key, _) => guarded(key, http),
        };
        let config = self.config(&secret, base_url)?;
        Ok(match config {
            ProviderConfig::OpenAi(config) => {
                let config = if chat {
                    config.with_route(Route::Chat)
                } else {
                    config
                };
                open_ai(config.connect(http).completion(model))
            }
            ProviderConfig::Anthropic(config) => {
                let known = config.dialect.default_max_tokens(model);
                Connected {
                    max_tokens: known.is_none().then_some(FALLBACK_MAX_TOKENS),
                    ..Connected::other(config.connect(http).completion(model).erase())
                }
            }
            ProviderConfig::Gemini(config) => {
                Connected::other(config.connect(http).completion(model).erase())
            }
        })
    }

    /// rig's preset, at this address.
    fn config(&self, secret: &str, base_url: Option<String>) -> Result<ProviderConfig, Error> {
        let no_address = || {
            let variables = self.base_url_variables();
            ErrorKind::NoAddress {
                vendor: self.vendor(),
                variable: variables.join(" or "),
            }
        };
        let config = self.0.config(secret).ok_or_else(no_address)?;
        match base_url {
            Some(url) => Ok(config.with_base_url(url)),
            None if config.base_url().is_empty() => Err(no_address().into()),
            None => Ok(config),
        }
    }
}

/// Enough for a long mail.
const FALLBACK_MAX_TOKENS: u64 = 8192;

/// What rig gets of a key, and a transport that keeps it out of errors.
fn guarded(key: Option<ApiKey>, http: RigHttp) -> (String, RigHttp) {
    match key {
        Some(key) => (key.expose().to_owned(), http.guarding(key)),
        None => (String::new(), http),
    }
}

/// Strict tools for those whose providers have such a mode; the others get the canonical schema.
fn open_ai(model: Model<OpenAiWire>) -> Connected {
    let vendor = model.wire.provider().dialect.name;
    let strict = matches!(vendor, "openai" | "azure").then(|| {
        let wire = model.wire.clone().with_strict_tools();
        Model::new(wire, model.transport.clone()).erase()
    });
    let keeps_answers = vendor == "openai" && matches!(model.wire, OpenAiWire::Responses(_));
    Connected {
        strict,
        keeps_answers,
        ..Connected::other(model.erase())
    }
}

/// Ollama's own chat API: the only one that tells a model's context size apart.
fn ollama(model: &str, key: Option<ApiKey>, base_url: Option<String>, http: RigHttp) -> Connected {
    let (secret, http) = guarded(key, http);
    let mut config = OllamaConfig::new().with_api_key(secret);
    if let Some(url) = base_url {
        // People know the address of the API that is like OpenAI's.
        config = config.with_base_url(url.strip_suffix("/v1").unwrap_or(&url));
    }
    Connected::other(config.connect(http).native_completion(model).erase())
}
