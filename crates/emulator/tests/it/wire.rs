//! Connections, compression, TLS, the request log and the control endpoints.

use std::io::Read as _;

use bytes::Bytes;
use flate2::read::GzDecoder;
use http::Version;
use serde_json::{Value, json};
use toolgate_emulator::{ClientKind, ClientSeed, Emulator, Seed, SeedAccount};

use crate::client::{ALICE, BOB, Client, READONLY, authorized, start};

const PROFILE: &str = "/gmail/v1/users/me/profile";

#[tokio::test]
async fn answers_are_zipped_when_the_client_says_so_twice() {
    let (emulator, client) = start().await;
    let token = emulator.issue_token(ALICE, &[READONLY]);
    let send = async |encoding: &str, agent: &str| {
        let request = authorized("GET", PROFILE, &token)
            .header("accept-encoding", encoding)
            .header("user-agent", agent)
            .body(Bytes::new());
        client.send(request.unwrap()).await.unwrap()
    };
    for (encoding, agent) in [("gzip", "tests"), ("identity", "tests (gzip)"), ("", "")] {
        let plain = send(encoding, agent).await;
        assert_eq!(plain.header("content-encoding"), "", "{encoding} {agent}");
        assert_eq!(plain.json()["emailAddress"], ALICE);
    }
    let zipped = send("gzip", "tests (gzip)").await;
    assert_eq!(zipped.header("content-encoding"), "gzip");
    let mut text = String::new();
    GzDecoder::new(&zipped.body[..])
        .read_to_string(&mut text)
        .unwrap();
    assert_eq!(
        serde_json::from_str::<Value>(&text).unwrap()["emailAddress"],
        ALICE
    );
}

#[tokio::test]
async fn replies_are_indented_unless_asked_otherwise_and_tagged() {
    let (emulator, client) = start().await;
    let token = emulator.issue_token(ALICE, &[READONLY]);
    let pretty = client.get(&token, PROFILE).await;
    let compact = client
        .get(&token, &format!("{PROFILE}?prettyPrint=false"))
        .await;
    assert!(pretty.text().contains("\n  \"emailAddress\""));
    assert!(!compact.text().contains('\n'));
    assert_eq!(pretty.json(), compact.json());
    assert_eq!(
        pretty.header("etag"),
        client.get(&token, PROFILE).await.header("etag")
    );
    assert!(pretty.header("etag").len() > 10);
}

#[tokio::test]
async fn tls_speaks_http_2() {
    let emulator = Emulator::builder().with_tls(true).start().await.unwrap();
    assert_eq!(emulator.base_url().scheme(), "https");
    let client = Client::of(&emulator);
    let token = emulator.issue_token(ALICE, &[READONLY]);
    let reply = client.get(&token, PROFILE).await;
    assert_eq!((reply.status, reply.version), (200, Version::HTTP_2));
    let stranger = Emulator::builder().with_tls(true).start().await.unwrap();
    let distrustful = Client::of(&stranger);
    drop(distrustful);
    let plain = Emulator::builder().start().await.unwrap();
    assert_eq!(plain.ca_certificate_pem(), None);
}

#[tokio::test]
async fn the_log_pairs_account_bearer_and_method() {
    let (emulator, client) = start().await;
    let alice = emulator.issue_token(ALICE, &[READONLY]);
    let bob = emulator.issue_token(BOB, &[READONLY]);
    client
        .get(&alice, "/gmail/v1/users/me/messages?q=for-alice")
        .await;
    client
        .get(&bob, "/gmail/v1/users/me/messages?q=for-bob")
        .await;
    client
        .post(&bob, "/gmail/v1/users/me/drafts", &json!({ "id": "x" }))
        .await;
    client.get("stranger", "/nothing").await;
    let log = emulator.requests();
    let (list, create) = ("gmail.users.messages.list", "gmail.users.drafts.create");
    let check = |at: usize, method: Option<&str>, account: Option<&str>, bearer: &str, status| {
        let request = &log[at];
        assert_eq!(request.api_method.as_deref(), method);
        assert_eq!(request.account.as_deref(), account);
        assert_eq!(request.bearer.as_deref(), Some(bearer));
        assert_eq!(request.status, Some(status));
        assert_eq!(usize::try_from(request.sequence), Ok(at));
    };
    check(0, Some(list), Some(ALICE), &alice, 200);
    check(1, Some(list), Some(BOB), &bob, 200);
    check(2, Some(create), Some(BOB), &bob, 403);
    check(3, None, None, "stranger", 404);
    assert_eq!(
        (log[0].query.as_str(), log[0].method.as_str()),
        ("q=for-alice", "GET")
    );
    assert_eq!(log[2].body, "{\"id\":\"x\"}");
    assert_eq!(log[2].headers["content-type"], "application/json");
    assert!(!log[2].headers.contains_key("authorization"));
    emulator.clear_requests();
    assert!(emulator.requests().is_empty());
}

