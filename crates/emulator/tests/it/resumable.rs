//! Uploads in sessions: whole, in pieces, and after an answer that was lost.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};
use toolgate_emulator::{Emulator, FaultAction, FaultRule};

use crate::client::{ALICE, BOB, COMPOSE, Client, READONLY, Reply, authorized, start};

const SEND: &str = "/upload/gmail/v1/users/me/messages/send?uploadType=resumable";
const GRAIN: usize = 256 * 1024;

/// Begins a session; returns the path of its address.
async fn begin(emulator: &Emulator, client: &Client, path: &str, length: usize) -> String {
    let token = emulator.issue_token(ALICE, &[COMPOSE]);
    let request = authorized("POST", path, &token)
        .header("content-type", "application/json")
        .header("x-upload-content-type", "message/rfc822")
        .header("x-upload-content-length", length.to_string());
    let reply = client
        .send(request.body("{}".into()).unwrap())
        .await
        .unwrap();
    assert_eq!(reply.status, 200, "{}", reply.text());
    let location = reply.header("location");
    let base = emulator.base_url();
    location
        .strip_prefix(base.as_str().trim_end_matches('/'))
        .unwrap()
        .to_owned()
}

async fn put(client: &Client, session: &str, range: &str, body: &[u8]) -> Result<Reply, String> {
    let mut request = Request::put(session);
    if !range.is_empty() {
        request = request.header("content-range", range);
    }
    client
        .send(request.body(Bytes::copy_from_slice(body)).unwrap())
        .await
}

/// A message to Bob that is somewhat longer than two pieces.
fn long_mail() -> Vec<u8> {
    let line = "0123456789 abcdef\r\n";
    let body = line.repeat(2 * GRAIN / line.len() + 100);
    format!("To: bob@example.com\r\nSubject: Long\r\n\r\n{body}").into_bytes()
}

async fn arrived(emulator: &Emulator, client: &Client) -> Value {
    let bob = emulator.issue_token(BOB, &[READONLY]);
    let path = "/gmail/v1/users/me/messages?q=subject%3Along";
    client.get(&bob, path).await.json()["resultSizeEstimate"].clone()
}

#[tokio::test]
async fn a_message_is_sent_whole_in_a_session() {
    let (emulator, client) = start().await;
    let mail = long_mail();
    let session = begin(&emulator, &client, SEND, mail.len()).await;
    assert_eq!(arrived(&emulator, &client).await, 0);
    let sent = put(&client, &session, "", &mail).await.unwrap();
    assert_eq!(sent.json()["labelIds"], json!(["SENT"]));
    assert_eq!(arrived(&emulator, &client).await, 1);
    let again = put(&client, &session, "", &mail).await.unwrap();
    assert_eq!(again.json(), sent.json());
    assert_eq!(arrived(&emulator, &client).await, 1, "it is not sent twice");
    let requests = emulator.requests();
    let piece = requests.iter().find(|it| it.method == "PUT").unwrap();
    assert_eq!(
        piece.api_method.as_deref(),
        Some("gmail.users.messages.send")
    );
    assert_eq!(piece.account.as_deref(), Some(ALICE));
}

#[tokio::test]
async fn pieces_are_counted_and_a_lost_answer_is_asked_after() {
    let (emulator, client) = start().await;
    let mail = long_mail();
    let total = mail.len();
    let session = begin(&emulator, &client, SEND, total).await;
    let status = format!("bytes */{total}");
    let fresh = put(&client, &session, &status, b"").await.unwrap();
    assert_eq!((fresh.status, fresh.header("range")), (308, ""));

    let first = format!("bytes 0-{}/{total}", GRAIN - 1);
    let rule = FaultRule::new(FaultAction::drop_answer());
    emulator.faults().add(rule.on_path("/upload/").times(1));
    put(&client, &session, &first, &mail[..GRAIN])
        .await
        .unwrap_err();
    let asked = put(&client, &session, &status, b"").await.unwrap();
    assert_eq!(
        (asked.status, asked.header("range")),
        (308, "bytes=0-262143")
    );
    let again = put(&client, &session, &first, &mail[..GRAIN])
        .await
        .unwrap();
    assert_eq!(
        (again.status, again.header("range")),
        (308, "bytes=0-262143")
    );

    let second = format!("bytes {GRAIN}-{}/{total}", 2 * GRAIN - 1);
    let more = put(&client, &session, &second, &mail[GRAIN..2 * GRAIN])
        .await
        .unwrap();
    assert_eq!((more.status, more.header("range")), (308, "bytes=0-524287"));
    let last = format!("bytes {}-{}/{total}", 2 * GRAIN, total - 1);
    let sent = put(&client, &session, &last, &mail[2 * GRAIN..])
        .await
        .unwrap();
    assert_eq!(sent.status, 200, "{}", sent.text());
    let token = emulator.issue_token(ALICE, &[READONLY]);
    let id = sent.json()["id"].as_str().unwrap().to_owned();
    let kept = client
        .get(&token, &format!("/gmail/v1/users/me/messages/{id}"))
        .await;
    assert!(kept.json()["sizeEstimate"].as_u64().unwrap() >= total as u64);
    assert_eq!(arrived(&emulator, &client).await, 1);
}

