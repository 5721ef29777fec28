//! Files attached to events: heard of callers only who say that they know of attachments.

use serde_json::{Value, json};

use super::harness::{ALICE, Google, event};

const EVENTS: &str = "/calendars/primary/events";

fn with_file(title: &str) -> Value {
    let mut body = event("One", "2026-06-01T09:00:00Z", "2026-06-01T10:00:00Z", "UTC");
    body["attachments"] =
        json!([{ "fileUrl": "https://drive.google.com/file/d/1", "title": title }]);
    body
}

#[tokio::test]
async fn files_are_kept_and_changed_for_callers_only_who_know_of_them() {
    let google = Google::empty().await;
    let deaf = google
        .ok(ALICE, &format!("POST {EVENTS}"), with_file("A"))
        .await;
    assert_eq!(deaf.get("attachments"), None);
    let line = format!("POST {EVENTS}?supportsAttachments=true");
    let made = google.ok(ALICE, &line, with_file("A")).await;
    assert_eq!(made["attachments"][0]["title"], "A");
    let path = format!("{EVENTS}/{}", made["id"].as_str().unwrap());
    // Neither a patch nor a replacement of who does not know of them touches them.
    for (verb, query, expected) in [
        ("PATCH", "", "A"),
        ("PUT", "", "A"),
        ("PUT", "?supportsAttachments=false", "A"),
        ("PATCH", "?supportsAttachments=true", "B"),
    ] {
        let line = format!("{verb} {path}{query}");
        let now = google.ok(ALICE, &line, with_file("B")).await;
        assert_eq!(now["attachments"][0]["title"], expected, "{line}");
    }
}
