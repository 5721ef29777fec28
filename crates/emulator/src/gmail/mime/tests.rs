//! Messages of every shape, read.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Parsed, Part, addresses, message_ids};

fn parsed(message: &str) -> Parsed {
    Parsed::new(message.replace('\n', "\r\n").as_bytes())
}

/// The tree as one line a part: id, type, file name, and the content unless it is a container.
fn outline(root: &Part) -> Vec<String> {
    let line = |part: &&Part| {
        let content = String::from_utf8_lossy(&part.content).replace("\r\n", "|");
        format!("{}:{}:{}:{content}", part.id, part.mime_type, part.filename)
    };
    root.walk().iter().map(line).collect()
}

#[test]
fn a_plain_message_is_one_part() {
    let parsed = parsed("Subject: Hi\nFrom: a@b.cd\n\nHello\nWorld\n");
    assert_eq!(outline(&parsed.root), [":text/plain::Hello|World|"]);
    let shown = parsed.root.to_json("m");
    assert_eq!(
        shown,
        json!({ "partId": "", "mimeType": "text/plain", "filename": "",
            "headers": [{ "name": "Subject", "value": "Hi" }, { "name": "From", "value": "a@b.cd" }],
            "body": { "size": 14, "data": "SGVsbG8NCldvcmxkDQo=" } })
    );
}

#[test]
fn nested_parts_are_numbered_and_read_to_the_end() {
    let parsed = parsed(
        "Content-Type: multipart/mixed; boundary=\"out er\"\n\npreamble\n--out er\n\
         Content-Type: Multipart/Related; boundary=mid\n\n--mid\n\
         Content-Type: multipart/alternative;\n boundary=in\n\n--in\n\nplain\n--in  \n\
         Content-Type: text/html\n\n<b>html</b>\n--in--\nepilogue\n--mid\n\
         Content-Type: image/png\nContent-ID: <i>\nContent-Transfer-Encoding: base64\n\n\
         iVBO\nRw==\n--mid--\n--out er\nContent-Type: application/pdf; name=\"a b.pdf\"\n\n%PDF\n\
         --out er--\nrest\n",
    );
    assert_eq!(
        outline(&parsed.root),
        [
            ":multipart/mixed::",
            "0:multipart/related::",
            "0.0:multipart/alternative::",
            "0.0.0:text/plain::plain",
            "0.0.1:text/html::<b>html</b>",
            "0.1:image/png::\u{fffd}PNG",
            "1:application/pdf:a b.pdf:%PDF",
        ]
    );
    let image = parsed.root.parts[0].parts[1].to_json("m");
    assert_eq!(image["body"]["size"], 4);
    assert!(image["body"]["attachmentId"].is_string() && image["body"]["data"].is_null());
    let container = parsed.root.to_json("m");
    assert_eq!(container["body"], json!({ "size": 0 }));
    assert_eq!(parsed.plain.trim(), "plain");
    assert_eq!(parsed.html.trim(), "html");
}

#[test]
fn an_attached_message_is_shown_with_its_parts() {
    let parsed = parsed(
        "Content-Type: multipart/mixed; boundary=o\n\n--o\n\nmine\n--o\n\
         Content-Type: message/rfc822\nContent-Disposition: attachment; filename=\"f.eml\"\n\n\
         Subject: inner\nContent-Type: multipart/alternative; boundary=i\n\n--i\n\ntheirs\n--i--\n\
         --o--\n",
    );
    let ids: Vec<_> = parsed
        .root
        .walk()
        .into_iter()
        .map(|part| part.id.as_str())
        .collect();
    assert_eq!(ids, ["", "0", "1", "1.0", "1.0.0"]);
    let attached = &parsed.root.parts[1];
    assert!(attached.is_attachment && attached.content.starts_with(b"Subject: inner"));
    assert_eq!(attached.parts[0].header("Subject"), Some("inner"));
    assert_eq!(attached.parts[0].parts[0].content, b"theirs");
    assert_eq!(
        parsed.plain.trim(),
        "mine",
        "the text of what is attached is not the message's"
    );
}

