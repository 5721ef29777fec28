//! Google's error body, in both of its shapes, and what it means.

use std::fmt;
use std::time::Duration;

use http::header::WWW_AUTHENTICATE;
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::Value;
use toolgate_auth::{ConsentNeeded, ConsentReason, FailureKind, Requirement, Timestamp};
use toolgate_http::Api;

use crate::hint;

#[cfg(test)]
mod tests;

/// How much of Google's message is kept.
const LONGEST_MESSAGE: usize = 400;

/// What Google said when it refused.
#[derive(Debug)]
pub(crate) struct GoogleError {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) reasons: Vec<String>,
    pub(crate) kind: FailureKind,
    pub(crate) advice: Advice,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) consent: Option<ConsentNeeded>,
    message: String,
}

/// What to do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Advice {
    /// Again after a while.
    Retry,
    /// Again after a longer while.
    RetrySlowly,
    /// Not again within this call.
    Stop,
}

/// What an answer is read against.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reading<'a> {
    pub(crate) api: Api,
    pub(crate) requirement: &'a Requirement,
    pub(crate) token: &'a str,
    pub(crate) now: Timestamp,
}

#[derive(Default, Deserialize)]
struct Envelope {
    #[serde(default)]
    error: Value,
    #[serde(default)]
    error_description: Value,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Body {
    message: Option<String>,
    status: Option<String>,
    errors: Vec<Detail>,
    details: Vec<Detail>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Detail {
    reason: Option<String>,
    retry_delay: Option<String>,
}

impl GoogleError {
    pub(crate) fn read(
        status: StatusCode,
        headers: HeaderMap,
        body: &[u8],
        reading: Reading<'_>,
    ) -> Self {
        let body = parse(body);
        let reasons: Vec<String> = body
            .errors
            .iter()
            .chain(&body.details)
            .filter_map(|it| it.reason.clone())
            .collect();
        let reasons = if reasons.is_empty() {
            body.status.clone().into_iter().collect()
        } else {
            reasons
        };
        let text = body.message.as_deref().unwrap_or_default();
        let mut error = Self {
            retry_after: hint::longest(&headers, text, delays(&body), reading.now),
            message: clean(text, reading.token),
            status,
            reasons,
            kind: FailureKind::Internal,
            advice: Advice::Stop,
            consent: None,
            headers,
        };
        (error.kind, error.advice) = error.judge(reading.api);
        error.consent = error.consent_needed(reading.requirement);
        error
    }

    /// Whether Google gave this reason, whatever the spelling.
    pub(crate) fn has_reason(&self, reason: &str) -> bool {
        let wanted = plain(reason);
        self.reasons.iter().any(|it| plain(it) == wanted)
    }

    /// Whether it says that the call was not done: a server's fault says nothing either way.
    pub(crate) fn is_conclusive(&self) -> bool {
        !self.status.is_server_error() && self.status != StatusCode::REQUEST_TIMEOUT
    }

    fn has_any(&self, reasons: &[&str]) -> bool {
        reasons.iter().any(|reason| self.has_reason(reason))
    }

    /// `reference` table: what to repeat, what to wait for, what to leave.
    fn judge(&self, api: Api) -> (FailureKind, Advice) {
        match self.status.as_u16() {
            429 if self.has_any(&["dailyLimitExceeded"]) => {
                (FailureKind::RateLimited, Advice::Stop)
            }
            429 => (FailureKind::RateLimited, Advice::Retry),
            408 | 500 | 502 | 503 | 504 => (FailureKind::Unavailable, Advice::Retry),
            501 | 505..600 => (FailureKind::Unavailable, Advice::Stop),
            401 => self.judge_401(),
            403 => self.judge_403(api),
            404 | 410 => (FailureKind::NotFound, Advice::Stop),
            400 if self.has_reason("failedPrecondition") => {
                (FailureKind::PermissionDenied, Advice::Stop)
            }
            _ => (FailureKind::InvalidArgument, Advice::Stop),
        }
    }

    fn judge_401(&self) -> (FailureKind, Advice) {
        if self.lacks_scope() {
            (FailureKind::InsufficientScope, Advice::Stop)
        } else {
            (FailureKind::ConsentRequired, Advice::Stop)
        }
    }

    fn judge_403(&self, api: Api) -> (FailureKind, Advice) {
        if self.has_any(&["rateLimitExceeded", "userRateLimitExceeded"]) {
            (FailureKind::RateLimited, Advice::Retry)
        } else if self.has_reason("quotaExceeded") && api == Api::Calendar {
            (FailureKind::RateLimited, Advice::RetrySlowly)
        } else if self.has_any(&[
            "dailyLimitExceeded",
            "dailyLimitExceededUnreg",
            "sharingRateLimitExceeded",
            "quotaExceeded",
        ]) {
            (FailureKind::RateLimited, Advice::Stop)
        } else if self.lacks_scope() {
            (FailureKind::InsufficientScope, Advice::Stop)
        } else if self.has_any(&["accessNotConfigured", "SERVICE_DISABLED"]) {
            (FailureKind::Internal, Advice::Stop)
        } else {
            (FailureKind::PermissionDenied, Advice::Stop)
        }
    }

    fn lacks_scope(&self) -> bool {
        let told = self.headers.get_all(WWW_AUTHENTICATE).iter();
        self.has_any(&["insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"])
            || told
                .filter_map(|it| it.to_str().ok())
                .any(|it| it.contains("insufficient_scope"))
    }

    fn consent_needed(&self, requirement: &Requirement) -> Option<ConsentNeeded> {
        let reason = match self.kind {
            FailureKind::InsufficientScope => ConsentReason::ScopeMissing,
            FailureKind::ConsentRequired => ConsentReason::Ended,
            _ => return None,
        };
        let mut services: Vec<String> = requirement
            .methods()
            .filter_map(|id| id.split('.').next())
            .map(str::to_owned)
            .collect();
        services.dedup();
        let scopes = requirement.least_scopes().to_vec();
        Some(ConsentNeeded {
            services,
            scopes,
            reason,
            account: None,
        })
    }
}

impl fmt::Display for GoogleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            FailureKind::InsufficientScope => {
                "the person did not allow this; they have to sign in and allow it"
            }
            FailureKind::ConsentRequired => {
                "google no longer accepts this sign-in; the person has to sign in again"
            }
            FailureKind::RateLimited => "google's limit is reached; try again later",
            FailureKind::Unavailable => "google could not do it for now; try again later",
            FailureKind::NotFound => "google does not know this, or the person cannot see it",
            FailureKind::PermissionDenied => "google does not allow the person to do this",
            FailureKind::InvalidArgument if self.status == StatusCode::PRECONDITION_FAILED => {
                "it was changed since it was read; read it again"
            }
            FailureKind::InvalidArgument => "google refused the request",
            _ => "the application is not set up for this at google",
        };
        write!(f, "{what} (status {}", self.status.as_u16())?;
        if let Some(reason) = self.reasons.first() {
            write!(f, ", {}", clean(reason, ""))?;
        }
        f.write_str(")")?;
        if !self.message.is_empty() {
            write!(f, ": {}", self.message)?;
        }
        Ok(())
    }
}

