//! Where the Python system is wrong in listing mail and keeping order.

use serde_json::{Value, json};
use toolgate_emulator::{FaultAction, FaultRule, SeedMessage};
use toolgate_toolkit::Toolkit;

use super::{NESTED, raw};
use crate::world::{World, all_tools, id, mail, unfenced};

/// Every tool that lists mails, with arguments that find all of them.
fn listers() -> Vec<(&'static str, Value)> {
    vec![
        ("search_emails", json!({"query": ""})),
        ("get_latest_emails", json!({})),
        (
            "get_emails_from_user",
            json!({"user": "carol@partner.example"}),
        ),
        ("get_unread_emails", json!({})),
        ("get_starred_emails", json!({})),
        ("get_emails_by_context", json!({"context": "in:inbox"})),
        ("get_emails_by_date", json!({"start_date": "2000-01-01"})),
    ]
}

fn worn(message: SeedMessage) -> SeedMessage {
    let labels = ["INBOX", "UNREAD", "STARRED"].map(str::to_owned).to_vec();
    SeedMessage { labels, ..message }
}

#[tokio::test]
async fn agno_defect_counts_of_every_list_are_not_checked_from_below() {
    let world = World::with([worn(mail(1, "Hello", "text"))]).await;
    let mut tools = listers();
    tools.extend([
        ("search_threads", json!({"query": ""})),
        ("list_drafts", json!({})),
        ("apply_label", json!({"query": "in:inbox", "label": "x"})),
        ("remove_label", json!({"label": "x"})),
    ]);
    for (tool, arguments) in tools {
        for count in [0, -5, 10_000] {
            let mut arguments = arguments.clone();
            arguments["count"] = json!(count);
            let error = world.call(tool, arguments).await.unwrap_err();
            assert_eq!(error.argument(), Some("count"), "{tool} {count}");
        }
    }
    assert!(world.emulator.requests().is_empty());
}

#[tokio::test]
async fn agno_defect_latest_emails_are_those_of_no_inbox() {
    let mut sent = mail(2, "Sent", "text");
    sent.labels = vec!["SENT".to_owned()];
    let world = World::with([mail(1, "Received", "text"), sent]).await;
    let page = world.call("get_latest_emails", json!({})).await.unwrap();
    assert_eq!(
        (&page["count"], &page["emails"][0]["subject"]),
        (&json!(1), &json!("Received"))
    );
    let tools = all_tools().tools();
    let latest = tools
        .iter()
        .find(|it| it.spec().name == "get_latest_emails")
        .unwrap();
    assert!(latest.spec().description.contains("inbox"));
}

#[tokio::test]
async fn agno_defect_a_name_is_searched_with_a_star_behind_it() {
    let world = World::with([mail(1, "Hello", "text")]).await;
    let page = world
        .call("get_emails_from_user", json!({"user": "Reyes"}))
        .await
        .unwrap();
    assert_eq!(page["count"], 1);
    let lists = world.requests("gmail.users.messages.list");
    assert!(
        lists[0].query.contains("q=from%3A%22Reyes%22"),
        "{}",
        lists[0].query
    );
}

#[tokio::test]
async fn agno_defect_listed_mails_have_no_recipients_labels_or_nested_bodies() {
    let nested = worn(raw(1, NESTED));
    let world = World::with([nested]).await;
    for (tool, arguments) in listers() {
        let page = world.call(tool, arguments).await.unwrap();
        let found = &page["emails"][0];
        assert_eq!(
            unfenced(&found["excerpt"]),
            "The **deepest** text",
            "{tool}"
        );
        assert_eq!(found["to"], "alice@example.com", "{tool}");
        assert_eq!(
            (&found["labels"], &found["unread"]),
            (&json!(["INBOX", "STARRED"]), &json!(true)),
            "{tool}"
        );
        assert_eq!(found["attachments"], 1, "{tool}");
    }
    let read = world
        .call("get_message", json!({"message_id": id(1)}))
        .await
        .unwrap();
    let arguments = json!({"thread_id": read["thread_id"]});
    let thread = world.call("get_emails_by_thread", arguments).await.unwrap();
    let turn = &thread["messages"][0];
    assert_eq!(unfenced(&turn["body"]), "The **deepest** text");
    assert_eq!(
        (&turn["to"], &turn["attachments"]),
        (&json!("alice@example.com"), &json!(["a.pdf"]))
    );
}

#[tokio::test]
async fn agno_defect_html_in_lists_keeps_tags_entities_and_styles_and_loses_links() {
    let mut html = worn(mail(1, "Offer", ""));
    html.text = None;
    let body =
        "<style>p{color:red}</style><p>Tea &amp; <a href='https://shop.example/t'>cake</a></p>";
    html.html = Some(body.to_owned());
    let world = World::with([html]).await;
    for (tool, arguments) in listers() {
        let page = world.call(tool, arguments).await.unwrap();
        let excerpt = unfenced(&page["emails"][0]["excerpt"]);
        assert_eq!(excerpt, "Tea & [cake](https://shop.example/t)", "{tool}");
    }
}

#[tokio::test]
async fn agno_defect_every_list_costs_a_request_for_each_mail() {
    let world = World::with((0..30).map(|n| worn(mail(n, "Hello", "text")))).await;
    for (tool, mut arguments) in listers() {
        world.emulator.clear_requests();
        arguments["count"] = json!(30);
        let page = world.call(tool, arguments).await.unwrap();
        let sent = world
            .emulator
            .requests()
            .into_iter()
            .filter(|it| !it.batched);
        assert_eq!((&page["count"], sent.count()), (&json!(30), 3), "{tool}");
    }
}

