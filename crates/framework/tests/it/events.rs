//! A run told as it goes: text, tools, the pause for consent, and the end.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "test helpers fail the test"
)]

use std::sync::Arc;

use serde_json::json;
use tokio::sync::Notify;
use toolgate_auth::MemoryDatabase;
use toolgate_emulator::Emulator;
use toolgate_framework::{
    Agent, Error, Model, ModelError, ModelErrorKind, ModelReply, ModelRequest, RunContext,
    RunEvent, RunStream, ScriptedModel, TextSink, async_trait,
};

use crate::support::{Probe, google, sign_in};

async fn agent_of(probe: Probe, model: impl Model + 'static) -> Agent {
    let agent = Agent::builder()
        .model(model)
        .toolkit(probe)
        .database(MemoryDatabase::new());
    agent.build().await.unwrap()
}

fn alice() -> RunContext {
    RunContext::for_user("alice").unwrap()
}

/// One word for each event.
fn brief(event: &RunEvent) -> String {
    match event {
        RunEvent::Text(text) => format!("text {text}"),
        RunEvent::ToolStart { call } => format!("start {} {}", call.name, call.id),
        RunEvent::ToolEnd {
            call_id, is_error, ..
        } => format!("end {call_id} {is_error}"),
        RunEvent::ConsentRequired { services, .. } => format!("consent {}", services.join(",")),
        RunEvent::Completed(answer) => format!("completed {}", answer.text),
        other => panic!("{other:?}"),
    }
}

async fn all(mut run: RunStream) -> Vec<Result<RunEvent, Error>> {
    let mut events = Vec::new();
    while let Some(event) = run.next().await {
        events.push(event);
    }
    events
}

fn briefs(events: &[Result<RunEvent, Error>]) -> Vec<String> {
    let events = events.iter();
    events.map(|event| brief(event.as_ref().unwrap())).collect()
}

#[tokio::test]
async fn a_model_that_gives_its_text_whole_is_told_as_one_piece_between_its_tools() {
    let model = ScriptedModel::new("talks", |it| match it.turn() {
        0 => ModelReply {
            text: Some("Let me see.".to_owned()),
            ..ModelReply::call("say", json!({"text": "one"})).and_call("fly", json!({}))
        },
        _ => ModelReply::text("done"),
    });
    let agent = agent_of(Probe::with_token(), model).await;
    let events = all(agent.run_stream(alice(), "Go")).await;
    let expected = [
        "text Let me see.",
        "start say call-0-0",
        "start fly call-0-1",
        "end call-0-1 true",
        "end call-0-0 false",
        "text done",
        "completed done",
    ];
    // Which of two calls ends first is theirs.
    let mut briefs = briefs(&events);
    briefs[3..5].sort_by_key(|it| it.contains("0-0"));
    assert_eq!(briefs, expected);
    let printed = format!("{events:?}");
    assert!(!printed.contains("CANARY"), "{printed}");
}

#[tokio::test]
async fn a_stream_ends_as_the_run_would() {
    let script = || {
        ScriptedModel::new("says", |it| match it.turn() {
            0 => ModelReply::call("say", json!({"text": "one"})),
            _ => ModelReply::text("done"),
        })
    };
    let run = agent_of(Probe::with_token(), script()).await;
    let run = run.run(alice(), "Go").await.unwrap();
    let stream = agent_of(Probe::with_token(), script()).await;
    let last = all(stream.run_stream(alice(), "Go")).await.pop();
    let Some(Ok(RunEvent::Completed(answer))) = last else {
        panic!("{last:?}")
    };
    assert_eq!(Some(answer.text.as_str()), run.answer());
    assert_eq!(answer.messages.len(), 4);
}

/// Says one word, and the other when it is let.
#[derive(Debug, Default)]
struct Slow {
    go_on: Arc<Notify>,
}

#[async_trait]
impl Model for Slow {
    fn name(&self) -> &'static str {
        "slow"
    }

    async fn complete(&self, _request: &ModelRequest<'_>) -> Result<ModelReply, ModelError> {
        Ok(ModelReply::text("asked whole"))
    }

    async fn stream(
        &self,
        _request: &ModelRequest<'_>,
        text: &mut dyn TextSink,
    ) -> Result<ModelReply, ModelError> {
        text.piece("Good ");
        self.go_on.notified().await;
        text.piece("morning.");
        Ok(ModelReply::text("Good morning."))
    }
}

