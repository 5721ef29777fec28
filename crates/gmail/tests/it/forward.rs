//! `forward_email`.

use serde_json::json;
use toolgate_emulator::{FaultAction, FaultRule, SeedAttachment, SeedMessage};

use crate::world::{World, id, mail};

const SEND: &str = "gmail.users.messages.send";

fn with_files() -> SeedMessage {
    let file = |name: &str, kind: &str, text: &str| SeedAttachment {
        filename: name.to_owned(),
        mime_type: kind.to_owned(),
        text: Some(text.to_owned()),
        base64: None,
    };
    let mut message = mail(1, "Käse <b>", "Dear Alice,\n\n* one & <two>");
    message.to = vec![
        "Alice <alice@example.com>".to_owned(),
        "bob@example.com".to_owned(),
    ];
    message.attachments = vec![
        file("a.csv", "text/csv", "a,b"),
        file("Größe.pdf", "application/pdf", "%PDF-1.7"),
    ];
    message
}

#[tokio::test]
async fn a_mail_is_passed_on_below_ones_own_words_with_its_headers() {
    let world = World::with([with_files()]).await;
    let arguments =
        json!({"message_id": id(1), "to": "ann@example.org", "body": "Please **read**"});
    let result = world.call("forward_email", arguments).await.unwrap();
    assert_eq!(
        (&result["status"], &result["subject"]),
        (&json!("sent"), &json!("Fwd: Käse <b>"))
    );
    assert_eq!(result["note"], "2 attachments of it were not passed on");
    let sent = &world.sent().await[0];
    let message = sent.parsed();
    let text = message.body_text(0).unwrap().replace("\r\n", "\n");
    let at = |words: &str| {
        text.find(words)
            .unwrap_or_else(|| panic!("{words}: {text}"))
    };
    assert!(at("Please **read**") < at("Forwarded message"));
    assert!(at("From: Carol Reyes <carol@partner.example>") < at("Subject: Käse <b>"));
    assert!(at("To: Alice <alice@example.com>, bob@example.com") < at("* one & <two>"));
    let html = message.body_html(0).unwrap();
    assert!(
        html.contains("one &amp; &lt;two&gt;") && html.contains("K\u{e4}se &lt;b&gt;"),
        "{html}"
    );
    assert!(sent.files().is_empty());
    assert_eq!(sent.header("In-Reply-To"), None);
    world.assert_lawful();
}

#[tokio::test]
async fn its_files_go_along_on_wish() {
    let world = World::with([with_files()]).await;
    let arguments =
        json!({"message_id": id(1), "to": "ann@example.org", "include_attachments": true});
    let result = world.call("forward_email", arguments).await.unwrap();
    assert_eq!(result["attachments"], json!(["a.csv", "Größe.pdf"]));
    let expected = [
        ("a.csv".to_owned(), "text/csv".to_owned(), b"a,b".to_vec()),
        (
            "Größe.pdf".to_owned(),
            "application/pdf".to_owned(),
            b"%PDF-1.7".to_vec(),
        ),
    ];
    assert_eq!(world.sent().await[0].files(), expected);
    world.assert_lawful();
}

#[tokio::test]
async fn a_mail_of_html_is_passed_on_as_what_a_reader_sees() {
    let mut message = mail(1, "Fwd: Offer", "");
    message.text = None;
    message.html = Some(
        "<script>x()</script><p>Tea &amp; <a href='https://shop.example/t'>cake</a></p>".to_owned(),
    );
    let world = World::with([message]).await;
    let arguments = json!({"message_id": id(1), "to": "ann@example.org"});
    let result = world.call("forward_email", arguments).await.unwrap();
    assert_eq!(result["subject"], "Fwd: Offer");
    let sent = &world.sent().await[0];
    let message = sent.parsed();
    let html = message.body_html(0).unwrap();
    assert!(
        html.contains("<a href=\"https://shop.example/t\">cake</a>"),
        "{html}"
    );
    assert!(!html.contains("script"), "{html}");
}

#[tokio::test]
async fn what_cannot_be_passed_on_is_refused() {
    let world = World::with([with_files()]).await;
    for (argument, arguments) in [
        ("to", json!({"message_id": id(1), "to": ""})),
        ("to", json!({"message_id": id(1)})),
        ("to", json!({"message_id": id(1), "to": "ann"})),
        ("message_id", json!({"to": "ann@example.org"})),
    ] {
        let error = world.call("forward_email", arguments).await.unwrap_err();
        assert_eq!(error.argument(), Some(argument));
    }
    assert!(world.emulator.requests().is_empty());
    let arguments = json!({"message_id": id(9), "to": "ann@example.org"});
    let error = world.call("forward_email", arguments).await.unwrap_err();
    assert_eq!(error.kind_name(), "not_found");
    let fault =
        FaultRule::new(FaultAction::status(403)).on_method("gmail.users.messages.attachments.get");
    world.emulator.faults().add(fault);
    let arguments =
        json!({"message_id": id(1), "to": "ann@example.org", "include_attachments": true});
    assert!(world.call("forward_email", arguments).await.is_err());
    assert_eq!(world.count(SEND), 0);
}
