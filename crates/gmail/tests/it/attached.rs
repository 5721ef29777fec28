//! Files that go out with mail.

use std::fs;

use proptest::prelude::*;
use serde_json::json;
use toolgate_emulator::{FaultAction, FaultPoint, FaultRule};
use toolgate_toolkit::Folders;

use crate::world::{MODIFY, World, all_tools, bounded, with_folder};
use toolgate_toolkit::RunScope;

const SEND: &str = "gmail.users.messages.send";

#[tokio::test]
async fn files_travel_with_their_names_types_and_bytes() {
    let world = World::sample().await;
    let (folder, toolkit) = with_folder();
    let files: [(&str, &[u8], &str); 4] = [
        (
            "Größe, \"neu\".pdf",
            b"%PDF-1.7 \x00\xff",
            "application/pdf",
        ),
        ("chart.png", b"\x89PNG\r\n\x1a\n\x00", "image/png"),
        ("notes.txt", b"a\rb\r\nc\r\n", "text/plain"),
        (
            "mail.eml",
            b"Subject: x\r\n\r\ny",
            "application/octet-stream",
        ),
    ];
    for (name, bytes, _) in files {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    let names: Vec<&str> = files.iter().map(|it| it.0).collect();
    for tool in ["send_email", "create_draft_email"] {
        let arguments = json!({"to": "ann@example.org", "subject": "s", "body": "See **there**", "attachments": names});
        let result = world.call_of(&toolkit, tool, arguments).await.unwrap();
        assert_eq!(result["attachments"], json!(names));
    }
    for mail in [&world.sent().await[0], &world.drafts().await[0]] {
        let seen = mail.files();
        let expected =
            files.map(|(name, bytes, kind)| (name.to_owned(), kind.to_owned(), bytes.to_vec()));
        assert_eq!(seen, expected);
        // No mail may carry a lone carriage return or line feed (RFC 5322, 2.2).
        let text = String::from_utf8(mail.bytes.clone()).unwrap();
        assert!(!text.replace("\r\n", "").contains(['\r', '\n']), "{text:?}");
        let message = mail.parsed();
        assert!(
            message
                .body_html(0)
                .unwrap()
                .contains("<strong>there</strong>")
        );
        assert!(message.body_text(0).unwrap().contains("See **there**"));
    }
    world.assert_lawful();
}

#[tokio::test]
async fn a_reply_carries_files_as_well() {
    let world = World::sample().await;
    let (folder, toolkit) = with_folder();
    fs::write(folder.path().join("a.csv"), "a,b").unwrap();
    let arguments =
        json!({"message_id": "18c0a11ce0000003", "body": "b", "attachments": ["a.csv"]});
    world
        .call_of(&toolkit, "send_email_reply", arguments)
        .await
        .unwrap();
    assert_eq!(world.sent().await[0].files()[0].1, "text/csv");
}

#[tokio::test]
async fn without_a_folder_an_attachment_is_refused_with_what_to_do() {
    let world = World::sample().await;
    let arguments =
        json!({"to": "ann@example.org", "subject": "s", "body": "b", "attachments": ["a.pdf"]});
    let error = world.call("send_email", arguments).await.unwrap_err();
    assert_eq!(error.kind_name(), "permission_denied");
    assert!(error.message().contains("allows no folder"), "{error}");
    assert!(world.emulator.requests().is_empty());
}

#[tokio::test]
async fn a_file_that_is_not_there_or_not_allowed_is_named_and_nothing_is_sent() {
    let world = World::sample().await;
    let (folder, toolkit) = with_folder();
    fs::write(folder.path().join("a.pdf"), "x").unwrap();
    let arguments = json!({"to": "ann@example.org", "subject": "s", "body": "b", "attachments": ["a.pdf", "b.pdf"]});
    let error = world
        .call_of(&toolkit, "send_email", arguments)
        .await
        .unwrap_err();
    assert!(error.message().contains("b.pdf"), "{error}");
    assert!(world.emulator.requests().is_empty());
}

#[tokio::test]
async fn a_large_mail_is_uploaded_and_a_small_one_is_not() {
    let world = World::sample().await;
    let (folder, toolkit) = with_folder();
    let large: Vec<u8> = (0..2_000_000_u32)
        .flat_map(u32::to_be_bytes)
        .take(2_000_000)
        .collect();
    fs::write(folder.path().join("large.bin"), &large).unwrap();
    fs::write(folder.path().join("small.bin"), "small").unwrap();
    let answer =
        |file: &str| json!({"message_id": "18c0a11ce0000003", "body": "b", "attachments": [file]});
    for (file, path) in [
        ("large.bin", "/upload/gmail/v1/users/me/messages/send"),
        ("small.bin", "/gmail/v1/users/me/messages/send"),
    ] {
        let result = world
            .call_of(&toolkit, "send_email_reply", answer(file))
            .await
            .unwrap();
        assert_eq!(world.requests(SEND).last().unwrap().path, path);
        let sent = &world.sent().await[0];
        let read = world
            .call("get_message", json!({"message_id": "18c0a11ce0000003"}))
            .await;
        assert_eq!(result["thread_id"], read.unwrap()["thread_id"], "{file}");
        assert_eq!(json!(sent.thread_id), result["thread_id"]);
    }
    assert_eq!(world.sent().await[1].files()[0].2, large);
    world
        .call_of(&toolkit, "create_draft_email", answer("large.bin"))
        .await
        .unwrap();
    let created = world.requests("gmail.users.drafts.create");
    assert!(
        created[0].path.starts_with("/upload/"),
        "{}",
        created[0].path
    );
    assert_eq!(world.drafts().await[0].files()[0].2, large);
    world.assert_lawful();
}

#[tokio::test]
async fn a_large_mail_whose_answer_is_lost_is_sent_once() {
    let world = World::sample().await;
    let (folder, toolkit) = with_folder();
    fs::write(folder.path().join("large.bin"), vec![7; 2_000_000]).unwrap();
    let lost = FaultAction::DropConnection {
        at: FaultPoint::After,
    };
    world
        .emulator
        .faults()
        .add(FaultRule::new(lost).on_method(SEND));
    let arguments =
        json!({"to": "ann@example.org", "subject": "s", "body": "b", "attachments": ["large.bin"]});
    let result = world
        .call_of(&toolkit, "send_email", arguments)
        .await
        .unwrap();
    assert_eq!(result["status"], "sent (confirmed by look-up)");
    assert_eq!((world.sent().await.len(), world.count(SEND)), (1, 1));
}

#[tokio::test]
async fn more_than_google_takes_is_refused_before_any_request() {
    let world = World::sample().await;
    let (folder, _) = with_folder();
    let folders = Folders::new().with_read(folder.path()).unwrap();
    let toolkit = all_tools().with_folders(folders.with_max_file(100 * 1024 * 1024));
    fs::write(folder.path().join("half.bin"), vec![7; 13 * 1024 * 1024]).unwrap();
    let tools = world.tools(toolkit, &[MODIFY], RunScope::new("run"));
    let letter = |files: &[&str]| json!({"to": "ann@example.org", "subject": "s", "body": "b", "attachments": files});
    let error = tools
        .call("send_email", letter(&["half.bin", "half.bin"]))
        .await
        .unwrap_err();
    assert_eq!(error.argument(), Some("attachments"));
    assert!(error.message().contains("26214400"), "{error}");
    assert!(world.emulator.requests().is_empty());
    let many = vec!["half.bin"; 101];
    let error = tools.call("send_email", letter(&many)).await.unwrap_err();
    assert!(error.message().contains("101 files"), "{error}");
}

proptest! {
    #![proptest_config(bounded(24))]

    #[test]
    fn no_name_of_a_file_gets_into_a_header_as_anything_else(
        name in "[^/\0]{1,40}",
        bytes in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let outcome: Result<(), TestCaseError> = runtime.block_on(async {
            let (folder, toolkit) = with_folder();
            if fs::write(folder.path().join(&name), &bytes).is_err() {
                return Ok(());
            }
            let world = World::with([]).await;
            let arguments = json!({"subject": "s", "body": "b", "attachments": [name]});
            let saved = world.call_of(&toolkit, "create_draft_email", arguments).await;
            // A name that is a way, such as `..`, leads nowhere.
            let Ok(saved) = saved else { return Ok(()) };
            let drafts = world.drafts().await;
            let files = drafts[0].files();
            prop_assert_eq!(files.len(), 1);
            prop_assert_eq!(&files[0].2, &bytes);
            let shown = saved["attachments"][0].as_str().unwrap();
            prop_assert_eq!(&files[0].0, shown);
            prop_assert!(!shown.contains(char::is_control), "{:?}", shown);
            prop_assert_eq!(drafts[0].parsed().parts.len(), 5);
            Ok(())
        });
        outcome?;
    }
}