#[tokio::test]
async fn whoever_missed_the_last_answer_can_ask_for_it() {
    let (emulator, client) = start().await;
    let mail = long_mail();
    let session = begin(&emulator, &client, SEND, mail.len()).await;
    let rule = FaultRule::new(FaultAction::drop_answer());
    emulator.faults().add(rule.on_path("/upload/").times(1));
    put(&client, &session, "", &mail).await.unwrap_err();
    let status = format!("bytes */{}", mail.len());
    let asked = put(&client, &session, &status, b"").await.unwrap();
    assert_eq!(asked.json()["labelIds"], json!(["SENT"]));
    assert_eq!(arrived(&emulator, &client).await, 1);
}

#[tokio::test]
async fn what_does_not_fit_is_refused_and_the_session_goes_on() {
    let (emulator, client) = start().await;
    let mail = long_mail();
    let total = mail.len();
    let session = begin(&emulator, &client, SEND, total).await;
    for (range, bytes) in [
        ("bytes 0-9/*", &mail[..10]),
        ("bytes 0-9/1000", &mail[..11]),
        ("bytes 262144-524287/*", &mail[..GRAIN]),
        ("0-9", &mail[..10]),
    ] {
        let refused = put(&client, &session, range, bytes).await.unwrap();
        assert_eq!(refused.error().0, 400, "{range}");
    }
    let whole = format!("bytes 0-{}/{total}", total - 1);
    assert_eq!(
        put(&client, &session, &whole, &mail).await.unwrap().status,
        200
    );

    let large = authorized("POST", SEND, &emulator.issue_token(ALICE, &[COMPOSE])).header(
        "x-upload-content-length",
        (35 * 1024 * 1024 + 1).to_string(),
    );
    let refused = client
        .send(large.body(Bytes::new()).unwrap())
        .await
        .unwrap();
    assert_eq!(refused.error().1, "uploadTooLarge");
    let unauthorized = Request::post(SEND).body(Bytes::new()).unwrap();
    assert_eq!(client.send(unauthorized).await.unwrap().error().0, 401);
    let unknown = format!("{SEND}&upload_id=unknown");
    assert_eq!(put(&client, &unknown, "", &mail).await.unwrap().status, 404);
}

#[tokio::test]
async fn a_draft_is_uploaded_by_the_resumable_path_with_its_json() {
    let (emulator, client) = start().await;
    let token = emulator.issue_token(ALICE, &[COMPOSE]);
    let path = "/resumable/upload/gmail/v1/users/me/drafts?uploadType=resumable";
    let begin = authorized("POST", path, &token).header("content-type", "application/json");
    let body = json!({ "message": { "unknown": 1 } }).to_string();
    let refused = client.send(begin.body(body.into()).unwrap()).await.unwrap();
    assert_eq!(refused.error().0, 400);
    let session = self::begin(&emulator, &client, path, 0).await;
    let made = put(&client, &session, "", b"Subject: x\r\n\r\ny")
        .await
        .unwrap();
    assert_eq!(made.json()["message"]["labelIds"], json!(["DRAFT"]));
    let media = "/resumable/upload/gmail/v1/users/me/drafts?uploadType=media";
    let media = authorized("POST", media, &token).header("content-type", "message/rfc822");
    let refused = client
        .send(media.body("Subject: x\r\n\r\n".into()).unwrap())
        .await
        .unwrap();
    assert_eq!(refused.error().0, 400);
}
