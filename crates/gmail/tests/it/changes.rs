//! `get_mail_changes`.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use serde_json::{Value, json};
use toolgate_emulator::{FaultAction, FaultRule};

use crate::world::{World, id, mail, size};

async fn world() -> World {
    World::with((0..4).map(|n| mail(n, &format!("No. {n}"), "text"))).await
}

async fn now(world: &World) -> Value {
    let changes = world.call("get_mail_changes", json!({})).await.unwrap();
    assert_eq!(changes.as_object().unwrap().len(), 1, "{changes}");
    changes["history_id"].clone()
}

#[tokio::test]
async fn what_came_and_was_relabelled_since_then_is_told() {
    let world = world().await;
    let since = now(&world).await;
    let quiet = world
        .call("get_mail_changes", json!({"since": since}))
        .await
        .unwrap();
    assert_eq!(quiet, json!({"history_id": since}));

    world
        .call("star_email", json!({"message_id": id(1)}))
        .await
        .unwrap();
    world
        .call("archive_email", json!({"message_id": id(1)}))
        .await
        .unwrap();
    world
        .call("mark_email_as_read", json!({"message_id": id(2)}))
        .await
        .unwrap();
    world
        .call("mark_email_as_unread", json!({"message_id": id(2)}))
        .await
        .unwrap();
    let draft = json!({"to": "ann@example.org", "subject": "Plans", "body": "Hi"});
    let saved = world.call("create_draft_email", draft).await.unwrap();

    let changes = world
        .call("get_mail_changes", json!({"since": since}))
        .await
        .unwrap();
    // The mail that was read and marked as unread again is as it was.
    assert_eq!(
        changes["relabelled"].as_array().unwrap().len(),
        1,
        "{changes}"
    );
    let one = &changes["relabelled"][0];
    assert_eq!(
        (&one["id"], &one["put_on"], &one["taken_off"]),
        (&json!(id(1)), &json!(["STARRED"]), &json!(["INBOX"]))
    );
    let added = &changes["added"][0];
    for (name, value) in [
        ("id", &saved["message_id"]),
        ("subject", &json!("Plans")),
        ("labels", &json!(["DRAFT"])),
    ] {
        assert_eq!(&added[name], value, "{name}");
    }
    assert!(changes["untrusted"].is_string() && changes.get("next_page_token").is_none());
    assert_eq!(changes["history_id"], now(&world).await);
    world.assert_lawful();
}

#[tokio::test]
async fn changes_of_one_label_are_those_of_mails_that_wear_it() {
    let world = world().await;
    let since = now(&world).await;
    world
        .call(
            "apply_label",
            json!({"query": "subject:2", "label": "Work"}),
        )
        .await
        .unwrap();
    world
        .call("star_email", json!({"message_id": id(1)}))
        .await
        .unwrap();
    let arguments = json!({"since": since, "label": "work"});
    let changes = world.call("get_mail_changes", arguments).await.unwrap();
    let relabelled = changes["relabelled"].as_array().unwrap();
    assert_eq!((relabelled.len(), &relabelled[0]["id"]), (1, &json!(id(2))));
}

#[tokio::test]
async fn pages_of_changes_join_to_the_whole_and_fit() {
    let world = World::with((0..40).map(|n| mail(n, "Hello", "text"))).await;
    let since = now(&world).await;
    for number in 0..40 {
        world
            .call("star_email", json!({"message_id": id(number)}))
            .await
            .unwrap();
    }
    let mut seen = Vec::new();
    let mut arguments = json!({"since": since});
    loop {
        let page = world
            .call_within(4_000, "get_mail_changes", arguments.clone())
            .await
            .unwrap();
        assert!(size(&page) <= 4_000, "{}", size(&page));
        let relabelled = page["relabelled"].as_array().unwrap().iter();
        seen.extend(relabelled.map(|it| it["id"].as_str().unwrap().to_owned()));
        match page.get("next_page_token") {
            Some(token) => arguments["page_token"] = token.clone(),
            None => break,
        }
    }
    assert_eq!(seen, (0..40).map(id).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_state_that_gmail_has_forgotten_is_told_with_the_current_one() {
    let world = world().await;
    let current = now(&world).await;
    let fault = FaultRule::new(FaultAction::status(404)).on_method("gmail.users.history.list");
    world.emulator.faults().add(fault);
    let arguments = json!({"since": "1"});
    let forgotten = world.call("get_mail_changes", arguments).await.unwrap_err();
    assert_eq!(forgotten.kind_name(), "not_found");
    let told = format!("`{}`", current.as_str().unwrap());
    assert!(forgotten.message().contains(&told), "{forgotten}");
}

#[tokio::test]
async fn wrong_arguments_are_named() {
    let world = world().await;
    let since = now(&world).await;
    for (arguments, argument) in [
        (json!({"since": "yesterday"}), "since"),
        (json!({"since": "-1"}), "since"),
        (json!({"since": since, "label": "Wrk"}), "label"),
        (
            json!({"since": since, "page_token": "made-up"}),
            "page_token",
        ),
    ] {
        let error = world.call("get_mail_changes", arguments).await.unwrap_err();
        assert_eq!(
            (error.argument(), error.kind_name()),
            (Some(argument), "invalid_argument")
        );
    }
}

#[tokio::test]
async fn a_new_mail_that_is_gone_again_is_told_as_unreadable() {
    let world = world().await;
    let since = now(&world).await;
    let draft = json!({"to": "ann@example.org", "subject": "Plans", "body": "Hi"});
    world.call("create_draft_email", draft).await.unwrap();
    let fault = FaultRule::new(FaultAction::status(404)).on_method("gmail.users.messages.get");
    world.emulator.faults().add(fault);
    let changes = world
        .call("get_mail_changes", json!({"since": since}))
        .await
        .unwrap();
    assert_eq!(changes["added"][0]["unreadable"], true);
}
