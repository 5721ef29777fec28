//! A team's run in the team's database: it survives its process, with its members where they stopped.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::json;
use toolgate_auth::{MemoryDatabase, Principal};
use toolgate_emulator::{Emulator, Person};
use toolgate_framework::{Agent, ModelReply, RunContext, ScriptedModel, Team, TeamBuilder};
use toolgate_toolkit::{ConsentSource, Risk, Tool, ToolContext, ToolError, Toolkit, typed_tool};

use crate::support::{
    Log, Nothing, Said, access, bounded, google, paused, results, sign_in, sign_in_as,
};
use crate::team_pause::{builder, sorted, team};

const HOUR: Duration = Duration::from_hours(1);

fn alice() -> RunContext {
    RunContext::for_user("alice").unwrap()
}

#[tokio::test]
async fn a_paused_team_survives_a_restart_with_its_members_where_they_stopped() {
    let emulator = Emulator::builder().start().await.unwrap();
    let (google, pages) = google(&emulator).await;
    let (database, log) = (MemoryDatabase::new(), Log::default());
    let first = team(google.clone(), database.clone(), &log).await;
    let (link, run) = paused(first.run(alice(), "Go").await.unwrap());
    let session = run.session().unwrap().to_owned();
    drop((run, first));
    let before = log.entries().len();

    let second = team(google, database, &log).await;
    let person = Principal::for_user("alice").unwrap();
    let found = second.coordinator().paused_run(&person, &session).await;
    let run = found.unwrap().unwrap();
    assert_eq!(run.waiting().len(), 2);
    let people = [(&link.url, "alice@example.com")];
    let signing_in = sign_in(second.coordinator(), pages, &people);
    let resuming = second.resume_when_connected(run, HOUR);
    let (outcome, ()) = bounded(async { tokio::join!(resuming, signing_in) }).await;
    let outcome = outcome.unwrap();
    assert_eq!(outcome.answer(), Some("done"));
    let answers = results(&outcome);
    assert!(answers.iter().all(|(_, _, is_error)| !is_error));
    assert_eq!(answers.len(), 3);
    let mut since = log.entries().split_off(before);
    since.sort();
    assert_eq!(
        since,
        [
            "lead's turn 1",
            "read_mail one",
            "read_mail two",
            "reader's turn 2 on one",
            "reader's turn 2 on two",
        ]
    );
    let left = second.coordinator().paused_runs(&person).await.unwrap();
    assert!(left.is_empty());
}

/// What a person may allow in place of their mail.
#[derive(Debug, Default)]
struct Diary(ConsentSource);

impl Toolkit for Diary {
    fn name(&self) -> &'static str {
        "diary"
    }

    fn tools(&self) -> Vec<Arc<dyn Tool>> {
        let look = |_: ToolContext, _: Nothing| async move {
            let text = "looked".to_owned();
            Ok::<_, ToolError>(Said { text })
        };
        vec![typed_tool("look", Risk::Read, &["calendar.events.list"], look).shared()]
    }

    fn consent(&self) -> &ConsentSource {
        &self.0
    }
}

