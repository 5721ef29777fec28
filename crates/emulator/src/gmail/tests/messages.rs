//! Reading, sending, inserting and deleting messages.

use serde_json::{Value, json};

use super::harness::{Gmail, NOW, decoded, header, ids, raw};

const NONE: Value = Value::Null;

fn with_attachment() -> Gmail {
    Gmail::with(json!({ "messages": [
        { "id": "18c0000000000001", "from": "Bob <bob@example.com>", "subject": "Report",
          "date": "2026-03-15T11:59:59Z", "labels": ["INBOX", "UNREAD"],
          "text": "See the <report> & tell me,\nplease.", "html": "<p>See it</p>",
          "attachments": [
            { "filename": "r.bin", "mime_type": "application/octet-stream", "base64": "AP/+" },
            { "filename": "n.txt", "mime_type": "text/plain", "text": "note" } ] },
    ]}))
}

#[test]
fn formats_show_what_google_documents() {
    let mut gmail = with_attachment();
    let fields = |format: &str, gmail: &mut Gmail| {
        let parameters = json!({ "id": "18c0000000000001", "format": format });
        let message = gmail.ok("messages.get", parameters, NONE);
        let mut names: Vec<_> = message.as_object().unwrap().keys().cloned().collect();
        names.sort();
        (message, names.join(" "))
    };
    let common = "historyId id internalDate labelIds";
    let (full, names) = fields("full", &mut gmail);
    assert_eq!(
        names,
        format!("{common} payload sizeEstimate snippet threadId")
    );
    assert_eq!(full["internalDate"], (NOW - 1000).to_string());
    assert_eq!(full["labelIds"], json!(["INBOX", "UNREAD"]));
    assert_eq!(
        full["snippet"],
        "See the &lt;report&gt; &amp; tell me, please."
    );
    assert_eq!(
        header(&full, "Date"),
        Some("Sun, 15 Mar 2026 11:59:59 +0000")
    );
    let (_, names) = fields("minimal", &mut gmail);
    assert_eq!(names, format!("{common} sizeEstimate snippet threadId"));
    let (message, names) = fields("raw", &mut gmail);
    assert_eq!(names, format!("{common} raw sizeEstimate snippet threadId"));
    assert_eq!(
        decoded(&message["raw"]).len(),
        usize::try_from(message["sizeEstimate"].as_u64().unwrap()).unwrap()
    );
    let (message, names) = fields("metadata", &mut gmail);
    assert_eq!(
        names,
        format!("{common} payload sizeEstimate snippet threadId")
    );
    assert!(message["payload"]["parts"].is_null());
    assert!(header(&message, "Subject").is_some());
}

#[test]
fn metadata_headers_choose_fields_in_any_case() {
    let mut gmail = with_attachment();
    let parameters = json!({ "id": "18c0000000000001", "format": "metadata",
        "metadataHeaders": ["subject", "FROM"] });
    let message = gmail.ok("messages.get", parameters, NONE);
    let headers = &message["payload"]["headers"];
    assert_eq!(
        *headers,
        json!([{ "name": "From", "value": "\"Bob\" <bob@example.com>" },
            { "name": "Subject", "value": "Report" }])
    );
}

