//! Whole mails as they occur, read without loss: nested, signed, bounced, inviting, torn, in many charsets.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use serde_json::{Value, json};
use toolgate_emulator::{FaultAction, FaultRule};

use crate::{
    defects::raw,
    world::{World, id, unfenced},
};

const NESTED: &str = include_str!("../corpus/nested.eml");
const SIGNED: &str = include_str!("../corpus/signed.eml");
const BOUNCE: &str = include_str!("../corpus/bounce.eml");
const INVITATION: &str = include_str!("../corpus/invitation.eml");
const INVITATION_FILE: &str = include_str!("../corpus/invitation-file.eml");
const TORN: &str = include_str!("../corpus/torn.eml");

/// Text, format and the names of attachments.
type Seen = (String, String, Vec<String>);

async fn world(mail: &str) -> World {
    World::with([raw(1, mail)]).await
}

async fn read(world: &World) -> Value {
    let arguments = json!({"message_id": id(1)});
    world.call("get_message", arguments).await.unwrap()
}

fn seen(read: &Value) -> Seen {
    let files = read["attachments"].as_array().into_iter().flatten();
    (
        unfenced(&read["body"]).to_owned(),
        read["format"].as_str().unwrap().to_owned(),
        files
            .map(|file| file["filename"].as_str().unwrap().to_owned())
            .collect(),
    )
}

fn expected(text: &str, format: &str, files: &[&str]) -> Seen {
    let files = files.iter().map(|&file| file.to_owned()).collect();
    (text.to_owned(), format.to_owned(), files)
}

#[tokio::test]
async fn a_nested_mail_is_read_to_its_end_and_what_hangs_on_it_is_listed() {
    let world = world(NESTED).await;
    let read = read(&world).await;
    assert_eq!(
        seen(&read),
        expected(
            "Das Hotel kostet **4.380 €**. [Das Angebot](https://hotel.example/angebot?id=77)\n\n\
             --\nSent to the list offsite@partner.example",
            "markdown",
            &["logo.png", "Angebot für Mai.pdf", "Your request.eml"],
        )
    );
    assert_eq!(read["subject"], "Angebot für Lissabon");
    assert_eq!(read["cc"], "\"Osei, Dan\" <dan@partner.example>");
    assert!(read.get("truncated").is_none());
    world.assert_lawful();
}

#[tokio::test]
async fn a_signed_mail_is_its_text_and_the_signature_is_a_file() {
    let world = world(SIGNED).await;
    assert_eq!(
        seen(&read(&world).await),
        expected(
            "I approve the budget for the café.",
            "plain",
            &["budget.csv", "signature.asc"],
        )
    );
}

