//! Runs that go on by themselves when their person has signed in.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "test helpers fail the test"
)]

use std::time::Duration;

use serde_json::{Value, json};
use toolgate_auth::sign_in::Refusal;
use toolgate_auth::{GoogleAuth, MemoryDatabase, Principal, Requirement};
use toolgate_emulator::{Emulator, Person};
use toolgate_framework::{
    Agent, Cancellation, Message, ModelReply, NotConnectedReason, PausedRun, RunContext, RunEvent,
    RunOutcome, ScriptedModel,
};
use toolgate_testkit::FakeClock;
use url::Url;

use crate::support::{EVENTS, Probe, bounded, google, google_at, say_no, sign_in, sign_in_as};

/// Nobody waits as long as this unless it hangs.
const LONG: Duration = Duration::from_hours(1);

fn reads() -> ScriptedModel {
    ScriptedModel::new("reads", |it| match it.turn() {
        0 => ModelReply::call("read_mail", json!({"text": "one"}))
            .and_call("read_calendar", json!({"text": "two"})),
        _ => ModelReply::text("done"),
    })
}

async fn replica(database: &MemoryDatabase, google: &GoogleAuth) -> Agent {
    let builder = Agent::builder().model(reads()).google_auth(google.clone());
    let builder = builder.toolkit(Probe::default());
    builder.database(database.clone()).build().await.unwrap()
}

fn alice() -> RunContext {
    RunContext::for_user("alice").unwrap()
}

fn pause(outcome: RunOutcome) -> (Url, PausedRun) {
    let RunOutcome::ConsentRequired { link, run, .. } = outcome else {
        panic!("{outcome}")
    };
    (link.url, run)
}

fn results(outcome: &RunOutcome) -> Vec<(Value, bool)> {
    let RunOutcome::Completed(answer) = outcome else {
        panic!("{outcome}")
    };
    let results = answer.messages.iter().filter_map(|message| match message {
        Message::ToolResult {
            content, is_error, ..
        } => Some((content.clone(), *is_error)),
        _ => None,
    });
    results.collect()
}

/// Whoever does not tick the calendar.
fn without_calendar() -> Person {
    let calendar = Requirement::for_methods(&[EVENTS]).least_scopes().to_vec();
    let calendar: Vec<&str> = calendar.iter().map(String::as_str).collect();
    Person::new("alice@example.com").declining(&calendar)
}

#[tokio::test]
async fn a_run_goes_on_by_itself_wherever_its_person_signs_in() {
    for served_here in [true, false] {
        let emulator = Emulator::builder().start().await.unwrap();
        let (google, pages) = google(&emulator).await;
        let database = MemoryDatabase::new();
        let waits = replica(&database, &google).await;
        // Another binding of the same: it shares the database and nothing else with the first.
        let other = replica(&database, &google).await;
        let (link, paused) = pause(waits.run(alice(), "Go").await.unwrap());
        let waiting = tokio::spawn({
            let waits = waits.clone();
            async move { waits.resume_when_connected(paused, LONG).await }
        });
        let serves = if served_here { &waits } else { &other };
        sign_in(serves, pages, &[(&link, "alice@example.com")]).await;
        let outcome = bounded(waiting).await.unwrap().unwrap();
        assert_eq!(outcome.answer(), Some("done"));
        assert!(results(&outcome).iter().all(|(_, is_error)| !is_error));
    }
}

#[tokio::test]
async fn a_run_that_waited_in_a_process_that_is_gone_goes_on_in_another() {
    let emulator = Emulator::builder().start().await.unwrap();
    let (google, pages) = google(&emulator).await;
    let database = MemoryDatabase::new();
    let first = replica(&database, &google).await;
    let talk = alice().with_session("chat").unwrap();
    let (link, paused) = pause(first.run(talk, "Go").await.unwrap());
    drop((first, paused));
    let second = replica(&database, &google).await;
    let person = Principal::for_user("alice").unwrap();
    let paused = second.paused_run(&person, "chat").await.unwrap().unwrap();
    sign_in(&second, pages, &[(&link, "alice@example.com")]).await;
    let outcome = second.resume_when_connected(paused, LONG);
    let outcome = bounded(outcome).await.unwrap();
    assert_eq!(outcome.answer(), Some("done"));
}

