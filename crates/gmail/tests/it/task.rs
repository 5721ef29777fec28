//! A real task from end to end: find unread mail, read it, draft the answer in its thread.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "test helpers fail the test"
)]

use std::fs;

use http::Version;
use serde_json::json;
use toolgate_emulator::SeedAttachment;
use toolgate_gmail::GmailToolkit;
use toolgate_toolkit::RunScope;

use crate::world::{MODIFY, World, mail, unfenced, with_folder};

#[tokio::test]
async fn unread_mail_is_found_read_and_answered_in_its_thread() {
    let world = World::sample().await;
    find_read_and_answer(&world).await;
    world.assert_spoke(Version::HTTP_11).await;
}

#[tokio::test]
async fn the_same_task_is_done_over_tls_and_http_2() {
    let world = World::over_tls().await;
    find_read_and_answer(&world).await;
    world.assert_spoke(Version::HTTP_2).await;
}

async fn find_read_and_answer(world: &World) {
    let tools = world.tools(GmailToolkit::new(), &[MODIFY], RunScope::new("task"));
    let page = tools
        .call("search_emails", json!({"query": "is:unread from:carol"}))
        .await
        .unwrap();
    let found = &page["emails"][0];
    let read = tools
        .call("get_message", json!({"message_id": found["id"]}))
        .await
        .unwrap();
    assert!(unfenced(&read["body"]).contains("They need a yes by Friday noon"));
    let thread = tools
        .call("get_thread", json!({"thread_id": read["thread_id"]}))
        .await
        .unwrap();
    assert_eq!(thread["count"], 3);
    let answer = json!({"message_id": read["id"], "body": "Yes, please confirm."});
    let saved = tools.call("create_draft_email", answer).await.unwrap();

    let drafts = world.drafts().await;
    let [draft] = &drafts[..] else {
        panic!("{drafts:?}")
    };
    assert_eq!(json!(draft.id), saved["draft_id"]);
    assert_eq!(json!(draft.thread_id), read["thread_id"]);
    let carol = draft.header("To").unwrap();
    assert!(
        carol.contains("carol@partner.example") && !carol.contains("alice"),
        "{carol}"
    );
    assert_eq!(
        draft.header("Subject"),
        Some("Re: Offsite in Lisbon: dates")
    );
    assert_eq!(
        draft.header("In-Reply-To"),
        Some("<offsite-3@partner.example>")
    );
    assert_eq!(
        draft.header("References"),
        Some("<offsite-1@partner.example> <offsite-2@example.com> <offsite-3@partner.example>")
    );
    let after = tools
        .call("get_thread", json!({"thread_id": read["thread_id"]}))
        .await
        .unwrap();
    assert_eq!(after["count"], 4);
    assert!(unfenced(&after["messages"][3]["body"]).contains("Yes, please confirm."));
    world.assert_lawful();
}

#[tokio::test]
async fn newsletters_are_labelled_archived_and_sorted_from_then_on() {
    let world = World::sample().await;
    let found = world
        .call(
            "search_threads",
            json!({"query": "category:promotions in:inbox"}),
        )
        .await
        .unwrap();
    let latest = &found["threads"][0]["latest_id"];
    let ways = world
        .call("get_unsubscribe_options", json!({"message_id": latest}))
        .await
        .unwrap();
    let list = "list:weekly.rustacean-weekly.example";
    assert!(
        ways["list_id"]
            .as_str()
            .unwrap()
            .contains("weekly.rustacean-weekly.example")
    );
    let label = json!({"query": list, "label": "Newsletters"});
    let applied = world.call("apply_label", label).await.unwrap();
    assert_eq!(applied["mails"], 1);
    let archive = json!({"query": "label:newsletters", "count": 100, "remove_labels": ["INBOX"]});
    world.call("modify_emails", archive).await.unwrap();
    let filter = json!({"query": list, "add_labels": ["newsletters"], "remove_labels": ["inbox"]});
    world.call("create_filter", filter).await.unwrap();
    let rest = world
        .call("get_latest_emails", json!({"count": 50}))
        .await
        .unwrap();
    let rest = rest["emails"].as_array().unwrap();
    assert!(rest.iter().all(|mail| &mail["id"] != latest));
    let read = world
        .call("get_message", json!({"message_id": latest}))
        .await
        .unwrap();
    assert!(
        read["labels"]
            .as_array()
            .unwrap()
            .contains(&applied["label"]["id"])
    );
    world.assert_lawful();
}

