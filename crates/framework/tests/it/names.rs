//! Agents of several names over one database: each has conversations and paused runs of its own.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::sync::Arc;

use serde_json::json;
use toolgate_auth::store::{Database as _, SessionKind, SessionStatus};
use toolgate_auth::{
    GoogleAuth, KeyRing, KeySource, MemoryDatabase, Principal, SealingKey, SessionId, SessionKey,
    Sessions,
};
use toolgate_emulator::Emulator;
use toolgate_framework::{Agent, AgentBuilder, ModelReply, RunContext, ScriptedModel, Team};

use crate::support::{Probe, google, paused, sign_in};

/// Reads mail, if it has a tool for it.
fn reads() -> ScriptedModel {
    ScriptedModel::new("reads", |it| match it.last_result() {
        None => ModelReply::call("read_mail", json!({"text": "one"})),
        Some(result) => ModelReply::text(result.to_string()),
    })
}

fn builder(database: &MemoryDatabase, google: &GoogleAuth, name: Option<&str>) -> AgentBuilder {
    let builder = Agent::builder()
        .model(reads())
        .toolkit(Probe::default())
        .google_auth(google.clone())
        .database(database.clone());
    match name {
        Some(name) => builder.name(name),
        None => builder,
    }
}

async fn agent(database: &MemoryDatabase, google: &GoogleAuth, name: Option<&str>) -> Agent {
    builder(database, google, name).build().await.unwrap()
}

fn alice() -> Principal {
    Principal::for_user("alice").unwrap()
}

fn run() -> RunContext {
    RunContext::new(alice())
}

fn talk() -> RunContext {
    run().with_session("chat").unwrap()
}

async fn names(agent: &Agent) -> Vec<String> {
    let runs = agent.paused_runs(&alice()).await.unwrap();
    let names = runs.iter().map(|it| it.session().unwrap().to_owned());
    names.collect()
}

#[tokio::test]
async fn agents_of_several_names_over_one_database_keep_what_waits_apart() {
    let emulator = Emulator::builder().start().await.unwrap();
    let (google, pages) = google(&emulator).await;
    let database = MemoryDatabase::new();
    let all = [None, Some("mail"), Some("mai"), Some("calendar")];
    let mut links = Vec::new();
    for name in all {
        let agent = agent(&database, &google, name).await;
        let (link, waits) = paused(agent.run(talk(), "Go").await.unwrap());
        assert_eq!(waits.session(), Some("chat"), "{name:?}");
        let (_, waits) = paused(agent.run(run().with_run_id("r1"), "Go").await.unwrap());
        assert_eq!(waits.session(), Some("r1"), "{name:?}");
        links.push(link.url);
    }
    for name in all {
        // Another process of the same agent finds what is its own, by the names that it gave.
        let agent = agent(&database, &google, name).await;
        assert_eq!(names(&agent).await, ["r1", "chat"], "{name:?}");
        for session in ["mail/chat", "mail/r1"] {
            let found = agent.paused_run(&alice(), session).await.unwrap();
            assert!(found.is_none(), "{name:?} {session}");
        }
        let said = agent.conversation(&alice(), "chat").await.unwrap();
        assert_eq!(said.len(), 2, "{name:?}");
        let error = agent.run(talk(), "x").await.unwrap_err();
        assert!(error.to_string().contains("session chat waits"), "{error}");
    }
    let mail = agent(&database, &google, Some("mail")).await;
    sign_in(&mail, pages, &[(&links[0], "alice@example.com")]).await;
    let waits = mail.paused_run(&alice(), "chat").await.unwrap().unwrap();
    let outcome = mail.resume(waits).await.unwrap();
    assert!(
        outcome.answer().unwrap().contains("alice: one"),
        "{outcome}"
    );
    assert_eq!(mail.conversation(&alice(), "chat").await.unwrap().len(), 4);
    assert_eq!(names(&mail).await, ["r1"]);
    assert!(mail.forget_session(&alice(), "r1").await.unwrap());
    for other in [None, Some("calendar")] {
        let other = agent(&database, &google, other).await;
        assert_eq!(other.conversation(&alice(), "chat").await.unwrap().len(), 2);
        assert_eq!(names(&other).await, ["r1", "chat"]);
    }
}

#[tokio::test]
async fn no_agent_goes_on_with_what_is_anothers() {
    let emulator = Emulator::builder().start().await.unwrap();
    let (google, _pages) = google(&emulator).await;
    let database = MemoryDatabase::new();
    let mail = agent(&database, &google, Some("mail")).await;
    let unnamed = agent(&database, &google, None).await;
    let (_, waits) = paused(mail.run(talk(), "Go").await.unwrap());
    // By the very name that the database has for it.
    let clash = || run().with_session("mail/chat").unwrap();
    let error = unnamed.run(clash(), "x").await.unwrap_err();
    assert!(error.is_of_another_agent(), "{error}");
    assert!(error.to_string().contains("mail/chat"), "{error}");
    let said = unnamed.conversation(&alice(), "mail/chat").await.unwrap();
    assert!(said.is_empty(), "{said:?}");
    let error = unnamed.resume(waits).await.unwrap_err();
    assert!(error.is_of_another_agent(), "{error}");
    let waits = mail.paused_run(&alice(), "chat").await.unwrap().unwrap();
    let error = unnamed.give_up(waits).await.unwrap_err();
    assert!(error.is_of_another_agent(), "{error}");
    assert_eq!(names(&mail).await, ["chat"]);
}

