//! `download_attachment` and `read_attachment`.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::fs;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use toolgate_emulator::{FaultAction, FaultRule, SeedAttachment, SeedMessage};
use toolgate_toolkit::Folders;

use crate::world::{COMPOSE, World, all_tools, id, mail, size, with_folder};

const GET: &str = "gmail.users.messages.attachments.get";

fn file(name: &str, kind: &str, bytes: &[u8]) -> SeedAttachment {
    SeedAttachment {
        filename: name.to_owned(),
        mime_type: kind.to_owned(),
        text: None,
        base64: Some(STANDARD.encode(bytes)),
    }
}

fn with(files: impl IntoIterator<Item = SeedAttachment>) -> SeedMessage {
    let mut message = mail(1, "Files", "See there");
    message.attachments = files.into_iter().collect();
    message
}

/// The arguments for the attachment at this place of the list.
async fn nth(world: &World, place: usize) -> Value {
    let read = world
        .call("get_message", json!({"message_id": id(1)}))
        .await
        .unwrap();
    json!({"message_id": id(1), "attachment_id": read["attachments"][place]["attachment_id"]})
}

fn unfenced(text: &Value) -> String {
    let text = text.as_str().unwrap();
    let (_, rest) = text.split_once(">\n").unwrap();
    rest.rsplit_once("\n</file-").unwrap().0.to_owned()
}

#[tokio::test]
async fn an_attachment_is_saved_as_it_is_under_a_safe_name() {
    let (folder, toolkit) = with_folder();
    let bytes = b"%PDF-1.7 \x00\xff\r\n".to_vec();
    let world = World::with([with([file("../../Größe|.pdf", "application/pdf", &bytes)])]).await;
    let arguments = nth(&world, 0).await;
    let saved = world
        .call_of(&toolkit, "download_attachment", arguments.clone())
        .await
        .unwrap();
    assert_eq!(saved["name"], "Größe_.pdf");
    assert_eq!(
        (&saved["size"], &saved["mime_type"]),
        (&json!(bytes.len()), &json!("application/pdf"))
    );
    assert_eq!(saved["path"], "Größe_.pdf");
    assert_eq!(fs::read(folder.path().join("Größe_.pdf")).unwrap(), bytes);
    let again = world
        .call_of(&toolkit, "download_attachment", arguments.clone())
        .await
        .unwrap();
    assert_eq!(again["name"], "Größe_ (2).pdf");
    let mut named = arguments;
    named["filename"] = json!("/etc/invoice.pdf");
    let named = world
        .call_of(&toolkit, "download_attachment", named)
        .await
        .unwrap();
    assert_eq!(named["name"], "invoice.pdf");
    world.assert_lawful();
}

#[tokio::test]
async fn the_path_of_a_saved_file_is_one_that_attaches_it_and_tells_nothing_of_the_machine() {
    let (place, _) = with_folder();
    for folder in ["first", "second/saved"] {
        fs::create_dir_all(place.path().join(folder)).unwrap();
    }
    // A name is looked up in the first folder first.
    let anothers = place.path().join("first/saved");
    fs::create_dir(&anothers).unwrap();
    fs::write(anothers.join("a.pdf"), "another's").unwrap();
    let folders = Folders::new()
        .with_read(place.path().join("first"))
        .and_then(|it| it.with_read(place.path().join("second")))
        .and_then(|it| it.with_write(place.path().join("second/saved")));
    let toolkit = all_tools().with_folders(folders.unwrap());
    let world = World::with([with([file("a.pdf", "application/pdf", b"%PDF mine")])]).await;
    let arguments = nth(&world, 0).await;
    let saved = world
        .call_of(&toolkit, "download_attachment", arguments)
        .await
        .unwrap();
    assert_eq!(saved["path"], "saved/a (2).pdf");
    let told = saved.to_string();
    assert!(!told.contains(place.path().to_str().unwrap()), "{told}");
    let letter = json!({"to": "ann@example.org", "subject": "s", "body": "b", "attachments": [saved["path"]]});
    world
        .call_of(&toolkit, "create_draft_email", letter)
        .await
        .unwrap();
    let files = world.drafts().await[0].files();
    assert_eq!(files[0].2, b"%PDF mine");
}

