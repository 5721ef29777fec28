//! Ollama's chat: what it is sent.

use serde_json::json;

use crate::script::ollama::FORMAT;
use crate::wire::{BOTH, How, KEY, dialogue};

#[tokio::test]
async fn a_conversation_goes_out_as_documented_with_results_paired_by_id_and_place() {
    for how in BOTH {
        let done = dialogue("ollama:qwen3", FORMAT.dialogue(how), how, |it| it).await;
        done.check(how);
        let asked = &done.asked[1];
        assert_eq!(asked.target, "/api/chat");
        let bearer = format!("Bearer {KEY}");
        assert_eq!(asked.header("authorization"), Some(bearer.as_str()));
        let mut body = asked.body.clone();
        let mut messages = body["messages"].take();
        // Ollama gave the calls no ids; those that go back are ours.
        let calls = messages[2]["tool_calls"].as_array_mut().unwrap();
        let ids: Vec<_> = calls.iter_mut().map(|call| call["id"].take()).collect();
        assert_ne!(ids[0], ids[1]);
        let call = |query: &str| json!({"id": null, "function": {"name": "find", "arguments": {"query": query}}});
        let expected = json!([
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "What is unread?"},
            {
                "role": "assistant", "content": "", "thinking": "Look twice.",
                "tool_calls": [call("a"), call("b")]
            },
            {
                "role": "tool", "tool_name": "find", "tool_call_id": ids[0],
                "content": "{\"count\":2}"
            },
            {
                "role": "tool", "tool_name": "find", "tool_call_id": ids[1],
                "content": "{\"error\":{\"kind\":\"not_found\"}}"
            }
        ]);
        assert_eq!(messages, expected);
        let expected = json!({
            "type": "function",
            "function": {
                "name": "find", "description": "Does find.",
                "parameters": {
                    "type": "object", "required": ["query"],
                    "properties": {
                        "query": {"type": "string", "description": "What to look for."},
                        "limit": {
                            "type": "integer",
                            "description": "How many. Default: 10. Least: 1."
                        }
                    }
                }
            }
        });
        assert_eq!(body["tools"][0], expected);
        assert_eq!(body["stream"], how == How::InPieces);
        assert_eq!(body.get("tool_choice"), None);
    }
}

#[tokio::test]
async fn the_size_of_the_context_and_the_like_are_options() {
    let how = How::Whole;
    let script = FORMAT.dialogue(how);
    let done = dialogue("ollama:qwen3", script, how, |it| {
        it.with_parameters(json!({"num_ctx": 32768}))
            .with_temperature(0.5)
            .with_max_tokens(9)
    })
    .await;
    let options = json!({"num_ctx": 32768, "temperature": 0.5, "num_predict": 9});
    assert_eq!(done.asked[0].body["options"], options);
}
