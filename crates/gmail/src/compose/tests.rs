//! What is composed parses back to what was meant.

use google_gmail1::api::{MessagePart, MessagePartHeader};
use mail_parser::{Message, MessageParser, MimeHeaders};
use proptest::{collection::vec, prelude::*};

use super::{body::normalized, *};

fn mailbox(name: &str, email: &str) -> Mailbox {
    Mailbox {
        name: Some(name.to_owned()).filter(|name| !name.is_empty()),
        email: email.to_owned(),
    }
}

fn outgoing(body: &str) -> Outgoing<'_> {
    Outgoing {
        from: None,
        to: vec![mailbox("Ada", "ada@example.com")],
        cc: Vec::new(),
        bcc: Vec::new(),
        subject: "Tea",
        content: Content::Written(Written {
            body,
            signature: None,
            quoted: None,
        }),
        attachments: &[],
        thread: None,
        kept: &[],
        date: DateTime::from_timestamp(1_778_000_000, 0).unwrap(),
        message_id: MessageId::new([7; 16], None),
    }
}

fn parent(headers: &[(&str, &str)]) -> MessagePart {
    let headers = headers
        .iter()
        .map(|(name, value)| MessagePartHeader {
            name: Some((*name).to_owned()),
            value: Some((*value).to_owned()),
        })
        .collect();
    MessagePart {
        headers: Some(headers),
        ..MessagePart::default()
    }
}

fn parsed(bytes: &[u8]) -> Message<'_> {
    MessageParser::default().parse(bytes).unwrap()
}

fn mailboxes(address: Option<&mail_parser::Address<'_>>) -> Vec<Mailbox> {
    let list = address
        .map(|address| address.iter().cloned().collect::<Vec<_>>())
        .unwrap_or_default();
    list.iter()
        .map(|a| mailbox(a.name().unwrap_or_default(), a.address().unwrap()))
        .collect()
}

/// The names of the headers above the body, in order.
fn header_names(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    let (head, _) = text.split_once("\r\n\r\n").unwrap();
    head.split("\r\n")
        .filter(|line| !line.starts_with([' ', '\t']))
        .map(|line| line.split(':').next().unwrap().to_owned())
        .collect()
}

#[test]
fn a_message_has_its_headers_and_both_bodies() {
    let mut outgoing = outgoing("Hello **you**\nsecond line");
    outgoing.from = Some(mailbox("Grace", "grace@example.org"));
    outgoing.message_id = MessageId::new([7; 16], outgoing.from.as_ref());
    outgoing.thread = Some(Thread::answering(&parent(&[
        ("Message-ID", "<p@x.example>"),
        ("References", "<r@x.example>"),
    ])));
    let bytes = compose(&outgoing).unwrap();
    assert_eq!(
        bytes,
        compose(&outgoing).unwrap(),
        "the bytes are a function of the input"
    );
    assert_eq!(
        header_names(&bytes),
        [
            "From",
            "To",
            "Subject",
            "Date",
            "Message-ID",
            "In-Reply-To",
            "References",
            "MIME-Version",
            "Content-Type"
        ]
    );
    let message = parsed(&bytes);
    assert_eq!(
        message.message_id(),
        Some("07070707070707070707070707070707@example.org")
    );
    assert_eq!(message.in_reply_to().as_text(), Some("p@x.example"));
    assert_eq!(
        message.references().as_text_list().unwrap(),
        ["r@x.example", "p@x.example"]
    );
    assert_eq!(message.date().unwrap().to_timestamp(), 1_778_000_000);
    assert_eq!(
        message.body_text(0).unwrap().trim_end(),
        "Hello **you**\r\nsecond line"
    );
    let html = message.body_html(0).unwrap().replace("\r\n", "\n");
    assert!(
        html.contains("Hello <strong>you</strong><br />\nsecond line"),
        "{html}"
    );
    let types: Vec<_> = message
        .parts
        .iter()
        .map(|part| part.content_type().unwrap().subtype().unwrap())
        .collect();
    assert_eq!(types, ["alternative", "plain", "html"]);
}

