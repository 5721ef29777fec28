//! Faults on demand.

use serde_json::{Value, json};
use toolgate_emulator::{FaultAction, FaultPoint, FaultRule};

use crate::client::{ALICE, BOB, READONLY, authorized, start};
use crate::consent::Flow;

const PROFILE: &str = "/gmail/v1/users/me/profile";

#[tokio::test]
async fn a_status_comes_with_reason_and_retry_after() {
    let (emulator, client) = start().await;
    let token = emulator.issue_token(ALICE, &[READONLY]);
    let rule = FaultRule::new(FaultAction::Status {
        code: 429,
        status: None,
        reason: None,
        message: Some("slower".to_owned()),
        retry_after: Some("7".to_owned()),
    });
    let id = emulator.faults().add(rule.times(2));
    for _ in 0..2 {
        let reply = client.get(&token, PROFILE).await;
        let expected = (429, "rateLimitExceeded".to_owned(), "slower".to_owned());
        assert_eq!(reply.error(), expected);
        assert_eq!(reply.header("retry-after"), "7");
        assert_eq!(reply.json()["error"]["status"], "RESOURCE_EXHAUSTED");
    }
    assert_eq!(client.get(&token, PROFILE).await.status, 200);
    assert_eq!(emulator.faults().applied(id), 2);
}

#[tokio::test]
async fn a_rule_hits_only_what_it_matches() {
    let (emulator, client) = start().await;
    let alice = emulator.issue_token(ALICE, &[READONLY]);
    let bob = emulator.issue_token(BOB, &[READONLY]);
    let statuses = async |rule: FaultRule| {
        emulator.faults().clear();
        emulator.faults().add(rule);
        let mut statuses = Vec::new();
        for (token, path) in [
            (&alice, PROFILE),
            (&bob, PROFILE),
            (&alice, "/gmail/v1/users/me/labels"),
        ] {
            statuses.push(client.get(token, path).await.status);
        }
        statuses
    };
    let rule = || FaultRule::new(FaultAction::status(500));
    assert_eq!(statuses(rule()).await, [500, 500, 500]);
    assert_eq!(statuses(rule().on_account(BOB)).await, [200, 500, 200]);
    assert_eq!(
        statuses(rule().on_method("gmail.users.labels.list")).await,
        [200, 200, 500]
    );
    assert_eq!(
        statuses(rule().on_path("/gmail/v1/users/me/p")).await,
        [500, 500, 200]
    );
    assert_eq!(statuses(rule().on_path("/calendar")).await, [200, 200, 200]);
    assert_eq!(statuses(rule().after(1).times(1)).await, [200, 500, 200]);
}

#[tokio::test]
async fn the_token_endpoint_fails_on_demand() {
    let (emulator, client) = start().await;
    let flow = Flow::web(&emulator);
    let alice = emulator.issue_refresh_token(ALICE, &[READONLY]);
    let bob = emulator.issue_refresh_token(BOB, &[READONLY]);
    let action = FaultAction::OAuthError {
        error: "invalid_grant".to_owned(),
        subtype: Some("invalid_rapt".to_owned()),
        status: None,
    };
    emulator
        .faults()
        .add(FaultRule::new(action).on_method("token").on_account(ALICE));
    let reply = flow.refresh(&client, &alice).await;
    assert_eq!(reply.oauth_error(), (400, "invalid_grant".to_owned()));
    assert_eq!(reply.json()["error_subtype"], "invalid_rapt");
    assert_eq!(flow.refresh(&client, &bob).await.status, 200);
    emulator.faults().clear();
    assert_eq!(flow.refresh(&client, &alice).await.status, 200);
}

#[tokio::test]
async fn a_connection_is_cut_before_or_after_the_work() {
    let (emulator, client) = start().await;
    let token = emulator.issue_token(
        ALICE,
        &["https://www.googleapis.com/auth/gmail.labels", READONLY],
    );
    let labels = async || {
        let reply = client.get(&token, "/gmail/v1/users/me/labels").await.json();
        reply["labels"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|label| label["type"] == "user")
            .count()
    };
    let create = async |name: &str| {
        let request = authorized("POST", "/gmail/v1/users/me/labels", &token)
            .header("content-type", "application/json")
            .body(json!({ "name": name }).to_string().into());
        client.send(request.unwrap()).await
    };
    let before = labels().await;
    for (name, at, added) in [("a", FaultPoint::Before, 0), ("b", FaultPoint::After, 1)] {
        emulator.faults().clear();
        let rule = FaultRule::new(FaultAction::DropConnection { at });
        emulator
            .faults()
            .add(rule.on_method("gmail.users.labels.create"));
        assert!(create(name).await.is_err());
        assert_eq!(labels().await, before + added, "{at:?}");
    }
    let recorded = emulator.requests();
    let dropped: Vec<_> = recorded
        .iter()
        .filter(|request| request.method == "POST" && request.status.is_none())
        .collect();
    assert!(
        dropped.len() >= 2,
        "cut requests are recorded without a status"
    );
}

