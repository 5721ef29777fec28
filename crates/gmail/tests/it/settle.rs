//! What left is sent once, and what became of it is told: by Google's answer, by a look-up, or as unknown.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use toolgate_emulator::{FaultAction, FaultPoint, FaultRule, SeedAccount, SeedMessage};
use toolgate_toolkit::{Cancellation, RunScope, ToolError};

use crate::world::{ALICE, COMPOSE, MODIFY, World, all_tools};

const SEND: &str = "gmail.users.messages.send";
const LIST: &str = "gmail.users.messages.list";

fn letter() -> Value {
    json!({"to": "ann@example.org", "subject": "Tea", "body": "b"})
}

fn cut(at: FaultPoint) -> FaultAction {
    FaultAction::DropConnection { at }
}

fn assert_unknown(error: &ToolError, where_to_look: &str) {
    assert!(
        error.may_have_happened() && !error.is_retryable(),
        "{error:?}"
    );
    let told = error.message().contains("unknown") && error.message().contains(where_to_look);
    assert!(told, "{error}");
}

fn assert_not_done(error: &ToolError, words: &str) {
    assert!(!error.may_have_happened(), "{error:?}");
    assert!(
        error.message().contains(words) && !error.message().contains("unknown"),
        "{error}"
    );
}

/// What ends without an answer although it was done, and what ends so and was not.
fn unclear_ends() -> [(FaultAction, usize); 5] {
    [
        (cut(FaultPoint::After), 1),
        (FaultAction::TornBody, 1),
        (cut(FaultPoint::Before), 0),
        (FaultAction::status(500), 0),
        (FaultAction::Html { status: 200 }, 0),
    ]
}

#[tokio::test]
async fn a_mail_without_an_answer_is_looked_up_and_never_sent_again() {
    for (fault, there) in unclear_ends() {
        let world = World::sample().await;
        world
            .emulator
            .faults()
            .add(FaultRule::new(fault.clone()).on_method(SEND));
        let result = world.call("send_email", letter()).await;
        let sent = world.sent().await;
        assert_eq!(sent.len(), there, "{fault:?}");
        if there == 1 {
            let result = result.unwrap();
            assert_eq!(result["status"], "sent (confirmed by look-up)", "{fault:?}");
            assert_eq!(result["message_id"], json!(sent[0].id));
            assert_eq!(result["thread_id"], json!(sent[0].thread_id));
        } else {
            assert_not_done(&result.unwrap_err(), "not sent: it was looked for");
        }
        assert_eq!(world.count(SEND), 1, "{fault:?}");
    }
}

#[tokio::test]
async fn a_draft_without_an_answer_is_looked_up_and_never_saved_again() {
    for (fault, there) in unclear_ends() {
        let world = World::sample().await;
        let method = "gmail.users.drafts.create";
        world
            .emulator
            .faults()
            .add(FaultRule::new(fault.clone()).on_method(method));
        // The look-up takes no more consent than the saving.
        let result = world
            .call_as(&[COMPOSE], "create_draft_email", letter())
            .await;
        let drafts = world.drafts().await;
        assert_eq!(drafts.len(), there, "{fault:?}");
        if there == 1 {
            let result = result.unwrap();
            assert_eq!(result["status"], "saved (confirmed by look-up)");
            assert_eq!(result["draft_id"], json!(drafts[0].id));
        } else {
            assert_not_done(&result.unwrap_err(), "not saved: it was looked for");
        }
        assert_eq!(world.count(method), 1, "{fault:?}");
    }
}

#[tokio::test]
async fn the_same_holds_over_tls_and_http_2() {
    for (at, there) in [(FaultPoint::Before, 0), (FaultPoint::After, 1)] {
        let world = World::over_tls().await;
        world
            .emulator
            .faults()
            .add(FaultRule::new(cut(at)).on_method(SEND));
        let result = world.call("send_email", letter()).await;
        assert_eq!(
            (result.is_ok(), world.sent().await.len()),
            (there == 1, there)
        );
        assert_eq!(world.count(SEND), 1);
    }
}

#[tokio::test]
async fn where_the_look_up_fails_as_well_the_end_is_unknown() {
    for at in [FaultPoint::Before, FaultPoint::After] {
        let world = World::sample().await;
        let faults = world.emulator.faults();
        faults.add(FaultRule::new(cut(at)).on_method(SEND));
        faults.add(FaultRule::new(FaultAction::status(403)).on_method(LIST));
        let error = world.call("send_email", letter()).await.unwrap_err();
        assert_unknown(&error, "in:sent");
        assert_eq!(world.count(SEND), 1);
    }
}

#[tokio::test]
async fn a_person_who_allows_no_looking_is_told_that_it_is_unknown() {
    let world = World::sample().await;
    world
        .emulator
        .faults()
        .add(FaultRule::new(cut(FaultPoint::After)).on_method(SEND));
    let error = world
        .call_as(&[COMPOSE], "send_email", letter())
        .await
        .unwrap_err();
    assert_unknown(&error, "in:sent");
    assert_eq!(world.sent().await.len(), 1);
}

