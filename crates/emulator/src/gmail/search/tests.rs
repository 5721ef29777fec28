//! The search operators, one line each.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::gmail::query::Query;
use crate::gmail::tests::harness::Gmail;

/// Now is 15 March 2026, noon.
fn mailbox() -> Gmail {
    let message = |id: &str, rest: Value| {
        let mut message = json!({ "id": id, "from": "Carl <carl@elsewhere.org>", "subject": id,
            "date": "2026-03-10T12:00:00Z", "labels": ["INBOX"], "text": "nothing" });
        message
            .as_object_mut()
            .unwrap()
            .extend(rest.as_object().unwrap().clone());
        message
    };
    let pdf = json!([{ "filename": "Invoice 2026.pdf", "mime_type": "application/pdf",
        "base64": "JVBERi0=" }]);
    Gmail::with(json!({
        "labels": ["Projects", "Projects/Sea Side", "Receipts"],
        "messages": [
            message("a", json!({ "from": "Amy Pond <amy@example.com>", "subject": "Dinner on Friday",
                "date": "2026-03-15T11:00:00Z", "labels": ["INBOX", "UNREAD"],
                "text": "Shall we see a movie after dinner?" })),
            message("b", json!({ "from": "Amy Adams <amy.adams@sub.example.com>",
                "subject": "Re: budget", "date": "2026-03-14T00:00:00Z",
                "labels": ["INBOX", "STARRED", "Projects/Sea Side"],
                "cc": ["Dan <dan@example.com>"], "text": "The secret plan of Müller & Söhne" })),
            message("c", json!({ "from": "David <david@example.com>", "subject": "dinner",
                "date": "2026-03-13T23:59:59Z", "labels": ["INBOX", "IMPORTANT", "Receipts"],
                "to": ["amy@example.com"], "attachments": pdf })),
            message("d", json!({ "subject": "Spam offer", "date": "2026-03-15T10:00:00Z",
                "labels": ["SPAM", "UNREAD"], "text": "dinner for free" })),
            message("e", json!({ "subject": "Thrown away", "date": "2026-03-12T10:00:00Z",
                "labels": ["TRASH"], "text": "dinner leftovers" })),
            message("f", json!({ "from": "alice@example.com", "to": ["bob@example.com"],
                "subject": "Sent one", "date": "2026-02-14T12:00:00Z", "labels": ["SENT"],
                "headers": { "Bcc": "eve@example.com" } })),
            message("g", json!({ "subject": "Old news", "date": "2025-03-15T12:00:00Z",
                "labels": ["INBOX", "CATEGORY_PROMOTIONS"],
                "headers": { "List-Id": "Weekly <news.weekly.example>", "Message-ID": "<g@weekly>" },
                "html": "<p>Read <a href='https://docs.google.com/document/d/1'>this</a></p>" })),
            message("h", json!({ "subject": "Draft thought", "date": "2026-03-01T12:00:00Z",
                "labels": ["DRAFT"] })),
            message("i", json!({ "subject": "归档 报告", "date": "2026-03-02T12:00:00Z",
                "labels": ["Receipts"], "text": "x".repeat(3000) })),
        ],
    }))
}

#[test]
fn each_operator_finds_what_google_documents() {
    let mut gmail = mailbox();
    for (query, expected) in OPERATORS {
        let mut found = gmail.search(query);
        found.sort();
        assert_eq!(found.join(" "), *expected, "{query}");
    }
}

