//! Moving, trashing, copying, shortcuts, chosen ids, conversions, versions.

use serde_json::{Value, json};

use super::harness::{DOC, Drive, FOLDER, SHEET, percent};

async fn tree() -> Drive {
    Drive::of(json!([
        { "id": "f1", "name": "F", "mime_type": FOLDER },
        { "id": "f2", "name": "G", "mime_type": FOLDER, "parent": "f1" },
        { "id": "t1", "name": "a.txt", "parent": "f2", "text": "x" },
        { "id": "d1", "name": "Doc", "markdown": "# D" },
    ]))
    .await
}

#[tokio::test]
async fn a_file_has_one_folder_and_moves_to_another() {
    let drive = tree().await;
    let alice = drive.alice();
    let refused = alice
        .refused("PATCH files/t1?addParents=f1", json!({}))
        .await;
    assert_eq!(refused, (403, "cannotAddParent".to_owned()));
    let refused = alice
        .refused("PATCH files/t1", json!({ "parents": ["f1"] }))
        .await;
    assert_eq!(refused, (403, "fieldNotWritable".to_owned()));
    let line = "PATCH files/t1?addParents=f1&removeParents=f2&fields=parents";
    assert_eq!(
        alice.ok(line, json!({})).await,
        json!({ "parents": ["f1"] })
    );
    let below = alice
        .refused("PATCH files/f1?addParents=f2&removeParents=root", json!({}))
        .await;
    assert_eq!(below, (400, "invalid".to_owned()));
    let refused = alice
        .refused("PATCH files/t1?addParents=d1&removeParents=f1", json!({}))
        .await;
    assert_eq!(refused, (403, "parentNotAFolder".to_owned()));
    let root = alice.ok("GET files/root?fields=id", Value::Null).await["id"].clone();
    alice
        .ok("PATCH files/t1?addParents=root&removeParents=f1", json!({}))
        .await;
    assert_eq!(alice.file("t1").await["parents"], json!([root]));
    assert_eq!(alice.refused("DELETE files/root", Value::Null).await.0, 403);
    let two = json!({ "name": "x", "parents": ["f1", "f2"] });
    assert_eq!(alice.refused("POST files", two).await.0, 400);
}

#[tokio::test]
async fn the_trash_takes_what_is_below_and_gives_it_back() {
    let drive = tree().await;
    let alice = drive.alice();
    alice.ok("PATCH files/f1", json!({ "trashed": true })).await;
    let inside = alice.file("t1").await;
    assert_eq!(
        (&inside["trashed"], &inside["explicitlyTrashed"]),
        (&json!(true), &json!(false))
    );
    assert_eq!(alice.search("trashed = false", "").await, ["Doc"]);
    alice
        .ok("PATCH files/f1", json!({ "trashed": false }))
        .await;
    assert_eq!(alice.file("t1").await["trashed"], false);
    alice.ok("PATCH files/f2", json!({ "trashed": true })).await;
    alice.ok("DELETE files/trash", Value::Null).await;
    assert_eq!(alice.search("", "&orderBy=name").await, ["Doc", "F"]);
}

#[tokio::test]
async fn an_id_that_was_given_out_is_used_once() {
    let drive = tree().await;
    let alice = drive.alice();
    let ids = alice.ok("GET files/generateIds?count=3", Value::Null).await;
    let ids = ids["ids"].as_array().unwrap();
    assert_eq!(ids.len(), 3);
    let made = alice.make(json!({ "id": ids[0], "name": "n" })).await;
    assert_eq!(json!(made), ids[0]);
    let again = alice
        .refused("POST files", json!({ "id": ids[0], "name": "n" }))
        .await;
    assert_eq!(again, (409, "fileIdInUse".to_owned()));
    let own = alice
        .refused("POST files", json!({ "id": "mine", "name": "n" }))
        .await;
    assert_eq!(own, (400, "invalid".to_owned()));
    let doc = json!({ "id": ids[1], "name": "n", "mimeType": DOC });
    assert_eq!(alice.refused("POST files", doc).await.0, 400);
    alice
        .make(json!({ "id": ids[1], "name": "f", "mimeType": FOLDER }))
        .await;
}

#[tokio::test]
async fn a_copy_is_a_file_of_its_own() {
    let drive = tree().await;
    let alice = drive.alice();
    let copy = alice
        .ok("POST files/d1/copy?fields=*", json!({ "parents": ["f1"] }))
        .await;
    assert_eq!(
        (&copy["name"], &copy["parents"]),
        (&json!("Copy of Doc"), &json!(["f1"]))
    );
    let id = copy["id"].as_str().unwrap();
    assert_eq!(alice.export(id, "text/markdown").await.text(), "# D");
    let folder = alice.refused("POST files/f1/copy", json!({})).await;
    assert_eq!(folder, (403, "cannotCopyFile".to_owned()));
    let as_doc = json!({ "name": "As a document", "mimeType": DOC });
    let doc = alice.ok("POST files/t1/copy", as_doc).await;
    let text = alice
        .export(doc["id"].as_str().unwrap(), "text/markdown")
        .await;
    assert_eq!(text.text(), "x");
}

#[tokio::test]
async fn a_shortcut_knows_its_target() {
    let drive = tree().await;
    let alice = drive.alice();
    let kind = "application/vnd.google-apps.shortcut";
    let body = json!({ "name": "s", "mimeType": kind, "shortcutDetails": { "targetId": "d1" } });
    let made = alice.make(body).await;
    let details = json!({ "targetId": "d1", "targetMimeType": DOC });
    assert_eq!(alice.file(&made).await["shortcutDetails"], details);
    for (target, status) in [
        (json!({}), 400),
        (json!({ "targetId": made }), 403),
        (json!({ "targetId": "no" }), 404),
    ] {
        let body = json!({ "name": "s", "mimeType": kind, "shortcutDetails": target });
        assert_eq!(alice.refused("POST files", body).await.0, status);
    }
}

