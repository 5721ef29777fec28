//! A member's missing consent pauses the team's run, and it goes on where it stopped.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::sync::Arc;

use futures_util::future::join_all;
use serde_json::json;
use tokio::sync::Barrier;
use toolgate_auth::{GoogleAuth, MemoryDatabase};
use toolgate_emulator::{Emulator, Seed, SeedAccount};
use toolgate_framework::{
    Agent, AgentBuilder, ModelReply, RunContext, RunEvent, RunOutcome, ScriptedModel, Team,
    TeamBuilder,
};

use crate::mailbox::Mailbox;
use crate::support::{Log, Probe, bounded, google, paused, results, sign_in};

fn alice() -> RunContext {
    RunContext::for_user("alice").unwrap()
}

/// Says something, reads mail, and answers with both; each turn is noted.
fn reader(log: &Log, probe: Probe) -> AgentBuilder {
    let log = log.clone();
    let model = ScriptedModel::new("reader", move |it| {
        log.add(format!("reader's turn {} on {}", it.turn(), it.prompt()));
        match it.turn() {
            0 => ModelReply::call("say", json!({"text": format!("before {}", it.prompt())})),
            1 => ModelReply::call("read_mail", json!({"text": it.prompt()})),
            _ => ModelReply::text(
                it.last_result().unwrap()["text"]
                    .as_str()
                    .unwrap_or("no mail"),
            ),
        }
    });
    Agent::builder().model(model).toolkit(probe)
}

/// Answers without any consent; each turn is noted.
fn talker(log: &Log) -> AgentBuilder {
    let log = log.clone();
    Agent::builder().model(ScriptedModel::new("talker", move |it| {
        log.add(format!("talker's turn on {}", it.prompt()));
        ModelReply::text("talked")
    }))
}

/// Asks the reader twice and the talker once, at once.
fn lead(log: &Log) -> ScriptedModel {
    let log = log.clone();
    ScriptedModel::new("lead", move |it| {
        log.add(format!("lead's turn {}", it.turn()));
        match it.turn() {
            0 => ModelReply::call("delegate_to_reader", json!({"task": "one"}))
                .and_call("delegate_to_talker", json!({"task": "talk"}))
                .and_call("delegate_to_reader", json!({"task": "two"})),
            _ => ModelReply::text("done"),
        }
    })
}

pub(crate) fn sorted(log: &Log) -> Vec<String> {
    let mut entries = log.entries();
    entries.sort();
    entries
}

struct Set {
    team: Team,
    /// What models and tools did.
    log: Log,
    pages: toolgate_http::LoopbackListener,
}

async fn set(emulator: &Emulator) -> Set {
    let (google, pages) = google(emulator).await;
    let log = Log::default();
    let team = team(google, MemoryDatabase::new(), &log).await;
    Set { team, log, pages }
}

/// A reader and a talker, over this database.
pub(crate) async fn team(google: GoogleAuth, database: MemoryDatabase, log: &Log) -> Team {
    let team = builder(google, database, log);
    team.build().await.unwrap()
}

pub(crate) fn builder(google: GoogleAuth, database: MemoryDatabase, log: &Log) -> TeamBuilder {
    let probe = Probe {
        log: log.clone(),
        ..Probe::default()
    };
    Team::builder()
        .model(lead(log))
        .google_auth(google)
        .database(database)
        .member("reader", "Reads mail.", reader(log, probe))
        .member("talker", "Talks.", talker(log))
}

#[tokio::test]
async fn a_team_goes_on_with_the_members_that_waited_where_they_stopped_and_with_nothing_else() {
    let emulator = Emulator::builder().start().await.unwrap();
    let Set { team, log, pages } = set(&emulator).await;
    let (link, run) = paused(team.run(alice(), "Go").await.unwrap());
    let waiting: Vec<_> = run.waiting().iter().map(|call| &call.arguments).collect();
    assert_eq!(waiting, [&json!({"task": "one"}), &json!({"task": "two"})]);
    let before = sorted(&log);
    assert_eq!(
        before,
        [
            "lead's turn 0",
            "read_mail one",
            "read_mail two",
            "reader's turn 0 on one",
            "reader's turn 0 on two",
            "reader's turn 1 on one",
            "reader's turn 1 on two",
            "say before one",
            "say before two",
            "talker's turn on talk",
        ]
    );

    let people = [(&link.url, "alice@example.com")];
    sign_in(team.coordinator(), pages, &people).await;
    let outcome = team.resume(run).await.unwrap();
    assert_eq!(outcome.answer(), Some("done"));
    let mut answers: Vec<_> = results(&outcome)
        .into_iter()
        .map(|(_, result, _)| result["answer"].as_str().unwrap().to_owned())
        .collect();
    answers.sort();
    assert_eq!(answers, ["alice: one", "alice: two", "talked"]);
    let mut since = sorted(&log);
    for entry in before {
        let place = since.iter().position(|it| *it == entry).unwrap();
        since.remove(place);
    }
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
}

