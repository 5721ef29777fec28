//! The order of the pipeline, and what stops a call.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use serde_json::{Value, json};
use toolgate_auth::{FailureKind, Requirement};
use toolgate_toolkit::{
    Audit, CallInfo, Cancellation, LEAST_RESULT_BUDGET, Pipeline, Policy, Risk, RunScope, Tool,
    ToolContext, ToolError, ToolSpec,
};

use crate::sample;

/// Notes what it sees, and stops the calls of one tool.
#[derive(Debug, Default)]
struct Witness {
    seen: Mutex<Vec<String>>,
    forbids: Option<&'static str>,
    loses: bool,
}

impl Witness {
    fn note(&self, what: String) {
        self.seen.lock().unwrap().push(what);
    }

    fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }
}

#[async_trait]
impl Policy for Witness {
    async fn decide(&self, call: &CallInfo<'_>) -> Result<(), ToolError> {
        self.note(format!("policy {} {}", call.tool.name, call.arguments));
        match self.forbids {
            Some(name) if name == call.tool.name => {
                Err(ToolError::confirmation_required("ask first"))
            }
            _ => Ok(()),
        }
    }
}

#[async_trait]
impl Audit for Witness {
    async fn begin(&self, call: &CallInfo<'_>) -> Result<(), ToolError> {
        self.note(format!("begin {} {}", call.toolkit, call.run.run_id()));
        if self.loses {
            Err(ToolError::unavailable("the audit is full"))
        } else {
            Ok(())
        }
    }

    async fn end(&self, _call: &CallInfo<'_>, outcome: Result<(), &ToolError>) {
        self.note(format!(
            "end {}",
            outcome.map_or_else(ToolError::kind_name, |()| "done")
        ));
    }
}

async fn call(
    witness: Witness,
    name: &str,
    run: RunScope,
    arguments: Value,
) -> (Result<Value, ToolError>, Vec<String>) {
    let witness = Arc::new(witness);
    let pipeline = Pipeline::new()
        .with_policy(witness.clone())
        .with_audit(witness.clone());
    let cx = sample::context(run);
    let outcome = pipeline
        .run("sample", &*sample::tool(name), &cx, arguments)
        .await;
    (outcome, witness.seen())
}

#[tokio::test]
async fn validates_then_asks_the_policy_then_takes_down_then_calls() {
    let (outcome, seen) = call(Witness::default(), "who", RunScope::new("r1"), json!({})).await;
    assert_eq!(outcome.unwrap(), json!({"text": "nobody"}));
    assert_eq!(seen, ["policy who {}", "begin sample r1", "end done"]);
}

#[tokio::test]
async fn bad_arguments_reach_neither_policy_nor_audit() {
    let (outcome, seen) = call(
        Witness::default(),
        "who",
        RunScope::new("r"),
        json!({"x": 1}),
    )
    .await;
    assert_eq!(outcome.unwrap_err().kind(), FailureKind::InvalidArgument);
    assert!(seen.is_empty());
}

#[tokio::test]
async fn what_the_policy_forbids_does_not_happen() {
    let witness = Witness {
        forbids: Some("send_and_fail"),
        ..Witness::default()
    };
    let (outcome, seen) = call(witness, "send_and_fail", RunScope::new("r"), json!({})).await;
    let error = outcome.unwrap_err();
    assert_eq!(error.kind(), FailureKind::ConfirmationRequired);
    assert!(!error.may_have_happened());
    assert_eq!(seen, ["policy send_and_fail {}"]);
}

#[tokio::test]
async fn what_cannot_be_taken_down_does_not_happen() {
    let witness = Witness {
        loses: true,
        ..Witness::default()
    };
    let (outcome, _) = call(witness, "send_and_fail", RunScope::new("r"), json!({})).await;
    assert!(!outcome.unwrap_err().may_have_happened());
}

#[tokio::test]
async fn a_cancelled_run_stops_the_call_under_way() {
    let cancellation = Cancellation::new();
    let run = RunScope::new("r").with_cancellation(cancellation.child());
    let calling = call(Witness::default(), "hang", run, json!({}));
    let (done, ()) = tokio::join!(calling, async { cancellation.cancel() });
    let error = done.0.unwrap_err();
    assert_eq!(error.kind(), FailureKind::Cancelled);
    assert!(!error.is_retryable() && !error.may_have_happened());
    assert_eq!(done.1.last().unwrap(), "end cancelled");
}