#[tokio::test]
async fn a_member_whose_person_allowed_less_is_told_so_and_nobody_is_asked_again() {
    let emulator = Emulator::builder().start().await.unwrap();
    let (google, pages) = google(&emulator).await;
    let log = Log::default();
    let team = builder(google, MemoryDatabase::new(), &log).toolkit(Diary::default());
    let team = team.build().await.unwrap();
    let (link, run) = paused(team.run(alice(), "Go").await.unwrap());
    let scope = "https://www.googleapis.com/auth/gmail.readonly";
    let person = Person::new("alice@example.com").declining(&[scope]);
    let people = [(&link.url, person)];
    let signing_in = sign_in_as(team.coordinator(), pages, &people);
    let resuming = team.resume_when_connected(run, HOUR);
    let (outcome, ()) = bounded(async { tokio::join!(resuming, signing_in) }).await;
    let outcome = outcome.unwrap();
    // The members went on: their models were told what is missing, and the coordinator has their
    // answers.
    let answers: Vec<_> = results(&outcome)
        .into_iter()
        .map(|(_, result, _)| result["answer"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(answers, ["talked", "no mail", "no mail"]);
    let told = sorted(&log);
    let went_on = told.iter().filter(|it| it.starts_with("reader's turn 2"));
    assert_eq!(went_on.count(), 2, "{told:?}");
}

/// A tool that sends, or only looks, and hangs until it is let.
#[derive(Debug)]
struct Hangs {
    consent: ConsentSource,
    risk: Risk,
    log: Log,
    is_free: Arc<AtomicBool>,
}

impl Toolkit for Hangs {
    fn name(&self) -> &'static str {
        "hangs"
    }

    fn tools(&self) -> Vec<Arc<dyn Tool>> {
        let (log, is_free) = (self.log.clone(), Arc::clone(&self.is_free));
        let act = move |_: ToolContext, _: Nothing| {
            log.add("act".to_owned());
            let is_free = Arc::clone(&is_free);
            async move {
                if !is_free.load(Ordering::SeqCst) {
                    std::future::pending::<()>().await;
                }
                let text = "acted".to_owned();
                Ok::<_, ToolError>(Said { text })
            }
        };
        vec![typed_tool("act", self.risk, &[], act).shared()]
    }

    fn consent(&self) -> &ConsentSource {
        &self.consent
    }
}

fn acting(database: &MemoryDatabase, hangs: Hangs) -> TeamBuilder {
    let member = ScriptedModel::new("acts", |it| match it.last_result() {
        None => ModelReply::call("act", json!({})),
        Some(_) => ModelReply::text("acted"),
    });
    let lead = ScriptedModel::new("lead", |it| match it.last_result() {
        None => ModelReply::call("delegate_to_member", json!({"task": "act"})),
        Some(result) => ModelReply::text(result.to_string()),
    });
    Team::builder()
        .model(lead)
        .database(database.clone())
        .member(
            "member",
            "Acts.",
            Agent::builder().model(member).toolkit(hangs),
        )
}

/// What the coordinator is told where the process ended while its member acted, and how often the
/// member acted.
async fn broken_off(risk: Risk) -> (String, usize) {
    let (database, log) = (MemoryDatabase::new(), Log::default());
    let is_free = Arc::new(AtomicBool::new(false));
    let hangs = || Hangs {
        consent: ConsentSource::new().with_access(access()),
        risk,
        log: log.clone(),
        is_free: Arc::clone(&is_free),
    };
    let first = acting(&database, hangs()).build().await.unwrap();
    let context = alice().with_session("chat").unwrap();
    let acted = async {
        while log.entries().is_empty() {
            tokio::task::yield_now().await;
        }
    };
    let running = first.run(context, "Go");
    bounded(async {
        tokio::select! {
            outcome = running => unreachable!("{outcome:?}"),
            () = acted => {}
        }
    })
    .await;
    drop(first);
    is_free.store(true, Ordering::SeqCst);
    let second = acting(&database, hangs()).build().await.unwrap();
    let person = Principal::for_user("alice").unwrap();
    let run = loop {
        // The hold of a run that was dropped is given back behind it.
        match second.coordinator().paused_run(&person, "chat").await {
            Ok(Some(run)) => break run,
            Ok(None) => unreachable!("the run is not there"),
            Err(error) => assert!(error.is_taken(), "{error}"),
        }
        tokio::task::yield_now().await;
    };
    let outcome = second.resume(run).await.unwrap();
    (outcome.answer().unwrap().to_owned(), log.entries().len())
}

#[tokio::test]
async fn a_member_that_may_have_acted_when_its_process_ended_is_not_asked_again() {
    let (told, acts) = broken_off(Risk::Send).await;
    assert!(told.contains("may_have_happened"), "{told}");
    assert_eq!(acts, 1);
    // Looking twice harms nobody.
    let (told, acts) = broken_off(Risk::Read).await;
    assert_eq!(told, "{\"answer\":\"acted\"}");
    assert_eq!(acts, 2);
}
