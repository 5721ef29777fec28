//! How much is made of a message that its sender made large, and where.

use google_gmail1::api::{Message, MessagePart};

use super::{super::tests::*, *};
use crate::{
    mime::{attachments, read_body_here},
    view::Mail,
};

/// Words that are a megabyte long as a part of this type.
fn long(mime_type: &str) -> MessagePart {
    part(mime_type, "<p>word ".repeat(125_000).as_bytes())
}

fn message(payload: MessagePart) -> Message {
    Message {
        payload: Some(payload),
        ..Message::default()
    }
}

#[test]
fn the_parts_of_a_message_share_one_budget_and_what_is_left_out_is_said() {
    for mime_type in ["text/html", "text/plain", "text/calendar"] {
        let mut parts: Vec<MessagePart> = (0..12).map(|_| long(mime_type)).collect();
        parts.push(file("last.pdf", "application/pdf"));
        let before = made_here();
        let body = read_body_here(&multi("mixed", parts));
        assert!(made_here() - before <= MAX_CHARS, "{mime_type}");
        assert!(body.text.chars().count() <= MAX_CHARS + 100);
        assert!(body.incomplete, "{mime_type}");
        assert_eq!(body.attachments.last().unwrap().filename, "last.pdf");
    }
}

#[test]
fn a_message_within_the_budget_is_read_whole() {
    let words = "word ".repeat(100_000);
    let mail = part("text/plain", words.as_bytes());
    let body = read_body_here(&multi("mixed", vec![mail, part("text/html", b"<p>end")]));
    assert_eq!(body.text, format!("{}\n\nend", words.trim_end()));
    assert!(!body.incomplete);
}

#[test]
fn a_cut_splits_no_character() {
    for (bytes, taken) in [
        (0, ""),
        (1, "a"),
        (2, "a"),
        (3, "aé"),
        (4, "aé"),
        (5, "aéé"),
        (6, "aéé"),
    ] {
        let mut budget = Budget {
            bytes,
            ..Budget::default()
        };
        let text = budget.take("aéé".as_bytes());
        assert_eq!(std::str::from_utf8(text), Ok(taken), "{bytes}");
        assert_eq!(budget.cut, bytes < 5, "{bytes}");
    }
    let mut budget = Budget {
        chars: 2,
        ..Budget::default()
    };
    assert_eq!(budget.made("éé".to_owned()), "éé");
    assert_eq!(
        (budget.made("é".to_owned()).as_str(), budget.cut),
        ("", true)
    );
}

#[test]
fn the_attachments_of_a_message_are_found_without_reading_its_text() {
    let mail = multi(
        "mixed",
        vec![long("text/html"), file("a.pdf", "application/pdf")],
    );
    let before = made_here();
    assert_eq!(attachments(&mail).len(), 1);
    assert_eq!(made_here(), before);
}

#[tokio::test]
async fn no_long_message_is_read_on_the_thread_that_serves_the_call() {
    let short = part("text/html", b"<p>short");
    let before = made_here();
    let mail = Mail::read(message(short)).await;
    assert_eq!(mail.body.text, "short");
    assert_eq!(made_here() - before, 5, "a short one is read here");

    let some = || message(part("text/html", "<p>word ".repeat(1000).as_bytes()));
    let before = made_here();
    for messages in [
        vec![message(long("text/plain"))],
        (0..3).map(|_| some()).collect(),
    ] {
        for mail in Mail::read_all(messages).await {
            assert!(mail.body.text.contains("word"));
        }
    }
    assert_eq!(made_here(), before);
}
