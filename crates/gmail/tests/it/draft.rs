//! `create_draft_email`.

use serde_json::json;
use toolgate_emulator::{FaultAction, FaultRule};

use crate::world::{ALICE, COMPOSE, READONLY, World, id, mail};

#[tokio::test]
async fn a_new_mail_is_drafted_with_what_was_given() {
    let world = World::sample().await;
    let saved = world
        .call(
            "create_draft_email",
            json!({
                "to": "Ann Lee <ann@example.org>, bob@example.org",
                "cc": "Zoë <zoe@example.org>, bob@example.org",
                "bcc": "ann@example.org, secret@example.org",
                "subject": "Käse & \"Brot\"",
                "body": "Hi\n\n1 < 2",
            }),
        )
        .await
        .unwrap();
    let drafts = world.drafts().await;
    let [draft] = &drafts[..] else {
        panic!("{drafts:?}")
    };
    assert_eq!(
        (&saved["draft_id"], &saved["thread_id"]),
        (&json!(draft.id), &json!(draft.thread_id))
    );
    assert_eq!(saved["to"], "Ann Lee <ann@example.org>, bob@example.org");
    assert_eq!(saved["cc"], "Zoë <zoe@example.org>");
    assert_eq!(saved["bcc"], "secret@example.org");
    assert_eq!(saved["subject"], "Käse & \"Brot\"");
    assert!(
        saved.get("note").is_none() && saved.get("in_reply_to").is_none(),
        "{saved}"
    );
    assert!(draft.header("To").unwrap().contains("<ann@example.org>"));
    assert!(draft.header("Bcc").unwrap().contains("secret@example.org"));
    assert!(draft.header("In-Reply-To").is_none());
    assert_eq!(world.count("gmail.users.getProfile"), 0);
    world.assert_lawful();
}

#[tokio::test]
async fn an_answer_to_all_leaves_out_the_person_and_keeps_the_others() {
    let world = World::sample().await;
    let arguments = json!({"message_id": "18c0a11ce0000003", "body": "Yes.", "reply_all": true});
    let saved = world.call("create_draft_email", arguments).await.unwrap();
    assert_eq!(saved["to"], "Carol Reyes <carol@partner.example>");
    assert_eq!(saved["cc"], "Dan Osei <dan@partner.example>");
    assert!(
        saved["note"].as_str().unwrap().contains("recipients"),
        "{saved}"
    );
    world.assert_lawful();
}

#[tokio::test]
async fn an_answer_to_a_mail_of_ones_own_goes_to_whom_that_went() {
    let world = World::sample().await;
    let arguments = json!({"message_id": "18c0a11ce0000002", "body": "One more thing."});
    let saved = world.call("create_draft_email", arguments).await.unwrap();
    assert_eq!(saved["to"], "Carol Reyes <carol@partner.example>");
    assert!(saved.get("cc").is_none(), "{saved}");
}

#[tokio::test]
async fn a_thread_alone_means_its_latest_mail_and_no_draft() {
    let world = World::sample().await;
    let found = world
        .call("get_message", json!({"message_id": "18c0a11ce0000001"}))
        .await;
    let thread_id = found.unwrap()["thread_id"].clone();
    for _ in 0..2 {
        let arguments = json!({"thread_id": thread_id, "body": "Yes."});
        let saved = world.call("create_draft_email", arguments).await.unwrap();
        assert_eq!(saved["in_reply_to"], "<offsite-3@partner.example>");
        assert_eq!(saved["thread_id"], thread_id);
    }
    world.assert_lawful();
}

#[tokio::test]
async fn recipients_and_subject_that_are_given_win_over_those_looked_up() {
    let world = World::sample().await;
    let arguments = json!({
        "message_id": "18c0a11ce0000003", "to": "ann@example.org", "subject": "Lisbon", "body": "x",
    });
    let saved = world.call("create_draft_email", arguments).await.unwrap();
    assert_eq!(
        (&saved["to"], &saved["subject"]),
        (&json!("ann@example.org"), &json!("Re: Lisbon"))
    );
    assert_eq!(saved["in_reply_to"], "<offsite-3@partner.example>");
    assert!(saved.get("note").is_none(), "{saved}");
}

#[tokio::test]
async fn a_mail_of_another_thread_is_refused() {
    let world = World::with([mail(1, "One", "1"), mail(2, "Two", "2")]).await;
    let two = world
        .call("get_message", json!({"message_id": id(2)}))
        .await
        .unwrap();
    let arguments = json!({"message_id": id(1), "thread_id": two["thread_id"], "body": "x"});
    let error = world
        .call("create_draft_email", arguments)
        .await
        .unwrap_err();
    assert_eq!(error.argument(), Some("thread_id"));
    assert_eq!(world.count("gmail.users.drafts.create"), 0);
}

