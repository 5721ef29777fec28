//! Nothing of a mail or of a file is lost without a word.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use serde_json::{Value, json};
use toolgate_emulator::{FaultAction, FaultRule, SeedMessage};

use crate::{
    defects::raw,
    world::{World, id, with_folder},
};

const SEND: &str = "gmail.users.messages.send";
const TABLE: &str = "Name: x,Amount: y\nRent: a,900\n\nTotal: b,900";

fn rows(text: &str) -> String {
    let rows: Vec<&str> = text.lines().filter(|row| !row.is_empty()).collect();
    rows.join("\n")
}

fn bare(kind: &str, body: &str) -> SeedMessage {
    raw(
        1,
        &format!(
            "From: carol@partner.example\nTo: alice@example.com\nSubject: March\nMIME-Version: 1.0\n\
             Content-Type: {kind}\n\n{body}"
        ),
    )
}

/// A file of this type and name on a mail.
fn attached(kind: &str, body: &str) -> SeedMessage {
    let inner =
        format!("--o\nContent-Type: text/plain\n\nSee there\n--o\n{kind}\n\n{body}\n--o--\n");
    bare("multipart/mixed; boundary=o", &inner)
}

async fn first_file(world: &World) -> Value {
    let read = json!({"message_id": id(1)});
    let read = world.call("get_message", read).await.unwrap();
    read["attachments"][0].clone()
}

async fn text_of(message: SeedMessage) -> (Value, String) {
    let world = World::with([message]).await;
    let file = first_file(&world).await;
    let arguments = json!({"message_id": id(1), "attachment_id": file["attachment_id"]});
    let read = world.call("read_attachment", arguments).await.unwrap();
    let text = read["text"].as_str().unwrap();
    let (_, text) = text.split_once(">\n").unwrap();
    let text = text.rsplit_once("\n</file-").unwrap().0.to_owned();
    (file["filename"].clone(), text)
}

#[tokio::test]
async fn a_mail_that_is_a_file_without_a_name_is_not_named_by_its_subject_and_read_whole() {
    let (name, text) = text_of(bare("text/csv", TABLE)).await;
    // A table is shown without its empty rows.
    assert_eq!((name, text), (json!("unnamed"), rows(TABLE)));
    let event = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Lunch\nEND:VEVENT\nEND:VCALENDAR";
    let (name, text) = text_of(bare("text/calendar", event)).await;
    assert_eq!(name, "invitation.ics");
    assert!(text.contains("SUMMARY:Lunch"), "{text}");
}

#[tokio::test]
async fn a_file_is_read_as_a_mail_only_where_it_is_one() {
    let shown = "From: ann@example.org\nSubject: Inner\n\nHello";
    let mail = &format!("X-Other: 1\n{shown}");
    let octets = "Content-Type: application/octet-stream; name=x.eml";
    for (head, body, is_mail) in [
        ("Content-Type: text/csv; name=x.eml", TABLE, false),
        ("Content-Type: text/csv; name=x.eml", mail, false),
        (octets, TABLE, false),
        (octets, mail, true),
        (
            "Content-Disposition: attachment; filename=X.EML",
            mail,
            true,
        ),
        (
            "Content-Type: application/octet-stream; name=x.txt",
            mail,
            false,
        ),
        ("Content-Type: message/rfc822", mail, true),
    ] {
        let (_, text) = text_of(attached(head, body)).await;
        let expected = if is_mail { shown } else { body };
        assert_eq!(rows(&text), rows(expected), "{head}");
    }
}

/// A mail with one file of which Gmail hands out nothing.
async fn without_content(file: Value) -> World {
    let world = World::with([bare("text/plain", "x")]).await;
    let text = json!({"partId": "0", "mimeType": "text/plain", "filename": "", "body": {"size": 5, "data": "SGVsbG8="}});
    let body = json!({
        "id": id(1), "threadId": id(1), "internalDate": "0",
        "payload": {"mimeType": "multipart/mixed", "filename": "", "parts": [text, file]},
    });
    let answer = FaultAction::Json { status: 200, body };
    let rule = FaultRule::new(answer).on_method("gmail.users.messages.get");
    world.emulator.faults().add(rule.times(9));
    world
}

