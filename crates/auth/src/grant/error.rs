//! Failure classes of the token endpoint, told by the JSON `error` and `error_subtype` alone: no
//! text meant for people is looked at, and no answer is kept.

use std::fmt;
use std::time::Duration;

use http::header::{DATE, RETRY_AFTER};
use http::{HeaderMap, HeaderName, Response, StatusCode};
use serde::Deserialize;

use crate::error::{Error, ErrorKind};
use crate::failure::{ConsentNeeded, ConsentReason};

/// Longer waits than this are not believed.
const MAX_RETRY_AFTER: Duration = Duration::from_hours(1);

/// What a failed request means for the grant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum GrantFailure {
    /// `invalid_grant`: revoked, expired, or a code that was used before.
    Revoked,
    /// `invalid_grant` because an organisation's session control asks for a new sign-in.
    SessionPolicy,
    /// An administrator's policy.
    Admin { code: &'static str },
    /// Google refused the OAuth client, or how it asked. No grant is condemned for that.
    Client { code: &'static str },
    /// It may work later.
    Transient {
        what: &'static str,
        retry_after: Option<Duration>,
    },
    /// Google said yes, and the answer makes no sense. It may work later.
    Malformed { what: &'static str },
}

/// How far a failed request came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sent {
    /// It certainly was not processed.
    No,
    /// It may have been processed.
    Unclear,
    /// Google answered.
    Answered,
}

/// A failed request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GrantError {
    failure: GrantFailure,
    sent: Sent,
}

impl GrantFailure {
    /// A word for logs and rows.
    pub(crate) fn class(&self) -> &'static str {
        match self {
            Self::Revoked => "revoked",
            Self::SessionPolicy => "session_policy",
            Self::Admin { .. } => "admin",
            Self::Client { .. } => "client",
            Self::Transient { .. } => "transient",
            Self::Malformed { .. } => "malformed",
        }
    }

    /// The same request would fail again.
    pub(crate) fn is_final(&self) -> bool {
        !matches!(self, Self::Transient { .. } | Self::Malformed { .. })
    }

    /// The OAuth client was refused, not the grant.
    pub(crate) fn is_client(&self) -> bool {
        matches!(self, Self::Client { .. })
    }
}

impl GrantError {
    pub(crate) fn unsent(what: &'static str) -> Self {
        Self::new(transient(what), Sent::No)
    }

    pub(super) fn unclear(what: &'static str) -> Self {
        Self::new(transient(what), Sent::Unclear)
    }

    pub(super) fn malformed(what: &'static str) -> Self {
        Self::new(GrantFailure::Malformed { what }, Sent::Answered)
    }

    pub(super) fn answered(failure: GrantFailure) -> Self {
        Self::new(failure, Sent::Answered)
    }

    fn new(failure: GrantFailure, sent: Sent) -> Self {
        Self { failure, sent }
    }

    pub(crate) fn failure(&self) -> &GrantFailure {
        &self.failure
    }

    pub(crate) fn sent(&self) -> Sent {
        self.sent
    }

    pub(crate) fn retry_after(&self) -> Option<Duration> {
        match self.failure {
            GrantFailure::Transient { retry_after, .. } => retry_after,
            _ => None,
        }
    }

    /// Classifies any answer but a 200.
    pub(super) fn from_response(response: &Response<Vec<u8>>) -> Self {
        let status = response.status();
        let passing = |what| {
            let retry_after = retry_after(response.headers());
            Self::answered(GrantFailure::Transient { what, retry_after })
        };
        match status {
            StatusCode::TOO_MANY_REQUESTS => return passing("too many requests"),
            StatusCode::REQUEST_TIMEOUT => return passing("a time-out on its side"),
            _ if status.is_server_error() => return passing("an error on its side"),
            _ if status.is_redirection() => return passing("a redirect, which is not followed"),
            _ if status.is_success() => return Self::malformed("an unexpected status"),
            _ => {}
        }
        // An HTML page of a proxy is no word of Google's.
        let Ok(body) = serde_json::from_slice::<ErrorBody>(response.body()) else {
            return passing("an answer that is not OAuth's");
        };
        match body.failure() {
            Some(failure) => Self::answered(failure),
            None => passing("an error code that is not known"),
        }
    }
}

/// What is read of an error; everything else is dropped unread.
#[derive(Deserialize)]
struct ErrorBody {
    error: String,
    #[serde(default)]
    error_subtype: Option<String>,
}

impl ErrorBody {
    /// Codes come out as constants, so that no foreign text travels on.
    fn failure(&self) -> Option<GrantFailure> {
        let client = |code| Some(GrantFailure::Client { code });
        let admin = |code| Some(GrantFailure::Admin { code });
        match self.error.as_str() {
            "invalid_grant" => Some(match self.error_subtype.as_deref() {
                Some("invalid_rapt" | "rapt_required") => GrantFailure::SessionPolicy,
                _ => GrantFailure::Revoked,
            }),
            "admin_policy_enforced" => admin("admin_policy_enforced"),
            "org_internal" => admin("org_internal"),
            "invalid_client" => client("invalid_client"),
            "unauthorized_client" => client("unauthorized_client"),
            "deleted_client" => client("deleted_client"),
            "redirect_uri_mismatch" => client("redirect_uri_mismatch"),
            "unsupported_grant_type" => client("unsupported_grant_type"),
            // What Google says when the client's secret is left out.
            "invalid_request" => client("invalid_request"),
            "invalid_scope" => client("invalid_scope"),
            _ => None,
        }
    }
}

impl fmt::Display for GrantError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.failure {
            GrantFailure::Revoked => f.write_str("google refused the grant"),
            GrantFailure::SessionPolicy => f.write_str("google asks for a new sign-in"),
            GrantFailure::Admin { code } => write!(f, "an administrator's policy: {code}"),
            GrantFailure::Client { code } => write!(f, "google refused the OAuth client: {code}"),
            GrantFailure::Transient { what, .. } | GrantFailure::Malformed { what } => {
                write!(f, "google's sign-in service: {what}")
            }
        }
    }
}

impl std::error::Error for GrantError {}

impl From<GrantError> for Error {
    fn from(error: GrantError) -> Self {
        let kind = match error.failure {
            GrantFailure::Revoked | GrantFailure::SessionPolicy => {
                ErrorKind::ConsentRequired(ConsentNeeded {
                    services: Vec::new(),
                    scopes: Vec::new(),
                    reason: ConsentReason::Ended,
                    account: None,
                })
            }
            GrantFailure::Admin { code } => ErrorKind::Blocked {
                reason: code.to_owned(),
            },
            GrantFailure::Client { code } => ErrorKind::ClientRefused {
                code: code.to_owned(),
            },
            GrantFailure::Transient { what, retry_after } => {
                ErrorKind::Transient { what, retry_after }
            }
            GrantFailure::Malformed { what } => ErrorKind::Transient {
                what,
                retry_after: None,
            },
        };
        kind.into()
    }
}

fn transient(what: &'static str) -> GrantFailure {
    GrantFailure::Transient {
        what,
        retry_after: None,
    }
}

/// `Retry-After` in seconds, or as a date, which is held against the answer's own date: so no two
/// machines' clocks are compared.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let value = text(RETRY_AFTER)?.trim();
    let wait = if let Ok(seconds) = value.parse() {
        Duration::from_secs(seconds)
    } else {
        let until = httpdate::parse_http_date(value).ok()?;
        let now = httpdate::parse_http_date(text(DATE)?).ok()?;
        until.duration_since(now).unwrap_or_default()
    };
    Some(wait.min(MAX_RETRY_AFTER))
}
