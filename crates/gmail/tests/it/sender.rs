//! From which of a person's addresses mail goes out, and with which signature.

use serde_json::json;
use toolgate_emulator::{FaultAction, FaultRule, SeedAccount, SeedSendAs};

use crate::world::{ALICE, World};

const SEND: &str = "gmail.users.messages.send";
const SEND_AS: &str = "gmail.users.settings.sendAs.list";

/// Alice, who also sends as the sales department, and not yet as another.
async fn world() -> World {
    let mut account = SeedAccount::new(ALICE, "Alice Example");
    let address = |email: &str, signature: &str| SeedSendAs {
        email: email.to_owned(),
        signature: signature.to_owned(),
        ..SeedSendAs::default()
    };
    account.gmail.send_as = vec![
        address(ALICE, "<b>Alice</b><br>Example &amp; Co"),
        SeedSendAs {
            name: "Example Sales".to_owned(),
            ..address("sales@example.com", "")
        },
        SeedSendAs {
            pending: true,
            ..address("pending@example.com", "")
        },
    ];
    World::of(account).await
}

#[tokio::test]
async fn another_own_address_sends_under_the_name_that_the_settings_give_it() {
    let world = world().await;
    let arguments = json!({
        "to": "ann@example.org", "subject": "s", "body": "b", "from": "The Boss <SALES@example.com>",
    });
    let result = world.call("send_email", arguments).await.unwrap();
    assert_eq!(result["from"], "Example Sales <sales@example.com>");
    assert!(result.get("note").is_none(), "{result}");
    let from = world.sent().await[0].header("From").unwrap().to_owned();
    assert!(
        from.contains("Example Sales") && from.contains("<sales@example.com>"),
        "{from}"
    );
    world.assert_lawful();
}

#[tokio::test]
async fn an_address_that_is_not_the_persons_is_refused_and_nothing_is_sent() {
    let world = world().await;
    for from in ["bob@example.com", "pending@example.com"] {
        for tool in ["send_email", "create_draft_email"] {
            let arguments =
                json!({"to": "ann@example.org", "subject": "s", "body": "b", "from": from});
            let error = world.call(tool, arguments).await.unwrap_err();
            assert_eq!(error.argument(), Some("from"), "{from}");
            assert!(error.message().contains("sales@example.com"), "{error}");
        }
    }
    assert_eq!(
        world.count(SEND) + world.count("gmail.users.drafts.create"),
        0
    );
}

#[tokio::test]
async fn a_signature_stands_below_the_text_only_if_it_is_asked_for() {
    for (asked, there) in [
        (json!(true), true),
        (json!(false), false),
        (json!(null), false),
    ] {
        let world = world().await;
        let arguments =
            json!({"to": "ann@example.org", "subject": "s", "body": "Hi", "signature": asked});
        let result = world.call("send_email", arguments).await.unwrap();
        let sent = world.sent().await;
        let message = sent[0].parsed();
        let text = message.body_text(0).unwrap().replace("\r\n", "\n");
        let html = message.body_html(0).unwrap();
        assert_eq!(
            text.contains("Hi\n\n-- \n**Alice**\nExample & Co\n"),
            there,
            "{text:?}"
        );
        assert_eq!(
            html.contains("<b>Alice</b><br>Example &amp; Co"),
            there,
            "{html}"
        );
        assert_eq!(world.count(SEND_AS), usize::from(there));
        assert!(
            result.get("note").is_none() && result.get("from").is_none(),
            "{result}"
        );
    }
}

#[tokio::test]
async fn a_signature_that_is_not_there_is_noted() {
    let world = world().await;
    let arguments = json!({
        "to": "ann@example.org", "subject": "s", "body": "Hi", "signature": true,
        "from": "sales@example.com",
    });
    let result = world.call("send_email", arguments).await.unwrap();
    assert_eq!(result["note"], "this address has no signature");
    assert!(!world.sent().await[0].raw.contains("-- "));
}

#[tokio::test]
async fn addresses_that_cannot_be_looked_up_stop_the_mail() {
    let world = world().await;
    let fault = FaultRule::new(FaultAction::status(403)).on_method(SEND_AS);
    world.emulator.faults().add(fault);
    let arguments =
        json!({"to": "ann@example.org", "subject": "s", "body": "b", "signature": true});
    let error = world.call("send_email", arguments).await.unwrap_err();
    assert!(!error.may_have_happened());
    assert_eq!(world.count(SEND), 0);
}
