//! Labels on and off many mails at once.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use serde_json::{Value, json};
use toolgate_emulator::{FaultAction, FaultPoint, FaultRule, SeedMessage};

use crate::world::{World, id, mail};

const BATCH: &str = "gmail.users.messages.batchModify";
const LIST: &str = "gmail.users.messages.list";

/// Every third one from a shop.
fn mails(count: u64) -> Vec<SeedMessage> {
    let from = |number: u64| match number % 3 {
        0 => "Shop <shop@hosting.example>",
        _ => "Carol <carol@partner.example>",
    };
    let made = (0..count).map(|number| {
        let mut message = mail(number, "Hello", "text");
        from(number).clone_into(&mut message.from);
        message
    });
    made.collect()
}

/// How many mails a search finds.
async fn found(world: &World, query: &str) -> usize {
    let mut arguments = json!({"query": query, "count": 50});
    let mut count = 0;
    loop {
        let page = world
            .call("search_emails", arguments.clone())
            .await
            .unwrap();
        count += page["emails"].as_array().unwrap().len();
        match page.get("next_page_token") {
            Some(token) => arguments["page_token"] = token.clone(),
            None => return count,
        }
    }
}

fn mails_of(changed: &Value) -> u64 {
    changed["mails"].as_u64().unwrap()
}

#[tokio::test]
async fn all_that_a_search_finds_is_labelled_however_small_its_pages_are() {
    let world = World::with(mails(60)).await;
    world.emulator.limit_pages(Some(3));
    let arguments = json!({"query": "from:shop@hosting.example", "label": "Shopping/2026"});
    let applied = world.call("apply_label", arguments.clone()).await.unwrap();
    assert_eq!(
        (mails_of(&applied), &applied["created"]),
        (20, &json!(true))
    );
    assert_eq!(applied["label"]["name"], "Shopping/2026");
    assert!(
        applied.get("next_page_token").is_none() && applied.get("failed").is_none(),
        "{applied}"
    );
    assert_eq!((world.count(BATCH), world.count(LIST)), (1, 7));
    world.emulator.limit_pages(None);
    assert_eq!(found(&world, "label:shopping-2026").await, 20);
    let again = world.call("apply_label", arguments).await.unwrap();
    assert_eq!(
        (mails_of(&again), &again["created"], &again["label"]),
        (20, &json!(false), &applied["label"])
    );
    world.assert_lawful();
}

#[tokio::test]
async fn a_count_is_kept_and_the_next_call_goes_on_behind_it() {
    let world = World::with(mails(60)).await;
    let mut arguments = json!({"query": "in:inbox", "label": "Seen", "count": 25});
    let mut calls = Vec::new();
    loop {
        let applied = world.call("apply_label", arguments.clone()).await.unwrap();
        calls.push(mails_of(&applied));
        match applied.get("next_page_token") {
            Some(token) => arguments["page_token"] = token.clone(),
            None => break,
        }
    }
    assert_eq!(
        (calls, found(&world, "label:seen").await),
        (vec![25, 25, 10], 60)
    );
}

#[tokio::test]
async fn nothing_found_makes_no_label() {
    let world = World::with(mails(3)).await;
    let arguments = json!({"query": "from:nobody@example.net", "label": "Empty"});
    let applied = world.call("apply_label", arguments).await.unwrap();
    assert_eq!(applied, json!({"created": false, "mails": 0}));
    assert_eq!(
        (world.count("gmail.users.labels.create"), world.count(BATCH)),
        (0, 0)
    );
}

#[tokio::test]
async fn a_label_comes_off_all_that_wear_it_or_off_what_a_search_finds() {
    let world = World::with(mails(60)).await;
    let arguments = json!({"query": "in:inbox", "label": "A \"quoted\" (label) OR in:anywhere"});
    world.call("apply_label", arguments).await.unwrap();
    world.emulator.limit_pages(Some(7));
    let label = "a \"QUOTED\" (label) or in:anywhere";
    let some = json!({"label": label, "query": "from:shop@hosting.example"});
    let removed = world.call("remove_label", some).await.unwrap();
    assert_eq!((mails_of(&removed), removed.get("more")), (20, None));
    let two = world
        .call("remove_label", json!({"label": label, "count": 30}))
        .await
        .unwrap();
    assert_eq!((mails_of(&two), &two["more"]), (30, &json!(true)));
    let rest = world
        .call("remove_label", json!({"label": two["label"]["id"]}))
        .await
        .unwrap();
    assert_eq!((mails_of(&rest), rest.get("more")), (10, None));
    assert_eq!(found(&world, "in:inbox").await, 60);
    world.assert_lawful();
}

#[tokio::test]
async fn many_mails_are_changed_by_ids_or_by_a_search_with_a_count() {
    let world = World::with(mails(9)).await;
    let ids = json!([id(1), format!(" {} ", id(2)), id(1)]);
    let arguments = json!({"message_ids": ids, "add_labels": ["starred"], "remove_labels": ["inbox", "unread"]});
    let changed = world.call("modify_emails", arguments).await.unwrap();
    assert_eq!(changed, json!({"mails": 2}));
    assert_eq!(
        (
            found(&world, "is:starred").await,
            found(&world, "in:inbox").await
        ),
        (2, 7)
    );
    assert_eq!(world.count("gmail.users.labels.list"), 0);
    let arguments = json!({"query": "in:inbox", "count": 4, "remove_labels": ["INBOX"]});
    let changed = world.call("modify_emails", arguments).await.unwrap();
    assert_eq!(mails_of(&changed), 4);
    assert!(changed["next_page_token"].is_string(), "{changed}");
    assert_eq!(found(&world, "in:inbox").await, 3);
    world.assert_lawful();
}

