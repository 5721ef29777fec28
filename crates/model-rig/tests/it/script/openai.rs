//! `OpenAI`'s Responses.

use serde_json::{Value, json};

use super::Format;
use crate::server::Scripted;
use crate::wire::How;

pub(crate) const FORMAT: Format = Format { calls, text };

fn response(status: &str, output: &[Value]) -> Value {
    json!({
        "id": "resp_1", "object": "response", "created_at": 1_764_000_000, "status": status,
        "model": "gpt-5.2-2026-01-01", "output": output, "parallel_tool_calls": true,
        "usage": {
            "input_tokens": 100, "input_tokens_details": {"cached_tokens": 60},
            "output_tokens": 20, "output_tokens_details": {"reasoning_tokens": 10},
            "total_tokens": 120
        }
    })
}

fn calls(how: How, calls: &[(&str, Value)]) -> Scripted {
    let mut output = vec![json!({
        "type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "sealed-1"
    })];
    for (index, (name, arguments)) in calls.iter().enumerate() {
        output.push(json!({
            "type": "function_call", "id": format!("fc_{index}"), "status": "completed",
            "call_id": format!("call_{index}"), "name": name,
            "arguments": arguments.to_string()
        }));
    }
    said(how, &output, &[])
}

fn text(how: How, pieces: &[&str]) -> Scripted {
    let content = json!([{
        "type": "output_text", "text": pieces.concat(), "annotations": []
    }]);
    let output = [json!({
        "type": "message", "id": "msg_1", "role": "assistant", "status": "completed",
        "content": content
    })];
    said(how, &output, pieces)
}

fn said(how: How, output: &[Value], pieces: &[&str]) -> Scripted {
    if how == How::Whole {
        return Scripted::json(&response("completed", output));
    }
    let mut events = vec![json!({
        "type": "response.created", "response": response("in_progress", &[])
    })];
    for (index, item) in output.iter().enumerate() {
        let mut begun = item.clone();
        for (member, nothing) in [("arguments", json!("")), ("content", json!([]))] {
            if begun.get(member).is_some() {
                begun[member] = nothing;
            }
        }
        events.push(json!({
            "type": "response.output_item.added", "output_index": index, "item": begun
        }));
        for piece in pieces {
            events.push(json!({
                "type": "response.output_text.delta", "output_index": index,
                "content_index": 0, "item_id": "msg_1", "delta": piece
            }));
        }
        if let Some(arguments) = item["arguments"].as_str() {
            let (one, other) = arguments.split_at(arguments.len() / 2);
            for delta in [one, other] {
                events.push(json!({
                    "type": "response.function_call_arguments.delta",
                    "output_index": index, "item_id": item["id"], "delta": delta
                }));
            }
        }
        events.push(json!({
            "type": "response.output_item.done", "output_index": index, "item": item
        }));
    }
    events.push(json!({
        "type": "response.completed", "response": response("completed", output)
    }));
    Scripted::events(&events)
}
