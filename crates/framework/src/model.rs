//! What a language model is to an agent: messages and tool descriptions in, text and tool calls out.

use std::fmt::Debug;
use std::sync::Arc;

use async_trait::async_trait;
use serde_json::Value;

/// A language model.
///
/// ```
/// use toolgate_framework::{Model, ModelError, ModelReply, ModelRequest, async_trait};
///
/// /// Says how much it was told.
/// #[derive(Debug)]
/// struct Counter;
///
/// #[async_trait]
/// impl Model for Counter {
///     fn name(&self) -> &str {
///         "counter"
///     }
///
///     async fn complete(&self, request: &ModelRequest<'_>) -> Result<ModelReply, ModelError> {
///         Ok(ModelReply::text(format!("{} messages", request.messages.len())))
///     }
/// }
/// ```
#[async_trait]
pub trait Model: Send + Sync + Debug {
    /// What it is called, for people.
    fn name(&self) -> &str;

    /// The next step of a conversation.
    ///
    /// # Errors
    /// When the model cannot be asked, or its answer makes no sense.
    async fn complete(&self, request: &ModelRequest<'_>) -> Result<ModelReply, ModelError>;
}

#[async_trait]
impl<T: Model + ?Sized> Model for Arc<T> {
    fn name(&self) -> &str {
        (**self).name()
    }

    async fn complete(&self, request: &ModelRequest<'_>) -> Result<ModelReply, ModelError> {
        (**self).complete(request).await
    }
}

/// What a model is asked.
#[derive(Debug, Clone, Copy)]
pub struct ModelRequest<'a> {
    /// Who the model is and what its tools expect of it.
    pub instructions: &'a str,
    /// The conversation so far.
    pub messages: &'a [Message],
    /// The tools it may call.
    pub tools: &'a [ToolDescription],
}

/// One tool as a model sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct ToolDescription {
    /// The name to call it by.
    pub name: String,
    /// What it does.
    pub description: String,
    /// The canonical JSON schema of its arguments.
    pub input_schema: Value,
}

/// One entry of a conversation.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Message {
    /// What the person said.
    User(String),
    /// What the model said, and the tools it called.
    Assistant {
        /// Its text, if it gave one.
        text: Option<String>,
        /// The calls, in its order.
        calls: Vec<ToolCall>,
    },
    /// What a tool answered.
    ToolResult {
        /// The call that this answers.
        call_id: String,
        /// The tool.
        name: String,
        /// Its result, or its error as data.
        content: Value,
        /// Whether it is an error.
        is_error: bool,
    },
}

/// A model's wish to call a tool.
#[derive(Debug, Clone, PartialEq)]
pub struct ToolCall {
    /// The model's id of the call; results name it.
    pub id: String,
    /// The tool.
    pub name: String,
    /// Its arguments, unchecked.
    pub arguments: Value,
}

/// A model's next step: tool calls, or the answer.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ModelReply {
    /// Its text. Without calls, this is the answer.
    pub text: Option<String>,
    /// The tools to call, at once.
    pub calls: Vec<ToolCall>,
}

impl ModelReply {
    /// An answer.
    pub fn text(text: impl Into<String>) -> Self {
        Self {
            text: Some(text.into()),
            calls: Vec::new(),
        }
    }

    /// One tool call. The id is made of the tool's name.
    pub fn call(name: impl Into<String>, arguments: Value) -> Self {
        Self::default().and_call(name, arguments)
    }

    /// One more tool call, at the same time.
    #[must_use]
    pub fn and_call(mut self, name: impl Into<String>, arguments: Value) -> Self {
        let name = name.into();
        let id = format!("{name}-{}", self.calls.len());
        self.calls.push(ToolCall {
            id,
            name,
            arguments,
        });
        self
    }
}

/// A model that could not be asked.
#[derive(Debug, thiserror::Error)]
#[error("the model could not be asked: {message}")]
pub struct ModelError {
    message: String,
    #[source]
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl ModelError {
    /// What went wrong, without secrets.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            source: None,
        }
    }

    /// The same with its cause.
    #[must_use]
    pub fn with_source(self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self {
            source: Some(source.into()),
            ..self
        }
    }
}
