//! Chat Completions: what `OpenAI` and those who speak as it does are sent.

use serde_json::{Value, json};

use crate::script::chat::FORMAT;
use crate::wire::{BOTH, How, KEY, dialogue, tools};

#[tokio::test]
async fn a_conversation_goes_out_as_documented_with_the_canonical_tools() {
    for how in BOTH {
        let done = dialogue("groq:llama", FORMAT.dialogue(how), how, |it| it).await;
        done.check(how);
        let asked = &done.asked[1];
        assert_eq!(asked.target, "/chat/completions");
        let bearer = format!("Bearer {KEY}");
        assert_eq!(asked.header("authorization"), Some(bearer.as_str()));
        let messages = asked.body["messages"].as_array().unwrap();
        assert_eq!(messages[0]["role"], "system");
        assert!(messages[0]["content"].to_string().contains("Be brief."));
        let call = |id: &str, arguments: &str| {
            json!({
                "id": id, "type": "function",
                "function": {"name": "find", "arguments": arguments}
            })
        };
        let expected = [
            json!({"role": "user", "content": "What is unread?"}),
            json!({"role": "assistant", "tool_calls": [
                call("call_0", "{\"query\":\"a\"}"), call("call_1", "{\"query\":\"b\"}")
            ]}),
            json!({"role": "tool", "tool_call_id": "call_0", "content": "{\"count\":2}"}),
            json!({
                "role": "tool", "tool_call_id": "call_1",
                "content": "{\"error\":{\"kind\":\"not_found\"}}"
            }),
        ];
        assert_eq!(messages[1..], expected);
        let sent: Vec<&Value> = asked.body["tools"].as_array().unwrap().iter().collect();
        for (sent, tool) in sent.into_iter().zip(tools()) {
            let function = json!({
                "name": tool.name, "description": tool.description,
                "parameters": tool.input_schema
            });
            assert_eq!(*sent, json!({"type": "function", "function": function}));
        }
        if how == How::InPieces {
            assert_eq!(asked.body["stream"], true);
            assert_eq!(asked.body["stream_options"], json!({"include_usage": true}));
        }
    }
}

#[tokio::test]
async fn openai_is_asked_by_chat_completions_where_that_is_wanted() {
    for how in BOTH {
        let script = FORMAT.dialogue(how);
        let done = dialogue("openai:gpt-5.2", script, how, |it| {
            it.with_chat_completions().with_max_tokens(500)
        })
        .await;
        done.check(how);
        let asked = &done.asked[0];
        assert_eq!(asked.target, "/chat/completions");
        assert_eq!(asked.body["tools"][0]["function"]["strict"], true);
        assert_eq!(asked.body["max_completion_tokens"], 500);
        assert_eq!(asked.body.get("store"), None, "nothing is kept anyway");
    }
}
