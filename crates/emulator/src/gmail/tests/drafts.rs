//! A draft from its making to its sending.

use serde_json::{Value, json};

use super::harness::{Gmail, decoded, header, ids, raw};

const NONE: Value = Value::Null;

fn draft(message: &str) -> Value {
    json!({ "message": raw(message) })
}

#[test]
fn a_draft_is_made_read_replaced_and_sent() {
    let mut gmail = Gmail::with(json!({}));
    let made = gmail.ok(
        "drafts.create",
        json!({}),
        draft("To: b@example.com\r\n\r\nfirst"),
    );
    let id = json!({ "id": made["id"] });
    assert_eq!(made["message"]["labelIds"], json!(["DRAFT"]));
    let read = gmail.ok("drafts.get", id.clone(), NONE);
    assert_eq!(read["message"]["snippet"], "first");
    assert_eq!(
        header(&read["message"], "From"),
        Some("\"Alice\" <alice@example.com>")
    );

    let new = draft("To: c@example.com\r\n\r\nsecond");
    let replaced = gmail.ok("drafts.update", id.clone(), new);
    assert_eq!(replaced["id"], made["id"]);
    assert_ne!(replaced["message"]["id"], made["message"]["id"]);
    assert_eq!(replaced["message"]["threadId"], made["message"]["threadId"]);
    let old = json!({ "id": made["message"]["id"] });
    assert_eq!(gmail.refused("messages.get", old, NONE).code, 404);
    assert!(gmail.mailbox.take_outgoing().is_empty());

    let sent = gmail.ok("drafts.send", json!({}), id.clone());
    assert_eq!(sent["labelIds"], json!(["SENT"]));
    assert_ne!(sent["id"], replaced["message"]["id"]);
    assert_eq!(
        gmail.mailbox.take_outgoing()[0].recipients,
        ["c@example.com"]
    );
    assert_eq!(gmail.refused("drafts.get", id.clone(), NONE).code, 404);
    assert_eq!(gmail.refused("drafts.send", json!({}), id).code, 404);
    assert_eq!(gmail.search("in:drafts"), [""; 0]);
    assert_eq!(gmail.search("in:sent").len(), 1);
}

#[test]
fn a_draft_needs_a_recipient_only_when_it_is_sent() {
    let mut gmail = Gmail::with(json!({}));
    let made = gmail.ok("drafts.create", json!({}), draft("Subject: note\r\n\r\nx"));
    let id = json!({ "id": made["id"] });
    let refused = gmail.refused("drafts.send", json!({}), id.clone());
    assert_eq!(refused.message, "Recipient address required");
    gmail.ok("drafts.get", id, NONE);
    let refused = gmail.refused("drafts.create", json!({}), draft("To: nobody\r\n\r\nx"));
    assert_eq!(refused.message, "Invalid To header");
    assert_eq!(
        gmail.refused("drafts.create", json!({}), json!({})).code,
        400
    );
}

#[test]
fn a_draft_may_be_sent_with_a_last_change() {
    let mut gmail = Gmail::with(json!({}));
    let made = gmail.ok(
        "drafts.create",
        json!({}),
        draft("To: b@example.com\r\n\r\nfirst"),
    );
    let mut body = draft("To: b@example.com\r\n\r\nlast");
    body["id"] = made["id"].clone();
    let sent = gmail.ok("drafts.send", json!({}), body);
    assert_eq!(gmail.get(sent["id"].as_str().unwrap())["snippet"], "last");
    assert_eq!(gmail.search("in:drafts"), [""; 0]);
}

#[test]
fn a_reply_that_was_drafted_in_a_thread_is_sent_in_it() {
    let mut gmail = Gmail::with(json!({ "messages": [
        { "id": "a1", "from": "bob@example.com", "subject": "Plan", "text": "?",
          "headers": { "Message-ID": "<one@x>" } },
    ]}));
    let mut body = draft(
        "To: bob@example.com\r\nSubject: Re: Plan\r\nIn-Reply-To: <one@x>\r\n\
         References: <one@x>\r\n\r\nyes",
    );
    body["message"]["threadId"] = "a1".into();
    let made = gmail.ok("drafts.create", json!({}), body);
    assert_eq!(made["message"]["threadId"], "a1");
    let sent = gmail.ok("drafts.send", json!({}), json!({ "id": made["id"] }));
    assert_eq!(sent["threadId"], "a1");
    let thread = gmail.ok("threads.get", json!({ "id": "a1" }), NONE);
    assert_eq!(thread["messages"].as_array().unwrap().len(), 2);
}

