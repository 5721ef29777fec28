//! `search_emails`.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use proptest::prelude::*;
use serde_json::{Value, json};
use toolgate_emulator::{FaultAction, FaultRule, SeedAttachment};

use crate::world::{World, bounded, id, mail, size, unfenced};

#[tokio::test]
async fn a_search_shows_ids_headers_and_the_beginning_of_each_mail() {
    let world = World::sample().await;
    let page = world
        .call("search_emails", json!({"query": "is:unread from:billing"}))
        .await;
    let page = page.unwrap();
    assert_eq!(page["count"], 1);
    let found = &page["emails"][0];
    assert_eq!(found["id"], "18c0a11ce0000005");
    assert_eq!(found["subject"], "Invoice 2026-1107 for November");
    assert_eq!(found["from"], "Billing <billing@hosting.example>");
    assert_eq!(found["to"], "alice@example.com");
    assert_eq!(found["labels"], json!(["INBOX"]));
    assert_eq!(
        (&found["unread"], &found["attachments"]),
        (&json!(true), &json!(2))
    );
    assert!(found["date"].as_str().unwrap().ends_with('Z'));
    assert!(unfenced(&found["excerpt"]).contains("129.00 EUR"));
    assert!(found.get("truncated").is_none(), "{found}");
    assert!(
        page.get("next_page_token").is_none() && page.get("failed").is_none(),
        "{page}"
    );
    world.assert_lawful();
}

#[tokio::test]
async fn nothing_found_is_an_empty_page() {
    let world = World::sample().await;
    let page = world
        .call(
            "search_emails",
            json!({"query": "subject:nothing-of-the-kind"}),
        )
        .await;
    assert_eq!(
        page.unwrap(),
        json!({"emails": [], "count": 0, "total_estimate": 0})
    );
}

#[tokio::test]
async fn mails_come_newest_first_in_two_batches_that_fail_apart() {
    let world = World::with((0..50).map(|n| mail(n, &format!("No. {n}"), "text"))).await;
    let fault = FaultRule::new(FaultAction::status(404)).on_method("gmail.users.messages.get");
    world.emulator.faults().add(fault.after(30).times(1));
    let page = world
        .call("search_emails", json!({"query": "", "count": 50}))
        .await
        .unwrap();
    let failed = page["failed"].as_array().unwrap();
    assert_eq!(failed.len(), 1);
    assert!(
        failed[0]["reason"].as_str().unwrap().contains("404"),
        "{failed:?}"
    );
    let shown: Vec<&str> = ids(&page);
    let lost = failed[0]["id"].as_str().unwrap();
    let all: Vec<String> = (0..50).rev().map(id).collect();
    let expected: Vec<&str> = all
        .iter()
        .map(String::as_str)
        .filter(|id| *id != lost)
        .collect();
    assert_eq!(shown, expected);
    assert_eq!(
        (page["count"].as_u64(), world.count("batch")),
        (Some(49), 2)
    );
}

#[tokio::test]
async fn only_the_failed_part_of_a_batch_is_asked_for_again() {
    let world = World::with((0..5).map(|n| mail(n, "Hello", "text"))).await;
    let fault = FaultRule::new(FaultAction::status(503)).on_method("gmail.users.messages.get");
    world.emulator.faults().add(fault.after(2).times(1));
    let page = world
        .call("search_emails", json!({"query": ""}))
        .await
        .unwrap();
    assert_eq!(page["count"], 5);
    assert!(page.get("failed").is_none());
    let gets = world.requests("gmail.users.messages.get");
    assert!(gets.iter().all(|it| it.batched));
    assert_eq!((gets.len(), world.count("batch")), (6, 2));
    world.assert_lawful();
}

#[tokio::test]
async fn when_no_mail_can_be_read_the_search_fails() {
    let world = World::with((0..3).map(|n| mail(n, "Hello", "text"))).await;
    let fault = FaultAction::status_with_reason(403, "domainPolicy");
    let fault = FaultRule::new(fault).on_method("gmail.users.messages.get");
    world.emulator.faults().add(fault);
    let error = world
        .call("search_emails", json!({"query": ""}))
        .await
        .unwrap_err();
    assert_eq!(error.kind_name(), "permission_denied");
}

#[tokio::test]
async fn pages_join_to_the_whole() {
    let world = World::with((0..23).map(|n| mail(n, "Hello", "text"))).await;
    let mut seen = Vec::new();
    let mut arguments = json!({"query": "subject:hello", "count": 7});
    loop {
        let page = world
            .call("search_emails", arguments.clone())
            .await
            .unwrap();
        seen.extend(ids(&page).into_iter().map(str::to_owned));
        match page.get("next_page_token") {
            Some(token) => arguments["page_token"] = token.clone(),
            None => break,
        }
    }
    assert_eq!(seen, (0..23).rev().map(id).collect::<Vec<_>>());
    world.assert_lawful();
}