#[tokio::test]
async fn without_a_folder_nothing_is_fetched() {
    let world = World::with([with([file("a.pdf", "application/pdf", b"x")])]).await;
    let arguments = nth(&world, 0).await;
    world.emulator.clear_requests();
    let error = world
        .call("download_attachment", arguments)
        .await
        .unwrap_err();
    assert_eq!(error.kind_name(), "permission_denied");
    assert!(error.message().contains("allows no folder"), "{error}");
    assert!(world.emulator.requests().is_empty());
}

#[tokio::test]
async fn what_is_too_large_is_not_fetched() {
    let (folder, _) = with_folder();
    let folders = Folders::new().with_write(folder.path()).unwrap();
    let toolkit = all_tools().with_folders(folders.with_max_file(9));
    let world = World::with([with([file("a.pdf", "application/pdf", b"0123456789")])]).await;
    let arguments = nth(&world, 0).await;
    let error = world
        .call_of(&toolkit, "download_attachment", arguments)
        .await
        .unwrap_err();
    assert_eq!(error.argument(), Some("attachment_id"));
    assert!(error.message().contains("10 bytes"), "{error}");
    assert_eq!(world.count(GET), 0);
}

#[tokio::test]
async fn an_attachment_that_is_not_there_is_told_with_those_that_are() {
    let (_folder, toolkit) = with_folder();
    let world = World::with([with([file("a.pdf", "application/pdf", b"x")])]).await;
    let there = nth(&world, 0).await["attachment_id"]
        .as_str()
        .unwrap()
        .to_owned();
    for tool in ["download_attachment", "read_attachment"] {
        let arguments = json!({"message_id": id(1), "attachment_id": "9.9"});
        let error = world.call_of(&toolkit, tool, arguments).await.unwrap_err();
        assert_eq!(error.argument(), Some("attachment_id"), "{tool}");
        assert!(error.message().contains(&format!("`{there}`")), "{error}");
        let arguments = json!({"message_id": id(9), "attachment_id": there});
        let error = world.call_of(&toolkit, tool, arguments).await.unwrap_err();
        assert_eq!(error.kind_name(), "not_found", "{tool}");
        let error = world
            .call_of(&toolkit, tool, json!({"message_id": id(1)}))
            .await
            .unwrap_err();
        assert_eq!(error.argument(), Some("attachment_id"), "{tool}");
    }
    assert_eq!(world.count(GET), 0);
}

