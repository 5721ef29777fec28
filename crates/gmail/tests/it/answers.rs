//! To whom an answer goes where addresses are one's own, odd or many, and what is told of that.

use serde_json::{Value, json};
use toolgate_emulator::{FaultAction, FaultRule, SeedAccount, SeedMessage, SeedSendAs};

use crate::world::{ALICE, COMPOSE, World, id, mail};

const SEND: &str = "gmail.users.messages.send";
const SEND_AS: &str = "gmail.users.settings.sendAs.list";
const METADATA: &str = "https://www.googleapis.com/auth/gmail.metadata";

/// Alice, who also sends as the sales department, and not as Bob though she would, with these mails.
async fn world(messages: impl IntoIterator<Item = SeedMessage>) -> World {
    let mut account = SeedAccount::new(ALICE, "Alice Example");
    let address = |email: &str, pending| SeedSendAs {
        email: email.to_owned(),
        pending,
        ..SeedSendAs::default()
    };
    account.gmail.send_as = vec![
        address("sales@partner.example", false),
        address("bob@example.org", true),
    ];
    let account = messages
        .into_iter()
        .fold(account, SeedAccount::with_message);
    World::of(account).await
}

/// A mail with these `From`, `To` and `Cc`.
fn between(from: &str, to: &[&str], cc: &[&str]) -> SeedMessage {
    let owned = |list: &[&str]| list.iter().map(|&it| it.to_owned()).collect();
    let mut message = mail(1, "Tea", "b");
    from.clone_into(&mut message.from);
    message.to = owned(to);
    message.cc = owned(cc);
    message
}

fn answer(more: &[(&str, Value)]) -> Value {
    let mut answer = json!({"message_id": id(1), "body": "b"});
    for (name, value) in more {
        answer[*name] = value.clone();
    }
    answer
}

const REPLY: &str = "send_email_reply";

#[tokio::test]
async fn an_answer_to_a_mail_sent_from_an_alias_goes_to_whom_that_one_went() {
    let mut question = between("Ann <ann@example.org>", &["sales@partner.example"], &[]);
    let mut own = between(
        "Sales <sales@partner.example>",
        &["ann@example.org"],
        &["bob@example.org", "sales@partner.example"],
    );
    own.id = Some(id(2));
    own.date = "-1m".to_owned();
    own.labels = vec!["SENT".to_owned()];
    question.thread = Some("t".to_owned());
    own.thread = Some("t".to_owned());
    // The label alone tells it, where the addresses cannot be looked up.
    for fails in [false, true] {
        let world = world([question.clone(), own.clone()]).await;
        if fails {
            let fault = FaultRule::new(FaultAction::status(403)).on_method(SEND_AS);
            world.emulator.faults().add(fault);
        }
        let read = world
            .call("get_message", json!({"message_id": id(2)}))
            .await;
        let thread = json!({"thread_id": read.unwrap()["thread_id"], "body": "b"});
        let result = world.call(REPLY, thread).await.unwrap();
        assert_eq!(result["to"], "ann@example.org", "{fails}");
        let all = json!({"message_id": id(2), "body": "b", "reply_all": true});
        let result = world.call(REPLY, all).await.unwrap();
        assert_eq!(
            (&result["to"], &result["cc"]),
            (&json!("ann@example.org"), &json!("bob@example.org")),
            "{fails}"
        );
        assert_eq!(world.count(SEND), 2);
        world.assert_lawful();
    }
}

#[tokio::test]
async fn an_alias_is_not_among_those_who_are_answered() {
    let message = between(
        "Ann <ann@example.org>",
        &["SALES@partner.example", "bob@example.org"],
        &["sales+x@partner.example"],
    );
    let world = world([message]).await;
    let all = answer(&[("reply_all", json!(true))]);
    let result = world.call(REPLY, all.clone()).await.unwrap();
    assert_eq!(result["to"], "Ann <ann@example.org>, bob@example.org");
    assert!(result.get("cc").is_none(), "{result}");
    // Whose consent does not reach so far is told, and answered all the same.
    let scopes = [COMPOSE, METADATA];
    let result = world.call_as(&scopes, REPLY, all).await.unwrap();
    assert!(result["to"].as_str().unwrap().contains("bob@"), "{result}");
    let note = result["note"].as_str().unwrap();
    assert!(note.contains("may be among the recipients"), "{note}");
}

