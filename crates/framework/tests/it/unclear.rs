//! Writes of a session that are done and not answered: nothing is done twice, and nobody is blamed.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use serde_json::json;
use toolgate_auth::{GoogleAuth, MemoryDatabase, Principal};
use toolgate_emulator::Emulator;
use toolgate_framework::{Agent, ModelReply, PausedRun, RunContext, ScriptedModel};

use crate::broken::Broken;
use crate::support::{Probe, google, paused, sign_in};

/// Posts for others and reads mail in one turn.
fn model() -> ScriptedModel {
    ScriptedModel::new("posts", |it| match it.turn() {
        0 => ModelReply::call("read_mail", json!({"text": "one"})),
        1 => ModelReply::call("post", json!({"text": "once"})),
        _ => ModelReply::text("done"),
    })
}

fn alice() -> Principal {
    Principal::for_user("alice").unwrap()
}

fn talk(session: Option<&str>) -> RunContext {
    let run = RunContext::new(alice());
    match session {
        Some(session) => run.with_session(session).unwrap(),
        None => run,
    }
}

async fn replica(database: &Broken, google: &GoogleAuth, probe: &Probe) -> Agent {
    let builder = Agent::builder().model(model()).google_auth(google.clone());
    let builder = builder.toolkit(probe.clone()).database(database.clone());
    builder.build().await.unwrap()
}

fn posts(probe: &Probe) -> usize {
    let entries = probe.log.entries();
    entries.iter().filter(|it| *it == "post once").count()
}

async fn resume_both(first: (&Agent, PausedRun), second: (&Agent, PausedRun)) {
    let one = first.0.resume(first.1).await;
    assert_eq!(one.unwrap().answer(), Some("done"));
    let error = second.0.resume(second.1).await.unwrap_err();
    assert!(error.is_taken(), "{error}");
}

#[tokio::test]
async fn a_pause_that_was_stored_and_not_answered_is_gone_on_with_once() {
    for session in [None, Some("chat")] {
        for (here_first, heard_late) in [(true, false), (false, false), (false, true)] {
            let emulator = Emulator::builder().start().await.unwrap();
            let (google, pages) = google(&emulator).await;
            let database = Broken::new(&MemoryDatabase::new()).unwrap();
            let probe = Probe::default();
            let here = replica(&database, &google, &probe).await;
            let there = replica(&database, &google, &probe).await;
            // In a session the run stands there by the time it pauses.
            let first = if session.is_some() { 2 } else { 1 };
            if heard_late {
                database.mute_only(first);
            } else {
                database.set_mute_from(first);
            }
            let (link, run) = paused(here.run(talk(session), "Go").await.unwrap());
            assert_eq!(run.session().is_some(), heard_late);
            database.hear();
            let found = there.paused_runs(&alice()).await.unwrap().remove(0);
            sign_in(&here, pages, &[(&link.url, "alice@example.com")]).await;
            let (here, there) = ((&here, run), (&there, found));
            if here_first {
                resume_both(here, there).await;
            } else {
                resume_both(there, here).await;
            }
            assert_eq!(posts(&probe), 1, "{session:?}, {here_first}");
        }
    }
}

#[tokio::test]
async fn a_write_that_was_done_and_not_answered_is_no_other_process() {
    for unheard in 1..=4 {
        let database = Broken::new(&MemoryDatabase::new()).unwrap();
        let probe = Probe::with_token();
        let model = ScriptedModel::new("posts", |it| match it.turn() {
            0 => ModelReply::call("post", json!({"text": "once"})),
            _ => ModelReply::text("done"),
        });
        let builder = Agent::builder().model(model).toolkit(probe.clone());
        let agent = builder.database(database.clone()).build().await.unwrap();
        database.mute_only(unheard);
        // Its beginning, before and after the post, and its end.
        match (unheard, agent.run(talk(Some("chat")), "Go").await) {
            (1 | 2, outcome) => {
                let error = outcome.unwrap_err();
                assert!(error.is_transient() && !error.is_taken(), "{error}");
                assert_eq!(posts(&probe), 0);
            }
            (_, outcome) => {
                assert_eq!(outcome.unwrap().answer(), Some("done"), "{unheard}");
                assert_eq!(posts(&probe), 1);
            }
        }
    }
}