fn parse(body: &[u8]) -> Body {
    let Ok(envelope) = serde_json::from_slice::<Envelope>(body) else {
        return Body::default();
    };
    match envelope.error {
        // The shape of the OAuth endpoints, which the gateway uses now and then.
        Value::String(code) => Body {
            message: envelope.error_description.as_str().map(str::to_owned),
            status: Some(code),
            ..Body::default()
        },
        object => parse_leniently(&object),
    }
}

/// Members that are not as expected do not spoil the others.
fn parse_leniently(object: &Value) -> Body {
    let details = |name: &str| -> Vec<Detail> {
        let list = object
            .get(name)
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        list.filter_map(|it| Detail::deserialize(it).ok()).collect()
    };
    let text = |name: &str| object.get(name).and_then(Value::as_str).map(str::to_owned);
    Body {
        message: text("message"),
        status: text("status"),
        errors: details("errors"),
        details: details("details"),
    }
}

fn delays(body: &Body) -> Option<Duration> {
    body.details
        .iter()
        .filter_map(|it| hint::seconds(it.retry_delay.as_deref()?))
        .max()
}

/// `rateLimitExceeded` and `RATE_LIMIT_EXCEEDED` alike.
fn plain(reason: &str) -> String {
    reason
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|it| it.to_ascii_lowercase())
        .collect()
}

/// Cut, on one line, without what looks like a secret.
fn clean(text: &str, token: &str) -> String {
    let secret = |word: &str| {
        let word = word.trim_matches(|it: char| !it.is_ascii_alphanumeric());
        ["ya29.", "1//", "4/", "GOCSPX-"]
            .iter()
            .any(|start| word.starts_with(start))
            || (!token.is_empty() && word.contains(token))
    };
    let words = text
        .split(|it: char| it.is_whitespace() || it.is_control())
        .filter(|it| !it.is_empty());
    let words: Vec<&str> = words
        .map(|it| if secret(it) { "[redacted]" } else { it })
        .collect();
    let line = words.join(" ");
    match line.char_indices().nth(LONGEST_MESSAGE) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}
