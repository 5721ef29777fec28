//! Which thread a message joins, and what is done to whole threads.

use serde_json::{Value, json};

use super::harness::{Gmail, header, ids, raw};

const NONE: Value = Value::Null;

fn conversation() -> Gmail {
    let reply = json!({ "In-Reply-To": "<one@x>", "References": "<one@x>",
        "Message-ID": "<two@x>" });
    Gmail::with(json!({ "messages": [
        { "id": "a1", "thread": "talk", "from": "bob@example.com", "subject": "Plan",
          "date": "-3d", "labels": ["INBOX", "UNREAD"], "text": "one",
          "headers": { "Message-ID": "<one@x>" } },
        { "id": "a2", "thread": "talk", "from": "alice@example.com", "subject": "Re: Plan",
          "date": "-2d", "labels": ["SENT"], "text": "two", "headers": reply },
        { "id": "b1", "from": "carol@example.com", "subject": "Else", "date": "-1d",
          "labels": ["INBOX"], "text": "three", "headers": { "Message-ID": "<else@x>" } },
    ]}))
}

#[test]
fn a_reply_joins_the_thread_it_names_by_googles_three_criteria() {
    let both = "In-Reply-To: <two@x>\r\nReferences: <one@x> <two@x>\r\n";
    let table = [
        ("a1", "Re: Plan", both, true),
        ("a1", "plan", both, true),
        ("a1", "AW: Re: Plan", both, true),
        ("a1", "Fwd: Plan", both, true),
        ("a1", "Another plan", both, false),
        ("a1", "Re: Plan", "In-Reply-To: <two@x>\r\n", false),
        ("a1", "Re: Plan", "References: <one@x>\r\n", false),
        ("a1", "Re: Plan", "", false),
        (
            "a1",
            "Re: Plan",
            "In-Reply-To: <a2>\r\nReferences: <a2>\r\n",
            false,
        ),
        (
            "a1",
            "Re: Plan",
            "In-Reply-To: <else@x>\r\nReferences: <else@x>\r\n",
            false,
        ),
        ("", "Re: Plan", both, false),
    ];
    for (thread, subject, fields, joins) in table {
        for method in ["messages.send", "messages.insert", "drafts.create"] {
            let mut gmail = conversation();
            let mut message = raw(&format!(
                "To: bob@example.com\r\nSubject: {subject}\r\n{fields}\r\nx"
            ));
            if !thread.is_empty() {
                message["threadId"] = thread.into();
            }
            let is_draft = method.starts_with("drafts");
            let body = if is_draft {
                json!({ "message": message })
            } else {
                message
            };
            let stored = gmail.ok(method, json!({}), body);
            let stored = if is_draft {
                &stored["message"]
            } else {
                &stored
            };
            assert_eq!(
                stored["threadId"] == "a1",
                joins,
                "{method} {thread} {subject} {fields}"
            );
            assert_eq!(stored["threadId"] == stored["id"], !joins);
        }
    }
}

#[test]
fn a_thread_that_does_not_exist_is_refused() {
    let mut gmail = conversation();
    for (thread, code) in [("18c0000000000abc", 404), ("a2", 404), ("no thread", 400)] {
        let mut message = raw("To: bob@example.com\r\n\r\nx");
        message["threadId"] = thread.into();
        let refused = gmail.refused("messages.send", json!({}), message.clone());
        assert_eq!(refused.code, code, "{thread}");
        let draft = json!({ "message": message });
        assert_eq!(gmail.refused("drafts.create", json!({}), draft).code, code);
    }
    assert!(gmail.mailbox.take_outgoing().is_empty());
}

#[test]
fn what_arrives_joins_the_thread_that_it_answers() {
    let table = [
        ("References: <one@x>\r\nSubject: Re: Plan", "a1"),
        ("In-Reply-To: <two@x>\r\nSubject: RE: plan", "a1"),
        ("In-Reply-To: <two@x>\r\nSubject: New subject", ""),
        ("In-Reply-To: <unknown@x>\r\nSubject: Plan", ""),
        ("Subject: Plan", ""),
    ];
    for (fields, thread) in table {
        let mut gmail = conversation();
        gmail.mailbox.deliver(
            format!("From: bob@example.com\r\n{fields}\r\n\r\nz").as_bytes(),
            1,
        );
        let found = gmail.search("in:inbox before:1971/01/01");
        let message = gmail.get(&found[0]);
        let expected = if thread.is_empty() {
            found[0].as_str()
        } else {
            thread
        };
        assert_eq!(message["threadId"], expected, "{fields}");
    }
}

