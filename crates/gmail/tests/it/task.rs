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
