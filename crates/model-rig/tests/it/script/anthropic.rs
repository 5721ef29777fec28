//! Anthropic's Messages.

use serde_json::{Value, json};

use super::Format;
use crate::server::Scripted;
use crate::wire::How;

pub(crate) const FORMAT: Format = Format { calls, text };

fn calls(how: How, calls: &[(&str, Value)]) -> Scripted {
    let mut content = vec![json!({
        "type": "thinking", "thinking": "Look twice.", "signature": "sig-1"
    })];
    for (index, (name, arguments)) in calls.iter().enumerate() {
        content.push(json!({
            "type": "tool_use", "id": format!("toolu_{index}"), "name": name,
            "input": arguments
        }));
    }
    said(how, &content, "tool_use", &[])
}

fn text(how: How, pieces: &[&str]) -> Scripted {
    let content = [json!({"type": "text", "text": pieces.concat()})];
    said(how, &content, "end_turn", pieces)
}

fn usage() -> Value {
    json!({
        "input_tokens": 40, "cache_read_input_tokens": 60, "cache_creation_input_tokens": 0,
        "output_tokens": 20
    })
}

fn message(content: &[Value], stop: Option<&str>) -> Value {
    json!({
        "id": "msg_1", "type": "message", "role": "assistant", "model": "claude-opus-4-5",
        "content": content, "stop_reason": stop, "stop_sequence": null, "usage": usage()
    })
}

fn said(how: How, content: &[Value], stop: &str, pieces: &[&str]) -> Scripted {
    if how == How::Whole {
        return Scripted::json(&message(content, Some(stop)));
    }
    let mut events = vec![json!({"type": "message_start", "message": message(&[], None)})];
    for (index, block) in content.iter().enumerate() {
        let (begun, deltas) = parts(block, pieces);
        events.push(json!({
            "type": "content_block_start", "index": index, "content_block": begun
        }));
        for delta in deltas {
            events.push(json!({
                "type": "content_block_delta", "index": index, "delta": delta
            }));
        }
        events.push(json!({"type": "content_block_stop", "index": index}));
    }
    events.push(json!({
        "type": "message_delta", "delta": {"stop_reason": stop, "stop_sequence": null},
        "usage": {"output_tokens": 20}
    }));
    events.push(json!({"type": "message_stop"}));
    Scripted::events(&events)
}

/// How a block begins, and what follows.
fn parts(block: &Value, pieces: &[&str]) -> (Value, Vec<Value>) {
    match block["type"].as_str() {
        Some("text") => {
            let deltas = pieces
                .iter()
                .map(|piece| json!({"type": "text_delta", "text": piece}));
            (json!({"type": "text", "text": ""}), deltas.collect())
        }
        Some("thinking") => (
            json!({"type": "thinking", "thinking": "", "signature": ""}),
            vec![
                json!({"type": "thinking_delta", "thinking": block["thinking"]}),
                json!({"type": "signature_delta", "signature": block["signature"]}),
            ],
        ),
        _ => {
            let mut begun = block.clone();
            begun["input"] = json!({});
            let input = block["input"].to_string();
            let (one, other) = input.split_at(input.len() / 2);
            let deltas =
                [one, other].map(|it| json!({"type": "input_json_delta", "partial_json": it}));
            (begun, deltas.to_vec())
        }
    }
}