#[tokio::test]
async fn the_log_knows_whose_a_refresh_token_is() {
    let (emulator, client) = start().await;
    let token = emulator.issue_refresh_token(BOB, &[READONLY]);
    crate::consent::Flow::web(&emulator)
        .refresh(&client, &token)
        .await;
    let log = emulator.requests();
    assert_eq!(log[0].api_method.as_deref(), Some("token"));
    assert_eq!(log[0].account.as_deref(), Some(BOB));
}

#[tokio::test]
async fn the_emulator_is_steered_over_http() {
    let (emulator, client) = start().await;
    let health = client.control("GET", "health", &Value::Null).await;
    assert_eq!(health.json()["status"], "ok");
    let token = emulator.issue_token(ALICE, &[READONLY]);
    client.get(&token, PROFILE).await;
    let log = client.control("GET", "requests", &Value::Null).await.json();
    assert_eq!(log["requests"][0]["api_method"], "gmail.users.getProfile");
    assert_eq!(
        log["requests"].as_array().unwrap().len(),
        1,
        "steering is not recorded"
    );
    client.control("DELETE", "requests", &Value::Null).await;
    assert!(emulator.requests().is_empty());
    let expired = client
        .control("POST", "expire", &json!({ "account": ALICE }))
        .await;
    assert_eq!(expired.json()["expired"], 1);
    assert_eq!(client.get(&token, PROFILE).await.status, 401);
    let token = emulator.issue_token(ALICE, &[READONLY]);
    client
        .control("POST", "revoke", &json!({ "account": ALICE }))
        .await;
    assert_eq!(client.get(&token, PROFILE).await.status, 401);
    let unknown = client
        .control("POST", "expire", &json!({ "account": "nobody" }))
        .await;
    assert_eq!(unknown.status, 404);
    assert_eq!(
        client
            .control("POST", "expire", &json!({ "user": ALICE }))
            .await
            .status,
        400
    );
    assert_eq!(
        client.control("GET", "nothing", &Value::Null).await.status,
        404
    );
}

#[tokio::test]
async fn it_stops_when_told_and_when_dropped() {
    for drops in [true, false] {
        let (emulator, client) = start().await;
        let token = emulator.issue_token(ALICE, &[READONLY]);
        assert_eq!(client.get(&token, PROFILE).await.status, 200);
        let port = emulator.port();
        if drops {
            drop(emulator);
            while tokio::net::TcpStream::connect(("127.0.0.1", port))
                .await
                .is_ok()
            {
                tokio::task::yield_now().await;
            }
        } else {
            emulator.shutdown().await;
            assert!(
                tokio::net::TcpStream::connect(("127.0.0.1", port))
                    .await
                    .is_err()
            );
        }
        let request = authorized("GET", PROFILE, &token)
            .body(Bytes::new())
            .unwrap();
        assert!(client.send(request).await.is_err());
    }
}

#[tokio::test]
async fn it_says_why_it_cannot_start() {
    let taken = Emulator::builder().start().await.unwrap();
    let port = Emulator::builder()
        .with_port(taken.port())
        .start()
        .await
        .unwrap_err();
    assert!(
        port.is_bind() && port.to_string().contains("is the port taken?"),
        "{port}"
    );
    let twice = Seed {
        accounts: vec![SeedAccount::new(ALICE, "A"), SeedAccount::new(ALICE, "A")],
    };
    let seed = Emulator::builder()
        .with_seed(twice)
        .start()
        .await
        .unwrap_err();
    assert!(seed.is_seed());
    let client = ClientSeed {
        client_id: "c".to_owned(),
        client_secret: "s".to_owned(),
        redirect_uris: vec!["http://app.example/".to_owned()],
        kind: ClientKind::Web,
    };
    let error = Emulator::builder()
        .with_client(client)
        .start()
        .await
        .unwrap_err();
    assert!(
        error
            .to_string()
            .contains("neither https nor http on loopback"),
        "{error}"
    );
}

#[tokio::test]
async fn a_client_of_ones_own_takes_the_place_of_the_default() {
    let client = ClientSeed {
        client_id: "own".to_owned(),
        client_secret: "secret".to_owned(),
        redirect_uris: vec!["https://app.example/callback".to_owned()],
        kind: ClientKind::Web,
    };
    let emulator = Emulator::builder()
        .with_client(client)
        .start()
        .await
        .unwrap();
    assert_eq!(
        (emulator.client_id(), emulator.client_secret()),
        ("own", "secret")
    );
    assert!(emulator.installed_client_id().contains("installed"));
}
