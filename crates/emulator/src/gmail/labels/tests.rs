//! Labels as the API shows, makes and refuses them.

use serde_json::{Value, json};

use crate::gmail::tests::harness::Gmail;

const NONE: Value = Value::Null;

fn mailbox() -> Gmail {
    let message = |thread: &str, labels: Value| json!({ "from": "a@example.com", "thread": thread, "labels": labels, "text": "x" });
    Gmail::with(json!({ "labels": ["Mine"], "messages": [
        message("t", json!(["INBOX", "UNREAD", "Mine"])),
        message("t", json!(["INBOX", "Mine"])),
        message("u", json!(["INBOX", "Unseeded"])),
    ]}))
}

#[test]
fn the_list_holds_googles_labels_and_the_users() {
    let mut gmail = mailbox();
    let listed = gmail.ok("labels.list", json!({}), NONE);
    let labels = listed["labels"].as_array().unwrap();
    let find = |id: &str| labels.iter().find(|label| label["id"] == id).unwrap();
    assert_eq!(find("INBOX")["type"], "system");
    assert_eq!(find("SPAM")["labelListVisibility"], "labelHide");
    assert_eq!(find("Label_1")["name"], "Mine");
    assert_eq!(find("Label_1")["type"], "user");
    assert_eq!(find("Label_2")["name"], "Unseeded");
    assert!(labels.iter().all(|label| label["messagesTotal"].is_null()));
    assert_eq!(labels.len(), 14 + 2);
}

#[test]
fn one_label_shows_its_counts() {
    let mut gmail = mailbox();
    let counts = |id: &str, gmail: &mut Gmail| {
        let label = gmail.ok("labels.get", json!({ "id": id }), NONE);
        [
            "messagesTotal",
            "messagesUnread",
            "threadsTotal",
            "threadsUnread",
        ]
        .map(|field| label[field].as_i64().unwrap())
    };
    assert_eq!(counts("INBOX", &mut gmail), [3, 1, 2, 1]);
    assert_eq!(counts("Label_1", &mut gmail), [2, 1, 1, 1]);
    assert_eq!(counts("TRASH", &mut gmail), [0, 0, 0, 0]);
    assert_eq!(
        gmail
            .refused("labels.get", json!({ "id": "Mine" }), NONE)
            .code,
        404
    );
}

#[test]
fn a_label_is_made_changed_and_deleted() {
    let mut gmail = mailbox();
    let made = gmail.ok(
        "labels.create",
        json!({}),
        json!({ "name": "New/Sub",
        "labelListVisibility": "labelShow", "messageListVisibility": "show",
        "color": { "backgroundColor": "#16a766", "textColor": "#ffffff" } }),
    );
    assert_eq!(made["color"]["textColor"], "#ffffff");
    let id = json!({ "id": made["id"] });

    let patched = gmail.ok("labels.patch", id.clone(), json!({ "name": "Newer" }));
    assert_eq!(patched["name"], "Newer");
    assert_eq!(patched["labelListVisibility"], "labelShow");
    let updated = gmail.ok("labels.update", id.clone(), json!({ "name": "Newest" }));
    assert!(updated["labelListVisibility"].is_null() && updated["color"].is_null());
    gmail.ok("labels.patch", id.clone(), json!({ "name": "newest" }));

    let message = gmail.search("in:inbox")[0].clone();
    let body = json!({ "addLabelIds": [made["id"]] });
    gmail.ok("messages.modify", json!({ "id": message }), body);
    assert_eq!(gmail.search("label:newest"), [message.as_str()]);
    gmail.ok("labels.delete", id.clone(), NONE);
    assert_eq!(gmail.refused("labels.get", id, NONE).code, 404);
    let left = gmail.get(&message);
    assert!(!left["labelIds"].as_array().unwrap().contains(&made["id"]));
    let next = gmail.ok("labels.create", json!({}), json!({ "name": "Next" }));
    assert_ne!(next["id"], made["id"]);
}

#[test]
fn impossible_labels_are_refused() {
    let mut gmail = mailbox();
    let table = [
        (json!({ "name": "Mine" }), 409),
        (json!({ "name": " mine " }), 409),
        (json!({ "name": "" }), 400),
        (json!({}), 400),
        (json!({ "name": "Inbox" }), 400),
        (json!({ "name": "n".repeat(226) }), 400),
        (
            json!({ "name": "C", "color": { "backgroundColor": "#16a766" } }),
            400,
        ),
        (
            json!({ "name": "C", "color": { "backgroundColor": "red", "textColor": "#000000" } }),
            400,
        ),
    ];
    for (body, code) in table {
        assert_eq!(
            gmail.refused("labels.create", json!({}), body.clone()).code,
            code,
            "{body}"
        );
    }
    let conflict = gmail.refused("labels.create", json!({}), json!({ "name": "MINE" }));
    assert_eq!((conflict.status, conflict.reason), ("ABORTED", "aborted"));
    for method in ["labels.update", "labels.patch", "labels.delete"] {
        let body = if method == "labels.delete" {
            NONE
        } else {
            json!({ "name": "Mailbox" })
        };
        assert_eq!(
            gmail
                .refused(method, json!({ "id": "INBOX" }), body.clone())
                .code,
            400
        );
        assert_eq!(
            gmail
                .refused(method, json!({ "id": "Label_77" }), body)
                .code,
            404
        );
    }
    let other = json!({ "id": "Label_2", "name": "x" });
    assert_eq!(
        gmail
            .refused("labels.update", json!({ "id": "Label_1" }), other)
            .code,
        400
    );
}
