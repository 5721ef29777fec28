//! `OpenAI`'s Responses API: what it is sent.

use serde_json::{Value, json};
use toolgate_framework::ToolDescription;
use toolgate_framework::{Message, Model as _, ModelRequest};

use crate::script::openai::FORMAT;
use crate::server::Provider;
use crate::wire::{BOTH, How, KEY, builder, dialogue, tools};

fn sorted(mut names: Value) -> Value {
    if let Some(names) = names.as_array_mut() {
        names.sort_by_key(Value::to_string);
    }
    names
}

#[tokio::test]
async fn a_conversation_goes_out_as_documented_with_strict_tools_and_nothing_kept() {
    for how in BOTH {
        let done = dialogue("openai:gpt-5.2", FORMAT.dialogue(how), how, |it| it).await;
        done.check(how);
        for asked in &done.asked {
            assert_eq!(asked.target, "/responses");
            let bearer = format!("Bearer {KEY}");
            assert_eq!(asked.header("authorization"), Some(bearer.as_str()));
        }
        let mut body = done.asked[1].body.clone();
        let input = body["input"].take();
        let expected = json!([
            {
                "type": "message", "role": "user",
                "content": [{"type": "input_text", "text": "What is unread?"}]
            },
            {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "sealed-1"},
            {
                "type": "function_call", "id": "fc_0", "status": "completed",
                "call_id": "call_0", "name": "find", "arguments": "{\"query\":\"a\"}"
            },
            {
                "type": "function_call", "id": "fc_1", "status": "completed",
                "call_id": "call_1", "name": "find", "arguments": "{\"query\":\"b\"}"
            },
            {
                "type": "function_call_output", "call_id": "call_0", "status": "completed",
                "output": "{\"count\":2}"
            },
            {
                "type": "function_call_output", "call_id": "call_1", "status": "completed",
                "output": "{\"error\":{\"kind\":\"not_found\"}}"
            }
        ]);
        assert_eq!(input, expected);
        assert_eq!(body["model"], "gpt-5.2");
        assert_eq!(body["instructions"], "Be brief.");
        assert_eq!(body["store"], false);
        assert_eq!(body["include"], json!(["reasoning.encrypted_content"]));
        let streams = (how == How::InPieces).then_some(&json!(true));
        assert_eq!(body.get("stream"), streams);
        assert_eq!(body.get("tool_choice"), None, "the model chooses");
        let find = &mut body["tools"][0];
        let required = sorted(find["parameters"]["required"].take());
        assert_eq!(required, json!(["limit", "query"]));
        find["parameters"]["required"] = Value::Null;
        let expected = json!({
            "type": "function", "name": "find", "description": "Does find.", "strict": true,
            "parameters": {
                "type": "object", "additionalProperties": false, "required": null,
                "properties": {
                    "query": {"type": "string", "description": "What to look for."},
                    "limit": {
                        "type": ["integer", "null"], "minimum": 1,
                        "description": "How many. Default: 10."
                    }
                }
            }
        });
        assert_eq!(*find, expected);
    }
}

#[tokio::test]
async fn tools_that_strict_mode_cannot_say_are_sent_as_they_are() {
    let provider = Provider::start(FORMAT.dialogue(How::Whole)).await;
    let model = builder("openai:gpt-5.2", &provider).build().unwrap();
    let schema = json!({
        "type": "object", "additionalProperties": false,
        "properties": {"names": {
            "type": "object", "additionalProperties": {"type": "string"}, "description": "By id."
        }}
    });
    let mut tools = tools();
    tools.push(ToolDescription {
        name: "rename".to_owned(),
        description: "Renames.".to_owned(),
        input_schema: schema.clone(),
    });
    let messages = [Message::User("Go".to_owned())];
    let request = ModelRequest {
        instructions: "",
        messages: &messages,
        tools: &tools,
    };
    model.complete(&request).await.unwrap();
    let asked = provider.asked();
    let sent = asked[0].body["tools"].as_array().unwrap();
    assert!(sent.iter().all(|tool| tool["strict"] == false), "{sent:?}");
    assert_eq!(sent[2]["parameters"], schema);
    assert_eq!(asked[0].body.get("instructions"), None);
}