#[tokio::test]
async fn a_look_up_that_fails_at_first_is_made_again() {
    let world = World::sample().await;
    let faults = world.emulator.faults();
    faults.add(FaultRule::new(cut(FaultPoint::After)).on_method(SEND));
    faults.add(
        FaultRule::new(FaultAction::status(403))
            .on_method(LIST)
            .times(2),
    );
    let result = world.call("send_email", letter()).await.unwrap();
    assert_eq!(result["status"], "sent (confirmed by look-up)");
}

#[tokio::test]
async fn one_look_up_alone_denies_nothing() {
    let world = World::sample().await;
    let faults = world.emulator.faults();
    faults.add(FaultRule::new(cut(FaultPoint::Before)).on_method(SEND));
    faults.add(
        FaultRule::new(FaultAction::status(403))
            .on_method(LIST)
            .times(3),
    );
    let error = world.call("send_email", letter()).await.unwrap_err();
    assert_unknown(&error, "looking for it failed as well");
}

#[tokio::test]
async fn a_denial_takes_a_last_look_up_that_found_nothing() {
    for (method, tool, looking) in [
        (SEND, "send_email", LIST),
        (
            "gmail.users.drafts.create",
            "create_draft_email",
            "gmail.users.drafts.list",
        ),
    ] {
        let world = World::sample().await;
        let faults = world.emulator.faults();
        faults.add(FaultRule::new(cut(FaultPoint::Before)).on_method(method));
        // Two rounds of two lists each find nothing; what comes later is not seen.
        let late = FaultRule::new(FaultAction::status(403)).on_method(looking);
        faults.add(late.after(4));
        let error = world.call(tool, letter()).await.unwrap_err();
        assert_unknown(&error, "looking for it failed as well");
        assert_eq!(world.count(looking), 6, "{tool}");
    }
}

#[tokio::test]
async fn an_older_mail_that_bears_the_marks_of_a_draft_confirms_nothing() {
    let world = World::sample().await;
    let draft = world.call("create_draft_email", letter()).await.unwrap();
    let marks = world.drafts().await[0].bytes.clone();
    let mut old = SeedMessage::new("", "", "");
    old.raw = Some(String::from_utf8(marks).unwrap());
    old.labels = vec!["SENT".to_owned()];
    old.date = "-3d".to_owned();
    let account = SeedAccount::new(ALICE, "Alice");
    let mut unsent = old.clone();
    unsent.labels = vec!["DRAFT".to_owned()];
    unsent.date = "-1h".to_owned();
    drop((world, draft));
    let world = World::of(account.with_message(old).with_message(unsent)).await;
    let draft = json!({"draft_id": world.drafts().await[0].id});
    // The draft leaves another way, as if somebody had deleted it meanwhile.
    let faults = world.emulator.faults();
    let method = "gmail.users.drafts.send";
    faults.add(FaultRule::new(cut(FaultPoint::Before)).on_method(method));
    let gone = FaultRule::new(FaultAction::status(404)).on_method("gmail.users.drafts.get");
    faults.add(gone.after(1));
    let error = world.call("send_draft", draft).await.unwrap_err();
    assert_unknown(&error, "no sent mail shows its marks");
}

/// So many drafts of this subject to the recipient of the letter, written at that time.
fn drafts(count: usize, subject: &str, date: &str) -> Vec<SeedMessage> {
    let draft = SeedMessage {
        to: vec!["ann@example.org".to_owned()],
        labels: vec!["DRAFT".to_owned()],
        date: date.to_owned(),
        ..SeedMessage::new(ALICE, subject, "b")
    };
    vec![draft; count]
}

#[tokio::test]
async fn a_draft_that_was_there_before_neither_confirms_nor_hides_the_one_that_is_saved_now() {
    let (not_saved, alike) = ("not saved", "same subject and recipients");
    let hidden = "the latest 20 are all newer";
    for (there, words) in [
        (drafts(1, "Tea", "-1h"), not_saved),
        (drafts(1, "Tea", "-1m"), alike),
        (drafts(20, "Cake", "-1m"), hidden),
        (
            [drafts(19, "Cake", "-1m"), drafts(1, "Cake", "-1h")].concat(),
            not_saved,
        ),
    ] {
        let account = SeedAccount::new(ALICE, "Alice");
        let account = there.into_iter().fold(account, SeedAccount::with_message);
        let world = World::of(account).await;
        let faults = world.emulator.faults();
        let method = "gmail.users.drafts.create";
        faults.add(FaultRule::new(cut(FaultPoint::Before)).on_method(method));
        let created = world.call("create_draft_email", letter()).await;
        let error = created.unwrap_err();
        if words == not_saved {
            assert_not_done(&error, words);
        } else {
            assert_unknown(&error, words);
        }
    }
}

#[tokio::test]
async fn where_much_was_sent_since_nothing_is_denied() {
    let world = World::sample().await;
    for number in 0..20 {
        let other = json!({"to": "bob@example.org", "subject": format!("{number}"), "body": "b"});
        world.call("send_email", other).await.unwrap();
    }
    let faults = world.emulator.faults();
    faults.add(FaultRule::new(cut(FaultPoint::Before)).on_method(SEND));
    let error = world.call("send_email", letter()).await.unwrap_err();
    assert_unknown(&error, "the latest 20 are all newer");
}

