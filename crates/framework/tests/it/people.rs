//! Two people at once over one agent: each reads their own mailbox.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::sync::Arc;

use serde_json::json;
use tokio::sync::Barrier;
use toolgate_auth::{GoogleAuth, MemoryDatabase};
use toolgate_emulator::{Emulator, Seed, SeedAccount};
use toolgate_framework::{Agent, ModelReply, RunContext, ScriptedModel};

use crate::{
    mailbox::Mailbox,
    support::{bounded, google, paused, sign_in},
};

async fn agent_at(emulator: &Emulator, google: GoogleAuth) -> Agent {
    let mailbox = Mailbox::at(emulator, Arc::new(Barrier::new(2))).asking(google);
    let model = ScriptedModel::new("asks", |it| match it.turn() {
        0 | 1 => ModelReply::call("whose_mailbox", json!({})),
        _ => ModelReply::text(format!(
            "{}: {}",
            it.prompt(),
            it.last_result().unwrap()["text"].as_str().unwrap()
        )),
    });
    let builder = Agent::builder().model(model).toolkit(mailbox);
    builder
        .database(MemoryDatabase::new())
        .build()
        .await
        .unwrap()
}

#[tokio::test]
async fn two_people_at_once_over_one_agent_each_read_their_own_mailbox() {
    let people = ["alice@example.com", "bob@example.com"];
    let accounts = people.map(|address| SeedAccount::new(address, address));
    let seed = Seed {
        accounts: accounts.into(),
    };
    let emulator = Emulator::builder().with_seed(seed).start().await.unwrap();
    let (google, pages) = google(&emulator).await;
    let agent = agent_at(&emulator, google).await;
    let run = |user: &str| {
        let run = RunContext::for_user(user).unwrap();
        agent.run(run, format!("I am {user}"))
    };
    let (alice, bob) = bounded(async { tokio::join!(run("alice"), run("bob")) }).await;
    let (of_alice, alice) = paused(alice.unwrap());
    let (of_bob, bob) = paused(bob.unwrap());
    let walks = [(&of_bob.url, people[1]), (&of_alice.url, people[0])];
    sign_in(&agent, pages, &walks).await;

    let (alice, bob) =
        bounded(async { tokio::join!(agent.resume(alice), agent.resume(bob)) }).await;
    assert_eq!(
        alice.unwrap().answer(),
        Some("I am alice: alice reads alice@example.com")
    );
    assert_eq!(
        bob.unwrap().answer(),
        Some("I am bob: bob reads bob@example.com")
    );
}
