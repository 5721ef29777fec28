//! Filters: how they are kept, what is refused, and what they do to mail that arrives.

use serde_json::{Value, json};

use crate::gmail::tests::harness::{Gmail, raw};

const NONE: Value = Value::Null;

fn mailbox() -> Gmail {
    Gmail::with(json!({
        "labels": ["Mine", "Other"],
        "forwarding": ["archive@example.net"],
        "messages": [
            { "id": "a1", "from": "news@example.org", "subject": "Old", "labels": ["INBOX"],
              "text": "x", "date": "-2d" },
        ],
    }))
}

fn create(gmail: &mut Gmail, criteria: Value, action: Value) -> Value {
    let mut body = json!({});
    (body["criteria"], body["action"]) = (criteria, action);
    gmail.ok("settings.filters.create", json!({}), body)
}

#[test]
fn a_filter_is_made_read_listed_and_deleted() {
    let mut gmail = mailbox();
    assert_eq!(
        gmail.ok("settings.filters.list", json!({}), NONE),
        json!({})
    );
    let criteria = json!({ "from": " news@example.org ", "subject": " Weekly   digest ",
        "hasAttachment": false, "excludeChats": true });
    let action = json!({ "addLabelIds": ["Label_1"], "removeLabelIds": ["INBOX"], "forward": "" });
    let made = create(&mut gmail, criteria, action);
    assert_eq!(
        made["criteria"],
        json!({ "from": "news@example.org", "subject": "Weekly digest", "excludeChats": true })
    );
    assert_eq!(
        made["action"],
        json!({ "addLabelIds": ["Label_1"], "removeLabelIds": ["INBOX"] })
    );
    let id = json!({ "id": made["id"] });
    assert_eq!(gmail.ok("settings.filters.get", id.clone(), NONE), made);
    let listed = gmail.ok("settings.filters.list", json!({}), NONE);
    assert_eq!(listed, json!({ "filter": [made] }));
    gmail.ok("settings.filters.delete", id.clone(), NONE);
    assert_eq!(
        gmail.ok("settings.filters.list", json!({}), NONE),
        json!({})
    );
    for method in ["settings.filters.get", "settings.filters.delete"] {
        assert_eq!(
            gmail.refused(method, id.clone(), NONE).code,
            404,
            "{method}"
        );
    }
}

/// Tries to make a filter that is refused with that message as an invalid argument.
fn refuse(gmail: &mut Gmail, criteria: Value, action: Value, message: &str) {
    let mut body = json!({});
    (body["criteria"], body["action"]) = (criteria, action);
    let refused = gmail.refused("settings.filters.create", json!({}), body.clone());
    assert_eq!(
        (refused.code, refused.reason, refused.message.as_str()),
        (400, "invalidArgument", message),
        "{body}"
    );
    assert_eq!(
        gmail.ok("settings.filters.list", json!({}), NONE),
        json!({})
    );
}

#[test]
fn impossible_criteria_are_refused() {
    let nothing = "Filter doesn't have any criteria";
    let table = [
        (json!({}), nothing),
        (NONE, nothing),
        (
            json!({ "from": " ", "hasAttachment": false, "size": 0 }),
            nothing,
        ),
        (json!({ "excludeChats": true }), nothing),
        (json!({ "size": 5 }), "Invalid size criteria"),
        (
            json!({ "sizeComparison": "larger" }),
            "Invalid size criteria",
        ),
        (
            json!({ "size": -5, "sizeComparison": "larger" }),
            "Invalid size criteria",
        ),
    ];
    let mut gmail = mailbox();
    for (criteria, message) in table {
        refuse(
            &mut gmail,
            criteria,
            json!({ "addLabelIds": ["STARRED"] }),
            message,
        );
    }
}

