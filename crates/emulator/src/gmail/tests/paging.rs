//! Pages join to the whole list, whatever their sizes and whatever happens between them.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::harness::{Gmail, ids, raw};

const NONE: Value = Value::Null;

fn mailbox(count: usize) -> Gmail {
    let messages: Vec<Value> = (0..count)
        .map(|index| {
            // Many share a moment, and every third is a draft.
            let labels = if index % 3 == 0 {
                json!(["DRAFT"])
            } else {
                json!(["INBOX"])
            };
            json!({ "from": "a@example.com", "text": "x", "labels": labels,
                "thread": format!("t{}", index / 2), "date": format!("-{}h", (index * 7) % 5) })
        })
        .collect();
    Gmail::with(json!({ "messages": messages }))
}

/// The entries of all pages, read with these page sizes in turn.
fn paged(
    gmail: &mut Gmail,
    method: &str,
    field: &str,
    filter: &Value,
    sizes: &[u32],
) -> Vec<Value> {
    let mut all = Vec::new();
    let mut parameters = filter.clone();
    for size in sizes.iter().cycle() {
        parameters["maxResults"] = json!(size);
        let page = gmail.ok(method, parameters.clone(), NONE);
        let entries = page[field].as_array().cloned().unwrap_or_default();
        assert!(entries.len() <= *size as usize);
        all.extend(entries);
        match &page["nextPageToken"] {
            Value::Null => break,
            token => parameters["pageToken"] = token.clone(),
        }
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn any_pages_join_to_the_whole(
        count in 0_usize..40,
        sizes in prop::collection::vec(1_u32..9, 1..5),
    ) {
        let mut gmail = mailbox(count);
        let start = gmail.ok("getProfile", json!({}), NONE)["historyId"].clone();
        for id in gmail.search("") {
            gmail.ok("messages.modify", json!({ "id": id }), json!({ "addLabelIds": ["STARRED"] }));
        }
        let filters = [
            ("messages.list", "messages", json!({})),
            ("messages.list", "messages", json!({ "q": "in:inbox", "labelIds": ["INBOX"] })),
            ("threads.list", "threads", json!({})),
            ("drafts.list", "drafts", json!({})),
            ("history.list", "history", json!({ "startHistoryId": start })),
            ("history.list", "history", json!({ "startHistoryId": start, "labelId": "INBOX",
                "historyTypes": ["labelAdded"] })),
        ];
        for (method, field, filter) in filters {
            let whole = gmail.ok(method, filter.clone(), NONE);
            let expected = whole[field].as_array().cloned().unwrap_or_default();
            prop_assert!(whole["nextPageToken"].is_null());
            prop_assert_eq!(paged(&mut gmail, method, field, &filter, &sizes), expected);
        }
    }
}

#[test]
fn mail_that_arrives_between_pages_neither_hides_nor_repeats_any() {
    let mut gmail = mailbox(10);
    let expected = gmail.search("");
    let first = gmail.ok("messages.list", json!({ "maxResults": 4 }), NONE);
    gmail
        .mailbox
        .deliver(b"From: b@example.com\r\n\r\nnew", gmail.now_ms + 1);
    let next = json!({ "maxResults": 500, "pageToken": first["nextPageToken"] });
    let rest = gmail.ok("messages.list", next, NONE);
    let mut seen = ids(&first["messages"]);
    seen.extend(ids(&rest["messages"]));
    assert_eq!(seen, expected);
}

#[test]
fn page_sizes_have_googles_default_and_limit() {
    let mut gmail = mailbox(510);
    let table = [
        (json!({}), 100),
        (json!({ "maxResults": 0 }), 100),
        (json!({ "maxResults": 9999 }), 500),
    ];
    for (parameters, expected) in table {
        let listed = gmail.ok("messages.list", parameters.clone(), NONE);
        assert_eq!(
            listed["messages"].as_array().unwrap().len(),
            expected,
            "{parameters}"
        );
        assert_eq!(listed["resultSizeEstimate"], 510);
        assert!(listed["nextPageToken"].is_string());
    }
}

#[test]
fn every_list_keeps_to_the_emulators_own_limit() {
    let mut gmail = mailbox(12);
    let start = gmail.ok("getProfile", json!({}), NONE)["historyId"].clone();
    for id in gmail.search("") {
        gmail.ok(
            "messages.modify",
            json!({ "id": id }),
            json!({ "addLabelIds": ["STARRED"] }),
        );
    }
    let lists = [
        ("messages.list", "messages", json!({})),
        ("threads.list", "threads", json!({})),
        ("drafts.list", "drafts", json!({})),
        (
            "history.list",
            "history",
            json!({ "startHistoryId": start }),
        ),
    ];
    for (method, field, filter) in lists {
        gmail.page_limit = None;
        let whole = gmail.ok(method, filter.clone(), NONE)[field].clone();
        gmail.page_limit = Some(2);
        let first = gmail.ok(method, filter.clone(), NONE);
        assert_eq!(first[field].as_array().unwrap().len(), 2, "{method}");
        assert_eq!(
            Value::Array(paged(&mut gmail, method, field, &filter, &[500])),
            whole,
            "{method}"
        );
    }
}

#[test]
fn a_token_serves_the_list_that_gave_it_out_only() {
    let mut gmail = mailbox(10);
    let first = gmail.ok(
        "messages.list",
        json!({ "maxResults": 2, "q": "in:inbox" }),
        NONE,
    );
    let token = &first["nextPageToken"];
    gmail.ok(
        "messages.list",
        json!({ "q": "in:inbox", "pageToken": token }),
        NONE,
    );
    let refused = [
        ("messages.list", json!({ "pageToken": token })),
        (
            "messages.list",
            json!({ "q": "in:sent", "pageToken": token }),
        ),
        (
            "threads.list",
            json!({ "q": "in:inbox", "pageToken": token }),
        ),
        (
            "messages.list",
            json!({ "q": "in:inbox", "pageToken": "2" }),
        ),
        ("messages.list", json!({ "q": "in:inbox", "pageToken": "" })),
        (
            "messages.list",
            json!({ "q": "in:inbox", "pageToken": "ü" }),
        ),
    ];
    for (method, parameters) in refused {
        let refused = gmail.refused(method, parameters.clone(), NONE);
        assert_eq!(
            (refused.code, refused.reason),
            (400, "invalidArgument"),
            "{parameters}"
        );
    }
    let sent = gmail.ok(
        "messages.send",
        json!({}),
        raw("To: b@example.com\r\n\r\nx"),
    );
    assert!(sent["id"].is_string());
}
