//! `update_draft`: what is not mentioned stays.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

mod kept;

use std::fs;

use serde_json::{Value, json};
use toolgate_emulator::{FaultAction, FaultPoint, FaultRule};

use crate::world::{DraftSeen, World, id, with_folder};

const UPDATE: &str = "gmail.users.drafts.update";

/// A draft as the person's own mail program saves it.
const OWN: &str = "From: Alice Example <alice@example.com>
To: Ann <ann@example.org>
Cc: =?UTF-8?Q?Zo=C3=AB?= <zoe@example.org>
Bcc: eve@example.org
Subject: =?UTF-8?Q?K=C3=A4se?=
Message-ID: <CAold@mail.gmail.com>
In-Reply-To: <first@partner.example>
References: <zero@partner.example>
	<first@partner.example>
Importance: high
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=\"outer\"

--outer
Content-Type: multipart/related; boundary=\"rel\"

--rel
Content-Type: multipart/alternative; boundary=\"alt\"

--alt
Content-Type: text/plain; charset=\"UTF-8\"

Old words
--alt
Content-Type: text/html; charset=\"UTF-8\"

<p style=\"color:teal\">Old words <img src=\"cid:i\"></p>
--alt--
--rel
Content-Type: image/png; name=\"i.png\"
Content-ID: <i>
Content-Disposition: inline; filename=\"i.png\"
Content-Transfer-Encoding: base64

iVBORw0KGgo=
--rel--
--outer
Content-Type: application/pdf; name=\"a.pdf\"
Content-Disposition: attachment; filename=\"a.pdf\"
Content-Transfer-Encoding: base64

JVBERi0xLjc=
--outer
Content-Type: text/csv; name=\"b.csv\"
Content-Disposition: attachment; filename=\"b.csv\"

a,b
--outer--
";

async fn world() -> World {
    let message = toolgate_emulator::SeedMessage {
        id: Some(id(1)),
        date: "-1h".to_owned(),
        labels: vec!["DRAFT".to_owned()],
        raw: Some(OWN.replace('\n', "\r\n")),
        ..toolgate_emulator::SeedMessage::default()
    };
    World::with([message]).await
}

async fn only(world: &World) -> DraftSeen {
    let mut drafts = world.drafts().await;
    assert_eq!(drafts.len(), 1);
    drafts.remove(0)
}

async fn update(world: &World, change: Value) -> Value {
    let mut arguments = change;
    arguments["draft_id"] = json!(only(world).await.id);
    world.call("update_draft", arguments).await.unwrap()
}

/// The bodies of a draft, less line ends.
fn bodies(draft: &DraftSeen) -> (String, String) {
    let message = draft.parsed();
    let plain = message.body_text(0).unwrap().trim().to_owned();
    (plain, message.body_html(0).unwrap().trim().to_owned())
}

#[tokio::test]
async fn a_new_subject_leaves_everything_else() {
    let world = world().await;
    let before = only(&world).await;
    let result = update(&world, json!({"subject": "Tea"})).await;
    let after = only(&world).await;
    assert_eq!(
        (&after.id, &after.thread_id),
        (&before.id, &before.thread_id)
    );
    assert_eq!(after.header("Subject"), Some("Tea"));
    for name in [
        "From",
        "To",
        "Cc",
        "Bcc",
        "In-Reply-To",
        "References",
        "Importance",
    ] {
        assert!(before.header(name).is_some(), "{name}");
        assert_eq!(after.header(name), before.header(name), "{name}");
    }
    assert_eq!(bodies(&after), bodies(&before));
    assert_eq!(after.files(), before.files());
    assert_eq!(result["status"], "saved");
    assert_eq!(result["cc"], "Zoë <zoe@example.org>");
    assert_eq!(result["attachments"], json!(["a.pdf", "b.csv"]));
    assert_eq!(result["in_reply_to"], "<first@partner.example>");
    world.assert_lawful();
}

