//! Defects of the Python system in composing, sending and files.

use std::fs;

use serde_json::{Value, json};
use toolgate_emulator::{SeedAttachment, SeedMessage};
use toolgate_toolkit::{Folders, Toolkit};

use crate::world::{World, all_tools, id, mail, with_folder};

const TO_ANN: [(&str, &str); 3] = [("to", "ann@example.org"), ("subject", "s"), ("body", "b")];

fn letter(changes: &[(&str, Value)]) -> Value {
    let mut letter = json!({});
    for (name, value) in TO_ANN {
        letter[name] = json!(value);
    }
    for (name, value) in changes {
        letter[*name] = value.clone();
    }
    letter
}

fn attached(name: &str, text: &str) -> SeedMessage {
    let mut message = mail(1, "File", "See there");
    message.attachments = vec![SeedAttachment {
        filename: name.to_owned(),
        mime_type: "text/csv".to_owned(),
        text: Some(text.to_owned()),
        base64: None,
    }];
    message
}

#[tokio::test]
async fn agno_defect_replies_are_threaded_by_gmails_id_and_drop_the_chain() {
    let world = World::sample().await;
    let arguments = json!({"message_id": "18c0a11ce0000003", "body": "Yes."});
    world.call("send_email_reply", arguments).await.unwrap();
    let sent = &world.sent().await[0];
    assert_eq!(
        sent.header("In-Reply-To"),
        Some("<offsite-3@partner.example>")
    );
    assert_eq!(
        sent.header("References"),
        Some("<offsite-1@partner.example> <offsite-2@example.com> <offsite-3@partner.example>")
    );
    assert!(!sent.raw.contains("18c0a11ce0000003"), "{}", sent.raw);
}

#[tokio::test]
async fn agno_defect_mail_goes_out_as_unescaped_html_alone() {
    let world = World::sample().await;
    let body = "a < b\n<script>alert(1)</script>";
    world
        .call("send_email", letter(&[("body", json!(body))]))
        .await
        .unwrap();
    let sent = &world.sent().await[0];
    let message = sent.parsed();
    let html = message.body_html(0).unwrap();
    assert!(
        html.contains("&lt;script&gt;") && !html.contains("<script"),
        "{html}"
    );
    assert_eq!(
        message
            .body_text(0)
            .unwrap()
            .replace("\r\n", "\n")
            .trim_end(),
        body
    );
    assert!(
        sent.header("Content-Type")
            .unwrap()
            .starts_with("multipart/alternative")
    );
}

#[tokio::test]
async fn agno_defect_cc_and_bcc_are_not_checked_and_names_are_refused() {
    let world = World::sample().await;
    for argument in ["cc", "bcc"] {
        let arguments = letter(&[(argument, json!("bob at example.org"))]);
        let error = world.call("send_email", arguments).await.unwrap_err();
        assert_eq!(error.argument(), Some(argument));
    }
    assert!(world.emulator.requests().is_empty());
    let named = "\"Lee, Ann\" <ann@example.org>, Bob <bob@example.org>";
    let result = world
        .call("send_email", letter(&[("to", json!(named))]))
        .await
        .unwrap();
    assert_eq!(result["to"], named);
}

#[tokio::test]
async fn agno_defect_a_reply_has_no_bcc() {
    let world = World::sample().await;
    let arguments =
        json!({"message_id": "18c0a11ce0000003", "body": "b", "bcc": "eve@example.org"});
    world.call("send_email_reply", arguments).await.unwrap();
    assert!(
        world.sent().await[0]
            .header("Bcc")
            .unwrap()
            .contains("eve@example.org")
    );
}

#[tokio::test]
async fn agno_defect_line_breaks_get_into_headers_unless_a_library_minds() {
    let world = World::sample().await;
    let injected = "x\r\nBcc: eve@example.org";
    for argument in ["to", "cc", "bcc", "subject", "from"] {
        let arguments = letter(&[(argument, json!(injected))]);
        let error = world.call("send_email", arguments).await.unwrap_err();
        assert_eq!(error.argument(), Some(argument), "{error}");
    }
    assert!(world.emulator.requests().is_empty());
}