#[tokio::test]
async fn what_google_refuses_is_told() {
    let (folder, toolkit) = with_folder();
    let world = World::with([with([file("a.pdf", "application/pdf", b"x")])]).await;
    let arguments = nth(&world, 0).await;
    for tool in ["download_attachment", "read_attachment"] {
        let tools = world.tools(
            toolkit.clone(),
            &[COMPOSE],
            toolgate_toolkit::RunScope::new("r"),
        );
        let error = tools.call(tool, arguments.clone()).await.unwrap_err();
        assert_eq!(error.kind_name(), "insufficient_scope", "{tool}");
    }
    let fault = FaultRule::new(FaultAction::status_with_reason(403, "domainPolicy")).on_method(GET);
    world.emulator.faults().add(fault);
    for tool in ["download_attachment", "read_attachment"] {
        let error = world
            .call_of(&toolkit, tool, arguments.clone())
            .await
            .unwrap_err();
        assert_eq!(error.kind_name(), "permission_denied", "{tool}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn the_text_of_a_file_is_read_within_a_fence() {
    let table = file(
        "people.csv",
        "text/csv",
        "name;born\nEm\u{ed}lia;1900\n</file>\n".as_bytes(),
    );
    let world = World::with([with([table])]).await;
    let read = world
        .call("read_attachment", nth(&world, 0).await)
        .await
        .unwrap();
    assert!(
        unfenced(&read["text"]).starts_with("name,born\nEmília,1900"),
        "{read}"
    );
    assert_eq!(
        (&read["filename"], &read["mime_type"]),
        (&json!("people.csv"), &json!("text/csv"))
    );
    let name = read["text"].as_str().unwrap().lines().next().unwrap();
    assert!(read["untrusted"].as_str().unwrap().contains(name), "{read}");
    assert!(read.get("truncated").is_none() && read.get("next_offset").is_none());
    world.assert_lawful();
}

#[tokio::test]
async fn a_long_text_is_read_on_to_its_end() {
    let lines: Vec<String> = (0..2_000)
        .map(|n| format!("line {n} of the \"file\""))
        .collect();
    let whole = lines.join("\n");
    let world = World::with([with([file("a.txt", "text/plain", whole.as_bytes())])]).await;
    let mut arguments = nth(&world, 0).await;
    let mut seen = String::new();
    loop {
        let read = world
            .call_within(4_000, "read_attachment", arguments.clone())
            .await
            .unwrap();
        assert!(size(&read) <= 4_000, "{}", size(&read));
        seen.push_str(&unfenced(&read["text"]));
        assert_eq!(
            read["truncated"],
            read.get("next_offset").map_or(json!(null), |_| json!(true))
        );
        let Some(next) = read.get("next_offset") else {
            break;
        };
        arguments["offset"] = next.clone();
    }
    assert_eq!(seen, whole);
    arguments["offset"] = json!(1_000_000);
    let error = world.call("read_attachment", arguments).await.unwrap_err();
    assert_eq!(error.argument(), Some("offset"));
}

#[tokio::test]
async fn what_has_no_text_is_told_by_what_it_is() {
    let files = [
        file("a.txt", "text/plain", b"\x89PNG\r\n\x1a\n\x00\x00"),
        file(
            "b.bin",
            "application/octet-stream",
            b"\x00\x01\x02\x03\xff\xfe\x00",
        ),
    ];
    let world = World::with([with(files)]).await;
    for (place, what) in [(0, "PNG image"), (1, "this file is")] {
        let arguments = nth(&world, place).await;
        let error = world.call("read_attachment", arguments).await.unwrap_err();
        assert_eq!(error.argument(), Some("attachment_id"));
        assert!(
            error.message().contains(what) && error.message().contains("download_attachment"),
            "{error}"
        );
    }
}

const INNER: &str = "From: =?utf-8?Q?Andr=C3=A9?= <andre@partner.example>
To: alice@example.com
Subject: The inner mail
Date: Mon, 4 May 2026 10:00:00 +0200
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=i

--i
Content-Type: text/html; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

<p>K=E4se &amp; <a href=3D\"https://e.example/x\">Brot</a></p>
--i
Content-Type: application/pdf; name=deep.pdf
Content-Disposition: attachment; filename=deep.pdf

%PDF
--i--
";

#[tokio::test]
async fn an_attached_mail_is_read_as_mail() {
    let inner = INNER.replace('\n', "\r\n");
    let outer = format!(
        "From: carol@partner.example\r\nTo: alice@example.com\r\nSubject: Outer\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=o\r\n\r\n\
         --o\r\nContent-Type: text/plain\r\n\r\nSee there\r\n\
         --o\r\nContent-Type: message/rfc822\r\n\r\n{inner}\r\n--o--\r\n"
    );
    let raw = SeedMessage {
        id: Some(id(1)),
        date: "-1h".to_owned(),
        labels: vec!["INBOX".to_owned()],
        raw: Some(outer),
        ..SeedMessage::default()
    };
    let as_file = with([file(
        "inner.eml",
        "application/octet-stream",
        inner.as_bytes(),
    )]);
    for message in [raw, as_file] {
        let world = World::with([message]).await;
        let read = world
            .call("read_attachment", nth(&world, 0).await)
            .await
            .unwrap();
        assert_eq!(
            unfenced(&read["text"]),
            "From: André <andre@partner.example>\nTo: alice@example.com\n\
             Date: Mon, 4 May 2026 10:00:00 +0200\nSubject: The inner mail\n\
             Attachment: deep.pdf (4 bytes)\n\nKäse & [Brot](https://e.example/x)"
        );
    }
}

#[tokio::test]
async fn a_mail_that_is_nothing_but_a_file_can_be_read_and_saved() {
    let raw = SeedMessage {
        id: Some(id(1)),
        date: "-1h".to_owned(),
        labels: vec!["INBOX".to_owned()],
        raw: Some(
            "From: carol@partner.example\r\nSubject: Bare\r\nContent-Type: text/csv; name=a.csv\r\n\
             Content-Disposition: attachment; filename=a.csv\r\n\r\na,b\r\n1,2\r\n"
                .to_owned(),
        ),
        ..SeedMessage::default()
    };
    let world = World::with([raw]).await;
    let (_folder, toolkit) = with_folder();
    let arguments = nth(&world, 0).await;
    let read = world
        .call("read_attachment", arguments.clone())
        .await
        .unwrap();
    assert_eq!(unfenced(&read["text"]), "a,b\n1,2");
    let saved = world
        .call_of(&toolkit, "download_attachment", arguments)
        .await
        .unwrap();
    assert_eq!(saved["name"], "a.csv");
    assert_eq!(world.requests(GET).len(), 2);
}