fn not_connected(outcome: RunOutcome) -> (PausedRun, NotConnectedReason) {
    let RunOutcome::NotConnected {
        services,
        run,
        reason,
    } = outcome
    else {
        panic!("{outcome}")
    };
    assert_eq!(services, ["probe"]);
    (run, reason)
}

#[tokio::test]
async fn a_no_ends_the_wait_with_its_reason_and_the_run_waits_for_another_link() {
    for before in [true, false] {
        let emulator = Emulator::builder().start().await.unwrap();
        let (google, pages) = google(&emulator).await;
        let agent = replica(&MemoryDatabase::new(), &google).await;
        let (link, paused) = pause(agent.run(alice(), "Go").await.unwrap());
        let outcome = if before {
            say_no(&agent, pages, &link).await;
            bounded(agent.resume_when_connected(paused, LONG)).await
        } else {
            let waiting = tokio::spawn({
                let agent = agent.clone();
                async move { agent.resume_when_connected(paused, LONG).await }
            });
            tokio::task::yield_now().await;
            say_no(&agent, pages, &link).await;
            bounded(waiting).await.unwrap()
        };
        let (run, reason) = not_connected(outcome.unwrap());
        let NotConnectedReason::LinkSpent(Some(Refusal::Google { error, .. })) = &reason else {
            panic!("{reason}")
        };
        assert_eq!(error, "access_denied");
        let (again, _) = pause(agent.resume(run).await.unwrap());
        assert_ne!(again, link, "before: {before}");
    }
}

#[tokio::test]
async fn a_no_that_another_agent_of_the_same_definition_heard_ends_the_wait_at_once() {
    let emulator = Emulator::builder().start().await.unwrap();
    let (google, pages) = google(&emulator).await;
    let database = MemoryDatabase::new();
    let waits = replica(&database, &google).await;
    let other = replica(&database, &google).await;
    let (link, _) = pause(waits.run(alice().with_run_id("r"), "Go").await.unwrap());
    let person = Principal::for_user("alice").unwrap();
    let run = waits.paused_run(&person, "r").await.unwrap().unwrap();
    say_no(&other, pages, &link).await;
    let outcome = bounded(waits.resume_when_connected(run, LONG)).await;
    let (_, reason) = not_connected(outcome.unwrap());
    let told = matches!(reason, NotConnectedReason::LinkSpent(Some(_)));
    assert!(told, "{reason}");
}

#[tokio::test]
async fn a_no_that_another_process_heard_ends_the_wait_three_minutes_after() {
    let emulator = Emulator::builder().start().await.unwrap();
    let (google, pages) = google(&emulator).await;
    let clock = FakeClock::new();
    let database = MemoryDatabase::new().with_now(clock.now_fn());
    let waits = replica(&database, &google).await;
    let other = replica(&database, &google_at(&emulator, &pages)).await;
    let (link, _) = pause(waits.run(alice().with_run_id("r"), "Go").await.unwrap());
    let person = Principal::for_user("alice").unwrap();
    let found = async || waits.paused_run(&person, "r").await.unwrap().unwrap();
    say_no(&other, pages, &link).await;
    for (pass, ends) in [(0, false), (179_999, false), (1, true)] {
        clock.advance(Duration::from_millis(pass));
        let outcome = waits.resume_when_connected(found().await, Duration::ZERO);
        let (_, reason) = not_connected(outcome.await.unwrap());
        let spent = NotConnectedReason::LinkSpent(None);
        assert_eq!(reason == spent, ends, "{reason} after {pass}");
    }
    let outcome = bounded(waits.resume_when_connected(found().await, LONG)).await;
    let (_, reason) = not_connected(outcome.unwrap());
    assert_eq!(reason, NotConnectedReason::LinkSpent(None));
}

