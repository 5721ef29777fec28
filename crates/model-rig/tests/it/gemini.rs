//! Gemini's generateContent: what it is sent.

use serde_json::json;
use toolgate_model_rig::ToolChoice;

use crate::script::gemini::{FORMAT, SIGNATURE};
use crate::wire::{BOTH, How, KEY, dialogue, without_nulls};

const MODEL: &str = "gemini:gemini-2.5-flash";

#[tokio::test]
async fn a_conversation_goes_out_as_documented_with_the_thoughts_signature() {
    for how in BOTH {
        let done = dialogue(MODEL, FORMAT.dialogue(how), how, |it| it).await;
        done.check(how);
        let asked = &done.asked[1];
        let target = match how {
            How::Whole => "/v1beta/models/gemini-2.5-flash:generateContent",
            How::InPieces => "/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse",
        };
        assert_eq!(asked.target, target, "the key is not in the address");
        assert_eq!(asked.header("x-goog-api-key"), Some(KEY));
        let expected = json!({
            "contents": [
                {"role": "user", "parts": [{"text": "What is unread?", "thought": false}]},
                {"role": "model", "parts": [
                    {
                        "functionCall": {"name": "find", "args": {"query": "a"}},
                        "thoughtSignature": SIGNATURE
                    },
                    {"functionCall": {"name": "find", "args": {"query": "b"}}}
                ]},
                {"role": "user", "parts": [
                    {"thought": false, "functionResponse": {
                        "name": "find", "response": {"result": {"count": 2}}
                    }},
                    {"thought": false, "functionResponse": {
                        "name": "find",
                        "response": {"error": {"error": {"kind": "not_found"}}}
                    }}
                ]}
            ],
            "systemInstruction": {
                "role": "model", "parts": [{"text": "Be brief.", "thought": false}]
            },
            "tools": [{"functionDeclarations": [
                {
                    "name": "find", "description": "Does find.",
                    "parametersJsonSchema": {
                        "type": "object", "required": ["query"],
                        "properties": {
                            "query": {"type": "string", "description": "What to look for."},
                            "limit": {
                                "type": "integer", "minimum": 1,
                                "description": "How many. Default: 10."
                            }
                        }
                    }
                },
                {"name": "who", "description": "Does who."}
            ]}]
        });
        assert_eq!(without_nulls(&asked.body), expected);
    }
}

#[tokio::test]
async fn a_choice_of_tools_is_a_mode() {
    let how = How::Whole;
    let done = dialogue(MODEL, FORMAT.dialogue(how), how, |it| {
        it.with_first_step(ToolChoice::Required)
    })
    .await;
    let config = &done.asked[0].body["toolConfig"]["functionCallingConfig"];
    assert_eq!(config["mode"], "ANY");
    assert!(done.asked[1].body["toolConfig"].is_null());
}
