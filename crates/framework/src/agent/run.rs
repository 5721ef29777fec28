//! The run loop: model, tool calls at once, results, until an answer or a pause.

use futures_util::future::join_all;
use serde_json::Value;
use toolgate_auth::FailureKind;
use toolgate_auth::sign_in::SignInLink;
use toolgate_toolkit::{RunTools, ToolError};
use tracing::{debug, info};

use super::Agent;
use crate::context::RunContext;
use crate::error::{Error, ErrorKind};
use crate::model::{Message, ModelReply, ModelRequest, ToolCall};
use crate::outcome::{Answer, Paused, PausedRun, RunOutcome};

impl Agent {
    /// Runs `waiting` first, then the model, by turns.
    pub(super) async fn drive(
        &self,
        context: RunContext,
        mut messages: Vec<Message>,
        mut waiting: Vec<ToolCall>,
        mut turns: usize,
    ) -> Result<RunOutcome, Error> {
        let tools = self
            .registry
            .for_run(context.principal().clone(), context.scope());
        loop {
            let pause = call_all(&tools, &mut messages, std::mem::take(&mut waiting)).await;
            if let Some((link, waiting)) = pause {
                info!(target: "toolgate_framework", run = context.run_id(), "run pauses for consent");
                let services = link.services.clone();
                let run = PausedRun(Box::new(Paused {
                    time_left: context.time_left(),
                    context,
                    messages,
                    waiting,
                    turns,
                }));
                return Ok(RunOutcome::ConsentRequired {
                    link,
                    services,
                    run,
                });
            }
            if turns == self.turn_limit {
                return Err(ErrorKind::TurnLimit { limit: turns }.into());
            }
            let reply = self.ask(&context, &messages).await?;
            turns += 1;
            let ModelReply { text, calls } = reply;
            messages.push(Message::Assistant {
                text: text.clone(),
                calls: calls.clone(),
            });
            if calls.is_empty() {
                let text = text.unwrap_or_default();
                return Ok(RunOutcome::Completed(Answer { text, messages }));
            }
            waiting = calls;
        }
    }

    async fn ask(&self, context: &RunContext, messages: &[Message]) -> Result<ModelReply, Error> {
        if context.cancellation().is_cancelled() {
            return Err(ErrorKind::Cancelled.into());
        }
        if context.is_over() {
            return Err(ErrorKind::OutOfTime.into());
        }
        debug!(target: "toolgate_framework", run = context.run_id(), model = self.model.name(), "model is asked");
        let request = ModelRequest {
            instructions: &self.instructions,
            messages,
            tools: &self.tools,
        };
        tokio::select! {
            biased;
            () = context.cancellation().cancelled() => Err(ErrorKind::Cancelled.into()),
            () = until(context) => Err(ErrorKind::OutOfTime.into()),
            reply = self.model.complete(&request) => Ok(reply.map_err(ErrorKind::Model)?),
        }
    }
}

async fn until(context: &RunContext) {
    match context.deadline() {
        Some(deadline) => tokio::time::sleep_until(deadline.into()).await,
        None => std::future::pending().await,
    }
}

/// Runs the calls of one turn at once. Results are added in the calls' order; calls that wait for
/// consent are not, and come back with the link.
async fn call_all(
    tools: &RunTools,
    messages: &mut Vec<Message>,
    calls: Vec<ToolCall>,
) -> Option<(SignInLink, Vec<ToolCall>)> {
    let outcomes = calls
        .iter()
        .map(|call| tools.call(&call.name, call.arguments.clone()));
    let outcomes = join_all(outcomes).await;
    let mut link = None;
    let mut waiting = Vec::new();
    for (call, outcome) in calls.into_iter().zip(outcomes) {
        match outcome {
            Err(error) if waits_for_consent(&error) => {
                link = link.or_else(|| error.link().cloned());
                waiting.push(call);
            }
            Err(error) => messages.push(result(call, error.to_json(), true)),
            Ok(value) => messages.push(result(call, value, false)),
        }
    }
    link.map(|link| (link, waiting))
}

/// Only a call that never left can be made again, and only where there is a link to hand out.
fn waits_for_consent(error: &ToolError) -> bool {
    let consent = matches!(
        error.kind(),
        FailureKind::ConsentRequired | FailureKind::InsufficientScope
    );
    consent && error.link().is_some() && !error.may_have_happened()
}

fn result(call: ToolCall, content: Value, is_error: bool) -> Message {
    Message::ToolResult {
        call_id: call.id,
        name: call.name,
        content,
        is_error,
    }
}
