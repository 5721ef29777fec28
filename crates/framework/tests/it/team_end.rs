//! When a team's run ends, its members' end with it.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::json;
use tokio::sync::Notify;
use toolgate_auth::{GoogleAuth, MemoryDatabase};
use toolgate_emulator::Emulator;
use toolgate_framework::{
    Agent, Cancellation, Model, ModelError, ModelReply, ModelRequest, RunContext, ScriptedModel,
    Team, async_trait,
};
use toolgate_toolkit::{
    Audit, CallInfo, ConsentSource, Pipeline, Risk, Tool, ToolContext, ToolError, Toolkit,
    typed_tool,
};

use crate::support::{Nothing, Probe, Said, access, bounded, google, paused, sign_in};

/// A tool that never ends, and tells when it began.
#[derive(Debug)]
struct Hangs {
    consent: ConsentSource,
    began: Arc<Notify>,
}

impl Toolkit for Hangs {
    fn name(&self) -> &'static str {
        "hangs"
    }

    fn tools(&self) -> Vec<Arc<dyn Tool>> {
        let began = Arc::clone(&self.began);
        let hang = move |_: ToolContext, _: Nothing| {
            began.notify_one();
            std::future::pending::<Result<Said, ToolError>>()
        };
        let left = |cx: ToolContext, _: Nothing| async move {
            let now = tokio::time::Instant::now().into_std();
            let left = cx.run().deadline().map(|it| (it - now).as_secs());
            let text = format!("{left:?}");
            Ok::<_, ToolError>(Said { text })
        };
        vec![
            typed_tool("hang", Risk::Read, &[], hang)
                .lasting(Duration::from_hours(24))
                .shared(),
            typed_tool("time_left", Risk::Read, &[], left).shared(),
        ]
    }

    fn consent(&self) -> &ConsentSource {
        &self.consent
    }
}

/// Takes the ends of calls down, after a while.
#[derive(Debug, Default)]
struct Slow(Mutex<Vec<String>>);

#[async_trait]
impl Audit for Slow {
    async fn begin(&self, _: &CallInfo<'_>) -> Result<(), ToolError> {
        Ok(())
    }

    async fn end(&self, call: &CallInfo<'_>, outcome: Result<(), &ToolError>) {
        let outcome = outcome.map_or_else(ToolError::kind_name, |()| "done");
        let line = format!("{} {outcome}", call.tool.name);
        tokio::task::yield_now().await;
        self.0.lock().unwrap().push(line);
    }
}

/// Never answers.
#[derive(Debug)]
struct Mute;

#[async_trait]
impl Model for Mute {
    fn name(&self) -> &'static str {
        "mute"
    }

    async fn complete(&self, _: &ModelRequest<'_>) -> Result<ModelReply, ModelError> {
        std::future::pending().await
    }
}

struct Set {
    team: Team,
    began: Arc<Notify>,
    audit: Arc<Slow>,
}

/// A member that calls a tool without an end, beside one whose model never answers.
async fn team() -> Set {
    let began = Arc::new(Notify::new());
    let audit = Arc::new(Slow::default());
    let hangs = Hangs {
        consent: ConsentSource::new().with_access(access()),
        began: Arc::clone(&began),
    };
    let member = ScriptedModel::new("calls", |_| ModelReply::call("hang", json!({})));
    let lead = ScriptedModel::new("lead", |_| {
        ModelReply::call("delegate_to_hangs", json!({"task": "x"}))
            .and_call("delegate_to_mute", json!({"task": "x"}))
    });
    let team = Team::builder()
        .model(lead)
        .pipeline(Pipeline::new().with_audit(audit.clone()))
        .member(
            "hangs",
            "Never ends.",
            Agent::builder().model(member).toolkit(hangs),
        )
        .member("mute", "Never answers.", Agent::builder().model(Mute));
    let team = team.build().await.unwrap();
    Set { team, began, audit }
}

fn alice() -> RunContext {
    RunContext::for_user("alice").unwrap()
}

fn lines(audit: &Slow) -> Vec<String> {
    let mut lines = audit.0.lock().unwrap().clone();
    lines.sort();
    lines
}

