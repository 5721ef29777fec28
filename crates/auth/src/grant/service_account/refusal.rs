//! What Google's refusals of a service account mean, told by their codes alone.

use http::header::DATE;
use http::{HeaderMap, Response};
use serde::Deserialize;

use super::source::ServiceTokenRequest;
use crate::clock::Timestamp;
use crate::error::{Error, ErrorKind};
use crate::grant::{GrantError, GrantFailure};

/// Clocks that differ by more make a word that is not valid yet, or no longer.
const SKEW_MILLIS: u64 = 5 * 60 * 1000;

#[derive(Deserialize)]
struct Body {
    error: String,
}

/// The error of an answer of the token endpoint that is no success.
pub(super) fn of_answer(wanted: &ServiceTokenRequest<'_>, answer: &Response<Vec<u8>>) -> Error {
    if answer.status().is_client_error()
        && answer.status() != http::StatusCode::TOO_MANY_REQUESTS
        && answer.status() != http::StatusCode::REQUEST_TIMEOUT
        && let Ok(body) = serde_json::from_slice::<Body>(answer.body())
    {
        let skewed = is_skewed(answer.headers(), wanted.google.clock.now());
        return of(&body.error, wanted.scopes, skewed);
    }
    let error = GrantError::from_response(answer);
    match error.failure() {
        GrantFailure::Transient { .. } => error.into(),
        _ => wanted.unavailable(None),
    }
}

/// The error of a code. It names no person: a model may read it.
pub(super) fn of(code: &str, scopes: &[String], skewed: bool) -> Error {
    let scopes = scopes.join(",");
    let (code, advice) = match code {
        "unauthorized_client" => (
            "unauthorized_client",
            format!(
                "an administrator of the person's Google Workspace has to let it act for people: in the \
                 admin console, under security, API controls, domain-wide delegation, add the service \
                 account's client id with the scopes {scopes}; that can take a while to have effect"
            ),
        ),
        "access_denied" => (
            "access_denied",
            format!(
                "not all of these scopes are allowed to it: in the Google Workspace admin console, \
                 under security, API controls, domain-wide delegation, an administrator has to allow its \
                 client id {scopes}"
            ),
        ),
        "invalid_grant" if skewed => (
            "invalid_grant",
            "this machine's clock is wrong by more than five minutes; set it".to_owned(),
        ),
        "invalid_grant" => (
            "invalid_grant",
            "the address that it acts for is unknown or suspended, its key was deleted, or this \
             machine's clock is wrong; see which in the admin console and in the Google Cloud console"
                .to_owned(),
        ),
        "invalid_scope" => (
            "invalid_scope",
            format!("google does not know one of the scopes {scopes}"),
        ),
        "admin_policy_enforced" => (
            "admin_policy_enforced",
            "a policy of the Google Workspace administrator forbids it; ask them to trust this \
             application"
                .to_owned(),
        ),
        "org_internal" => (
            "org_internal",
            "it is for accounts of its own organisation only".to_owned(),
        ),
        "disabled_client" | "deleted_client" | "invalid_client" => (
            "invalid_client",
            "the service account was disabled or deleted; enable it in the Google Cloud console, or \
             use another"
                .to_owned(),
        ),
        _ => (
            "an error that is not known",
            "see the service account in the Google Cloud console".to_owned(),
        ),
    };
    ErrorKind::ServiceAccount { code, advice }.into()
}

/// Whether the answer's own date is far from this clock.
fn is_skewed(headers: &HeaderMap, now: Timestamp) -> bool {
    let date = headers.get(DATE).and_then(|value| value.to_str().ok());
    let Some(date) = date.and_then(|text| httpdate::parse_http_date(text).ok()) else {
        return false;
    };
    let theirs = date.duration_since(std::time::UNIX_EPOCH);
    let theirs = theirs.map_or(0, |it| u64::try_from(it.as_millis()).unwrap_or(u64::MAX));
    theirs.abs_diff(now.as_millis().unsigned_abs()) > SKEW_MILLIS
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::{Failure, FailureKind};

    #[test]
    fn each_code_says_what_an_administrator_has_to_do_and_none_asks_for_consent() {
        let scopes = ["https://www.googleapis.com/auth/gmail.readonly".to_owned()];
        let check = |code: &str, expected: &[&str]| {
            let error = of(code, &scopes, false);
            let told = error.to_string();
            for part in expected {
                assert!(told.contains(part), "{told}");
            }
            assert!(error.is_configuration() && !error.is_transient(), "{told}");
            assert!(!error.is_reauthorization_required() && error.consent_needed().is_none());
            assert_eq!(Failure::kind(&error), FailureKind::PermissionDenied);
        };
        let delegation = ["domain-wide delegation", "gmail.readonly", "admin"];
        check("unauthorized_client", &delegation);
        check("access_denied", &delegation);
        check("invalid_grant", &["suspended", "key", "clock"]);
        check("invalid_scope", &["gmail.readonly"]);
        check("admin_policy_enforced", &["administrator"]);
        check("org_internal", &["organisation"]);
        check("deleted_client", &["deleted"]);
        check("disabled_client", &["disabled"]);
        // What is not known is not repeated: it could be anything.
        check("CANARYsecret", &["not known"]);
        assert!(
            !of("CANARYsecret", &scopes, false)
                .to_string()
                .contains("CANARY")
        );
    }

    #[test]
    fn a_clock_that_is_far_from_googles_is_told() {
        let at = |millis: i64| {
            let mut headers = HeaderMap::new();
            let date = "Sun, 06 Nov 1994 08:49:37 GMT".parse().unwrap();
            headers.insert(DATE, date);
            is_skewed(&headers, Timestamp::from_millis(millis))
        };
        let then = 784_111_777_000;
        assert!(!at(then) && !at(then + 299_000) && !at(then - 299_000));
        assert!(at(then + 301_000) && at(then - 301_000));
        assert!(!is_skewed(&HeaderMap::new(), Timestamp::from_millis(0)));
        assert!(
            of("invalid_grant", &[], true)
                .to_string()
                .contains("clock is wrong")
        );
    }
}
