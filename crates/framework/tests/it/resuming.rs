//! Paused runs in the database: who goes on with them, and what is not done twice.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "test helpers fail the test"
)]

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use toolgate_auth::store::Database;
use toolgate_auth::{GoogleAuth, MemoryDatabase, Principal};
use toolgate_emulator::Emulator;
use toolgate_framework::{
    Agent, Message, ModelReply, PausedRun, RunContext, RunOutcome, ScriptedModel,
};
use toolgate_testkit::FakeClock;

use crate::broken::Broken;
use crate::support::{Probe, google, sign_in};

fn reads() -> ScriptedModel {
    ScriptedModel::new("reads", |it| match it.turn() {
        0 => ModelReply::call("say", json!({"text": "first"}))
            .and_call("read_mail", json!({"text": "one"})),
        _ => ModelReply::text("done"),
    })
}

fn person(user: &str) -> Principal {
    Principal::for_user(user).unwrap()
}

fn alice() -> RunContext {
    RunContext::for_user("alice").unwrap()
}

/// A process of its own: it shares the database, the client, and what the tools were asked.
async fn replica(database: impl Database + 'static, google: &GoogleAuth, probe: &Probe) -> Agent {
    let builder = Agent::builder().model(reads()).google_auth(google.clone());
    let probe = Probe {
        consent: Probe::default().consent,
        ..probe.clone()
    };
    let builder = builder.toolkit(probe).database(database);
    builder.build().await.unwrap()
}

fn pause(outcome: RunOutcome) -> (url::Url, PausedRun) {
    let RunOutcome::ConsentRequired { link, run, .. } = outcome else {
        panic!("{outcome}")
    };
    (link.url, run)
}

fn results(messages: &[Message]) -> Vec<(String, Value)> {
    let results = messages.iter().filter_map(|message| match message {
        Message::ToolResult { name, content, .. } => Some((name.clone(), content.clone())),
        _ => None,
    });
    results.collect()
}

#[tokio::test]
async fn a_run_paused_in_one_process_is_gone_on_with_in_another() {
    for session in [None, Some("chat")] {
        let emulator = Emulator::builder().start().await.unwrap();
        let (google, pages) = google(&emulator).await;
        let (database, probe) = (MemoryDatabase::new(), Probe::default());
        let first = replica(database.clone(), &google, &probe).await;
        let run = alice().with_run_id("run-7");
        let run = run.with_time_limit(Duration::from_mins(3));
        let run = match session {
            Some(session) => run.with_session(session).unwrap(),
            None => run,
        };
        let (link, paused) = pause(first.run(run, "Go").await.unwrap());
        let name = paused.session().unwrap().to_owned();
        assert_eq!(name, session.unwrap_or("run-7"));
        assert_eq!(paused.is_of_conversation(), session.is_some());
        drop((first, paused));

        let second = replica(database.clone(), &google, &probe).await;
        assert!(
            second
                .paused_run(&person("bob"), &name)
                .await
                .unwrap()
                .is_none()
        );
        assert!(second.paused_runs(&person("bob")).await.unwrap().is_empty());
        assert_eq!(second.paused_runs(&person("alice")).await.unwrap().len(), 1);
        let found = second.paused_run(&person("alice"), &name).await.unwrap();
        let found = found.unwrap();
        assert_eq!(found.context().principal(), &person("alice"));
        assert_eq!(found.context().run_id(), "run-7");
        assert_eq!(found.services(), ["probe"]);
        let over = second.paused_run(&person("alice"), &name).await.unwrap();
        let over = over.unwrap().with_time_limit(Duration::ZERO);
        assert!(second.resume(over).await.unwrap_err().is_cancelled());
        let found = second.paused_run(&person("alice"), &name).await.unwrap();
        let found = found.unwrap().with_time_limit(Duration::from_mins(3));
        assert_eq!(found.waiting()[0].name, "read_mail");
        sign_in(&second, pages, &[(&link, "alice@example.com")]).await;
        let outcome = second.resume(found).await.unwrap();
        assert_eq!(outcome.answer(), Some("done"));
        let said = ["say first", "read_mail one", "read_mail one"];
        assert_eq!(probe.log.entries(), said);
        assert!(
            second
                .paused_runs(&person("alice"))
                .await
                .unwrap()
                .is_empty()
        );
        let kept = second.conversation(&person("alice"), &name).await.unwrap();
        assert_eq!(kept.is_empty(), session.is_none());
    }
}

