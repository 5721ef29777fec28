//! A place in which each tool of a toolkit can be called.

#![expect(clippy::panic, reason = "test helpers fail the test")]

use std::{collections::BTreeSet, sync::Arc};

use async_trait::async_trait;
use serde_json::Value;
use toolgate_emulator::{Emulator, RecordedRequest};
use toolgate_toolkit::{ToolError, Toolkit};

use super::{Call, Golden, reads, specs};

/// An emulated Google with one of everything, and a toolkit of every tool.
#[async_trait]
pub trait Office: Sized + Send + Sync {
    /// With every tool.
    fn toolkit() -> Arc<dyn Toolkit>;

    /// A place that nothing was done to, and of which no request is recorded.
    async fn opened() -> Self;

    /// Its Google.
    fn emulator(&self) -> &Emulator;

    /// What every tool is called with here.
    fn golden(&self) -> Vec<Golden>;

    /// Calls a tool with all that it may need.
    async fn call(&self, tool: &str, arguments: Value) -> Result<Value, ToolError>;

    /// Calls a tool that is all there is, with no scope but the least ones that it asks for.
    async fn call_alone(&self, tool: &'static str, arguments: Value) -> Result<Value, ToolError>;

    /// All that a tool could have changed.
    async fn everything(&self) -> Value;

    /// What a request uses, by the names of requirements: its method, unless a toolkit knows better.
    fn uses(method: String, _request: &RecordedRequest) -> Vec<String> {
        vec![method]
    }

    /// Whether nobody but the person can find out what became of a call without an answer.
    fn is_untold(_tool: &str) -> bool {
        false
    }

    /// What is well-formed by the schema of an argument and still none.
    fn nonsense(_argument: &str) -> Vec<Value> {
        Vec::new()
    }

    /// Whether only Google can tell a good value of an argument from a wrong one.
    fn is_judged_by_google(_tool: &str, _argument: &str) -> bool {
        false
    }
}

/// A golden call that was made.
pub(crate) struct Made {
    pub(crate) tool: &'static str,
    pub(crate) arguments: Value,
    pub(crate) result: Value,
    /// Google's methods that it requested.
    pub(crate) methods: BTreeSet<String>,
}

/// Makes all golden calls. A tool that changes anything has a place of its own.
pub(crate) async fn made<O: Office>() -> Vec<Made> {
    let specs = specs(O::toolkit().as_ref());
    let shared = O::opened().await;
    let mut made = Vec::new();
    for (place, golden) in shared.golden().into_iter().enumerate() {
        if reads(&specs, golden.tool) {
            made.extend(make_all(&shared, golden).await);
        } else {
            let own = O::opened().await;
            let golden = own.golden().swap_remove(place);
            made.extend(make_all(&own, golden).await);
        }
    }
    made
}

async fn make_all<O: Office>(office: &O, golden: Golden) -> Vec<Made> {
    let mut made = Vec::new();
    for call in golden.good {
        made.push(make(office, golden.tool, &call).await);
    }
    made
}

async fn make<O: Office>(office: &O, tool: &'static str, call: &Call) -> Made {
    let emulator = office.emulator();
    emulator.clear_requests();
    for fault in &call.faults {
        emulator.faults().add(fault.clone());
    }
    let result = office.call_alone(tool, call.arguments.clone()).await;
    emulator.faults().clear();
    let Ok(result) = result else {
        panic!("{tool} {}: {result:?}", call.arguments);
    };
    Made {
        tool,
        arguments: call.arguments.clone(),
        result,
        methods: methods::<O>(emulator, tool),
    }
}

/// What was requested; nothing of it was refused as no request of Google's.
fn methods<O: Office>(emulator: &Emulator, tool: &str) -> BTreeSet<String> {
    let requests = emulator.requests();
    assert!(!requests.is_empty(), "{tool}");
    let mut methods = BTreeSet::new();
    for request in requests {
        assert_ne!(request.status, Some(400), "{tool}: {request:?}");
        let method = request.api_method.as_ref().unwrap_or(&request.path);
        let is_content = request.query.contains("alt=media");
        let method = if is_content {
            format!("{method}?alt=media")
        } else {
            method.clone()
        };
        methods.extend(O::uses(method, &request));
    }
    // It holds others, which are told.
    methods.remove("batch");
    methods
}
