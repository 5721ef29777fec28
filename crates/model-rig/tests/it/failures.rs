//! What goes wrong at a provider, and what it means to whoever asked.

use serde_json::json;
use toolgate_framework::ModelErrorKind::{Other, Unavailable};
use toolgate_framework::{Message, ModelError};

use crate::refusals::anthropic_error;
use crate::script::{anthropic, chat, gemini, ollama, openai};
use crate::server::{Provider, Scripted};
use crate::wire::{BOTH, How, KEY, ask, builder};

/// The error of a model whose provider answers so, with nothing in it that the provider wrote.
pub(crate) async fn error_of(reference: &str, answer: Scripted, how: How) -> ModelError {
    let provider = Provider::start([answer]).await;
    let model = builder(reference, &provider).build().unwrap();
    let messages = [Message::User("What is unread?".to_owned())];
    let error = ask(&model, &messages, how).await.unwrap_err();
    let printed = format!("{error} {error:?}");
    for secret in ["CANARY", "of-the-body", "unread"] {
        assert!(!printed.contains(secret), "{printed}");
    }
    assert_eq!(provider.asked().len(), 1, "nothing is asked twice");
    error
}

#[tokio::test]
async fn an_answer_that_breaks_off_or_makes_no_sense_may_work_later() {
    let all = [
        ("openai:m", openai::FORMAT),
        ("groq:m", chat::FORMAT),
        ("anthropic:m", anthropic::FORMAT),
        ("gemini:m", gemini::FORMAT),
        ("ollama:m", ollama::FORMAT),
    ];
    for (reference, format) in all {
        for how in BOTH {
            let torn = (format.text)(how, &["Two ", "mails."]).cut_in_half().torn();
            let error = error_of(reference, torn, how).await;
            assert_eq!(error.kind(), Unavailable, "{reference} {how:?} {error}");
            let ended = (format.text)(how, &["Two ", "mails."]).cut_in_half();
            let error = error_of(reference, ended, how).await;
            assert_eq!(error.kind(), Unavailable, "{reference} {how:?} {error}");
        }
        let page = Scripted::of("text/html", format!("<h1>of-the-body {KEY}</h1>"));
        let error = error_of(reference, page, How::Whole).await;
        assert_eq!(error.kind(), Unavailable, "{reference} {error}");
    }
}

#[tokio::test]
async fn an_error_in_the_middle_of_a_stream_is_one() {
    let events = [
        json!({"type": "message_start", "message": {
            "id": "m", "type": "message", "role": "assistant", "model": "m", "content": [],
            "usage": {"input_tokens": 1, "output_tokens": 1}
        }}),
        anthropic_error("overloaded_error", "Overloaded"),
    ];
    let error = error_of("anthropic:m", Scripted::events(&events), How::InPieces).await;
    assert_eq!(error.kind(), Unavailable, "{error}");
}

#[tokio::test]
async fn a_provider_that_is_not_there_may_be_there_later() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/", free.local_addr().unwrap());
    drop(free);
    let error = error_at(&address).await;
    assert_eq!(error.kind(), Unavailable, "{error}");
}

#[tokio::test]
async fn a_key_leaves_this_machine_over_https_only() {
    let error = error_at("http://models.example.com/v1").await;
    assert_eq!(error.kind(), Other, "{error}");
    assert!(error.to_string().contains("https"), "{error}");
}

/// The error of a model that nobody serves at this address.
async fn error_at(address: &str) -> ModelError {
    let provider = Provider::start([]).await;
    let model = builder("openai:m", &provider).with_base_url(address.parse().unwrap());
    let messages = [Message::User("Hello".to_owned())];
    let asked = ask(&model.build().unwrap(), &messages, How::InPieces).await;
    assert!(provider.asked().is_empty());
    asked.unwrap_err()
}

#[tokio::test]
async fn a_call_that_was_cut_off_is_never_taken_for_a_whole_one() {
    let body = json!({
        "id": "c", "object": "chat.completion", "created": 1, "model": "m",
        "choices": [{
            "index": 0, "finish_reason": "length",
            "message": {"role": "assistant", "content": null, "tool_calls": [{
                "id": "call_0", "type": "function",
                "function": {"name": "find", "arguments": "{\"query\": \"a\", \"lim"}
            }]}
        }]
    });
    let provider = Provider::start([Scripted::json(&body)]).await;
    let model = builder("groq:m", &provider).build().unwrap();
    let messages = [Message::User("Hello".to_owned())];
    let (reply, _) = ask(&model, &messages, How::Whole).await.unwrap();
    let arguments = &reply.calls[0].arguments;
    assert!(arguments.is_string(), "{arguments}");
}
