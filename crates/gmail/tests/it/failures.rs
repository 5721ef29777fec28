//! What Google refuses, as each tool tells it; and ids that try to leave their place.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::collections::BTreeSet;

use serde_json::{Value, json};
use toolgate_auth::ScopeSet;
use toolgate_emulator::{FaultAction, FaultRule};
use toolgate_toolkit::Toolkit;

use crate::world::{COMPOSE, READONLY, World, all_tools, id};

const MESSAGES: &str = "gmail.users.messages.get";
const THREADS: &str = "gmail.users.threads.get";
const LIST: &str = "gmail.users.messages.list";
const MODIFY: &str = "gmail.users.messages.modify";
const LABELS: &str = "gmail.users.labels.list";
const MAIL: &str = "18c0a11ce0000003";
const THREAD: &str = "18c0a11ce0000001";

/// A tool, good arguments, and the method that it begins with.
type Case = (&'static str, Value, &'static str);

/// Each tool that looks only.
fn readers() -> Vec<Case> {
    let mail = json!({"message_id": MAIL});
    let thread = json!({"thread_id": THREAD});
    let none = json!({});
    vec![
        ("search_emails", json!({"query": "is:unread"}), LIST),
        ("get_latest_emails", none.clone(), LIST),
        ("get_emails_from_user", json!({"user": "carol"}), LIST),
        ("get_unread_emails", none.clone(), LIST),
        ("get_starred_emails", none.clone(), LIST),
        ("get_emails_by_context", json!({"context": "offsite"}), LIST),
        (
            "get_emails_by_date",
            json!({"start_date": "2026-01-01"}),
            LIST,
        ),
        ("get_emails_by_thread", thread.clone(), THREADS),
        ("get_message", mail.clone(), MESSAGES),
        ("get_thread", thread, THREADS),
        (
            "search_threads",
            json!({"query": ""}),
            "gmail.users.threads.list",
        ),
        ("list_labels", none.clone(), LABELS),
        ("list_custom_labels", none.clone(), LABELS),
        ("list_drafts", none.clone(), "gmail.users.drafts.list"),
        ("get_mail_changes", none.clone(), "gmail.users.getProfile"),
        ("get_unsubscribe_options", mail, MESSAGES),
        (
            "list_filters",
            none.clone(),
            "gmail.users.settings.filters.list",
        ),
        (
            "list_send_as",
            none.clone(),
            "gmail.users.settings.sendAs.list",
        ),
        (
            "get_vacation_responder",
            none,
            "gmail.users.settings.getVacation",
        ),
    ]
}

/// Each tool that keeps order or settles something.
fn organisers() -> Vec<Case> {
    let mail = json!({"message_id": MAIL});
    let thread = json!({"thread_id": THREAD});
    let star = json!({"message_id": MAIL, "add_labels": ["STARRED"]});
    let star_thread = json!({"thread_id": THREAD, "add_labels": ["STARRED"]});
    let many = json!({"query": "in:inbox", "count": 9, "add_labels": ["STARRED"]});
    let label = json!({"query": "in:inbox", "label": "Projects"});
    let filter = json!({"from": "a@b.example", "add_labels": ["STARRED"]});
    let renamed = json!({"label": "Projects", "new_name": "Work"});
    let vacation = json!({"enabled": true, "body": "Away."});
    vec![
        ("mark_email_as_read", mail.clone(), MODIFY),
        ("mark_email_as_unread", mail.clone(), MODIFY),
        ("star_email", mail.clone(), MODIFY),
        ("unstar_email", mail.clone(), MODIFY),
        ("archive_email", mail.clone(), MODIFY),
        ("modify_message_labels", star, MODIFY),
        (
            "modify_thread_labels",
            star_thread,
            "gmail.users.threads.modify",
        ),
        ("modify_emails", many, LIST),
        ("trash_message", mail, "gmail.users.messages.trash"),
        ("trash_thread", thread, "gmail.users.threads.trash"),
        ("apply_label", label, LIST),
        ("remove_label", json!({"label": "Projects"}), LABELS),
        ("create_label", json!({"name": "New"}), LABELS),
        ("rename_label", renamed, LABELS),
        (
            "delete_custom_label",
            json!({"label": "Travel/2026", "confirm": true}),
            LABELS,
        ),
        (
            "create_filter",
            filter,
            "gmail.users.settings.filters.create",
        ),
        (
            "update_signature",
            json!({"signature": "A"}),
            "gmail.users.settings.sendAs.list",
        ),
        (
            "set_vacation_responder",
            vacation,
            "gmail.users.settings.getVacation",
        ),
    ]
}

/// Each of both, with its thread's real id, which the emulator made up.
async fn everything(world: &World) -> Vec<Case> {
    let mut cases = readers();
    cases.extend(organisers());
    for (_, arguments, _) in &mut cases {
        if arguments.get("thread_id").is_some() {
            *arguments = real(world, arguments.clone()).await;
        }
    }
    cases
}