#[tokio::test]
async fn a_body_is_torn_or_slow() {
    let (emulator, client) = start().await;
    let token = emulator.issue_token(ALICE, &[READONLY]);
    let send = async || {
        client
            .send(authorized("GET", PROFILE, &token).body("".into()).unwrap())
            .await
    };
    emulator
        .faults()
        .add(FaultRule::new(FaultAction::TornBody).times(1));
    let error = send().await.unwrap_err();
    assert!(!error.is_empty());
    let slow = FaultAction::SlowBody {
        chunk_bytes: 16,
        pause_millis: 1,
    };
    let id = emulator.faults().add(FaultRule::new(slow));
    assert_eq!(send().await.unwrap().json()["emailAddress"], ALICE);
    assert_eq!(emulator.faults().applied(id), 1);
}

#[tokio::test]
async fn other_answers_can_be_put_in_place() {
    let (emulator, client) = start().await;
    let token = emulator.issue_token(ALICE, &[READONLY]);
    emulator
        .faults()
        .add(FaultRule::new(FaultAction::Html { status: 502 }).times(1));
    let html = client.get(&token, PROFILE).await;
    assert_eq!(
        (html.status, html.header("content-type")),
        (502, "text/html; charset=utf-8")
    );
    let action = FaultAction::Json {
        status: 200,
        body: json!({ "odd": true }),
    };
    emulator.faults().add(FaultRule::new(action).times(1));
    assert_eq!(
        client.get(&token, PROFILE).await.json(),
        json!({ "odd": true })
    );
    emulator
        .faults()
        .add(FaultRule::new(FaultAction::Latency { millis: 1 }));
    emulator
        .faults()
        .add(FaultRule::new(FaultAction::status(503)));
    let id = emulator.faults().list()[2].id;
    assert_eq!(
        client.get(&token, PROFILE).await.status,
        503,
        "after the pause"
    );
    assert_eq!(emulator.faults().applied(id), 1);
}

#[tokio::test]
async fn an_answer_is_held_until_it_is_released() {
    let (emulator, client) = start().await;
    let token = emulator.issue_token(ALICE, &[READONLY]);
    for at in [FaultPoint::Before, FaultPoint::After] {
        emulator.faults().clear();
        let id = emulator
            .faults()
            .add(FaultRule::new(FaultAction::Hold { at }).times(2));
        let steer = async {
            emulator.faults().wait_for_held(2).await;
            assert_eq!(emulator.faults().list()[0].held, 2);
            let pending = emulator
                .requests()
                .iter()
                .filter(|r| r.status.is_none())
                .count();
            assert_eq!(pending, 2, "held requests have no status yet");
            emulator.faults().release();
        };
        let (first, second, ()) = tokio::join!(
            client.get(&token, PROFILE),
            client.get(&token, PROFILE),
            steer
        );
        assert_eq!((first.status, second.status), (200, 200));
        assert_eq!(emulator.faults().applied(id), 2);
        assert_eq!(emulator.faults().held(), 0);
        assert_eq!(
            client.get(&token, PROFILE).await.status,
            200,
            "the rule is spent"
        );
    }
}

#[tokio::test]
async fn faults_are_steered_over_http() {
    let (emulator, client) = start().await;
    let token = emulator.issue_token(ALICE, &[READONLY]);
    let rule = json!({
        "match": { "api_method": "gmail.users.getProfile", "account": ALICE },
        "times": 1,
        "action": { "type": "oauth_error", "error": "invalid_grant", "subtype": "invalid_rapt" },
    });
    assert_eq!(
        client.control("POST", "faults", &rule).await.json()["id"],
        0
    );
    assert_eq!(
        client.get(&token, PROFILE).await.oauth_error().1,
        "invalid_grant"
    );
    let listed = client.control("GET", "faults", &Value::Null).await.json();
    assert_eq!(listed["faults"][0]["applied"], 1);
    assert_eq!(
        client
            .control("DELETE", "faults", &Value::Null)
            .await
            .status,
        200
    );
    assert!(emulator.faults().list().is_empty());
    for bad in [
        json!({}),
        json!({ "action": { "type": "explode" } }),
        json!({ "action": { "type": "torn_body" }, "often": 1 }),
        json!({ "match": { "user": "x" }, "action": { "type": "torn_body" } }),
        json!({ "action": { "type": "status", "code": 500, "colour": "red" } }),
    ] {
        assert_eq!(
            client.control("POST", "faults", &bad).await.status,
            400,
            "{bad}"
        );
    }
}

#[tokio::test]
async fn every_kind_of_fault_can_be_set_over_http() {
    let (emulator, client) = start().await;
    let token = emulator.issue_token(ALICE, &[READONLY]);
    for action in [
        json!({ "type": "latency", "millis": 5 }),
        json!({ "type": "hold" }),
        json!({ "type": "hold", "at": "after" }),
        json!({ "type": "drop_connection", "at": "after" }),
        json!({ "type": "slow_body", "chunk_bytes": 1, "pause_millis": 1 }),
        json!({ "type": "html", "status": 500 }),
        json!({ "type": "json", "status": 200, "body": [] }),
        json!({ "type": "torn_body" }),
    ] {
        let rule = json!({ "action": action });
        assert_eq!(
            client.control("POST", "faults", &rule).await.status,
            200,
            "{rule}"
        );
    }
    client.control("DELETE", "faults", &Value::Null).await;
    client
        .control("POST", "faults", &json!({ "action": { "type": "hold" } }))
        .await;
    let steer = async {
        emulator.faults().wait_for_held(1).await;
        client.control("POST", "release", &Value::Null).await
    };
    let (reply, released) = tokio::join!(client.get(&token, PROFILE), steer);
    assert_eq!((reply.status, released.status), (200, 200));
}