const OPERATORS: &[(&str, &str)] = &[
    ("", "a b c f g h i"),
    // People.
    ("from:amy", "a b"),
    ("from:Amy", "a b"),
    ("from:amy@example.com", "a"),
    ("from:AMY@EXAMPLE.COM", "a"),
    ("from:am", ""),
    ("from:amy*", "a b"),
    ("from:@example.com", "a c f"),
    ("from:example.com", "a b c f"),
    ("from:\"amy pond\"", "a"),
    ("from:(amy pond)", "a"),
    ("from:me", "f"),
    ("to:me", "a b g h i"),
    ("to:amy@example.com", "c"),
    ("to:bob", "f"),
    ("to:bob@", "f"),
    ("cc:dan", "b"),
    ("to:dan@example.com", "b"),
    ("bcc:eve@example.com", "f"),
    ("from: amy", "a b"),
    // Subject and text.
    ("subject:dinner", "a c"),
    ("subject:(dinner friday)", "a"),
    ("subject:\"on friday\"", "a"),
    ("subject:\"friday on\"", ""),
    ("dinner", "a c"),
    ("DINNER", "a c"),
    ("dinn", ""),
    ("dinner movie", "a"),
    ("dinner AND movie", "a"),
    ("\"movie after dinner\"", "a"),
    ("movie-after", "a"),
    ("müller", "b"),
    ("MÜLLER", "b"),
    ("报告", "i"),
    ("报", "i"),
    ("invoice", "c"),
    ("carl@elsewhere.org", "g h i"),
    ("+dinner", "a c"),
    ("+dinner -movie", "c"),
    // Nearness: "Shall we see a movie after dinner?"
    ("movie AROUND 1 dinner", "a"),
    ("dinner AROUND 1 movie", "a"),
    ("movie AROUND 0 dinner", ""),
    ("movie AROUND 0 after", "a"),
    ("\"movie AROUND 1 dinner\"", "a"),
    ("\"dinner AROUND 1 movie\"", ""),
    ("\"dinner on\" AROUND 0 friday", "a"),
    ("subject:(dinner AROUND 1 friday)", "a"),
    ("subject:\"friday AROUND 5 dinner\"", ""),
    ("subject:(movie AROUND 5 dinner)", ""),
    ("from:(amy AROUND 1 pond)", "a"),
    ("dinner AROUND friday", ""),
    ("movie AROUND 3 dinner from:amy", "a"),
    ("-movie AROUND 1 dinner from:amy", "b"),
    // Negation, alternatives, groups.
    ("dinner -movie", "c"),
    ("-dinner subject:budget", "b"),
    ("dinner -from:david", "a"),
    ("-{from:amy from:david}", "f g h i"),
    ("-(from:amy subject:dinner)", "b c f g h i"),
    ("from:amy OR from:david", "a b c"),
    ("from:(amy OR david)", "a b c"),
    ("from:{amy david}", "a b c"),
    ("{from:amy from:david}", "a b c"),
    ("dinner from:amy OR from:david", "a c"),
    ("(dinner from:amy) OR from:david", "a c"),
    ("budget OR (dinner -movie)", "b c"),
    ("from:amy (dinner OR budget)", "a b"),
    ("OR from:amy OR", "a b"),
    ("--dinner", "a c"),
    ("dinner - movie", "a"),
    ("dinner or movie", ""),
    // Time.
    ("after:2026/03/14", "a b"),
    ("after:2026-03-14", "a b"),
    ("after:03/14/2026", "a b"),
    ("newer:2026/3/14", "a b"),
    ("before:2026/03/14", "c f g h i"),
    ("older:2026/03/14", "c f g h i"),
    ("after:2026/03/01 before:2026/03/14", "c h i"),
    ("after:1773446400", "a b"),
    ("before:1773446400", "c f g h i"),
    ("after:2026", "a b c f h i"),
    ("newer_than:2h", "a"),
    ("newer_than:1d", "a"),
    ("newer_than:2d", "a b c"),
    ("newer_than:1m", "a b c h i"),
    ("older_than:1m", "f g"),
    ("older_than:1y", ""),
    ("newer_than:1y", "a b c f g h i"),
    ("older_than:11m", "g"),
    // Places and labels.
    ("is:unread", "a"),
    ("is:read", "b c f g h i"),
    ("is:starred", "b"),
    ("is:important", "c"),
    ("is:sent", "f"),
    ("in:inbox", "a b c g"),
    ("in:sent", "f"),
    ("in:draft", "h"),
    ("in:drafts", "h"),
    ("in:trash", "e"),
    ("in:bin", "e"),
    ("in:spam", "d"),
    ("in:anywhere dinner", "a c d e"),
    ("in:anywhere is:unread", "a d"),
    ("in:archive", "i"),
    ("-in:inbox", "f h i"),
    ("in:trash OR in:inbox", "a b c e g"),
    ("-in:trash", "a b c f g h i"),
    ("label:inbox label:unread", "a"),
    ("label:receipts", "c i"),
    ("label:Receipts", "c i"),
    ("label:projects", ""),
    ("label:projects-sea-side", "b"),
    ("label:projects/sea-side", "b"),
    ("label:\"Projects/Sea Side\"", "b"),
    ("label:nowhere", ""),
    ("in:receipts", "c i"),
    ("category:promotions", "g"),
    ("category:primary", "a b c"),
    ("category:social", ""),
    ("has:yellow-star", "b"),
    ("has:red-star", ""),
    ("-has:blue-info is:starred", "b"),
    ("is:muted", ""),
    ("in:snoozed", ""),
    ("category:reservations", ""),
    // Attachments, sizes, lists, ids.
    ("has:attachment", "c"),
    ("-has:attachment from:david", ""),
    ("has:document", "g"),
    ("has:drive", "g"),
    ("has:youtube", ""),
    ("has:userlabels", "b c i"),
    ("has:nouserlabels", "a f g h"),
    ("filename:pdf", "c"),
    ("filename:\"invoice 2026.pdf\"", "c"),
    ("filename:doc", ""),
    ("larger:2k", "i"),
    ("larger:2000", "i"),
    ("size:2000", "i"),
    ("larger:1M", ""),
    ("smaller:2K subject:dinner", "a c"),
    ("list:news.weekly.example", "g"),
    ("rfc822msgid:g@weekly", "g"),
    ("rfc822msgid:<g@weekly>", "g"),
    ("rfc822msgid:weekly", ""),
    // What is not an operator, or not a value of one, is text.
    ("nonsense:dinner", ""),
    ("after:yesterday", ""),
    ("has:wings", ""),
    ("subject:", "a b c f g h i"),
    ("()", "a b c f g h i"),
    ("\"\"", "a b c f g h i"),
];

