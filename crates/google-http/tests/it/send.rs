//! What a call looks like on the wire, and what becomes of its answer.

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use toolgate_auth::{ConsentReason, Failure as _, FailureKind, Requirement};
use toolgate_google_http::{Call, Method, Outcome, Patch, Path, Query, Rest, RetryPolicy};
use toolgate_http::Api;

use crate::google::{
    DELETE, GET, LIST, PATCH, PUT_VALUES, SEND, TOKEN, access, refusal, reply, scripted,
};

fn messages() -> Path {
    Path::new("users/me/messages")
}

#[tokio::test]
async fn a_call_carries_the_token_the_query_and_the_id_as_one_segment() {
    let (google, rest, _) = scripted([reply(200, "{}").with("x-request-id", "7")]).await;
    let path = messages().seg("a/../b?c#d").unwrap();
    let query = Query::new()
        .with("q", "from:ann & bob")
        .with_some("x", None::<u8>);
    let answer = rest
        .get::<Value>(&GET, path, query.fields("id,payload(headers)"))
        .await
        .unwrap();
    assert_eq!(answer.status, 200);
    assert_eq!(answer.headers["x-request-id"], "7");
    let seen = &google.seen()[0];
    assert_eq!(
        seen.uri,
        "/gmail/v1/users/me/messages/a%2F..%2Fb%3Fc%23d?q=from%3Aann+%26+bob&fields=id%2Cpayload%28headers%29"
    );
    assert_eq!(seen.headers["authorization"], format!("Bearer {TOKEN}"));
    assert_eq!(seen.headers["accept-encoding"], "gzip");
}

#[tokio::test]
async fn each_verb_is_sent_as_such_with_its_body() {
    let (google, rest, _) = scripted((0..4).map(|_| reply(200, "{}"))).await;
    let body = json!({"labelIds": [null, "x"], "raw": "aGk=", "threadId": null});
    rest.post::<Value>(&SEND, messages().then("send"), Query::new(), &body)
        .await
        .unwrap();
    let path = Path::new("spreadsheets").seg("s").unwrap().then("values");
    let path = path.seg("C#!A1").unwrap();
    let query = Query::new().with("valueInputOption", "RAW");
    rest.put::<Value>(&PUT_VALUES, path, query, &json!({"values": [[1]]}))
        .await
        .unwrap();
    rest.delete(&DELETE, messages().seg("m1").unwrap())
        .await
        .unwrap();
    let upload =
        Call::new(&SEND, messages().then("send")).with_upload("message/rfc822", b"To: a".to_vec());
    rest.send::<Value>(upload).await.unwrap();
    let seen = google.seen();
    let lines: Vec<String> = seen
        .iter()
        .map(|it| format!("{} {} {}", it.verb, it.uri, it.body))
        .collect();
    assert_eq!(
        lines,
        [
            "POST /gmail/v1/users/me/messages/send {\"labelIds\":[null,\"x\"],\"raw\":\"aGk=\"}",
            "PUT /v4/spreadsheets/s/values/C%23%21A1?valueInputOption=RAW {\"values\":[[1]]}",
            "DELETE /gmail/v1/users/me/messages/m1 ",
            "POST /upload/gmail/v1/users/me/messages/send To: a",
        ]
    );
    assert_eq!(
        seen[0].headers["content-type"],
        "application/json; charset=utf-8"
    );
    assert!(seen[2].headers.get("content-type").is_none());
    assert_eq!(seen[3].headers["content-type"], "message/rfc822");
}

