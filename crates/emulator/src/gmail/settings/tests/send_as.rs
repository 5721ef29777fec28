//! The addresses that an account sends as.

use serde_json::{Value, json};

use crate::gmail::mime::Parsed;
use crate::gmail::tests::harness::{Gmail, header, raw};

const NONE: Value = Value::Null;

fn mailbox() -> Gmail {
    Gmail::with(json!({ "send_as": [
        { "email": "alice@example.com", "signature": "<b>A</b><script>x</script>" },
        { "email": "sales@example.com", "name": "Sales", "reply_to": "desk@example.com" },
        { "email": "later@example.com", "pending": true },
    ]}))
}

fn named(email: &str) -> Value {
    json!({ "sendAsEmail": email })
}

#[test]
fn the_list_holds_the_primary_address_and_the_seeds_aliases() {
    let mut gmail = mailbox();
    let listed = gmail.ok("settings.sendAs.list", json!({}), NONE);
    let expected = json!([
        { "sendAsEmail": "alice@example.com", "displayName": "Alice", "replyToAddress": "",
          "signature": "<b>A</b>", "isPrimary": true, "isDefault": true },
        { "sendAsEmail": "sales@example.com", "displayName": "Sales",
          "replyToAddress": "desk@example.com", "signature": "", "treatAsAlias": true,
          "verificationStatus": "accepted" },
        { "sendAsEmail": "later@example.com", "displayName": "", "replyToAddress": "",
          "signature": "", "treatAsAlias": true, "verificationStatus": "pending" },
    ]);
    assert_eq!(listed["sendAs"], expected);
    let found = gmail.ok("settings.sendAs.get", named("SALES@example.com"), NONE);
    assert_eq!(found, expected[1]);
    let unknown = named("bob@example.com");
    assert_eq!(
        gmail.refused("settings.sendAs.get", unknown, NONE).code,
        404
    );
}

#[test]
fn a_patch_changes_what_it_names_and_an_update_empties_the_rest() {
    let mut gmail = mailbox();
    let me = named("alice@example.com");
    let signature = "<div>Alice<br><a href=\"https://example.com\" onclick=\"x()\">site</a></div>";
    let patched = gmail.ok(
        "settings.sendAs.patch",
        me.clone(),
        json!({ "signature": signature, "replyToAddress": "desk@example.com" }),
    );
    assert_eq!(
        patched["signature"],
        "<div>Alice<br><a href=\"https://example.com\">site</a></div>"
    );
    assert_eq!(patched["displayName"], "Alice");
    assert_eq!(gmail.ok("settings.sendAs.get", me.clone(), NONE), patched);
    let cleared = gmail.ok(
        "settings.sendAs.patch",
        me.clone(),
        json!({ "signature": "" }),
    );
    assert_eq!(cleared["signature"], "");
    assert_eq!(cleared["replyToAddress"], "desk@example.com");
    let updated = gmail.ok(
        "settings.sendAs.update",
        me.clone(),
        json!({ "sendAsEmail": "alice@example.com", "displayName": "A. Lice" }),
    );
    assert_eq!(updated["displayName"], "A. Lice");
    assert_eq!(updated["replyToAddress"], "");
    assert_eq!(updated["isDefault"], true);
    let sent = gmail.ok(
        "messages.send",
        json!({}),
        raw("To: b@example.com\r\n\r\nx"),
    );
    let sent = gmail.get(sent["id"].as_str().unwrap());
    assert_eq!(
        header(&sent, "From"),
        Some("\"A. Lice\" <alice@example.com>")
    );
}

#[test]
fn one_address_is_the_default() {
    let mut gmail = mailbox();
    let defaults = |gmail: &mut Gmail| {
        let listed = gmail.ok("settings.sendAs.list", json!({}), NONE);
        let entries = listed["sendAs"].as_array().unwrap().clone();
        let default = entries
            .into_iter()
            .filter(|entry| entry["isDefault"] == true);
        let emails = default.map(|entry| entry["sendAsEmail"].as_str().unwrap().to_owned());
        emails.collect::<Vec<_>>()
    };
    let yes = json!({ "isDefault": true });
    gmail.ok(
        "settings.sendAs.patch",
        named("sales@example.com"),
        yes.clone(),
    );
    assert_eq!(defaults(&mut gmail), ["sales@example.com"]);
    let no = json!({ "isDefault": false });
    let refused = gmail.refused("settings.sendAs.patch", named("sales@example.com"), no);
    assert_eq!(refused.code, 400);
    let refused = gmail.refused("settings.sendAs.patch", named("later@example.com"), yes);
    assert_eq!(refused.reason, "failedPrecondition");
    gmail.ok("settings.sendAs.delete", named("sales@example.com"), NONE);
    assert_eq!(defaults(&mut gmail), ["alice@example.com"]);

    let mut seeded = Gmail::with(json!({ "send_as": [
        { "email": "sales@example.com", "default": true } ] }));
    assert_eq!(defaults(&mut seeded), ["sales@example.com"]);
}