#[test]
fn attachments_are_had_by_their_token_and_from_their_message_only() {
    let mut gmail = with_attachment();
    let message = gmail.get("18c0000000000001");
    let parts = &message["payload"]["parts"];
    assert_eq!(parts[0]["mimeType"], "multipart/alternative");
    assert_eq!(parts[0]["parts"][1]["partId"], "0.1");
    assert_eq!(parts[1]["filename"], "r.bin");
    assert!(parts[1]["body"]["data"].is_null());
    assert!(
        parts[2]["body"]["data"].is_null(),
        "a named text is an attachment"
    );
    let token = parts[1]["body"]["attachmentId"].as_str().unwrap();
    let get = |id: &str, token: &str| json!({ "messageId": id, "id": token });
    let found = gmail.ok(
        "messages.attachments.get",
        get("18c0000000000001", token),
        NONE,
    );
    assert_eq!(found["size"], 3);
    assert_eq!(decoded(&found["data"]), [0, 0xff, 0xfe]);
    assert_eq!(found["data"], "AP_-");
    let padded = get(
        "18c0000000000001",
        parts[2]["body"]["attachmentId"].as_str().unwrap(),
    );
    let padded = gmail.ok("messages.attachments.get", padded, NONE);
    assert_eq!(padded, json!({ "size": 4, "data": "bm90ZQ==" }));
    let other = gmail.ok("messages.insert", json!({}), raw("Subject: x\r\n\r\ny"));
    let refused = [
        (get("18c0000000000001", "ANGjdJx"), 400),
        (get(other["id"].as_str().unwrap(), token), 400),
        (get("18c00000000000ff", token), 404),
    ];
    for (parameters, code) in refused {
        let error = gmail.refused("messages.attachments.get", parameters, NONE);
        assert_eq!(error.code, code, "{error:?}");
    }
}

#[test]
fn unknown_and_ill_formed_ids_are_told_apart() {
    let mut gmail = with_attachment();
    for method in [
        "messages.get",
        "messages.trash",
        "messages.delete",
        "threads.get",
    ] {
        let unknown = gmail.refused(method, json!({ "id": "18c00000000000ff" }), NONE);
        assert_eq!(
            (unknown.code, unknown.reason),
            (404, "notFound"),
            "{method}"
        );
        let ill = gmail.refused(method, json!({ "id": "a/../b#c?d" }), NONE);
        assert_eq!((ill.code, ill.reason), (400, "invalidArgument"), "{method}");
    }
}

#[test]
fn a_sent_message_is_completed_kept_and_handed_over() {
    let mut gmail = Gmail::with(json!({}));
    let message = "To: Bob <bob@example.com>\r\nCc: alice@EXAMPLE.com, c@example.org\r\n\
        Bcc: Eve <EVE@example.com>\r\nSubject: Hi\r\n\r\nHello\r\n";
    let sent = gmail.ok("messages.send", json!({}), raw(message));
    assert_eq!(sent["labelIds"], json!(["INBOX", "SENT", "UNREAD"]));
    assert_eq!(sent["threadId"], sent["id"]);
    let kept = gmail.get(sent["id"].as_str().unwrap());
    assert_eq!(header(&kept, "From"), Some("\"Alice\" <alice@example.com>"));
    assert_eq!(
        header(&kept, "Date"),
        Some("Sun, 15 Mar 2026 12:00:00 +0000")
    );
    assert!(
        header(&kept, "Message-ID")
            .unwrap()
            .ends_with("@mail.gmail.com>")
    );
    assert_eq!(header(&kept, "Bcc"), Some("Eve <EVE@example.com>"));
    let outgoing = gmail.mailbox.take_outgoing();
    assert_eq!(outgoing.len(), 1);
    assert_eq!(
        outgoing[0].recipients,
        ["bob@example.com", "c@example.org", "eve@example.com"]
    );
    let delivered = String::from_utf8(outgoing[0].raw.clone()).unwrap();
    assert!(!delivered.contains("Eve") && delivered.contains("Subject: Hi\r\n\r\nHello"));
    assert!(gmail.mailbox.take_outgoing().is_empty());
}

#[test]
fn what_the_sender_gave_stays() {
    let mut gmail = Gmail::with(json!({}));
    let message = "From: \"A. Lice\" <Alice@example.com>\r\nDate: Sat, 14 Mar 2026 09:00:00 +0100\r\n\
        Message-ID: <own@id>\r\nTo: b@example.com\r\n\r\nx";
    let sent = gmail.ok("messages.send", json!({}), raw(message));
    let parameters = json!({ "id": sent["id"], "format": "raw" });
    let kept = gmail.ok("messages.get", parameters, NONE);
    assert_eq!(String::from_utf8(decoded(&kept["raw"])).unwrap(), message);
}

