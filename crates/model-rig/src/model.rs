//! A rig model as the model of an agent.

use async_trait::async_trait;
use futures_util::StreamExt as _;
use rig_core::completion::CompletionRequest;
use rig_core::driver::DynModel;
use rig_core::error::ProviderError;
use rig_core::operation::Completion;
use rig_core::streaming::{Item, StreamEvent};
use serde_json::json;
use toolgate_framework::schema::Dialect;
use toolgate_framework::{Message, Model, ModelError, ModelReply, ModelRequest, TextSink};

use crate::builder::RigModelBuilder;
use crate::error::Error;
use crate::failure::model_error;
use crate::provider::Connected;
use crate::{reply, request};

/// A model of a provider that rig knows, as the model of an [`Agent`](toolgate_framework::Agent).
///
/// ```no_run
/// use toolgate_framework::Agent;
/// use toolgate_model_rig::RigModel;
///
/// # async fn sample() -> Result<(), Box<dyn std::error::Error>> {
/// // The key stands in ANTHROPIC_API_KEY.
/// let agent = Agent::builder().model(RigModel::anthropic("claude-opus-4-5")?).build().await?;
/// # let _ = agent;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct RigModel {
    name: String,
    connected: Connected,
    settings: Settings,
}

/// What every request of a model says beside the conversation.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings {
    pub(crate) temperature: Option<f64>,
    pub(crate) max_tokens: Option<u64>,
    pub(crate) first_step: Option<ToolChoice>,
    pub(crate) parameters: Option<serde_json::Value>,
}

/// How a model is to use its tools at the first step of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ToolChoice {
    /// It calls one or more.
    Required,
    /// It calls none.
    None,
}

impl RigModel {
    /// Any completion model of rig's, on whatever transport it has.
    ///
    /// ```
    /// use rig_core::providers::anthropic::AnthropicConfig;
    /// use toolgate_framework::Model as _;
    /// use toolgate_http::HttpClient;
    /// use toolgate_model_rig::{RigHttp, RigModel};
    ///
    /// let provider = AnthropicConfig::new("sk-example").connect(RigHttp::new(HttpClient::new()?));
    /// let model = RigModel::new(provider.completion("claude-opus-4-5"));
    /// assert_eq!(model.name(), "anthropic:claude-opus-4-5");
    /// # Ok::<(), toolgate_http::Error>(())
    /// ```
    pub fn new(model: impl Into<DynModel<Completion>>) -> Self {
        let model = model.into();
        let name = format!("{}:{}", model.name(), model.id().unwrap_or("default"));
        Self::of(name, Connected::other(model), Settings::default())
    }

    pub(crate) fn of(name: String, connected: Connected, settings: Settings) -> Self {
        Self {
            name,
            connected,
            settings,
        }
    }

    /// A model to configure, named as `provider:model`.
    pub fn builder(reference: impl Into<String>) -> RigModelBuilder {
        RigModelBuilder::new(reference.into())
    }

    /// The model named as `provider:model`, with what the environment says of its provider: the key
    /// in its `*_API_KEY`, and in `*_BASE_URL` an address other than the usual one.
    ///
    /// The providers are those of rig's registry: `openai`, `anthropic`, `gemini`, `ollama`,
    /// `azure`, `deepseek`, `groq`, `mistral`, `openrouter`, `xai` and others.
    ///
    /// # Errors
    /// When there is no such provider, its key is missing, or a variable is damaged.
    pub fn from_env(reference: impl Into<String>) -> Result<Self, Error> {
        Self::builder(reference).build()
    }

    /// A model of `OpenAI`, by its Responses API; the key stands in `OPENAI_API_KEY`.
    ///
    /// # Errors
    /// As [`from_env`](Self::from_env).
    pub fn openai(model: &str) -> Result<Self, Error> {
        Self::from_env(format!("openai:{model}"))
    }

    /// A model of Anthropic; the key stands in `ANTHROPIC_API_KEY`.
    ///
    /// # Errors
    /// As [`from_env`](Self::from_env).
    pub fn anthropic(model: &str) -> Result<Self, Error> {
        Self::from_env(format!("anthropic:{model}"))
    }

    /// A Gemini model; the key stands in `GEMINI_API_KEY`.
    ///
    /// # Errors
    /// As [`from_env`](Self::from_env).
    pub fn gemini(model: &str) -> Result<Self, Error> {
        Self::from_env(format!("gemini:{model}"))
    }

    /// A model of an Ollama on this machine, or where `OLLAMA_BASE_URL` says.
    ///
    /// # Errors
    /// As [`from_env`](Self::from_env).
    pub fn ollama(model: &str) -> Result<Self, Error> {
        Self::from_env(format!("ollama:{model}"))
    }

    /// The model to ask, and what to ask it.
    fn ask(
        &self,
        asked: &ModelRequest<'_>,
    ) -> Result<(&DynModel<Completion>, CompletionRequest), ModelError> {
        let Connected {
            model,
            strict,
            dialect,
            ..
        } = &self.connected;
        let (model, dialect) = match strict {
            Some(strict) if request::are_strict(asked.tools) => (strict, Dialect::OpenAiStrict),
            _ => (model, *dialect),
        };
        let tools = request::tools(asked.tools, dialect)?;
        let request = request::conversation(asked)?.tools(tools);
        Ok((model, self.with_settings(request, asked)))
    }

    fn with_settings(
        &self,
        mut request: CompletionRequest,
        asked: &ModelRequest<'_>,
    ) -> CompletionRequest {
        use rig_core::message::ToolChoice as Choice;
        let settings = &self.settings;
        let max_tokens = settings.max_tokens.or(self.connected.max_tokens);
        request = request
            .temperature(settings.temperature)
            .max_tokens(max_tokens);
        if self.connected.keeps_answers {
            request = request.additional_params(json!({"store": false}));
        }
        if let Some(parameters) = &settings.parameters {
            request = request.additional_params(parameters.clone());
        }
        let is_first = !asked
            .messages
            .iter()
            .any(|message| matches!(message, Message::Assistant { .. }));
        match settings.first_step {
            Some(choice) if is_first && !asked.tools.is_empty() => {
                request.tool_choice(match choice {
                    ToolChoice::Required => Choice::Required,
                    ToolChoice::None => Choice::None,
                })
            }
            _ => request,
        }
    }
}

#[async_trait]
impl Model for RigModel {
    fn name(&self) -> &str {
        &self.name
    }

    async fn complete(&self, request: &ModelRequest<'_>) -> Result<ModelReply, ModelError> {
        let (model, request) = self.ask(request)?;
        let response = model.call(request).await.map_err(|e| model_error(&e))?;
        reply::reply(&response)
    }

    async fn stream(
        &self,
        request: &ModelRequest<'_>,
        text: &mut dyn TextSink,
    ) -> Result<ModelReply, ModelError> {
        let (model, request) = self.ask(request)?;
        let response = stream(model, request, text).await;
        reply::reply(&response.map_err(|e| model_error(&e))?)
    }
}

async fn stream(
    model: &DynModel<Completion>,
    request: CompletionRequest,
    text: &mut dyn TextSink,
) -> Result<rig_core::completion::CompletionResponse, ProviderError> {
    let mut stream = model.stream(request)?;
    while let Some(item) = stream.next().await {
        if let Item::Event(StreamEvent::Text { text: piece, .. }) = item? {
            text.piece(&piece);
        }
    }
    stream.finish().await
}
