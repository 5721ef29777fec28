//! Where Gmail replaces the `Message-ID` of what is sent, the other mark tells what became of it: sent once, or unknown.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use serde_json::{Value, json};
use toolgate_emulator::{FaultAction, FaultPoint, FaultRule, MessageIds};

use crate::world::World;

const BOTH: [MessageIds; 2] = [MessageIds::Moved, MessageIds::Replaced];
const SEND: &str = "gmail.users.messages.send";
const SEND_DRAFT: &str = "gmail.users.drafts.send";
const MAIL: &str = "18c0a11ce0000003";

/// Everything that sends, the method that it sends by, and its arguments.
async fn senders(world: &World) -> Vec<(&'static str, &'static str, Value)> {
    let letter = json!({"to": "ann@example.org", "subject": "Tea", "body": "b"});
    let draft = world.call("create_draft_email", letter.clone()).await;
    let draft = json!({"draft_id": draft.unwrap()["draft_id"]});
    let reply = json!({"message_id": MAIL, "body": "b"});
    let forward = json!({"message_id": MAIL, "to": "ann@example.org"});
    vec![
        ("send_email", SEND, letter),
        ("send_email_reply", SEND, reply),
        ("forward_email", SEND, forward),
        ("send_draft", SEND_DRAFT, draft),
    ]
}

/// What ends without an answer, and how many mails that leaves.
fn unclear_ends() -> [(FaultAction, usize); 4] {
    let cut = |at| FaultAction::DropConnection { at };
    [
        (cut(FaultPoint::After), 1),
        (FaultAction::TornBody, 1),
        (cut(FaultPoint::Before), 0),
        (FaultAction::status(500), 0),
    ]
}

#[tokio::test]
async fn a_mail_whose_id_gmail_replaced_is_found_by_its_other_mark_and_sent_once() {
    for ids in BOTH {
        for (fault, there) in unclear_ends() {
            let world = World::where_ids_are(ids).await;
            for (tool, method, arguments) in senders(&world).await {
                let before = world.sent().await.len();
                world.emulator.clear_requests();
                let rule = FaultRule::new(fault.clone()).on_method(method);
                world.emulator.faults().add(rule);
                let result = world.call(tool, arguments).await;
                world.emulator.faults().clear();
                let sent = world.sent().await;
                let case = format!("{ids:?} {fault:?} {tool}");
                assert_eq!(sent.len(), before + there, "{case}");
                assert_eq!(world.count(method), 1, "{case}");
                if there == 1 {
                    let id = sent[0].header("Message-ID").unwrap();
                    assert!(id.starts_with("<CAnew"), "{case}: {id}");
                    let result = result.unwrap();
                    assert_eq!(result["status"], "sent (confirmed by look-up)", "{case}");
                    assert_eq!(result["message_id"], json!(sent[0].id), "{case}");
                } else {
                    let error = result.unwrap_err();
                    let is_denied = error.message().contains("not sent: it was looked for");
                    assert!(is_denied && !error.may_have_happened(), "{case}: {error}");
                }
            }
        }
    }
}

#[tokio::test]
async fn an_answered_mail_is_sent_whatever_becomes_of_its_id() {
    for ids in BOTH {
        let world = World::where_ids_are(ids).await;
        for (tool, method, arguments) in senders(&world).await {
            world.emulator.clear_requests();
            let result = world.call(tool, arguments).await.unwrap();
            assert_eq!(result["status"], "sent", "{ids:?} {tool}");
            assert_eq!(world.count(method), 1, "{ids:?} {tool}");
        }
        assert_eq!(world.sent().await.len(), 4);
    }
}

/// A draft of one part bears no boundary: once Gmail replaced its id, no mark is left.
#[tokio::test]
async fn a_draft_without_a_second_mark_is_unknown_once_its_id_is_replaced() {
    let seed = toolgate_emulator::SeedMessage {
        labels: vec!["DRAFT".to_owned()],
        to: vec!["Ann <ann@example.org>".to_owned()],
        ..toolgate_emulator::SeedMessage::new("alice@example.com", "Tea", "Plain")
    };
    for (ids, expected) in [
        (MessageIds::Kept, true),
        (MessageIds::Moved, true),
        (MessageIds::Replaced, false),
    ] {
        let account = toolgate_emulator::SeedAccount::new(crate::world::ALICE, "Alice");
        let world = World::of_with(account.with_message(seed.clone()), ids).await;
        let draft = json!({"draft_id": world.drafts().await[0].id});
        let cut = FaultAction::DropConnection {
            at: FaultPoint::After,
        };
        world
            .emulator
            .faults()
            .add(FaultRule::new(cut).on_method(SEND_DRAFT));
        let result = world.call("send_draft", draft).await;
        assert_eq!(world.sent().await.len(), 1, "{ids:?}");
        match result {
            Ok(result) => {
                assert!(expected, "{ids:?}: {result}");
                assert_eq!(result["status"], "sent (confirmed by look-up)");
            }
            Err(error) => {
                assert!(!expected && error.may_have_happened(), "{ids:?}: {error}");
                assert!(error.message().contains("unknown"), "{error}");
                assert!(!error.message().contains("not sent"), "{error}");
            }
        }
        assert_eq!(world.count(SEND_DRAFT), 1);
    }
}