#[tokio::test]
async fn text_is_told_before_the_model_is_done() {
    let model = Slow::default();
    let go_on = Arc::clone(&model.go_on);
    let agent = agent_of(Probe::with_token(), model).await;
    let mut run = agent.run_stream(alice(), "Go");
    assert_eq!(brief(&run.next().await.unwrap().unwrap()), "text Good ");
    go_on.notify_one();
    let rest = all(run).await;
    assert_eq!(briefs(&rest), ["text morning.", "completed Good morning."]);
    // Whoever does not listen has it whole.
    let outcome = agent.run(alice(), "Go").await.unwrap();
    assert_eq!(outcome.answer(), Some("asked whole"));
}

#[tokio::test]
async fn a_tool_is_told_to_start_before_it_is_done() {
    let model = ScriptedModel::new("meets", |it| match it.turn() {
        0 => ModelReply::call("meet", json!({})).and_call("meet", json!({})),
        _ => ModelReply::text("done"),
    });
    let agent = agent_of(Probe::with_token(), model).await;
    let events = briefs(&all(agent.run_stream(alice(), "Go")).await);
    assert_eq!(&events[..2], ["start meet call-0-0", "start meet call-0-1"]);
    assert_eq!(events.len(), 6, "{events:?}");
}

#[tokio::test]
async fn a_pause_for_consent_is_the_last_event_and_its_run_goes_on_as_a_stream() {
    let emulator = Emulator::builder().start().await.unwrap();
    let (google, pages) = google(&emulator).await;
    let model = ScriptedModel::new("reads", |it| match it.turn() {
        0 => ModelReply::call("say", json!({"text": "first"}))
            .and_call("read_mail", json!({"text": "one"})),
        _ => ModelReply::text("done"),
    });
    let agent = agent_of(Probe::with_google(google), model).await;
    let mut events = all(agent.run_stream(alice(), "Go")).await;
    let told = briefs(&events);
    let expected = [
        "start say call-0-0",
        "start read_mail call-0-1",
        "end call-0-0 false",
        "consent probe",
    ];
    assert_eq!(told, expected);
    let Some(Ok(RunEvent::ConsentRequired { link, run, .. })) = events.pop() else {
        panic!("{told:?}")
    };
    assert_eq!(run.waiting().len(), 1);
    sign_in(&agent, pages, &[(&link.url, "alice@example.com")]).await;
    let events = all(agent.resume_stream(run)).await;
    let expected = [
        "start read_mail call-0-1",
        "end call-0-1 false",
        "text done",
        "completed done",
    ];
    assert_eq!(briefs(&events), expected);
    let printed = format!("{events:?}");
    assert!(!printed.contains("CANARY"), "{printed}");
}

/// Cannot be asked.
#[derive(Debug)]
struct Down(ModelErrorKind);

#[async_trait]
impl Model for Down {
    fn name(&self) -> &'static str {
        "down"
    }

    async fn complete(&self, _request: &ModelRequest<'_>) -> Result<ModelReply, ModelError> {
        let later = std::time::Duration::from_secs(7);
        let error = ModelError::new("it is down").with_kind(self.0);
        Err(error.with_retry_after(Some(later)))
    }
}

#[tokio::test]
async fn an_error_is_the_last_item_and_says_what_to_do_next() {
    use ModelErrorKind::{Other, RateLimited, Refused, TooLong, Unauthorized, Unavailable};
    for (kind, transient, configuration) in [
        (Other, false, false),
        (RateLimited, true, false),
        (Unavailable, true, false),
        (Unauthorized, false, true),
        (TooLong, false, false),
        (Refused, false, false),
    ] {
        let agent = agent_of(Probe::with_token(), Down(kind)).await;
        let mut events = all(agent.run_stream(alice(), "Go")).await;
        let error = events.pop().unwrap().unwrap_err();
        assert!(events.is_empty());
        assert_eq!(error.model_error(), Some(kind));
        assert_eq!(error.is_transient(), transient, "{kind:?}");
        assert_eq!(error.is_configuration(), configuration, "{kind:?}");
        assert_eq!(error.retry_after().unwrap().as_secs(), 7);
    }
}

#[tokio::test]
async fn dropping_the_stream_stops_the_run() {
    let model = Slow::default();
    let go_on = Arc::clone(&model.go_on);
    let agent = agent_of(Probe::with_token(), model).await;
    let mut run = agent.run_stream(alice(), "Go");
    run.next().await.unwrap().unwrap();
    drop(run);
    drop(agent);
    assert_eq!(Arc::strong_count(&go_on), 1, "the run holds its model");
}
