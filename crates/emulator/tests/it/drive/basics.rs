//! Files made, read, changed and removed.

use serde_json::{Value, json};

use super::harness::{DOC, Drive, FOLDER, names};
use crate::client::authorized;

#[tokio::test]
async fn a_list_shows_four_fields_unless_asked() {
    let drive = Drive::of(json!([{ "name": "a.txt", "text": "x" }])).await;
    let alice = drive.alice();
    let list = alice.ok("GET files", Value::Null).await;
    assert_eq!(list["kind"], "drive#fileList");
    assert_eq!(list["incompleteSearch"], false);
    let file = list["files"][0].as_object().unwrap();
    let mut fields: Vec<&str> = file.keys().map(String::as_str).collect();
    fields.sort_unstable();
    assert_eq!(fields, ["id", "kind", "mimeType", "name"]);
    let asked = alice
        .ok("GET files?fields=files(name,size)", Value::Null)
        .await;
    assert_eq!(
        asked,
        json!({ "files": [{ "name": "a.txt", "size": "1" }] })
    );
    let all = alice.file(file["id"].as_str().unwrap()).await;
    assert_eq!(all["md5Checksum"], "9dd4e461268c8034f5c8564e155c67a6");
    assert_eq!(all["owners"][0]["emailAddress"], "alice@example.com");
}

#[tokio::test]
async fn a_file_is_uploaded_read_replaced_and_removed() {
    let drive = Drive::of(json!([])).await;
    let alice = drive.alice();
    let folder = alice.make(json!({ "name": "F", "mimeType": FOLDER })).await;
    let meta = json!({ "name": "n.txt", "parents": [folder] });
    let made = alice.upload("POST files", &meta, "text/plain", "one").await;
    let id = made.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(alice.download(&id).await, "one");
    let line = format!("PATCH files/{id}?fields=*");
    let replaced = alice
        .upload(&line, &json!({}), "text/plain", "two!")
        .await
        .json();
    assert_eq!(replaced["size"], "4");
    assert_eq!(replaced["name"], "n.txt");
    assert_eq!(replaced["parents"], json!([folder]));
    assert_eq!(alice.download(&id).await, "two!");
    let listed = alice.search(&format!("'{folder}' in parents"), "").await;
    assert_eq!(listed, ["n.txt"]);
    alice
        .ok(&format!("DELETE files/{folder}"), Value::Null)
        .await;
    let gone = alice.refused(&format!("GET files/{id}"), Value::Null).await;
    assert_eq!(gone, (404, "notFound".to_owned()));
}

#[tokio::test]
async fn a_document_is_made_of_markdown_and_exported() {
    let drive = Drive::of(json!([])).await;
    let alice = drive.alice();
    let meta = json!({ "name": "Plan", "mimeType": DOC });
    let text = "# Plan\n\nWe **move** on [Friday](https://example.com).\n\n* one\n* two\n";
    let made = alice
        .upload("POST files", &meta, "text/markdown", text)
        .await;
    let id = made.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(alice.export(&id, "text/markdown").await.text(), text);
    let plain = alice.export(&id, "text/plain").await.text();
    assert_eq!(
        plain,
        "\u{feff}Plan\r\nWe move on Friday.\r\n* one\r\n* two\r\n"
    );
    let pdf = alice.export(&id, "application/pdf").await;
    assert!(pdf.body.starts_with(b"%PDF-1.4"));
    assert_eq!(pdf.header("content-type"), "application/pdf");
    let refused = alice.export(&id, "image/png").await.error();
    assert_eq!((refused.0, refused.1.as_str()), (400, "badRequest"));
    let media = alice
        .refused(&format!("GET files/{id}?alt=media"), Value::Null)
        .await;
    assert_eq!(media, (403, "fileNotDownloadable".to_owned()));
}

#[tokio::test]
async fn pages_hold_together() {
    let files: Vec<Value> = (0..7)
        .map(|n| json!({ "name": format!("f{n}"), "text": "x" }))
        .collect();
    let drive = Drive::of(files.into()).await;
    let alice = drive.alice();
    drive.emulator.limit_pages(Some(3));
    let (mut found, mut token) = (Vec::new(), String::new());
    for pages in 1.. {
        let list = alice
            .ok(&format!("GET files?orderBy=name{token}"), Value::Null)
            .await;
        found.extend(names(&list["files"]));
        let Some(next) = list["nextPageToken"].as_str() else {
            assert_eq!(pages, 3);
            break;
        };
        let other = alice
            .refused(&format!("GET files?pageToken={next}"), Value::Null)
            .await;
        assert_eq!(other, (400, "invalid".to_owned()));
        token = format!("&pageToken={next}");
    }
    assert_eq!(found, ["f0", "f1", "f2", "f3", "f4", "f5", "f6"]);
}

#[tokio::test]
async fn a_file_is_of_the_type_that_it_is_said_to_be_or_named_like() {
    let drive = Drive::of(json!([])).await;
    let alice = drive.alice();
    let octets = "application/octet-stream";
    for (meta, sent, expected) in [
        (json!({ "name": "a.pdf" }), "image/png", "image/png"),
        (json!({ "name": "a.pdf" }), octets, "application/pdf"),
        (json!({ "name": "a" }), octets, octets),
        (json!({ "name": "a.pdf", "mimeType": "a/b" }), octets, "a/b"),
    ] {
        let made = alice.upload("POST files", &meta, sent, "x").await.json();
        assert_eq!(made["mimeType"], expected, "{meta} sent as {sent}");
    }
}

#[tokio::test]
async fn a_batch_reads_files_and_no_contents() {
    let drive = Drive::of(json!([{ "id": "t1", "name": "a.txt", "text": "x" }])).await;
    let alice = drive.alice();
    let part = |path: &str| {
        format!("--b\r\nContent-Type: application/http\r\n\r\nGET /drive/v3/files/t1{path}\r\n\r\n")
    };
    let body = format!("{}{}--b--\r\n", part("?fields=name"), part("?alt=media"));
    let request = authorized("POST", "/batch/drive/v3", &alice.token)
        .header("content-type", "multipart/mixed; boundary=b");
    let reply = drive
        .client
        .send(request.body(body.into()).unwrap())
        .await
        .unwrap();
    let text = reply.text();
    assert!(text.contains("\"name\": \"a.txt\""), "{text}");
    assert!(text.contains("HTTP/1.1 400"), "{text}");
}
