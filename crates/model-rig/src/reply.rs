//! From rig's answer to our reply.

use rig_core::completion::{CompletionResponse, FinishReason, Usage as RigUsage};
use rig_core::message::{AssistantMessage, Message, ToolCall as RigCall, turn_failure};
use serde_json::{Value, json};
use toolgate_framework::{Carried, ModelError, ModelErrorKind, ModelReply, ToolCall, Usage};

/// Under which name a turn is carried, so that no other model's is taken for one.
const CARRIED: &str = "rig";

/// A reply, or why it is none: refused, held back, or cut off before it said anything.
pub(crate) fn reply(response: &CompletionResponse) -> Result<ModelReply, ModelError> {
    let finish = response.finish_reason();
    let stop = response.stop();
    if turn_failure(&response.choice, Some(&stop), finish.as_ref()).is_some() {
        return Err(failed(response, finish.as_ref()));
    }
    let text = response.text();
    Ok(ModelReply {
        text: Some(text).filter(|it| !it.is_empty()),
        calls: response.tool_calls().map(call).collect(),
        carried: carry(response),
        usage: usage(&response.usage),
    })
}

/// What the provider says of it may repeat what was asked; it is not told.
fn failed(response: &CompletionResponse, finish: Option<&FinishReason>) -> ModelError {
    let refused = response.error.is_some() || matches!(finish, Some(FinishReason::ContentFilter));
    if refused {
        return ModelError::new("it refused to answer, or its provider held the answer back")
            .with_kind(ModelErrorKind::Refused);
    }
    match finish {
        Some(FinishReason::Length) => ModelError::new(
            "it used up the tokens that it may write before it said anything; raise max_tokens",
        ),
        _ => ModelError::new("it ended its turn without an answer"),
    }
}

/// Arguments that are no object go on as the text they are, so that the tool refuses them: what
/// could be read of a call that was cut off is not what the model meant.
fn call(call: &RigCall) -> ToolCall {
    let function = &call.function;
    ToolCall {
        id: call.id.wire().into_owned(),
        name: function.name.as_str().to_owned(),
        arguments: match &function.invalid_arguments {
            Some(text) => Value::String(text.clone()),
            None => function.arguments_value(),
        },
    }
}

fn carry(response: &CompletionResponse) -> Option<Carried> {
    let Some(Message::Assistant(turn)) = response.message() else {
        return None;
    };
    let turn = serde_json::to_value(turn).ok()?;
    Some(Carried::new(json!({CARRIED: turn})))
}

/// The turn that was carried, if it is one of rig's.
pub(crate) fn turn_of(carried: &Carried) -> Option<AssistantMessage> {
    let turn = carried.value().get(CARRIED)?;
    serde_json::from_value(turn.clone()).ok()
}

fn usage(usage: &RigUsage) -> Usage {
    Usage {
        input_tokens: usage.input_tokens.unwrap_or_default(),
        output_tokens: usage.output_tokens.unwrap_or_default(),
        cached_tokens: usage.cached_input_tokens.unwrap_or_default(),
    }
}
