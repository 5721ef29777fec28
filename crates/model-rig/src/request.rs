//! From our conversation to rig's.

use rig_core::completion::{CompletionRequest, ToolDefinition};
use rig_core::message::{
    AssistantContent, AssistantMessage, CallId, Message as RigMessage, Text, ToolCall as RigCall,
    ToolFunction, ToolName, ToolResult, ToolResultContent, UserContent,
};
use serde_json::Value;
use toolgate_framework::schema::Dialect;
use toolgate_framework::{Message, ModelError, ModelRequest, ToolCall, ToolDescription};

use crate::reply;

/// The conversation, instructions first. Results of one turn make one message, in the order of the
/// turn's calls, since some providers pair them by place.
pub(crate) fn conversation(request: &ModelRequest<'_>) -> Result<CompletionRequest, ModelError> {
    let mut history = Vec::new();
    if !request.instructions.is_empty() {
        history.push(RigMessage::system(request.instructions));
    }
    let mut turn = AssistantMessage::default();
    let mut results = Vec::new();
    for message in request.messages {
        if !matches!(message, Message::ToolResult { .. }) {
            answer(&mut history, &turn, &mut results);
        }
        match message {
            Message::User(text) => history.push(RigMessage::user(text)),
            Message::Assistant {
                text,
                calls,
                carried,
            } => {
                turn = match carried.as_ref().and_then(reply::turn_of) {
                    Some(turn) => turn,
                    None => rebuilt(text.as_deref(), calls)?,
                };
                if !turn.content.is_empty() {
                    history.push(RigMessage::Assistant(turn.clone()));
                }
            }
            Message::ToolResult {
                call_id,
                name,
                content,
                is_error,
            } => results.push(result(&turn, call_id, name, content, *is_error)?),
            _ => {}
        }
    }
    answer(&mut history, &turn, &mut results);
    Ok(CompletionRequest::from(history))
}

fn answer(history: &mut Vec<RigMessage>, turn: &AssistantMessage, results: &mut Vec<ToolResult>) {
    if results.is_empty() {
        return;
    }
    let place = |result: &ToolResult| turn.tool_calls().position(|it| it.id == result.call);
    results.sort_by_key(|result| place(result).unwrap_or(usize::MAX));
    let content = results.drain(..).map(UserContent::ToolResult).collect();
    history.push(RigMessage::User { content });
}

/// A turn that another model made, or one of which nothing was carried.
fn rebuilt(text: Option<&str>, calls: &[ToolCall]) -> Result<AssistantMessage, ModelError> {
    let mut content = Vec::new();
    if let Some(text) = text.filter(|it| !it.is_empty()) {
        content.push(AssistantContent::Text(Text::new(text)));
    }
    for call in calls {
        let function = ToolFunction::new(named(&call.name)?, call.arguments.clone());
        content.push(AssistantContent::ToolCall(RigCall::from_wire(
            call.id.clone(),
            function,
        )));
    }
    Ok(AssistantMessage::new(content))
}

fn result(
    turn: &AssistantMessage,
    call_id: &str,
    name: &str,
    content: &Value,
    is_error: bool,
) -> Result<ToolResult, ModelError> {
    let call = turn.tool_calls().find(|it| it.id.wire() == call_id);
    let value = content.clone();
    Ok(ToolResult {
        call: call.map_or_else(|| CallId::from_wire(call_id), |call| call.id.clone()),
        name: named(name)?,
        content: vec![ToolResultContent::Json { value }],
        is_error,
    })
}

fn named(name: &str) -> Result<ToolName, ModelError> {
    ToolName::new(name).map_err(|_| ModelError::new("a tool has no name"))
}

/// The tools in a provider's dialect.
pub(crate) fn tools(
    tools: &[ToolDescription],
    dialect: Dialect,
) -> Result<Vec<ToolDefinition>, ModelError> {
    let tools = tools.iter().map(|tool| {
        let schema = match dialect {
            // Gemini refuses an object without members.
            Dialect::Gemini if is_empty(&tool.input_schema) => Value::Null,
            dialect => dialect.lower(&tool.input_schema),
        };
        Ok(ToolDefinition::new(
            named(&tool.name)?,
            &tool.description,
            schema,
        ))
    });
    tools.collect()
}

/// Whether every tool's schema can be said in strict mode.
pub(crate) fn are_strict(tools: &[ToolDescription]) -> bool {
    let strict = Dialect::OpenAiStrict;
    tools
        .iter()
        .all(|tool| strict.lint(&strict.lower(&tool.input_schema)).is_empty())
}

fn is_empty(schema: &Value) -> bool {
    let members = schema.get("properties").and_then(Value::as_object);
    members.is_none_or(serde_json::Map::is_empty)
}
