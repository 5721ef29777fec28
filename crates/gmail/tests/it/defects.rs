//! Where the Python system is wrong, and this one must not be: each test names the defect.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

mod organising;
mod sending;

use serde_json::json;
use toolgate_emulator::{FaultAction, FaultRule, SeedMessage};
use toolgate_gmail::GmailToolkit;
use toolgate_toolkit::Toolkit;

use crate::world::{World, id, mail, unfenced};

/// A mail as it came over the wire.
pub(crate) fn raw(number: u64, raw: &str) -> SeedMessage {
    SeedMessage {
        id: Some(id(number)),
        date: "-1h".to_owned(),
        labels: vec!["INBOX".to_owned()],
        raw: Some(raw.replace('\n', "\r\n")),
        ..SeedMessage::default()
    }
}

async fn body_of(message: SeedMessage) -> String {
    let world = World::with([message]).await;
    let read = world
        .call("get_message", json!({"message_id": id(1)}))
        .await
        .unwrap();
    unfenced(&read["body"]).to_owned()
}

const NESTED: &str = "From: Carol <carol@partner.example>
To: alice@example.com
Subject: Nested
Content-Type: multipart/mixed; boundary=a

--a
Content-Type: multipart/related; boundary=b

--b
Content-Type: multipart/alternative; boundary=c

--c
Content-Type: text/plain

The deepest text
--c
Content-Type: text/html

<p>The <b>deepest</b> text</p>
--c--
--b--
--a
Content-Type: application/pdf; name=a.pdf
Content-Disposition: attachment; filename=a.pdf
Content-Transfer-Encoding: base64

JVBERi0=
--a--
";