#[tokio::test]
async fn a_cancelled_run_begins_no_call() {
    let cancellation = Cancellation::new();
    cancellation.cancel();
    let run = RunScope::new("r").with_cancellation(cancellation);
    let (outcome, seen) = call(Witness::default(), "who", run, json!({})).await;
    assert_eq!(outcome.unwrap_err().kind(), FailureKind::Cancelled);
    assert_eq!(seen, ["policy who {}"]);
}

#[tokio::test]
async fn the_runs_deadline_stops_the_call() {
    let soon = Instant::now() + Duration::from_millis(30);
    for deadline in [soon, Instant::now()] {
        let run = RunScope::new("r").with_deadline(Some(deadline));
        let (outcome, _) = call(Witness::default(), "hang", run, json!({})).await;
        let error = outcome.unwrap_err();
        assert_eq!(error.kind(), FailureKind::Unavailable);
        assert!(error.is_retryable());
    }
}

#[tokio::test]
async fn a_write_that_left_is_reported_as_such_whatever_stopped_the_call() {
    let cancellation = Cancellation::new();
    let cancelled = RunScope::new("r").with_cancellation(cancellation.clone());
    let calling = call(Witness::default(), "send_and_hang", cancelled, json!({}));
    let (by_cancel, ()) = tokio::join!(calling, async { cancellation.cancel() });

    let soon = Instant::now() + Duration::from_millis(30);
    let late = RunScope::new("r").with_deadline(Some(soon));
    let by_deadline = call(Witness::default(), "send_and_hang", late, json!({})).await;
    let by_error = call(
        Witness::default(),
        "send_and_fail",
        RunScope::new("r"),
        json!({}),
    )
    .await;
    for (outcome, _) in [by_cancel, by_deadline, by_error] {
        let error = outcome.unwrap_err();
        assert!(
            error.may_have_happened() && !error.is_retryable(),
            "{error}"
        );
        assert!(error.message().contains("may have been written"), "{error}");
    }
}

#[tokio::test]
async fn a_write_that_was_settled_is_not() {
    let (outcome, _) = call(
        Witness::default(),
        "send_and_settle",
        RunScope::new("r"),
        json!({}),
    )
    .await;
    let error = outcome.unwrap_err();
    assert!(
        !error.may_have_happened() && error.is_retryable(),
        "{error}"
    );
}

#[tokio::test]
async fn results_keep_to_the_budget_and_never_silently() {
    for (budget, most) in [(500, 500), (0, LEAST_RESULT_BUDGET), (200_000, 100_011)] {
        let pipeline = Pipeline::new().with_result_budget(budget);
        let cx = sample::context(RunScope::new("r"));
        let result = pipeline
            .run("sample", &*sample::tool("long"), &cx, json!({}))
            .await;
        let result = result.unwrap();
        let size = result.to_string().chars().count();
        assert!(size <= most, "{size}");
        assert_eq!(result.get("truncated").is_some(), budget < 100_000);
    }
}

#[tokio::test]
async fn results_carry_no_null_members() {
    let cx = sample::context(RunScope::new("r"));
    let tool = sample::tool("search");
    let arguments = json!({"query": "a"});
    let found = Pipeline::new()
        .run("sample", &*tool, &cx, arguments)
        .await
        .unwrap();
    assert_eq!(found.get("next"), None);
}

#[tokio::test]
async fn a_tool_may_last_longer_than_others_but_not_longer_than_its_run() {
    #[derive(serde::Deserialize, schemars::JsonSchema)]
    struct Nothing {}

    #[derive(serde::Serialize, schemars::JsonSchema)]
    struct Left {
        minutes: u64,
    }

    let left = |cx: toolgate_toolkit::ToolContext, _: Nothing| async move {
        let minutes = cx.remaining().as_secs() / 60;
        Ok(Left { minutes })
    };
    let tool = || toolgate_toolkit::typed_tool("left", toolgate_toolkit::Risk::Read, &[], left);
    let short = tool();
    let long = tool().lasting(Duration::from_hours(1));
    let soon = RunScope::new("r").with_deadline(Some(Instant::now() + Duration::from_mins(10)));
    for (tool, run, minutes) in [
        (&short, RunScope::new("r"), 1),
        (&long, RunScope::new("r"), 59),
        (&long, soon, 9),
    ] {
        let cx = sample::context(run);
        let told = Pipeline::new().run("sample", tool, &cx, json!({})).await;
        assert_eq!(told.unwrap()["minutes"], minutes);
    }
}

