//! The searches that need no operators.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use serde_json::{Value, json};
use toolgate_emulator::{FaultAction, FaultRule, SeedMessage};

use crate::world::{World, id, mail};

/// A mail of its own day, sender and labels.
fn dated(number: u64, from: &str, date: &str, labels: &[&str]) -> SeedMessage {
    let mut message = mail(number, &format!("No. {number}"), "text");
    from.clone_into(&mut message.from);
    date.clone_into(&mut message.date);
    message.labels = labels.iter().map(|&label| label.to_owned()).collect();
    message
}

/// Six mails, newest first by their number.
fn mailbox() -> Vec<SeedMessage> {
    let ada = "Ada Lovelace <ada@example.org>";
    let bob = "Bob <bob@ada.example>";
    vec![
        dated(1, ada, "2026-03-03T00:30:00Z", &["INBOX", "UNREAD"]),
        dated(2, bob, "2026-03-02T23:59:59Z", &["INBOX", "STARRED"]),
        dated(
            3,
            "Alice <alice@example.com>",
            "2026-03-02T12:00:00Z",
            &["SENT"],
        ),
        dated(4, ada, "2026-03-02T00:00:00Z", &["UNREAD"]),
        dated(5, ada, "2026-03-01T23:59:59Z", &["INBOX"]),
        dated(
            6,
            bob,
            "2026-03-01T09:00:00Z",
            &["TRASH", "UNREAD", "STARRED"],
        ),
    ]
}

fn found(page: &Value) -> Vec<u64> {
    let emails = page["emails"].as_array().unwrap().iter();
    emails
        .map(|mail| (1..=6).find(|n| mail["id"] == id(*n)).unwrap())
        .collect()
}

#[tokio::test]
async fn each_preset_finds_what_its_name_says() {
    let world = World::with(mailbox()).await;
    for (tool, arguments, expected) in [
        ("get_latest_emails", json!({}), vec![1, 2, 5]),
        ("get_latest_emails", json!({"count": 1}), vec![1]),
        (
            "get_latest_emails",
            json!({"everywhere": true}),
            vec![1, 2, 3, 4, 5],
        ),
        (
            "get_emails_from_user",
            json!({"user": "ada@example.org"}),
            vec![1, 4, 5],
        ),
        (
            "get_emails_from_user",
            json!({"user": "Ada Lovelace"}),
            vec![1, 4, 5],
        ),
        (
            "get_emails_from_user",
            json!({"user": "Bob <bob@ada.example>"}),
            vec![2],
        ),
        (
            "get_emails_from_user",
            json!({"user": "bob OR in:anywhere"}),
            vec![],
        ),
        ("get_unread_emails", json!({}), vec![1, 4]),
        ("get_starred_emails", json!({}), vec![2]),
        (
            "get_emails_by_context",
            json!({"context": "subject:3 OR is:starred"}),
            vec![2, 3],
        ),
        (
            "get_emails_by_date",
            json!({"start_date": "2026-03-02"}),
            vec![1, 2, 3, 4],
        ),
        (
            "get_emails_by_date",
            json!({"start_date": "2026/03/02", "range_in_days": 1}),
            vec![2, 3, 4],
        ),
        (
            "get_emails_by_date",
            json!({"start_date": "2026-03-02", "range_in_days": 1, "time_zone": "+01:00"}),
            vec![3, 4, 5],
        ),
    ] {
        let page = world.call(tool, arguments.clone()).await.unwrap();
        assert_eq!(found(&page), expected, "{tool} {arguments}");
    }
    world.assert_lawful();
}

#[tokio::test]
async fn presets_page_like_the_search_that_they_are() {
    let world = World::with((0..7).map(|n| mail(n, "Hello", "text"))).await;
    for (tool, rest) in [
        ("get_latest_emails", json!({})),
        (
            "get_emails_from_user",
            json!({"user": "carol@partner.example"}),
        ),
        ("get_unread_emails", json!({})),
        ("get_emails_by_context", json!({"context": "hello"})),
        ("get_emails_by_date", json!({"start_date": "2020-01-01"})),
    ] {
        let mut arguments = rest;
        arguments["count"] = json!(3);
        let mut seen = Vec::new();
        loop {
            let page = world.call(tool, arguments.clone()).await.unwrap();
            let emails = page["emails"].as_array().unwrap().iter();
            seen.extend(emails.map(|mail| mail["id"].as_str().unwrap().to_owned()));
            match page.get("next_page_token") {
                Some(token) => arguments["page_token"] = token.clone(),
                None => break,
            }
        }
        assert_eq!(seen, (0..7).rev().map(id).collect::<Vec<_>>(), "{tool}");
    }
}