#[tokio::test]
async fn changes_in_a_row_leave_the_bytes_of_what_they_do_not_mention() {
    let world = world().await;
    let raw_parts = |draft: &DraftSeen| {
        let text = String::from_utf8(draft.bytes.clone()).unwrap();
        let alternative = text.split("boundary=\"rel\"").nth(1).unwrap();
        let end = alternative.find("--rel--").unwrap();
        alternative[..end].to_owned()
    };
    let before = raw_parts(&only(&world).await);
    for number in 0..3 {
        update(&world, json!({"subject": format!("Tea {number}")})).await;
    }
    assert_eq!(raw_parts(&only(&world).await), before);
}

#[tokio::test]
async fn new_recipients_leave_the_others_and_an_empty_text_clears_them() {
    let world = world().await;
    update(&world, json!({"to": "Bob <bob@example.org>", "bcc": ""})).await;
    let after = only(&world).await;
    assert!(after.header("To").unwrap().contains("<bob@example.org>"));
    assert!(after.header("Cc").unwrap().contains("zoe@example.org"));
    assert_eq!(after.header("Bcc"), None);
}

#[tokio::test]
async fn a_new_text_leaves_the_files_and_says_what_went_with_the_old_one() {
    let world = world().await;
    let before = only(&world).await;
    let result = update(&world, json!({"body": "**New** words"})).await;
    let after = only(&world).await;
    let (plain, html) = bodies(&after);
    assert_eq!(plain, "**New** words");
    assert!(
        html.contains("<strong>New</strong>") && !html.contains("Old"),
        "{html}"
    );
    let kept = |draft: &DraftSeen| -> Vec<_> {
        draft
            .files()
            .into_iter()
            .filter(|file| file.0 != "i.png")
            .collect()
    };
    assert_eq!(kept(&after), kept(&before));
    assert_eq!(after.files().len(), 2);
    assert!(
        result["note"].as_str().unwrap().contains("1 pictures"),
        "{result}"
    );
    assert_eq!(after.header("In-Reply-To"), before.header("In-Reply-To"));
}

#[tokio::test]
async fn files_are_added_and_taken_off_by_name() {
    let world = world().await;
    let (folder, toolkit) = with_folder();
    fs::write(folder.path().join("c.txt"), "c").unwrap();
    let before = only(&world).await;
    let arguments =
        json!({"draft_id": before.id, "attachments": ["c.txt"], "remove_attachments": ["a.pdf"]});
    let result = world
        .call_of(&toolkit, "update_draft", arguments)
        .await
        .unwrap();
    assert_eq!(result["attachments"], json!(["b.csv", "c.txt"]));
    let after = only(&world).await;
    let names: Vec<_> = after.files().into_iter().map(|it| it.0).collect();
    assert_eq!(names, ["i.png", "b.csv", "c.txt"]);
    assert_eq!(bodies(&after), bodies(&before));
    let arguments = json!({"draft_id": before.id, "remove_attachments": ["a.pdf"]});
    let error = world.call("update_draft", arguments).await.unwrap_err();
    assert_eq!(error.argument(), Some("remove_attachments"));
    assert!(error.message().contains("b.csv, c.txt"), "{error}");
}

#[tokio::test]
async fn a_draft_becomes_an_answer_and_keeps_its_text() {
    let world = World::sample().await;
    let new = json!({"subject": "Draft", "body": "Words"});
    let draft = world.call("create_draft_email", new).await.unwrap();
    let arguments = json!({"draft_id": draft["draft_id"], "message_id": "18c0a11ce0000003"});
    let result = world.call("update_draft", arguments).await.unwrap();
    assert_eq!(result["to"], "Carol Reyes <carol@partner.example>");
    let parent = world
        .call("get_message", json!({"message_id": "18c0a11ce0000003"}))
        .await;
    assert_eq!(result["thread_id"], parent.unwrap()["thread_id"]);
    let after = only(&world).await;
    assert_eq!(
        after.header("In-Reply-To"),
        Some("<offsite-3@partner.example>")
    );
    assert_eq!(
        after.header("Subject"),
        Some("Re: Offsite in Lisbon: dates")
    );
    assert!(
        after
            .header("To")
            .unwrap()
            .contains("carol@partner.example")
    );
    assert!(bodies(&after).0.contains("Words"));
    world.assert_lawful();
}