#[tokio::test]
async fn a_delivery_report_says_who_did_not_get_it_and_why() {
    let world = world(BOUNCE).await;
    let read = read(&world).await;
    let (text, _, files) = seen(&read);
    for line in [
        "[Learn more](https://support.google.com/mail/?p=NoSuchUser)",
        "Final-Recipient: rfc822; nobody@partner.example",
        "Status: 5.1.1",
        "does not exist.",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    assert!(!text.contains("The original text"), "{text}");
    assert_eq!(files, ["Offsite.eml"]);
    // Gmail keeps the report's second part apart: it takes one more request.
    assert_eq!(
        world
            .emulator
            .requests()
            .iter()
            .filter(|it| !it.batched)
            .count(),
        2
    );
    world.assert_lawful();
}

const OFFSITE: &str = "Invitation: Offsite planning\n\
    When: 2026-05-18 09:00 Europe/Lisbon to 2026-05-18 10:00 Europe/Lisbon\n\
    Where: Hotel Miramar, Lisbon\n\
    Organizer: Carol Reyes <carol@partner.example>\n\
    Status: CONFIRMED\n\
    No answer yet: alice@example.com";

#[tokio::test]
async fn an_invitation_is_read_once_below_the_text_beside_it() {
    let world = world(INVITATION).await;
    let text = format!(
        "You have been **invited**. [More details](https://calendar.example/event?eid=77)\n\n{OFFSITE}"
    );
    assert_eq!(
        seen(&read(&world).await),
        expected(&text, "markdown", &["invitation.ics", "invite.ics"])
    );
    let page = world
        .call("search_emails", json!({"query": ""}))
        .await
        .unwrap();
    assert_eq!(unfenced(&page["emails"][0]["excerpt"]), text);
}

#[tokio::test]
async fn an_invitation_that_is_a_file_is_fetched_and_read() {
    let world = world(INVITATION_FILE).await;
    assert_eq!(
        seen(&read(&world).await),
        expected(
            "See you there.\n\nEvent: Lunch\nWhen: 2026-05-18 11:00 UTC",
            "plain",
            &["lunch.ics"],
        )
    );
    world.assert_lawful();
}

#[tokio::test]
async fn a_text_that_cannot_be_fetched_is_listed_and_the_rest_is_read() {
    let world = world(INVITATION_FILE).await;
    let fault = FaultAction::status_with_reason(403, "domainPolicy");
    let fault = FaultRule::new(fault).on_method("gmail.users.messages.attachments.get");
    world.emulator.faults().add(fault);
    assert_eq!(
        seen(&read(&world).await),
        expected("See you there.", "plain", &["lunch.ics"])
    );
}

#[tokio::test]
async fn a_long_text_that_gmail_keeps_apart_is_fetched() {
    let world = world(INVITATION_FILE).await;
    let whole = world.google(&format!("users/me/messages/{}", id(1))).await;
    let kept = &whole["payload"]["parts"][1]["body"];
    let answer = json!({
        "id": id(1), "threadId": id(1), "internalDate": "0",
        "payload": {"mimeType": "text/plain", "filename": "", "body": kept},
    });
    let fault = FaultAction::Json {
        status: 200,
        body: answer,
    };
    world
        .emulator
        .faults()
        .add(FaultRule::new(fault).on_method("gmail.users.messages.get"));
    let (text, _, files) = seen(&read(&world).await);
    assert!(
        text.starts_with("BEGIN:VCALENDAR") && files.is_empty(),
        "{text} {files:?}"
    );
}

#[tokio::test]
async fn what_is_broken_is_read_as_far_as_it_goes() {
    let world = world(TORN).await;
    let (text, _, files) = seen(&read(&world).await);
    for part in [
        "A soft break and an end",
        "Says it is ASCII: naïve café.",
        "café at 5",
        "The type of this part is left out.",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(files.is_empty(), "{files:?}");
}

/// Charsets, texts in them as base64, and what they say.
const CHARSETS: [(&str, &str, &str); 16] = [
    (
        "utf-8",
        "WmHFvMOzxYLEhyBnxJnFm2zEhSBqYcW6xYQg4oCTIOadseS6rA==",
        "Zażółć gęślą jaźń – 東京",
    ),
    (
        "iso-8859-1",
        "S+RzZSBm/HIgNSCjLCBnYXLnb24=",
        "Käse für 5 £, garçon",
    ),
    (
        "iso-8859-2",
        "UPjtbGm5IL5sdbtvdehr/SBr+fI=",
        "Příliš žluťoučký kůň",
    ),
    (
        "iso-8859-15",
        "UHJlaXM6IDUgpCBm/HIgvHV2cmU=",
        "Preis: 5 € für Œuvre",
    ),
    ("windows-1252", "k3F1b3RlZJQgliA1IIA=", "“quoted” – 5 €"),
    ("windows-1251", "0fe48iDn4CDt7v/h8Pw=", "Счёт за ноябрь"),
    ("koi8-r", "896j1CDawSDOz9HC0tg=", "Счёт за ноябрь"),
    ("shift_jis", "kL+LgY+RgvCRl4LogtyCtw==", "請求書を送ります"),
    ("euc-jp", "wMG14b3xpPLB96TqpN6kuQ==", "請求書を送ります"),
    (
        "iso-2022-jp",
        "GyRCQEE1YT1xJHJBdyRqJF4kORsoQg==",
        "請求書を送ります",
    ),
    ("gb18030", "t6LGsdLRuL3Jzw==", "发票已附上"),
    ("big5", "tW+yvKR3qv6kVw==", "發票已附上"),
    (
        "euc-kr",
        "w7uxuLytuKYgw7e6zsfVtM+02Q==",
        "청구서를 첨부합니다",
    ),
    (
        "windows-1253",
        "1Ons7+v84+nvIM3v5ezi8d/v9Q==",
        "Τιμολόγιο Νοεμβρίου",
    ),
    ("windows-1255", "5/nh5fDp+iDs8OXh7uH4", "חשבונית לנובמבר"),
    ("utf-16le", "SABpACAAcWesTg==", "Hi 東京"),
];

#[tokio::test]
async fn texts_and_subjects_are_read_in_their_charsets() {
    let mails = CHARSETS.iter().zip(0..).map(|((charset, data, _), number)| {
        raw(number, &format!(
            "From: a@b.example\nTo: alice@example.com\nSubject: =?{charset}?B?{data}?=\nMIME-Version: 1.0\n\
             Content-Type: text/plain; charset=\"{charset}\"\nContent-Transfer-Encoding: base64\n\n{data}\n"
        ))
    });
    let world = World::with(mails).await;
    for ((charset, _, text), number) in CHARSETS.iter().zip(0..) {
        let arguments = json!({"message_id": id(number)});
        let read = world.call("get_message", arguments).await.unwrap();
        assert_eq!(unfenced(&read["body"]), *text, "{charset}");
        assert_eq!(read["subject"], *text, "{charset}");
    }
}
