//! `send_email` and `send_email_reply`.

use serde_json::json;
use toolgate_emulator::{FaultAction, FaultRule};

use crate::world::{COMPOSE, READONLY, World, id, mail};

const SEND: &str = "gmail.users.messages.send";
const ONLY_SEND: &str = "https://www.googleapis.com/auth/gmail.send";

#[tokio::test]
async fn a_mail_is_sent_as_it_was_written() {
    let world = World::sample().await;
    let arguments = json!({
        "to": "Ann Lee <ann@example.org>", "cc": "bob@example.org", "bcc": "eve@example.org",
        "subject": "Käse & \"Brot\"", "body": "Hi **Ann**\n\n1 < 2",
    });
    let result = world.call("send_email", arguments).await.unwrap();
    assert_eq!(
        world.emulator.requests().len(),
        1,
        "it takes no reading and no look-up"
    );
    let sent = world.sent().await;
    let [mail] = &sent[..] else {
        panic!("{sent:?}")
    };
    assert_eq!(result["status"], "sent");
    assert_eq!(
        (&result["message_id"], &result["thread_id"]),
        (&json!(mail.id), &json!(mail.thread_id))
    );
    assert_eq!(result["bcc"], "eve@example.org");
    assert!(mail.header("To").unwrap().contains("<ann@example.org>"));
    assert!(mail.header("Bcc").unwrap().contains("eve@example.org"));
    assert!(
        mail.raw.contains("<strong>Ann</strong>") && mail.raw.contains("1 &lt; 2"),
        "{}",
        mail.raw
    );
    world.assert_lawful();
}

#[tokio::test]
async fn each_mail_carries_a_message_id_of_its_own_before_it_leaves() {
    let world = World::sample().await;
    for _ in 0..2 {
        let arguments = json!({"to": "ann@example.org", "subject": "s", "body": "b"});
        world.call("send_email", arguments).await.unwrap();
    }
    let sent = world.sent().await;
    let ids: Vec<_> = sent
        .iter()
        .map(|mail| mail.header("Message-ID").unwrap())
        .collect();
    assert_ne!(ids[0], ids[1]);
    assert!(
        ids.iter()
            .all(|id| id.len() > 34 && !id.contains("gmail.com")),
        "{ids:?}"
    );
}

#[tokio::test]
async fn a_reply_looks_up_thread_recipients_and_subject() {
    let world = World::sample().await;
    let arguments = json!({"message_id": "18c0a11ce0000003", "body": "Yes.", "reply_all": true});
    let result = world.call("send_email_reply", arguments).await.unwrap();
    assert_eq!(result["to"], "Carol Reyes <carol@partner.example>");
    assert_eq!(result["cc"], "Dan Osei <dan@partner.example>");
    assert_eq!(result["subject"], "Re: Offsite in Lisbon: dates");
    let sent = &world.sent().await[0];
    assert_eq!(
        sent.header("In-Reply-To"),
        Some("<offsite-3@partner.example>")
    );
    let parent = world
        .call("get_message", json!({"message_id": "18c0a11ce0000003"}))
        .await;
    assert_eq!(result["thread_id"], parent.unwrap()["thread_id"]);
    world.assert_lawful();
}

#[tokio::test]
async fn a_reply_to_a_thread_takes_what_is_given_and_a_bcc() {
    let world = World::sample().await;
    let read = world
        .call("get_message", json!({"message_id": "18c0a11ce0000001"}))
        .await;
    let arguments = json!({
        "thread_id": read.unwrap()["thread_id"], "body": "x", "to": "ann@example.org",
        "bcc": "eve@example.org", "subject": "Lisbon",
    });
    let result = world.call("send_email_reply", arguments).await.unwrap();
    assert_eq!(result["in_reply_to"], "<offsite-3@partner.example>");
    let sent = &world.sent().await[0];
    assert!(sent.header("Bcc").unwrap().contains("eve@example.org"));
    assert!(!sent.raw.contains("carol@partner.example"), "{}", sent.raw);
    assert_eq!(sent.header("Subject"), Some("Re: Lisbon"));
}

#[tokio::test]
async fn what_cannot_be_sent_is_refused_by_name_before_any_request() {
    let world = World::sample().await;
    for (tool, argument, arguments) in [
        ("send_email", "to", json!({"subject": "s", "body": "b"})),
        (
            "send_email",
            "to",
            json!({"to": " ", "subject": "s", "body": "b"}),
        ),
        (
            "send_email",
            "to",
            json!({"to": "ann", "subject": "s", "body": "b"}),
        ),
        (
            "send_email",
            "bcc",
            json!({"bcc": "a@b.c\r\nX: y", "subject": "s", "body": "b"}),
        ),
        (
            "send_email",
            "subject",
            json!({"to": "ann@example.org", "body": "b"}),
        ),
        (
            "send_email",
            "from",
            json!({"to": "ann@example.org", "subject": "s", "body": "b", "from": "a@b.c, d@e.f"}),
        ),
        (
            "send_email",
            "reply_all",
            json!({"to": "ann@example.org", "subject": "s", "body": "b", "reply_all": true}),
        ),
        (
            "send_email_reply",
            "message_id",
            json!({"to": "ann@example.org", "body": "b"}),
        ),
        (
            "send_email_reply",
            "message_id",
            json!({"message_id": "", "body": "b"}),
        ),
        (
            "send_email_reply",
            "body",
            json!({"message_id": "18c0a11ce0000003"}),
        ),
    ] {
        let error = world.call(tool, arguments.clone()).await.unwrap_err();
        assert_eq!(error.argument(), Some(argument), "{arguments}: {error}");
    }
    assert!(world.emulator.requests().is_empty());
}

