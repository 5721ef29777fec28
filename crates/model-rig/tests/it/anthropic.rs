//! Anthropic's Messages: what it is sent.

use serde_json::json;
use toolgate_model_rig::ToolChoice;

use crate::script::anthropic::FORMAT;
use crate::wire::{BOTH, How, KEY, dialogue, tools};

const MODEL: &str = "anthropic:claude-opus-4-5";

#[tokio::test]
async fn a_conversation_goes_out_as_documented_with_signed_thinking() {
    for how in BOTH {
        let done = dialogue(MODEL, FORMAT.dialogue(how), how, |it| it).await;
        done.check(how);
        let asked = &done.asked[1];
        assert_eq!(asked.target, "/v1/messages");
        assert_eq!(asked.header("x-api-key"), Some(KEY));
        assert_eq!(asked.header("anthropic-version"), Some("2023-06-01"));
        assert_eq!(asked.header("authorization"), None);
        let result = |id: &str, text: &str| {
            json!({
                "type": "tool_result", "tool_use_id": id,
                "content": [{"type": "text", "text": text}]
            })
        };
        let mut failed = result("toolu_1", "{\"error\":{\"kind\":\"not_found\"}}");
        failed["is_error"] = json!(true);
        let expected = json!([
            {"role": "user", "content": [{"type": "text", "text": "What is unread?"}]},
            {"role": "assistant", "content": [
                {"type": "thinking", "thinking": "Look twice.", "signature": "sig-1"},
                {"type": "tool_use", "id": "toolu_0", "name": "find", "input": {"query": "a"}},
                {"type": "tool_use", "id": "toolu_1", "name": "find", "input": {"query": "b"}}
            ]},
            {"role": "user", "content": [result("toolu_0", "{\"count\":2}"), failed]}
        ]);
        assert_eq!(asked.body["messages"], expected);
        let system = json!([{"type": "text", "text": "Be brief."}]);
        assert_eq!(asked.body["system"], system);
        assert!(asked.body["max_tokens"].as_u64().unwrap() > 4096);
        let streams = (how == How::InPieces).then_some(&json!(true));
        assert_eq!(asked.body.get("stream"), streams);
        let sent = asked.body["tools"].as_array().unwrap();
        for (sent, tool) in sent.iter().zip(tools()) {
            assert_eq!(sent["name"], tool.name.as_str());
            assert_eq!(sent["description"], tool.description.as_str());
            assert_eq!(sent["input_schema"], tool.input_schema);
        }
    }
}

#[tokio::test]
async fn a_tool_is_called_for_at_the_first_step_and_chosen_freely_later() {
    let how = How::Whole;
    let done = dialogue(MODEL, FORMAT.dialogue(how), how, |it| {
        it.with_first_step(ToolChoice::Required)
    })
    .await;
    let choices = done.asked.iter().map(|asked| &asked.body["tool_choice"]);
    let kinds: Vec<_> = choices.map(|it| it["type"].clone()).collect();
    assert_eq!(kinds[0], "any");
    assert_ne!(kinds[1], "any");
}

#[tokio::test]
async fn a_model_that_nobody_knows_gets_a_limit_since_the_provider_wants_one() {
    let how = How::Whole;
    let script = FORMAT.dialogue(how);
    let done = dialogue("anthropic:some-day", script, how, |it| it).await;
    assert_eq!(done.asked[0].body["max_tokens"], 8192);
    let script = FORMAT.dialogue(how);
    let done = dialogue(MODEL, script, how, |it| it.with_max_tokens(77)).await;
    assert_eq!(done.asked[0].body["max_tokens"], 77);
}