#[tokio::test]
async fn a_search_that_does_not_find_it_is_not_believed() {
    let world = World::sample().await;
    let faults = world.emulator.faults();
    faults.add(FaultRule::new(cut(FaultPoint::After)).on_method(SEND));
    // Google's search lags behind, or knows the mail under another id.
    let nothing = FaultAction::Json {
        status: 200,
        body: json!({"resultSizeEstimate": 0}),
    };
    faults.add(FaultRule::new(nothing).on_method(LIST).times(1));
    let result = world.call("send_email", letter()).await.unwrap();
    assert_eq!(result["status"], "sent (confirmed by look-up)");
    assert_eq!(world.count(LIST), 2);
}

#[tokio::test]
async fn a_mail_that_only_looks_like_it_neither_confirms_nor_denies() {
    let world = World::sample().await;
    world.call("send_email", letter()).await.unwrap();
    let faults = world.emulator.faults();
    faults.add(FaultRule::new(cut(FaultPoint::Before)).on_method(SEND));
    let error = world.call("send_email", letter()).await.unwrap_err();
    assert_unknown(&error, "same subject and recipients");
    // To somebody else, it is another mail.
    let other = json!({"to": "bob@example.org", "subject": "Tea", "body": "b"});
    let error = world.call("send_email", other).await.unwrap_err();
    assert_not_done(&error, "not sent");
}

#[tokio::test]
async fn an_answer_that_is_held_until_the_deadline_leaves_time_for_the_look_up() {
    let world = World::sample().await;
    let hold = FaultAction::Hold {
        at: FaultPoint::After,
    };
    world
        .emulator
        .faults()
        .add(FaultRule::new(hold).on_method(SEND));
    let result = world.call_soon("send_email", letter()).await.unwrap();
    assert_eq!(result["status"], "sent (confirmed by look-up)");
    assert_eq!((world.sent().await.len(), world.count(SEND)), (1, 1));
}

#[tokio::test]
async fn without_the_time_to_look_for_long_enough_the_end_is_unknown() {
    let world = World::sample().await;
    world
        .emulator
        .faults()
        .add(FaultRule::new(cut(FaultPoint::Before)).on_method(SEND));
    let ends = Instant::now() + Duration::from_secs(2);
    let run = RunScope::new("run").with_deadline(Some(ends));
    let toolkit = all_tools().with_settlement_time(Duration::from_mins(10));
    let tools = world.tools(toolkit, &[MODIFY], run);
    let error = tools.call("send_email", letter()).await.unwrap_err();
    assert_unknown(&error, "in:sent");
}

#[tokio::test]
async fn a_run_that_is_cancelled_while_a_mail_leaves_says_that_it_may_have_left() {
    let world = World::sample().await;
    world
        .emulator
        .faults()
        .add(FaultRule::new(FaultAction::hold()).on_method(SEND));
    let cancellation = Cancellation::new();
    let run = RunScope::new("run").with_cancellation(cancellation.clone());
    let tools = world.tools(all_tools(), &[MODIFY], run);
    let stopping = async {
        world.emulator.faults().wait_for_held(1).await;
        cancellation.cancel();
    };
    let (result, ()) = tokio::join!(tools.call("send_email", letter()), stopping);
    let error = result.unwrap_err();
    assert_eq!(
        (error.kind_name(), error.may_have_happened()),
        ("cancelled", true)
    );
    assert_eq!(world.count(SEND), 1);
}

#[tokio::test]
async fn a_run_that_is_cancelled_before_anything_left_says_so_too() {
    let world = World::sample().await;
    let profile = "gmail.users.getProfile";
    world
        .emulator
        .faults()
        .add(FaultRule::new(FaultAction::hold()).on_method(profile));
    let cancellation = Cancellation::new();
    let run = RunScope::new("run").with_cancellation(cancellation.clone());
    let tools = world.tools(all_tools(), &[MODIFY], run);
    let answer = json!({"message_id": "18c0a11ce0000003", "body": "b"});
    let stopping = async {
        world.emulator.faults().wait_for_held(1).await;
        cancellation.cancel();
    };
    let (result, ()) = tokio::join!(tools.call("send_email_reply", answer), stopping);
    assert!(!result.unwrap_err().may_have_happened());
    assert_eq!(world.count(SEND), 0);
}

#[tokio::test]
async fn a_google_that_cannot_be_reached_certainly_got_nothing() {
    let world = World::sample().await;
    // Connecting is tried again, within this.
    let ends = Instant::now() + Duration::from_secs(1);
    let run = RunScope::new("run").with_deadline(Some(ends));
    let tools = world.tools(all_tools(), &[MODIFY], run);
    world.emulator.shutdown().await;
    let error = tools.call("send_email", letter()).await.unwrap_err();
    assert_not_done(&error, "not sent: it certainly did not leave");
}