#[test]
fn headers_are_unfolded_decoded_and_kept_in_order() {
    let table = [
        ("Subject: a\n b\n\tc", "a b c"),
        ("Subject: =?utf-8?B?R3LDvMOfZQ==?=", "Grüße"),
        (
            "Subject: =?utf-8?q?Gr=C3=BC?=\n =?utf-8?q?=C3=9Fe?= x",
            "Grüße x",
        ),
        ("Subject: Re: =?ISO-8859-1?Q?Ren=E9?= [x]", "Re: René [x]"),
        ("Subject: =?ISO-2022-JP?B?GyRCRnxLXBsoQg==?=", "日本"),
        ("Subject: =?utf-8?q?broken", "=?utf-8?q?broken"),
        ("Subject:nospace", "nospace"),
        ("Subject:", ""),
        ("From: =?utf-8?q?Ren=C3=A9?= <r@x.org>", "René <r@x.org>"),
        (
            "From: =?utf-8?q?Doe=2C_Jane?= <j@x.org>, b@x.org",
            "\"Doe, Jane\" <j@x.org>, b@x.org",
        ),
        ("To: \"Doe, Jane\" <j@x.org>", "\"Doe, Jane\" <j@x.org>"),
        ("X-Any: =?utf-8?q?=C3=BC?=", "ü"),
        (
            "Content-Type: text/plain;\n charset=utf-8",
            "text/plain; charset=utf-8",
        ),
    ];
    for (field, expected) in table {
        let parsed = parsed(&format!("{field}\nLast: 1\nReceived: a\nReceived: b\n\n"));
        let headers = &parsed.root.headers;
        assert_eq!(headers[0].1, expected, "{field}");
        let names: Vec<_> = headers[1..].iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["Last", "Received", "Received"]);
    }
    let bare = Parsed::new(b"Subject: caf\xc3\xa9 \xff\r\n\r\n");
    assert_eq!(bare.root.header("subject"), Some("café \u{fffd}"));
}

#[test]
fn text_stays_in_its_charset_and_is_read_from_it() {
    let table: &[(&str, &[u8], &str)] = &[
        ("utf-8", "grün".as_bytes(), "grün"),
        ("iso-8859-1", b"gr\xfcn", "grün"),
        ("\"windows-1252\"", b"\x80 5", "€ 5"),
        ("KOI8-R", b"\xf0\xd2\xc9", "При"),
        ("shift_jis", b"\x93\xfa\x96\x7b", "日本"),
        ("gb2312", b"\xc4\xe3", "你"),
        ("x-unknown", b"abc", "abc"),
    ];
    for (charset, bytes, text) in table {
        let mut raw = format!("Content-Type: text/plain; charset={charset}\r\n\r\n").into_bytes();
        raw.extend_from_slice(bytes);
        let parsed = Parsed::new(&raw);
        assert_eq!(parsed.root.content, *bytes, "{charset}");
        assert_eq!(parsed.plain.trim(), *text, "{charset}");
    }
}

#[test]
fn transfer_encodings_are_undone() {
    let table = [
        ("quoted-printable", "gr=C3=BCn=\n er =3D", "grün er ="),
        ("Quoted-Printable", "a=\n\n", "a|"),
        ("base64", "SGVs\nbG8=\n", "Hello"),
        ("BASE64", "SGVsbG8", "Hello"),
        ("base64", "SGVsb G8*=\n", "Hello"),
        ("7bit", "a=3D", "a=3D"),
        ("x-unknown", "a=3D", "a=3D"),
    ];
    for (encoding, body, expected) in table {
        let parsed = parsed(&format!("Content-Transfer-Encoding: {encoding}\n\n{body}"));
        let text = String::from_utf8(parsed.root.content.clone())
            .unwrap()
            .replace("\r\n", "|");
        assert_eq!(text, expected, "{encoding} {body}");
    }
}

#[test]
fn file_names_come_from_either_field_in_any_coding() {
    let table = [
        (
            "Content-Disposition: attachment; filename=\"a b.txt\"",
            "a b.txt",
        ),
        (
            "Content-Disposition: attachment; filename*=utf-8''%C3%A4.txt",
            "ä.txt",
        ),
        (
            "Content-Disposition: attachment; filename*0=\"a\"; filename*1=\"b.txt\"",
            "ab.txt",
        ),
        (
            "Content-Disposition: attachment; filename=\"=?utf-8?q?=C3=A4?=.txt\"",
            "ä.txt",
        ),
        ("Content-Type: text/plain; name=n.txt", "n.txt"),
        (
            "Content-Type: text/plain; name=n.txt\nContent-Disposition: inline; filename=d.txt",
            "d.txt",
        ),
        ("Content-Disposition: attachment", ""),
    ];
    for (fields, expected) in table {
        let parsed = parsed(&format!("{fields}\n\nx"));
        assert_eq!(parsed.root.filename, expected, "{fields}");
        assert_eq!(parsed.root.is_attachment, !expected.is_empty(), "{fields}");
    }
}