#[tokio::test]
async fn an_upload_carries_its_description_beside_the_bytes() {
    let (google, rest, _) = scripted([reply(200, "{}")]).await;
    let about = json!({"threadId": "t1", "raw": null});
    let call = || Call::new(&SEND, messages().then("send"));
    let upload = call()
        .with_query(Query::new().with("uploadType", "multipart"))
        .with_multipart(&about, "message/rfc822", b"To: a\r\n\r\nb", "=_u_1")
        .unwrap();
    rest.send::<Value>(upload).await.unwrap();
    let seen = &google.seen()[0];
    assert_eq!(
        seen.uri,
        "/upload/gmail/v1/users/me/messages/send?uploadType=multipart"
    );
    assert_eq!(
        seen.headers["content-type"],
        "multipart/related; boundary=\"=_u_1\""
    );
    assert_eq!(
        seen.body,
        "--=_u_1\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n{\"threadId\":\"t1\"}\r\n\
         --=_u_1\r\nContent-Type: message/rfc822\r\n\r\nTo: a\r\n\r\nb\r\n--=_u_1--\r\n"
    );
    let refused = call().with_multipart(&about, "message/rfc822", b"", "a\r\nx: y");
    assert_eq!(refused.unwrap_err().kind(), FailureKind::Internal);
}

#[derive(Default, Serialize)]
struct EventPatch {
    #[serde(skip_serializing_if = "Patch::is_leave")]
    summary: Patch<String>,
    #[serde(skip_serializing_if = "Patch::is_leave")]
    location: Patch<String>,
    #[serde(skip_serializing_if = "Patch::is_leave")]
    description: Patch<String>,
}

#[tokio::test]
async fn an_update_sets_clears_and_leaves_only_if_unchanged() {
    let (google, rest, _) = scripted([reply(200, "{}"), refusal(412, "conditionNotMet")]).await;
    let patch = EventPatch {
        summary: Patch::Set("Lunch".to_owned()),
        location: Patch::Clear,
        ..EventPatch::default()
    };
    let call = || {
        let event = Path::new("calendars/primary/events").seg("e1").unwrap();
        let call = Call::new(&PATCH, event).with_patch(&patch).unwrap();
        call.with_if_match("\"3403\"").unwrap()
    };
    rest.send::<Value>(call()).await.unwrap();
    let seen = &google.seen()[0];
    let body: Value = serde_json::from_str(&seen.body).unwrap();
    assert_eq!(body, json!({"location": null, "summary": "Lunch"}));
    assert_eq!(seen.headers["if-match"], "\"3403\"");
    let error = rest.send::<Value>(call()).await.unwrap_err();
    assert!(error.is_changed() && error.outcome() == Outcome::Answered);
    assert!(error.to_string().contains("read it again"), "{error}");
    assert!(
        Call::new(&PATCH, Path::new("x"))
            .with_if_match("a\nb")
            .is_err()
    );
}

#[derive(Debug, Deserialize)]
struct Message {
    #[serde(rename = "sizeEstimate")]
    _size: u32,
}