#[tokio::test]
async fn a_reply_to_what_is_not_there_is_not_found_and_nothing_is_sent() {
    let world = World::sample().await;
    let arguments = json!({"message_id": id(77), "body": "x"});
    let error = world.call("send_email_reply", arguments).await.unwrap_err();
    assert_eq!(
        (error.kind_name(), error.may_have_happened()),
        ("not_found", false)
    );
    assert_eq!(world.count(SEND), 0);
}

#[tokio::test]
async fn a_reply_that_nobody_would_get_is_refused_after_the_look_up() {
    let mut message = mail(1, "To nobody", "x");
    message.raw = Some("Subject: To nobody\r\n\r\nx".to_owned());
    let world = World::with([message]).await;
    let arguments = json!({"message_id": id(1), "body": "x"});
    let error = world.call("send_email_reply", arguments).await.unwrap_err();
    assert_eq!(error.argument(), Some("to"));
    assert_eq!(world.count(SEND), 0);
}

#[tokio::test]
async fn what_google_refuses_is_certainly_not_done_and_nothing_is_looked_up() {
    let world = World::sample().await;
    let new = json!({"to": "ann@example.org", "subject": "s", "body": "b"});
    let draft = world.call("create_draft_email", new.clone()).await.unwrap();
    let draft = json!({"draft_id": draft["draft_id"]});
    let change = json!({"draft_id": draft["draft_id"], "subject": "t"});
    let answer = json!({"message_id": "18c0a11ce0000003", "body": "b"});
    let forward = json!({"message_id": "18c0a11ce0000003", "to": "ann@example.org"});
    for (tool, arguments, method, told) in [
        ("send_email", &new, SEND, "not sent: google refused it"),
        (
            "send_email_reply",
            &answer,
            SEND,
            "not sent: google refused it",
        ),
        (
            "forward_email",
            &forward,
            SEND,
            "not sent: google refused it",
        ),
        (
            "create_draft_email",
            &new,
            "gmail.users.drafts.create",
            "not saved: google refused it",
        ),
        (
            "update_draft",
            &change,
            "gmail.users.drafts.update",
            "not saved: google refused it",
        ),
        (
            "send_draft",
            &draft,
            "gmail.users.drafts.send",
            "not sent: google refused it",
        ),
        (
            "delete_draft",
            &draft,
            "gmail.users.drafts.delete",
            "not deleted: google refused it",
        ),
    ] {
        world.emulator.clear_requests();
        let fault = FaultRule::new(FaultAction::status_with_reason(403, "domainPolicy"));
        world.emulator.faults().add(fault.on_method(method));
        let error = world.call(tool, arguments.clone()).await.unwrap_err();
        let seen = (error.kind_name(), error.may_have_happened());
        assert_eq!(seen, ("permission_denied", false), "{tool}");
        assert!(error.message().contains(told), "{tool}: {error}");
        let last = world.emulator.requests().last().unwrap().api_method.clone();
        assert_eq!(last.as_deref(), Some(method), "{tool}");
        world.emulator.faults().clear();
    }
    assert!(world.sent().await.is_empty());
    assert_eq!(world.drafts().await.len(), 1);
}

#[tokio::test]
async fn a_mail_over_the_rate_is_tried_again_and_sent_once() {
    let world = World::sample().await;
    let fault = FaultRule::new(FaultAction::status(429)).on_method(SEND);
    world.emulator.faults().add(fault.times(1));
    let arguments = json!({"to": "ann@example.org", "subject": "s", "body": "b"});
    world.call("send_email", arguments).await.unwrap();
    assert_eq!(world.sent().await.len(), 1);
}

#[tokio::test]
async fn a_person_who_allowed_sending_alone_can_send_a_new_mail() {
    let world = World::sample().await;
    let new = json!({"to": "ann@example.org", "subject": "s", "body": "b"});
    let result = world
        .call_as(&[ONLY_SEND], "send_email", new.clone())
        .await
        .unwrap();
    assert_eq!(result["status"], "sent");
    let error = world
        .call_as(&[READONLY], "send_email", new)
        .await
        .unwrap_err();
    assert_eq!(error.consent_needed().unwrap().scopes, [ONLY_SEND]);
    let answer = json!({"message_id": "18c0a11ce0000003", "body": "b"});
    let error = world
        .call_as(&[COMPOSE], "send_email_reply", answer)
        .await
        .unwrap_err();
    assert_eq!(error.kind_name(), "insufficient_scope");
}
