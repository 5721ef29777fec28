//! The run loop: model, tool calls at once, results, until an answer or a pause.

use futures_util::future::join_all;
use serde_json::Value;
use toolgate_auth::FailureKind;
use toolgate_auth::sign_in::SignInLink;
use toolgate_toolkit::{RunTools, ToolError};
use tracing::{debug, info};

use super::Agent;
use super::stream::Events;
use crate::context::RunContext;
use crate::error::{Error, ErrorKind};
use crate::event::RunEvent;
use crate::model::{Message, ModelReply, ModelRequest, ToolCall};
use crate::outcome::{Answer, Paused, PausedRun, Progress, RunOutcome};

impl Agent {
    /// Runs what waits first, then the model, by turns.
    pub(super) async fn drive(
        &self,
        context: RunContext,
        mut progress: Progress,
        events: &Events,
    ) -> Result<RunOutcome, Error> {
        let tools = self
            .registry
            .for_run(context.principal().clone(), context.scope());
        loop {
            if let Some(link) = call_all(&tools, &mut progress, events).await {
                return Ok(pause(context, progress, link));
            }
            if progress.turns == self.turn_limit {
                let limit = progress.turns;
                return Err(ErrorKind::TurnLimit { limit }.into());
            }
            let reply = self.ask(&context, &progress.messages, events).await?;
            if let Some(text) = progress.add(reply) {
                return Ok(RunOutcome::Completed(Answer {
                    text,
                    messages: progress.messages,
                    usage: progress.usage,
                }));
            }
        }
    }

    async fn ask(
        &self,
        context: &RunContext,
        messages: &[Message],
        events: &Events,
    ) -> Result<ModelReply, Error> {
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
        let mut text = |text: &str| events.emit(|| RunEvent::Text(text.to_owned()));
        let asking = async {
            if events.are_wanted() {
                self.model.stream(&request, &mut text).await
            } else {
                self.model.complete(&request).await
            }
        };
        tokio::select! {
            biased;
            () = context.cancellation().cancelled() => Err(ErrorKind::Cancelled.into()),
            () = until(context) => Err(ErrorKind::OutOfTime.into()),
            reply = asking => Ok(reply.map_err(ErrorKind::Model)?),
        }
    }
}

async fn until(context: &RunContext) {
    match context.deadline() {
        Some(deadline) => tokio::time::sleep_until(deadline.into()).await,
        None => std::future::pending().await,
    }
}

fn pause(context: RunContext, progress: Progress, link: SignInLink) -> RunOutcome {
    info!(target: "toolgate_framework", run = context.run_id(), "run pauses for consent");
    let services = link.services.clone();
    let run = PausedRun(Box::new(Paused {
        time_left: context.time_left(),
        context,
        progress,
    }));
    RunOutcome::ConsentRequired {
        link,
        services,
        run,
    }
}

/// Runs the calls that wait at once. Results are added in the calls' order; calls that wait for
/// consent go on waiting, and a link comes back.
async fn call_all(
    tools: &RunTools,
    progress: &mut Progress,
    events: &Events,
) -> Option<SignInLink> {
    let calls = std::mem::take(&mut progress.waiting);
    for call in &calls {
        events.emit(|| RunEvent::ToolStart { call: call.clone() });
    }
    let outcomes = calls.iter().map(|call| call_one(tools, call, events));
    let outcomes = join_all(outcomes).await;
    let mut link = None;
    for (call, outcome) in calls.into_iter().zip(outcomes) {
        match outcome {
            Outcome::Result { content, is_error } => {
                progress.messages.push(Message::ToolResult {
                    call_id: call.id,
                    name: call.name,
                    content,
                    is_error,
                });
            }
            Outcome::Waits(needed) => {
                link = link.or(needed);
                progress.waiting.push(call);
            }
        }
    }
    link
}

/// What came of a call.
enum Outcome {
    Result { content: Value, is_error: bool },
    Waits(Option<SignInLink>),
}

async fn call_one(tools: &RunTools, call: &ToolCall, events: &Events) -> Outcome {
    let (content, is_error) = match tools.call(&call.name, call.arguments.clone()).await {
        Err(error) if waits_for_consent(&error) => return Outcome::Waits(error.link().cloned()),
        Err(error) => (error.to_json(), true),
        Ok(value) => (value, false),
    };
    events.emit(|| RunEvent::ToolEnd {
        call_id: call.id.clone(),
        name: call.name.clone(),
        content: content.clone(),
        is_error,
    });
    Outcome::Result { content, is_error }
}

/// Only a call that never left can be made again, and only where there is a link to hand out.
fn waits_for_consent(error: &ToolError) -> bool {
    let consent = matches!(
        error.kind(),
        FailureKind::ConsentRequired | FailureKind::InsufficientScope
    );
    consent && error.link().is_some() && !error.may_have_happened()
}
