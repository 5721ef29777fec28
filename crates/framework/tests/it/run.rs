//! The run loop: calls at once, errors as data, limits, and the pause for consent.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "test helpers fail the test"
)]

use serde_json::{Value, json};
use toolgate_auth::MemoryDatabase;
use toolgate_emulator::Emulator;
use toolgate_framework::{
    Agent, Cancellation, Message, ModelReply, RunContext, RunOutcome, ScriptedModel,
};

use crate::support::{Probe, google, sign_in};

async fn agent_of(probe: Probe, model: ScriptedModel) -> Agent {
    let agent = Agent::builder()
        .model(model)
        .toolkit(probe)
        .database(MemoryDatabase::new());
    agent.build().await.unwrap()
}

fn alice() -> RunContext {
    RunContext::for_user("alice").unwrap()
}

fn results(outcome: &RunOutcome) -> Vec<(String, Value, bool)> {
    let RunOutcome::Completed(answer) = outcome else {
        panic!("{outcome}")
    };
    let results = answer.messages.iter().filter_map(|message| match message {
        Message::ToolResult {
            name,
            content,
            is_error,
            ..
        } => Some((name.clone(), content.clone(), *is_error)),
        _ => None,
    });
    results.collect()
}

#[tokio::test]
async fn calls_of_one_turn_run_at_once_and_answer_in_their_order() {
    let model = ScriptedModel::new("meets", |it| match it.turn() {
        0 => ModelReply::call("meet", json!({}))
            .and_call("say", json!({"text": "between"}))
            .and_call("meet", json!({})),
        _ => ModelReply::text("done"),
    });
    let outcome = agent_of(Probe::with_token(), model)
        .await
        .run(alice(), "Go")
        .await
        .unwrap();
    let texts: Vec<_> = results(&outcome)
        .into_iter()
        .map(|(_, it, _)| it["text"].clone())
        .collect();
    assert_eq!(texts, ["met", "between", "met"]);
}

#[tokio::test]
async fn what_a_tool_cannot_do_goes_to_the_model_as_data() {
    let model = ScriptedModel::new("errs", |it| match it.turn() {
        0 => ModelReply::call("say", json!({"txt": 1})).and_call("fly", json!({})),
        _ => ModelReply::text("done"),
    });
    let outcome = agent_of(Probe::with_token(), model)
        .await
        .run(alice(), "Go")
        .await
        .unwrap();
    let results = results(&outcome);
    assert_eq!(results[0].1["error"]["kind"], "invalid_argument");
    assert_eq!(results[0].1["error"]["argument"], "txt");
    assert_eq!(results[1].1["error"]["kind"], "not_found");
    assert!(results.iter().all(|(_, _, is_error)| *is_error));
}

#[tokio::test]
async fn a_model_that_never_answers_ends_at_the_turn_limit() {
    let model = ScriptedModel::new("loops", |_| {
        ModelReply::call("say", json!({"text": "again"}))
    });
    let probe = Probe::with_token();
    let log = probe.log.clone();
    let builder = Agent::builder().model(model).toolkit(probe).turn_limit(3);
    let error = builder
        .build()
        .await
        .unwrap()
        .run(alice(), "Go")
        .await
        .unwrap_err();
    assert!(error.is_turn_limit(), "{error}");
    assert_eq!(log.entries().len(), 3);
}

#[tokio::test]
async fn a_cancelled_run_asks_neither_model_nor_tool() {
    let model = ScriptedModel::new("says", |_| ModelReply::call("say", json!({"text": "x"})));
    let probe = Probe::with_token();
    let log = probe.log.clone();
    let cancellation = Cancellation::new();
    cancellation.cancel();
    let run = alice().with_cancellation(cancellation);
    let error = agent_of(probe, model)
        .await
        .run(run, "Go")
        .await
        .unwrap_err();
    assert!(error.is_cancelled(), "{error}");
    assert!(log.entries().is_empty());
}

#[tokio::test]
async fn the_model_hears_of_the_toolkits_and_never_of_the_person() {
    let model = ScriptedModel::new("looks", |it| {
        let request = it.request();
        assert!(request.instructions.contains("Probe with care."));
        assert!(request.instructions.contains("You are brief."));
        for tool in request.tools {
            let text = format!("{} {}", tool.description, tool.input_schema);
            assert!(!text.contains("user") && !text.contains("tenant"), "{text}");
        }
        ModelReply::text(request.tools.len().to_string())
    });
    let builder = Agent::builder().model(model).instructions("You are brief.");
    let agent = builder.toolkit(Probe::with_token()).build().await.unwrap();
    let outcome = agent.run(alice(), "Go").await.unwrap();
    assert_eq!(outcome.answer(), Some("6"));
}

