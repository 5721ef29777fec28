//! Small pages on demand.

use serde_json::{Value, json};
use toolgate_emulator::Emulator;

use crate::client::{ALICE, Client, READONLY};

/// How many messages the first page of a list of up to five hundred has, and whether another follows.
async fn first_page(client: &Client, token: &str) -> (usize, bool) {
    let path = "/gmail/v1/users/me/messages?maxResults=500";
    let listed = client.get(token, path).await.json();
    let count = listed["messages"].as_array().map_or(0, Vec::len);
    (count, listed["nextPageToken"].is_string())
}

#[tokio::test]
async fn pages_are_as_small_as_a_test_wants_them() {
    let emulator = Emulator::builder()
        .with_page_limit(2)
        .start()
        .await
        .unwrap();
    let client = Client::of(&emulator);
    let token = emulator.issue_token(ALICE, &[READONLY]);
    assert_eq!(first_page(&client, &token).await, (2, true));
    emulator.limit_pages(Some(3));
    assert_eq!(first_page(&client, &token).await, (3, true));
    emulator.limit_pages(None);
    assert_eq!(first_page(&client, &token).await, (7, false));
    client
        .control("POST", "pages", &json!({ "limit": 1 }))
        .await;
    assert_eq!(first_page(&client, &token).await, (1, true));
    client
        .control("POST", "pages", &json!({ "limit": Value::Null }))
        .await;
    assert_eq!(first_page(&client, &token).await, (7, false));
    let odd = json!({ "size": 1 });
    assert_eq!(client.control("POST", "pages", &odd).await.status, 400);
}