#[test]
fn agno_defect_markup_in_a_body_stays_text() {
    for (body, html) in [
        ("a < b & c > d", "<p>a &lt; b &amp; c &gt; d</p>"),
        (
            "<script>alert(1)</script>",
            "&lt;script&gt;alert(1)&lt;/script&gt;",
        ),
        ("x <b onclick=y>z</b>", "x &lt;b onclick=y&gt;z&lt;/b&gt;"),
        ("[t](javascript:alert(1))", "<p>t</p>"),
        ("[t](https://e.com)", "<a href=\"https://e.com\">t</a>"),
        (
            "![p](https://e.com/p.png)",
            "<a href=\"https://e.com/p.png\">p</a>",
        ),
        (
            "[![p](https://e.com/p.png)](https://e.com)",
            "<a href=\"https://e.com\">p</a>",
        ),
        ("a\nb\n\nc", "<p>a<br />\nb</p>\n<p>c</p>"),
    ] {
        let bytes = compose(&outgoing(body)).unwrap();
        let message = parsed(&bytes);
        let rendered = message.body_html(0).unwrap().replace("\r\n", "\n");
        assert!(rendered.contains(html), "{body}: {rendered}");
        assert!(
            !rendered.contains("<script")
                && !rendered.contains("<img")
                && !rendered.contains("<b ")
        );
    }
}

#[test]
fn control_characters_in_headers_are_refused_by_the_name_of_their_argument() {
    for bad in [
        "\r\nBcc: x@evil.example",
        "\n x",
        "\r",
        "\0",
        "\u{7f}",
        "\u{85}",
    ] {
        let subject = format!("a{bad}");
        let refused = compose(&Outgoing {
            subject: &subject,
            ..outgoing("b")
        })
        .unwrap_err();
        assert_eq!(refused.argument(), "subject");
        for argument in ["to", "cc", "bcc", "from"] {
            for address in [
                mailbox(&format!("A{bad}"), "a@example.com"),
                mailbox("A", &format!("a@example.com{bad}")),
            ] {
                let mut message = outgoing("b");
                match argument {
                    "to" => message.to = vec![address],
                    "cc" => message.cc = vec![address],
                    "bcc" => message.bcc = vec![address],
                    _ => message.from = Some(address),
                }
                assert_eq!(compose(&message).unwrap_err().argument(), argument);
            }
        }
        assert_eq!(
            recipients("to", &[format!("a@example.com{bad}")])
                .unwrap_err()
                .argument(),
            "to"
        );
    }
}

#[test]
fn recipients_are_checked_one_by_one() {
    let ada = mailbox("Ada", "ada@example.com");
    let bob = mailbox("", "bob@example.com");
    for (values, expected) in [
        (
            vec!["Ada <ada@example.com>, bob@example.com"],
            vec![ada.clone(), bob.clone()],
        ),
        (
            vec!["Ada <ada@example.com>", "bob@example.com"],
            vec![ada.clone(), bob.clone()],
        ),
        (
            vec!["bob@example.com; Bob <BOB@example.com>"],
            vec![bob.clone()],
        ),
        (vec!["Team: Ada <ada@example.com>;"], vec![ada.clone()]),
        (
            vec!["bob@example.com <bob@example.com>"],
            vec![mailbox("bob@example.com", "bob@example.com")],
        ),
        (vec!["", " "], vec![]),
        (vec![], vec![]),
    ] {
        assert_eq!(recipients("to", &values).unwrap(), expected, "{values:?}");
    }
    for bad in [
        "bob",
        "bob@",
        "@example.com",
        "bob@example",
        "a b@example.com>",
        "bob@exa mple.com",
        "bob@@example.com",
        "bob@-x.example",
        "a,b@example.com",
        "bob@\u{2028}.example",
        "bob@xn--a-ecp.example.\u{fffd}",
        "a@example.com b@example.com",
        "bob@example.com, carol",
        "<>",
    ] {
        let refused = recipients("cc", &[bad]).unwrap_err();
        assert_eq!(refused.argument(), "cc");
        assert!(refused.good_value().contains("name@example.org"));
    }
    let many: Vec<_> = (0..501).map(|n| format!("u{n}@example.com")).collect();
    assert_eq!(
        recipients("bcc", &many).unwrap_err().to_string(),
        "bcc: the mail has more than 500 recipients"
    );
}

