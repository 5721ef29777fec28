//! What a turn of a model carries beside text and calls: what its provider wants back, what it used.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use serde_json::json;
use toolgate_auth::MemoryDatabase;
use toolgate_emulator::Emulator;
use toolgate_framework::{
    Agent, Carried, Message, ModelReply, RunContext, RunOutcome, ScriptedModel, Usage,
};

use crate::support::{Probe, google, sign_in};

/// Signs its first turn, and tells in its last whether the signature came back.
fn signing() -> ScriptedModel {
    ScriptedModel::new("signs", |it| {
        let mut reply = match it.turn() {
            0 => ModelReply::call("read_mail", json!({"text": "one"})),
            _ => ModelReply::text(signatures(it.request().messages).join(",")),
        };
        let turn = it.turn();
        reply.carried = Some(Carried::new(json!({"signature": format!("s{turn}")})));
        reply.usage = Usage {
            input_tokens: 100,
            output_tokens: 10,
            cached_tokens: 60,
        };
        reply
    })
}

fn signatures(messages: &[Message]) -> Vec<String> {
    let carried = messages.iter().filter_map(|message| match message {
        Message::Assistant { carried, .. } => carried.as_ref(),
        _ => None,
    });
    carried
        .map(|it| it.value()["signature"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn what_a_provider_wants_back_and_what_was_used_outlast_a_pause() {
    let emulator = Emulator::builder().start().await.unwrap();
    let (google, pages) = google(&emulator).await;
    let agent = Agent::builder()
        .model(signing())
        .toolkit(Probe::with_google(google))
        .database(MemoryDatabase::new());
    let agent = agent.build().await.unwrap();
    let alice = RunContext::for_user("alice").unwrap();
    let outcome = agent.run(alice, "Go").await.unwrap();
    let RunOutcome::ConsentRequired { link, run, .. } = outcome else {
        panic!("{outcome}")
    };
    sign_in(&agent, pages, &[(&link.url, "alice@example.com")]).await;
    let outcome = agent.resume(run).await.unwrap();
    let RunOutcome::Completed(answer) = outcome else {
        panic!("{outcome}")
    };
    assert_eq!(answer.text, "s0");
    assert_eq!(signatures(&answer.messages), ["s0", "s1"]);
    let usage = answer.usage;
    assert_eq!(
        (usage.input_tokens, usage.output_tokens, usage.cached_tokens),
        (200, 20, 120)
    );
    let printed = format!("{:?}", answer.messages);
    assert!(!printed.contains("signature"), "{printed}");
}

#[tokio::test]
async fn nothing_that_was_said_prints_with_an_outcome() {
    let emulator = Emulator::builder().start().await.unwrap();
    let (google, pages) = google(&emulator).await;
    let agent = Agent::builder()
        .model(signing())
        .toolkit(Probe::with_google(google))
        .database(MemoryDatabase::new());
    let agent = agent.build().await.unwrap();
    let alice = RunContext::for_user("alice").unwrap();
    let paused = agent.run(alice, "Find the letter").await.unwrap();
    let shown = format!("{paused:?}");
    let RunOutcome::ConsentRequired { link, run, .. } = paused else {
        panic!("{paused}")
    };
    sign_in(&agent, pages, &[(&link.url, "alice@example.com")]).await;
    let RunOutcome::Completed(answer) = agent.resume(run).await.unwrap() else {
        panic!("no answer")
    };
    let shown = format!("{shown} {answer:?}");
    for said in ["Find the letter", "read_mail", "alice: ", "\"s0\""] {
        assert!(!shown.contains(said), "{shown}");
    }
    assert!(shown.contains("messages: "), "{shown}");
}