#[tokio::test]
async fn a_page_token_that_gmail_does_not_know_is_named() {
    let world = World::sample().await;
    let arguments = json!({"query": "", "page_token": "made-up"});
    let error = world.call("search_emails", arguments).await.unwrap_err();
    assert_eq!(error.argument(), Some("page_token"));
    assert!(
        error.message().contains("next_page_token"),
        "{}",
        error.message()
    );
}

#[tokio::test]
async fn a_mail_whose_text_is_elsewhere_shows_gmails_own_short_text() {
    let mut message = mail(1, "Report", "");
    message.text = None;
    message.attachments = vec![SeedAttachment {
        filename: "report.txt".to_owned(),
        mime_type: "text/plain".to_owned(),
        text: Some("What the file says".to_owned()),
        base64: None,
    }];
    let world = World::with([message]).await;
    let page = world
        .call("search_emails", json!({"query": ""}))
        .await
        .unwrap();
    assert_eq!(page["emails"][0]["attachments"], 1);
    assert!(
        page["emails"][0]
            .get("truncated")
            .is_none_or(|it| it == &json!(false))
    );
}

fn ids(page: &Value) -> Vec<&str> {
    let emails = page["emails"].as_array().unwrap().iter();
    emails.map(|found| found["id"].as_str().unwrap()).collect()
}

fn texts() -> impl Strategy<Value = Vec<(String, String)>> {
    let subject = prop_oneof!["[a-zäß\"\\\\ ]{1,40}", "[a-z\" ]{200,900}"];
    let text = prop_oneof![
        "[a-z]{1,9}( [a-z]{1,9}){0,4}",
        "[a-z]{1,9}([ \n][a-zäß\"\\\\😀]{1,9}){40,400}"
    ];
    prop::collection::vec((subject, text), 1..40)
}

proptest! {
    #![proptest_config(bounded(12))]

    #[test]
    fn a_page_is_never_over_budget_and_no_mail_is_lost(
        texts in texts(),
        budget in 4_000..20_000_usize,
    ) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let (seen, wanted) = runtime.block_on(async {
            let messages = texts.iter().zip(0..).map(|((subject, text), n)| {
                let mut message = mail(n, subject.trim(), text);
                message.to = (0..n).map(|k| format!("Somebody \"{k}\" <s{k}@example.org>")).collect();
                message
            });
            let world = World::with(messages).await;
            let mut seen = Vec::new();
            let mut arguments = json!({"query": "", "count": 50});
            loop {
                let page = world.call_within(budget, "search_emails", arguments.clone()).await;
                let page = page.unwrap();
                assert!(size(&page) <= budget, "{} > {budget}", size(&page));
                for found in page["emails"].as_array().unwrap() {
                    let whole = texts.iter().zip(0..).find(|(_, n)| found["id"] == id(*n));
                    let ((_, whole), _) = whole.unwrap();
                    let shown = found.get("excerpt").map(unfenced).unwrap_or_default();
                    assert!(whole.starts_with(shown));
                    assert_eq!(found.get("truncated").is_some(), shown != whole.trim_end(), "{found}");
                }
                seen.extend(ids(&page).into_iter().map(str::to_owned));
                match page.get("next_page_token") {
                    Some(token) => arguments["page_token"] = token.clone(),
                    None => break,
                }
            }
            let wanted: Vec<String> = (0..texts.len() as u64).rev().map(id).collect();
            (seen, wanted)
        });
        prop_assert_eq!(seen, wanted);
    }
}

#[tokio::test]
async fn labels_that_are_left_out_are_counted() {
    let mut many = mail(1, "Everything", "x");
    let names: Vec<String> = (0..60).map(|number| format!("Project {number}")).collect();
    many.labels.extend(names);
    let world = World::with([many]).await;
    let page = world.call("search_emails", json!({"query": ""})).await;
    let shown = page.unwrap()["emails"][0].take();
    let read = world
        .call("get_message", json!({"message_id": id(1)}))
        .await;
    for mail in [shown, read.unwrap()] {
        let (labels, more) = (mail["labels"].as_array().unwrap(), &mail["more_labels"]);
        let all = labels.len() as u64 + more.as_u64().unwrap_or_default();
        assert_eq!(all, 61, "{mail}");
    }
}