#[tokio::test]
async fn only_what_is_used_travels_and_gzip_is_asked_for() {
    let world = World::sample().await;
    let message = json!({"message_id": "18c0a11ce0000003"});
    let read = world.call("get_message", message).await.unwrap();
    for (tool, arguments) in [
        ("search_emails", json!({"query": "is:unread"})),
        ("get_thread", json!({"thread_id": read["thread_id"]})),
        (
            "create_draft_email",
            json!({"message_id": read["id"], "body": "b"}),
        ),
        (
            "create_draft_email",
            json!({"thread_id": read["thread_id"], "body": "b"}),
        ),
    ] {
        world.call(tool, arguments).await.unwrap();
    }
    for request in world.emulator.requests() {
        let is_batch = request.api_method.as_deref() == Some("batch");
        assert!(is_batch || request.query.contains("fields="), "{request:?}");
        assert!(request.batched || request.headers["accept-encoding"].contains("gzip"));
    }
}

#[tokio::test]
async fn an_attachment_is_read_and_answered_with_a_file_of_ones_own() {
    let mut message = mail(1, "Prices", "What do you make of these?");
    message.labels = vec!["INBOX".to_owned(), "UNREAD".to_owned()];
    message.attachments = vec![SeedAttachment {
        filename: "prices.csv".to_owned(),
        mime_type: "text/csv".to_owned(),
        text: Some("item;price\nTea;4,50\n".to_owned()),
        base64: None,
    }];
    let world = World::with([message]).await;
    let (folder, toolkit) = with_folder();
    let tools = world.tools(toolkit, &[MODIFY], RunScope::new("task"));
    let call = async |tool: &str, arguments| tools.call(tool, arguments).await.unwrap();
    let page = call(
        "search_emails",
        json!({"query": "has:attachment is:unread"}),
    )
    .await;
    let mail = call(
        "get_message",
        json!({"message_id": page["emails"][0]["id"]}),
    )
    .await;
    let file = json!({
        "message_id": mail["id"], "attachment_id": mail["attachments"][0]["attachment_id"],
    });
    let text = call("read_attachment", file.clone()).await;
    assert!(text["text"].as_str().unwrap().contains("Tea"), "{text}");
    let saved = call("download_attachment", file).await;
    fs::write(folder.path().join("ours.csv"), "item;price\nTea;4,20\n").unwrap();

    let draft = json!({
        "message_id": mail["id"], "body": "Ours are below yours.",
        "attachments": ["ours.csv", saved["name"]],
    });
    let draft = call("create_draft_email", draft).await;
    let change = json!({"draft_id": draft["draft_id"], "body": "Ours are lower.", "cc": "dan@partner.example"});
    call("update_draft", change).await;
    let sent = call("send_draft", json!({"draft_id": draft["draft_id"]})).await;
    assert_eq!(
        (&sent["status"], &sent["thread_id"]),
        (&json!("sent"), &mail["thread_id"])
    );

    let all = world.sent().await;
    let [only] = &all[..] else { panic!("{all:?}") };
    let names: Vec<String> = only.files().into_iter().map(|file| file.0).collect();
    assert_eq!(names, ["ours.csv", "prices.csv"]);
    assert!(
        only.parsed()
            .body_text(0)
            .unwrap()
            .contains("Ours are lower.")
    );
    assert!(only.header("Cc").unwrap().contains("dan@partner.example"));
    assert!(world.drafts().await.is_empty());
    world.assert_lawful();
}