#[tokio::test]
async fn agno_defect_lists_of_threads_and_drafts_are_ids_only() {
    let mut draft = mail(2, "Plans", "text");
    draft.labels = vec!["DRAFT".to_owned()];
    draft.to = vec!["ann@example.org".to_owned()];
    let world = World::with([mail(1, "Offsite", "text"), draft]).await;
    let threads = world
        .call("search_threads", json!({"query": "subject:offsite"}))
        .await
        .unwrap();
    assert_eq!(threads["threads"][0]["subject"], "Offsite");
    let drafts = world.call("list_drafts", json!({})).await.unwrap();
    let first = &drafts["drafts"][0];
    assert_eq!(
        (&first["subject"], &first["to"]),
        (&json!("Plans"), &json!("ann@example.org"))
    );
}

#[tokio::test]
async fn agno_defect_only_the_first_page_of_matches_is_labelled_one_request_each() {
    let world = World::with((0..40).map(|n| mail(n, "Hello", "text"))).await;
    world.emulator.limit_pages(Some(9));
    let arguments = json!({"query": "subject:hello", "label": "Seen"});
    let applied = world.call("apply_label", arguments).await.unwrap();
    assert_eq!(applied["mails"], 40);
    let writes = world
        .emulator
        .requests()
        .into_iter()
        .filter(|it| it.method == "POST");
    assert_eq!(writes.count(), 2);
    let removed = world
        .call("remove_label", json!({"label": "Seen"}))
        .await
        .unwrap();
    assert_eq!(removed["mails"], 40);
}

#[tokio::test]
async fn agno_defect_remove_label_puts_an_unquoted_name_into_the_search() {
    let mut urgent = mail(1, "Hello", "text");
    urgent.labels = vec!["INBOX".to_owned(), "To do today".to_owned()];
    // A search for `label:To do today` finds this one, and not the labelled one.
    let decoy = mail(2, "do today", "text");
    let world = World::with([urgent, decoy]).await;
    let removed = world
        .call("remove_label", json!({"label": "to do today"}))
        .await
        .unwrap();
    assert_eq!(removed["mails"], 1);
    let list = &world.requests("gmail.users.messages.list")[0].query;
    assert!(
        list.contains("labelIds=Label_") && !list.contains("q="),
        "{list}"
    );
}

#[tokio::test]
async fn agno_defect_unknown_labels_are_passed_through() {
    let world = World::sample().await;
    let arguments = json!({"message_id": "18c0a11ce0000003", "add_labels": ["Project"]});
    let error = world
        .call("modify_message_labels", arguments)
        .await
        .unwrap_err();
    assert_eq!(error.argument(), Some("add_labels"));
    assert!(error.message().contains("such as `Projects`"), "{error}");
    assert_eq!(world.count("gmail.users.messages.modify"), 0);
}

#[tokio::test]
async fn agno_defect_failures_within_a_batch_are_dropped() {
    let world = World::sample().await;
    let fault = FaultRule::new(FaultAction::status(404)).on_method("gmail.users.labels.get");
    world.emulator.faults().add(fault.after(2).times(2));
    let list = world.call("list_labels", json!({})).await.unwrap();
    let (read, failed) = (
        list["labels"].as_array().unwrap(),
        list["failed"].as_array().unwrap(),
    );
    assert_eq!((failed.len(), read.len() + failed.len()), (2, 16));
}

#[tokio::test]
async fn agno_defect_a_thread_in_the_bin_cannot_be_taken_out() {
    let world = World::with([mail(1, "Hello", "text")]).await;
    let read = world
        .call("get_message", json!({"message_id": id(1)}))
        .await
        .unwrap();
    let mut arguments = json!({"thread_id": read["thread_id"]});
    world.call("trash_thread", arguments.clone()).await.unwrap();
    arguments["undo"] = json!(true);
    let back = world.call("trash_thread", arguments).await.unwrap();
    assert!(
        !back["labels"].as_array().unwrap().contains(&json!("TRASH")),
        "{back}"
    );
}

#[test]
fn agno_defect_ids_queries_and_labels_are_not_required() {
    for (name, required) in [
        ("get_latest_emails", json!(null)),
        ("get_emails_from_user", json!(["user"])),
        ("get_emails_by_context", json!(["context"])),
        ("get_emails_by_date", json!(["start_date"])),
        ("get_emails_by_thread", json!(["thread_id"])),
        ("search_threads", json!(["query"])),
        ("get_draft", json!(["draft_id"])),
        ("mark_email_as_read", json!(["message_id"])),
        ("mark_email_as_unread", json!(["message_id"])),
        ("star_email", json!(["message_id"])),
        ("unstar_email", json!(["message_id"])),
        ("archive_email", json!(["message_id"])),
        ("modify_message_labels", json!(["message_id"])),
        ("modify_thread_labels", json!(["thread_id"])),
        ("trash_message", json!(["message_id"])),
        ("trash_thread", json!(["thread_id"])),
        ("apply_label", json!(["query", "label"])),
        ("remove_label", json!(["label"])),
        ("delete_custom_label", json!(["label"])),
    ] {
        let tools = all_tools().tools();
        let tool = tools.iter().find(|it| it.spec().name == name).unwrap();
        let own = tool.spec().input_schema.get("required").cloned();
        assert_eq!(own.unwrap_or_default(), required, "{name}");
    }
}