#[test]
fn nobody_sends_as_another() {
    for from in [
        "me",
        "Bob <bob@example.com>",
        "bob@example.com, alice@example.com",
        "",
    ] {
        let mut gmail = Gmail::with(json!({}));
        let message = format!("From: {from}\nTo: b@example.com\n\nx");
        let sent = gmail.ok("messages.send", json!({}), raw(&message));
        let kept = gmail.get(sent["id"].as_str().unwrap());
        assert_eq!(
            header(&kept, "From"),
            Some("\"Alice\" <alice@example.com>"),
            "{from}"
        );
    }
}

#[test]
fn recipients_are_checked() {
    let mut gmail = Gmail::with(json!({}));
    let table = [
        ("Subject: x", "Recipient address required"),
        ("To: ", "Recipient address required"),
        ("To: bob", "Invalid To header"),
        ("To: bob@", "Invalid To header"),
        ("To: @example.com", "Invalid To header"),
        ("To: bob@example", "Invalid To header"),
        ("To: bob@exa mple.com", "Invalid To header"),
        ("To: <bob.@example.com>", "Invalid To header"),
        ("To: <\"\"@example.com>", "Invalid To header"),
        ("To: b@example.com\r\nCc: nobody", "Invalid Cc header"),
        (
            "To: b@example.com\r\nBcc: a@b@c.com, d@example.com",
            "Invalid Bcc header",
        ),
    ];
    for (head, message) in table {
        let refused = gmail.refused("messages.send", json!({}), raw(&format!("{head}\r\n\r\nx")));
        assert_eq!(
            (refused.code, refused.message.as_str()),
            (400, message),
            "{head}"
        );
    }
    assert!(gmail.mailbox.take_outgoing().is_empty());
    assert_eq!(gmail.search("in:anywhere"), [""; 0]);
    for head in [
        "To: Undisclosed: b@example.com;",
        "Bcc: \"b, c\" <b@example.com>",
        "To: b+c@x.co",
        "To: <\"bob.\"@example.com>",
    ] {
        gmail.ok("messages.send", json!({}), raw(&format!("{head}\r\n\r\nx")));
    }
}

#[test]
fn raw_is_read_with_and_without_padding_in_either_alphabet() {
    let mut gmail = Gmail::with(json!({}));
    // "Subject: \xfb\xff?\r\n\r\nxy" in each way of writing it.
    for text in [
        "U3ViamVjdDog-_8_DQoNCnh5",
        "U3ViamVjdDog+/8/DQoNCnh5",
        "U3ViamVjdDogeA0KDQp4",
        "U3ViamVjdDogeA0KDQp4eQ",
        "U3ViamVjdDogeA0KDQp4eQ==",
    ] {
        gmail.ok("messages.insert", json!({}), json!({ "raw": text }));
    }
    for body in [
        json!({ "raw": "***" }),
        json!({ "raw": "" }),
        json!({}),
        json!({ "raw": "a" }),
    ] {
        let refused = gmail.refused("messages.send", json!({}), body);
        assert_eq!((refused.code, refused.reason), (400, "invalidArgument"));
    }
}

#[test]
fn a_message_beyond_googles_limit_is_refused() {
    let mut gmail = Gmail::with(json!({}));
    let large = json!({ "raw": "A".repeat(((35 << 20) + 1_usize).div_ceil(3) * 4) });
    for (method, body) in [
        ("messages.send", large.clone()),
        ("drafts.create", json!({ "message": large })),
    ] {
        let refused = gmail.call(method, json!({}), body).unwrap_err();
        assert_eq!(
            (refused.code, refused.reason),
            (413, "uploadTooLarge"),
            "{method}"
        );
    }
}

#[test]
fn an_uploaded_message_counts_like_raw() {
    let mut gmail = Gmail::with(json!({}));
    let sent = gmail.upload(
        "messages.send",
        json!({}),
        "To: b@example.com\r\n\r\nuploaded",
    );
    assert_eq!(
        gmail.get(sent["id"].as_str().unwrap())["snippet"],
        "uploaded"
    );
}

