//! What Google refuses, as each tool tells it; and ids that try to leave their place.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use serde_json::{Value, json};
use toolgate_emulator::{FaultAction, FaultRule};

use crate::world::{COMPOSE, READONLY, World, id};

const MESSAGES: &str = "gmail.users.messages.get";
const THREADS: &str = "gmail.users.threads.get";
const LIST: &str = "gmail.users.messages.list";

/// Each reader, good arguments, and the method that it begins with.
fn readers() -> [(&'static str, Value, &'static str); 3] {
    [
        ("search_emails", json!({"query": "is:unread"}), LIST),
        (
            "get_message",
            json!({"message_id": "18c0a11ce0000003"}),
            MESSAGES,
        ),
        (
            "get_thread",
            json!({"thread_id": "18c0a11ce0000001"}),
            THREADS,
        ),
    ]
}

/// The sample's first thread, whose id the emulator made up.
async fn real(world: &World, tool: &str, arguments: Value) -> Value {
    if tool != "get_thread" {
        return arguments;
    }
    let read = world
        .call("get_message", json!({"message_id": "18c0a11ce0000001"}))
        .await;
    json!({"thread_id": read.unwrap()["thread_id"]})
}

#[tokio::test]
async fn ids_that_do_not_exist_are_not_found() {
    let world = World::sample().await;
    for (tool, arguments) in [
        ("get_message", json!({"message_id": id(99)})),
        ("get_thread", json!({"thread_id": id(99)})),
    ] {
        let error = world.call(tool, arguments).await.unwrap_err();
        assert_eq!(
            (error.kind_name(), error.is_retryable()),
            ("not_found", false)
        );
        assert!(error.message().contains(&id(99)), "{error}");
    }
    world.assert_lawful();
}

#[tokio::test]
async fn ids_that_try_to_leave_their_place_stay_one_segment_of_it() {
    let world = World::sample().await;
    for (evil, encoded) in [
        (
            "18c0a11ce0000003/../../drafts",
            "18c0a11ce0000003%2F..%2F..%2Fdrafts",
        ),
        (
            "18c0a11ce0000003?alt=media",
            "18c0a11ce0000003%3Falt%3Dmedia",
        ),
        ("18c0a11ce0000003#x", "18c0a11ce0000003%23x"),
        ("%2e%2e", "%252e%252e"),
        ("me\\..\\..", "me%5C..%5C.."),
    ] {
        for (tool, argument, method, collection) in [
            ("get_message", "message_id", MESSAGES, "messages"),
            ("get_thread", "thread_id", THREADS, "threads"),
        ] {
            world.emulator.clear_requests();
            let error = world.call(tool, json!({argument: evil})).await.unwrap_err();
            assert_eq!(error.kind_name(), "not_found", "{tool} {evil}");
            let requests = world.emulator.requests();
            let [request] = &requests[..] else {
                panic!("{requests:?}")
            };
            assert_eq!(request.api_method.as_deref(), Some(method));
            assert_eq!(
                request.path,
                format!("/gmail/v1/users/me/{collection}/{encoded}")
            );
        }
    }
}

#[tokio::test]
async fn what_is_no_id_at_all_is_named_before_any_request() {
    let world = World::sample().await;
    for evil in ["", " ", ".", ".."] {
        for (tool, argument) in [("get_message", "message_id"), ("get_thread", "thread_id")] {
            let error = world.call(tool, json!({argument: evil})).await.unwrap_err();
            assert_eq!(
                (error.argument(), error.kind_name()),
                (Some(argument), "invalid_argument")
            );
        }
    }
    assert!(world.emulator.requests().is_empty());
}

#[tokio::test]
async fn a_scope_that_is_missing_is_told_with_those_to_ask_for() {
    let world = World::sample().await;
    for (tool, arguments, _) in readers() {
        let error = world
            .call_as(&[COMPOSE], tool, arguments)
            .await
            .unwrap_err();
        assert_eq!(error.kind_name(), "insufficient_scope", "{tool}");
        let needed = error.consent_needed().unwrap();
        assert_eq!(needed.scopes, [READONLY], "{tool}");
    }
}

#[tokio::test]
async fn a_rate_limit_is_waited_out() {
    for (tool, arguments, method) in readers() {
        let world = World::sample().await;
        let arguments = real(&world, tool, arguments).await;
        world.emulator.clear_requests();
        let fault = FaultRule::new(FaultAction::status(429))
            .on_method(method)
            .times(1);
        world.emulator.faults().add(fault);
        world.call(tool, arguments).await.unwrap();
        let statuses: Vec<_> = world.requests(method).iter().map(|it| it.status).collect();
        assert_eq!(statuses[..2], [Some(429), Some(200)], "{tool}");
        world.assert_lawful();
    }
}

#[tokio::test]
async fn a_server_that_stays_down_is_unavailable_and_may_be_tried_later() {
    for (tool, arguments, method) in readers() {
        let world = World::sample().await;
        let fault = FaultAction::Status {
            code: 500,
            status: None,
            reason: None,
            message: None,
            retry_after: Some("600".to_owned()),
        };
        world
            .emulator
            .faults()
            .add(FaultRule::new(fault).on_method(method));
        let error = world.call(tool, arguments).await.unwrap_err();
        assert_eq!(
            (error.kind_name(), error.is_retryable()),
            ("unavailable", true),
            "{tool}"
        );
        assert!(
            error
                .retry_after()
                .is_some_and(|wait| wait.as_secs() >= 600),
            "{tool}"
        );
    }
}

#[tokio::test]
async fn tries_come_to_an_end_with_the_time() {
    let world = World::sample().await;
    world
        .emulator
        .faults()
        .add(FaultRule::new(FaultAction::status(500)));
    for (tool, arguments, _) in readers() {
        let error = world.call_soon(tool, arguments).await.unwrap_err();
        assert_eq!(error.kind_name(), "unavailable", "{tool}");
    }
}

#[tokio::test]
async fn a_page_in_place_of_json_is_told_without_its_content() {
    let world = World::sample().await;
    world
        .emulator
        .faults()
        .add(FaultRule::new(FaultAction::Html { status: 200 }));
    for (tool, arguments, _) in readers() {
        let error = world.call(tool, arguments).await.unwrap_err();
        assert_eq!(error.kind_name(), "internal", "{tool}");
        assert!(!error.message().contains('<'), "{error}");
    }
}
