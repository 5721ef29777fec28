//! Shared drives: made, filled, shown to those who say that they know of them.

use serde_json::{Value, json};

use super::harness::{Drive, FOLDER, names};
use crate::client::BOB;

#[tokio::test]
async fn a_drive_is_made_once_per_request_renamed_and_removed_when_empty() {
    let drive = Drive::of(json!([])).await;
    let alice = drive.alice();
    let made = alice
        .ok("POST drives?requestId=r1", json!({ "name": "Team" }))
        .await;
    let again = alice
        .refused("POST drives?requestId=r1", json!({ "name": "Team" }))
        .await;
    assert_eq!(again.0, 409);
    let id = made["id"].as_str().unwrap();
    let file = alice.make(json!({ "name": "a", "parents": [id] })).await;
    let shown = alice.file(&file).await;
    assert_eq!(shown["driveId"], id);
    assert!(shown["owners"].is_null());
    let line = format!("DELETE drives/{id}");
    assert_eq!(alice.refused(&line, Value::Null).await.0, 403);
    let renamed = alice
        .ok(&format!("PATCH drives/{id}"), json!({ "name": "Crew" }))
        .await;
    assert_eq!(renamed["name"], "Crew");
    assert_eq!(
        drive
            .bob()
            .refused(&format!("GET drives/{id}"), Value::Null)
            .await
            .0,
        404
    );
    let trash = format!("PATCH files/{file}?supportsAllDrives=true");
    alice.ok(&trash, json!({ "trashed": true })).await;
    alice.ok(&line, Value::Null).await;
    assert_eq!(
        alice.ok("GET drives", Value::Null).await["drives"],
        json!([])
    );
}

#[tokio::test]
async fn its_files_are_there_for_who_says_so() {
    let drive = Drive::office().await;
    let alice = drive.alice();
    let rules = "1OfficeDocHouseRules0000000000001";
    let unseen = alice
        .refused(&format!("GET files/{rules}"), Value::Null)
        .await;
    assert_eq!(unseen, (404, "notFound".to_owned()));
    let file = alice.file(rules).await;
    assert_eq!(file["driveId"], "0AOfficeFacilities0");
    assert_eq!(file["parents"], json!(["0AOfficeFacilities0"]));
    assert!(
        alice
            .export(rules, "text/markdown")
            .await
            .text()
            .contains("yard door")
    );
    let made = json!({ "name": "x", "parents": ["0AOfficeFacilities0"] });
    assert_eq!(alice.refused("POST files", made).await.0, 404);
}

#[tokio::test]
async fn members_do_what_their_role_allows() {
    let drive = Drive::office().await;
    let (alice, bob) = (drive.alice(), drive.bob());
    let rules = "1OfficeDocHouseRules0000000000001";
    let seen = bob.file(rules).await;
    assert_eq!(seen["capabilities"]["canEdit"], true);
    assert_eq!(seen["capabilities"]["canTrash"], false);
    let line = format!("PATCH files/{rules}?supportsAllDrives=true");
    assert_eq!(bob.refused(&line, json!({ "trashed": true })).await.0, 403);
    let base = "files/0AOfficeFacilities0/permissions";
    let list = alice
        .ok(
            &format!("GET {base}?supportsAllDrives=true&fields=permissions(id,emailAddress,role)"),
            Value::Null,
        )
        .await;
    let members = list["permissions"].as_array().unwrap();
    let of_bob = members.iter().find(|it| it["emailAddress"] == BOB).unwrap();
    assert_eq!(of_bob["role"], "writer");
    let id = of_bob["id"].as_str().unwrap();
    let promote = format!("PATCH {base}/{id}?supportsAllDrives=true");
    alice.ok(&promote, json!({ "role": "fileOrganizer" })).await;
    bob.ok(&line, json!({ "trashed": true })).await;
    let inherited = format!("DELETE files/{rules}/permissions/{id}?supportsAllDrives=true");
    assert_eq!(alice.refused(&inherited, Value::Null).await.0, 403);
    alice
        .ok(
            &format!("DELETE {base}/{id}?supportsAllDrives=true"),
            Value::Null,
        )
        .await;
    let gone = bob
        .refused(
            &format!("GET files/{rules}?supportsAllDrives=true"),
            Value::Null,
        )
        .await;
    assert_eq!(gone.0, 404);
}

#[tokio::test]
async fn a_file_moves_in_and_a_folder_does_not() {
    let drive = Drive::office().await;
    let alice = drive.alice();
    let file = alice.make(json!({ "name": "in" })).await;
    let folder = alice.make(json!({ "name": "f", "mimeType": FOLDER })).await;
    let to = "?supportsAllDrives=true&removeParents=root&addParents=0AOfficeFacilities0";
    alice
        .ok(&format!("PATCH files/{file}{to}"), json!({}))
        .await;
    let moved = alice.file(&file).await;
    assert_eq!(moved["driveId"], "0AOfficeFacilities0");
    assert_eq!(moved["ownedByMe"], false);
    let refused = alice
        .refused(&format!("PATCH files/{folder}{to}"), json!({}))
        .await;
    assert_eq!(
        refused,
        (403, "teamDrivesFolderMoveInNotSupported".to_owned())
    );
}

#[tokio::test]
async fn drives_are_listed_in_pages_and_searched() {
    let drive = Drive::of(json!([])).await;
    let alice = drive.alice();
    for name in ["One", "Two", "Three"] {
        alice
            .ok(
                &format!("POST drives?requestId={name}"),
                json!({ "name": name }),
            )
            .await;
    }
    let first = alice.ok("GET drives?pageSize=2", Value::Null).await;
    let token = first["nextPageToken"].as_str().unwrap();
    let rest = alice
        .ok(
            &format!("GET drives?pageSize=2&pageToken={token}"),
            Value::Null,
        )
        .await;
    assert_eq!(names(&first["drives"]), ["One", "Three"]);
    assert_eq!(names(&rest["drives"]), ["Two"]);
    let found = alice
        .ok(
            "GET drives?q=name%20contains%20'T'%20and%20memberCount%20=%201",
            Value::Null,
        )
        .await;
    assert_eq!(names(&found["drives"]), ["Three", "Two"]);
    assert_eq!(
        alice
            .refused("GET drives?q=trashed=false", Value::Null)
            .await
            .0,
        400
    );
}
