//! Changes since a token.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use serde_json::{Value, json};

use super::harness::{Drive, User};

async fn start(user: &User<'_>) -> String {
    let start = user.ok("GET changes/startPageToken", Value::Null).await;
    start["startPageToken"].as_str().unwrap().to_owned()
}

/// Names of the files that changed since, with `-` for those that are gone.
async fn since(user: &User<'_>, token: &str) -> Vec<String> {
    let list = user
        .ok(&format!("GET changes?pageToken={token}"), Value::Null)
        .await;
    assert!(list["newStartPageToken"].is_string());
    let changes = list["changes"].as_array().unwrap().iter();
    changes
        .map(|change| match change["removed"].as_bool() {
            Some(true) => format!("-{}", change["fileId"].as_str().unwrap()),
            _ => change["file"]["name"].as_str().unwrap().to_owned(),
        })
        .collect()
}

#[tokio::test]
async fn a_token_leads_to_what_changed_since() {
    let drive = Drive::of(json!([
        { "id": "t1", "name": "a", "text": "x" },
        { "id": "t2", "name": "b", "text": "x" },
    ]))
    .await;
    let (alice, bob) = (drive.alice(), drive.bob());
    let (of_alice, of_bob) = (start(&alice).await, start(&bob).await);
    assert!(since(&alice, &of_alice).await.is_empty());
    alice.ok("PATCH files/t1", json!({ "name": "a2" })).await;
    alice.ok("PATCH files/t2", json!({ "name": "b2" })).await;
    alice.ok("PATCH files/t1", json!({ "name": "a3" })).await;
    assert_eq!(since(&alice, &of_alice).await, ["b2", "a3"]);
    assert!(since(&bob, &of_bob).await.is_empty());
    let grant = json!({ "type": "user", "role": "reader", "emailAddress": "bob@example.com" });
    let given = alice.ok("POST files/t1/permissions", grant).await;
    assert_eq!(since(&bob, &of_bob).await, ["a3"]);
    let id = given["id"].as_str().unwrap();
    alice
        .ok(&format!("DELETE files/t1/permissions/{id}"), Value::Null)
        .await;
    assert_eq!(since(&bob, &of_bob).await, ["-t1"]);
    alice.ok("DELETE files/t2", Value::Null).await;
    assert_eq!(since(&alice, &of_alice).await, ["a3", "-t2"]);
    let kept = alice
        .ok(
            &format!("GET changes?includeRemoved=false&pageToken={of_alice}"),
            Value::Null,
        )
        .await;
    assert_eq!(kept["changes"].as_array().unwrap().len(), 1);
    let refused = alice
        .refused("GET changes?pageToken=soon", Value::Null)
        .await;
    assert_eq!(refused, (400, "invalid".to_owned()));
}

#[tokio::test]
async fn pages_of_changes_go_on_to_a_new_token() {
    let drive = Drive::of(json!([])).await;
    let alice = drive.alice();
    let first = start(&alice).await;
    for n in 0..5 {
        alice.make(json!({ "name": format!("f{n}") })).await;
    }
    let (mut found, mut token) = (0, first);
    loop {
        let list = alice
            .ok(
                &format!("GET changes?pageSize=2&pageToken={token}"),
                Value::Null,
            )
            .await;
        found += list["changes"].as_array().unwrap().len();
        let Some(next) = list["nextPageToken"].as_str() else {
            token = list["newStartPageToken"].as_str().unwrap().to_owned();
            break;
        };
        assert!(list["newStartPageToken"].is_null());
        token = next.to_owned();
    }
    assert_eq!(found, 5);
    assert_eq!(token, start(&alice).await);
}

#[tokio::test]
async fn changes_in_shared_drives_are_for_who_asks() {
    let drive = Drive::office().await;
    let (alice, bob) = (drive.alice(), drive.bob());
    let token = start(&bob).await;
    let line = "PATCH files/1OfficeDocHouseRules0000000000001?supportsAllDrives=true";
    alice.ok(line, json!({ "name": "Rules" })).await;
    assert!(since(&bob, &token).await.is_empty());
    let more = format!("{token}&supportsAllDrives=true&includeItemsFromAllDrives=true");
    assert_eq!(since(&bob, &more).await, ["Rules"]);
}
