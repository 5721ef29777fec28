//! What a language model is to an agent: messages and tool descriptions in, text and tool calls out.

mod error;

use std::fmt::{self, Debug};
use std::ops::AddAssign;
use std::sync::Arc;

use async_trait::async_trait;
use serde_json::Value;

pub use self::error::{ModelError, ModelErrorKind};

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

    /// The same, with each piece of the reply's text given to `text` as it comes. The pieces make
    /// up the text of the reply. A model that gives its text whole need not implement this: its text
    /// is one piece.
    ///
    /// # Errors
    /// As [`complete`](Self::complete). Pieces may have come before.
    async fn stream(
        &self,
        request: &ModelRequest<'_>,
        text: &mut dyn TextSink,
    ) -> Result<ModelReply, ModelError> {
        let reply = self.complete(request).await?;
        if let Some(whole) = reply.text.as_deref().filter(|it| !it.is_empty()) {
            text.piece(whole);
        }
        Ok(reply)
    }
}

#[async_trait]
impl<T: Model + ?Sized> Model for Arc<T> {
    fn name(&self) -> &str {
        (**self).name()
    }

    async fn complete(&self, request: &ModelRequest<'_>) -> Result<ModelReply, ModelError> {
        (**self).complete(request).await
    }

    async fn stream(
        &self,
        request: &ModelRequest<'_>,
        text: &mut dyn TextSink,
    ) -> Result<ModelReply, ModelError> {
        (**self).stream(request, text).await
    }
}

/// Takes a model's text as it comes. Any `FnMut(&str)` is one.
pub trait TextSink: Send {
    /// The next piece.
    fn piece(&mut self, text: &str);
}

impl<F: FnMut(&str) + Send> TextSink for F {
    fn piece(&mut self, text: &str) {
        self(text);
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
        /// What its provider wants back with the turn.
        carried: Option<Carried>,
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
    /// What the provider wants back with this turn.
    pub carried: Option<Carried>,
    /// What the turn used, where the provider says so.
    pub usage: Usage,
}

impl ModelReply {
    /// An answer.
    pub fn text(text: impl Into<String>) -> Self {
        Self {
            text: Some(text.into()),
            ..Self::default()
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

/// What a provider gave with a turn and wants back as it was: reasoning, signatures. Only the
/// [`Model`] that made it reads it; the conversation carries it along.
#[derive(Clone, PartialEq)]
pub struct Carried(Value);

impl Carried {
    /// For the model to make.
    pub fn new(value: Value) -> Self {
        Self(value)
    }

    /// For the model that made it.
    pub fn value(&self) -> &Value {
        &self.0
    }
}

/// Nobody reads it in a log.
impl Debug for Carried {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Carried(..)")
    }
}

/// What a model used, as its provider counts; zero where it says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// Tokens read, those from a cache included.
    pub input_tokens: u64,
    /// Tokens written, reasoning included.
    pub output_tokens: u64,
    /// The part of those read that came from a cache.
    pub cached_tokens: u64,
}

impl AddAssign for Usage {
    fn add_assign(&mut self, other: Self) {
        self.input_tokens += other.input_tokens;
        self.output_tokens += other.output_tokens;
        self.cached_tokens += other.cached_tokens;
    }
}
