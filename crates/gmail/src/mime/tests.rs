//! Messages in the shapes that occur, built as Gmail hands them out.

use google_gmail1::api::{Message, MessagePart, MessagePartBody, MessagePartHeader};
use proptest::prelude::*;

use super::*;

pub(super) fn part(mime_type: &str, data: &[u8]) -> MessagePart {
    MessagePart {
        mime_type: Some(mime_type.to_owned()),
        part_id: Some("1".to_owned()),
        body: Some(MessagePartBody {
            data: Some(data.to_vec()),
            size: i32::try_from(data.len()).ok(),
            attachment_id: None,
        }),
        ..MessagePart::default()
    }
}

pub(super) fn multi(kind: &str, parts: Vec<MessagePart>) -> MessagePart {
    MessagePart {
        mime_type: Some(format!("multipart/{kind}")),
        parts: Some(parts),
        ..MessagePart::default()
    }
}

fn with(mut part: MessagePart, name: &str, value: &str) -> MessagePart {
    let header = MessagePartHeader {
        name: Some(name.to_owned()),
        value: Some(value.to_owned()),
    };
    part.headers.get_or_insert_default().push(header);
    part
}

pub(super) fn file(name: &str, mime_type: &str) -> MessagePart {
    MessagePart {
        filename: Some(name.to_owned()),
        body: Some(MessagePartBody {
            attachment_id: Some("att-1".to_owned()),
            size: Some(1234),
            data: None,
        }),
        ..part(mime_type, b"")
    }
}

fn read(payload: &MessagePart) -> Body {
    read_body_here(payload)
}

fn check(payload: &MessagePart, text: &str, format: Format, attachments: &[&str]) {
    let body = read(payload);
    let names: Vec<_> = body
        .attachments
        .iter()
        .map(|a| a.filename.as_str())
        .collect();
    assert_eq!(
        (body.text.as_str(), body.format, names.as_slice()),
        (text, format, attachments)
    );
    assert!(!body.incomplete);
}

const HTML: &[u8] =
    b"<p>Meet on <b>12 May</b> at <a href='https://meet.example.com/x'>the link</a></p>";
const MARKDOWN: &str = "Meet on **12 May** at [the link](https://meet.example.com/x)";

#[test]
fn agno_defect_nested_alternative_in_mixed_is_read_and_not_empty() {
    let mail = multi(
        "mixed",
        vec![
            multi(
                "alternative",
                vec![part("text/plain", b"Meet"), part("text/html", HTML)],
            ),
            file("plan.pdf", "application/pdf"),
        ],
    );
    check(&mail, MARKDOWN, Format::Markdown, &["plan.pdf"]);
}

#[test]
fn agno_defect_html_part_is_text_and_not_a_nameless_attachment() {
    let mail = multi(
        "related",
        vec![
            part("text/html", &[HTML, b"<img src='cid:logo'>"].concat()),
            {
                let picture = file("", "image/png");
                with(picture, "Content-ID", "<logo>")
            },
        ],
    );
    let body = read(&mail);
    assert_eq!(body.text, MARKDOWN);
    assert!(
        body.attachments
            .iter()
            .all(|a| !a.filename.is_empty() && a.inline)
    );
}

#[test]
fn agno_defect_html_only_mail_is_markdown_and_not_raw_html() {
    check(&part("text/html", HTML), MARKDOWN, Format::Markdown, &[]);
}

#[test]
fn agno_defect_styles_entities_and_link_targets_come_out_right() {
    let html = b"<style>p{color:red}</style><p>R&amp;D <a href='https://e.com/x'>x</a></p>";
    check(
        &part("text/html", html),
        "R&D [x](https://e.com/x)",
        Format::Markdown,
        &[],
    );
}

#[test]
fn agno_defect_base64_without_padding_is_read() {
    for (data, text) in [
        ("aGVsbG8", "hello"),
        ("aGVsbG8=", "hello"),
        ("w6TDtsO8", "äöü"),
        ("Pz8_", "???"),
        ("Pz8/", "???"),
        ("", ""),
    ] {
        let json = format!(
            r#"{{"id":"1","payload":{{"mimeType":"multipart/x","parts":[{{"body":{{"data":"{data}"}}}}]}}}}"#
        );
        let Lenient(message) = serde_json::from_str::<Lenient<Message>>(&json).unwrap();
        assert_eq!(read(&message.payload.unwrap()).text, text, "{data}");
    }
    for broken in [
        r#"{"raw":"a"}"#,
        r#"{"raw":"ä"}"#,
        r#"{"payload":{"body":{"data":"*"}}}"#,
    ] {
        assert!(
            serde_json::from_str::<Lenient<Message>>(broken).is_err(),
            "{broken}"
        );
    }
}

