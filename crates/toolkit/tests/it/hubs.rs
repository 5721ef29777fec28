//! Hubs pass the pipeline by: who lets program code have one, and who refuses it.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use toolgate_auth::{FailureKind, Principal};
use toolgate_toolkit::{
    Audit, BoundToolkit, CallInfo, HubInfo, Pipeline, Policy, Registry, Risk, RunScope, RunTools,
    Tool, ToolContext, ToolError, typed_tool,
};

use crate::sample::{self, Sample, Text};

/// Decides calls, and takes them down; of hubs it says nothing.
#[derive(Debug)]
struct Calls;

#[async_trait]
impl Policy for Calls {
    async fn decide(&self, _call: &CallInfo<'_>) -> Result<(), ToolError> {
        Ok(())
    }
}

#[async_trait]
impl Audit for Calls {
    async fn begin(&self, _call: &CallInfo<'_>) -> Result<(), ToolError> {
        Ok(())
    }

    async fn end(&self, _call: &CallInfo<'_>, _outcome: Result<(), &ToolError>) {}
}

/// Lets hubs be had, and notes whose.
#[derive(Debug, Default)]
struct Hubs(Mutex<Vec<String>>);

impl Hubs {
    fn note(&self, what: &str, hub: &HubInfo<'_>) {
        let user = hub
            .principal
            .map(|it| format!("{it:?}"))
            .unwrap_or_default();
        let named = user.contains("ann");
        let line = format!("{what} {} {named} {}", hub.toolkit, hub.run.run_id());
        self.0.lock().unwrap().push(line);
    }
}

#[async_trait]
impl Policy for Hubs {
    async fn decide(&self, _call: &CallInfo<'_>) -> Result<(), ToolError> {
        Err(ToolError::permission_denied("no calls"))
    }

    async fn decide_hub(&self, hub: &HubInfo<'_>) -> Result<(), ToolError> {
        self.note("policy", hub);
        Ok(())
    }
}

#[async_trait]
impl Audit for Hubs {
    async fn begin(&self, _call: &CallInfo<'_>) -> Result<(), ToolError> {
        Ok(())
    }

    async fn end(&self, _call: &CallInfo<'_>, _outcome: Result<(), &ToolError>) {}

    async fn hub(&self, hub: &HubInfo<'_>) -> Result<(), ToolError> {
        self.note("audit", hub);
        Ok(())
    }
}

/// Opens a hub.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Open {}

async fn open(cx: ToolContext, _args: Open) -> Result<Text, ToolError> {
    cx.open_hub("sample").await?;
    let text = "opened".to_owned();
    Ok(Text { text })
}

fn run(pipeline: Pipeline) -> RunTools {
    let tool: Arc<dyn Tool> = typed_tool("open", Risk::Read, &[], open).shared();
    let toolkit = Sample {
        name: "sample",
        tools: vec![tool],
    };
    let bound = BoundToolkit::with_access(Arc::new(toolkit), sample::access());
    let registry = Registry::new(vec![bound], pipeline).unwrap();
    registry.for_run(Principal::for_user("ann").unwrap(), RunScope::new("run-7"))
}

async fn opened(pipeline: Pipeline) -> Result<(), ToolError> {
    run(pipeline)
        .context("sample")
        .unwrap()
        .open_hub("sample")
        .await
}

#[tokio::test]
async fn where_nothing_restricts_tools_program_code_has_hubs() {
    opened(Pipeline::new()).await.unwrap();
    let called = run(Pipeline::new()).call("open", json!({})).await.unwrap();
    assert_eq!(called["text"], "opened");
    // Whoever has the access itself needs nobody's leave.
    let by_hand = ToolContext::new(sample::access(), RunScope::new("r"));
    by_hand.open_hub("sample").await.unwrap();
}

#[tokio::test]
async fn a_policy_or_an_audit_that_says_nothing_of_hubs_refuses_them() {
    for pipeline in [
        Pipeline::new().with_policy(Arc::new(Calls)),
        Pipeline::new().with_audit(Arc::new(Calls)),
    ] {
        let error = opened(pipeline.clone()).await.unwrap_err();
        assert_eq!(error.kind(), FailureKind::PermissionDenied);
        assert!(error.message().contains("sample"), "{error}");
        // A tool gets past it no more than program code beside it.
        let error = run(pipeline).call("open", json!({})).await.unwrap_err();
        assert_eq!(error.kind(), FailureKind::PermissionDenied);
    }
}

#[tokio::test]
async fn a_policy_decides_on_a_hub_and_an_audit_takes_it_down() {
    let hubs = Arc::new(Hubs::default());
    let pipeline = Pipeline::new().with_policy(hubs.clone());
    opened(pipeline.with_audit(hubs.clone())).await.unwrap();
    let seen = hubs.0.lock().unwrap().clone();
    assert_eq!(
        seen,
        ["policy sample true run-7", "audit sample true run-7"]
    );
}

#[tokio::test]
async fn a_run_that_is_over_opens_nothing() {
    let run = run(Pipeline::new().with_policy(Arc::new(Hubs::default())));
    let cx = run.context("sample").unwrap();
    let error = run.context("calendar").unwrap_err();
    assert_eq!(error.kind(), FailureKind::NotFound);
    run.run().cancellation().cancel();
    let error = cx.open_hub("sample").await.unwrap_err();
    assert_eq!(error.kind(), FailureKind::Cancelled);
}
