//! Requests that Google would refuse are refused.

use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};

use crate::client::{ALICE, BOB, COMPOSE, METADATA, READONLY, authorized, start};

const MAIL: &str = "https://mail.google.com/";

#[tokio::test]
async fn a_good_request_is_answered() {
    let (emulator, client) = start().await;
    let token = emulator.issue_token(ALICE, &[READONLY]);
    let reply = client
        .get(&token, "/gmail/v1/users/me/messages?q=is%3Aunread")
        .await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    assert!(reply.json()["messages"].as_array().unwrap().len() >= 3);
    let own = client
        .get(&token, "/gmail/v1/users/Alice@Example.com/profile")
        .await;
    assert_eq!(own.json()["emailAddress"], ALICE);
}

#[tokio::test]
async fn unknown_and_ill_typed_parameters_are_refused() {
    let (emulator, client) = start().await;
    let token = emulator.issue_token(ALICE, &[READONLY]);
    let check = async |query: &str, expected: &str| {
        let reply = client
            .get(&token, &format!("/gmail/v1/users/me/messages?{query}"))
            .await;
        let (status, reason, message) = reply.error();
        assert_eq!(
            (status, reason.as_str()),
            (400, "invalidArgument"),
            "{query}"
        );
        assert!(message.contains(expected), "{message:?} lacks {expected:?}");
        let detail = &reply.json()["error"]["details"][0];
        assert_eq!(detail["@type"], "type.googleapis.com/google.rpc.BadRequest");
    };
    check("query=x", "Unknown name \"query\"").await;
    check("maxResults=many", "maxResults").await;
    check("includeSpamTrash=1", "includeSpamTrash").await;
    check("fields=messages(", "Invalid field selection").await;
    check("fields=mesages", "Invalid field selection mesages").await;
}

#[tokio::test]
async fn bodies_are_checked_field_by_field() {
    let (emulator, client) = start().await;
    let token = emulator.issue_token(ALICE, &[COMPOSE]);
    let check = async |body: Value, expected: &str| {
        let reply = client
            .post(&token, "/gmail/v1/users/me/drafts", &body)
            .await;
        let (status, _, message) = reply.error();
        assert_eq!(status, 400, "{body}");
        assert!(message.contains(expected), "{message:?} lacks {expected:?}");
    };
    check(
        json!({"mesage": {}}),
        "Unknown name \"mesage\": Cannot find field.",
    )
    .await;
    check(
        json!({"message": {"thread": "x"}}),
        "Unknown name \"thread\" at 'message'",
    )
    .await;
    check(
        json!({"message": {"threadId": 5}}),
        "'message.threadId' (TYPE_STRING)",
    )
    .await;
    check(
        json!({"message": {"raw": "no/t+url"}}),
        "'message.raw' (TYPE_BYTES)",
    )
    .await;
    let text = authorized("POST", "/gmail/v1/users/me/drafts", &token)
        .header("content-type", "text/plain")
        .body(Bytes::from_static(b"{}"));
    assert_eq!(client.send(text.unwrap()).await.unwrap().status, 400);
    let broken = authorized("POST", "/gmail/v1/users/me/drafts", &token)
        .header("content-type", "application/json")
        .body(Bytes::from_static(b"{\"message\":"));
    let (status, _, message) = client.send(broken.unwrap()).await.unwrap().error();
    assert_eq!(status, 400);
    assert!(message.starts_with("Invalid JSON payload received."));
    let on_get = authorized("GET", "/gmail/v1/users/me/profile", &token)
        .header("content-type", "application/json")
        .body(Bytes::from_static(b"{\"a\":1}"));
    assert_eq!(client.send(on_get.unwrap()).await.unwrap().status, 400);
}

#[tokio::test]
async fn a_body_of_another_api_is_checked_too() {
    let (emulator, client) = start().await;
    let token = emulator.issue_token(ALICE, &["https://www.googleapis.com/auth/calendar"]);
    let path = "/calendar/v3/calendars/primary/events";
    let refused = client
        .post(&token, path, &json!({"start": {"dateTime": "soon"}}))
        .await;
    assert_eq!(refused.error().0, 400);
    let lacking = client
        .post(&token, path, &json!({"summary": "Lunch"}))
        .await;
    assert!(lacking.error().2.contains("Required field is missing: end"));
    let clear = "/calendar/v3/calendars/primary/clear";
    let (status, reason, message) = client.post(&token, clear, &json!({})).await.error();
    assert_eq!((status, reason.as_str()), (501, "notImplemented"));
    assert!(message.contains("calendar.calendars.clear"), "{message}");
}

