//! When a run ends: by its deadline or its cancellation, in the model, in a tool, over a pause.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::sync::Notify;
use toolgate_auth::{MemoryDatabase, Requirement};
use toolgate_emulator::Emulator;
use toolgate_framework::{
    Agent, Cancellation, Model, ModelError, ModelReply, ModelRequest, RunContext, RunOutcome,
    ScriptedModel, async_trait,
};
use toolgate_toolkit::{ConsentSource, Risk, Tool, ToolContext, ToolError, Toolkit, typed_tool};

use crate::support::{Log, Nothing, READ, Said, access, bounded, google, sign_in};

/// Tools that tell what they know of their run's end.
#[derive(Debug, Default)]
struct Ends {
    consent: ConsentSource,
    log: Log,
    waits: Arc<Notify>,
}

impl Ends {
    fn with_token() -> Self {
        Self {
            consent: ConsentSource::new().with_access(access()),
            ..Self::default()
        }
    }
}

impl Toolkit for Ends {
    fn name(&self) -> &'static str {
        "ends"
    }

    fn tools(&self) -> Vec<Arc<dyn Tool>> {
        let (log, waits) = (self.log.clone(), Arc::clone(&self.waits));
        let wait = move |cx: ToolContext, _: Nothing| {
            let (log, waits) = (log.clone(), Arc::clone(&waits));
            async move {
                waits.notify_one();
                cx.run().cancellation().cancelled().await;
                log.add("stopped".to_owned());
                Ok::<_, ToolError>(said("stopped"))
            }
        };
        vec![
            typed_tool("time_left", Risk::Read, &[], time_left).shared(),
            typed_tool("wait", Risk::Read, &[], wait).shared(),
            typed_tool("read_mail", Risk::Read, &[READ], read_mail).shared(),
        ]
    }

    fn consent(&self) -> &ConsentSource {
        &self.consent
    }
}

fn said(text: impl Into<String>) -> Said {
    Said { text: text.into() }
}

async fn time_left(cx: ToolContext, _: Nothing) -> Result<Said, ToolError> {
    let Some(deadline) = cx.run().deadline() else {
        return Ok(said("unlimited"));
    };
    let now = tokio::time::Instant::now().into_std();
    Ok(said((deadline - now).as_secs().to_string()))
}

async fn read_mail(cx: ToolContext, _: Nothing) -> Result<Said, ToolError> {
    let needs = Requirement::for_methods(&[READ]);
    cx.access().token(&needs).await?;
    Ok(said("read"))
}

/// Never answers.
#[derive(Debug, Default)]
struct Mute {
    asked: Arc<Notify>,
}

#[async_trait]
impl Model for Mute {
    fn name(&self) -> &'static str {
        "mute"
    }

    async fn complete(&self, _request: &ModelRequest<'_>) -> Result<ModelReply, ModelError> {
        self.asked.notify_one();
        std::future::pending().await
    }
}

/// Takes its time for each step.
#[derive(Debug)]
struct Thinker {
    model: ScriptedModel,
    takes: Duration,
}

#[async_trait]
impl Model for Thinker {
    fn name(&self) -> &'static str {
        "thinker"
    }

    async fn complete(&self, request: &ModelRequest<'_>) -> Result<ModelReply, ModelError> {
        pass(self.takes).await;
        self.model.complete(request).await
    }
}

/// So much time goes by, at once, for all that counts by tokio's clock.
async fn pass(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}

async fn agent_of(model: impl Model + 'static, ends: Ends) -> Agent {
    let builder = Agent::builder().model(model).toolkit(ends);
    builder
        .database(MemoryDatabase::new())
        .build()
        .await
        .unwrap()
}

fn alice() -> RunContext {
    RunContext::for_user("alice").unwrap()
}

/// Calls one tool and answers with what it said.
fn tells(tool: &'static str) -> ScriptedModel {
    ScriptedModel::new("tells", move |it| match it.last_result() {
        None => ModelReply::call(tool, json!({})),
        Some(result) => ModelReply::text(result["text"].as_str().unwrap_or("nothing")),
    })
}

