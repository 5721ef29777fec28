//! Messages made from seeds, and completed for sending.

use serde_json::{Value, json};

use super::{Author, complete, from_seed, recipients};
use crate::gmail::mime::Parsed;
use crate::seed::SeedMessage;

const ALICE: Author<'static> = Author {
    address: "alice@example.com",
    name: "Alice",
    send_as: &[],
};

fn built(seed: Value) -> Parsed {
    let seed: SeedMessage = serde_json::from_value(seed).unwrap();
    Parsed::new(&from_seed(&seed, ALICE, 1_773_576_000_000, "k"))
}

#[test]
fn a_seeds_fields_come_back_from_the_message() {
    let parsed = built(json!({
        "from": "Zoë O'Neil <zoe@example.org>", "to": ["\"Doe, Jane\" <j@example.org>", "b@x.org"],
        "cc": ["c@x.org"], "subject": "Grüße aus 東京", "text": "Zeile 1\nZeile 2 ü\n",
        "headers": { "List-Id": "<l.example>", "X-Note": "größer" },
    }));
    let table = [
        ("From", "Zoë O'Neil <zoe@example.org>"),
        ("To", "\"Doe, Jane\" <j@example.org>, <b@x.org>"),
        ("Cc", "<c@x.org>"),
        ("Subject", "Grüße aus 東京"),
        ("List-Id", "<l.example>"),
        ("X-Note", "größer"),
        ("Date", "Sun, 15 Mar 2026 12:00:00 +0000"),
        ("Message-ID", "<k@mail.example.com>"),
    ];
    for (name, expected) in table {
        assert_eq!(parsed.root.header(name), Some(expected));
    }
    assert_eq!(parsed.plain.trim_end(), "Zeile 1\r\nZeile 2 ü");
}

#[test]
fn the_shape_follows_from_what_the_seed_has() {
    let shape = |seed: Value| {
        let parsed = built(seed);
        let parts = parsed.root.walk().into_iter();
        parts
            .map(|part| format!("{}:{}", part.id, part.mime_type))
            .collect::<Vec<_>>()
            .join(" ")
    };
    let file = json!([{ "filename": "ä.pdf", "mime_type": "application/pdf", "base64": "JQ==" }]);
    assert_eq!(shape(json!({ "from": "a@b.c" })), ":text/plain");
    assert_eq!(
        shape(json!({ "from": "a@b.c", "html": "<p>" })),
        ":text/html"
    );
    assert_eq!(
        shape(json!({ "from": "a@b.c", "text": "t", "html": "<p>" })),
        ":multipart/alternative 0:text/plain 1:text/html"
    );
    assert_eq!(
        shape(json!({ "from": "a@b.c", "text": "t", "html": "<p>", "attachments": file })),
        ":multipart/mixed 0:multipart/alternative 0.0:text/plain 0.1:text/html 1:application/pdf"
    );
    let parsed = built(json!({ "from": "a@b.c", "attachments": file }));
    assert_eq!(parsed.root.parts[1].filename, "ä.pdf");
    assert_eq!(parsed.root.parts[1].content, b"%");
}

#[test]
fn a_raw_seed_travels_as_it_is() {
    let seed = json!({ "raw": "From: x@y.z\nSubject: s\n\nbody\n", "subject": "ignored" });
    let seed: SeedMessage = serde_json::from_value(seed).unwrap();
    let raw = from_seed(&seed, ALICE, 0, "k");
    assert_eq!(raw, b"From: x@y.z\r\nSubject: s\r\n\r\nbody\r\n");
}

#[test]
fn a_text_without_header_becomes_a_body() {
    let raw = complete(b"just text\n", ALICE, 0, "k");
    let parsed = Parsed::new(&raw);
    assert_eq!(parsed.root.content, b"just text\r\n");
    assert_eq!(
        parsed.root.header("From"),
        Some("\"Alice\" <alice@example.com>")
    );
    let nameless = complete(
        b"\r\nx",
        Author {
            address: "a@b.cd",
            name: "",
            send_as: &[],
        },
        0,
        "k",
    );
    assert!(nameless.starts_with(b"From: <a@b.cd>\r\n"));
}

#[test]
fn recipients_are_gathered_once_each() {
    let parsed = Parsed::new(
        b"To: A <A@x.org>, =?utf-8?q?J=C3=B6rg=2C_K?= <j@x.org>\r\nCc: a@X.org\r\n\
          Bcc: team: b@x.org, c@x.org;\r\nTo: d@x.org\r\n\r\n",
    );
    let found = recipients(&parsed).unwrap();
    assert_eq!(
        found,
        ["a@x.org", "j@x.org", "d@x.org", "b@x.org", "c@x.org"]
    );
    let nobody = Parsed::new(b"To: undisclosed-recipients:;\r\n\r\n");
    assert_eq!(recipients(&nobody).unwrap(), [""; 0]);
}