#[test]
fn inserted_and_imported_messages_take_their_date_and_labels() {
    let mut gmail = Gmail::with(json!({}));
    let message = "From: x@example.com\r\nDate: Fri, 13 Mar 2026 12:00:00 +0200\r\n\r\nx";
    let header_date = "1773396000000".to_owned();
    let table = [
        ("messages.insert", json!({}), NOW.to_string()),
        (
            "messages.insert",
            json!({ "internalDateSource": "dateHeader" }),
            header_date.clone(),
        ),
        ("messages.import", json!({}), header_date),
        (
            "messages.import",
            json!({ "internalDateSource": "receivedTime" }),
            NOW.to_string(),
        ),
    ];
    for (method, parameters, expected) in table {
        let mut body = raw(message);
        body["labelIds"] = json!(["INBOX", "STARRED"]);
        let stored = gmail.ok(method, parameters, body);
        assert_eq!(stored["labelIds"], json!(["INBOX", "STARRED"]));
        let stored = gmail.get(stored["id"].as_str().unwrap());
        assert_eq!(stored["internalDate"], expected, "{method}");
    }
    let mut body = raw(message);
    body["labelIds"] = json!(["Unheard"]);
    assert_eq!(gmail.refused("messages.insert", json!({}), body).code, 400);
    let own = gmail.ok(
        "messages.insert",
        json!({}),
        raw("From: alice@example.com\r\n\r\nx"),
    );
    assert_eq!(own["labelIds"], json!(["SENT"]));
}

#[test]
fn a_delivered_message_is_unread_in_the_inbox() {
    let mut gmail = Gmail::with(json!({}));
    gmail
        .mailbox
        .deliver(b"From: bob@example.com\nSubject: Hey\n\nYou", NOW + 5);
    let found = gmail.search("in:inbox is:unread from:bob deliveredto:me");
    let message = gmail.get(&found[0]);
    assert_eq!(message["internalDate"], (NOW + 5).to_string());
    assert_eq!(header(&message, "Delivered-To"), Some("alice@example.com"));
}

#[test]
fn deleted_messages_are_gone_and_batches_forgive_unknown_ids() {
    let mut gmail = Gmail::with(json!({ "messages": [
        { "id": "1", "from": "a@example.com", "text": "1" },
        { "id": "2", "from": "a@example.com", "text": "2" },
        { "id": "3", "from": "a@example.com", "text": "3" },
    ]}));
    gmail.ok("messages.delete", json!({ "id": "1" }), NONE);
    assert_eq!(
        gmail
            .refused("messages.get", json!({ "id": "1" }), NONE)
            .code,
        404
    );
    gmail.ok(
        "messages.batchDelete",
        json!({}),
        json!({ "ids": ["1", "2", "77"] }),
    );
    assert_eq!(gmail.search(""), ["3"]);
    let modify = json!({ "ids": ["3", "77"], "addLabelIds": ["STARRED"] });
    gmail.ok("messages.batchModify", json!({}), modify);
    assert_eq!(gmail.search("is:starred"), ["3"]);
    for ids in [json!([]), json!(vec!["3"; 1001])] {
        let refused = gmail.refused("messages.batchDelete", json!({}), json!({ "ids": ids }));
        assert_eq!(refused.code, 400);
    }
}

#[test]
fn lists_hold_ids_only_newest_first() {
    let mut gmail = Gmail::with(json!({ "messages": [
        { "id": "1", "from": "a@example.com", "date": "-2d", "text": "1" },
        { "id": "2", "from": "a@example.com", "date": "-1d", "text": "2" },
        { "id": "3", "from": "a@example.com", "date": "-3d", "text": "3" },
        { "id": "4", "from": "a@example.com", "date": "-1d", "text": "4" },
    ]}));
    let listed = gmail.ok("messages.list", json!({}), NONE);
    assert_eq!(ids(&listed["messages"]), ["4", "2", "1", "3"]);
    assert_eq!(listed["messages"][0], json!({ "id": "4", "threadId": "4" }));
    assert!(listed["nextPageToken"].is_null());
}