#[tokio::test]
async fn of_many_who_resume_a_run_one_goes_on_with_it() {
    let emulator = Emulator::builder().start().await.unwrap();
    let (google, pages) = google(&emulator).await;
    let (database, probe) = (MemoryDatabase::new(), Probe::default());
    let agent = replica(database.clone(), &google, &probe).await;
    let (link, paused) = pause(agent.run(alice(), "Go").await.unwrap());
    let name = paused.session().unwrap().to_owned();
    sign_in(&agent, pages, &[(&link, "alice@example.com")]).await;
    let mut others = Vec::new();
    for _ in 0..5 {
        let other = replica(database.clone(), &google, &probe).await;
        let found = other.paused_run(&person("alice"), &name).await.unwrap();
        others.push((other, found.unwrap()));
    }
    others.push((agent, paused));
    let all = others
        .into_iter()
        .map(|(agent, run)| tokio::spawn(async move { agent.resume(run).await }));
    let mut answers = 0;
    for outcome in futures_util::future::join_all(all).await {
        match outcome.unwrap() {
            Ok(outcome) => answers += usize::from(outcome.answer() == Some("done")),
            Err(error) => assert!(error.is_taken() && error.is_conflict(), "{error}"),
        }
    }
    assert_eq!(answers, 1);
    let reads = probe.log.entries().into_iter();
    assert_eq!(reads.filter(|it| it == "read_mail one").count(), 2);
}

#[tokio::test]
async fn a_run_that_the_database_does_not_take_pauses_all_the_same() {
    let emulator = Emulator::builder().start().await.unwrap();
    let (google, pages) = google(&emulator).await;
    let database = Broken::new(&MemoryDatabase::new()).unwrap();
    let probe = Probe::default();
    let agent = replica(database.clone(), &google, &probe).await;
    database.set(true);
    let (link, paused) = pause(agent.run(alice(), "Go").await.unwrap());
    assert_eq!(paused.session(), None);
    assert_eq!(paused.messages().len(), 3);
    database.set(false);
    sign_in(&agent, pages, &[(&link, "alice@example.com")]).await;
    let outcome = agent.resume(paused).await.unwrap();
    assert_eq!(outcome.answer(), Some("done"));
}

#[tokio::test]
async fn two_runs_of_one_name_are_both_kept() {
    let emulator = Emulator::builder().start().await.unwrap();
    let (google, _pages) = google(&emulator).await;
    let agent = replica(MemoryDatabase::new(), &google, &Probe::default()).await;
    for _ in 0..2 {
        pause(agent.run(alice().with_run_id("daily"), "Go").await.unwrap());
    }
    // No session can bear this name.
    let odd = alice().with_run_id(" \n");
    pause(agent.run(odd, "Go").await.unwrap());
    let runs = agent.paused_runs(&person("alice")).await.unwrap();
    let mut names: Vec<_> = runs.iter().map(|it| it.context().run_id()).collect();
    names.sort_unstable();
    assert_eq!(names, [" \n", "daily", "daily"]);
}

#[tokio::test]
async fn a_session_in_which_a_run_waits_takes_the_next_one_when_that_is_given_up() {
    let emulator = Emulator::builder().start().await.unwrap();
    let (google, _pages) = google(&emulator).await;
    let database = MemoryDatabase::new();
    let agent = replica(database.clone(), &google, &Probe::default()).await;
    let talk = || alice().with_session("chat").unwrap();
    pause(agent.run(talk(), "Go").await.unwrap());
    let error = agent.run(talk(), "Something else").await.unwrap_err();
    assert!(
        error.is_conflict() && error.is_paused_run_waiting(),
        "{error}"
    );
    assert!(error.to_string().contains("give it up"), "{error}");
    let other = replica(database, &google, &Probe::default()).await;
    let waiting = other.paused_run(&person("alice"), "chat").await.unwrap();
    other.give_up(waiting.unwrap()).await.unwrap();
    let outcome = agent.run(talk(), "Something else").await.unwrap();
    let RunOutcome::Completed(answer) = outcome else {
        panic!("{outcome}")
    };
    let results = results(&answer.messages);
    assert_eq!(results[1].0, "read_mail");
    assert_eq!(results[1].1["error"]["kind"], "cancelled");
    let (_, unnamed) = pause(agent.run(alice(), "Go").await.unwrap());
    agent.give_up(unnamed).await.unwrap();
    assert!(
        agent
            .paused_runs(&person("alice"))
            .await
            .unwrap()
            .is_empty()
    );
}

/// Posts for others and reads at once.
fn posts() -> ScriptedModel {
    ScriptedModel::new("posts", |it| match it.turn() {
        0 => ModelReply::call("post", json!({"text": "held"}))
            .and_call("say", json!({"text": "read"})),
        1 => ModelReply::call("post", json!({"text": "next"})),
        _ => ModelReply::text("done"),
    })
}

async fn poster(database: MemoryDatabase, probe: &Probe) -> Agent {
    let probe = Probe {
        consent: Probe::with_token().consent,
        ..probe.clone()
    };
    let builder = Agent::builder().model(posts()).toolkit(probe);
    builder.database(database).build().await.unwrap()
}