#[tokio::test]
async fn odd_addresses_that_others_have_are_answered() {
    let verp = format!("reply+{}@reply.github.com", "x1".repeat(60));
    for (from, to, sent) in [
        (
            "abc.@docomo.ne.jp",
            "abc.@docomo.ne.jp",
            "<\"abc.\"@docomo.ne.jp>",
        ),
        (
            "A <\"a..b\"@docomo.ne.jp>",
            "A <a..b@docomo.ne.jp>",
            "<\"a..b\"@docomo.ne.jp>",
        ),
        (&*verp, &*verp, &*verp),
        (
            "j@exämple.org",
            "j@xn--exmple-cua.org",
            "<j@xn--exmple-cua.org>",
        ),
        (
            "jörg@exämple.org",
            "jörg@xn--exmple-cua.org",
            "<jörg@xn--exmple-cua.org>",
        ),
    ] {
        let world = World::with([between(from, &[ALICE], &[])]).await;
        let result = world.call(REPLY, answer(&[])).await.unwrap();
        assert_eq!(result["to"], to);
        assert!(world.sent().await[0].raw.contains(sent), "{from}");
    }
    // One that is typed is taken likewise.
    let world = world([]).await;
    let letter = json!({"to": format!("abc.@docomo.ne.jp, {verp}, jörg@exämple.org"), "subject": "s", "body": "b"});
    world.call("send_email", letter).await.unwrap();
}

#[tokio::test]
async fn a_copy_to_what_no_mail_goes_to_is_left_out_and_told() {
    let mut message = between("Ann <ann@example.org>", &[ALICE], &[]);
    message.headers.insert(
        "Cc".to_owned(),
        "bob@example.org, \"odd one\"@example.org, nobody".to_owned(),
    );
    let world = world([message]).await;
    let all = answer(&[("reply_all", json!(true))]);
    let result = world.call(REPLY, all).await.unwrap();
    assert_eq!(result["cc"], "bob@example.org");
    let note = result["note"].as_str().unwrap();
    assert!(note.contains("1 odd address left out"), "{note}");
}

#[tokio::test]
async fn an_answer_to_all_with_recipients_of_its_own_goes_to_all_the_same() {
    let message = between(
        "Ann <ann@example.org>",
        &[ALICE, "bob@example.org"],
        &["carol@example.org"],
    );
    let world = world([message]).await;
    let given = [
        ("reply_all", json!(true)),
        ("to", json!("dan@example.org, BOB@example.org")),
    ];
    let result = world.call(REPLY, answer(&given)).await.unwrap();
    assert_eq!(
        result["to"],
        "dan@example.org, BOB@example.org, Ann <ann@example.org>"
    );
    assert_eq!(result["cc"], "carol@example.org");
    // Without `reply_all` what is given is what is meant.
    let result = world.call(REPLY, answer(&given[1..])).await.unwrap();
    assert_eq!(result["to"], "dan@example.org, BOB@example.org");
    assert!(result.get("note").is_none(), "{result}");
}

#[tokio::test]
async fn recipients_are_counted_over_all_lists() {
    let list = |from: usize, to: usize| {
        let list: Vec<String> = (from..to).map(|n| format!("u{n}@example.com")).collect();
        list.join(", ")
    };
    let message = between(
        "Ann <ann@example.org>",
        &[&list(600, 700)],
        &[&list(700, 950)],
    );
    let world = world([message]).await;
    let full = json!({"to": list(0, 200), "cc": list(200, 400), "bcc": list(400, 500), "subject": "s", "body": "b"});
    let mut above = full.clone();
    above["bcc"] = json!(list(400, 501));
    let mut all = answer(&[("reply_all", json!(true))]);
    all["bcc"] = json!(list(0, 200));
    for (tool, arguments) in [("send_email", above), (REPLY, all)] {
        let error = world.call(tool, arguments).await.unwrap_err();
        assert!(error.message().contains("more than 500"), "{error}");
    }
    assert_eq!(world.count(SEND), 0);
    world.call("send_email", full).await.unwrap();
}

#[tokio::test]
async fn the_subject_of_a_foreign_draft_is_cut_in_the_result() {
    let mut draft = mail(1, &"word ".repeat(150), "b");
    draft.labels = vec!["DRAFT".to_owned()];
    draft.to = vec!["ann@example.org".to_owned()];
    let world = world([draft]).await;
    let draft = json!({"draft_id": world.drafts().await[0].id, "body": "b"});
    let changed = world.call("update_draft", draft.clone()).await.unwrap();
    let draft = json!({"draft_id": draft["draft_id"]});
    let sent = world.call("send_draft", draft).await.unwrap();
    for result in [changed, sent] {
        let subject = result["subject"].as_str().unwrap();
        assert!(
            subject.chars().count() <= 300 && subject.ends_with('…'),
            "{subject}"
        );
    }
}
