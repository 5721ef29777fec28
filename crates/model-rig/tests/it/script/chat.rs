//! Chat Completions, which many providers speak.

use serde_json::{Value, json};

use super::Format;
use crate::server::Scripted;
use crate::wire::How;

pub(crate) const FORMAT: Format = Format { calls, text };

fn usage() -> Value {
    json!({
        "prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120,
        "prompt_tokens_details": {"cached_tokens": 60}
    })
}

fn calls(how: How, calls: &[(&str, Value)]) -> Scripted {
    let calls: Vec<Value> = calls
        .iter()
        .enumerate()
        .map(|(index, (name, arguments))| {
            json!({
                "index": index, "id": format!("call_{index}"), "type": "function",
                "function": {"name": name, "arguments": arguments.to_string()}
            })
        })
        .collect();
    if how == How::Whole {
        return whole(
            &json!({"role": "assistant", "content": null, "tool_calls": calls}),
            "tool_calls",
        );
    }
    let mut chunks = vec![chunk(&json!({"role": "assistant", "content": null}), None)];
    for call in calls {
        let mut begun = call.clone();
        begun["function"]["arguments"] = json!("");
        chunks.push(chunk(&json!({"tool_calls": [begun]}), None));
        let arguments = json!({
            "index": call["index"], "function": {"arguments": call["function"]["arguments"]}
        });
        chunks.push(chunk(&json!({"tool_calls": [arguments]}), None));
    }
    end(chunks, "tool_calls")
}

fn text(how: How, pieces: &[&str]) -> Scripted {
    if how == How::Whole {
        return whole(
            &json!({"role": "assistant", "content": pieces.concat()}),
            "stop",
        );
    }
    let chunks = pieces
        .iter()
        .map(|piece| chunk(&json!({"content": piece}), None));
    end(chunks.collect(), "stop")
}

fn whole(message: &Value, finish: &str) -> Scripted {
    Scripted::json(&json!({
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1_764_000_000,
        "model": "gpt-5.2", "usage": usage(),
        "choices": [{"index": 0, "message": message, "finish_reason": finish}]
    }))
}

fn chunk(delta: &Value, finish: Option<&str>) -> Value {
    json!({
        "id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1_764_000_000,
        "model": "gpt-5.2",
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]
    })
}

fn end(mut chunks: Vec<Value>, finish: &str) -> Scripted {
    chunks.push(chunk(&json!({}), Some(finish)));
    chunks.push(json!({
        "id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1_764_000_000,
        "model": "gpt-5.2", "choices": [], "usage": usage()
    }));
    Scripted::chunks(&chunks)
}