#[test]
fn agno_defect_an_answer_is_threaded_by_message_ids_with_the_whole_chain() {
    let check = |headers: &[(&str, &str)], in_reply_to: Option<&str>, references: &[&str]| {
        let thread = Thread::answering(&parent(headers));
        assert_eq!(thread.in_reply_to(), in_reply_to, "{headers:?}");
        assert_eq!(thread.references(), references, "{headers:?}");
    };
    check(&[("Message-ID", "<a@x>")], Some("a@x"), &["a@x"]);
    check(
        &[("message-id", " <c@x> "), ("references", "<a@x>\r\n <b@x>")],
        Some("c@x"),
        &["a@x", "b@x", "c@x"],
    );
    check(
        &[("Message-ID", "<b@x>"), ("In-Reply-To", "<a@x>")],
        Some("b@x"),
        &["a@x", "b@x"],
    );
    check(
        &[("Message-ID", "<c@x>"), ("In-Reply-To", "<a@x> <b@x>")],
        Some("c@x"),
        &["c@x"],
    );
    check(&[("References", "<a@x>")], None, &["a@x"]);
    check(
        &[
            ("Message-ID", "18c2f0a9b7"),
            ("References", "nonsense <no at> <a\u{e9}@x>"),
        ],
        None,
        &[],
    );
    let long = (0..100).fold(String::new(), |ids, n| ids + &format!("<{n}@x> "));
    let thread = Thread::answering(&parent(&[
        ("Message-ID", "<last@x>"),
        ("References", &long),
    ]));
    assert_eq!(thread.references().len(), 30);
    assert_eq!(
        (
            thread.references()[0].as_str(),
            thread.references()[29].as_str()
        ),
        ("0@x", "last@x")
    );
}

fn check_recipients(headers: &[(&str, &str)], all: bool, to: &[&str], cc: &[&str]) {
    let own = ["me@example.com".to_owned(), "alias@example.com".to_owned()];
    let found = reply_recipients(&parent(headers), &own, all);
    let emails = |list: &[Mailbox]| list.iter().map(|m| m.email.clone()).collect::<Vec<_>>();
    assert_eq!(emails(&found.to), to, "{headers:?}");
    assert_eq!(emails(&found.cc), cc, "{headers:?}");
}

#[test]
fn an_answer_goes_to_whom_the_standard_says() {
    let check = check_recipients;
    let from = ("From", "Ada <ada@x.example>");
    let to = (
        "To",
        "Me <ME@example.com>, bob@x.example, me+news@example.com",
    );
    let cc = ("Cc", "carol@x.example, ada@x.example, alias@example.com");
    check(&[from, to, cc], false, &["ada@x.example"], &[]);
    check(
        &[from, to, cc],
        true,
        &["ada@x.example", "bob@x.example"],
        &["carol@x.example"],
    );
    check(
        &[from, to, cc, ("Reply-To", "list@x.example")],
        false,
        &["list@x.example"],
        &[],
    );
    check(
        &[from, to, ("Reply-To", "list@x.example, ada@x.example")],
        true,
        &["list@x.example", "ada@x.example", "bob@x.example"],
        &[],
    );
    // What no header takes is left out.
    check(
        &[
            from,
            ("Cc", "\"a b\"@x.example, c.@x.example, d@münchen.example"),
        ],
        true,
        &["ada@x.example"],
        &["c.@x.example", "d@xn--mnchen-3ya.example"],
    );
    // One's own mail goes on to whom it went; one to oneself stays with oneself.
    check(
        &[("From", "me@example.com"), ("To", "bob@x.example"), cc],
        false,
        &["bob@x.example"],
        &[],
    );
    check(
        &[("From", "me@example.com"), ("To", "bob@x.example"), cc],
        true,
        &["bob@x.example"],
        &["carol@x.example", "ada@x.example"],
    );
    check(
        &[("From", "me@example.com"), ("To", "me@example.com")],
        true,
        &["me@example.com"],
        &[],
    );
    check(
        &[("From", "me@example.com")],
        false,
        &["me@example.com"],
        &[],
    );
    check(&[], true, &[], &[]);
}

#[test]
fn gmails_own_addresses_are_ones_own_in_every_spelling() {
    for (own, email, is_own) in [
        ("an.lee@gmail.com", "A.N.L.E.E@googlemail.com", true),
        ("anlee@googlemail.com", "an.lee+news@gmail.com", true),
        ("an.lee@example.com", "an.lee+news@EXAMPLE.com", true),
        ("an.lee@example.com", "anlee@example.com", false),
        ("anlee@gmail.com", "anlees@gmail.com", false),
    ] {
        let headers = [("From", "ada@x.example"), ("To", email)];
        let found = reply_recipients(&parent(&headers), &[own.to_owned()], true);
        assert_eq!(found.to.len(), if is_own { 1 } else { 2 }, "{own} {email}");
    }
}