#[test]
fn a_draft_alone_in_its_thread_is_sent_there() {
    let mut gmail = Gmail::with(json!({}));
    let made = gmail.ok(
        "drafts.create",
        json!({}),
        draft("To: b@example.com\r\n\r\nx"),
    );
    let sent = gmail.ok("drafts.send", json!({}), json!({ "id": made["id"] }));
    assert_eq!(sent["threadId"], made["message"]["threadId"]);
}

#[test]
fn drafts_are_listed_searched_and_deleted() {
    let mut gmail = Gmail::with(json!({ "messages": [
        { "from": "alice@example.com", "subject": "seeded", "labels": ["DRAFT"], "text": "s",
          "date": "-1h" },
        { "from": "bob@example.com", "subject": "no draft", "labels": ["INBOX"], "text": "s" },
    ]}));
    let made = gmail.ok(
        "drafts.create",
        json!({}),
        draft("Subject: apples\r\n\r\nx"),
    );
    let listed = gmail.ok("drafts.list", json!({}), NONE);
    assert_eq!(listed["resultSizeEstimate"], 2);
    assert_eq!(listed["drafts"][0]["id"], made["id"]);
    let found = gmail.ok("drafts.list", json!({ "q": "subject:seeded" }), NONE);
    let seeded = ids(&found["drafts"]);
    assert_eq!(seeded.len(), 1);
    gmail.ok("drafts.delete", json!({ "id": seeded[0] }), NONE);
    assert_eq!(gmail.search("in:drafts").len(), 1);
    // A draft goes with its message.
    gmail.ok(
        "messages.delete",
        json!({ "id": made["message"]["id"] }),
        NONE,
    );
    let listed = gmail.ok("drafts.list", json!({}), NONE);
    assert_eq!(listed, json!({ "resultSizeEstimate": 0 }));
}

#[test]
fn an_uploaded_draft_keeps_the_thread_of_its_json() {
    let mut gmail = Gmail::with(json!({ "messages": [
        { "id": "a1", "from": "bob@example.com", "subject": "Plan", "text": "?",
          "headers": { "Message-ID": "<one@x>" } },
    ]}));
    let body = json!({ "message": { "threadId": "a1" } });
    let message = "Subject: Plan\r\nIn-Reply-To: <one@x>\r\nReferences: <one@x>\r\n\r\nyes";
    let made = gmail.upload("drafts.create", body, message);
    assert_eq!(made["message"]["threadId"], "a1");
}

#[test]
fn a_message_may_be_sent_without_a_draft() {
    let mut gmail = Gmail::with(json!({}));
    let kept = gmail.ok(
        "drafts.create",
        json!({}),
        draft("To: c@example.com\r\n\r\nkept"),
    );
    let sent = gmail.ok(
        "drafts.send",
        json!({}),
        draft("To: b@example.com\r\n\r\nx"),
    );
    assert_eq!(sent["labelIds"], json!(["SENT"]));
    assert_eq!(
        gmail.mailbox.take_outgoing()[0].recipients,
        ["b@example.com"]
    );
    gmail.ok("drafts.get", json!({ "id": kept["id"] }), NONE);
    for nothing in [json!({}), json!({ "message": {} })] {
        assert_eq!(gmail.refused("drafts.send", json!({}), nothing).code, 400);
    }
    assert!(gmail.mailbox.take_outgoing().is_empty());
}

#[test]
fn an_update_that_is_refused_leaves_the_draft() {
    let mut gmail = Gmail::with(json!({}));
    let made = gmail.ok("drafts.create", json!({}), draft("Subject: first\r\n\r\nx"));
    let id = json!({ "id": made["id"] });
    let mut foreign = draft("Subject: other\r\n\r\nx");
    foreign["message"]["threadId"] = "18c00000000000ff".into();
    for (body, code) in [
        (json!({}), 400),
        (draft("To: nobody\r\n\r\nx"), 400),
        (foreign, 404),
    ] {
        assert_eq!(gmail.refused("drafts.update", id.clone(), body).code, code);
    }
    let whole = json!({ "id": made["id"], "format": "raw" });
    let read = gmail.ok("drafts.get", whole, NONE);
    let raw = String::from_utf8(decoded(&read["message"]["raw"])).unwrap();
    assert!(raw.contains("Subject: first"), "{raw}");
    let new = draft("Subject: x\r\n\r\nx");
    for (method, body) in [
        ("drafts.update", new),
        ("drafts.get", NONE),
        ("drafts.delete", NONE),
    ] {
        assert_eq!(
            gmail.refused(method, json!({ "id": "r1" }), body).code,
            404,
            "{method}"
        );
    }
}
