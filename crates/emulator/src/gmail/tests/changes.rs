//! Labels put on and taken off, and the history that tells of it.

use serde_json::{Value, json};

use super::harness::{Gmail, raw};

const NONE: Value = Value::Null;

fn one_message() -> Gmail {
    Gmail::with(json!({ "labels": ["Mine"], "messages": [
        { "id": "a1", "from": "bob@example.com", "labels": ["INBOX", "UNREAD"], "text": "x" },
    ]}))
}

#[test]
fn labels_are_put_on_and_taken_off() {
    let table = [
        (
            json!(["STARRED"]),
            json!(["UNREAD"]),
            json!(["INBOX", "STARRED"]),
        ),
        (
            json!(["Label_1"]),
            json!([]),
            json!(["INBOX", "Label_1", "UNREAD"]),
        ),
        (
            json!(["INBOX"]),
            json!(["STARRED"]),
            json!(["INBOX", "UNREAD"]),
        ),
        (json!(["TRASH"]), json!([]), json!(["TRASH", "UNREAD"])),
        (json!(["SPAM"]), json!([]), json!(["SPAM", "UNREAD"])),
        (
            json!(["CATEGORY_SOCIAL"]),
            json!(["INBOX"]),
            json!(["CATEGORY_SOCIAL", "UNREAD"]),
        ),
    ];
    for (add, remove, expected) in table {
        let body = json!({ "addLabelIds": add, "removeLabelIds": remove });
        let mut gmail = one_message();
        let changed = gmail.ok("messages.modify", json!({ "id": "a1" }), body.clone());
        assert_eq!(changed["labelIds"], expected, "{body}");
    }
}

#[test]
fn impossible_changes_of_labels_are_refused() {
    let table = [
        (json!({}), "No label add or removes specified"),
        (json!({ "addLabelIds": ["Mine"] }), "Invalid label: Mine"),
        (
            json!({ "removeLabelIds": ["Label_9"] }),
            "Invalid label: Label_9",
        ),
        (json!({ "addLabelIds": ["SENT"] }), "Invalid label: SENT"),
        (
            json!({ "removeLabelIds": ["DRAFT"] }),
            "Invalid label: DRAFT",
        ),
        (
            json!({ "addLabelIds": ["STARRED"], "removeLabelIds": ["STARRED"] }),
            "Cannot both add and remove the same label",
        ),
        (
            json!({ "addLabelIds": vec!["STARRED"; 101] }),
            "Too many label adds or removes specified",
        ),
    ];
    for (body, message) in table {
        for method in ["messages.modify", "threads.modify", "messages.batchModify"] {
            let mut gmail = one_message();
            let (mut parameters, mut body) = (json!({ "id": "a1" }), body.clone());
            if method == "messages.batchModify" {
                (parameters, body["ids"]) = (json!({}), json!(["a1"]));
            }
            let refused = gmail.refused(method, parameters, body);
            assert_eq!(
                (refused.code, refused.message.as_str()),
                (400, message),
                "{method}"
            );
            assert_eq!(gmail.get("a1")["labelIds"], json!(["INBOX", "UNREAD"]));
        }
    }
}

#[test]
fn a_batch_changes_up_to_a_thousand_messages() {
    let mut gmail = one_message();
    let batch = |count: usize| json!({ "ids": vec!["a1"; count], "addLabelIds": ["STARRED"] });
    for (count, message) in [
        (0, "No message ids specified"),
        (1001, "No more than 1000 message ids are allowed"),
    ] {
        let refused = gmail.refused("messages.batchModify", json!({}), batch(count));
        assert_eq!((refused.code, refused.message.as_str()), (400, message));
        assert_eq!(gmail.labels("a1"), json!(["INBOX", "UNREAD"]));
    }
    gmail.ok("messages.batchModify", json!({}), batch(1000));
    assert_eq!(gmail.labels("a1"), json!(["INBOX", "STARRED", "UNREAD"]));
}

#[test]
fn the_trash_takes_a_message_out_of_sight_and_gives_it_back() {
    let mut gmail = one_message();
    let id = json!({ "id": "a1" });
    let trashed = gmail.ok("messages.trash", id.clone(), NONE);
    assert_eq!(trashed["labelIds"], json!(["TRASH", "UNREAD"]));
    assert_eq!(gmail.search(""), [""; 0]);
    assert_eq!(gmail.search("in:trash"), ["a1"]);
    let back = gmail.ok("messages.untrash", id, NONE);
    assert_eq!(back["labelIds"], json!(["UNREAD"]));
    assert_eq!(gmail.search(""), ["a1"]);
}

