//! One mail or thread marked, moved or labelled.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use serde_json::{Value, json};
use toolgate_emulator::{FaultAction, FaultRule};

use crate::world::{World, id, mail};

async fn world() -> World {
    let mut starred = mail(2, "Starred", "text").with_thread("t");
    starred.labels = ["INBOX", "STARRED", "Projects"].map(str::to_owned).to_vec();
    World::with([
        mail(1, "Hello", "text").with_thread("t"),
        starred,
        mail(3, "Other", "text"),
    ])
    .await
}

/// The labels of a mail, with `UNREAD` among them.
async fn labels(world: &World, number: u64) -> Vec<String> {
    let read = world
        .call("get_message", json!({"message_id": id(number)}))
        .await
        .unwrap();
    let mut labels: Vec<String> = serde_json::from_value(read["labels"].clone()).unwrap();
    if read["unread"] == true {
        labels.push("UNREAD".to_owned());
    }
    labels.sort_unstable();
    labels
}

async fn thread_id(world: &World) -> Value {
    let read = world
        .call("get_message", json!({"message_id": id(1)}))
        .await
        .unwrap();
    read["thread_id"].clone()
}

#[tokio::test]
async fn each_mark_does_what_its_name_says_and_doing_it_again_changes_nothing() {
    let world = world().await;
    for (tool, number, done, expected) in [
        ("mark_email_as_read", 1, "marked as read", vec!["INBOX"]),
        (
            "mark_email_as_unread",
            1,
            "marked as unread",
            vec!["INBOX", "UNREAD"],
        ),
        (
            "star_email",
            1,
            "starred",
            vec!["INBOX", "STARRED", "UNREAD"],
        ),
        ("unstar_email", 1, "unstarred", vec!["INBOX", "UNREAD"]),
        ("archive_email", 1, "archived", vec!["UNREAD"]),
        ("trash_message", 3, "trashed", vec!["TRASH", "UNREAD"]),
    ] {
        for _ in 0..2 {
            let marked = world
                .call(tool, json!({"message_id": id(number)}))
                .await
                .unwrap();
            assert_eq!(
                (&marked["id"], &marked["done"]),
                (&json!(id(number)), &json!(done))
            );
            let mut told: Vec<String> = serde_json::from_value(marked["labels"].clone()).unwrap();
            told.sort_unstable();
            assert_eq!(
                (told, labels(&world, number).await),
                (
                    expected.iter().map(|&it| it.to_owned()).collect(),
                    expected.iter().map(|&it| it.to_owned()).collect()
                ),
                "{tool}"
            );
        }
    }
    let undone = world
        .call("trash_message", json!({"message_id": id(3), "undo": true}))
        .await
        .unwrap();
    assert_eq!(
        (&undone["done"], labels(&world, 3).await),
        (&json!("untrashed"), vec!["UNREAD".to_owned()])
    );
    world.assert_lawful();
}

#[tokio::test]
async fn a_thread_goes_into_the_bin_with_all_its_mails_and_comes_back() {
    let world = world().await;
    let thread_id = thread_id(&world).await;
    let gone = world
        .call("trash_thread", json!({"thread_id": thread_id}))
        .await
        .unwrap();
    assert_eq!(
        (&gone["thread_id"], &gone["messages"]),
        (&thread_id, &json!(2))
    );
    for number in [1, 2] {
        assert!(labels(&world, number).await.contains(&"TRASH".to_owned()));
    }
    let back = world
        .call(
            "trash_thread",
            json!({"thread_id": thread_id, "undo": true}),
        )
        .await
        .unwrap();
    assert_eq!(back["done"], "untrashed");
    assert!(!labels(&world, 2).await.contains(&"TRASH".to_owned()));
    world.assert_lawful();
}

