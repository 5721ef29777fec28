//! What a provider refuses, told by its status and code.

use std::time::Duration;

use serde_json::{Value, json};
use toolgate_framework::ModelErrorKind::{
    self, Other, RateLimited, Refused, TooLong, Unauthorized, Unavailable,
};

use crate::failures::error_of;
use crate::server::Scripted;
use crate::wire::{BOTH, How, KEY};

/// A refusal whose text repeats the key and what was asked, as providers' texts may.
fn openai_error(code: &str, message: &str) -> Value {
    let message = format!("{message} of-the-body {KEY}");
    json!({"error": {"message": message, "type": "invalid_request_error", "code": code}})
}

pub(crate) fn anthropic_error(kind: &str, message: &str) -> Value {
    let message = format!("{message} of-the-body {KEY}");
    json!({"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_1"})
}

fn gemini_error(status: &str, message: &str, details: &Value) -> Value {
    let message = format!("{message} of-the-body {KEY}");
    json!({"error": {"code": 400, "message": message, "status": status, "details": details}})
}

async fn check(reference: &str, status: u16, body: &Value, kind: ModelErrorKind) {
    for how in BOTH {
        let answer = Scripted::json(body).status(status);
        let error = error_of(reference, answer, how).await;
        assert_eq!(error.kind(), kind, "{how:?} {error}");
        assert!(error.to_string().contains(&status.to_string()), "{error}");
    }
}

#[tokio::test]
async fn openais_refusals_say_what_to_do_next() {
    for (status, code, kind) in [
        (401, "invalid_api_key", Unauthorized),
        // Codes that are none, and may be anything.
        (401, KEY, Unauthorized),
        (401, "of-the-body 7", Unauthorized),
        (403, "unsupported_country_region_territory", Unauthorized),
        (429, "rate_limit_exceeded", RateLimited),
        (429, "insufficient_quota", Unauthorized),
        (400, "context_length_exceeded", TooLong),
        (400, "content_policy_violation", Refused),
        (400, "invalid_value", Other),
        (404, "model_not_found", Other),
        (408, "timeout", Unavailable),
        (500, "server_error", Unavailable),
        (502, "", Unavailable),
    ] {
        check("openai:m", status, &openai_error(code, "It says"), kind).await;
    }
    check("openai:m", 503, &json!({"error": KEY}), Unavailable).await;
}

#[tokio::test]
async fn anthropics_refusals_say_what_to_do_next() {
    for (status, code, kind) in [
        (401, "authentication_error", Unauthorized),
        (403, "permission_error", Unauthorized),
        (429, "rate_limit_error", RateLimited),
        (529, "overloaded_error", Unavailable),
        (413, "request_too_large", TooLong),
        (400, "invalid_request_error", Other),
    ] {
        check(
            "anthropic:m",
            status,
            &anthropic_error(code, "It says"),
            kind,
        )
        .await;
    }
    let words = "prompt is too long: 210000 tokens > 200000 maximum";
    let body = anthropic_error("invalid_request_error", words);
    check("anthropic:m", 400, &body, TooLong).await;
}

#[tokio::test]
async fn geminis_refusals_say_what_to_do_next() {
    let none = json!([]);
    let bad_key = json!([{
        "@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"
    }]);
    let words = "The input token count (1200000) exceeds the maximum number of tokens allowed";
    for (status, code, message, details, kind) in [
        (
            400,
            "INVALID_ARGUMENT",
            "API key not valid.",
            &bad_key,
            Unauthorized,
        ),
        (400, "INVALID_ARGUMENT", words, &none, TooLong),
        (400, "INVALID_ARGUMENT", "Bad schema", &none, Other),
        (403, "PERMISSION_DENIED", "", &none, Unauthorized),
        (429, "RESOURCE_EXHAUSTED", "", &none, RateLimited),
        (500, "INTERNAL", "", &none, Unavailable),
        (503, "UNAVAILABLE", "", &none, Unavailable),
    ] {
        check(
            "gemini:m",
            status,
            &gemini_error(code, message, details),
            kind,
        )
        .await;
    }
}

#[tokio::test]
async fn ollamas_refusals_say_what_to_do_next() {
    for (status, words, kind) in [
        (404, "model not found", Other),
        (400, "the input exceeds the context length", TooLong),
        (500, "model runner has unexpectedly stopped", Unavailable),
    ] {
        let body = json!({"error": format!("{words} of-the-body {KEY}")});
        check("ollama:m", status, &body, kind).await;
    }
}

#[tokio::test]
async fn a_provider_says_when_to_come_back() {
    let limited = |code| Scripted::json(&openai_error(code, "")).status(429);
    let delay = json!([{
        "@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "34.5s"
    }]);
    let by_detail = gemini_error("RESOURCE_EXHAUSTED", "", &delay);
    let cases = [
        (
            "openai:m",
            limited("x").header("retry-after", "7"),
            Some(7.0),
        ),
        (
            "openai:m",
            limited("x").header("retry-after-ms", "1500"),
            Some(1.5),
        ),
        (
            "openai:m",
            limited("x").header("retry-after", "1e15"),
            Some(86_400.0),
        ),
        ("openai:m", limited("x"), None),
        ("openai:m", limited("x").header("retry-after", "-1"), None),
        (
            "gemini:m",
            Scripted::json(&by_detail).status(429),
            Some(34.5),
        ),
    ];
    for (reference, answer, seconds) in cases {
        for how in BOTH {
            let error = error_of(reference, answer.clone(), how).await;
            assert!(error.is_transient());
            assert_eq!(error.retry_after(), seconds.map(Duration::from_secs_f64));
        }
    }
}

#[tokio::test]
async fn what_a_model_will_not_say_is_refused() {
    let anthropic = json!({
        "id": "m", "type": "message", "role": "assistant", "model": "m", "content": [],
        "stop_reason": "refusal", "usage": {"input_tokens": 1, "output_tokens": 1}
    });
    let gemini = json!({
        "candidates": [{"finishReason": "SAFETY", "index": 0}],
        "usageMetadata": {"promptTokenCount": 1, "totalTokenCount": 1}
    });
    let chat = json!({
        "id": "c", "object": "chat.completion", "created": 1, "model": "m",
        "choices": [{
            "index": 0, "message": {"role": "assistant", "content": ""},
            "finish_reason": "content_filter"
        }]
    });
    for (reference, body) in [
        ("anthropic:m", anthropic),
        ("gemini:m", gemini),
        ("groq:m", chat),
    ] {
        let error = error_of(reference, Scripted::json(&body), How::Whole).await;
        assert_eq!(error.kind(), Refused, "{reference} {error}");
    }
}
