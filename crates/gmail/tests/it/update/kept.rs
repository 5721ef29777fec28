//! What the result says of a changed draft is what Google keeps.

use serde_json::json;
use toolgate_emulator::{FaultAction, FaultRule};

use super::{UPDATE, only, update};
use crate::world::{World, id};

/// A draft of a program that writes a header for each recipient.
fn draft_of(head: &str) -> toolgate_emulator::SeedMessage {
    let raw = format!(
        "From: Alice Example <alice@example.com>\n{head}Subject: Tea\nMIME-Version: 1.0\nContent-Type: text/plain\n\nOld\n"
    );
    toolgate_emulator::SeedMessage {
        id: Some(id(1)),
        date: "-1h".to_owned(),
        labels: vec!["DRAFT".to_owned()],
        raw: Some(raw.replace('\n', "\r\n")),
        ..toolgate_emulator::SeedMessage::default()
    }
}

#[tokio::test]
async fn the_result_shows_the_recipients_that_the_draft_keeps() {
    let head = "To: Ann <ann@example.org>\nCc: Bob <bob@example.org>\nCc: zoe@example.org\nBcc: ann@example.org\n";
    for (change, to) in [
        (json!({"subject": "Coffee"}), "Ann <ann@example.org>"),
        // He stands in a header that is not mentioned, and so stays there.
        (
            json!({"to": "Bob <bob@example.org>"}),
            "Bob <bob@example.org>",
        ),
    ] {
        let world = World::with([draft_of(head)]).await;
        let result = update(&world, change.clone()).await;
        let after = only(&world).await;
        assert_eq!(result["to"], to, "{change}");
        assert_eq!(
            result["cc"], "Bob <bob@example.org>, zoe@example.org",
            "{change}"
        );
        assert_eq!(result["bcc"], "ann@example.org", "{change}");
        for kept in [
            "Cc: Bob <bob@example.org>",
            "Cc: zoe@example.org",
            "Bcc: ann@example.org",
        ] {
            assert!(after.raw.contains(kept), "{change}: {}", after.raw);
        }
    }
}

#[tokio::test]
async fn the_result_shows_what_google_made_of_it() {
    let world = World::with([draft_of("To: ann@example.org\n")]).await;
    let draft_id = only(&world).await.id;
    let header = |name: &str, value: &str| json!({"name": name, "value": value});
    let kept = json!({"id": draft_id, "message": {"id": id(7), "threadId": id(1), "payload": {"headers": [
        header("From", "Alice <other@example.com>"),
        header("To", "ann@example.net"),
        header("Subject", "Kept"),
    ]}}});
    let changed = FaultAction::Json {
        status: 200,
        body: kept,
    };
    let rule = FaultRule::new(changed)
        .on_method("gmail.users.drafts.get")
        .after(1);
    world.emulator.faults().add(rule);
    let change = json!({"draft_id": draft_id, "subject": "Coffee", "to": "ann@example.org"});
    let result = world.call("update_draft", change).await.unwrap();
    assert_eq!(
        (&result["from"], &result["to"], &result["subject"]),
        (
            &json!("Alice <other@example.com>"),
            &json!("ann@example.net"),
            &json!("Kept")
        )
    );
    assert!(result.get("note").is_none(), "{result}");
}

#[tokio::test]
async fn a_draft_that_cannot_be_read_back_is_saved_and_that_is_said() {
    let world = World::with([draft_of("To: ann@example.org\nCc: zoe@example.org\n")]).await;
    let draft_id = only(&world).await.id;
    let refused = FaultRule::new(FaultAction::status(403)).on_method("gmail.users.drafts.get");
    world.emulator.faults().add(refused.after(1));
    let change = json!({"draft_id": draft_id, "subject": "Coffee"});
    let result = world.call("update_draft", change).await.unwrap();
    assert_eq!(
        (&result["status"], &result["cc"], &result["subject"]),
        (&json!("saved"), &json!("zoe@example.org"), &json!("Coffee"))
    );
    let note = result["note"].as_str().unwrap();
    assert!(note.contains("could not be asked"), "{note}");
    assert_eq!(world.count(UPDATE), 1);
}
