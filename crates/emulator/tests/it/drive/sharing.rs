//! Sharing: who sees what, who is told, and what is refused.

use serde_json::{Value, json};

use super::harness::{Drive, FOLDER, names};
use crate::client::{BOB, READONLY as MAIL};

async fn one() -> (Drive, String) {
    let drive = Drive::of(json!([{ "id": "t1", "name": "a.txt", "text": "x" }])).await;
    (drive, "t1".to_owned())
}

fn reader(role: &str) -> Value {
    json!({ "type": "user", "role": role, "emailAddress": "Bob@example.com" })
}

#[tokio::test]
async fn a_shared_file_is_seen_and_told_of_by_mail() {
    let (drive, id) = one().await;
    let (alice, bob) = (drive.alice(), drive.bob());
    let unseen = bob.refused(&format!("GET files/{id}"), Value::Null).await;
    assert_eq!(unseen, (404, "notFound".to_owned()));
    let line = format!("POST files/{id}/permissions?emailMessage=Look%20here");
    let given = alice.ok(&line, reader("reader")).await;
    assert_eq!(
        (&given["role"], &given["type"]),
        (&json!("reader"), &json!("user"))
    );
    assert_eq!(bob.search("sharedWithMe", "").await, ["a.txt"]);
    assert_eq!(bob.download(&id).await, "x");
    let seen = bob.file(&id).await;
    assert_eq!(seen["sharingUser"]["emailAddress"], "alice@example.com");
    assert_eq!(seen["capabilities"]["canEdit"], false);
    assert!(seen["parents"].is_null() && seen["permissions"].is_null());
    let token = drive.emulator.issue_token(BOB, &[MAIL]);
    let mail = "/gmail/v1/users/me/messages?q=%22look%20here%22";
    assert_eq!(
        drive.client.get(&token, mail).await.json()["resultSizeEstimate"],
        1
    );
    let refused = bob
        .refused(&format!("PATCH files/{id}"), json!({ "name": "b" }))
        .await;
    assert_eq!(refused, (403, "insufficientFilePermissions".to_owned()));
    bob.ok(&format!("PATCH files/{id}"), json!({ "starred": true }))
        .await;
    assert_eq!(alice.file(&id).await["starred"], false);
}

#[tokio::test]
async fn no_mail_is_sent_where_none_is_wanted() {
    let (drive, id) = one().await;
    let line = format!("POST files/{id}/permissions?sendNotificationEmail=false");
    drive.alice().ok(&line, reader("reader")).await;
    let token = drive.emulator.issue_token(BOB, &[MAIL]);
    let list = drive
        .client
        .get(&token, "/gmail/v1/users/me/messages")
        .await;
    assert_eq!(list.json()["resultSizeEstimate"], 0);
    let stranger = json!({ "type": "user", "role": "reader", "emailAddress": "x@else.example" });
    let refused = drive.alice().refused(&line, stranger).await;
    assert_eq!(refused, (400, "invalidSharingRequest".to_owned()));
}

#[tokio::test]
async fn permissions_are_listed_changed_and_taken_back() {
    let (drive, id) = one().await;
    let (alice, bob) = (drive.alice(), drive.bob());
    let base = format!("files/{id}/permissions");
    let given = alice.ok(&format!("POST {base}"), reader("reader")).await;
    let of_bob = format!("{base}/{}", given["id"].as_str().unwrap());
    let writer = alice
        .ok(&format!("PATCH {of_bob}"), json!({ "role": "writer" }))
        .await;
    assert_eq!(writer["role"], "writer");
    bob.ok(&format!("PATCH files/{id}"), json!({ "name": "b.txt" }))
        .await;
    let link = json!({ "type": "anyone", "role": "reader" });
    let link = alice.ok(&format!("POST {base}"), link).await;
    assert_eq!(link["id"], "anyoneWithLink");
    drive.emulator.limit_pages(Some(2));
    let list = alice.ok(&format!("GET {base}"), Value::Null).await;
    assert_eq!(list["permissions"].as_array().unwrap().len(), 2);
    let token = list["nextPageToken"].as_str().unwrap();
    let rest = alice
        .ok(&format!("GET {base}?pageToken={token}"), Value::Null)
        .await;
    assert_eq!(rest["permissions"][0]["type"], "anyone");
    alice.ok(&format!("DELETE {of_bob}"), Value::Null).await;
    assert!(bob.search("", "").await.is_empty());
    assert_eq!(
        bob.file(&id).await["name"],
        "b.txt",
        "the link still opens it"
    );
    alice
        .ok(&format!("DELETE {base}/anyoneWithLink"), Value::Null)
        .await;
    let gone = bob.refused(&format!("GET files/{id}"), Value::Null).await;
    assert_eq!(gone.0, 404);
    let mine = list["permissions"][0]["id"].as_str().unwrap();
    let owner = alice
        .refused(&format!("DELETE {base}/{mine}"), Value::Null)
        .await;
    assert_eq!(owner.0, 403);
    assert_eq!(
        alice.refused(&format!("GET {base}/1"), Value::Null).await.0,
        404
    );
}