#[tokio::test]
async fn a_file_of_which_gmail_hands_out_nothing_is_no_empty_file() {
    let file =
        json!({"partId": "1", "mimeType": "text/csv", "filename": "a.csv", "body": {"size": 900}});
    let world = without_content(file).await;
    let (folder, toolkit) = with_folder();
    let named = json!({"message_id": id(1), "attachment_id": "1"});
    let forward =
        json!({"message_id": id(1), "to": "ann@example.org", "include_attachments": true});
    for (tool, arguments) in [
        ("read_attachment", named.clone()),
        ("download_attachment", named.clone()),
        ("forward_email", forward),
    ] {
        let error = world.call_of(&toolkit, tool, arguments).await.unwrap_err();
        assert!(
            error.message().contains("in Gmail itself"),
            "{tool}: {error}"
        );
    }
    assert_eq!(world.count(SEND), 0);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    // Nor is one that answers with nothing.
    let file = json!({"partId": "1", "mimeType": "text/csv", "filename": "a.csv", "body": {"size": 900, "attachmentId": "A"}});
    let world = without_content(file).await;
    let answer = FaultAction::Json {
        status: 200,
        body: json!({"size": 900}),
    };
    let rule = FaultRule::new(answer).on_method("gmail.users.messages.attachments.get");
    world.emulator.faults().add(rule);
    let error = world
        .call_of(&toolkit, "download_attachment", named.clone())
        .await
        .unwrap_err();
    assert!(error.message().contains("in Gmail itself"), "{error}");
    // What is empty is saved as that.
    let file =
        json!({"partId": "1", "mimeType": "text/csv", "filename": "a.csv", "body": {"size": 0}});
    let world = without_content(file).await;
    let saved = world.call_of(&toolkit, "download_attachment", named).await;
    assert_eq!(saved.unwrap()["size"], 0);
}

const PICTURES: &str = "--r
Content-Type: text/html

<p>See <img src=\"cid:logo@x\"><IMG SRC=cid:a%2Bb> there</p>
--r
Content-Type: image/png; name=logo.png
Content-ID: <logo@x>
Content-Disposition: inline; filename=logo.png

png
--r
Content-Type: image/png; name=escaped.png
Content-ID: <a+b>

png
--r
Content-Type: image/png; name=spare.png
Content-ID: <spare@x>
Content-Disposition: inline; filename=spare.png

png
--r
Content-Type: application/pdf; name=plan.pdf
Content-ID: <plan@x>
Content-Disposition: inline; filename=plan.pdf

%PDF
--r--
";

#[tokio::test]
async fn only_pictures_that_the_text_shows_are_left_out_of_what_is_passed_on_and_counted() {
    let related = PICTURES.to_owned();
    let mixed = "--m\nContent-Type: text/plain\n\nHello\n--m\nContent-Type: application/pdf; name=invoice.pdf\n\
                 Content-Disposition: inline; filename=invoice.pdf\n\n%PDF\n--m--\n";
    for (kind, body, files, note) in [
        (
            "multipart/related; boundary=r",
            related.as_str(),
            json!(["spare.png", "plan.pdf"]),
            json!("2 pictures within its text were not passed on"),
        ),
        (
            "multipart/mixed; boundary=m",
            mixed,
            json!(["invoice.pdf"]),
            Value::Null,
        ),
        (
            // Apple Mail puts pictures beside the text that shows them.
            "multipart/mixed; boundary=r",
            related.as_str(),
            json!(["spare.png", "plan.pdf"]),
            json!("2 pictures within its text were not passed on"),
        ),
    ] {
        let world = World::with([bare(kind, body)]).await;
        let arguments =
            json!({"message_id": id(1), "to": "ann@example.org", "include_attachments": true});
        let sent = world.call("forward_email", arguments).await.unwrap();
        assert_eq!(
            (&sent["attachments"], &sent["note"]),
            (&files, &note),
            "{kind}"
        );
        let names: Vec<String> = world.sent().await[0]
            .files()
            .into_iter()
            .map(|it| it.0)
            .collect();
        assert_eq!(json!(names), files);
    }
}

/// A mail whose text Gmail keeps apart, but for one part.
const APART: &str = include_str!("../corpus/invitation-file.eml");

#[tokio::test]
async fn where_gmail_keeps_text_apart_the_mail_is_marked_as_cut_wherever_it_is_shown_without_it() {
    let world = World::with([raw(1, APART)]).await;
    let query = json!({"query": ""});
    let found = world.call("search_emails", query.clone()).await.unwrap();
    assert_eq!(found["emails"][0]["truncated"], true, "{found}");
    let threads = world.call("search_threads", query).await.unwrap();
    assert_eq!(threads["threads"][0]["truncated"], true, "{threads}");
    let thread = json!({"thread_id": found["emails"][0]["thread_id"]});
    let thread = world.call("get_thread", thread).await.unwrap();
    assert_eq!(
        (&thread["truncated"], &thread["messages"][0]["truncated"]),
        (&json!(true), &json!(true)),
        "{thread}"
    );
    // Where it is fetched, all of it is there.
    let read = json!({"message_id": id(1)});
    let whole = world.call("get_message", read.clone()).await.unwrap();
    assert!(whole.get("truncated").is_none(), "{whole}");
    let fault = FaultRule::new(FaultAction::status_with_reason(403, "domainPolicy"));
    let fault = fault.on_method("gmail.users.messages.attachments.get");
    world.emulator.faults().add(fault);
    let part = world.call("get_message", read).await.unwrap();
    assert_eq!(part["truncated"], true, "{part}");
    let forward = json!({"message_id": id(1), "to": "ann@example.org"});
    let forward = world.call("forward_email", forward).await.unwrap();
    let note = forward["note"].as_str().unwrap();
    assert!(note.contains("something of its text is missing"), "{note}");
}