#[tokio::test]
async fn labels_are_put_on_and_taken_off_by_name_or_id_in_any_case() {
    let world = world().await;
    let made = world
        .call("create_label", json!({"name": "To do"}))
        .await
        .unwrap();
    let to_do = made["label"]["id"].as_str().unwrap().to_owned();
    let arguments = json!({"message_id": id(1), "add_labels": ["to DO", "starred", "STARRED"], "remove_labels": ["inbox"]});
    world.emulator.clear_requests();
    let marked = world
        .call("modify_message_labels", arguments)
        .await
        .unwrap();
    assert_eq!(marked["done"], "labels changed");
    assert_eq!(world.count("gmail.users.labels.list"), 1);
    let mut expected = vec![to_do.clone(), "STARRED".to_owned(), "UNREAD".to_owned()];
    expected.sort_unstable();
    assert_eq!(labels(&world, 1).await, expected);
    let by_id = json!({"message_id": id(1), "remove_labels": [to_do]});
    world.call("modify_message_labels", by_id).await.unwrap();
    assert_eq!(labels(&world, 1).await, ["STARRED", "UNREAD"]);

    let arguments = json!({"thread_id": thread_id(&world).await, "add_labels": ["projects"], "remove_labels": ["UNREAD"]});
    let marked = world.call("modify_thread_labels", arguments).await.unwrap();
    assert_eq!(marked["messages"], 2);
    let told: Vec<String> = serde_json::from_value(marked["labels"].clone()).unwrap();
    assert!(!told.contains(&"UNREAD".to_owned()), "{marked}");
    for number in [1, 2] {
        let worn = labels(&world, number).await;
        assert!(
            worn.iter().any(|it| it.starts_with("Label_")) && !worn.contains(&"UNREAD".to_owned())
        );
    }
    world.assert_lawful();
}

#[tokio::test]
async fn labels_that_every_mailbox_has_need_no_look_up() {
    let world = world().await;
    let arguments = json!({"message_id": id(1), "add_labels": ["important"], "remove_labels": ["category_updates"]});
    world
        .call("modify_message_labels", arguments)
        .await
        .unwrap();
    assert_eq!(world.count("gmail.users.labels.list"), 0);
}

/// Changes that are wrong: the argument that is named, and what is said of it.
fn wrong_changes() -> [(Value, Option<&'static str>, &'static str); 10] {
    let (add, remove) = (Some("add_labels"), Some("remove_labels"));
    let both = json!({"add_labels": ["projects"], "remove_labels": ["PROJECTS"]});
    [
        (json!({}), None, "add_labels"),
        (
            json!({"add_labels": [], "remove_labels": []}),
            None,
            "add_labels",
        ),
        (json!({"add_labels": ["Projcts"]}), add, "`Projects`"),
        (json!({"remove_labels": ["Label_99"]}), remove, "`Projects`"),
        (json!({"add_labels": ["TRASH"]}), add, "trash_message"),
        (json!({"add_labels": ["spam"]}), add, "thirty days"),
        (json!({"add_labels": ["SENT"]}), add, "Gmail alone"),
        (json!({"remove_labels": ["draft"]}), remove, "Gmail alone"),
        (both, remove, "`Projects` is also put on"),
        (json!({"add_labels": "STARRED"}), add, "a list"),
    ]
}

#[tokio::test]
async fn labels_that_cannot_be_changed_are_named_before_anything_is() {
    let world = world().await;
    for (change, argument, says) in wrong_changes() {
        for (tool, what, which) in [
            ("modify_message_labels", "message_id", json!(id(1))),
            ("modify_thread_labels", "thread_id", json!(id(1))),
            ("modify_emails", "message_ids", json!([id(1)])),
        ] {
            let mut arguments = change.clone();
            arguments[what] = which;
            let error = world.call(tool, arguments).await.unwrap_err();
            assert_eq!(
                (error.argument(), error.kind_name()),
                (argument, "invalid_argument"),
                "{tool} {change}"
            );
            assert!(error.message().contains(says), "{tool} {change}: {error}");
        }
    }
    let requests = world.emulator.requests().into_iter();
    assert_eq!(requests.filter(|it| it.method != "GET").count(), 0);
}

#[tokio::test]
async fn a_mail_leaves_the_bin_and_spam_by_labels() {
    let world = world().await;
    for (label, number) in [("TRASH", 1), ("SPAM", 3)] {
        let arguments =
            json!({"message_id": id(number), "remove_labels": [label], "add_labels": ["INBOX"]});
        world
            .call("modify_message_labels", arguments)
            .await
            .unwrap();
    }
    world.assert_lawful();
}

#[tokio::test]
async fn a_mark_is_repeated_after_an_answer_that_was_lost() {
    let world = world().await;
    let fault = FaultAction::DropConnection {
        at: toolgate_emulator::FaultPoint::After,
    };
    world.emulator.faults().add(
        FaultRule::new(fault)
            .on_method("gmail.users.messages.modify")
            .times(1),
    );
    let marked = world
        .call("star_email", json!({"message_id": id(1)}))
        .await
        .unwrap();
    assert_eq!(marked["done"], "starred");
    assert_eq!(world.count("gmail.users.messages.modify"), 2);
}