#[test]
fn a_thread_shows_its_messages_oldest_first() {
    let mut gmail = conversation();
    let thread = gmail.ok("threads.get", json!({ "id": "a1" }), NONE);
    assert_eq!(ids(&thread["messages"]), ["a1", "a2"]);
    assert!(!thread["messages"][0]["payload"].is_null());
    let minimal = json!({ "id": "a1", "format": "minimal" });
    let thread = gmail.ok("threads.get", minimal, NONE);
    assert!(thread["messages"][0]["payload"].is_null());
    let newest = &thread["messages"][1]["historyId"];
    assert_eq!(thread["historyId"], *newest);
}

#[test]
fn threads_are_listed_by_their_newest_match() {
    let mut gmail = conversation();
    let listed = gmail.ok("threads.list", json!({}), NONE);
    assert_eq!(ids(&listed["threads"]), ["b1", "a1"]);
    assert_eq!(listed["threads"][1]["snippet"], "two");
    assert_eq!(listed["resultSizeEstimate"], 2);
    let table = [
        (json!({ "q": "from:bob" }), vec!["a1"]),
        (json!({ "q": "three" }), vec!["b1"]),
        (json!({ "labelIds": ["INBOX", "SENT"] }), vec!["a1"]),
        (json!({ "labelIds": ["INBOX"] }), vec!["b1", "a1"]),
        (json!({ "q": "three", "labelIds": ["SENT"] }), vec![]),
    ];
    for (parameters, expected) in table {
        let listed = gmail.ok("threads.list", parameters.clone(), NONE);
        assert_eq!(ids(&listed["threads"]), expected, "{parameters}");
    }
}

#[test]
fn a_thread_is_changed_trashed_and_deleted_as_one() {
    let mut gmail = conversation();
    let id = json!({ "id": "a1" });
    let change = json!({ "addLabelIds": ["STARRED"], "removeLabelIds": ["UNREAD"] });
    let changed = gmail.ok("threads.modify", id.clone(), change);
    assert_eq!(
        changed["messages"][0]["labelIds"],
        json!(["INBOX", "STARRED"])
    );
    assert_eq!(
        changed["messages"][1]["labelIds"],
        json!(["SENT", "STARRED"])
    );
    let trashed = gmail.ok("threads.trash", id.clone(), NONE);
    assert_eq!(
        trashed["messages"][0]["labelIds"],
        json!(["STARRED", "TRASH"])
    );
    assert_eq!(gmail.search(""), ["b1"]);
    gmail.ok("threads.untrash", id.clone(), NONE);
    assert_eq!(gmail.search("").len(), 3);
    gmail.ok("threads.delete", id.clone(), NONE);
    assert_eq!(gmail.search("in:anywhere"), ["b1"]);
    assert_eq!(gmail.refused("threads.get", id, NONE).code, 404);
}

#[test]
fn a_thread_whose_first_message_goes_keeps_its_id() {
    let mut gmail = conversation();
    gmail.ok("messages.delete", json!({ "id": "a1" }), NONE);
    let thread = gmail.ok("threads.get", json!({ "id": "a1" }), NONE);
    assert_eq!(ids(&thread["messages"]), ["a2"]);
}

#[test]
fn a_conversation_between_two_mailboxes_stays_one_thread_in_each() {
    let mut alice = Gmail::of("alice@example.com", json!({}));
    let mut bob = Gmail::of("bob@example.com", json!({}));
    let carry = |from: &mut Gmail, to: &mut Gmail| {
        let now_ms = to.now_ms;
        for outgoing in from.mailbox.take_outgoing() {
            assert_eq!(outgoing.recipients, [to.address.as_str()]);
            to.mailbox.deliver(&outgoing.raw, now_ms);
        }
    };
    let first = raw("To: bob@example.com\r\nSubject: Walk\r\n\r\nToday?");
    let first = alice.ok("messages.send", json!({}), first);
    carry(&mut alice, &mut bob);

    let arrived = bob.search("in:inbox is:unread")[0].clone();
    let arrived = bob.get(&arrived);
    let message_id = header(&arrived, "Message-ID").unwrap();
    let mut reply = raw(&format!(
        "To: alice@example.com\r\nSubject: Re: Walk\r\nIn-Reply-To: {message_id}\r\n\
         References: {message_id}\r\n\r\nGladly"
    ));
    reply["threadId"] = arrived["threadId"].clone();
    let reply = bob.ok("messages.send", json!({}), reply);
    assert_eq!(reply["threadId"], arrived["threadId"]);
    carry(&mut bob, &mut alice);

    for (gmail, id) in [
        (&mut alice, &first["threadId"]),
        (&mut bob, &arrived["threadId"]),
    ] {
        let thread = gmail.ok("threads.get", json!({ "id": id }), NONE);
        let snippets: Vec<_> = thread["messages"]
            .as_array()
            .unwrap()
            .iter()
            .map(|m| m["snippet"].clone())
            .collect();
        assert_eq!(snippets, ["Today?", "Gladly"]);
    }
}
