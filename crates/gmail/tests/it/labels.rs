//! Labels as things of their own: listed, made, renamed, deleted.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use serde_json::{Value, json};
use toolgate_emulator::{FaultAction, FaultPoint, FaultRule, SeedMessage};

use crate::world::{World, id, mail, size};

fn labelled(number: u64, labels: &[&str]) -> SeedMessage {
    let mut message = mail(number, "Hello", "text");
    message.labels = labels.iter().map(|&label| label.to_owned()).collect();
    message
}

async fn mailbox() -> World {
    World::with([
        labelled(1, &["INBOX", "UNREAD", "Projects"]),
        labelled(2, &["Projects", "Travel/2026"]),
        labelled(3, &["INBOX"]),
    ])
    .await
}

async fn custom(world: &World) -> Vec<String> {
    let list = world.call("list_custom_labels", json!({})).await.unwrap();
    let labels = list["labels"].as_array().unwrap().iter();
    labels
        .map(|label| label["name"].as_str().unwrap().to_owned())
        .collect()
}

fn named<'a>(list: &'a Value, name: &str) -> &'a Value {
    let mut labels = list["labels"].as_array().unwrap().iter();
    labels.find(|label| label["name"] == name).unwrap()
}

#[tokio::test]
async fn labels_are_listed_with_counts_the_persons_own_last_and_by_name() {
    let world = mailbox().await;
    let list = world.call("list_labels", json!({})).await.unwrap();
    let projects = named(&list, "Projects");
    for (name, value) in [
        ("messages", 2),
        ("unread_messages", 1),
        ("threads", 2),
        ("unread_threads", 1),
    ] {
        assert_eq!(projects[name], value, "{name}");
    }
    assert!(projects.get("system").is_none());
    assert_eq!(named(&list, "INBOX")["system"], true);
    let labels = list["labels"].as_array().unwrap();
    assert_eq!(list["total"], labels.len());
    let own: Vec<_> = labels.iter().rev().take(2).map(|it| &it["name"]).collect();
    assert_eq!(own, ["Travel/2026", "Projects"]);
    let own = world.call("list_custom_labels", json!({})).await.unwrap();
    assert_eq!(
        (own["total"].as_u64(), custom(&world).await),
        (
            Some(2),
            vec!["Projects".to_owned(), "Travel/2026".to_owned()]
        )
    );
    assert_eq!(own["labels"][0]["id"], projects["id"]);
    world.assert_lawful();
}

#[tokio::test]
async fn pieces_of_a_long_list_of_labels_join_to_the_whole_and_fit() {
    let names: Vec<String> = (0..120)
        .map(|n| format!("Label \"{n:03}\" {}", "x".repeat(n)))
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let world = World::with([labelled(1, &names)]).await;
    for (tool, total) in [("list_labels", 134), ("list_custom_labels", 120)] {
        for budget in [4_000, 20_000] {
            let mut seen = std::collections::BTreeSet::new();
            let mut arguments = json!({});
            loop {
                let list = world
                    .call_within(budget, tool, arguments.clone())
                    .await
                    .unwrap();
                assert!(size(&list) <= budget, "{tool}: {} > {budget}", size(&list));
                assert_eq!(list["total"], total, "{tool}");
                for label in list["labels"].as_array().unwrap() {
                    assert!(seen.insert(label["id"].to_string()), "{tool} {label}");
                }
                match list.get("next_skip") {
                    Some(next) => arguments["skip"] = next.clone(),
                    None => break,
                }
            }
            assert_eq!(seen.len(), total, "{tool}");
        }
        let error = world.call(tool, json!({"skip": 999})).await.unwrap_err();
        assert_eq!(error.argument(), Some("skip"));
    }
}

#[tokio::test]
async fn a_label_whose_counts_cannot_be_read_is_told_and_spoils_no_other() {
    let world = mailbox().await;
    let fault = FaultRule::new(FaultAction::status(404)).on_method("gmail.users.labels.get");
    world.emulator.faults().add(fault.after(3).times(1));
    let list = world.call("list_labels", json!({})).await.unwrap();
    let failed = list["failed"].as_array().unwrap();
    assert_eq!(failed.len(), 1);
    assert!(
        failed[0]["reason"].as_str().unwrap().contains("404"),
        "{failed:?}"
    );
    assert_eq!(list["labels"].as_array().unwrap().len(), 15);
    let all = FaultRule::new(FaultAction::status(403)).on_method("gmail.users.labels.get");
    world.emulator.faults().add(all);
    let error = world.call("list_labels", json!({})).await.unwrap_err();
    assert_eq!(error.kind_name(), "permission_denied");
}