#[test]
fn history_tells_what_changed_since_a_known_moment() {
    let mut gmail = one_message();
    let start = gmail.get("a1")["historyId"].clone();
    let since = json!({ "startHistoryId": start });
    let nothing = gmail.ok("history.list", since.clone(), NONE);
    assert_eq!(nothing, json!({ "historyId": start }));

    let body = json!({ "addLabelIds": ["STARRED"], "removeLabelIds": ["UNREAD"] });
    gmail.ok("messages.modify", json!({ "id": "a1" }), body);
    let sent = gmail.ok(
        "messages.send",
        json!({}),
        raw("To: b@example.com\r\n\r\nx"),
    );
    gmail.ok("messages.delete", json!({ "id": "a1" }), NONE);

    let listed = gmail.ok("history.list", since.clone(), NONE);
    let history = listed["history"].as_array().unwrap();
    assert_eq!(history.len(), 4);
    assert_eq!(history[0]["labelsAdded"][0]["labelIds"], json!(["STARRED"]));
    assert_eq!(
        history[1]["labelsRemoved"][0]["labelIds"],
        json!(["UNREAD"])
    );
    assert_eq!(history[2]["messagesAdded"][0]["message"]["id"], sent["id"]);
    assert_eq!(
        history[2]["messagesAdded"][0]["message"]["labelIds"],
        json!(["SENT"])
    );
    assert_eq!(history[3]["messagesDeleted"][0]["message"]["id"], "a1");
    assert_eq!(
        history[3]["messages"][0],
        json!({ "id": "a1", "threadId": "a1" })
    );
    let numbers: Vec<u64> = history
        .iter()
        .map(|record| record["id"].as_str().unwrap().parse().unwrap())
        .collect();
    assert!(numbers.is_sorted());
    assert_eq!(listed["historyId"], history[3]["id"]);

    let again = json!({ "startHistoryId": listed["historyId"] });
    assert!(gmail.ok("history.list", again, NONE)["history"].is_null());
    let kinds = |kinds: Value, gmail: &mut Gmail| {
        let parameters = json!({ "startHistoryId": start, "historyTypes": kinds });
        gmail.ok("history.list", parameters, NONE)["history"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!(kinds(json!(["messageAdded"]), &mut gmail), 1);
    assert_eq!(kinds(json!(["labelAdded", "labelRemoved"]), &mut gmail), 2);
    let labelled = json!({ "startHistoryId": start, "labelId": "SENT" });
    assert_eq!(
        gmail.ok("history.list", labelled, NONE)["history"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn a_page_token_of_one_history_serves_no_other() {
    let mut gmail = one_message();
    let start = gmail.get("a1")["historyId"].clone();
    for label in ["STARRED", "IMPORTANT"] {
        let body = json!({ "addLabelIds": [label] });
        gmail.ok("messages.modify", json!({ "id": "a1" }), body);
    }
    let mut ask = json!({ "startHistoryId": start, "historyTypes": ["labelAdded"],
        "maxResults": 1 });
    let first = gmail.ok("history.list", ask.clone(), NONE);
    assert_eq!(first["history"].as_array().unwrap().len(), 1);
    ask["pageToken"] = first["nextPageToken"].clone();
    let second = gmail.ok("history.list", ask.clone(), NONE);
    assert_eq!(
        second["history"][0]["labelsAdded"][0]["labelIds"],
        json!(["IMPORTANT"])
    );
    assert!(second["nextPageToken"].is_null());
    ask["labelId"] = "INBOX".into();
    assert_eq!(gmail.refused("history.list", ask, NONE).code, 400);
}

#[test]
fn history_of_an_unknown_moment_is_refused() {
    let mut gmail = one_message();
    for start in ["1", "99999999999"] {
        let refused = gmail.refused("history.list", json!({ "startHistoryId": start }), NONE);
        assert_eq!((refused.code, refused.reason), (404, "notFound"), "{start}");
    }
    assert_eq!(gmail.refused("history.list", json!({}), NONE).code, 400);
}

#[test]
fn old_changes_are_forgotten_and_then_refused() {
    let mut gmail = one_message();
    let start = gmail.get("a1")["historyId"].clone();
    for _ in 0..5_001 {
        for body in [
            json!({ "addLabelIds": ["STARRED"] }),
            json!({ "removeLabelIds": ["STARRED"] }),
        ] {
            gmail.ok("messages.modify", json!({ "id": "a1" }), body);
        }
    }
    let refused = gmail.refused("history.list", json!({ "startHistoryId": start }), NONE);
    assert_eq!(refused.code, 404);
    let now = gmail.get("a1")["historyId"].clone();
    gmail.ok("history.list", json!({ "startHistoryId": now }), NONE);
}