#[test]
fn include_spam_trash_lists_all_of_it() {
    let mut gmail = mailbox();
    let all = json!({ "q": "dinner", "includeSpamTrash": "true" });
    let listed = gmail.ok("messages.list", all, Value::Null);
    assert_eq!(listed["resultSizeEstimate"], 4);
}

#[test]
fn label_ids_must_all_be_worn_and_exist() {
    let mut gmail = mailbox();
    let mut count = |labels: Value| {
        gmail
            .call("messages.list", json!({ "labelIds": labels }), Value::Null)
            .map(|listed| listed["resultSizeEstimate"].as_i64().unwrap())
    };
    assert_eq!(count(json!(["INBOX"])).unwrap(), 4);
    assert_eq!(count(json!(["INBOX", "UNREAD"])).unwrap(), 1);
    assert_eq!(count(json!(["TRASH"])).unwrap(), 1);
    assert_eq!(count(json!(["SPAM", "UNREAD"])).unwrap(), 1);
    assert_eq!(count(json!(["Receipts"])).unwrap_err().code, 400);
}

#[test]
fn a_search_that_finds_nothing_has_no_list() {
    let mut gmail = mailbox();
    for method in ["messages.list", "threads.list", "drafts.list"] {
        let listed = gmail.ok(method, json!({ "q": "unfindable" }), Value::Null);
        assert_eq!(listed, json!({ "resultSizeEstimate": 0 }), "{method}");
    }
}

#[test]
fn deep_brackets_are_read_without_end() {
    let deep = "(".repeat(100_000) + "dinner" + &")".repeat(50_000);
    let _ = Query::parse(&deep);
    let _ = Query::parse(&"-".repeat(100_000));
    let _ = Query::parse(&"from:".repeat(100_000));
    let _ = Query::parse(&"a AROUND 5 ".repeat(100_000));
}

proptest! {
    #[test]
    fn any_text_is_a_search(text in any::<String>()) {
        let _ = Query::parse(&text);
    }

    #[test]
    fn any_mix_of_operators_is_a_search(
        pieces in prop::collection::vec(prop::sample::select(PIECES), 0..40),
    ) {
        let text = pieces.concat();
        let mut gmail = Gmail::with(json!({ "messages": [
            { "id": "1", "from": "amy@example.com", "subject": "dinner", "text": "x" },
        ]}));
        prop_assert!(gmail.search(&text).len() <= 1, "{text}");
    }
}

const PIECES: &[&str] = &[
    "from:",
    "after:",
    "in:",
    "label:",
    "has:",
    "larger:",
    "newer_than:",
    "subject:",
    "OR",
    "AND",
    " ",
    " ",
    "-",
    "(",
    ")",
    "{",
    "}",
    "\"",
    ":",
    "amy",
    "1d",
    "2026/01/01",
    "99999999999y",
    "ü",
    "报",
    "*",
    "10M",
    "anywhere",
    "AROUND",
    " AROUND 2 ",
];
