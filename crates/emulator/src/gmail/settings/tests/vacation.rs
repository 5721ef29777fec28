//! The responder: how it is set, what is refused, and whom it answers.

use serde_json::{Value, json};

use crate::gmail::Outgoing;
use crate::gmail::mime::Parsed;
use crate::gmail::tests::harness::{Gmail, NOW, raw};

const NONE: Value = Value::Null;
const DAY: i64 = 86_400_000;
const MAIL: &str = "From: Bob <bob@example.org>\r\nTo: alice@example.com\r\nSubject: Plan\r\n\
    Message-ID: <one@example.org>\r\n\r\nWhen?";

fn set(gmail: &mut Gmail, settings: Value) -> Value {
    gmail.ok("settings.updateVacation", json!({}), settings)
}

fn on(gmail: &mut Gmail, more: Value) {
    let mut settings = json!({ "enableAutoReply": true, "responseSubject": "Away",
        "responseBodyPlainText": "Back in May." });
    if let (Value::Object(settings), Value::Object(more)) = (&mut settings, more) {
        settings.extend(more);
    }
    set(gmail, settings);
}

/// What the mailbox sends when that arrives.
fn answers(gmail: &mut Gmail, mail: &str) -> Vec<Outgoing> {
    gmail.mailbox.deliver(mail.as_bytes(), gmail.now_ms);
    gmail.mailbox.take_outgoing()
}

#[test]
fn the_responder_is_off_until_it_is_set_and_each_update_replaces_all_of_it() {
    let mut gmail = Gmail::with(json!({}));
    let off = json!({ "enableAutoReply": false, "restrictToContacts": false,
        "restrictToDomain": false });
    assert_eq!(gmail.ok("settings.getVacation", json!({}), NONE), off);
    let all = json!({ "enableAutoReply": true, "responseSubject": "Away",
        "responseBodyPlainText": "Back", "responseBodyHtml": "<b>Back</b><script>x</script>",
        "restrictToContacts": true, "startTime": "1773576000000", "endTime": "1773576000001" });
    let kept = set(&mut gmail, all);
    assert_eq!(kept["responseBodyHtml"], "<b>Back</b>");
    assert_eq!(kept["startTime"], "1773576000000");
    assert_eq!(kept["endTime"], "1773576000001");
    assert_eq!(kept["restrictToContacts"], true);
    assert_eq!(gmail.ok("settings.getVacation", json!({}), NONE), kept);
    assert_eq!(set(&mut gmail, json!({})), off);
}

#[test]
fn impossible_settings_are_refused_and_change_nothing() {
    let table = [
        (
            json!({ "enableAutoReply": true }),
            "Either the response subject or the response body must be nonempty",
        ),
        (
            json!({ "enableAutoReply": true, "responseSubject": " ",
                "responseBodyHtml": "<script>x</script>" }),
            "Either the response subject or the response body must be nonempty",
        ),
        (
            json!({ "startTime": "2000", "endTime": "2000" }),
            "startTime must precede endTime",
        ),
        (json!({ "startTime": "-1" }), "Invalid startTime"),
        (
            json!({ "restrictToDomain": true }),
            "restrictToDomain is available to Google Workspace users only",
        ),
    ];
    let mut gmail = Gmail::with(json!({}));
    on(&mut gmail, json!({}));
    let before = gmail.ok("settings.getVacation", json!({}), NONE);
    for (settings, message) in table {
        let refused = gmail.refused("settings.updateVacation", json!({}), settings.clone());
        assert_eq!(
            (refused.code, refused.reason, refused.message.as_str()),
            (400, "invalidArgument", message),
            "{settings}"
        );
    }
    assert_eq!(gmail.ok("settings.getVacation", json!({}), NONE), before);
    for enough in [
        "responseSubject",
        "responseBodyPlainText",
        "responseBodyHtml",
    ] {
        set(
            &mut gmail,
            json!({ "enableAutoReply": true, enough: "Away" }),
        );
    }
    let mut workspace = Gmail::of("alice@work.example", json!({}));
    set(&mut workspace, json!({ "restrictToDomain": true }));
}