#[tokio::test(start_paused = true)]
async fn a_team_that_is_cancelled_stops_its_members_and_each_call_is_taken_down() {
    let set = team().await;
    let cancellation = Cancellation::new();
    let run = alice().with_cancellation(cancellation.clone());
    let cancelling = async {
        set.began.notified().await;
        cancellation.cancel();
    };
    let running = set.team.run(run, "Go");
    let (outcome, ()) = bounded(async { tokio::join!(running, cancelling) }).await;
    assert_eq!(outcome.unwrap_err().to_string(), "the run was cancelled");
    assert_eq!(
        lines(&set.audit),
        [
            "delegate_to_hangs cancelled",
            "delegate_to_mute cancelled",
            "hang cancelled"
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn no_member_runs_longer_than_its_team_and_each_call_is_taken_down() {
    let set = team().await;
    let run = alice().with_time_limit(Duration::from_hours(3));
    let begun = tokio::time::Instant::now();
    let outcome = bounded(set.team.run(run, "Go")).await;
    assert_eq!(outcome.unwrap_err().to_string(), "the run's time is over");
    // Paused time passes for nothing but the run's end.
    let hours = begun.elapsed().as_secs_f64() / 3_600.0;
    assert!((3.0..3.1).contains(&hours), "{hours}");
    assert_eq!(
        lines(&set.audit),
        [
            "delegate_to_hangs cancelled",
            "delegate_to_mute cancelled",
            "hang unavailable"
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_member_may_take_as_long_as_its_team_and_its_tools_see_the_teams_end() {
    let hangs = Hangs {
        consent: ConsentSource::new().with_access(access()),
        began: Arc::default(),
    };
    let member = ScriptedModel::new("looks", |it| match it.last_result() {
        None => ModelReply::call("time_left", json!({})),
        Some(result) => ModelReply::text(result["text"].as_str().unwrap()),
    });
    let lead = ScriptedModel::new("lead", |it| match it.last_result() {
        None => ModelReply::call("delegate_to_member", json!({"task": "x"})),
        Some(result) => ModelReply::text(result["answer"].as_str().unwrap()),
    });
    let thinks = Thinks(ScriptedModel::new("thinks", |_| {
        ModelReply::text("thought")
    }));
    let member = Agent::builder().model(member).toolkit(hangs);
    let team = Team::builder()
        .model(lead)
        .member("member", "Looks.", member);
    let team = team.build().await.unwrap();
    let run = alice().with_time_limit(Duration::from_secs(90));
    let outcome = team.run(run, "Go").await.unwrap();
    assert_eq!(outcome.answer(), Some("Some(90)"));

    let lead = ScriptedModel::new("lead", |it| match it.last_result() {
        None => ModelReply::call("delegate_to_slow", json!({"task": "x"})),
        Some(result) => ModelReply::text(result.to_string()),
    });
    let team = Team::builder().model(lead);
    let team = team.member("slow", "Thinks.", Agent::builder().model(thinks));
    let team = team.build().await.unwrap();
    let outcome = bounded(team.run(alice(), "Go")).await.unwrap();
    assert_eq!(outcome.answer(), Some("{\"answer\":\"thought\"}"));
}

/// A member that reads mail, and then calls a tool without an end.
async fn waits_then_hangs(google: GoogleAuth, began: &Arc<Notify>, audit: &Arc<Slow>) -> Team {
    let member = ScriptedModel::new("reads", |it| match it.turn() {
        0 => ModelReply::call("read_mail", json!({"text": "x"})),
        1 => ModelReply::call("time_left", json!({})),
        _ => ModelReply::call("hang", json!({})),
    });
    let lead = ScriptedModel::new("lead", |_| {
        ModelReply::call("delegate_to_reads", json!({"task": "x"}))
    });
    let hangs = Hangs {
        consent: ConsentSource::new().with_access(access()),
        began: Arc::clone(began),
    };
    let member = Agent::builder().model(member).toolkit(hangs);
    let team = Team::builder()
        .model(lead)
        .pipeline(Pipeline::new().with_audit(audit.clone()))
        .google_auth(google)
        .database(MemoryDatabase::new())
        .member("reads", "Reads.", member.toolkit(Probe::default()));
    team.build().await.unwrap()
}

#[tokio::test]
async fn members_of_a_resumed_team_hear_of_the_end_and_the_cancellation_that_it_has_then() {
    let emulator = Emulator::builder().start().await.unwrap();
    let (google, pages) = google(&emulator).await;
    let (began, audit) = (Arc::new(Notify::new()), Arc::new(Slow::default()));
    let team = waits_then_hangs(google, &began, &audit).await;
    let (link, run) = paused(team.run(alice(), "Go").await.unwrap());
    sign_in(
        team.coordinator(),
        pages,
        &[(&link.url, "alice@example.com")],
    )
    .await;
    let cancellation = Cancellation::new();
    let run = run.with_time_limit(Duration::from_hours(5));
    let mut stream = team.resume_stream(run.with_cancellation(cancellation.clone()));
    let cancelling = async {
        began.notified().await;
        cancellation.cancel();
    };
    let telling = async {
        let mut told = Vec::new();
        while let Some(event) = stream.next().await {
            told.push(format!("{event:?}"));
        }
        told
    };
    let (told, ()) = bounded(async { tokio::join!(telling, cancelling) }).await;
    assert!(told.last().unwrap().contains("Cancelled"), "{told:?}");
    // Hardly anything of five hours has passed.
    assert!(told.iter().any(|it| it.contains("Some(17")), "{told:?}");
    let lines = lines(&audit);
    assert!(lines.contains(&"hang cancelled".to_owned()), "{lines:?}");
}

/// Thinks for far longer than a call of a tool may take.
#[derive(Debug)]
struct Thinks(ScriptedModel);

#[async_trait]
impl Model for Thinks {
    fn name(&self) -> &'static str {
        "thinks"
    }

    async fn complete(&self, request: &ModelRequest<'_>) -> Result<ModelReply, ModelError> {
        tokio::time::sleep(Duration::from_hours(1)).await;
        self.0.complete(request).await
    }
}