#[tokio::test]
async fn a_team_has_its_name_and_members_have_none_of_their_own() {
    let emulator = Emulator::builder().start().await.unwrap();
    let (google, pages) = google(&emulator).await;
    let database = MemoryDatabase::new();
    let build = async || {
        let lead = ScriptedModel::new("lead", |it| match it.last_result() {
            None => ModelReply::call("delegate_to_mail", json!({"task": "x"})),
            Some(result) => ModelReply::text(result.to_string()),
        });
        let member = Agent::builder().model(reads()).toolkit(Probe::default());
        let team = Team::builder()
            .model(lead)
            .name("office")
            .google_auth(google.clone())
            .database(database.clone())
            .member("mail", "Reads mail.", member.name("mail"));
        team.build().await.unwrap()
    };
    let (link, _) = paused(build().await.run(talk(), "Go").await.unwrap());
    for other in [None, Some("mail")] {
        let other = agent(&database, &google, other).await;
        assert!(names(&other).await.is_empty());
    }
    let team = build().await;
    let lead = team.coordinator();
    sign_in(lead, pages, &[(&link.url, "alice@example.com")]).await;
    let waits = lead.paused_run(&alice(), "chat").await.unwrap().unwrap();
    let outcome = team.resume(waits).await.unwrap();
    assert!(
        outcome.answer().unwrap().contains("alice: one"),
        "{outcome}"
    );
}

#[tokio::test]
async fn a_name_that_is_none_is_an_error_when_the_agent_is_built() {
    for name in ["", "Mail", "mail/chat", "7", &"m".repeat(41)] {
        let agent = Agent::builder().model(reads()).name(name);
        let error = agent.build().await.unwrap_err();
        assert!(error.is_configuration(), "{error}");
        assert!(error.to_string().contains("names no agent"), "{error}");
    }
}

#[tokio::test]
async fn a_run_that_cannot_be_read_hides_no_other() {
    let emulator = Emulator::builder().start().await.unwrap();
    let (google, _pages) = google(&emulator).await;
    let database = MemoryDatabase::new();
    let mail = agent(&database, &google, Some("mail")).await;
    paused(mail.run(talk(), "Go").await.unwrap());
    let ring = KeyRing::new("lost", SealingKey::from_bytes([9; 32])).unwrap();
    let own = Sessions::of(Arc::new(database.clone()), None).unwrap();
    let lost = own.clone().with_keys(KeySource::Ring(ring));
    for (sessions, name) in [
        (&lost, "mail/sealed-elsewhere"),
        (&own, "mail/no-document"),
        (&lost, "of nobody"),
    ] {
        let key = SessionKey::new(alice(), SessionId::parse(name).unwrap());
        let kind = SessionKind::Run;
        let stored = sessions.store(&key, kind, SessionStatus::Paused, b"CANARYsecret-said");
        assert!(stored.await.unwrap().is_some());
    }
    assert_eq!(names(&mail).await, ["chat"]);
    let mut unreadable = mail.unreadable_runs(&alice()).await.unwrap();
    unreadable.sort();
    assert_eq!(unreadable, ["no-document", "sealed-elsewhere"]);
    for name in unreadable {
        assert!(mail.forget_session(&alice(), &name).await.unwrap());
    }
    assert!(mail.unreadable_runs(&alice()).await.unwrap().is_empty());
    let store = database.session_store().unwrap();
    let (left, _) = store.list(&alice(), None, 9).await.unwrap();
    assert_eq!(left.len(), 2);
}

#[tokio::test]
async fn what_an_agent_forgets_is_its_own() {
    let emulator = Emulator::builder().start().await.unwrap();
    let (google, _pages) = google(&emulator).await;
    let database = MemoryDatabase::new();
    let mail = agent(&database, &google, Some("mail")).await;
    let calendar = agent(&database, &google, Some("calendar")).await;
    let unnamed = agent(&database, &google, None).await;
    for agent in [&mail, &calendar, &unnamed] {
        paused(agent.run(talk(), "Go").await.unwrap());
    }
    let forgotten = unnamed.forget_session(&alice(), "mail/chat").await;
    assert!(forgotten.unwrap_err().is_of_another_agent());
    assert_eq!(names(&mail).await, ["chat"]);

    let ring = KeyRing::new("lost", SealingKey::from_bytes([9; 32])).unwrap();
    let lost = Sessions::of(Arc::new(database.clone()), None).unwrap();
    let lost = lost.with_keys(KeySource::Ring(ring));
    for name in ["mail/lost", "lost", "Of mine/lost"] {
        let key = SessionKey::new(alice(), SessionId::parse(name).unwrap());
        let stored = lost.store(&key, SessionKind::Run, SessionStatus::Paused, b"x");
        assert!(stored.await.unwrap().is_some());
    }
    let mut unreadable = unnamed.unreadable_runs(&alice()).await.unwrap();
    unreadable.sort();
    assert_eq!(unreadable, ["Of mine/lost", "lost"]);
    assert!(unnamed.forget_session(&alice(), "lost").await.unwrap());

    assert_eq!(mail.forget_person(&alice()).await.unwrap(), 2);
    assert!(names(&mail).await.is_empty());
    assert_eq!(names(&calendar).await, ["chat"]);
    assert_eq!(names(&unnamed).await, ["chat"]);
    // One without a name forgets for all.
    assert_eq!(unnamed.forget_person(&alice()).await.unwrap(), 3);
    assert!(names(&calendar).await.is_empty());
}

#[tokio::test]
async fn a_session_too_long_for_its_agent_says_how_long_it_may_be() {
    let emulator = Emulator::builder().start().await.unwrap();
    let (google, _pages) = google(&emulator).await;
    let mail = agent(&MemoryDatabase::new(), &google, Some("mail")).await;
    let talk = |bytes| run().with_session("x".repeat(bytes)).unwrap();
    paused(mail.run(talk(251), "Go").await.unwrap());
    let error = mail.run(talk(252), "Go").await.unwrap_err().to_string();
    assert!(error.contains("mail") && error.contains("251"), "{error}");
}