#[test]
fn damaged_messages_are_read_as_far_as_they_go() {
    let table = [
        ("", vec![":text/plain::"]),
        (
            "no header at all\nsecond",
            vec![":text/plain::no header at all|second"],
        ),
        ("Subject: only", vec![":text/plain::"]),
        (
            "Content-Type: multipart/mixed\n\nx",
            vec![":multipart/mixed::x"],
        ),
        (
            "Content-Type: multipart/mixed; boundary=b\n\nx",
            vec![":multipart/mixed::x"],
        ),
        (
            "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nunclosed",
            vec![":multipart/mixed::", "0:text/plain::unclosed"],
        ),
        (
            "Content-Type: multipart/mixed; boundary=b\n\n--b--\n",
            vec![":multipart/mixed::"],
        ),
        ("Content-Type: nonsense\n\nx", vec![":nonsense/plain::x"]),
    ];
    for (message, expected) in table {
        assert_eq!(outline(&parsed(message).root), expected, "{message}");
    }
}

#[test]
fn parts_below_the_limit_of_depth_are_kept_whole() {
    let mut message: String = (0..2000)
        .map(|depth| {
            [
                "Content-Type: multipart/mixed; boundary=b",
                "x\r\n\r\n--b",
                "x\r\n",
            ]
            .join(&depth.to_string())
        })
        .collect();
    message += "\r\nthe core\r\n";
    let parsed = Parsed::new(message.as_bytes());
    let shown = parsed.root.to_json("m").to_string();
    let read: Value = serde_json::from_str(&shown).unwrap();
    assert!(read["body"]["size"] == 0);
    let parts = parsed.root.walk();
    let deepest = parts.last().unwrap();
    assert_eq!(deepest.mime_type, "multipart/mixed");
    assert!(deepest.is_attachment && deepest.content.ends_with(b"the core\r\n"));
}

#[test]
fn snippets_are_short_escaped_and_without_markup() {
    let table = [
        (
            "\n\na  \n\t b's <c> & \"d\"",
            "a b&#39;s &lt;c&gt; &amp; &quot;d&quot;".to_owned(),
        ),
        (
            "Content-Type: text/html\n\n<style>p{}</style><p>One</p><p>Two&amp;</p><b>T</b>hree",
            "One Two&amp; Three".to_owned(),
        ),
        (
            "Content-Type: text/html\n\n<td>a</td><td>b</td>",
            "a b".to_owned(),
        ),
        ("Content-Type: application/pdf\n\n%PDF", String::new()),
        ("\n\n", String::new()),
    ];
    for (message, expected) in table {
        assert_eq!(parsed(message).snippet(), expected, "{message}");
    }
    let long = parsed(&format!("\n\n{}", "wörter ".repeat(100))).snippet();
    assert!((150..=200).contains(&long.chars().count()) && long.ends_with("wörter"));
    assert_eq!(
        parsed(&format!("\n\n{}", "ü".repeat(999)))
            .snippet()
            .chars()
            .count(),
        200
    );
}

#[test]
fn addresses_and_message_ids_are_found() {
    assert_eq!(
        addresses("A <A@X.org>, b@x.org (c), \"d, e\" <d@x.org>"),
        ["a@x.org", "b@x.org", "d@x.org"]
    );
    assert_eq!(addresses(""), [""; 0]);
    assert_eq!(message_ids("<a@b> <C@d>\t<e>"), ["a@b", "C@d", "e"]);
    assert_eq!(message_ids(""), [""; 0]);
}

proptest! {
    #[test]
    fn any_bytes_are_a_message(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let parsed = Parsed::new(&bytes);
        let _ = (parsed.snippet(), parsed.root.to_json("m"));
    }

    #[test]
    fn any_mix_of_mail_is_a_message(
        pieces in prop::collection::vec(prop::sample::select(PIECES), 0..60),
    ) {
        let parsed = Parsed::new(pieces.concat().as_bytes());
        let _ = (parsed.snippet(), parsed.root.to_json("m"));
    }
}

const PIECES: &[&str] = &[
    "Content-Type: ",
    "multipart/mixed",
    "message/rfc822",
    "text/html",
    "; boundary=b",
    "; name=\"",
    "Content-Transfer-Encoding: ",
    "base64",
    "quoted-printable",
    "\r\n",
    "\n",
    "\r\n\r\n",
    "--b",
    "--b--",
    "=?utf-8?q?=C3?=",
    "=?utf-8?b?",
    "?=",
    "To: ",
    "<a@b>",
    ",",
    ";",
    ":",
    "\"",
    " ",
    "=",
    "=4",
    "SGVs",
    "Date: Sun, 15",
    "; filename*0*=utf-8''%",
    "<td",
    "&#",
    "é",
];
