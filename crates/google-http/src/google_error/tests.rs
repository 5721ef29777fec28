//! What Google's refusals mean: the table, both shapes, and what is kept of the text.

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

type Row = (u16, &'static str, Api, FailureKind, Advice);

#[rustfmt::skip]
const TABLE: &[Row] = &[
    (429, "x", Api::Gmail, FailureKind::RateLimited, Advice::Retry),
    (429, "dailyLimitExceeded", Api::Gmail, FailureKind::RateLimited, Advice::Stop),
    (408, "x", Api::Gmail, FailureKind::Unavailable, Advice::Retry),
    (500, "backendError", Api::Gmail, FailureKind::Unavailable, Advice::Retry),
    (502, "x", Api::Gmail, FailureKind::Unavailable, Advice::Retry),
    (503, "x", Api::Gmail, FailureKind::Unavailable, Advice::Retry),
    (504, "x", Api::Gmail, FailureKind::Unavailable, Advice::Retry),
    (501, "x", Api::Gmail, FailureKind::Unavailable, Advice::Stop),
    (403, "rateLimitExceeded", Api::Drive, FailureKind::RateLimited, Advice::Retry),
    (403, "userRateLimitExceeded", Api::Gmail, FailureKind::RateLimited, Advice::Retry),
    (403, "RATE_LIMIT_EXCEEDED", Api::Sheets, FailureKind::RateLimited, Advice::Retry),
    (403, "quotaExceeded", Api::Calendar, FailureKind::RateLimited, Advice::RetrySlowly),
    (403, "quotaExceeded", Api::Drive, FailureKind::RateLimited, Advice::Stop),
    (403, "dailyLimitExceeded", Api::Gmail, FailureKind::RateLimited, Advice::Stop),
    (403, "sharingRateLimitExceeded", Api::Drive, FailureKind::RateLimited, Advice::Stop),
    (403, "insufficientPermissions", Api::Gmail, FailureKind::InsufficientScope, Advice::Stop),
    (403, "ACCESS_TOKEN_SCOPE_INSUFFICIENT", Api::Gmail, FailureKind::InsufficientScope, Advice::Stop),
    (403, "accessNotConfigured", Api::Gmail, FailureKind::Internal, Advice::Stop),
    (403, "SERVICE_DISABLED", Api::Gmail, FailureKind::Internal, Advice::Stop),
    (403, "domainPolicy", Api::Gmail, FailureKind::PermissionDenied, Advice::Stop),
    (403, "forbidden", Api::Gmail, FailureKind::PermissionDenied, Advice::Stop),
    (403, "storageQuotaExceeded", Api::Drive, FailureKind::PermissionDenied, Advice::Stop),
    (403, "forbiddenForNonOrganizer", Api::Calendar, FailureKind::PermissionDenied, Advice::Stop),
    (401, "authError", Api::Gmail, FailureKind::ConsentRequired, Advice::Stop),
    (404, "notFound", Api::Gmail, FailureKind::NotFound, Advice::Stop),
    (410, "fullSyncRequired", Api::Calendar, FailureKind::NotFound, Advice::Stop),
    (400, "badRequest", Api::Gmail, FailureKind::InvalidArgument, Advice::Stop),
    (400, "failedPrecondition", Api::Gmail, FailureKind::PermissionDenied, Advice::Stop),
    (409, "duplicate", Api::Calendar, FailureKind::InvalidArgument, Advice::Stop),
    (412, "conditionNotMet", Api::Calendar, FailureKind::InvalidArgument, Advice::Stop),
    (413, "uploadTooLarge", Api::Drive, FailureKind::InvalidArgument, Advice::Stop),
];

#[test]
fn the_table_of_statuses_and_reasons() {
    for &(status, reason, api, kind, advice) in TABLE {
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
    assert!(!shown.contains("ya29") && !shown.contains("secret-token") && !shown.contains("1//"));
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
