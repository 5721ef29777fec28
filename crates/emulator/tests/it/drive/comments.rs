//! Comments and replies.

use serde_json::{Value, json};

use super::harness::Drive;
use crate::client::BOB;

async fn shared(role: &str) -> Drive {
    let grant = json!([{ "email": BOB, "role": role }]);
    Drive::of(json!([{ "id": "d1", "name": "D", "markdown": "Two words", "shared_with": grant }]))
        .await
}

#[tokio::test]
async fn a_comment_is_answered_resolved_and_reopened() {
    let drive = shared("commenter").await;
    let (alice, bob) = (drive.alice(), drive.bob());
    let quoted = json!({ "mimeType": "text/html", "value": "words" });
    let body =
        json!({ "content": "Which <ones>?", "anchor": "{\"r\":1}", "quotedFileContent": quoted });
    let made = bob.ok("POST files/d1/comments?fields=*", body).await;
    assert_eq!(made["author"]["displayName"], "Bob");
    assert_eq!(made["htmlContent"], "Which &lt;ones&gt;?");
    let base = format!("files/d1/comments/{}", made["id"].as_str().unwrap());
    let reply = alice
        .ok(
            &format!("POST {base}/replies?fields=*"),
            json!({ "content": "These." }),
        )
        .await;
    alice
        .ok(
            &format!("POST {base}/replies?fields=id"),
            json!({ "action": "resolve" }),
        )
        .await;
    let read = bob.ok(&format!("GET {base}?fields=*"), Value::Null).await;
    assert_eq!(
        (&read["resolved"], &read["quotedFileContent"]),
        (&json!(true), &quoted)
    );
    assert_eq!(read["replies"][1]["action"], "resolve");
    alice
        .ok(
            &format!("POST {base}/replies?fields=id"),
            json!({ "content": "No.", "action": "reopen" }),
        )
        .await;
    assert_eq!(
        bob.ok(&format!("GET {base}?fields=resolved"), Value::Null)
            .await["resolved"],
        false
    );
    let line = format!("GET {base}/replies?fields=replies(content)&pageSize=1");
    assert_eq!(
        bob.ok(&line, Value::Null).await["replies"],
        json!([{ "content": "These." }])
    );
    let of_alice = format!("{base}/replies/{}", reply["id"].as_str().unwrap());
    let line = format!("PATCH {of_alice}?fields=content");
    assert_eq!(
        bob.refused(&line, json!({ "content": "Mine" })).await.0,
        403
    );
    alice.ok(&format!("DELETE {of_alice}"), Value::Null).await;
    let read = bob
        .ok(&format!("GET {base}?fields=replies"), Value::Null)
        .await;
    assert_eq!(read["replies"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn comments_are_listed_changed_and_removed() {
    let drive = shared("reader").await;
    let (alice, bob) = (drive.alice(), drive.bob());
    let refused = bob
        .refused("POST files/d1/comments?fields=*", json!({ "content": "x" }))
        .await;
    assert_eq!(refused, (403, "insufficientFilePermissions".to_owned()));
    for text in ["one", "two", "three"] {
        alice
            .ok(
                "POST files/d1/comments?fields=id",
                json!({ "content": text }),
            )
            .await;
    }
    let list = bob
        .ok("GET files/d1/comments?fields=*&pageSize=2", Value::Null)
        .await;
    assert_eq!(list["comments"][0]["content"], "three");
    let token = list["nextPageToken"].as_str().unwrap();
    let rest = bob
        .ok(
            &format!("GET files/d1/comments?fields=*&pageSize=2&pageToken={token}"),
            Value::Null,
        )
        .await;
    assert_eq!(rest["comments"][0]["content"], "one");
    let id = rest["comments"][0]["id"].as_str().unwrap();
    let line = format!("PATCH files/d1/comments/{id}?fields=content");
    assert_eq!(
        alice.ok(&line, json!({ "content": "ONE" })).await["content"],
        "ONE"
    );
    alice
        .ok(&format!("DELETE files/d1/comments/{id}"), Value::Null)
        .await;
    let gone = alice
        .refused(&format!("GET files/d1/comments/{id}?fields=*"), Value::Null)
        .await;
    assert_eq!(gone.0, 404);
    let shown = format!("GET files/d1/comments/{id}?fields=*&includeDeleted=true");
    let shown = alice.ok(&shown, Value::Null).await;
    assert_eq!(
        (&shown["deleted"], &shown["content"]),
        (&json!(true), &Value::Null)
    );
    let refused = alice.refused("GET files/d1/comments", Value::Null).await;
    assert_eq!(refused, (400, "required".to_owned()));
    let empty = alice
        .refused("POST files/d1/comments?fields=*", json!({ "content": "" }))
        .await;
    assert_eq!(empty.0, 400);
}