#[test]
fn the_richer_part_of_an_alternative_wins() {
    let long = "Everything that the picture says, in words, for those who see none. ".repeat(3);
    for (parts, text, format) in [
        // A stub beside the real mail; the date of an invitation in the HTML only.
        (vec![part("text/plain", b"View in browser"), part("text/html", HTML)], MARKDOWN, Format::Markdown),
        (vec![part("text/html", HTML), part("text/plain", b"View in browser")], MARKDOWN, Format::Markdown),
        // No HTML, empty HTML, HTML of one picture.
        (vec![part("text/plain", b"plain")], "plain", Format::Plain),
        (vec![part("text/plain", b"plain"), part("text/html", b"<style>x</style> ")], "plain", Format::Plain),
        (
            vec![part("text/plain", long.as_bytes()), part("text/html", b"<a href='https://e.com/very/long/address/of/a/picture'><img src=x alt=Sale></a>")],
            long.trim_end(),
            Format::Plain,
        ),
        // HTML inside `related`, and an invitation beside both.
        (
            vec![part("text/plain", b"stub"), multi("related", vec![part("text/html", HTML)])],
            MARKDOWN,
            Format::Markdown,
        ),
    ] {
        check(&multi("alternative", parts), text, format, &[]);
    }
    let invitation = multi(
        "alternative",
        vec![
            part("text/html", HTML),
            part("text/calendar", b"BEGIN:VCALENDAR"),
        ],
    );
    check(&invitation, MARKDOWN, Format::Markdown, &["invitation.ics"]);
}

#[test]
fn every_container_is_walked_to_its_end() {
    let alternative = || {
        multi(
            "alternative",
            vec![part("text/plain", b"x"), part("text/html", b"<p>one</p>")],
        )
    };
    check(
        &multi(
            "signed",
            vec![
                alternative(),
                file("smime.p7s", "application/pkcs7-signature"),
            ],
        ),
        "one",
        Format::Markdown,
        &["smime.p7s"],
    );
    check(
        &multi(
            "mixed",
            vec![alternative(), part("text/plain", b"-- \r\nlist footer\r\n")],
        ),
        "one\n\n--\nlist footer",
        Format::Markdown,
        &[],
    );
    check(
        &multi(
            "mixed",
            vec![multi("mixed", vec![multi("related", vec![alternative()])])],
        ),
        "one",
        Format::Markdown,
        &[],
    );
    let report = multi(
        "report",
        vec![
            part("text/plain", b"Delivery failed"),
            part("message/delivery-status", b"Status: 5.1.1"),
            with(part("message/rfc822", b""), "Subject", "original"),
        ],
    );
    check(
        &report,
        "Delivery failed\n\nStatus: 5.1.1",
        Format::Plain,
        &["original.eml"],
    );
}

#[test]
fn a_message_in_a_message_is_an_attachment_named_by_its_subject() {
    let inner = with(
        multi(
            "mixed",
            vec![
                part("text/plain", b"secret inner text"),
                file("inner.pdf", "application/pdf"),
            ],
        ),
        "Subject",
        "=?utf-8?q?Caf=C3=A9?= plans",
    );
    let forwarded = MessagePart {
        parts: Some(vec![inner]),
        ..part("message/rfc822", b"")
    };
    check(
        &multi("mixed", vec![part("text/plain", b"fyi"), forwarded]),
        "fyi",
        Format::Plain,
        &["Café plans.eml"],
    );
}

#[test]
fn attachments_are_listed_with_all_that_fetching_them_takes() {
    let listed = read(&multi(
        "mixed",
        vec![
            part("text/plain", b"a"),
            with(
                file("b\u{202e}fdp.exe", "Application/PDF; name=x"),
                "Content-Disposition",
                "attachment; filename=x",
            ),
        ],
    ))
    .attachments;
    let expected = Attachment {
        filename: "bfdp.exe".to_owned(),
        mime_type: "application/pdf".to_owned(),
        size: 1234,
        part_id: "1".to_owned(),
        ..Attachment::default()
    };
    assert_eq!(listed, [expected]);
    // A text with a name or marked as an attachment is one; a long text that Gmail keeps elsewhere can be fetched.
    for attached in [
        MessagePart {
            filename: Some("a.txt".to_owned()),
            ..part("text/plain", b"x")
        },
        with(
            part("text/plain", b"x"),
            "content-disposition",
            "Attachment",
        ),
        file("", "text/html"),
    ] {
        let body = read(&attached);
        assert_eq!((body.text.as_str(), body.attachments.len()), ("", 1));
    }
}