#[tokio::test]
async fn tokens_that_are_missing_unknown_or_expired_are_refused() {
    let (emulator, client) = start().await;
    let path = "/gmail/v1/users/me/profile";
    let expired = emulator.issue_token(ALICE, &[READONLY]);
    assert_eq!(emulator.expire_access_tokens(ALICE), 1);
    let stranger = emulator.issue_token("nobody@example.com", &[READONLY]);
    for token in ["unknown", expired.as_str(), stranger.as_str()] {
        let reply = client.get(token, path).await;
        let (status, reason, _) = reply.error();
        assert_eq!((status, reason.as_str()), (401, "authError"));
        assert!(
            reply
                .header("www-authenticate")
                .contains("error=\"invalid_token\"")
        );
        assert_eq!(reply.json()["error"]["status"], "UNAUTHENTICATED");
    }
    let bare = client
        .send(Request::get(path).body(Bytes::new()).unwrap())
        .await
        .unwrap();
    assert_eq!(bare.error().0, 401);
    assert_eq!(
        bare.header("www-authenticate"),
        "Bearer realm=\"https://accounts.google.com/\""
    );
}

#[tokio::test]
async fn a_token_for_other_things_is_refused() {
    let (emulator, client) = start().await;
    let token = emulator.issue_token(ALICE, &[READONLY]);
    let reply = client
        .post(&token, "/gmail/v1/users/me/drafts", &json!({}))
        .await;
    let (status, reason, _) = reply.error();
    assert_eq!((status, reason.as_str()), (403, "insufficientPermissions"));
    assert!(
        reply
            .header("www-authenticate")
            .contains("error=\"insufficient_scope\"")
    );
    let detail = &reply.json()["error"]["details"][0];
    assert_eq!(detail["reason"], "ACCESS_TOKEN_SCOPE_INSUFFICIENT");
    assert_eq!(detail["domain"], "googleapis.com");
}

