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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(status: u16, body: &Value, api: Api) -> GoogleError {
        let requirement = Requirement::for_methods(&["gmail.users.messages.list"]);
        let reading = Reading {
            api,
            requirement: &requirement,
            token: "secret-token",
            now: Timestamp::from_millis(0),
        };
        let status = StatusCode::from_u16(status).unwrap();
        GoogleError::read(
            status,
            HeaderMap::new(),
            body.to_string().as_bytes(),
            reading,
        )
    }

    fn old(reason: &str) -> Value {
        json!({"error": {"code": 1, "message": "m", "errors": [{"reason": reason}]}})
    }

    fn new(reason: &str) -> Value {
        json!({"error": {"code": 1, "message": "m", "status": "X",
            "details": [{"@type": "t"}, {"reason": reason}]}})
    }

    #[test]
    fn the_table_of_statuses_and_reasons() {
        use Advice::{Retry, RetrySlowly, Stop};
        use FailureKind as Kind;
        let table = [
            (429, "x", Api::Gmail, Kind::RateLimited, Retry),
            (
                429,
                "dailyLimitExceeded",
                Api::Gmail,
                Kind::RateLimited,
                Stop,
            ),
            (408, "x", Api::Gmail, Kind::Unavailable, Retry),
            (500, "backendError", Api::Gmail, Kind::Unavailable, Retry),
            (502, "x", Api::Gmail, Kind::Unavailable, Retry),
            (503, "x", Api::Gmail, Kind::Unavailable, Retry),
            (504, "x", Api::Gmail, Kind::Unavailable, Retry),
            (501, "x", Api::Gmail, Kind::Unavailable, Stop),
            (
                403,
                "rateLimitExceeded",
                Api::Drive,
                Kind::RateLimited,
                Retry,
            ),
            (
                403,
                "userRateLimitExceeded",
                Api::Gmail,
                Kind::RateLimited,
                Retry,
            ),
            (
                403,
                "RATE_LIMIT_EXCEEDED",
                Api::Sheets,
                Kind::RateLimited,
                Retry,
            ),
            (
                403,
                "quotaExceeded",
                Api::Calendar,
                Kind::RateLimited,
                RetrySlowly,
            ),
            (403, "quotaExceeded", Api::Drive, Kind::RateLimited, Stop),
            (
                403,
                "dailyLimitExceeded",
                Api::Gmail,
                Kind::RateLimited,
                Stop,
            ),
            (
                403,
                "sharingRateLimitExceeded",
                Api::Drive,
                Kind::RateLimited,
                Stop,
            ),
            (
                403,
                "insufficientPermissions",
                Api::Gmail,
                Kind::InsufficientScope,
                Stop,
            ),
            (
                403,
                "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
                Api::Gmail,
                Kind::InsufficientScope,
                Stop,
            ),
            (403, "accessNotConfigured", Api::Gmail, Kind::Internal, Stop),
            (403, "SERVICE_DISABLED", Api::Gmail, Kind::Internal, Stop),
            (
                403,
                "domainPolicy",
                Api::Gmail,
                Kind::PermissionDenied,
                Stop,
            ),
            (403, "forbidden", Api::Gmail, Kind::PermissionDenied, Stop),
            (
                403,
                "storageQuotaExceeded",
                Api::Drive,
                Kind::PermissionDenied,
                Stop,
            ),
            (
                403,
                "forbiddenForNonOrganizer",
                Api::Calendar,
                Kind::PermissionDenied,
                Stop,
            ),
            (401, "authError", Api::Gmail, Kind::ConsentRequired, Stop),
            (404, "notFound", Api::Gmail, Kind::NotFound, Stop),
            (410, "fullSyncRequired", Api::Calendar, Kind::NotFound, Stop),
            (400, "badRequest", Api::Gmail, Kind::InvalidArgument, Stop),
            (
                400,
                "failedPrecondition",
                Api::Gmail,
                Kind::PermissionDenied,
                Stop,
            ),
            (409, "duplicate", Api::Calendar, Kind::InvalidArgument, Stop),
            (
                412,
                "conditionNotMet",
                Api::Calendar,
                Kind::InvalidArgument,
                Stop,
            ),
            (
                413,
                "uploadTooLarge",
                Api::Drive,
                Kind::InvalidArgument,
                Stop,
            ),
        ];
        for (status, reason, api, kind, advice) in table {
            for body in [old(reason), new(reason)] {
                let error = read(status, &body, api);
                assert_eq!(
                    (error.kind, error.advice),
                    (kind, advice),
                    "{status} {body}"
                );
                assert!(error.has_reason(reason));
            }
        }
    }

    #[test]
    fn a_missing_scope_says_which_consent_is_needed() {
        let error = read(403, &old("insufficientPermissions"), Api::Gmail);
        let needed = error.consent.unwrap();
        assert_eq!(needed.services, ["gmail"]);
        assert!(!needed.scopes.is_empty());
        assert_eq!(needed.reason, ConsentReason::ScopeMissing);
    }

    #[test]
    fn the_oauth_shape_and_the_header_are_read_too() {
        let body = json!({"error": "invalid_token", "error_description": "expired"});
        let error = read(401, &body, Api::Gmail);
        assert_eq!(error.reasons, ["invalid_token"]);
        assert!(error.to_string().ends_with(": expired"), "{error}");

        let requirement = Requirement::for_methods(&["drive.files.list"]);
        let mut headers = HeaderMap::new();
        let told = "Bearer realm=\"x\", error=\"insufficient_scope\"";
        headers.insert(WWW_AUTHENTICATE, told.parse().unwrap());
        let now = Timestamp::from_millis(0);
        let reading = Reading {
            api: Api::Drive,
            requirement: &requirement,
            token: "",
            now,
        };
        let error = GoogleError::read(StatusCode::FORBIDDEN, headers, b"<html>", reading);
        assert_eq!(error.kind, FailureKind::InsufficientScope);
        assert_eq!(error.consent.unwrap().services, ["drive"]);
    }

    #[test]
    fn bodies_that_are_none_are_survived() {
        for body in [
            json!([]),
            json!(7),
            json!({"error": 7}),
            json!({"error": {"errors": "x", "details": [7, null]}}),
        ] {
            let error = read(503, &body, Api::Gmail);
            assert_eq!(error.advice, Advice::Retry);
            assert!(error.reasons.is_empty());
        }
    }

    #[test]
    fn the_message_is_cut_and_holds_no_secret() {
        let text = format!(
            "bad\u{7} token\n'ya29.abc' secret-token \"1//0x\" {}",
            "long ".repeat(200)
        );
        let body = json!({"error": {"message": text, "errors": []}});
        let shown = read(400, &body, Api::Gmail).to_string();
        assert!(
            shown.contains("bad token [redacted] [redacted] [redacted] long"),
            "{shown}"
        );
        assert!(shown.chars().count() < LONGEST_MESSAGE + 100);
        assert!(
            !shown.contains("ya29") && !shown.contains("secret-token") && !shown.contains("1//")
        );
    }

    #[test]
    fn a_server_fault_is_not_conclusive() {
        for (status, conclusive) in [
            (500, false),
            (503, false),
            (408, false),
            (400, true),
            (429, true),
        ] {
            assert_eq!(
                read(status, &old("x"), Api::Gmail).is_conclusive(),
                conclusive
            );
        }
    }
}
