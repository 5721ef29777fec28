//! Ollama's chat.

use serde_json::{Value, json};

use super::Format;
use crate::server::Scripted;
use crate::wire::How;

pub(crate) const FORMAT: Format = Format { calls, text };

fn record(message: &Value, done: bool) -> Value {
    let mut record = json!({
        "model": "qwen3", "created_at": "2026-11-23T10:00:00Z", "message": message,
        "done": done
    });
    if done {
        record["done_reason"] = json!("stop");
        record["prompt_eval_count"] = json!(100);
        record["eval_count"] = json!(20);
    }
    record
}

fn calls(how: How, calls: &[(&str, Value)]) -> Scripted {
    let calls: Vec<Value> = calls
        .iter()
        .map(|(name, arguments)| json!({"function": {"name": name, "arguments": arguments}}))
        .collect();
    let message = json!({
        "role": "assistant", "content": "", "thinking": "Look twice.", "tool_calls": calls
    });
    let nothing = json!({"role": "assistant", "content": ""});
    match how {
        How::Whole => Scripted::json(&record(&message, true)),
        How::InPieces => Scripted::lines(&[record(&message, false), record(&nothing, true)]),
    }
}

fn text(how: How, pieces: &[&str]) -> Scripted {
    let message = |text: &str| json!({"role": "assistant", "content": text});
    if how == How::Whole {
        return Scripted::json(&record(&message(&pieces.concat()), true));
    }
    let mut records: Vec<Value> = pieces
        .iter()
        .map(|piece| record(&message(piece), false))
        .collect();
    records.push(record(&message(""), true));
    Scripted::lines(&records)
}