#[test]
fn impossible_actions_are_refused() {
    let nothing = "Filter doesn't have any actions";
    let table = [
        (NONE, nothing),
        (json!({ "addLabelIds": [], "forward": "" }), nothing),
        (json!({ "addLabelIds": ["Mine"] }), "Invalid label: Mine"),
        (
            json!({ "removeLabelIds": ["Label_9"] }),
            "Invalid label: Label_9",
        ),
        (json!({ "addLabelIds": ["SENT"] }), "Invalid label: SENT"),
        (
            json!({ "addLabelIds": ["STARRED"], "removeLabelIds": ["STARRED"] }),
            "Cannot both add and remove the same label",
        ),
        (
            json!({ "addLabelIds": ["Label_1", "Label_2"] }),
            "A filter can add one user label at most",
        ),
    ];
    let mut gmail = mailbox();
    for (action, message) in table {
        refuse(
            &mut gmail,
            json!({ "from": "a@example.com" }),
            action,
            message,
        );
    }
    for forward in [
        "eve@example.org",
        "@",
        "archive@example.net, eve@example.org",
    ] {
        let body = json!({ "criteria": { "from": "a" }, "action": { "forward": forward } });
        let refused = gmail.refused("settings.filters.create", json!({}), body);
        assert_eq!(
            (refused.code, refused.reason, refused.message.as_str()),
            (400, "failedPrecondition", "Unrecognized forwarding address"),
        );
    }
    assert_eq!(
        gmail.ok("settings.filters.list", json!({}), NONE),
        json!({})
    );
}

#[test]
fn a_filter_is_not_made_twice_and_not_more_than_a_thousand_times() {
    let mut gmail = mailbox();
    let star = json!({ "addLabelIds": ["STARRED"] });
    create(&mut gmail, json!({ "subject": "0" }), star.clone());
    let again = json!({ "criteria": { "subject": " 0" }, "action": star });
    let refused = gmail.refused("settings.filters.create", json!({}), again);
    assert_eq!(
        (refused.code, refused.status, refused.message.as_str()),
        (400, "FAILED_PRECONDITION", "Filter already exists")
    );
    let other = json!({ "addLabelIds": ["IMPORTANT"] });
    create(&mut gmail, json!({ "subject": "0" }), other);
    for number in 2..1000 {
        create(
            &mut gmail,
            json!({ "subject": number.to_string() }),
            star.clone(),
        );
    }
    let one_more = json!({ "criteria": { "subject": "1000" }, "action": star });
    let refused = gmail.refused("settings.filters.create", json!({}), one_more);
    assert_eq!(refused.message, "Too many filters");
}

#[test]
fn a_filter_works_on_what_arrives_later_and_on_nothing_else() {
    let mut gmail = mailbox();
    let action = json!({ "addLabelIds": ["Label_1"], "removeLabelIds": ["INBOX", "UNREAD"] });
    create(&mut gmail, json!({ "from": "news@example.org" }), action);
    assert_eq!(gmail.labels("a1"), json!(["INBOX"]), "old mail stays");

    let message = "From: News <news@example.org>\r\nTo: alice@example.com\r\nSubject: New\r\n\r\nx";
    let arrived = gmail.arrive(message);
    assert_eq!(gmail.labels(&arrived), json!(["Label_1"]));
    let mut body = raw(message);
    body["labelIds"] = json!(["INBOX", "UNREAD"]);
    let imported = gmail.ok("messages.import", json!({}), body.clone());
    assert_eq!(imported["labelIds"], json!(["Label_1"]));
    let inserted = gmail.ok("messages.insert", json!({}), body);
    assert_eq!(inserted["labelIds"], json!(["INBOX", "UNREAD"]));
    let other = gmail.arrive("From: b@example.org\r\n\r\nx");
    assert_eq!(gmail.labels(&other), json!(["INBOX", "UNREAD"]));

    let filters = gmail.ok("settings.filters.list", json!({}), NONE);
    let id = json!({ "id": filters["filter"][0]["id"] });
    gmail.ok("settings.filters.delete", id, NONE);
    let after = gmail.arrive(message);
    assert_eq!(gmail.labels(&after), json!(["INBOX", "UNREAD"]));
}