fn reader() -> ScriptedModel {
    ScriptedModel::new("reads", |it| match it.turn() {
        0 => ModelReply::call("say", json!({"text": "first"}))
            .and_call("read_mail", json!({"text": "one"}))
            .and_call("read_mail", json!({"text": "two"})),
        _ => ModelReply::text("done"),
    })
}

#[tokio::test]
async fn a_run_pauses_for_consent_and_repeats_only_what_waited_once() {
    let emulator = Emulator::builder().start().await.unwrap();
    let (google, pages) = google(&emulator).await;
    let probe = Probe::with_google(google);
    let log = probe.log.clone();
    let agent = agent_of(probe, reader()).await;
    let outcome = agent.run(alice(), "Go").await.unwrap();
    let RunOutcome::ConsentRequired {
        link,
        services,
        run,
    } = outcome
    else {
        panic!("{outcome}")
    };
    assert_eq!(services, ["probe"]);
    assert_eq!(run.waiting().len(), 2);
    sign_in(&agent, pages, &[(&link.url, "alice@example.com")]).await;
    let outcome = agent.resume(run).await.unwrap();
    assert_eq!(outcome.answer(), Some("done"));
    let said: Vec<_> = results(&outcome)
        .iter()
        .map(|(_, it, _)| it["text"].clone())
        .collect();
    assert_eq!(said, ["first", "alice: one", "alice: two"]);
    let mut entries = log.entries();
    entries.sort();
    assert_eq!(
        entries,
        [
            "read_mail one",
            "read_mail one",
            "read_mail two",
            "read_mail two",
            "say first"
        ]
    );
}

#[tokio::test]
async fn a_run_resumed_too_early_pauses_again_with_the_same_link() {
    let emulator = Emulator::builder().start().await.unwrap();
    let (google, _pages) = google(&emulator).await;
    let agent = agent_of(Probe::with_google(google), reader()).await;
    let outcome = agent.run(alice(), "Go").await.unwrap();
    let RunOutcome::ConsentRequired {
        link: first, run, ..
    } = outcome
    else {
        panic!("{outcome}")
    };
    let outcome = agent.resume(run).await.unwrap();
    let RunOutcome::ConsentRequired { link, run, .. } = outcome else {
        panic!("{outcome}")
    };
    assert_eq!(link.url, first.url);
    assert_eq!(run.waiting().len(), 2);
}

#[tokio::test]
async fn a_call_that_may_have_left_is_never_repeated() {
    let emulator = Emulator::builder().start().await.unwrap();
    let (google, _pages) = google(&emulator).await;
    let model = ScriptedModel::new("sends", |it| match it.turn() {
        0 => ModelReply::call("send", json!({})),
        _ => ModelReply::text("done"),
    });
    let agent = agent_of(Probe::with_google(google), model).await;
    let outcome = agent.run(alice(), "Go").await.unwrap();
    let error = &results(&outcome)[0].1["error"];
    assert_eq!(error["kind"], "consent_required");
    assert_eq!(error["may_have_happened"], true);
}

#[tokio::test]
async fn the_model_can_hand_out_a_link_by_itself() {
    let emulator = Emulator::builder().start().await.unwrap();
    let (google, pages) = google(&emulator).await;
    let model = ScriptedModel::new("connects", |it| match it.turn() {
        0 => ModelReply::call("authenticate_google", json!({"services": ["probe"]}))
            .and_call("authenticate_google", json!({"services": ["fax"]})),
        _ => ModelReply::text(it.request().messages.len().to_string()),
    });
    let base = pages.base_url();
    let agent = agent_of(Probe::with_google(google), model).await;
    let outcome = agent.run(alice(), "Connect me").await.unwrap();
    let results = results(&outcome);
    let url = results[0].1["url"].as_str().unwrap();
    assert!(url.starts_with(&format!("{base}google/connect/")), "{url}");
    assert_eq!(results[1].1["error"]["argument"], "services");
}
