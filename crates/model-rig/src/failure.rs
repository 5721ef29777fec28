//! From rig's errors to ours: told by status and code, never with a body.

use std::time::Duration;

use http::HeaderMap;
use rig_core::ProviderResponseError;
use rig_core::error::ProviderError;
use rig_core::http_client;
use serde_json::Value;
use toolgate_framework::{ModelError, ModelErrorKind};

use ModelErrorKind::{Other, RateLimited, Refused, TooLong, Unauthorized, Unavailable};

/// What a failure means to whoever asked.
pub(crate) fn model_error(error: &ProviderError) -> ModelError {
    match error {
        ProviderError::Http(error) => unanswered(error),
        ProviderError::ProviderResponse(answer)
        | ProviderError::InvalidAuthentication(answer)
        | ProviderError::CacheExpired {
            response: answer, ..
        } => refused(answer),
        ProviderError::Truncated | ProviderError::Json(_) | ProviderError::Response(_) => {
            ModelError::new("its answer broke off or makes no sense").with_kind(Unavailable)
        }
        ProviderError::Request(reason) => {
            ModelError::new(format!("the request could not be made: {reason}"))
        }
        ProviderError::UnsupportedOption(option) => {
            ModelError::new(format!("the request could not be made: {option}"))
        }
        _ => ModelError::new("its provider reports a failure and says no more"),
    }
}

fn unanswered(error: &http_client::Error) -> ModelError {
    let http_client::Error::Instance(source) = error else {
        return ModelError::new("its answer is not of the kind that was asked for");
    };
    let Some(error) = source.downcast_ref::<toolgate_http::Error>() else {
        return ModelError::new("there is no answer").with_kind(Unavailable);
    };
    let lasts = error.is_configuration() || error.is_too_large();
    let kind = if lasts { Other } else { Unavailable };
    ModelError::new(error.to_string()).with_kind(kind)
}

fn refused(answer: &ProviderResponseError) -> ModelError {
    let body: Value = serde_json::from_str(&answer.body).unwrap_or_default();
    let code = answer.machine_code().filter(|code| is_code(code));
    let kind = kind(answer, &body, code.as_deref());
    let status = answer.status.filter(|status| !status.is_success());
    tracing::debug!(
        status = status.map(|it| it.as_u16()),
        code,
        ?kind,
        "the model's provider refused"
    );
    let told = match (status, code) {
        (Some(status), Some(code)) => format!("status {} ({code})", status.as_u16()),
        (Some(status), None) => format!("status {}", status.as_u16()),
        (None, Some(code)) => code,
        (None, None) => "an error without a code".to_owned(),
    };
    ModelError::new(format!("its provider answered with {told}{}", advice(kind)))
        .with_kind(kind)
        .with_retry_after(retry_after(answer.headers.as_ref(), &body))
}

/// A word such as `rate_limit_exceeded` or `INVALID_ARGUMENT`; anything else may be a secret.
fn is_code(code: &str) -> bool {
    let lower = code.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    let upper = code.bytes().all(|b| b.is_ascii_uppercase() || b == b'_');
    (lower || upper) && code.len() <= 48
}

fn advice(kind: ModelErrorKind) -> &'static str {
    match kind {
        RateLimited | Unavailable => "; try again later",
        Unauthorized => "; check the key, and what its account may use",
        TooLong => "; the conversation is longer than it can read",
        Refused => "; it will not answer this",
        _ => "",
    }
}

fn kind(answer: &ProviderResponseError, body: &Value, code: Option<&str>) -> ModelErrorKind {
    if answer.refusal {
        return Refused;
    }
    if let Some(kind) = code.and_then(kind_of_code) {
        return kind;
    }
    if is_bad_gemini_key(body) {
        return Unauthorized;
    }
    match answer.status.map(|status| status.as_u16()) {
        Some(401 | 403) => Unauthorized,
        Some(429) => RateLimited,
        Some(413) => TooLong,
        Some(400) if says_too_long(body) => TooLong,
        Some(408 | 425 | 500..) => Unavailable,
        _ if answer.is_retryable() => Unavailable,
        _ => Other,
    }
}

/// The codes that say more than their status, or come without one in the middle of a stream.
fn kind_of_code(code: &str) -> Option<ModelErrorKind> {
    Some(match code {
        "context_length_exceeded" | "request_too_large" => TooLong,
        "content_filter" | "content_policy_violation" => Refused,
        "invalid_api_key"
        | "authentication_error"
        | "permission_error"
        | "insufficient_quota"
        | "billing_error" => Unauthorized,
        "rate_limit_error" | "rate_limit_exceeded" | "RESOURCE_EXHAUSTED" => RateLimited,
        "overloaded_error" | "api_error" | "server_error" | "timeout_error" | "UNAVAILABLE"
        | "INTERNAL" | "DEADLINE_EXCEEDED" => Unavailable,
        _ => return None,
    })
}

/// Gemini answers a wrong key with 400 and says so in a detail.
fn is_bad_gemini_key(body: &Value) -> bool {
    details(body).any(|detail| {
        let reason = detail.get("reason");
        reason.is_some_and(|it| it == "API_KEY_INVALID" || it == "API_KEY_EXPIRED")
    })
}

/// Neither Anthropic nor Gemini nor Ollama has a code for it; these are the words they use.
fn says_too_long(body: &Value) -> bool {
    const WORDS: [&str; 5] = [
        "prompt is too long",
        "input token count",
        "exceed context limit",
        "maximum context length",
        "context length",
    ];
    let error = body.get("error");
    let message = error.and_then(|it| it.get("message").or(Some(it)));
    let message = message.and_then(Value::as_str).unwrap_or_default();
    let message = message.to_ascii_lowercase();
    WORDS.iter().any(|words| message.contains(words))
}

fn details(body: &Value) -> impl Iterator<Item = &Value> {
    let details = body.pointer("/error/details").and_then(Value::as_array);
    details.into_iter().flatten()
}

/// Seconds or milliseconds in a header, or Gemini's detail.
/// No provider means more, and a program adds it to the time it is.
const LONGEST_WAIT: Duration = Duration::from_hours(24);

fn retry_after(headers: Option<&HeaderMap>, body: &Value) -> Option<Duration> {
    let header = |name: &str| {
        let value = headers?.get(name)?.to_str().ok()?;
        value.trim().parse::<f64>().ok()
    };
    let detail = || {
        let delays = details(body).filter_map(|it| it.get("retryDelay"));
        let mut delays = delays.filter_map(Value::as_str);
        delays.next()?.strip_suffix('s')?.parse::<f64>().ok()
    };
    let seconds = header("retry-after-ms")
        .map(|millis| millis / 1000.0)
        .or_else(|| header("retry-after"))
        .or_else(detail)?;
    let wait = Duration::try_from_secs_f64(seconds).ok()?;
    Some(wait.min(LONGEST_WAIT))
}
