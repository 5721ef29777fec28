//! Chat Completions: what `OpenAI` and those who speak as it does are sent.

use serde_json::{Value, json};
use toolgate_framework::Message;

use crate::script::chat::FORMAT;
use crate::server::{Provider, Scripted};
use crate::wire::{BOTH, How, KEY, ask, builder, dialogue, tools};

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

/// The pieces of parallel calls may come in turn; their index alone tells whose they are.
#[tokio::test]
async fn pieces_of_parallel_calls_that_come_in_turn_stay_apart() {
    let chunk = |delta: Value, finish: Option<&str>| {
        json!({
            "id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1_764_000_000,
            "model": "m", "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]
        })
    };
    let begun = |index: u64| {
        let call = json!({
            "index": index, "id": format!("call_{index}"), "type": "function",
            "function": {"name": "find", "arguments": ""}
        });
        chunk(json!({"tool_calls": [call]}), None)
    };
    let piece = |index: u64, text: &str| {
        let call = json!({"index": index, "function": {"arguments": text}});
        chunk(json!({"tool_calls": [call]}), None)
    };
    let chunks = [
        begun(0),
        begun(1),
        piece(1, "{\"query\": "),
        piece(0, "{\"query\": \"a\""),
        piece(1, "\"b\"}"),
        piece(0, "}"),
        chunk(json!({}), Some("tool_calls")),
    ];
    let provider = Provider::start([Scripted::chunks(&chunks)]).await;
    let model = builder("groq:llama", &provider).build().unwrap();
    let messages = [Message::User("What is unread?".to_owned())];
    let (reply, _) = ask(&model, &messages, How::InPieces).await.unwrap();
    let calls: Vec<_> = reply
        .calls
        .iter()
        .map(|it| (&*it.id, &it.arguments))
        .collect();
    let (a, b) = (json!({"query": "a"}), json!({"query": "b"}));
    assert_eq!(calls, [("call_0", &a), ("call_1", &b)]);
}
