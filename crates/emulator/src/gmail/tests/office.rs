//! The second sample holds what it promises, and each of it reads well.

use serde_json::{Value, json};

use super::harness::{Gmail, decoded, header, ids};
use crate::seed::Seed;

const NONE: Value = Value::Null;

fn alice() -> Gmail {
    let seed = Seed::office();
    Gmail::with(serde_json::to_value(&seed.accounts[0].gmail).unwrap())
}

/// The message that a search finds alone.
fn only(gmail: &mut Gmail, query: &str) -> Value {
    let found = gmail.search(query);
    assert_eq!(found.len(), 1, "{query}");
    gmail.get(&found[0])
}

/// Media types of all parts, in document order.
fn shape(part: &Value) -> Vec<String> {
    let mut found = vec![part["mimeType"].as_str().unwrap().to_owned()];
    for child in part["parts"].as_array().into_iter().flatten() {
        found.extend(shape(child));
    }
    found
}

#[test]
fn the_files_are_files_of_their_kinds() {
    let mut gmail = alice();
    let message = only(&mut gmail, "has:attachment from:sales@northwind.example");
    let mut contents = Vec::new();
    for part in message["payload"]["parts"].as_array().unwrap() {
        let Some(token) = part["body"]["attachmentId"].as_str() else {
            continue;
        };
        let parameters = json!({ "messageId": message["id"], "id": token });
        let body = gmail.ok("messages.attachments.get", parameters, NONE);
        let bytes = decoded(&body["data"]);
        assert_eq!(body["size"], bytes.len());
        contents.push((part["filename"].as_str().unwrap().to_owned(), bytes));
    }
    let begins = [
        ("offer-2026-031.pdf", &b"%PDF-1.4\n"[..]),
        ("contract.docx", b"PK\x03\x04"),
        ("budget.xlsx", b"PK\x03\x04"),
        ("desks.csv", b"place,width,price\n"),
    ];
    assert_eq!(contents.len(), begins.len());
    for ((name, bytes), (expected, start)) in contents.iter().zip(begins) {
        assert_eq!(name, expected);
        assert!(bytes.starts_with(start), "{name}");
    }
    let pdf = String::from_utf8_lossy(&contents[0].1).into_owned();
    assert!(pdf.contains("Offer 2026-031 for Alice Example"));
    assert!(pdf.ends_with("%%EOF\n"));
}

#[test]
fn the_newsletter_can_be_left_by_one_click() {
    let message = only(&mut alice(), "list:letter.desk-letter.example");
    assert!(
        header(&message, "List-Unsubscribe")
            .unwrap()
            .starts_with("<https://desk-letter.example/u/")
    );
    assert_eq!(
        header(&message, "List-Unsubscribe-Post"),
        Some("List-Unsubscribe=One-Click")
    );
}

#[test]
fn the_invitation_and_the_delivery_report_have_their_parts() {
    let mut gmail = alice();
    let invitation = only(&mut gmail, "filename:invite.ics");
    assert_eq!(
        shape(&invitation["payload"]),
        [
            "multipart/mixed",
            "multipart/alternative",
            "text/plain",
            "text/html",
            "text/calendar",
            "application/ics"
        ]
    );
    let calendar = &invitation["payload"]["parts"][0]["parts"][2]["body"]["data"];
    let calendar = String::from_utf8(decoded(calendar)).unwrap();
    assert!(calendar.starts_with("BEGIN:VCALENDAR\r\n") && calendar.contains("UID:plan-1@"));
    let report = only(&mut gmail, "from:mailer-daemon");
    assert_eq!(
        shape(&report["payload"]),
        [
            "multipart/report",
            "text/plain",
            "message/delivery-status",
            "message/rfc822",
            "text/plain"
        ]
    );
    assert_eq!(
        header(&report, "X-Failed-Recipients"),
        Some("orders@northwind.example")
    );
}

#[test]
fn the_long_conversation_is_one_thread_that_quotes_deeper_each_time() {
    let mut gmail = alice();
    let thread = only(&mut gmail, "rfc822msgid:desks-1@example.com")["threadId"].clone();
    let thread = gmail.ok("threads.get", json!({ "id": thread }), NONE);
    let messages = thread["messages"].as_array().unwrap();
    assert_eq!(messages.len(), 8);
    for (depth, message) in messages.iter().enumerate() {
        let text = String::from_utf8(decoded(&message["payload"]["body"]["data"])).unwrap();
        let deepest = text
            .lines()
            .map(|line| line.bytes().take_while(|it| *it == b'>').count());
        assert_eq!(deepest.max(), Some(depth), "{text}");
    }
    let listed = gmail.ok("settings.sendAs.list", json!({}), NONE);
    assert_eq!(listed["sendAs"].as_array().unwrap().len(), 3);
    let drafts = gmail.ok("drafts.list", json!({}), NONE);
    assert_eq!(ids(&drafts["drafts"]).len(), 1);
}