#[tokio::test]
async fn metadata_alone_neither_searches_nor_reads() {
    let (emulator, client) = start().await;
    let narrow = emulator.issue_token(ALICE, &[METADATA]);
    let wide = emulator.issue_token(ALICE, &[METADATA, READONLY]);
    let message = "/gmail/v1/users/me/messages/18c0a11ce0000001";
    for path in [
        "/gmail/v1/users/me/messages?q=x",
        message,
        &format!("{message}?format=full"),
    ] {
        assert_eq!(client.get(&narrow, path).await.error().0, 403, "{path}");
        assert_eq!(client.get(&wide, path).await.status, 200, "{path}");
    }
    assert_eq!(
        client
            .get(&narrow, &format!("{message}?format=metadata"))
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn another_mailbox_is_out_of_reach() {
    let (emulator, client) = start().await;
    let token = emulator.issue_token(ALICE, &[MAIL]);
    let (status, reason, message) = client
        .get(&token, &format!("/gmail/v1/users/{BOB}/profile"))
        .await
        .error();
    assert_eq!((status, reason.as_str()), (403, "forbidden"));
    assert_eq!(message, format!("Delegation denied for {ALICE}"));
    let bobs = client
        .get(&token, "/gmail/v1/users/me/messages/18c0b0b000000001")
        .await;
    assert_eq!(bobs.error().0, 404);
}

#[tokio::test]
async fn an_id_cannot_leave_its_place_in_the_path() {
    let (emulator, client) = start().await;
    let token = emulator.issue_token(ALICE, &[MAIL]);
    let read = async |id: &str| {
        client
            .get(&token, &format!("/gmail/v1/users/me/messages/{id}"))
            .await
    };
    assert_eq!(read("18c0a11ce0000001").await.status, 200);
    for climbing in [
        "../profile",
        "18c0a11ce0000001/../../profile",
        "%2e%2e/profile",
        "./x",
    ] {
        let reply = read(climbing).await;
        assert_eq!(
            (reply.status, reply.json_type()),
            (400, false),
            "{climbing}"
        );
    }
    let cut_short = read("18c0a11ce0000001?x").await.error();
    assert!(
        cut_short.2.contains("Unknown name \"x\""),
        "{}",
        cut_short.2
    );
    // Encoded, they stay within the id, and the mailbox has no such message.
    for id in [
        "18c0a11ce0000001%3Fformat=minimal",
        "18c0a11ce0000001%23",
        "a%2F..%2Fb%23c%3Fd",
    ] {
        let reply = read(id).await;
        assert_eq!((reply.status, reply.json_type()), (400, true), "{id}");
        assert_eq!(reply.error().2, "Invalid id value", "{id}");
    }
    let recorded = emulator.requests();
    assert!(
        recorded
            .iter()
            .any(|request| request.path.ends_with("/a%2F..%2Fb%23c%3Fd"))
    );
}

#[tokio::test]
async fn a_method_without_a_service_names_itself() {
    let (emulator, client) = start().await;
    let token = emulator.issue_token(ALICE, &["https://www.googleapis.com/auth/drive"]);
    let (status, _, message) = client
        .get(&token, "/drive/v3/files/abc/listLabels")
        .await
        .error();
    assert_eq!(
        (status, message.contains("drive.files.listLabels")),
        (501, true),
        "{message}"
    );
    let nothing = client.get(&token, "/drive/v9/files").await;
    assert_eq!(
        (nothing.status, nothing.header("content-type")),
        (404, "text/html; charset=utf-8")
    );
}

#[tokio::test]
async fn a_mask_leaves_only_what_it_names() {
    let (emulator, client) = start().await;
    let token = emulator.issue_token(ALICE, &[READONLY]);
    let path = "/gmail/v1/users/me/messages/18c0a11ce0000001?fields=id,payload/headers(name)";
    let reply = client.get(&token, path).await.json();
    let names: Vec<&String> = reply.as_object().unwrap().keys().collect();
    assert_eq!(names, ["id", "payload"]);
    let payload = reply["payload"].as_object().unwrap();
    assert_eq!(payload.keys().collect::<Vec<_>>(), ["headers"]);
    let header = payload["headers"][0].as_object().unwrap();
    assert_eq!(header.keys().collect::<Vec<_>>(), ["name"]);
}

#[tokio::test]
async fn media_is_uploaded_alone_or_with_metadata() {
    let (emulator, client) = start().await;
    let token = emulator.issue_token(ALICE, &[COMPOSE]);
    let mail = "To: dan@partner.example\r\nSubject: By upload\r\n\r\nHello\r\n";
    let upload = async |query: &str, content_type: &str, body: String| {
        let path = format!("/upload/gmail/v1/users/me/drafts{query}");
        let request = authorized("POST", &path, &token).header("content-type", content_type);
        client
            .send(request.body(body.into()).unwrap())
            .await
            .unwrap()
    };
    let media = upload("?uploadType=media", "message/rfc822", mail.to_owned()).await;
    assert_eq!(media.status, 200, "{}", media.text());
    let multipart = |json: &str| {
        format!(
            "--b\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n{json}\r\n\
             --b\r\nContent-Type: message/rfc822\r\n\r\n{mail}\r\n--b--"
        )
    };
    let related = "multipart/related; boundary=b";
    let good = upload(
        "?uploadType=multipart",
        related,
        multipart("{\"message\": {}}"),
    )
    .await;
    assert_eq!(good.status, 200, "{}", good.text());
    let unknown = upload("?uploadType=multipart", related, multipart("{\"x\": 1}")).await;
    assert_eq!(unknown.error().0, 400);
    let wrong_type = upload("?uploadType=media", "image/png", mail.to_owned()).await;
    assert_eq!(wrong_type.error().1, "badContent");
    assert_eq!(
        upload("", "message/rfc822", mail.to_owned())
            .await
            .error()
            .0,
        400
    );
    let large = "x".repeat(35 * 1024 * 1024 + 1);
    let too_large = upload("?uploadType=media", "message/rfc822", large).await;
    let (status, reason, _) = too_large.error();
    assert_eq!((status, reason.as_str()), (413, "uploadTooLarge"));
}

#[tokio::test]
async fn mail_is_sent_by_upload() {
    let (emulator, client) = start().await;
    let token = emulator.issue_token(ALICE, &[COMPOSE]);
    let mail = "To: bob@example.com\r\nSubject: By upload\r\n\r\nHello\r\n";
    let related = format!(
        "--b\r\nContent-Type: application/json\r\n\r\n{{}}\r\n\
         --b\r\nContent-Type: message/rfc822\r\n\r\n{mail}\r\n--b--"
    );
    for (kind, content_type, body) in [
        ("media", "message/rfc822", mail.to_owned()),
        ("multipart", "multipart/related; boundary=b", related),
    ] {
        let path = format!("/upload/gmail/v1/users/me/messages/send?uploadType={kind}");
        let request = authorized("POST", &path, &token).header("content-type", content_type);
        let sent = client
            .send(request.body(body.into()).unwrap())
            .await
            .unwrap();
        assert_eq!(sent.json()["labelIds"], json!(["SENT"]), "{kind}");
    }
    let bob = emulator.issue_token(BOB, &[READONLY]);
    let path = "/gmail/v1/users/me/messages?q=subject%3A%22by+upload%22+in%3Ainbox";
    let arrived = client.get(&bob, path).await.json();
    assert_eq!(arrived["resultSizeEstimate"], 2);
}

#[tokio::test]
async fn user_info_tells_what_the_scopes_allow() {
    let (emulator, client) = start().await;
    let whole = emulator.issue_token(ALICE, &["openid", "email", "profile"]);
    let reply = client.get(&whole, "/oauth2/v2/userinfo").await.json();
    assert_eq!(reply["email"], ALICE);
    assert_eq!(reply["name"], "Alice Example");
    assert_eq!(
        reply["id"].as_str().map(str::to_owned),
        emulator.subject(ALICE)
    );
    let only_openid = emulator.issue_token(ALICE, &["openid"]);
    let reply = client.get(&only_openid, "/oauth2/v2/userinfo").await.json();
    assert_eq!(
        reply.as_object().unwrap().keys().collect::<Vec<_>>(),
        ["id"]
    );
    let standard = client.get(&whole, "/oauth2/v3/userinfo").await.json();
    assert_eq!(
        standard["sub"].as_str().map(str::to_owned),
        emulator.subject(ALICE)
    );
    assert_eq!(client.get("unknown", "/v1/userinfo").await.status, 401);
    let mail_only = emulator.issue_token(ALICE, &[READONLY]);
    assert_eq!(
        client
            .get(&mail_only, "/oauth2/v2/userinfo")
            .await
            .error()
            .0,
        403
    );
}
