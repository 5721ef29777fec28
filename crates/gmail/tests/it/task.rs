//! A real task from end to end: find unread mail, read it, draft the answer in its thread.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "test helpers fail the test"
)]

use http::Version;
use serde_json::json;
use toolgate_gmail::GmailToolkit;
use toolgate_toolkit::RunScope;

use crate::world::{MODIFY, World, unfenced};

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
