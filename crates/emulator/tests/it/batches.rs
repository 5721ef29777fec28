//! Batches, and what goes on inside them.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use bytes::Bytes;
use toolgate_emulator::{FaultAction, FaultRule};

use crate::client::{ALICE, BOB, Client, READONLY, Reply, authorized, start};

const MESSAGE: &str = "/gmail/v1/users/me/messages/18c0a11ce0000001?format=minimal";

/// One part of a request: its Content-ID and the request inside.
type Part<'a> = (&'a str, String);

async fn batch(client: &Client, token: &str, path: &str, parts: &[Part<'_>]) -> Reply {
    let mut body = String::new();
    for (id, request) in parts {
        let head = format!("--outer\r\nContent-Type: application/http\r\nContent-ID: {id}\r\n");
        body.extend([&head, "\r\n", request, "\r\n"]);
    }
    body.push_str("--outer--\r\n");
    let request = authorized("POST", path, token)
        .header("content-type", "multipart/mixed; boundary=outer")
        .body(Bytes::from(body));
    client.send(request.unwrap()).await.unwrap()
}

/// The parts of an answer: Content-ID, status and JSON body.
fn parts(reply: &Reply) -> Vec<(String, u16, serde_json::Value)> {
    assert_eq!(reply.status, 200, "{}", reply.text());
    let boundary = reply
        .header("content-type")
        .split("boundary=")
        .nth(1)
        .unwrap()
        .to_owned();
    let text = reply.text();
    let inner: Vec<&str> = text.split(&format!("--{boundary}")).collect();
    assert_eq!(inner.last().unwrap().trim(), "--");
    inner[1..inner.len() - 1]
        .iter()
        .map(|part| {
            let (head, rest) = part.split_once("\r\n\r\n").unwrap();
            assert!(head.contains("Content-Type: application/http"));
            let id = head
                .split("Content-ID: ")
                .nth(1)
                .unwrap()
                .lines()
                .next()
                .unwrap();
            let status = rest.split_whitespace().nth(1).unwrap().parse().unwrap();
            let (_, body) = rest.split_once("\r\n\r\n").unwrap();
            (id.to_owned(), status, serde_json::from_str(body).unwrap())
        })
        .collect()
}

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\n\r\n")
}

#[tokio::test]
async fn each_part_is_answered_as_if_it_came_alone() {
    let (emulator, client) = start().await;
    let alice = emulator.issue_token(ALICE, &[READONLY]);
    let bob = emulator.issue_token(BOB, &[READONLY]);
    let requests = [
        ("<one>", get(MESSAGE)),
        ("two", get("/gmail/v1/users/me/messages/18c0a11cefffffff")),
        ("<three>", get("/gmail/v1/users/me/messages?unknown=1")),
        (
            "<four>",
            format!("GET {MESSAGE}\r\nAuthorization: Bearer {bob}\r\n\r\n"),
        ),
        (
            "<five>",
            "POST /gmail/v1/users/me/drafts\r\nContent-Type: application/json\r\n\r\n{}".to_owned(),
        ),
        (
            "<six>",
            get("https://gmail.googleapis.com/gmail/v1/users/me/profile"),
        ),
        ("<seven>", "nonsense".to_owned()),
    ];
    let reply = batch(&client, &alice, "/batch/gmail/v1", &requests).await;
    let found = parts(&reply);
    let statuses: Vec<(&str, u16)> = found
        .iter()
        .map(|(id, status, _)| (id.as_str(), *status))
        .collect();
    assert_eq!(
        statuses,
        [
            ("<response-one>", 200),
            ("response-two", 404),
            ("<response-three>", 400),
            ("<response-four>", 404),
            ("<response-five>", 403),
            ("<response-six>", 200),
            ("<response-seven>", 400),
        ]
    );
    assert_eq!(found[0].2["id"], "18c0a11ce0000001");
    assert_eq!(found[5].2["emailAddress"], ALICE);
    let recorded = emulator.requests();
    assert_eq!(recorded[0].api_method.as_deref(), Some("batch"));
    assert!(!recorded[0].batched);
    let inner: Vec<_> = recorded.iter().filter(|request| request.batched).collect();
    assert_eq!(inner.len(), 6, "all that could be read");
    assert_eq!(inner[0].account.as_deref(), Some(ALICE));
    assert_eq!(inner[3].account.as_deref(), Some(BOB));
    assert_eq!(inner[3].bearer.as_deref(), Some(bob.as_str()));
}

#[tokio::test]
async fn a_batch_is_refused_whole_when_it_is_none() {
    let (emulator, client) = start().await;
    let token = emulator.issue_token(ALICE, &[READONLY]);
    let many: Vec<Part<'_>> = (0..101).map(|_| ("<x>", get(MESSAGE))).collect();
    assert_eq!(batch(&client, &token, "/batch", &many).await.error().0, 400);
    assert_eq!(
        parts(&batch(&client, &token, "/batch", &many[..100]).await).len(),
        100
    );
    assert_eq!(
        batch(&client, &token, "/batch/nothing/v1", &many[..1])
            .await
            .error()
            .0,
        404
    );
    let request = authorized("POST", "/batch", &token)
        .header("content-type", "application/json")
        .body(Bytes::from_static(b"{}"));
    assert_eq!(client.send(request.unwrap()).await.unwrap().error().0, 400);
}

#[tokio::test]
async fn uploads_other_apis_and_batches_do_not_belong_in_a_batch() {
    let (emulator, client) = start().await;
    let token = emulator.issue_token(ALICE, &[READONLY]);
    let requests = [
        ("<a>", get("/calendar/v3/users/me/calendarList")),
        (
            "<b>",
            "POST /upload/gmail/v1/users/me/drafts\r\n\r\n".to_owned(),
        ),
        ("<c>", "POST /batch\r\n\r\n".to_owned()),
        ("<d>", get("/oauth2/v2/userinfo")),
    ];
    let found = parts(&batch(&client, &token, "/batch/gmail/v1", &requests).await);
    assert!(
        found.iter().all(|(_, status, _)| *status == 400),
        "{found:?}"
    );
    let mixed = parts(&batch(&client, &token, "/batch", &requests[..1]).await);
    assert_eq!(
        mixed[0].1, 403,
        "the path for all APIs lets it through to its scopes"
    );
}

#[tokio::test]
async fn a_fault_can_hit_one_part() {
    let (emulator, client) = start().await;
    let token = emulator.issue_token(ALICE, &[READONLY]);
    let rule = FaultRule::new(FaultAction::status_with_reason(429, "rateLimitExceeded"));
    emulator
        .faults()
        .add(rule.on_method("gmail.users.messages.get").after(1).times(1));
    let requests = [
        ("<1>", get(MESSAGE)),
        ("<2>", get(MESSAGE)),
        ("<3>", get(MESSAGE)),
    ];
    let found = parts(&batch(&client, &token, "/batch/gmail/v1", &requests).await);
    let statuses: Vec<u16> = found.iter().map(|(_, status, _)| *status).collect();
    assert_eq!(statuses, [200, 429, 200]);
    emulator.faults().clear();
    emulator
        .faults()
        .add(FaultRule::new(FaultAction::status(503)).on_method("batch"));
    assert_eq!(
        batch(&client, &token, "/batch/gmail/v1", &requests)
            .await
            .status,
        503
    );
}