#[tokio::test]
async fn when_the_time_is_over_the_run_waits_as_before() {
    let emulator = Emulator::builder().start().await.unwrap();
    let (google, pages) = google(&emulator).await;
    let database = MemoryDatabase::new();
    let agent = replica(&database, &google).await;
    let (link, paused) = pause(agent.run(alice(), "Go").await.unwrap());
    let outcome = agent.resume_when_connected(paused, Duration::ZERO);
    let (run, reason) = not_connected(outcome.await.unwrap());
    assert_eq!(reason, NotConnectedReason::TimeOver);
    let mut stream = agent.resume_stream_when_connected(run, Duration::ZERO);
    let event = stream.next().await.unwrap().unwrap();
    let RunEvent::NotConnected { run, .. } = event else {
        panic!("{event:?}")
    };
    assert!(stream.next().await.is_none());
    let person = Principal::for_user("alice").unwrap();
    assert_eq!(agent.paused_runs(&person).await.unwrap().len(), 1);
    sign_in(&agent, pages, &[(&link, "alice@example.com")]).await;
    let outcome = bounded(agent.resume_when_connected(run, LONG)).await;
    assert_eq!(outcome.unwrap().answer(), Some("done"));
}

#[tokio::test]
async fn a_cancelled_wait_ends_at_once_and_the_run_stays_stored() {
    let emulator = Emulator::builder().start().await.unwrap();
    let (google, _pages) = google(&emulator).await;
    let agent = replica(&MemoryDatabase::new(), &google).await;
    let cancellation = Cancellation::new();
    let run = alice().with_cancellation(cancellation.clone());
    let (_, paused) = pause(agent.run(run, "Go").await.unwrap());
    let name = paused.session().unwrap().to_owned();
    let waiting = tokio::spawn({
        let agent = agent.clone();
        async move { agent.resume_when_connected(paused, LONG).await }
    });
    tokio::task::yield_now().await;
    cancellation.cancel();
    let error = bounded(waiting).await.unwrap().unwrap_err();
    assert!(error.is_cancelled(), "{error}");
    let person = Principal::for_user("alice").unwrap();
    let found = agent.paused_run(&person, &name).await.unwrap().unwrap();
    let again = Cancellation::new();
    again.cancel();
    let found = found.with_cancellation(again);
    let error = bounded(agent.resume_when_connected(found, LONG)).await;
    assert!(error.unwrap_err().is_cancelled());
}

#[tokio::test]
async fn what_the_person_did_not_allow_is_told_and_not_asked_for_again() {
    for before in [true, false] {
        let emulator = Emulator::builder().start().await.unwrap();
        let (google, pages) = google(&emulator).await;
        let agent = replica(&MemoryDatabase::new(), &google).await;
        let (link, paused) = pause(agent.run(alice(), "Go").await.unwrap());
        let person = [(&link, without_calendar())];
        let outcome = if before {
            sign_in_as(&agent, pages, &person).await;
            bounded(agent.resume_when_connected(paused, LONG)).await
        } else {
            let waiting = tokio::spawn({
                let agent = agent.clone();
                async move { agent.resume_when_connected(paused, LONG).await }
            });
            sign_in_as(&agent, pages, &person).await;
            bounded(waiting).await.unwrap()
        };
        let outcome = outcome.unwrap();
        assert_eq!(outcome.answer(), Some("done"), "before: {before}");
        let results = results(&outcome);
        assert_eq!(results[0], (json!({"text": "alice: one"}), false));
        assert_eq!(results[1].0["error"]["kind"], "insufficient_scope");
        assert!(results[1].0["error"]["link"].is_string(), "{results:?}");
        // The next run asks for it, as before.
        let (again, paused) = pause(agent.run(alice(), "Go").await.unwrap());
        assert_ne!(again, link);
        let outcome = agent.resume_when_connected(paused, Duration::ZERO).await;
        let outcome = outcome.unwrap();
        assert!(
            matches!(outcome, RunOutcome::NotConnected { .. }),
            "{outcome}"
        );
    }
}