#[tokio::test]
async fn a_draft_of_plain_text_alone_stays_one() {
    let world = World::sample().await;
    let mut message = crate::world::mail(1, "Plain", "Words\r\nand more");
    message.labels = vec!["DRAFT".to_owned()];
    drop(world);
    let world = World::with([message]).await;
    update(&world, json!({"subject": "Tea"})).await;
    let after = only(&world).await;
    assert!(
        after
            .header("Content-Type")
            .unwrap()
            .starts_with("text/plain"),
        "{}",
        after.raw
    );
    assert_eq!(bodies(&after).0, "Words\r\nand more");
}

#[tokio::test]
async fn what_cannot_be_changed_is_refused_by_name() {
    let world = world().await;
    let draft_id = only(&world).await.id;
    world.emulator.clear_requests();
    for (argument, arguments) in [
        (None, json!({"draft_id": draft_id})),
        (None, json!({"draft_id": draft_id, "attachments": []})),
        (Some("to"), json!({"draft_id": draft_id, "to": "ann"})),
        (
            Some("subject"),
            json!({"draft_id": draft_id, "subject": "a\r\nBcc: x@y.z"}),
        ),
        (
            Some("signature"),
            json!({"draft_id": draft_id, "subject": "s", "signature": true}),
        ),
        (Some("draft_id"), json!({"subject": "s"})),
        (Some("draft_id"), json!({"draft_id": "", "subject": "s"})),
    ] {
        let error = world
            .call("update_draft", arguments.clone())
            .await
            .unwrap_err();
        assert_eq!(
            (error.argument(), error.kind_name()),
            (argument, "invalid_argument"),
            "{arguments}"
        );
    }
    assert!(world.emulator.requests().is_empty());
    let arguments = json!({"draft_id": "r123", "subject": "s"});
    let error = world.call("update_draft", arguments).await.unwrap_err();
    assert_eq!(error.kind_name(), "not_found");
    assert!(error.message().contains("`r123`"), "{error}");
}

#[tokio::test]
async fn a_change_without_an_answer_is_looked_up() {
    for (at, subject) in [(FaultPoint::Before, "Käse"), (FaultPoint::After, "Tea")] {
        let world = world().await;
        let fault = FaultAction::DropConnection { at };
        world
            .emulator
            .faults()
            .add(FaultRule::new(fault).on_method(UPDATE));
        let arguments = json!({"draft_id": only(&world).await.id, "subject": "Tea"});
        let result = world.call("update_draft", arguments).await;
        let parsed = only(&world).await;
        assert_eq!(parsed.parsed().subject(), Some(subject));
        if at == FaultPoint::After {
            assert_eq!(result.unwrap()["status"], "saved (confirmed by look-up)");
        } else {
            let error = result.unwrap_err();
            let told = error.message().contains("not saved");
            assert!(told && !error.may_have_happened(), "{error}");
        }
        assert_eq!(world.count(UPDATE), 1);
    }
}

#[tokio::test]
async fn a_change_that_cannot_be_looked_up_is_unknown() {
    let world = world().await;
    let faults = world.emulator.faults();
    let lost = FaultAction::DropConnection {
        at: FaultPoint::After,
    };
    faults.add(FaultRule::new(lost).on_method(UPDATE));
    let arguments = json!({"draft_id": only(&world).await.id, "subject": "Tea"});
    let get = FaultRule::new(FaultAction::status(403)).on_method("gmail.users.drafts.get");
    // The reading before the change passes; the look-ups do not.
    faults.add(get.after(1));
    let error = world.call("update_draft", arguments).await.unwrap_err();
    assert!(
        error.may_have_happened() && error.message().contains("in:drafts"),
        "{error}"
    );
}
