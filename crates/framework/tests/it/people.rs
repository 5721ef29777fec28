//! Two people at once over one agent: each reads their own mailbox.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "test helpers fail the test"
)]

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::Barrier;
use toolgate_auth::{GoogleAuth, MemoryDatabase, Requirement, SignInLink};
use toolgate_emulator::{Emulator, Seed, SeedAccount};
use toolgate_framework::{Agent, ModelReply, PausedRun, RunContext, RunOutcome, ScriptedModel};
use toolgate_toolkit::{ConsentSource, Risk, Tool, ToolContext, ToolError, Toolkit, typed_tool};
use url::Url;

use crate::support::{Nothing, Said, bounded, google, sign_in};

const PROFILE: &str = "gmail.users.getProfile";

/// Asks Google whose mailbox it is, while a call of another run is as far.
#[derive(Debug)]
struct Mailbox {
    consent: ConsentSource,
    url: Url,
    both: Arc<Barrier>,
}

impl Toolkit for Mailbox {
    fn name(&self) -> &'static str {
        "mailbox"
    }

    fn tools(&self) -> Vec<Arc<dyn Tool>> {
        let (url, both) = (self.url.clone(), Arc::clone(&self.both));
        let whose = move |cx: ToolContext, _: Nothing| {
            let (url, both) = (url.clone(), Arc::clone(&both));
            async move {
                let needs = Requirement::for_methods(&[PROFILE]);
                let token = cx.access().token(&needs).await?;
                both.wait().await;
                let bearer = format!("Bearer {}", token.access().expose());
                let request = http::Request::get(url.as_str()).header("authorization", bearer);
                let request = request.body(Vec::new()).unwrap();
                let http = cx.access().http();
                let answer = http.send(request, Duration::from_secs(20)).await.unwrap();
                let profile: Value = serde_json::from_slice(answer.body()).unwrap();
                let address = profile["emailAddress"].as_str().unwrap();
                let text = format!("{} reads {address}", cx.principal().unwrap());
                Ok::<_, ToolError>(Said { text })
            }
        };
        vec![typed_tool("whose_mailbox", Risk::Read, &[PROFILE], whose).shared()]
    }

    fn consent(&self) -> &ConsentSource {
        &self.consent
    }
}

async fn agent_at(emulator: &Emulator, google: GoogleAuth) -> Agent {
    let profile = "gmail/v1/users/me/profile";
    let mailbox = Mailbox {
        consent: ConsentSource::new().with_google_auth(google),
        url: emulator.base_url().join(profile).unwrap(),
        both: Arc::new(Barrier::new(2)),
    };
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

fn paused(outcome: RunOutcome) -> (SignInLink, PausedRun) {
    match outcome {
        RunOutcome::ConsentRequired { link, run, .. } => (link, run),
        other => panic!("{other}"),
    }
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
