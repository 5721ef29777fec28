//! What each refusal means, and what is sent again.

use super::*;

#[tokio::test]
async fn a_yes_that_makes_no_sense_is_malformed_and_not_repeated_in_an_error() {
    let long = format!(r#"{{"access_token":"{}"}}"#, "a".repeat(9000));
    let bodies = [
        "",
        "<html>canary</html>",
        "[]",
        "\"canary\"",
        "{\"access_token\":\"canary",
        r#"{"token":"canary"}"#,
        r#"{"access_token":17}"#,
        r#"{"access_token":""}"#,
        r#"{"access_token":"canary\n"}"#,
        r#"{"access_token":"canary canary"}"#,
        r#"{"access_token":"canary","refresh_token":"canary\u0000"}"#,
        r#"{"access_token":"canary","token_type":"DPoP"}"#,
        r#"{"access_token":"canary","scope":["canary"]}"#,
        r#"{"error":"invalid_grant","error_description":"canary"}"#,
        &long,
    ];
    for body in bodies {
        let error = refresh(&answering(200, &[], body)).await.unwrap_err();
        assert_eq!(
            (error.failure().class(), error.sent()),
            ("malformed", Sent::Answered),
            "{body}"
        );
        assert!(!error.failure().is_final());
        assert!(
            !format!("{error:?} {error}").contains("canary"),
            "{error:?}"
        );
        let error = Error::from(error);
        assert!(error.is_transient() && !error.is_reauthorization_required());
        assert!(
            !format!("{error:?} {error}").contains("canary"),
            "{error:?}"
        );
    }
    let html = answering(200, &[("content-type", "text/html; canary")], TOKEN);
    let error = refresh(&html).await.unwrap_err();
    assert_eq!(error.failure().class(), "malformed");
    assert!(!format!("{error:?} {error}").contains("canary"));
    assert_eq!(
        refresh(&answering(204, &[], TOKEN))
            .await
            .unwrap_err()
            .failure()
            .class(),
        "malformed"
    );
}

#[tokio::test]
async fn failures_are_told_by_error_and_subtype_alone() {
    use GrantFailure::{Admin, Client, Revoked, SessionPolicy, Transient};

    let check = async |status: u16, body: &str, expected: GrantFailure| {
        let error = refresh(&answering(status, &[], body)).await.unwrap_err();
        let same = match (&expected, error.failure()) {
            (Transient { .. }, Transient { .. }) => true,
            (expected, failure) => expected == failure,
        };
        assert!(same, "{status} {body}: {error:?}");
        assert_eq!(error.sent(), Sent::Answered);
        assert!(
            !format!("{error:?} {error}").contains("canary"),
            "{error:?}"
        );
    };
    let transient = || Transient {
        what: "",
        retry_after: None,
    };
    let grant = r#"{"error":"invalid_grant","error_description":"canary invalid_rapt"}"#;
    check(400, grant, Revoked).await;
    check(401, grant, Revoked).await;
    let subtype = |text: &str| format!(r#"{{"error":"invalid_grant","error_subtype":"{text}"}}"#);
    check(400, &subtype("invalid_rapt"), SessionPolicy).await;
    check(400, &subtype("rapt_required"), SessionPolicy).await;
    check(400, &subtype("canary"), Revoked).await;
    for code in ["admin_policy_enforced", "org_internal"] {
        check(400, &format!(r#"{{"error":"{code}"}}"#), Admin { code }).await;
    }
    let client = [
        "invalid_client",
        "unauthorized_client",
        "deleted_client",
        "redirect_uri_mismatch",
        "unsupported_grant_type",
        "invalid_request",
        "invalid_scope",
    ];
    for code in client {
        check(401, &format!(r#"{{"error":"{code}"}}"#), Client { code }).await;
        check(400, &format!(r#"{{"error":"{code}"}}"#), Client { code }).await;
    }
    for status in [500, 502, 503, 504, 408, 429, 302] {
        check(status, grant, transient()).await;
    }
    let unknown = [
        "",
        "<html>invalid_grant canary</html>",
        r#"{"error":"canary"}"#,
        r#"{"error":{"code":400,"message":"invalid_grant","status":"canary"}}"#,
        r#"{"error_description":"invalid_grant"}"#,
        r#"{"error":"invalid_grant""#,
    ];
    for body in unknown {
        check(400, body, transient()).await;
        check(403, body, transient()).await;
    }
}

#[tokio::test]
async fn a_server_may_say_how_long_to_wait() {
    let check = async |headers: &[(&'static str, &str)], expected: Option<u64>| {
        let error = refresh(&answering(503, headers, "")).await.unwrap_err();
        assert_eq!(
            error.retry_after(),
            expected.map(Duration::from_secs),
            "{headers:?}"
        );
        assert_eq!(
            Error::from(error).retry_after(),
            expected.map(Duration::from_secs)
        );
    };
    let date = ("date", "Sun, 06 Nov 1994 08:49:37 GMT");
    check(&[], None).await;
    check(&[("retry-after", "7")], Some(7)).await;
    check(&[("retry-after", "999999")], Some(3600)).await;
    check(&[("retry-after", "-1")], None).await;
    check(&[("retry-after", "soon")], None).await;
    check(
        &[("retry-after", "Sun, 06 Nov 1994 08:50:07 GMT"), date],
        Some(30),
    )
    .await;
    check(
        &[("retry-after", "Sun, 06 Nov 1994 08:40:00 GMT"), date],
        Some(0),
    )
    .await;
    check(&[("retry-after", "Sun, 06 Nov 1994 08:50:07 GMT")], None).await;
}

#[tokio::test]
async fn only_what_certainly_did_not_leave_is_sent_again() {
    let check = async |error: GrantError, expected: Sent, requests: usize| {
        let (grants, fake) = grants(move |_| Err(error.clone()));
        let error = refresh(&grants).await.unwrap_err();
        assert_eq!(
            (error.failure().class(), error.sent()),
            ("transient", expected)
        );
        assert_eq!(fake.asked.lock().unwrap().len(), requests);
    };
    check(GrantError::unsent("x"), Sent::No, 2).await;
    check(GrantError::unclear("x"), Sent::Unclear, 1).await;
}

#[tokio::test]
async fn a_second_try_may_succeed() {
    let failed_once = std::sync::atomic::AtomicBool::new(false);
    let (grants, fake) = grants(move |_| {
        if failed_once.swap(true, std::sync::atomic::Ordering::SeqCst) {
            return Ok(Response::new(TOKEN.as_bytes().to_vec()));
        }
        Err(GrantError::unsent("x"))
    });
    assert!(refresh(&grants).await.is_ok());
    let asked = fake.asked.lock().unwrap();
    assert_eq!((asked.len(), form(&asked[0])), (2, form(&asked[1])));
}

#[tokio::test]
async fn a_closed_port_is_known_not_to_have_been_reached() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let endpoints = Endpoints::at_base(&address).unwrap();
    let grants = Grants::new(HttpClient::new().unwrap(), endpoints, client());
    let error = refresh(&grants).await.unwrap_err();
    assert_eq!(
        (error.failure().class(), error.sent()),
        ("transient", Sent::No)
    );
    assert!(
        !format!("{error:?} {error}").contains("127.0.0.1"),
        "{error:?}"
    );
}