#[tokio::test(start_paused = true)]
async fn a_model_that_never_answers_ends_with_the_runs_time() {
    let agent = agent_of(Mute::default(), Ends::with_token()).await;
    let run = alice().with_time_limit(Duration::from_mins(10));
    let error = bounded(agent.run(run, "Go")).await.unwrap_err();
    assert!(error.is_cancelled());
    assert_eq!(error.to_string(), "the run's time is over");
}

#[tokio::test(start_paused = true)]
async fn a_model_that_never_answers_ends_when_the_run_is_cancelled() {
    let model = Mute::default();
    let asked = Arc::clone(&model.asked);
    let agent = agent_of(model, Ends::with_token()).await;
    let cancellation = Cancellation::new();
    let run = alice().with_cancellation(cancellation.clone());
    let cancelling = async {
        asked.notified().await;
        cancellation.cancel();
    };
    let (outcome, ()) = bounded(async { tokio::join!(agent.run(run, "Go"), cancelling) }).await;
    let error = outcome.unwrap_err();
    assert!(error.is_cancelled());
    assert_eq!(error.to_string(), "the run was cancelled");
}

#[tokio::test(start_paused = true)]
async fn a_tool_sees_the_runs_deadline() {
    let agent = agent_of(tells("time_left"), Ends::with_token()).await;
    let run = alice().with_time_limit(Duration::from_secs(90));
    let outcome = agent.run(run, "Go").await.unwrap();
    assert_eq!(outcome.answer(), Some("90"));
    let outcome = agent.run(alice(), "Go").await.unwrap();
    assert_eq!(outcome.answer(), Some("unlimited"));
}

#[tokio::test(start_paused = true)]
async fn a_tool_sees_that_the_run_is_cancelled() {
    let ends = Ends::with_token();
    let (log, waits) = (ends.log.clone(), Arc::clone(&ends.waits));
    let agent = agent_of(tells("wait"), ends).await;
    let cancellation = Cancellation::new();
    let run = alice().with_cancellation(cancellation.clone());
    let cancelling = async {
        waits.notified().await;
        cancellation.cancel();
    };
    let (outcome, ()) = bounded(async { tokio::join!(agent.run(run, "Go"), cancelling) }).await;
    assert_eq!(outcome.unwrap_err().to_string(), "the run was cancelled");
    assert_eq!(log.entries(), ["stopped"]);
}

#[tokio::test]
async fn the_time_a_person_takes_for_consent_does_not_count() {
    let emulator = Emulator::builder().start().await.unwrap();
    let (google, pages) = google(&emulator).await;
    let ends = Ends {
        consent: ConsentSource::new().with_google_auth(google),
        ..Ends::default()
    };
    let script = ScriptedModel::new("reads", |it| match it.turn() {
        0 => ModelReply::call("read_mail", json!({})),
        1 => ModelReply::call("time_left", json!({})),
        _ => ModelReply::text(it.last_result().unwrap()["text"].as_str().unwrap()),
    });
    let takes = Duration::from_mins(15);
    let agent = agent_of(
        Thinker {
            model: script,
            takes,
        },
        ends,
    )
    .await;
    let run = alice().with_time_limit(Duration::from_hours(1));
    let outcome = agent.run(run, "Go").await.unwrap();
    let RunOutcome::ConsentRequired { link, run, .. } = outcome else {
        panic!("{outcome}")
    };
    pass(Duration::from_hours(2)).await;
    sign_in(&agent, pages, &[(&link.url, "alice@example.com")]).await;
    let outcome = agent.resume(run).await.unwrap();
    let left: u64 = outcome.answer().unwrap().parse().unwrap();
    // Two steps of 15 minutes; what the machine itself took is far below one of them.
    assert!((20 * 60..=30 * 60).contains(&left), "{left}");
}
