//! Hooks that never answer: nothing waits for them beyond the call's time.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use serde_json::{Value, json};
use toolgate_auth::FailureKind;
use toolgate_toolkit::{Audit, CallInfo, Cancellation, Pipeline, Policy, RunScope, ToolError};

use crate::sample::{self, bounded};

/// Where a hook hangs.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Hook {
    Policy,
    Begin,
    End,
}

/// Notes what it is asked, hangs in one place, and takes a second for the end of a call.
#[derive(Debug)]
struct Slow {
    hangs: Option<Hook>,
    seen: Mutex<Vec<&'static str>>,
}

impl Slow {
    async fn come_to(&self, hook: Hook, name: &'static str) {
        if self.hangs == Some(hook) {
            std::future::pending::<()>().await;
        }
        if hook == Hook::End {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        self.seen.lock().unwrap().push(name);
    }
}

#[async_trait]
impl Policy for Slow {
    async fn decide(&self, _call: &CallInfo<'_>) -> Result<(), ToolError> {
        self.come_to(Hook::Policy, "policy").await;
        Ok(())
    }
}

#[async_trait]
impl Audit for Slow {
    async fn begin(&self, _call: &CallInfo<'_>) -> Result<(), ToolError> {
        self.come_to(Hook::Begin, "begin").await;
        Ok(())
    }

    async fn end(&self, _call: &CallInfo<'_>, outcome: Result<(), &ToolError>) {
        let name = outcome.map_or_else(ToolError::kind_name, |()| "done");
        self.come_to(Hook::End, name).await;
    }
}

async fn call(
    hangs: Option<Hook>,
    tool: &str,
    run: RunScope,
) -> (Result<Value, ToolError>, Vec<&'static str>) {
    let hooks = Arc::new(Slow {
        hangs,
        seen: Mutex::default(),
    });
    let pipeline = Pipeline::new()
        .with_policy(hooks.clone())
        .with_audit(hooks.clone());
    let (cx, tool) = (sample::context(run), sample::tool(tool));
    let outcome = bounded(pipeline.run("sample", &*tool, &cx, json!({}))).await;
    let seen = hooks.seen.lock().unwrap().clone();
    (outcome, seen)
}

#[tokio::test(start_paused = true)]
async fn a_hook_that_never_lets_a_call_begin_ends_with_the_calls_time() {
    for (hook, before, why) in [
        (Hook::Policy, &[][..], "allowed"),
        (Hook::Begin, &["policy"][..], "taken down"),
    ] {
        let (outcome, seen) = call(Some(hook), "send_and_fail", RunScope::new("r")).await;
        let error = outcome.unwrap_err();
        assert_eq!(error.kind(), FailureKind::Unavailable);
        assert!(error.is_retryable() && !error.may_have_happened());
        assert!(error.message().contains(why), "{error}");
        assert_eq!(seen, before, "{hook:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_hook_that_never_lets_a_call_begin_ends_when_the_run_is_cancelled() {
    for hook in [Hook::Policy, Hook::Begin] {
        let cancellation = Cancellation::new();
        let run = RunScope::new("r").with_cancellation(cancellation.clone());
        let calling = call(Some(hook), "who", run);
        let ((outcome, _), ()) = tokio::join!(calling, async { cancellation.cancel() });
        assert_eq!(outcome.unwrap_err().kind(), FailureKind::Cancelled);
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_happened_is_answered_though_its_end_is_never_taken_down() {
    let (outcome, seen) = call(Some(Hook::End), "who", RunScope::new("r")).await;
    assert_eq!(outcome.unwrap(), json!({"text": "nobody"}));
    assert_eq!(seen, ["policy", "begin"]);
}

#[tokio::test(start_paused = true)]
async fn the_end_of_a_call_that_used_up_its_time_is_taken_down_all_the_same() {
    let (outcome, seen) = call(None, "hang", RunScope::new("r")).await;
    assert_eq!(outcome.unwrap_err().kind(), FailureKind::Unavailable);
    assert_eq!(seen, ["policy", "begin", "unavailable"]);
}