#[test]
fn re_is_put_before_a_subject_once() {
    for (subject, reply) in [
        ("Tea", "Re: Tea"),
        ("Re: Tea", "Re: Tea"),
        ("RE: Tea", "RE: Tea"),
        ("re:Tea", "re:Tea"),
        ("Regarding tea", "Re: Regarding tea"),
        ("", "Re:"),
        ("Té\r\n für dich", "Re: Té   für dich"),
        ("Ré", "Re: Ré"),
    ] {
        assert_eq!(reply_subject(subject), reply);
    }
}

#[test]
fn subjects_of_mails_passed_on_begin_with_fwd_once() {
    for (subject, passed_on) in [
        ("Tea", "Fwd: Tea"),
        ("fw: Tea", "fw: Tea"),
        ("FWD: Tea", "FWD: Tea"),
        ("Re: Tea", "Fwd: Re: Tea"),
        ("", "Fwd:"),
        (
            "Tea\r\nBcc: eve@example.org",
            "Fwd: Tea  Bcc: eve@example.org",
        ),
    ] {
        assert_eq!(forward_subject(subject), passed_on);
    }
}

#[test]
fn what_is_too_long_is_refused() {
    let long = "x".repeat(1_000_001);
    assert_eq!(compose(&outgoing(&long)).unwrap_err().argument(), "body");
    assert_eq!(
        compose(&Outgoing {
            subject: &long,
            ..outgoing("b")
        })
        .unwrap_err()
        .argument(),
        "subject"
    );
}

/// A display name without control characters, which are refused, and as mail writes it: white space is one blank.
fn name() -> impl Strategy<Value = String> {
    "[\\PC&&[^\u{2028}\u{2029}]]{0,24}"
        .prop_map(|name| name.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn any_mailbox() -> impl Strategy<Value = Mailbox> {
    (
        name(),
        "[a-z0-9!#$%&'*+/=?^_`{|}~-]{1,12}(\\.[a-z0-9]{1,8})?",
        "[a-z0-9]{1,10}(-[a-z0-9]{1,3})?\\.(example|co\\.example)",
    )
        .prop_map(|(name, local, domain)| mailbox(&name, &format!("{local}@{domain}")))
}

proptest! {
    #[test]
    fn what_is_composed_parses_back(
        to in vec(any_mailbox(), 0..4),
        cc in vec(any_mailbox(), 0..3),
        bcc in vec(any_mailbox(), 0..3),
        subject in "\\PC{0,120}",
        body in any::<String>(),
        random in any::<[u8; 16]>(),
    ) {
        let message = Outgoing { to: to.clone(), cc: cc.clone(), bcc: bcc.clone(), subject: &subject, message_id: MessageId::new(random, None), ..outgoing(&body) };
        let bytes = compose(&message).unwrap();
        let parsed = parsed(&bytes);
        prop_assert_eq!(mailboxes(parsed.to()), to);
        prop_assert_eq!(mailboxes(parsed.cc()), cc);
        prop_assert_eq!(mailboxes(parsed.bcc()), bcc);
        let blank_to_one = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        prop_assert_eq!(blank_to_one(parsed.subject().unwrap_or_default()), blank_to_one(&subject));
        let text = parsed.body_text(0).unwrap().replace("\r\n", "\n");
        let written = normalized(&body);
        prop_assert_eq!(text.trim_end_matches('\n'), written.trim_end_matches('\n'));
    }

    #[test]
    fn no_text_injects_a_header(subject in any::<String>(), name in any::<String>(), body in any::<String>(), raw in any::<String>()) {
        let mut message = Outgoing { to: vec![mailbox(&name, "a@example.com")], subject: &subject, ..outgoing(&body) };
        if let Ok(more) = recipients("to", &[raw]) {
            message.to.extend(more);
        }
        match compose(&message) {
            Ok(bytes) => prop_assert_eq!(header_names(&bytes), ["To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"]),
            Err(refused) => prop_assert!(["to", "subject"].contains(&refused.argument())),
        }
    }

    #[test]
    fn what_recipients_accepts_names_each_address_once(raw in "[a-z@<>(),:;\"\\\\ =?.]{0,60}") {
        if let Ok(found) = recipients("to", &[&raw]) {
            for mailbox in &found {
                prop_assert!(raw.to_lowercase().contains(&mailbox.email));
                prop_assert!(recipients("to", &[&mailbox.email]).is_ok());
            }
        }
    }
}