#[test]
fn a_sender_is_answered_once_and_again_after_four_days_or_an_edit() {
    let mut gmail = Gmail::with(json!({}));
    assert_eq!(answers(&mut gmail, MAIL), [], "the responder is off");
    on(&mut gmail, json!({}));
    let sent = answers(&mut gmail, MAIL);
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].recipients, ["bob@example.org"]);
    let reply = Parsed::new(&sent[0].raw);
    let table = [
        ("From", "\"Alice\" <alice@example.com>"),
        ("To", "<bob@example.org>"),
        ("Subject", "Away Re: Plan"),
        ("In-Reply-To", "<one@example.org>"),
        ("References", "<one@example.org>"),
        ("Auto-Submitted", "auto-replied"),
    ];
    for (name, expected) in table {
        assert_eq!(reply.root.header(name), Some(expected));
    }
    assert_eq!(reply.plain.trim(), "Back in May.");

    gmail.now_ms = NOW + 4 * DAY - 1;
    assert_eq!(answers(&mut gmail, MAIL), []);
    let other = MAIL.replace("bob@", "carl@");
    assert_eq!(answers(&mut gmail, &other).len(), 1, "others are answered");
    gmail.now_ms = NOW + 4 * DAY;
    assert_eq!(answers(&mut gmail, MAIL).len(), 1);
    assert_eq!(answers(&mut gmail, MAIL), []);
    on(
        &mut gmail,
        json!({ "responseBodyHtml": "<p>Back in <b>June</b>.</p>" }),
    );
    let sent = answers(&mut gmail, MAIL);
    let html = Parsed::new(&sent[0].raw);
    assert_eq!(html.root.mime_type, "text/html");
    assert!(html.source.contains("<b>june</b>"));
}

#[test]
fn the_responder_keeps_to_its_time() {
    let window = json!({ "startTime": (NOW + 10).to_string(), "endTime": (NOW + 20).to_string() });
    for (after, answered) in [(9, 0), (10, 1), (19, 1), (20, 0)] {
        let mut gmail = Gmail::with(json!({}));
        on(&mut gmail, window.clone());
        gmail.now_ms = NOW + after;
        assert_eq!(answers(&mut gmail, MAIL).len(), answered, "{after}");
    }
}

#[test]
fn what_no_person_wrote_to_the_account_is_not_answered() {
    let fields = [
        "List-Id: <l.example>",
        "List-Unsubscribe: <https://l.example/u>",
        "Precedence: bulk",
        "Auto-Submitted: auto-generated",
        "Auto-Submitted: auto-replied",
    ];
    let mut mails: Vec<String> = fields
        .iter()
        .map(|field| format!("{field}\r\n{MAIL}"))
        .collect();
    mails.push(MAIL.replace("To: alice@", "To: everybody@"));
    mails.push(MAIL.replace("bob@example.org", "alice@example.com"));
    mails.push(MAIL.replace("From: Bob <bob@example.org>\r\n", ""));
    let mut gmail = Gmail::with(json!({}));
    on(&mut gmail, json!({}));
    for mail in mails {
        assert_eq!(answers(&mut gmail, &mail), [], "{mail}");
    }
    let copy = MAIL.replace("To: alice@", "To: bob@x.example\r\nCc: alice@");
    let not_automatic = format!("Auto-Submitted: no\r\n{copy}");
    assert_eq!(answers(&mut gmail, &not_automatic).len(), 1);
}

#[test]
fn an_import_is_not_answered() {
    let mut gmail = Gmail::with(json!({}));
    on(&mut gmail, json!({}));
    gmail.ok("messages.import", json!({}), raw(MAIL));
    assert_eq!(gmail.mailbox.take_outgoing(), []);
}

#[test]
fn answers_can_be_kept_to_contacts_and_to_the_domain() {
    let mut gmail = Gmail::with(json!({}));
    on(&mut gmail, json!({ "restrictToContacts": true }));
    assert_eq!(answers(&mut gmail, MAIL), []);
    gmail.ok(
        "messages.send",
        json!({}),
        raw("To: Bob <BOB@example.org>\r\n\r\nHi"),
    );
    gmail.mailbox.take_outgoing();
    assert_eq!(answers(&mut gmail, MAIL).len(), 1);

    let mut gmail = Gmail::of("alice@work.example", json!({}));
    on(&mut gmail, json!({ "restrictToDomain": true }));
    let mail = |from: &str| format!("From: {from}\r\nTo: alice@work.example\r\n\r\nx");
    assert_eq!(answers(&mut gmail, &mail("bob@example.org")), []);
    assert_eq!(answers(&mut gmail, &mail("bob@WORK.example")).len(), 1);
}