#[tokio::test]
async fn properties_are_merged_and_cleared() {
    let drive = tree().await;
    let alice = drive.alice();
    let first = json!({ "description": "d", "properties": { "a": "1", "b": "2" } });
    alice.ok("PATCH files/t1", first).await;
    let second = json!({ "description": null, "properties": { "a": null, "c": "3" } });
    alice.ok("PATCH files/t1", second).await;
    let file = alice.file("t1").await;
    assert_eq!(file["properties"], json!({ "b": "2", "c": "3" }));
    assert!(file["description"].is_null());
    let before = file["version"].as_str().unwrap().parse::<u64>().unwrap();
    let time = "2020-01-02T03:04:05.000Z";
    alice
        .ok("PATCH files/t1", json!({ "modifiedTime": time }))
        .await;
    let file = alice.file("t1").await;
    assert_eq!(file["modifiedTime"], time);
    assert!(file["version"].as_str().unwrap().parse::<u64>().unwrap() > before);
}

#[tokio::test]
async fn uploads_are_converted_where_google_offers_it() {
    let drive = tree().await;
    let alice = drive.alice();
    let sheet = json!({ "name": "S", "mimeType": SHEET });
    let made = alice
        .upload("POST files", &sheet, "text/csv", "a,\"b,c\"\n1,2\n")
        .await
        .json();
    let csv = alice.export(made["id"].as_str().unwrap(), "text/csv").await;
    assert_eq!(csv.text(), "a,\"b,c\"\r\n1,2");
    let docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
    let word = alice.export("d1", docx).await;
    assert!(word.body.starts_with(b"PK"));
    let wrong = alice
        .upload("POST files", &sheet, "image/png", "x")
        .await
        .error();
    assert_eq!((wrong.0, wrong.1.as_str()), (400, "badRequest"));
}

#[tokio::test]
async fn each_content_is_a_revision() {
    let drive = tree().await;
    let alice = drive.alice();
    for text in ["two", "three"] {
        alice
            .upload("PATCH files/t1", &json!({}), "text/plain", text)
            .await;
    }
    let list = alice.ok("GET files/t1/revisions", Value::Null).await;
    let revisions = list["revisions"].as_array().unwrap();
    assert_eq!(revisions.len(), 3);
    let head = alice.file("t1").await["headRevisionId"].clone();
    assert_eq!(revisions[2]["id"], head);
    let first = format!(
        "files/t1/revisions/{}",
        revisions[0]["id"].as_str().unwrap()
    );
    let media = alice
        .call(&format!("GET {first}?alt=media"), Value::Null)
        .await;
    assert_eq!(media.body, "x");
    alice.ok(&format!("DELETE {first}"), Value::Null).await;
    assert_eq!(
        alice.refused(&format!("GET {first}"), Value::Null).await.0,
        404
    );
    let of_doc = alice.ok("GET files/d1/revisions", Value::Null).await;
    let only = of_doc["revisions"][0]["id"].as_str().unwrap();
    let refused = alice
        .refused(&format!("DELETE files/d1/revisions/{only}"), Value::Null)
        .await;
    assert_eq!(refused.0, 403);
    let second = revisions[1]["id"].as_str().unwrap();
    alice
        .ok(&format!("DELETE files/t1/revisions/{second}"), Value::Null)
        .await;
    let newest = format!("DELETE files/t1/revisions/{}", head.as_str().unwrap());
    let refused = alice.refused(&newest, Value::Null).await;
    assert_eq!(refused, (403, "cannotDeleteOnlyRevision".to_owned()));
    assert_eq!(
        alice.refused("GET files/f1/revisions", Value::Null).await.0,
        403
    );
}

#[tokio::test]
async fn the_office_has_files_of_every_kind() {
    let drive = Drive::office().await;
    let alice = drive.alice();
    let q = "'1OfficeFolderDeskMove000000000001' in parents";
    let list = alice.search(q, "&orderBy=name").await;
    assert_eq!(list.len(), 10);
    let docx = alice.download("1OfficeDocxOffer00000000000000001").await;
    let pdf = alice.download("1OfficePdfFloorPlan00000000000001").await;
    assert!(docx.starts_with(b"PK") && pdf.starts_with(b"%PDF"));
    assert_eq!(
        alice.search("fullText contains 'assembled'", "").await,
        ["Offer Northwind.docx"]
    );
    let csv = alice
        .export("1OfficeSheetBudget000000000000001", "text/csv")
        .await
        .text();
    assert!(csv.starts_with("Item,Pieces,Price\r\n") && !csv.contains("net"));
    assert_eq!(alice.search("sharedWithMe", "").await, ["Keys and codes"]);
    let hostile = alice.file("1OfficeHostileName000000000000001").await;
    let name = hostile["name"].as_str().unwrap().to_owned();
    let escaped = name.replace('\\', "\\\\").replace('\'', "\\'");
    assert_eq!(
        alice.search(&format!("name = '{escaped}'"), "").await,
        [name.as_str()]
    );
    let raw = format!("GET files?q={}", percent(&format!("name = '{name}'")));
    assert_eq!(alice.refused(&raw, Value::Null).await.0, 400);
}
