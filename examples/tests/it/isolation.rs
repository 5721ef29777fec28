//! Thirty people and more than a thousand interleaved calls over one agent: nobody's call carries
//! another's token, and nobody's answer another's mail.
#![expect(clippy::panic, reason = "test helpers fail the test")]

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::future::join_all;
use serde_json::json;
use toolgate_emulator::RecordedRequest;
use toolgate_framework::{Message, ModelReply, RunOutcome, ScriptedModel};

use crate::world::{Databases, World, address, busy_model, canary, emulator, message_id, users};

const PEOPLE: usize = 30;
const RUNS_EACH: usize = 2;
const CALLS_A_RUN: usize = 18;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_call_carries_its_own_persons_token_and_every_answer_their_own_mail() {
    let databases = Databases::fresh("isolation over PostgreSQL").await;
    for database in databases.all().await {
        let users = users(PEOPLE);
        let emulator = Arc::new(emulator(&users).await);
        let world = World::open(&emulator, database, busy_model()).await;
        for user in &users {
            world.connect(user).await;
        }
        emulator.clear_requests();
        let runs = users
            .iter()
            .flat_map(|user| std::iter::repeat_n(user, RUNS_EACH));
        let outcomes = join_all(runs.map(|user| async { (user.clone(), world.run(user).await) }));
        let mut calls = 0;
        for (user, outcome) in outcomes.await {
            calls += check_answers(&user, &outcome, &users);
        }
        assert_eq!(calls, PEOPLE * RUNS_EACH * CALLS_A_RUN);
        assert!(calls >= 1000);
        check_bearers(&emulator.requests(), &users);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_calls_of_one_turn_that_need_consent_get_one_link_and_wait_together() {
    let databases = Databases::fresh("one link for one turn over PostgreSQL").await;
    for database in databases.all().await {
        let emulator = Arc::new(emulator(&users(1)).await);
        let model = ScriptedModel::new("eager", |_| {
            (0..12).fold(ModelReply::default(), |reply, _| {
                reply.and_call("search_emails", json!({"query": "x"}))
            })
        });
        let world = World::open(&emulator, database, model).await;
        let RunOutcome::ConsentRequired { run, .. } = world.run("u0").await else {
            panic!("nobody was asked for consent");
        };
        assert_eq!(run.waiting().len(), 12);
        let outcome = world.agent.resume(run).await.unwrap();
        let RunOutcome::ConsentRequired { run, .. } = outcome else {
            panic!("{outcome}")
        };
        assert_eq!(run.waiting().len(), 12);
    }
}

/// Each result holds the canary of its own person, and of nobody else.
fn check_answers(user: &str, outcome: &RunOutcome, users: &[String]) -> usize {
    let RunOutcome::Completed(answer) = outcome else {
        panic!("{user}: {outcome}")
    };
    let results = answer.messages.iter().filter_map(|message| match message {
        Message::ToolResult {
            content, is_error, ..
        } => Some((content.to_string(), *is_error)),
        _ => None,
    });
    let mut calls = 0;
    for (content, is_error) in results {
        calls += 1;
        assert!(!is_error, "{user}: {content}");
        assert!(content.contains(&canary(user)), "{user}: {content}");
        let foreign = users
            .iter()
            .find(|it| *it != user && content.contains(&canary(it)));
        assert_eq!(foreign, None, "{user} got another's mail: {content}");
    }
    calls
}

/// The log pairs the canary in a request's query or path with the bearer that came with it.
fn check_bearers(requests: &[RecordedRequest], users: &[String]) {
    let mut owners: BTreeMap<&str, &str> = BTreeMap::new();
    let mut paired = 0;
    for request in requests {
        let (Some(bearer), Some(account)) = (&request.bearer, &request.account) else {
            continue;
        };
        let owner = owners.entry(bearer).or_insert(account);
        assert_eq!(owner, account, "one token, two accounts");
        let marked = users.iter().find(|user| {
            request.query.contains(&canary(user)) || request.path.contains(&message_id(user))
        });
        let Some(marked) = marked else { continue };
        paired += 1;
        assert_eq!(
            *account,
            address(marked),
            "{} {}",
            request.method,
            request.path
        );
    }
    assert!(paired >= 1000, "only {paired} requests could be paired");
    assert_eq!(owners.len(), users.len());
}