#[tokio::test]
async fn the_mails_of_a_thread_are_those_of_get_thread() {
    let world = World::with((0..9).map(|n| mail(n, "Hello", "text").with_thread("t"))).await;
    let first = world
        .call("get_message", json!({"message_id": id(0)}))
        .await
        .unwrap();
    let arguments = json!({"thread_id": first["thread_id"], "skip": 4});
    let one = world
        .call("get_emails_by_thread", arguments.clone())
        .await
        .unwrap();
    let other = world.call("get_thread", arguments).await.unwrap();
    let ids = |read: &Value| -> Vec<Value> {
        let messages = read["messages"].as_array().unwrap().iter();
        messages.map(|mail| mail["id"].clone()).collect()
    };
    assert_eq!((ids(&one), ids(&one).len()), (ids(&other), 5));
}

#[tokio::test]
async fn what_names_nobody_or_no_day_is_named_before_any_request() {
    let world = World::with([]).await;
    for (tool, arguments, argument) in [
        ("get_emails_from_user", json!({"user": " "}), "user"),
        ("get_emails_from_user", json!({}), "user"),
        ("get_emails_by_context", json!({"context": ""}), "context"),
        (
            "get_emails_by_date",
            json!({"start_date": "last week"}),
            "start_date",
        ),
        (
            "get_emails_by_date",
            json!({"start_date": "2026-03-01", "range_in_days": 0}),
            "range_in_days",
        ),
        (
            "get_emails_by_date",
            json!({"start_date": "2026-03-01", "time_zone": "Lisbon"}),
            "time_zone",
        ),
        ("get_latest_emails", json!({"count": 51}), "count"),
        ("get_unread_emails", json!({"count": 0}), "count"),
        ("get_starred_emails", json!({"query": "x"}), "query"),
    ] {
        let error = world.call(tool, arguments).await.unwrap_err();
        assert_eq!(
            (error.argument(), error.kind_name()),
            (Some(argument), "invalid_argument"),
            "{tool}"
        );
    }
    assert!(world.emulator.requests().is_empty());
}

#[tokio::test]
async fn a_mail_that_cannot_be_read_spoils_no_other() {
    let world = World::with((0..5).map(|n| mail(n, "Hello", "text"))).await;
    let fault = FaultRule::new(FaultAction::status(404)).on_method("gmail.users.messages.get");
    world.emulator.faults().add(fault.after(2).times(1));
    let page = world.call("get_latest_emails", json!({})).await.unwrap();
    assert_eq!(page["count"], 4);
    assert_eq!(page["failed"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn the_days_that_were_searched_are_told_with_their_zone() {
    let world = World::with(mailbox()).await;
    let tokyo = json!({"start_date": "2026-03-02", "range_in_days": 1, "time_zone": "Asia/Tokyo"});
    let page = world.call("get_emails_by_date", tokyo).await.unwrap();
    assert_eq!(found(&page), [3, 4, 5]);
    let arguments =
        json!({"start_date": "2026-03-29", "range_in_days": 1, "time_zone": "Europe/Lisbon"});
    let page = world.call("get_emails_by_date", arguments).await.unwrap();
    let range = json!({"start": "2026-03-29T00:00:00+00:00", "end": "2026-03-30T00:00:00+01:00", "time_zone": "Europe/Lisbon"});
    assert_eq!(page["range"], range);
    let open = json!({"start_date": "2026-03-29"});
    let page = world.call("get_emails_by_date", open).await.unwrap();
    assert_eq!(
        page["range"],
        json!({"start": "2026-03-29T00:00:00+00:00", "time_zone": "UTC"})
    );
}
