//! `list_drafts` and `get_draft`.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use serde_json::{Value, json};
use toolgate_emulator::{FaultAction, FaultRule, SeedMessage};

use crate::world::{World, mail, size, unfenced};

/// A draft to somebody, about something.
fn draft(number: u64, subject: &str, text: &str) -> SeedMessage {
    let mut message = mail(number, subject, text);
    "Alice <alice@example.com>".clone_into(&mut message.from);
    message.to = vec!["Ann Lee <ann@example.org>".to_owned()];
    message.cc = vec!["bob@example.org".to_owned()];
    message.labels = vec!["DRAFT".to_owned()];
    message
}

async fn listed(world: &World, arguments: Value) -> Value {
    world.call("list_drafts", arguments).await.unwrap()
}

#[tokio::test]
async fn drafts_are_listed_with_recipients_subjects_and_dates() {
    let world = World::with([
        draft(1, "Plans", "Hi"),
        draft(2, "Report", "Hi"),
        mail(3, "No draft", "Hi"),
    ])
    .await;
    let page = listed(&world, json!({})).await;
    assert_eq!(
        (&page["count"], &page["total_estimate"]),
        (&json!(2), &json!(2))
    );
    let newest = &page["drafts"][0];
    assert_eq!(
        (&newest["subject"], &newest["to"], &newest["cc"]),
        (
            &json!("Report"),
            &json!("Ann Lee <ann@example.org>"),
            &json!("bob@example.org")
        )
    );
    assert!(newest["date"].as_str().unwrap().ends_with('Z'));
    assert!(
        newest.get("bcc").is_none() && page.get("next_page_token").is_none(),
        "{page}"
    );
    let one = listed(&world, json!({"query": "subject:plans"})).await;
    assert_eq!(
        (&one["count"], &one["drafts"][0]["subject"]),
        (&json!(1), &json!("Plans"))
    );
    world.assert_lawful();
}

#[tokio::test]
async fn pages_of_drafts_join_to_the_whole_and_fit() {
    let subject = "long \"subject\" ".repeat(50);
    let world = World::with((0..30).map(|n| draft(n, &subject, "Hi"))).await;
    let mut seen = std::collections::BTreeSet::new();
    let mut arguments = json!({"count": 50});
    loop {
        let page = world
            .call_within(4_000, "list_drafts", arguments.clone())
            .await
            .unwrap();
        assert!(size(&page) <= 4_000, "{}", size(&page));
        for draft in page["drafts"].as_array().unwrap() {
            assert!(seen.insert(draft["draft_id"].as_str().unwrap().to_owned()));
        }
        match page.get("next_page_token") {
            Some(token) => arguments["page_token"] = token.clone(),
            None => break,
        }
    }
    assert_eq!(seen.len(), 30);
}

#[tokio::test]
async fn a_draft_is_read_whole_and_read_on() {
    let text = "word ".repeat(2_000);
    let world = World::with([draft(1, "Plans", text.trim())]).await;
    let page = listed(&world, json!({})).await;
    let draft_id = page["drafts"][0]["draft_id"].clone();
    let mut seen = String::new();
    let mut arguments = json!({"draft_id": draft_id});
    loop {
        let read = world
            .call_within(4_000, "get_draft", arguments.clone())
            .await
            .unwrap();
        assert!(size(&read) <= 4_000, "{}", size(&read));
        assert_eq!(
            (&read["draft_id"], &read["subject"]),
            (&draft_id, &json!("Plans"))
        );
        seen.push_str(unfenced(&read["body"]));
        match read.get("next_offset") {
            Some(next) => arguments["offset"] = next.clone(),
            None => break,
        }
    }
    assert_eq!(seen, text.trim());
    let whole = world
        .call("get_draft", json!({"draft_id": draft_id}))
        .await
        .unwrap();
    assert_eq!(whole["to"], "Ann Lee <ann@example.org>");
    assert_eq!(whole["id"], page["drafts"][0]["message_id"]);
    world.assert_lawful();
}

#[tokio::test]
async fn a_draft_that_is_none_and_arguments_that_are_wrong_are_named() {
    let world = World::with([draft(1, "Plans", "Hi")]).await;
    let error = world
        .call("get_draft", json!({"draft_id": "r404"}))
        .await
        .unwrap_err();
    assert_eq!(error.kind_name(), "not_found");
    assert!(error.message().contains("list_drafts"), "{error}");
    for (tool, arguments, argument) in [
        ("get_draft", json!({}), "draft_id"),
        ("get_draft", json!({"draft_id": ".."}), "draft_id"),
        ("list_drafts", json!({"count": 0}), "count"),
        (
            "list_drafts",
            json!({"page_token": "made-up"}),
            "page_token",
        ),
    ] {
        let error = world.call(tool, arguments).await.unwrap_err();
        assert_eq!(error.argument(), Some(argument), "{tool}");
    }
}

#[tokio::test]
async fn a_draft_that_cannot_be_read_is_told_and_spoils_no_other() {
    let world = World::with((0..4).map(|n| draft(n, "Plans", "Hi"))).await;
    let fault = FaultRule::new(FaultAction::status(404)).on_method("gmail.users.drafts.get");
    world.emulator.faults().add(fault.after(1).times(1));
    let page = listed(&world, json!({})).await;
    assert_eq!(
        (&page["count"], page["failed"].as_array().unwrap().len()),
        (&json!(3), 1)
    );
}