#[tokio::test]
async fn a_call_that_had_left_when_its_run_was_broken_off_is_not_made_again() {
    let (database, probe) = (MemoryDatabase::new(), Probe::default());
    let first = poster(database.clone(), &probe).await;
    let talk = alice().with_session("chat").unwrap();
    let run = tokio::spawn(async move { first.run(talk, "Go").await });
    while probe.log.entries().len() < 2 {
        tokio::task::yield_now().await;
    }
    run.abort();
    let second = poster(database, &probe).await;
    let paused = loop {
        match second.paused_run(&person("alice"), "chat").await {
            Ok(found) => break found.unwrap(),
            Err(error) => assert!(error.is_taken(), "{error}"),
        }
        tokio::task::yield_now().await;
    };
    // Who made the call again would not be kept waiting.
    probe.gate.notify_one();
    let RunOutcome::Completed(answer) = second.resume(paused).await.unwrap() else {
        panic!("nothing asks for consent")
    };
    let results = results(&answer.messages);
    assert_eq!(results[0].0, "post");
    assert_eq!(results[0].1["error"]["may_have_happened"], true);
    assert_eq!(results[0].1["error"]["retryable"], false);
    assert_eq!(results[1], ("say".to_owned(), json!({"text": "read"})));
    let made = ["post held", "say read", "say read", "post next"];
    assert_eq!(probe.log.entries(), made);
}

#[tokio::test]
async fn who_was_taken_over_makes_no_further_call_that_may_leave() {
    let clock = FakeClock::new();
    let database = MemoryDatabase::new().with_now(clock.now_fn());
    let probe = Probe::default();
    let slow = poster(database.clone(), &probe).await;
    let talk = alice().with_session("chat").unwrap();
    let run = tokio::spawn(async move { slow.run(talk, "Go").await });
    while probe.log.entries().len() < 2 {
        tokio::task::yield_now().await;
    }
    // As if it had stood still for longer than its hold.
    clock.advance(Duration::from_mins(2));
    let other = poster(database, &probe).await;
    let paused = other.paused_run(&person("alice"), "chat").await.unwrap();
    let outcome = other.resume(paused.unwrap()).await.unwrap();
    assert_eq!(outcome.answer(), Some("done"));
    probe.gate.notify_one();
    let error = run.await.unwrap().unwrap_err();
    assert!(error.is_taken(), "{error}");
    let posted = probe.log.entries().into_iter();
    let posted: Vec<_> = posted.filter(|it| it.starts_with("post")).collect();
    assert_eq!(posted, ["post held", "post next"]);
    let kept = other.conversation(&person("alice"), "chat").await.unwrap();
    assert!(matches!(kept.last(), Some(Message::Assistant { text: Some(it), .. }) if it == "done"));
}

#[tokio::test]
async fn a_process_that_lives_keeps_its_run() {
    let (database, probe) = (MemoryDatabase::new(), Probe::default());
    let hold = Duration::from_millis(60);
    let of_short_holds = |probe: Probe| {
        let builder = Agent::builder().model(posts()).session_hold(hold);
        builder.toolkit(probe).database(database.clone()).build()
    };
    let with_token = Probe {
        consent: Probe::with_token().consent,
        ..probe.clone()
    };
    let slow = of_short_holds(with_token.clone()).await.unwrap();
    let talk = alice().with_session("chat").unwrap();
    let run = tokio::spawn(async move { slow.run(talk, "Go").await });
    while probe.log.entries().len() < 2 {
        tokio::task::yield_now().await;
    }
    let key = {
        let session = toolgate_auth::SessionId::parse("chat").unwrap();
        toolgate_auth::SessionKey::new(person("alice"), session)
    };
    let store = database.session_store().unwrap();
    let until = async || {
        let (row, _) = store.get(&key).await.unwrap().unwrap();
        row.lease.unwrap().until
    };
    let first = until().await;
    while until().await <= first.after(hold) {
        tokio::task::yield_now().await;
    }
    probe.gate.notify_one();
    assert_eq!(run.await.unwrap().unwrap().answer(), Some("done"));
}

#[tokio::test]
async fn a_run_that_reads_alone_costs_no_write_for_its_calls() {
    let database = MemoryDatabase::new();
    let model = ScriptedModel::new("says", |it| match it.turn() {
        0..3 => ModelReply::call("say", json!({"text": "x"})),
        _ => ModelReply::text("done"),
    });
    let builder = Agent::builder().model(model).toolkit(Probe::with_token());
    let agent = builder.database(database.clone()).build().await.unwrap();
    let talk = alice().with_session("chat").unwrap();
    agent.run(talk, "Go").await.unwrap();
    let store: Arc<_> = database.session_store().unwrap();
    let (rows, _) = store.list(&person("alice"), None, 5).await.unwrap();
    assert_eq!(rows[0].version, 2, "its beginning and its end");
}

#[tokio::test]
async fn the_bound_of_a_conversation_ends_no_run_without_one_and_lets_nobody_consent_in_vain() {
    let emulator = Emulator::builder().start().await.unwrap();
    let (google, pages) = google(&emulator).await;
    let agent = replica(MemoryDatabase::new(), &google, &Probe::default()).await;
    let whole = 8 * 1024 * 1024;
    let (link, run) = pause(agent.run(alice(), "x".repeat(whole)).await.unwrap());
    // It fits as it begins, and not with what its first turn adds.
    let talk = alice().with_session("chat").unwrap();
    let error = agent.run(talk, "x".repeat(whole - 300)).await;
    let error = error.unwrap_err();
    assert!(error.is_session_full(), "{error}");
    sign_in(&agent, pages, &[(&link, "alice@example.com")]).await;
    assert_eq!(agent.resume(run).await.unwrap().answer(), Some("done"));
}
