//! What a token's scopes and a file's own settings allow.

use serde_json::{Value, json};

use super::harness::{APP_FILES, DOC, Drive, FOLDER, READONLY, User};
use crate::client::{ALICE, BOB};

const METADATA: &str = "https://www.googleapis.com/auth/drive.metadata.readonly";

#[tokio::test]
async fn drive_file_shows_what_applications_made() {
    let drive = Drive::of(json!([
        { "id": "t1", "name": "hers", "text": "x" },
        { "id": "t2", "name": "opened", "text": "y", "of_app": true },
    ]))
    .await;
    let app = drive.user(ALICE, APP_FILES);
    assert_eq!(app.search("", "").await, ["opened"]);
    assert_eq!(app.refused("GET files/t1", Value::Null).await.0, 404);
    let made = app.make(json!({ "name": "made" })).await;
    assert_eq!(app.file(&made).await["isAppAuthorized"], true);
    assert_eq!(
        drive.alice().search("", "&orderBy=name").await,
        ["hers", "made", "opened"]
    );
}

#[tokio::test]
async fn who_sees_all_files_changes_no_more_than_the_scope_for_changing_reaches() {
    let drive = Drive::of(json!([
        { "id": "f1", "name": "hers", "mime_type": FOLDER },
        { "id": "f2", "name": "opened", "mime_type": FOLDER, "of_app": true },
    ]))
    .await;
    let token = drive.emulator.issue_token(ALICE, &[APP_FILES, METADATA]);
    let app = User {
        drive: &drive,
        token,
    };
    assert_eq!(app.file("f1").await["name"], "hers");
    let within = |folder: &str| json!({ "name": "new", "parents": [folder] });
    for (line, body) in [
        ("POST files", within("f1")),
        ("PATCH files/f1", json!({ "name": "b" })),
    ] {
        let refused = app.refused(line, body).await;
        assert_eq!(
            refused,
            (403, "appNotAuthorizedToFile".to_owned()),
            "{line}"
        );
    }
    app.make(within("f2")).await;
    app.make(json!({ "name": "at the root" })).await;
}

#[tokio::test]
async fn content_needs_a_scope_for_it() {
    let drive = Drive::of(json!([{ "id": "t1", "name": "a", "text": "x" }])).await;
    let metadata = drive.user(ALICE, METADATA);
    assert_eq!(metadata.file("t1").await["size"], "1");
    let refused = metadata
        .refused("GET files/t1?alt=media", Value::Null)
        .await;
    assert_eq!(refused, (403, "insufficientPermissions".to_owned()));
    let reader = drive.user(ALICE, READONLY);
    assert_eq!(reader.download("t1").await, "x");
    let refused = reader.refused("POST files", json!({ "name": "b" })).await;
    assert_eq!(refused, (403, "insufficientPermissions".to_owned()));
}

#[tokio::test]
async fn readers_may_be_kept_from_copying() {
    let shared = json!([{ "email": BOB, "role": "reader" }]);
    let drive = Drive::of(json!([
        { "id": "t1", "name": "a", "text": "x", "copy_requires_writer": true, "shared_with": shared },
        { "id": "d1", "name": "d", "markdown": "x", "copy_requires_writer": true,
          "shared_with": shared },
    ]))
    .await;
    let bob = drive.bob();
    let refused = bob.refused("GET files/t1?alt=media", Value::Null).await;
    assert_eq!(refused, (403, "cannotDownloadFile".to_owned()));
    let refused = bob
        .refused("GET files/d1/export?mimeType=text/plain", Value::Null)
        .await;
    assert_eq!(refused, (403, "cannotDownloadFile".to_owned()));
    let refused = bob.refused("POST files/t1/copy", json!({})).await;
    assert_eq!(refused, (403, "cannotCopyFile".to_owned()));
    assert_eq!(bob.file("t1").await["capabilities"]["canDownload"], false);
    assert_eq!(drive.alice().download("t1").await, "x");
}

#[tokio::test]
async fn an_export_has_a_limit_and_needs_a_document() {
    let long = "word ".repeat(2_200_000);
    let drive = Drive::of(json!([
        { "id": "d1", "name": "long", "markdown": long },
        { "id": "t1", "name": "a", "text": "x" },
    ]))
    .await;
    let alice = drive.alice();
    let refused = alice.export("d1", "text/markdown").await.error();
    assert_eq!(
        (refused.0, refused.1.as_str()),
        (403, "exportSizeLimitExceeded")
    );
    let refused = alice.export("t1", "text/plain").await.error();
    assert_eq!((refused.0, refused.1.as_str()), (403, "fileNotExportable"));
}

#[tokio::test]
async fn about_tells_who_how_much_and_what_converts() {
    let drive = Drive::of(json!([
        { "id": "t1", "name": "a", "text": "12345" },
        { "id": "t2", "name": "b", "text": "123", "trashed": true },
    ]))
    .await;
    let alice = drive.alice();
    let refused = alice.call("GET about", Value::Null).await;
    assert_eq!(refused.json()["error"]["errors"][0]["location"], "fields");
    assert_eq!(refused.error().1, "required");
    let about = alice.ok("GET about?fields=*", Value::Null).await;
    assert_eq!(about["user"]["emailAddress"], ALICE);
    assert_eq!(about["user"]["me"], true);
    assert_eq!(about["storageQuota"]["usage"], "8");
    assert_eq!(about["storageQuota"]["usageInDriveTrash"], "3");
    assert_eq!(about["exportFormats"][DOC][0], "text/markdown");
    assert_eq!(about["importFormats"]["text/markdown"], json!([DOC]));
}
