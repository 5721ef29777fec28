//! Methods that are carried out while their answers are lost, torn or held.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use toolgate_emulator::{Emulator, FaultAction, FaultRule};

use crate::client::{ALICE, Client, READONLY, start};

const PROFILE: &str = "/gmail/v1/users/me/profile";
/// Sends bytes over a connection of its own; returns all that comes back until it ends.
async fn exchange(emulator: &Emulator, request: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", emulator.port()))
        .await
        .unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // The end of a connection that is cut may come as an error.
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8(answer).unwrap()
}

/// Asks for a new label in plain HTTP.
fn new_label(token: &str, name: &str) -> String {
    let body = json!({ "name": name }).to_string();
    format!(
        "POST /gmail/v1/users/me/labels HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
         Authorization: Bearer {token}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

async fn has_label(client: &Client, token: &str, name: &str) -> bool {
    let listed = client.get(token, "/gmail/v1/users/me/labels").await.json();
    let labels = listed["labels"].as_array().unwrap();
    labels.iter().any(|label| label["name"] == name)
}

const LABELS: &[&str] = &["https://www.googleapis.com/auth/gmail.labels", READONLY];
const NEW_LABEL: &str = "gmail.users.labels.create";

#[tokio::test]
async fn of_three_calls_the_second_is_carried_out_and_not_answered_with_a_single_byte() {
    let (emulator, client) = start().await;
    let token = emulator.issue_token(ALICE, LABELS);
    let rule = FaultRule::new(FaultAction::drop_answer()).on_method(NEW_LABEL);
    emulator.faults().add(rule.after(1).times(1));
    let mut answers = Vec::new();
    for name in ["one", "two", "three"] {
        answers.push(exchange(&emulator, &new_label(&token, name)).await);
        assert!(has_label(&client, &token, name).await, "{name}");
    }
    assert!(answers[0].starts_with("HTTP/1.1 200"));
    assert_eq!(answers[1], "");
    assert!(answers[2].starts_with("HTTP/1.1 200"));
    let requests = emulator.requests();
    let made = requests
        .iter()
        .filter(|it| it.api_method.as_deref() == Some(NEW_LABEL));
    let seen: Vec<_> = made.map(|it| (it.processed, it.status)).collect();
    let whole = (Some(200), Some(200));
    assert_eq!(seen, [whole, (Some(200), None), whole]);
}

#[tokio::test]
async fn an_answer_torn_in_the_middle_follows_on_work_that_was_done() {
    let (emulator, client) = start().await;
    let token = emulator.issue_token(ALICE, LABELS);
    emulator
        .faults()
        .add(FaultRule::new(FaultAction::TornBody).on_method(NEW_LABEL));
    let answer = exchange(&emulator, &new_label(&token, "torn")).await;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    let length = head.lines().find_map(|line| {
        line.to_lowercase()
            .strip_prefix("content-length: ")?
            .parse::<usize>()
            .ok()
    });
    assert!(!body.is_empty() && body.len() < length.unwrap(), "{answer}");
    assert!(has_label(&client, &token, "torn").await);
}

#[tokio::test]
async fn a_client_that_gives_up_on_a_held_answer_has_been_served_all_the_same() {
    let (emulator, client) = start().await;
    let token = emulator.issue_token(ALICE, LABELS);
    emulator.faults().add(
        FaultRule::new(FaultAction::hold_answer())
            .on_method(NEW_LABEL)
            .times(1),
    );
    let request = new_label(&token, "held");
    let faults = emulator.faults();
    tokio::select! {
        answer = exchange(&emulator, &request) => panic!("{answer}"),
        () = faults.wait_for_held(1) => {}
    }
    assert!(has_label(&client, &token, "held").await);
    let requests = emulator.requests();
    let held = requests
        .iter()
        .find(|it| it.api_method.as_deref() == Some(NEW_LABEL))
        .unwrap();
    assert_eq!((held.processed, held.status), (Some(200), None));
}

#[tokio::test]
async fn an_answer_is_held_and_then_lost() {
    let (emulator, client) = start().await;
    let token = emulator.issue_token(ALICE, LABELS);
    for action in [FaultAction::hold_answer(), FaultAction::drop_answer()] {
        emulator
            .faults()
            .add(FaultRule::new(action).on_method(NEW_LABEL).times(1));
    }
    let request = new_label(&token, "lost");
    let steer = async {
        emulator.faults().wait_for_held(1).await;
        assert!(has_label(&client, &token, "lost").await);
        emulator.faults().release();
    };
    let (answer, ()) = tokio::join!(exchange(&emulator, &request), steer);
    assert_eq!(answer, "");
}

#[tokio::test]
async fn the_log_tells_what_was_carried_out_and_what_was_not() {
    let (emulator, client) = start().await;
    let token = emulator.issue_token(ALICE, &[READONLY]);
    let missing = "/gmail/v1/users/me/messages/18c00000000000ff";
    client.get(&token, PROFILE).await;
    client.get(&token, missing).await;
    emulator
        .faults()
        .add(FaultRule::new(FaultAction::status(503)));
    client.get(&token, PROFILE).await;
    let seen: Vec<_> = emulator
        .requests()
        .iter()
        .map(|it| (it.processed, it.status))
        .collect();
    let expected = [
        (Some(200), Some(200)),
        (Some(404), Some(404)),
        (None, Some(503)),
    ];
    assert_eq!(seen, expected);
    let listed = client.control("GET", "requests", &Value::Null).await.json();
    assert_eq!(listed["requests"][2]["processed"], Value::Null);
    assert_eq!(listed["requests"][1]["processed"], 404);
}