#[tokio::test]
async fn agno_defect_nested_mime_has_an_empty_body() {
    let world = World::with([raw(1, NESTED)]).await;
    let page = world
        .call("search_emails", json!({"query": ""}))
        .await
        .unwrap();
    assert_eq!(
        unfenced(&page["emails"][0]["excerpt"]),
        "The **deepest** text"
    );
    let read = world
        .call("get_message", json!({"message_id": id(1)}))
        .await
        .unwrap();
    assert_eq!(unfenced(&read["body"]), "The **deepest** text");
    let thread = world
        .call("get_thread", json!({"thread_id": read["thread_id"]}))
        .await
        .unwrap();
    assert_eq!(
        unfenced(&thread["messages"][0]["body"]),
        "The **deepest** text"
    );
    let names: Vec<_> = read["attachments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["filename"])
        .collect();
    assert_eq!(names, ["a.pdf"]);
}

#[tokio::test]
async fn agno_defect_html_only_mail_is_returned_raw() {
    let mut message = mail(1, "Offer", "");
    message.text = None;
    message.html = Some(
        "<style>p { color: red }</style><p>Tea &amp; <a href='https://shop.example/t'>cake</a></p>"
            .to_owned(),
    );
    assert_eq!(
        body_of(message).await,
        "Tea & [cake](https://shop.example/t)"
    );
}

#[tokio::test]
async fn agno_defect_charsets_are_not_decoded() {
    let message = raw(
        1,
        "From: =?iso-8859-1?Q?Andr=E9?= <andre@partner.example>
To: alice@example.com
Subject: =?iso-8859-2?B?o/NkvA==?=
Content-Type: text/plain; charset=windows-1251
Content-Transfer-Encoding: base64

z/Do4uXy
",
    );
    let world = World::with([message]).await;
    let read = world
        .call("get_message", json!({"message_id": id(1)}))
        .await
        .unwrap();
    assert_eq!(unfenced(&read["body"]), "Привет");
    assert_eq!(read["from"], "André <andre@partner.example>");
    assert_eq!(read["subject"], "Łódź");
}

#[tokio::test]
async fn agno_defect_base64_without_padding_is_unreadable() {
    let world = World::sample().await;
    let answer = json!({
        "id": id(1), "threadId": id(1), "internalDate": "0",
        "payload": {"mimeType": "text/plain", "body": {"size": 4, "data": "dGV4dA"}},
    });
    let fault = FaultAction::Json {
        status: 200,
        body: answer,
    };
    world
        .emulator
        .faults()
        .add(FaultRule::new(fault).on_method("gmail.users.messages.get"));
    let read = world
        .call("get_message", json!({"message_id": id(1)}))
        .await
        .unwrap();
    assert_eq!(unfenced(&read["body"]), "text");
    let page = world
        .call("search_emails", json!({"query": "", "count": 1}))
        .await
        .unwrap();
    assert_eq!(unfenced(&page["emails"][0]["excerpt"]), "text");
}

#[tokio::test]
async fn agno_defect_answers_are_threaded_by_gmails_id() {
    let world = World::sample().await;
    let arguments = json!({"message_id": "18c0a11ce0000003", "body": "Yes."});
    let saved = world.call("create_draft_email", arguments).await.unwrap();
    assert_eq!(saved["in_reply_to"], "<offsite-3@partner.example>");
    let drafts = world.drafts().await;
    assert_eq!(
        drafts[0].header("In-Reply-To"),
        Some("<offsite-3@partner.example>")
    );
    assert!(
        !drafts[0].raw.contains("18c0a11ce0000003"),
        "{}",
        drafts[0].raw
    );
}

#[tokio::test]
async fn agno_defect_the_references_chain_is_dropped() {
    let world = World::sample().await;
    let arguments = json!({"message_id": "18c0a11ce0000003", "body": "Yes."});
    world.call("create_draft_email", arguments).await.unwrap();
    assert_eq!(
        world.drafts().await[0].header("References"),
        Some("<offsite-1@partner.example> <offsite-2@example.com> <offsite-3@partner.example>")
    );
}

#[tokio::test]
async fn agno_defect_the_model_has_to_supply_recipients_and_subject() {
    let world = World::sample().await;
    let arguments = json!({"message_id": "18c0a11ce0000003", "body": "Yes."});
    let saved = world.call("create_draft_email", arguments).await.unwrap();
    assert_eq!(saved["to"], "Carol Reyes <carol@partner.example>");
    assert_eq!(saved["subject"], "Re: Offsite in Lisbon: dates");
}

#[tokio::test]
async fn agno_defect_bodies_go_out_as_unescaped_html_alone() {
    let world = World::sample().await;
    let body = "a < b\n<script>alert(1)</script>";
    let arguments = json!({"to": "ann@example.org", "subject": "s", "body": body});
    world.call("create_draft_email", arguments).await.unwrap();
    let raw = &world.drafts().await[0].raw;
    let (_, html) = raw.split_once("text/html").unwrap();
    assert!(
        html.contains("&lt;script&gt;") && !html.contains("<script>"),
        "{raw}"
    );
    assert!(
        raw.contains("text/plain") && raw.contains("multipart/alternative"),
        "{raw}"
    );
}

#[tokio::test]
async fn agno_defect_addresses_with_names_are_refused() {
    let world = World::sample().await;
    let to = "\"Lee, Ann\" <ann@example.org>, bob@example.org";
    let arguments = json!({"to": to, "subject": "s", "body": "b"});
    let saved = world.call("create_draft_email", arguments).await.unwrap();
    assert_eq!(saved["to"], to);
    assert!(
        world.drafts().await[0]
            .header("To")
            .unwrap()
            .contains("\"Lee, Ann\" <ann@example.org>")
    );
}

#[tokio::test]
async fn agno_defect_cc_and_bcc_are_not_checked() {
    let world = World::sample().await;
    for argument in ["cc", "bcc"] {
        let arguments = json!({"subject": "s", "body": "b", argument: "bob at example.org"});
        let error = world
            .call("create_draft_email", arguments)
            .await
            .unwrap_err();
        assert_eq!(error.argument(), Some(argument));
        assert!(error.message().contains("name@example.org"), "{error}");
    }
    assert!(world.emulator.requests().is_empty());
}

#[tokio::test]
async fn agno_defect_counts_are_not_checked() {
    let world = World::sample().await;
    for count in [
        json!(0),
        json!(-5),
        json!(51),
        json!(10_000),
        json!("ten"),
        json!(2.5),
    ] {
        let arguments = json!({"query": "", "count": count});
        let error = world.call("search_emails", arguments).await.unwrap_err();
        assert_eq!(
            (error.argument(), error.kind_name()),
            (Some("count"), "invalid_argument")
        );
        assert!(error.message().contains("from 1 to 50"), "{error}");
    }
    assert!(world.emulator.requests().is_empty());
}

#[test]
fn agno_defect_nothing_is_required_in_the_schema() {
    let required = [
        ("search_emails", json!(["query"])),
        ("get_message", json!(["message_id"])),
        ("get_thread", json!(["thread_id"])),
        ("create_draft_email", json!(["body"])),
    ];
    for (tool, (name, required)) in GmailToolkit::new().tools().iter().zip(required) {
        assert_eq!(
            (tool.spec().name, &tool.spec().input_schema["required"]),
            (name, &required)
        );
    }
}

#[tokio::test]
async fn agno_defect_a_list_costs_a_request_for_each_mail() {
    let world = World::with((0..50).map(|n| mail(n, "Hello", "text"))).await;
    let page = world
        .call("search_emails", json!({"query": "", "count": 50}))
        .await
        .unwrap();
    assert_eq!(page["count"], 50);
    let sent = world
        .emulator
        .requests()
        .into_iter()
        .filter(|it| !it.batched);
    assert_eq!(sent.count(), 3);
}

#[tokio::test]
async fn agno_defect_a_thread_is_fetched_again_mail_by_mail() {
    let world = World::with((0..9).map(|n| mail(n, "Hello", "text").with_thread("t"))).await;
    let first = world
        .call("get_message", json!({"message_id": id(0)}))
        .await
        .unwrap();
    world.emulator.clear_requests();
    let read = world
        .call("get_thread", json!({"thread_id": first["thread_id"]}))
        .await
        .unwrap();
    assert_eq!(
        (read["count"].as_u64(), world.emulator.requests().len()),
        (Some(9), 1)
    );
}