#[tokio::test]
async fn a_result_is_bounded_by_its_toolkit_and_its_run_but_not_below_the_least() {
    #[derive(serde::Deserialize, schemars::JsonSchema)]
    struct Nothing {}

    #[derive(serde::Serialize, schemars::JsonSchema)]
    struct Room {
        room: usize,
    }

    for (run, toolkit, room) in [
        (9_000, 20_000, 9_000),
        (20_000, 9_000, 9_000),
        (1_000, 20_000, 4_000),
        (20_000, 1_000, 4_000),
    ] {
        let told = move |cx: toolgate_toolkit::ToolContext, _: Nothing| async move {
            let room = cx.bounded(toolkit, 4_000);
            Ok::<_, ToolError>(Room { room })
        };
        let tool = toolgate_toolkit::typed_tool("room", toolgate_toolkit::Risk::Read, &[], told);
        let pipeline = Pipeline::new().with_result_budget(run);
        let cx = sample::context(RunScope::new("r"));
        assert_eq!(cx.bounded(toolkit, 4_000), toolkit.max(4_000));
        let result = pipeline.run("sample", &tool, &cx, json!({})).await;
        assert_eq!(result.unwrap()["room"], room, "{run} {toolkit}");
    }
}

/// A tool written by hand. It sees by itself that its run has ended, and takes a step more then.
#[derive(Debug)]
struct Tidy {
    spec: ToolSpec,
    steps: Mutex<Vec<&'static str>>,
}

/// Tidies up.
#[derive(serde::Deserialize, schemars::JsonSchema)]
struct TidyUp {}

#[derive(serde::Serialize, schemars::JsonSchema)]
struct Tidied {}

#[async_trait]
impl Tool for Tidy {
    fn spec(&self) -> &ToolSpec {
        &self.spec
    }

    fn ends_with_its_run(&self) -> bool {
        true
    }

    async fn call(&self, cx: &ToolContext, _: Value) -> Result<Value, ToolError> {
        self.steps.lock().unwrap().push("began");
        cx.run().cancellation().cancelled().await;
        tokio::task::yield_now().await;
        self.steps.lock().unwrap().push("ended");
        Err(ToolError::cancelled("it ended by itself"))
    }
}

#[tokio::test]
async fn a_tool_that_ends_with_its_run_is_not_cut_off() {
    let spec = ToolSpec::new::<TidyUp, Tidied>("tidy_up", Risk::Read);
    assert_eq!(spec.description, "Tidies up.");
    assert_eq!(
        (spec.title.as_str(), spec.requirement.clone()),
        ("Tidy up", Requirement::none())
    );
    let tidy = Tidy {
        spec: spec.with_description("Leaves nothing behind."),
        steps: Mutex::default(),
    };
    assert_eq!(
        tidy.spec.to_model_json()["description"],
        "Leaves nothing behind."
    );
    let cancellation = Cancellation::new();
    let cx = sample::context(RunScope::new("r").with_cancellation(cancellation.clone()));
    let pipeline = Pipeline::new();
    let running = pipeline.run("sample", &tidy, &cx, json!({}));
    let cancelling = async {
        while tidy.steps.lock().unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
        cancellation.cancel();
    };
    let (ended, ()) = tokio::join!(running, cancelling);
    assert_eq!(ended.unwrap_err().message(), "it ended by itself");
    assert_eq!(*tidy.steps.lock().unwrap(), ["began", "ended"]);
    let unknown = pipeline.run("sample", &tidy, &cx, json!({"x": 1})).await;
    assert_eq!(unknown.unwrap_err().argument(), Some("x"));
}