/// The sample's first thread, whose id the emulator made up.
async fn real(world: &World, mut arguments: Value) -> Value {
    if arguments.get("thread_id").is_some() {
        let first = world
            .call("get_message", json!({"message_id": THREAD}))
            .await;
        arguments["thread_id"] = first.unwrap()["thread_id"].clone();
    }
    arguments
}

#[tokio::test]
async fn every_tool_keeps_to_googles_documents() {
    let world = World::sample().await;
    for (tool, arguments, method) in everything(&world).await {
        world.call(tool, arguments).await.unwrap();
        assert!(world.count(method) > 0, "{tool} {method}");
    }
    // Only what is used travels.
    let reads = world.emulator.requests().into_iter();
    for read in reads.filter(|it| it.method == "GET") {
        assert!(read.query.contains("fields="), "{read:?}");
    }
    world.assert_lawful();
}

/// Each tool that takes the id of one mail or thread, and the argument's name.
fn by_id() -> Vec<(&'static str, &'static str)> {
    let mut cases = readers();
    cases.extend(organisers());
    let named = cases.into_iter().filter_map(|(tool, arguments, _)| {
        let mut names = ["message_id", "thread_id"].into_iter();
        Some((tool, names.find(|name| arguments.get(name).is_some())?))
    });
    named.collect()
}

#[tokio::test]
async fn ids_that_do_not_exist_are_not_found() {
    let world = World::sample().await;
    for (tool, argument) in by_id() {
        let arguments = json!({argument: id(99), "add_labels": ["STARRED"]});
        let arguments = match tool {
            "modify_message_labels" | "modify_thread_labels" => arguments,
            _ => json!({argument: id(99)}),
        };
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
        for (tool, argument) in by_id() {
            if tool.starts_with("modify") {
                continue;
            }
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
    let (compose, readonly) = ([COMPOSE], [READONLY]);
    let readers = readers().into_iter().map(|case| (case, &compose));
    let organisers = organisers().into_iter().map(|case| (case, &readonly));
    for ((tool, arguments, _), scopes) in readers.chain(organisers) {
        let tools = all_tools().tools();
        let spec = tools
            .iter()
            .find(|it| it.spec().name == tool)
            .unwrap()
            .spec();
        let granted: ScopeSet = scopes.iter().copied().collect();
        if spec.requirement.is_satisfied_by(&granted) {
            // Whoever may write drafts may list them.
            assert_eq!(tool, "list_drafts");
            continue;
        }
        let arguments = match tool {
            // Without it only the profile is read, which is open to whoever writes drafts.
            "get_mail_changes" => json!({"since": "1"}),
            _ => arguments,
        };
        let error = world.call_as(scopes, tool, arguments).await.unwrap_err();
        assert_eq!(error.kind_name(), "insufficient_scope", "{tool}");
        let needed = error.consent_needed().unwrap();
        assert_eq!(
            needed.scopes,
            spec.requirement.least_scopes().to_vec(),
            "{tool}"
        );
    }
}

#[tokio::test]
async fn a_rate_limit_is_waited_out() {
    let world = World::sample().await;
    let mut seen = BTreeSet::new();
    for (tool, arguments, method) in everything(&world).await {
        // Waiting takes its time: one tool for each method is enough.
        if !seen.insert(method) {
            continue;
        }
        world.emulator.clear_requests();
        world.emulator.faults().clear();
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
    let world = World::sample().await;
    for (tool, arguments, method) in everything(&world).await {
        world.emulator.faults().clear();
        let fault = FaultAction::Status {
            code: 500,
            status: None,
            reason: None,
            message: None,
            retry_after: Some("600".to_owned()),
        };
        let fault = FaultRule::new(fault).on_method(method);
        world.emulator.faults().add(fault);
        let error = world.call(tool, arguments).await.unwrap_err();
        assert_eq!(error.kind_name(), "unavailable", "{tool}");
        // What may have been done and must not be done twice is not tried again, but looked for.
        let once = tool == "create_filter";
        assert_eq!(
            (error.is_retryable(), error.may_have_happened()),
            (!once, once),
            "{tool}"
        );
        let wait = error.retry_after().map(|wait| wait.as_secs());
        assert!(wait >= Some(600), "{tool} {wait:?}");
    }
}

#[tokio::test]
async fn what_google_forbids_is_told_as_that() {
    let world = World::sample().await;
    for (tool, arguments, method) in everything(&world).await {
        world.emulator.faults().clear();
        let fault = FaultAction::status_with_reason(403, "domainPolicy");
        world
            .emulator
            .faults()
            .add(FaultRule::new(fault).on_method(method));
        let error = world.call(tool, arguments).await.unwrap_err();
        assert_eq!(
            (error.kind_name(), error.is_retryable()),
            ("permission_denied", false),
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
    let begun = ["search_emails", "get_message", "get_thread"];
    let cases = readers().into_iter();
    for (tool, arguments, _) in cases.filter(|(tool, ..)| begun.contains(tool)) {
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