#[test]
fn an_alias_is_made_asked_for_and_deleted() {
    let mut gmail = mailbox();
    let body = json!({ "sendAsEmail": "new@example.net", "displayName": "New", "signature": "s",
        "smtpMsa": { "host": "smtp.example.net", "port": 587, "username": "u", "password": "p",
            "securityMode": "starttls" } });
    let made = gmail.ok("settings.sendAs.create", json!({}), body.clone());
    assert_eq!(made["verificationStatus"], "pending");
    assert_eq!(
        made["smtpMsa"],
        json!({ "host": "smtp.example.net", "port": 587, "securityMode": "starttls" })
    );
    assert_eq!(
        gmail.ok("settings.sendAs.get", named("new@example.net"), NONE),
        made
    );
    let asked = gmail.mailbox.take_outgoing();
    assert_eq!(asked[0].recipients, ["new@example.net"]);
    gmail.ok("settings.sendAs.verify", named("new@example.net"), NONE);
    assert_eq!(gmail.mailbox.take_outgoing().len(), 1);
    let refused = gmail.refused("settings.sendAs.create", json!({}), body);
    assert_eq!((refused.code, refused.status), (409, "ALREADY_EXISTS"));
    gmail.ok("settings.sendAs.delete", named("new@example.net"), NONE);
    assert_eq!(
        gmail
            .refused("settings.sendAs.get", named("new@example.net"), NONE)
            .code,
        404
    );

    let mut workspace = Gmail::of("alice@work.example", json!({}));
    let own = named("sales@work.example");
    let made = workspace.ok("settings.sendAs.create", json!({}), own);
    assert_eq!(made["verificationStatus"], "accepted");
    assert!(workspace.mailbox.take_outgoing().is_empty());
}

#[test]
fn impossible_changes_of_addresses_are_refused() {
    let mut gmail = mailbox();
    let table = [
        ("create", json!({}), json!({}), 400),
        ("create", json!({}), named("nobody"), 400),
        ("create", json!({}), named("alice@example.com"), 409),
        (
            "create",
            json!({}),
            json!({ "sendAsEmail": "n@example.net", "smtpMsa": { "host": "h" } }),
            400,
        ),
        (
            "create",
            json!({}),
            json!({ "sendAsEmail": "n@example.net", "isDefault": true }),
            400,
        ),
        (
            "patch",
            named("alice@example.com"),
            json!({ "replyToAddress": "desk" }),
            400,
        ),
        (
            "patch",
            named("alice@example.com"),
            named("bob@example.com"),
            400,
        ),
        (
            "patch",
            named("bob@example.com"),
            json!({ "signature": "" }),
            404,
        ),
        ("update", named("bob@example.com"), json!({}), 404),
        ("delete", named("alice@example.com"), NONE, 400),
        ("delete", named("bob@example.com"), NONE, 404),
        ("verify", named("sales@example.com"), NONE, 400),
        ("verify", named("alice@example.com"), NONE, 400),
        ("verify", named("bob@example.com"), NONE, 404),
    ];
    let before = gmail.ok("settings.sendAs.list", json!({}), NONE);
    for (method, parameters, body, code) in table {
        let shown = format!("{method} {parameters} {body}");
        let refused = gmail.refused(&format!("settings.sendAs.{method}"), parameters, body);
        assert_eq!(refused.code, code, "{shown}: {refused:?}");
    }
    assert_eq!(gmail.ok("settings.sendAs.list", json!({}), NONE), before);
    assert!(gmail.mailbox.take_outgoing().is_empty());
}

#[test]
fn mail_is_from_a_verified_alias_or_from_the_account() {
    let mut gmail = mailbox();
    let table = [
        ("Us <Sales@example.com>", "Us <Sales@example.com>"),
        ("later@example.com", "\"Alice\" <alice@example.com>"),
        (
            "sales@example.com, alice@example.com",
            "\"Alice\" <alice@example.com>",
        ),
        ("eve@example.com", "\"Alice\" <alice@example.com>"),
    ];
    for (from, expected) in table {
        let message = format!("From: {from}\r\nTo: b@example.org\r\n\r\nx");
        let sent = gmail.ok("messages.send", json!({}), raw(&message));
        let kept = gmail.get(sent["id"].as_str().unwrap());
        assert_eq!(header(&kept, "From"), Some(expected), "{from}");
        let outgoing = gmail.mailbox.take_outgoing();
        let delivered = Parsed::new(&outgoing[0].raw);
        assert_eq!(delivered.root.header("From"), Some(expected), "{from}");
        let draft = json!({ "message": raw(&message) });
        let draft = gmail.ok("drafts.create", json!({}), draft);
        let kept = gmail.get(draft["message"]["id"].as_str().unwrap());
        assert_eq!(header(&kept, "From"), Some(expected), "{from} in a draft");
    }
}
