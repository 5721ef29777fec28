//! `search_threads`.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use serde_json::{Value, json};
use toolgate_emulator::{FaultAction, FaultRule};

use crate::world::{World, id, mail, size, unfenced};

#[tokio::test]
async fn a_thread_is_found_with_its_subject_people_and_latest_mail() {
    let world = World::sample().await;
    let page = world
        .call("search_threads", json!({"query": "subject:offsite"}))
        .await
        .unwrap();
    assert_eq!(
        (&page["count"], &page["total_estimate"]),
        (&json!(1), &json!(1))
    );
    let found = &page["threads"][0];
    for (name, value) in [
        ("subject", json!("Offsite in Lisbon: dates")),
        (
            "from",
            json!("Carol Reyes <carol@partner.example>, Alice Example <alice@example.com>"),
        ),
        ("messages", json!(3)),
        ("unread", json!(1)),
        ("latest_id", json!("18c0a11ce0000003")),
    ] {
        assert_eq!(found[name], value, "{name}");
    }
    assert!(found["latest_date"].as_str().unwrap().ends_with('Z'));
    assert!(
        unfenced(&found["snippet"]).starts_with("Hi Alice,"),
        "{found}"
    );
    let read = world
        .call("get_thread", json!({"thread_id": found["thread_id"]}))
        .await
        .unwrap();
    assert_eq!(read["count"], 3);
    world.assert_lawful();
}

#[tokio::test]
async fn pages_join_to_the_whole_in_five_requests_each_and_fit() {
    let world = World::with(
        (0..50).map(|n| mail(n, &"long \"subject\" ".repeat(40), &"text ".repeat(100))),
    )
    .await;
    for budget in [4_000, 20_000] {
        let mut seen = Vec::new();
        let mut arguments = json!({"query": "", "count": 50});
        loop {
            world.emulator.clear_requests();
            let page = world
                .call_within(budget, "search_threads", arguments.clone())
                .await
                .unwrap();
            assert!(size(&page) <= budget, "{} > {budget}", size(&page));
            let sent = world
                .emulator
                .requests()
                .into_iter()
                .filter(|it| !it.batched);
            assert!(sent.count() <= 5);
            seen.extend(ids(&page));
            match page.get("next_page_token") {
                Some(token) => arguments["page_token"] = token.clone(),
                None => break,
            }
        }
        assert_eq!(seen, (0..50).rev().map(id).collect::<Vec<_>>());
    }
    world.assert_lawful();
}

#[tokio::test]
async fn a_thread_that_cannot_be_read_is_told_and_spoils_no_other() {
    let world = World::with((0..5).map(|n| mail(n, "Hello", "text"))).await;
    let fault = FaultRule::new(FaultAction::status(403)).on_method("gmail.users.threads.get");
    world.emulator.faults().add(fault.after(2).times(1));
    let page = world
        .call("search_threads", json!({"query": ""}))
        .await
        .unwrap();
    assert_eq!(
        (ids(&page).len(), page["failed"].as_array().unwrap().len()),
        (4, 1)
    );
}

#[tokio::test]
async fn texts_that_cannot_be_read_lose_no_thread() {
    let world = World::with((0..3).map(|n| mail(n, "Hello", "text"))).await;
    let fault = FaultRule::new(FaultAction::status(403)).on_method("gmail.users.messages.get");
    world.emulator.faults().add(fault);
    let page = world
        .call("search_threads", json!({"query": ""}))
        .await
        .unwrap();
    assert_eq!(ids(&page).len(), 3);
    for found in page["threads"].as_array().unwrap() {
        assert!(found.get("snippet").is_none(), "{found}");
        assert_eq!(found["truncated"], true);
    }
}

#[tokio::test]
async fn wrong_arguments_are_named() {
    let world = World::with([mail(1, "Hello", "text")]).await;
    for (arguments, argument) in [
        (json!({}), "query"),
        (json!({"query": "", "count": -1}), "count"),
        (json!({"query": "", "page_token": "made-up"}), "page_token"),
    ] {
        let error = world.call("search_threads", arguments).await.unwrap_err();
        assert_eq!(error.argument(), Some(argument));
    }
}

/// The ids of the threads' latest mails, which are their only ones here.
fn ids(page: &Value) -> Vec<String> {
    let threads = page["threads"].as_array().unwrap().iter();
    threads
        .map(|found| found["latest_id"].as_str().unwrap().to_owned())
        .collect()
}
