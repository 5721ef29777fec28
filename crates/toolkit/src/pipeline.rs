//! The one way in which every door runs a tool: validate, policy, budget, audit, call.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tracing::{debug, warn};

use crate::arguments;
use crate::budget;
use crate::context::{ToolContext, now};
use crate::error::ToolError;
use crate::policy::{AllowAll, Audit, CallInfo, HubInfo, NoAudit, Policy};
use crate::tool::Tool;

/// How many characters of compact JSON a result may have, unless set otherwise.
pub const DEFAULT_RESULT_BUDGET: usize = 20_000;

/// How long taking down a call's end may take, where the call left no time for it: what ran out of
/// time is what an audit has to hold.
const LEAST_AUDIT_TIME: Duration = Duration::from_secs(5);

/// Runs tools. Native agents, rig and MCP all go through it, so that what is checked, stopped,
/// bounded and taken down cannot differ between them.
#[derive(Clone, Debug)]
pub struct Pipeline {
    policy: Arc<dyn Policy>,
    audit: Arc<dyn Audit>,
    result_budget: usize,
}

impl Default for Pipeline {
    fn default() -> Self {
        Self::new()
    }
}

impl Pipeline {
    /// Allows everything, takes nothing down, bounds results to [`DEFAULT_RESULT_BUDGET`].
    pub fn new() -> Self {
        Self {
            policy: Arc::new(AllowAll),
            audit: Arc::new(NoAudit),
            result_budget: DEFAULT_RESULT_BUDGET,
        }
    }

    /// Asks this policy before each call.
    #[must_use]
    pub fn with_policy(self, policy: Arc<dyn Policy>) -> Self {
        Self { policy, ..self }
    }

    /// Takes each call down here.
    #[must_use]
    pub fn with_audit(self, audit: Arc<dyn Audit>) -> Self {
        Self { audit, ..self }
    }

    /// Bounds results to this many characters of compact JSON, at least
    /// [`budget::LEAST`](crate::LEAST_RESULT_BUDGET).
    #[must_use]
    pub fn with_result_budget(self, characters: usize) -> Self {
        Self {
            result_budget: characters.max(budget::LEAST),
            ..self
        }
    }

    pub(crate) fn result_budget(&self) -> usize {
        self.result_budget
    }

    /// Runs one call. Nulls among the arguments count as left out. Policy, audit and tool together
    /// have the call's time; only the audit of a call's end gets a few seconds beyond it.
    ///
    /// # Errors
    /// What went wrong, as data. Where a write that must not be repeated had left, the error says
    /// so, whatever stopped the call.
    pub async fn run(
        &self,
        toolkit: &'static str,
        tool: &dyn Tool,
        cx: &ToolContext,
        arguments: Value,
    ) -> Result<Value, ToolError> {
        let arguments = match arguments {
            Value::Null => Value::Object(serde_json::Map::new()),
            given => arguments::without_nulls(given),
        };
        tool.check(&arguments)?;
        let own_time = tool.call_time().map(|time| cx.lasting(time));
        let cx = own_time.as_ref().unwrap_or(cx);
        let call = CallInfo {
            toolkit,
            tool: tool.spec(),
            principal: cx.principal(),
            account: cx.access().account(),
            run: cx.run(),
            arguments: &arguments,
        };
        within(cx, POLICY_LATE, self.policy.decide(&call)).await?;
        check_time(cx)?;
        within(cx, AUDIT_LATE, self.audit.begin(&call)).await?;
        // The same call: what it marks as sent is seen here.
        let inner = cx.under(self);
        let calling = tool.call(&inner, arguments.clone());
        let outcome = if tool.ends_with_its_run() {
            calling.await
        } else {
            within(cx, CALL_LATE, calling).await
        };
        let outcome = outcome.map_err(|error| mark(error, cx));
        self.take_down_end(&call, cx, outcome.as_ref().map(drop))
            .await;
        debug!(
            toolkit,
            tool = tool.spec().name,
            run = cx.run().run_id(),
            outcome = outcome
                .as_ref()
                .map_or_else(ToolError::kind_name, |_| "done"),
            "tool call"
        );
        let result = arguments::without_nulls(outcome?);
        Ok(budget::fit(result, self.result_budget))
    }

    /// Asks whether a hub may be handed out, and takes it down.
    pub(crate) async fn open(&self, hub: &HubInfo<'_>) -> Result<(), ToolError> {
        self.policy.decide_hub(hub).await?;
        self.audit.hub(hub).await
    }

    /// A call that happened is answered, whether or not its end could be taken down.
    async fn take_down_end(
        &self,
        call: &CallInfo<'_>,
        cx: &ToolContext,
        outcome: Result<(), &ToolError>,
    ) {
        let latest = cx.ends().max(now() + LEAST_AUDIT_TIME);
        let ending = self.audit.end(call, outcome);
        if tokio::time::timeout_at(latest.into(), ending)
            .await
            .is_err()
        {
            warn!(
                toolkit = call.toolkit,
                tool = call.tool.name,
                run = cx.run().run_id(),
                "the end of a tool call was not taken down in time"
            );
        }
    }
}

const POLICY_LATE: &str =
    "it was not decided in time whether this call is allowed, so it was not made; try again later";
const AUDIT_LATE: &str =
    "this call could not be taken down in time, so it was not made; try again later";
const CALL_LATE: &str = "there was not enough time for this call; try again, or ask for less";

fn check_time(cx: &ToolContext) -> Result<(), ToolError> {
    if cx.run().cancellation().is_cancelled() {
        return Err(cancelled());
    }
    if cx.remaining().is_zero() {
        return Err(ToolError::unavailable(CALL_LATE));
    }
    Ok(())
}

/// A step of a call, against the run's cancellation and the end of the call's time.
pub(crate) async fn within<T>(
    cx: &ToolContext,
    late: &str,
    step: impl Future<Output = Result<T, ToolError>>,
) -> Result<T, ToolError> {
    tokio::select! {
        biased;
        outcome = step => outcome,
        () = cx.run().cancellation().cancelled() => Err(cancelled()),
        () = tokio::time::sleep_until(cx.ends().into()) => Err(ToolError::unavailable(late)),
    }
}

fn mark(error: ToolError, cx: &ToolContext) -> ToolError {
    if !cx.has_sent() || error.may_have_happened() {
        return error;
    }
    error
        .with_note(
            "what was to be written may have been written all the same: look before repeating it",
        )
        .with_may_have_happened()
}

fn cancelled() -> ToolError {
    ToolError::cancelled("the run was cancelled")
}
