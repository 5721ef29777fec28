//! A tool's failure as data.

use std::time::Duration;

use serde_json::json;
use toolgate_auth::{ConsentNeeded, ConsentReason, Failure, FailureKind, SignInLink};
use toolgate_toolkit::ToolError;
use url::Url;

#[derive(Debug, thiserror::Error)]
#[error("told by the guard")]
struct Guarded(FailureKind, Option<ConsentNeeded>, Option<Duration>);

impl Failure for Guarded {
    fn kind(&self) -> FailureKind {
        self.0
    }

    fn retry_after(&self) -> Option<Duration> {
        self.2
    }

    fn consent_needed(&self) -> Option<&ConsentNeeded> {
        self.1.as_ref()
    }
}

#[test]
fn every_kind_has_its_name_and_says_whether_to_retry() {
    let cases = [
        (FailureKind::ConsentRequired, "consent_required", false),
        (FailureKind::InsufficientScope, "insufficient_scope", false),
        (FailureKind::InvalidArgument, "invalid_argument", false),
        (FailureKind::NotFound, "not_found", false),
        (FailureKind::PermissionDenied, "permission_denied", false),
        (FailureKind::RateLimited, "rate_limited", true),
        (FailureKind::Unavailable, "unavailable", true),
        (
            FailureKind::ConfirmationRequired,
            "confirmation_required",
            false,
        ),
        (FailureKind::Cancelled, "cancelled", false),
        (FailureKind::Internal, "internal", false),
    ];
    for (kind, name, retryable) in cases {
        let error = ToolError::from(Guarded(kind, None, None));
        let expected = json!({"error":
            {"kind": name, "message": "told by the guard", "retryable": retryable}});
        assert_eq!(error.to_json(), expected);
    }
}

#[test]
fn consent_and_its_link_reach_the_model_and_the_scopes_do_not() {
    let needed = ConsentNeeded {
        services: vec!["gmail".to_owned()],
        scopes: vec!["https://mail.google.com/".to_owned()],
        reason: ConsentReason::Missing,
        account: None,
    };
    let error = ToolError::from(Guarded(FailureKind::ConsentRequired, Some(needed), None));
    let error = error.with_link(SignInLink {
        url: Url::parse("https://app.example/google/connect/1").unwrap(),
        expires_in: Duration::from_mins(10),
        services: vec!["gmail".to_owned(), "calendar".to_owned()],
    });
    let expected = json!({"error": {
        "kind": "consent_required", "message": "told by the guard", "retryable": false,
        "services": ["gmail", "calendar"], "link": "https://app.example/google/connect/1",
        "link_expires_in": 600}});
    assert_eq!(error.to_json(), expected);
}

#[test]
fn a_wait_is_rounded_up_to_whole_seconds() {
    let wait = Some(Duration::from_millis(1_001));
    let error = ToolError::from(Guarded(FailureKind::RateLimited, None, wait));
    assert_eq!(error.to_json()["error"]["retry_after"], 2);
}

#[test]
fn what_may_have_happened_is_not_to_be_retried() {
    let error = ToolError::unavailable("gone").with_may_have_happened();
    assert!(!error.is_retryable());
    assert_eq!(error.to_json()["error"]["may_have_happened"], true);
}