#[tokio::test]
async fn a_folders_permissions_hold_for_what_is_in_it() {
    let drive = Drive::of(json!([
        { "id": "f1", "name": "F", "mime_type": FOLDER },
        { "id": "t1", "name": "a.txt", "parent": "f1", "text": "x" },
    ]))
    .await;
    let (alice, bob) = (drive.alice(), drive.bob());
    alice
        .ok("POST files/f1/permissions", reader("writer"))
        .await;
    let list = bob.ok("GET files?q='f1'%20in%20parents", Value::Null).await;
    assert_eq!(names(&list["files"]), ["a.txt"]);
    assert_eq!(bob.file("t1").await["parents"], json!(["f1"]));
    let made = bob.make(json!({ "name": "bobs", "parents": ["f1"] })).await;
    assert_eq!(alice.file(&made).await["ownedByMe"], false);
    let given = alice
        .ok(
            "GET files/t1?fields=permissions(role,permissionDetails)",
            Value::Null,
        )
        .await;
    let inherited: Vec<&Value> = given["permissions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["permissionDetails"][0]["inherited"])
        .collect();
    assert_eq!(inherited, [&json!(false), &json!(true)]);
    let deleted = alice
        .refused(&format!("DELETE files/{made}"), Value::Null)
        .await;
    assert_eq!(deleted, (403, "insufficientFilePermissions".to_owned()));
}

#[tokio::test]
async fn an_owner_hands_a_file_over_when_they_say_so() {
    let (drive, id) = one().await;
    let (alice, bob) = (drive.alice(), drive.bob());
    let base = format!("POST files/{id}/permissions");
    let refused = alice.refused(&base, reader("owner")).await;
    assert_eq!(refused, (403, "forbidden".to_owned()));
    let silent = format!("{base}?transferOwnership=true&sendNotificationEmail=false");
    assert_eq!(alice.refused(&silent, reader("owner")).await.0, 400);
    alice
        .ok(&format!("{base}?transferOwnership=true"), reader("owner"))
        .await;
    assert_eq!(bob.file(&id).await["ownedByMe"], true);
    let mine = alice.file(&id).await;
    assert_eq!(mine["owners"][0]["emailAddress"], BOB);
    assert_eq!(mine["capabilities"]["canEdit"], true);
    assert_eq!(mine["capabilities"]["canTrash"], false);
}

#[tokio::test]
async fn what_is_not_a_permission_is_refused() {
    let (drive, id) = one().await;
    let line = format!("POST files/{id}/permissions");
    for (body, status) in [
        (json!({ "role": "reader" }), 400),
        (json!({ "type": "user", "role": "reader" }), 400),
        (
            json!({ "type": "user", "role": "boss", "emailAddress": BOB }),
            400,
        ),
        (json!({ "type": "robot", "role": "reader" }), 400),
        (
            json!({ "type": "anyone", "role": "reader", "emailAddress": BOB }),
            400,
        ),
        (json!({ "type": "domain", "role": "reader" }), 400),
        (
            json!({ "type": "user", "role": "organizer", "emailAddress": BOB }),
            403,
        ),
        (json!({ "type": "anyone", "role": "owner" }), 403),
    ] {
        let refused = drive.alice().refused(&line, body.clone()).await;
        assert_eq!(refused.0, status, "{body}");
    }
    assert_eq!(drive.bob().refused(&line, reader("reader")).await.0, 404);
}

#[tokio::test]
async fn a_permission_may_end_and_a_domain_may_search() {
    let (drive, id) = one().await;
    let (alice, bob) = (drive.alice(), drive.bob());
    let line = format!("POST files/{id}/permissions?fields=expirationTime");
    let until = |time: &str| {
        let mut body = reader("reader");
        body["expirationTime"] = time.into();
        body
    };
    let past = alice.refused(&line, until("2026-03-15T11:59:59Z")).await;
    assert_eq!(past, (403, "cannotSetExpiration".to_owned()));
    let given = alice.ok(&line, until("2026-03-15T12:00:01Z")).await;
    assert_eq!(given["expirationTime"], "2026-03-15T12:00:01.000Z");
    assert_eq!(bob.search("sharedWithMe", "").await, ["a.txt"]);
    drive.pass(1000);
    assert_eq!(
        bob.refused(&format!("GET files/{id}"), Value::Null).await.0,
        404
    );
    let domain = json!({ "type": "domain", "role": "reader", "domain": "example.com",
        "allowFileDiscovery": true });
    alice
        .ok(&format!("POST files/{id}/permissions"), domain)
        .await;
    assert!(bob.search("", "").await.is_empty());
    assert_eq!(bob.search("", "&corpora=domain").await, ["a.txt"]);
    assert_eq!(
        alice.search("visibility = 'domainCanFind'", "").await,
        ["a.txt"]
    );
}