#[tokio::test]
async fn ids_that_do_not_exist_are_not_found_and_nothing_is_saved() {
    let world = World::sample().await;
    for arguments in [
        json!({"message_id": id(77), "body": "x"}),
        json!({"thread_id": id(77), "body": "x"}),
        json!({"message_id": "18c0a11ce0000003/../x?y#z", "body": "x"}),
    ] {
        let error = world
            .call("create_draft_email", arguments.clone())
            .await
            .unwrap_err();
        assert_eq!(error.kind_name(), "not_found", "{arguments}");
        assert!(!error.may_have_happened());
    }
    assert!(world.drafts().await.is_empty());
}

#[tokio::test]
async fn what_does_not_go_into_a_header_is_refused_by_name_before_any_request() {
    let world = World::sample().await;
    let injected = "ann@example.org\r\nBcc: eve@example.org";
    for (argument, arguments) in [
        ("to", json!({"to": injected, "subject": "s", "body": "b"})),
        ("cc", json!({"cc": injected, "subject": "s", "body": "b"})),
        ("bcc", json!({"bcc": injected, "subject": "s", "body": "b"})),
        (
            "subject",
            json!({"to": "ann@example.org", "subject": "s\r\nBcc: eve@example.org", "body": "b"}),
        ),
        (
            "subject",
            json!({"message_id": "18c0a11ce0000003", "subject": "s\nX: y", "body": "b"}),
        ),
        ("subject", json!({"to": "ann@example.org", "body": "b"})),
        (
            "reply_all",
            json!({"subject": "s", "body": "b", "reply_all": true}),
        ),
        ("body", json!({"to": "ann@example.org", "subject": "s"})),
        ("message_id", json!({"message_id": "", "body": "b"})),
        (
            "attachments",
            json!({"subject": "s", "body": "b", "attachments": "a.pdf"}),
        ),
    ] {
        let error = world
            .call("create_draft_email", arguments.clone())
            .await
            .unwrap_err();
        assert_eq!(
            (error.argument(), error.kind_name()),
            (Some(argument), "invalid_argument"),
            "{arguments}"
        );
    }
    assert!(world.emulator.requests().is_empty());
}

#[tokio::test]
async fn a_mail_without_recipient_is_saved_and_says_so() {
    let world = World::sample().await;
    let arguments = json!({"subject": "Later", "body": "To be addressed."});
    let saved = world.call("create_draft_email", arguments).await.unwrap();
    assert!(
        saved["note"].as_str().unwrap().contains("no recipient"),
        "{saved}"
    );
}

#[tokio::test]
async fn who_allowed_composing_only_can_have_new_mail_drafted() {
    let world = World::sample().await;
    let new = json!({"to": "ann@example.org", "subject": "s", "body": "b"});
    world
        .call_as(&[COMPOSE], "create_draft_email", new)
        .await
        .unwrap();
    let new = json!({"to": "ann@example.org", "subject": "s", "body": "b"});
    let error = world
        .call_as(&[READONLY], "create_draft_email", new)
        .await
        .unwrap_err();
    assert_eq!(error.consent_needed().unwrap().scopes, [COMPOSE]);
    let answer = json!({"message_id": "18c0a11ce0000003", "body": "b"});
    let error = world
        .call_as(&[COMPOSE], "create_draft_email", answer)
        .await
        .unwrap_err();
    assert_eq!(error.kind_name(), "insufficient_scope");
}

#[tokio::test]
async fn a_draft_that_google_refused_certainly_does_not_exist() {
    let world = World::sample().await;
    let fault = FaultRule::new(FaultAction::status_with_reason(403, "domainPolicy"));
    world.emulator.faults().add(fault.on_account(ALICE));
    let arguments = json!({"to": "ann@example.org", "subject": "s", "body": "b"});
    let error = world
        .call("create_draft_email", arguments)
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind_name(), error.may_have_happened()),
        ("permission_denied", false)
    );
}

#[tokio::test]
async fn a_draft_over_the_rate_is_tried_again_and_saved_once() {
    let world = World::sample().await;
    let fault = FaultRule::new(FaultAction::status(429)).on_method("gmail.users.drafts.create");
    world.emulator.faults().add(fault.times(1));
    let arguments = json!({"to": "ann@example.org", "subject": "s", "body": "b"});
    world.call("create_draft_email", arguments).await.unwrap();
    assert_eq!(world.drafts().await.len(), 1);
}

#[tokio::test]
async fn an_answer_to_all_leaves_out_the_alias_that_the_mail_was_delivered_to() {
    let mut message = mail(1, "To the team", "Hello");
    message.to = vec![
        "sales@corp.example".to_owned(),
        "dan@partner.example".to_owned(),
    ];
    message
        .headers
        .insert("Delivered-To".to_owned(), "sales@corp.example".to_owned());
    let world = World::with([message]).await;
    let arguments = json!({"message_id": id(1), "body": "Hi", "reply_all": true});
    let saved = world.call("create_draft_email", arguments).await.unwrap();
    assert_eq!(
        saved["to"],
        "Carol Reyes <carol@partner.example>, dan@partner.example"
    );
}