#[test]
fn text_is_decoded_and_cleaned() {
    let latin = with(
        part("text/plain", b"caf\xe9\r\n\r\n\xabquote\xbb  \r\n"),
        "Content-Type",
        "text/plain;\r\n charset=\"iso-8859-1\"; format=flowed",
    );
    check(&latin, "café\n\n«quote»", Format::Plain, &[]);
    let already = with(
        part("text/html", "<p>café\u{200b}</p>".as_bytes()),
        "content-type",
        "text/html; charset=iso-8859-1",
    );
    check(&already, "café", Format::Markdown, &[]);
}

#[test]
fn bounds_end_the_walk_and_say_so() {
    let deep = (0..100).fold(part("text/plain", b"deep"), |inner, _| {
        multi("mixed", vec![inner])
    });
    assert!(read(&deep).incomplete);
    let wide = multi("mixed", (0..1000).map(|_| file("f", "image/png")).collect());
    let body = read(&wide);
    assert!(body.incomplete && body.attachments.len() < 500);
    let empty = MessagePart::default();
    check(&empty, "", Format::Plain, &[]);
}

#[test]
fn headers_are_found_in_any_case_and_decoded() {
    let mail = with(
        with(
            part("text/plain", b""),
            "SUBJECT",
            "=?utf-8?b?w6Q=?= =?iso-8859-1?q?_=F6?=\r\n folded",
        ),
        "Message-Id",
        "<a@b>",
    );
    assert_eq!(header(&mail, "message-ID"), Some("<a@b>"));
    assert_eq!(header(&mail, "Cc"), None);
    assert_eq!(decoded_header(&mail, "Subject").unwrap(), "ä ö folded");
}

#[test]
fn address_lists_are_taken_apart() {
    let mailbox = |name: &str, email: &str| Mailbox {
        name: Some(name.to_owned()).filter(|name| !name.is_empty()),
        email: email.to_owned(),
    };
    for (list, expected) in [
        ("", vec![]),
        ("a@example.com", vec![mailbox("", "a@example.com")]),
        ("<a@example.com>", vec![mailbox("", "a@example.com")]),
        (
            "Ada L. <a@example.com>, b@example.com",
            vec![
                mailbox("Ada L.", "a@example.com"),
                mailbox("", "b@example.com"),
            ],
        ),
        (
            "\"L, Ada\" <a@example.com>",
            vec![mailbox("L, Ada", "a@example.com")],
        ),
        (
            "=?utf-8?q?J=C3=BCrgen?= <j@example.com>",
            vec![mailbox("Jürgen", "j@example.com")],
        ),
        (
            "Jürgen <j@example.com>",
            vec![mailbox("Jürgen", "j@example.com")],
        ),
        (
            "Team: a@example.com, B <b@example.com>;",
            vec![mailbox("", "a@example.com"), mailbox("B", "b@example.com")],
        ),
        ("undisclosed-recipients:;", vec![]),
        (
            "Ada\r\n <a@example.com>",
            vec![mailbox("Ada", "a@example.com")],
        ),
    ] {
        assert_eq!(parse_addresses(list), expected, "{list:?}");
    }
}

fn any_part() -> impl Strategy<Value = MessagePart> {
    let mime_type = prop::sample::select(vec![
        "text/plain",
        "text/html",
        "multipart/alternative",
        "multipart/mixed",
        "multipart/related",
        "message/rfc822",
        "image/png",
        "",
        "TEXT/HTML",
    ]);
    let leaf = (
        mime_type,
        prop::collection::vec(any::<u8>(), 0..40),
        any::<String>(),
        any::<bool>(),
    )
        .prop_map(|(mime_type, data, value, named)| {
            let mut leaf = with(part(mime_type, &data), "Content-Type", &value);
            leaf.filename = named.then_some(value);
            leaf
        });
    leaf.prop_recursive(4, 24, 4, |inner| {
        (
            prop::sample::select(vec!["alternative", "mixed", "related", "x"]),
            prop::collection::vec(inner, 0..4),
        )
            .prop_map(|(kind, parts)| multi(kind, parts))
    })
}

proptest! {
    #[test]
    fn any_message_is_read_and_holds_nothing_invisible(payload in any_part()) {
        let body = read_body_here(&payload);
        prop_assert!(!body.text.chars().any(toolgate_text::is_invisible));
        prop_assert!(body.attachments.iter().all(|a| !a.filename.is_empty()));
    }

    #[test]
    fn any_text_is_a_list_of_addresses_or_none(list in any::<String>(), tokens in "[a@<>(),:;\"\\\\ =?.]{0,40}") {
        for mailbox in parse_addresses(&list).into_iter().chain(parse_addresses(&tokens)) {
            prop_assert!(!mailbox.email.is_empty() && !mailbox.email.contains(['\r', '\n', '\0']));
        }
    }
}