#[tokio::test]
async fn an_answer_of_another_type_is_told_by_its_place_and_not_its_content() {
    for body in [
        r#"{"sizeEstimate":"private text"}"#,
        r#"{"private text":7}"#,
        "private text",
        "<html>private text</html>",
    ] {
        let (_google, rest, _) = scripted([reply(200, body)]).await;
        let error = rest
            .get::<Message>(&GET, messages().seg("m").unwrap(), Query::new())
            .await;
        let error = error.unwrap_err();
        assert_eq!(error.kind(), FailureKind::Internal);
        // It was done, whatever the answer says.
        assert_eq!(error.outcome(), Outcome::Unclear);
        assert!(
            !format!("{error} {error:?}").contains("private"),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn an_empty_answer_is_nothing() {
    let (_google, rest, _) = scripted([reply(204, ""), reply(200, "")]).await;
    for _ in 0..2 {
        let call = Call::new(&LIST, messages());
        assert_eq!(rest.send::<Option<Value>>(call).await.unwrap().body, None);
    }
}

#[tokio::test]
async fn a_method_that_was_not_declared_is_never_called() {
    let (google, rest, _) = scripted([]).await;
    let other = Method::get(Api::Drive, "drive.files.list");
    let error = rest
        .get::<Value>(&other, Path::new("files"), Query::new())
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.outcome()),
        (FailureKind::Internal, Outcome::NotSent)
    );
    assert!(google.seen().is_empty());
}

#[tokio::test]
async fn a_401_is_answered_by_one_repeat() {
    let (google, rest, naps) = scripted([refusal(401, "authError"), reply(200, "{}")]).await;
    rest.post::<Value>(&SEND, messages().then("send"), Query::new(), &json!({}))
        .await
        .unwrap();
    assert_eq!(google.seen().len(), 2);
    assert!(naps.taken().is_empty());

    let (google, rest, _) = scripted([refusal(401, "authError"), refusal(401, "authError")]).await;
    let error = rest
        .get::<Value>(&LIST, messages(), Query::new())
        .await
        .unwrap_err();
    assert_eq!(google.seen().len(), 2);
    assert_eq!(error.kind(), FailureKind::ConsentRequired);
    assert_eq!(error.consent_needed().unwrap().reason, ConsentReason::Ended);
}

#[tokio::test]
async fn what_google_says_is_kept_and_the_token_is_not_shown() {
    let body = json!({"error": {"code": 403, "status": "PERMISSION_DENIED",
        "message": format!("Not with {TOKEN}"), "details": [{"reason": "DOMAIN_POLICY"}]}});
    let (_google, rest, _) = scripted([reply(403, body.to_string()).with("x-kept", "yes")]).await;
    let error = rest
        .get::<Value>(&LIST, messages(), Query::new())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), FailureKind::PermissionDenied);
    assert_eq!(error.status().unwrap(), 403);
    assert_eq!(error.headers().unwrap()["x-kept"], "yes");
    assert_eq!(error.reasons(), ["DOMAIN_POLICY"]);
    assert!(error.has_reason("domainPolicy"));
    assert!(error.to_string().contains("Not with [redacted]"), "{error}");
    assert!(!format!("{error:?}").contains(TOKEN));
}

#[tokio::test]
async fn nothing_leaves_when_the_time_is_over() {
    let (google, rest, _) = scripted([]).await;
    let rest = rest.until(Instant::now());
    let error = rest
        .get::<Value>(&LIST, messages(), Query::new())
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.outcome()),
        (FailureKind::Unavailable, Outcome::NotSent)
    );
    assert!(google.seen().is_empty());
}

#[tokio::test]
async fn conflict_and_gone_have_names() {
    let (_google, rest, _) =
        scripted([refusal(409, "duplicate"), refusal(410, "fullSyncRequired")]).await;
    let send = || rest.get::<Value>(&LIST, messages(), Query::new());
    assert!(send().await.unwrap_err().is_conflict());
    assert!(send().await.unwrap_err().is_gone());
}

#[tokio::test]
async fn a_call_is_counted_for_the_project_that_was_named_and_for_no_other() {
    let (google, rest, _) = scripted([reply(200, "{}"), reply(200, "{}")]).await;
    let path = || messages().seg("m1").unwrap();
    rest.get::<Value>(&GET, path(), Query::new()).await.unwrap();
    let access = access(&google.base, TOKEN)
        .with_quota_project("counted")
        .unwrap();
    let rest = Rest::new(access, Requirement::for_methods(&[GET.id()]));
    rest.get::<Value>(&GET, path(), Query::new()).await.unwrap();
    let seen = google.seen();
    assert!(seen[0].headers.get("x-goog-user-project").is_none());
    assert_eq!(seen[1].headers["x-goog-user-project"], "counted");
}

#[tokio::test]
async fn a_request_ends_after_the_time_that_was_given() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/", silent.local_addr().unwrap());
    let access = access(&base, TOKEN).with_api_timeout(Duration::from_millis(20));
    let retry = RetryPolicy::default().with_tries(1);
    let rest = Rest::new(access, Requirement::for_methods(&[GET.id()])).with_retry(retry);
    let path = messages().seg("m1").unwrap();
    // Without it, this ends after a minute, and the test with it.
    let asked = rest.get::<Value>(&GET, path, Query::new());
    let error = asked.await.unwrap_err();
    let source = std::error::Error::source(&error).map(ToString::to_string);
    let told = format!("{error} {source:?}");
    assert!(told.contains("within 20 ms"), "{told}");
}
