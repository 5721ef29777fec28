//! The mailbox through its methods, each reply checked against Google's schemas.

pub(crate) mod harness;

mod changes;
mod drafts;
mod messages;
mod office;
mod paging;
mod threading;
mod watch;

use serde_json::json;

use self::harness::Gmail;
use super::METHODS;

#[test]
fn every_listed_method_is_answered() {
    for method in METHODS {
        let mut gmail = Gmail::with(json!({}));
        // What the call lacks may be refused, but never the method itself.
        if let Err(refused) = gmail.call(method, json!({}), json!({})) {
            assert_ne!(refused.code, 501, "{method}: {refused:?}");
        }
    }
}

#[test]
fn methods_that_are_not_listed_name_themselves() {
    let mut gmail = Gmail::with(json!({}));
    let refused = gmail
        .call("gmail.users.settings.getPop", json!({}), json!(null))
        .unwrap_err();
    assert_eq!(refused.code, 501);
    assert!(refused.message.contains("gmail.users.settings.getPop"));
}

#[test]
fn the_same_seed_makes_the_same_mailbox() {
    let seed = json!({
        "labels": ["Projects"],
        "messages": [
            { "from": "a@example.com", "subject": "One", "date": "-1d", "text": "x",
              "attachments": [{ "filename": "a.txt", "mime_type": "text/plain", "text": "y" }] },
            { "from": "b@example.com", "subject": "Two", "text": "x", "html": "<p>x</p>" },
        ],
    });
    let read = || {
        let mut gmail = Gmail::with(seed.clone());
        let listed = gmail.ok("messages.list", json!({}), json!(null));
        let ids: Vec<_> = harness::ids(&listed["messages"]);
        let all: Vec<_> = ids
            .iter()
            .map(|id| {
                gmail.ok(
                    "messages.get",
                    json!({ "id": id, "format": "raw" }),
                    json!(null),
                )
            })
            .collect();
        (listed, all)
    };
    assert_eq!(read(), read());
}

#[test]
fn ids_differ_between_mailboxes_and_look_like_googles() {
    let seed = json!({ "messages": [{ "from": "a@example.com", "subject": "s", "text": "t" }] });
    let mut ids = Vec::new();
    for address in ["alice@example.com", "bob@example.com"] {
        let mut gmail = Gmail::of(address, seed.clone());
        let listed = gmail.ok("messages.list", json!({}), json!(null));
        ids.extend(harness::ids(&listed["messages"]));
    }
    assert_ne!(ids[0], ids[1]);
    assert!(
        ids.iter()
            .all(|id| id.len() == 16 && id.bytes().all(|b| b.is_ascii_hexdigit()))
    );
}

#[test]
fn the_profile_counts_messages_and_threads() {
    let mut gmail = Gmail::with(json!({ "messages": [
        { "from": "a@example.com", "subject": "s", "thread": "t", "text": "1" },
        { "from": "a@example.com", "subject": "s", "thread": "t", "text": "2" },
        { "from": "a@example.com", "subject": "other", "text": "3", "labels": ["TRASH"] },
    ]}));
    let profile = gmail.ok("getProfile", json!({}), json!(null));
    assert_eq!(profile["emailAddress"], "alice@example.com");
    assert_eq!(profile["messagesTotal"], 3);
    assert_eq!(profile["threadsTotal"], 2);
}

#[test]
fn the_account_sends_as_itself_only() {
    let mut gmail = Gmail::with(json!({}));
    let listed = gmail.ok("settings.sendAs.list", json!({}), json!(null));
    assert_eq!(listed["sendAs"][0]["sendAsEmail"], "alice@example.com");
    let own = json!({ "sendAsEmail": "alice@example.com" });
    let found = gmail.ok("settings.sendAs.get", own, json!(null));
    assert_eq!(found["displayName"], "Alice");
    let other = json!({ "sendAsEmail": "bob@example.com" });
    assert_eq!(
        gmail
            .refused("settings.sendAs.get", other, json!(null))
            .code,
        404
    );
}