#[tokio::test]
async fn a_label_is_made_once_and_found_by_any_case_after_that() {
    let world = mailbox().await;
    let made = world
        .call("create_label", json!({"name": " Travel/2027 "}))
        .await
        .unwrap();
    assert_eq!(
        (&made["created"], &made["label"]["name"]),
        (&json!(true), &json!("Travel/2027"))
    );
    let again = world
        .call("create_label", json!({"name": "travel/2027"}))
        .await
        .unwrap();
    assert_eq!(
        (&again["created"], &again["label"]),
        (&json!(false), &made["label"])
    );
    assert_eq!(world.count("gmail.users.labels.create"), 1);
    world.assert_lawful();
}

#[tokio::test]
async fn a_label_whose_making_is_not_answered_is_looked_for() {
    let world = mailbox().await;
    let fault = FaultAction::DropConnection {
        at: FaultPoint::After,
    };
    world.emulator.faults().add(
        FaultRule::new(fault)
            .on_method("gmail.users.labels.create")
            .times(1),
    );
    let made = world
        .call("create_label", json!({"name": "Receipts"}))
        .await
        .unwrap();
    assert_eq!(made["label"]["name"], "Receipts");
    assert_eq!(world.count("gmail.users.labels.create"), 1);
    assert_eq!(
        custom(&world)
            .await
            .iter()
            .filter(|name| *name == "Receipts")
            .count(),
        1
    );
}

#[tokio::test]
async fn a_label_whose_making_nobody_can_tell_of_is_told_as_unclear() {
    let world = mailbox().await;
    let fault = FaultAction::DropConnection {
        at: FaultPoint::After,
    };
    world.emulator.faults().add(
        FaultRule::new(fault)
            .on_method("gmail.users.labels.create")
            .times(1),
    );
    let fault = FaultRule::new(FaultAction::status(403)).on_method("gmail.users.labels.list");
    world.emulator.faults().add(fault.after(1));
    let error = world
        .call("create_label", json!({"name": "Receipts"}))
        .await
        .unwrap_err();
    assert!(
        error.may_have_happened() && !error.is_retryable(),
        "{error}"
    );
    assert!(error.message().contains("list_custom_labels"), "{error}");
}

#[tokio::test]
async fn a_label_is_renamed_and_mails_keep_it() {
    let world = mailbox().await;
    let arguments = json!({"label": "projects", "new_name": "Work"});
    let renamed = world.call("rename_label", arguments).await.unwrap();
    assert_eq!(
        (&renamed["label"]["name"], &renamed["old_name"]),
        (&json!("Work"), &json!("Projects"))
    );
    let read = world
        .call("get_message", json!({"message_id": id(1)}))
        .await
        .unwrap();
    let labels = read["labels"].as_array().unwrap();
    assert!(labels.contains(&renamed["label"]["id"]), "{read}");
    for (arguments, argument) in [
        (
            json!({"label": "Work", "new_name": "travel/2026"}),
            "new_name",
        ),
        (json!({"label": "Work", "new_name": "INBOX"}), "new_name"),
        (json!({"label": "Wrk", "new_name": "X"}), "label"),
        (json!({"label": "INBOX", "new_name": "X"}), "label"),
    ] {
        let error = world.call("rename_label", arguments).await.unwrap_err();
        assert_eq!(
            (error.argument(), error.kind_name()),
            (Some(argument), "invalid_argument")
        );
    }
}

#[tokio::test]
async fn a_label_is_deleted_only_when_that_is_said_and_the_mails_stay() {
    let world = mailbox().await;
    for arguments in [
        json!({"label": "PROJECTS"}),
        json!({"label": "Projects", "confirm": false}),
    ] {
        let told = world.call("delete_custom_label", arguments).await.unwrap();
        assert_eq!(
            (&told["deleted"], &told["messages"]),
            (&json!(false), &json!(2))
        );
        assert_eq!(world.count("gmail.users.labels.delete"), 0);
    }
    let arguments = json!({"label": "projects", "confirm": true});
    let gone = world
        .call("delete_custom_label", arguments.clone())
        .await
        .unwrap();
    assert_eq!(
        (&gone["deleted"], &gone["messages"]),
        (&json!(true), &json!(2))
    );
    assert_eq!(custom(&world).await, ["Travel/2026"]);
    world
        .call("get_message", json!({"message_id": id(2)}))
        .await
        .unwrap();
    world.assert_lawful();
    let error = world
        .call("delete_custom_label", arguments)
        .await
        .unwrap_err();
    assert_eq!(
        (error.argument(), error.kind_name()),
        (Some("label"), "invalid_argument")
    );
    assert!(error.message().contains("`Travel/2026`"), "{error}");
}

#[tokio::test]
async fn labels_of_gmails_own_are_not_deleted() {
    let world = mailbox().await;
    for label in ["INBOX", "trash", "CATEGORY_SOCIAL"] {
        let arguments = json!({"label": label, "confirm": true});
        let error = world
            .call("delete_custom_label", arguments)
            .await
            .unwrap_err();
        assert_eq!(error.argument(), Some("label"), "{label}");
        assert!(error.message().contains("Gmail's own"), "{error}");
    }
    assert_eq!(world.count("gmail.users.labels.delete"), 0);
}