#[tokio::test]
async fn it_has_to_be_clear_which_mails_are_meant() {
    let world = World::with(mails(3)).await;
    for (tool, arguments, argument) in [
        ("modify_emails", json!({}), None),
        (
            "modify_emails",
            json!({"message_ids": [id(1)], "query": "x", "count": 1}),
            None,
        ),
        ("modify_emails", json!({"query": "in:inbox"}), Some("count")),
        (
            "modify_emails",
            json!({"query": " ", "count": 5}),
            Some("query"),
        ),
        (
            "modify_emails",
            json!({"message_ids": []}),
            Some("message_ids"),
        ),
        (
            "modify_emails",
            json!({"message_ids": [id(1), "../x"]}),
            Some("message_ids"),
        ),
        (
            "modify_emails",
            json!({"query": "x", "count": 5001}),
            Some("count"),
        ),
        (
            "apply_label",
            json!({"query": " ", "label": "x"}),
            Some("query"),
        ),
        ("apply_label", json!({"query": "x"}), Some("label")),
        (
            "apply_label",
            json!({"query": "x", "label": "y", "count": 0}),
            Some("count"),
        ),
        ("remove_label", json!({"label": "Unknown"}), Some("label")),
        ("remove_label", json!({"label": "SENT"}), Some("label")),
    ] {
        let mut arguments = arguments;
        if tool == "modify_emails" {
            arguments["add_labels"] = json!(["STARRED"]);
        }
        let error = world.call(tool, arguments.clone()).await.unwrap_err();
        assert_eq!(
            (error.argument(), error.kind_name()),
            (argument, "invalid_argument"),
            "{tool} {arguments}"
        );
    }
    assert_eq!(world.count(BATCH), 0);
}

#[tokio::test]
async fn no_mail_gets_into_the_bin_by_a_label() {
    let world = World::with(mails(3)).await;
    for label in ["trash", "SPAM", "draft"] {
        let arguments = json!({"query": "in:inbox", "label": label});
        let error = world.call("apply_label", arguments).await.unwrap_err();
        assert_eq!(error.argument(), Some("label"), "{label}");
    }
    assert_eq!(
        (world.count(BATCH), world.count("gmail.users.labels.create")),
        (0, 0)
    );
}

#[tokio::test]
async fn thousands_go_a_thousand_at_a_time_and_one_that_fails_spoils_no_other() {
    let world = World::with(mails(2_100)).await;
    let arguments = json!({"query": "in:inbox", "count": 5000, "add_labels": ["STARRED"]});
    let fault = FaultRule::new(FaultAction::status(403)).on_method(BATCH);
    world.emulator.faults().add(fault.after(1).times(1));
    let changed = world.call("modify_emails", arguments).await.unwrap();
    assert_eq!(
        (mails_of(&changed), &changed["failed"][0]["count"]),
        (1_100, &json!(1_000))
    );
    assert!(
        changed["failed"][0]["reason"]
            .as_str()
            .unwrap()
            .contains("403"),
        "{changed}"
    );
    assert_eq!((world.count(BATCH), world.count(LIST)), (3, 5));
}

#[tokio::test]
async fn when_nothing_is_changed_the_call_fails() {
    let world = World::with(mails(3)).await;
    world
        .emulator
        .faults()
        .add(FaultRule::new(FaultAction::status(403)).on_method(BATCH));
    let arguments = json!({"query": "in:inbox", "count": 5, "add_labels": ["STARRED"]});
    let error = world.call("modify_emails", arguments).await.unwrap_err();
    assert_eq!(error.kind_name(), "permission_denied");
    world.emulator.faults().clear();
    world.emulator.faults().add(
        FaultRule::new(FaultAction::status_with_reason(400, "invalidArgument")).on_method(BATCH),
    );
    let arguments = json!({"message_ids": [id(1)], "add_labels": ["STARRED"]});
    let error = world.call("modify_emails", arguments).await.unwrap_err();
    assert_eq!(error.argument(), Some("message_ids"));
}

#[tokio::test]
async fn a_change_whose_answer_was_lost_is_made_again() {
    let world = World::with(mails(3)).await;
    let fault = FaultAction::DropConnection {
        at: FaultPoint::After,
    };
    world
        .emulator
        .faults()
        .add(FaultRule::new(fault).on_method(BATCH).times(1));
    let arguments = json!({"query": "in:inbox", "label": "STARRED"});
    let applied = world.call("apply_label", arguments).await.unwrap();
    assert_eq!((mails_of(&applied), world.count(BATCH)), (3, 2));
}

#[tokio::test]
async fn a_label_that_went_in_the_meantime_is_not_told_as_an_unknown_mail() {
    let world = World::with(mails(1)).await;
    let labels = json!({"labels": [{"id": "Label_99", "name": "Gone", "type": "user"}]});
    let answer = FaultAction::Json {
        status: 200,
        body: labels,
    };
    let rule = FaultRule::new(answer).on_method("gmail.users.labels.list");
    world.emulator.faults().add(rule);
    let arguments = json!({"message_ids": [id(1)], "add_labels": ["Gone"]});
    let error = world.call("modify_emails", arguments).await.unwrap_err();
    assert_ne!(error.argument(), Some("message_ids"), "{error}");
    assert!(error.message().contains("abel"), "{error}");
    assert_eq!(world.count(BATCH), 1);
}