#[tokio::test]
async fn a_team_resumed_too_early_pauses_again_with_the_same_link() {
    let emulator = Emulator::builder().start().await.unwrap();
    let Set { team, log, .. } = set(&emulator).await;
    let (first, run) = paused(team.run(alice(), "Go").await.unwrap());
    let (link, run) = paused(team.resume(run).await.unwrap());
    assert_eq!(link.url, first.url);
    assert_eq!(run.waiting().len(), 2);
    let again = log
        .entries()
        .iter()
        .filter(|it| it.starts_with("say"))
        .count();
    assert_eq!(again, 2);
}

#[tokio::test]
async fn a_stream_ends_with_the_pause_of_a_member_and_goes_on_after_it() {
    let emulator = Emulator::builder().start().await.unwrap();
    let Set { team, pages, .. } = set(&emulator).await;
    let mut stream = team.run_stream(alice(), "Go");
    let mut last = None;
    while let Some(event) = stream.next().await {
        last = Some(event.unwrap());
    }
    let Some(RunEvent::ConsentRequired { link, run, .. }) = last else {
        unreachable!("{last:?}")
    };
    let people = [(&link.url, "alice@example.com")];
    sign_in(team.coordinator(), pages, &people).await;
    let mut stream = team.resume_stream(run);
    let mut of_reader = 0;
    let mut last = None;
    while let Some(event) = stream.next().await {
        let event = event.unwrap();
        if let RunEvent::Member { member, event, .. } = &event {
            assert_eq!(member, "reader");
            of_reader += usize::from(matches!(**event, RunEvent::ToolEnd { .. }));
        }
        last = Some(event);
    }
    assert_eq!(of_reader, 2);
    assert!(matches!(last, Some(RunEvent::Completed(_))), "{last:?}");
}

const PEOPLE: usize = 12;

/// Asks whose mailbox it is, and answers with that.
fn looks(mailbox: Mailbox) -> AgentBuilder {
    let model = ScriptedModel::new("looks", |it| match it.last_result() {
        None => ModelReply::call("whose_mailbox", json!({})),
        Some(result) => ModelReply::text(result["text"].as_str().unwrap()),
    });
    Agent::builder().model(model).toolkit(mailbox)
}

/// Every call waits for those of all others, so that all hold their tokens at once.
async fn team_for_all(emulator: &Emulator) -> (Team, toolgate_http::LoopbackListener) {
    let (google, pages) = google(emulator).await;
    let all = Arc::new(Barrier::new(2 * PEOPLE));
    let mailbox = |name| Mailbox::at(emulator, Arc::clone(&all)).named(name);
    let lead = ScriptedModel::new("lead", |it| match it.turn() {
        0 => ModelReply::call("delegate_to_mail", json!({"task": it.prompt()}))
            .and_call("delegate_to_diary", json!({"task": it.prompt()})),
        _ => ModelReply::text(it.prompt()),
    });
    let team = Team::builder()
        .model(lead)
        .google_auth(google)
        .database(MemoryDatabase::new())
        .member("mail", "Reads mail.", looks(mailbox("mail")))
        .member("diary", "Keeps the diary.", looks(mailbox("diary")));
    (team.build().await.unwrap(), pages)
}

#[tokio::test]
async fn many_people_at_once_over_one_team_each_reach_their_own_account_alone() {
    let users: Vec<String> = (0..PEOPLE).map(|it| format!("u{it}")).collect();
    let address = |user: &String| format!("{user}@example.com");
    let accounts = users
        .iter()
        .map(|user| SeedAccount::new(address(user), user));
    let seed = Seed {
        accounts: accounts.collect(),
    };
    let emulator = Emulator::builder().with_seed(seed).start().await.unwrap();
    let (team, pages) = team_for_all(&emulator).await;
    let runs = users.iter().map(|user| {
        let run = RunContext::for_user(user.as_str()).unwrap();
        team.run(run, format!("I am {user}"))
    });
    let runs: Vec<_> = join_all(runs)
        .await
        .into_iter()
        .map(|outcome| paused(outcome.unwrap()))
        .collect();
    let addresses: Vec<String> = users.iter().map(address).collect();
    let links = runs.iter().zip(&addresses);
    let walks: Vec<_> = links
        .map(|((link, _), address)| (&link.url, address.as_str()))
        .collect();
    sign_in(team.coordinator(), pages, &walks).await;

    emulator.clear_requests();
    let resumed = runs.into_iter().map(|(_, run)| team.resume(run));
    let outcomes = bounded(join_all(resumed)).await;
    for (user, outcome) in users.iter().zip(outcomes) {
        let outcome: RunOutcome = outcome.unwrap();
        assert_eq!(outcome.answer(), Some(format!("I am {user}").as_str()));
        let own = json!(format!("{user} reads {user}@example.com"));
        let answers = results(&outcome);
        assert_eq!(answers.len(), 2);
        for (_, result, _) in answers {
            assert_eq!(result["answer"], own);
        }
    }
    // One request for each member and person, and none twice.
    let requests = emulator.requests();
    let profiles = requests.iter().filter(|it| it.path.ends_with("/profile"));
    assert_eq!(profiles.count(), 2 * PEOPLE);
}