#[test]
fn each_criterion_must_hold() {
    const MAIL: &str = "From: Amy Pond <amy@example.org>\r\nTo: alice@example.com\r\n\
        Cc: team@example.net\r\nSubject: The  Weekly Digest\r\n\
        Content-Type: application/pdf; name=\"a.pdf\"\r\n\r\nsecret plan";
    let table = [
        (json!({ "from": "amy@example.org" }), true),
        (json!({ "from": "amy" }), true),
        (
            json!({ "from": "bob@example.org OR amy@example.org" }),
            true,
        ),
        (json!({ "from": "bob" }), false),
        (json!({ "to": "team" }), true),
        (json!({ "to": "team@" }), true),
        (json!({ "to": "TEAM@example.net" }), true),
        (json!({ "to": "amy" }), false),
        (json!({ "subject": "weekly  digest" }), true),
        (json!({ "subject": "digest weekly" }), false),
        (json!({ "query": "has:attachment filename:pdf" }), true),
        (json!({ "query": "in:spam" }), false),
        (json!({ "negatedQuery": "from:bob" }), true),
        (json!({ "negatedQuery": "from:amy" }), false),
        (json!({ "hasAttachment": true }), true),
        (json!({ "size": 100, "sizeComparison": "larger" }), true),
        (json!({ "size": 100, "sizeComparison": "smaller" }), false),
        (json!({ "size": 5000, "sizeComparison": "larger" }), false),
        (json!({ "from": "amy", "subject": "weekly" }), true),
        (json!({ "from": "amy", "subject": "monthly" }), false),
        (json!({ "from": "amy", "negatedQuery": "weekly" }), false),
    ];
    for (criteria, applies) in table {
        let mut gmail = mailbox();
        create(
            &mut gmail,
            criteria.clone(),
            json!({ "addLabelIds": ["STARRED"] }),
        );
        let id = gmail.arrive(MAIL);
        let is_starred = gmail
            .labels(&id)
            .as_array()
            .unwrap()
            .contains(&json!("STARRED"));
        assert_eq!(is_starred, applies, "{criteria}");
    }
}

#[test]
fn several_filters_work_together_and_the_trash_takes_mail_out_of_the_inbox() {
    let mut gmail = mailbox();
    let all = json!({ "query": "from:amy" });
    create(
        &mut gmail,
        all.clone(),
        json!({ "addLabelIds": ["Label_1", "STARRED"] }),
    );
    create(
        &mut gmail,
        all.clone(),
        json!({ "removeLabelIds": ["UNREAD", "STARRED"] }),
    );
    create(
        &mut gmail,
        json!({ "subject": "junk" }),
        json!({ "addLabelIds": ["TRASH"] }),
    );
    let id = gmail.arrive("From: amy@example.org\r\nSubject: a\r\n\r\nx");
    assert_eq!(gmail.labels(&id), json!(["INBOX", "Label_1"]));
    let id = gmail.arrive("From: amy@example.org\r\nSubject: junk\r\n\r\nx");
    assert_eq!(gmail.labels(&id), json!(["Label_1", "TRASH"]));
    gmail.ok("labels.delete", json!({ "id": "Label_1" }), NONE);
    let id = gmail.arrive("From: amy@example.org\r\nSubject: a\r\n\r\nx");
    assert_eq!(
        gmail.labels(&id),
        json!(["INBOX"]),
        "a label that is gone is not put on"
    );
}

#[test]
fn mail_to_oneself_is_filtered_as_it_arrives() {
    let mut gmail = mailbox();
    create(
        &mut gmail,
        json!({ "from": "me" }),
        json!({ "removeLabelIds": ["UNREAD"] }),
    );
    let message = raw("To: alice@example.com\r\n\r\nnote");
    let sent = gmail.ok("messages.send", json!({}), message);
    assert_eq!(sent["labelIds"], json!(["INBOX", "SENT"]));
}

#[test]
fn forwarding_sends_a_message_on_once_as_it_is() {
    let mut gmail = mailbox();
    let listed = gmail.ok("settings.forwardingAddresses.list", json!({}), NONE);
    let address =
        json!({ "forwardingEmail": "archive@example.net", "verificationStatus": "accepted" });
    assert_eq!(listed["forwardingAddresses"], json!([address]));
    let get = |email: &str| json!({ "forwardingEmail": email });
    let method = "settings.forwardingAddresses.get";
    assert_eq!(gmail.ok(method, get("archive@example.net"), NONE), address);
    assert_eq!(
        gmail.refused(method, get("eve@example.org"), NONE).code,
        404
    );

    create(
        &mut gmail,
        json!({ "from": "amy" }),
        json!({ "forward": "ARCHIVE@example.net" }),
    );
    gmail.arrive("From: amy@example.org\r\nSubject: a\r\n\r\nx");
    let outgoing = gmail.mailbox.take_outgoing();
    assert_eq!(outgoing.len(), 1);
    assert_eq!(outgoing[0].recipients, ["archive@example.net"]);
    let text = String::from_utf8(outgoing[0].raw.clone()).unwrap();
    assert!(
        text.contains("From: amy@example.org\r\nSubject: a\r\n\r\nx"),
        "{text}"
    );
    gmail.arrive(&text);
    assert!(gmail.mailbox.take_outgoing().is_empty(), "no loop");

    let mut none = Gmail::with(json!({}));
    let listed = none.ok("settings.forwardingAddresses.list", json!({}), NONE);
    assert_eq!(listed, json!({}));
}
