//! A model that follows a script: for examples and tests, with no key and no network.

use std::fmt;

use async_trait::async_trait;
use serde_json::Value;

use crate::model::{Message, Model, ModelError, ModelReply, ModelRequest};

type Script = dyn Fn(&Conversation<'_>) -> ModelReply + Send + Sync;

/// A model whose next step is a function of the conversation. It keeps nothing between calls, so
/// one serves any number of runs at once.
///
/// ```
/// use serde_json::json;
/// use toolgate_framework::{ModelReply, ScriptedModel};
///
/// let model = ScriptedModel::new("unread", |conversation| match conversation.last_result() {
///     None => ModelReply::call("search_emails", json!({"query": "is:unread"})),
///     Some(result) => ModelReply::text(format!("unread mail: {}", result["count"])),
/// });
/// # let _ = model;
/// ```
pub struct ScriptedModel {
    name: String,
    script: Box<Script>,
}

impl ScriptedModel {
    /// A model that follows `script`.
    pub fn new(
        name: impl Into<String>,
        script: impl Fn(&Conversation<'_>) -> ModelReply + Send + Sync + 'static,
    ) -> Self {
        Self {
            name: name.into(),
            script: Box::new(script),
        }
    }
}

impl fmt::Debug for ScriptedModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScriptedModel")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Model for ScriptedModel {
    fn name(&self) -> &str {
        &self.name
    }

    async fn complete(&self, request: &ModelRequest<'_>) -> Result<ModelReply, ModelError> {
        let turn = request
            .messages
            .iter()
            .filter(|message| matches!(message, Message::Assistant { .. }))
            .count();
        let mut reply = (self.script)(&Conversation { request, turn });
        // Ids are unique over the run, as a real model's are.
        for (index, call) in reply.calls.iter_mut().enumerate() {
            call.id = format!("call-{turn}-{index}");
        }
        Ok(reply)
    }
}

/// What a script looks at.
#[derive(Debug)]
pub struct Conversation<'a> {
    request: &'a ModelRequest<'a>,
    turn: usize,
}

impl Conversation<'_> {
    /// How many times the model has spoken in this run.
    pub fn turn(&self) -> usize {
        self.turn
    }

    /// What the model is asked.
    pub fn request(&self) -> &ModelRequest<'_> {
        self.request
    }

    /// What the person said last.
    pub fn prompt(&self) -> &str {
        let said = self
            .request
            .messages
            .iter()
            .rev()
            .find_map(|message| match message {
                Message::User(text) => Some(text.as_str()),
                _ => None,
            });
        said.unwrap_or_default()
    }

    /// What the last tool call answered.
    pub fn last_result(&self) -> Option<&Value> {
        match self.request.messages.last()? {
            Message::ToolResult { content, .. } => Some(content),
            _ => None,
        }
    }

    /// What the last call of this tool answered.
    pub fn result_of(&self, tool: &str) -> Option<&Value> {
        self.request
            .messages
            .iter()
            .rev()
            .find_map(|message| match message {
                Message::ToolResult { name, content, .. } if name == tool => Some(content),
                _ => None,
            })
    }
}