#[tokio::test]
async fn agno_defect_pictures_travel_as_applications() {
    let world = World::sample().await;
    let (folder, toolkit) = with_folder();
    fs::write(folder.path().join("a.png"), b"\x89PNG\r\n\x1a\n").unwrap();
    fs::write(folder.path().join("b.jpg"), b"\xff\xd8\xff").unwrap();
    let arguments = letter(&[("attachments", json!(["a.png", "b.jpg"]))]);
    world
        .call_of(&toolkit, "send_email", arguments)
        .await
        .unwrap();
    let kinds: Vec<_> = world.sent().await[0]
        .files()
        .into_iter()
        .map(|it| it.1)
        .collect();
    assert_eq!(kinds, ["image/png", "image/jpeg"]);
}

#[tokio::test]
async fn agno_defect_any_file_of_the_machine_can_be_attached() {
    let world = World::sample().await;
    let (_folder, toolkit) = with_folder();
    for path in ["/etc/passwd", "../../../../etc/passwd", "~/.ssh/id_ed25519"] {
        let arguments = letter(&[("attachments", json!([path]))]);
        assert!(
            world
                .call_of(&toolkit, "send_email", arguments)
                .await
                .is_err(),
            "{path}"
        );
    }
    assert!(world.emulator.requests().is_empty());
}

#[tokio::test]
async fn agno_defect_a_draft_that_is_updated_loses_what_is_not_mentioned() {
    let world = World::sample().await;
    let (folder, toolkit) = with_folder();
    fs::write(folder.path().join("a.csv"), "a,b").unwrap();
    let draft = json!({
        "message_id": "18c0a11ce0000003", "body": "Words", "bcc": "eve@example.org",
        "attachments": ["a.csv"],
    });
    let draft = world
        .call_of(&toolkit, "create_draft_email", draft)
        .await
        .unwrap();
    let change = json!({"draft_id": draft["draft_id"], "body": "Other words"});
    let result = world.call("update_draft", change).await.unwrap();
    for name in [
        "draft_id",
        "thread_id",
        "to",
        "bcc",
        "subject",
        "in_reply_to",
        "attachments",
    ] {
        assert_eq!(result[name], draft[name], "{name}");
    }
    assert_eq!(world.drafts().await[0].files()[0].2, b"a,b");
}

#[tokio::test]
async fn agno_defect_a_download_overwrites_and_has_no_bound() {
    let world = World::with([attached("a.csv", "0123456789")]).await;
    let (folder, toolkit) = with_folder();
    fs::write(folder.path().join("a.csv"), "mine").unwrap();
    let read = world
        .call("get_message", json!({"message_id": id(1)}))
        .await
        .unwrap();
    let attachment_id = &read["attachments"][0]["attachment_id"];
    let arguments = json!({"message_id": id(1), "attachment_id": attachment_id});
    let saved = world
        .call_of(&toolkit, "download_attachment", arguments.clone())
        .await
        .unwrap();
    assert_eq!(saved["name"], "a (2).csv");
    assert_eq!(fs::read(folder.path().join("a.csv")).unwrap(), b"mine");
    let folders = Folders::new()
        .with_write(folder.path())
        .unwrap()
        .with_max_file(9);
    let bounded = all_tools().with_folders(folders);
    assert!(
        world
            .call_of(&bounded, "download_attachment", arguments)
            .await
            .is_err()
    );
}

#[test]
fn agno_defect_nothing_is_required_of_a_mail_in_the_schema() {
    for (name, required) in [
        ("send_email", json!(["body"])),
        ("send_email_reply", json!(["body"])),
        ("forward_email", json!(["message_id", "to"])),
        ("update_draft", json!(["draft_id"])),
        ("send_draft", json!(["draft_id"])),
        (
            "download_attachment",
            json!(["message_id", "attachment_id"]),
        ),
    ] {
        let tools = all_tools().tools();
        let tool = tools.iter().find(|tool| tool.spec().name == name).unwrap();
        assert_eq!(tool.spec().input_schema["required"], required, "{name}");
    }
}
