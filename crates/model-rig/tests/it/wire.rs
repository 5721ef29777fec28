//! A conversation of two turns that all providers have: two calls at once, one of which fails, and
//! an answer.

use serde_json::{Value, json};
use toolgate_framework::{
    ApiKey, Environment, Message, Model, ModelError, ModelReply, ModelRequest, ToolDescription,
};
use toolgate_model_rig::{RigModel, RigModelBuilder};

use crate::server::{Asked, Provider, Scripted};

/// The key that no request may show but in its header.
pub(crate) const KEY: &str = "sk-CANARYsecret-model";

/// How an answer is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum How {
    Whole,
    InPieces,
}

pub(crate) const BOTH: [How; 2] = [How::Whole, How::InPieces];

/// A model of a scripted provider, with a key and nothing of this process's environment.
pub(crate) fn builder(reference: &str, provider: &Provider) -> RigModelBuilder {
    RigModel::builder(reference)
        .with_environment(Environment::from_pairs([("", ""); 0]))
        .with_api_key(ApiKey::parse(KEY).unwrap())
        .with_base_url(provider.url.clone())
}

/// Two tools: one that finds, and one without arguments.
pub(crate) fn tools() -> Vec<ToolDescription> {
    let find = json!({
        "type": "object", "additionalProperties": false, "required": ["query"],
        "properties": {
            "query": {"type": "string", "description": "What to look for."},
            "limit": {
                "type": "integer", "minimum": 1, "default": 10, "description": "How many."
            }
        }
    });
    let none = json!({"type": "object", "properties": {}, "additionalProperties": false});
    let tool = |name: &str, input_schema| ToolDescription {
        name: name.to_owned(),
        description: format!("Does {name}."),
        input_schema,
    };
    vec![tool("find", find), tool("who", none)]
}

pub(crate) async fn ask(
    model: &RigModel,
    messages: &[Message],
    how: How,
) -> Result<(ModelReply, Vec<String>), ModelError> {
    let tools = tools();
    let request = ModelRequest {
        instructions: "Be brief.",
        messages,
        tools: &tools,
    };
    let mut pieces = Vec::new();
    let reply = match how {
        How::Whole => model.complete(&request).await?,
        How::InPieces => {
            let mut keep = |piece: &str| pieces.push(piece.to_owned());
            model.stream(&request, &mut keep).await?
        }
    };
    Ok((reply, pieces))
}

/// What came of the conversation.
#[derive(Debug)]
pub(crate) struct Dialogue {
    /// The turn that calls, and the one that answers.
    pub(crate) calling: ModelReply,
    pub(crate) answer: ModelReply,
    /// The pieces of the answer.
    pub(crate) pieces: Vec<String>,
    pub(crate) asked: Vec<Asked>,
}

/// Has the conversation with a provider that answers so. The second call's result comes first, as
/// after a pause for consent.
pub(crate) async fn dialogue(
    reference: &str,
    script: [Scripted; 2],
    how: How,
    configure: fn(RigModelBuilder) -> RigModelBuilder,
) -> Dialogue {
    let provider = Provider::start(script).await;
    let model = configure(builder(reference, &provider)).build().unwrap();
    let mut messages = vec![Message::User("What is unread?".to_owned())];
    let (calling, _) = ask(&model, &messages, how).await.unwrap();
    messages.push(Message::Assistant {
        text: calling.text.clone(),
        calls: calling.calls.clone(),
        carried: calling.carried.clone(),
    });
    let results = [
        (1, json!({"error": {"kind": "not_found"}}), true),
        (0, json!({"count": 2}), false),
    ];
    for (index, content, is_error) in results {
        let call = &calling.calls[index];
        messages.push(Message::ToolResult {
            call_id: call.id.clone(),
            name: call.name.clone(),
            content,
            is_error,
        });
    }
    let (answer, pieces) = ask(&model, &messages, how).await.unwrap();
    Dialogue {
        calling,
        answer,
        pieces,
        asked: provider.asked(),
    }
}

impl Dialogue {
    /// What holds whatever the provider: two calls in order, an answer, its pieces.
    pub(crate) fn check(&self, how: How) {
        let calls: Vec<(&str, Value)> = self
            .calling
            .calls
            .iter()
            .map(|call| (call.name.as_str(), call.arguments["query"].clone()))
            .collect();
        assert_eq!(calls, [("find", json!("a")), ("find", json!("b"))]);
        let [one, other] = &self.calling.calls[..] else {
            unreachable!("two calls");
        };
        assert_ne!(one.id, other.id);
        assert_eq!(self.answer.text.as_deref(), Some("Two mails."));
        assert!(self.answer.calls.is_empty());
        match how {
            How::Whole => assert!(self.pieces.is_empty()),
            How::InPieces => assert_eq!(self.pieces, ["Two ", "mails."]),
        }
        let usage = self.calling.usage;
        let used = (usage.input_tokens, usage.output_tokens, usage.cached_tokens);
        // Ollama does not tell what came from its cache.
        let cached = if self.asked[0].target == "/api/chat" {
            0
        } else {
            60
        };
        assert_eq!(used, (100, 20, cached));
        for asked in &self.asked {
            assert!(!asked.target.contains("CANARY"), "{}", asked.target);
            assert!(!asked.body.to_string().contains("CANARY"));
        }
        assert_eq!(self.asked.len(), 2);
    }
}

/// A value without its members that are null, which say nothing.
pub(crate) fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let members = members.iter().filter(|(_, value)| !value.is_null());
            let members = members.map(|(name, value)| (name.clone(), without_nulls(value)));
            Value::Object(members.collect())
        }
        Value::Array(items) => items.iter().map(without_nulls).collect(),
        value => value.clone(),
    }
}
